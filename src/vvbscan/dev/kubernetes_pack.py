"""Builds `schemas/kubernetes.jsonl.xz`, the schemas that manifests are checked against.

The source is the package `kubernetes-validate`, which repackages the OpenAPI documents of the Kubernetes
releases as JSON schemas. The pack keeps of its strict variants what decides validity, each definition once
for all the versions that share it:

- line 1: the versions, the definition of each kind, the line of each definition, by the range of versions;
- every further line: one definition as a JSON schema, which refers to others as `#/$defs/NAME`.
"""

from __future__ import annotations

import json
import lzma
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.errors import UsageError
from vvbscan.model.resources import checkout_root
from vvbscan.views.kubernetes.schema_pack import PACK

_STRICT: Final = lazy_pattern(r"v(\d+)\.(\d+)\.\d+-local-strict")
_DROPPED: Final = frozenset({"description", "format"})
"""`format` is an annotation in JSON Schema 2020-12, and no validator here asserts it."""

Schema = dict[str, Any]


def write_pack() -> Path:
    """Build the pack from the installed `kubernetes-validate` into the checkout; gives its path.

    Raises `UsageError` if the package is not installed.
    """
    try:
        package = files("kubernetes_validate")
    except ModuleNotFoundError:
        raise UsageError(
            "kubernetes-validate is not installed", hint="pip install kubernetes-validate"
        ) from None
    path = Path(checkout_root(), *PACK)
    path.parent.mkdir(exist_ok=True)
    content = build_pack(package.joinpath("kubernetes-json-schema"))
    path.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
    return path


def build_pack(schemas: Traversable) -> bytes:
    """The text of the pack, uncompressed, from the directory with the schemas of all versions."""
    directories = sorted(_versions(schemas).items())
    kinds: dict[str, list[list[Any]]] = {}
    definitions: dict[str, list[list[Any]]] = {}
    lines: dict[str, int] = {}
    for number, (_, directory) in enumerate(directories):
        found = json.loads(directory.joinpath("_definitions.json").read_text(encoding="utf-8"))["$defs"]
        for name, schema in sorted(found.items()):
            text = json.dumps(reduced(schema), separators=(",", ":"), sort_keys=True)
            _extend(definitions, name, number, lines.setdefault(text, len(lines) + 1))
            described = schema.get("x-kubernetes-group-version-kind", [])
            if len(described) == 1:  # others are parts of every API (DeleteOptions, WatchEvent), not objects
                _extend(kinds, _kind_key(described[0]), number, name)
    header = {
        "versions": [f"{major}.{minor}" for (major, minor), _ in directories],
        "kinds": kinds,
        "definitions": definitions,
    }
    return "\n".join([json.dumps(header, separators=(",", ":"), sort_keys=True), *lines]).encode()


def reduced(schema: Schema) -> Schema:
    """A schema without descriptions, formats and Kubernetes' extensions, which do not decide validity."""
    kept: Schema = {}
    for key, value in schema.items():
        if key == "properties":  # the keys below are names of fields, such as `description`
            kept[key] = {name: reduced(field) for name, field in value.items()}
        elif key in _DROPPED or key.startswith("x-kubernetes-"):
            continue
        elif isinstance(value, dict):
            kept[key] = reduced(value)
        elif isinstance(value, list):
            kept[key] = [reduced(item) if isinstance(item, dict) else item for item in value]
        else:
            kept[key] = value
    return kept


def _versions(schemas: Traversable) -> dict[tuple[int, int], Traversable]:
    found = ((_STRICT.fullmatch(entry.name), entry) for entry in schemas.iterdir())
    return {(int(match[1]), int(match[2])): entry for match, entry in found if match}


def _kind_key(described: dict[str, str]) -> str:
    group = f"{described['group']}/" if described["group"] else ""
    return f"{group}{described['version']}/{described['kind']}"


def _extend(table: dict[str, list[list[Any]]], key: str, number: int, value: object) -> None:
    """Note that `key` has `value` in the version with this number; ranges are first, last, value."""
    ranges = table.setdefault(key, [])
    if ranges and ranges[-1][1] == number - 1 and ranges[-1][2] == value:
        ranges[-1][1] = number
    else:
        ranges.append([number, number, value])
