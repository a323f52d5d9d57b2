"""Secrets in the commands of images and containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from vvbscan.checks.secret_names import boxes_of, words_of
from vvbscan.checks.secret_texts import (
    ASSIGNED,
    Secret,
    find_secret,
    find_secret_in_parts,
    is_assigned_secret,
    is_literal,
    spelt_at,
)
from vvbscan.expr.scope import Fail, Scope
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject

_PARTS: Final = {
    ("entrypoint",): "the entry point",
    ("command",): "the command",
    ("args",): "an argument",
    ("healthcheck", "test"): "the health check",
}
"""Where containers and services keep commands, and what to call them."""
_COMMANDS: Final = frozenset({"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"})
_VALUE: Final = r"""["']?([A-Za-z0-9!_+][^\s"'`|;&<>()]{0,200})"""
_OPTION: Final = lazy_pattern(rf"""(?:^|[\s"'])--?([A-Za-z][\w.-]{{0,80}})(?:=|[ \t]{{1,20}}){_VALUE}""")
_OWN_OPTIONS: Final = frozenset({"masterauth", "requirepass"})
"""Options of Redis that hold a password, which their names do not end with."""
_WITHOUT: Final = frozenset({"disabled", "empty", "no", "skip", "without"})
"""Words in front of `password` with which an option takes none: `adduser --disabled-password`."""
_OF_PROGRAMS: Final = (
    (
        "curl",
        lazy_pattern(rf"\bcurl\b[^|;&\n]{{0,500}}?\s(?:-u|--user)[ =][\"']?[^\s:\"'$]{{1,100}}:{_VALUE}"),
    ),
    ("mysql", lazy_pattern(rf"\bmysql(?:admin|check|dump)?\b[^|;&\n]{{0,500}}?\s-p{_VALUE}")),
    ("redis-cli", lazy_pattern(rf"\bredis-cli\b[^|;&\n]{{0,500}}?\s-a[ \t]{{1,20}}{_VALUE}")),
    (
        "chpasswd",
        lazy_pattern(r"""["']?\b[\w-]{1,32}:([^\s"'$:|]{1,200})["']?\s*\|\s*(?:sudo\s+)?chpasswd\b"""),
    ),
)
"""How programs are given a password without an option that says so."""
_STAND_INS: Final = frozenset({"dummy", "example", "fake", "mock", "placeholder", "test", "unused"})
"""What a build gives a program that asks for a secret and needs none."""


def written(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail]:
    """A command has a secret in it: a key of a known form, an address with a password, an option's value."""
    for holder, words in _commands(subject):
        found = _secret(words, building=holder == "RUN")
        if found is not None:
            name, secret = found
            boxes = boxes_of(name)
            what = f"the value of {name}" if name else secret.what
            scope = Scope(subject.root, subject.anchor)
            message = f"{holder} holds {what}, and it is written here"
            yield Fail(
                (Ref("command", secret.node),), scope, message, boxes, whole=not boxes, confidential=True
            )


def _commands(subject: Subject) -> Iterator[tuple[str, Sequence[Node]]]:
    """What a subject runs, with what to call it; a text is a single word."""
    if subject.view == "instruction":
        from vvbscan.views.dockerfile.model import Step  # each unit needs the records of its own format only

        step = subject.record
        if isinstance(step, Step) and step.instruction.name in _COMMANDS:
            instruction = step.instruction
            if instruction.json:
                yield instruction.name, instruction.arguments
            elif instruction.text is not None:
                yield instruction.name, (instruction.text,)
            for heredoc in instruction.heredocs:
                yield instruction.name, (heredoc.body,)
        return
    holder, name = subject.root.get("service") or subject.root.get("spec"), subject.root.get("name")
    shown = f"of {name.value}" if name is not None and name.text() else "of a container"
    for path, part in _PARTS.items():
        node = None if holder is None else holder.at(*path)
        if node is not None:
            words = node.items() if isinstance(node.value, SeqValue) else (node,)
            yield f"{part} {shown}", words


def _secret(words: Sequence[Node], *, building: bool) -> tuple[str, Secret] | None:
    """The first secret of a command, with the name of the option that it is the value of."""
    for number, node in enumerate(words):
        value = node.value
        if isinstance(value, Unknown):
            found = find_secret_in_parts(node, value.parts)
            if found is not None:
                return "", found
            continue
        text = node.text()
        if not text:
            continue
        following = words[number + 1] if number + 1 < len(words) else None
        takes_next = text.startswith("--") and _names_secret(text[2:])
        if takes_next and following is not None and _is_value(following.text() or ""):
            return text, Secret(following, "a secret", default=False)
        inner = _in_text(node, text)
        if inner is not None:
            return inner
        found = find_secret(node, named=False)
        if found is not None and not (building and _is_variable(found)):
            return "", found
    return None


def _in_text(node: Node, text: str) -> tuple[str, Secret] | None:
    for match in _OPTION.finditer(text) if "-" in text else ():
        if _names_secret(match[1]) and _is_value(match[2]):
            return f"--{match[1]}", Secret(spelt_at(node, match.span(2)), "a secret", default=False)
    for sign, pattern in _OF_PROGRAMS:
        given = pattern.search(text) if sign in text else None
        if given is not None and _is_value(given[1]):
            place = spelt_at(node, given.span(1))
            return "", Secret(place, f"a secret for {sign}", default=False)
    return None


def _names_secret(name: str) -> bool:
    """Whether an option's value is a secret by its name."""
    if name in _OWN_OPTIONS:
        return True
    return is_assigned_secret(name) and _WITHOUT.isdisjoint(words_of(name))


def _is_value(text: str) -> bool:
    """Whether the value of such an option is written, and not worked out, named or made up for a build."""
    return (
        text[:1] not in ("-", "/", ".", "$", "<", "%", "{", "@")
        and "$" not in text
        and not text.startswith(("id=", "type=", "env:", "file:"))
        and text.lower() not in _STAND_INS
        and is_literal(text)
    )


def _is_variable(found: Secret) -> bool:
    """Whether a secret is that of a variable, which builds set to something for programs that ask for one."""
    return found.what == ASSIGNED
