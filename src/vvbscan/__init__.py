"""vvbscan checks a service's repository against a production readiness checklist.

The public names are `scan`, `scan_text`, `Config`, `ScanResult` and the records they hold; they are
loaded on first use, because the command line answers `--version` before any of them is needed.
"""

from __future__ import annotations

__version__ = "0.1.0"
