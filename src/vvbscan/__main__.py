"""`python -m vvbscan`."""

from __future__ import annotations

import sys

from vvbscan.cli import main

if __name__ == "__main__":
    sys.exit(main())
