"""The values of a plan: what it plans to set, what is known only after it was applied, what is secret.

A plan spells an object out with all arguments that its provider has. Null stands for one that is not set, and
so does an empty collection that the configuration does not mention: a kind of block that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from vvbscan.model.node import MapValue, Node, Scalar, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.lazy_members import LazyMembers

_SECRET: Final = Unknown("secret", "the plan marks the value as sensitive")
_CONSTANT: Final = "constant_value"
REFERENCES: Final = "references"


class Marks(NamedTuple):
    """What a plan says beside the values of an object; each has the shape of the values, or is missing."""

    unknown: Node | None
    """`true` where a value is known only when the plan was applied."""
    sensitive: Node | None
    """`true` where a value is not to be shown."""
    expressions: Node | None = None
    """What the configuration gives: a body of expressions by argument, or the one expression that the whole
    comes from. None if that is not known: nothing can then be said to be left out."""
    is_body: bool = False


class Planned:
    """Reads values of one resource."""

    __slots__ = ("_address", "_refer")

    def __init__(self, address: str, refer: Callable[[Node], str]) -> None:
        """`refer` gives the full address that an expression of the configuration refers to, or nothing."""
        self._address = address
        self._refer = refer

    def value(self, name: str, value: Node | None, place: Node, marks: Marks) -> Node | None:
        """A value as it is planned, None if it is absent.

        `place` is where it stands if there is only a mark: of what is unknown a plan has no value, or null.
        """
        unknown = marks.unknown.value if marks.unknown is not None else None
        if unknown is True:
            expression = marks.expressions
            reference = self._refer(expression) if expression is not None else ""
            what = reference or f"{self._address}.{name}"
            reason = f"{what} is known only when Terraform has applied the plan"
            place = place if value is None else value
            return Node(Unknown("computed", reason, (), reference), place.source, place.start, place.end)
        if value is None:
            # Nothing but marks: an object all of whose values are unknown.
            if not isinstance(unknown, MapValue) or not _marks_any(marks.unknown):
                return None
            value = place._replace(value=MapValue({}, {}))
        if value.value is None:
            return None
        if marks.sensitive is not None and marks.sensitive.value is True:
            return value._replace(value=_SECRET)
        if isinstance(value.value, MapValue):
            return value._replace(value=self.arguments(value, marks))
        if isinstance(value.value, SeqValue):
            return value._replace(value=self._items(name, value, value.value, marks))
        return value

    def arguments(self, values: Node, marks: Marks) -> MapValue:
        """The arguments of an object, each read when it is asked for."""
        sources = [one for one in (values, marks.unknown) if one is not None]

        def names() -> Iterable[str]:
            return dict.fromkeys(name for one in sources for name in _names(one))

        arguments = LazyMembers(lambda name: self._argument(name, values, marks), names)

        def key(name: str) -> Node | None:
            keys = (one.key(name) for one in sources)
            return next((one for one in keys if one is not None), None) if name in arguments else None

        return MapValue(arguments, LazyMembers(key, names))

    def _argument(self, name: str, values: Node, marks: Marks) -> Node | None:
        value = values.get(name)
        expressions = marks.expressions
        if expressions is not None and marks.is_body:
            expressions = expressions.get(name)
            if expressions is None and value is None:
                # What nobody configures is left to the provider, which tells afterwards what it chose.
                return None
        if expressions is None and is_empty(value):
            return None
        is_body = expressions is not None and not is_expression(expressions)
        own = Marks(_member(marks.unknown, name), _member(marks.sensitive, name), expressions, is_body)
        return self.value(name, value, values, own)

    def _items(self, name: str, node: Node, sequence: SeqValue, marks: Marks) -> SeqValue:
        unknown = marks.unknown.items() if marks.unknown is not None else ()
        sensitive = marks.sensitive.items() if marks.sensitive is not None else ()
        # Only of blocks does the configuration tell what stands in each; a list is one expression.
        blocks = marks.expressions.items() if marks.expressions is not None else ()
        items = []
        for index, item in enumerate(sequence.items):
            own = Marks(
                unknown[index] if index < len(unknown) else None,
                sensitive[index] if index < len(sensitive) else None,
                _block_of(item, blocks) if blocks else marks.expressions,
                is_body=bool(blocks),
            )
            read = self.value(f"{name}[{index}]", item, node, own)
            if read is not None:
                items.append(read)
        return SeqValue(tuple(items), sequence.rest)


def is_expression(node: Node) -> bool:
    """Whether a node of the configuration is one expression and not a body of several."""
    value = node.value
    if not isinstance(value, MapValue):
        return False
    return not value.entries or all(_is_part_of_expression(name, one) for name, one in value.entries.items())


def _is_part_of_expression(name: str, node: Node) -> bool:
    """Arguments are called what they like, but are objects or, as blocks, lists of objects."""
    if name == _CONSTANT:
        return True
    return (
        name == REFERENCES
        and isinstance(node.value, SeqValue)
        and all(isinstance(item.value, str) for item in node.items())
    )


def _block_of(item: Node, blocks: tuple[Node, ...]) -> Node | None:
    """The one block of the configuration that an object can come from: its constants are those it has.

    Blocks that make up a set are in another order than the objects, and a `dynamic` one makes several.
    """
    fitting = [block for block in blocks if _fits(item, block)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(item: Node, block: Node) -> bool:
    for name, _, expression in block.members():
        constant = expression.get(_CONSTANT)
        if constant is None:
            continue
        wanted: object = constant.value
        if isinstance(wanted, (MapValue, SeqValue)):
            continue
        value = item.get(name)
        if value is not None and not same_scalar(value.value, wanted):
            return False
    return True


def same_scalar(first: object, second: object) -> bool:
    """Whether two values are the same to a provider: `"5432"` and 5432 are, `"true"` and true."""
    return (type(first) is type(second) and first == second) or _spelt(first) == _spelt(second) != ""


def _spelt(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (str, int, float)) else ""


def _member(node: Node | None, name: str) -> Node | None:
    return node.get(name) if node is not None else None


def _names(node: Node) -> Iterable[str]:
    value = node.value
    return value.entries if isinstance(value, MapValue) else ()


def is_empty(node: Node | None) -> bool:
    """Whether a value is a collection that has no members."""
    value: Scalar | MapValue | SeqValue | Unknown = node.value if node is not None else None
    if isinstance(value, MapValue):
        return not value.entries
    return isinstance(value, SeqValue) and not value.items and value.rest is None


def _marks_any(node: Node | None) -> bool:
    """Whether a mark is set anywhere below a node."""
    pending = [node] if node is not None else []
    while pending:
        one = pending.pop()
        if one.value is True:
            return True
        if isinstance(one.value, MapValue):
            pending += one.value.entries.values()
        else:
            pending += one.items()
    return False
