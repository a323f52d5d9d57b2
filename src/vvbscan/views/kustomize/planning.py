"""Planning: which kustomizations are units, what they consume, and which environment each is.

A kustomization that another one lists is judged through that one only, and so is every manifest or patch
that one lists. Kustomizations that share a base, or a file outside their own directory, are a group of
environments: one of them that is called production is judged in place of the others.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.environment import environment_of_directory, is_other_name, is_production_name
from vvbscan.model.node import Node
from vvbscan.model.unit import FileTree, Options, Unit, Unreadable
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.kind import parse_manifest
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kustomize.settings import (
    FILE_NAMES,
    Kustomization,
    inside,
    is_flux_object,
    read_kustomization,
)

_GENERIC: Final = frozenset(
    {
        "base", "bases", "config", "configs", "deploy", "deployment", "deployments", "environments", "envs",
        "k8s", "kubernetes", "kustomization", "kustomize", "manifests", "overlay", "overlays",
    }
)  # fmt: skip
"""Names of directories that say nothing about an environment."""
_PATCH: Final = lazy_pattern(r"(?:^|[-_.])patch\.(?:ya?ml|json)$")
_STAGES: Final = frozenset({"preprod", "qa", "stage", "staging", "uat"})


class KustomizationPlan(NamedTuple):
    """The units that the kustomizations of a tree make."""

    units: tuple[Unit, ...]
    consumed: frozenset[str]
    """Files that are judged through these units only: bases, components, manifests, patches, settings."""


class _Listed(NamedTuple):
    """What a kustomization refers to."""

    bases: tuple[str, ...]
    """Paths of the kustomization files among its resources."""
    components: tuple[str, ...]
    files: tuple[str, ...]
    """Manifests, patches and settings."""
    is_component: bool = False


def plan_kustomizations(paths: Sequence[str], tree: FileTree, options: Options) -> KustomizationPlan:
    """The units of the kustomization files at `paths`, in a stable order.

    An object of Flux that is named like a kustomization file is a unit of the kind `manifest`.
    """
    graph: dict[str, _Listed] = {}
    flux: set[str] = set()
    surplus = {path for path in paths if _file_of(posixpath.dirname(path), tree) != [path]}
    pending = sorted(set(paths) - surplus, reverse=True)
    while pending:
        path = pending.pop()
        if path in graph or path in flux:
            continue
        listed = _read(path, tree, options)
        if listed is None:
            flux.add(path)
        else:
            graph[path] = listed
            pending += [*listed.bases, *listed.components]
    roots = _roots(graph)
    files = frozenset(file for listed in graph.values() for file in listed.files)
    consumed = files | surplus | (graph.keys() - set(roots))
    units = [*_units(graph, roots, options), *_manifests(flux - consumed, options)]
    return KustomizationPlan(tuple(units), consumed)


def is_unused_patch(path: str, tree: FileTree) -> bool:
    """Whether a manifest that no kustomization lists is named like a patch, and lies where one may list it.

    Generators of projects write such patches and leave them out until somebody wants them. They are no
    objects: most of what an object needs is missing.
    """
    folder, name = posixpath.split(path)
    in_patches = posixpath.basename(folder) == "patches"
    if not in_patches and _PATCH.search(name) is None:
        return False
    return bool(_file_of(folder, tree) or (in_patches and _file_of(posixpath.dirname(folder), tree)))


def _read(path: str, tree: FileTree, options: Options) -> _Listed | None:
    """What a kustomization file refers to; None for an object of Flux."""
    try:
        parsed = parse_manifest(path, tree, options)
    except Unreadable:
        return _Listed((), (), ())
    if not parsed.documents:
        return _Listed((), (), ())
    root = parsed.documents[0].root
    if is_flux_object(root):
        return None
    kustomization = read_kustomization(path, root)
    return _Listed((), (), ()) if kustomization is None else _listed(kustomization, tree)


def _listed(kustomization: Kustomization, tree: FileTree) -> _Listed:
    bases: list[str] = []
    files: list[str] = []
    for path in _paths(kustomization, kustomization.items("resources", "bases")):
        if tree.is_file(path):
            files.append(path)
        else:
            bases += _file_of(path, tree)
    components = [
        file
        for path in _paths(kustomization, kustomization.items("components"))
        for file in _file_of(path, tree)
    ]
    settings = _paths(kustomization, _settings(kustomization))
    files += [path for path in settings if tree.is_file(path)]
    return _Listed(tuple(bases), tuple(components), tuple(files), kustomization.is_component)


def _settings(kustomization: Kustomization) -> Iterator[Node]:
    """The nodes with paths of patches and of files that configure the rendering."""
    for entry in kustomization.items("patches", "patchesJson6902", "replacements"):
        path = entry.get("path")
        if path is not None:
            yield path
    yield from kustomization.items(
        "patchesStrategicMerge", "configurations", "generators", "transformers", "validators"
    )
    openapi = kustomization.fields.get("openapi")
    path = openapi.get("path") if openapi is not None else None
    if path is not None:
        yield path


def _paths(kustomization: Kustomization, nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        text = shown(node)
        path = inside(kustomization.directory, text) if text and "\n" not in text else None
        if path is not None:
            yield path


def _file_of(directory: str, tree: FileTree) -> list[str]:
    """The kustomization file of a directory, as a list of one or none."""
    candidates = (posixpath.join(directory, name) for name in FILE_NAMES)
    return [path for path in candidates if tree.is_file(path)][:1]


def _roots(graph: dict[str, _Listed]) -> list[str]:
    """The kustomizations that nothing lists; of those that only list each other, the first."""
    listed = {path for one in graph.values() for path in (*one.bases, *one.components)}
    roots = sorted(path for path in graph if path not in listed)
    reached: set[str] = set()
    for start in (*roots, *sorted(listed)):
        if start in reached or start not in graph:
            continue
        if start in listed:
            roots.append(start)
        pending = [start]
        while pending:
            path = pending.pop()
            if path not in reached and path in graph:
                reached.add(path)
                pending += [*graph[path].bases, *graph[path].components]
    return sorted(roots)


def _units(graph: dict[str, _Listed], roots: Sequence[str], options: Options) -> Iterator[Unit]:
    groups = _groups(graph)
    environments = {root: _environment(posixpath.dirname(root), graph[root]) for root in roots}
    names: dict[str, set[str]] = {}
    for root in roots:
        names.setdefault(groups.find(root), set()).add(environments[root])
    judged = {group: options.environments.judged(found) for group, found in names.items()}
    for root in roots:
        environment = environments[root]
        yield Unit(
            f"kustomization:{posixpath.dirname(root) or '.'}",
            "kustomization",
            (root, *_closure(graph, root, options.limits.unit_files)),
            environment,
            environment in judged[groups.find(root)],
        )


def _manifests(paths: Iterable[str], options: Options) -> Iterator[Unit]:
    for path in sorted(paths):
        environment = _environment(posixpath.dirname(path), _Listed((), (), ()))
        judged = environment in options.environments.judged([environment])
        yield Unit(f"manifest:{path}", "manifest", (path,), environment, judged)


class _Groups:
    """Sets of names that are joined by what they share."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def find(self, name: str) -> str:
        """The name that stands for the set of a name."""
        parents = self._parents
        root = name
        while parents.get(root, root) != root:
            root = parents[root]
        while parents.get(name, name) != root:
            parents[name], name = root, parents[name]
        return root

    def join(self, one: str, other: str) -> None:
        """Make one set of the sets of two names."""
        first, second = sorted((self.find(one), self.find(other)))
        self._parents[second] = first


