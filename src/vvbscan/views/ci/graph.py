"""Which jobs of a pipeline wait for which."""

from __future__ import annotations

from vvbscan.model.node import Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.ci.model import Job, Pipeline


class Waited(NamedTuple):
    """The jobs that a job waits for, directly or through others."""

    jobs: tuple[Job, ...]
    unknown: Unknown | None
    """Why there may be more of them."""


def waited_for(job: Job, pipeline: Pipeline) -> Waited:
    """The jobs that have to end before a job starts."""
    by_id = {one.id: one for one in pipeline.jobs}
    found: dict[str, Job] = {}
    unknown: Unknown | None = None
    waiting = [job]
    while waiting:
        needs = waiting.pop().needs
        if isinstance(needs, Unknown):
            unknown = unknown or needs
            continue
        for name in needs:
            other = by_id.get(name.text() or "")
            if other is not None and other.id not in found:
                found[other.id] = other
                waiting.append(other)
    return Waited(tuple(found.values()), unknown)
