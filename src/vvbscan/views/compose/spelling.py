"""Services as they are written, brought into one spelling with their variables interpolated.

The Compose specification lets most attributes be spelled in several ways (`05-services.md`). After this
step a mapping is a mapping and a list is a list, so that merging and rules meet one form alone. Every
value keeps the characters that wrote it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Final

from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.compose.interpolation import Interpolation
from vvbscan.views.compose.mounts import normal_grants, normal_volumes
from vvbscan.views.compose.ports import normal_ports, number
from vvbscan.views.images import GAP, Part
from vvbscan.views.records import fields

Handler = Callable[[Node, "Speller"], Node]

_TRUE: Final = frozenset({"true", "y", "yes", "on"})
_FALSE: Final = frozenset({"false", "n", "no", "off"})
_REMOTE: Final = ("://", "git@", "github.com/")


class Speller(NamedTuple):
    """What brings the services of one file into one spelling."""

    interpolation: Interpolation
    directory: str
    """Directory that the relative paths of the file start from, relative to the root."""
    parts: dict[Node, Part]
    """Filled in: for image references, where their characters were written."""

    def service(self, node: Node) -> Node:
        """A service in one spelling. `extends` is left out: it is followed on the written form."""
        value = node.value
        if value is None:
            return node._replace(value=MapValue({}, {}))
        if not isinstance(value, MapValue):
            reason = "a service must be a mapping"
            return node if isinstance(value, Unknown) else node.replace_value(Unknown("unparsed", reason))
        return node._replace(value=self.members(value, _SERVICE, leave_out="extends"))

    def members(
        self, value: MapValue, handlers: Mapping[str, Handler], leave_out: str | None = None
    ) -> MapValue:
        """The members of a mapping, each brought into its spelling."""
        entries = {}
        for name, child in value.entries.items():
            if name != leave_out:
                handler = handlers.get(name)
                entries[name] = handler(child, self) if handler else self.interpolation.tree(child)
        return value._replace(entries=entries)

    def path(self, node: Node) -> str:
        """The path of the tree that a relative path means; empty if it is unknown or leads out."""
        value = node.value
        if not isinstance(value, str) or posixpath.isabs(value) or any(sign in value for sign in _REMOTE):
            return ""
        path = posixpath.normpath(posixpath.join(self.directory, value))
        return "" if path.startswith("../") or path == ".." else path


def truth(node: Node) -> Node:
    """A flag that is written as a string as the boolean that Compose makes of it."""
    value = node.value
    if isinstance(value, str) and value.lower() in _TRUE | _FALSE:
        return node.replace_value(value.lower() in _TRUE)
    return node


def pairs(node: Node, speller: Speller) -> Node:
    """`NAME=VALUE` items or a mapping as a mapping to strings; a bare name has the value None."""
    value = node.value
    if isinstance(value, MapValue):
        entries = {name: _text(child, speller) for name, child in value.entries.items()}
        return node._replace(value=value._replace(entries=entries))
    if not isinstance(value, SeqValue):
        return speller.interpolation.tree(node)
    entries, keys, rest = {}, {}, value.rest
    for item in value.items:
        expanded = speller.interpolation.expand(item)
        flat = expanded.flat
        equals = flat.find("=")
        end = len(flat) if equals < 0 else equals
        if GAP in flat[:end]:
            unknown = expanded.part(0, end).value
            rest = unknown._replace(parts=()) if isinstance(unknown, Unknown) else rest
        elif flat:
            name = flat[:end]
            keys[name] = expanded.part(0, end)
            entries[name] = (
                item._replace(value=None, start=item.end) if equals < 0 else expanded.part(end + 1, len(flat))
            )
    return node._replace(value=MapValue(entries, keys, rest))


def _text(node: Node, speller: Speller) -> Node:
    """A scalar as the string that a container is given."""
    if node.value is None:
        return node
    if isinstance(node.value, (MapValue, SeqValue)):
        return node.replace_value(Unknown("unparsed", "the value must be a string, a number or a boolean"))
    return speller.interpolation.expand(node).node()


def _texts(node: Node, speller: Speller) -> Node:
    """A scalar or a list as a list of strings."""
    if isinstance(node.value, MapValue) or node.value is None:
        return speller.interpolation.tree(node)
    if not isinstance(node.value, SeqValue):
        return node._replace(value=SeqValue((_text(node, speller),)))
    items = tuple(_text(item, speller) for item in node.value.items)
    return node._replace(value=node.value._replace(items=items))


def _capabilities(node: Node, speller: Speller) -> Node:
    """Capabilities by their names without prefix: Docker takes `cap_net_admin` for `NET_ADMIN`.

    Source: `NormalizeLegacyCapabilities` of moby/moby, `daemon/pkg/oci/caps/utils.go`.
    """
    listed = _texts(node, speller)
    if not isinstance(listed.value, SeqValue):
        return listed
    items = tuple(
        item._replace(value=item.value.upper().removeprefix("CAP_")) if isinstance(item.value, str) else item
        for item in listed.value.items
    )
    return listed._replace(value=listed.value._replace(items=items))


def _names(defaults: Mapping[str, str]) -> Handler:
    """A list of names as a mapping from each to what an entry has by default."""

    def spelled(node: Node, speller: Speller) -> Node:
        spelled = speller.interpolation.tree(node)
        value = spelled.value
        if not isinstance(value, SeqValue):
            return spelled
        entries, keys, rest = {}, {}, value.rest
        for item in value.items:
            name = item.value
            if isinstance(name, str):
                keys[name] = item
                entries[name] = fields(
                    item, {key: item.replace_value(text) for key, text in defaults.items()}
                )
            elif isinstance(name, Unknown):
                rest = name
        return spelled._replace(value=MapValue(entries, keys, rest))

    return spelled


def _env_file(node: Node, speller: Speller) -> Node:
    """Env files as a list of mappings; `file` is the path in the tree, absent if it is none."""
    spelled = speller.interpolation.tree(node)
    items = []
    for item in spelled.items() or ((spelled,) if spelled.value is not None else ()):
        members: dict[str, Node | None] = {name: child for name, _, child in item.members()}
        path = members.setdefault("path", item)
        required = members.get("required")
        members["required"] = None if required is None else truth(required)
        file = speller.path(path) if path is not None else ""
        members["file"] = item.replace_value(file) if file else None
        items.append(fields(item, members))
    rest = spelled.value.rest if isinstance(spelled.value, SeqValue) else None
    return spelled._replace(value=SeqValue(tuple(items), rest))


def _build(node: Node, speller: Speller) -> Node:
    """A build as a mapping; `directory` is its context as a path of the tree, unknown if it is none."""
    value = node.value
    if value is None:
        return node
    if isinstance(value, MapValue):
        spelled = speller.members(value, _BUILD)
    else:
        spelled = MapValue({"context": speller.interpolation.string(node)}, {"context": node})
    context = spelled.entries.get("context")
    if context is None:
        return node._replace(value=spelled)
    path = speller.path(context)
    place = path or context.value
    if not path and not isinstance(place, Unknown):
        place = Unknown("remote", f"the build context {place} is outside the tree")
    return node._replace(
        value=spelled._replace(
            entries={**spelled.entries, "directory": context.replace_value(place)},
            keys={**spelled.keys, "directory": context},
        )
    )


def _image(node: Node, speller: Speller) -> Node:
    expanded = speller.interpolation.expand(node)
    image = expanded.node()
    if image is not node:
        speller.parts[image] = expanded.part
    return image


def _mapping_of(handlers: Mapping[str, Handler]) -> Handler:
    def spelled(node: Node, speller: Speller) -> Node:
        if not isinstance(node.value, MapValue):
            return speller.interpolation.tree(node)
        return node._replace(value=speller.members(node.value, handlers))

    return spelled


def _scalar(convert: Callable[[Node], Node]) -> Handler:
    return lambda node, speller: convert(speller.interpolation.tree(node))


_FLAG: Final = _scalar(truth)
_NUMBER: Final = _scalar(number)

_BUILD: Final[Mapping[str, Handler]] = {
    "args": pairs,
    "labels": pairs,
    "additional_contexts": pairs,
    "no_cache": _FLAG,
    "privileged": _FLAG,
    "pull": _FLAG,
}

_SERVICE: Final[Mapping[str, Handler]] = {
    "annotations": pairs,
    "build": _build,
    "cap_add": _capabilities,
    "cap_drop": _capabilities,
    "configs": lambda node, speller: normal_grants(node, speller.interpolation),
    "depends_on": _names({"condition": "service_started"}),
    "deploy": _mapping_of({"labels": pairs, "replicas": _NUMBER}),
    "dns": _texts,
    "dns_opt": _texts,
    "dns_search": _texts,
    "env_file": _env_file,
    "environment": pairs,
    "expose": _texts,
    "healthcheck": _mapping_of({"disable": _FLAG, "retries": _NUMBER}),
    "image": _image,
    "init": _FLAG,
    "label_file": _texts,
    "labels": pairs,
    "networks": _names({}),
    "oom_kill_disable": _FLAG,
    "pids_limit": _NUMBER,
    "ports": lambda node, speller: normal_ports(node, speller.interpolation),
    "privileged": _FLAG,
    "read_only": _FLAG,
    "scale": _NUMBER,
    "secrets": lambda node, speller: normal_grants(node, speller.interpolation),
    "security_opt": _texts,
    "stdin_open": _FLAG,
    "sysctls": pairs,
    "tmpfs": _texts,
    "tty": _FLAG,
    "user": _text,
    "volumes": lambda node, speller: normal_volumes(node, speller.interpolation),
}
