"""What the terminal is like."""

from __future__ import annotations

import os
from typing import Final, TextIO

_DEFAULT_WIDTH: Final = 100


def width_of(stream: TextIO) -> int:
    """Columns of the terminal behind a stream. shutil would tell too, but loads the compression libraries."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(stream.fileno()).columns)
    except (ValueError, OSError):
        return _DEFAULT_WIDTH
    return columns if columns > 0 else _DEFAULT_WIDTH  # a pseudo-terminal may have none
