"""Calls of modules: their instances, and what expressions see of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, Unknown
from vvbscan.parse.hcl_tree import GetAttribute, Literal, Step
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.bodies import MODULE_META
from vvbscan.views.terraform.constants import fault_of_constant
from vvbscan.views.terraform.load import Declaration, ModuleFiles, Written
from vvbscan.views.terraform.resource_references import chosen_instance, collected, name_of
from vvbscan.views.terraform.scope import EvaluationFault, Referred, Scope
from vvbscan.views.terraform.sources import is_local, local_directory

if TYPE_CHECKING:
    from vvbscan.views.terraform.module import ModuleInstance

_FETCHED: Final = ".terraform/modules/"
"""Where `terraform init` puts the modules that it fetches."""


class Given(NamedTuple):
    """The value that a variable is given from outside its module."""

    written: Written
    scope: Scope
    label: str
    """What stands at its place: `value of var.multi_az`, `argument multi_az of module.db`."""


class _MissingOutput(EvaluationFault):
    """An output that a module does not have: to Terraform a member of an object, which `try` may ask for."""


def instantiate(module: ModuleInstance, name: str) -> tuple[ModuleInstance, ...] | Unknown:
    """The instances of a module that is called, or why there are none to look into."""
    declaration = module.files.calls[name]
    anchor = declaration.anchor
    files = _called_files(module, name, declaration)
    if isinstance(files, Unknown):
        return files
    instances = module.expansion(declaration).instances
    if not module.workspace.take(len(instances), anchor):
        return Unknown("limit", "the configuration has more instances than the limit allows")
    called = module.located(f"module.{name}")
    _check_arguments(module, name, declaration, files)
    places = [called + instance.suffix for instance in instances]
    steps = [Origin(f"{place} is called here", anchor.source, anchor.start, anchor.end) for place in places]
    return tuple(
        type(module)(
            module.workspace,
            files,
            _arguments(files, declaration, module.scope(declaration.source, instance.bindings), name),
            place,
            (step, *module.via),
            module.ancestors,
        )
        for instance, place, step in zip(instances, places, steps, strict=True)
    )


def _check_arguments(module: ModuleInstance, name: str, declaration: Declaration, files: ModuleFiles) -> None:
    """Tell which arguments a call gives that its module does not declare, and which it lacks."""
    notices = module.workspace.notices
    for body, source in declaration.bodies() if files.is_complete else ():
        for argument, attribute in body.attributes.items():
            if argument not in files.variables and argument not in MODULE_META:
                message = f"module.{name} declares no variable `{argument}`"
                place = attribute.name
                notices.at("warning", "terraform-undeclared", message, source, place.start, place.end)
    anchor = declaration.anchor
    for variable, declared in files.variables.items() if module.files.is_complete else ():
        if declared.attribute("default") is None and declaration.attribute(variable) is None:
            message = f"module.{name} needs a value for its variable `{variable}`"
            code = "terraform-missing-argument"
            notices.at("warning", code, message, anchor.source, anchor.start, anchor.end)


def _called_files(module: ModuleInstance, name: str, declaration: Declaration) -> ModuleFiles | Unknown:
    """The files of a module that is called, or why they are not to be had."""
    anchor = declaration.anchor
    written = declaration.attribute("source")
    expression = None if written is None else written.attribute.expression
    source = expression.value if isinstance(expression, Literal) else None
    if not isinstance(source, str):
        if written is None and module.files.is_complete:
            message = f"module.{name} has no `source`: what it configures was not judged"
            code = "terraform-missing-argument"
            module.workspace.notices.at("warning", code, message, anchor.source, anchor.start, anchor.end)
        elif written is not None:
            _tell_expression(module, name, written)
        return Unknown("remote", f"the source of module.{name} is not known")
    if not is_local(source):
        return Unknown("remote", f"module.{name} is {source}, which is not in the tree")
    assert expression is not None
    assert written is not None
    directory = local_directory(module.files.directory, source)
    files = None if directory is None else module.workspace.library.module(directory)
    if files is not None and files.directory in module.ancestors:
        message = f"module.{name} calls a module that it is a part of"
        module.workspace.notices.at(
            "warning", "terraform-module-loop", message, anchor.source, anchor.start, anchor.end
        )
        return Unknown("expression", message)
    if files is None:
        reason = f"module.{name} is {source}, which is not in the tree"
        is_fetched = _FETCHED in source
        why = "`terraform init` fetches" if is_fetched else "there is no module at"
        module.workspace.notices.at(
            "note" if is_fetched else "warning",
            "terraform-module-missing",
            f"{why} `{source}`: what module.{name} configures was not judged",
            written.source,
            expression.start,
            expression.end,
        )
        return Unknown("remote", reason)
    return files


def _tell_expression(module: ModuleInstance, name: str, written: Written) -> None:
    """Tell of a source that refers to something, which only OpenTofu works out."""
    workspace, expression = module.workspace, written.attribute.expression
    fault = fault_of_constant(expression, "the source of a module")
    if fault is None:
        return
    workspace.settle(expression, module.scope(written.source))  # tells of names that nothing declares
    if ".tofu" not in written.source.path:
        message = f"{fault.message}. What module.{name} configures was not judged"
        workspace.tell(written.source, EvaluationFault(fault.code, message, fault.start, fault.end))


def refer_module(module: ModuleInstance, steps: tuple[Step, ...], start: int, end: int) -> Referred:
    """What a traversal that begins with `module` refers to."""
    name = name_of("module", steps, start, end)
    declaration = module.files.calls.get(name)
    if declaration is None:
        return module.undeclared(f"module.{name}", "module call", name, module.files.calls, start, end)
    expansion = module.expansion(declaration, start, end)
    children = module.children(name)
    if isinstance(children, Unknown):
        anchor = declaration.anchor
        unknown = children._replace(reference=module.located(f"module.{name}"))
        return Referred(Node(unknown, anchor.source, anchor.start, anchor.end, COMPUTED), 1)
    index: int | None = 0
    taken = 1
    if expansion.by:
        index = chosen_instance(expansion, steps[1]) if len(steps) > 1 else None
        taken = 2
    if index is None:
        nodes = [_outputs_of(child, start, end) for child in children]
        return Referred(collected(expansion, nodes, module.located(f"module.{name}"), declaration), 1)
    return _output_of(module, children[index], name, steps, taken, (start, end))


def _output_of(
    module: ModuleInstance,
    child: ModuleInstance,
    name: str,
    steps: tuple[Step, ...],
    taken: int,
    place: tuple[int, int],
) -> Referred:
    step = steps[taken] if len(steps) > taken else None
    if not isinstance(step, GetAttribute):
        return Referred(_outputs_of(child, *place), taken)
    outputs = child.files.outputs
    if step.name not in outputs:
        shown = f"module.{name}.{step.name}"
        try:
            return child.undeclared(shown, "output", step.name, outputs, step.start, step.end)
        except EvaluationFault as fault:
            raise _MissingOutput(fault.code, fault.message, fault.start, fault.end) from None
    child.check_cycle("output", step.name, step.start, step.end)
    label = f"output {step.name} of module.{name}"
    return Referred(child.output(step.name), taken + 1, label, module.is_shared("module", steps))


def _outputs_of(child: ModuleInstance, start: int, end: int) -> Node:
    """All outputs of an instance of a module: worked out, as they could lead back to who refers to them."""
    outputs = {}
    for name in child.files.outputs:
        child.check_cycle("output", name, start, end)
        outputs[name] = child.output(name)
    path = child.via[0]
    return Node(MapValue(outputs, outputs), path.source, path.start, path.end, COMPUTED)


def _arguments(files: ModuleFiles, declaration: Declaration, scope: Scope, name: str) -> Mapping[str, Given]:
    """The variables that the call of a module gives values to."""
    given = {}
    for variable in files.variables:
        written = declaration.attribute(variable)
        if written is not None:
            at = scope if written.source is scope.source else scope._replace(source=written.source)
            given[variable] = Given(written, at, f"argument {variable} of module.{name}")
    return given
