"""Dockerfiles, split into instructions by BuildKit's rules (`frontend/dockerfile/parser` of v0.24).

One pass over the lines: parser directives, comments, instructions with their continuation lines, and
the here-documents that they announce. The arguments are split by `dockerfile_arguments`.
"""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Comment, Node, Problem, Source
from vvbscan.parse.dockerfile_arguments import (
    KEYWORDS,
    TRIGGER,
    keyword_end,
    read_arguments,
    read_flags,
    trim,
)
from vvbscan.parse.dockerfile_faults import fault_of
from vvbscan.parse.dockerfile_heredoc import announced
from vvbscan.parse.dockerfile_syntax import (
    SPACES,
    Directive,
    DockerfileSyntax,
    Heredoc,
    Instruction,
    Pair,
)
from vvbscan.parse.spliced import Spliced

_DIRECTIVE: Final = lazy_pattern(rf"#[{SPACES}]*+([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*+=")
_DIRECTIVES: Final = frozenset({"syntax", "escape", "check"})
_HEREDOC_KEYWORDS: Final = frozenset({"RUN", "COPY", "ADD"})
_PROBLEMS: Final = 100
"""Most problems of one code that are reported of a file."""
_OWN_FRONTEND: Final = lazy_pattern(r"(?:docker\.io/)?docker/dockerfile(?:-upstream)?(?:[:@]|\Z)")


def parse_dockerfile(source: Source, limits: Limits) -> DockerfileSyntax:
    """Split a Dockerfile into instructions. Never raises; what BuildKit refuses is a problem."""
    return _Reader(source, limits).read()


