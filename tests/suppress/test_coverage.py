from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vvbscan.model.location import Location
from vvbscan.model.outcome import Directive, Finding
from vvbscan.model.selection import SuppressionPolicy
from vvbscan.suppress.apply import apply_directives
from vvbscan.suppress.coverage import Coverage

NAMES = {"VVB-A-001": "VVB-A-001", "one": "VVB-A-001", "VVB-A-002": "VVB-A-002", "two": "VVB-A-002"}
PATHS = st.sampled_from(["a.yaml", "b.yaml"])
OFFSETS = st.integers(0, 12)


def place(path: str, start: int) -> Location:
    return Location(path, start, start + 1, 1, start + 1, 1, start + 2, start + 1, start + 2, "")


def finding(rule: str, path: str, start: int, anchor: tuple[str, int] | None) -> Finding:
    named = None if anchor is None else place(*anchor)
    return Finding(rule, "note", "high", "It is.", place(path, start), (), "a", (), (), "f", anchor=named)


def directive(path: str, rules: list[str], start: int, length: int, until: str) -> Directive:
    return Directive(path, tuple(rules), "because", until, place(path, start), start, start + length)


FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(["VVB-A-001", "VVB-A-002"]),
        PATHS,
        OFFSETS,
        st.none() | st.tuples(PATHS, OFFSETS),
    ),
    max_size=8,
)
DIRECTIVES = st.lists(
    st.builds(
        directive,
        PATHS,
        st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=3),
        OFFSETS,
        OFFSETS,
        st.sampled_from(["", "2026-01-01", "2026-12-31"]),
    ),
    max_size=8,
    unique=True,
)


def covers(one: Directive, finding: Finding, place: Location | None) -> bool:
    return (
        place is not None
        and place.path == one.path
        and one.start <= place.start <= one.end
        and any(NAMES[rule] == finding.rule_id for rule in one.rules)
    )


@given(FINDINGS, DIRECTIVES)
def test_what_covers_a_finding_is_what_holds_its_place(
    findings: list[Finding], directives: list[Directive]
) -> None:
    coverage = Coverage(directives, NAMES, findings)
    for one in findings:
        found = [
            [directive for group in groups for directive in group.directives.values()]
            for groups in coverage.of(one)
        ]
        places = [one.location] if one.anchor is None else [one.location, one.anchor]
        assert [sorted(group) for group in found] == [
            sorted(directive for directive in directives if covers(directive, one, place)) for place in places
        ]


@given(FINDINGS, DIRECTIVES)
def test_every_directive_is_accounted_for(findings: list[Finding], directives: list[Directive]) -> None:
    applied = apply_directives(
        findings,
        directives,
        names=NAMES,
        ran={"VVB-A-001", "VVB-A-002"},
        policy=SuppressionPolicy(),
        today="2026-06-01",
    )
    holding = [one for one in directives if not one.until or one.until >= "2026-06-01"]
    hidden = [
        one
        for one in findings
        if any(covers(directive, one, place) for directive in holding for place in (one.location, one.anchor))
    ]
    assert [one._replace(suppression=None) for one in applied.suppressed] == hidden
    assert len(applied.findings) + len(applied.suppressed) == len(findings)
    by_code = {
        code: [notice.location for notice in applied.notices if notice.code == code]
        for code in ("suppression-unused", "suppression-expired")
    }
    covering = [
        any(
            covers(one, finding, place)
            for finding in findings
            for place in (finding.location, finding.anchor)
        )
        for one in directives
    ]
    unused = [one.location for one, hit in zip(directives, covering, strict=True) if not hit]
    expired = [
        one.location for one, hit in zip(directives, covering, strict=True) if hit and one not in holding
    ]
    assert (by_code["suppression-unused"], by_code["suppression-expired"]) == (unused, expired)


def test_the_first_directive_that_holds_is_named() -> None:
    late = directive("a.yaml", ["one"], 0, 9, "2026-01-01")
    first, second = directive("a.yaml", ["one"], 0, 5, ""), directive("a.yaml", ["one"], 0, 9, "")
    applied = apply_directives(
        [finding("VVB-A-001", "a.yaml", 3, None)],
        [late, first, second],
        names=NAMES,
        ran=(),
        policy=SuppressionPolicy(),
        today="2026-06-01",
    )
    reason = applied.suppressed[0].suppression
    assert reason is not None
    assert reason.location == first.location
    assert reason.until == ""
