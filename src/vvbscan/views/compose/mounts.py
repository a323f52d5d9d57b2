"""Volumes, secrets and configs of services: the short and the long spelling in one form.

Source: the Compose specification, `05-services.md#volumes`, and `format/volume.go` of
compose-spec/compose-go at e70e961.
"""

from __future__ import annotations

from itertools import pairwise

from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.views.compose.interpolation import Expanded, Interpolation
from vvbscan.views.images import GAP
from vvbscan.views.records import fields


def normal_volumes(node: Node, interpolation: Interpolation) -> Node:
    """The volumes of a service as mappings with `type`, `source`, `target`, `read_only` as given."""
    value = node.value
    if not isinstance(value, SeqValue):
        return interpolation.tree(node)
    items = tuple(
        _short_volume(interpolation.expand(item))
        if isinstance(item.value, (str, Unknown))
        else interpolation.tree(item)
        for item in value.items
    )
    return node._replace(value=value._replace(items=items))


def normal_grants(node: Node, interpolation: Interpolation) -> Node:
    """The `secrets` or `configs` of a service as mappings with `source` and the rest of the long form."""
    value = node.value
    if not isinstance(value, SeqValue):
        return interpolation.tree(node)
    items = []
    for item in value.items:
        grant = interpolation.tree(item)
        if isinstance(grant.value, (str, Unknown)):
            grant = fields(item, {"source": grant})
        items.append(grant)
    return node._replace(value=value._replace(items=tuple(items)))


def mount_identity(mount: Node) -> object:
    """What makes two mounts of a service one: the place in the container."""
    target = mount.get("target") or mount.get("source")
    return target.value if target is not None and isinstance(target.value, str) else mount


def _short_volume(expanded: Expanded) -> Node:
    """`[SOURCE:]TARGET[:OPTIONS]` taken apart; the colon behind a Windows drive letter separates nothing."""
    flat = expanded.flat
    item = expanded.origin
    cuts = [-1]
    for index, char in enumerate(flat):
        if char == ":" and not (index - cuts[-1] == 2 and flat[index - 1].isalpha()):
            cuts.append(index)
            if len(cuts) > 3:
                break
    cuts.append(len(flat))
    sections = [(begin + 1, end) for begin, end in pairwise(cuts)]
    if len(sections) > 3 or any(begin == end for begin, end in sections):
        return item.replace_value(Unknown("unparsed", f"'{flat.replace(GAP, '…')}' is not a volume"))
    if len(sections) == 1:
        target = expanded.part(*sections[0])
        kind = item.replace_value(target.value if GAP in flat else "volume")
        return fields(item, {"type": kind, "target": target})
    source = expanded.part(*sections[0])
    entries: dict[str, Node | None] = {
        "type": _kind(flat, source),
        "source": source,
        "target": expanded.part(*sections[1]),
    }
    if len(sections) == 3:
        options = expanded.part(*sections[2])
        if isinstance(options.value, str):
            entries["read_only"] = options.replace_value("ro" in options.value.split(","))
        else:
            entries["read_only"] = options
    return fields(item, entries)


def _kind(flat: str, source: Node) -> Node:
    """`bind` for a path of the host, `volume` for a name."""
    if flat[0] == GAP and isinstance(source.value, Unknown):
        return source.replace_value(source.value._replace(parts=()))
    is_path = flat[0] in "./~" or flat.startswith("\\\\") or (flat[1:2] == ":" and flat[0].isalpha())
    return source.replace_value("bind" if is_path else "volume")
