"""vvbscan checks a service's repository against a production readiness checklist.

The public names are loaded on first use: `vvbscan --version` is answered before any of them is needed.
"""

from __future__ import annotations

from vvbscan.version import __version__

TYPE_CHECKING = False  # type checkers know the name; importing it from typing takes 5 ms
if TYPE_CHECKING:
    from vvbscan.api import scan, scan_files, scan_text
    from vvbscan.config import Config, find_config, load_config
    from vvbscan.model.environment import EnvironmentPolicy
    from vvbscan.model.errors import ConfigError, RuleError, UsageError, VvbscanError
    from vvbscan.model.outcome import Finding, Notice, Undecided
    from vvbscan.model.result import ScanResult
    from vvbscan.model.rule import Settings
    from vvbscan.model.selection import Selection, SuppressionPolicy

__all__ = [
    "Config",
    "ConfigError",
    "EnvironmentPolicy",
    "Finding",
    "Notice",
    "RuleError",
    "ScanResult",
    "Selection",
    "Settings",
    "SuppressionPolicy",
    "Undecided",
    "UsageError",
    "VvbscanError",
    "__version__",
    "find_config",
    "load_config",
    "scan",
    "scan_files",
    "scan_text",
]

_HOMES = {
    "Config": "vvbscan.config",
    "ConfigError": "vvbscan.model.errors",
    "EnvironmentPolicy": "vvbscan.model.environment",
    "Finding": "vvbscan.model.outcome",
    "Notice": "vvbscan.model.outcome",
    "RuleError": "vvbscan.model.errors",
    "ScanResult": "vvbscan.model.result",
    "Selection": "vvbscan.model.selection",
    "Settings": "vvbscan.model.rule",
    "SuppressionPolicy": "vvbscan.model.selection",
    "Undecided": "vvbscan.model.outcome",
    "UsageError": "vvbscan.model.errors",
    "VvbscanError": "vvbscan.model.errors",
    "find_config": "vvbscan.config",
    "load_config": "vvbscan.config",
    "scan": "vvbscan.api",
    "scan_files": "vvbscan.api",
    "scan_text": "vvbscan.api",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
