"""Units of the kind `dockerfile`: one Dockerfile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from vvbscan.model.facts import EnvironmentVariable, Fact, ImageBuildFact
from vvbscan.model.location import locate_node
from vvbscan.model.node import Node, SeqValue
from vvbscan.model.outcome import FileRecord
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind
from vvbscan.parse.dockerfile import parse_dockerfile
from vvbscan.parse.dockerfile_tree import to_parsed
from vvbscan.views.dockerfile.ignore import find_ignore_file
from vvbscan.views.dockerfile.model import Dockerfile, Stage
from vvbscan.views.dockerfile.run_commands import run_commands
from vvbscan.views.dockerfile.stages import resolve
from vvbscan.views.dockerfile.subjects import (
    dockerfiles,
    environment_variables,
    image_references,
    instructions,
    stages,
)
from vvbscan.views.located import located

if TYPE_CHECKING:
    from vvbscan.views.start_options import Start

FORMAT: Final = "dockerfile"
_LONGEST_SOURCE: Final = 4096
"""Characters of a path that is looked at, as many as Linux takes (PATH_MAX)."""


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a Dockerfile and work through its stages; raises `Unreadable`."""
    path = unit.files[0]
    source, problems = tree.read(path)
    syntax = parse_dockerfile(source, options.limits)
    syntax = syntax._replace(problems=(*problems, *syntax.problems))
    arguments, resolved = resolve(syntax, options.limits)
    ignore, ignored, notices = find_ignore_file(path, tree)
    record = FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged)
    model = Dockerfile(path, syntax, arguments, resolved, ignore)
    return Loaded(model, (to_parsed(syntax), *ignored), (record,), notices)


def model_of(loaded: Loaded) -> Dockerfile:
    """The model of a loaded Dockerfile."""
    assert isinstance(loaded.model, Dockerfile)
    return loaded.model


def facts(unit: Unit, loaded: Loaded) -> tuple[Fact, ...]:
    """The image that ships, if there is a stage."""
    model = model_of(loaded)
    stage = next((stage for stage in model.stages if stage.last), None)
    if stage is None:
        return ()
    variables = tuple(
        EnvironmentVariable(str(variable.name.value), located(variable.value, variable.name))
        for variable in stage.environment
    )
    location = locate_node(stage.instruction.keyword)
    entry = _start(stage, "ENTRYPOINT")
    whole = _start(stage, "ENTRYPOINT", "CMD")
    return (
        ImageBuildFact(
            unit.id,
            model.path,
            unit.environment,
            unit.judged,
            variables,
            location,
            whole.options,
            entry.options,
            entry.program,
            tuple(_copied(model)),
        ),
    )


def _copied(model: Dockerfile) -> Iterator[str]:
    """What the stages copy from the build context."""
    for stage in model.stages:
        for step in stage.steps:
            if step.instruction.name in {"COPY", "ADD"} and step.instruction.flag("from") is None:
                for source in step.arguments[:-1]:
                    text = source.text()
                    if text is not None and "://" not in text and len(text) <= _LONGEST_SOURCE:
                        yield text


def _start(stage: Stage, *names: str) -> Start:
    """What the entry point and the arguments of a stage set: the shell form of the first ends the command."""
    from vvbscan.views.start_options import script_start, start_of  # asked for only beside an application

    words: list[Node] = []
    for name in names:
        setting = stage.settings.get(name)
        if setting is None:
            continue
        if not isinstance(setting.node.value, SeqValue):
            return start_of(words) if words else script_start(setting.node)
        words += setting.node.items()
    return start_of(words)


def _view(function: Callable[[Dockerfile], Iterable[Subject]]) -> Callable[[Loaded], Iterable[Subject]]:
    """A view of a loaded unit from a view of its model."""
    return lambda loaded: function(model_of(loaded))


KIND: Final = UnitKind(
    "dockerfile",
    load,
    {
        "dockerfile": _view(dockerfiles),
        "stage": _view(stages),
        "instruction": _view(instructions),
        "image_reference": _view(image_references),
        "environment_variable": _view(environment_variables),
        "run_command": _view(run_commands),
    },
    facts,
)
