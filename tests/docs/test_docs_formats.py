"""docs/formats.md and docs/reports.md: their figures and names are those of the program."""

from __future__ import annotations

import re

from docs.pages import rows, text_of
from vvbscan.engine.analyse import _KINDS
from vvbscan.engine.discover import SKIPPED_DIRECTORIES
from vvbscan.engine.recognise import FORMATS, recognise
from vvbscan.engine.run import MOST_NOTICES
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.report.options import ReportOptions
from vvbscan.report.sarif_rules import _SECURITY_SEVERITY

FORMATS_PAGE = text_of("docs/formats.md")
REPORTS_PAGE = text_of("docs/reports.md")


def test_the_limits() -> None:
    table = FORMATS_PAGE.partition("## Limits")[2]
    assert [int(row[1].replace(",", "")) for row in rows(table)[1:]] == [
        DEFAULT_LIMITS.file_bytes,
        DEFAULT_LIMITS.depth,
        DEFAULT_LIMITS.nodes,
        DEFAULT_LIMITS.alias_nodes,
        DEFAULT_LIMITS.documents,
        DEFAULT_LIMITS.expansions,
        DEFAULT_LIMITS.expanded_length,
        DEFAULT_LIMITS.unit_files,
        DEFAULT_LIMITS.evaluation_steps,
        DEFAULT_LIMITS.instances,
        DEFAULT_LIMITS.unit_instances,
        MOST_NOTICES,
    ]


def test_the_directories_that_are_not_entered() -> None:
    sentence = re.findall(r"Not entered are (.*?)\.\n", FORMATS_PAGE, re.DOTALL)[0]
    assert set(re.findall(r"`([^`]+)`", sentence)) == SKIPPED_DIRECTORIES


def test_every_format_and_kind_of_unit_has_its_row() -> None:
    assert len(rows(FORMATS_PAGE.partition("## Recognition")[2].partition("## Units")[0])[1:]) == len(FORMATS)
    units = rows(FORMATS_PAGE.partition("## Units")[2].partition("## Dockerfiles")[0])[1:]
    assert sorted(row[0].strip("`").partition(":")[0] for row in units) == sorted(_KINDS)


def test_names_that_are_told_are_recognised() -> None:
    table = rows(FORMATS_PAGE.partition("## Recognition")[2].partition("## Units")[0])
    contents = {
        "Kubernetes": b"apiVersion: v1\nkind: Pod\n",
        "Compose": b"services:\n  web:\n    image: web\n",
    }
    seen = 0
    for row in table[1:]:
        accepted, _, refused = row[1].partition("; not")
        for name in re.findall(r"`([A-Za-z-]+(?:\.[A-Za-z-]+)+)`", accepted):
            seen += 1
            assert recognise(name, lambda row=row: contents.get(row[0], b"a: 1\n")) is not None, name  # type: ignore[misc]  # bound now
        for name in re.findall(r"`([^`]+)`", refused):
            assert recognise(name, lambda: b"FROM scratch\n") is None, name
    assert seen > len(table)


def test_the_figures_of_sarif() -> None:
    assert f"Findings beyond {ReportOptions(texts=lambda _: NotImplemented).max_results:,}" in REPORTS_PAGE
    told = {"an error": "error", "a warning": "warning", "a note": "note"}
    for words, severity in told.items():
        assert f"{_SECURITY_SEVERITY[severity]} for {words}" in REPORTS_PAGE
