"""The plugins of a module's build, with what management and parents say of them."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Unknown
from vvbscan.parse.xml import Element
from vvbscan.record import NamedTuple
from vvbscan.views.maven.configuration import merged, opening_of, value_of
from vvbscan.views.maven.lineage import Lineage
from vvbscan.views.maven.model import Execution, Plugin
from vvbscan.views.maven.pom import text_of
from vvbscan.views.maven.properties import Properties

_OWN_GROUP: Final = "org.apache.maven.plugins"


class _Execution(NamedTuple):
    phase: Node | None
    goals: tuple[Node, ...]
    configuration: Element | None


class _Plugin(NamedTuple):
    """A plugin with elements of several POMs, not yet resolved."""

    name: Node
    version: Node | None
    configuration: Element | None
    executions: dict[str, _Execution]


def plugins_of(lineage: Lineage, properties: Properties, outside: Unknown | None) -> dict[str, Plugin]:
    """The plugins of the build, by `group:artifact`."""
    managed = _collected(lineage, properties, "pluginManagement", "plugins")
    used = _collected(lineage, properties, "plugins")
    return {
        key: _finished(key, _joined(one, managed[key]) if key in managed else one, properties, outside)
        for key, one in used.items()
    }


def _collected(lineage: Lineage, properties: Properties, *path: str) -> dict[str, _Plugin]:
    """The plugins that are listed somewhere in `build`, the weakest first."""
    collected: dict[str, _Plugin] = {}
    for layer in lineage.layers:
        listed = layer.body.at("build", *path)
        for element in listed.all("plugin") if listed is not None else ():
            if layer.inherited and _says_no(element, "inherited", properties):
                continue
            group, artifact = text_of(element, "groupId"), text_of(element, "artifactId")
            if artifact is None:
                continue
            key = f"{_text(group, properties) or _OWN_GROUP}:{_text(artifact, properties)}"
            one = _read(element, artifact, properties, inherited=layer.inherited)
            collected[key] = _joined(one, collected[key]) if key in collected else one
    return collected


def _read(element: Element, name: Node, properties: Properties, *, inherited: bool) -> _Plugin:
    executions: dict[str, _Execution] = {}
    listed = element.child("executions")
    for execution in listed.all("execution") if listed is not None else ():
        if inherited and _says_no(execution, "inherited", properties):
            continue
        named = text_of(execution, "id")
        goals = execution.child("goals")
        executions[_text(named, properties) or "default"] = _Execution(
            text_of(execution, "phase"),
            tuple(goal.text for goal in goals.all("goal")) if goals is not None else (),
            execution.child("configuration"),
        )
    return _Plugin(name, text_of(element, "version"), element.child("configuration"), executions)


def _joined(strong: _Plugin, weak: _Plugin) -> _Plugin:
    executions = dict(weak.executions)
    for name, one in strong.executions.items():
        other = executions.get(name)
        if other is not None:
            known = {goal.value for goal in one.goals}
            goals = (*(goal for goal in other.goals if goal.value not in known), *one.goals)
            one = _Execution(  # noqa: PLW2901  # the same execution, completed
                one.phase or other.phase, goals, merged(one.configuration, other.configuration)
            )
        executions[name] = one
    return _Plugin(
        strong.name,
        strong.version or weak.version,
        merged(strong.configuration, weak.configuration),
        executions,
    )


def _finished(key: str, one: _Plugin, properties: Properties, outside: Unknown | None) -> Plugin:
    version = one.version
    if version is not None:
        version = properties.resolve(version)
    elif outside is not None:
        version = one.name.replace_value(
            outside._replace(reason=f"{outside.reason}, and may set the version of {key}")
        )
    return Plugin(
        key,
        version,
        _configuration(one.configuration, one.name, properties),
        tuple(
            Execution(
                name,
                None if execution.phase is None else properties.resolve(execution.phase),
                tuple(properties.resolve(goal) for goal in execution.goals),
                _configuration(merged(execution.configuration, one.configuration), one.name, properties),
            )
            for name, execution in one.executions.items()
        ),
        one.name,
    )


def _configuration(element: Element | None, anchor: Node, properties: Properties) -> Node:
    if element is None or not element.children:
        place = anchor if element is None else opening_of(element)
        return Node(MapValue({}, {}), place.source, place.start, place.end, COMPUTED)
    return value_of(element, properties.resolve)


def _text(node: Node | None, properties: Properties) -> str:
    value = None if node is None else properties.resolve(node).value
    return value if isinstance(value, str) else ""


def _says_no(element: Element, name: str, properties: Properties) -> bool:
    return _text(text_of(element, name), properties) == "false"
