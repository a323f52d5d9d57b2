"""Checks of what the steps of pipelines do: whether tests can fail the build."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.parse.github_expressions import embedded_expressions
from vvbscan.parse.shell import SimpleCommand, simple_commands
from vvbscan.views.ci.model import Step
from vvbscan.views.ci.subjects import StepInPipeline
from vvbscan.views.ci.texts import characters, with_unknowns

_MAVEN: Final = frozenset({"mvn", "mvnw"})
_TESTS: Final = {
    "mvn": frozenset({"test", "integration-test", "verify", "install"}),
    "mvnw": frozenset({"test", "integration-test", "verify", "install"}),
    "gradle": frozenset({"test", "check", "build"}),
    "gradlew": frozenset({"test", "check", "build"}),
    "npm": frozenset({"test", "t"}),
    "yarn": frozenset({"test"}),
    "pnpm": frozenset({"test", "t"}),
    "go": frozenset({"test"}),
    "cargo": frozenset({"test"}),
    "dotnet": frozenset({"test"}),
}
"""Programs with the goals, tasks or commands that run tests."""
_ALWAYS_TESTS: Final = frozenset({"pytest", "tox", "nox"})
_FAILURES_IGNORED: Final = lazy_pattern(
    r"-Dmaven\.test\.failure\.ignore(?:=true)?|-DtestFailureIgnore(?:=true)?|-fn|--fail-never"
)
"""Options of Maven (https://maven.apache.org/surefire/maven-surefire-plugin/test-mojo.html, `mvn --help`)."""
_SKIPPED: Final = lazy_pattern(r"-DskipTests(?:=true)?|-Dmaven\.test\.skip(?:=true)?")
_HARMLESS: Final = frozenset({"true", ":", "echo"})


def test_failures_ignored(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:  # noqa: ARG001
    """Tests are run, and the pipeline stays green when they fail."""
    record = subject.record
    assert isinstance(record, StepInPipeline)
    script = record.step.run
    text = None if script is None else script.text()
    if script is None or text is None:
        return
    tests = False
    commands = simple_commands(_without_expressions(text), 0, len(text))
    for position, command in enumerate(commands):
        words = [word.text for word in command.words]
        if not _runs_tests(words):
            continue
        tests = True
        following = commands[position + 1] if position + 1 < len(commands) else None
        if following is not None and _hides(following):
            place = characters(script, command.start, following.end)
            yield failed(subject, "What follows the tests hides that they failed", place, "run")
        if posixpath.basename(words[0] or "") in _MAVEN:
            for word in command.words:
                if _FAILURES_IGNORED.fullmatch(word.text or ""):
                    place = characters(script, word.start, word.end)
                    yield failed(subject, f"{word.text} lets the build go on when tests fail", place, "run")
    if tests:
        yield from _goes_on(subject, record)


def _goes_on(subject: Subject, record: StepInPipeline) -> Iterator[Fail | Unsure]:
    step, job, _ = record
    if step.id and any(_asks_for_outcome(other, step.id) for other in job.steps):
        return
    for node, what in ((step.continue_on_error, "job"), (job.continue_on_error, "pipeline")):
        if node is None:
            continue
        value = with_unknowns(node).value
        if value is True:
            yield failed(subject, f"The {what} goes on when the tests fail", node, "continue_on_error")
        elif isinstance(value, Unknown):
            yield undecided(value, node, "continue_on_error")


def _asks_for_outcome(step: Step, wanted: str) -> bool:
    """Whether a step looks at how another one ended."""
    return any(
        f"steps.{wanted}.outcome" in text
        for holder in (step.condition, step.run, *step.environment.values())
        for text in (None if holder is None else holder.text(),)
        if text is not None
    )


def _without_expressions(text: str) -> str:
    """The text with a variable of the same length in place of each expression."""
    pieces, done = [], 0
    for one in embedded_expressions(text):
        pieces += [text[done : one.start], "$", "E" * (one.end - one.start - 1)]
        done = one.end
    return "".join((*pieces, text[done:]))


def _runs_tests(words: list[str | None]) -> bool:
    program = posixpath.basename(words[0] or "") if words else ""
    if program in _ALWAYS_TESTS or (program.startswith("python") and words[1:3] == ["-m", "pytest"]):
        return True
    wanted = _TESTS.get(program)
    if wanted is None or any(_SKIPPED.fullmatch(word or "") for word in words):
        return False
    return any(word in wanted for word in words[1:])


def _hides(command: SimpleCommand) -> bool:
    """Whether a command is run if the one before it fails, and never fails itself."""
    words = [word.text for word in command.words]
    return command.before == "||" and bool(words) and (words[0] in _HARMLESS or words == ["exit", "0"])
