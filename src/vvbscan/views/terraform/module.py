"""Instances of modules: what the names in their expressions refer to, each worked out at first need."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, Source, Unknown
from vvbscan.parse.hcl_tree import Literal, Step
from vvbscan.views.terraform.bodies import body_value
from vvbscan.views.terraform.instances import NO_BINDINGS, Expansion, Instance, expand
from vvbscan.views.terraform.load import MANAGED, Declaration, ModuleFiles, Written
from vvbscan.views.terraform.module_calls import Given, instantiate, refer_module
from vvbscan.views.terraform.references import path_of
from vvbscan.views.terraform.resource_references import name_of, refer_data, refer_ephemeral, refer_resource
from vvbscan.views.terraform.scope import EvaluationFault, Referred, Scope
from vvbscan.views.terraform.variables import converted
from vvbscan.views.terraform.workspace import Workspace


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
        "lost",
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
        self.lost: Unknown | None = None
        """Set if variables that are not given may have been so in a file that could not be read."""
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
        workspace.add(self)

    def release(self) -> None:
        """Let go of what was worked out."""
        self._settled.clear()
        self._expansions.clear()
        self._children.clear()

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
        return refer_resource(self, MANAGED, root, steps, start, end)

    def read_file(self, path: str) -> Source | None:
        """See `Names`."""
        return self.workspace.read_file(path)

    def entries(self, path: str) -> Mapping[str, bool] | None:
        """See `Names`."""
        return self.workspace.entries(path)

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
            if key in self._pending:
                unknown = Unknown("expression", f"{kind}.{name} depends on itself")
                return Node(unknown, self._somewhere, 0, 0, COMPUTED)
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
            expression = given.written.attribute.expression
            if self.address:
                node = self.workspace.settle(expression, given.scope)
            else:
                what = "a value in a file of values"
                node = self.workspace.settle_constant(expression, given.scope, what)
            if node.value is None and _is_false(declaration.attribute("nullable")):
                node = None
        if node is None and given is None and self.lost is not None:
            anchor = declaration.anchor
            unknown = self.lost._replace(reference=self.located(f"var.{name}"))
            node = Node(unknown, anchor.source, anchor.start, anchor.end, COMPUTED)
        if node is None:
            default = declaration.attribute("default")
            if default is None:
                node = self._unset(name, declaration)
                return converted(node, declaration, self.scope(declaration.source), self.workspace)
            scope = self.scope(default.source)
            what = "the default of a variable"
            node = self.workspace.settle_constant(default.attribute.expression, scope, what)
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
        name = name_of("var", steps, start, end)
        if name not in self.files.variables:
            if self.workspace.library.is_generated:
                return self._generated(f"var.{name}", start, end)
            return self.undeclared(f"var.{name}", "variable", name, self.files.variables, start, end)
        self.check_cycle("var", name, start, end)
        given = self.given.get(name)
        if given is not None:
            label = given.label
        else:
            default = self.files.variables[name].attribute("default")
            label = f"{'declaration' if default is None else 'default'} of var.{name}"
        return Referred(self.variable(name), 1, label, self.is_shared("var", steps))

    def _refer_local(self, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        name = name_of("local", steps, start, end)
        if name not in self.files.locals:
            return self.undeclared(f"local.{name}", "local value", name, self.files.locals, start, end)
        self.check_cycle("local", name, start, end)
        return Referred(self.local(name), 1, f"value of local.{name}", self.is_shared("local", steps))

    def is_shared(self, root: str, steps: tuple[Step, ...]) -> bool:
        """Whether several expressions refer to a value below `var`, `local` or `module`."""
        return self.files.uses(root, path_of(steps), with_outputs=bool(self.address)) > 1

    # Modules

    def children(self, name: str) -> tuple[ModuleInstance, ...] | Unknown:
        """The instances of a module that is called, in order, or why there are none to look into."""
        known = self._children.get(name)
        if known is None:
            known = self._children[name] = instantiate(self, name)
        return known

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

    # The rest

    def undeclared(
        self, shown: str, what: str, name: str, known: Mapping[str, object], start: int, end: int
    ) -> Referred:
        """What a name comes to that nothing declares: a fault, unless its declaration may have been lost."""
        if not self.files.is_complete:
            unknown = Unknown("unparsed", f"{shown} may be declared in what could not be parsed")
            return Referred(Node(unknown, self._somewhere, start, end, COMPUTED), 1)
        import difflib  # only for a message

        close = difflib.get_close_matches(name, list(known)[:500], 1, 0.6)
        hint = f"; did you mean `{close[0]}`?" if close else ""
        message = f"{shown} is not declared: there is no {what} `{name}` in this module{hint}"
        raise EvaluationFault("terraform-undeclared", message, start, end)

    def _generated(self, shown: str, start: int, end: int) -> Referred:
        """What a variable comes to whose declaration Terragrunt may generate."""
        self.workspace.tell_generated(self.files, shown)
        unknown = Unknown("variable", f"{shown} is not declared in its module: Terragrunt may generate it")
        return Referred(Node(unknown, self._somewhere, start, end, COMPUTED), 1)

    @property
    def _somewhere(self) -> Source:
        """A file of the module, for values that stand nowhere in particular."""
        return next(iter(self.files.files)).source

    def _refer_path(self, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        name = name_of("path", steps, start, end)
        place = self._somewhere
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
        name = name_of("terraform", steps, start, end)
        if name not in {"applying", "workspace"}:
            raise EvaluationFault("terraform-undeclared", f"there is no terraform.{name}", start, end)
        unknown = Unknown("variable", f"terraform.{name} is chosen where Terraform is run")
        return Referred(Node(unknown, self._somewhere, start, end, COMPUTED), 1)

    def _refer_prefixed(self, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        """What `resource.aws_lb.front` refers to, which is how a resource of any type can be named."""
        kind = name_of("resource", steps, start, end)
        referred = refer_resource(self, MANAGED, kind, steps[1:], start, end)
        return referred._replace(taken=referred.taken + 1)

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
    "module": refer_module,
    "data": refer_data,
    "ephemeral": refer_ephemeral,
    "resource": ModuleInstance._refer_prefixed,  # noqa: SLF001
    "path": ModuleInstance._refer_path,  # noqa: SLF001
    "terraform": ModuleInstance._refer_terraform,  # noqa: SLF001
    "each": lambda module, _, start, end: module._refer_unbound("each", start, end),  # noqa: SLF001
    "count": lambda module, _, start, end: module._refer_unbound("count", start, end),  # noqa: SLF001
    "self": lambda module, _, start, end: module._refer_unbound("self", start, end),  # noqa: SLF001
}


def _is_false(written: Written | None) -> bool:
    expression = None if written is None else written.attribute.expression
    return isinstance(expression, Literal) and expression.value is False
