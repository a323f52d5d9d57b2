"""What a deployment sets by variables, system properties and arguments, sources above a module's files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.facts import Located, StartOption, WorkloadFact
from vvbscan.model.node import Node, Unknown
from vvbscan.views.located import foreign_node
from vvbscan.views.settings.known import known_settings
from vvbscan.views.settings.names import (
    SPRING,
    dotted,
    environment_form,
    setting_name,
    spring_environment_forms,
)

_JAVA_OPTIONS: Final = (
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "JAVA_OPTS",
    "JAVA_OPTS_APPEND",
    "JAVA_OPTIONS",
    "_JAVA_OPTIONS",
)
"""Variables whose `-D` become system properties, the later ones winning: the JDK reads the first two and the
last, the start scripts of the common base images the others."""
_SYSTEM_PROPERTY: Final = lazy_pattern(r"(?:^|\s)-D([^\s=]+)=(?:\"([^\"]*)\"|'([^']*)'|(\S*))")
_REFERENCE: Final = lazy_pattern(r"\$(?:\(([A-Za-z_]\w*)\)|([A-Za-z_]\w*))")
_PLATFORM_PREFIXES: Final = {
    "quarkus": ("QUARKUS_", "SMALLRYE_", "MP_"),
    "spring": ("SPRING_", "SERVER_", "MANAGEMENT_", "LOGGING_"),
}
_OF_PROFILE: Final = lazy_pattern(r"_[A-Z0-9_]+?_((?:QUARKUS|SMALLRYE|MP)_(?s:.+))")
"""A variable for a profile of Quarkus: `_PROD_QUARKUS_LOG_LEVEL`."""
_JSON_VARIABLE: Final = "SPRING_APPLICATION_JSON"
_DEEPEST_JSON: Final = 50
_LONGEST_OPTION: Final = 10_000


class Environment:
    """What a deployment hands to an application; without a deployment there is nothing in it."""

    def __init__(self, workload: WorkloadFact | None, framework: str) -> None:
        self.open: Final = workload.open_variables if workload else ""
        """Why there may be variables that are not known, or empty."""
        self.platform: Final = "" if workload is None else _platform(workload)
        """The cloud platform as Spring Boot tells it: `kubernetes`, `none`, or empty if that is not known."""
        self._variables: dict[str, Node] = {}
        self._forms: dict[str, Node] = {}
        self._system: dict[str, Node] = {}
        self._json: dict[str, Node] = {}
        self._arguments: dict[str, Node] = {}
        self._framework = framework
        for variable in workload.variables if workload else ():
            node = _variable(variable.value)
            if node is not None:
                self._variables[variable.name] = node
                self._forms[environment_form(variable.name)] = node
        for name in _JAVA_OPTIONS:
            for key, value in _system_properties(self._variables.get(name)):
                self._system[setting_name(framework, key).identity] = value
        for option in workload.options if workload else ():
            self._read_option(option)
        if framework == SPRING:
            for key, value in _json_settings(self._variables.get(_JSON_VARIABLE)):
                self._json[setting_name(framework, key).identity] = value

    def _read_option(self, option: StartOption) -> None:
        """Take over what the command sets; Quarkus hands arguments of the program to the application."""
        node = self._expanded(foreign_node(option.value))
        identity = setting_name(self._framework, option.name).identity
        if not option.argument:
            self._system[identity] = node
        elif self._framework == SPRING:
            self._arguments[identity] = node

    def _expanded(self, node: Node) -> Node:
        """A word of a command with its variables filled in, by Kubernetes or a shell.

        `${NAME}` stays: the framework itself knows it, if no shell does.
        """
        text = node.value
        if not isinstance(text, str) or "$" not in text:
            return node
        pieces, position = "", 0
        for match in _REFERENCE.finditer(text):
            variable = self._variables.get(match[1] or match[2])
            value = None if variable is None else variable.value
            if not isinstance(value, str):
                reason = f"the command takes it from the variable {match[1] or match[2]}"
                return node.replace_value(Unknown("variable", reason))
            pieces += text[position : match.start()] + value
            position = match.end()
            if len(pieces) > _LONGEST_OPTION:
                return node.replace_value(Unknown("limit", "its variables make it too long"))
        return node.replace_value(pieces + text[position:])

    @property
    def is_empty(self) -> bool:
        """Whether nothing is set at all."""
        return not (self._variables or self._system or self._arguments)

    def variable(self, name: str) -> Node | None:
        """The variable of exactly this name."""
        return self._variables.get(name)

    def setting(self, identity: str, canonical: str) -> Node | None:
        """What overrides a setting: an argument, Spring's JSON, a system property or an environment variable.

        The order is that of both frameworks (Spring Boot reference, "Externalized Configuration"; Quarkus
        configuration reference, "Configuration Sources": system properties 400, environment variables 300).
        """
        if self.is_empty:
            return None
        found = self._arguments.get(identity) or self._json.get(identity) or self._system.get(identity)
        if found is not None:
            return found
        for form in dict.fromkeys(spring_environment_forms(identity, canonical)):
            if form in self._forms:
                return self._forms[form]
        return None

    def settings(self) -> Iterator[str]:
        """Names of the settings that the deployment sets as far as the names of variables tell."""
        yield from self._arguments
        yield from self._system
        yield from self._json
        known = known_settings(self._framework)
        prefixes = _PLATFORM_PREFIXES.get(self._framework, ())
        for written in self._variables:
            of_profile = _OF_PROFILE.fullmatch(written) if self._framework != SPRING else None
            name = of_profile[1] if of_profile else written
            found = known.of_variable(environment_form(name))
            if found is not None:
                yield found
            elif name.startswith(prefixes) and name != _JSON_VARIABLE:
                yield dotted(name)


def _platform(workload: WorkloadFact) -> str:
    """Kubernetes for a container of a manifest, none for a service of Compose."""
    kind = workload.unit.partition(":")[0]
    return {"compose": "none", "dockerfile": ""}.get(kind, "kubernetes")


def _variable(located: Located) -> Node | None:
    """The value of a variable as a text, None if it is set without one."""
    node = foreign_node(located)
    value = node.value
    if value is None:
        return None
    return node._replace(value=_text(value)) if isinstance(value, (str, int, float)) else node


def _text(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _system_properties(options: Node | None) -> Iterator[tuple[str, Node]]:
    text = options.text() if options is not None else None
    if options is None or text is None:
        return
    for match in _SYSTEM_PROPERTY.finditer(text):
        group = next((index for index in (2, 3, 4) if match.group(index) is not None), 4)
        yield match.group(1), options.part(*match.span(group))


def _json_settings(variable: Node | None) -> Iterator[tuple[str, Node]]:
    """The settings of `SPRING_APPLICATION_JSON`."""
    text = variable.text() if variable is not None else None
    if variable is None or text is None:
        return
    import json  # few deployments have it

    try:
        root = json.loads(text)
    except (ValueError, RecursionError):
        return
    stack: list[tuple[str, object, int]] = [("", root, 0)]
    while stack:
        path, value, depth = stack.pop()
        if depth > _DEEPEST_JSON:
            continue
        if isinstance(value, dict):
            stack += [(f"{path}.{key}" if path else key, child, depth + 1) for key, child in value.items()]
        elif isinstance(value, list):
            stack += [(f"{path}[{index}]", child, depth + 1) for index, child in enumerate(value)]
        elif path and isinstance(value, (str, int, float)):
            yield path, variable._replace(value=_text(value))
