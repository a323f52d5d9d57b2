"""Which compose files are run together, and in which environment.

`docker compose up` takes the first of `compose.yaml`, `compose.yml`, `docker-compose.yml` and
`docker-compose.yaml`, and lays the override file over it. Docker's documentation uses the override file for
what only development needs, and a file of its own for production that is named with `-f`
(docs.docker.com/compose/how-tos/production). So the main file with its override is an environment that is
named for local use, and is not judged unless the configuration says so; the main file is judged alone, or,
where files for environments stand beside it, with those of them that are judged.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.environment import (
    EnvironmentPolicy,
    environment_of_directory,
    is_other_name,
    is_production_name,
)
from vvbscan.model.limits import Limits
from vvbscan.model.unit import FileTree, Options, Unit, Unreadable
from vvbscan.record import NamedTuple

OVERRIDE_ENVIRONMENT: Final = "local-override"
"""Environment of a main file with its override."""
MAIN_ENVIRONMENT: Final = "default"
"""Environment of a main file alone, if files for environments stand beside it."""

_MAIN_NAMES: Final = (
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "podman-compose.yaml",
    "podman-compose.yml",
)
_NAME: Final = lazy_pattern(
    r"(?:(?P<stem>(?:docker-|podman-)?compose)(?:[._-](?P<suffix>.+))?|(?P<prefix>.+?)[._-](?P<stem2>docker-compose|compose))"
    r"\.ya?ml"
)
_SHARED: Final = frozenset({"base", "common", "shared"})
"""What a file is called that is only run with another one laid over it."""


class _Name(NamedTuple):
    """What a file's name says."""

    path: str
    stem: str
    """`compose` or `docker-compose`; empty if the name has neither."""
    environment: str


def is_override(path: str) -> bool:
    """Whether a file is laid over the main file whenever no files are named."""
    return _read_name(path).environment.lower() == "override"


def plan_compose(paths: Iterable[str], tree: FileTree, options: Options) -> list[Unit]:
    """The units of all compose files of a tree, sorted by id.

    Each file is in one unit at least. A unit's id is that of the file that makes it differ from the others.
    A file that another one extends is judged through that one only, unless it is a main file.
    """
    policy = options.environments
    by_directory: dict[str, list[_Name]] = {}
    for path in sorted(set(paths)):
        by_directory.setdefault(posixpath.dirname(path), []).append(_read_name(path))
    folders = _folder_environments(by_directory, policy)
    extended = _extended_files(by_directory, tree, options.limits)
    units: list[Unit] = []
    for directory, names in by_directory.items():
        environment, judged = folders[directory]
        units += [
            unit._replace(
                environment=unit.environment or environment,
                judged=unit.judged and judged and unit.files[-1] not in extended,
            )
            for unit in _plan_directory(names, policy)
        ]
    return sorted(units, key=lambda unit: unit.id)


def _extended_files(by_directory: dict[str, list[_Name]], tree: FileTree, limits: Limits) -> frozenset[str]:
    """The files that services of other files extend, without main files."""
    extended: set[str] = set()
    for directory, names in by_directory.items():
        for name in names:
            extended.update(
                posixpath.normpath(posixpath.join(directory, file))
                for file in _extended_by(name.path, tree, limits)
            )
    mains = {name.path for names in by_directory.values() for name in names if _is_main(name)}
    return frozenset(extended - mains)


def _extended_by(path: str, tree: FileTree, limits: Limits) -> list[str]:
    """The files that a file names in its `extends`."""
    try:
        source, _ = tree.read(path)
    except Unreadable:
        return []  # loading the unit tells
    if "extends" not in source.text.text:
        return []
    from vvbscan.parse.yaml import parse_yaml  # few trees have a file that extends

    files: list[str] = []
    for document in parse_yaml(source, limits, "1.2").documents:
        services = document.root.get("services")
        for _, _, service in () if services is None else services.members():
            file = service.at("extends", "file")
            if file is not None and isinstance(file.value, str) and posixpath.basename(path) != file.value:
                files.append(file.value)
    return files


def _is_main(name: _Name) -> bool:
    return bool(name.stem) and not name.environment


def _read_name(path: str) -> _Name:
    match = _NAME.fullmatch(posixpath.basename(path))
    if match is None:
        words = posixpath.basename(path).split(".")[1:-1]
        named = (word for word in words if is_production_name(word) or is_other_name(word))
        return _Name(path, "", next(named, ""))
    return _Name(path, match["stem"] or match["stem2"], match["suffix"] or match["prefix"] or "")


def _plan_directory(names: list[_Name], policy: EnvironmentPolicy) -> list[Unit]:
    mains = [name for name in names if _is_main(name)]
    mains.sort(key=lambda name: _MAIN_NAMES.index(posixpath.basename(name.path)))
    overrides = [name for name in names if name.environment.lower() == "override"]
    others = [name for name in names if not name.stem]
    variants = [name for name in names if name.stem and name.environment and name not in overrides]
    shared = [name for name in variants if name.environment.lower() in _SHARED]
    if not mains and shared and len(variants) > len(shared):
        mains = shared[:1]
        variants.remove(mains[0])
    judged = policy.judged(name.environment for name in others)
    units = [_unit((name.path,), name.environment, judged=name.environment in judged) for name in others]
    if not mains:
        judged = policy.judged(name.environment for name in variants)
        for name in (*variants, *overrides):
            environment = OVERRIDE_ENVIRONMENT if name in overrides else name.environment
            units.append(_unit((name.path,), environment, judged=environment in judged))
        return units
    projects: dict[str, list[_Name]] = {main.path: [] for main in mains}
    for name in variants:
        main = next((main for main in mains if main.stem == name.stem), mains[0])
        projects[main.path].append(name)
    for main in mains:
        units += _plan_project(main, projects[main.path], overrides if main is mains[0] else [], policy)
    return units


def _plan_project(
    main: _Name, variants: list[_Name], overrides: list[_Name], policy: EnvironmentPolicy
) -> list[Unit]:
    """The main file alone, with its override, and with each file for an environment."""
    alone = MAIN_ENVIRONMENT if variants else ""
    group = {alone, *(name.environment for name in variants)}
    if overrides:
        group.add(OVERRIDE_ENVIRONMENT)
    judged = policy.judged(group)
    units = [_unit((main.path,), alone, judged=alone in judged)]
    for name in overrides:
        judge = OVERRIDE_ENVIRONMENT in judged
        units.append(_unit((main.path, name.path), OVERRIDE_ENVIRONMENT, judged=judge))
    for name in variants:
        judge = name.environment in judged
        units.append(_unit((main.path, name.path), name.environment, judged=judge))
    return units


def _unit(files: tuple[str, ...], environment: str, *, judged: bool) -> Unit:
    return Unit(f"compose:{files[-1]}", "compose", files, environment, judged)


def _folder_environments(
    directories: Iterable[str], policy: EnvironmentPolicy
) -> dict[str, tuple[str, bool]]:
    """For each directory, the environment that its path names and whether that is judged.

    The directories that differ in the name of their environment only are a group.
    """
    named: dict[str, tuple[str, str]] = {}
    groups: dict[str, set[str]] = {}
    for directory in directories:
        environment, group = "", directory
        folders = directory.split("/")
        for index in range(len(folders) - 1, -1, -1):
            environment = environment_of_directory(folders[index])
            if environment:
                group = "/".join((*folders[:index], "*", *folders[index + 1 :]))
                break
        named[directory] = environment, group
        groups.setdefault(group, set()).add(environment)
    return {
        directory: (environment, environment in policy.judged(groups[group]))
        for directory, (environment, group) in named.items()
    }
