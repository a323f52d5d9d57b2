"""What is set for a process that runs nothing but vvbscan: that of the command line, and its workers."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import Final, NoReturn

_OBJECTS: Final = 100_000
"""Objects more than before until the garbage collector looks for circles, by itself 700 or 2,000
(https://docs.python.org/3/library/gc.html#gc.set_threshold)."""
_TOOLS: Final = range(6)
"""Identifiers of the tools that can watch a program (https://docs.python.org/3/library/sys.monitoring.html,
since Python 3.12)."""


def collect_seldom() -> None:
    """Let the garbage collector look at what a scan reads a few times, and not over and over while it grows.

    A scan leaves nothing to it (`tests/api/test_memory.py`), so nothing is freed later for that.
    """
    gc.set_threshold(_OBJECTS)


def end(code: int) -> NoReturn:
    """End this process with an exit code, and leave its memory to the operating system.

    To free each object first takes the interpreter 8 ms after the smallest scan. What others asked for at
    the exit is done as usual. Where a debugger, a profiler or a prompt waits for the program to end, it ends
    as any other does, by `SystemExit`.
    """
    if sys.flags.interactive or _watched():
        sys.exit(code)
    atexit._run_exitfuncs()  # noqa: SLF001  # nothing else runs them, and copies of processes do it so too
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105  # nothing else needs contextlib
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # it is closed, or nobody reads on: what was to be said of that has been said
    os._exit(code)


def _watched() -> bool:
    """Whether a debugger, a profiler or a measure of coverage follows the program."""
    if sys.gettrace() is not None or sys.getprofile() is not None:
        return True
    monitoring = getattr(sys, "monitoring", None)
    return monitoring is not None and any(monitoring.get_tool(tool) for tool in _TOOLS)
