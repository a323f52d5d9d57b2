"""SARIF as GitHub code scanning takes it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.samples import LAYERS, ROOT, RULES, TAG, finding, place, source, texts
from report.strategies import RESULTS, shuffled
from vvbscan.model.location import RelatedLocation, locate
from vvbscan.model.outcome import Notice, Suppression
from vvbscan.model.result import ScanResult, in_order
from vvbscan.model.rule import RuleText
from vvbscan.report import ReportOptions, render

SCHEMA = json.loads(Path(__file__).parents[1].joinpath("data/sarif-github.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
OPTIONS = ReportOptions(texts)

DOCKERFILE = source(
    "api/Dockerfile", "ARG TAG=latest\nFROM maven:latest AS build\nFROM eclipse-temurin:${TAG}\n"
)
MOVING = finding(
    TAG, DOCKERFILE, "maven:latest", message="maven:latest is not one version.", boxes=("2.1.3",)
)
POD = source("deploy/pod.yaml", "kind: Pod\nspec:\n  securityContext: {runAsUser: 0}\n")
AS_ROOT = finding(ROOT, POD, "runAsUser: 0", severity="error", environments=("production",))


def scan(*findings: Any, **fields: Any) -> ScanResult:
    return in_order(ScanResult("shop", "0.1.0", RULES, findings=findings, **fields))


def run_of(result: ScanResult, options: ReportOptions = OPTIONS) -> Any:
    log = json.loads(render("sarif", result, options))
    errors = [f"{error.instance_path}: {error.message}" for error in VALIDATOR.iter_errors(log)]
    assert errors == []
    return log["runs"][0]


@pytest.mark.parametrize(
    "way",
    [
        ("results", 0, "locations", 0, "physicalLocation", "region"),
        ("results", 0, "message", "text"),
        ("results", 0, "locations"),
        ("tool", "driver", "rules", 0, "help"),
        ("automationDetails",),
    ],
    ids=lambda way: "-".join(map(str, way)),
)
def test_the_schema_refuses_what_lacks_something(way: tuple[str | int, ...]) -> None:
    log = json.loads(render("sarif", scan(MOVING), OPTIONS))
    assert VALIDATOR.is_valid(log)
    holder = log["runs"][0]
    for step in way[:-1]:
        holder = holder[step]
    del holder[way[-1]]
    assert not VALIDATOR.is_valid(log)


def test_a_result_says_where_what_and_for_which_boxes() -> None:
    (result,) = run_of(scan(MOVING))["results"]
    assert result["ruleId"] == TAG
    assert result["level"] == "warning"
    assert result["message"]["text"] == "maven:latest is not one version."
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "api/Dockerfile"},
        "region": {
            "startLine": 2,
            "startColumn": 6,
            "endLine": 2,
            "endColumn": 18,
            "snippet": {"text": "maven:latest"},
        },
    }
    assert result["partialFingerprints"] == {
        "primaryLocationLineHash": MOVING.line_hash,
        "vvbscan/v1": MOVING.fingerprint,
    }
    assert result["properties"]["checklist"] == ["2.1.3"]
    assert result["properties"]["address"] == "stage[0]"
    (result,) = run_of(scan(AS_ROOT))["results"]
    assert result["properties"]["environments"] == ["production"]


def test_a_clean_scan_has_results_and_rules_that_are_empty() -> None:
    run = run_of(scan())
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []
    assert run["invocations"][0]["exitCode"] == 0


def test_only_rules_with_results_are_described_and_loaded_once() -> None:
    asked: list[str] = []

    def counting(rule_id: str) -> RuleText:
        asked.append(rule_id)
        return texts(rule_id)

    run = run_of(scan(AS_ROOT, MOVING, AS_ROOT), ReportOptions(counting))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [TAG, ROOT] == asked
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [TAG, ROOT, ROOT]


def test_a_security_rule_has_a_security_severity_and_another_has_not() -> None:
    layers = finding(LAYERS, DOCKERFILE, "ARG TAG=latest", severity="note")
    tag, many, root = (
        rule["properties"] for rule in run_of(scan(MOVING, AS_ROOT, layers))["tool"]["driver"]["rules"]
    )
    assert root["security-severity"] == "8.0"
    assert root["tags"] == ["security", "kubernetes"]
    assert "problem.severity" not in root
    assert tag["problem.severity"] == "warning"
    assert many["problem.severity"] == "recommendation"
    assert many["precision"] == "low"
    assert many["tags"] == ["image"], "the tag security would make it a security alert"
    assert "security-severity" not in many


def test_at_most_ten_tags() -> None:
    tags = tuple(f"tag-{number}" for number in range(15))
    options = ReportOptions(lambda rule_id: texts(rule_id)._replace(tags=tags))
    assert len(run_of(scan(AS_ROOT), options)["tool"]["driver"]["rules"][0]["properties"]["tags"]) == 10


def test_help_tells_why_what_to_do_and_how_to_accept() -> None:
    (rule,) = run_of(scan(MOVING))["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "Image tag does not name one version."
    assert rule["fullDescription"]["text"] == (
        "A moving tag gives another image tomorrow. Nobody can then say what ran during an incident."
    )
    assert rule["helpUri"].endswith(f"/docs/rules/{TAG}.md")
    for part in ("FROM maven:3.9.11", "2.1.3", f"vvbscan: ignore[{TAG}]", "https://docs.example.com/images"):
        assert part in rule["help"]["text"]
        assert part in rule["help"]["markdown"]
    assert rule["defaultConfiguration"]["level"] == "warning"


def test_long_descriptions_are_cut_at_1024_characters() -> None:
    options = ReportOptions(lambda rule_id: texts(rule_id)._replace(why="word " * 500))
    (rule,) = run_of(scan(MOVING), options)["tool"]["driver"]["rules"]
    assert len(rule["fullDescription"]["text"]) <= 1024
    assert "word " * 499 in rule["help"]["text"]


def test_related_locations_are_linked_from_the_message() -> None:
    default = RelatedLocation("ARG TAG [0] has its default here", place(DOCKERFILE, "TAG=latest"))
    (result,) = run_of(scan(MOVING._replace(related=(default, default))))["results"]
    assert result["message"]["text"] == (
        "maven:latest is not one version."
        r" See [ARG TAG \[0\] has its default here](1), [ARG TAG \[0\] has its default here](2)."
    )
    assert [related["id"] for related in result["relatedLocations"]] == [1, 2]
    assert result["relatedLocations"][0]["message"]["text"] == "ARG TAG [0] has its default here"
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startColumn"] == 5


def test_what_a_message_quotes_does_not_become_a_link() -> None:
    (result,) = run_of(scan(MOVING._replace(message="Image [free](https://example.com/) is odd.")))["results"]
    assert re.search(r"\[[^\]]*\]\(", result["message"]["text"]) is None


def test_a_message_ends_with_a_period_and_has_no_control_characters() -> None:
    (result,) = run_of(scan(MOVING._replace(message="Image \x1b[31m\u202e\nx")))["results"]
    assert result["message"]["text"] == r"Image \x1b[31m\u202e\nx."
    (result,) = run_of(scan(MOVING._replace(message="x" * 5000)))["results"]
    assert len(result["message"]["text"]) == 1000


def test_at_most_a_thousand_related_locations() -> None:
    step = RelatedLocation("here", MOVING.location)
    (result,) = run_of(scan(MOVING._replace(related=(step,) * 1500)))["results"]
    assert len(result["relatedLocations"]) == 1000
    assert result["message"]["text"].count("](") == 10


def test_columns_count_utf16_code_units() -> None:
    emoji = source("a.yaml", "😀: é # x\n")
    (result,) = run_of(scan(finding(TAG, emoji, "é")))["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (5, 6)
    assert region["snippet"]["text"] == "é"


def test_the_snippet_is_the_whole_region_or_not_there() -> None:
    long = source("a.json", "[" + "1," * 600 + "7777" + "]\n{\n}")
    for words, snippet in (("7777", "7777"), ("]\n{", None)):
        (result,) = run_of(scan(finding(TAG, long, words)))["results"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region.get("snippet") == ({"text": snippet} if snippet else None)
    everything = locate(long, 0, len(long.text.text))
    (result,) = run_of(scan(MOVING._replace(location=everything)))["results"]
    assert "snippet" not in result["locations"][0]["physicalLocation"]["region"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/c%20d.yaml", "a%20b/c%2520d.yaml"),
        ("a:b", "a%3Ab"),
        ("back\\slash#?", "back%5Cslash%23%3F"),
        ("日/é", "%E6%97%A5/%C3%A9"),
        ("byte-\udcff", "byte-%FF"),
        ("half-\ud800", "half-%ED%A0%80"),
    ],
)
def test_uris_are_relative_and_percent_encoded(path: str, uri: str) -> None:
    where = MOVING.location._replace(path=path)
    (result,) = run_of(scan(MOVING._replace(location=where)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


def test_suppressed_findings_are_left_out_unless_asked_for() -> None:
    why = Suppression("until the next release", "2027-01-31", place(DOCKERFILE, "ARG TAG=latest"))
    result = scan(AS_ROOT, suppressed=(MOVING._replace(suppression=why),))
    run = run_of(result)
    assert [found["ruleId"] for found in run["results"]] == [ROOT]
    assert "suppressions" not in run["results"][0]
    accepted, active = run_of(result, OPTIONS._replace(include_suppressed=True))["results"]
    assert active["suppressions"] == []
    (suppression,) = accepted["suppressions"]
    assert suppression["kind"] == "inSource"
    assert suppression["justification"] == "until the next release"
    assert suppression["location"]["physicalLocation"]["region"]["startLine"] == 1
    assert suppression["properties"] == {"until": "2027-01-31"}


def test_notices_are_notifications() -> None:
    notices = (
        Notice(
            "error", "rule-failed", "The rule raised KeyError.", "a b.yaml", None, "please report it", ROOT
        ),
        Notice("error", "yaml-syntax", "A mapping is not closed.", POD.path, place(POD, "kind: Pod")),
        Notice("note", "clock", "All is odd", ""),
    )
    invocation = run_of(scan(AS_ROOT, notices=notices))["invocations"][0]
    assert invocation["exitCode"] == 2
    assert invocation["executionSuccessful"] is True, "GitHub refuses the findings otherwise"
    clock, failed, syntax = invocation["toolExecutionNotifications"]
    assert clock == {"descriptor": {"id": "clock"}, "level": "note", "message": {"text": "All is odd."}}
    assert failed["message"]["text"] == "a b.yaml: The rule raised KeyError. Hint: please report it."
    assert failed["associatedRule"] == {"id": ROOT, "index": 0}
    assert failed["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "a%20b.yaml"}}}]
    assert syntax["locations"][0]["physicalLocation"]["region"]["startLine"] == 1


def test_of_too_many_findings_the_most_severe_stay_and_the_rest_is_told() -> None:
    many = [MOVING._replace(address=f"stage[{number}]") for number in range(30)]
    run = run_of(scan(*many, AS_ROOT), OPTIONS._replace(max_results=10))
    assert len(run["results"]) == 10
    assert run["results"][-1]["ruleId"] == ROOT, "in the order of places, not of severity"
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["descriptor"]["id"] == "results-left-out"
    assert "Of 31 findings this report has the 10 most severe." in notification["message"]["text"]
    assert run["invocations"][0]["exitCode"] == 1


def test_never_more_results_than_github_takes() -> None:
    many = [MOVING] * 25_001
    assert len(run_of(scan(*many), OPTIONS._replace(max_results=10**9))["results"]) == 25_000
    assert len(run_of(scan(*many[:5_001]))["results"]) == 5_000


@pytest.mark.parametrize(
    ("category", "id_"), [("vvbscan", "vvbscan/"), ("vvbscan/", "vvbscan/"), ("vvbscan/api", "vvbscan/api/")]
)
def test_the_category_stands_before_the_last_slash(category: str, id_: str) -> None:
    assert run_of(scan(), OPTIONS._replace(category=category))["automationDetails"] == {"id": id_}


def test_exit_code_is_that_of_the_options() -> None:
    for fail_on, code in (("error", 0), ("warning", 1), ("never", 0)):
        run = run_of(scan(MOVING), OPTIONS._replace(fail_on=fail_on))
        assert run["invocations"][0]["exitCode"] == code


@settings(max_examples=100, deadline=None)
@given(RESULTS, st.booleans(), st.integers(0, 99))
def test_any_result_gives_valid_sarif_whose_bytes_depend_on_nothing_else(
    result: ScanResult, with_suppressed: bool, seed: int
) -> None:
    options = OPTIONS._replace(include_suppressed=with_suppressed)
    written = render("sarif", in_order(result), options)
    run_of(in_order(result), options)
    again = shuffled(result, seed)
    assert render("sarif", in_order(again), options).encode("utf-8") == written.encode("utf-8")


def test_without_a_category_the_upload_names_one() -> None:
    log = json.loads(render("sarif", scan(), OPTIONS._replace(category="")))
    assert "automationDetails" not in log["runs"][0]
