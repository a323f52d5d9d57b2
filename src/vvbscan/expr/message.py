"""Messages with placeholders: `container {name} has no {got|limit}`.

A placeholder is a path below the scope it is said in, or below the subject; `{got}` is the blamed
value; `{$figure}` is a parameter. Behind `|` stands what is said when the value is not there. Values come
from the scanned tree: they are cut and freed of line breaks, so that a message stays one readable line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from vvbscan.expr.operators import shown
from vvbscan.expr.path import compile_path
from vvbscan.expr.scope import Scope
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.errors import RuleError
from vvbscan.model.node import Unknown
from vvbscan.model.subject import Ref

_PLACEHOLDER: Final = lazy_pattern(r"\{([^{}|]+)(?:\|([^{}]*))?\}")
_LONGEST: Final = 160


def bind_message(message: str, params: Mapping[str, object]) -> str:
    """Put the parameters of a rule into its message and check the paths of its other placeholders.

    Raises `RuleError` for a parameter that the rule does not have or a path that is none.
    """

    def bind(match: re.Match[str]) -> str:
        name = match.group(1)
        if not name.startswith("$"):
            compile_path(name)
            return match.group()
        if name[1:] not in params:
            raise RuleError(f"the message names `{name}`, which is not a parameter of the rule")
        value = params[name[1:]]
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

    return _PLACEHOLDER.sub(bind, message)


def fill_message(message: str, scope: Scope, refs: tuple[Ref, ...]) -> str:
    """Fill the placeholders of a bound message."""
    said = []
    for words, name, otherwise in _pieces(message):
        said.append(words)
        if name == "got" and refs:
            text = None if refs[0].absent else shown(refs[0].node)
        else:
            text = _look(name, scope) if name else ""
        said.append(otherwise if text is None else one_line(text))
    return "".join(said)


@cache
def _pieces(message: str) -> tuple[tuple[str, str, str], ...]:
    """A message in pieces: words, the placeholder behind them, and what is said if there is no value."""
    pieces = []
    position = 0
    for match in _PLACEHOLDER.finditer(message):
        name, otherwise = match.groups()
        pieces.append(
            (message[position : match.start()], name, "(not set)" if otherwise is None else otherwise)
        )
        position = match.end()
    return (*pieces, (message[position:], "", ""))


def one_line(text: str) -> str:
    """Text of the scanned tree as it may stand in a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"


def _look(path: str, scope: Scope | None) -> str | None:
    steps = compile_path(path)
    while scope is not None:
        found = scope.find(path, steps)
        if not found.absent and found.unknown is None:
            return shown(found.node)
        if isinstance(found.unknown, Unknown) and found.unknown.parts:
            return shown(found.node)
        scope = scope.outer
    return None
