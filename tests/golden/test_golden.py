"""The whole reports of both fixtures, byte for byte. `pytest tests/golden --update-golden` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

import vvbscan
from vvbscan.catalog.catalog import Catalog
from vvbscan.report import render
from vvbscan.report.options import ReportOptions

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
DAY = "2026-01-01"


def scan(name: str) -> vvbscan.ScanResult:
    return vvbscan.scan([ROOT / "fixtures" / name], root=ROOT / "fixtures", today=DAY)


@pytest.mark.parametrize("name", ["vvb-ready", "vvb-not-ready"])
@pytest.mark.parametrize(("report", "ending"), [("sarif", "sarif"), ("text", "txt"), ("json", "json")])
def test_a_report_is_what_it_was(name: str, report: str, ending: str, request: pytest.FixtureRequest) -> None:
    made = render(report, scan(name), ReportOptions(texts=Catalog.load().text, verbose=True))
    golden = HERE / f"{name}.{ending}"
    if request.config.getoption("--update-golden"):
        golden.write_text(made, encoding="utf-8", newline="\n")
    assert made == golden.read_text(encoding="utf-8")


def test_the_ready_service_is_ready() -> None:
    result = scan("vvb-ready")
    assert [
        (finding.rule_id, finding.location.path, finding.location.line) for finding in result.findings
    ] == []
    assert [notice.message for notice in result.notices] == []
    assert result.exit_code("note", fail_on_unknown=False) == 0


def test_the_ready_service_is_not_called_ready_because_nothing_was_looked_at() -> None:
    result = scan("vvb-ready")
    passed = {tally.rule_id for tally in result.tallies if tally.passed}
    judged = {tally.rule_id for tally in result.tallies if tally.passed or tally.failed}
    on = {
        rule.id
        for rule in Catalog.load().rules()
        if rule.enabled and all(p.default is not None for p in rule.params)
    }
    assert passed == judged
    unseen = on - judged
    assert len(unseen) <= len(on) // 4, f"the fixture has no subject for {sorted(unseen)}"


def test_the_service_that_is_not_ready_is_not() -> None:
    assert scan("vvb-not-ready").exit_code("error", fail_on_unknown=False) == 1
