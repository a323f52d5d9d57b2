"""What BuildKit refuses about an instruction (`instructions/parse.go` of v0.24)."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.parse.dockerfile_heredoc import heredoc_of
from vvbscan.parse.dockerfile_syntax import Instruction

_STAGE_NAME: Final = lazy_pattern(r"[a-z][a-z0-9-_.]*")
_NEED_ARGUMENTS: Final = frozenset(
    {"ENV", "LABEL", "HEALTHCHECK", "EXPOSE", "VOLUME", "ARG", "MAINTAINER", "WORKDIR", "USER", "STOPSIGNAL"}
)
_NO_TRIGGERS: Final = frozenset({"ONBUILD", "FROM", "MAINTAINER"})


def fault_of(instruction: Instruction) -> str:
    """Why BuildKit refuses an instruction, empty if it does not. Flags are not judged: new ones appear."""
    name = instruction.name
    arguments = instruction.arguments
    if name in _NEED_ARGUMENTS and not arguments:
        return f"{name} needs an argument"
    if name == "FROM":
        return _from_fault(instruction)
    if name in ("COPY", "ADD"):
        if len(arguments) < 2:
            return f"{name} needs a source and a destination"
        if heredoc_of(str(arguments[-1].value)):
            return f"the destination of {name} cannot be a here-document"
    elif name == "SHELL" and not (instruction.json and arguments):
        return "SHELL needs its arguments as a JSON array"
    elif name == "HEALTHCHECK":
        return _health_fault(instruction)
    elif name == "ONBUILD":
        return _trigger_fault(instruction)
    return ""


def _from_fault(instruction: Instruction) -> str:
    words = [str(node.value) for node in instruction.arguments]
    if len(words) == 1:
        return ""
    if len(words) != 3 or words[1].lower() != "as":
        return "FROM needs an image, or an image, AS and a name"
    if not _STAGE_NAME.fullmatch(words[2].lower()):
        return f"'{words[2]}' cannot name a stage: it must start with a letter, without special characters"
    return ""


def _health_fault(instruction: Instruction) -> str:
    kind = str(instruction.arguments[0].value).upper()
    commands = len(instruction.arguments) - 1
    if kind == "NONE":
        return "HEALTHCHECK NONE takes no arguments" if commands else ""
    if kind != "CMD":
        return "HEALTHCHECK needs CMD or NONE"
    return "" if commands else "HEALTHCHECK CMD needs a command"


def _trigger_fault(instruction: Instruction) -> str:
    trigger = instruction.trigger
    if trigger is None:
        return "ONBUILD needs an instruction"
    if trigger.name in _NO_TRIGGERS:
        return f"{trigger.name} cannot be triggered by ONBUILD"
    return fault_of(trigger)
