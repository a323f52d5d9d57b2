"""Conversion of values to types: what a variable's `type` and functions such as `toset` do.

A value that has the type already is passed on as it is, and what changes keeps its place. Null and what is
unknown stay as they are.

Source: Terraform language, "Type Constraints".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Unknown
from vvbscan.parse.hcl_tree import Call, Expression, Literal, ObjectConstructor, TupleConstructor, Variable
from vvbscan.views.terraform.constants import fault_of_constant
from vvbscan.views.terraform.evaluate import evaluate
from vvbscan.views.terraform.scope import EvaluationFault, Scope
from vvbscan.views.terraform.unification import described_type, type_of, unify
from vvbscan.views.terraform.value_types import ANY, BOOL, NUMBER, STRING, Attribute, ValueType
from vvbscan.views.terraform.values import (
    MOST_DEPTH,
    SET,
    TYPED,
    Exhausted,
    Refused,
    described,
    number_of,
    text_of,
    truth_of,
    wrong_type,
)

_NAMED: Final = {named.kind: named for named in (ANY, STRING, NUMBER, BOOL)}
_ANY_KIND: Final = frozenset({"any", "items", "members"})
_COLLECTIONS: Final = frozenset({"list", "set", "map"})
_CONSTRUCTORS: Final = ("list", "map", "object", "set", "tuple")


def read_type(expression: Expression, scope: Scope) -> ValueType:
    """The type that a variable's `type` names.

    Raises `EvaluationFault` for what is no type, and `Exhausted` for defaults that are nested too deep.
    """
    if isinstance(expression, Variable):
        name = expression.name
    elif isinstance(expression, Literal) and isinstance(expression.value, str):
        name = expression.value  # as Terraform 0.11 wrote types
    elif isinstance(expression, Call):
        return _constructed(expression, scope)
    else:
        name = ""
    if name in _COLLECTIONS:
        return ValueType(name, ANY)
    if name not in _NAMED:
        raise _no_type(expression)
    return _NAMED[name]


def has_constant_defaults(expression: Expression) -> bool:
    """Whether the defaults in a type call nothing and refer to nothing."""
    pending: list[tuple[object, ...]] = [expression]
    while pending:
        item = pending.pop()
        if isinstance(item, Call) and item.name == "optional":
            if any(fault_of_constant(default, "a default") for default in item.arguments[1:]):
                return False
            item = item.arguments[:1]
        pending += [part for part in item if isinstance(part, tuple)]
    return True


def _constructed(expression: Call, scope: Scope) -> ValueType:
    kind, arguments = expression.name, expression.arguments
    if len(arguments) != 1 or kind not in _CONSTRUCTORS:
        raise _no_type(expression)
    argument = arguments[0]
    if kind in _COLLECTIONS:
        return ValueType(kind, read_type(argument, scope))
    if kind == "tuple" and isinstance(argument, TupleConstructor):
        return ValueType(kind, items=tuple([read_type(item, scope) for item in argument.items]))
    if kind == "object" and isinstance(argument, ObjectConstructor):
        attributes = {}
        for key, type_ in argument.items:
            if not isinstance(key, Literal) or not isinstance(key.value, str):
                raise _no_type(key)
            attributes[key.value] = _attribute(type_, scope)
        return ValueType(kind, attributes=attributes)
    raise _no_type(expression)


def _attribute(expression: Expression, scope: Scope) -> Attribute:
    if not isinstance(expression, Call) or expression.name != "optional":
        return Attribute(read_type(expression, scope))
    if not 1 <= len(expression.arguments) <= 2:
        raise _no_type(expression)
    type_ = read_type(expression.arguments[0], scope)
    if len(expression.arguments) == 1:
        return Attribute(type_, optional=True)
    written = expression.arguments[1]
    try:
        default = convert(evaluate(written, scope), type_)
    except Refused as refused:
        raise EvaluationFault(refused.code, refused.message, written.start, written.end) from None
    return Attribute(type_, optional=True, default=default)


def _no_type(expression: Expression) -> EvaluationFault:
    message = "this is no type: string, number, bool, any, list(…), set(…), map(…), tuple([…]), object({…})"
    if isinstance(expression, (Variable, Call)):
        import difflib  # only for a message

        close = difflib.get_close_matches(expression.name, (*_NAMED, *_CONSTRUCTORS), 1, 0.6)
        if close and close[0] != expression.name:
            message = f"`{expression.name}` is no type; did you mean `{close[0]}`?"
    return EvaluationFault("terraform-no-type", message, expression.start, expression.end)


def convert(node: Node, wanted: ValueType) -> Node:
    """The value as a value of a type.

    Raises `Refused` if it cannot be converted, and `Exhausted` if it is nested too deep.
    """
    return _converted(node, wanted, MOST_DEPTH)


def _converted(node: Node, wanted: ValueType, depth: int) -> Node:
    if node.value is None or isinstance(node.value, Unknown) or wanted.kind in _ANY_KIND:
        return node
    if not depth:
        raise Exhausted("a value is nested too deep")
    return _CONVERSIONS[wanted.kind](node, wanted, depth)


def _string(node: Node, wanted: ValueType, depth: int) -> Node:
    del wanted, depth
    return node if isinstance(node.value, str) else node.replace_value(text_of(node))


def _number(node: Node, wanted: ValueType, depth: int) -> Node:
    del wanted, depth
    number = number_of(node)
    return node if number is node.value else node.replace_value(number)


def _bool(node: Node, wanted: ValueType, depth: int) -> Node:
    del wanted, depth
    return node if isinstance(node.value, bool) else node.replace_value(truth_of(node))


def _list(node: Node, wanted: ValueType, depth: int) -> Node:
    assert wanted.element is not None
    value = _sequence(node, "list")
    element = wanted.element
    if element.kind == "any":
        element = _common([type_of(item) for item in value.items], "the items")
    items = tuple([_converted(item, element, depth - 1) for item in value.items])
    unchanged = all(one is two for one, two in zip(items, value.items, strict=True))
    return _typed(node, value if unchanged else SeqValue(items, value.rest))


def _typed(node: Node, value: SeqValue | MapValue) -> Node:
    return Node(value, node.source, node.start, node.end, TYPED, node.via)


def _set(node: Node, wanted: ValueType, depth: int) -> Node:
    assert wanted.element is not None
    value = _sequence(node, "set")
    element = wanted.element
    if element.kind == "any":
        element = _common([type_of(item) for item in value.items], "the items")
    items = [_converted(item, element, depth - 1) for item in value.items]
    return node._replace(value=SeqValue(distinct(items, ordered=True), value.rest), style=SET)


def _sequence(node: Node, kind: str) -> SeqValue:
    if isinstance(node.value, SeqValue):
        return node.value
    raise wrong_type(f"a {kind} is needed here, and this is {described(node)}")


def _tuple(node: Node, wanted: ValueType, depth: int) -> Node:
    value = _sequence(node, "list")
    if value.rest is not None:
        return node
    if len(value.items) != len(wanted.items):
        raise wrong_type(
            f"a tuple of {len(wanted.items)} items is needed here, and this has {len(value.items)}"
        )
    pairs = zip(value.items, wanted.items, strict=True)
    items = tuple([_converted(item, type_, depth - 1) for item, type_ in pairs])
    return node._replace(value=SeqValue(items), style=_untyped(node))


def _untyped(node: Node) -> str:
    """The style of a tuple or an object that a value becomes."""
    return COMPUTED if node.style in {SET, TYPED} else node.style


def _map(node: Node, wanted: ValueType, depth: int) -> Node:
    assert wanted.element is not None
    value = _mapping(node)
    element = wanted.element
    if element.kind == "any":
        element = _common([type_of(child) for child in value.entries.values()], "the members")
    if element.kind == "any":
        return _typed(node, value)
    entries = {key: _converted(child, element, depth - 1) for key, child in value.entries.items()}
    unchanged = all(child is value.entries[key] for key, child in entries.items())
    return _typed(node, value if unchanged else MapValue(entries, value.keys, value.rest))


def _object(node: Node, wanted: ValueType, depth: int) -> Node:
    value = _mapping(node)
    entries: dict[str, Node] = {}
    keys: dict[str, Node] = {}
    for name, attribute in wanted.attributes.items():
        child = value.entries.get(name)
        key = value.keys.get(name) if child is not None else None
        entries[name] = _member(node, name, child, attribute, depth)
        keys[name] = key if key is not None else node.replace_value(name)
    return Node(MapValue(entries, keys), node.source, node.start, node.end, _untyped(node), node.via)


def _member(node: Node, name: str, child: Node | None, attribute: Attribute, depth: int) -> Node:
    rest = node.value.rest if isinstance(node.value, MapValue) else None
    if child is None and rest is not None:
        return node.replace_value(Unknown(rest.kind, rest.reason))
    if child is None and not attribute.optional:
        raise wrong_type(f"the attribute `{name}` is required, and the object does not have it")
    if child is None or (child.value is None and attribute.default is not None):
        return attribute.default if attribute.default is not None else node.replace_value(None)
    return _converted(child, attribute.type, depth - 1)


def _mapping(node: Node) -> MapValue:
    if isinstance(node.value, MapValue):
        return node.value
    raise wrong_type(f"a map or object is needed here, and this is {described(node)}")


_CONVERSIONS: Final[Mapping[str, Callable[[Node, ValueType, int], Node]]] = {
    "string": _string,
    "number": _number,
    "bool": _bool,
    "list": _list,
    "set": _set,
    "map": _map,
    "tuple": _tuple,
    "object": _object,
}


def unified(nodes: tuple[Node, ...], what: str = "the items") -> tuple[Node, ...]:
    """Nodes as values of the type that they have in common.

    Raises `Refused` if they have none, and `Exhausted`.
    """
    types = [type_of(node) for node in nodes]
    common = _common(types, what)
    pairs = zip(nodes, types, strict=True)
    return tuple([node if type_ == common else convert(node, common) for node, type_ in pairs])


def alike(node: Node, nodes: Iterable[Node], what: str) -> Node:
    """One of some nodes as a value of the type that all of them have in common.

    Raises `Refused` if there is none, and `Exhausted`.
    """
    common = _common([type_of(one) for one in nodes], what)
    return node if common == type_of(node) else convert(node, common)


def _common(types: Collection[ValueType], what: str) -> ValueType:
    common = unify(types)
    if common is None:
        shown = " and ".join(sorted({described_type(one) for one in types if one is not ANY}))
        raise wrong_type(f"{what} have no type in common: {shown}")
    return common


def distinct(items: Iterable[Node], *, ordered: bool) -> tuple[Node, ...]:
    """Items without those that are equal to an earlier one; `ordered` in the order of a set.

    Items that are not known stay.
    """
    found: dict[Hashable, Node] = {}
    for item in items:
        found.setdefault(identity(item), item)
    if not ordered:
        return tuple(found.values())
    return tuple([found[key] for key in sorted(found, key=_rank)])


def identity(node: Node, depth: int = MOST_DEPTH) -> Hashable:
    """Something that is equal for equal known values, and differs for others."""
    value = node.value
    if isinstance(value, Unknown):
        return ("unknown", value.reference or node)
    if value is None:
        return ("null",)
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, str):
        return ("string", str(value))
    if isinstance(value, (int, float)):
        return ("number", value)
    if not depth:
        raise Exhausted("a value is nested too deep")
    if value.rest is not None:
        return ("unknown", node)
    if isinstance(value, SeqValue):
        return (node.style is SET, *(identity(item, depth - 1) for item in value.items))
    return ("map", *((key, identity(value.entries[key], depth - 1)) for key in sorted(value.entries)))


def _rank(key: Hashable) -> tuple[int, float, str]:
    assert isinstance(key, tuple)
    if key[0] == "number":
        return 0, key[1], ""
    if key[0] in {"bool", "string"}:
        return 1, 0, str(key[1])
    return (3, 0, "") if key[0] == "unknown" else (2, 0, repr(key))


def as_set(node: Node, items: Iterable[Node], rest: Unknown | None) -> Node:
    """A set of items in the place of a node."""
    value = SeqValue(distinct(items, ordered=True), rest)
    return Node(value, node.source, node.start, node.end, SET, node.via)


def as_list(node: Node, items: Iterable[Node], rest: Unknown | None) -> Node:
    """A list of items in the place of a node."""
    return Node(SeqValue(tuple(items), rest), node.source, node.start, node.end, COMPUTED, node.via)
