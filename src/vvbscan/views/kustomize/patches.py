"""The patches of a kustomization: which they are, what they are applied to, and applying them.

Source: kustomize v5.7, `api/internal/builtins/Patch*Transformer.go` and `ApplySmPatch` in `api/resource`.
"""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.node import MapValue, Node, Parsed, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kustomize.edit import with_member, with_origin, with_value
from vvbscan.views.kustomize.identity import Resource, hide, identity_of
from vvbscan.views.kustomize.json_patch import apply_operations, read_operations
from vvbscan.views.kustomize.patterns import BadPattern
from vvbscan.views.kustomize.selectors import BadSelector, Selector, read_selector
from vvbscan.views.kustomize.settings import Kustomization
from vvbscan.views.kustomize.strategic import PatchFailure, strategic_merge
from vvbscan.views.kustomize.workspace import SETTINGS, Workspace


class Patch(NamedTuple):
    """One patch, with what it is applied to."""

    root: Node
    """A sequence of operations, or a mapping that is merged; unknown if the patch could not be read."""
    entry: Node
    """What in the kustomization brings it: the path, or the text itself."""
    target: Selector | None
    keeps_name: bool = True
    keeps_kind: bool = True


def read_patches(workspace: Workspace, kustomization: Kustomization, field: str) -> Iterator[Patch]:
    """The patches under `patches`, `patchesStrategicMerge` or `patchesJson6902`, in written order."""
    for entry in kustomization.items(field):
        path: Node | None
        text: Node | None
        target: Node | None
        if field == "patchesStrategicMerge":
            # The path of a file or, as it once was, the patch itself.
            is_text = "\n" in shown(entry) or ": " in shown(entry)
            path, text, target = None if is_text else entry, entry, None
        else:
            path, text, target = entry.get("path"), entry.get("patch"), entry.get("target")
        chosen = path or text
        if chosen is None or not isinstance(chosen.value, str) or not chosen.value.strip():
            workspace.report("error", "kustomize-patch", "The patch has neither a path nor a text.", entry)
            continue
        try:
            selector = read_selector(target) if target is not None else None
        except (BadPattern, BadSelector) as error:
            workspace.report(
                "error", "kustomize-patch", f"The target has no meaning: {error}.", target or entry
            )
            continue
        parsed = _parse(workspace, kustomization, path, chosen)
        if parsed is None:
            # What the patch would change is not known; without a target it may be anything.
            reason = f"{kustomization.title} patches it with {shown(chosen)}, which could not be read"
            yield Patch(chosen.replace_value(Unknown("unparsed", reason)), chosen, selector)
            continue
        origin = kustomization.origin("lists this patch" if path is not None else "has this patch", chosen)
        options = entry.get("options")
        for document in parsed.documents:
            if isinstance(document.root.value, (MapValue, SeqValue)):
                yield Patch(
                    with_origin(document.root, origin),
                    chosen,
                    selector,
                    keeps_name=not _is_on(options, "allowNameChange"),
                    keeps_kind=not _is_on(options, "allowKindChange"),
                )


def _is_on(options: Node | None, name: str) -> bool:
    flag = options.get(name) if options is not None else None
    return flag is not None and flag.value is True


def _parse(
    workspace: Workspace, kustomization: Kustomization, path: Node | None, chosen: Node
) -> Parsed | None:
    if path is None:
        return workspace.embedded(chosen)
    resolved = workspace.resolve(kustomization, path)
    return None if resolved is None else workspace.parse(resolved, SETTINGS, path)


def apply_patch(workspace: Workspace, patch: Patch, resources: list[Resource]) -> None:
    """Apply a patch to the objects it is meant for; a resource that it deletes leaves the list."""
    if isinstance(patch.root.value, Unknown):
        for resource in resources:
            if patch.target is None or patch.target.selects(resource):
                hide(resource, patch.root.value)
        return
    is_json = isinstance(patch.root.value, SeqValue)
    targets = _targets(workspace, patch, resources, is_json=is_json)
    workspace.spend(len(resources) + len(targets))
    deleted = set()
    for resource in targets:
        try:
            if is_json:
                resource.remember()
                operations = read_operations(patch.root)
                resource.edit(apply_operations(resource.root, operations, workspace.limits))
            elif not _merge(resource, patch):
                deleted.add(id(resource))
        except PatchFailure as failure:
            name = f"{resource.identity.kind} {resource.identity.name}"
            message = f"The patch cannot be applied to {name}: {failure}."
            workspace.report("error", "kustomize-patch", message, failure.node)
    if deleted:
        resources[:] = [resource for resource in resources if id(resource) not in deleted]


def _targets(
    workspace: Workspace, patch: Patch, resources: list[Resource], *, is_json: bool
) -> list[Resource]:
    if patch.target is not None:
        return [resource for resource in resources if patch.target.selects(resource)]
    if is_json:
        workspace.report("error", "kustomize-patch", "A JSON patch needs a target.", patch.entry)
        return []
    wanted = identity_of(patch.root)
    found = [resource for resource in resources if wanted in resource.identities]
    if not found and workspace.rest is None:
        name = f"{wanted.kind or 'object'} {wanted.name or 'without a name'}"
        message = f"The patch is for {name}, which the kustomization does not have."
        workspace.report("error", "kustomize-patch", message, patch.root.get("kind") or patch.root)
    return found[:1]


def _merge(resource: Resource, patch: Patch) -> bool:
    """Merge a strategic merge patch into an object; False if the patch deletes it."""
    if not (patch.keeps_name and patch.keeps_kind):
        resource.remember()
    merged = strategic_merge(resource.root, _without_identity(patch))
    if merged is None:
        return False
    resource.edit(merged)
    return True


def _without_identity(patch: Patch) -> Node:
    """The patch without what says what it is for, and without the namespace, which it cannot change."""
    root = patch.root
    dropped = {"apiVersion"} if not patch.keeps_kind else {"apiVersion", "kind"}
    metadata = root.get("metadata")
    root = _without(root, dropped)
    if metadata is not None:
        names = {"namespace", "name"} if patch.keeps_name else {"namespace"}
        rest = _without(metadata, names)
        if isinstance(rest.value, MapValue):
            key = root.key("metadata") or rest
            root = (
                with_member(root, "metadata", key, rest)
                if rest.value.entries
                else _without(root, {"metadata"})
            )
    return root


def _without(node: Node, names: set[str]) -> Node:
    value = node.value
    if not isinstance(value, MapValue):
        return node
    return with_value(
        node,
        value._replace(
            entries={name: inner for name, inner in value.entries.items() if name not in names},
            keys={name: key for name, key in value.keys.items() if name not in names},
        ),
    )
