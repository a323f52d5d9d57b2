"""Checks of what jobs ship: whether tests, scans and an approval stand before it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.environment import is_other_name
from vvbscan.model.node import MapValue, Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.views.ci.activities import (
    DEPLOY,
    FOREIGN,
    HIDDEN,
    IMAGE_PUSH,
    TEARDOWN,
    TEST,
    TRIAL_CLUSTER,
    Activity,
)
from vvbscan.views.ci.graph import WHATEVER_HAPPENED
from vvbscan.views.ci.model import Job, Pipeline
from vvbscan.views.ci.scans import IMAGE, SCANNERS
from vvbscan.views.ci.subjects import JobInPipeline
from vvbscan.views.ci.texts import with_unknowns

_CHANGES: Final = frozenset(
    {"pull_request", "pull_request_target", "pull_request_review", "merge_group", "issue_comment"}
)
"""Events of a change that is not merged: what is deployed then is a preview."""
_ASKS: Final = lazy_pattern(r"needs\.|success\(\)|!\s*failure\(\)|contains\s*\(\s*needs|toJSON\s*\(\s*needs")
_LOOKS_LIKE_SCAN: Final = lazy_pattern(rf"(?i)scan|secur|vuln|{SCANNERS}")
_EACH_RUN: Final = lazy_pattern(
    r"github\.(?:run_id|run_number|sha)\b|\$\{?CI_(?:PIPELINE_I?ID|JOB_ID|COMMIT_SHA)"
)
"""What is another one in each run: a group with it in its name has one member."""
_TRIAL: Final = lazy_pattern(
    r"(?i)(?:.*[^a-z])?(?:dev|development|e2e|preview|review|pr|sandbox|docs?|pages)(?:[^a-z].*)?"
    r"|.*(?:deploy(?:ment)?|apply|to)[^a-z]?(?:tests?|ci|local)(?:[^a-z].*)?"
)
"""Names of jobs, workflows and environments in which something is tried out."""


def not_tested(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A job deploys though the tests of its pipeline failed, or before they have ended."""
    record = subject.record
    assert isinstance(record, JobInPipeline)
    job, graph = record.job, record.graph
    doing = graph.activities(job)
    deployment = _deployment(record, doing)
    if deployment is None:
        return
    waited = graph.waited_for(job)
    before = [*doing[: doing.index(deployment)]]
    if _tests(before) is not None:
        return
    earlier = [one for other in waited.jobs for one in graph.activities(other)]
    tests = _tests(earlier)
    if tests is not None:
        condition = job.condition
        text = "" if condition is None else condition.text() or ""
        if job.regardless is not None:
            message = f"`when: always` lets the job {job.id} deploy though the tests failed"
            yield failed(subject, message, job.regardless, "when", Ref("tests", tests.place))
        if condition is not None and WHATEVER_HAPPENED.search(text) and not _ASKS.search(text):
            message = f"`{text}` lets the job {job.id} deploy though the tests failed"
            yield failed(subject, message, condition, "condition", Ref("tests", tests.place))
        return
    if waited.unknown is not None:
        yield undecided(waited.unknown, job.anchor)
        return
    yield from _beside(subject, record, deployment, [*before, *earlier])


