"""The view of what does not fit the Kubernetes API."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from vvbscan.model.node import COMPUTED, Node, Parsed, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import KubernetesObject
from vvbscan.views.kubernetes.schema import SchemaError, check_object
from vvbscan.views.kubernetes.schema_pack import shipped_pack
from vvbscan.views.kubernetes.subjects import subject
from vvbscan.views.records import computed

_FIELDS: Final = SchemaError._fields[:-1]
"""All but the node."""
_QUARKUS_SOURCES: Final = "/src/main/kubernetes/"


def schema_errors(model: KubernetesModel, parsed: tuple[Parsed, ...]) -> Iterator[Subject]:
    """View `schema_error`: every error of every object of a known API. Record: `SchemaError`.

    Fields: `kind`, `level`, `message`, `path`, `key` and `version` as `SchemaError` names them, and `object`;
    what is empty there is absent. An object without errors is one subject of the kind `valid`. Custom
    resources are not subjects.

    Files below `src/main/kubernetes` are what Quarkus makes manifests of, and a number there becomes a text
    where one is wanted (Quarkus guide, Kubernetes extension: using existing resources): that is no error.
    """
    repeated = _repeated_keys(parsed)
    pack = shipped_pack()
    number = pack.position(model.kubernetes_version)
    version = pack.versions[number]
    for item in model.objects:
        try:
            errors = check_object(item, pack, number)
        except RecursionError as too_deep:
            unknown = item.anchor.replace_value(Unknown("limit", str(too_deep)))
            yield subject("schema_error", item, item.address, item.anchor, {"kind": unknown}, None)
            continue
        if errors is None:
            continue
        found = 0
        if _QUARKUS_SOURCES in f"/{item.root.source.path}":
            errors = tuple(error for error in errors if error.kind != "wrong-type")
        for error in chain(errors, _repeated_in(item, repeated, version)):
            found += 1
            yield _subject(item, error)
        if not found:
            yield _subject(item, SchemaError("valid", "", "", "", "", version, item.anchor))


def _subject(item: KubernetesObject, error: SchemaError) -> Subject:
    place = error.node
    members: dict[str, Node | None] = {
        name: computed(value, place) for name, value in zip(_FIELDS, error[:-1], strict=True) if value
    }
    members["object"] = item.root
    address = f"{item.address}:{error.path}" if error.path else item.address
    return subject("schema_error", item, address, place, members, error)


def _repeated_keys(parsed: tuple[Parsed, ...]) -> dict[str, list[Node]]:
    """The keys that the parsers found repeated, by the path of their file."""
    found: dict[str, list[Node]] = {}
    for file in parsed:
        for problem in file.problems:
            if problem.code == "duplicate-key":
                key = file.source.text.text[problem.start : problem.end].strip("\"'")
                node = Node(key, file.source, problem.start, problem.end, COMPUTED)
                found.setdefault(file.source.path, []).append(node)
    return found


def _repeated_in(
    item: KubernetesObject, repeated: dict[str, list[Node]], version: str
) -> Iterator[SchemaError]:
    """The repeated keys within an object: the API server refuses them, most other readers take the last."""
    root = item.root
    for node in repeated.get(root.source.path, ()):
        if root.source is node.source and root.start <= node.start < root.end:
            key = str(node.value)
            message = f"the field `{key}` is written twice"
            yield SchemaError("duplicate-field", "error", message, key, key, version, node)
