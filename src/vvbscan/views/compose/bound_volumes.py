"""Named volumes that are directories of the host: `driver_opts: {type: none, o: bind, device: /srv/data}`.

Source: the Compose specification, `07-volumes.md`; the options are those of mount(8), which the driver
`local` of Docker passes on (moby/moby, `daemon/volume/local/local_unix.go`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vvbscan.model.node import MapValue, Node, Origin, SeqValue
from vvbscan.views.compose.interpolation import Interpolation
from vvbscan.views.records import computed


def bound_volumes(roots: Iterable[Node], interpolation: Interpolation) -> dict[str, Node]:
    """The path of the host by the name of the volume; of several files the last one counts."""
    found: dict[str, Node] = {}
    for root in roots:
        section = root.get("volumes")
        for name, _, volume in () if section is None else section.members():
            options = volume.get("driver_opts")
            if options is None:
                continue
            options = interpolation.tree(options)
            how, device = options.get("o"), options.get("device")
            words = "" if how is None else how.text() or ""
            if device is not None and device.text() and not {"bind", "rbind"}.isdisjoint(words.split(",")):
                found[name] = device
    return found


def with_bound_volumes(service: Node, bound: Mapping[str, Node]) -> Node:
    """A service whose mounts of such volumes are mounts of the path."""
    volumes = service.get("volumes")
    if not bound or volumes is None or not isinstance(volumes.value, SeqValue):
        return service
    assert isinstance(service.value, MapValue), "it has a member"
    items = tuple(_bound(item, bound) for item in volumes.value.items)
    volumes = volumes._replace(value=volumes.value._replace(items=items))
    return service._replace(
        value=service.value._replace(entries={**service.value.entries, "volumes": volumes})
    )


def _bound(mount: Node, bound: Mapping[str, Node]) -> Node:
    kind, source = mount.get("type"), mount.get("source")
    device = None if source is None else bound.get(source.text() or "")
    if device is None or kind is None or kind.value != "volume" or not isinstance(mount.value, MapValue):
        return mount
    step = Origin("the volume is mounted here", mount.source, mount.start, mount.end)
    changed = {"type": computed("bind", kind), "source": device.through(step)}
    return mount._replace(value=mount.value._replace(entries={**mount.value.entries, **changed}))
