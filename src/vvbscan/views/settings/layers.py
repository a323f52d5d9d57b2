"""Layers: the sources of an application's settings by their precedence, and what wins in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vvbscan.model.node import Node, Origin, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.settings.files import ConfigFile
from vvbscan.views.settings.names import Name, quarkus_name


class Occurrence(NamedTuple):
    """One place where a setting is written."""

    name: Name
    written: str
    """The name as it is written, without a profile."""
    profiles: tuple[str, ...]
    """The profiles of a key such as `%prod,test.x`; empty if it holds in all."""
    key: Node
    value: Node
    """A string as written, or an unknown."""


class SettingsFile(NamedTuple):
    """A configuration file and the settings that each of its documents writes."""

    file: ConfigFile
    documents: tuple[tuple[Occurrence, ...], ...]


class Layer(NamedTuple):
    """One source of settings: a file, or a document of it."""

    occurrences: Sequence[Occurrence]
    doubt: str = ""
    """Why it is not known whether the layer is active, or empty."""


class Pick(NamedTuple):
    """The occurrence of a setting that wins."""

    name: Name
    key: Node
    value: Node
    """Unknown if nobody knows whether its layer is active and the value would be another one without."""
    position: int
    """Position of its layer, 0 for the highest."""


_Entry = tuple[int, str, Occurrence]
"""Position of the layer, 0 for the highest; its doubt; the occurrence."""


class Layers:
    """The layers of an application, highest first, in its active profiles."""

    def __init__(self, layers: Iterable[Layer], profiles: Sequence[str] = ()) -> None:
        self._profiles = tuple(profiles)
        self._entries: dict[str, list[_Entry]] = {}
        for position, layer in enumerate(layers):
            for occurrence in layer.occurrences:
                entry = (position, layer.doubt, occurrence)
                self._entries.setdefault(occurrence.name.identity, []).append(entry)

    def within(self, profiles: Sequence[str]) -> Layers:
        """The same layers with other active profiles of keys, the one that wins first."""
        other = Layers((), profiles)
        other._entries = self._entries
        return other

    def picks(self) -> Iterator[Pick]:
        """What wins of each setting that is set in the active profiles."""
        for identity in self._entries:
            found = self.pick(identity)
            if found is not None:
                yield found

    def pick(self, identity: str, written: str = "") -> Pick | None:
        """The occurrence of a setting that wins, None if nothing sets it in the active profiles.

        With `written`, only what is written exactly so counts.
        """
        entries = self._entries.get(identity)
        if entries is not None and written:
            entries = [entry for entry in entries if entry[2].written == written]
        if not entries:
            return None
        best = _highest(entry for entry in entries if not entry[2].profiles)
        for profile in self._profiles:
            # SmallRye Config 3, `ProfileConfigSourceInterceptor`: the value for the profile wins unless one
            # for no profile stands in a higher source. Of two keys for the profile in one source, the one
            # for fewer profiles wins (`ConfigValue.CONFIG_SOURCE_COMPARATOR`).
            own = _highest(entry for entry in entries if profile in entry[2].profiles)
            if own is not None:
                best = best if best is not None and best[0] < own[0] else own
                break
        if best is None:
            return None
        occurrence = best[2]
        return Pick(occurrence.name, occurrence.key, _value(entries, best), best[0])

    def of_profile(self, profiles: Sequence[str], name: str) -> Pick | None:
        """What is written for a profile, whether that is active or not: `${%prod.x}` asks for it."""
        entries = self._entries.get(quarkus_name(name).identity, [])
        wanted = frozenset(profiles)
        own = [entry for entry in entries if not wanted.isdisjoint(entry[2].profiles)]
        best = _highest(own)
        return None if best is None else Pick(best[2].name, best[2].key, _value(own, best), best[0])


def _highest(entries: Iterable[_Entry]) -> _Entry | None:
    """The entry in the highest layer; in one layer, the one for the fewest profiles.

    Of several spellings in one layer the canonical one wins (Spring Boot,
    `SpringIterableConfigurationPropertySource`; among others it has no order, here the first wins); of one
    spelling, the last.
    """
    best: _Entry | None = None
    for entry in entries:
        if best is None or _wins(entry, best):
            best = entry
    return best


def _wins(entry: _Entry, earlier: _Entry) -> bool:
    own, other = _rank(entry), _rank(earlier)
    return own < other or (own == other and entry[2].written == earlier[2].written)


def _rank(entry: _Entry) -> tuple[int, int, bool, int]:
    position, _, occurrence = entry
    written = occurrence.written
    # `max-pool` rather than `maxpool`: the name of a field has its humps.
    return position, len(occurrence.profiles), written != occurrence.name.canonical, -written.count("-")


def _value(entries: list[_Entry], best: _Entry) -> Node:
    position, doubt, occurrence = best
    if not doubt:
        return occurrence.value
    below = _highest(entry for entry in entries if entry[0] > position and not entry[1])
    if below is None:
        return occurrence.value.replace_value(Unknown("ambiguous", doubt))
    other = below[2].value
    if other.value == occurrence.value.value:
        return occurrence.value
    otherwise = Origin("is the value otherwise", other.source, other.start, other.end)
    return occurrence.value.replace_value(Unknown("ambiguous", doubt), otherwise)
