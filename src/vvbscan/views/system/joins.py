"""Joins: which application a container runs.

A join is *certain* where a file says it (a compose service that builds from the module's directory),
*guessed* where names agree, *ambiguous* where several candidates agree equally well.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.facts import (
    DOCKER_FOLDER,
    ApplicationFact,
    EnvironmentVariable,
    ImageBuildFact,
    Located,
    StartOption,
    WorkloadFact,
)
from vvbscan.record import NamedTuple

CERTAIN: Final = "certain"
GUESSED: Final = "guessed"
AMBIGUOUS: Final = "ambiguous"
NONE: Final = "none"

_TAG_OR_DIGEST: Final = lazy_pattern(r"(?::[^/:@]*)?(?:@.*)?$")
_NEUTRAL: Final = lazy_pattern(r"[^a-z0-9]+")


class Candidate(NamedTuple):
    """An application that a container may run."""

    key: str
    directory: str
    """Directory of its module, relative to the root; `.` for the root."""
    names: tuple[str, ...] = ()
    """Names that its configuration gives it."""
    image_names: tuple[str, ...] = ()
    """Names that its build gives its image."""


def candidate_of(unit: str, facts: Iterable[ApplicationFact]) -> Candidate:
    """The application of a unit by the facts of its environments, of which there is one at least."""
    found = list(facts)
    names = tuple(sorted({one.name for one in found if one.name}))
    images = tuple(sorted({name for one in found for name in one.image_names}))
    return Candidate(unit, found[0].directory, names, images)


class Join(NamedTuple):
    """How a container was joined."""

    kind: str
    keys: tuple[str, ...] = ()
    """Key of the application, or of all candidates if the join is ambiguous."""


class Candidates:
    """Applications by what containers can be joined to them by."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._all = list(candidates)
        self._by_directory: dict[str, list[str]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._by_image: dict[str, list[int]] = {}
        for number, one in enumerate(self._all):
            self._by_directory.setdefault(_directory(one.directory), []).append(one.key)
            for name in _names(one):
                self._by_name.setdefault(name, []).append(number)
            for name in _names(one) | {_plain(name) for name in one.image_names if name}:
                self._by_image.setdefault(name, []).append(number)

    def join_all(self, workloads: Iterable[WorkloadFact]) -> list[Join]:
        """The application that each container runs.

        The name of a workload speaks for its only container, not for sidecars and init containers.
        """
        containers = list(workloads)
        lasting = [container for container in containers if not _starts_first(container)]
        beside = Counter(map(_pod, lasting))
        of_unit = Counter((container.unit, container.environment) for container in lasting)
        joins = []
        for container in containers:
            alone = beside[_pod(container)] == 1 and not _starts_first(container)
            only = alone and of_unit[container.unit, container.environment] == 1
            joins.append(self.join(container, alone=alone, chart=_chart(container) if only else ""))
        return joins

    def join(self, workload: WorkloadFact, *, alone: bool = True, chart: str = "") -> Join:
        """Find the application that a container runs.

        `alone` tells that its workload has no other container, `chart` is the chart that has no other one.
        """
        if workload.build_directory is not None:
            built = self._by_directory.get(workload.build_directory, ())
            if len(built) == 1:
                return Join(CERTAIN, (built[0],))
        of_workload = {_plain(workload.workload)} if alone else frozenset[str]()
        for names, known in (
            (_image_names(workload), self._by_image),
            ({_plain(workload.container)}, self._by_name),
            (of_workload, self._by_name),
            ({_plain(chart)}, self._by_name),
        ):
            numbers = sorted({number for name in names for number in known.get(name, ())})
            agreeing = [self._all[number] for number in numbers]
            # Two modules can have copied one name; the directories then tell them apart.
            placed = [one for one in agreeing if _folder(one) in names] if len(agreeing) > 1 else agreeing
            if len(placed) == 1:
                return Join(GUESSED, (placed[0].key,))
            if agreeing:
                return Join(AMBIGUOUS, tuple(one.key for one in agreeing))
        return Join(NONE)


def deployments_of(
    modules: Mapping[str, str],
    workloads: Iterable[WorkloadFact],
    named: Mapping[str, Candidate] = MappingProxyType({}),
) -> dict[str, tuple[WorkloadFact, ...]]:
    """The judged containers that run each application unit.

    `modules` gives the directory of each unit, `named` what it is called, once its configuration is read. A
    module that nothing names takes, if it is the only one, the containers of the one image that is not a
    public product's.
    """
    candidates = [named.get(key) or Candidate(key, directory) for key, directory in modules.items()]
    joined: dict[str, list[WorkloadFact]] = {}
    judged = [workload for workload in workloads if workload.judged]
    for workload, found in zip(judged, Candidates(candidates).join_all(judged), strict=True):
        if found.kind in (CERTAIN, GUESSED):
            joined.setdefault(found.keys[0], []).append(workload)
    if not joined and len(candidates) == 1:
        own = [workload for workload in judged if _is_own(workload)]
        if len({_repository(workload) for workload in own}) == 1:
            joined[candidates[0].key] = own
    return {key: _as_deployed(found) for key, found in joined.items()}


def _as_deployed(workloads: list[WorkloadFact]) -> tuple[WorkloadFact, ...]:
    """The containers without those of compose services that build an image which manifests deploy.

    Such a service is how people run the application where they develop it.
    """
    deployed = tuple(
        one for one in workloads if one.build_directory is None or not one.unit.startswith("compose:")
    )
    return deployed or tuple(workloads)


def with_image_variables(
    modules: Mapping[str, str],
    deployments: Mapping[str, tuple[WorkloadFact, ...]],
    builds: Iterable[ImageBuildFact],
) -> dict[str, tuple[WorkloadFact, ...]]:
    """The deployments of each application unit with the variables and options that its image brings along.

    What a container sets itself wins. An application that nothing in the tree deploys is deployed as its
    image says. Of several Dockerfiles of a module (for the JVM, native) only what all of them set alike
    counts: which of them is deployed is not known.
    """
    owners = {_directory(directory): key for key, directory in sorted(modules.items())}
    by_module: dict[str, list[ImageBuildFact]] = {}
    for build in builds:
        owner = _owner_of(build, owners) if build.judged else None
        if owner is not None:
            by_module.setdefault(owner, []).append(build)
    completed = dict(deployments)
    for key, found in by_module.items():
        own = [build for build in found if _lies_in(build, _directory(modules[key]))]
        common = _in_common(own or found)
        if common.variables or common.options:
            workloads = completed.get(key) or (_as_deployment(common),)
            completed[key] = tuple(_completed(workload, common) for workload in workloads)
    return completed


def _pod(workload: WorkloadFact) -> tuple[str, str, str]:
    """What the containers of one pod have in common."""
    return workload.unit, workload.environment, workload.address.partition(":")[0]


def _chart(workload: WorkloadFact) -> str:
    """The name of the chart of Helm that a container belongs to, which its directory has; else empty."""
    kind, _, directory = workload.unit.partition(":")
    return posixpath.basename(directory.rstrip("/")) if kind == "helm" else ""


def _starts_first(workload: WorkloadFact) -> bool:
    return ":initContainers[" in workload.address


def _owner_of(build: ImageBuildFact, owners: Mapping[str, str]) -> str | None:
    """The module that a Dockerfile builds: the one that it lies in, else the only one that it copies from."""
    inner, outer = _owner(posixpath.dirname(build.path), owners), owners.get("")
    if inner is not None and inner != outer:
        return inner
    copied = {_owner(posixpath.normpath(source).lstrip("/"), owners) for source in build.copied}
    copied -= {None, outer}
    if copied:
        return copied.pop() if len(copied) == 1 else None
    return inner


def _lies_in(build: ImageBuildFact, directory: str) -> bool:
    """Whether a Dockerfile lies where those of a module do, and not in a folder for what it needs besides."""
    folder = posixpath.dirname(build.path)
    return folder in {directory, posixpath.join(directory, DOCKER_FOLDER)}


def _owner(folder: str, owners: Mapping[str, str]) -> str | None:
    """The innermost module that a Dockerfile lies in; `owners` gives the module of each directory."""
    while folder and folder not in owners:
        folder = posixpath.dirname(folder)
    return owners.get(folder)


def _in_common(builds: list[ImageBuildFact]) -> ImageBuildFact:
    """The first of several images with what all of them set alike."""
    first = builds[0]
    for build in builds[1:]:
        first = first._replace(
            variables=_alike(first.variables, build.variables),
            options=_alike(first.options, build.options),
            entry_options=_alike(first.entry_options, build.entry_options),
            program=first.program and build.program,
        )
    return first


_Named = TypeVar("_Named", EnvironmentVariable, StartOption)


def _alike(settings: Iterable[_Named], others: Iterable[_Named]) -> tuple[_Named, ...]:
    """The settings that others hold with the same value."""
    values = {other.name: other.value[::2] for other in others}
    return tuple(one for one in settings if values.get(one.name) == one.value[::2])


def _completed(workload: WorkloadFact, image: ImageBuildFact) -> WorkloadFact:
    """A container with what its image sets and it does not set or replace itself."""
    own = {variable.name for variable in workload.variables}
    further = tuple(variable for variable in image.variables if variable.name not in own)
    options = workload.options
    if workload.replaces == "arguments":
        # Where the entry point names the program, `-D` comes too late for Java.
        late = tuple(option for option in options if option.argument or not image.program)
        options = (*image.entry_options, *late)
    elif not workload.replaces:
        options = image.options
    return workload._replace(variables=(*workload.variables, *further), options=options)


def _as_deployment(build: ImageBuildFact) -> WorkloadFact:
    return WorkloadFact(
        unit=build.unit,
        environment=build.environment,
        judged=build.judged,
        address=build.path,
        workload="",
        container="",
        image=Located(None, build.location),
        ports=(),
        probes=(),
        variables=(),
        open_variables="",
        location=build.location,
    )


def _is_own(workload: WorkloadFact) -> bool:
    """Whether an image can be the repository's own: it has a path, which official images do not."""
    return "/" in _repository(workload)


def _repository(workload: WorkloadFact) -> str:
    image = workload.image.value
    return _TAG_OR_DIGEST.sub("", image, count=1).lower() if isinstance(image, str) else ""


def _image_names(workload: WorkloadFact) -> set[str]:
    """The names that an image goes by: its last step, and the last two together (`vvb/approval`)."""
    steps = [step for step in _repository(workload).split("/") if step]
    return {_plain("-".join(steps[-count:])) for count in (1, 2) if len(steps) >= count}


def _names(candidate: Candidate) -> set[str]:
    return {_plain(name) for name in candidate.names if name} | ({_folder(candidate)} - {""})


def _folder(candidate: Candidate) -> str:
    """The name of a module's directory; the root has none."""
    return _plain(candidate.directory.rstrip("/").rpartition("/")[2])


def _directory(directory: str) -> str:
    return "" if directory == "." else directory


def _plain(name: str) -> str:
    return _NEUTRAL.sub("-", name.lower()).strip("-")
