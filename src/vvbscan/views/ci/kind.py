"""Units of the kind `workflow`: one workflow or one action of GitHub Actions."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from typing import Final

from vvbscan.model.facts import Fact
from vvbscan.model.outcome import FileRecord
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind
from vvbscan.parse.yaml import parse_yaml
from vvbscan.views.ci.github import read_pipeline
from vvbscan.views.ci.model import Pipeline
from vvbscan.views.ci.subjects import action_references, commands, image_references, jobs, pipelines, steps

FORMAT: Final = "github-actions"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a workflow or an action; raises `Unreadable`."""
    path = unit.files[0]
    source, problems = tree.read(path)
    parsed = parse_yaml(source, options.limits, "1.2")
    folder, name = posixpath.split(path)
    in_workflows = posixpath.basename(folder) == "workflows"
    action = not in_workflows and name in ("action.yml", "action.yaml")
    pipeline, shape = read_pipeline(parsed, action=action)
    parsed = parsed._replace(problems=(*problems, *parsed.problems, *shape))
    record = FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged)
    return Loaded(pipeline, (parsed,), (record,))


def facts(unit: Unit, loaded: Loaded) -> tuple[Fact, ...]:  # noqa: ARG001  # as every kind
    """Nothing is joined with other units."""
    return ()


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
        "ci_command": _view(commands),
        "action_reference": _view(action_references),
        "image_reference": _view(image_references),
    },
    facts,
)
