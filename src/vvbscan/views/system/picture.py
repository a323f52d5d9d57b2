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
    """The application with the settings that the container gives it, if the join found one that is judged."""


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
        running.append(Running(workload, found, own if found.kind in (CERTAIN, GUESSED) else None))
    return Picture(tuple(running))
