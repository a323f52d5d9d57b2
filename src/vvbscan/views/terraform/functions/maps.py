"""Functions of maps and objects: what they pass on keeps its node.

Source: Terraform language, "Collection Functions".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.views.terraform.conversion import convert, unified
from vvbscan.views.terraform.functions.invocation import Function, Invocation, all_items
from vvbscan.views.terraform.unification import type_of
from vvbscan.views.terraform.value_types import ANY
from vvbscan.views.terraform.values import TYPED, Refused, derived, same, text_of, wrong_value


def _keys(invocation: Invocation) -> Node:
    value = invocation.mapping(0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    invocation.spend(len(value.entries))
    return invocation.outcome(SeqValue(tuple(_key_nodes(invocation, value)), value.rest))


def _key_nodes(invocation: Invocation, value: MapValue) -> list[Node]:
    nodes = []
    for name in sorted(value.entries):
        key = value.keys.get(name)
        nodes.append(key if key is not None and key.value == name else invocation.outcome(name))
    return nodes


def _lookup(invocation: Invocation) -> Node:
    """The member of a key, else the default."""
    value, name = invocation.mapping(0), invocation.argument(1, "text")
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    if isinstance(name, Unknown):
        return invocation.unknown(name)
    member = value.entries.get(name)
    if member is not None:
        return member
    if value.rest is not None:
        return invocation.unknown(value.rest)
    if len(invocation.arguments) < 3:
        raise wrong_value(f"the map has no `{name}`, and there is no default")
    searched, _, default = invocation.arguments
    if searched.style is not TYPED:
        return default
    return convert(default, type_of(searched).element or ANY)


def _map(invocation: Invocation) -> Node:
    """A map of keys and values in turn. Terraform has it no more since 0.12, and modules of that age do."""
    if invocation.open:
        last = invocation.arguments[-1].value
        assert isinstance(last, Unknown)
        return invocation.unknown(last)
    if len(invocation.arguments) % 2:
        raise wrong_value("a key has no value")
    return _mapped(invocation, invocation.arguments[::2], invocation.arguments[1::2])


def _mapped(invocation: Invocation, names: Sequence[Node], values: Sequence[Node]) -> Node:
    entries: dict[str, Node] = {}
    keys: dict[str, Node] = {}
    rest: Unknown | None = None
    for key, value in zip(names, values, strict=True):
        try:
            name = text_of(key)
        except Refused as refused:
            raise invocation.refused(0, refused) from None
        if isinstance(name, Unknown):
            rest = rest or derived(name)
        else:
            entries[name], keys[name] = value, key
    return invocation.outcome(MapValue(entries, keys, rest))


def _matchkeys(invocation: Invocation) -> Node:
    """The values whose keys, which stand at the same positions, are among those that are searched."""
    values, keys, searched = (all_items(invocation, index) for index in range(3))
    for given in (values, keys, searched):
        if isinstance(given, Unknown):
            return invocation.unknown(given)
    assert not isinstance(values, Unknown)
    assert not isinstance(keys, Unknown)
    assert not isinstance(searched, Unknown)
    if len(values) != len(keys):
        raise wrong_value("the lists of values and of keys have different lengths")
    invocation.spend(len(keys) * len(searched))
    names = unified((*keys, *searched))
    keys, searched = names[: len(keys)], names[len(keys) :]
    items = []
    rest: Unknown | None = None
    for value, key in zip(values, keys, strict=True):
        verdicts = [same(key, wanted) for wanted in searched]
        if any(verdict is True for verdict in verdicts):
            items.append(value)
        else:
            unknown = next((verdict for verdict in verdicts if isinstance(verdict, Unknown)), None)
            rest = rest or unknown
    return invocation.outcome(SeqValue(tuple(items), rest))


def _merge(invocation: Invocation) -> Node:
    """Members of later maps replace those of earlier ones; null is no map, and is passed over.

    A map that is not known may replace every member before it.
    """
    entries: dict[str, Node] = {}
    keys: dict[str, Node] = {}
    rest: Unknown | None = None
    for index, node in enumerate(invocation.arguments):
        if node.value is None:
            continue
        value = invocation.mapping(index)
        more = value if isinstance(value, Unknown) else value.rest
        if more is not None:
            rest = rest or derived(more)
            for name, earlier in entries.items():
                entries[name] = earlier.replace_value(derived(more))
        if isinstance(value, MapValue):
            invocation.spend(len(value.entries))
            entries.update(value.entries)
            keys.update(value.keys)
    if rest is not None and not entries:
        return invocation.unknown(rest)
    return invocation.outcome(MapValue(entries, keys, rest))


def _transpose(invocation: Invocation) -> Node:
    """A map of lists turned round: of each item the keys that have it."""
    value = invocation.mapping(0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    found: dict[str, list[str]] = {}
    for name in sorted(value.entries):
        items = value.entries[name].value
        if isinstance(items, Unknown):
            return invocation.unknown(items)
        if not isinstance(items, SeqValue):
            raise wrong_value("a map of lists is needed here")
        if items.rest is not None:
            return invocation.unknown(items.rest)
        invocation.spend(len(items.items))
        for item in items.items:
            text = text_of(item)
            if isinstance(text, Unknown):
                return invocation.unknown(text)
            found.setdefault(text, []).append(name)
    if value.rest is not None:
        return invocation.unknown(value.rest)
    return invocation.node({key: found[key] for key in sorted(found)})


def _values(invocation: Invocation) -> Node:
    value = invocation.mapping(0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    invocation.spend(len(value.entries))
    return invocation.outcome(
        SeqValue(tuple([value.entries[name] for name in sorted(value.entries)]), value.rest)
    )


def _zipmap(invocation: Invocation) -> Node:
    names, values = all_items(invocation, 0), all_items(invocation, 1)
    if isinstance(names, Unknown):
        return invocation.unknown(names)
    if isinstance(values, Unknown):
        return invocation.unknown(values)
    if len(names) != len(values):
        raise wrong_value(f"there are {len(names)} keys and {len(values)} values")
    invocation.spend(len(names))
    return _mapped(invocation, names, values)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "keys": Function(1, 1, _keys),
    "lookup": Function(2, 3, _lookup),
    "map": Function(0, None, _map),
    "matchkeys": Function(3, 3, _matchkeys),
    "merge": Function(0, None, _merge),
    "transpose": Function(1, 1, _transpose),
    "values": Function(1, 1, _values),
    "zipmap": Function(2, 2, _zipmap),
}
