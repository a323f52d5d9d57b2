"""From documents to Kubernetes objects: lists flattened, names and addresses read, everything kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vvbscan.model.node import MapValue, Node, Origin, Parsed, SeqValue
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import first_key, reach, shown


class KubernetesObject(NamedTuple):
    """One object of a manifest. The strings show what is unknown of them as `*`, which no name contains."""

    root: Node
    api_version: str
    """As written, `apps/v1`; empty if absent."""
    group: str
    """API group, empty for the core group and if the version is absent."""
    version: str
    kind: str
    namespace: str
    """Empty if none is written."""
    name: str
    """A `generateName` has `*` behind it; empty if there is neither."""
    address: str
    """`Deployment/shop/web`, without a namespace `Deployment/web`."""
    environment: str = ""
    via: tuple[Origin, ...] = ()
    """The way by which the object came into its environment."""

    @property
    def anchor(self) -> Node:
        """What stands for the object in a finding: the value of `kind`."""
        kind = self.root.get("kind")
        return kind if kind is not None else first_key(self.root)

    @property
    def metadata(self) -> Node | None:
        """`metadata`, None if absent."""
        return reach(self.root, "metadata")

    def is_kind(self, kind: str, *groups: str) -> bool:
        """Whether the object is of a kind of one of these API groups, as far as its group is known."""
        return self.kind == kind and (self.group in groups or not self.api_version or "*" in self.api_version)


def read_objects(
    parsed: Parsed, environment: str = "", via: tuple[Origin, ...] = ()
) -> tuple[KubernetesObject, ...]:
    """The objects of all documents of a file, in written order."""
    return tuple(
        found
        for document in parsed.documents
        for found in objects_of(document.root, environment=environment, via=via)
    )


def objects_of(
    root: Node, *, environment: str = "", via: tuple[Origin, ...] = ()
) -> Iterator[KubernetesObject]:
    """The objects that a document's root stands for: itself, or what the list holds that it is.

    A list is what kubectl takes for one: a kind that ends in `List`, with a sequence `items`. Whatever is
    no mapping or has no `kind` is no object.
    """
    pending = [(root, "", "")]
    while pending:
        node, item_kind, item_version = pending.pop()
        if not isinstance(node.value, MapValue):
            continue
        kind, version, items = reach(node, "kind"), reach(node, "apiVersion"), reach(node, "items")
        list_kind = "" if kind is None else kind.text() or ""
        if list_kind.endswith("List") and items is not None and isinstance(items.value, SeqValue):
            typed = list_kind.removesuffix("List")
            inherited = (typed, shown(version)) if typed else ("", "")
            pending.extend((item, *inherited) for item in reversed(items.items()))
        elif kind is not None or item_kind:
            yield _object(node, shown(kind) or item_kind, shown(version) or item_version, environment, via)


def with_distinct_addresses(objects: Iterable[KubernetesObject]) -> tuple[KubernetesObject, ...]:
    """The objects, all that repeat an address of their environment with a number behind it: `Service/web#2`.

    Two documents that describe the same object are a mistake, and both are judged; the same address would
    make one subject of them.
    """
    seen: dict[tuple[str, str], int] = {}
    distinct = []
    for item in objects:
        key = (item.environment, item.address)
        count = seen[key] = seen.get(key, 0) + 1
        distinct.append(item if count == 1 else item._replace(address=f"{item.address}#{count}"))
    return tuple(distinct)


def same_namespace(first: str, second: str) -> bool:
    """Whether two namespaces can be the same: an unwritten one is given when the manifest is applied."""
    return first == second or not first or not second or "*" in first or "*" in second


def _object(
    root: Node, kind: str, api_version: str, environment: str, via: tuple[Origin, ...]
) -> KubernetesObject:
    metadata = reach(root, "metadata")
    name = shown(reach(metadata, "name"))
    if not name:
        prefix = shown(reach(metadata, "generateName"))
        name = f"{prefix.removesuffix('*')}*" if prefix else ""
    namespace = shown(reach(metadata, "namespace"))
    group, _, version = api_version.rpartition("/")
    address = f"{kind}/{namespace}/{name or '?'}" if namespace else f"{kind}/{name or '?'}"
    return KubernetesObject(
        root, api_version, group, version, kind, namespace, name, address, environment, via
    )
