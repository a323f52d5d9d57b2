"""What is set for a process that runs nothing but vvbscan: that of the command line, and its workers."""

from __future__ import annotations

import gc
from typing import Final

_OBJECTS: Final = 100_000
"""Objects more than before until the garbage collector looks for circles, by itself 700 or 2,000
(https://docs.python.org/3/library/gc.html#gc.set_threshold)."""


def collect_seldom() -> None:
    """Let the garbage collector look at what a scan reads a few times, and not over and over while it grows.

    A scan leaves nothing to it (`tests/api/test_memory.py`), so nothing is freed later for that.
    """
    gc.set_threshold(_OBJECTS)
