"""Rendering a kustomization: what it lists is read, generated and transformed in the order of kustomize.

Source: kustomize v5.7, `api/internal/target/kusttarget.go` and `kusttarget_configplugin.go`. A kustomization
reads its resources (those of a base are wholly transformed before), runs its generators, lets its components
work on all of that, and then runs its transformers. Names in other objects are updated once, at the end.
"""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import MapValue, Node, Origin
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kubernetes.objects import objects_of
from vvbscan.views.kustomize.builtin import read_transformers, title
from vvbscan.views.kustomize.generators import GENERATORS, absorb, generate
from vvbscan.views.kustomize.identity import Resource, hide
from vvbscan.views.kustomize.images import change_images, read_image_change
from vvbscan.views.kustomize.patches import apply_patch, read_patches
from vvbscan.views.kustomize.patterns import BadPattern
from vvbscan.views.kustomize.references import update_references
from vvbscan.views.kustomize.replacements import apply_replacements, resolve_variables
from vvbscan.views.kustomize.settings import Kustomization
from vvbscan.views.kustomize.steps import Step, run
from vvbscan.views.kustomize.transformers import (
    LabelSet,
    add_affixes,
    label_sets,
    set_labels,
    set_namespace,
    set_replicas,
)
from vvbscan.views.kustomize.workspace import MANIFEST, Workspace

_LOCAL_CONFIG: Final = "config.kubernetes.io/local-config"
_PATCH_FIELDS_FIRST: Final = ("patchesStrategicMerge", "patches")
_PATCH_FIELDS_LAST: Final = ("patchesJson6902",)
_CHARTS: Final = ("helmCharts", "helmChartInflationGenerator")


def render(workspace: Workspace, kustomization: Kustomization) -> list[Resource]:
    """The objects of a kustomization. Raises `LimitReached`."""
    renderer = _Renderer(workspace)
    resources: list[Resource] = []
    if kustomization.is_component:
        workspace.open("open", "a component is completed by the kustomization that lists it")
    run(renderer.accumulate(kustomization, resources, (), (kustomization.directory,)))
    update_references(workspace, resources)
    resolve_variables(workspace, renderer.variables, resources)
    return [resource for resource in resources if not _is_local(resource.root)]


def _is_local(root: Node) -> bool:
    """Whether an object is meant for tools only and is not rendered."""
    mark = root.at("metadata", "annotations", _LOCAL_CONFIG)
    return mark is not None and shown(mark).lower() != "false"


