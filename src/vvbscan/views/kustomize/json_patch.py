"""JSON patches (RFC 6902) with JSON pointers (RFC 6901).

Where the RFCs leave a choice, kustomize's library decides (`evanphx/json-patch` v4.12): a patch is applied as
a whole or not at all, negative positions count from the end, `replace` adds a member that is not there.
An object always has annotations, since kustomize keeps its own notes in them while it renders (5.7.1).
"""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kustomize.edit import (
    Path,
    child,
    reached,
    replaced,
    walk,
    with_member,
    with_value,
    without_member,
)
from vvbscan.views.kustomize.strategic import PatchFailure

_ANNOTATIONS: Final = ("metadata", "annotations")
_POSITION: Final = lazy_pattern(r"-?(?:0|[1-9][0-9]{0,9})")


class Operation(NamedTuple):
    """One operation of a JSON patch."""

    node: Node
    """The mapping that describes it."""
    op: str
    path: tuple[str, ...]
    path_node: Node
    source: tuple[str, ...]
    """`from` of a copy or move."""
    value: Node | None


def read_operations(root: Node) -> tuple[Operation, ...]:
    """The operations of a patch. Raises `PatchFailure` if one is none."""
    if not isinstance(root.value, SeqValue):
        raise PatchFailure("a JSON patch is a sequence of operations", root)
    return tuple(_operation(item) for item in root.value.items)


def _operation(item: Node) -> Operation:
    op = shown(item.get("op"))
    if op not in {"add", "remove", "replace", "move", "copy", "test"}:
        raise PatchFailure(
            f"'{op}' is not an operation of a JSON patch" if op else "the operation lacks 'op'", item
        )
    path = item.get("path")
    if path is None or not isinstance(path.value, str):
        raise PatchFailure("the operation lacks 'path'", item)
    source = item.get("from")
    if op in {"move", "copy"} and (source is None or not isinstance(source.value, str)):
        raise PatchFailure("the operation lacks 'from'", item)
    value = item.get("value")
    if value is None and op in {"add", "replace"}:
        raise PatchFailure("the operation lacks 'value'", item)
    return Operation(item, op, _pointer(path), path, _pointer(source) if source is not None else (), value)


def _pointer(node: Node) -> tuple[str, ...]:
    text = shown(node)
    if not text:
        return ()
    if not text.startswith("/"):
        raise PatchFailure(f"'{text}' is no JSON pointer: it does not begin with a slash", node)
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/"))


def apply_operations(root: Node, operations: tuple[Operation, ...], limits: Limits) -> Node:
    """The object with all operations carried out. Raises `PatchFailure` if one of them cannot be."""
    lent = next((one for one in operations if _ANNOTATIONS in (one.path[:2], one.source[:2])), None)
    if lent is not None:
        root = _with_annotations(root, lent.path_node)
    for operation in operations:
        root = _apply(root, operation, limits)
    return root if lent is None else _without_empty_annotations(root)


def _with_annotations(root: Node, at: Node) -> Node:
    metadata = root.get("metadata")
    if (
        metadata is None
        or not isinstance(metadata.value, MapValue)
        or "annotations" in metadata.value.entries
    ):
        return root
    empty = Node(MapValue({}, {}), at.source, at.start, at.end, COMPUTED, at.via)
    return replaced(root, {("metadata",): with_member(metadata, "annotations", at, empty)})


def _without_empty_annotations(root: Node) -> Node:
    metadata, annotations = root.get("metadata"), root.at(*_ANNOTATIONS)
    if metadata is None or annotations is None:
        return root
    inner = annotations.value
    if not isinstance(inner, MapValue) or inner.entries or inner.rest is not None:
        return root
    return replaced(root, {("metadata",): without_member(metadata, "annotations", annotations)})


def _apply(root: Node, operation: Operation, limits: Limits) -> Node:
    op, path = operation.op, operation.path
    if len(path) > limits.depth:
        raise PatchFailure(f"the path has more than {limits.depth} steps", operation.path_node)
    if op == "test":
        _test(root, operation)
        return root
    if op == "remove":
        return _remove(root, path, operation)
    value = operation.value
    if op in {"move", "copy"}:
        value = _find(root, operation.source, operation)
        if op == "move":
            if path[: len(operation.source)] == operation.source and path != operation.source:
                raise PatchFailure("a value cannot be moved into itself", operation.path_node)
            root = _remove(root, operation.source, operation)
    assert value is not None, "add and replace have a value"
    _check_size(value, len(path), operation, limits)
    return _put(root, path, value, operation)


def _check_size(value: Node, depth: int, operation: Operation, limits: Limits) -> None:
    """Refuse what would grow without bounds: copies of copies, and nesting below nesting."""
    for count, (below, _) in enumerate(walk(value)):
        if count > limits.alias_nodes or depth + len(below) > limits.depth:
            raise PatchFailure("the operation makes the object too large", operation.path_node)


