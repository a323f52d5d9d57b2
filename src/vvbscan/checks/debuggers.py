"""Debuggers that the commands and variables of images and containers start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.images import flat_text

_OPTIONS: Final = lazy_pattern(r"-agentlib:jdwp\b|-Xrunjdwp\b|--inspect(?:-brk)?(?=$|[=\s])")
OFF: Final = frozenset({"0", "false", "no", "off"})
"""What variables are set to that are to switch something off."""
OPTION_VARIABLES: Final = frozenset(
    {"JAVA_OPTS", "JAVA_OPTS_APPEND", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "NODE_OPTIONS"}
)
"""Variables with options of a JVM or of Node.js."""


def debugger_in(node: Node) -> Node | None:
    """The characters of a text that start a debugger, the whole text if it is partly unknown; else None."""
    known = known_text(node)
    found = _OPTIONS.search(known) if "jdwp" in known or "--inspect" in known else None
    if found is None:
        return None
    if isinstance(node.value, Unknown):
        return node.replace_value(found[0])
    return node.part(found.start(), found.end())


def known_text(node: Node) -> str:
    """A text, or what is known of it."""
    value = node.value
    return flat_text(value) if isinstance(value, Unknown) else str(value)


def started(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A container of a manifest or a service of Compose starts a debugger."""
    root = subject.root
    spec = root.get("spec") or root.get("service")
    if spec is None:
        return
    environment = root.get("env") or spec.get("environment")
    for name, _, value in () if environment is None else environment.members():
        place = debugger_in(value)
        if place is not None:
            yield failed(subject, f"{name} starts a debugger: {place.value}", place, "env")
        elif isinstance(value.value, Unknown):
            if name in OPTION_VARIABLES:
                yield undecided(value.value, value, "env")
        elif name == "JAVA_DEBUG" and (text := value.text()) and text.lower() not in OFF:
            yield failed(subject, f"{name}={text} starts a debugger", value, "env")
    for part in ("entrypoint", "command", "args"):
        words = spec.get(part)
        for word in () if words is None else words.items() or (words,):
            place = debugger_in(word)
            if place is not None:
                yield failed(subject, f"its {part} starts a debugger: {place.value}", place, part)
