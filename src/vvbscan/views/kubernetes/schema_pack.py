"""The Kubernetes schemas that the package ships, read as far as they are needed.

The pack is described, and built, by `vvbscan.dev.kubernetes_pack`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NoReturn

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.resources import resource_path
from vvbscan.views.kubernetes.field_values import with_values

if TYPE_CHECKING:
    from jsonschema_rs import Validator

PACK: Final = ("schemas", "kubernetes.jsonl.xz")

Schema = dict[str, Any]
_Ranges = list[tuple[int, int, str]]
"""First and last position of the versions that serve a kind, and the name of its definition there."""

_POINTER: Final = "#/$defs/"
_API_VERSION: Final = lazy_pattern(r"v([0-9]+)(?:(alpha|beta)([0-9]+))?$")


class SchemaPack:
    """The schemas of all versions. Validators are built when a kind is first seen, and kept."""

    __slots__ = (
        "_by_group",
        "_by_kind",
        "_definitions",
        "_kinds",
        "_lines",
        "_positions",
        "_schemas",
        "_served",
        "_validators",
        "versions",
    )

    def __init__(self, text: str) -> None:
        header, *lines = text.split("\n")
        index = json.loads(header)
        self.versions: tuple[str, ...] = tuple(index["versions"])
        """`major.minor`, oldest first. Methods take the position of a version in it."""
        self._kinds: dict[str, _Ranges] = index["kinds"]
        self._by_kind: dict[str, list[tuple[str, _Ranges]]] = {}
        """The API versions of a kind, with the versions that serve them."""
        self._by_group: dict[str, list[tuple[str, _Ranges]]] = {}
        """The same of the kinds of an API group."""
        for key, ranges in self._kinds.items():
            api_version, _, kind = key.rpartition("/")
            self._by_kind.setdefault(kind, []).append((api_version, ranges))
            self._by_group.setdefault(group_of(api_version), []).append((kind, ranges))
        self._definitions: dict[str, list[tuple[int, int, int]]] = index["definitions"]
        self._lines: list[str] = lines
        self._positions: dict[str, int] = {}
        self._schemas: dict[tuple[str, int], Schema] = {}
        self._served: dict[str, tuple[int, ...]] = {}
        self._validators: dict[tuple[str, int], Validator] = {}

    def position(self, version: str) -> int:
        """The position of a cluster version: the newest of the pack that is not newer, else the oldest."""
        position = self._positions.get(version)
        if position is None:
            wanted = _numbers(version)
            older = [number for number, known in enumerate(self.versions) if _numbers(known) <= wanted]
            position = self._positions[version] = older[-1] if older else 0
        return position

    def definition(self, api_version: str, kind: str, number: int) -> str:
        """The name of the definition of a kind in a version; empty if that version does not serve it."""
        ranges = self._kinds.get(f"{api_version}/{kind}", ())
        return next((name for first, last, name in ranges if first <= number <= last), "")

    def served(self, api_version: str, kind: str) -> tuple[int, ...]:
        """The positions of all versions that serve a kind."""
        key = f"{api_version}/{kind}"
        known = self._served.get(key)
        if known is None:
            ranges = self._kinds.get(key, ())
            known = tuple(number for first, last, _ in ranges for number in range(first, last + 1))
            self._served[key] = known
        return known

    def api_versions(self, kind: str, number: int, group: str = "") -> tuple[str, ...]:
        """The API versions that serve a kind in a version, the best first: of the group, stable, late."""
        found = (name for name, ranges in self._by_kind.get(kind, ()) if _serves(ranges, number))
        return tuple(sorted(found, key=lambda name: (group_of(name) != group, *_priority(name), name)))

    def kinds(self, group: str, number: int) -> list[str]:
        """The kinds of an API group in a version, sorted; none if the group is not one of Kubernetes' own."""
        return sorted({kind for kind, ranges in self._by_group.get(group, ()) if _serves(ranges, number)})

    def schema(self, name: str, number: int) -> Schema:
        """A definition in a version; its references lead to other definitions of that version."""
        ranges = self._definitions.get(name, ())
        line = next((line for first, last, line in ranges if first <= number <= last), None)
        if line is None:
            return {}
        known = self._schemas.get((name, line))
        if known is None:
            # Definitions that are alike share a line, and not the values that their fields may have.
            known = self._schemas[name, line] = with_values(name, json.loads(self._lines[line - 1]))
        return known

    def validator(self, name: str, number: int) -> Validator:
        """The validator of a definition in a version."""
        known = self._validators.get((name, number))
        if known is None:
            known = self._validators[name, number] = self._build(name, number)
        return known

    def _build(self, name: str, number: int) -> Validator:
        # Imported here: it costs 30 ms, and a scan without manifests needs none of it.
        from jsonschema_rs import Draft202012Validator, Registry

        closure: dict[str, Schema] = {}
        pending = [name]
        while pending:
            current = pending.pop()
            if current not in closure:
                schema = closure[current] = self.schema(current, number)
                pending.extend(reference_names(schema))
        # Without a retriever of ours, a reference to an address would be fetched.
        registry = Registry([], retriever=_refuse)
        return Draft202012Validator(
            {"$ref": f"{_POINTER}{name}", "$defs": closure},
            registry=registry,
            retriever=_refuse,
            validate_formats=False,
        )


def reference_name(schema: Schema) -> str:
    """The name of the definition that a schema refers to, empty if it is none."""
    reference = schema.get("$ref", "")
    return str(reference).removeprefix(_POINTER)


def reference_names(schema: Schema) -> list[str]:
    """The names of all definitions that a schema refers to."""
    found: list[str] = []
    pending: list[object] = [schema]
    while pending:
        current = pending.pop()
        if isinstance(current, dict):
            reference = current.get("$ref")
            if isinstance(reference, str):
                found.append(reference.removeprefix(_POINTER))
            pending.extend(current.values())
        elif isinstance(current, list):
            pending.extend(current)
    return found


@lru_cache(maxsize=1)
def shipped_pack() -> SchemaPack:
    """The pack of the package. It is read once a process and not changed by use."""
    import lzma

    with open(resource_path(*PACK), "rb") as file:
        return SchemaPack(lzma.decompress(file.read()).decode())


def _serves(ranges: _Ranges, number: int) -> bool:
    return any(first <= number <= last for first, last, _ in ranges)


def group_of(api_version: str) -> str:
    """The API group of an API version, empty for the core group."""
    return api_version.rpartition("/")[0]


def _priority(api_version: str) -> tuple[int, int, int]:
    """Stable before beta before alpha, and later before earlier, as Kubernetes sorts its versions."""
    match = _API_VERSION.search(api_version)
    if match is None:
        return (3, 0, 0)
    major, stage, minor = match.groups()
    return ({None: 0, "beta": 1}.get(stage, 2), -int(major), -int(minor or 0))


def _refuse(uri: str) -> NoReturn:
    """No schema is ever fetched."""
    raise LookupError(f"{uri} is not part of the schema pack")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.lstrip("v").split(".")[:2] if part.isdigit())
