"""Instances of modules: what the names in their expressions refer to, each worked out at first need."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, SeqValue, Source, Unknown
from vvbscan.parse.hcl_tree import GetAttribute, GetIndex, Literal, Splat, Step
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.instances import (
    NO_BINDINGS,
    RESOURCE_META,
    STAR,
    Arguments,
    Expansion,
    Instance,
    body_value,
    expand,
)
from vvbscan.views.terraform.load import DATA, MANAGED, Declaration, ModuleFiles, Written
from vvbscan.views.terraform.scope import EvaluationFault, Referred, Scope
from vvbscan.views.terraform.sources import is_local, local_directory
from vvbscan.views.terraform.variables import converted
from vvbscan.views.terraform.workspace import Workspace


class Given(NamedTuple):
    """The value that a variable is given from outside its module."""

    written: Written
    scope: Scope
    label: str
    """What stands at its place: `value of var.multi_az`, `argument multi_az of module.db`."""


class ModuleInstance:
    """A module with values for its variables. Implements `Names`."""

    __slots__ = (
        "_children",
        "_expansions",
        "_pending",
        "_settled",
        "address",
        "ancestors",
        "files",
        "given",
        "via",
        "workspace",
    )

    def __init__(
        self,
        workspace: Workspace,
        files: ModuleFiles,
        given: Mapping[str, Given],
        address: str = "",
        via: tuple[Origin, ...] = (),
        ancestors: tuple[str, ...] = (),
    ) -> None:
        self.workspace = workspace
        self.files = files
        self.given = given
        self.address = address
        """`module.db["eu"]`, empty for the root."""
        self.via = via
        """The calls that lead to it, nearest first."""
        self.ancestors = (*ancestors, files.directory)
        """Directories of the modules that lead to it, its own the last."""
        self._settled: dict[tuple[str, str], Node] = {}
        self._pending: set[tuple[str, str]] = set()
        self._expansions: dict[str, Expansion] = {}
        self._children: dict[str, tuple[ModuleInstance, ...] | Unknown] = {}

    def scope(self, source: Source, bindings: Mapping[str, Node] = NO_BINDINGS) -> Scope:
        """Where expressions of one of its files are evaluated."""
        return Scope(source, self, bindings, self.workspace.budget)

    def located(self, name: str) -> str:
        """The whole address of something in this module."""
        return f"{self.address}.{name}" if self.address else name

    # Names

    def refer(self, root: str, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        """See `Names`."""
        handler = _ROOTS.get(root)
        if handler is not None:
            return handler(self, steps, start, end)
        return self._refer_resource(MANAGED, root, steps, start, end)

    def read_file(self, path: str) -> Source | None:
        """See `Names`."""
        return self.workspace.read_file(path)

    # Variables, locals and outputs

    def variable(self, name: str) -> Node:
        """The value of a declared variable."""
        return self._settle_once("var", name, self._variable)

    def local(self, name: str) -> Node:
        """The value of a declared local value."""
        return self._settle_once("local", name, self._local)

    def output(self, name: str) -> Node:
        """The value of a declared output."""
        return self._settle_once("output", name, self._output)

    def _settle_once(self, kind: str, name: str, settle: Callable[[str], Node]) -> Node:
        key = kind, name
        node = self._settled.get(key)
        if node is None:
            self._pending.add(key)
            try:
                node = self._settled[key] = settle(name)
            finally:
                self._pending.discard(key)
        return node

    def check_cycle(self, kind: str, name: str, start: int, end: int) -> None:
        """Raise `EvaluationFault` if a value is asked for while it is worked out."""
        if (kind, name) in self._pending:
            message = f"{kind}.{name} depends on itself"
            raise EvaluationFault("terraform-cycle", message, start, end)

    def _variable(self, name: str) -> Node:
        declaration = self.files.variables[name]
        given = self.given.get(name)
        node = None
        if given is not None:
            node = self.workspace.settle(given.written.attribute.expression, given.scope)
            if node.value is None and _is_false(declaration.attribute("nullable")):
                node = None
        if node is None:
            default = declaration.attribute("default")
            if default is None:
                return self._unset(name, declaration)
            node = self.workspace.settle(default.attribute.expression, self.scope(default.source))
        return converted(node, declaration, self.scope(declaration.source), self.workspace)

    def _unset(self, name: str, declaration: Declaration) -> Node:
        anchor = declaration.anchor
        if self.address:
            reason = f"{self.address} gives no value for var.{name}"
        else:
            reason = f"var.{name} has no default and no tfvars file sets it"
        unknown = Unknown("variable", reason, reference=self.located(f"var.{name}"))
        return Node(unknown, anchor.source, anchor.start, anchor.end, COMPUTED)

    def _local(self, name: str) -> Node:
        written = self.files.locals[name]
        return self.workspace.settle(written.attribute.expression, self.scope(written.source))

    def _output(self, name: str) -> Node:
        declaration = self.files.outputs[name]
        written = declaration.attribute("value")
        if written is None:
            anchor = declaration.anchor
            unknown = Unknown("expression", f"output {name} has no value")
            return Node(unknown, anchor.source, anchor.start, anchor.end, COMPUTED)
        return self.workspace.settle(written.attribute.expression, self.scope(written.source))

    def _refer_variable(self, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        name = _name_of("var", steps, start, end)
        if name not in self.files.variables:
            raise _undeclared(f"var.{name}", "variable", name, self.files.variables, start, end)
        self.check_cycle("var", name, start, end)
        given = self.given.get(name)
        label = f"default of var.{name}" if given is None else given.label
        return Referred(self.variable(name), 1, label, self._is_shared("var", name))

    def _refer_local(self, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        name = _name_of("local", steps, start, end)
        if name not in self.files.locals:
            raise _undeclared(f"local.{name}", "local value", name, self.files.locals, start, end)
        self.check_cycle("local", name, start, end)
        return Referred(self.local(name), 1, f"value of local.{name}", self._is_shared("local", name))

    def _is_shared(self, kind: str, name: str) -> bool:
        return self.files.uses(f"{kind}.{name}", with_outputs=bool(self.address)) > 1

    # Modules

    def children(self, name: str) -> tuple[ModuleInstance, ...] | Unknown:
        """The instances of a module that is called, in order, or why there are none to look into."""
        known = self._children.get(name)
        if known is None:
            known = self._children[name] = self._instantiate(name)
        return known

    def _instantiate(self, name: str) -> tuple[ModuleInstance, ...] | Unknown:
        declaration = self.files.calls[name]
        anchor = declaration.anchor
        files = self._called_files(name, declaration)
        if isinstance(files, Unknown):
            return files
        instances = self.expansion(declaration).instances
        if not self.workspace.take(len(instances), anchor):
            return Unknown("limit", "the configuration has more instances than the limit allows")
        called = self.located(f"module.{name}")
        step = Origin(f"{called} is called here", anchor.source, anchor.start, anchor.end)
        return tuple(
            ModuleInstance(
                self.workspace,
                files,
                _arguments(files, declaration, self.scope(declaration.source, instance.bindings), name),
                f"{called}{instance.suffix}",
                (step, *self.via),
                self.ancestors,
            )
            for instance in instances
        )

    def _called_files(self, name: str, declaration: Declaration) -> ModuleFiles | Unknown:
        """The files of a module that is called, or why they are not to be had."""
        anchor = declaration.anchor
        written = declaration.attribute("source")
        expression = None if written is None else written.attribute.expression
        source = expression.value if isinstance(expression, Literal) else None
        if not isinstance(source, str):
            return Unknown("remote", f"the source of module.{name} is not known")
        if not is_local(source):
            return Unknown("remote", f"module.{name} is {source}, which is not in the tree")
        assert expression is not None
        assert written is not None
        directory = local_directory(self.files.directory, source)
        if directory is not None and directory in self.ancestors:
            message = f"module.{name} calls a module that it is a part of"
            self.workspace.notices.at(
                "warning", "terraform-module-loop", message, anchor.source, anchor.start, anchor.end
            )
            return Unknown("expression", message)
        files = None if directory is None else self.workspace.library.module(directory)
        if files is None:
            reason = f"module.{name} is {source}, which is not in the tree"
            self.workspace.notices.at(
                "warning",
                "terraform-module-missing",
                f"there is no module at `{source}`: what module.{name} configures was not judged",
                written.source,
                expression.start,
                expression.end,
            )
            return Unknown("remote", reason)
        return files

    def _refer_module(self, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        name = _name_of("module", steps, start, end)
        declaration = self.files.calls.get(name)
        if declaration is None:
            raise _undeclared(f"module.{name}", "module call", name, self.files.calls, start, end)
        expansion = self.expansion(declaration, start, end)
        children = self.children(name)
        if isinstance(children, Unknown):
            anchor = declaration.anchor
            unknown = children._replace(reference=self.located(f"module.{name}"))
            return Referred(Node(unknown, anchor.source, anchor.start, anchor.end, COMPUTED), 1)
        index: int | None = 0
        taken = 1
        if expansion.by:
            index = _chosen(expansion, steps[1]) if len(steps) > 1 else None
            taken = 2
        if index is None:
            nodes = [self._outputs_of(child) for child in children]
            return Referred(_collected(expansion, nodes, self.located(f"module.{name}"), declaration), 1)
        return self._output_of(children[index], name, steps, taken)

    def _output_of(self, child: ModuleInstance, name: str, steps: tuple[Step, ...], taken: int) -> Referred:
        step = steps[taken] if len(steps) > taken else None
        if not isinstance(step, GetAttribute):
            return Referred(self._outputs_of(child), taken)
        outputs = child.files.outputs
        if step.name not in outputs:
            shown = f"module.{name}.{step.name}"
            raise _undeclared(shown, "output", step.name, outputs, step.start, step.end)
        child.check_cycle("output", step.name, step.start, step.end)
        label = f"output {step.name} of module.{name}"
        return Referred(
            child.output(step.name), taken + 1, label, self._is_shared(f"module.{name}", step.name)
        )

    def _outputs_of(self, child: ModuleInstance) -> Node:
        outputs = Members(tuple(child.files.outputs), child.output)
        path = child.via[0]
        return Node(MapValue(outputs, outputs), path.source, path.start, path.end, COMPUTED)

    # Resources

    def expansion(self, declaration: Declaration, start: int = 0, end: int = 0) -> Expansion:
        """The instances of a resource or call of this module.

        Raises `EvaluationFault`, at what refers to them, if their number depends on itself.
        """
        known = self._expansions.get(declaration.key)
        if known is None:
            pending = "instances", declaration.key
            if pending in self._pending:
                message = f"the number of instances of `{declaration.anchor.value}` depends on itself"
                raise EvaluationFault("terraform-cycle", message, start, end)
            self._pending.add(pending)
            try:
                known = expand(declaration, self.scope(declaration.source), self.workspace)
            finally:
                self._pending.discard(pending)
            self._expansions[declaration.key] = known
        return known

    def arguments(self, declaration: Declaration, instance: Instance, excluded: frozenset[str]) -> MapValue:
        """The members of a block of this module, for one of its instances; made once."""
        key = declaration.key, instance.suffix
        node = self._settled.get(key)
        if node is None:
            scope = self.scope(declaration.source, instance.bindings)
            anchor = declaration.anchor
            value = body_value(declaration.bodies(), scope, self.workspace, excluded)
            node = self._settled[key] = Node(value, anchor.source, anchor.start, anchor.end)
        assert isinstance(node.value, MapValue)
        return node.value

    def _refer_data(self, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        kind = _name_of("data", steps, start, end)
        referred = self._refer_resource(DATA, kind, steps[1:], start, end)
        return referred._replace(taken=referred.taken + 1)

    def _refer_resource(
        self, mode: str, kind: str, steps: tuple[Step, ...], start: int, end: int
    ) -> Referred:
        name = _name_of(kind, steps, start, end)
        declaration = self.files.resources.get((mode, kind, name))
        prefix = "data." if mode == DATA else ""
        if declaration is None:
            same = {known: None for of, type_, known in self.files.resources if (of, type_) == (mode, kind)}
            what = "data source" if mode == DATA else "resource"
            raise _undeclared(f"{prefix}{kind}.{name}", what, name, same, start, end)
        expansion = self.expansion(declaration, start, end)
        address = self.located(f"{prefix}{kind}.{name}")
        if not expansion.by:
            return self._attribute_of(declaration, mode, address, expansion.instances[0], steps, 1)
        index = _chosen(expansion, steps[1]) if len(steps) > 1 else None
        if index is not None:
            instance = expansion.instances[index]
            suffix = instance.suffix if instance.key is not STAR else _suffix_of(steps[1])
            return self._attribute_of(declaration, mode, address + suffix, instance, steps, 2)
        nodes = [
            self._resource_value(declaration, mode, address + instance.suffix, instance)
            for instance in expansion.instances
        ]
        return Referred(_collected(expansion, nodes, address, declaration), 1)

    def _attribute_of(
        self,
        declaration: Declaration,
        mode: str,
        address: str,
        instance: Instance,
        steps: tuple[Step, ...],
        taken: int,
    ) -> Referred:
        """An attribute of an instance of a resource, or the whole of it."""
        step = steps[taken] if len(steps) > taken else None
        if not isinstance(step, GetAttribute):
            return Referred(self._resource_value(declaration, mode, address, instance), taken)
        entries = self.arguments(declaration, instance, RESOURCE_META).entries
        assert isinstance(entries, Arguments)
        key = "attribute", f"{declaration.key}{instance.suffix}.{step.name}"
        if key in self._pending:
            message = f"{address}.{step.name} depends on itself"
            raise EvaluationFault("terraform-cycle", message, step.start, step.end)
        self._pending.add(key)
        try:
            node = entries.find(step.name)
        finally:
            self._pending.discard(key)
        if node is None:
            anchor = declaration.anchor
            unknown = _not_known_yet(mode, f"{address}.{step.name}")
            return Referred(Node(unknown, anchor.source, anchor.start, anchor.end, COMPUTED), taken + 1)
        name = f"{address}.{step.name}"
        opened = _opened(node, mode, name) if entries.is_block(step.name) else _named(node, name)
        return Referred(opened, taken + 1, f"{step.name} of {address}", shared=True)

    def _resource_value(self, declaration: Declaration, mode: str, address: str, instance: Instance) -> Node:
        """All attributes of an instance of a resource: those that are not configured are not known yet."""
        value = self.arguments(declaration, instance, RESOURCE_META)
        anchor = declaration.anchor
        opened = value._replace(rest=_not_known_yet(mode, address))
        return Node(opened, anchor.source, anchor.start, anchor.end, COMPUTED)

    # The rest

    def _refer_path(self, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        name = _name_of("path", steps, start, end)
        place = next(iter(self.files.files)).source
        if name == "module":
            value: str | Unknown = posixpath.relpath(
                self.files.directory or ".", self.workspace.directory or "."
            )
        elif name == "root":
            value = "."
        elif name == "cwd":
            value = Unknown("variable", "path.cwd is the directory that Terraform is run in")
        else:
            raise EvaluationFault("terraform-undeclared", f"there is no path.{name}", start, end)
        return Referred(Node(value, place, start, end, COMPUTED), 1)

    def _refer_terraform(self, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        name = _name_of("terraform", steps, start, end)
        unknown = Unknown("variable", f"terraform.{name} is chosen where Terraform is run")
        return Referred(Node(unknown, next(iter(self.files.files)).source, start, end, COMPUTED), 1)

    def _refer_unbound(self, root: str, start: int, end: int) -> Referred:
        where = {
            "each": "a block with for_each",
            "count": "a block with count",
            "self": "a provisioner or a check",
        }
        message = f"`{root}` means something only inside of {where[root]}"
        raise EvaluationFault("terraform-undeclared", message, start, end)


_ROOTS: Final[Mapping[str, Callable[[ModuleInstance, tuple[Step, ...], int, int], Referred]]] = {
    "var": ModuleInstance._refer_variable,  # noqa: SLF001  # of the class above
    "local": ModuleInstance._refer_local,  # noqa: SLF001
    "module": ModuleInstance._refer_module,  # noqa: SLF001
    "data": ModuleInstance._refer_data,  # noqa: SLF001
    "path": ModuleInstance._refer_path,  # noqa: SLF001
    "terraform": ModuleInstance._refer_terraform,  # noqa: SLF001
    "each": lambda module, _, start, end: module._refer_unbound("each", start, end),  # noqa: SLF001
    "count": lambda module, _, start, end: module._refer_unbound("count", start, end),  # noqa: SLF001
    "self": lambda module, _, start, end: module._refer_unbound("self", start, end),  # noqa: SLF001
}


class Members(Mapping[str, Node]):
    """A mapping with known names whose values are worked out when they are asked for."""

    __slots__ = ("_make", "_names")

    def __init__(self, names: tuple[str, ...], make: Callable[[str], Node]) -> None:
        self._names = dict.fromkeys(names)
        self._make = make

    def __getitem__(self, name: str) -> Node:
        if name not in self._names:
            raise KeyError(name)
        return self._make(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _arguments(files: ModuleFiles, declaration: Declaration, scope: Scope, name: str) -> Mapping[str, Given]:
    """The variables that the call of a module gives values to."""
    given = {}
    for variable in files.variables:
        written = declaration.attribute(variable)
        if written is not None:
            at = scope if written.source is scope.source else scope._replace(source=written.source)
            given[variable] = Given(written, at, f"argument {variable} of module.{name}")
    return given


def _not_known_yet(mode: str, address: str) -> Unknown:
    if mode == DATA:
        return Unknown("remote", f"{address} is read when Terraform runs", reference=address)
    return Unknown("computed", f"{address} is known only when Terraform has applied it", reference=address)


def _named(node: Node, address: str) -> Node:
    """An argument that is not known, as what it is known by elsewhere: equal references are equal values."""
    value = node.value
    if not isinstance(value, Unknown) or value.reference:
        return node
    return node._replace(value=value._replace(reference=address))


def _opened(node: Node, mode: str, address: str) -> Node:
    """Nested blocks as another resource sees them: with attributes that only the provider knows."""
    value = node.value
    if not isinstance(value, SeqValue):
        return node
    items = tuple(
        item._replace(value=item.value._replace(rest=_not_known_yet(mode, f"{address}[{index}]")))
        if isinstance(item.value, MapValue)
        else item
        for index, item in enumerate(value.items)
    )
    return node._replace(value=SeqValue(items, value.rest))


def _collected(expansion: Expansion, nodes: list[Node], address: str, declaration: Declaration) -> Node:
    """The instances of a block as one value: a list by `count`, a map by `for_each`."""
    rest = expansion.rest
    if rest is not None:
        rest = rest._replace(reference=address, parts=())
        nodes = nodes[:-1]
    anchor = declaration.anchor
    source, start, end = anchor.source, anchor.start, anchor.end
    if expansion.by == "count":
        return Node(SeqValue(tuple(nodes), rest), source, start, end, COMPUTED)
    entries = {str(one.key): node for one, node in zip(expansion.instances, nodes, strict=False)}
    return Node(MapValue(entries, entries, rest), source, start, end, COMPUTED)


def _chosen(expansion: Expansion, step: Step) -> int | None:
    """Which of the instances of a block a step chooses; None if only evaluating it can tell."""
    if expansion.rest is not None and len(expansion.instances) == 1 and not isinstance(step, Splat):
        return 0 if isinstance(step, GetIndex) or step.name.isdecimal() else None
    if not isinstance(step, GetIndex) or not isinstance(step.key, Literal):
        return None
    for index, instance in enumerate(expansion.instances):
        if instance.key == step.key.value and instance.key is not STAR:
            return index
    return None


def _suffix_of(step: Step) -> str:
    if isinstance(step, GetIndex) and isinstance(step.key, Literal):
        key = step.key.value
        return f'["{key}"]' if isinstance(key, str) else f"[{key}]"
    return f"[{STAR}]"


def _name_of(root: str, steps: tuple[Step, ...], start: int, end: int) -> str:
    """The name behind a root such as `var`."""
    if steps and isinstance(steps[0], GetAttribute):
        return steps[0].name
    if steps and isinstance(steps[0], GetIndex) and isinstance(steps[0].key, Literal):
        return str(steps[0].key.value)
    message = f"`{root}` is no value by itself: a name belongs behind it"
    raise EvaluationFault("terraform-undeclared", message, start, end)


def _undeclared(
    shown: str, what: str, name: str, known: Mapping[str, object], start: int, end: int
) -> EvaluationFault:
    import difflib  # only for a message

    close = difflib.get_close_matches(name, list(known)[:500], 1, 0.6)
    hint = f"; did you mean `{close[0]}`?" if close else ""
    message = f"{shown} is not declared: there is no {what} `{name}` in this module{hint}"
    return EvaluationFault("terraform-undeclared", message, start, end)


def _is_false(written: Written | None) -> bool:
    expression = None if written is None else written.attribute.expression
    return isinstance(expression, Literal) and expression.value is False
