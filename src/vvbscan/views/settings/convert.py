"""Values as the platform converts them: booleans, numbers, durations, sizes and lists."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, Node, SeqValue
from vvbscan.views.settings.flatten import split_list
from vvbscan.views.settings.names import SPRING
from vvbscan.views.settings.specs import BOOLEAN, DURATION, INTEGER, LIST, MILLISECONDS, NUMBER, SIZE

_QUARKUS_TRUE: Final = frozenset({"true", "yes", "y", "on", "1"})
"""SmallRye Config 3, `Converters.BooleanConverter`: every other text is false."""
_SPRING_BOOLEANS: Final = {
    **dict.fromkeys(("true", "on", "yes", "1"), True),
    **dict.fromkeys(("false", "off", "no", "0"), False),
}
"""Spring Framework 6, `StringToBooleanConverter`: other texts are an error."""
_INTEGER: Final = lazy_pattern(r"[-+]?[0-9]{1,18}")
_NUMBER: Final = lazy_pattern(r"[-+]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_QUARKUS_SIZE: Final = lazy_pattern(r"([0-9]{1,18})([KkMmGgTtPpEeZzYy]?)")
_SPRING_SIZE: Final = lazy_pattern(r"([0-9]{1,18})(B|KB|MB|GB|TB)?")


def convert(node: Node, kind: str, framework: str) -> Node:
    """The node with its string turned into a value of the type; as it is where that cannot be done."""
    text = node.value
    if not isinstance(text, str):
        return node
    if kind == LIST:
        return Node(SeqValue(split_list(node)), node.source, node.start, node.end, COMPUTED, node.via)
    value = _scalar(text.strip(), kind, framework)
    return node if value is None else node._replace(value=value)


def _scalar(text: str, kind: str, framework: str) -> str | int | float | bool | None:
    if not text:
        return None
    spring = framework == SPRING
    if kind == BOOLEAN:
        return _SPRING_BOOLEANS.get(text.lower()) if spring else text.lower() in _QUARKUS_TRUE
    if kind == INTEGER:
        return int(text) if _INTEGER.fullmatch(text) else None
    if kind == NUMBER:
        return float(text) if _NUMBER.fullmatch(text) else None
    if kind in {DURATION, MILLISECONDS}:
        # A plain number is milliseconds to Spring and seconds to Quarkus, which is what it means here too.
        return f"{text}ms" if spring and _INTEGER.fullmatch(text) else None
    if kind == SIZE:
        return _spring_size(text) if spring else _quarkus_size(text)
    return None


def _quarkus_size(text: str) -> int | None:
    """Quarkus, `MemorySizeConverter`: one letter, powers of 1024."""
    match = _QUARKUS_SIZE.fullmatch(text)
    return int(match[1]) * _power(match[2]) if match else None


def _spring_size(text: str) -> int | None:
    """Spring Framework 6, `DataSize`: `KB`, `MB`, `GB` and `TB` are powers of 1024."""
    match = _SPRING_SIZE.fullmatch(text)
    return int(match[1]) * _power((match[2] or "B")[0].replace("B", "")) if match else None


def _power(letter: str) -> int:
    return 1024 ** ("KMGTPEZY".index(letter.upper()) + 1) if letter else 1
