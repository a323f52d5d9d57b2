"""What stands at the top of a file of Terraform: blocks that Terraform has, with the labels that they have.

Source: Terraform language, `internal/configs/parser_config.go` (configFileSchema).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Problem
from vvbscan.parse.hcl_tree import Block, HclFile
from vvbscan.views.terraform.own_blocks import of_own_block

_CODE: Final = "terraform-block"
_TYPE_AND_NAME: Final = ("type", "name")
_NAME: Final = ("name",)
_LABELS: Final[dict[str, tuple[str, ...]]] = {
    "action": _TYPE_AND_NAME,
    "check": _NAME,
    "data": _TYPE_AND_NAME,
    "ephemeral": _TYPE_AND_NAME,
    "import": (),
    "locals": (),
    "module": _NAME,
    "moved": (),
    "output": _NAME,
    "provider": _NAME,
    "removed": (),
    "resource": _TYPE_AND_NAME,
    "terraform": (),
    "variable": _NAME,
}
"""What the labels of a block say, by its type."""
_REPEATED: Final = frozenset({"data", "ephemeral", "module", "resource"})
"""Blocks that `count` or `for_each` makes several of."""


def misplaced(file: HclFile, *, override: bool) -> Iterator[Problem]:
    """What Terraform refuses at the top of a file, in the heads of its blocks, and in blocks of its own.

    Nothing of a file with an error of syntax: what is lost may be the beginning of what is found.
    """
    if any(problem.level == "error" for problem in file.problems):
        return
    for attribute in file.body.attributes.values():
        name = attribute.name
        message = f"`{name.text}` is an argument outside of any block: it is not used"
        hint = "write it as a block, without `=`" if name.text in _LABELS else _meant(name.text)
        yield Problem("warning", _CODE, message, name.start, name.end, hint)
    for block in file.body.blocks:
        yield from _of_block(block)
        yield from of_own_block(block, override=override)


def _of_block(block: Block) -> Iterator[Problem]:
    kind = block.type
    wanted = _LABELS.get(kind.text)
    if wanted is None:
        message = f"`{kind.text}` is no type of block that Terraform has: it was not judged"
        yield Problem("warning", _CODE, message, kind.start, kind.end, _meant(kind.text))
        return
    if len(block.labels) != len(wanted):
        labels = len(block.labels)
        asked = " and ".join(f"a {label}" for label in wanted) or "no label"
        message = f"a block `{kind.text}` has {asked}, and this one has {labels or 'no'} label"
        message += "" if labels == 1 else "s"
        end = block.labels[-1].end if block.labels else kind.end
        hint = "write `" + " ".join((kind.text, *(f'"{label}"' for label in wanted))) + " { … }`"
        yield Problem("warning", _CODE, message, kind.start, end, hint)
    attributes = block.body.attributes
    if kind.text in _REPEATED and "count" in attributes and "for_each" in attributes:
        name = attributes["for_each"].name
        message = "a block has `count` or `for_each`, and this one has both"
        yield Problem("warning", _CODE, message, name.start, name.end, "remove one of them")


def _meant(name: str) -> str:
    """The type of block that a name is meant to be, if one is near."""
    import difflib  # only for a message

    close = difflib.get_close_matches(name, _LABELS, 1, 0.7)
    return f"did you mean `{close[0]}`?" if close else ""
