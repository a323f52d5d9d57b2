"""Units: the smallest sets of files that are judged together, and what loading one needs and gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from vvbscan.model.environment import EnvironmentPolicy
from vvbscan.model.facts import Fact, WorkloadFact
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import Parsed, Problem, Source
from vvbscan.model.outcome import FileRecord, Notice
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple


class Unreadable(Exception):
    """A file of the tree that cannot be read; `str()` says why, for a person."""


class FileTree(Protocol):
    """The scanned tree. Paths are relative to its root, with `/`; nothing outside the root is reachable."""

    def read(self, path: str) -> tuple[Source, tuple[Problem, ...]]:
        """The decoded text of a regular file with what was odd about its encoding.

        Raises `Unreadable` if it does not exist, is no regular file, is too large, is binary, or lies
        outside the root.
        """

    def is_file(self, path: str) -> bool:
        """Whether a regular file inside the root is there."""

    def is_directory(self, path: str) -> bool:
        """Whether a directory inside the root is there."""

    def resolve(self, path: str) -> str:
        """The path to which a path leads that has links in it; the same one if it leads out of the root."""

    def names(self, directory: str) -> tuple[str, ...]:
        """Sorted names of the entries of a directory, empty if there is none."""


class Options(NamedTuple):
    """What of the configuration the analysis of a unit depends on."""

    limits: Limits = DEFAULT_LIMITS
    kubernetes_version: str = "1.28"
    """Oldest cluster version to be ready for, `major.minor`; newer ones are looked at for removed APIs."""
    app_profile: str = ""
    """Profile in which applications are judged; empty: the production profile."""
    environments: EnvironmentPolicy = EnvironmentPolicy()
    line_hashes: bool = True
    """Whether findings get the hash of their line, which only GitHub asks for."""


class Unit(NamedTuple):
    """A unit to analyse. `kind` names the module that loads it."""

    id: str
    """Unique and stable: `dockerfile:api/Dockerfile`, `kustomization:deploy/overlays/production`."""
    kind: str
    files: tuple[str, ...]
    """The files that make the unit up as far as planning knows them, the one that names it first."""
    environment: str = ""
    judged: bool = True
    deployments: tuple[WorkloadFact, ...] = ()
    """For an application: the containers that run it, whose environment variables override its files."""
    companions: tuple[str, ...] = ()
    """For a manifest: files of its directory without containers, whose Services, autoscalers, ConfigMaps and
    the like may be meant for its own."""
    roots: tuple[Unit, ...] = ()
    """For a plan of Terraform: the root modules of the tree, of which it may have been made. For bots of
    updates: what has dependencies that they could look after. For a repository: its pipelines, builds and
    bots."""


class Loaded(NamedTuple):
    """A unit that was read, resolved and made ready for its views."""

    model: object
    """The resolved model of the unit's kind, which its views take."""
    parsed: tuple[Parsed, ...]
    """Every file that was parsed: suppressions are read from their comments."""
    files: tuple[FileRecord, ...]
    notices: Sequence[Notice] = ()
    """What there is to tell; where values are worked out at first need, more may come with each view."""
    release: Callable[[], None] = lambda: None
    """To be called when nobody looks at the model any more: lets go of what refers to itself in it, which is
    freed at once then, and not by the garbage collector, which looks at all of it many times before."""


def no_facts(_unit: Unit, _loaded: Loaded) -> tuple[Fact, ...]:
    """The facts of a kind whose units are not joined with others."""
    return ()


class UnitKind(NamedTuple):
    """How units of one kind are loaded and viewed: the `KIND` of each module that loads units."""

    name: str
    load: Callable[[Unit, FileTree, Options], Loaded]
    views: Mapping[str, Callable[[Loaded], Iterable[Subject]]]
    """Name of each view it feeds, and the function that yields its subjects."""
    facts: Callable[[Unit, Loaded], tuple[Fact, ...]]
