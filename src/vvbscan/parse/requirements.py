"""Requirements files of pip with the span of every requirement, option and comment.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/ and, for a single requirement,
https://packaging.python.org/en/latest/specifications/dependency-specifiers/
"""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import COMPUTED, PLAIN, Comment, Document, Node, Parsed, Problem, SeqValue, Source
from vvbscan.parse.requirement import (
    LONGEST,
    BadRequirement,
    Requirement,
    read_location,
    read_requirement,
    text_node,
)
from vvbscan.parse.spliced import Spliced
from vvbscan.record import NamedTuple

_SYNTAX: Final = "requirements-syntax"
_COMMENT_LINE: Final = lazy_pattern(r"\s*#")
_COMMENT: Final = lazy_pattern(r"(?:^|(?<=\s))#.*", re.DOTALL)
_OPTIONS: Final = lazy_pattern(r"(?:^|(?<=\s))-")
_WORD: Final = lazy_pattern(r"""(?:"[^"]*"|'[^']*'|[^\s"'])+""")
_SHORT: Final = {
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
    "-i": "--index-url",
    "-f": "--find-links",
    "-C": "--config-settings",
}
_WITH_VALUE: Final = frozenset(
    {
        *_SHORT.values(),
        *("--extra-index-url", "--trusted-host", "--no-binary", "--only-binary", "--use-feature"),
        *("--hash", "--global-option", "--pypi-url", "--build-constraint", "--uploaded-prior-to"),
    }
)
_FLAGS: Final = frozenset(
    {"--no-index", "--prefer-binary", "--require-hashes", "--pre", "--process-dependency-links"}
)
_OF_REQUIREMENTS: Final = frozenset({"--hash", "--global-option", "--config-settings"})
_MOST_PROBLEMS: Final = 50


class Setting(NamedTuple):
    """An option of a file."""

    name: str
    """In its long form: `--requirement`."""
    key: Node
    value: Node | None
    """Absent for one that takes none."""


class RequirementsFile(NamedTuple):
    """A requirements or constraints file."""

    parsed: Parsed
    """Its document is the sequence of its lines."""
    requirements: tuple[Requirement, ...]
    settings: tuple[Setting, ...]


def parse_requirements(source: Source, limits: Limits) -> RequirementsFile:
    """Parse a requirements file. A line that pip would refuse is a problem, and the rest is kept."""
    return _Reader(source, limits).read()


class _Reader:
    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._lines: list[Node] = []
        self._comments: list[Comment] = []
        self._problems: list[Problem] = []
        self._requirements: list[Requirement] = []
        self._settings: list[Setting] = []

    def read(self) -> RequirementsFile:
        """All of the file."""
        text = self._source.text
        pieces: list[tuple[int, int]] = []
        for number in range(1, len(text.line_starts) + 1):
            start = text.line_starts[number - 1]
            line = text.line(number)
            if _COMMENT_LINE.match(line):
                self._join(pieces)
                self._join([(start, start + len(line))])
                pieces = []
            elif line.endswith("\\"):
                pieces.append((start, start + len(line.rstrip("\\"))))
            else:
                self._join([*pieces, (start, start + len(line))])
                pieces = []
            if len(self._lines) > self._limits.nodes:
                message = f"The file has more than {self._limits.nodes} lines; the rest is not read."
                self._problems.append(Problem("error", "too-many-nodes", message, start, start))
                break
        self._join(pieces)
        whole = len(text.text)
        root = Node(SeqValue(tuple(self._lines)), self._source, 0, whole, COMPUTED)
        parsed = Parsed(
            self._source, (Document(root, 0, whole),), tuple(self._comments), tuple(self._problems)
        )
        return RequirementsFile(parsed, tuple(self._requirements), tuple(self._settings))

    def _join(self, pieces: list[tuple[int, int]]) -> None:
        """Read a line, which may be spread over several of the file."""
        if not pieces:
            return
        line = Spliced(self._source, pieces)
        end = len(line.text)
        comment = _COMMENT.search(line.text)
        if comment is not None:
            end = comment.start()
            first, last = line.span(end, comment.end())
            self._comments.append(Comment(first, last, not line.text[:end].strip()))
        begin = end - len(line.text[:end].lstrip())
        end = len(line.text[:end].rstrip())
        if begin >= end:
            return
        whole = Node(line.written(begin, end), self._source, *line.span(begin, end), PLAIN)
        self._lines.append(whole)
        try:
            self._line(line, whole, begin, end)
        except BadRequirement as fault:
            if len(self._problems) < _MOST_PROBLEMS:
                at = min(fault.begin, end - 1)
                first, last = line.span(at, max(fault.stop, at + 1))
                self._problems.append(Problem("error", _SYNTAX, f"{fault}.", first, last))

    def _line(self, line: Spliced, whole: Node, begin: int, end: int) -> None:
        options = _OPTIONS.search(line.text, begin, end)
        stop = end if options is None else options.start()
        settings = [] if options is None else self._options(line, options.start(), end)
        if stop > begin and line.text[begin:stop].strip():
            stop = len(line.text[:stop].rstrip())
            if stop - begin > LONGEST:
                raise BadRequirement(f"A requirement is longer than {LONGEST} characters", begin, begin + 1)
            hashes = tuple(one.value for one in settings if one.name == "--hash" and one.value is not None)
            self._requirements.append(read_requirement(line, begin, stop)._replace(line=whole, hashes=hashes))
            settings = [one for one in settings if one.name not in _OF_REQUIREMENTS]
        for one in settings:
            if one.name == "--editable" and one.value is not None:
                first = max(line.text.find(one.value.written, begin), begin)
                read = read_location(line, first, min(first + len(one.value.written), end))
                self._requirements.append(read._replace(line=whole, editable=True))
        self._settings += [one for one in settings if one.name != "--editable"]

    def _options(self, line: Spliced, begin: int, end: int) -> list[Setting]:
        """The options between two positions."""
        found: list[Setting] = []
        at = begin
        while (word := _WORD.search(line.text, at, end)) is not None:
            at = word.end()
            written = word[0]
            if not written.startswith("-"):
                continue  # pip passes over it
            name, equals, rest = written.partition("=")
            if not written.startswith("--") and written[:2] in _SHORT:
                name, equals, rest = written[:2], "=" if written[2:] else "", written[2:]
            key = line.node(word.start(), word.start() + len(name))
            full = _full_name(name)
            if full is None:
                message = f"`{name}` is no option of a requirements file; the rest of its line is not read."
                self._problems.append(Problem("warning", _SYNTAX, message, key.start, key.end))
                return found
            if full in _FLAGS:
                found.append(Setting(full, key, None))
                continue
            stop = word.end()
            start = stop - len(rest)
            if not equals:
                following = _WORD.search(line.text, at, end)
                if following is None:
                    raise BadRequirement(f"`{name}` has no value", word.start(), word.end())
                at = stop = following.end()
                start = following.start()
            if stop - start > 1 and line.text[start] in "\"'" and line.text[stop - 1] == line.text[start]:
                start, stop = start + 1, stop - 1
            found.append(Setting(full, key, text_node(line, start, stop)))
        return found


def _full_name(name: str) -> str | None:
    """The long form of an option, which may be cut short as long as it stands for one only."""
    if name in _SHORT:
        return _SHORT[name]
    if name in _WITH_VALUE or name in _FLAGS:
        return name
    if not name.startswith("--") or len(name) < 4:
        return None
    known = [one for one in (*_WITH_VALUE, *_FLAGS) if one.startswith(name)]
    return known[0] if len(known) == 1 else None
