"""Helpers of the tests of Terraform's expressions: evaluation where the names are given."""

from __future__ import annotations

from collections.abc import Mapping

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import MapValue, Node, SeqValue, Source, Unknown
from vvbscan.parse.hcl import parse_hcl
from vvbscan.parse.hcl_tree import Expression, GetAttribute, Step
from vvbscan.text import SourceText
from vvbscan.views.terraform.evaluate import evaluate
from vvbscan.views.terraform.scope import Budget, EvaluationFault, Referred, Scope
from vvbscan.views.terraform.values import SET

STEPS = 100_000
STRING_LENGTH = 10_000


class GivenNames:
    """`var.` names with expressions; `unknown.` ones are not known; `files` are what can be read."""

    def __init__(
        self, variables: dict[str, str], shared: frozenset[str], files: dict[str, str], budget: Budget
    ) -> None:
        self._variables = variables
        self._parsed: dict[str, tuple[Expression, Source]] = {}
        self._shared = shared
        self._files = files
        self._budget = budget

    def refer(self, root: str, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        name = steps[0].name if steps and isinstance(steps[0], GetAttribute) else ""
        source = Source("variables.tf", SourceText(""))
        if root == "unknown":
            reason = f"unknown.{name} has no value"
            return Referred(Node(Unknown("variable", reason), source, 0, 0), 1, f"unknown.{name}")
        if root == "computed":
            unknown = Unknown("computed", f"computed.{name} is made by Terraform", (), f"computed.{name}")
            return Referred(Node(unknown, source, 0, 0), 1)
        if root == "path":
            return Referred(Node(".", source, 0, 0), 1)
        if root != "var" or name not in self._variables:
            raise EvaluationFault("terraform-undeclared", f"there is no {root}.{name}", start, end)
        if name not in self._parsed:
            self._parsed[name] = parsed(self._variables[name], "variables.tf")
        expression, source = self._parsed[name]
        value = evaluate(expression, Scope(source, self, {}, self._budget))
        return Referred(value, 1, f"default of var.{name}", name in self._shared)

    def read_file(self, path: str) -> Source | None:
        text = self._files.get(path.removeprefix("./"))
        return None if text is None else Source(path.removeprefix("./"), SourceText(text))

    def entries(self, path: str) -> Mapping[str, bool] | None:
        del path
        return None


def parsed(text: str, path: str = "main.tf") -> tuple[Expression, Source]:
    """An expression and the file that it stands in."""
    source = Source(path, SourceText(f"value = {text}\n"))
    file = parse_hcl(source, DEFAULT_LIMITS)
    assert not file.problems, file.problems
    return file.body.attributes["value"].expression, source


def scope_of(
    source: Source,
    variables: dict[str, str] | None = None,
    shared: frozenset[str] = frozenset(),
    files: dict[str, str] | None = None,
    budget: Budget | None = None,
) -> Scope:
    budget = budget or Budget(STEPS, STRING_LENGTH)
    return Scope(source, GivenNames(variables or {}, shared, files or {}, budget), {}, budget)


def node_of(
    text: str,
    variables: dict[str, str] | None = None,
    shared: frozenset[str] = frozenset(),
    files: dict[str, str] | None = None,
    budget: Budget | None = None,
) -> Node:
    """What an expression comes to. Raises `EvaluationFault`."""
    expression, source = parsed(text)
    return evaluate(expression, scope_of(source, variables, shared, files, budget))


def shown(node: Node) -> object:
    """A value as plain values: what is unknown as `?`, with known parts around it; the rest of an open
    collection as a last item `...`."""
    value = node.value
    if isinstance(value, Unknown):
        return "".join("?" if part is None else part for part in value.parts) or "?"
    if isinstance(value, MapValue):
        entries = {key: shown(child) for key, child in value.entries.items()}
        return entries if value.rest is None else {**entries, "...": "..."}
    if isinstance(value, SeqValue):
        items = [shown(item) for item in value.items]
        return items if value.rest is None else [*items, "..."]
    return str(value) if isinstance(value, str) else value


def value_of(text: str, **variables: str) -> object:
    """What an expression comes to, with variables of those expressions, as plain values."""
    return shown(node_of(text, variables))


def fault_of(text: str, **variables: str) -> EvaluationFault:
    """The fault of an expression."""
    try:
        node = node_of(text, variables)
    except EvaluationFault as fault:
        return fault
    raise AssertionError(f"{text} comes to {node.value}")


def unknown_of(text: str, **variables: str) -> Unknown:
    """What is unknown of an expression that is."""
    value = node_of(text, variables).value
    assert isinstance(value, Unknown), value
    return value


def is_set(node: Node) -> bool:
    return node.style == SET