def _put(root: Node, path: tuple[str, ...], value: Node, operation: Operation) -> Node:
    """Carry out an `add` (also that of a copy or a move) or a `replace`."""
    if not path:
        return value
    parent_path, parent = _parent(root, path, operation)
    inner, last = parent.value, path[-1]
    is_replace = operation.op == "replace"
    if isinstance(inner, Unknown):
        return root  # what is unknown stays so, whatever is put into it
    if isinstance(inner, MapValue):
        entries = {**inner.entries, last: value}
        keys = inner.keys if last in inner.keys else {**inner.keys, last: operation.path_node}
        removed = {name: by for name, by in (inner.removed or {}).items() if name != last} or None
        return replaced(root, {parent_path: with_value(parent, MapValue(entries, keys, inner.rest, removed))})
    assert isinstance(inner, SeqValue), "a parent is a collection"
    items = list(inner.items)
    if last == "-" and not is_replace:
        items.append(value)
    else:
        index = _index(last, len(items), operation, is_insertion=not is_replace)
        items[index : index + 1 if is_replace else index] = [value]
    return replaced(root, {parent_path: with_value(parent, SeqValue(tuple(items), inner.rest))})


def _remove(root: Node, path: tuple[str, ...], operation: Operation) -> Node:
    if not path:
        raise PatchFailure("the operation would remove the object as a whole", operation.path_node)
    parent_path, parent = _parent(root, path, operation)
    inner, last = parent.value, path[-1]
    if isinstance(inner, Unknown):
        return root
    if isinstance(inner, MapValue):
        if last not in inner.entries:
            _fail_unless_open(inner, operation)
        entries = {name: node for name, node in inner.entries.items() if name != last}
        keys = {name: node for name, node in inner.keys.items() if name != last}
        removed = {**(inner.removed or {}), last: operation.path_node}
        return replaced(root, {parent_path: with_value(parent, MapValue(entries, keys, inner.rest, removed))})
    assert isinstance(inner, SeqValue), "a parent is a collection"
    index = _index(last, len(inner.items), operation)
    items = (*inner.items[:index], *inner.items[index + 1 :])
    return replaced(root, {parent_path: with_value(parent, SeqValue(items, inner.rest))})


def _test(root: Node, operation: Operation) -> None:
    expected = operation.value
    try:
        found: Node | None = _find(root, operation.path, operation)
    except PatchFailure:
        if expected is None or expected.value is None:
            return  # a missing value equals null
        raise
    if found is not None and not _may_equal(found, expected):
        raise PatchFailure("the value is not the one that the operation tests for", operation.path_node)


def _may_equal(first: Node, second: Node | None) -> bool:
    """Whether two values are equal as far as they are known."""
    pending = [(first, second)]
    while pending:
        one, other = pending.pop()
        mine, yours = one.value, None if other is None else other.value
        if isinstance(mine, Unknown) or isinstance(yours, Unknown):
            continue
        if isinstance(mine, MapValue) and isinstance(yours, MapValue):
            if mine.rest is None and yours.rest is None and mine.entries.keys() != yours.entries.keys():
                return False
            pending.extend((node, yours.entries[name]) for name, node in mine.entries.items()
                           if name in yours.entries)  # fmt: skip
        elif isinstance(mine, SeqValue) and isinstance(yours, SeqValue):
            if len(mine.items) != len(yours.items):
                return False
            pending.extend(zip(mine.items, yours.items, strict=True))
        elif type(mine) is not type(yours) or mine != yours:
            return False
    return True


def _find(root: Node, path: tuple[str, ...], operation: Operation) -> Node:
    if not path:
        return root
    parent_path, parent = _parent(root, path, operation)
    inner, last = parent.value, path[-1]
    if isinstance(inner, Unknown):
        return parent
    if isinstance(inner, MapValue):
        node = inner.entries.get(last)
        if node is None:
            if inner.rest is None:
                raise _missing(operation)
            return Node(inner.rest, parent.source, parent.start, parent.end, COMPUTED, parent.via)
        return node
    return reached(root, (*parent_path, _index(last, len(parent.items()), operation)))


def _parent(root: Node, path: tuple[str, ...], operation: Operation) -> tuple[Path, Node]:
    """The collection that holds what a pointer points at, with the path to it; or an unknown on the way."""
    node = root
    steps: list[str | int] = []
    for name in path[:-1]:
        if isinstance(node.value, Unknown):
            break
        is_sequence = isinstance(node.value, SeqValue)
        step = _index(name, len(node.items()), operation) if is_sequence else name
        below = child(node, step)
        if below is None:
            raise _missing(operation)
        node = below
        steps.append(step)
    if not isinstance(node.value, (MapValue, SeqValue, Unknown)):
        raise _missing(operation)
    return tuple(steps), node


def _index(text: str, length: int, operation: Operation, *, is_insertion: bool = False) -> int:
    highest = length if is_insertion else length - 1
    if _POSITION.fullmatch(text):
        index = int(text)
        if index < 0:
            index += length + is_insertion
        if 0 <= index <= highest:
            return index
    raise _missing(operation)


def _fail_unless_open(members: MapValue, operation: Operation) -> None:
    if members.rest is None:
        raise _missing(operation)


def _missing(operation: Operation) -> PatchFailure:
    path = operation.path_node
    return PatchFailure(f"the object has nothing at the path of this '{operation.op}'", path)
