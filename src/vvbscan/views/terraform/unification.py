"""The type that several values get where they have to have one: branches of a condition, items of a list.

Two values of which one is not known have any type in common.

Source: `convert.UnifyUnsafe` of Terraform's type system, zclconf/go-cty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from vvbscan.model.node import COMPUTED, Node, SeqValue, Unknown
from vvbscan.views.terraform.value_types import ANY, BOOL, NUMBER, STRING, Attribute, ValueType
from vvbscan.views.terraform.values import MOST_DEPTH, SET, TYPED, Exhausted

_SCALARS: Final = frozenset({"string", "number", "bool"})
_SEQUENCES: Final = {"list": 0, "tuple": 1, "set": 2, "items": 3}
_MAPPINGS: Final = {"map": 0, "object": 1, "members": 2}
"""Kinds of collections; what all others can become comes first."""


def type_of(node: Node, depth: int = MOST_DEPTH) -> ValueType:
    """The type of a value; `ANY` for null and for what is not known. Raises `Exhausted`."""
    value = node.value
    if value is None or isinstance(value, Unknown):
        return ANY
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, str):
        return STRING
    if isinstance(value, (int, float)):
        return NUMBER
    if not depth:
        raise Exhausted("a value is nested too deep")
    if isinstance(value, SeqValue):
        if value.rest is not None:
            return ANY
        types = tuple([type_of(item, depth - 1) for item in value.items])
        if node.style is SET or node.style is TYPED:
            return ValueType("set" if node.style is SET else "list", unify(types) or ANY)
        return ValueType("items" if node.style is COMPUTED else "tuple", items=types)
    if value.rest is not None or type(value.entries) is not dict:
        return ANY
    members = {name: type_of(child, depth - 1) for name, child in value.entries.items()}
    if node.style is TYPED:
        return ValueType("map", unify(members.values()) or ANY)
    kind = "members" if node.style is COMPUTED else "object"
    return ValueType(kind, attributes={name: Attribute(type_) for name, type_ in members.items()})


def unify(types: Iterable[ValueType]) -> ValueType | None:
    """The type that values of all these types can be converted to; None if there is none.

    It is `ANY` where nothing is to be converted.
    """
    given = tuple(types)
    kinds = {one.kind for one in given} - {"any"}
    if not kinds:
        return ANY
    if kinds <= _SCALARS:
        if len(kinds) == 1 or "string" in kinds:
            return STRING if "string" in kinds else ValueType(kinds.pop())
        return None
    if kinds <= _SEQUENCES.keys():
        return _sequences(given, kinds)
    if kinds <= _MAPPINGS.keys():
        return _mappings(given, kinds)
    return None


def _sequences(types: Sequence[ValueType], kinds: set[str]) -> ValueType | None:
    if ANY in types:
        return ANY
    none = ANY if "items" in kinds else None
    if kinds <= {"tuple", "items"} and len({len(one.items) for one in types}) == 1:
        items = [unify(column) for column in zip(*[one.items for one in types], strict=True)]
        return none if None in items else ValueType("tuple", items=tuple([one for one in items if one]))
    element = None if "set" in kinds and len(kinds) > 1 else unify(_inner(types))
    if element is not None:
        return ValueType("set" if kinds == {"set"} else "list", element)
    return none or (_preferred(types, _SEQUENCES) if len(kinds) > 1 else None)


def _mappings(types: Sequence[ValueType], kinds: set[str]) -> ValueType | None:
    if ANY in types:
        return ANY
    none = ANY if "members" in kinds else None
    names = types[0].attributes.keys()
    if "map" not in kinds and all(one.attributes.keys() == names for one in types):
        attributes = {}
        for name in names:
            common = unify([one.attributes[name].type for one in types])
            if common is None:
                return none
            attributes[name] = Attribute(common)
        return ValueType("object", attributes=attributes)
    element = unify(_inner(types))
    if element is not None:
        return ValueType("map", element)
    return none or (_preferred(types, _MAPPINGS) if len(kinds) > 1 else None)


def _inner(types: Iterable[ValueType]) -> list[ValueType]:
    """The types of what is in collections."""
    found: list[ValueType] = []
    for one in types:
        found += one.items
        found += [attribute.type for attribute in one.attributes.values()]
        if one.element is not None:
            found.append(one.element)
    return found


def _preferred(types: Iterable[ValueType], kinds: dict[str, int]) -> ValueType | None:
    """The first of the types that all others can be converted to."""
    for wanted in sorted(types, key=lambda one: kinds[one.kind]):
        if all(_can_become(one, wanted) for one in types):
            return wanted
    return None


def _can_become(given: ValueType, wanted: ValueType) -> bool:
    kinds = {given.kind, wanted.kind}
    if "any" in kinds:
        return True
    if kinds <= _SCALARS:
        return len(kinds) == 1 or "string" in kinds
    if (given.kind in _SEQUENCES and wanted.kind in {"list", "set"}) or (
        given.kind in _MAPPINGS and wanted.kind == "map"
    ):
        element = wanted.element or ANY
        return all(_can_become(one, element) for one in _inner([given]))
    if given.kind in {"tuple", "items"} and wanted.kind in {"tuple", "items"}:
        return len(given.items) == len(wanted.items) and all(map(_can_become, given.items, wanted.items))
    if given.kind in _MAPPINGS and wanted.kind in {"object", "members"}:
        members = {name: attribute.type for name, attribute in given.attributes.items()}
        return all(
            _can_become(given.element or members[name], attribute.type)
            for name, attribute in wanted.attributes.items()
            if given.element or name in members
        ) and (given.element is not None or wanted.attributes.keys() <= members.keys())
    return False


def described_type(one: ValueType) -> str:
    """A type in the words of Terraform's documentation."""
    return f"{'an' if one.kind == 'object' else 'a'} {_WORDS.get(one.kind, one.kind)}"


_WORDS: Final = {"items": "list", "members": "map"}
