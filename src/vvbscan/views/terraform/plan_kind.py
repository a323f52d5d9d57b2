"""Units of the kind `terraform-plan`: a plan or a state as JSON, with the root module that it belongs to."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import Parsed
from vvbscan.model.outcome import NOT_ANALYSED, FileRecord, Notice
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind
from vvbscan.parse.json import parse_json
from vvbscan.views.terraform.kind import KIND as MODULE
from vvbscan.views.terraform.kind import model_of
from vvbscan.views.terraform.model import Configuration, TerraformModel
from vvbscan.views.terraform.plan_json import Plan, configuration_with, read_plan, version_problem
from vvbscan.views.terraform.plan_places import Places
from vvbscan.views.terraform.plan_roots import root_of_plan
from vvbscan.views.terraform.plan_secrets import mask_secrets

FORMAT: Final = "terraform-plan"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a plan. Its values stand in the module that it was made from, if that is in the tree."""
    path = unit.files[0]
    source, problems = tree.read(path)
    parsed = parse_json(source, options.limits)
    parsed = parsed._replace(problems=(*problems, *parsed.problems))
    record = FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged)
    if not parsed.documents:
        return Loaded(TerraformModel(()), (parsed,), (record,))
    root = parsed.documents[0].root
    mask_secrets(root)
    problem = version_problem(root)
    if problem:
        return _not_read(record, parsed, problem)
    plan = read_plan(root)
    root_module = _root_module(unit, plan, tree, options)
    configuration, others = _placed(unit, plan, root_module)
    release = root_module.release if root_module is not None else lambda: None
    return Loaded(TerraformModel((configuration,)), (parsed, *others), (record,), plan.notices, release)


def _not_read(record: FileRecord, parsed: Parsed, problem: str) -> Loaded:
    message = f"The file was not analysed: {problem}."
    hint = "write it with `terraform show -json` of Terraform 1, or of OpenTofu 1"
    notice = Notice("error", "terraform-plan-version", message, record.path, None, hint)
    lost = record._replace(status=NOT_ANALYSED, reason=problem)
    return Loaded(TerraformModel(()), (parsed,), (lost,), (notice,))


def _root_module(unit: Unit, plan: Plan, tree: FileTree, options: Options) -> Loaded | None:
    """The module that a plan was made from, if it is in the tree."""
    root = root_of_plan(unit.files[0], plan.declared, unit.roots, tree, options.limits)
    return MODULE.load(root._replace(judged=True), tree, options) if root is not None else None


def _placed(unit: Unit, plan: Plan, loaded: Loaded | None) -> tuple[Configuration, tuple[Parsed, ...]]:
    """The configuration of a plan with the places that it has in the tree, and the files of these."""
    planned = plan.configuration
    written = _written(unit, model_of(loaded).configurations if loaded is not None else ())
    if loaded is None or written is None:
        return planned, ()
    places = Places(written, plan.argument)
    # Settings of the module are judged where they are written.
    return configuration_with(map(places.placed, planned.resources), settings=()), loaded.parsed


def _written(unit: Unit, configurations: tuple[Configuration, ...]) -> Configuration | None:
    """What the module comes to in the environment of the plan, else in the one that its name has."""
    path = unit.files[0]
    named = [one for one in configurations if one.environment and one.environment in path]
    same = [one for one in configurations if one.environment == unit.environment]
    return next(iter((*same, *named, *configurations)), None)


KIND: Final = UnitKind("terraform-plan", load, MODULE.views, MODULE.facts)
