"""Kustomization files: their names, their fields, and what they refer to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, Origin, SeqValue
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import shown

FILE_NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_FLUX: Final = "kustomize.toolkit.fluxcd.io/"
"""API group of the objects of Flux that are also called Kustomization."""
_FIELDS: Final = {
    name.lower(): name
    for name in (
        "apiVersion", "bases", "buildMetadata", "commonAnnotations", "commonLabels", "components",
        "configMapGenerator", "configurations", "crds", "generatorOptions", "generators",
        "helmChartInflationGenerator", "helmCharts", "helmGlobals", "imageTags", "images", "kind", "labels",
        "metadata", "namePrefix", "nameSuffix", "namespace", "openapi", "patches", "patchesJson6902",
        "patchesStrategicMerge", "replacements", "replicas", "resources", "secretGenerator", "sortOptions",
        "transformers", "validators", "vars",
    )
}  # fmt: skip
"""The fields of a kustomization (`api/types/kustomization.go`, v5.7) by their name in small letters: the JSON
decoder of Go does not mind the case."""
_REMOTE: Final = lazy_pattern(
    r"[A-Za-z][A-Za-z0-9+.-]*::?//|git::|[A-Za-z0-9._-]+@[^/]+:|github\.com[/:]"
    r"|[a-z0-9-]+(?:\.[a-z0-9-]+)+/.*(?://|\.git\b|\?)",
    re.IGNORECASE,
)


class Kustomization(NamedTuple):
    """A kustomization file."""

    path: str
    root: Node
    """A mapping."""
    fields: dict[str, Node]
    """Value of each field by its proper name; null fields are left out."""
    unknown: tuple[Node, ...]
    """Keys of fields that kustomize does not know and therefore refuses."""

    @property
    def directory(self) -> str:
        """The directory that its paths start from, empty for the root of the tree."""
        return posixpath.dirname(self.path)

    @property
    def title(self) -> str:
        """The kustomization in a sentence."""
        return f"kustomization {self.directory or '.'}"

    @property
    def is_component(self) -> bool:
        """Whether it is a component: completed by the kustomization that lists it."""
        return shown(self.fields.get("kind")) == "Component"

    def text(self, field: str) -> Node | None:
        """A field that holds a string or what is written like a number, None if it is absent or empty."""
        node = self.fields.get(field)
        return node if shown(node) else None

    def items(self, *names: str) -> Iterator[Node]:
        """The items of fields that hold sequences."""
        for name in names:
            node = self.fields.get(name)
            if node is not None and isinstance(node.value, SeqValue):
                yield from node.value.items

    def origin(self, does: str, node: Node) -> Origin:
        """A step on the way of a value: what this kustomization does at a node of its own."""
        return Origin(f"{self.title} {does}", node.source, node.start, node.end)


def read_kustomization(path: str, root: Node) -> Kustomization | None:
    """The kustomization that a document describes, None if it is no mapping."""
    if not isinstance(root.value, MapValue):
        return None
    fields = {}
    unknown = []
    for name, key, value in root.members():
        proper = _FIELDS.get(name.lower())
        if proper is None:
            unknown.append(key)
        elif value.value is not None:
            fields[proper] = value
    return Kustomization(path, root, fields, tuple(unknown))


def is_flux_object(root: Node) -> bool:
    """Whether a document is an object of Flux and no kustomization."""
    return shown(root.get("apiVersion")).startswith(_FLUX)


def is_remote(text: str) -> bool:
    """Whether a path that does not exist means something outside the tree."""
    return _REMOTE.match(text) is not None


def inside(directory: str, text: str) -> str | None:
    """A path of a kustomization relative to the root, None if it leads out of the root."""
    if text.startswith("/"):
        return None
    path = posixpath.normpath(posixpath.join(directory, text))
    if path == ".." or path.startswith("../"):
        return None
    return "" if path == "." else path
