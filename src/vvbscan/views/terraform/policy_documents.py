"""Policies of AWS as structures: from JSON, from `jsonencode`, from `aws_iam_policy_document`.

Both spellings come to one form, which is that of the JSON: mappings with `Effect`, `Action`, `Principal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.arguments import Items, argument, items
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.structures import structure_of

DOCUMENT: Final = "aws_iam_policy_document"
_OUTPUTS: Final = (".json", ".minified_json")
_NESTED: Final = 10
"""How many documents deep sources and overrides are followed."""


class Condition(NamedTuple):
    """One test of a statement's condition."""

    operator: str
    """`StringEquals`, `ArnLike`."""
    key: str
    """As written: `aws:PrincipalOrgID`; of one that is partly unknown what is known: `:sub`."""
    values: Items
    place: Node


class Statement(NamedTuple):
    """A statement of a policy, whatever it was written in."""

    effect: Node | None
    """`Allow` or `Deny`; absent where the language has a default, which is `Allow`."""
    actions: Items
    not_actions: Items
    resources: Items
    not_resources: Items
    principals: tuple[tuple[str, Items], ...]
    """By type: `AWS`, `Service`, `Federated`, `CanonicalUser`, `*`."""
    not_principals: bool
    conditions: tuple[Condition, ...]
    rest: Unknown | None
    """Set if it may have further parts (principals, conditions) that are not known."""
    anchor: Node
    sid: str = ""


class Document(NamedTuple):
    """The statements of a policy; open if there may be more."""

    statements: tuple[Statement, ...]
    rest: Unknown | None


_NOTHING: Final = Items((), None)


class Documents:
    """The documents that the data sources of a configuration put together."""

    __slots__ = ("_by_address", "_read")

    def __init__(self, configuration: Configuration) -> None:
        self._by_address: Mapping[str, Resource] = {
            found.address: found for found in configuration.data.get(DOCUMENT, ())
        }
        self._read: dict[str, Document] = {}

    def read(self, node: Node, depth: int = 0) -> Document:
        """What a value that is a policy says."""
        value = node.value
        if isinstance(value, Unknown) and value.reference.endswith(_OUTPUTS):
            address = value.reference.rpartition(".")[0]
            source = self._by_address.get(address)
            if source is not None:
                return self._of_data(address, source, depth)
        root = structure_of(node)
        if isinstance(root, Unknown):
            return Document((), root)
        return _of_json(root)

    def _of_data(self, address: str, source: Resource, depth: int) -> Document:
        found = self._read.get(address)
        if found is None:
            if depth == _NESTED:
                return Document((), Unknown("limit", "the policy is put together of too many documents"))
            # The documents that are merged into one another may not lead back to themselves.
            self._read[address] = Document((), Unknown("limit", f"{address} is put together of itself"))
            found = self._read[address] = self._merged(source, depth)
        return found

    def _merged(self, source: Resource, depth: int) -> Document:
        """Sources, then own statements, then overrides; a later statement takes the place of its namesake.

        Source: provider documentation of the data source aws_iam_policy_document, `source_policy_documents`
        and `override_policy_documents`.
        """
        own, rest = items(source, "statement")
        layers = [
            *self._others(source, ("source_json", "source_policy_documents"), depth),
            Document(tuple(_of_block(block) for block in own), rest),
            *self._others(source, ("override_json", "override_policy_documents"), depth),
        ]
        merged: list[Statement] = []
        unknown: Unknown | None = None
        for layer in layers:
            for statement in layer.statements:
                _put(merged, statement)
            unknown = unknown or layer.rest
        return Document(tuple(merged), unknown)

    def _others(self, source: Resource, names: Iterable[str], depth: int) -> Iterator[Document]:
        for name in names:
            listed = items(source, name)
            for item in listed.nodes:
                yield self.read(item, depth + 1)
            if listed.rest is not None:
                yield Document((), listed.rest)


