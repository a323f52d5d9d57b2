"""Sentences cut to size, and comments that suppress."""

from __future__ import annotations

import pytest

import vvbscan
from vvbscan.catalog.catalog import Catalog
from vvbscan.report import render
from vvbscan.report.guidance import first_paragraph, first_sentence, sentence
from vvbscan.report.options import ReportOptions


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One."),
        ("Over\ntwo lines. Then more.\n", "Over two lines."),
        ("TLS 1.2 is old, e.g. in v1.21.0. Use 1.3.", "TLS 1.2 is old, e.g. in v1.21.0."),
        ("Why? `latest` moves.", "Why?"),
        ("No period\n\nAnother paragraph.", "No period"),
        ("", ""),
    ],
)
def test_first_sentence(text: str, first: str) -> None:
    assert first_sentence(text) == first


def test_first_paragraph_is_one_line() -> None:
    assert first_paragraph("\n a\n  b \n \t\nc") == "a b"


@pytest.mark.parametrize(
    ("text", "limit", "whole"),
    [
        ("a b", 10, "a b."),
        ("a b.", 10, "a b."),
        ("a b", 3, "a…."),
        ("abcdef", 5, "abc…."),
        ("ab cdef", 5, "ab…."),
    ],
)
def test_a_sentence_ends_with_a_period_within_its_limit(text: str, limit: int, whole: str) -> None:
    assert sentence(text, limit) == whole
    assert len(whole) <= limit


ADVICE = "To accept a finding, write above its line: "
POM = """\
<project>
  <repositories>
    <repository>
      <id>shop</id>
      <url>http://maven.example.com/shop</url>
    </repository>
  </repositories>
</project>
"""


def advice(result: vvbscan.ScanResult) -> str:
    """The comment that the text report tells to write; empty if it tells none."""
    text = render("text", result, ReportOptions(texts=Catalog.load().text))
    return next((line.removeprefix(ADVICE) for line in text.splitlines() if line.startswith(ADVICE)), "")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", "FROM eclipse-temurin\nUSER 1000\n"),
        ("pom.xml", POM),
        ("build.gradle", "repositories {\n  maven { url 'http://maven.example.com/shop' }\n}\n"),
        ("build.gradle.kts", 'repositories {\n  maven("http://maven.example.com/shop")\n}\n'),
        ("requirements.txt", "-i http://pypi.example.com/simple\n"),
    ],
)
def test_the_comment_that_is_told_suppresses_what_it_stands_above(path: str, text: str) -> None:
    result = vvbscan.scan_files({path: text})
    comment = advice(result)
    worst = min(result.findings, key=lambda one: ("error", "warning", "note").index(one.severity))
    lines = text.splitlines()
    lines.insert(worst.location.line - 1, comment.replace("YYYY-MM-DD", "2999-12-31"))
    suppressed = vvbscan.scan_files({path: "\n".join(lines)}).suppressed
    assert worst.rule_id in {finding.rule_id for finding in suppressed}


def test_no_comment_is_told_where_none_can_stand() -> None:
    package = '{"name": "web", "dependencies": {"log": "http://files.example.com/log-1.0.0.tgz"}}'
    result = vvbscan.scan_files({"package.json": package})
    assert result.findings
    assert advice(result) == ""
    both = {"package.json": package, "Dockerfile": "FROM eclipse-temurin\n"}
    assert advice(vvbscan.scan_files(both)).startswith("# vvbscan: ignore[VVB-IMAGE-001]")