class _Renderer:
    """The rendering of one unit."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.variables: dict[str, Origin] = {}

    def accumulate(
        self,
        kustomization: Kustomization,
        into: list[Resource],
        via: tuple[Origin, ...],
        above: tuple[str, ...],
    ) -> Step[None]:
        """Add what a kustomization renders to a list, which it also transforms.

        `via` is the way from the kustomization to the root, `above` the directories on it, its own first.
        """
        for entry in kustomization.items("resources", "bases"):
            yield self._resource(kustomization, entry, into, via, above)
        self._generate(kustomization, into, via)
        for entry in kustomization.items("components"):
            yield self._component(kustomization, entry, into, via, above)
        self._transform(kustomization, into)
        self._run_transformers(kustomization, into)
        for entry in kustomization.items("vars"):
            name = entry.get("name")
            if name is not None:
                self.variables[shown(name)] = kustomization.origin("defines this variable", name)
        self._note_ignored(kustomization)

    def _resource(
        self,
        kustomization: Kustomization,
        entry: Node,
        into: list[Resource],
        via: tuple[Origin, ...],
        above: tuple[str, ...],
    ) -> Step[None]:
        workspace = self.workspace
        path = self._path(kustomization, entry)
        if path is None:
            return
        if workspace.tree.is_file(path):
            self._read_manifest(kustomization, entry, path, into, via)
            return
        base = self._directory(entry, path, above)
        if base is None:
            return
        if base.is_component:
            message = f"{path} is a component, which belongs under 'components'."
            workspace.report("warning", "kustomize-component", message, entry)
        rendered: list[Resource] = []
        step = kustomization.origin("lists this base", entry)
        yield self.accumulate(base, rendered, (step, *via), (base.directory, *above))
        for resource in rendered:
            self._append(resource, into)

    def _component(
        self,
        kustomization: Kustomization,
        entry: Node,
        into: list[Resource],
        via: tuple[Origin, ...],
        above: tuple[str, ...],
    ) -> Step[None]:
        path = self._path(kustomization, entry)
        component = self._directory(entry, path, above) if path is not None else None
        if component is None:
            return
        if not component.is_component:
            message = f"{path} is not a component: its kind is not Component."
            self.workspace.report("warning", "kustomize-component", message, entry)
        step = kustomization.origin("lists this component", entry)
        yield self.accumulate(component, into, (step, *via), (component.directory, *above))

    def _path(self, kustomization: Kustomization, entry: Node) -> str | None:
        """The path of an entry that is there; None and a notice if there is none."""
        workspace = self.workspace
        text = entry.value
        if not isinstance(text, str) or not text:
            message = "A path is expected here."
            workspace.report("error", "kustomize-syntax", message, entry)
            self._lose(message)
            return None
        path = workspace.resolve(kustomization, entry)
        if path is None:
            workspace.open("remote", f"{text} is outside the tree")
        return path

    def _directory(self, entry: Node, path: str, above: tuple[str, ...]) -> Kustomization | None:
        """The kustomization of a directory; None and a notice if there is none or it would go round."""
        workspace = self.workspace
        if not workspace.tree.is_directory(path):
            message = f"{path or '.'} does not exist."
            workspace.report("error", "kustomize-missing-file", message, entry)
            self._lose(message)
            return None
        if any(_contains(path, directory) for directory in above):
            message = f"{path or '.'} contains a kustomization that lists it, which would go on for ever."
            workspace.report("error", "kustomize-cycle", message, entry)
            self._lose(message)
            return None
        file = workspace.find_kustomization(path)
        if file is None:
            message = f"The directory {path or '.'} has no kustomization file."
            workspace.report("error", "kustomize-missing-file", message, entry)
            self._lose(message)
            return None
        found = workspace.kustomization(file, entry)
        if found is None:
            self._lose(f"{file} could not be read")
        return found

    def _lose(self, message: str) -> None:
        self.workspace.open("unparsed", message)

    def _read_manifest(
        self,
        kustomization: Kustomization,
        entry: Node,
        path: str,
        into: list[Resource],
        via: tuple[Origin, ...],
    ) -> None:
        workspace = self.workspace
        parsed = workspace.parse(path, MANIFEST, entry)
        if parsed is None or any(problem.level == "error" for problem in parsed.problems):
            self._lose(f"{path} could not be read as a whole")
        step = kustomization.origin("lists this file", entry)
        for document in () if parsed is None else parsed.documents:
            for found in objects_of(document.root):
                if isinstance(found.root.value, MapValue):
                    self._append(Resource(found.root, (step, *via)), into)

    def _append(self, resource: Resource, into: list[Resource]) -> None:
        self.workspace.spend()
        into.append(resource)

    def _generate(self, kustomization: Kustomization, into: list[Resource], via: tuple[Origin, ...]) -> None:
        workspace = self.workspace
        for field, kind in GENERATORS:
            for entry in kustomization.items(field):
                made = generate(workspace, kustomization, kind, entry)
                if made is not None:
                    workspace.spend()
                    made.via = (*made.via, *via)
                    absorb(workspace, made, into, entry)
        for field in _CHARTS:
            for entry in kustomization.items(field):
                name = shown(entry.get("name")) or shown(entry.get("chartName")) or "without a name"
                message = f"The Helm chart {name} is not rendered."
                workspace.not_rendered(message, entry.get("name") or entry)
                workspace.open("plugin", message)
        for entry in kustomization.items("generators"):
            message = f"The generator {title(entry)} is not run."
            workspace.not_rendered(message, entry)
            workspace.open("plugin", message)

    def _transform(self, kustomization: Kustomization, resources: list[Resource]) -> None:
        workspace = self.workspace
        for field in _PATCH_FIELDS_FIRST:
            self._patch(kustomization, field, resources)
        namespace = kustomization.text("namespace")
        has_affixes = bool(kustomization.text("namePrefix") or kustomization.text("nameSuffix"))
        labels = list(label_sets(kustomization))
        workspace.spend(len(resources) * (1 + len(labels)))
        for resource in resources:
            if namespace is not None:
                set_namespace(resource, namespace)
            if has_affixes:
                add_affixes(resource, kustomization)
            for label_set in labels:
                set_labels(resource, label_set)
        for field in _PATCH_FIELDS_LAST:
            self._patch(kustomization, field, resources)
        self._set_replicas(kustomization, resources)
        self._change_images(kustomization, resources)
        apply_replacements(workspace, kustomization, resources)

    def _run_transformers(self, kustomization: Kustomization, resources: list[Resource]) -> None:
        workspace = self.workspace
        for entry in kustomization.items("transformers"):
            for transformer in read_transformers(workspace, kustomization, entry):
                workspace.spend(len(resources))
                if isinstance(transformer, Kustomization):
                    self._transform(transformer, resources)
                elif isinstance(transformer, LabelSet):
                    for resource in resources:
                        set_labels(resource, transformer)
                else:
                    message = f"The transformer {title(entry)} is not run: what it is applied to is unknown."
                    workspace.not_rendered(message, entry)
                    for resource in resources:
                        hide(resource, transformer)

    def _patch(self, kustomization: Kustomization, field: str, resources: list[Resource]) -> None:
        for patch in read_patches(self.workspace, kustomization, field):
            apply_patch(self.workspace, patch, resources)

    def _set_replicas(self, kustomization: Kustomization, resources: list[Resource]) -> None:
        for entry in kustomization.items("replicas"):
            name, count = entry.get("name"), entry.get("count")
            if name is None or count is None or not isinstance(count.value, int):
                message = "An entry of replicas has a name and a count, which is a number."
                self.workspace.report("error", "kustomize-syntax", message, entry)
                continue
            self.workspace.spend(len(resources))
            found = [set_replicas(resource, shown(name), count) for resource in resources]
            if not any(found) and self.workspace.rest is None:
                message = f"Nothing that has replicas is named {shown(name)}."
                self.workspace.report("error", "kustomize-replicas", message, name)

    def _change_images(self, kustomization: Kustomization, resources: list[Resource]) -> None:
        changes = []
        for entry in kustomization.items("images", "imageTags"):
            try:
                changes.append(read_image_change(entry))
            except BadPattern as error:
                message = f"The name of the image has no meaning as a pattern: {error}."
                self.workspace.report("error", "kustomize-images", message, entry.get("name") or entry)
        if changes:
            self.workspace.spend(len(resources) * len(changes))
            for resource in resources:
                change_images(resource, changes)

    def _note_ignored(self, kustomization: Kustomization) -> None:
        for field in ("configurations", "crds", "openapi"):
            node = kustomization.fields.get(field)
            if node is not None:
                key = kustomization.root.key(field) or node
                message = f"The field {field} is not read: transformers use what kustomize has built in."
                self.workspace.report("note", "kustomize-not-rendered", message, key)


def _contains(path: str, directory: str) -> bool:
    """Whether a directory is another or one that contains it."""
    return not path or directory == path or directory.startswith(f"{path}/")
