"""Links between pages lead somewhere, and the index of the decisions is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.pages import DOCS, MADE, ROOT, anchors, prose, rows, text_of, written_pages
from vvbscan.cli.command import build_parser
from vvbscan.dev.docs import pages as made_pages

PAGES = written_pages()
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_links_lead_to_files_and_headings(page: Path) -> None:
    made = made_pages(build_parser())
    for path, anchor in _LINK.findall(prose(page.read_text("utf-8"))):
        target = (page.parent / path).resolve() if path else page
        name = target.relative_to(ROOT).as_posix()
        assert target.exists() or name in made, f"{page.name} links to {path}"
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), f"{page.name} links to {path}#{anchor}"


def test_made_pages_are_those_that_are_made() -> None:
    made = [name for name in made_pages(build_parser()) if not name.startswith("docs/rules/")]
    assert sorted(made) == sorted(MADE)


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    pending = [ROOT / "README.md"]
    while pending:
        page = pending.pop()
        if page in reached or not page.is_file():
            continue
        reached.add(page)
        links = _LINK.findall(prose(page.read_text("utf-8")))
        pending += [(page.parent / path).resolve() for path, _ in links if path.endswith(".md")]
    assert [page.name for page in PAGES if page not in reached] == []


def test_the_index_of_the_decisions_has_them_all_once_and_in_order() -> None:
    files = sorted(page.name for page in (DOCS / "decisions").glob("[0-9]*.md"))
    listed = [re.findall(r"\[(\d+)\]\((.*)\)", row[0]) for row in rows(text_of("docs/decisions/README.md"))]
    assert [(str(int(name[:4])), name) for name in files] == [found[0] for found in listed if found]
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))


def test_the_index_of_the_decisions_has_their_titles() -> None:
    for row in rows(text_of("docs/decisions/README.md")):
        match = re.fullmatch(r"\[(\d+)\]\((.*)\)", row[0])
        if match:
            title = text_of(f"docs/decisions/{match[2]}").splitlines()[0]
            assert title == f"# {match[1]}. {row[1]}"
