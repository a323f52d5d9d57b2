"""The command line. `--version` is answered before anything else is loaded."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

from vvbscan.version import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code: 0 clean, 1 findings, 2 anything else."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["--version"] and sys.stdout is not None:
        try:
            sys.stdout.write(f"vvbscan {__version__}\n")
            sys.stdout.flush()
        except OSError:
            pass  # `run` knows what to do about it
        else:
            return 0
    from vvbscan.cli.command import run

    return run(words)


def command_line() -> NoReturn:
    """Run the command line of this process, which runs nothing else, and end it with the exit code."""
    from vvbscan.own_process import collect_seldom, end

    collect_seldom()
    end(main())
