"""Units of the kind `gitlab-ci`: a pipeline of GitLab with the files that it includes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vvbscan.model.node import Problem
from vvbscan.model.outcome import FileRecord, Notice, not_analysed
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, no_facts
from vvbscan.record import NamedTuple
from vvbscan.views.ci.gitlab import read_gitlab
from vvbscan.views.ci.gitlab_files import Include, configuration_of
from vvbscan.views.ci.model import Pipeline
from vvbscan.views.ci.subjects import commands, image_references, jobs, steps, values
from vvbscan.views.records import computed, fields

FORMAT: Final = "gitlab-ci"


class GitlabPipeline(NamedTuple):
    """A pipeline of GitLab and what it includes."""

    pipeline: Pipeline | None
    includes: tuple[Include, ...]


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a configuration; raises `Unreadable` if its first file cannot be read."""
    configuration = configuration_of(unit.files[0], tree, options.limits)
    pipeline, refused = read_gitlab(configuration)
    by_path: dict[str, list[Problem]] = {}
    for node, problem in refused:
        by_path.setdefault(node.source.path, []).append(problem)
    parsed = tuple(
        one._replace(problems=(*one.problems, *by_path.get(one.source.path, ())))
        for one in configuration.parsed
    )
    records = [FileRecord(one.source.path, FORMAT, unit.id, unit.environment, unit.judged) for one in parsed]
    notices: list[Notice] = []
    for path, reason in configuration.unreadable:
        record, notice = not_analysed(
            FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged), reason
        )
        records.append(record)
        notices.append(notice)
    return Loaded(GitlabPipeline(pipeline, configuration.includes), parsed, tuple(records), notices)


def includes(loaded: Loaded) -> Iterator[Subject]:
    """View `ci_include`: files that a pipeline includes. Record: `Include`.

    Fields: `kind`, `location`, `reference`, `integrity` as in the record.
    """
    model = loaded.model
    assert isinstance(model, GitlabPipeline)
    for number, one in enumerate(model.includes):
        members = {
            "kind": computed(one.kind, one.location),
            "location": one.location,
            "reference": one.reference,
            "integrity": one.integrity,
        }
        yield Subject("ci_include", f"include[{number}]", fields(one.anchor, members), one.anchor, record=one)


def _view(function: Callable[[Pipeline], Iterable[Subject]]) -> Callable[[Loaded], Iterable[Subject]]:
    """A view of a loaded unit from a view of its pipeline."""

    def view(loaded: Loaded) -> Iterable[Subject]:
        assert isinstance(loaded.model, GitlabPipeline)
        return () if loaded.model.pipeline is None else function(loaded.model.pipeline)

    return view


KIND: Final = UnitKind(
    FORMAT,
    load,
    {
        "ci_include": includes,
        "ci_job": _view(jobs),
        "ci_step": _view(steps),
        "ci_value": _view(values),
        "ci_command": _view(commands),
        "image_reference": _view(image_references),
    },
    no_facts,
)
