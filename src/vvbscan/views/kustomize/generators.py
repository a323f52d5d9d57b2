"""ConfigMaps and Secrets that a kustomization generates.

Sources: kustomize v5.7, `api/kv/kv.go` and `api/internal/generators`. The hash that kustomize puts behind
their names is left out, so that a name stays the same when the content changes; references keep it too.
"""

from __future__ import annotations

import posixpath
from base64 import b64encode
from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import COMPUTED, LITERAL, MapValue, Node, Scalar, Unknown
from vvbscan.parse.dotenv import as_document, read_raw_dotenv
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kustomize.identity import Resource
from vvbscan.views.kustomize.settings import Kustomization
from vvbscan.views.kustomize.workspace import Workspace

GENERATORS: Final = (("secretGenerator", "Secret"), ("configMapGenerator", "ConfigMap"))
"""Fields that generate objects, in the order in which kustomize runs them, and the kind of the objects."""
_ENV_FILE: Final = "env-file"


class Pair(NamedTuple):
    """A key of generated data and its value."""

    key: Node
    value: Node


def generate(workspace: Workspace, kustomization: Kustomization, kind: str, entry: Node) -> Resource | None:
    """The object that an entry of a generator makes, None if it lacks a name."""
    name = entry.get("name")
    if name is None or not shown(name):
        workspace.report("error", "kustomize-generator", "The generated object needs a name.", entry)
        return None
    pairs, rest = _pairs(workspace, kustomization, entry)
    options = _options(kustomization, entry)
    members: dict[str, Node] = {
        "apiVersion": _made("v1", entry),
        "kind": _made(kind, name),
        "metadata": _metadata(entry, name, options),
    }
    keys = dict.fromkeys(members, name)
    if kind == "Secret":
        members["type"] = entry.get("type") or _made("Opaque", entry)
        keys["type"] = entry.key("type") or name
    contents = _content_fields(kind, pairs)
    if rest is not None:
        contents.setdefault("data", [])
    for field, content in contents.items():
        members[field] = _mapping([(pair.key, pair.value) for pair in content], name, rest)
        keys[field] = name
    if any(flag is not None and flag.value is True for flag in (one.get("immutable") for one in options)):
        members["immutable"], keys["immutable"] = _made(value=True, at=name), name
    root = Node(MapValue(members, keys), name.source, entry.start, entry.end, COMPUTED)
    via = (kustomization.origin("generates this", name),)
    return Resource(root, via, behavior=shown(entry.get("behavior")))


def _content_fields(kind: str, pairs: list[Pair]) -> dict[str, list[Pair]]:
    """The fields that hold the pairs: a ConfigMap keeps what is no text apart."""
    if kind == "Secret":
        return {"data": [_encoded(pair) for pair in pairs]}
    texts = [pair for pair in pairs if not isinstance(pair.value.value, Unknown)]
    others = [pair for pair in pairs if isinstance(pair.value.value, Unknown)]
    return {field: found for field, found in (("data", texts), ("binaryData", others)) if found}


def _options(kustomization: Kustomization, entry: Node) -> list[Node]:
    """The options that hold for an entry, those of the kustomization first: its own win."""
    candidates = (kustomization.fields.get("generatorOptions"), entry.get("options"))
    return [node for node in candidates if node is not None]


def _metadata(entry: Node, name: Node, options: list[Node]) -> Node:
    members: list[tuple[Node, Node]] = [(_made("name", entry.key("name") or name), name)]
    namespace = entry.get("namespace")
    if namespace is not None and shown(namespace):
        members.append((_made("namespace", entry.key("namespace") or name), namespace))
    for field in ("labels", "annotations"):
        found: dict[str, tuple[Node, Node]] = {}
        for option in options:
            given = option.get(field)
            for text, key, value in () if given is None else given.members():
                found[text] = (key, value)
        if found:
            members.append((_made(field, name), _mapping(list(found.values()), name)))
    return _mapping(members, name)


def _pairs(
    workspace: Workspace, kustomization: Kustomization, entry: Node
) -> tuple[list[Pair], Unknown | None]:
    """The pairs that an entry lists, and why there may be more."""
    found: dict[str, Pair] = {}
    missing: list[str] = []
    sources = (
        *_env_pairs(workspace, kustomization, entry, missing),
        *_literal_pairs(workspace, entry),
        *_file_pairs(workspace, kustomization, entry),
    )
    for pair in sources:
        key = shown(pair.key)
        if key in found:
            message = f"The key {key} is generated twice; kustomize refuses it."
            workspace.report("warning", "kustomize-generator", message, pair.key)
        found[key] = pair
    rest = Unknown("variable", f"{missing[0]} is not in the tree") if missing else None
    return list(found.values()), rest


def _listed(entry: Node, *names: str) -> Iterator[Node]:
    for name in names:
        node = entry.get(name)
        if node is not None:
            yield from (
                item for item in (node.items() or (node,)) if isinstance(item.value, str) and item.value
            )