def _groups(graph: dict[str, _Listed]) -> _Groups:
    """Kustomizations joined by the bases and the outside files that they share; components join nothing."""
    groups = _Groups()
    for path, listed in graph.items():
        if not listed.is_component:
            own = f"{posixpath.dirname(path)}/"
            outside = (file for file in listed.files if own != "/" and not file.startswith(own))
            for shared in (*listed.bases, *outside):
                groups.join(path, shared)
    return groups


def _closure(graph: dict[str, _Listed], root: str, limit: int) -> list[str]:
    """All that a kustomization reads, itself left out, up to a number of files."""
    found: dict[str, None] = {}
    pending = [root]
    while pending and len(found) < limit:
        listed = graph.get(pending.pop())
        if listed is not None:
            inner = [path for path in (*listed.bases, *listed.components) if path not in found]
            found.update(dict.fromkeys((*listed.files, *inner)))
            pending += inner
    found.pop(root, None)
    return sorted(found)


def _environment(directory: str, listed: _Listed) -> str:
    """The environment that a kustomization is: the name of its directory if it builds on others.

    If that name says nothing but a directory above it does as a whole (`production/eu`), both together are
    the name. A kustomization that builds on no other has an environment only if its path says which.
    """
    segments = [name for name in directory.split("/") if name]
    if not segments:
        return ""
    last = segments[-1]
    if is_production_name(last) or is_other_name(last) or last in _STAGES:
        return last
    for index in range(len(segments) - 2, -1, -1):
        name = segments[index]
        environment = name if name in _STAGES else environment_of_directory(name)
        if environment:
            return "/".join([environment, *(name for name in segments[index + 1 :] if name not in _GENERIC)])
    return last if listed.bases and last not in _GENERIC else ""
