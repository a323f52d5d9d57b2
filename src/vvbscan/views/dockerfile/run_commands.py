"""The commands that RUN carries out: view `run_command`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.parse.dockerfile_heredoc import heredoc_of
from vvbscan.parse.dockerfile_syntax import Heredoc, Instruction
from vvbscan.parse.shell import SimpleCommand, simple_commands
from vvbscan.parse.spliced import Spliced
from vvbscan.record import NamedTuple
from vvbscan.views.commands import (
    SHELLS,
    ShellCommand,
    program_name,
    script_argument,
    shell_commands,
    stepped,
    word_node,
)
from vvbscan.views.dockerfile.model import Dockerfile, Stage, Step
from vvbscan.views.dockerfile.subjects import step_fields
from vvbscan.views.records import computed, fields, sequence

_SHEBANG: Final = lazy_pattern(r"#![ \t]*(\S+)(?:[ \t]+(\S+))?")


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
    found: list[ShellCommand] = []
    if instruction.json:
        found = list(_exec_form(instruction))
    elif _posix(step):
        for line, begin, stop in _scripts(instruction):
            found += shell_commands(line, begin, stop)
    run = tuple(tuple(word.text() for word in words) for words, _, _, _ in found)
    return [
        RunCommand(words[0], words[1:], text, piped, run, position, stage, step)
        for position, (words, text, piped, _) in enumerate(found)
    ]


def _posix(step: Step) -> bool:
    """Whether a POSIX shell carries out the shell form."""
    if step.shell is None:
        return True
    words = step.shell.node.items()
    return bool(words) and posixpath.basename(str(words[0].value)) in SHELLS


def _exec_form(instruction: Instruction) -> Iterator[ShellCommand]:
    words = stepped(instruction.arguments)
    if not words or instruction.text is None:
        return
    yield ShellCommand((program_name(words[0]), *words[1:]), instruction.text, (), "")
    position = script_argument(words)
    script = None if position is None else words[position]
    if script is not None and script.written == f'"{script.value}"':
        line = Spliced(script.source, [(script.start + 1, script.end - 1)])
        yield from shell_commands(line, 0, len(line.text))


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
        words = stepped(tuple(word_node(instruction.line, word) for word in command.words))
        reads = words and posixpath.basename(words[0].text() or "") in SHELLS
        for redirection in command.redirections:
            heredoc = next(bodies, None) if redirection.operator in ("<<", "<<-") else None
            if reads and heredoc is not None:
                body = _body(heredoc)
                yield body, 0, len(body.text)


def _is_shell(shebang: re.Match[str]) -> bool:
    program = posixpath.basename(shebang[1])
    return (posixpath.basename(shebang[2] or "") if program == "env" else program) in SHELLS


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
