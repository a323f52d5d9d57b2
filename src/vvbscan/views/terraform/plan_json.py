"""Plans and states that `terraform show -json` or `tofu show -json` wrote, read as a configuration.

What a plan has for each instance of a resource are the values that it will have after the plan was applied;
of a state it is what it has. What a plan deletes is in neither.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vvbscan.model.location import locate
from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue
from vvbscan.model.outcome import Notice
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.model import Configuration, Resource, Settings
from vvbscan.views.terraform.plan_references import ModulePath, References, instance_key, module_path
from vvbscan.views.terraform.plan_values import Marks, Planned

SUPPORTED_MAJORS: Final = frozenset({"0", "1"})
"""Major versions of the format that are read; Terraform before 1.1 wrote 0."""

_MOST_NOTICES: Final = 20
"""Places without the shape of the format that are told for one file; more have one cause many times."""


class Plan(NamedTuple):
    """What a plan or a state comes to."""

    configuration: Configuration
    declared: frozenset[tuple[str, str, str]]
    """Mode, type and name of each resource of the root module; of each call of a module `module`, an empty
    type and its name."""
    notices: tuple[Notice, ...]
    argument: Callable[[Resource, str, int], str]
    """What passes an argument of a resource on to it: of the last of so many calls that lead to it, the name
    of an argument, empty if there is none."""


def version_problem(root: Node) -> str:
    """Why the version of a plan keeps it from being read, empty if it does not."""
    version = root.get("format_version")
    written = version.text() if version is not None else None
    if written is None:
        return "it has no `format_version`"
    if written.partition(".")[0] not in SUPPORTED_MAJORS:
        return f"version {written} of the format is not known"
    return ""


def read_plan(root: Node) -> Plan:
    """Read a document whose version is supported. What does not have the shape of the format is told."""
    return _Reader(root).read()


def configuration_with(resources: Iterable[Resource], settings: tuple[Settings, ...]) -> Configuration:
    """The configuration of some resources. All calls of modules are carried out in a plan."""
    found = tuple(resources)
    groups: dict[tuple[str, str], list[Resource]] = {}
    for resource in found:
        groups.setdefault((resource.mode, resource.type), []).append(resource)
    return Configuration(
        environment="",
        resources=found,
        by_type={kind: tuple(group) for (mode, kind), group in groups.items() if mode == "managed"},
        data={kind: tuple(group) for (mode, kind), group in groups.items() if mode == "data"},
        calls=(),
        settings=settings,
    )


class _Written(NamedTuple):
    """A resource as the file has it, with the changes that the plan makes to it."""

    node: Node
    values: Node | None
    unknown: Node | None
    sensitive: Node | None


class _Reader:
    """Reads one file."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._notices: dict[Notice, None] = {}
        self._changes: dict[str, Node] = {}
        self._references = References(self._at("configuration", "root_module"))
        self._bodies: dict[str, Node] = {}
        """What the configuration gives the resources of modules, by their address."""
        self._described: dict[ModulePath, dict[str, Node] | None] = {}

    def read(self) -> Plan:
        for change in self._list(self._root.get("resource_changes"), "resource_changes"):
            address = self._text(change, "address", "resource_changes[]")
            # An object that was replaced and is still to be deleted has the address of its successor.
            if address and change.get("deposed") is None:
                self._changes.setdefault(address, change)
        found: dict[str, Resource] = {}
        for written in self._all():
            resource = self._resource(written)
            if resource is not None:
                found.setdefault(resource.address, resource)
        configuration = configuration_with(found.values(), tuple(self._settings()))
        self._tell_gaps()
        return Plan(configuration, self._declared(found.values()), tuple(self._notices), self._argument)

    def _all(self) -> Iterator[_Written]:
        """Every resource that there will be, then what data sources have read already."""
        planned = self._root.get("planned_values")
        values = planned or self._root.get("values")
        if values is not None:
            yield from self._of_values(values, "planned_values" if planned is not None else "values")
        elif self._changes:
            yield from self._of_changes()
        elif not self._root.get("resource_changes"):
            self._tell_shape(self._root, "neither `planned_values` nor `values`: there is nothing to judge")
        prior = self._at("prior_state", "values")
        if prior is not None:
            for written in self._of_values(prior, "prior_state.values"):
                mode = written.node.get("mode")
                if mode is not None and mode.value == "data":
                    yield written

    def _of_values(self, values: Node, path: str) -> Iterator[_Written]:
        """The resources of a representation of values: those of a module, then those of its calls."""
        root = values.get("root_module") if self._is_object(values, path) else None
        pending = [(root, f"{path}.root_module")] if root is not None else []
        while pending:
            module, where = pending.pop()
            if not self._is_object(module, where):
                continue
            for node in self._list(module.get("resources"), f"{where}.resources"):
                change = self._changes.get(_said(node, "address"))
                after = change.get("change") if change is not None and path == "planned_values" else None
                unknown = after.get("after_unknown") if after is not None else None
                sensitive = node.get("sensitive_values")
                if sensitive is None and after is not None:
                    sensitive = after.get("after_sensitive")
                yield _Written(node, node.get("values"), unknown, sensitive)
            children = self._list(module.get("child_modules"), f"{where}.child_modules")
            pending += [(child, f"{where}.child_modules[]") for child in reversed(children)]

    def _of_changes(self) -> Iterator[_Written]:
        """The resources of a plan that was cut down to its changes."""
        for node in self._changes.values():
            change = node.get("change")
            after = change.get("after") if change is not None else None
            if change is not None and after is not None and after.value is not None:
                yield _Written(node, after, change.get("after_unknown"), change.get("after_sensitive"))

    def _resource(self, written: _Written) -> Resource | None:
        node, values = written.node, written.values
        texts = [self._text(node, name, "a resource") for name in ("address", "type", "name")]
        if not all(texts):
            return None
        address, kind, name = texts
        if values is None or not isinstance(values.value, MapValue):
            if values is not None and values.value is not None:
                self._tell_shape(values, f"the values of {address} are no object")
            return None
        mode = node.get("mode")
        anchor = node.get("address")
        assert anchor is not None, "its text was read"
        path = module_path(address)
        key = instance_key(address)
        planned = Planned(address, lambda expression: self._references.full_address(expression, path, key))
        expressions, is_body = self._expressions(path, node)
        if path and expressions is not None:
            self._bodies[address] = expressions
        marks = Marks(written.unknown, written.sensitive, expressions, is_body)
        return Resource(
            mode="data" if mode is not None and mode.value == "data" else "managed",
            type=kind,
            name=name,
            address=address,
            root=values._replace(value=planned.arguments(values, marks), style=COMPUTED),
            anchor=anchor,
            module="".join(f".module.{call}{key}" for call, key in path)[1:],
        )

    def _expressions(self, path: ModulePath, node: Node) -> tuple[Node | None, bool]:
        """What the configuration gives a resource, if the plan has it, and that it is a body."""
        if path not in self._described:
            module = self._references.module(path)
            listed = module.get("resources") if module is not None else None
            self._described[path] = (
                None
                if listed is None
                else {
                    f"{_said(one, 'mode')}.{_said(one, 'type')}.{_said(one, 'name')}": one
                    for one in listed.items()
                }
            )
        described = self._described[path]
        own = (
            described.get(f"{_said(node, 'mode')}.{_said(node, 'type')}.{_said(node, 'name')}")
            if described
            else None
        )
        if own is None:
            return None, False
        return own.get("expressions") or own._replace(value=MapValue({}, {})), True

    def _argument(self, resource: Resource, name: str, depth: int) -> str:
        body = self._bodies.get(resource.address)
        expression = body.get(name) if body is not None else None
        if expression is None:
            return ""
        return self._references.argument(expression, module_path(resource.module), depth)

    def _settings(self) -> Iterator[Settings]:
        """Providers, with what of their configuration is constant."""
        providers = self._at("configuration", "provider_config")
        for _, key, provider in providers.members() if providers is not None else ():
            given = {}
            keys = {}
            expressions = provider.get("expressions")
            for name, name_node, expression in expressions.members() if expressions is not None else ():
                constant = expression.get("constant_value")
                if constant is not None:
                    given[name], keys[name] = constant, name_node
            root = key._replace(value=MapValue(given, keys), style=COMPUTED)
            yield Settings("provider", _said(provider, "name"), root, key)

    def _declared(self, resources: Iterable[Resource]) -> frozenset[tuple[str, str, str]]:
        root = self._references.module(())
        if root is None:
            return frozenset(
                ("module", "", module_path(one.address)[0][0])
                if one.module
                else (one.mode, one.type, one.name)
                for one in resources
            )
        listed = root.get("resources")
        calls = root.get("module_calls")
        names = {
            (_said(one, "mode") or "managed", _said(one, "type"), _said(one, "name"))
            for one in (listed.items() if listed is not None else ())
        }
        names |= {("module", "", name) for name, _, _ in (calls.members() if calls is not None else ())}
        return frozenset(names)

    def _tell_gaps(self) -> None:
        errored, complete = self._root.get("errored"), self._root.get("complete")
        if errored is not None and errored.value is True:
            message = (
                "Making this plan failed: what it has is judged, what else would be planned is not known."
            )
            self._tell("warning", "terraform-plan-errored", message, errored)
        elif complete is not None and complete.value is False:
            message = "This plan was made for a part of the configuration: what it leaves out is not judged."
            self._tell("note", "terraform-plan-incomplete", message, complete, "plan without `-target`")

    def _at(self, *keys: str) -> Node | None:
        node = self._root.at(*keys)
        return node if node is not None and isinstance(node.value, MapValue) else None

    def _is_object(self, node: Node, what: str) -> bool:
        """Whether a value is an object; if it is another one than null, that is told."""
        if isinstance(node.value, MapValue):
            return True
        if node.value is not None:
            self._tell_shape(node, f"`{what}` is no object")
        return False

    def _list(self, node: Node | None, what: str) -> list[Node]:
        """The objects of a list; what is none is told."""
        if node is None or node.value is None:
            return []
        if not isinstance(node.value, SeqValue):
            self._tell_shape(node, f"`{what}` is no list")
            return []
        objects = []
        for item in node.value.items:
            if isinstance(item.value, MapValue):
                objects.append(item)
            else:
                self._tell_shape(item, f"an item of `{what}` is no object")
        return objects

    def _text(self, node: Node, name: str, what: str) -> str:
        """A member that is a string and not empty; if it is not, that is told."""
        member = node.get(name)
        text = member.text() if member is not None else None
        if not text:
            self._tell_shape(member or node, f"{what} has no `{name}`")
        return text or ""

    def _tell_shape(self, node: Node, message: str) -> None:
        text = f"The file does not have the shape of a plan or a state: {message}."
        self._tell("error", "terraform-plan-shape", text, node, "write it anew with `terraform show -json`")

    def _tell(self, level: str, code: str, message: str, node: Node, hint: str = "") -> None:
        if len(self._notices) < _MOST_NOTICES:
            place = locate(node.source, node.start, min(node.end, node.start + 1))
            self._notices[Notice(level, code, message, place.path, place, hint)] = None


def _said(node: Node, name: str) -> str:
    member = node.get(name)
    return (member.text() if member is not None else None) or ""
