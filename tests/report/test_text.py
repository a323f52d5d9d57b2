"""The report for people."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from report.samples import LAYERS, ROOT, RULES, TAG, finding, place, source, texts
from report.strategies import RESULTS, shuffled
from vvbscan.model.location import RelatedLocation
from vvbscan.model.outcome import (
    ANALYSED,
    NOT_ANALYSED,
    PARTLY,
    FileRecord,
    Notice,
    Suppression,
    Undecided,
)
from vvbscan.model.result import ScanResult, in_order
from vvbscan.report import ReportOptions, render
from vvbscan.report.escape import HIDDEN
from vvbscan.report.text import wrapped

OPTIONS = ReportOptions(texts)
VERBOSE = OPTIONS._replace(verbose=True)

DOCKERFILE = source(
    "api/Dockerfile", "ARG TAG=latest\nFROM maven:latest AS build\nRUN mvn\nFROM jre:${TAG}\n"
)
POD = source("deploy/pod.yaml", "kind: Pod\nspec:\n\tsecurityContext: {runAsUser: 0}\n")
MAVEN = finding(TAG, DOCKERFILE, "maven:latest", message="maven:latest is not one version.", boxes=("2.1.3",))
JRE = finding(
    TAG,
    DOCKERFILE,
    "jre:${TAG}",
    message="jre:latest is not one version.",
    address="stage[1]",
    related=(RelatedLocation("ARG TAG has its default here", place(DOCKERFILE, "TAG=latest")),),
)
MANY = finding(
    LAYERS, DOCKERFILE, "RUN mvn\nFROM", severity="note", message="There are 22 layers.", address=""
)
AS_ROOT = finding(
    ROOT,
    POD,
    "runAsUser: 0",
    severity="error",
    message="Container app runs as user 0.",
    address="Pod/shop/web:containers[app]",
    environments=("production", "staging"),
    boxes=("2.4.1", "2.4.2"),
)
FILES = (FileRecord("api/Dockerfile", "dockerfile", "d"), FileRecord("deploy/pod.yaml", "kubernetes", "k"))


def scan(*findings: Any, files: tuple[FileRecord, ...] = FILES, **fields: Any) -> ScanResult:
    return in_order(ScanResult("shop", "0.1.0", RULES, files, findings, **fields))


def report(result: ScanResult, options: ReportOptions = OPTIONS) -> str:
    return render("text", result, options)


def test_findings_by_file_with_reason_and_remedy_once_a_rule() -> None:
    assert (
        report(scan(MAVEN, JRE, MANY, AS_ROOT))
        == r"""api/Dockerfile: 3 findings
--------------------------

api/Dockerfile:2:6: warning VVB-IMAGE-001 image-tag-not-fixed
  maven:latest is not one version.
  2 | FROM maven:latest AS build
    |      ^^^^^^^^^^^^
    = stage[0]; checklist 2.1.3

api/Dockerfile:4:6: warning VVB-IMAGE-001 image-tag-not-fixed
  jre:latest is not one version.
  4 | FROM jre:${TAG}
    |      ^^^^^^^^^^
    = api/Dockerfile:1:5: ARG TAG has its default here
    = stage[1]

  why: A moving tag gives another image tomorrow.
  fix: Name the version, better still its digest:
         FROM maven:3.9.11

api/Dockerfile:3:1: note VVB-IMAGE-007 image-has-many-layers
  There are 22 layers.
  3 | RUN mvn
    | ^^^^^^^ to line 4

  why: Every layer costs time when the image is pulled.
  fix: Join what belongs together:
       - `RUN` lines with `&&`,
       - `COPY` lines of one target.

deploy/pod.yaml: 1 finding
--------------------------

deploy/pod.yaml:3:20: error VVB-POD-002 container-runs-as-root
  Container app runs as user 0.
  3 |     securityContext: {runAsUser: 0}
    |                       ^^^^^^^^^^^^
    = Pod/shop/web:containers[app]; in production, staging; checklist 2.4.1, 2.4.2

  why: Who breaks out of a process that runs as root is root on the node.
  fix: Set `runAsNonRoot: true` and give the image a `USER`.

4 findings in 2 files: 1 error, 2 warnings, 1 note.
Files: 2 analysed.

More about a rule: vvbscan explain VVB-POD-002
To accept a finding, write above its line: # vvbscan: ignore[VVB-POD-002] until=YYYY-MM-DD -- reason
"""
    )


def test_further_files_refer_to_the_first_for_the_remedy() -> None:
    other = source("web/Dockerfile", "FROM nginx\n")
    text = report(scan(MAVEN, finding(TAG, other, "nginx"), finding(TAG, other, "FROM")))
    assert text.count("  fix: Name the version") == 1
    assert text.endswith(""" | ^^^^
    = stage[0]

