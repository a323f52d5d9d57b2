"""The commands of the scripts that steps run."""

from __future__ import annotations

from vvbscan.model.node import LITERAL, Node
from vvbscan.parse.github_expressions import embedded_expressions
from vvbscan.parse.spliced import Spliced
from vvbscan.views.ci.texts import characters
from vvbscan.views.commands import Command, shell_commands


def commands_of_script(script: Node) -> tuple[Command, ...]:
    """The commands of a script for a POSIX shell, in the order in which they stand.

    What an expression leaves behind is unknown, as what a variable holds.
    """
    text = script.text()
    if text is None:
        return ()
    line = _Script(script, text, _pieces(script, text))
    if not line.spelt:
        line = _Elsewhere(script, text)
    found = tuple(shell_commands(line, 0, len(text)))
    run = tuple(tuple(word.text() for word in one.words) for one in found)
    return tuple(
        Command(one.words[0], one.words[1:], one.text, one.piped_to, one.before, run, position)
        for position, one in enumerate(found)
    )


class _Script(Spliced):
    """A script with a variable in place of each expression."""

    __slots__ = ("_written", "spelt")

    def __init__(self, script: Node, text: str, pieces: list[tuple[int, int]]) -> None:
        super().__init__(script.source, pieces)
        self._written = text
        self.spelt = self.text == text
        """Whether the pieces spell the script."""
        self.text = _without_expressions(text)

    def written(self, begin: int, stop: int) -> str:
        """The characters from `begin` to `stop` with their expressions."""
        return self._written[begin:stop]


class _Elsewhere(_Script):
    """A script whose characters stand in the file in another way: folded, or with escapes."""

    __slots__ = ("_script",)

    def __init__(self, script: Node, text: str) -> None:
        super().__init__(script, text, [(script.start, script.end)])
        self._script = script

    def span(self, begin: int, stop: int) -> tuple[int, int]:
        """The offsets in the source that cover the characters, as far as they can be told."""
        found = characters(self._script, begin, stop)
        return found.start, found.end

    def place(self, position: int) -> int:
        """The offset in the source of the character at a position, as far as it can be told."""
        return self.span(position, min(position + 1, len(self._written)))[0]


def _pieces(script: Node, text: str) -> list[tuple[int, int]]:
    """Where the lines of a block stand, each behind its indentation; else where the script is written."""
    if script.style != LITERAL:
        whole_text = script.part(0, len(text))
        return [(whole_text.start, whole_text.end)]
    whole = script.source.text.text
    pieces = []
    position = whole.find("\n", script.start) + 1
    for line in text.split("\n"):
        end = whole.find("\n", position)
        end = len(whole) if end < 0 else end
        last = end - 1 if whole.startswith("\r\n", end - 1) else end
        pieces += [(last - len(line), last), (end, end + 1)]
        position = end + 1
    return pieces[:-1]


def _without_expressions(text: str) -> str:
    """The text with a variable of the same length in place of each expression."""
    pieces, done = [], 0
    for one in embedded_expressions(text):
        pieces += [text[done : one.start], "$", "E" * (one.end - one.start - 1)]
        done = one.end
    return "".join((*pieces, text[done:]))
