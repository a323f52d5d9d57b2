"""How compose files and extended services are merged.

Source: the Compose specification, `13-merge.md` and `05-services.md#extends`, and `override/merge.go` and
`override/uncity.go` of compose-spec/compose-go at e70e961. Everything here takes services in the one
spelling of `spelling`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, SeqValue, Source, Unknown
from vvbscan.views.compose.mounts import mount_identity
from vvbscan.views.compose.ports import port_identity

Path = tuple[str, ...]

_TAG: Final = lazy_pattern(r"[ \t]*:\s+(?:#[^\n\r]*\s+)*(?:&\S+\s+)?!(reset|override)(?![^\s\[{,}])")

_REPLACED: Final = frozenset({("command",), ("entrypoint",), ("healthcheck", "test")})
_PAIRS: Final = frozenset(
    {
        ("annotations",),
        ("build", "additional_contexts"),
        ("build", "args"),
        ("build", "labels"),
        ("deploy", "labels"),
        ("environment",),
        ("labels",),
        ("sysctls",),
    }
)
"""Mappings whose members replace each other even by a bare name, which has the value None."""

_EMPTY: Final = MapValue({}, {})


class Tags:
    """Where the files of a project have the tags `!reset` and `!override`."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[str, Mapping[int, str]] = {}

    def add(self, source: Source) -> None:
        """Look for the tags of a file."""
        text = source.text.text
        if "!reset" in text or "!override" in text:
            self._found[source.path] = {match.start(): match[1] for match in _TAG.finditer(text)}

    def of(self, key: Node) -> str:
        """The tag of the value behind a key: `reset`, `override` or empty."""
        of_file = self._found.get(key.source.path)
        return of_file.get(key.end, "") if of_file else ""

    def any_in(self, node: Node) -> bool:
        """Whether the file of a node has any tag."""
        return node.source.path in self._found


def merge_services(base: Node | None, over: Node, tags: Tags) -> Node:
    """A service with another definition of it laid over it.

    What is set in both files is at the place that wins; a removed member is noted in `removed`. With no
    base, only the tags of `over` are applied.
    """
    return over if base is None and not tags.any_in(over) else _merge(base, over, (), tags)


def _merge(base: Node | None, over: Node, path: Path, tags: Tags) -> Node:
    if base is None:
        return over._replace(value=_merge_mappings(_EMPTY, over.value, path, tags)) if _is_map(over) else over
    if path in _REPLACED:
        return over
    if over.value is None:
        return base
    below, above = base.value, over.value
    if isinstance(below, MapValue) and isinstance(above, MapValue):
        if path == ("logging",) and _other_driver(base, over):
            return over
        return base._replace(value=_merge_mappings(below, above, path, tags))
    if isinstance(below, SeqValue) and isinstance(above, SeqValue):
        return over._replace(value=_merge_sequences(below, above, path))
    if isinstance(below, Unknown) and isinstance(above, (MapValue, SeqValue)):
        return over._replace(value=above._replace(rest=above.rest or below))
    if isinstance(above, Unknown) and isinstance(below, MapValue) and path == ():
        return base._replace(value=below._replace(rest=above))
    return over


def _merge_mappings(below: MapValue, above: object, path: Path, tags: Tags) -> MapValue:
    assert isinstance(above, MapValue), "the caller looked"
    entries, keys = dict(below.entries), dict(below.keys)
    removed = dict(below.removed or {})
    for name, child in above.entries.items():
        key = above.keys[name]
        tag = tags.of(key)
        under = None if tag else entries.get(name)
        if tag == "reset":
            entries.pop(name, None)
            keys.pop(name, None)
            removed[name] = key._replace(end=max(key.end, child.end))
        elif path in _PAIRS or under is None:
            entries[name] = _merge(None, child, (*path, name), tags) if tags.any_in(key) else child
            keys[name] = key
            removed.pop(name, None)
        else:
            entries[name] = _merge(under, child, (*path, name), tags)
            if not _is_map(entries[name]) and child.value is not None:
                keys[name] = key
    # What `above` reset within its own file it resets in the files below as well.
    for name, node in (above.removed or {}).items():
        entries.pop(name, None)
        keys.pop(name, None)
        removed[name] = node
    return MapValue(entries, keys, above.rest or below.rest, removed or None)


def _merge_sequences(below: SeqValue, above: SeqValue, path: Path) -> SeqValue:
    identity = _UNIQUE.get(path)
    rest = above.rest or below.rest
    if identity is None:
        return SeqValue((*below.items, *above.items), rest)
    items: dict[object, Node] = {}
    for item in (*below.items, *above.items):
        items[identity(item)] = item
    return SeqValue(tuple(items.values()), rest)


def _is_map(node: Node) -> bool:
    return isinstance(node.value, MapValue)


def _other_driver(base: Node, over: Node) -> bool:
    drivers = [node.get("driver") for node in (base, over)]
    return all(drivers) and len({driver.value for driver in drivers if driver is not None}) > 1


def _scalar_identity(node: Node) -> object:
    return node.value if isinstance(node.value, (str, int)) else node


def _pair_identity(node: Node) -> object:
    return node.value.partition("=")[0] if isinstance(node.value, str) else _scalar_identity(node)


def _device_identity(node: Node) -> object:
    if isinstance(node.value, str):
        parts = node.value.split(":")
        return parts[min(1, len(parts) - 1)]
    return mount_identity(node)


def _env_file_identity(node: Node) -> object:
    path = node.get("path")
    return node if path is None else _scalar_identity(path)


_UNIQUE: Final[Mapping[Path, Callable[[Node], object]]] = {
    ("build", "tags"): _scalar_identity,
    ("cap_add",): _scalar_identity,
    ("cap_drop",): _scalar_identity,
    ("configs",): mount_identity,
    ("devices",): _device_identity,
    ("dns",): _scalar_identity,
    ("dns_opt",): _scalar_identity,
    ("dns_search",): _scalar_identity,
    ("env_file",): _env_file_identity,
    ("expose",): _scalar_identity,
    ("links",): _scalar_identity,
    ("ports",): port_identity,
    ("profiles",): _scalar_identity,
    ("secrets",): mount_identity,
    ("security_opt",): _scalar_identity,
    ("tmpfs",): _pair_identity,
    ("volumes",): mount_identity,
}
