"""Transformers in files of their own: those that kustomize has built in, as what they are in a kustomization.

Source: kustomize v5.7, `api/internal/builtins`. Every other transformer is a program, which is not run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Parsed, SeqValue, Unknown
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kustomize.settings import Kustomization
from vvbscan.views.kustomize.transformers import LabelSet, custom_specs
from vvbscan.views.kustomize.workspace import SETTINGS, Workspace

_FIELDS: Final = {
    "PrefixTransformer": ("namePrefix", "prefix"),
    "SuffixTransformer": ("nameSuffix", "suffix"),
    "PatchStrategicMergeTransformer": ("patchesStrategicMerge", "paths"),
    "ReplacementTransformer": ("replacements", "replacements"),
}
"""For kinds of transformers, the field of a kustomization that does the same, and the member it holds."""
_ENTRIES: Final = {
    "ImageTagTransformer": ("images", "imageTag"),
    "ReplicaCountTransformer": ("replicas", "replica"),
    "PatchTransformer": ("patches", ""),
}
"""The same for fields of which they hold one entry; an empty member stands for the transformer itself."""
_LABELS: Final = {"LabelTransformer": "labels", "AnnotationsTransformer": "annotations"}
_UNSUPPORTED: Final = ("unsetOnly", "setRoleBindingSubjects", "jsonOp")


def read_transformers(
    workspace: Workspace, kustomization: Kustomization, entry: Node
) -> Iterator[Kustomization | LabelSet | Unknown]:
    """What the transformers of an entry do: a kustomization with one field, labels to set, or not known."""
    parsed = _parse(workspace, kustomization, entry)
    if parsed is None:
        yield _not_run(kustomization, entry)
        return
    for document in parsed.documents:
        if document.root.value is not None:
            known = _as_kustomization(kustomization, document.root)
            yield _not_run(kustomization, entry) if known is None else known


def title(entry: Node) -> str:
    """A transformer or generator in a sentence: its path, or that it stands in the kustomization."""
    text = shown(entry)
    return "in the kustomization" if not text or "\n" in text else text


def _not_run(kustomization: Kustomization, entry: Node) -> Unknown:
    return Unknown("plugin", f"{kustomization.title} runs the transformer {title(entry)} on it")


def _parse(workspace: Workspace, kustomization: Kustomization, entry: Node) -> Parsed | None:
    text = entry.value
    if not isinstance(text, str) or not text:
        return None
    if "\n" in text or ": " in text:
        return workspace.embedded(entry)
    path = workspace.resolve(kustomization, entry)
    if path is None or workspace.tree.is_directory(path):
        return None
    return workspace.parse(path, SETTINGS, entry)


def _as_kustomization(kustomization: Kustomization, root: Node) -> Kustomization | LabelSet | None:
    kind = shown(root.get("kind"))
    if shown(root.get("apiVersion")) != "builtin" or any(root.get(name) for name in _UNSUPPORTED):
        return None
    if kind in _LABELS:
        pairs = root.get(_LABELS[kind])
        is_given = pairs is not None and isinstance(pairs.value, MapValue)
        return LabelSet(pairs, tuple(custom_specs(root.get("fieldSpecs")))) if pairs and is_given else None
    if kind == "NamespaceTransformer":
        return _with_field(kustomization, "namespace", root.at("metadata", "namespace"))
    if kind in _FIELDS:
        field, member = _FIELDS[kind]
        return _with_field(kustomization, field, root.get(member))
    if kind in _ENTRIES:
        field, member = _ENTRIES[kind]
        one = root.get(member) if member else root
        items = None if one is None else Node(SeqValue((one,)), one.source, one.start, one.end, COMPUTED)
        return _with_field(kustomization, field, items)
    return None


def _with_field(kustomization: Kustomization, field: str, value: Node | None) -> Kustomization | None:
    """The kustomization with nothing but one field."""
    return None if value is None else kustomization._replace(fields={field: value}, unknown=())
