"""Checks of workflows: what they run, for whom, and with which rights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.parse.github_expressions import Embedded, Reference, embedded_expressions
from vvbscan.views.ci.model import Job, Pipeline, Step
from vvbscan.views.ci.subjects import JobInPipeline, StepInPipeline
from vvbscan.views.ci.texts import characters, texts_of

_FREE_TEXTS: Final = (
    "github.head_ref",
    "github.event.issue.title",
    "github.event.issue.body",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.label",
    "github.event.pull_request.head.repo.default_branch",
    "github.event.comment.body",
    "github.event.review.body",
    "github.event.review_comment.body",
    "github.event.discussion.title",
    "github.event.discussion.body",
    "github.event.pages.*.page_name",
    "github.event.commits.*.message",
    "github.event.commits.*.author.email",
    "github.event.commits.*.author.name",
    "github.event.head_commit.message",
    "github.event.head_commit.author.email",
    "github.event.head_commit.author.name",
    "github.event.workflow_run.display_title",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.head_commit.message",
    "github.event.workflow_run.head_commit.author.email",
    "github.event.workflow_run.head_commit.author.name",
    "github.event.workflow_run.pull_requests.*.head.ref",
)
"""What people without any right to the repository write (https://docs.github.com/en/actions/concepts/security/
script-injections; the fields by https://docs.github.com/en/webhooks/webhook-events-and-payloads)."""
_INDEX: Final = lazy_pattern(r"[0-9]+|\?")
_SCRIPT_INPUTS: Final = {
    "actions/github-script": "script",
    "appleboy/ssh-action": "script",
    "azure/cli": "inlinescript",
    "azure/powershell": "inlinescript",
}
"""Actions that run an input as a program, and the input."""
_OUTCOME: Final = lazy_pattern(r"[^.]+\.(?:outcome|conclusion|result)")
"""How a step or a job ended: one of four words."""
_FROM_OUTSIDE: Final = ("steps", "needs", "jobs")
"""Contexts whose values come from where this does not look."""


def script_injection(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Text that strangers write becomes part of a script."""
    record = subject.record
    assert isinstance(record, StepInPipeline)
    unsure: Unsure | None = None
    for script in _scripts(record.step):
        for one in embedded_expressions(script.text() or ""):
            place = characters(script, one.start, one.end)
            for reference, chain in outcome_of(one, record.step.environment):
                if _free_text(reference):
                    message = f"`{reference.path}`, which anyone can write, becomes part of the script"
                    yield failed(subject, message, place, "run", *chain)
                    break
                if unsure is None and _from_outside(reference, record):
                    reason = f"where {reference.path} comes from is not looked into"
                    unsure = undecided(Unknown("expression", reason), place, "run")
    if unsure is not None:
        yield unsure


def injection_through_call(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Text that strangers write reaches a script through a workflow or action of the tree."""
    record = subject.record
    assert isinstance(record, (StepInPipeline, JobInPipeline))
    part = record.step if isinstance(record, StepInPipeline) else record.job
    called = called_by(record.pipeline, part)
    if called is None or part.inputs is None:
        return
    variables = part.environment if isinstance(part, Step) else {}
    scripts: Mapping[str, Node] | None = None
    for name, _, value in part.inputs.members():
        for one in embedded_expressions(value.text() or ""):
            found = next(((ref, chain) for ref, chain in outcome_of(one, variables) if _free_text(ref)), None)
            if found is None:
                continue
            scripts = scripts if scripts is not None else _Inputs().in_scripts(called)
            script = scripts.get(name.lower())
            if script is not None:
                message = (
                    f"`{found[0].path}`, which anyone can write, becomes part of a script that is called"
                )
                place = characters(value, one.start, one.end)
                yield failed(subject, message, place, "with", Ref("this script", script), *found[1])
                break


class _Inputs:
    """Which inputs of workflows and actions become part of scripts."""

    def __init__(self) -> None:
        self._known: dict[int, dict[str, Node]] = {}

    def in_scripts(self, pipeline: Pipeline) -> Mapping[str, Node]:
        """Names of inputs in small letters, with the script, or the call that hands it on to one."""
        found = self._known.get(id(pipeline))
        if found is not None:
            return found
        found = self._known[id(pipeline)] = {}
        for job in pipeline.jobs:
            for step in job.steps:
                _collect_inputs((*_scripts(step), *self._handed_on(pipeline, step)), step.environment, found)
            _collect_inputs(self._handed_on(pipeline, job), {}, found)
        return found

    def _handed_on(self, pipeline: Pipeline, part: Step | Job) -> Iterator[Node]:
        """What is handed to another workflow or action that puts it into a script."""
        inner = called_by(pipeline, part)
        scripts = {} if inner is None or part.inputs is None else self.in_scripts(inner)
        for name, _, value in () if part.inputs is None else part.inputs.members():
            if name.lower() in scripts and value.text() is not None:
                yield value


def _collect_inputs(texts: Iterable[Node], variables: Mapping[str, Node], found: dict[str, Node]) -> None:
    for text in texts:
        for one in embedded_expressions(text.text() or ""):
            for reference, _ in outcome_of(one, variables):
                context, _, name = reference.path.partition(".")
                if context == "inputs":
                    found.setdefault(name, characters(text, one.start, one.end))


def called_by(pipeline: Pipeline, part: Step | Job) -> Pipeline | None:
    """The workflow or action of the tree that a step or job calls."""
    call = part.action if isinstance(part, Step) else part.call
    return None if call is None else pipeline.called.get(call.uses.text() or "")


def _scripts(step: Step) -> Iterator[Node]:
    if step.run is not None and step.run.text() is not None:
        yield step.run
    name = "" if step.action is None else (step.action.name.text() or "").lower()
    wanted = _SCRIPT_INPUTS.get(name)
    for key, _, value in () if step.inputs is None or wanted is None else step.inputs.members():
        if key.lower() == wanted and value.text() is not None:
            yield value


def outcome_of(
    expression: Embedded, variables: Mapping[str, Node]
) -> Iterator[tuple[Reference, tuple[Ref, ...]]]:
    """What can become part of an expression's text; `env.NAME` stands for what the variable is set to."""
    for reference in expression.outcome:
        context, _, name = reference.path.partition(".")
        value = next((node for key, node in variables.items() if key.lower() == name), None)
        if context != "env" or value is None or value.text() is None:
            yield reference, ()
            continue
        for inner in embedded_expressions(value.text() or ""):
            for one in inner.outcome:
                yield one, (Ref("the variable is set to this", value),)


def _from_outside(reference: Reference, record: StepInPipeline) -> bool:
    """Whether a value comes from where this does not look."""
    context, _, rest = reference.path.partition(".")
    if context == "inputs":  # else people give them who may start the workflow by hand
        return record.pipeline.action or "workflow_call" in record.pipeline.triggers
    if context == "matrix":
        return rest.partition(".")[0] not in record.job.written
    return context in _FROM_OUTSIDE and not _OUTCOME.fullmatch(rest)


def _free_text(reference: Reference) -> bool:
    path = ".".join("*" if _INDEX.fullmatch(step) else step for step in reference.path.split("."))
    return any(path == known or (reference.whole and known.startswith(f"{path}.")) for known in _FREE_TEXTS)


def token_permissions(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """The token of the jobs can write more than they say they need."""
    pipeline = subject.record
    assert isinstance(pipeline, Pipeline)
    for job in pipeline.jobs:
        if job.permissions is not None and job.permissions.value == "write-all":
            yield failed(subject, f"the token of the job `{job.id}` may write everything", job.permissions)
    inheriting = [job for job in pipeline.jobs if job.permissions is None and not _limited(pipeline, job)]
    given = pipeline.permissions
    if given is None:
        yield from _default_permissions(subject, pipeline, inheriting)
        return
    if given.value == "write-all":
        yield failed(subject, "the token of every job may write everything", given, "permissions")
    elif isinstance(given.value, MapValue) and len(inheriting) > 1:
        for scope, key, value in given.members():
            if value.value == "write":
                message = (
                    f"the permission `{scope}: write` is given to all of {len(inheriting)} jobs: "
                    "give it to the one that needs it"
                )
                place = key._replace(end=value.end) if value.source is key.source else value
                yield failed(subject, message, place, f"permissions.{scope}")


def _limited(pipeline: Pipeline, job: Job) -> bool:
    """Whether a job calls a workflow of the tree that names the permissions of all of its jobs itself."""
    inner = called_by(pipeline, job)
    return inner is not None and (
        inner.permissions is not None or all(one.permissions is not None for one in inner.jobs)
    )


def _default_permissions(
    subject: Subject, pipeline: Pipeline, inheriting: list[Job]
) -> Iterator[Fail | Unsure]:
    if not inheriting:
        return
    if set(pipeline.triggers) == {"workflow_call"}:
        reason = "the workflow that calls this one says what its token may do"
        yield undecided(Unknown("remote", reason), pipeline.anchor, "permissions")
        return
    others = "" if len(inheriting) == 1 else f" and {len(inheriting) - 1} more"
    message = (
        f"no permissions are named for the job `{inheriting[0].id}`{others}: "
        "its token has the default ones, which may be to write everything"
    )
    yield failed(subject, message, inheriting[0].anchor, "permissions")


def all_secrets_passed_to_workflow(
    subject: Subject,
    _params: Mapping[str, ParamValue],
) -> Iterator[Fail | Unsure]:
    """A reusable workflow of another repository gets every secret."""
    record = subject.record
    assert isinstance(record, JobInPipeline)
    call, secrets = record.job.call, record.job.secrets
    if call is not None and call.kind != "local" and secrets is not None and secrets.value == "inherit":
        message = f"all secrets are handed to {call.name.text()}"
        yield failed(subject, message, secrets, "secrets", Ref("the workflow that gets them", call.uses))


def all_secrets_in_step(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A step gets every secret as one text."""
    record = subject.record
    assert isinstance(record, StepInPipeline)
    step = record.step
    places = [*texts_of(step.run), *texts_of(step.inputs)]
    places += [value for value in step.environment.values() if value.text() is not None]
    for text in places:
        for one in embedded_expressions(text.text() or ""):
            if any(reference.path == "secrets" and reference.whole for reference in one.outcome):
                yield failed(
                    subject, "all secrets are handed to one step", characters(text, one.start, one.end)
                )
