"""The picture: containers and the applications that they run."""

from __future__ import annotations

from collections.abc import Iterable

from vvbscan.model.facts import ApplicationFact, Fact, WorkloadFact
from vvbscan.record import NamedTuple
from vvbscan.views.system.joins import CERTAIN, GUESSED, NONE, Candidates, Join, candidate_of


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
    candidates = [candidate_of(unit, group) for unit, group in applications.items()]
    workloads = [fact for fact in kept if isinstance(fact, WorkloadFact) and fact.judged]
    placed = {
        (container, one.environment): one
        for group in applications.values()
        for one in group
        for container in one.containers
    }
    running = []
    for workload, joined in zip(workloads, Candidates(candidates).join_all(workloads), strict=True):
        own = placed.get(((workload.unit, workload.address), workload.environment))
        found = Join(GUESSED, (own.unit,)) if joined.kind == NONE and own is not None else joined
        group = applications[found.keys[0]] if found.kind in (CERTAIN, GUESSED) else []
        running.append(Running(workload, found, _of_container(group, own, workload.environment)))
    return Picture(tuple(running))


def _of_container(
    group: list[ApplicationFact], own: ApplicationFact | None, environment: str
) -> ApplicationFact | None:
    """The application with the settings that a container gives it, else the one in its environment."""
    if own is not None and own in group:
        return own
    for application in group:
        if application.environment == environment:
            return application
    return group[0] if group else None