def _env_pairs(
    workspace: Workspace, kustomization: Kustomization, entry: Node, missing: list[str]
) -> Iterator[Pair]:
    """The variables of the files that an entry lists; those that are not there are added to `missing`."""
    for item in _listed(entry, "envs", "env"):
        path = workspace.resolve(kustomization, item)
        if path is None:
            continue
        source = workspace.read(path, item)
        if source is None:
            if workspace.tree.is_file(path):
                workspace.report("error", "kustomize-generator", f"{path} is not text in UTF-8.", item)
            else:
                missing.append(path)
            continue
        found = read_raw_dotenv(source, workspace.limits)
        workspace.keep(path, as_document(found), _ENV_FILE)
        origin = kustomization.origin("lists this file of variables", item)
        for assignment in found.assignments:
            name = assignment.name
            value = assignment.value or Node("", name.source, name.end, name.end)
            yield Pair(name.through(origin), value.through(origin))


def _literal_pairs(workspace: Workspace, entry: Node) -> Iterator[Pair]:
    for item in _listed(entry, "literals"):
        text = str(item.value)
        at = text.find("=")
        if at <= 0:
            workspace.report("error", "kustomize-generator", "A literal has the form key=value.", item)
            continue
        begin, end = at + 1, len(text)
        if end - begin > 1 and text[begin] == text[end - 1] and text[begin] in "\"'":
            begin, end = begin + 1, end - 1
        yield Pair(item.part(0, at), item.part(begin, end))


def _file_pairs(workspace: Workspace, kustomization: Kustomization, entry: Node) -> Iterator[Pair]:
    for item in _listed(entry, "files"):
        text = str(item.value)
        at = text.find("=")
        place = item.part(at + 1, len(text))
        path = workspace.resolve(kustomization, place)
        if path is None:
            continue
        key = item.part(0, at) if at > 0 else _made(posixpath.basename(path), item)
        yield Pair(key, _content(workspace, kustomization, path, place))


def _content(workspace: Workspace, kustomization: Kustomization, path: str, item: Node) -> Node:
    """The content of a file; unknown if it is no text."""
    source = workspace.read(path, item)
    if source is None:
        return item.replace_value(Unknown("unparsed", f"{path} could not be read as text"))
    origin = kustomization.origin("lists this file", item)
    text = source.text.text
    return Node(text, source, 0, len(text), LITERAL, (origin,))


def _encoded(pair: Pair) -> Pair:
    """A pair of a Secret: its value in Base64 at the place of the plain one."""
    value = pair.value
    if isinstance(value.value, Unknown):
        return pair
    data = b64encode(shown(value).encode("utf-8", "surrogatepass")).decode()
    return Pair(pair.key, Node(data, value.source, value.start, value.end, COMPUTED, value.via))


def _made(value: Scalar, at: Node) -> Node:
    return Node(value, at.source, at.start, at.end, COMPUTED, at.via)


def _mapping(members: list[tuple[Node, Node]], at: Node, rest: Unknown | None = None) -> Node:
    entries = {shown(key): value for key, value in members}
    keys = {shown(key): key for key, _ in members}
    return Node(MapValue(entries, keys, rest), at.source, at.start, at.end, COMPUTED, at.via)


def absorb(workspace: Workspace, made: Resource, into: list[Resource], entry: Node) -> None:
    """Add a generated object to those that are there, or merge it into the one that it names."""
    matches = [resource for resource in into if made.identity in resource.identities]
    behavior = made.behavior or "create"
    if behavior not in {"merge", "replace"}:
        if matches:
            workspace.report(
                "warning",
                "kustomize-generator",
                f"{made.identity.kind} {made.identity.name} is there already, and the behavior is not merge "
                "or replace; kustomize refuses it.",
                entry,
            )
        into.append(made)
        return
    if not matches:
        if workspace.rest is None:
            message = f"There is no {made.identity.kind} {made.identity.name} to {behavior}."
            workspace.report("error", "kustomize-generator", message, entry)
        into.append(made)
        return
    target = matches[0]
    target.edit(_combined(target.root, made.root, is_merge=behavior == "merge"))


def _combined(old: Node, new: Node, *, is_merge: bool) -> Node:
    """The generated object in place of an old one, whose name stays: its metadata over that of the old."""
    root = new
    fields = ("data", "binaryData") if is_merge else ()
    for field in fields:
        merged = _over(old.get(field), new.get(field))
        if merged is not None:
            root = _with(root, field, merged, old.key(field) or merged)
    metadata, fresh = old.get("metadata"), new.get("metadata")
    assert metadata is not None, "an object that was found by its name has metadata"
    for field in ("labels", "annotations"):
        merged = _over(metadata.get(field), None if fresh is None else fresh.get(field))
        if merged is not None:
            metadata = _with(metadata, field, merged, metadata.key(field) or merged)
    return _with(root, "metadata", metadata, metadata)


def _with(node: Node, name: str, value: Node, key: Node) -> Node:
    members = node.value
    assert isinstance(members, MapValue), "objects and their metadata are mappings"
    return node._replace(
        value=members._replace(entries={**members.entries, name: value}, keys={name: key, **members.keys})
    )


def _over(old: Node | None, new: Node | None) -> Node | None:
    if old is None or new is None:
        return new if old is None else old
    if not isinstance(old.value, MapValue) or not isinstance(new.value, MapValue):
        return new
    return old._replace(
        value=old.value._replace(
            entries={**old.value.entries, **new.value.entries},
            keys={**old.value.keys, **new.value.keys},
            rest=old.value.rest or new.value.rest,
        )
    )
