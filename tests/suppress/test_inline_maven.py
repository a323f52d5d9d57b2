"""Inline suppressions in POMs, through the public door: what they cover."""

from __future__ import annotations

import pytest

import vvbscan

POM = """\
<project>
  <groupId>com.example.vvb</groupId>
  <artifactId>approval</artifactId>
  <version>12.0.0</version>
  <dependencies>
    <dependency>
      <groupId>com.example.tools</groupId>
      <artifactId>csv</artifactId>
      <version>LATEST</version>
    </dependency>
    <dependency>
      <groupId>com.example.tools</groupId>
      <artifactId>json</artifactId>
      <version>LATEST</version>
    </dependency>
  </dependencies>
</project>
"""
DIRECTIVE = "<!-- vvbscan: ignore[VVB-DEP-020]: moves in June -->"


@pytest.mark.parametrize(
    ("before", "left"),
    [
        ("no such line", [9, 14]),
        ("    <dependency>\n      <groupId>com.example.tools</groupId>\n      <artifactId>csv", [15]),
        ("  <dependencies>", []),
    ],
)
def test_a_comment_covers_the_element_that_follows(before: str, left: list[int]) -> None:
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-020",)))
    text = POM.replace(before, f"{DIRECTIVE}\n{before}", 1)
    result = vvbscan.scan_text(text, "maven", config, today="2026-06-01")
    assert [finding.location.line for finding in result.findings] == left
    assert [notice for notice in result.notices if notice.level != "note"] == []


def test_a_comment_behind_a_value_covers_its_line() -> None:
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-020",)))
    text = POM.replace("LATEST</version>", f"LATEST</version> {DIRECTIVE}", 1)
    result = vvbscan.scan_text(text, "maven", config, today="2026-06-01")
    assert [finding.location.line for finding in result.findings] == [14]


def test_two_hyphens_in_a_comment_are_told_with_what_to_write() -> None:
    text = POM.replace("<project>", f"<project>\n{DIRECTIVE.replace(']:', '] --')}", 1)
    (notice,) = [one for one in vvbscan.scan_text(text, "maven").notices if one.level == "error"]
    assert notice.message == "A comment cannot hold `--`."
    assert notice.hint


def test_a_day_stands_before_the_colon() -> None:
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-020",)))
    text = POM.replace("<project>", f"{DIRECTIVE.replace(']:', '] until=2026-06-30:')}\n<project>", 1)
    assert vvbscan.scan_text(text, "maven", config, today="2026-06-01").findings == ()
    assert len(vvbscan.scan_text(text, "maven", config, today="2026-07-01").findings) == 2
