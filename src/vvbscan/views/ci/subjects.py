"""The views of pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.parse.github_expressions import embedded_expressions
from vvbscan.record import NamedTuple
from vvbscan.views.ci.activities import DEPLOY, IMAGE_PUSH
from vvbscan.views.ci.graph import Graph
from vvbscan.views.ci.model import ActionReference, Job, Pipeline, Step
from vvbscan.views.ci.scans import PipelineScans
from vvbscan.views.ci.texts import with_unknowns
from vvbscan.views.images import image_subject_fields
from vvbscan.views.records import computed, fields, sequence

_NUMBER: Final = lazy_pattern(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_COMMIT: Final = lazy_pattern(r"[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?")


class StepInPipeline(NamedTuple):
    """What checks of the view `ci_step` look at."""

    step: Step
    job: Job
    pipeline: Pipeline
    scans: PipelineScans
    """Those of all steps of the pipeline."""


class JobInPipeline(NamedTuple):
    """What checks of the view `ci_job` look at."""

    job: Job
    pipeline: Pipeline
    graph: Graph
    """That of all jobs of the pipeline."""


def pipelines(pipeline: Pipeline) -> Iterator[Subject]:
    """View `ci_pipeline`: a workflow, not an action. Record: `Pipeline`.

    Fields: `triggers` (names of events), `permissions`.
    """
    if pipeline.action:
        return
    anchor = pipeline.anchor
    triggers = tuple(node._replace(value=name) for name, node in pipeline.triggers.items())
    members = {"triggers": sequence(triggers, anchor), "permissions": pipeline.permissions}
    yield Subject("ci_pipeline", "workflow", fields(anchor, members), anchor, record=pipeline)


def jobs(pipeline: Pipeline) -> Iterator[Subject]:
    """View `ci_job`: the jobs of a workflow. Record: `JobInPipeline`.

    Fields: `id`, `calls` (the reusable workflow in place of steps), `timeout` in minutes, `environment`,
    `permissions`, `secrets`.
    """
    graph = Graph(pipeline)
    for job in () if pipeline.action else pipeline.jobs:
        members = {
            "id": computed(job.id, job.anchor),
            "calls": None if job.call is None else job.call.uses,
            "timeout": None if job.timeout is None else _minutes(job.timeout),
            "environment": job.environment,
            "permissions": job.permissions,
            "secrets": job.secrets,
        }
        record = JobInPipeline(job, pipeline, graph)
        yield Subject("ci_job", job.address, fields(job.anchor, members), job.anchor, record=record)


def _minutes(timeout: Node) -> Node:
    """A limit as a number; unknown where GitHub would not take it for one."""
    text = timeout.text()
    if text is None or embedded_expressions(text):
        return with_unknowns(timeout)
    if _NUMBER.fullmatch(text):
        return timeout._replace(value=float(text) if "." in text else int(text))
    reason = f"`{text}` is no number of minutes"
    return timeout._replace(value=Unknown("expression", reason), style=COMPUTED)


def steps(pipeline: Pipeline) -> Iterator[Subject]:
    """View `ci_step`: the steps of workflows and composite actions. Record: `StepInPipeline`.

    Fields: `uses`, `run`, `with`, `condition`, `continue_on_error`.
    """
    scans = PipelineScans(pipeline)
    for job in pipeline.jobs:
        for step in job.steps:
            members = {
                "uses": step.uses,
                "run": step.run,
                "with": step.inputs,
                "condition": step.condition,
                "continue_on_error": step.continue_on_error,
            }
            record = StepInPipeline(step, job, pipeline, scans)
            yield Subject("ci_step", step.address, fields(step.anchor, members), step.anchor, record=record)


class NamedValue(NamedTuple):
    """What checks of the view `ci_value` look at."""

    name: str
    value: Node
    kind: str
    """`variable`, `input`, `credentials` or `script`."""
    ships: bool
    """Whether a job that gets it deploys or pushes an image, and brings no services along to test with."""


def values(pipeline: Pipeline) -> Iterator[Subject]:
    """View `ci_value`: what a pipeline gives to programs by name, and scripts. Record: `NamedValue`.

    Fields: `name`, `value`, `kind`, `ships` as in the record.
    """
    for value in _values(pipeline):
        members: dict[str, Node | None] = {
            "name": computed(value.name, value.value),
            "value": value.value,
            "kind": computed(value.kind, value.value),
            "ships": computed(value.ships, value.value),
        }
        root = fields(value.value, members)
        yield Subject("ci_value", value.name, root, value.value, record=value)


def _values(pipeline: Pipeline) -> Iterable[NamedValue]:
    """Each once, at the place where it is written."""
    found: dict[tuple[str, int], NamedValue] = {}
    graph = Graph(pipeline)
    for job in pipeline.jobs:
        done = {one.kind for one in graph.activities(job)}
        services = any(image.role == "service" for image in job.images)
        ships = not services and not done.isdisjoint((DEPLOY, IMAGE_PUSH))
        given = [("password", password, "credentials") for password in job.passwords]
        for step in job.steps:
            given += [(name, value, "variable") for name, value in step.environment.items()]
            inputs = () if step.inputs is None else step.inputs.members()
            given += [(name, value, "input") for name, _, value in inputs]
            if step.run is not None:
                given.append(("run", step.run, "script"))
        for name, value, kind in given:
            place = (value.source.path, value.start)
            known = found.get(place)
            if known is None or (ships and not known.ships):
                found[place] = NamedValue(name, value, kind, ships)
    return found.values()


def commands(pipeline: Pipeline) -> Iterator[Subject]:
    """View `ci_command`: the commands of scripts that a POSIX shell runs. Record: `Command`.

    Fields: `program`, `arguments`, `text`, `piped_to` (the programs behind pipes).
    """
    for job in pipeline.jobs:
        for step in job.steps:
            for number, command in enumerate(step.commands):
                members: dict[str, Node | None] = {
                    "program": command.program,
                    "arguments": sequence(command.arguments, command.text),
                    "text": command.text,
                    "piped_to": sequence(command.piped_to, command.text),
                }
                root = fields(command.program, members)
                address = f"{step.address}:command[{number}]"
                yield Subject("ci_command", address, root, command.program, record=command)


def action_references(pipeline: Pipeline) -> Iterator[Subject]:
    """View `action_reference`: actions and reusable workflows that are called. Record: `ActionReference`.

    Fields: `uses`, `name`, `reference`, `kind` as in the record, `owner` in small letters, since GitHub takes
    no notice of them, and `commit`: whether the reference is the full id of a commit.
    """
    for job in pipeline.jobs:
        calls: list[tuple[str, ActionReference | None]] = [(job.address, job.call)]
        calls += [(step.address, step.action) for step in job.steps]
        for address, call in calls:
            if call is None:
                continue
            reference, owner = call.reference, call.owner
            commit = reference is not None and _COMMIT.fullmatch(reference.text() or "") is not None
            members = {
                "uses": call.uses,
                "name": call.name,
                "owner": None if owner is None else owner._replace(value=(owner.text() or "").lower()),
                "reference": reference,
                "kind": computed(call.kind, call.uses),
                "commit": computed(commit, reference or call.uses),
            }
            yield Subject("action_reference", address, fields(call.uses, members), call.uses, record=call)


def image_references(pipeline: Pipeline) -> Iterator[Subject]:
    """View `image_reference`: images of containers, services and steps. Record: `ImageReference`."""
    for job in pipeline.jobs:
        for position, reference in enumerate(job.images):
            root = image_subject_fields(reference)
            address = f"{job.address}:image[{position}]"
            yield Subject("image_reference", address, root, reference.image, record=reference)
