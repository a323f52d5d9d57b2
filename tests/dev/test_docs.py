"""Pages made from rules: whole, linked, and told apart when they are stale."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from vvbscan.cli.command import build_parser
from vvbscan.dev import docs


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(docs, "checkout_root", lambda: str(tmp_path))
    monkeypatch.setattr(docs, "_source", lambda file: f"rules/{Path(file.path).name}")
    return tmp_path


def test_what_is_written_is_up_to_date_until_it_is_edited(checkout: Path) -> None:
    out = io.StringIO()
    assert docs.check_docs(build_parser(), out) == 1, "nothing is written yet"
    docs.write_docs(build_parser(), out)
    assert docs.check_docs(build_parser(), out) == 0
    page = checkout / "docs" / "rules" / "VVB-IMAGE-001.md"
    page.write_text(page.read_text() + "more\n")
    (checkout / "docs" / "rules" / "VVB-GONE-001.md").write_text("")
    out = io.StringIO()
    assert docs.check_docs(build_parser(), out) == 1
    assert "docs/rules/VVB-IMAGE-001.md is not up to date" in out.getvalue()
    assert "docs/rules/VVB-GONE-001.md is not up to date" in out.getvalue()
    docs.write_docs(build_parser(), out)
    assert docs.check_docs(build_parser(), out) == 0


def test_links_between_pages_lead_somewhere(checkout: Path) -> None:
    docs.write_docs(build_parser(), io.StringIO())
    pages = sorted((checkout / "docs").rglob("*.md"))
    assert pages
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+\.md)\)", page.read_text()):
            assert (page.parent / target).is_file(), f"{page.name} links to {target}"


def test_every_command_has_its_help(checkout: Path) -> None:
    docs.write_docs(build_parser(), io.StringIO())
    text = (checkout / "docs" / "cli.md").read_text()
    for command in ("scan", "rules", "explain", "parse", "dev new-rule", "dev test", "dev docs"):
        assert f"## vvbscan {command}\n" in text
