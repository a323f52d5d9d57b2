"""Checks of jobs that run the code of strangers with the rights of the repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.checks.workflows import called_by, outcome_of
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.parse.github_expressions import bare_expression, embedded_expressions
from vvbscan.views.ci.graph import WHATEVER_HAPPENED, Graph
from vvbscan.views.ci.invocations import invoked
from vvbscan.views.ci.model import Job, Pipeline, Step
from vvbscan.views.ci.subjects import JobInPipeline, StepInPipeline

_PRIVILEGED: Final = frozenset({"pull_request_target", "workflow_run", "issue_comment"})
"""Events of others that run with the secrets and rights of the repository
(https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows)."""
_HEADS: Final = (
    "github.head_ref",
    "github.event.pull_request.head.",
    "github.event.pull_request.merge_commit_sha",
    "github.event.workflow_run.head_",
)
_PULL: Final = lazy_pattern(r"refs/pull/")
_FETCHING: Final = ("gh", "pr", "checkout")
_GUARDS: Final = (
    "github.event.pull_request.head.repo",
    "github.event.workflow_run.head_repository",
    "github.event.workflow_run.event",
    "github.event.pull_request.author_association",
    "github.event.comment.author_association",
    "github.event.pull_request.labels",
    "github.event.label",
    "github.event.pull_request.user",
    "github.event.pull_request.head.user",
    "github.event.pull_request.merged",
    "github.event.sender",
    "github.event.comment.user",
    "github.actor",
    "github.triggering_actor",
)
"""What a condition looks at that lets only some people's code through."""
_FOR_ANYONE: Final = lazy_pattern(r"(?i)github\.event\.workflow_run\.event\s*==\s*'pull_request(?:_target)?'")
"""Lets through what a pull request started, which is what a stranger can do."""
_EVENT: Final = lazy_pattern(r"(?i)github\.event_name\s*(==|!=)\s*'([a-z_]+)'")


def stranger_checkout(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A job with the repository's rights fetches the code of a pull request and goes on with it."""
    record = subject.record
    assert isinstance(record, StepInPipeline)
    step, job, pipeline = record.step, record.job, record.pipeline
    at = _fetched_head(step, job)
    if at is not None:
        yield from _judged(subject, job, pipeline, at, (step.condition,), "with")


def stranger_checkout_in_call(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A workflow or action of the tree does so for the job that calls it."""
    record = subject.record
    assert isinstance(record, JobInPipeline)
    job, pipeline, _ = record
    if _PRIVILEGED.isdisjoint(pipeline.triggers):
        return
    called = _Called()
    for part in _parts(job):
        call = part.action if isinstance(part, Step) else part.call
        inner = called_by(pipeline, part)
        found = None if call is None or inner is None else called.within(inner)
        if call is not None and found is not None:
            at, conditions = found
            own = (part.condition, *conditions) if isinstance(part, Step) else conditions
            yield from _judged(subject, job, pipeline, call.uses, own, "calls", Ref("it is fetched here", at))


_Found = tuple[Node, tuple[Node | None, ...]]
"""What makes a step fetch the head of a pull request, and the conditions on the way there."""


class _Called:
    """Where what is called fetches the head of a pull request; each file is looked into once."""

    def __init__(self) -> None:
        self._known: dict[int, _Found | None] = {}

    def within(self, pipeline: Pipeline) -> _Found | None:
        """The first place in what is called, or in what that calls."""
        if id(pipeline) not in self._known:
            self._known[id(pipeline)] = None  # for those that call themselves
            self._known[id(pipeline)] = self._walk(pipeline)
        return self._known[id(pipeline)]

    def _walk(self, pipeline: Pipeline) -> _Found | None:
        for job in pipeline.jobs:
            for part in _parts(job):
                at = _fetched_head(part, job, alone=False) if isinstance(part, Step) else None
                inner = called_by(pipeline, part) if at is None else None
                found = (at, ()) if at is not None else None if inner is None else self.within(inner)
                if found is not None:
                    waited = (one.condition for one in _waited_for(job, pipeline))
                    return found[0], (job.condition, *waited, part.condition, *found[1])
        return None


def _parts(job: Job) -> tuple[Job | Step, ...]:
    return (job, *job.steps)


def _judged(
    subject: Subject,
    job: Job,
    pipeline: Pipeline,
    at: Node,
    own: Iterable[Node | None],
    path: str,
    *others: Ref,
) -> Iterator[Fail | Unsure]:
    """What is said of a job that fetches the head of a pull request."""
    waited = _waited_for(job, pipeline)
    conditions = [one for one in (*own, job.condition, *(one.condition for one in waited)) if one is not None]
    trigger = next(
        (
            name
            for name in pipeline.triggers
            if name in _PRIVILEGED and not any(_leaves_out(one, name) for one in conditions)
        ),
        None,
    )
    if trigger is None or any(_guarded(one) for one in conditions):
        return
    environment = next((one.environment for one in (job, *waited) if one.environment is not None), None)
    if environment is not None:
        reason = "the environment may ask for an approval before the job starts"
        yield undecided(Unknown("remote", reason), environment, "environment")
        return
    rights = "into a job with the rights of this repository"
    message = f"on `{trigger}` the code of a stranger is fetched {rights}"
    yield failed(subject, message, at, path, *others, Ref("this event runs it", pipeline.triggers[trigger]))


def _waited_for(job: Job, pipeline: Pipeline) -> tuple[Job, ...]:
    """The jobs without which a job does not start."""
    text = None if job.condition is None else job.condition.text()
    if text is not None and WHATEVER_HAPPENED.search(text):
        return ()
    return Graph(pipeline).waited_for(job).jobs


def _fetched_head(step: Step, job: Job, *, alone: bool = True) -> Node | None:
    """What makes a step fetch the head of a pull request, if something follows (or it stands not alone)."""
    last = alone and step is job.steps[-1]
    for command in step.commands:
        if invoked(command)[:3] == _FETCHING and not (last and command.position == len(command.run) - 1):
            return command.text
    name = "" if step.action is None else (step.action.name.text() or "").lower()
    if name != "actions/checkout" or step.inputs is None or last:
        return None
    for key in ("ref", "repository"):
        node = step.inputs.get(key)
        text = None if node is None else node.text()
        if node is None or text is None:
            continue
        if _PULL.match(text):
            return node
        for one in embedded_expressions(text):
            for reference, _ in outcome_of(one, step.environment):
                if reference.path.startswith(_HEADS):
                    return node
    return None


def _leaves_out(condition: Node, event: str) -> bool:
    """Whether a condition never holds for an event, by its name."""
    text = condition.text() or ""
    if "!(" in text.replace(" ", ""):
        return False
    return all(
        any((sign == "==") != (name == event) for sign, name in _EVENT.findall(alternative))
        for alternative in text.split("||")
    )


def _guarded(condition: Node) -> bool:
    """Whether a condition lets only some people's code through."""
    text = condition.text()
    if text is None:
        return False
    text = _FOR_ANYONE.sub("true", text)
    found = embedded_expressions(text) or (bare_expression(text),)
    return any(
        not one.understood or any(reference.path.startswith(_GUARDS) for reference in one.references)
        for one in found
    )
