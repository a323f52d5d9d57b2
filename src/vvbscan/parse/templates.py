"""Go templates of YAML (Helm charts): masked at equal length where that leaves YAML, refused elsewhere.

What an action gives is masked, and the value becomes unknown around the text that is known. Actions that give
no text (comments, assignments of variables) are overwritten with white space. What decides which lines there
are (`if`, `range`, `with`, `define`) cannot be masked, unless it begins and ends within one line and behind
other text. `-` beside a brace removes white space up to the next text, as in Go (text/template, "Text and
spaces"); the mask then covers that white space too.

A line that holds an action alone (`{{- toYaml .Values.limits | nindent 12 }}`) is taken for a value if it is
all of the value of a key; next to other members it cannot be masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Comment, Parsed, Source
from vvbscan.parse.masking import Masked, unused_sign
from vvbscan.parse.yaml import parse_masked, parse_yaml
from vvbscan.record import NamedTuple

_OPEN: Final = "{{"
_ACTION: Final = lazy_pattern(
    r"""\{\{(?P<left>-(?=\s))?(?:\s*+(?P<comment>(?>/\*.*?\*/))\s*?|(?P<body>(?:
        [^"`'{}\-]++ | "(?:[^"\\\n]|\\.)*+" | `[^`]*+` | '(?:[^'\\\n]|\\.)*+' | \{ | \}(?!\}) | -(?!\}\})
    )*+))(?P<right>(?:(?<=\s)-)?)\}\}""",
    re.VERBOSE | re.DOTALL,
)
_WORD: Final = lazy_pattern(r"\s*(\w*)")
_ASSIGNMENT: Final = lazy_pattern(r"\s*\$\w*\s*:?=(?!=)")
_OWN_LINES: Final = lazy_pattern(r"\|\s*nindent\b")
_BEGINS: Final = frozenset({"if", "range", "with", "define", "block"})
_CONTROL: Final = _BEGINS | {"else", "end", "break", "continue"}


class NotMaskable(NamedTuple):
    """A template that does not become YAML by masking what it fills in."""

    reason: str
    """Why, to be read behind the file's name."""
    start: int
    """Span of the action, or of the place where the masked text is no YAML."""
    end: int


class _Action(NamedTuple):
    start: int
    end: int
    kind: str
    """`text`, `none` (gives no text), or the word of a control action."""
    trims_left: bool
    trims_right: bool
    own_lines: bool
    """Whether what it gives begins with a line end (`nindent`)."""


def mask_templates(text: str) -> Masked | NotMaskable:
    """Mask the actions of a template, if all of them are maskable."""
    sign = unused_sign(text)
    if not sign:
        return NotMaskable("the text has every character that could mask an action", 0, 0)
    actions = _actions(text)
    if isinstance(actions, NotMaskable):
        return actions
    pieces: list[str] = []
    stretches: list[tuple[int, int]] = []
    alone: set[int] = set()
    position = 0
    for number, action in enumerate(actions):
        limit = actions[number + 1].start if number + 1 < len(actions) else len(text)
        start, end = _trimmed(text, action, position, limit)
        pieces.append(text[position:start])
        if action.kind == "none":
            pieces.append(_blank(text, start, end))
        else:
            pieces.append(sign * (end - start))
            if stretches and stretches[-1][1] == start:
                stretches[-1] = stretches[-1][0], end
            else:
                stretches.append((start, end))
            if _begins_line(text, position, action.start) and _ends_line(text, action.end, limit):
                alone.add(stretches[-1][0])
        position = end
    pieces.append(text[position:])
    return Masked(text, "".join(pieces), sign, tuple(stretches), frozenset(alone))


def parse_template_yaml(source: Source, limits: Limits) -> Parsed | NotMaskable:
    """Parse a template of YAML whose actions only fill in values; those are unknown in what is parsed."""
    text = source.text.text
    if _OPEN not in text:
        return parse_yaml(source, limits)
    masked = mask_templates(text)
    if isinstance(masked, NotMaskable):
        return masked
    parsed = parse_masked(source, masked, limits)
    misplaced = masked.misplaced
    broken = next((problem for problem in parsed.problems if problem.code == "yaml-syntax"), None)
    if broken and not misplaced:
        misplaced = next((span for span in masked.stretches if span[0] <= broken.start < span[1]), None)
        if misplaced is None or misplaced[0] not in masked.alone:
            reason = f"it is no YAML around its template actions: {broken.message}"
            return NotMaskable(reason, broken.start, broken.end)
    if misplaced:
        return NotMaskable("a line that is filled in stands among the lines of a value", *misplaced)
    comments = sorted([*parsed.comments, *_comments(text)])
    return parsed._replace(comments=tuple(comments))


def _comments(text: str) -> Iterator[Comment]:
    """The comments of the template language, `{{/* ... */}}`, without the braces."""
    for match in _ACTION.finditer(text):
        if match["comment"] is not None:
            yield Comment(*match.span("comment"), own_line=_begins_line(text, 0, match.start()))


def _actions(text: str) -> list[_Action] | NotMaskable:
    """The actions of a template, those from a control action to its end in one line as one."""
    actions: list[_Action] = []
    opened: list[_Action] = []
    position = text.find(_OPEN)
    while position >= 0:
        match = _ACTION.match(text, position)
        if not match:
            return NotMaskable("a template action has no end", position, position + len(_OPEN))
        action = _action(match)
        if action.kind in _BEGINS:
            opened.append(action)
        elif action.kind == "end" and opened:
            begin = opened.pop()
            if not opened:
                before = actions[-1].end if actions else 0
                if _begins_line(text, before, begin.start) or "\n" in text[begin.start : action.end]:
                    return _decides(text, begin)
                actions.append(begin._replace(end=action.end, kind="text", trims_right=action.trims_right))
        elif not opened:
            if action.kind in _CONTROL:
                return _decides(text, action)
            actions.append(action)
        position = text.find(_OPEN, match.end())
    return _decides(text, opened[0]) if opened else actions


def _action(match: re.Match[str]) -> _Action:
    body = match["body"]
    if body is None or _ASSIGNMENT.match(body):
        kind = "none"
    else:
        word = _WORD.match(body)
        kind = word[1] if word and word[1] in _CONTROL else "text"
    own_lines = body is not None and _OWN_LINES.search(body) is not None
    return _Action(match.start(), match.end(), kind, bool(match["left"]), bool(match["right"]), own_lines)


def _decides(text: str, action: _Action) -> NotMaskable:
    shown = " ".join(text[action.start : action.end].split())
    return NotMaskable(f"`{shown}` decides which lines there are", action.start, action.end)


def _trimmed(text: str, action: _Action, first: int, limit: int) -> tuple[int, int]:
    """The span of an action with the white space that it removes, within the text up to its neighbours."""
    start, end = action.start, action.end
    if action.trims_left and not action.own_lines:
        start = first + len(text[first:start].rstrip())
    if action.trims_right:
        end = limit - len(text[end:limit].lstrip())
    return start, end


def _blank(text: str, start: int, end: int) -> str:
    """White space in place of an action without text. What follows a removed line end stays in its column."""
    length = end - start
    if "\n" in text[start:end] and (start == 0 or text[start - 1] == "\n"):
        return " " * (length - 1) + "\n"
    return " " * length


def _begins_line(text: str, before: int, position: int) -> bool:
    """Whether only white space stands before a position in its line; `before` is where other text ends."""
    line = text.rfind("\n", before, position) + 1
    return (line > 0 or before == 0) and not text[max(line, before) : position].strip()


def _ends_line(text: str, position: int, behind: int) -> bool:
    """Whether only white space stands behind a position in its line; `behind` is where other text begins."""
    line = text.find("\n", position, behind)
    return (line >= 0 or behind == len(text)) and not text[position : line if line >= 0 else behind].strip()
