"""Units of the kind `kustomization`: a kustomization file with everything that it is built from."""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.outcome import NOT_ANALYSED, PARTLY, Notice
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind
from vvbscan.views.kubernetes.kind import VIEWS, facts
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import KubernetesObject, objects_of
from vvbscan.views.kubernetes.skaffold import Artifacts
from vvbscan.views.kustomize.identity import Resource
from vvbscan.views.kustomize.render import render
from vvbscan.views.kustomize.workspace import LimitReached, Workspace


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Render a kustomization. `unit.files[0]` is its file; whatever it lists is read as far as needed."""
    workspace = Workspace(unit, tree, options)
    path = unit.files[0]
    objects: list[KubernetesObject] = []
    kustomization = workspace.kustomization(path, None)
    try:
        resources = [] if kustomization is None else render(workspace, kustomization)
        objects = [item for resource in resources for item in _objects(resource, unit.environment)]
        if workspace.rest is not None and workspace.rest.kind != "open":
            workspace.mark(path, PARTLY, workspace.rest.reason)
    except LimitReached as limit:
        message = f"The kustomization is not analysed: {limit}."
        hint = "scan its parts, or the output of `kustomize build`"
        workspace.notices.append(Notice("error", "limit", message, path, None, hint))
        workspace.open("limit", str(limit))
        workspace.mark(path, NOT_ANALYSED, str(limit))
    artifacts = Artifacts(posixpath.dirname(path), tree, options)
    model = KubernetesModel(
        objects, options.kubernetes_version, options.limits, workspace.rest, artifacts=artifacts
    )
    return Loaded(
        model, tuple(workspace.parsed.values()), tuple(workspace.records.values()), tuple(workspace.notices)
    )


def _objects(resource: Resource, environment: str) -> tuple[KubernetesObject, ...]:
    return tuple(objects_of(resource.root, environment=environment, via=resource.via))


KIND: Final = UnitKind("kustomization", load, VIEWS, facts)
