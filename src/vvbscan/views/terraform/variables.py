"""Variables: their types, and the files that give them values."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Final

from vvbscan.model.environment import EnvironmentPolicy
from vvbscan.model.node import Node, Source, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.conversion import convert, has_constant_defaults, read_type
from vvbscan.views.terraform.load import Declaration, Written
from vvbscan.views.terraform.scope import EvaluationFault, Scope
from vvbscan.views.terraform.value_types import ValueType
from vvbscan.views.terraform.values import Exhausted, Refused
from vvbscan.views.terraform.workspace import Workspace

_EVERYWHERE: Final = frozenset({"base", "common", "default", "defaults", "global", "globals", "shared"})
"""What a file is called whose values hold in every environment, beside those of a file for one."""
_GENERIC: Final = frozenset(
    {
        "config", "configs", "configuration", "env", "environment", "environments", "envs", "infra", "inputs",
        "main", "parameters", "params", "terraform", "tfvars", "values", "variables", "vars",
    }
)  # fmt: skip
"""Names of files and directories that say nothing about an environment."""
_SAMPLES: Final = frozenset({"example", "examples", "sample", "samples", "template", "templates"})


class ValueFiles(NamedTuple):
    """Which files give values in an environment, the strongest last."""

    environment: str
    paths: tuple[str, ...]
    judged: bool = True


def converted(node: Node, declaration: Declaration, scope: Scope, workspace: Workspace) -> Node:
    """A value as the type of a variable makes it. What it makes nothing of is told, and unknown."""
    written = declaration.attribute("type")
    if written is None:
        return node
    try:
        return convert(node, _type_of(written, scope, workspace.library.types))
    except EvaluationFault as fault:
        workspace.tell(written.source, fault)
        return node
    except Refused as refused:
        # Told where the value stands, which may be another file.
        message = f"var.{declaration.anchor.value} takes another type: {refused.message}"
        workspace.notices.at("warning", refused.code, message, node.source, node.start, node.end)
        return node.replace_value(Unknown("expression", message))
    except Exhausted as exhausted:
        return node.replace_value(Unknown("limit", str(exhausted)))


def _type_of(written: Written, scope: Scope, known: dict[tuple[Source, int], ValueType]) -> ValueType:
    """The type that is written, from those that are known if nothing in it depends on the module's values."""
    place = written.source, written.attribute.name.start
    found = known.get(place)
    if found is None:
        expression = written.attribute.expression
        found = read_type(expression, scope._replace(source=written.source))
        if has_constant_defaults(expression):
            known[place] = found
    return found


def value_files(directory: str, paths: Iterable[str], policy: EnvironmentPolicy) -> tuple[ValueFiles, ...]:
    """The environments of a root module, by the files of values that belong to it.

    Terraform reads `terraform.tfvars`, `terraform.tfvars.json` and `*.auto.tfvars` by itself, in this order
    (https://developer.hashicorp.com/terraform/language/values/variables); what is named with `-var-file`
    is stronger.
    """
    automatic: list[str] = []
    everywhere: list[str] = []
    named: list[tuple[str, str]] = []
    for path in sorted(paths):
        environment = environment_of_values(directory, path)
        if posixpath.dirname(path) == directory and is_automatic(path):
            automatic.append(path)
        elif environment in _EVERYWHERE:
            everywhere.append(path)
        else:
            named.append((environment, path))
    automatic.sort(key=_automatic_order)
    always = (*automatic, *everywhere)
    judged = policy.judged(name for name, _ in named if policy.production or not _is_sample(name))
    sets = tuple(ValueFiles(name, (*always, path), name in judged) for name, path in named)
    if any(one.judged for one in sets):
        return sets
    return (ValueFiles("", always), *sets)


def is_automatic(path: str) -> bool:
    """Whether Terraform reads a file of values by itself, if it stands beside the module."""
    name = posixpath.basename(path).removesuffix(".json")
    return name == "terraform.tfvars" or name.endswith(".auto.tfvars")


def environment_of_values(directory: str, path: str) -> str:
    """The environment that a file of values is for: what its path says below (or beside) its module."""
    relative = posixpath.relpath(path, directory or ".")
    folder, name = posixpath.split(relative)
    stem = name.removesuffix(".json").removesuffix(".tfvars").removesuffix(".auto")
    words = [word for word in folder.split("/") if word not in ("", "..") and word not in _GENERIC]
    if stem not in _GENERIC or not words:
        words.append(stem)
    return "/".join(words)


def _automatic_order(path: str) -> tuple[int, str]:
    name = posixpath.basename(path)
    return (0 if name == "terraform.tfvars" else 1 if name == "terraform.tfvars.json" else 2, name)


def _is_sample(environment: str) -> bool:
    return not _SAMPLES.isdisjoint(environment.lower().replace("-", "/").replace("_", "/").split("/"))
