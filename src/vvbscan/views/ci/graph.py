"""Which jobs of a pipeline wait for which, and what each of them does."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.ci.activities import Activity, Collector
from vvbscan.views.ci.model import Job, Pipeline

WHATEVER_HAPPENED: Final = lazy_pattern(r"always\(\)|!\s*cancelled\(\)|failure\(\)")
"""With one of these a job also starts if a job failed that it waits for (https://docs.github.com/en/actions/
reference/workflows-and-actions/expressions#status-check-functions)."""


class Waited(NamedTuple):
    """The jobs that a job waits for, directly or through others."""

    jobs: tuple[Job, ...]
    ids: frozenset[str]
    """Theirs."""
    unknown: Unknown | None
    """Why there may be more of them."""


class Graph:
    """The jobs of a pipeline; what is worked out for one is kept."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self._by_id = {job.id: job for job in pipeline.jobs}
        self._waited: dict[str, Waited] = {}
        self._collector = Collector()
        self._activities: dict[str, tuple[Activity, ...]] = {}

    def activities(self, job: Job) -> tuple[Activity, ...]:
        """What a job does, in order."""
        known = self._activities.get(job.id)
        if known is None:
            known = self._activities[job.id] = self._collector.of_job(job, self.pipeline)
        return known

    def waited_for(self, job: Job) -> Waited:
        """The jobs that have to end before a job starts."""
        known = self._waited.get(job.id)
        if known is None:
            known = self._waited[job.id] = self._walk(job)
        return known

    def _walk(self, job: Job) -> Waited:
        found: dict[str, Job] = {}
        unknown: Unknown | None = None
        waiting = [job]
        while waiting:
            needs = waiting.pop().needs
            if isinstance(needs, Unknown):
                unknown = unknown or needs
                continue
            for name in needs:
                other = self._by_id.get(name.text() or "")
                if other is not None and other.id not in found:
                    found[other.id] = other
                    waiting.append(other)
        return Waited(tuple(found.values()), frozenset(found), unknown)
