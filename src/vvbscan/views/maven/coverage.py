"""Which coverage of tests a build asks for: the limits of JaCoCo's goal `check`.

https://www.jacoco.org/jacoco/trunk/doc/check-mojo.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import COMPUTED, Node, SeqValue, Unknown
from vvbscan.views.maven.build import has_spring_parent
from vvbscan.views.maven.model import Module

_JACOCO: Final = "org.jacoco:jacoco-maven-plugin"


def coverage_asked_for(module: Module, counter: str) -> Node | None:
    """The highest share of a counter (`LINE`, `BRANCH`) below which the build fails, a number from 0 to 1.

    Absent if it does not fail for it.
    """
    plugin = module.plugins.get(_JACOCO)
    found: Node | None = None
    for execution in plugin.executions if plugin is not None else ():
        checks = any(goal.value == "check" for goal in execution.goals)
        if not checks or _says(execution.configuration, "haltOnFailure", "false"):
            continue
        if _says(execution.configuration, "skip", "true"):
            continue
        for limit in _limits(execution.configuration):
            minimum = limit.get("minimum")
            value = limit.get("value")
            if minimum is None or not _says(limit, "counter", counter):
                continue
            if value is None or value.value == "COVEREDRATIO":
                found = _higher(found, _as_share(minimum))
    if found is None and module.outside is not None and not has_spring_parent(module):
        reason = f"{module.outside.reason}, and may ask for coverage"
        return module.anchor.replace_value(module.outside._replace(reason=reason))
    return found


def _limits(configuration: Node) -> Iterator[Node]:
    for rules in _each(configuration.get("rules")):
        for rule in _each(rules.get("rule")):
            for limits in _each(rule.get("limits")):
                yield from _each(limits.get("limit"))


def _each(node: Node | None) -> tuple[Node, ...]:
    """What is written once, or several times."""
    if node is None:
        return ()
    return node.items() if isinstance(node.value, SeqValue) else (node,)


def _higher(one: Node | None, other: Node) -> Node:
    if one is None or isinstance(other.value, Unknown):
        return other
    if isinstance(one.value, float) and isinstance(other.value, float) and one.value < other.value:
        return other
    return one


def _as_share(node: Node) -> Node:
    text = node.value
    if not isinstance(text, str):
        return node
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return node.replace_value(Unknown("expression", f"`{text}` is no share"))
    return Node(share, node.source, node.start, node.end, COMPUTED, node.via)


def _says(node: Node, name: str, text: str) -> bool:
    found = node.get(name)
    return found is not None and found.value == text