web/Dockerfile:1:6: warning VVB-IMAGE-001 image-tag-not-fixed
  It is wrong.
  1 | FROM nginx
    |      ^^^^^
    = stage[0]

  fix: as for api/Dockerfile above

3 findings in 2 files: 3 warnings.
Files: 2 analysed.

More about a rule: vvbscan explain VVB-IMAGE-001
To accept a finding, write above its line: # vvbscan: ignore[VVB-IMAGE-001] until=YYYY-MM-DD -- reason
""")


def test_a_clean_scan_is_short() -> None:
    assert report(scan()) == "No findings.\nFiles: 2 analysed.\n"


def test_an_empty_tree_is_not_called_clean_without_more() -> None:
    assert report(scan(files=())) == (
        "No findings.\n"
        "Files: 0 analysed.\n"
        "\n"
        "Nothing was recognised: `vvbscan scan --help` says how files are chosen.\n"
    )


def test_long_messages_are_wrapped_below_themselves() -> None:
    options = OPTIONS._replace(width=50)
    long = AS_ROOT._replace(message="Container app runs as user 0, which nobody who runs this cluster wants.")
    for line in (
        "  Container app runs as user 0, which nobody who",
        "  runs this cluster wants.",
        "    = Pod/shop/web:containers[app]; in production,",
        "      staging; checklist 2.4.1, 2.4.2",
        "  why: Who breaks out of a process that runs as",
        "       root is root on the node.",
    ):
        assert line in report(scan(long), options).splitlines()


def test_a_remedy_may_begin_with_code() -> None:
    options = ReportOptions(
        lambda rule_id: texts(rule_id)._replace(remediation="```\na:\n  b\n\n- c\n```\nThen\ngo.")
    )
    assert "\n  fix:\n         a:\n           b\n\n         - c\n       Then go.\n" in report(
        scan(MAVEN), options
    )


NOTICES = (
    Notice("note", "not-recognised", "It is of no format that is known.", "a.txt"),
    Notice("warning", "chart-not-analysed", "The chart needs values.", "chart", None, "Render it first."),
    Notice("error", "yaml-syntax", "A mapping is not closed.", POD.path, place(POD, "kind: Pod")),
    Notice("error", "rule-failed", "The rule raised KeyError.", "", None, "", ROOT),
)


def test_what_is_said_of_several_places_of_a_directory_is_told_once_unless_all_is_listed() -> None:
    message = "var.env is not declared: there is no variable `env` in this module."
    words = ("kind: Pod", "spec:", "runAsUser: 0")
    notices = tuple(
        Notice("warning", "terraform-undeclared", message, POD.path, place(POD, word)) for word in words
    )
    other = Notice("warning", "terraform-undeclared", message, "elsewhere/main.tf")
    text = report(scan(notices=(*notices, other)))
    assert text.count("var.env is not declared") == 2
    assert "and at 2 places more in this directory" in " ".join(text.split())
    listed = report(scan(notices=(*notices, other)), OPTIONS._replace(verbose=True))
    assert listed.count("var.env is not declared") == 4
    assert "places more" not in listed


def test_each_file_that_was_not_analysed_is_named() -> None:
    notices = tuple(Notice("error", "unreadable", "It is a binary file.", f"{name}.tf") for name in "ab")
    text = report(scan(notices=notices))
    assert "a.tf: error" in text
    assert "b.tf: error" in text


def test_notices_come_by_level_and_an_incomplete_scan_says_so() -> None:
    assert (
        report(scan(notices=NOTICES))
        == """Notices about the analysis
--------------------------

error: The rule raised KeyError. [rule-failed, VVB-POD-002]
deploy/pod.yaml:1:1: error: A mapping is not closed. [yaml-syntax]
chart: warning: The chart needs values. [chart-not-analysed]
  hint: Render it first.
  and 1 note more; --verbose lists all

No findings.
Files: 2 analysed.

The scan is not complete: mend what the notices of level error name, and scan again.
"""
    )
    assert "a.txt: note: It is of no format that is known. [not-recognised]" in report(
        scan(notices=NOTICES), VERBOSE
    )


def undecided(rule_id: str, address: str, reason: str, environment: str = "") -> Undecided:
    return Undecided(rule_id, address, environment, "variable", reason, JRE.location, ())


def test_what_could_not_be_decided_is_counted_by_reason() -> None:
    outcomes = (
        undecided(TAG, "stage[1]", "ARG REPO has no default"),
        undecided(TAG, "stage[2]", "ARG TAG has no default"),
        undecided(ROOT, "Pod/web", "ARG TAG has no default", "production"),
    )
    assert report(scan(undecided=outcomes)).startswith("""3 outcomes could not be decided
-------------------------------

  2 x ARG TAG has no default (2 rules, first at api/Dockerfile:4:6)
  1 x ARG REPO has no default (image-tag-not-fixed, first at api/Dockerfile:4:6)

