"""Where reports send people: documentation pages, the way to suppress, and sentences cut to size."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern

PROJECT: Final = "https://github.com/vvbscan/vvbscan"
_RULE_PAGES: Final = f"{PROJECT}/blob/main/docs/rules"

_WITHOUT_COMMENTS: Final = (".json", ".renovaterc", ".sum", "pnpm-lock.yaml", "yarn.lock")
"""Ends of the names of files without comments, or whose comments the programs that write them lose."""
_SLASHES: Final = (".gradle", ".kts", ".mod", ".work", ".json5")

_SENTENCE_END: Final = lazy_pattern(r"[.!?](?=\s+[^a-z\s])")
_BLANK_LINE: Final = lazy_pattern(r"\n[ \t]*\n")


def rule_page(rule_id: str) -> str:
    """Address of the documentation page of a rule."""
    return f"{_RULE_PAGES}/{rule_id}.md"


def suppression_comment(rule_id: str) -> str:
    """The comment that suppresses a rule at one place."""
    return f"vvbscan: ignore[{rule_id}] until=YYYY-MM-DD -- reason"


def suppression_in(path: str, rule_id: str) -> str:
    """The same as a file of this name writes it; empty if it has no comments."""
    said = suppression_comment(rule_id)
    if path.endswith(_WITHOUT_COMMENTS):
        return ""
    if path.endswith(".xml"):
        return f"<!-- {said.replace(' -- ', ': ')} -->"
    return f"{'//' if path.endswith(_SLASHES) else '#'} {said}"


def first_paragraph(text: str) -> str:
    """The first paragraph of a text on one line."""
    return " ".join(_BLANK_LINE.split(text.strip(), maxsplit=1)[0].split())


def first_sentence(text: str) -> str:
    """The first sentence of a text on one line."""
    paragraph = first_paragraph(text)
    end = _SENTENCE_END.search(paragraph)
    return paragraph if end is None else paragraph[: end.end()]


def sentence(text: str, limit: int) -> str:
    """The text with a period at its end, cut to so many characters."""
    whole = text if text.endswith(".") else f"{text}."
    return whole if len(whole) <= limit else text[: limit - 2].rstrip() + "…."
