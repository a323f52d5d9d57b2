"""Functions of files and paths. Only files of the tree are read; what Terraform finds elsewhere is unknown.

Source: Terraform language, "Filesystem Functions".
"""

from __future__ import annotations

import posixpath
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Final

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import COMPUTED, PLAIN, MapValue, Node, Origin, Source, Unknown
from vvbscan.parse.hcl_tree import Step
from vvbscan.text import SourceText
from vvbscan.views.terraform.encoded import opens_structure, remembering
from vvbscan.views.terraform.functions.invocation import Function, Invocation
from vvbscan.views.terraform.scope import EvaluationFault, Names, Referred, Scope
from vvbscan.views.terraform.values import Exhausted, text_of, wrong_value

_MOST_TEMPLATES: Final = 10
"""Templates that may be filled in within each other."""
_DEEPEST: Final = 350
"""Depth of evaluation from which on templates are not parsed, which needs 400 calls more."""


def _read(invocation: Invocation) -> Source | Unknown:
    path = invocation.argument(0, "text")
    if isinstance(path, Unknown):
        return path
    source = invocation.scope.names.read_file(path)
    if source is None:
        return Unknown("remote", f"the file {path[:200]} is not in the tree")
    return source


def _file(invocation: Invocation) -> Node:
    """The text of a file, at its place in that file."""
    source = _read(invocation)
    if isinstance(source, Unknown):
        return invocation.unknown(source)
    text = invocation.check_length(source.text.text)
    start, end = invocation.expression.start, invocation.expression.end
    return Node(
        text, source, 0, len(text), PLAIN, (Origin("read here", invocation.scope.source, start, end),)
    )


def file_text(change: Callable[[str], str]) -> Function:
    """A function of the text of a file."""

    def apply(invocation: Invocation) -> Node:
        source = _read(invocation)
        if isinstance(source, Unknown):
            return invocation.unknown(source)
        text = source.text.text
        if "\ufffd" in text or source.text.bom:
            reason = f"the bytes of {source.path} are not those of its text"
            return invocation.unknown(Unknown("expression", reason))
        return invocation.outcome(invocation.check_length(change(text)))

    return Function(1, 1, apply)


def _fileexists(invocation: Invocation) -> Node:
    source = _read(invocation)
    return invocation.unknown(source) if isinstance(source, Unknown) else invocation.outcome(value=True)


def _abspath(invocation: Invocation) -> Node:
    path = invocation.argument(0, "text")
    if isinstance(path, Unknown):
        return invocation.unknown(path)
    if path.startswith("/"):
        return invocation.outcome(_clean(path))
    return invocation.unknown(Unknown("variable", "`abspath()` depends on where Terraform runs"))


def _pathexpand(invocation: Invocation) -> Node:
    path = invocation.argument(0, "text")
    if isinstance(path, Unknown):
        return invocation.unknown(path)
    if path.startswith("~"):
        return invocation.unknown(Unknown("variable", "`pathexpand()` depends on who runs Terraform"))
    return invocation.outcome(path)


def _clean(path: str) -> str:
    """Go's `filepath.Clean`."""
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _dirname(invocation: Invocation) -> Node:
    path = invocation.argument(0, "text")
    if isinstance(path, Unknown):
        return invocation.unknown(path)
    return invocation.outcome(_clean(path[: path.rfind("/") + 1] or "."))


def _basename(invocation: Invocation) -> Node:
    path = invocation.argument(0, "text")
    if isinstance(path, Unknown):
        if path.parts and path.parts[-1] and "/" in path.parts[-1].rstrip("/"):
            return invocation.outcome(path.parts[-1].rstrip("/").rpartition("/")[2])
        return invocation.unknown(path)
    if not path:
        return invocation.outcome(".")
    return invocation.outcome(path.rstrip("/").rpartition("/")[2] or "/")


class _TemplateFault(EvaluationFault):
    """A fault in a template, which its message names."""


class _TemplateNames:
    """The names of a template: there are none but its variables."""

    def __init__(self, names: Names, variables: MapValue, depth: int) -> None:
        self._names = names
        self._variables = variables
        self.depth = depth

    def refer(self, root: str, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        """See `Names`."""
        del steps
        rest = self._variables.rest
        if rest is not None:
            return Referred(Node(rest, Source("", SourceText("")), 0, 0, COMPUTED), 0)
        raise EvaluationFault("terraform-undeclared", f"the template has no variable `{root}`", start, end)

    def read_file(self, path: str) -> Source | None:
        """See `Names`."""
        return self._names.read_file(path)

    def entries(self, path: str) -> Mapping[str, bool] | None:
        """See `Names`."""
        return self._names.entries(path)


def _templatefile(invocation: Invocation) -> Node:
    source = _read(invocation)
    if isinstance(source, Unknown):
        return invocation.unknown(source)
    return _filled_in(invocation, source)


def _templatestring(invocation: Invocation) -> Node:
    text = invocation.argument(0, "text")
    if isinstance(text, Unknown):
        return invocation.unknown(text)
    return _filled_in(invocation, Source(invocation.scope.source.path, SourceText(text)))


def _filled_in(invocation: Invocation, source: Source) -> Node:
    """A template with its variables, which the second argument has."""
    from vvbscan.parse.hcl import parse_template
    from vvbscan.views.terraform.evaluate import evaluate

    variables = invocation.mapping(1)
    if isinstance(variables, Unknown):
        return invocation.unknown(variables)
    names = invocation.scope.names
    depth = names.depth + 1 if isinstance(names, _TemplateNames) else 1
    if depth > _MOST_TEMPLATES:
        raise wrong_value(f"more than {_MOST_TEMPLATES} templates are filled in within each other")
    if invocation.scope.budget.depth > _DEEPEST:
        raise Exhausted("a template is filled in deeper in other expressions than the limit allows")
    invocation.spend(1 + len(source.text.text) // 10)
    expression, problems = parse_template(source.text.text, DEFAULT_LIMITS)
    for problem in problems:
        if problem.level == "error":
            line = source.text.position(problem.start).line
            raise wrong_value(f"the template {source.path}, line {line}: {problem.message}")
    inner_names = _TemplateNames(names, variables, depth)
    scope = Scope(source, inner_names, variables.entries, invocation.scope.budget)
    try:
        filled = evaluate(expression, scope)
    except EvaluationFault as fault:
        message, place = fault.message, invocation.expression
        if not isinstance(fault, _TemplateFault):
            line = source.text.position(fault.start).line
            message = f"the template {source.path}, line {line}: {message}"
        raise _TemplateFault(fault.code, message, place.start, place.end) from None
    text = text_of(filled)
    if type(text) is str and opens_structure(text):
        text = remembering(text, (filled,))
    invocation.scope.budget.labels[filled] = "the template"
    return invocation.outcome(text, (filled,))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "abspath": Function(1, 1, _abspath),
    "basename": Function(1, 1, _basename),
    "dirname": Function(1, 1, _dirname),
    "file": Function(1, 1, _file),
    "filebase64": file_text(lambda text: b64encode(text.encode()).decode()),
    "fileexists": Function(1, 1, _fileexists),
    "pathexpand": Function(1, 1, _pathexpand),
    "templatefile": Function(2, 2, _templatefile),
    "templatestring": Function(2, 2, _templatestring),
}
