"""Checks of tests that are run again when they fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.views.ci.activities import runs_tests
from vvbscan.views.ci.invocations import invoked
from vvbscan.views.ci.model import Job
from vvbscan.views.ci.subjects import JobInPipeline, StepInPipeline
from vvbscan.views.commands import Command

_OPTION: Final = lazy_pattern(
    r"(?:-Dsurefire\.rerunFailingTestsCount|-Dfailsafe\.rerunFailingTestsCount|--reruns|--retries|--rerun-fails"
    r"|--retryTimes|--retry)(?:=(?P<number>[0-9]+))?"
)
"""Options of Maven's Surefire and Failsafe, pytest-rerunfailures, Playwright and Mocha, gotestsum, Vitest."""
_NUMBER: Final = lazy_pattern(r"[0-9]+")
_BY_FAILURES: Final = frozenset({"always", "script_failure", "unknown_failure"})
"""Reasons of GitLab that a test that fails is among (https://docs.gitlab.com/ci/yaml/#retrywhen)."""


def by_option(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A command runs tests and is told to run those again that fail."""
    record = subject.record
    assert isinstance(record, StepInPipeline)
    for command in record.step.commands:
        if not runs_tests(invoked(command)):
            continue
        for option, number in _reruns(command):
            if number > _most(params):
                message = (
                    f"{option.text()} runs tests that fail again, and takes one that passes then for good"
                )
                yield failed(subject, message, option, "run")


def _reruns(command: Command) -> Iterator[tuple[Node, int]]:
    for position, argument in enumerate(command.arguments):
        found = _OPTION.fullmatch(argument.text() or "")
        if found is None:
            continue
        following = command.arguments[position + 1 : position + 2]
        written = found["number"] or next((one.text() for one in following), None)
        if written is not None and _NUMBER.fullmatch(written) and len(written) < 4:
            yield argument, int(written)
        elif argument.text() == "--rerun-fails":
            yield argument, 2


def by_job(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A job with tests is run again when it fails."""
    record = subject.record
    assert isinstance(record, JobInPipeline)
    retry = record.job.retry
    tests = None if retry is None else _tests(record.job)
    if retry is None or tests is None:
        return
    number, reasons = retry, None
    if isinstance(retry.value, MapValue):
        number, reasons = retry.get("max") or retry, retry.get("when")
    if isinstance(number.value, Unknown):
        yield undecided(number.value, number, "retry")
    elif isinstance(number.value, int) and number.value > _most(params) and _for_failures(reasons):
        message = f"the job {record.job.id} is run again when its tests fail, and takes a pass then for good"
        yield failed(subject, message, number, "retry", Ref("tests", tests))


def _for_failures(reasons: Node | None) -> bool:
    """Whether a job is run again because its script failed; without reasons it is for all."""
    if reasons is None or reasons.value is None:
        return True
    items = reasons.items() if isinstance(reasons.value, SeqValue) else (reasons,)
    return any(item.text() in _BY_FAILURES for item in items)


def _tests(job: Job) -> Node | None:
    commands = (command for step in job.steps for command in step.commands)
    return next((command.text for command in commands if runs_tests(invoked(command))), None)


def _most(params: Mapping[str, ParamValue]) -> int:
    most = params["max_reruns"]
    assert isinstance(most, int)
    return most
