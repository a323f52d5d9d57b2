"""What judging gives: findings, tallies, unknowns and notices. Pure data that crosses processes."""

from __future__ import annotations

from typing import Final

from vvbscan.model.facts import Fact
from vvbscan.model.location import Location, RelatedLocation
from vvbscan.record import NamedTuple

SEVERITIES: Final = ("error", "warning", "note")
"""Severities of findings and levels of notices, most severe first."""


class Suppression(NamedTuple):
    """Why a finding is not reported: an inline directive that covers it."""

    reason: str
    until: str
    """Last day on which it holds, ISO 8601; empty if it never expires."""
    location: Location


class Directive(NamedTuple):
    """An inline suppression as written, and what it covers."""

    path: str
    rules: tuple[str, ...]
    """Ids or names of rules."""
    reason: str
    until: str
    """Last day on which it holds, ISO 8601; empty if it never expires."""
    location: Location
    start: int
    """It covers findings whose location, or whose subject's anchor, starts at `start` or up to `end`."""
    end: int


class Finding(NamedTuple):
    """A rule that is violated at a place."""

    rule_id: str
    severity: str
    confidence: str
    """`high`, `medium` or `low`."""
    message: str
    """A sentence that stands alone and ends with a period."""
    location: Location
    related: tuple[RelatedLocation, ...]
    address: str
    """Stable logical name of the subject, `Deployment/shop/web:containers[app]`."""
    environments: tuple[str, ...]
    """Names of the judged environments it holds in; empty if the file belongs to none in particular."""
    boxes: tuple[str, ...]
    """Boxes of the checklist that the finding concerns, a subset of its rule's."""
    fingerprint: str
    """Stable over edits elsewhere in the file: of rule, path, address and the offending text."""
    line_hash: str = ""
    """GitHub's `primaryLocationLineHash` of the first line of the location; empty if nobody asked for it."""
    suppression: Suppression | None = None
    anchor: Location | None = None
    """The subject's own key or name: an inline suppression there counts too."""


class Undecided(NamedTuple):
    """A rule that could not be judged on a subject, and why."""

    rule_id: str
    address: str
    environment: str
    kind: str
    """Kind of the unknown, one of `UNKNOWN_KINDS`."""
    reason: str
    location: Location
    boxes: tuple[str, ...]


class Tally(NamedTuple):
    """How often a rule passed, failed and stayed undecided for a box in an environment."""

    rule_id: str
    box: str
    environment: str
    passed: int
    failed: int
    unknown: int
    samples: tuple[str, ...]
    """Addresses of at most three subjects that passed."""


class Notice(NamedTuple):
    """Something about the analysis itself: a file that could not be read, a chart that was not analysed."""

    level: str
    """`error` (part of the claimed input was not analysed: exit code 2), `warning` or `note`."""
    code: str
    message: str
    path: str
    """File or directory it speaks of, relative to the root; empty for the scan as a whole."""
    location: Location | None = None
    hint: str = ""
    """What to do about it."""
    rule_id: str = ""
    """The rule, where one raised an error."""


def as_sentence(words: str) -> str:
    """The words of a parser as the sentence that a message is. A path at their beginning stays as it is."""
    first = words.partition(" ")[0]
    text = words[:1].upper() + words[1:] if first.isalpha() else words
    return text if text.endswith((".", "!", "?")) else f"{text}."


ANALYSED: Final = "analysed"
PARTLY: Final = "partly analysed"
NOT_ANALYSED: Final = "not analysed"


class FileRecord(NamedTuple):
    """A recognised file and what became of it."""

    path: str
    format: str
    unit: str
    """Id of the unit that judges it."""
    environment: str = ""
    judged: bool = True
    """False if its environment is not one that is judged."""
    status: str = ANALYSED
    reason: str = ""
    """Why it was not (wholly) analysed, in words behind a colon or as a sentence."""


def not_analysed(record: FileRecord, reason: str) -> tuple[FileRecord, Notice]:
    """The record of a file that cannot be read, and the notice that says so."""
    message = f"It was not analysed: {reason}."
    notice = Notice("error", "unreadable", message, record.path, hint="make it readable, or exclude it")
    return record._replace(status=NOT_ANALYSED, reason=message), notice


class UnitResult(NamedTuple):
    """All that leaves the analysis of one unit."""

    unit: str
    files: tuple[FileRecord, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    hidden: tuple[Finding, ...] = ()
    """Findings that yield to the finding of another rule on the same subject."""
    undecided: tuple[Undecided, ...] = ()
    notices: tuple[Notice, ...] = ()
    facts: tuple[Fact, ...] = ()
    directives: tuple[Directive, ...] = ()
