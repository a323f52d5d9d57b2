"""Working out all that a module declares, so that what is wrong in it is told whichever rules look at it."""

from __future__ import annotations

from vvbscan.views.terraform.bodies import RESOURCE_META, Arguments
from vvbscan.views.terraform.module import ModuleInstance


def work_out(module: ModuleInstance) -> None:
    """Evaluate the declarations of an instance of a module, of those with many instances the first.

    Half of the steps of the evaluation are left for what rules ask for.
    """
    budget = module.workspace.budget
    least = module.workspace.limits.evaluation_steps // 2
    files = module.files
    for names, value_of in (
        (files.variables, module.variable),
        (files.locals, module.local),
        (files.outputs, module.output),
    ):
        for name in names:
            if budget.left < least:
                return
            value_of(name)
    for declaration in files.resources.values():
        for instance in module.expansion(declaration).instances[:1]:
            arguments = module.arguments(declaration, instance, RESOURCE_META).entries
            if isinstance(arguments, Arguments) and budget.left >= least:
                arguments.settle()
