"""Compose projects: which services a unit has, and how they are read.

A file for one environment (`compose.prod.yaml`) is laid over the main file, as two `-f` of `docker compose`
do. But such a file may be complete and meant to be run alone, and nothing in it says which of the two it is.
What both readings have in common is certain: what the file sets, and what neither file sets. What only the
main file sets is then unknown. A complete file that shares no service with the main file adds to it or stands
beside it, and is read for itself.
"""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.environment import is_other_name
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.unit import FileTree, Loaded, Options, Unit
from vvbscan.record import NamedTuple
from vvbscan.views.compose.bound_volumes import bound_volumes, with_bound_volumes
from vvbscan.views.compose.files import ProjectFiles
from vvbscan.views.compose.interpolation import Interpolation
from vvbscan.views.compose.planning import is_override
from vvbscan.views.compose.scope import Definitions, ProjectLoader
from vvbscan.views.compose.service import ComposeService, finish_service

_DECLARED: Final = (("networks", "networks"), ("secrets", "secrets"), ("configs", "configs"))


class ComposeProject(NamedTuple):
    """A compose project in one environment."""

    environment: str
    services: tuple[ComposeService, ...]
    """The services that are judged: not those that run in a development profile only."""


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read the files of a project and resolve its services."""
    files = ProjectFiles(unit, tree, options.limits)
    loader = ProjectLoader(files, options.limits)
    directory = posixpath.dirname(unit.files[0])
    lookup = loader.project_variables(directory)
    merged = loader.load(unit.files[:1], directory, lookup)
    for path in unit.files[1:]:
        alone: Definitions = {}
        if not is_override(path):
            alone = loader.load((path,), directory, lookup)
        if alone and _is_complete(alone, files.compose(path)):
            if alone.keys().isdisjoint(merged):
                merged = alone
                continue
            merged = _doubted(merged, path, unit.files[0])
        loader.lay_over(merged, path, directory, lookup)
    roots = [document.root for parsed in files.parsed for document in parsed.documents]
    bound = bound_volumes(roots, Interpolation(lookup, loader.budget))
    services = tuple(
        finish_service(name, definition._replace(node=with_bound_volumes(definition.node, bound)), loader)
        for name, definition in merged.items()
        if not _only_for_development(definition.node)
    )
    if not merged and not any(notice.level == "error" for notice in files.notices):
        for root in files.compose(unit.files[0])[:1]:
            first = any(item.get("image") or item.get("build") for _, _, item in root.members())
            hint = (
                "Compose 2 refuses services at the top of a file; put them below `services:`" if first else ""
            )
            files.notice("note", "compose-services", "the file defines no services", root, hint)
    project = ComposeProject(unit.environment, services)
    return Loaded(project, files.parsed, files.records, tuple(files.notices))


def project_of(loaded: Loaded) -> ComposeProject:
    """The project of a loaded unit of the kind `compose`."""
    assert isinstance(loaded.model, ComposeProject)
    return loaded.model


def _only_for_development(service: Node) -> bool:
    """Whether all profiles that start a service are named for development, test, local use or ci."""
    profiles = service.get("profiles")
    names = [item.value for item in profiles.items()] if profiles is not None else []
    return bool(names) and all(isinstance(name, str) and is_other_name(name) for name in names)


def _is_complete(definitions: Definitions, roots: tuple[Node, ...]) -> bool:
    """Whether Compose would accept a file without another one below it."""
    for definition in definitions.values():
        node = definition.node
        if not isinstance(node.value, MapValue) or node.value.rest is not None:
            return False
        if not any(node.get(name) for name in ("image", "build", "provider")):
            return False
        depends_on = node.get("depends_on")
        if any(name not in definitions for name, _, _ in (depends_on.members() if depends_on else ())):
            return False
        for used, declared in _DECLARED:
            names = {_name(item) for item in _members(node.get(used))} - {"default", ""}
            if not names <= _declared(roots, declared):
                return False
        volumes = node.get("volumes")
        named = [item for item in volumes.items() if _text(item, "type") == "volume"] if volumes else []
        if not {_text(item, "source") for item in named} - {""} <= _declared(roots, "volumes"):
            return False
    return True


def _members(node: Node | None) -> tuple[Node, ...]:
    """Items of a sequence, keys of a mapping."""
    if node is None:
        return ()
    return node.items() or tuple(key for _, key, _ in node.members())


def _name(node: Node) -> str:
    """The name that a grant or a network is used by."""
    return node.text() or _text(node, "source")


def _text(node: Node, name: str) -> str:
    child = node.get(name)
    return (child.text() or "") if child is not None else ""


def _declared(roots: tuple[Node, ...], section: str) -> set[str]:
    sections = [root.get(section) for root in roots]
    return {name for node in sections if node is not None for name, _, _ in node.members()}


def _doubted(definitions: Definitions, path: str, main: str) -> Definitions:
    """The services of the main file as they are if the other file may be run alone: all of it unknown."""
    name = posixpath.basename(path)
    reason = f"{name} may be run over {posixpath.basename(main)} or alone"
    unknown = Unknown("ambiguous", reason)
    return {
        service: definition._replace(node=_doubt(definition.node, unknown))
        for service, definition in definitions.items()
    }


def _doubt(node: Node, unknown: Unknown) -> Node:
    """A tree of which only the keys are left; merging brings in what is certain."""
    value = node.value
    if isinstance(value, MapValue):
        entries = {name: _doubt(child, unknown) for name, child in value.entries.items()}
        return node._replace(value=value._replace(entries=entries))
    if isinstance(value, SeqValue):
        return node._replace(value=SeqValue((), unknown))
    return node._replace(value=unknown)
