"""Pipelines of GitLab, read into the records of pipelines.

https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, Problem, Unknown
from vvbscan.views.ci.gitlab_files import Configuration
from vvbscan.views.ci.gitlab_jobs import Jobs
from vvbscan.views.ci.model import ActionReference, Job, Pipeline, Step
from vvbscan.views.ci.scripts import commands_of_script
from vvbscan.views.images import image_reference
from vvbscan.views.records import ImageReference, computed

_WINDOWS: Final = lazy_pattern(r"windows|powershell|pwsh", re.IGNORECASE)
"""In a tag of a runner or the name of an image: its shell is PowerShell."""
_TIME: Final = lazy_pattern(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)?[\s,]*(?:and\s+)?", re.IGNORECASE)
_MINUTES: Final = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440, "w": 10080, "mo": 43200, "y": 525600}
_UNITS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "week", "weeks"), "w"),
    **dict.fromkeys(("mo", "mos", "month", "months"), "mo"),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), "y"),
}
_OF_PROJECT: Final = Unknown(
    "default", "the limit of the project holds, 60 minutes unless its settings say otherwise"
)
"""https://docs.gitlab.com/ci/pipelines/settings/#set-a-limit-for-how-long-jobs-can-run."""
_VARIABLE: Final = lazy_pattern(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
_LONGEST_VALUE: Final = 1000
_EXPANSIONS: Final = 10


def read_gitlab(configuration: Configuration) -> tuple[Pipeline | None, tuple[tuple[Node, Problem], ...]]:
    """The pipeline of a configuration, and what GitLab would not accept with where it stands."""
    root = configuration.root
    if root is None:
        return None, ()
    jobs = Jobs(configuration)
    written = tuple(jobs)
    stages = _Stages(jobs, root, written)
    found = tuple(_job(jobs, stages, name, key, job) for name, key, job in written)
    pipeline = Pipeline({}, None, found, action=False, anchor=root, outside=configuration.outside)
    return pipeline, tuple(jobs.problems)


class _Stages:
    """Which jobs wait for which: for those that they need, else for those of earlier stages.

    https://docs.gitlab.com/ci/yaml/#stages, https://docs.gitlab.com/ci/yaml/#needs
    """

    def __init__(self, jobs: Jobs, root: Node, written: tuple[tuple[str, Node, Node], ...]) -> None:
        self._jobs = jobs
        names = [one.text() for one in jobs.lines(root.get("stages"))]
        order = (".pre", *(names or ("build", "test", "deploy")), ".post")
        self._position = {name: position for position, name in enumerate(order)}
        self._by_stage: dict[int | None, list[Node]] = {}
        for name, key, job in written:
            self._by_stage.setdefault(self._stage(job), []).append(key._replace(value=name))

    def _stage(self, job: Node) -> int | None:
        stage = self._jobs.keyword(job, "stage")
        return self._position.get("test" if stage is None else stage.text())

    def needs(self, job: Node) -> tuple[Node, ...] | Unknown:
        """The jobs that a job waits for."""
        written = self._jobs.keyword(job, "needs")
        if written is not None and isinstance(written.value, Unknown):
            return written.value
        if written is not None:
            items = (
                item.get("job") if isinstance(item.value, MapValue) else item
                for item in self._jobs.lines(written)
            )
            return tuple(item for item in items if item is not None and item.text())
        own = self._stage(job)
        if own is None or None in self._by_stage:
            return Unknown("expression", "the stages of the pipeline are not known")
        earlier = sorted(position for position in self._by_stage if position is not None and position < own)
        return tuple(one for position in earlier for one in self._by_stage[position])


def _job(jobs: Jobs, stages: _Stages, name: str, key: Node, job: Node) -> Job:
    variables = jobs.variables(job)
    trigger = job.get("trigger")
    return Job(
        id=name,
        address=name,
        call=None if trigger is None else ActionReference(trigger, trigger, None, None, "pipeline"),
        needs=stages.needs(job),
        condition=jobs.keyword(job, "rules"),
        environment=jobs.keyword(job, "environment"),
        permissions=None,
        secrets=job.get("secrets"),
        timeout=_timeout(jobs, job, key),
        continue_on_error=_allow_failure(jobs, job),
        matrix=job.at("parallel", "matrix"),
        steps=_steps(jobs, name, job, variables),
        images=_images(jobs, job, variables),
        anchor=key,
        concurrency=jobs.keyword(job, "resource_group"),
        regardless=_regardless(jobs, job),
        retry=jobs.keyword(job, "retry"),
    )


def _regardless(jobs: Jobs, job: Node) -> Node | None:
    """The `when: always` of a job, or of each of its rules that starts it.

    https://docs.gitlab.com/ci/yaml/#when
    """
    rules = jobs.lines(job.get("rules"))
    found = [rule.get("when") for rule in rules] if rules else [job.get("when")]
    starting = [one for one in found if one is None or one.text() != "never"]
    always = [one for one in starting if one is not None and one.text() == "always"]
    return always[0] if always and len(always) == len(starting) else None


def _allow_failure(jobs: Jobs, job: Node) -> Node | None:
    """Whether the pipeline goes on if the job fails; its rules may decide that too."""
    own = jobs.keyword(job, "allow_failure")
    if own is not None:
        return None if isinstance(own.value, MapValue) else own
    for rule in jobs.lines(job.get("rules")):
        allowed = rule.get("allow_failure")
        if allowed is not None and allowed.value is True:
            reason = "which of its rules holds says whether the job may fail"
            return allowed.replace_value(Unknown("expression", reason))
    return None


def _timeout(jobs: Jobs, job: Node, key: Node) -> Node:
    """The limit in minutes."""
    node = jobs.keyword(job, "timeout")
    if node is None:
        return computed(None, key)._replace(value=_OF_PROJECT)
    minutes = _minutes(node.value) if isinstance(node.value, (str, int, float)) else None
    if minutes is None:
        unknown = node.value if isinstance(node.value, Unknown) else None
        reason = Unknown("expression", f"`{node.written}` is no time that is understood")
        return node._replace(value=unknown or reason, style=COMPUTED)
    return node._replace(value=minutes)


def _minutes(value: str | float) -> int | float | None:
    """A time as GitLab writes it, `1h 30m` or `90 minutes`; a bare number counts seconds."""
    text = str(value).strip()
    total, position = 0.0, 0
    while position < len(text):
        found = _TIME.match(text, position)
        unit = None if found is None else _UNITS.get((found[2] or "s").lower())
        if found is None or unit is None:
            return None
        total += float(found[1]) * _MINUTES[unit]
        position = found.end()
    rounded = round(total, 2)
    return None if not text else int(rounded) if rounded == int(rounded) else rounded


def _steps(jobs: Jobs, name: str, job: Node, variables: Mapping[str, Node]) -> tuple[Step, ...]:
    """Each text of a script is a step: the job ends at the first one that fails."""
    posix = not any(
        _WINDOWS.search(node.text() or "")
        for node in (*jobs.lines(jobs.keyword(job, "tags")), *_named(jobs.keyword(job, "image")))
    )
    found: list[Step] = []
    for part in ("before_script", "script", "after_script"):
        for number, line in enumerate(jobs.lines(jobs.keyword(job, part))):
            if line.text() is None:
                continue
            # What fails behind the script is of no consequence for the job.
            goes_on = computed(True, line) if part == "after_script" else None
            commands = commands_of_script(line) if posix else ()
            address = f"{name}.{part}[{number}]"
            step = Step(address, None, None, line, commands, None, variables, None, goes_on, "", line)
            found.append(step)
    return tuple(found)


def _images(jobs: Jobs, job: Node, variables: Mapping[str, Node]) -> tuple[ImageReference, ...]:
    found: list[ImageReference] = []
    if job.get("trigger") is not None:
        return ()
    for role, keyword in (("container", "image"), ("service", "services")):
        node = jobs.keyword(job, keyword)
        holders = jobs.lines(node) if keyword == "services" else () if node is None else (node,)
        for image in (one for holder in holders for one in _named(holder)):
            known = jobs.single(image)
            if known.text():
                found.append(image_reference(_expanded(known, variables), role, final=False))
    return tuple(found)


def _named(holder: Node | None) -> tuple[Node, ...]:
    """The name of an image, alone or in a mapping."""
    node = None if holder is None else holder.get("name") if isinstance(holder.value, MapValue) else holder
    return () if node is None else (node,)


def _expanded(node: Node, variables: Mapping[str, Node]) -> Node:
    """A text with the variables in it that the configuration sets; others stay."""
    text = node.text() or ""
    whole = _VARIABLE.fullmatch(text)
    for _ in range(_EXPANSIONS):
        if whole is None:
            break
        value = variables.get(whole[1] or whole[2])
        written = None if value is None else value.text()
        if value is None or written is None:
            break
        node = value.through(Origin("uses the variable", node.source, node.start, node.end))
        text = written
        whole = _VARIABLE.fullmatch(text)
    expanded = text
    for _ in range(_EXPANSIONS):
        longer = _VARIABLE.sub(
            lambda found: _plain(variables.get(found[1] or found[2])) or found[0], expanded
        )
        if longer == expanded or len(longer) > _LONGEST_VALUE:
            break
        expanded = longer
    return node if expanded == text else node._replace(value=expanded, style=COMPUTED)


def _plain(node: Node | None) -> str:
    value = None if node is None else node.value
    return (
        ""
        if value is None or isinstance(value, bool) or not isinstance(value, (str, int, float))
        else str(value)
    )
