"""Documents of configuration files as the flat lists of names and texts that the platforms make of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import PLAIN, MapValue, Node, SeqValue, Source, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.settings.names import SPRING

_MAVEN: Final = lazy_pattern(r"@[A-Za-z][\w-]*(?:\.[\w-]+)+@|\A@[A-Za-z][\w-]*@\Z")
"""What Maven's resource filtering fills in; spring-boot-starter-parent sets its delimiter to `@`."""
_YAML_MAVEN: Final = lazy_pattern(r"(?<=[:-] )([ \t]*)@([A-Za-z][\w.-]*)@")
_MASK: Final = "\ue000"
_TRUE_FALSE: Final = {
    "true": "true",
    "yes": "true",
    "on": "true",
    "false": "false",
    "no": "false",
    "off": "false",
}
_UNESCAPED_COMMA: Final = lazy_pattern(r"\\.|(,)", re.DOTALL)


class Written(NamedTuple):
    """A setting as a document writes it."""

    name: str
    """The whole name as the platform joins it, with a profile where the key has one."""
    key: Node
    """The key, of YAML the last step of it."""
    value: Node
    """A string or an unknown."""


def mask_maven(text: str) -> str:
    """YAML text whose values may begin with `@...@`, which only Maven makes valid; positions stay."""
    return _YAML_MAVEN.sub(lambda match: f"{match[1]}{_MASK}{match[2]}{_MASK}", text)


def flatten_properties(root: Node, framework: str) -> Iterator[Written]:
    """The settings of a document of a properties file."""
    for name, key, value in root.members():
        if framework != SPRING:
            yield Written(name, key, value)
        elif name.endswith("[]"):
            # Spring Boot 2.4 and later: `name[]=a,b` is short for `name[0]=a` and `name[1]=b`.
            for index, item in enumerate(split_list(value)):
                yield Written(f"{name[:-2]}[{index}]", key, item)
        else:
            yield Written(name, key, _filtered(value))


def flatten_yaml(root: Node, source: Source, framework: str, most: int) -> Iterator[Written]:
    """The settings of a YAML document, at most `most` of them; nodes are given the file's own source.

    Quarkus: SmallRye Config 3, `YamlConfigSource.flattenYaml`. A key with dots is one quoted segment, the key
    `~` stands for the mapping itself, nulls are no settings, lists of scalars are one text with commas too.
    Spring: Spring Framework 6, `YamlProcessor.buildFlattenedMap`. Keys with dots are several segments,
    numbers as keys are indexes, nulls and empty lists are empty strings.
    """
    spring = framework == SPRING
    stack: list[tuple[str, Node, Node]] = [("", root, root)]
    steps = 0
    while stack and steps < most:
        steps += 1
        path, key, node = stack.pop()
        value = node.value
        if isinstance(value, MapValue):
            if spring and not value.entries and path:
                yield Written(path, _own(key, source), _own(node, source)._replace(value=""))
            inner = [
                (_join(path, child_key, spring=spring), child_key, child)
                for _, child_key, child in node.members()
            ]
            stack += reversed(inner)
        elif isinstance(value, SeqValue):
            joined = _joined(value, spring=spring)
            if joined is not None and path:
                yield Written(path, _own(key, source), _own(node, source).replace_value(joined))
            items = value.items[: most - steps]
            stack += [
                (f"{path}[{index}]", items[index], items[index]) for index in range(len(items) - 1, -1, -1)
            ]
        elif path and (spring or value is not None):
            yield Written(path, _own(key, source), _scalar(_own(node, source), spring=spring))


def split_list(node: Node) -> tuple[Node, ...]:
    """The items of a string with commas, blanks around them left out; a comma behind a backslash is text."""
    text = node.value
    if not isinstance(text, str):
        return (node,)
    commas = [match.start() for match in _UNESCAPED_COMMA.finditer(text) if match.group(1)]
    items = []
    start = 0
    for comma in (*commas, len(text)):
        written = text[start:comma]
        begin = start + len(written) - len(written.lstrip())
        stop = begin + len(written.strip())
        if stop > begin:
            item = node.part(begin, stop)
            items.append(item._replace(value=text[begin:stop].replace("\\,", ",")))
        start = comma + 1
    return tuple(items)


def _join(path: str, key: Node, *, spring: bool) -> str:
    text = key.value
    segment = text if isinstance(text, str) else key.written
    if spring:
        if key.style == PLAIN and segment.isdecimal():
            segment = f"[{segment}]"
        return f"{path}{segment}" if segment.startswith("[") or not path else f"{path}.{segment}"
    if key.style == PLAIN and segment in {"~", "null", ""}:
        return path
    if "." in segment:
        segment = f'"{segment}"'
    return f"{path}.{segment}" if path else segment


def _joined(value: SeqValue, *, spring: bool) -> str | None:
    """The text that stands for a list as a whole, None if none does."""
    if spring and value.items:
        return None
    texts = []
    for item in value.items:
        if isinstance(item.value, (MapValue, SeqValue, Unknown)):
            return None
        if item.value is not None:
            texts.append(str(_scalar(item, spring=False).value).replace("\\", "\\\\").replace(",", "\\,"))
    return ",".join(texts)


def _own(node: Node, source: Source) -> Node:
    """The node in the file as it is, if it was read from a masked copy of its text."""
    return node if node.source.path != source.path else node._replace(source=source)


def _scalar(node: Node, *, spring: bool) -> Node:
    """The text that the platform makes of a scalar."""
    value = node.value
    if isinstance(value, str):
        return _unmasked(_filtered(node) if spring else node)
    if value is None:
        return node._replace(value="")
    if isinstance(value, Unknown):
        return node
    written = node.written
    if isinstance(value, bool):
        # SnakeYAML knows no `y` and `n`.
        return node._replace(value=_TRUE_FALSE.get(written.lower(), written))
    if spring and isinstance(value, int) and written != str(value):
        return node._replace(value=str(value))
    return node._replace(value=written)


def _unmasked(node: Node) -> Node:
    text = node.value
    if not isinstance(text, str) or _MASK not in text:
        return node
    return _filled_in(node, re.compile(f"{_MASK}[^{_MASK}]*{_MASK}"))


def _filtered(node: Node) -> Node:
    """The node, unknown in part if Maven's filtering fills something in."""
    text = node.value
    if not isinstance(text, str) or "@" not in text or not _MAVEN.search(text):
        return node
    return _filled_in(node, _MAVEN)


def _filled_in(node: Node, pattern: re.Pattern[str]) -> Node:
    text = node.value
    assert isinstance(text, str)
    parts: list[str | None] = []
    position = 0
    for match in pattern.finditer(text):
        parts += [text[position : match.start()] or None, None]
        position = match.end()
    parts.append(text[position:] or None)
    known = [part for index, part in enumerate(parts) if part or index % 2]
    first = pattern.search(text)
    name = first.group().strip(f"@{_MASK}") if first else ""
    return node._replace(value=Unknown("template", f"Maven fills in `@{name}@` when it builds", tuple(known)))
