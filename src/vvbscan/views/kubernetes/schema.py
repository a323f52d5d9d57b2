"""Checking objects against the API of the configured cluster version, with every error at its place.

What is an error and what is not, and why, is decided in docs/decisions/0008-kubernetes-schema-check.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import first_key, reach, removal
from vvbscan.views.kubernetes.objects import KubernetesObject
from vvbscan.views.kubernetes.removed_apis import REMOVED
from vvbscan.views.kubernetes.schema_faults import Fault, Path, faults_of, narrowest
from vvbscan.views.kubernetes.schema_pack import SchemaPack, group_of, reference_name

_LONGEST_FIELD: Final = 64
"""Longer than the name of every field of the API; the longest has 48 characters."""
_MOST_HINTS: Final = 50
"""Unknown fields of one object for which a likely meaning is looked for."""
_FILLED_IN: Final = lazy_pattern(
    r"\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Za-z_]\w*|\{\{.*\}\}|<[^<>]+>|__\w+__|@\w+@|#\{\w+\}#|^ENC\["
)
"""What something fills in before the API server reads it (envsubst, also that of Flux, Jinja, pipelines), and
what SOPS has encrypted."""
_SOPS: Final = "sops"
"""Top-level key that SOPS adds to an encrypted file and removes when it decrypts it."""
_A_TYPE: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}


class SchemaError(NamedTuple):
    """A way in which an object does not fit the API, or that it does. Record of the view `schema_error`."""

    kind: str
    """`valid`; `unknown-field`, `missing-field`, `wrong-type`, `wrong-value`, `no-quantity`,
    `duplicate-field`; `newer-version` (a later version knows it); `unknown-api`; `removed-api`."""
    level: str
    """`error`, or `warning` for an API that the configured version serves and a later one does not;
    empty for a valid object."""
    message: str
    path: str
    """Path of the field below the object, items by name: `spec.template.spec.containers[app].image`; empty
    for a valid object."""
    key: str
    """The field that is unknown, missing or repeated; empty for a wrong value."""
    version: str
    """Cluster version that the object was checked against, or the one that the error speaks of."""
    node: Node
    """The offending key or value; for what is missing, the key of what lacks it."""


def check_object(item: KubernetesObject, pack: SchemaPack, number: int) -> tuple[SchemaError, ...] | None:
    """The errors of an object, none if it is valid; None if it is no object of a known API (or a patch).

    `number` is the position of the cluster version in the pack. Raises `RecursionError` if the object is
    nested too deep.
    """
    if not item.kind or "*" in item.kind or "*" in item.api_version or item.root.get("$patch") is not None:
        return None
    name = pack.definition(item.api_version, item.kind, number)
    if not name:
        error = _api_error(item, pack, number)
        return None if error is None else (error,)
    removal_ahead = _removal_ahead(item, pack, number)
    faults = faults_of(pack.validator(name, number), item.root)
    faults = [fault for fault in faults if fault.path[:1] != ("status",)]
    errors = _located(item, pack, number, name, narrowest(faults)) if faults else ()
    return (*removal_ahead, *sorted(errors, key=lambda error: error.node.start))


def _api_error(item: KubernetesObject, pack: SchemaPack, number: int) -> SchemaError | None:
    """Why a version does not serve a kind, None if it may be a custom resource."""
    named, place = f"{item.api_version} {item.kind}", item.root.get("apiVersion") or item.anchor
    checked = pack.versions[number]
    elsewhere = pack.api_versions(item.kind, number, item.group)
    served = pack.served(item.api_version, item.kind)
    gone = REMOVED.get((item.api_version, item.kind), "")
    if served and served[0] > number:
        since = pack.versions[served[0]]
        message = f"{named} is served from Kubernetes {since} on, not by {checked}"
        return SchemaError("newer-version", "error", message, "apiVersion", "", since, place)
    if served:
        gone = pack.versions[served[-1] + 1]
    if gone:
        message = f"{named} is no longer served since Kubernetes {gone}{_instead(elsewhere)}"
        return SchemaError("removed-api", "error", message, "apiVersion", "", gone, place)
    if not item.api_version and elsewhere:
        message = f"a {item.kind} lacks the required field `apiVersion`"
        return SchemaError(
            "missing-field", "error", message, "apiVersion", "apiVersion", checked, item.anchor
        )
    if elsewhere and ("." not in item.group or group_of(elsewhere[0]) == item.group):
        # A custom resource has a group with a dot, and none of a group of Kubernetes' own.
        message = f"Kubernetes {checked} has no {named}{_instead(elsewhere)}"
        return SchemaError("unknown-api", "error", message, "apiVersion", "", checked, place)
    kinds = pack.kinds(item.group, number)
    meant = similar(item.kind, kinds)
    misspelled = meant[:1].lower() == item.kind[:1].lower()
    if kinds and (misspelled or (item.group and "." not in item.group)):
        # OpenShift's kinds were once in the core group, and projects of Kubernetes have groups below k8s.io.
        hint = f"; perhaps `{meant}` is meant" if meant else ""
        message = f"Kubernetes {checked} has no {named}{hint}"
        return SchemaError("unknown-api", "error", message, "kind", "", checked, item.anchor)
    return None


def _removal_ahead(item: KubernetesObject, pack: SchemaPack, number: int) -> tuple[SchemaError, ...]:
    """The warning that a later version no longer serves the API of an object, if that is so."""
    served = pack.served(item.api_version, item.kind)
    if served[-1] == len(pack.versions) - 1:
        return ()
    later = next(later for later in range(number + 1, len(pack.versions)) if later not in served)
    version = pack.versions[later]
    instead = _instead(pack.api_versions(item.kind, later, item.group))
    message = f"{item.api_version} {item.kind} is no longer served from Kubernetes {version} on{instead}"
    place = item.root.get("apiVersion") or item.anchor
    return (SchemaError("removed-api", "warning", message, "apiVersion", "", version, place),)


def _instead(api_versions: tuple[str, ...]) -> str:
    return f"; use {api_versions[0]}" if api_versions else ""


def _located(
    item: KubernetesObject, pack: SchemaPack, number: int, name: str, faults: list[Fault]
) -> Iterator[SchemaError]:
    """The faults that hold, with their places and words."""
    since = _since(item, pack, number, faults)
    checked = pack.versions[number]
    hints = 0
    for fault in faults:
        place = _follow(item.root, fault.path)
        if place is None:
            continue
        newer = since.get(fault, "")
        if fault.kind == "missing-field":
            # What a later version no longer demands, no API server ever did: the documents were corrected.
            if not newer and not _is_open(place.node) and reach(place.node, fault.detail[0]) is None:
                yield _missing(item, fault, place, checked)
        elif fault.kind == "null":
            # The API server reads null as absent.
            holder = _schema_at(pack, number, name, fault.path[:-1])
            if place.node.value is None and fault.path[-1] in holder.get("required", ()):
                message = f"{place.path} must not be null"
                yield SchemaError("wrong-type", "error", message, place.path, "", checked, place.node)
        elif fault.kind == "unknown-field":
            if fault == Fault((), "unknown-field", (_SOPS,)):
                continue
            hints += 1
            fields = _fields(pack, number, name, fault.path) if hints <= _MOST_HINTS else []
            yield _unknown(item, fault, place, newer, checked, fields)
        elif not (isinstance(place.node.value, Unknown) or _is_filled_in(place.node)):
            yield _wrong(item, fault, place, newer, checked)


def _since(item: KubernetesObject, pack: SchemaPack, number: int, faults: list[Fault]) -> dict[Fault, str]:
    """The faults that the newest version does not find, with the first version that does not."""
    later = [version for version in pack.served(item.api_version, item.kind) if version > number]
    if not later:
        return {}
    newest = _faults_in(item, pack, later[-1])
    vanished = [fault for fault in faults if fault not in newest]
    since: dict[Fault, str] = {}
    for version in later if vanished else ():
        found = newest if version == later[-1] else _faults_in(item, pack, version)
        for fault in vanished:
            if fault not in found:
                since.setdefault(fault, pack.versions[version])
    return since


def _faults_in(item: KubernetesObject, pack: SchemaPack, number: int) -> frozenset[Fault]:
    name = pack.definition(item.api_version, item.kind, number)
    return frozenset(faults_of(pack.validator(name, number), item.root))


class _Place(NamedTuple):
    """Where a path leads in an object."""

    node: Node
    key: Node
    """What stands for the node where it is a collection: its key, the name of an item."""
    path: str


def _follow(root: Node, path: Path) -> _Place | None:
    """The place that a path leads to, None if something unknown or missing is on the way."""
    node, key, words = root, root.get("kind") or first_key(root), ""
    for step in path:
        value = node.value
        if isinstance(value, MapValue) and isinstance(step, str) and step in value.entries:
            node, key = value.entries[step], value.keys[step]
            words = _joined(words, step)
        elif isinstance(value, SeqValue) and isinstance(step, int) and step < len(value.items):
            node = value.items[step]
            name = node.get("name")
            named = "" if name is None else name.text() or ""
            key = name if name is not None and named else first_key(node)
            words = f"{words}[{named or step}]"
        else:
            return None
    return _Place(node, key, words)


def _joined(path: str, name: str) -> str:
    if not name.replace("-", "").replace("_", "").isalnum():
        return f'{path}["{name}"]'
    return f"{path}.{name}" if path else name


def _is_open(node: Node) -> bool:
    value = node.value
    return isinstance(value, Unknown) or (isinstance(value, MapValue) and value.rest is not None)


def _is_filled_in(node: Node) -> bool:
    return isinstance(node.value, str) and _FILLED_IN.search(node.value) is not None


def _missing(item: KubernetesObject, fault: Fault, place: _Place, checked: str) -> SchemaError:
    name = fault.detail[0]
    message = f"{place.path or f'a {item.kind}'} lacks the required field `{name}`"
    node = removal(place.node, name) or place.key
    return SchemaError("missing-field", "error", message, _joined(place.path, name), name, checked, node)


def _unknown(
    item: KubernetesObject, fault: Fault, place: _Place, newer: str, checked: str, fields: list[str]
) -> SchemaError:
    name = fault.detail[0]
    node = place.node.key(name) or place.key
    holder, path = place.path or f"a {item.kind}", _joined(place.path, name)
    if newer:
        message = f"`{_shown(name)}` is a field of {holder} from Kubernetes {newer} on, not in {checked}"
        return SchemaError("newer-version", "error", message, path, name, newer, node)
    meant = similar(name, fields)
    hint = f"; perhaps `{meant}` is meant" if meant else ""
    return SchemaError(
        "unknown-field",
        "error",
        f"`{_shown(name)}` is not a field of {holder}{hint}",
        path,
        name,
        checked,
        node,
    )


def _wrong(item: KubernetesObject, fault: Fault, place: _Place, newer: str, checked: str) -> SchemaError:
    node = place.key if isinstance(place.node.value, (MapValue, SeqValue)) else place.node
    path = place.path or f"a {item.kind}"
    if fault.kind == "wrong-type":
        names = sorted({_A_TYPE.get(name, name) for name in fault.detail if name != "null"})
        message = f"{path} must be {' or '.join(names)}, not {_A_TYPE[_type_of(place.node)]}"
    elif fault.kind == "no-quantity":
        message = f"{path} must be a quantity, such as `500m`, `1.5` or `512Mi`"
    elif len(fault.detail) == 1:
        message = f"{path} must be {fault.detail[0]}"
    else:
        message = f"{path} must be one of {', '.join(fault.detail)}"
    if newer:
        message = f"{message}; Kubernetes {newer} takes it"
        return SchemaError("newer-version", "error", message, place.path, "", newer, node)
    return SchemaError(fault.kind, "error", message, place.path, "", checked, node)


def similar(name: str, candidates: list[str]) -> str:
    """The candidate that a misspelled name most likely means, empty if none is near."""
    if len(name) > _LONGEST_FIELD:
        return ""
    from difflib import get_close_matches

    folded = {candidate.lower(): candidate for candidate in candidates}
    near = get_close_matches(name.lower(), folded, n=1, cutoff=0.75)
    return folded[near[0]] if near else ""


def _shown(name: str) -> str:
    """A field's name for a message, cut if no field can have it."""
    return name if len(name) <= _LONGEST_FIELD else f"{name[:_LONGEST_FIELD]}…"


def _fields(pack: SchemaPack, number: int, name: str, path: Path) -> list[str]:
    """The fields that a mapping at a path may have."""
    return sorted(_schema_at(pack, number, name, path).get("properties", {}))


def _schema_at(pack: SchemaPack, number: int, name: str, path: Path) -> dict[str, Any]:
    """The schema of what stands at a path; empty if nothing is said of it."""
    schema = pack.schema(name, number)
    for step in path:
        if isinstance(step, int):
            following = schema.get("items", {})
        else:
            following = schema.get("properties", {}).get(step) or schema.get("additionalProperties") or {}
        referred = reference_name(following) if isinstance(following, dict) else ""
        schema = pack.schema(referred, number) if referred else following
        if not isinstance(schema, dict):
            return {}
    return schema


def _type_of(node: Node) -> str:
    value = node.value
    if isinstance(value, MapValue):
        return "object"
    if isinstance(value, SeqValue):
        return "array"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "number" if isinstance(value, float) else "null" if value is None else "string"
