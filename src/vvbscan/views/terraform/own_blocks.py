"""What Terraform's own blocks hold: arguments and blocks that they have, and those that they need.

Source: Terraform language, reference of each block; `internal/configs` (variableBlockSchema and others). What
only OpenTofu or a later version has is taken as known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.model.node import Problem
from vvbscan.parse.hcl_tree import Block, Literal, Name
from vvbscan.record import NamedTuple

_CODE: Final = "terraform-block"


class _Schema(NamedTuple):
    """What a block of a type may hold."""

    known: frozenset[str]
    needed: tuple[str, ...] = ()


def _schema(known: str, needed: str = "") -> _Schema:
    return _Schema(frozenset(f"{known} {needed}".split()), tuple(needed.split()))


_LIFECYCLE: Final = _schema(
    "action_trigger create_before_destroy destroy enabled ignore_changes postcondition precondition"
    " prevent_destroy replace_triggered_by"
)
_BLOCKS: Final = {
    "import": _schema("for_each id identity provider", "to"),
    "moved": _schema("", "from to"),
    "output": _schema("depends_on deprecated description ephemeral precondition sensitive type", "value"),
    "removed": _schema("connection lifecycle provisioner", "from"),
    "variable": _schema("const default deprecated description ephemeral nullable sensitive type validation"),
}
_VALIDATION: Final = _schema("", "condition error_message")
_BACKENDS: Final = frozenset({"backend", "cloud"})
_RESERVED: Final = frozenset(
    {"count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"}
)
"""Names that the arguments of a call of a module have."""


def of_own_block(block: Block, *, override: bool) -> Iterator[Problem]:
    """What Terraform refuses in a block at the top of a file. An override file need not repeat things."""
    kind = block.type.text
    schema = _BLOCKS.get(kind)
    if schema is not None:
        yield from _held(block, schema, override=override)
    for inner in block.body.blocks:
        if inner.type.text == "lifecycle" and kind in {"data", "resource"}:
            yield from _held(inner, _LIFECYCLE, override=override)
        elif inner.type.text == "validation" and kind == "variable":
            yield from _held(inner, _VALIDATION, override=override)
    if kind == "variable":
        yield from _of_variable(block)


def settings_in(block: Block) -> Iterator[tuple[str, Block]]:
    """What of a block `terraform` or `provider` a module has once, in words, and the block that says it."""
    if block.type.text == "terraform":
        yield from (("the backend", inner) for inner in block.body.blocks if inner.type.text in _BACKENDS)
    elif len(block.labels) == 1:
        alias = block.body.attributes.get("alias")
        name = f'`provider "{block.labels[0].text}"`'
        if alias is None:
            yield name, block
        elif isinstance(alias.expression, Literal):
            yield f"{name} with the alias `{alias.expression.value}`", block


def _held(block: Block, schema: _Schema, *, override: bool) -> Iterator[Problem]:
    kind, body = block.type.text, block.body
    names = [attribute.name for attribute in body.attributes.values()]
    names += [inner.type for inner in body.blocks if inner.type.text != "dynamic"]
    for name in names:
        if name.text not in schema.known and name.text != "//":
            message = f"`{name.text}` is nothing that a block `{kind}` has: it is not used"
            yield Problem("warning", _CODE, message, name.start, name.end, _meant(name, schema.known))
    given = {name.text for name in names}
    for needed in () if override else schema.needed:
        if needed not in given:
            message = f"this block `{kind}` has no `{needed}`"
            yield Problem("warning", _CODE, message, block.type.start, block.type.end)


def _of_variable(block: Block) -> Iterator[Problem]:
    label = block.labels[0] if block.labels else None
    if label is not None and label.text in _RESERVED:
        message = f"no variable is called `{label.text}`: calls of modules have an argument of that name"
        yield Problem("warning", _CODE, message, label.start, label.end)
    nullable, default = (block.body.attributes.get(name) for name in ("nullable", "default"))
    if nullable is None or default is None:
        return
    values = [one.expression.value for one in (nullable, default) if isinstance(one.expression, Literal)]
    if len(values) == 2 and values[0] is False and values[1] is None:
        message = "the default is null, which `nullable = false` refuses"
        yield Problem("warning", "terraform-type", message, default.expression.start, default.expression.end)


def _meant(name: Name, known: Iterable[str]) -> str:
    import difflib  # only for a message

    close = difflib.get_close_matches(name.text, sorted(known), 1, 0.7)
    return f"did you mean `{close[0]}`?" if close else ""
