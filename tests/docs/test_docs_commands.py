"""Every call of vvbscan that a page shows is one that vvbscan takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.pages import ROOT, calls, written_pages
from vvbscan.catalog.catalog import Catalog
from vvbscan.cli.command import build_parser
from vvbscan.cli.scan import reports_of
from vvbscan.model.errors import UsageError

PAGES = written_pages()


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_the_parser_takes_every_call(page: Path) -> None:
    parser = build_parser()
    catalog = Catalog.load()
    for words in calls(page.read_text("utf-8")):
        if words[0].startswith("--"):
            assert words == ["--version"]
            continue
        try:
            arguments = parser.parse_args(words)
            if arguments.command == "scan":
                reports_of(arguments.format or [], arguments.output or [])
            elif arguments.command == "explain" and arguments.rule != "RULE":
                catalog.rule(arguments.rule)
        except UsageError as error:
            pytest.fail(f"vvbscan {' '.join(words)}: {error}")


def test_calls_are_found_at_all() -> None:
    found = {tuple(words) for page in PAGES for words in calls(page.read_text("utf-8"))}
    assert ("scan", "--list-files") in found, "in prose"
    assert ("scan", "--output", "vvb.sarif", "--output", "vvb.json") in found, "in a block, with a comment"
    assert ("scan", "fixtures/vvb-not-ready") in found, "behind other commands"
    assert ("scan", "rendered.yaml") in found