def _beside(
    subject: Subject, record: JobInPipeline, deployment: Activity, before: Iterable[Activity]
) -> Iterator[Fail | Unsure]:
    """The tests of other jobs, for which a job that deploys does not wait."""
    job, pipeline, graph = record
    found: tuple[Job, Activity] | None = None
    maybe: Job | None = None
    behind: Job | None = None
    for other in pipeline.jobs:
        tests = _tests(graph.activities(other))
        if other is job or tests is None:
            continue
        if job.id in graph.waited_for(other).ids:
            behind = behind or other
        elif other.condition is None or _same(other.condition, job.condition):
            found = found or (other, tests)
        else:
            maybe = maybe or other
    unclear = next((one for one in before if one.kind in (HIDDEN, FOREIGN)), None)
    if found is not None and unclear is not None:
        unknown = Unknown("expression", f"whether {unclear.tool} runs tests is not looked into")
        yield undecided(unknown, unclear.place)
    elif found is not None:
        message = f"the job {job.id} runs {deployment.tool}, and does not wait for the tests of {found[0].id}"
        others = Ref("tests", found[1].place), Ref("deployment", deployment.place)
        yield failed(subject, message, _place_of_needs(job), "needs", *others)
    elif maybe is not None:
        yield undecided(
            Unknown("expression", f"whether {maybe.id} runs when {job.id} does is told by conditions"),
            job.anchor,
        )
    elif not pipeline.part:  # else it is judged where it is called
        tested = "no tests are run in this pipeline"
        if behind is not None:
            tested = f"the tests of {behind.id} are run after {job.id}, and may be of what it deploys"
        reason = f"{tested}; others may stand before it"
        yield undecided(pipeline.outside or Unknown("remote", reason), deployment.place)


