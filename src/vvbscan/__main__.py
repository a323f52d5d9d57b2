"""`python -m vvbscan`."""

from __future__ import annotations

from vvbscan.cli import command_line

if __name__ == "__main__":
    command_line()