class _Reader:
    """The state of one pass over the lines of a file."""

    __slots__ = (
        "comments",
        "counts",
        "directives",
        "escape",
        "instructions",
        "lines",
        "nodes",
        "number",
        "offset",
        "problems",
        "source",
    )

    def __init__(self, source: Source, limits: Limits) -> None:
        text = source.text.text
        self.source = source
        self.lines = text.split("\n")
        if not self.lines[-1]:
            self.lines.pop()
        self.number = 0
        """Index of the line that is read next."""
        self.offset = 0
        """Offset of its first character."""
        self.nodes = limits.nodes
        """How many more nodes may be made."""
        self.escape = "\\"
        self.directives: list[Directive] = []
        self.instructions: list[Instruction] = []
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self.counts: dict[str, int] = {}
        """How many problems of each code there are."""

    def read(self) -> DockerfileSyntax:
        in_head = True
        while self.number < len(self.lines) and self.nodes > 0:
            start = self.offset
            line = self._next_line()
            stripped = line.lstrip(SPACES)
            start += len(line) - len(stripped)
            in_head = in_head and self._directive(stripped, start)
            if in_head or not stripped:
                continue
            if stripped[0] == "#":
                self.comments.append(Comment(start, start + len(stripped), own_line=True))
            else:
                self._instruction(stripped, start)
        if self.nodes <= 0:
            end = min(self.offset, len(self.source.text.text))
            message = "the file has more parts than the limit allows; the rest is not read"
            self._problem("error", "too-many-nodes", message, end, end)
        self._check_stages()
        return DockerfileSyntax(
            self.source,
            tuple(self.directives),
            self.escape,
            tuple(self.instructions),
            tuple(self.comments),
            tuple(sorted(self.problems, key=lambda problem: problem.start)),
        )

    def _next_line(self) -> str:
        """The next line without its line end."""
        line = self.lines[self.number]
        self.number += 1
        self.offset += len(line) + 1
        return line.rstrip("\r")

    def _problem(self, level: str, code: str, message: str, start: int, end: int, hint: str = "") -> None:
        count = self.counts[code] = self.counts.get(code, 0) + 1
        if count == _PROBLEMS:
            hint = "Further problems of this kind are not listed."
        if count <= _PROBLEMS:
            self.problems.append(Problem(level, code, message, start, end, hint))

    def _directive(self, line: str, start: int) -> bool:
        """Take a line as a parser directive; False if it is none, and no further line can be one."""
        found = _DIRECTIVE.match(line)
        begin, stop = trim(line, found.end(), len(line)) if found else (0, 0)
        if not found or begin == stop or found[1].lower() not in _DIRECTIVES:
            return False
        name = Node(found[1].lower(), self.source, start + found.start(1), start + found.end(1))
        value = Node(line[begin:stop], self.source, start + begin, start + stop)
        code = "parser-directive"
        if any(directive.name.value == name.value for directive in self.directives):
            message = f"the parser directive {name.value} can be given only once"
            self._problem("error", code, message, name.start, value.end)
        elif name.value == "escape" and value.value not in ("\\", "`"):
            message = f"the escape sign can be \\ or `, not '{value.value}'"
            self._problem("error", code, message, value.start, value.end)
        else:
            self.directives.append(Directive(name, value))
            if name.value == "escape":
                self.escape = str(value.value)
        return True

    def _instruction(self, first: str, start: int) -> None:
        """Read an instruction whose first line is `first`, with all that belongs to it."""
        text, continued = self._without_continuation(first)
        pieces = [(start, start + len(text))]
        end = start + len(first)
        blank = -1
        while continued and self.number < len(self.lines):
            begin = self.offset
            line = self._next_line()
            stripped = line.lstrip(SPACES)
            end = begin + len(line)
            if not stripped:
                blank = begin
            elif stripped[0] == "#":
                self.comments.append(Comment(end - len(stripped), end, own_line=True))
            else:
                text, continued = self._without_continuation(line)
                pieces.append((begin, begin + len(text)))
        line_text = Spliced(self.source, pieces)
        instruction = self._split(line_text, *trim(line_text.text, 0, len(line_text.text)), start, end)
        instruction = self._with_heredocs(instruction)
        self.instructions.append(instruction)
        fault = fault_of(instruction)
        if fault:
            self._problem("error", "dockerfile-syntax", fault, instruction.start, instruction.keyword.end)
        if blank >= 0:
            message = "an empty line in a continued instruction; a future BuildKit will refuse it"
            self._problem("note", "empty-continuation", message, blank, blank, "Remove the empty line.")

    def _without_continuation(self, line: str) -> tuple[str, bool]:
        """A line without the escape sign at its end, and whether it goes on in the next line.

        White space may follow the sign. A doubled sign escapes itself.
        """
        text = line.rstrip(" \t")
        if text[-1:] == self.escape and text[-2:-1] != self.escape:
            return text[:-1], True
        return line, False

    def _split(self, line: Spliced, begin: int, stop: int, start: int, end: int) -> Instruction:
        """The instruction that stands in a stretch of a line."""
        text = line.text
        keyword_stop, rest = keyword_end(text, begin, stop)
        written = text[begin:keyword_stop]
        how = KEYWORDS.get(written.lower(), "")
        keyword = line.node(begin, keyword_stop)._replace(value=written.upper())
        flags, rest = read_flags(line, rest, stop, self.escape)
        trigger: Instruction | None = None
        words: tuple[Node, ...] = ()
        pairs: tuple[Pair, ...] = ()
        json = False
        if how == TRIGGER:
            trigger = self._trigger(line, rest, stop, end)
        elif how:
            arguments = read_arguments(how, line, rest, stop, self.escape, self.nodes)
            words, pairs, json = arguments.words, arguments.pairs, arguments.json
            if arguments.fault:
                message = f"{keyword.value}: {arguments.fault}"
                self._problem("error", "dockerfile-syntax", message, *line.span(rest, stop))
        else:
            self._unknown(keyword)
        self.nodes -= 2 + len(words) + 2 * (len(pairs) + len(flags))
        node = line.node(rest, stop) if rest < stop else None
        return Instruction(keyword, flags, words, pairs, node, json, (), trigger, line, rest, start, end)

    def _trigger(self, line: Spliced, begin: int, stop: int, end: int) -> Instruction | None:
        """The instruction behind ONBUILD; a further ONBUILD, which is not allowed, is not looked into."""
        if begin == stop:
            return None
        keyword_stop, rest = keyword_end(line.text, begin, stop)
        if KEYWORDS.get(line.text[begin:keyword_stop].lower()) != TRIGGER:
            return self._split(line, begin, stop, line.place(begin), end)
        keyword = line.node(begin, keyword_stop)._replace(value="ONBUILD")
        node = line.node(rest, stop) if rest < stop else None
        return Instruction(keyword, (), (), (), node, False, (), None, line, rest, keyword.start, end)

    def _unknown(self, keyword: Node) -> None:
        for directive in self.directives:
            if directive.name.value == "syntax" and not _OWN_FRONTEND.match(str(directive.value.value)):
                message = (
                    f"{keyword.written} is not a Dockerfile instruction; it is taken for one of the frontend"
                )
                self._problem("warning", "unknown-instruction", message, keyword.start, keyword.end)
                return
        shown = f"'{keyword.value}'" if keyword.value else "an escape sign alone"
        message = f"{shown} is not a Dockerfile instruction"
        self._problem("error", "unknown-instruction", message, keyword.start, max(keyword.end, keyword.start))

    def _with_heredocs(self, instruction: Instruction) -> Instruction:
        """The instruction with the here-documents that it announces, whose lines are read."""
        owner = instruction.trigger or instruction
        if owner.name not in _HEREDOC_KEYWORDS or owner.json:
            return instruction
        heredocs: list[Heredoc] = []
        end = instruction.end
        for heredoc in announced(instruction.line.text):
            start = self.offset
            close = -1
            while self.number < len(self.lines) and close < 0:
                begin = self.offset
                line = self._next_line()
                end = begin + len(line)
                if (line.lstrip("\t") if heredoc.chomp else line) == heredoc.name:
                    close = begin
                elif owner.name == "RUN" and line.lstrip(" \t").startswith("#") and not line.startswith("#!"):
                    self.comments.append(Comment(begin + line.index("#"), end, own_line=True))
            closed = close >= 0
            if not closed:
                message = f"the here-document {heredoc.name} is not closed"
                hint = f"Write {heredoc.name} alone on a line behind it."
                start, close = min(start, len(self.source.text.text)), len(self.source.text.text)
                code = "unterminated-heredoc"
                self._problem("error", code, message, instruction.start, instruction.end, hint)
            body = Node(self.source.text.text[start:close], self.source, start, close)
            end = max(end, close)
            heredocs.append(Heredoc(heredoc.name, body, heredoc.expand, heredoc.chomp, heredoc.descriptor))
            if not closed:
                break
        if not heredocs:
            return instruction
        owner = owner._replace(heredocs=tuple(heredocs), end=end)
        return instruction._replace(trigger=owner, end=end) if instruction.trigger else owner

    def _check_stages(self) -> None:
        """Report a file without instructions or stages, and what stands before the first stage."""
        if not self.instructions:
            self._problem("note", "no-instructions", "the file has no instructions", 0, 0)
            return
        for instruction in self.instructions:
            if instruction.name == "FROM":
                return
            if instruction.name != "ARG" and instruction.name.lower() in KEYWORDS:
                keyword = instruction.keyword
                message = f"{keyword.value} stands before the first FROM"
                self._problem("error", "no-stage", message, keyword.start, keyword.end)
                return
        keyword = self.instructions[0].keyword
        self._problem("error", "no-stage", "the file has no FROM", keyword.start, keyword.end)
