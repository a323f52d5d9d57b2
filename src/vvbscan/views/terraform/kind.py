"""Units of the kind `terraform`: a root module with the local modules that it calls."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from vvbscan.model.node import Parsed, Unknown
from vvbscan.model.outcome import NOT_ANALYSED, FileRecord, Notice, not_analysed
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, no_facts
from vvbscan.parse.hcl_parsed import as_parsed
from vvbscan.parse.hcl_tree import Block
from vvbscan.views.terraform.circles import circles_of
from vvbscan.views.terraform.configuration import configuration_of
from vvbscan.views.terraform.load import Library, Written, is_values_file
from vvbscan.views.terraform.model import TerraformModel
from vvbscan.views.terraform.module import ModuleInstance
from vvbscan.views.terraform.module_calls import Given
from vvbscan.views.terraform.resources import terraform_resources
from vvbscan.views.terraform.scope import EvaluationFault, Referred, Scope
from vvbscan.views.terraform.variables import ValueFiles, value_files
from vvbscan.views.terraform.view_table import VIEWS
from vvbscan.views.terraform.workspace import Notices, Workspace

FORMAT: Final = "terraform"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a root module with what it calls, once for each judged environment."""
    if len(unit.files) > options.limits.unit_files:
        return _too_many_files(unit, options.limits.unit_files)
    library = Library.of(tree, options.limits)
    notices = Notices()
    directory = directory_of(unit)
    values = tuple(path for path in unit.files if is_values_file(posixpath.basename(path)))
    configurations = []
    workspaces = []
    environments = value_files(directory, values, options.environments)
    for given in environments:
        if not given.judged or not unit.judged:
            continue
        workspace = Workspace(library, directory, options.limits, notices)
        workspaces.append(workspace)
        root = root_instance(workspace, given.paths)
        if root is not None:
            configurations.append(configuration_of(root, given.environment))
    parsed, records = _read(unit, library, values, environments, notices)

    def release() -> None:
        for workspace in workspaces:
            workspace.release()

    return Loaded(TerraformModel(tuple(configurations)), parsed, records, notices.told, release)


def directory_of(unit: Unit) -> str:
    """The directory of the root module: what the id names, or holds the only file."""
    named = unit.id.partition(":")[2]
    return posixpath.dirname(named) if named in unit.files else "" if named == "." else named


def root_instance(workspace: Workspace, paths: tuple[str, ...]) -> ModuleInstance | None:
    """The root module with the values of some files, the strongest last; None if there is no module."""
    files = workspace.library.module(workspace.directory)
    if files is None:
        return None
    workspace.is_library = not any(_configures(declaration.block) for declaration in files.settings)
    given: dict[str, Given] = {}
    lost: Unknown | None = None
    for path in paths:
        values = workspace.library.file(path)
        if isinstance(values, str) or any(one.level == "error" for one in values.problems):
            # Told where the unit's files are listed. What it sets is stronger than what was given before.
            lost = Unknown("unparsed", f"{path} may set it, and could not be read as a whole")
            given.clear()
        if isinstance(values, str):
            continue
        for block in values.body.blocks:
            message = "a file of values has no blocks: this one is not used"
            place = block.type
            workspace.notices.at(
                "warning", "terraform-undeclared", message, values.source, place.start, place.end
            )
        scope = Scope(values.source, _NoNames(), {}, workspace.budget)
        for name, attribute in values.body.attributes.items():
            given[name] = Given(Written(attribute, values.source), scope, f"value of var.{name}")
            if name not in files.variables:
                workspace.notices.at(
                    "note",
                    "terraform-undeclared",
                    f"the module declares no variable `{name}`: this value is not used",
                    values.source,
                    attribute.name.start,
                    attribute.name.end,
                )
    instance = ModuleInstance(workspace, files, given)
    instance.lost = lost
    return instance


def _configures(block: Block) -> bool:
    """Whether a block is one that belongs into a root module: a provider, or where the state is."""
    return block.type.text == "provider" or any(
        inner.type.text in ("backend", "cloud") for inner in block.body.blocks
    )


class _NoNames:
    """What can be referred to in a file of values: nothing."""

    def refer(self, root: str, steps: object, start: int, end: int) -> Referred:  # noqa: ARG002
        message = f"a file of values has no variables: `{root}` means nothing here"
        raise EvaluationFault("terraform-undeclared", message, start, end)

    def read_file(self, path: str) -> None:  # noqa: ARG002
        return None

    def entries(self, path: str) -> None:  # noqa: ARG002
        return None


def _too_many_files(unit: Unit, limit: int) -> Loaded:
    reason = f"with the modules that it calls it has {len(unit.files):,} files, over the limit of {limit:,}"
    notice = Notice("error", "unit-files", f"The module was not analysed: {reason}.", unit.files[0])
    records = tuple(
        FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged, NOT_ANALYSED, reason)
        for path in unit.files
    )
    return Loaded(TerraformModel(()), (), records, (notice,))


def _read(
    unit: Unit,
    library: Library,
    values: Sequence[str],
    environments: Sequence[ValueFiles],
    notices: Notices,
) -> tuple[tuple[Parsed, ...], tuple[FileRecord, ...]]:
    """What the unit's files were parsed to, and what became of each."""
    parsed: list[Parsed] = []
    records: list[FileRecord] = []
    for folder in dict.fromkeys(posixpath.dirname(path) for path in unit.files if path not in values):
        module = library.module(folder)
        if module is None:
            continue
        circles = circles_of(library, folder).problems if unit.judged else ()
        for source, problem in (*module.problems, *circles):
            at = source, problem.start, problem.end
            notices.at(problem.level, problem.code, problem.message, *at, problem.hint)
    judged = {path for given in environments if given.judged for path in given.paths}
    named = {given.paths[-1]: given.environment for given in environments if given.environment}
    for path in unit.files:
        file = library.file(path)
        is_judged = unit.judged and (path in judged or path not in values)
        environment = named.get(path, unit.environment)
        record = FileRecord(path, FORMAT, unit.id, environment, is_judged)
        if isinstance(file, str):
            record, notice = not_analysed(record, file)
            notices.add(notice)
        else:
            parsed.append(as_parsed(file))
        records.append(record)
    return tuple(parsed), tuple(records)


def model_of(loaded: Loaded) -> TerraformModel:
    """The model of a loaded unit."""
    assert isinstance(loaded.model, TerraformModel)
    return loaded.model


def _view(
    function: Callable[[TerraformModel], Iterable[Subject]],
) -> Callable[[Loaded], Iterable[Subject]]:
    """A view of a loaded unit from a view of its model."""
    return lambda loaded: function(model_of(loaded))


KIND: Final = UnitKind(
    "terraform",
    load,
    {
        "terraform_resource": _view(terraform_resources),
        **VIEWS,
    },
    no_facts,
)
