"""Checks of what the steps of pipelines do: whether tests and scans can fail them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.parse.github_expressions import bare_expression, embedded_expressions
from vvbscan.views.ci.activities import runs_tests
from vvbscan.views.ci.invocations import hides_failure, invoked
from vvbscan.views.ci.model import Job, Step
from vvbscan.views.ci.scans import CONFIGURATION, DEPENDENCY, IMAGE, Scan, hidden_by
from vvbscan.views.ci.subjects import StepInPipeline
from vvbscan.views.ci.texts import texts_of, with_unknowns
from vvbscan.views.commands import Command

_MAVEN: Final = frozenset({"mvn", "mvnw"})
_FAILURES_IGNORED: Final = lazy_pattern(
    r"-Dmaven\.test\.failure\.ignore(?:=true)?|-DtestFailureIgnore(?:=true)?|-fn|--fail-never"
)
"""Options of Maven (https://maven.apache.org/surefire/maven-surefire-plugin/test-mojo.html, `mvn --help`)."""
_WRITES: Final = lazy_pattern(
    r"(?<![0-9&])>{1,2}\s*(?!&|/dev/|[\"']?\$\{?GITHUB_STEP_SUMMARY)[^\s;&|>]+\s*\Z"
)
_READ_LATER: Final = Unknown("expression", "what reads the file that is written then is not looked into")
_PIPE: Final = "the step does not, since its shell runs without `pipefail`: `shell: bash` sets it"
_BOXES: Final = {
    DEPENDENCY: ("1.6.8", "4.7.1"),
    IMAGE: ("2.7.4", "4.7.1"),
    CONFIGURATION: ("4.6.5",),
}
"""The boxes of the checklist that each kind of scan concerns."""
_BY_HAND: Final = frozenset({"schedule", "workflow_dispatch"})
"""Events on which nothing waits for the outcome."""


def failed_tests_ignored(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Tests are run, and the pipeline stays green when they fail."""
    record = subject.record
    assert isinstance(record, StepInPipeline)
    tests = False
    commands = record.step.commands
    for position, command in enumerate(commands):
        if not runs_tests(invoked(command)):
            continue
        tests = True
        following = commands[position + 1] if position + 1 < len(commands) else None
        if following is not None and hides_failure(following):
            place = _through(command.text, following.text)
            if _writes_file(following):
                yield undecided(_READ_LATER, place, "run")
            else:
                yield failed(subject, "what follows the tests hides that they failed", place, "run")
        if _lost_in_pipe(record.step, command):
            yield failed(subject, f"the tests fail and {_PIPE}", command.text, "run")
        if command.program.text() in _MAVEN:
            for argument in command.arguments:
                if _FAILURES_IGNORED.fullmatch(argument.text() or ""):
                    message = f"{argument.text()} lets the build go on when tests fail"
                    yield failed(subject, message, argument, "run")
    if tests:
        yield from _goes_on(subject, record, "the tests fail")


def _goes_on(subject: Subject, record: StepInPipeline, when: str) -> Iterator[Fail | Unsure]:
    """Whether the job or the workflow goes on when the step fails."""
    step, job = record.step, record.job
    if step.id and _asked_for(step.id, job):
        return
    for node, what in ((step.continue_on_error, "job"), (job.continue_on_error, "pipeline")):
        if node is None:
            continue
        value = with_unknowns(node).value
        if value is True:
            yield failed(subject, f"the {what} goes on when {when}", node, "continue_on_error")
        elif isinstance(value, Unknown):
            yield undecided(value, node, "continue_on_error")


def scan_unable_to_fail(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A scan for weaknesses is made, and what it finds stops nothing."""
    record = subject.record
    assert isinstance(record, StepInPipeline)
    pipeline = record.pipeline
    scans = record.scans.of(record.step)
    if not scans or (pipeline.triggers and _BY_HAND.issuperset(pipeline.triggers)):
        return
    for scan in scans:
        verdict = _passes_by(subject, record, scan)
        if verdict is None or record.scans.decided_beside(record.step, scan.kind):
            continue
        if isinstance(verdict, Fail):
            boxes = _BOXES[scan.kind]
            yield verdict._replace(boxes=boxes, whole=False)
        else:
            yield verdict


def _passes_by(subject: Subject, record: StepInPipeline, scan: Scan) -> Fail | Unsure | None:
    """Why what a scan finds does not fail the workflow; None if it does."""
    if isinstance(scan.harmless, Unknown):
        return undecided(scan.harmless, scan.blame)
    if scan.harmless:
        if any(_uploads(step) for step in record.job.steps):
            reason = "whether code scanning stops a change for what it is given is told by the repository"
            return undecided(Unknown("remote", reason), scan.blame)
        if _read_later(record, scan):
            reason = f"what reads the report of {scan.tool} is not looked into"
            return undecided(Unknown("expression", reason), scan.blame)
        return failed(subject, f"{scan.tool} stops nothing: {scan.harmless}", scan.blame)
    if scan.command is not None:
        hiding = hidden_by(scan, record.step)
        if hiding is not None:
            place = _through(scan.command.text, hiding.text)
            if _writes_file(hiding):
                return undecided(_READ_LATER, place)
            return failed(subject, f"what follows {scan.tool} hides what it finds", place)
        if _lost_in_pipe(record.step, scan.command):
            return failed(subject, f"{scan.tool} fails and {_PIPE}", scan.command.text)
    return next(_goes_on(subject, record, f"{scan.tool} finds something"), None)


def _read_later(record: StepInPipeline, scan: Scan) -> bool:
    """Whether a later script speaks of the file that a scan writes: it may fail for what it reads there."""
    report = scan.report.rpartition("/")[2]
    if not report:
        return False
    place = next(number for number, step in enumerate(record.job.steps) if step is record.step)
    scripts = "\n".join(step.run.text() or "" for step in record.job.steps[place:] if step.run is not None)
    return scripts.count(report) > (scan.command is not None)


def _through(first: Node, last: Node) -> Node:
    """The stretch from one command to another one behind it."""
    return first._replace(end=max(first.end, last.end))


def _writes_file(command: Command) -> bool:
    """Whether a command leaves what it says in a file, where a later one may read it."""
    return _WRITES.search(command.text.text() or "") is not None


def _lost_in_pipe(step: Step, command: Command) -> bool:
    """Whether the end of a pipe decides how a step ends that begins with a command."""
    if step.pipes_fail or not command.piped_to:
        return False
    script = "" if step.run is None else step.run.text() or ""
    return "pipefail" not in script and "PIPESTATUS" not in script


def _uploads(step: Step) -> bool:
    """Whether a step hands findings to code scanning."""
    name = None if step.action is None else step.action.name
    return name is not None and (name.text() or "").lower() == "github/codeql-action/upload-sarif"


def _asked_for(wanted: str, job: Job) -> bool:
    """Whether a step of the job or another job looks at how a step ended."""
    holders = [job.outputs]
    for step in job.steps:
        holders += [step.condition, step.run, step.inputs, *step.environment.values()]
    for text in (text.text() or "" for holder in holders for text in texts_of(holder)):
        for one in (*embedded_expressions(text), bare_expression(text)):
            if any(reference.path in _outcomes(wanted.lower()) for reference in one.references):
                return True
    return False


def _outcomes(step: str) -> tuple[str, ...]:
    return (f"steps.{step}.outcome", "steps.*.outcome", "steps", f"steps.{step}")