def no_environment(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A job deploys, and names no environment that could ask for an approval or keep its secrets."""
    record = subject.record
    assert isinstance(record, JobInPipeline)
    job, graph = record.job, record.graph
    if job.call is not None:
        return  # what it calls names the environment, and is judged itself
    deployment = _deployment(record, graph.activities(job))
    if deployment is None:
        return
    if job.environment is None or job.environment.text() == "":
        message = f"the job {job.id} runs {deployment.tool} and names no environment"
        yield failed(subject, message, job.anchor, "environment", Ref("deployment", deployment.place))
    elif isinstance(job.environment.value, Unknown):
        yield undecided(job.environment.value, job.environment, "environment")


def may_overlap(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A job deploys while another run of it does, or is ended half-way by the next one."""
    record = subject.record
    assert isinstance(record, JobInPipeline)
    job, pipeline, graph = record
    deployment = _deployment(record, graph.activities(job))
    if deployment is None or _has_group_within(job, pipeline):
        return
    groups = [one for one in (job.concurrency, pipeline.concurrency) if one is not None]
    for one in groups:
        if isinstance(one.value, Unknown):
            yield undecided(one.value, one, "concurrency")
            return
        cancel = one.get("cancel-in-progress") if isinstance(one.value, MapValue) else None
        if cancel is not None and (cancel.value is True or cancel.text() == "true"):
            message = f"the next run ends the job {job.id} while it runs {deployment.tool}"
            yield failed(subject, message, cancel, "concurrency", Ref("deployment", deployment.place))
            return
    names = [one.get("group") if isinstance(one.value, MapValue) else one for one in groups]
    if any(name is not None and not _EACH_RUN.search(name.text() or "") for name in names):
        return
    if not groups and pipeline.part:
        return  # it is judged where it is called
    if not groups and "workflow_call" in pipeline.triggers:
        unknown = Unknown("variable", "what calls this workflow may let one run at a time")
        yield undecided(unknown, job.anchor)
        return
    jobs = job.id
    if not groups:  # one group for the whole of it mends them all
        if next(one for one in pipeline.jobs if _without_group(one, record)) is not job:
            return
        more = sum(_without_group(one, record) for one in pipeline.jobs) - 1
        jobs = f"{job.id} and of {more} more" if more else job.id
    message = f"two runs of the job {jobs} can run {deployment.tool} at the same time"
    place = next((name for name in names if name is not None), job.anchor)
    yield failed(subject, message, place, "concurrency", Ref("deployment", deployment.place))


def _without_group(job: Job, record: JobInPipeline) -> bool:
    """Whether a job deploys and names no group."""
    if job.concurrency is not None or _has_group_within(job, record.pipeline):
        return False
    return _deployment(record._replace(job=job), record.graph.activities(job)) is not None


def _has_group_within(job: Job, pipeline: Pipeline) -> bool:
    """Whether a job calls a workflow of the tree that names a group: it is judged there."""
    inner = None if job.call is None else pipeline.called.get(job.call.uses.text() or "")
    if inner is None:
        return False
    return inner.concurrency is not None or any(one.concurrency is not None for one in inner.jobs)


def image_not_scanned(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """An image is pushed, and no job of the pipeline scans one."""
    record = subject.record
    assert isinstance(record, JobInPipeline)
    job, pipeline, graph = record
    push = next((one for one in graph.activities(job) if one.kind == IMAGE_PUSH), None)
    if push is None or pipeline.part or _only_for_changes(pipeline):
        return
    unclear: Activity | None = None
    for other in pipeline.jobs:
        for one in graph.activities(other):
            if one.kind == IMAGE:
                return
            if one.kind == HIDDEN or (one.kind == FOREIGN and _LOOKS_LIKE_SCAN.search(one.tool)):
                unclear = unclear or one
    if push.doubt is not None:
        unknown = with_unknowns(push.doubt).value
        reason = Unknown("expression", "whether the image is pushed is not known")
        yield undecided(unknown if isinstance(unknown, Unknown) else reason, push.doubt)
    elif pipeline.outside is not None:
        yield undecided(pipeline.outside, push.place)
    elif "workflow_call" in pipeline.triggers:
        yield undecided(Unknown("variable", "what calls this workflow may scan the image"), push.place)
    elif unclear is not None:
        unknown = Unknown("expression", f"whether {unclear.tool} scans the image is not looked into")
        yield undecided(unknown, unclear.place)
    else:
        message = f"{push.tool} pushes an image, and nothing in this pipeline scans it"
        yield failed(subject, message, push.place)


def _deployment(record: JobInPipeline, doing: tuple[Activity, ...]) -> Activity | None:
    """The first deployment of a job, but for trials: in clusters of its own, of changes, for developers."""
    job, pipeline, _ = record
    found = next((one for one in doing if one.kind == DEPLOY), None)
    if found is None or any(one.kind == TRIAL_CLUSTER for one in doing) or _only_for_changes(pipeline):
        return None
    environment = job.environment
    if environment is not None and isinstance(environment.value, MapValue):
        environment = environment.get("name")
    name = "" if environment is None else environment.text() or ""
    known = name.partition("$")[0].rstrip("-_/.")  # `review/$CI_COMMIT_REF_SLUG`
    if known and (is_other_name(known) or _TRIAL.fullmatch(known)):
        return None
    if name and "$" not in name:
        return found
    file = posixpath.splitext(posixpath.basename(job.anchor.source.path))[0]
    trial = any(_TRIAL.fullmatch(one) for one in (job.id, file))
    return None if trial or _torn_down(record, doing[doing.index(found) :]) else found


def _torn_down(record: JobInPipeline, behind: Iterable[Activity]) -> bool:
    """Whether what a job deploys goes away in the same pipeline."""
    job, pipeline, graph = record
    if any(one.kind == TEARDOWN for one in behind):
        return True
    return any(
        one.kind == TEARDOWN
        for other in pipeline.jobs
        if job.id in graph.waited_for(other).ids
        for one in graph.activities(other)
    )


def _only_for_changes(pipeline: Pipeline) -> bool:
    return bool(pipeline.triggers) and _CHANGES.issuperset(pipeline.triggers)


def _tests(activities: Iterable[Activity]) -> Activity | None:
    return next((one for one in activities if one.kind == TEST), None)


def _same(first: Node, second: Node | None) -> bool:
    return second is not None and first.written == second.written


def _place_of_needs(job: Job) -> Node:
    needs = job.needs
    written = needs if not isinstance(needs, Unknown) else ()
    inside = [one for one in written if one.source is job.anchor.source and one.start > job.anchor.start]
    return inside[0] if len(inside) == 1 else job.anchor
