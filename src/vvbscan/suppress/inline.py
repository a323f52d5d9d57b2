"""Inline suppressions as they are written.

    # vvbscan: ignore[VVB-TLS-003, tls-version-too-old] until=2026-12-31 -- partners move in December
    # vvbscan: ignore-file[VVB-IMAGE-002] -- generated, pinned by the release job

On a line of its own a directive covers what comes next with all that is in it: a key with its value, an item
of a list, an element, an instruction, a document. Behind something it covers what begins on its line. A
comment of XML cannot hold `--`, so a colon before the reason does as well. Texts of several lines, which are
scripts and files of their own, may have comments too; there it covers the next line with what is indented
below it. A manifest can say the same for
itself in an annotation, which also works in JSON:

    vvbscan.dev/ignore.VVB-K8S-004: "until=2026-12-31 -- migrated with the next node pool"
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.location import locate
from vvbscan.model.node import LITERAL, PLAIN, Comment, MapValue, Node, Parsed, SeqValue, Unknown
from vvbscan.model.outcome import Directive, Notice
from vvbscan.text import SourceText

_MENTION: Final = lazy_pattern(r"\bvvbscan:[ \t]*(.*)", re.DOTALL)
_DIRECTIVE: Final = lazy_pattern(r"(ignore|ignore-file)\[([^\]]*)\](.*)", re.DOTALL)
_TAIL: Final = lazy_pattern(r"\s*(?:until=([^\s:]+))?\s*(?:(?:--|:)\s*(.*))?", re.DOTALL)
_RULE: Final = lazy_pattern(r"VVB-[A-Z0-9]+-\d{3}|[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_DAY: Final = lazy_pattern(r"\d{4}-\d{2}-\d{2}")
_COMMENT_END: Final = lazy_pattern(r"\s*(?:-->|\*/)\s*$")
_IN_TEXT: Final = lazy_pattern(r"^([^\n]*?[ \t])??((?:#|//)[ \t]*vvbscan:[^\n]*)", re.MULTILINE)
_ANNOTATION: Final = "vvbscan.dev/ignore."
_FORM: Final = "write `vvbscan: ignore[RULE-ID] until=YYYY-MM-DD -- reason`"


def read_directives(parsed: Parsed) -> tuple[list[Directive], list[Notice]]:
    """The directives of a file, and a notice for each that cannot be understood: it then covers nothing."""
    directives: list[Directive] = []
    notices: list[Notice] = []
    text = parsed.source.text.text
    if "vvbscan" not in text:
        return directives, notices
    stretches = sorted(_stretches(parsed))
    passed: dict[int, int] = {}
    for comment in (*parsed.comments, *_in_texts(parsed)):
        mention = _MENTION.search(text, comment.start, comment.end)
        if mention is None:
            continue
        said = _COMMENT_END.sub("", mention.group(1))
        match = _DIRECTIVE.fullmatch(said.strip())
        read = None if match is None else _rules_and_tail(match.group(2), match.group(3))
        if match is None or not isinstance(read, tuple):
            why = read if isinstance(read, str) else "it is not of the form of a suppression"
            notices.append(_malformed(parsed, comment.start, comment.end, why))
            continue
        whole = match.group(1) == "ignore-file"
        start, end = (0, len(text)) if whole else _covered(parsed, comment, stretches, passed)
        place = locate(parsed.source, comment.start, comment.end)
        directives.append(Directive(parsed.source.path, *read, place, start, end))
    for document in parsed.documents:
        for holder, key, value in _annotations(document.root):
            name = str(key.value).removeprefix(_ANNOTATION)
            reason = value.text()
            why = f"`{value.written}` is not text; put it in quotes"
            read = why if reason is None else _rules_and_tail(name, _as_tail(reason))
            if isinstance(read, str):
                notices.append(_malformed(parsed, key.start, value.end, read))
                continue
            place = locate(parsed.source, key.start, value.end)
            whole = document if holder is document.root else holder
            directives.append(Directive(parsed.source.path, *read, place, whole.start, whole.end))
    return directives, notices


def _rules_and_tail(rules: str, tail: str) -> tuple[tuple[str, ...], str, str] | str:
    """Rules, reason and last day of a directive, or what is wrong with it."""
    names = tuple(name.strip() for name in rules.split(","))
    for name in names:
        if _RULE.fullmatch(name) is None:
            return f"`{name}` is neither the id nor the name of a rule"
    match = _TAIL.fullmatch(tail)
    if match is None:
        return f"`{tail.strip()}` is neither `until=YYYY-MM-DD` nor `-- reason`"
    until, reason = match.group(1) or "", (match.group(2) or "").strip()
    if until and not _is_day(until):
        return f"`{until}` is not a day"
    return names, reason, until


def _is_day(text: str) -> bool:
    if _DAY.fullmatch(text) is None:
        return False
    year, month, day = (int(part) for part in text.split("-"))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return year > 0 and 1 <= month <= 12 and 1 <= day <= lengths[month - 1]


def _as_tail(annotation: str) -> str:
    """An annotation may hold a bare reason."""
    return annotation if annotation.lstrip().startswith(("until=", "--")) else f"-- {annotation}"


def _malformed(parsed: Parsed, start: int, end: int, why: str) -> Notice:
    place = locate(parsed.source, start, end)
    message = f"A suppression cannot be understood and suppresses nothing: {why}."
    return Notice("warning", "suppression-malformed", message, parsed.source.path, place, _FORM)


def _annotations(root: Node) -> Iterator[tuple[Node, Node, Node]]:
    """The annotations that suppress: what has them (an object, a pod template), their keys and values."""
    for holder in _within(root):
        annotations = holder.at("metadata", "annotations")
        for name, key, value in annotations.members() if annotations is not None else ():
            if name.startswith(_ANNOTATION) and not isinstance(value.value, Unknown):
                yield holder, key, value


def _within(root: Node) -> Iterator[Node]:
    """A node and the collections in it that its file wrote; what aliases repeat is met once."""
    pending, seen = [root], set()
    while pending:
        node = pending.pop()
        value = node.value
        if id(value) in seen or node.source is not root.source:
            continue
        if isinstance(value, MapValue):
            seen.add(id(value))
            yield node
            pending += value.entries.values()
        elif isinstance(value, SeqValue):
            seen.add(id(value))
            yield node
            pending += value.items


def _covered(
    parsed: Parsed, comment: Comment, stretches: list[tuple[int, int]], passed: dict[int, int]
) -> tuple[int, int]:
    """First and last offset at which a covered finding may start; `stretches` are sorted."""
    text = parsed.source.text
    line = text.position(comment.start).line
    begin = text.line_starts[line - 1]
    end = begin + len(text.line(line))
    if comment.own_line:
        low = bisect_right(stretches, (comment.start, len(text.text)))
        first = stretches[low][0] if low < len(stretches) else len(text.text)
        if low and comment.end <= stretches[low - 1][1] <= first:
            return _lines_below(text, line, passed)
        if low == len(stretches):
            return begin, end
        high = bisect_left(stretches, (first + 1, 0))
        return first, max(stop for _, stop in stretches[low:high])
    low, high = bisect_left(stretches, (begin, 0)), bisect_left(stretches, (comment.start, 0))
    if low == high:
        return begin, end
    last = stretches[high - 1][0]
    return begin, max([end, *(stop for start, stop in stretches[low:high] if start == last)])


def _in_texts(parsed: Parsed) -> Iterator[Comment]:
    """What looks like a directive in the comments of texts of several lines."""
    text = parsed.source.text.text
    known = {comment.start for comment in parsed.comments}
    looked_at = set()
    for document in parsed.documents:
        for leaf in _leaves(document.root):
            span = (leaf.start, leaf.end)
            if span in looked_at or leaf.style not in (LITERAL, PLAIN) or leaf.source is not parsed.source:
                continue
            looked_at.add(span)
            if text.find("vvbscan:", *span) < 0 or text.find("\n", *span) < 0:
                continue
            for match in _IN_TEXT.finditer(text, *span):
                start, end = match.span(2)
                if start not in known:
                    known.add(start)
                    yield Comment(start, end, own_line=not (match.group(1) or "").strip())


def _leaves(root: Node) -> Iterator[Node]:
    for node in _within(root):
        inner = node.value.entries.values() if isinstance(node.value, MapValue) else node.items()
        for child in inner:
            if not isinstance(child.value, (MapValue, SeqValue)):
                yield child


def _lines_below(text: SourceText, number: int, passed: dict[int, int]) -> tuple[int, int]:
    """The next line of a text that is no comment, with the lines that are indented below it.

    `passed` keeps which line that is for those in between: each of them may be a directive.
    """
    starts = text.line_starts
    walked = []
    while number not in passed:
        walked.append(number)
        number += 1
        if number >= len(starts) or not _is_passed(text.line(number)):
            break
    else:
        number = passed[number]
    passed.update(dict.fromkeys(walked, number))
    if number > len(starts):
        return len(text.text), len(text.text)
    begin, margin = starts[number - 1], _margin(text.line(number))
    while number < len(starts) and _margin(text.line(number + 1)) > margin:
        number += 1
    return begin, starts[number - 1] + len(text.line(number))


def _is_passed(line: str) -> bool:
    bare = line.strip()
    return not bare or bare.startswith(("#", "//"))


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _stretches(parsed: Parsed) -> Iterator[tuple[int, int]]:
    """What a directive can cover: documents, entries of mappings with their values, items of sequences."""
    for document in parsed.documents:
        yield document.root.start, document.root.end
        for node in _within(document.root):
            value = node.value
            if isinstance(value, MapValue):
                for name, child in value.entries.items():
                    key = value.keys[name]
                    # A table of TOML begins before its name, with a header that names those around it first.
                    around = child.start < key.start and key.end <= child.end
                    yield child.start if around else key.start, max(key.end, child.end)
            else:
                for item in node.items():
                    yield item.start, item.end
