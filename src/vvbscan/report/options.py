"""What a report depends on beside the result of the scan."""

from __future__ import annotations

from collections.abc import Callable

from vvbscan.model.result import DEFAULT_FAIL_ON
from vvbscan.model.rule import RuleText
from vvbscan.record import NamedTuple


class ReportOptions(NamedTuple):
    """How a report is made. Every format takes what concerns it."""

    texts: Callable[[str], RuleText]
    """Gives the long texts of a rule by its id; called only for rules with findings."""
    fail_on: str = DEFAULT_FAIL_ON
    """The least severity that makes the scan fail, for the exit code that reports tell."""
    fail_on_unknown: bool = False
    include_suppressed: bool = False
    """SARIF: write suppressed findings too. Not for upload to GitHub, which shows them as open alerts."""
    category: str = "vvbscan"
    """SARIF: tells the reports of several scans of one commit apart; empty to leave it to the upload."""
    max_results: int = 5_000
    """SARIF: how many findings it has at most; 25,000 is the limit whatever is asked for."""
    colour: bool = False
    """Text: use ANSI colours."""
    verbose: bool = False
    """Text: list everything that the report else counts."""
    width: int = 100
    """Text: columns of the terminal."""
