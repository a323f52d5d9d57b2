"""Planning: which of the recognised files are judged together, and in which environment."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Container, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Final

from vvbscan.engine.discover import Found
from vvbscan.engine.recognise import (
    APPLICATION,
    CARGO,
    COMPOSE,
    DOCKERFILE,
    GITHUB_ACTIONS,
    GITLAB_CI,
    GOLANG,
    GRADLE,
    HELM_CHART,
    KUBERNETES,
    KUSTOMIZATION,
    MAVEN,
    NPM,
    PYPI,
    TERRAFORM,
    TERRAFORM_PLAN,
    UPDATE_BOT,
    WRAPPER,
)
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.environment import EnvironmentPolicy, environment_of_directory
from vvbscan.model.unit import FileTree, Options, Unit

_RESOURCES: Final = lazy_pattern(
    r"(?:^|/)src/([A-Za-z0-9_-]+)/(?:resources|resources-filtered)(?:/config|/META-INF)?$"
)
_TESTS: Final = lazy_pattern(r"(?<![A-Za-z])[tT]ests?(?![a-z])|[a-z0-9]Tests?(?![a-z])|^(?:it|IT|e2e)$")
"""Names of source sets for tests: `test`, `contractTest`, `native-test`, `testFixtures`, `it`."""
_CONFIG: Final = lazy_pattern(r"(?:^|/)(?:config|META-INF)$")

_DOTS: Final = lazy_pattern(r"(\.)")
_NAME_PARTS: Final = lazy_pattern(r"([._-])")
UNUSED_PATCH: Final = "unused-patch"
"""Environment of patches that no kustomization lists. None is judged in it."""

_PLANNERS: Final = {
    MAVEN: ("vvbscan.views.maven.planning", "maven_files"),
    GRADLE: ("vvbscan.views.gradle.planning", "gradle_files"),
    PYPI: ("vvbscan.views.pypi.planning", "pypi_files"),
    NPM: ("vvbscan.views.npm.planning", "npm_files"),
    CARGO: ("vvbscan.views.cargo.planning", "cargo_files"),
    GOLANG: ("vvbscan.views.golang.planning", "go_files"),
}
"""What groups the files of a build into units, by the format, which is also the kind of the units. A module
is imported when a tree has a file of its format."""

_STAGES: Final = frozenset({"staging", "stage", "qa", "uat"})
_OF_DOCKERFILE: Final = lazy_pattern(r"(?:dockerfile|containerfile)[._-]", re.IGNORECASE)


def plan(found: Sequence[Found], tree: FileTree, options: Options) -> list[Unit]:
    """The units of a tree, in a stable order. Every recognised file is in one of them or consumed by one."""
    by_format: dict[str, list[str]] = {}
    for one in found:
        by_format.setdefault(one.format, []).append(one.path)
    consumed: set[str] = set()
    manifests = by_format.get(KUBERNETES, [])
    units: list[Unit] = []
    if HELM_CHART in by_format:
        from vvbscan.views.helm import plan_charts

        charts = plan_charts([one.path for one in found], tree)
        units += charts.units
        consumed |= charts.consumed
    if KUSTOMIZATION in by_format:
        from vvbscan.views.kustomize import is_unused_patch, plan_kustomizations

        paths = [path for path in by_format[KUSTOMIZATION] if path not in consumed]
        kustomizations = plan_kustomizations(paths, tree, options)
        units += kustomizations.units
        consumed |= kustomizations.consumed
        unused = [path for path in manifests if path not in consumed and is_unused_patch(path, tree)]
        units += [
            Unit(f"manifest:{path}", "manifest", (path,), UNUSED_PATCH, judged=False) for path in unused
        ]
        consumed.update(unused)
    if COMPOSE in by_format:
        from vvbscan.views.compose.planning import plan_compose

        paths = [path for path in by_format[COMPOSE] if path not in consumed]
        units += plan_compose(paths, tree, options)
    companions = {one.path for one in found if one.companion}
    plain = _placed("manifest", [path for path in manifests if path not in consumed], options.environments)
    units += _with_companions(plain, companions)
    units += _placed("dockerfile", by_format.get(DOCKERFILE, ()), options.environments)
    if TERRAFORM in by_format:
        from vvbscan.views.terraform.planning import plan_terraform

        units += plan_terraform(by_format[TERRAFORM], tree, options, environment_of_path)
    if TERRAFORM_PLAN in by_format:
        roots = tuple(unit for unit in units if unit.kind == "terraform")
        plans = _placed("terraform-plan", by_format[TERRAFORM_PLAN], options.environments)
        units += [unit._replace(roots=roots) for unit in plans]
    units += [_workflow(path, options.environments) for path in by_format.get(GITHUB_ACTIONS, ())]
    if GITLAB_CI in by_format:
        from vvbscan.views.ci.gitlab_planning import gitlab_files

        for files, place in gitlab_files(by_format[GITLAB_CI], tree, options).items():
            (unit,) = _placed("gitlab-ci", (place,), options.environments)
            units.append(unit._replace(id=f"gitlab-ci:{files[0]}", files=files))
    units += _placed("wrapper", by_format.get(WRAPPER, ()), options.environments)
    for name in _PLANNERS:
        if name in by_format:
            units += _grouped(name, by_format[name], tree, options)
    if UPDATE_BOT in by_format:
        from vvbscan.views.bots.planning import plan_bots

        units += plan_bots(by_format[UPDATE_BOT], units)
    if not by_format.keys().isdisjoint((GITHUB_ACTIONS, GITLAB_CI)) and not by_format.keys().isdisjoint(
        _PLANNERS
    ):
        from vvbscan.views.ci.repository_planning import plan_repositories

        units += plan_repositories(units)
    units += _applications(by_format.get(APPLICATION, ()), options)
    return sorted(units, key=lambda unit: (unit.files[0], unit.id))


def environment_of_path(path: str) -> tuple[str, str]:
    """The environment that a path names, and the group of paths that differ from it in that name only.

    A directory with an environment's whole name says it (`deploy/dev/web.yaml`, `.github/Dockerfile`), or a
    part of the file's name between dots (`Dockerfile.dev`, `web.prod.yaml`, `prod.yaml`). In a Dockerfile's
    name hyphens and underscores divide too (`Dockerfile-dev`).
    """
    folder, name = posixpath.split(path)
    parts = _NAME_PARTS.split(name) if _OF_DOCKERFILE.match(name) else _DOTS.split(name)
    for index in range(0, len(parts), 2):
        environment = _environment_of(parts[index])
        if environment:
            return environment, posixpath.join(folder, "".join([*parts[:index], "*", *parts[index + 1 :]]))
    folders = folder.split("/") if folder else []
    for index in range(len(folders) - 1, -1, -1):
        environment = _environment_of(folders[index])
        if environment:
            return environment, "/".join([*folders[:index], "*"])
    return "", ""


def _environment_of(word: str) -> str:
    """The environment that a word names as a whole, empty if it names none."""
    named = word in _STAGES or word.lower() in ("prod", "dev", "test")
    return word if named else environment_of_directory(word)


def _placed(kind: str, paths: Iterable[str], policy: EnvironmentPolicy) -> list[Unit]:
    """A unit for each path, its environment judged within the group of paths that it belongs to."""
    placed = [(path, *environment_of_path(path)) for path in paths]
    groups: dict[str, set[str]] = {}
    for _, environment, group in placed:
        groups.setdefault(group, set()).add(environment)
    judged = {group: policy.judged(names) for group, names in groups.items()}
    return [
        Unit(f"{kind}:{path}", kind, (path,), environment, environment in judged[group])
        for path, environment, group in placed
    ]


def _with_companions(units: Sequence[Unit], companions: Container[str]) -> list[Unit]:
    """Units of manifests that have containers, with the files beside them that have none.

    Whoever keeps a Deployment and its Service in two files applies the directory. What names no environment
    is meant for all of them.
    """
    beside: dict[tuple[str, str], list[str]] = {}
    for unit in units:
        (path,) = unit.files
        if path in companions:
            beside.setdefault((posixpath.dirname(path), unit.environment), []).append(path)

    @cache
    def held(directory: str, environment: str) -> tuple[str, ...]:
        names = dict.fromkeys((environment, ""))
        return tuple(path for name in names for path in beside.get((directory, name), ()))

    return [
        unit
        if unit.files[0] in companions
        else unit._replace(companions=held(posixpath.dirname(unit.files[0]), unit.environment))
        for unit in units
    ]


def _grouped(kind: str, paths: Sequence[str], tree: FileTree, options: Options) -> list[Unit]:
    """The units of a build's files, each in the environment of the first of its files."""
    module, function = _PLANNERS[kind]
    group: Callable[[Sequence[str], FileTree, Options], Iterable[tuple[str, ...]]]
    group = getattr(import_module(module), function)
    groups = {files[0]: files for files in group(paths, tree, options)}
    placed = _placed(kind, groups, options.environments)
    return [unit._replace(files=groups[unit.files[0]]) for unit in placed]


