"""Names in other objects, kept true when a prefix, a suffix or a patch renames what they name.

Source: kustomize v5.7, `api/filters/nameref/nameref.go` and `SubsetThatCouldBeReferencedByResource` in
`api/resmap/reswrangler.go`. Runs once, when everything is rendered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, SeqValue
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kustomize.edit import Path, reached, replaced, with_items, with_member
from vvbscan.views.kustomize.fields import FieldSpec, sites
from vvbscan.views.kustomize.identity import Resource
from vvbscan.views.kustomize.reference_fields import REFERENCES, References
from vvbscan.views.kustomize.workspace import Workspace

_MOST_CANDIDATES: Final = 100
"""Objects of one earlier name that are told apart; past that a reference is left as it is."""


def _by_kind() -> dict[str, list[tuple[References, FieldSpec]]]:
    """The fields that name objects, by the kind that has them; each is of one kind."""
    found: dict[str, list[tuple[References, FieldSpec]]] = {}
    for what in REFERENCES:
        for spec in what.fields:
            found.setdefault(spec.kind, []).append((what, spec))
    return found


_BY_KIND: Final = _by_kind()


class _Renamed:
    """The objects that had other names or namespaces, by the names they had."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.by_name: dict[str, list[Resource]] = {}
        for resource in resources:
            for name in dict.fromkeys(identity.name for identity in resource.earlier):
                self.by_name.setdefault(name, []).append(resource)

    def find(self, name: str, referrer: Resource, what: References) -> Resource | None:
        """The one object that a name in another object means, None if there is none or it cannot be told."""
        found = self.by_name.get(name, ())
        if len(found) > _MOST_CANDIDATES:
            return None
        candidates = [
            candidate
            for candidate in found
            if any(one.is_of(what.group, what.version, what.kind) for one in candidate.earlier)
            and _can_refer(referrer, candidate)
        ]
        if len(candidates) > 1:
            candidates = [one for one in candidates if _same_affixes(one, referrer, loosely=True)]
        if len(candidates) > 1:
            candidates = [one for one in candidates if _same_affixes(one, referrer, loosely=False)]
        names = {candidate.identity.name for candidate in candidates}
        return candidates[0] if len(names) == 1 else None


def update_references(workspace: Workspace, resources: Sequence[Resource]) -> None:
    """Give every reference the present name of the object that it means."""
    renamed = _Renamed(resources)
    if not renamed.by_name:
        return
    for resource in resources:
        for what, spec in _BY_KIND.get(resource.original.kind, ()):
            workspace.spend()
            if spec.is_for(resource.original):
                _update(resource, spec, what, renamed)


def _update(resource: Resource, spec: FieldSpec, what: References, renamed: _Renamed) -> None:
    root = resource.root
    edits: dict[Path, Node] = {}
    for site in sites(root, spec):
        node = reached(root, site.path)
        if isinstance(node.value, SeqValue):
            items = [_updated(item, resource, what, renamed) for item in node.value.items]
            updated = with_items(node, items) if any(map(_differs, items, node.value.items)) else node
        else:
            updated = _updated(node, resource, what, renamed)
        if updated is not node:
            edits[site.path] = updated
    resource.edit(replaced(root, edits))


def _differs(one: Node, other: Node) -> bool:
    return one is not other


def _updated(node: Node, referrer: Resource, what: References, renamed: _Renamed) -> Node:
    """A name, or a mapping with a `name` and perhaps a `namespace`, as it is to be."""
    if not isinstance(node.value, MapValue):
        name = shown(node)
        target = renamed.find(name, referrer, what) if name and _fits_role(referrer, what) else None
        return node if target is None or target.identity.name == name else _named(node, target)
    name_node = node.value.entries.get("name")
    name = shown(name_node)
    target = renamed.find(name, referrer, what) if name else None
    if target is None or name_node is None:
        return node
    if target.identity.name != name:
        node = with_member(node, "name", name_node, _named(name_node, target))
    namespace = target.root.at("metadata", "namespace")
    if namespace is not None and shown(namespace) and shown(node.get("namespace")) != shown(namespace):
        node = with_member(node, "namespace", namespace, namespace)
    return node


def _named(node: Node, target: Resource) -> Node:
    """A reference with the present name of its target, at the place where it was written."""
    name = target.root.at("metadata", "name")
    steps: tuple[Origin, ...] = () if name is None else name.via
    new = tuple(step for step in steps if step not in node.via)
    return Node(target.identity.name, node.source, node.start, node.end, COMPUTED, (*node.via, *new))


def _can_refer(referrer: Resource, candidate: Resource) -> bool:
    """Whether an object can name another: in the same namespace, or one of them is in none."""
    mine, other = referrer.identity, candidate.identity
    return (
        mine.is_cluster_scoped
        or other.is_cluster_scoped
        or mine.namespace == other.namespace
        or other.kind == "ServiceAccount"
    )


def _fits_role(referrer: Resource, what: References) -> bool:
    """Whether a role binding means a role of this kind: its `roleRef` says which."""
    if referrer.identity.kind not in {"RoleBinding", "ClusterRoleBinding"}:
        return True
    kind = referrer.root.at("roleRef", "kind")
    return kind is None or what.kind not in {"Role", "ClusterRole"} or shown(kind) == what.kind


def _same_affixes(one: Resource, other: Resource, *, loosely: bool) -> bool:
    """Whether two objects went through the same prefixes and suffixes at the end of their ways."""
    pairs = ((one.prefixes, other.prefixes), (one.suffixes, other.suffixes))
    return all((loosely and (not mine or not yours)) or _same_end(mine, yours) for mine, yours in pairs)


def _same_end(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    length = min(len(one), len(other))
    if not length:
        return len(one) == len(other)
    return one[len(one) - length :] == other[len(other) - length :]
