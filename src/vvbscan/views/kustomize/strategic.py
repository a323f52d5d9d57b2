"""Strategic merge patches.

Sources: kustomize v5.7, `kyaml/yaml/merge2` and `kyaml/yaml/walk`, and, for the directives that these leave
in the result (`$retainKeys`, `$deleteFromPrimitiveList`, `$setElementOrder`), "strategic-merge-patch.md" of
the Kubernetes community's API machinery. Items of merged lists come in the order of the patch, those of the
base behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kustomize.edit import with_items, with_value
from vvbscan.views.kustomize.merge_keys import NO_FIELDS, TYPES, Fields, MergedList, fields_of
from vvbscan.views.kustomize.steps import Step, run

_DIRECTIVE: Final = "$patch"
_RETAIN: Final = "$retainKeys"
_DELETE_FROM: Final = "$deleteFromPrimitiveList/"
_ORDER: Final = "$setElementOrder/"


class PatchFailure(Exception):
    """A patch, or a part of one, that does not fit what it is applied to; `str()` says why."""

    def __init__(self, message: str, node: Node) -> None:
        super().__init__(message)
        self.node = node
        """The part of the patch that does not fit."""


def strategic_merge(base: Node, patch: Node) -> Node | None:
    """The object `base` with a patch merged into it, None if the patch deletes it.

    Raises `PatchFailure` if a part of the patch is of another type than what it is merged into.
    """
    fields = fields_of(shown(base.get("apiVersion")), shown(base.get("kind")))
    return run(_merge_mapping(base, patch, fields))


def _merge(base: Node | None, patch: Node, below: str | MergedList | None) -> Step[Node | None]:
    """What a value becomes, None if the patch removes it."""
    if base is not None and base.value is None:
        base = None
    value = patch.value
    if isinstance(value, MapValue):
        _expect(base, MapValue, "a mapping", patch)
        fields = TYPES[below] if isinstance(below, str) and below else NO_FIELDS
        merged: Node | None = yield _merge_mapping(base, patch, fields)
        return merged
    if isinstance(value, SeqValue):
        _expect(base, SeqValue, "a sequence", patch)
        if isinstance(below, MergedList):
            merged = yield _merge_list(base, patch, below)
            return merged
        items = [item for item in value.items if not _is_directive(item)]
        return patch if len(items) == len(value.items) else with_items(patch, items)
    if value is None:
        return None
    if base is not None and isinstance(base.value, (MapValue, SeqValue)) and not isinstance(value, Unknown):
        raise PatchFailure("the patch has a scalar where the object has a collection", patch)
    return patch


def _expect(base: Node | None, kind: type[MapValue | SeqValue], words: str, patch: Node) -> None:
    if base is not None and not isinstance(base.value, (kind, Unknown)):
        raise PatchFailure(f"the patch has {words} where the object has none", patch)


def _merge_mapping(base: Node | None, patch: Node, fields: Fields) -> Step[Node | None]:
    directive = patch.get(_DIRECTIVE)
    order = "merge" if directive is None else shown(directive)
    if order == "delete":
        return None
    if directive is not None and order not in {"merge", "replace"}:
        raise PatchFailure(f"'{order}' is not a patch directive", directive)
    merged = _Members(None if order == "replace" else base)
    for name, key, value in patch.members():
        if name.startswith("$"):
            merged.obey(name, value)
            continue
        result: Node | None = yield _merge(merged.entries.get(name), value, fields.get(name))
        if result is None:
            merged.remove(name, value.get(_DIRECTIVE) or value)
        else:
            merged.put(name, key, result)
    return with_value(patch if base is None or order == "replace" else base, merged.value())


class _Members:
    """The members of a mapping while a patch is merged into it."""

    __slots__ = ("entries", "keys", "removed", "rest")

    def __init__(self, base: Node | None) -> None:
        value = None if base is None else base.value
        known = value if isinstance(value, MapValue) else MapValue({}, {})
        self.entries = dict(known.entries)
        self.keys = dict(known.keys)
        self.removed = dict(known.removed or {})
        self.rest = value if isinstance(value, Unknown) else known.rest

    def value(self) -> MapValue:
        return MapValue(self.entries, self.keys, self.rest, self.removed or None)

    def put(self, name: str, key: Node, value: Node) -> None:
        self.entries[name] = value
        self.keys.setdefault(name, key)
        self.removed.pop(name, None)

    def remove(self, name: str, by: Node) -> None:
        """Remove a member; what was not there was not removed by this."""
        if self.entries.pop(name, None) is not None or self.rest is not None:
            self.keys.pop(name, None)
            self.removed[name] = by

    def obey(self, name: str, value: Node) -> None:
        """Carry out a directive about other members."""
        if name == _RETAIN:
            kept = {shown(item) for item in value.items()}
            for member in [member for member in self.entries if member not in kept]:
                self.remove(member, value)
        elif name.startswith(_DELETE_FROM):
            member = name.removeprefix(_DELETE_FROM)
            listed = self.entries.get(member)
            if listed is not None and isinstance(listed.value, SeqValue):
                unwanted = {shown(item) for item in value.items()}
                self.entries[member] = with_items(
                    listed, [item for item in listed.items() if shown(item) not in unwanted]
                )
        elif name != _DIRECTIVE and not name.startswith(_ORDER):
            self.put(name, value, value)


def _merge_list(base: Node | None, patch: Node, how: MergedList) -> Step[Node | None]:
    items = [item for item in patch.items() if not _is_directive(item)]
    order = next((shown(item.get(_DIRECTIVE)) for item in patch.items() if _is_directive(item)), "merge")
    if order == "delete":
        return None
    if order == "replace":
        base = None
    old = () if base is None else base.items()
    rest = base.value if base is not None and isinstance(base.value, Unknown) else None
    place = patch if base is None or rest is not None else base
    if not how.keys:
        present = {shown(item) for item in items}
        merged = [*items, *(item for item in old if shown(item) not in present)]
    else:
        merged = []
        waiting = _by_key(old, how.keys[0])
        taken: set[int] = set()
        for item in items:
            match = _match(waiting.get(shown(item.get(how.keys[0])), []), item, how.keys[1:])
            if match is not None:
                taken.add(id(match))
            result: Node | None = yield _merge(match, item, how.items)
            if result is not None and not (isinstance(result.value, MapValue) and not result.value.entries):
                merged.append(result)
        merged.extend(item for item in old if id(item) not in taken)
    return with_value(place, SeqValue(tuple(merged), rest)) if rest else with_items(place, merged)


def _by_key(items: Sequence[Node], key: str) -> dict[str, list[Node]]:
    """Items by what they have under a key, those that have nothing there left out."""
    found: dict[str, list[Node]] = {}
    for item in items:
        text = shown(item.get(key))
        if text:
            found.setdefault(text, []).append(item)
    return found


def _match(candidates: list[Node], wanted: Node, keys: Sequence[str]) -> Node | None:
    """The item that another is merged with: further keys are equal, or one of the two lacks them."""
    for position, item in enumerate(candidates):
        pairs = ((shown(item.get(key)), shown(wanted.get(key))) for key in keys)
        if all(mine == other or not mine or not other for mine, other in pairs):
            return candidates.pop(position)
    return None


def _is_directive(item: Node) -> bool:
    """Whether an item of a list is nothing but a directive about the list."""
    value = item.value
    return isinstance(value, MapValue) and len(value.entries) == 1 and _DIRECTIVE in value.entries
