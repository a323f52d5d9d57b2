"""Whole modules against two oracles: python-hcl2 for what is written, Terraform for what it comes to.

The plans beside the modules in `tests/data/terraform` were made by Terraform 1.11.4; CI does not run it.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import hcl2
import pytest

from views.terraform_support import value
from vvbscan.engine.plan import environment_of_path
from vvbscan.engine.tree import DirectoryTree
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.unit import Options, Unit
from vvbscan.views.terraform.kind import KIND, model_of
from vvbscan.views.terraform.load import is_module_file
from vvbscan.views.terraform.model import Configuration
from vvbscan.views.terraform.plan_values import same_scalar
from vvbscan.views.terraform.planning import plan_terraform

TESTS: Final = Path(__file__).parent.parent
RECORDED: Final = TESTS / "data" / "terraform"
FIXTURES: Final = TESTS.parent / "fixtures"
MODULES: Final = tuple(
    dict.fromkeys(path.parent for folder in (RECORDED, FIXTURES) for path in sorted(folder.rglob("*.tf")))
)
REFUSED: Final = {RECORDED / "language": "strip markers (`${~`), which the specification has"}
"""Modules that python-hcl2 cannot read, though Terraform does."""
_LARGE: Final = 10_000_000


def configuration_of(directory: Path) -> Configuration:
    """What a module comes to with the values that production gets."""
    tree = DirectoryTree(str(directory), _LARGE)
    paths = [path.relative_to(directory).as_posix() for path in sorted(directory.rglob("*"))]
    files = [path for path in paths if path.endswith(".tfvars") or is_module_file(posixpath.basename(path))]
    units = {unit.id: unit for unit in plan_terraform(files, tree, Options(), environment_of_path)}
    return model_of(KIND.load(_judged(units["terraform:."]), tree, Options())).configurations[0]


def _judged(unit: Unit) -> Unit:
    return unit._replace(judged=True)


# python-hcl2: literals


@pytest.mark.parametrize(
    "directory",
    [one for one in MODULES if one not in REFUSED],
    ids=lambda path: path.relative_to(TESTS.parent).as_posix(),
)
def test_resources_and_their_literals_are_those_of_python_hcl2(directory: Path) -> None:
    theirs = dict(blocks_of_python_hcl2(directory))
    resources = [one for one in configuration_of(directory).resources if not one.module]
    mine: dict[tuple[str, str, str], Node] = {}
    for one in resources:
        mine.setdefault((one.mode, one.type, one.name), one.root)
    uncounted = {key: body for key, body in theirs.items() if not {"count", "for_each"} & body.keys()}
    assert uncounted.keys() <= mine.keys()
    assert mine.keys() <= theirs.keys()
    for key, root in mine.items():
        for path, wanted, found in literals(theirs[key], root, ".".join(key)):
            assert found == wanted, path


@pytest.mark.parametrize("directory", REFUSED)
def test_what_python_hcl2_refuses_is_still_refused(directory: Path) -> None:
    with pytest.raises(Exception, match="~"):
        dict(blocks_of_python_hcl2(directory))


def blocks_of_python_hcl2(directory: Path) -> Iterator[tuple[tuple[str, str, str], dict[str, Any]]]:
    """Mode, type and name of each resource and data source, with its body."""
    for path in sorted(directory.glob("*.tf")):
        document = hcl2.loads(path.read_text("utf-8"))
        for kind, mode in (("resource", "managed"), ("data", "data")):
            for block in document.get(kind, ()):
                for type_name, named in block.items():
                    for name, body in named.items():
                        yield (mode, type_name.strip('"'), name.strip('"')), body


NO_ARGUMENTS: Final = frozenset(
    {
        *("count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"),
        *("dynamic", "__is_block__", "__comments__"),
    }
)


def literals(theirs: Any, mine: Node | None, path: str) -> Iterator[tuple[str, object, object]]:
    """Pairs of what both say of a literal, with its path. What python-hcl2 gives as an expression is left out.

    So are heredocs, of which it gives the source.
    """
    if isinstance(theirs, dict):
        if mine is None or not isinstance(mine.value, MapValue):
            return
        dynamic = {label.strip('"') for block in theirs.get("dynamic", ()) for label in block}
        for name, inner in theirs.items():
            if name not in NO_ARGUMENTS and name not in dynamic and not name.startswith("${"):
                yield from literals(inner, mine.get(name.strip('"')), f"{path}.{name}")
    elif isinstance(theirs, list):
        if any(isinstance(item, str) and item.startswith("${") for item in theirs):
            return
        items = mine.items() if mine is not None else ()
        yield path, len(theirs), len(items)
        for index, (inner, item) in enumerate(zip(theirs, items, strict=False)):
            yield from literals(inner, item, f"{path}[{index}]")
    elif isinstance(theirs, str):
        text = text_of(theirs)
        if text is not None:
            yield path, text, value(mine) if mine is not None else None
    else:
        yield path, theirs, value(mine) if mine is not None else None


def text_of(raw: str) -> str | None:
    """The text of a string that python-hcl2 gives as it is written, None if it is no literal."""
    inner = raw.replace("$${", "").replace("%%{", "")
    if not raw.startswith('"') or raw.startswith('"<<') or "${" in inner or "%{" in inner or "\\U" in raw:
        return None
    text: str = json.loads(raw.replace("$${", "${").replace("%%{", "%{"))
    return text


# Terraform: what expressions come to

OTHERWISE: Final = {
    "approval": {
        # The text is only compared as JSON by Terraform's provider, which writes it anew.
        "aws_iam_role_policy.tasks.policy",
        # Documents are put together by the views of policies.
        "aws_iam_role.tasks.assume_role_policy",
    },
    "language": set[str](),
}
"""Arguments whose values are others than those of the plan, with the reason; Terraform is right in all."""


@pytest.mark.parametrize(("name", "plan"), [("language", "plan.json"), ("approval", "prod.plan.json")])
def test_values_are_those_that_terraform_plans(name: str, plan: str) -> None:
    theirs = dict(planned_resources(json.loads((RECORDED / name / plan).read_text("utf-8"))))
    mine = {
        one.address: one.root for one in configuration_of(RECORDED / name).resources if one.mode == "managed"
    }
    assert mine.keys() == theirs.keys()
    different = {path for address in theirs for path in differences(address, mine[address], *theirs[address])}
    assert different == OTHERWISE[name]


def planned_resources(plan: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Address, values and marks of what is unknown of each managed resource."""
    unknown = {one["address"]: one["change"]["after_unknown"] for one in plan["resource_changes"]}
    pending = [plan["planned_values"]["root_module"]]
    while pending:
        module = pending.pop()
        for one in module.get("resources", ()):
            yield one["address"], (one["values"], unknown[one["address"]])
        pending += module.get("child_modules", ())


def differences(path: str, mine: Node | None, theirs: Any, unknown: Any) -> Iterator[str]:
    """Paths of what is evaluated otherwise. What the provider adds is left out."""
    found = mine.value if mine is not None else None
    if unknown is True:
        if not isinstance(found, (Unknown, SeqValue)):
            yield path
    elif isinstance(found, MapValue) and isinstance(theirs, dict):
        marks = unknown if isinstance(unknown, dict) else {}
        for name, member in found.entries.items():
            yield from differences(f"{path}.{name}", member, theirs.get(name), marks.get(name))
        if path.endswith(".input"):
            # No provider has a hand in these: all that Terraform has must be there.
            yield from (
                f"{path}.{name}"
                for name, one in theirs.items()
                if one is not None and name not in found.entries
            )
    elif isinstance(found, SeqValue) and isinstance(theirs, list):
        if len(found.items) != len(theirs):
            yield path
        for index, (item, wanted) in enumerate(zip(found.items, theirs, strict=False)):
            mark = unknown[index] if isinstance(unknown, list) and index < len(unknown) else None
            yield from differences(f"{path}[{index}]", item, wanted, mark)
    elif not same_scalar(found, theirs):
        yield path