No findings.
""")
    assert report(scan(undecided=outcomes), VERBOSE).startswith("""3 outcomes could not be decided
-------------------------------

  2 x ARG TAG has no default
      api/Dockerfile:4:6: VVB-IMAGE-001 image-tag-not-fixed: stage[2]
      api/Dockerfile:4:6: VVB-POD-002 container-runs-as-root: Pod/web in production
  1 x ARG REPO has no default
""")


def test_only_the_most_frequent_reasons_are_listed_unless_verbose() -> None:
    outcomes = tuple(undecided(TAG, "stage[0]", f"ARG A{number} has no default") for number in range(15))
    assert "  and 5 reasons more; --verbose lists all\n" in report(scan(undecided=outcomes))
    assert report(scan(undecided=outcomes), VERBOSE).count("  1 x ARG A") == 15


def test_files_count_once_by_what_went_worst() -> None:
    files = (
        FileRecord("base.yaml", "kubernetes", "a", "dev", judged=False),
        FileRecord("base.yaml", "kubernetes", "b", "production"),
        FileRecord("dev.yaml", "kubernetes", "a", "dev", judged=False),
        FileRecord("chart/a.yaml", "helm", "c", status=NOT_ANALYSED, reason="it needs values"),
        FileRecord("chart/a.yaml", "helm", "d", status=ANALYSED),
        FileRecord("half.yaml", "kubernetes", "e", status=PARTLY, reason="a document is broken"),
    )
    text = report(scan(files=files))
    assert "Files: 1 analysed, 1 partly analysed, 1 not analysed, 1 not judged.\n" in text
    assert "it needs values" not in text
    told = report(scan(files=files), VERBOSE)
    assert "  chart/a.yaml: not analysed: it needs values\n" in told
    assert "  dev.yaml: not judged: its environment dev is not judged\n" in told


def test_suppressed_and_hidden_findings_are_counted_apart_and_listed_if_verbose() -> None:
    accepted = MAVEN._replace(suppression=Suppression("gone soon", "2027-01-31", MAVEN.location))
    result = scan(suppressed=(accepted,), hidden=(JRE,))
    assert report(result) == (
        "No findings.\nNot counted: 1 suppressed, 1 told by a stronger rule.\nFiles: 2 analysed.\n"
    )
    line = "  api/Dockerfile:2:6: VVB-IMAGE-001 image-tag-not-fixed until 2027-01-31: gone soon\n"
    assert line in report(result, VERBOSE)


def test_the_scanned_tree_cannot_write_to_the_terminal() -> None:
    evil = source("a\x1b]0;x\x07.yaml", "image: \x1b[2Ja\u202eb # c\n")
    found = finding(TAG, evil, "\x1b[2Ja", message="\x1b[2Ja is odd.", address="\u202e", environments=("\n",))
    text = report(scan(found))
    assert r"a\x1b]0;x\x07.yaml:1:8: warning" in text
    assert r"  1 | image: \x1b[2Ja\u202eb # c" in text
    assert HIDDEN.search(text.replace("\n", "")) is None


def test_the_scanned_tree_gives_no_commands_to_a_pipeline() -> None:
    evil = source("::stop-commands::x/Dockerfile", "FROM odd # ##[add-matcher]m.json ##vso[x]\n")
    found = finding(TAG, evil, "odd", message="odd is ::odd:: ##[error]no.", address="##")
    for colour in (False, True):
        text = report(scan(found), OPTIONS._replace(colour=colour))
        assert "\\x3a:stop-commands::x/Dockerfile:1:6: " in text
        assert "FROM odd # \\x23#[add-matcher]m.json \\x23#vso[x]" in text
        assert "odd is ::odd:: \\x23#[error]no." in text
        assert not re.search(r"##[a-z]*\[", text)
        assert not re.search(r"(?m)^\s*::", text)


@settings(max_examples=100, deadline=None)
@given(RESULTS, st.booleans(), st.integers(0, 120), st.integers(0, 99))
def test_any_result_gives_a_report_without_hidden_characters_whatever_its_order(
    result: ScanResult, verbose: bool, width: int, seed: int
) -> None:
    options = OPTIONS._replace(verbose=verbose, width=width)
    text = report(in_order(result), options)
    assert HIDDEN.search(text.replace("\n", "")) is None
    assert text.encode("utf-8").endswith(b".\n") or text.endswith("reason\n")
    assert report(in_order(shuffled(result, seed)), options) == text
    coloured = report(in_order(result), options._replace(colour=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text


@given(
    st.text(st.sampled_from("ab \t\n\u00a0\u2003-\u00e9"), max_size=30),
    st.integers(1, 40),
    st.sampled_from(["", "  "]),
    st.sampled_from(["", "    "]),
)
def test_texts_are_wrapped_as_the_standard_library_does(
    text: str, width: int, first: str, others: str
) -> None:
    expected = textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    assert wrapped(text, width, first, others) == expected
