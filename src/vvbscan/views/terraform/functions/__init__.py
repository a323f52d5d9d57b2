"""Terraform's functions: which there are, and how a call of one is evaluated.

The modules of this package are imported when one of their functions is called. Each has a table `FUNCTIONS`
of what its functions take.

Source: Terraform language, "Built-in Functions", of Terraform 1.14.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final

from vvbscan.model.node import COMPUTED, Node, SeqValue, Unknown
from vvbscan.parse.hcl_tree import Call
from vvbscan.views.terraform.functions.invocation import Function, Invocation
from vvbscan.views.terraform.scope import EvaluationFault, Scope
from vvbscan.views.terraform.steps import Evaluator
from vvbscan.views.terraform.values import Exhausted, Refused, derived, described, first_unknown

_NAMES: Final[Mapping[str, str]] = {
    "strings": "chomp endswith indent join lower replace split startswith strcontains strrev substr title"
    " trim trimprefix trimspace trimsuffix upper",
    "formatting": "format formatlist",
    "patterns": "regex regexall",
    "numeric": "abs ceil floor log max min parseint pow signum sum",
    "collections": "alltrue anytrue chunklist coalesce coalescelist compact concat contains distinct element"
    " flatten index length list one range reverse slice sort",
    "maps": "keys lookup map matchkeys merge transpose values zipmap",
    "sets": "setintersection setproduct setsubtract setunion",
    "encoding": "base64decode base64encode csvdecode jsondecode jsonencode textdecodebase64 textencodebase64"
    " urldecode urlencode yamldecode yamlencode",
    "filesets": "fileset",
    "files": "abspath basename dirname file filebase64 fileexists pathexpand templatefile templatestring",
    "dates": "formatdate timeadd timecmp",
    "hashes": "base64sha256 base64sha512 filebase64sha256 filebase64sha512 filemd5 filesha1 filesha256"
    " filesha512 md5 sha1 sha256 sha512 uuidv5",
    "network": "cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "types": "nonsensitive sensitive tobool tolist tomap tonumber toset tostring",
}
"""Modules of this package with the names of their functions."""

_HOMES: Final = {name: module for module, names in _NAMES.items() for name in names.split()}

_NOT_KNOWN: Final[Mapping[str, tuple[str, str]]] = {
    "base64gzip": ("expression", "`base64gzip()` is not evaluated"),
    "bcrypt": ("expression", "`bcrypt()` gives another value each time"),
    "defaults": ("expression", "`defaults()` was an experiment that Terraform no longer has"),
    "ephemeralasnull": ("expression", "`ephemeralasnull()` depends on what Terraform holds to be ephemeral"),
    "issensitive": ("expression", "`issensitive()` depends on what Terraform holds to be sensitive"),
    "plantimestamp": ("remote", "`plantimestamp()` is the time of the plan"),
    "rsadecrypt": ("secret", "`rsadecrypt()` is not evaluated"),
    "timestamp": ("remote", "`timestamp()` is the time at which Terraform runs"),
    "type": ("expression", "`type()` is only for Terraform's console"),
    "uuid": ("expression", "`uuid()` gives another value each time"),
}
"""Functions whose value is not in the tree, with kind and reason."""


def call(expression: Call, scope: Scope, evaluate: Evaluator) -> Node:
    """What a call of a function comes to. Raises `EvaluationFault` and `Exhausted`."""
    name = expression.name.removeprefix("core::")
    special = _SPECIAL.get(name)
    if special is not None:
        return special(expression, scope, evaluate)
    home = _HOMES.get(name)
    if home is None:
        return _without_value(name, expression, scope)
    function = _functions(home)[name]
    invocation = _invocation(expression, scope, evaluate)
    _check_count(function, invocation)
    if invocation.open and function.most is not None:
        assert isinstance(invocation.arguments[-1].value, Unknown)
        return invocation.unknown(invocation.arguments[-1].value)
    try:
        return function.apply(invocation)
    except Refused as refused:
        message = f"{name}(): {refused.message}"
        raise EvaluationFault(refused.code, message, expression.start, expression.end) from None
    except Exhausted as exhausted:
        return invocation.outcome(Unknown("limit", str(exhausted)))
    except OverflowError:  # a number that Python takes for no index, width or float
        return invocation.outcome(Unknown("limit", f"a number is too large for `{name}()` to be evaluated"))


@cache
def _functions(home: str) -> Mapping[str, Function]:
    """The functions of a module of this package."""
    functions: Mapping[str, Function] = import_module(f"{__name__}.{home}").FUNCTIONS
    return functions


def _without_value(name: str, expression: Call, scope: Scope) -> Node:
    known = _NOT_KNOWN.get(name)
    if known is None and "::" in name:
        known = "plugin", f"`{name}()` is a function of a provider"
    if known is None:
        from difflib import get_close_matches

        names = [*_HOMES, *_SPECIAL, *_NOT_KNOWN]
        near = get_close_matches(name[:40], names, n=1, cutoff=0.7)
        message = f"Terraform has no function `{name}`"
        message += f"; the nearest name is `{near[0]}`" if near else ""
        place = expression.start, expression.start + len(expression.name)
        raise EvaluationFault("terraform-unknown-function", message, *place)
    return Node(Unknown(*known), scope.source, expression.start, expression.end, COMPUTED)


def _invocation(expression: Call, scope: Scope, evaluate: Evaluator) -> Invocation:
    """The call with its arguments; where the last one is expanded, its items are arguments.

    If it is not known how many there are, the last argument is an unknown that stands for them.
    """
    arguments = [evaluate(argument, scope) for argument in expression.arguments]
    if not expression.expanded or not arguments:
        return Invocation(expression, arguments, scope, is_open=False)
    last = arguments.pop()
    value = last.value
    if isinstance(value, Unknown):
        return Invocation(expression, [*arguments, last], scope, is_open=True)
    if not isinstance(value, SeqValue):
        place = expression.arguments[-1]
        message = f"`...` needs a list, and this is {described(last)}"
        raise EvaluationFault("terraform-type", message, place.start, place.end)
    arguments += value.items
    if value.rest is None:
        return Invocation(expression, arguments, scope, is_open=False)
    return Invocation(expression, [*arguments, last.replace_value(value.rest)], scope, is_open=True)


def _check_count(function: Function, invocation: Invocation) -> None:
    count, name = len(invocation.arguments), invocation.expression.name
    if invocation.open:
        return
    if function.fewest <= count and (function.most is None or count <= function.most):
        return
    if function.fewest == function.most:
        wanted = str(function.fewest)
    elif function.most is None:
        wanted = f"at least {function.fewest}"
    else:
        wanted = f"{function.fewest} to {function.most}"
    place = invocation.expression
    message = (
        f"{name}() takes {wanted} argument{'' if wanted[-2:].strip() == '1' else 's'}, and here are {count}"
    )
    raise EvaluationFault("terraform-argument-count", message, place.start, place.end)


# Functions that decide which of their arguments are evaluated


def _try(expression: Call, scope: Scope, evaluate: Evaluator) -> Node:
    """The first argument without a fault, with what may be unknown in it.

    Terraform takes nothing for known of an argument with something unknown in it, as that may turn out to
    be a fault. Here that would leave little of what modules write as `try(local.settings, {})`.
    """
    # Not the fault itself: its traceback would hold on to all that led here, in a circle.
    last = "terraform-argument-count", "try() takes at least 1 argument", expression.start, expression.end
    for argument in expression.arguments:
        try:
            return evaluate(argument, scope)
        except EvaluationFault as caught:
            _keep_static(caught, scope)
            last = caught.code, caught.message, caught.start, caught.end
    raise EvaluationFault(*last)


def _keep_static(fault: EvaluationFault, scope: Scope) -> None:
    """Keep a fault that Terraform finds before it evaluates anything, so that neither function is asked.

    Terraform documentation, try: errors that hold for any input are not caught. The value stays that of the
    function.
    """
    if type(fault) is EvaluationFault and fault.code == "terraform-undeclared":
        scope.budget.caught.append((scope.source, (fault.code, fault.message, fault.start, fault.end)))


def _can(expression: Call, scope: Scope, evaluate: Evaluator) -> Node:
    """Whether the argument has no fault; of one with something unknown in it that is not known."""
    if len(expression.arguments) != 1:
        message = f"can() takes 1 argument, and here are {len(expression.arguments)}"
        raise EvaluationFault("terraform-argument-count", message, expression.start, expression.end)
    invocation = Invocation(expression, (), scope, is_open=False)
    try:
        node = evaluate(expression.arguments[0], scope)
    except EvaluationFault as caught:
        _keep_static(caught, scope)
        return invocation.outcome(value=False)
    unknown = first_unknown(node)
    if unknown is not None:
        return invocation.outcome(derived(unknown), (node,))
    return invocation.outcome(True, (node,))


def _convert(expression: Call, scope: Scope, evaluate: Evaluator) -> Node:
    """The first argument as a value of the type that the second one is."""
    from vvbscan.views.terraform.conversion import convert, read_type

    if len(expression.arguments) != 2:
        message = f"convert() takes 2 arguments, and here are {len(expression.arguments)}"
        raise EvaluationFault("terraform-argument-count", message, expression.start, expression.end)
    value, wanted = expression.arguments
    return convert(evaluate(value, scope), read_type(wanted, scope))


_SPECIAL: Final = {"try": _try, "can": _can, "convert": _convert}
