"""The commands of shell texts, wherever a format carries them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, DOUBLE, PLAIN, Node, Unknown
from vvbscan.parse.shell import SimpleCommand, simple_commands
from vvbscan.parse.shell_words import ShellWord
from vvbscan.parse.spliced import Spliced
from vvbscan.record import NamedTuple

SHELLS: Final = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"})
_OTHER_SHELLS: Final = lazy_pattern(r"(?:powershell|cmd)(?:\.exe)?", re.IGNORECASE)
"""Programs of Windows that take all that follows as their own language."""
_WRAPPERS: Final = {
    "command": "",
    "doas": "uC",
    "env": "uCS",
    "exec": "a",
    "nice": "n",
    "nohup": "",
    "sudo": "ugpChRTUD",
    "time": "fo",
}
"""Programs that run the program behind their options, and those of the options that take a value."""
_ASSIGNMENT: Final = lazy_pattern(r"[A-Za-z_][A-Za-z0-9_]*=")
_PIPE: Final = 10
"""Longest pipe that is followed."""


class ShellCommand(NamedTuple):
    """A simple command of a shell text."""

    words: tuple[Node, ...]
    """The program, without its directory, and its arguments. `sudo`, `env` and the like are stepped over."""
    text: Node
    """The command with all that belongs to it."""
    piped_to: tuple[Node, ...]
    """The programs that its output goes through, nearest first."""
    before: str
    """The operator that joins it to what stands before it: `&&`, `||`, `|`, ... or empty."""


class Command(NamedTuple):
    """A simple command among those that are run with it."""

    program: Node
    """The name without directory: `apt-get`."""
    arguments: tuple[Node, ...]
    text: Node
    piped_to: tuple[Node, ...]
    before: str
    run: tuple[tuple[str | None, ...], ...]
    """The words of all commands of the same script, in order; None for an unknown word."""
    position: int
    """Which of them it is."""


def shell_commands(line: Spliced, begin: int, stop: int) -> Iterator[ShellCommand]:
    """The commands of a stretch of a text, those of `sh -c` behind the command that runs them."""
    commands = simple_commands(line.text, begin, stop)
    by_start = {command.start: command for command in commands}
    for command in commands:
        words = stepped(tuple(word_node(line, word) for word in command.words))
        if not words:
            continue
        program = program_name(words[0])
        if _OTHER_SHELLS.fullmatch(program.text() or ""):
            yield ShellCommand((program,), line.node(command.start, stop), (), command.before)
            return
        text = line.node(command.start, command.end)
        yield ShellCommand(
            (program, *words[1:]), text, tuple(_piped(line, command, by_start)), command.before
        )
        position = script_argument(words)
        if position is None or words[position].style == COMPUTED:
            continue
        inner = command.words[len(command.words) - len(words) + position]
        if len(inner.pieces) == 1:
            piece = inner.pieces[0]
            yield from shell_commands(line, piece.start, piece.end)


def _piped(line: Spliced, command: SimpleCommand, by_start: dict[int, SimpleCommand]) -> Iterator[Node]:
    for _ in range(_PIPE):
        following = by_start.get(command.piped_into)
        if following is None:
            return
        words = stepped(tuple(word_node(line, word) for word in following.words))
        if words:
            yield program_name(words[0])
        command = following


def word_node(line: Spliced, word: ShellWord) -> Node:
    """A word as a node: its text with quotes resolved, unknown where the shell works something out."""
    first, last = line.span(word.start, word.end)
    text = word.text
    if text is not None:
        style = PLAIN if text == line.text[word.start : word.end] else DOUBLE
        return Node(text, line.source, first, last, style)
    parts: list[str | None] = []
    for piece in word.pieces:
        if piece.text is None:
            parts.append(None)
        elif parts and parts[-1] is not None:
            parts[-1] += piece.text
        else:
            parts.append(piece.text)
    written = line.written(word.start, word.end)
    shown = written if len(written) <= 40 else f"{written[:37]}..."
    unknown = Unknown("expression", f"the shell works out {shown}", () if parts == [None] else tuple(parts))
    return Node(unknown, line.source, first, last, COMPUTED)


def stepped(words: tuple[Node, ...]) -> tuple[Node, ...]:
    """The words from the program on that is really run: behind `sudo -E`, `env A=b` and the like."""
    while words:
        name = words[0].text()
        with_value = _WRAPPERS.get(posixpath.basename(name or ""))
        if with_value is None:
            return words
        position = 1
        while position < len(words):
            word = words[position].text()
            if word is None:
                break
            if word.startswith("-") and len(word) > 1:
                position += 2 if word[1] != "-" and word[-1] in with_value else 1
            elif _ASSIGNMENT.match(word):
                position += 1
            else:
                break
        if position >= len(words):
            return words
        words = words[position:]
    return words


def program_name(word: Node) -> Node:
    """The name of a program without its directory."""
    text = word.text()
    if text is None or "/" not in text:
        return word
    return word.part(text.rindex("/") + 1, len(text))


def script_argument(words: tuple[Node, ...]) -> int | None:
    """Where the script of `sh -c script` stands among the words."""
    if posixpath.basename(words[0].text() or "") not in SHELLS:
        return None
    for position, word in enumerate(words[1:-1], start=1):
        option = word.text() or ""
        if not option.startswith("-"):
            return None
        if not option.startswith("--") and option.endswith("c"):
            return position + 1 if isinstance(words[position + 1].value, str) else None
    return None
