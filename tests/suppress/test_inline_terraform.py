"""Inline suppressions in Terraform files, through the public door: what they cover."""

from __future__ import annotations

import pytest

import vvbscan
from vvbscan import Config, ScanResult

IN_ONE_ZONE = "VVB-DB-003"
UNENCRYPTED = "VVB-DB-002"
UNGUARDED = "VVB-DB-005"
"""Found at the header of the resource, which says nothing about it."""

DATABASES = """\
resource "aws_db_instance" "first" {
  engine            = "postgres"
  multi_az          = false
  storage_encrypted = false
  tags = {
    Name = "first"
  }
}

resource "aws_db_instance" "second" {
  engine            = "postgres"
  multi_az          = false
  storage_encrypted = false
}
"""


def scan(text: str, *rules: str) -> ScanResult:
    config = Config(selection=vvbscan.Selection(select=rules))
    return vvbscan.scan_text(text, "terraform", config, today="2026-06-15")


def left(text: str, *rules: str) -> list[tuple[str, int]]:
    """Rule and line of what is still found."""
    result = scan(text, *rules)
    assert [notice.code for notice in result.notices] == []
    return [(finding.rule_id, finding.location.line) for finding in result.findings]


def before(line: int, comment: str) -> str:
    """The databases with a comment in a line of its own before a line."""
    lines = DATABASES.splitlines(keepends=True)
    return "".join([*lines[: line - 1], f"  {comment}\n", *lines[line - 1 :]])


def behind(line: int, comment: str) -> str:
    """The databases with a comment at the end of a line."""
    lines = DATABASES.splitlines(keepends=True)
    lines[line - 1] = f"{lines[line - 1][:-1]} {comment}\n"
    return "".join(lines)


def test_without_a_suppression_both_are_found() -> None:
    assert left(DATABASES, IN_ONE_ZONE) == [(IN_ONE_ZONE, 3), (IN_ONE_ZONE, 12)]
    assert left(DATABASES, UNGUARDED) == [(UNGUARDED, 1), (UNGUARDED, 10)]


@pytest.mark.parametrize("form", ["# {}", "// {}", "/* {} */"])
def test_every_comment_can_suppress(form: str) -> None:
    comment = form.format(f"vvbscan: ignore[{IN_ONE_ZONE}] -- rebuilt every night")
    assert left(before(3, comment), IN_ONE_ZONE) == [(IN_ONE_ZONE, 13)]
    assert left(behind(3, comment), IN_ONE_ZONE) == [(IN_ONE_ZONE, 12)]


@pytest.mark.parametrize("line", [1, 3])
def test_on_a_line_of_its_own_it_covers_the_next_attribute_or_block(line: int) -> None:
    comment = f"# vvbscan: ignore[{IN_ONE_ZONE}] -- rebuilt every night"
    assert left(before(line, comment), IN_ONE_ZONE) == [(IN_ONE_ZONE, 13)]


def test_before_an_attribute_it_does_not_cover_the_others() -> None:
    text = before(3, f"# vvbscan: ignore[{IN_ONE_ZONE}, {UNENCRYPTED}] -- rebuilt every night")
    assert left(text, IN_ONE_ZONE, UNENCRYPTED) == [(UNENCRYPTED, 5), (IN_ONE_ZONE, 13), (UNENCRYPTED, 14)]


@pytest.mark.parametrize("line", [4, 5, 7])
def test_elsewhere_in_the_resource_it_covers_nothing(line: int) -> None:
    result = scan(behind(line, f"# vvbscan: ignore[{IN_ONE_ZONE}] -- wrong place"), IN_ONE_ZONE)
    assert len(result.findings) == 2
    assert [notice.code for notice in result.notices] == ["suppression-unused"]


def test_within_an_object_it_covers_the_member() -> None:
    result = scan(before(6, f"# vvbscan: ignore[{IN_ONE_ZONE}] -- wrong place"), IN_ONE_ZONE)
    assert len(result.findings) == 2
    assert [notice.code for notice in result.notices] == ["suppression-unused"]


def test_at_the_header_it_covers_all_of_the_resource() -> None:
    rules = (IN_ONE_ZONE, UNENCRYPTED, UNGUARDED)
    text = behind(1, f"# vvbscan: ignore[{', '.join(rules)}] -- rebuilt every night")
    assert left(text, *rules) == [(UNGUARDED, 10), (IN_ONE_ZONE, 12), (UNENCRYPTED, 13)]


def test_at_the_resource_it_counts_for_what_is_set_elsewhere() -> None:
    text = (
        'variable "zones" {\n  default = false\n}\n\n'
        f"# vvbscan: ignore[{IN_ONE_ZONE}] -- rebuilt every night\n"
        'resource "aws_db_instance" "first" {\n  engine   = "postgres"\n  multi_az = var.zones\n}\n'
    )
    assert left(text, IN_ONE_ZONE) == []


def test_for_the_whole_file_it_stands_anywhere() -> None:
    text = before(8, f"# vvbscan: ignore-file[{IN_ONE_ZONE}] -- only for tests of load")
    assert left(text, IN_ONE_ZONE) == []


def test_text_of_strings_and_here_documents_suppresses_nothing() -> None:
    said = f"vvbscan: ignore[{IN_ONE_ZONE}] -- no comment"
    text = f'locals {{\n  a = "# {said}"\n  b = <<-EOT\n    # {said}\n  EOT\n}}\n\n{DATABASES}'
    assert len(left(text, IN_ONE_ZONE)) == 2
