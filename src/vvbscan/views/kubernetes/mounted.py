"""The configuration files that a container finds in its volumes, from ConfigMaps of the tree."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.facts import MountedFile
from vvbscan.model.location import Location, locate, locate_node
from vvbscan.model.node import PLAIN, Node, Unknown
from vvbscan.views.kubernetes.containers import Container
from vvbscan.views.kubernetes.lookup import reach, shown, text_at
from vvbscan.views.kubernetes.variables import ConfigMaps
from vvbscan.views.text_places import Places

_CONFIGURATION: Final = lazy_pattern(r"(?:application|bootstrap)(?:-[^/]+)?\.(?:properties|ya?ml)")
_ANY: Final = "*"
_LIKELY: Final = "application.yaml"
_LONGEST: Final = 200_000
"""Characters of a file that is looked at."""
_MOST: Final = 10_000_000
"""Characters and files that all containers of a unit together may find, however often they mount them."""


class MountedFiles:
    """Finds the configuration files of applications that the volumes of the containers of a unit hold."""

    __slots__ = ("_configs", "_left", "_lines")

    def __init__(self, configs: ConfigMaps) -> None:
        self._configs = configs
        self._left = _MOST
        self._lines: dict[tuple[str, int, str], tuple[Location, ...]] = {}
        """Where the lines of a text are, by its place; many containers may mount one."""

    def of(self, container: Container) -> Iterator[MountedFile]:
        """The configuration files that the volumes of a container bring to it."""
        mounts = reach(container.node, "volumeMounts")
        volumes = reach(container.workload.pod, "volumes")
        if mounts is None or volumes is None:
            return
        by_name = {text_at(volume, "name"): volume for volume in volumes.items()}
        for mount in mounts.items():
            volume = by_name.get(text_at(mount, "name") or "")
            place, below = text_at(mount, "mountPath"), text_at(mount, "subPath")
            if volume is None or not place:
                continue
            for name, text in _held(volume, container, self._configs):
                self._left -= 1
                if self._left < 0:
                    # It may be any of the files, so it is one that applications look for.
                    reason = "the workloads mount more than the limit allows"
                    yield MountedFile(f"/config/{_LIKELY}", "", locate_node(text), (), reason)
                    return
                path = place if below == name else posixpath.join(place, name) if not below else ""
                if name == _ANY:
                    # Many ConfigMaps are not configuration of the application; those in `config` mostly are.
                    path = posixpath.join(place, _LIKELY) if place.rstrip("/").endswith("/config") else ""
                if _CONFIGURATION.fullmatch(posixpath.basename(path)):
                    yield self._mounted(path, text)

    def _mounted(self, path: str, text: Node) -> MountedFile:
        content = text.value
        if not isinstance(content, str) or len(content) > _LONGEST:
            reason = content.reason if isinstance(content, Unknown) else "it is very long"
            return MountedFile(path, "", locate_node(text), (), reason)
        self._left -= len(content)
        place = (text.source.path, text.start, content)
        lines = self._lines.get(place)
        if lines is None:
            lines = self._lines[place] = _lines(text, content)
        return MountedFile(path, content, locate_node(text), lines)


def _held(volume: Node, container: Container, configs: ConfigMaps) -> Iterator[tuple[str, Node]]:
    """The files of a volume by their names in it; of a ConfigMap that is not known, what it may hold."""
    projected = reach(volume, "projected", "sources")
    for source in (volume, *(() if projected is None else projected.items())):
        config = reach(source, "configMap")
        name = reach(config, "name") if config is not None else None
        if config is None or name is None or isinstance(name.value, Unknown):
            continue
        items = reach(config, "items")
        chosen = {text_at(item, "key"): text_at(item, "path") for item in items.items()} if items else None
        found = configs.find(shown(name), container.workload.object)
        if isinstance(found, Unknown):
            names = (_ANY,) if chosen is None else filter(None, chosen.values())
            yield from ((path, name.replace_value(found)) for path in names)
            continue
        data = reach(found.root, "data")
        for key, _, text in () if data is None else data.members():
            path = key if chosen is None else chosen.get(key)
            if path and isinstance(text.value, (str, Unknown)):
                yield path, text


def _lines(text: Node, content: str) -> tuple[Location, ...]:
    """Where each line of a text is written; empty if the file spells it otherwise."""
    if content == text.source.text.text:
        # A file that a generator of Kustomize takes into a ConfigMap as a whole.
        text = text._replace(style=PLAIN)
    starts = Places(text, content).lines(content)
    lines = content.split("\n")
    return tuple(
        locate(text.source, start, start + len(line)) for start, line in zip(starts, lines, strict=False)
    )
