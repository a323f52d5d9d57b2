"""The options of `RUN --mount`."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.views.dockerfile.expansion import Expanded
from vvbscan.views.images import flat_text
from vvbscan.views.records import computed

_OTHER_NAMES: Final = {
    "dst": "target",
    "destination": "target",
    "src": "source",
    "ro": "readonly",
    "rw": "readwrite",
}
"""Further names of options (Dockerfile reference, "RUN --mount")."""


def read_mount(flag: Expanded) -> dict[str, Node]:
    """The options of a mount by their first name; an option without a value is true.

    Fields are separated by commas; a field in double quotes may contain some. A mount without a `type` is a
    bind mount.
    """
    value = flag.node.value
    text = flat_text(value) if isinstance(value, Unknown) else str(value)
    options: dict[str, Node] = {}
    begin = 0
    while begin < len(text):
        quoted = text[begin] == '"'
        close = text.find('"', begin + 1) if quoted else -1
        stop = text.find(",", max(begin, close))
        stop = len(text) if stop < 0 else stop
        first, last = (begin + 1, close) if quoted and close > begin else (begin, stop)
        equals = text.find("=", first, last)
        name = text[first : last if equals < 0 else equals].lower()
        field = flag.part(first, last)
        options[_OTHER_NAMES.get(name, name)] = (
            computed(value=True, at=field) if equals < 0 else flag.part(equals + 1, last)
        )
        begin = stop + 1
    if "type" not in options:
        options["type"] = computed("bind", flag.node)
    return options
