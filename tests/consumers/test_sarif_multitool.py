"""SARIF in Microsoft's SARIF Multitool and against the official schema that it ships.

`npm install --prefix DIRECTORY` with `ci/consumers/package.json` provides it; the environment variable
`VVBSCAN_CONSUMERS` names the directory. Without it these tests fail: they are run on request only.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from report.samples import LAYERS, ROOT, RULES, TAG, finding, place, source, texts
from vvbscan.model.location import RelatedLocation
from vvbscan.model.outcome import Notice, Suppression
from vvbscan.model.result import ScanResult, in_order
from vvbscan.report import ReportOptions, render

pytestmark = pytest.mark.consumers

DOCKERFILE = source(
    "api/Docker file", "ARG TAG=latest\r\nFROM maven:latest AS 日😀\r\nFROM eclipse-temurin:${TAG}\n"
)
POD = source("deploy/pod.yaml", "kind: Pod\nspec:\n  securityContext: {runAsUser: 0}\n")
DEFAULT = RelatedLocation("ARG [TAG] has its default here", place(DOCKERFILE, "TAG=latest"))


def example() -> ScanResult:
    findings = (
        finding(TAG, DOCKERFILE, "maven:latest", boxes=("2.1.3",)),
        finding(TAG, DOCKERFILE, "eclipse-temurin:${TAG}", related=(DEFAULT, DEFAULT)),
        finding(LAYERS, DOCKERFILE, "日😀\r\nFROM", severity="note", message="22 layers \udcff\x1b[0m."),
        finding(ROOT, POD, "runAsUser: 0", severity="error", environments=("production",)),
    )
    accepted = findings[0]._replace(suppression=Suppression("gone soon", "2027-01-31", findings[1].location))
    notices = (
        Notice(
            "error", "yaml-syntax", "A mapping is not closed.", POD.path, place(POD, "kind: Pod"), "Close it."
        ),
        Notice("error", "rule-failed", "The rule raised KeyError.", POD.path, None, "Report it.", ROOT),
        Notice("note", "chart-not-analysed", "The chart was not analysed", "chart"),
    )
    return in_order(
        ScanResult("shop", "0.1.0", RULES, findings=findings, suppressed=(accepted,), notices=notices)
    )


LOGS = {
    "findings": render("sarif", example(), ReportOptions(texts)),
    "suppressed": render("sarif", example(), ReportOptions(texts, include_suppressed=True)),
    "left out": render("sarif", example(), ReportOptions(texts, max_results=1)),
    "clean": render("sarif", ScanResult("shop", "0.1.0", RULES), ReportOptions(texts)),
}
EVERY_LOG = pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)


@pytest.fixture(scope="module")
def multitool() -> Path:
    directory = os.environ.get("VVBSCAN_CONSUMERS")
    assert directory, (
        "set VVBSCAN_CONSUMERS to the directory where the packages of ci/consumers are installed"
    )
    package = Path(directory, "node_modules/@microsoft/sarif-multitool-linux")
    program = package / "Sarif.Multitool"
    assert program.is_file(), f"{program} is missing"
    if not os.access(program, os.X_OK):
        # npm 11 does not run the script of the package that would do it.
        program.chmod(0o755)
    return package


@EVERY_LOG
def test_the_official_schema_accepts_it(multitool: Path, log: str) -> None:
    schema = json.loads((multitool / "sarif-2.1.0.json").read_text("utf-8-sig"))
    errors = [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(json.loads(log))]
    assert errors == []


@EVERY_LOG
def test_multitool_has_no_error_or_warning(multitool: Path, log: str, tmp_path: Path) -> None:
    assert problems(multitool, log, tmp_path) == []


def test_multitool_would_report_an_error(multitool: Path, tmp_path: Path) -> None:
    log = json.loads(LOGS["findings"])
    del log["runs"][0]["results"][0]["locations"]
    assert "GH1015" in {rule for rule, _ in problems(multitool, json.dumps(log), tmp_path)}


def problems(multitool: Path, log: str, directory: Path) -> list[tuple[str, str]]:
    """Rule and text of what the tool says against a log. Its exit code is 0 whatever it found."""
    written, answer = directory / "log.sarif", directory / "answer.sarif"
    written.write_text(log, "utf-8", newline="")
    kinds = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"]
    output = ["--output", str(answer), "--log", "ForceOverwrite"]
    command = [str(multitool / "Sarif.Multitool"), "validate", str(written), *kinds, *output]
    subprocess.run(command, check=True, capture_output=True)
    (run,) = json.loads(answer.read_text("utf-8-sig"))["runs"]
    results: list[dict[str, Any]] = run["results"]
    return [(result["ruleId"], json.dumps(result["message"])) for result in results]
