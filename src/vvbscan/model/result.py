"""The result of a scan: what a report is made from and what the exit code is derived from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vvbscan.model.outcome import SEVERITIES, FileRecord, Finding, Notice, Tally, Undecided
from vvbscan.model.rule import Rule
from vvbscan.record import NamedTuple

NEVER: Final = "never"
FAIL_ON: Final = (*SEVERITIES, NEVER)
"""What `fail_on` can be: the least severity that makes a scan fail, or `never`."""
DEFAULT_FAIL_ON: Final = "note"

EXIT_CLEAN: Final = 0
EXIT_FINDINGS: Final = 1
EXIT_INCOMPLETE: Final = 2
"""Part of what was to be analysed was not, or vvbscan was called or configured wrongly."""

_SEVERITY_RANK: Final = {severity: rank for rank, severity in enumerate(SEVERITIES)}


class ScanResult(NamedTuple):
    """All that a scan gives, immutable. Every tuple is in the order that `in_order` gives."""

    root: str
    """Name of the scanned directory for people, never an absolute path."""
    version: str
    """Version of vvbscan that made the result."""
    rules: tuple[Rule, ...] = ()
    """The rules that ran. The rule of every finding and undecided outcome is among them."""
    files: tuple[FileRecord, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    hidden: tuple[Finding, ...] = ()
    """Findings that yield to the finding of another rule on the same subject."""
    tallies: tuple[Tally, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    notices: tuple[Notice, ...] = ()

    def exit_code(self, fail_on: str, fail_on_unknown: bool) -> int:
        """Exit code of a scan with this result.

        2 if part of the claimed input was not analysed, else 1 if there is a finding at least as severe as
        `fail_on` (one of `FAIL_ON`) or, with `fail_on_unknown`, an outcome that could not be decided, else 0.
        Suppressed and hidden findings do not count. Raises ValueError if `fail_on` is none of `FAIL_ON`.
        """
        if fail_on not in FAIL_ON:
            raise ValueError(f"fail_on is one of {', '.join(FAIL_ON)}, not {fail_on!r}")
        if any(notice.level == "error" for notice in self.notices):
            return EXIT_INCOMPLETE
        least = -1 if fail_on == NEVER else _SEVERITY_RANK[fail_on]
        failed = any(_SEVERITY_RANK[finding.severity] <= least for finding in self.findings)
        return EXIT_FINDINGS if failed or (fail_on_unknown and self.undecided) else EXIT_CLEAN


def in_order(result: ScanResult) -> ScanResult:
    """The same result with everything in the order of reports, whatever order it was collected in."""
    return result._replace(
        rules=tuple(sorted(result.rules, key=lambda rule: rule.id)),
        files=tuple(sorted(result.files)),
        findings=tuple(sorted_findings(result.findings)),
        suppressed=tuple(sorted_findings(result.suppressed)),
        hidden=tuple(sorted_findings(result.hidden)),
        tallies=tuple(sorted(result.tallies)),
        undecided=tuple(sorted(result.undecided, key=_undecided_order)),
        notices=tuple(sorted(result.notices, key=notice_order)),
    )


def sorted_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Findings by path, start, end and rule id; where these are equal, the rest makes the order total."""
    keys = [(one.location.path, one.location.start, one.location.end, one.rule_id) for one in findings]
    if len(set(keys)) < len(keys):
        return sorted(findings, key=_finding_order)
    return [finding for _, finding in sorted(zip(keys, findings, strict=True))]


def _finding_order(finding: Finding) -> tuple[object, ...]:
    place = finding.location
    return (
        place.path,
        place.start,
        place.end,
        finding.rule_id,
        finding.address,
        finding.message,
        finding.environments,
        _SEVERITY_RANK[finding.severity],
        finding.confidence,
        finding.boxes,
        finding.related,
        finding.fingerprint,
        finding.line_hash,
        place,
        finding.suppression or (),
    )


def severity_rank(severity: str) -> int:
    """0 for `error`, 1 for `warning`, 2 for `note`."""
    return _SEVERITY_RANK[severity]


def _undecided_order(outcome: Undecided) -> tuple[object, ...]:
    place = outcome.location
    return (place.path, place.start, place.end, *outcome)


def notice_order(notice: Notice) -> tuple[object, ...]:
    """Sort key of notices: path, start, end, level, code; the rest makes the order total."""
    place = notice.location
    start, end = (-1, -1) if place is None else (place.start, place.end)
    where = (notice.path, start, end)
    what = (_SEVERITY_RANK[notice.level], notice.code, notice.message, notice.hint, notice.rule_id)
    return (*where, *what, place or ())
