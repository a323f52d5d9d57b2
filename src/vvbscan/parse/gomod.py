"""`go.mod` and `go.work` with the span of every word (https://go.dev/ref/mod#go-mod-file-grammar)."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import DOUBLE, FLOW, PLAIN, Comment, Document, Node, Parsed, Problem, SeqValue, Source
from vvbscan.record import NamedTuple

_WORD: Final = lazy_pattern(
    r"""[ \t\r]*(//[^\n]*|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`|=>|[()\[\],]|(?:(?!//)[^\s()\[\],"`])+|\S)"""
)
_CONFLICT: Final = ("<" * 7, "|" * 7, "=" * 7, ">" * 7)
"""What the lines begin with that a merge leaves."""
_VERBS: Final = frozenset(
    {
        "module",
        "go",
        "toolchain",
        "require",
        "exclude",
        "replace",
        "retract",
        "tool",
        "ignore",
        "godebug",
        "use",
    }
)


class Directive(NamedTuple):
    """A line, or one within the parentheses of a block."""

    verb: str
    words: tuple[Node, ...]
    """What stands behind the verb; `=>` is a word."""
    comment: str
    """Behind it on the line, without the slashes."""


class GoMod(NamedTuple):
    """A file of Go's modules."""

    directives: tuple[Directive, ...]
    parsed: Parsed


def parse_gomod(source: Source, limits: Limits) -> GoMod:
    """Read `go.mod` or `go.work`. A line that cannot be read is a problem, and reading goes on behind it."""
    text = source.text.text
    directives: list[Directive] = []
    lines: list[Node] = []
    comments: list[Comment] = []
    problems: list[Problem] = []
    block = ""
    start = 0
    conflict = False
    while start < len(text) and len(directives) < limits.nodes:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        words, comment = _words(source, start, end, comments)
        if words:
            lines.append(Node(SeqValue(tuple(words)), source, words[0].start, words[-1].end, FLOW))
        verb = block
        if words and words[0].written.startswith(_CONFLICT):
            if not conflict:
                message = "A merge conflict was left in the file."
                problems.append(Problem("error", "gomod-syntax", message, start, end, "resolve it"))
            conflict, words = True, []
        if words and block and words[0].written == ")" and len(words) == 1:
            block, words = "", []
        elif words and not block:
            verb, words = words[0].written, words[1:]
            if [one.written for one in words] == ["("]:
                block, words, verb = verb, [], ""
            elif verb not in _VERBS:
                place = start, end
                problems.append(Problem("warning", "gomod-directive", f"`{verb}` is no directive.", *place))
                verb = ""
        if words and verb:
            directives.append(Directive(verb, tuple(words), comment))
        start = end + 1
    if block:
        problems.append(
            Problem(
                "error",
                "gomod-syntax",
                f"The block of `{block}` has no end.",
                max(len(text) - 1, 0),
                len(text),
            )
        )
    root = Node(SeqValue(tuple(lines)), source, 0, len(text), FLOW)
    document = Document(root, 0, len(text))
    return GoMod(tuple(directives), Parsed(source, (document,), tuple(comments), tuple(problems)))


def _words(source: Source, start: int, end: int, comments: list[Comment]) -> tuple[list[Node], str]:
    """The words of a line, and the comment behind them."""
    text = source.text.text
    words: list[Node] = []
    at = start
    while (match := _WORD.match(text, at, end)) is not None:
        word = match[1]
        begin, at = match.span(1)
        if word.startswith("//"):
            comments.append(Comment(begin, at, not words))
            return words, word[2:].strip()
        if len(word) > 1 and word[0] in '"`' and word[-1] == word[0]:
            words.append(Node(word[1:-1], source, begin, at, DOUBLE))
        else:
            words.append(Node(word, source, begin, at, PLAIN))
    return words, ""
