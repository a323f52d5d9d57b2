"""docs/suppressions.md: every example suppresses what it says."""

from __future__ import annotations

import re

import pytest

import vvbscan
from docs.pages import blocks, rows, text_of
from vvbscan import SuppressionPolicy

PAGE = text_of("docs/suppressions.md")
PATHS = {
    "dockerfile": "Dockerfile",
    "yaml": "pod.yaml",
    "json": "pod.json",
    "properties": "application.properties",
    "hcl": "main.tf",
}
EXAMPLES = [(PATHS[block.language], block.text) for block in blocks(PAGE)]
DEFAULT = SuppressionPolicy()
_RULES = re.compile(r"ignore(?:-file)?(?:\[([^\]]+)\]|\.([A-Z0-9-]+))")


def scan(
    files: dict[str, str], day: str = "2026-06-01", policy: SuppressionPolicy = DEFAULT
) -> vvbscan.ScanResult:
    return vvbscan.scan_files(files, vvbscan.Config(suppressions=policy), today=day)


@pytest.mark.parametrize(("path", "text"), EXAMPLES)
def test_an_example_suppresses_its_finding(path: str, text: str) -> None:
    result = scan({path: text})
    named = {name for match in _RULES.finditer(text) for name in match.groups() if name}
    suppressed = {
        name
        for finding in result.suppressed
        for rule in result.rules
        for name in (rule.id, rule.name)
        if rule.id == finding.rule_id
    }
    assert named
    assert named <= suppressed
    assert [notice.code for notice in result.notices] == []
    without = re.sub("vvbscan", "other", text)
    assert {finding.rule_id for finding in scan({path: without}).findings} >= {
        finding.rule_id for finding in result.suppressed
    }


def test_every_place_that_is_told_has_an_example() -> None:
    assert {path for path, _ in EXAMPLES} == set(PATHS.values())


def test_above_the_first_key_it_covers_the_document() -> None:
    text = next(text for path, text in EXAMPLES if path == "pod.yaml")
    bare = re.sub(r" *# vvbscan:.*\n", "", text)
    directive = "# vvbscan: ignore[VVB-IMAGE-001] -- all of it\n"
    result = scan({"pod.yaml": f"{directive}{bare}---\n{bare}"})
    assert [finding.rule_id for finding in result.suppressed] == ["VVB-IMAGE-001"]
    assert [one.rule_id for one in result.findings if one.rule_id == "VVB-IMAGE-001"] == ["VVB-IMAGE-001"]


CASES: tuple[tuple[str, str, SuppressionPolicy], ...] = (
    ("suppression-malformed", "ignore[VVB-IMAGE-999] -- no such rule", DEFAULT),
    ("suppression-malformed", "ignore[VVB-IMAGE-001] until=2026-02-30 -- no such day", DEFAULT),
    ("suppression-refused", "ignore[VVB-IMAGE-001]", DEFAULT),
    ("suppression-refused", "ignore[VVB-IMAGE-001] -- for ever", SuppressionPolicy(max_days=30)),
    ("suppression-refused", "ignore[VVB-IMAGE-001] -- not honoured", SuppressionPolicy(inline=False)),
    ("suppression-expired", "ignore[VVB-IMAGE-001] until=2026-05-31 -- over", DEFAULT),
)


@pytest.mark.parametrize(("code", "directive", "policy"), CASES)
def test_a_notice_that_is_told(code: str, directive: str, policy: SuppressionPolicy) -> None:
    result = scan({"Dockerfile": f"# vvbscan: {directive}\nFROM eclipse-temurin:latest\n"}, policy=policy)
    assert [(notice.level, notice.code) for notice in result.notices] == [("warning", code)]
    assert "VVB-IMAGE-001" in {finding.rule_id for finding in result.findings}


def test_an_unused_one_is_told() -> None:
    text = "# vvbscan: ignore[VVB-IMAGE-001] -- mended since\nFROM eclipse-temurin:21.0.9_10-jre\n"
    assert [notice.code for notice in scan({"Dockerfile": text}).notices] == ["suppression-unused"]


def test_the_notices_that_are_told_are_these() -> None:
    told = [row[0].strip("`") for row in rows(PAGE)[1:]]
    assert sorted(told) == sorted({*(code for code, _, _ in CASES), "suppression-unused"})


def test_it_holds_through_its_last_day() -> None:
    text = EXAMPLES[0][1]
    (last,) = re.findall(r"until=(\S+)", text)
    assert "VVB-IMAGE-001" in {one.rule_id for one in scan({"Dockerfile": text}, last).suppressed}
    assert "VVB-IMAGE-001" in {one.rule_id for one in scan({"Dockerfile": text}, "2027-01-01").findings}
