"""Units of the kind `workflow`: one workflow or one action of GitHub Actions."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from typing import Final

from vvbscan.model.limits import Limits
from vvbscan.model.outcome import FileRecord
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, Unreadable, no_facts
from vvbscan.parse.yaml import parse_yaml
from vvbscan.views.ci.github import read_pipeline
from vvbscan.views.ci.model import Pipeline
from vvbscan.views.ci.subjects import (
    action_references,
    commands,
    image_references,
    jobs,
    pipelines,
    steps,
    values,
)
from vvbscan.views.of_tree import OfTree

FORMAT: Final = "github-actions"
_DEEPEST: Final = 10
"""Most workflows and actions that call each other (https://docs.github.com/en/actions/reference/
workflows-and-actions/reusing-workflow-configurations#limitations-of-reusable-workflows)."""
_MOST_CALLED: Final = 100
"""Most workflows and actions of the tree that are read for one pipeline."""


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a workflow or an action; raises `Unreadable`."""
    return _LoadedFiles.of(tree, options.limits).load(unit, options)


class _LoadedFiles(OfTree):
    """Workflows and actions with what they call: each is judged alone, and with those of its repository."""

    def __init__(self, tree: FileTree, limits: Limits) -> None:
        super().__init__(tree, limits)
        self._known: dict[Unit, Loaded] = {}

    def load(self, unit: Unit, options: Options) -> Loaded:
        """What a unit comes to; raises `Unreadable`."""
        if unit not in self._known:
            self._known[unit] = _load(unit, self.tree, options)
        return self._known[unit]


def _load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    path = unit.files[0]
    source, problems = tree.read(path)
    parsed = parse_yaml(source, options.limits, "1.2")
    folder, name = posixpath.split(path)
    in_workflows = posixpath.basename(folder) == "workflows"
    action = not in_workflows and name in ("action.yml", "action.yaml")
    pipeline, shape = read_pipeline(parsed, action=action)
    if pipeline is not None:
        pipeline = _Calls(tree, options, path).resolved(pipeline, 0)
        if set(pipeline.triggers) == {"workflow_call"}:
            pipeline = pipeline._replace(part=_called_by_sibling(path, tree))
    parsed = parsed._replace(problems=(*problems, *parsed.problems, *shape))
    record = FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged)
    return Loaded(pipeline, (parsed,), (record,))


def _called_by_sibling(path: str, tree: FileTree) -> bool:
    """Whether another workflow of the directory names a workflow as one that it calls."""
    folder, name = posixpath.split(path)
    call = f"./.github/workflows/{name}"
    for other in tree.names(folder):
        if other == name or not other.endswith((".yml", ".yaml")):
            continue
        try:
            source, _ = tree.read(posixpath.join(folder, other))
        except Unreadable:
            continue
        if call in source.text.text:
            return True
    return False


class _CalledFiles(OfTree):
    """Workflows and actions that are called: many of a repository call the same ones."""

    def __init__(self, tree: FileTree, limits: Limits) -> None:
        super().__init__(tree, limits)
        self._known: dict[tuple[str, bool], Pipeline | None] = {}

    def read(self, path: str, *, action: bool) -> Pipeline | None:
        """The pipeline of a file without what it calls; raises `Unreadable`."""
        if (path, action) not in self._known:
            source, _ = self.tree.read(path)
            parsed = parse_yaml(source, self.limits, "1.2")
            self._known[path, action] = read_pipeline(parsed, action=action)[0]
        return self._known[path, action]


class _Calls:
    """Reads the workflows and actions of the tree that a pipeline calls, each once."""

    def __init__(self, tree: FileTree, options: Options, path: str) -> None:
        self._files = _CalledFiles.of(tree, options.limits)
        before, marker, _ = f"/{path}".partition("/.github/")
        self._root = before[1:] if marker else ""
        """Of the repository: calls are written from there."""
        self._known: dict[str, Pipeline | None] = {}

    def resolved(self, pipeline: Pipeline, depth: int) -> Pipeline:
        """A pipeline with what it calls."""
        called: dict[str, Pipeline] = {}
        for job in pipeline.jobs:
            for reference in (job.call, *(step.action for step in job.steps)):
                if reference is None or reference.kind != "local":
                    continue
                uses = reference.uses.text() or ""
                inner = self._read(uses, depth + 1)
                if inner is not None:
                    called[uses] = inner
        return pipeline._replace(called=called) if called else pipeline

    def _read(self, uses: str, depth: int) -> Pipeline | None:
        if uses not in self._known:
            self._known[uses] = None  # what calls itself is not followed
            if depth <= _DEEPEST and len(self._known) <= _MOST_CALLED:
                self._known[uses] = self._load(uses, depth)
        return self._known[uses]

    def _load(self, uses: str, depth: int) -> Pipeline | None:
        place = posixpath.normpath(posixpath.join(self._root, uses))
        action = not place.endswith((".yml", ".yaml"))
        for path in (f"{place}/action.yml", f"{place}/action.yaml") if action else (place,):
            try:
                pipeline = self._files.read(path, action=action)
            except Unreadable:
                continue
            return None if pipeline is None else self.resolved(pipeline, depth)
        return None


def _view(function: Callable[[Pipeline], Iterable[Subject]]) -> Callable[[Loaded], Iterable[Subject]]:
    """A view of a loaded unit from a view of its model."""

    def view(loaded: Loaded) -> Iterable[Subject]:
        if loaded.model is None:
            return ()
        assert isinstance(loaded.model, Pipeline)
        return function(loaded.model)

    return view


KIND: Final = UnitKind(
    "workflow",
    load,
    {
        "ci_pipeline": _view(pipelines),
        "ci_job": _view(jobs),
        "ci_step": _view(steps),
        "ci_value": _view(values),
        "ci_command": _view(commands),
        "action_reference": _view(action_references),
        "image_reference": _view(image_references),
    },
    no_facts,
)