def _workflow(path: str, policy: EnvironmentPolicy) -> Unit:
    """The unit of a workflow or action. Neither its own name nor that of `.github` says an environment."""
    folder = posixpath.dirname(path)
    parts = folder.split("/")
    if ".github" in parts:
        folder = "/".join(parts[: parts.index(".github")])
    environment, _ = environment_of_path(posixpath.join(folder, "x"))
    judged = environment in policy.judged([environment])
    return Unit(f"workflow:{path}", "workflow", (path,), environment, judged)


def module_of(path: str) -> tuple[str, str]:
    """The module directory that a configuration file belongs to, and the source set (`main`, `test`)."""
    folder = posixpath.dirname(path)
    match = _RESOURCES.search(folder)
    if match is not None:
        return folder[: match.start()], match.group(1)
    return _CONFIG.sub("", folder), "main"


def _applications(paths: Iterable[str], options: Options) -> list[Unit]:
    modules: dict[tuple[str, str], list[str]] = {}
    for path in paths:
        modules.setdefault(module_of(path), []).append(path)
    units = []
    for (module, source_set), files in sorted(modules.items()):
        environment = "" if source_set == "main" else "test" if _TESTS.search(source_set) else source_set
        if not environment:
            environment, _ = environment_of_path(posixpath.join(module, "x"))
        judged = environment in options.environments.judged([environment])
        suffix = "" if source_set == "main" else f"#{source_set}"
        units.append(
            Unit(f"application:{module or '.'}{suffix}", "application", tuple(files), environment, judged)
        )
    return units
