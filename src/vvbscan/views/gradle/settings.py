"""Scripts as lists of settings: each statement with the names of the blocks that it stands in.

`tasks.named("test") { ignoreFailures = true }` is the setting `test`, `ignoreFailures`: what only looks
something up is left out, and names in quotes are names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.model.node import Source
from vvbscan.parse.gradle_tree import Argument, Block, Chain, Expression, Link, Literal, Statement
from vvbscan.record import NamedTuple

_LOOKS_UP: Final = frozenset(
    {
        *("tasks", "named", "getByName", "configureEach", "configure", "withType", "all", "project", "the"),
        *(
            "apply",
            "also",
            "run",
            "with",
            "each",
            "forEach",
            "rootProject",
            "extensions",
            "getting",
            "maybeCreate",
        ),
        *("afterEvaluate", "this", "self"),
    }
)
_SETS: Final = frozenset({"set", "convention", "value"})


class Setting(NamedTuple):
    """A statement in its place."""

    path: tuple[str, ...]
    values: tuple[Argument, ...]
    """What is assigned, or what is called with."""
    operator: str
    conditional: bool
    """Whether something decides if it is run."""
    statement: Statement
    source: Source
    block: Block | None
    """The block that the last name has."""

    @property
    def value(self) -> Expression | None:
        """The only value."""
        return self.values[0].value if len(self.values) == 1 else None


def settings_of(
    block: Block, source: Source, context: tuple[str, ...] = (), *, conditional: bool = False
) -> Iterator[Setting]:
    """The settings of a block and of those in it, in written order."""
    for one in block.statements:
        if one.keyword == "if":
            if isinstance(one.target, Block):
                yield from settings_of(one.target, source, context, conditional=True)
            continue
        yield from _of_statement(one, source, context, conditional=conditional)


def _of_statement(
    one: Statement, source: Source, context: tuple[str, ...], *, conditional: bool
) -> Iterator[Setting]:
    target = one.target
    names: tuple[str, ...] = ()
    last: Link | None = None
    if isinstance(target, Chain):
        last = target.links[-1]
        names = _names(target.links[:-1], arguments=True) + _names((last,), arguments=False)
    path = context + names
    values: tuple[Argument, ...] = ()
    if one.value is not None:
        values = (Argument("", one.value),)
    elif one.arguments:
        values = one.arguments
    elif last is not None:
        values = last.arguments or ()
        if last.name in _SETS and len(names) > 1 and len(values) == 1:
            path = path[:-1]
    operator = one.operator or ("=" if path != context + names else "")
    yield Setting(path, values, operator, conditional, one, source, None if last is None else last.block)
    if isinstance(target, Chain):
        yield from _of_blocks(target, source, context, conditional=conditional)
    for argument in one.arguments:
        yield from _of_value(argument.value, source, path, conditional=conditional)
    for pair in one.pairs:
        yield from _of_value(pair.value, source, path, conditional=conditional)
    if isinstance(one.value, Chain):
        yield from _of_blocks(one.value, source, context, conditional=conditional)


def _of_value(
    value: Expression, source: Source, context: tuple[str, ...], *, conditional: bool
) -> Iterator[Setting]:
    if isinstance(value, Chain):
        yield from _of_blocks(value, source, context, conditional=conditional)
    elif isinstance(value, Block):
        yield from settings_of(value, source, context, conditional=conditional)


def _of_blocks(
    chain: Chain, source: Source, context: tuple[str, ...], *, conditional: bool
) -> Iterator[Setting]:
    for number, link in enumerate(chain.links):
        if link.block is not None:
            inner = context + _names(chain.links[: number + 1], arguments=True)
            yield from settings_of(link.block, source, inner, conditional=conditional)
        elif link.arguments and isinstance(link.arguments[-1].value, Block):
            inner = context + _names(chain.links[: number + 1], arguments=True)
            yield from settings_of(link.arguments[-1].value, source, inner, conditional=conditional)


def _names(links: Iterable[Link], *, arguments: bool) -> tuple[str, ...]:
    names: list[str] = []
    for link in links:
        if link.name not in _LOOKS_UP and link.name != "[]":
            names.append(link.name)
        if link.types:
            names.append(link.types.strip())
        if arguments or link.name == "[]":
            names += [name for one in link.arguments or () if (name := _as_name(one.value))]
    return tuple(names)


def _as_name(value: Expression) -> str:
    if isinstance(value, Literal):
        return value.value if isinstance(value.value, str) else ""
    if isinstance(value, Chain):
        names = [link.name for link in value.links if link.name not in ("class", "java")]
        return names[-1] if names else ""
    return ""
