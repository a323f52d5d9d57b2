"""Exit codes and the order of reports."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.samples import TAG, finding, source
from report.strategies import RESULTS, shuffled
from vvbscan.model.outcome import Notice, Undecided
from vvbscan.model.result import ScanResult, in_order

FILE = source("Dockerfile", "FROM a\nFROM b\n")
WARNING = finding(TAG, FILE, "FROM a")
NOTE = finding(TAG, FILE, "FROM b", severity="note")
ERROR = NOTE._replace(severity="error")
LOST = Notice("error", "yaml-syntax", "A mapping is not closed.", "a.yaml")
UNKNOWN = Undecided(TAG, "stage[0]", "", "variable", "ARG TAG has no default", WARNING.location, ())


def scan(**fields: object) -> ScanResult:
    return ScanResult("shop", "0.1.0")._replace(**fields)  # type: ignore[arg-type]  # fields are named by the tests


@pytest.mark.parametrize(
    ("result", "fail_on", "code"),
    [
        (scan(), "note", 0),
        (scan(findings=(NOTE,)), "note", 1),
        (scan(findings=(NOTE,)), "warning", 0),
        (scan(findings=(NOTE, WARNING)), "warning", 1),
        (scan(findings=(WARNING,)), "error", 0),
        (scan(findings=(ERROR,)), "error", 1),
        (scan(findings=(ERROR,)), "never", 0),
        (scan(suppressed=(ERROR,), hidden=(ERROR,)), "note", 0),
        (scan(findings=(ERROR,), notices=(LOST,)), "error", 2),
        (scan(notices=(LOST,)), "never", 2),
        (scan(notices=(LOST._replace(level="warning"),)), "note", 0),
        (scan(undecided=(UNKNOWN,)), "note", 0),
    ],
)
def test_exit_code(result: ScanResult, fail_on: str, code: int) -> None:
    assert result.exit_code(fail_on, fail_on_unknown=False) == code


def test_undecided_outcomes_fail_a_scan_only_on_request() -> None:
    assert scan(undecided=(UNKNOWN,)).exit_code("never", fail_on_unknown=True) == 1
    assert scan(undecided=(UNKNOWN,), notices=(LOST,)).exit_code("never", fail_on_unknown=True) == 2
    assert scan().exit_code("note", fail_on_unknown=True) == 0


def test_an_unknown_severity_is_refused_even_where_nothing_was_found() -> None:
    with pytest.raises(ValueError, match="error, warning, note, never"):
        scan().exit_code("critical", fail_on_unknown=False)


def test_findings_are_ordered_by_place_rule_and_address() -> None:
    later = WARNING._replace(address="stage[9]")
    other = WARNING._replace(rule_id="VVB-A-001", address="z")
    ordered = in_order(scan(findings=(ERROR, later, WARNING, other)))
    assert ordered.findings == (other, WARNING, later, ERROR)


@settings(max_examples=100, deadline=None)
@given(RESULTS, st.integers(0, 99))
def test_the_order_does_not_depend_on_the_order_of_collection(result: ScanResult, seed: int) -> None:
    assert in_order(shuffled(result, seed)) == in_order(result)
