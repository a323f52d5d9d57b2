"""The pages that are written by hand, and what can be checked in them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MADE = ("docs/cli.md", "docs/checklist.md")
"""Pages that `vvbscan dev docs` makes, beside those below docs/rules."""

_BLOCK = re.compile(r"^```([a-z]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_CALL = re.compile(r"(?:^|&& )(?:\S*/)?vvbscan (?!-- )(.*?)(?= && | > |$)")


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    text: str


def written_pages() -> list[Path]:
    """All pages that are written by hand."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("*.md"), *DOCS.glob("decisions/*.md")]
    return sorted(page for page in pages if page.relative_to(ROOT).as_posix() not in MADE)


def text_of(name: str) -> str:
    """The text of a page, by its path from the root."""
    return (ROOT / name).read_text("utf-8")


def blocks(text: str, language: str = "") -> list[Block]:
    """The fenced blocks of a text, of one language or of all."""
    found = [Block(match[1], match[2]) for match in _BLOCK.finditer(text)]
    return [block for block in found if language in ("", block.language)]


def prose(text: str) -> str:
    """A text without its fenced blocks."""
    return _BLOCK.sub("", text)


def calls(text: str) -> list[list[str]]:
    """The words of every call of vvbscan that a page shows, in a block of commands or in its prose."""
    lines = [line for block in blocks(text, "sh") + blocks(text, "bash") for line in block.text.splitlines()]
    lines += [span for span in _SPAN.findall(prose(text)) if span.startswith("vvbscan ")]
    return [shlex.split(match[1], comments=True) for line in lines for match in _CALL.finditer(line.strip())]


def anchors(text: str) -> set[str]:
    """What links into a page can name, as GitHub makes it of its headings."""
    headings = (re.sub(r"[`*]", "", heading).strip().lower() for heading in _HEADING.findall(prose(text)))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the tables of a page, heads left out."""
    lines = [line for line in prose(text).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if not all(set(cell) <= set("-: ") for cell in row)]
