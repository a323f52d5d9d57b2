"""The JSON report and its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.samples import RULES, TAG, finding, place, source, texts
from report.strategies import RESULTS, shuffled
from vvbscan.model.node import UNKNOWN_KINDS
from vvbscan.model.outcome import Notice, Suppression, Tally, Undecided
from vvbscan.model.result import ScanResult, in_order
from vvbscan.report import ReportOptions, render
from vvbscan.report.jsontext import Json, to_json

SCHEMA: Any = json.loads(Path(__file__).parents[2].joinpath("schemas/report.schema.json").read_text("utf-8"))
OPTIONS = ReportOptions(texts)


def closed(schema: Any) -> Any:
    """The schema, but with no room for members that it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tight = {key: closed(part) for key, part in schema.items()}
    return {**tight, "additionalProperties": False} if schema.get("type") == "object" else tight


VALIDATOR = jsonschema_rs.validator_for(closed(SCHEMA))


def report(result: ScanResult, options: ReportOptions = OPTIONS) -> Any:
    written = json.loads(render("json", in_order(result), options))
    errors = [f"{error.instance_path}: {error.message}" for error in VALIDATOR.iter_errors(written)]
    assert errors == []
    return written


def test_everything_a_scan_gives_is_in_it() -> None:
    file = source("Dockerfile", "FROM a:latest\nFROM b:${TAG}\n")
    found = finding(TAG, file, "a:latest", boxes=("2.1.3",))
    reason = Suppression("it is gone next week", "2027-01-31", found.location)
    unknown = Undecided(
        TAG, "stage[1]", "", "variable", "ARG TAG has no default", place(file, "${TAG}"), ("2.1.3",)
    )
    tally = Tally(TAG, "2.1.3", "production", 4, 1, 1, ("stage[2]",))
    notice = Notice("error", "yaml-syntax", "A mapping is not closed.", "a.yaml", found.location, "Close it.")
    written = report(
        ScanResult(
            "shop",
            "0.1.0",
            RULES,
            findings=(found,),
            suppressed=(found._replace(suppression=reason),),
            hidden=(found,),
            tallies=(tally,),
            undecided=(unknown,),
            notices=(notice,),
        )
    )
    assert written["schema_version"] == 1
    assert written["root"] == "shop"
    assert written["exit_code"] == 2
    assert written["summary"] == {
        "findings": {"error": 0, "warning": 1, "note": 0},
        "suppressed": 1,
        "hidden": 1,
        "undecided": 1,
    }
    assert written["findings"][0]["location"] == {
        "path": "Dockerfile",
        "start": 5,
        "end": 13,
        "line": 1,
        "column": 6,
        "end_line": 1,
        "end_column": 14,
        "utf16_column": 6,
        "utf16_end_column": 14,
        "snippet": "FROM a:latest",
        "snippet_column": 1,
    }
    assert written["findings"][0]["fingerprint"] == found.fingerprint
    assert "suppression" not in written["findings"][0]
    assert written["suppressed"][0]["suppression"]["until"] == "2027-01-31"
    assert written["undecided"][0]["reason"] == "ARG TAG has no default"
    assert written["tallies"] == [
        {
            "rule_id": TAG,
            "box": "2.1.3",
            "environment": "production",
            "passed": 4,
            "failed": 1,
            "unknown": 1,
            "samples": ["stage[2]"],
        }
    ]
    assert written["notices"][0]["hint"] == "Close it."


def test_the_schema_knows_every_kind_of_unknown() -> None:
    kinds = SCHEMA["$defs"]["undecided"]["properties"]["kind"]["enum"]
    assert sorted(kinds) == sorted(UNKNOWN_KINDS)


@settings(max_examples=100, deadline=None)
@given(RESULTS, st.integers(0, 99))
def test_any_result_gives_a_valid_report_whose_bytes_depend_on_nothing_else(
    result: ScanResult, seed: int
) -> None:
    report(result)
    again = shuffled(result, seed)
    written, rewritten = (render("json", in_order(one), OPTIONS).encode("utf-8") for one in (result, again))
    assert written == rewritten


JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_the_writer_writes_what_the_standard_library_writes(value: Json) -> None:
    assert to_json(value) == json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def test_a_record_is_written_as_an_object() -> None:
    step = Suppression("100 %s", "", finding(TAG, source("Dockerfile", "FROM a\n"), "FROM").location)
    as_objects = {**step._asdict(), "location": step.location._asdict()}
    assert to_json([step, {"%s": step}]) == to_json([as_objects, {"%s": as_objects}])


def test_lone_surrogates_are_spelled_out() -> None:
    assert to_json(["\udcff", "\ud83d\ude00"]) == '[\n  "\\\\udcff",\n  "\\\\ud83d\\\\ude00"\n]\n'
    assert json.loads(to_json("\udcff")) == r"\udcff"


def test_the_writer_refuses_what_it_would_not_write_exactly() -> None:
    with pytest.raises(TypeError, match="float has no place in a report"):
        to_json(0.5)  # type: ignore[arg-type]  # what the types rule out must not pass by unseen either
