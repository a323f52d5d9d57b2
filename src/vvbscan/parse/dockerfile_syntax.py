"""What a Dockerfile consists of, with the characters of every part."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import Comment, Node, Problem, Source
from vvbscan.parse.spliced import Spliced
from vvbscan.record import NamedTuple

SPACES: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What Go's `unicode.IsSpace` takes for white space; Python's `str.isspace` also takes U+001C to U+001F."""


class Directive(NamedTuple):
    """A parser directive: `# syntax=docker/dockerfile:1`."""

    name: Node
    """`syntax`, `escape` or `check`."""
    value: Node


class Flag(NamedTuple):
    """A flag of an instruction: `--from=build`, `--link`."""

    name: Node
    """Without the dashes: `from`."""
    value: Node | None
    """With quotes and escapes resolved; variables are not expanded."""


class Pair(NamedTuple):
    """A name with a value, of ENV, ARG or LABEL. Both are as written: quotes and variables unresolved."""

    name: Node
    value: Node | None
    """Absent for an ARG without default."""


class Heredoc(NamedTuple):
    """A here-document of RUN, COPY or ADD."""

    name: str
    """The delimiter, quotes resolved."""
    body: Node
    """The lines between, as written, with their line ends."""
    expand: bool
    """False if the delimiter is quoted: variables in the body then stay as they are."""
    chomp: bool
    """`<<-`: tabs at the start of each line do not count."""
    descriptor: int


class Instruction(NamedTuple):
    """An instruction of a Dockerfile."""

    keyword: Node
    """In upper case: `RUN`."""
    flags: tuple[Flag, ...]
    arguments: tuple[Node, ...]
    """The words of COPY, ADD, VOLUME, EXPOSE, FROM and of every JSON form; the words of ARG as written; of
    HEALTHCHECK its type and the words or text of its command; for all others the text as one argument."""
    pairs: tuple[Pair, ...]
    """Of ENV, ARG and LABEL."""
    text: Node | None
    """All that follows the keyword and the flags, continuation lines joined; None if there is nothing."""
    json: bool
    """Whether the arguments are written as a JSON array."""
    heredocs: tuple[Heredoc, ...]
    trigger: Instruction | None
    """Of ONBUILD."""
    line: Spliced
    """The whole instruction, continuation lines joined, without here-documents."""
    text_start: int
    """Position of `text` in `line`."""
    start: int
    end: int
    """Offset behind the last line, here-documents included."""

    @property
    def name(self) -> str:
        """The keyword in upper case."""
        return str(self.keyword.value)

    def flag(self, name: str) -> Node | None:
        """The value of a flag; of several, the last. None if it is not there or has no value."""
        found: Node | None = None
        for flag in self.flags:
            if flag.name.value == name:
                found = flag.value
        return found


class DockerfileSyntax(NamedTuple):
    """A parsed Dockerfile."""

    source: Source
    directives: tuple[Directive, ...]
    escape: str
    """The escape sign: a backslash, or a backtick if the directive says so."""
    instructions: tuple[Instruction, ...]
    comments: tuple[Comment, ...]
    problems: tuple[Problem, ...]
