"""`regex`, `regexall`, and `replace` with a pattern.

Source: Terraform language, "regex Function"; Go's package `regexp` for replacements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.views.terraform.functions.invocation import Function, Invocation
from vvbscan.views.terraform.functions.pattern_machine import Pattern, Spans, compiled
from vvbscan.views.terraform.values import Exhausted, wrong_value

_REFERENCE: Final = lazy_pattern(r"\$(?:(\$)|\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))")


def _matches(pattern: Pattern, text: str, invocation: Invocation) -> Iterator[Spans]:
    """All matches, one behind the other; an empty one not right behind another."""
    position, last_end = 0, -1
    while position <= len(text):
        spans = pattern.search(text, position, invocation.spend)
        if spans is None:
            return
        start, end = spans[:2]
        if start < end or start != last_end:
            yield spans
        last_end = end
        position = end if end > start else end + 1


def _outcome(invocation: Invocation, pattern: Pattern, text: str, spans: Spans) -> Node:
    """The match, or its groups: as a list, or as a map if they have names."""
    if not pattern.names:
        return invocation.outcome(text[spans[0] : spans[1]])
    groups = [
        invocation.outcome(None if start < 0 else text[start:end])
        for start, end in zip(spans[2::2], spans[3::2], strict=True)
    ]
    if not pattern.names[0]:
        return invocation.outcome(SeqValue(tuple(groups)))
    keys = {name: invocation.outcome(name) for name in pattern.names}
    return invocation.outcome(MapValue(dict(zip(pattern.names, groups, strict=True)), keys))


def _arguments(invocation: Invocation) -> tuple[Pattern, str] | Unknown:
    written, text = invocation.argument(0, "text"), invocation.argument(1, "text")
    if isinstance(written, Unknown):
        return written
    invocation.spend(len(written))
    pattern = compiled(str(written))
    if any(pattern.names) and not all(pattern.names):
        raise wrong_value("some groups of the pattern have names and some have none")
    return text if isinstance(text, Unknown) else (pattern, str(text))


def _regex(invocation: Invocation) -> Node:
    given = _arguments(invocation)
    if isinstance(given, Unknown):
        return invocation.unknown(given)
    pattern, text = given
    spans = pattern.search(text, 0, invocation.spend)
    if spans is None:
        raise wrong_value("the pattern does not match the string")
    return _outcome(invocation, pattern, text, spans)


def _regexall(invocation: Invocation) -> Node:
    given = _arguments(invocation)
    if isinstance(given, Unknown):
        return invocation.unknown(given)
    pattern, text = given
    found = [_outcome(invocation, pattern, text, spans) for spans in _matches(pattern, text, invocation)]
    return invocation.outcome(SeqValue(tuple(found)))


def replaced(invocation: Invocation, text: str, written: str, new: str) -> str:
    """The text with each match replaced, in which `$1` and `${name}` stand for groups."""
    pattern = compiled(written)
    longest = invocation.scope.budget.string_length
    pieces: list[str] = []
    position = length = 0
    for spans in _matches(pattern, text, invocation):
        expanded = _REFERENCE.sub(partial(_group, pattern, text, spans), new)
        pieces += text[position : spans[0]], expanded
        position = spans[1]
        length += len(expanded)
        if length > longest:
            raise Exhausted(f"the string is longer than {longest} characters")
    pieces.append(text[position:])
    return invocation.check_length("".join(pieces))


def _group(pattern: Pattern, text: str, spans: Spans, match: re.Match[str]) -> str:
    dollar, braced, bare = match.groups()
    if dollar:
        return "$"
    name: str = braced or bare
    if name.isdecimal():
        number = int(name[:6])
    else:
        number = pattern.names.index(name) + 1 if name in pattern.names else -1
    if not 0 <= number <= len(pattern.names) or spans[2 * number] < 0:
        return ""
    return text[spans[2 * number] : spans[2 * number + 1]]


FUNCTIONS: Final[Mapping[str, Function]] = {
    "regex": Function(2, 2, _regex),
    "regexall": Function(2, 2, _regexall),
}
