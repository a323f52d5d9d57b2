"""The picture: containers and the applications that they run."""

from __future__ import annotations

from collections.abc import Iterable

from vvbscan.model.facts import ApplicationFact, Fact, WorkloadFact
from vvbscan.record import NamedTuple
from vvbscan.views.system.joins import CERTAIN, GUESSED, Candidate, Candidates, Join


class Running(NamedTuple):
    """A container with what it was joined to."""

    workload: WorkloadFact
    join: Join
    application: ApplicationFact | None
    """The application in the container's environment, if the join found one."""


class Picture(NamedTuple):
    """The services of a tree."""

    running: tuple[Running, ...]


def picture_of(facts: Iterable[Fact]) -> Picture:
    """Join the facts of all units."""
    kept = list(facts)
    applications: dict[str, list[ApplicationFact]] = {}
    for fact in kept:
        if isinstance(fact, ApplicationFact):
            applications.setdefault(fact.unit, []).append(fact)
    candidates = [
        Candidate(unit, group[0].directory, tuple(sorted({one.name for one in group if one.name})))
        for unit, group in applications.items()
    ]
    workloads = [fact for fact in kept if isinstance(fact, WorkloadFact) and fact.judged]
    running = []
    for workload, found in zip(workloads, Candidates(candidates).join_all(workloads), strict=True):
        group = applications[found.keys[0]] if found.kind in (CERTAIN, GUESSED) else []
        running.append(Running(workload, found, _in_environment(group, workload.environment)))
    return Picture(tuple(running))


def _in_environment(group: list[ApplicationFact], environment: str) -> ApplicationFact | None:
    for application in group:
        if application.environment == environment:
            return application
    return group[0] if group else None
