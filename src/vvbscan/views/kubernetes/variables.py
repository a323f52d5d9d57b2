"""Environment variables of containers: ConfigMaps followed, `$(NAME)` expanded, secrets left unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import MapValue, Node, Origin, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.containers import Container
from vvbscan.views.kubernetes.lookup import reach, shown, text_at
from vvbscan.views.kubernetes.objects import KubernetesObject, same_namespace
from vvbscan.views.records import computed

_REFERENCE: Final = lazy_pattern(r"\$(?:\$|\(([^)]*)\))")
"""`$$` and `$(NAME)`; every other dollar stands for itself (kubernetes/kubernetes v1.34,
third_party/forked/golang/expansion)."""
_SERVICE_LINK: Final = lazy_pattern(
    r"[A-Z0-9_]+_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_[A-Z0-9_]+)?)"
)
"""Variables that the kubelet sets for each Service of the namespace (`enableServiceLinks`)."""


_MOST_NAMESAKES: Final = 100
"""ConfigMaps of one name that are compared for each reference to it."""


class Variables(NamedTuple):
    """The environment variables that a container is started with."""

    values: Mapping[str, Node]
    """Effective value by name, unknown where it comes from a secret or from outside."""
    names: Mapping[str, Node]
    """Where each is named."""
    rest: Unknown | None
    """Set if further variables may be set that are not known."""


class ConfigMaps:
    """The ConfigMaps and Secrets of a unit, by name, and those of companions with other names."""

    __slots__ = ("_by_name", "_companions", "_rest")

    def __init__(
        self,
        objects: Iterable[KubernetesObject],
        rest: Unknown | None = None,
        companions: ConfigMaps | None = None,
    ) -> None:
        self._rest = rest
        self._companions = companions
        self._by_name: dict[tuple[str, str], list[KubernetesObject]] = {}
        for item in objects:
            for kind in ("ConfigMap", "Secret"):
                if item.is_kind(kind, ""):
                    self._by_name.setdefault((kind, item.name), []).append(item)

    def find(self, name: str, user: KubernetesObject, kind: str = "ConfigMap") -> KubernetesObject | Unknown:
        """The ConfigMap or Secret that an object means by a name, or why it cannot be told."""
        named = self._by_name.get((kind, name), ())
        if len(named) > _MOST_NAMESAKES:
            return Unknown("limit", f"very many {kind}s are named {name}")
        candidates = [
            item
            for item in named
            if item.environment == user.environment and same_namespace(item.namespace, user.namespace)
        ]
        exact = [item for item in candidates if item.namespace == user.namespace]
        chosen = exact or candidates
        if len(chosen) == 1:
            return chosen[0]
        if chosen:
            return Unknown("ambiguous", f"several {kind}s are named {name}")
        if self._companions is not None:
            return self._companions.find(name, user, kind)
        if self._rest is not None:
            return self._rest
        return Unknown("variable", f"{kind} {name} is not among the manifests that are judged together")


class Expansions:
    """What is left of the expansions that one unit may cause."""

    __slots__ = ("left", "length")

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.left = limits.expansions
        self.length = limits.expanded_length


def container_variables(container: Container, configs: ConfigMaps, expansions: Expansions) -> Variables:
    """The variables of a container as the kubelet sets them: `envFrom` first, then `env` in its order.

    A later source of `envFrom` that is not known is not taken to override a key that an earlier one sets.
    Variables of the image are not among them.
    """
    environment = _Environment(container, configs, expansions)
    environment.read_sources()
    environment.read_entries()
    return Variables(environment.values, environment.names, environment.rest)


class _Environment:
    """The environment of one container while it is read."""

    def __init__(self, container: Container, configs: ConfigMaps, expansions: Expansions) -> None:
        self.container = container
        self.configs = configs
        self.expansions = expansions
        self.characters = expansions.length
        self.values: dict[str, Node] = {}
        self.names: dict[str, Node] = {}
        self.rest: Unknown | None = None

    def read_sources(self) -> None:
        listed = reach(self.container.node, "envFrom")
        for source in self._items(listed):
            config = reach(source, "configMapRef", "name")
            secret = reach(source, "secretRef", "name")
            if isinstance(source.value, Unknown):
                self._open(source.value)
            elif config is not None:
                self._read_config_map(config, reach(source, "prefix"))
            elif secret is not None:
                self._read_secret(secret, reach(source, "prefix"))

    def read_entries(self) -> None:
        for entry in self._items(reach(self.container.node, "env")):
            name = reach(entry, "name")
            if isinstance(entry.value, Unknown):
                self._open(entry.value)
            elif name is not None and isinstance(name.value, Unknown):
                self._open(name.value)
            elif name is not None and isinstance(name.value, str):
                self.values[name.value] = self._value(entry, name)
                self.names[name.value] = name

    def _items(self, listed: Node | None) -> tuple[Node, ...]:
        """The items of a sequence; what may be further in it opens the environment."""
        if listed is None:
            return ()
        if isinstance(listed.value, Unknown):
            self._open(listed.value)
        if isinstance(listed.value, SeqValue) and listed.value.rest is not None:
            self._open(listed.value.rest)
        return listed.items()

    def _open(self, reason: Unknown) -> None:
        if self.rest is None:
            self.rest = reason._replace(parts=())

    def _read_config_map(self, reference: Node, prefix: Node | None) -> None:
        found = self._object(reference)
        if prefix is not None and isinstance(prefix.value, Unknown):
            found = prefix.value
        data = None if isinstance(found, Unknown) else reach(found.root, "data")
        if isinstance(found, Unknown):
            self._open(found)
        elif data is not None and isinstance(data.value, Unknown):
            self._open(data.value)
        elif data is not None:
            step = self._step(reference)
            start = shown(prefix)
            for name, key, value in data.members():
                self.values[start + name] = value.through(step)
                self.names[start + name] = key.through(step)
            if isinstance(data.value, MapValue) and data.value.rest is not None:
                self._open(data.value.rest)

    def _read_secret(self, reference: Node, prefix: Node | None) -> None:
        """The variables that the keys of a Secret make. Their values may be other ones in the cluster.

        A Secret without keys is a place for what somebody else fills in.
        """
        name = shown(reference)
        found = self._object(reference, "Secret")
        groups: list[Node] = []
        if not isinstance(found, Unknown) and not (prefix is not None and isinstance(prefix.value, Unknown)):
            held = (reach(found.root, "data"), reach(found.root, "stringData"))
            groups = [data for data in held if data is not None]
        members = [member for data in groups for member in data.members()]
        is_whole = all(isinstance(data.value, MapValue) and data.value.rest is None for data in groups)
        if not members or not is_whole:
            self._open(Unknown("secret", f"Secret {name} may set it"))
        step = self._step(reference)
        for key_name, key, _ in members:
            variable = shown(prefix) + key_name
            value = Unknown("secret", f"it is the key {key_name} of Secret {name}")
            self.values[variable] = key.replace_value(value, step)
            self.names[variable] = key.through(step)

    def _object(self, reference: Node, kind: str = "ConfigMap") -> KubernetesObject | Unknown:
        """The ConfigMap or Secret of a name, or why it cannot be told."""
        if isinstance(reference.value, Unknown):
            return reference.value
        return self.configs.find(shown(reference), self.container.workload.object, kind)

    def _step(self, reference: Node) -> Origin:
        label = f"container {self.container.name or '?'} takes it from here"
        return Origin(label, reference.source, reference.start, reference.end)

    def _value(self, entry: Node, name: Node) -> Node:
        value = reach(entry, "value")
        if value is not None and value.value != "":
            return self._expanded(value)
        source = reach(entry, "valueFrom")
        if source is not None:
            return self._resolved(source)
        return value if value is not None else computed("", name)

    def _resolved(self, source: Node) -> Node:
        """The value that a `valueFrom` brings."""
        if isinstance(source.value, Unknown):
            return source
        config, secret = reach(source, "configMapKeyRef"), reach(source, "secretKeyRef")
        if config is not None:
            return self._config_value(source, config)
        if secret is not None:
            key, holder = shown(reach(secret, "key")), shown(reach(secret, "name"))
            return source.replace_value(Unknown("secret", f"it is the key {key} of Secret {holder}"))
        field = text_at(source, "fieldRef", "fieldPath") or text_at(source, "resourceFieldRef", "resource")
        return source.replace_value(
            Unknown("variable", f"it is set at run time from {field or 'its valueFrom'}")
        )

    def _config_value(self, source: Node, reference: Node) -> Node:
        name, key = reach(reference, "name"), reach(reference, "key")
        if name is None or key is None or isinstance(key.value, Unknown):
            return source.replace_value(Unknown("variable", "its configMapKeyRef names no known key"))
        found = self._object(name)
        if isinstance(found, Unknown):
            return source.replace_value(found)
        value = reach(found.root, "data", shown(key))
        if value is None:
            reason = f"ConfigMap {found.name} has no key {shown(key)} in its data"
            return source.replace_value(Unknown("variable", reason))
        return value.through(self._step(name))

    def _expanded(self, node: Node) -> Node:
        """The value with the references to variables that were set before it replaced."""
        text = node.value
        if not isinstance(text, str) or "$" not in text:
            return node
        pieces: list[str | None] = []
        unknown: Unknown | None = None
        position = 0
        for match in _REFERENCE.finditer(text):
            self.expansions.left -= 1
            if self.expansions.left < 0:
                return node.replace_value(Unknown("limit", "the unit has too many references to variables"))
            pieces.append(text[position : match.start()])
            position = match.end()
            value = "$" if match[1] is None else self._reference(match[1], match[0])
            if isinstance(value, Unknown):
                unknown = unknown or value
                pieces.extend(value.parts or (None,))
            else:
                pieces.append(value)
        pieces.append(text[position:])
        self.characters -= sum(len(piece) for piece in pieces if piece)
        if self.characters < 0:
            return node.replace_value(Unknown("limit", "its references to variables make it too long"))
        if unknown is not None:
            return node.replace_value(unknown._replace(parts=_joined(pieces)))
        whole = "".join(piece for piece in pieces if piece)
        return node if whole == text else node.replace_value(whole)

    def _reference(self, name: str, written: str) -> str | Unknown:
        """What stands for `$(name)`: an undefined reference stays as it is written."""
        node = self.values.get(name)
        if node is not None:
            return node.value if isinstance(node.value, Unknown) else shown(node)
        if _SERVICE_LINK.fullmatch(name):
            return Unknown("variable", f"{name} is set by the cluster if there is such a Service")
        if self.rest is not None:
            return self.rest
        return written


def _joined(pieces: list[str | None]) -> tuple[str | None, ...]:
    """The pieces with neighbours of the same nature joined and empty ones dropped."""
    parts: list[str | None] = []
    for piece in pieces:
        if piece is None:
            if not parts or parts[-1] is not None:
                parts.append(None)
        elif piece:
            if parts and parts[-1] is not None:
                parts[-1] += piece
            else:
                parts.append(piece)
    return tuple(parts)
