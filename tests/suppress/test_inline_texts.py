"""Inline suppressions in the comments of scripts and files that stand in a file as texts of several lines."""

from __future__ import annotations

import pytest

import vvbscan
from vvbscan import Config, ScanResult, Selection

COMMENT = "# vvbscan: ignore[{rule}] until=2026-12-31 -- built once, never shipped"
CONTINUED = """\
FROM eclipse-temurin:21.0.9_10-jre
RUN microdnf upgrade -y && \\
    {above}
    microdnf install -y \\
        maven && \\
    microdnf install -y gradle && \\
    microdnf clean all
"""
HEREDOC = """\
FROM eclipse-temurin:21.0.9_10-jre
RUN <<END
{above}
microdnf install -y maven {behind}
microdnf install -y gradle
END
"""
SCRIPT = """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - shell: bash
        run: |
          {above}
          curl -sSL https://downloads.example.com/get.py | python3 - {behind}
          curl -sSL https://downloads.example.com/put.py | python3 -
"""
PATCHED = """\
resources: [pod.yaml]
patches:
  - patch: |
      apiVersion: v1
      kind: Pod
      metadata: {{name: a}}
      spec:
        containers:
          {above}
          - name: b
            image: registry.example.com/vvb/b:latest {behind}
          - name: c
            image: registry.example.com/vvb/c:latest
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - {name: a, image: "registry.example.com/vvb/a:1.0.0"}
"""
BESIDE = {
    "kustomization.yaml": {"pod.yaml": POD},
    "pyproject.toml": {"Dockerfile": "FROM python:3.13-slim\n"},
}
PLACES = [
    ("Dockerfile", CONTINUED, "VVB-IMAGE-009", "above"),
    *(
        (*where, side)
        for side in ("above", "behind")
        for where in (
            ("Dockerfile", HEREDOC, "VVB-IMAGE-009"),
            (".github/workflows/a.yml", SCRIPT, "VVB-CI-012"),
            ("kustomization.yaml", PATCHED, "VVB-IMAGE-001"),
        )
    ),
]


def scan(path: str, text: str, rule: str, said: str = "", side: str = "above") -> ScanResult:
    comments = {"above": "# a comment", "behind": "", side: said or "# a comment"}
    files = {path: text.format(**comments)}
    files.update(BESIDE.get(path, {}))
    return vvbscan.scan_files(files, Config(selection=Selection(select=(rule,))), today="2026-06-15")


@pytest.mark.parametrize(("path", "text", "rule", "side"), PLACES)
def test_it_covers_its_line_or_the_next_one(path: str, text: str, rule: str, side: str) -> None:
    first, second = (one.location.line for one in scan(path, text, rule).findings)
    result = scan(path, text, rule, COMMENT.format(rule=rule), side)
    assert [one.location.line for one in result.suppressed] == [first]
    assert [one.location.line for one in result.findings] == [second]
    assert [notice.code for notice in result.notices] == []


@pytest.mark.parametrize(("path", "text", "rule", "side"), PLACES)
def test_one_that_covers_nothing_is_told(path: str, text: str, rule: str, side: str) -> None:
    other = "VVB-IMAGE-001" if rule != "VVB-IMAGE-001" else "VVB-IMAGE-014"
    selection = Selection(select=(rule, other))
    comments = {"above": "# a comment", "behind": "", side: COMMENT.format(rule=other)}
    files = {path: text.format(**comments), "pod.yaml": POD}
    result = vvbscan.scan_files(files, Config(selection=selection), today="2026-06-15")
    assert [notice.code for notice in result.notices] == ["suppression-unused"]
    assert len(result.findings) == 2


@pytest.mark.parametrize("other", ["# why", "", COMMENT.format(rule="VVB-IMAGE-001")])
def test_further_comments_and_empty_lines_may_stand_between(other: str) -> None:
    text = HEREDOC.replace("{above}", f"{COMMENT.format(rule='VVB-IMAGE-009')}\n{other}")
    result = scan("Dockerfile", text, "VVB-IMAGE-009")
    assert len(result.suppressed) == 1


def test_above_the_text_it_covers_all_of_it() -> None:
    text = SCRIPT.replace("      - shell", f"      {COMMENT.format(rule='VVB-CI-012')}\n      - shell")
    result = scan(".github/workflows/a.yml", text, "VVB-CI-012")
    assert (len(result.findings), len(result.suppressed)) == (0, 2)


def test_above_the_header_of_a_table_it_covers_the_table() -> None:
    """The header begins with the names of tables that hold others too."""
    text = """\
[build-system]
requires = ["poetry-core"]
{above}
[tool.poetry.dependencies]
python = "^3.13"
flask = "^3.1"
"""
    (found,) = scan("pyproject.toml", text, "VVB-DEP-002").findings
    assert (found.location.line, found.location.column) == (4, 14)
    result = scan("pyproject.toml", text, "VVB-DEP-002", COMMENT.format(rule="VVB-DEP-002"))
    assert (result.findings, len(result.suppressed), result.notices) == ((), 1, ())
