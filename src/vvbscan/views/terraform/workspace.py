"""What the evaluation of one configuration shares: its limits, its notices, how an expression is settled."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from vvbscan.model.limits import Limits
from vvbscan.model.location import locate
from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Source, Unknown
from vvbscan.model.outcome import Notice, as_sentence
from vvbscan.parse.hcl_tree import Expression
from vvbscan.views.terraform.constants import fault_of_constant
from vvbscan.views.terraform.evaluate import evaluate
from vvbscan.views.terraform.load import Library, ModuleFiles
from vvbscan.views.terraform.scope import Budget, EvaluationFault, Scope

if TYPE_CHECKING:
    from vvbscan.views.terraform.module import ModuleInstance

_OF_VALUES: Final = frozenset({"terraform-value", "terraform-type", "terraform-missing-member"})
"""Codes of faults that depend on the values of variables."""


class Notices:
    """What there is to tell of a unit, each once. It grows while values are worked out."""

    __slots__ = ("_seen", "told")

    def __init__(self) -> None:
        self.told: list[Notice] = []
        self._seen: set[Notice] = set()

    def add(self, notice: Notice) -> None:
        """Tell something, unless it was told before."""
        if notice not in self._seen:
            self._seen.add(notice)
            self.told.append(notice)

    def at(
        self, level: str, code: str, message: str, source: Source, start: int, end: int, hint: str = ""
    ) -> None:
        """Tell about a place."""
        place = locate(source, start, end)
        self.add(Notice(level, code, as_sentence(message), source.path, place, hint))


class Workspace:
    """One root module that is evaluated for one environment."""

    def __init__(self, library: Library, directory: str, limits: Limits, notices: Notices) -> None:
        self.library = library
        self.tree = library.tree
        self.directory = directory
        """Of the root module."""
        self.limits = limits
        self.budget = Budget(limits.evaluation_steps, limits.expanded_length, library.decoded)
        self.notices = notices
        self.is_library = False
        """Whether the root module is one that others call, so that the defaults of its variables alone need
        not be values that it accepts."""
        self.is_full = False
        """Whether no further instance may be made."""
        self._modules: list[ModuleInstance] = []
        self._instances = 0
        self._exceeded: set[str] = set()
        self._generated: set[str] = set()
        self._measures: dict[Node, tuple[int, int]] = {}

    def add(self, module: ModuleInstance) -> None:
        """Count an instance of a module as one of this configuration."""
        self._modules.append(module)

    def release(self) -> None:
        """Let go of what was worked out: values refer to the modules that they are of, and these to them."""
        for module in self._modules:
            module.release()
        self._modules.clear()
        self._measures.clear()
        self.budget.heights.clear()
        self.budget.labels.clear()

    def settle(self, expression: Expression, scope: Scope) -> Node:
        """The value of an expression. A fault becomes a notice, and the value unknown."""
        try:
            node = evaluate(expression, scope)
            if self.budget.caught:
                self._tell_caught()
            if type(node.value) is MapValue or type(node.value) is SeqValue:
                node = self._within_limits(node)
            if type(node.value) is Unknown and node.value.kind == "limit":
                self._tell_limit(node.value.reason, scope.source, expression)
            return node  # noqa: TRY300  # what is below handles the fault
        except EvaluationFault as fault:
            self.tell(scope.source, fault)
            unknown = Unknown("expression", fault.message.rstrip("."))
            return Node(unknown, scope.source, expression.start, expression.end, COMPUTED)

    def _tell_caught(self) -> None:
        for source, fault in self.budget.caught:
            self.tell(source, EvaluationFault(*fault))
        self.budget.caught.clear()

    def settle_constant(self, expression: Expression, scope: Scope, what: str) -> Node:
        """The value of an expression that may refer to nothing; `what` it is for, told if it does."""
        fault = fault_of_constant(expression, what)
        if fault is None:
            return self.settle(expression, scope)
        self.tell(scope.source, fault)
        unknown = Unknown("expression", fault.message)
        return Node(unknown, scope.source, expression.start, expression.end, COMPUTED)

    def _tell_limit(self, reason: str, source: Source, expression: Expression) -> None:
        """Tell of a limit where it is met first: what is made of such a value is over it too."""
        if reason not in self._exceeded:
            self._exceeded.add(reason)
            message = f"{reason}: the value is not known"
            self.notices.at("warning", "limit", message, source, expression.start, expression.end)

    def _within_limits(self, node: Node) -> Node:
        """A collection, unless it is too large or too deep, what it shares with others written out."""
        size, depth = self._measure(node, 0)
        if depth > self.limits.depth:
            return node.replace_value(Unknown("limit", f"the value is nested over {self.limits.depth} deep"))
        if size > self.limits.alias_nodes:
            reason = f"the value has more than {self.limits.alias_nodes:,} members in all"
            return node.replace_value(Unknown("limit", reason))
        return node

    def _measure(self, node: Node, outer: int) -> tuple[int, int]:
        """How many values a node stands for, and how deep they are nested."""
        value = node.value
        if type(value) is MapValue:
            children: Iterable[Node] = value.entries.values()
        elif type(value) is SeqValue:
            children = value.items
        else:
            return 1, 0
        known = self._measures.get(node)
        if known is None:
            size, depth = 1, 0
            for child in children if outer <= self.limits.depth else ():
                if type(child.value) is MapValue or type(child.value) is SeqValue:
                    inner_size, inner_depth = self._measure(child, outer + 1)
                    size += inner_size
                    depth = max(depth, inner_depth)
                else:
                    size += 1
            known = self._measures[node] = size, depth + 1
        return known

    def take(self, instances: int, anchor: Node) -> bool:
        """Whether so many further instances may be made for the block with a header."""
        limit = self.limits.unit_instances
        if self._instances + instances > limit:
            self.is_full = True
            message = f"the configuration has more than {limit:,} instances of resources and modules"
            self.notices.at("error", "limit", message, anchor.source, anchor.start, anchor.end)
            return False
        self._instances += instances
        return True

    def tell(self, source: Source, fault: EvaluationFault) -> None:
        """Make a notice of a fault, once a place. Circles are told with the way that they go."""
        if fault.code == "terraform-cycle":
            return
        level = "note" if self.is_library and fault.code in _OF_VALUES else "warning"
        self.notices.at(level, fault.code, fault.message, source, fault.start, fault.end)

    def tell_generated(self, module: ModuleFiles, shown: str) -> None:
        """Tell once for each module that variables of it are not in the tree."""
        message = (
            f"{shown} is not declared in this module, and other variables may not be either: "
            "Terragrunt may generate them, so their values are not known"
        )
        if module.directory not in self._generated:
            self._generated.add(module.directory)
            path = module.paths[0]
            self.notices.add(Notice("note", "terraform-undeclared", as_sentence(message), path))

    def read_file(self, path: str) -> Source | None:
        """A file by its path relative to the root module, None if it is not to be had inside the root."""
        inside = self._inside(path)
        return None if inside is None else self.library.source(inside)

    def entries(self, path: str) -> Mapping[str, bool] | None:
        """The names in a directory, by its path relative to the root module, and which are directories."""
        inside = self._inside(path)
        return None if inside is None else self.library.entries(inside)

    def _inside(self, path: str) -> str | None:
        """The path from the root of the tree, None if it leads out of it."""
        if path.startswith(("/", "~")):
            return None
        inside = posixpath.normpath(posixpath.join(self.directory, path))
        if inside == ".." or inside.startswith("../"):
            return None
        return "" if inside == "." else inside
