"""The commands that RUN carries out: view `run_command`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, DOUBLE, PLAIN, Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.parse.dockerfile_heredoc import heredoc_of
from vvbscan.parse.dockerfile_syntax import Heredoc, Instruction, Spliced
from vvbscan.parse.shell import SimpleCommand, simple_commands
from vvbscan.parse.shell_words import ShellWord
from vvbscan.record import NamedTuple
from vvbscan.views.dockerfile.model import Dockerfile, Stage, Step
from vvbscan.views.dockerfile.subjects import step_fields
from vvbscan.views.records import computed, fields, sequence

_SHELLS: Final = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"})
_OTHER_SHELLS: Final = lazy_pattern(r"(?:powershell|cmd)(?:\.exe)?", re.IGNORECASE)
"""Programs of Windows that take all that follows as their own language."""
_SHEBANG: Final = lazy_pattern(r"#![ \t]*(\S+)(?:[ \t]+(\S+))?")
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


class RunCommand(NamedTuple):
    """A simple command of a RUN. View `run_command`."""

    program: Node
    """The name without directory: `apt-get`. `sudo`, `env` and the like are stepped over."""
    arguments: tuple[Node, ...]
    text: Node
    """The command with all that belongs to it."""
    piped_to: tuple[Node, ...]
    """The programs that its output goes through, nearest first."""
    run: tuple[tuple[str | None, ...], ...]
    """The words of all commands of the same RUN, in order; None for an unknown word."""
    position: int
    """Which of them it is."""
    stage: Stage
    step: Step


def run_commands(model: Dockerfile) -> Iterator[Subject]:
    """View `run_command`: the commands of RUN, also in here-documents. Record: `RunCommand`.

    Fields: `program`, `arguments`, `text`, `piped_to` (the programs behind pipes), `form` (`exec` or
    `shell`), and of the instruction `user`, `root`, `onbuild`, `mounts`, `stage`, `last`, `final` and
    `used`, as in the view `instruction`. What a program other than a POSIX shell interprets is not looked
    into.
    """
    for stage in model.stages:
        for step in stage.steps:
            if step.instruction.name != "RUN":
                continue
            shared = {
                "form": computed("exec" if step.instruction.json else "shell", step.instruction.keyword),
                **step_fields(stage, step),
            }
            for number, command in enumerate(commands_of(stage, step)):
                members = {
                    "program": command.program,
                    "arguments": sequence(command.arguments, command.text),
                    "text": command.text,
                    "piped_to": sequence(command.piped_to, command.text),
                    **shared,
                }
                root = fields(command.program, members)
                address = f"{step.address}:command[{number}]"
                yield Subject("run_command", address, root, command.program, record=command)


def commands_of(stage: Stage, step: Step) -> list[RunCommand]:
    """The commands of a RUN in the order in which they stand."""
    instruction = step.instruction
    found: list[tuple[tuple[Node, ...], Node, tuple[Node, ...]]] = []
    if instruction.json:
        found = list(_exec_form(instruction))
    elif _posix(step):
        for line, begin, stop in _scripts(instruction):
            found += _shell_form(line, begin, stop)
    run = tuple(tuple(word.text() for word in words) for words, _, _ in found)
    return [
        RunCommand(words[0], words[1:], text, piped, run, position, stage, step)
        for position, (words, text, piped) in enumerate(found)
    ]


def _posix(step: Step) -> bool:
    """Whether a POSIX shell carries out the shell form."""
    if step.shell is None:
        return True
    words = step.shell.node.items()
    return bool(words) and posixpath.basename(str(words[0].value)) in _SHELLS


def _exec_form(instruction: Instruction) -> Iterator[tuple[tuple[Node, ...], Node, tuple[Node, ...]]]:
    words = _stepped(instruction.arguments)
    if not words or instruction.text is None:
        return
    yield (_program(words[0]), *words[1:]), instruction.text, ()
    script = _script_argument(words)
    if script is not None and script.written == f'"{script.value}"':
        line = Spliced(script.source, [(script.start + 1, script.end - 1)])
        yield from _shell_form(line, 0, len(line.text))


def _scripts(instruction: Instruction) -> Iterator[tuple[Spliced, int, int]]:
    """The shell texts of a RUN: its line, or the here-document that takes the place of the command."""
    if instruction.text is None:
        return
    line, begin = instruction.line, instruction.text_start
    stop = begin + len(str(instruction.text.value))
    if instruction.heredocs and heredoc_of(line.text[begin:stop]):
        body = _body(instruction.heredocs[0])
        shebang = _SHEBANG.match(body.text)
        if shebang is None or _is_shell(shebang):
            yield body, 0, len(body.text)
        return
    yield line, begin, stop
    if instruction.heredocs:
        yield from _piped_in_scripts(instruction, simple_commands(line.text, begin, stop))


def _piped_in_scripts(
    instruction: Instruction, commands: list[SimpleCommand]
) -> Iterator[tuple[Spliced, int, int]]:
    """The here-documents that a shell reads as its script: `RUN bash -e <<EOF`."""
    bodies = iter(instruction.heredocs)
    for command in commands:
        words = _stepped(tuple(_word(instruction.line, word) for word in command.words))
        reads = words and posixpath.basename(words[0].text() or "") in _SHELLS
        for redirection in command.redirections:
            heredoc = next(bodies, None) if redirection.operator in ("<<", "<<-") else None
            if reads and heredoc is not None:
                body = _body(heredoc)
                yield body, 0, len(body.text)


def _is_shell(shebang: re.Match[str]) -> bool:
    program = posixpath.basename(shebang[1])
    return (posixpath.basename(shebang[2] or "") if program == "env" else program) in _SHELLS


def _body(heredoc: Heredoc) -> Spliced:
    """The lines of a here-document; of `<<-` without the tabs before them."""
    node = heredoc.body
    if not heredoc.chomp:
        return Spliced(node.source, [(node.start, node.end)])
    pieces: list[tuple[int, int]] = []
    offset = node.start
    for line in node.written.splitlines(keepends=True):
        pieces.append((offset + len(line) - len(line.lstrip("\t")), offset + len(line)))
        offset += len(line)
    return Spliced(node.source, pieces or [(node.start, node.start)])


def _shell_form(
    line: Spliced, begin: int, stop: int
) -> Iterator[tuple[tuple[Node, ...], Node, tuple[Node, ...]]]:
    commands = simple_commands(line.text, begin, stop)
    by_start = {command.start: command for command in commands}
    for command in commands:
        words = _stepped(tuple(_word(line, word) for word in command.words))
        if not words:
            continue
        text = line.node(command.start, command.end)
        program = _program(words[0])
        if _OTHER_SHELLS.fullmatch(program.text() or ""):
            yield (program,), line.node(command.start, stop), ()
            return
        yield (program, *words[1:]), text, tuple(_piped(line, command, by_start))
        script = _script_argument(words)
        if script is None or script.style == COMPUTED:
            continue
        inner = next(word for word in command.words if line.place(word.start) == script.start)
        if len(inner.pieces) == 1:
            piece = inner.pieces[0]
            yield from _shell_form(line, piece.start, piece.end)


def _piped(line: Spliced, command: SimpleCommand, by_start: dict[int, SimpleCommand]) -> Iterator[Node]:
    for _ in range(_PIPE):
        following = by_start.get(command.piped_into)
        if following is None:
            return
        words = _stepped(tuple(_word(line, word) for word in following.words))
        if words:
            yield _program(words[0])
        command = following


def _word(line: Spliced, word: ShellWord) -> Node:
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
    written = line.text[word.start : word.end]
    shown = written if len(written) <= 40 else f"{written[:37]}..."
    unknown = Unknown("expression", f"the shell works out {shown}", () if parts == [None] else tuple(parts))
    return Node(unknown, line.source, first, last, COMPUTED)


def _stepped(words: tuple[Node, ...]) -> tuple[Node, ...]:
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


def _program(word: Node) -> Node:
    """The name of a program without its directory."""
    text = word.text()
    if text is None or "/" not in text:
        return word
    return word.part(text.rindex("/") + 1, len(text))


def _script_argument(words: tuple[Node, ...]) -> Node | None:
    """The script of `sh -c script`."""
    if posixpath.basename(words[0].text() or "") not in _SHELLS:
        return None
    for position, word in enumerate(words[1:-1], start=1):
        option = word.text() or ""
        if not option.startswith("-"):
            return None
        if not option.startswith("--") and option.endswith("c"):
            script = words[position + 1]
            return script if isinstance(script.value, str) else None
    return None