def _put(merged: list[Statement], statement: Statement) -> None:
    for index, earlier in enumerate(merged):
        if statement.sid and earlier.sid == statement.sid:
            merged[index] = statement
            return
    merged.append(statement)


def _of_block(block: Node) -> Statement:
    """A `statement` block of the data source."""
    principals, principals_rest = items(block, "principals")
    tests, tests_rest = items(block, "condition")
    pairs = []
    for principal in principals:
        kind = argument(principal, "type")
        pairs.append((_text(kind), _items(principal, "identifiers")))
    conditions = tuple(
        Condition(
            _text(argument(test, "test")),
            _known(argument(test, "variable")),
            _items(test, "values"),
            argument(test, "variable") or test,
        )
        for test in tests
    )
    return Statement(
        argument(block, "effect"),
        _items(block, "actions"),
        _items(block, "not_actions"),
        _items(block, "resources"),
        _items(block, "not_resources"),
        tuple(pairs),
        argument(block, "not_principals") is not None,
        conditions,
        principals_rest or tests_rest,
        block,
        _text(argument(block, "sid")),
    )


def _of_json(root: Node) -> Document:
    """A policy in the form of JSON: `Statement` is a list, or one statement."""
    listed = items(root, "Statement")
    return Document(tuple(_statement(node) for node in listed.nodes), listed.rest)


def opaque(unknown: Unknown, place: Node) -> Statement:
    """A statement of which nothing is known."""
    return Statement(None, _NOTHING, _NOTHING, _NOTHING, _NOTHING, (), False, (), unknown, place)


def _statement(node: Node) -> Statement:
    if isinstance(node.value, Unknown):
        return opaque(node.value, node)
    principal = argument(node, "Principal")
    pairs: list[tuple[str, Items]] = []
    rest: Unknown | None = None
    if principal is not None:
        if isinstance(principal.value, Unknown):
            rest = principal.value
        elif isinstance(principal.value, str):
            pairs.append((principal.value, Items((principal,), None)))
        elif isinstance(principal.value, SeqValue):
            pairs.append(("AWS", items(node, "Principal")))
        else:
            pairs += [(name, _items(principal, name)) for name, _, _ in principal.members()]
    conditions, conditions_rest = _conditions(argument(node, "Condition"))
    return Statement(
        argument(node, "Effect"),
        _items(node, "Action"),
        _items(node, "NotAction"),
        _items(node, "Resource"),
        _items(node, "NotResource"),
        tuple(pairs),
        argument(node, "NotPrincipal") is not None,
        conditions,
        rest or conditions_rest,
        node,
        _text(argument(node, "Sid")),
    )


def _conditions(node: Node | None) -> tuple[tuple[Condition, ...], Unknown | None]:
    if node is None:
        return (), None
    if isinstance(node.value, Unknown):
        return (), node.value
    found: list[Condition] = []
    rest = _rest(node)
    for operator, _, tests in node.members():
        if isinstance(tests.value, Unknown):
            return tuple(found), tests.value
        found += [Condition(operator, key, _items(tests, key), place) for key, place, _ in tests.members()]
        rest = rest or _rest(tests)
    return tuple(found), rest


def _items(holder: Node, name: str) -> Items:
    """One value or several; of what is not known at all, the unknown value keeps its place."""
    node = argument(holder, name)
    if node is not None and isinstance(node.value, Unknown):
        return Items((node,), None)
    return items(holder, name)


def _text(node: Node | None) -> str:
    """A known string, empty for everything else."""
    return (node.text() or "") if node is not None else ""


def _known(node: Node | None) -> str:
    """The known characters of a string."""
    if node is not None and isinstance(node.value, Unknown):
        return "".join(part for part in node.value.parts if part is not None)
    return _text(node)


def _rest(node: Node) -> Unknown | None:
    return node.value.rest if isinstance(node.value, MapValue) else None
