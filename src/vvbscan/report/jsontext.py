"""JSON text as reports are written: indented by two, in the order of the data, valid for every reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import Any, Final, TypeAlias

from vvbscan.lazy_pattern import lazy_pattern

Json: TypeAlias = "bool | int | str | Sequence[Json] | Iterator[Json] | Mapping[str, Json] | None"
"""What reports are made of: dicts, lists and tuples of scalars. Floats do not occur in them. A named tuple is
written as an object with its fields; it must be hashable.

A list can be an iterator: of a great many items each is then forgotten when it is written.
"""

_SCALARS: Final[Mapping[type, Callable[[Any], str]]] = {
    str: _quoted,
    int: str,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): {None: "null"}.__getitem__,
}
_SURROGATE: Final = lazy_pattern("[\ud800-\udfff]")


def to_json(value: Json) -> str:
    """The text of `json.dumps(value, indent=2, ensure_ascii=False)` and a line end, in a third of its time.

    `json` leaves its C encoder when it is to indent. A lone surrogate (a byte of a file name that is not
    UTF-8) is written as the six characters of its escape, because the JSON escape of a lone surrogate is
    refused by strict readers.
    """
    text = _render(value, "\n") + "\n"
    return text if text.isascii() else _SURROGATE.sub(_spelled, text)


def _render(value: Any, margin: str) -> str:
    kind = type(value)
    write = _SCALARS.get(kind)
    if write is not None:
        return write(value)
    if kind is tuple or kind is list:
        if len(value) == 1 and type(value[0]) is str:
            return _single(value[0], margin)
        return _list(value, margin) if value else "[]"
    if kind is dict:
        return _shape(tuple(value), margin) % tuple(_texts(value.values(), margin + "  ")) if value else "{}"
    if hasattr(value, "_fields"):
        return _record(value, margin)
    if isinstance(value, Iterator):
        return _list(value, margin)
    raise TypeError(f"{kind.__name__} has no place in a report")


def _list(values: Iterable[Any], margin: str) -> str:
    inner = margin + "  "
    items = f",{inner}".join(_texts(values, inner))
    return f"[{inner}{items}{margin}]" if items else "[]"


@lru_cache(256)  # that is how findings name boxes and environments, of which there are few
def _single(text: str, margin: str) -> str:
    return f"[{margin}  {_quoted(text)}{margin}]"


@lru_cache(256, typed=True)  # findings that follow each other often have their place in common
def _record(value: Any, margin: str) -> str:
    return _shape(value._fields, margin) % tuple(_texts(value, margin + "  "))


def _texts(values: Iterable[Any], margin: str) -> list[str]:
    scalar = _SCALARS.get
    # Most values are scalars: to write them here saves most of the calls.
    return [
        _render(item, margin) if write is None else write(item)
        for item in values
        for write in (scalar(type(item)),)
    ]


@lru_cache(256)
def _shape(names: tuple[str, ...], margin: str) -> str:
    """The text of an object with a place for each of its values: most objects of a report have few shapes."""
    members = (f"{margin}  {_quoted(name)}".replace("%", "%%") for name in names)
    return f"{{{','.join(f'{member}: %s' for member in members)}{margin}}}"


def _spelled(match: re.Match[str]) -> str:
    return f"\\\\u{ord(match[0]):04x}"
