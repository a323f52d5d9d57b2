"""Arbitrary scan results, with the text that nobody would expect."""

from __future__ import annotations

from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from report.samples import LAYERS, ROOT, RULES, TAG
from vvbscan.model.location import Location, RelatedLocation, locate
from vvbscan.model.node import UNKNOWN_KINDS, Source
from vvbscan.model.outcome import (
    ANALYSED,
    NOT_ANALYSED,
    PARTLY,
    SEVERITIES,
    FileRecord,
    Finding,
    Notice,
    Suppression,
    Tally,
    Undecided,
)
from vvbscan.model.result import ScanResult
from vvbscan.report.fingerprint import finding_fingerprint, line_hashes
from vvbscan.text import SourceText

T = TypeVar("T")

_ODD = (
    "\x00\x1b[31m\x7f\x9b\t\r\n\u202e\u200b\u200d\u2028\ufeff\ud800\udcff\udfff\U000e0041日本😀é[](){}\\\"'%`"
)
_CHARACTERS = st.one_of(st.sampled_from(_ODD), st.characters())
TEXT = st.text(_CHARACTERS, max_size=40)
_WORDS = st.text(_CHARACTERS, min_size=1, max_size=40)
_LONG = st.builds(
    lambda text, count: text * count, st.text(_CHARACTERS, min_size=1, max_size=20), st.integers(1, 500)
)
SOURCE_TEXT = st.one_of(st.text(_CHARACTERS, max_size=200), _LONG)
PATHS = st.lists(
    st.text(
        st.one_of(st.sampled_from("ab.:%# \\\udcff日😀"), st.characters(exclude_characters="/")),
        min_size=1,
        max_size=8,
    ),
    min_size=1,
    max_size=3,
).map("/".join)
RULE_IDS = st.sampled_from([TAG, ROOT, LAYERS])
_NAMES = st.lists(TEXT, max_size=3).map(tuple)
_CONFIDENCES = st.sampled_from(["high", "medium", "low"])


@st.composite
def locations(draw: st.DrawFn) -> tuple[Location, Source]:
    source = Source(draw(PATHS), SourceText(draw(SOURCE_TEXT), bom=draw(st.booleans())))
    size = len(source.text.text)
    start, end = sorted((draw(st.integers(0, size)), draw(st.integers(0, size))))
    return locate(source, start, end), source


@st.composite
def findings(draw: st.DrawFn, *, suppressed: bool = False) -> Finding:
    where, source = draw(locations())
    rule_id, address = draw(RULE_IDS), draw(TEXT)
    steps = draw(st.lists(st.tuples(TEXT, locations()), max_size=3))
    return Finding(
        rule_id=rule_id,
        severity=draw(st.sampled_from(SEVERITIES)),
        confidence=draw(_CONFIDENCES),
        message=draw(st.one_of(_WORDS, _LONG)),
        location=where,
        related=tuple(RelatedLocation(label, place) for label, (place, _) in steps),
        address=address,
        environments=draw(_NAMES),
        boxes=draw(st.lists(st.sampled_from(["2.4.1", "2.7"]), unique=True).map(tuple)),
        fingerprint=finding_fingerprint(
            rule_id, where.path, address, source.text.text[where.start : where.end]
        ),
        line_hash=line_hashes(source.text, [where.line])[where.line],
        suppression=Suppression(draw(TEXT), draw(st.sampled_from(["", "2027-01-31"])), where)
        if suppressed
        else None,
    )


_PLACES = locations().map(lambda drawn: drawn[0])
_UNDECIDED = st.builds(
    Undecided, RULE_IDS, TEXT, TEXT, st.sampled_from(sorted(UNKNOWN_KINDS)), TEXT, _PLACES, st.just(())
)
_NOTICES = st.builds(
    Notice,
    st.sampled_from(SEVERITIES),
    st.sampled_from(["yaml-syntax", "rule-failed"]),
    _WORDS,
    st.one_of(st.just(""), PATHS),
    st.one_of(st.none(), _PLACES),
    TEXT,
    st.one_of(st.just(""), RULE_IDS),
)
_FILES = st.builds(
    FileRecord,
    PATHS,
    st.just("dockerfile"),
    TEXT,
    TEXT,
    st.booleans(),
    st.sampled_from([ANALYSED, PARTLY, NOT_ANALYSED]),
    TEXT,
)
_COUNTS = st.integers(0, 10**9)
_TALLIES = st.builds(Tally, RULE_IDS, st.just("2.4.1"), TEXT, _COUNTS, _COUNTS, _COUNTS, _NAMES)

RESULTS = st.builds(
    ScanResult,
    TEXT,
    st.just("0.1.0"),
    st.permutations(RULES).map(tuple),
    st.lists(_FILES, max_size=3).map(tuple),
    st.lists(findings(), max_size=4).map(tuple),
    st.lists(findings(suppressed=True), max_size=2).map(tuple),
    st.lists(findings(), max_size=1).map(tuple),
    st.lists(_TALLIES, max_size=2).map(tuple),
    st.lists(_UNDECIDED, max_size=3).map(tuple),
    st.lists(_NOTICES, max_size=3).map(tuple),
)


def shuffled(result: ScanResult, seed: int) -> ScanResult:
    """The same result collected in another order."""
    random = Random(seed)  # noqa: S311  # nothing secret about it

    def mixed(items: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(random.sample(items, len(items)))

    return result._replace(
        rules=mixed(result.rules),
        files=mixed(result.files),
        findings=mixed(result.findings),
        suppressed=mixed(result.suppressed),
        hidden=mixed(result.hidden),
        tallies=mixed(result.tallies),
        undecided=mixed(result.undecided),
        notices=mixed(result.notices),
    )
