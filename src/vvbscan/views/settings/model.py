"""An application in one environment, with its settings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.settings.build import Build
from vvbscan.views.settings.convert import convert
from vvbscan.views.settings.known import known_settings
from vvbscan.views.settings.names import indexed, setting_name
from vvbscan.views.settings.specs import DEPENDS, Spec, default_of


class Setting(NamedTuple):
    """A setting that takes effect."""

    name: str
    """Canonical name."""
    key: Node
    """The key that sets it."""
    text: Node
    """The text that takes effect, its expressions expanded; or an unknown."""
    value: Node
    """The same as the platform converts it."""
    overridden: Node | None = None
    """What the files give it, expressions expanded, where the environment overrides that."""


class Settings:
    """The settings of an application that take effect.

    Names may be given in any spelling that the framework takes.
    """

    def __init__(
        self, settings: dict[str, Setting], joined: frozenset[str], rest: Unknown | None, build: Build
    ) -> None:
        self._settings: Final = settings
        """By the identity of the name."""
        self._joined: Final = joined
        """The lists that are written item by item."""
        self._order: dict[str, int] | None = None
        self._sorted: list[str] = []
        """The identities in alphabetical order; both are made when they are needed."""
        self.rest: Final = rest
        """Set if there may be settings that are not known."""
        self._build = build

    def __iter__(self) -> Iterator[Setting]:
        """The settings as they are written: of a list the items, if each has a key of its own."""
        for identity, setting in self._settings.items():
            if identity not in self._joined:
                yield setting

    def setting(self, name: str) -> Setting | None:
        """The setting of a name, None if nothing in the tree sets it."""
        return self._settings.get(self._identity(name))

    def get(self, name: str) -> Node | None:
        """The value of a setting, converted; None if nothing in the tree sets it."""
        found = self.setting(name)
        return found.value if found else None

    def text(self, name: str) -> str:
        """The text of a setting, empty if it is not set or not known."""
        found = self.setting(name)
        return (found.text.text() or "").strip() if found else ""

    def is_true(self, name: str) -> bool:
        """Whether a setting is set to true."""
        node = self.get(name)
        return node is not None and (node.value is True or node.value == "true")

    def below(self, prefix: str) -> Iterator[tuple[str, Setting]]:
        """The settings whose names begin with `prefix.`, with what follows in the name."""
        start = self._identity(prefix) + "."
        if self._order is None:
            self._order = {identity: number for number, identity in enumerate(self._settings)}
            self._sorted = sorted(self._settings)
        first = bisect_left(self._sorted, start)
        after = bisect_left(self._sorted, start[:-1] + "/", first)  # `/` follows `.`
        for identity in sorted(self._sorted[first:after], key=self._order.__getitem__):
            yield identity[len(start) :], self._settings[identity]

    def effective(self, name: str, at: Node) -> Node | None:
        """The value of a setting, or its default as a computed node at `at`.

        None if it is not set and has no default; unknown if that cannot be told.
        """
        found = self.setting(name)
        if found is not None:
            return found.value
        if self.rest is not None:
            return at.replace_value(self.rest)
        spec = known_settings(self._build.framework).spec(self._identity(name))
        return self.default(spec, at) if spec else None

    def default(self, spec: Spec, at: Node) -> Node | None:
        """The default of a setting as a computed node, None if it has none."""
        default = default_of(spec, self._build.version)
        if default is None:
            return None
        if default == DEPENDS:
            version = "" if self._build.version or not spec.since else ", which the build files do not tell"
            what = "the version" if version else "what the settings do not tell"
            return at.replace_value(
                Unknown("default", f"the default of `{spec.name}` depends on {what}{version}")
            )
        return convert(at.replace_value(default), spec.type, self._build.framework)

    def mapping(self) -> MapValue:
        """The settings as a mapping from canonical name to value, lists joined from `name[0]`, `name[1]`."""
        entries = {setting.name: setting.value for setting in self._settings.values()}
        keys = {setting.name: setting.key for setting in self._settings.values()}
        return MapValue(entries, keys, self.rest)

    def _identity(self, name: str) -> str:
        return setting_name(self._build.framework, name).identity


class Application(NamedTuple):
    """An application in one environment."""

    name: str
    """`quarkus.application.name` or `spring.application.name` as far as it is set and known."""
    directory: str
    """Directory of its module."""
    framework: str
    """`quarkus`, `spring` or empty."""
    version: str
    """Version of the framework, empty if the build files do not tell."""
    profile: str
    """The profile that wins; empty for Spring's default profile."""
    profiles: tuple[str, ...]
    """All active profiles, the one that wins first."""
    environment: str
    deployment: str
    """Address of the container that runs it, where those of the environment differ; else empty."""
    settings: Settings
    anchor: Node
    """What stands for the application as a whole: the key of its name, or its first key."""
    build: Build
    containers: tuple[tuple[str, str], ...] = ()
    """Unit and address of the containers that run it."""


def join_lists(settings: dict[str, Setting], positions: dict[str, int], *, spring: bool) -> frozenset[str]:
    """Add each list that is written as `name[0]`, `name[1]` under its own name; gives their identities.

    Spring takes a list from the highest source that has a part of it, and prefers one text there
    (`IndexedElementsBinder`). SmallRye Config merges the positions of all sources, and prefers them to one
    text unless that stands in a higher source (`SmallRyeConfig.getValues`).
    """
    joined: set[str] = set()
    items: dict[str, list[tuple[int, str]]] = {}
    for identity in settings:
        position = indexed(identity)
        if position is not None:
            items.setdefault(position[0], []).append((position[1], identity))
    for identity, found in items.items():
        found.sort()
        highest = min(positions[item] for _, item in found)
        if identity in settings and positions[identity] < highest + spring:
            continue
        members = [item for _, item in found if not spring or positions[item] == highest]
        first = settings[members[0]]
        name = indexed(first.name)
        values = tuple(settings[item].value for item in members)
        last = values[-1]
        whole = first.value._replace(value=SeqValue(values))
        if last.source is first.value.source and last.end >= first.value.start:
            whole = whole._replace(end=last.end)
        settings[identity] = Setting(name[0] if name else first.name, first.key, first.text, whole)
        joined.add(identity)
    return frozenset(joined)
