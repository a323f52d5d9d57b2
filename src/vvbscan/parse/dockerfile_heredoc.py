"""The here-documents that an instruction announces, by the rules of BuildKit's `parser.go` (v0.24).

BuildKit looks for them in the whole line, with a backslash as escape sign whatever the escape directive
says. If the line has an unclosed quote or a substitution that BuildKit refuses, it sees none.
"""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.parse.dockerfile_syntax import SPACES
from vvbscan.parse.dockerfile_words import Lexer, Literal, lex
from vvbscan.record import NamedTuple

_ESCAPE: Final = "\\"
_HEREDOC: Final = lazy_pattern(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)\Z")
_OPERATOR: Final = lazy_pattern(r"<<[\t\r ]*")
_RUN: Final = lazy_pattern(rf"[^$'\"<\\{SPACES}]+")


class Announced(NamedTuple):
    """A here-document that a line announces."""

    name: str
    expand: bool
    chomp: bool
    descriptor: int


def announced(line: str) -> list[Announced]:
    """The here-documents that a line announces, in order."""
    if "<<" not in line:
        return []
    found = [heredoc_of(word) for word in _raw_words(line)]
    return [heredoc for heredoc in found if heredoc]


def heredoc_of(word: str) -> Announced | None:
    """The here-document that a word announces: `<<EOF`, `3<<-"EOF"`."""
    match = _HEREDOC.match(word)
    if not match:
        return None
    descriptor, chomp, rest = match.groups()
    if len(_raw_words(rest)) != 1:
        return None
    delimiter = lex(rest, _ESCAPE)
    name = "".join(
        segment.text if isinstance(segment, Literal) else rest[segment.start : segment.end]
        for segment in delimiter.segments
    )
    if not name:
        return None
    return Announced(name, not delimiter.quoted, chomp == "-", int(descriptor[-9:] or "0"))


def _raw_words(line: str) -> list[str]:
    """The words of a line with their quotes and escapes, none if BuildKit refuses it.

    White space between `<<` and what follows does not end a word.
    """
    words: list[str] = []
    length = len(line)
    start = position = 0
    lexer = Lexer(line, _ESCAPE)
    while position < length:
        sign = line[position]
        if sign in SPACES:
            if start < position:
                words.append(line[start:position])
            position += 1
            start = position
        elif sign == "'":
            position = line.find("'", position + 1) + 1
            if not position:
                return []
        elif sign == '"':
            position = _double_quoted_end(line, position, lexer)
            if position < 0:
                return []
        elif sign == "$":
            position = lexer.skip_variable(position)
            if position < 0:
                return []
        elif sign == _ESCAPE:
            position += 2
        elif sign == "<":
            operator = _OPERATOR.match(line, position)
            position = operator.end() if operator else position + 1
        else:
            run = _RUN.match(line, position)
            position = run.end() if run else position + 1
    if start < length:
        words.append(line[start:])
    return words


def _double_quoted_end(line: str, position: int, lexer: Lexer) -> int:
    """Where the double-quoted text that starts at a position ends, -1 if BuildKit refuses it."""
    position += 1
    while position < len(line):
        sign = line[position]
        if sign == '"':
            return position + 1
        if sign == "$":
            position = lexer.skip_variable(position)
            if position < 0:
                return -1
        elif sign == _ESCAPE and line[position + 1 : position + 2] in ('"', "$", _ESCAPE):
            position += 2
        else:
            position += 1
    return -1
