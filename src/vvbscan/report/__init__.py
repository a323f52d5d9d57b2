"""Reports of a scan: text for people, SARIF for code scanning, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vvbscan.model.errors import UsageError
from vvbscan.model.result import ScanResult
from vvbscan.report.options import ReportOptions

__all__ = ["FORMATS", "ReportOptions", "render"]


def render(format_name: str, result: ScanResult, options: ReportOptions) -> str:
    """The report of a scan in one of `FORMATS`. It ends with a line end, and UTF-8 can encode it.

    Raises `UsageError` if there is no such format.
    """
    write = _FORMATS.get(format_name)
    if write is None:
        hint = f"choose from {', '.join(FORMATS)}"
        raise UsageError(f"there is no report format `{format_name}`", hint=hint)
    return write(result, options)


def _text(result: ScanResult, options: ReportOptions) -> str:
    from vvbscan.report.text import render as write

    return write(result, options)


def _sarif(result: ScanResult, options: ReportOptions) -> str:
    from vvbscan.report.sarif import render as write

    return write(result, options)


def _json(result: ScanResult, options: ReportOptions) -> str:
    from vvbscan.report.json import render as write

    return write(result, options)


_FORMATS: Final[dict[str, Callable[[ScanResult, ReportOptions], str]]] = {
    "text": _text,
    "sarif": _sarif,
    "json": _json,
}
FORMATS: Final = tuple(_FORMATS)
"""Names of the formats."""
