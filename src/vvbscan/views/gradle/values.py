"""What expressions of scripts come to, as far as it is written: variables, properties, catalogs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, DOUBLE, MapValue, Node, Origin, Source, Unknown
from vvbscan.parse.gradle_tree import Chain, Expression, Items, Link, Literal, Template
from vvbscan.views.gradle.catalogs import Catalog

_HOLDERS: Final = frozenset({"ext", "extra", "project", "rootProject", "properties", "parent", "settings"})
_ASKS: Final = frozenset({"property", "findProperty", "gradleProperty", "getProperty", "extra", "get", "[]"})
_READS: Final = frozenset(
    {
        "get",
        "toInteger",
        "toInt",
        "toString",
        "asInt",
        "trim",
        "getOrNull",
        "requiredVersion",
    }
)
_WRAPS: Final = frozenset(
    {"uri", "of", "JavaLanguageVersion", "fromTarget", "toVersion", "provider", "url", "URI"}
)
_JAVA: Final = lazy_pattern(r"(?:VERSION|JVM)_(?:1_)?([0-9]{1,2})")
_MOST_STEPS: Final = 20


_Set = tuple[Expression | Node, Source, bool]
"""What a name is set to, where, and whether something decides if it is."""


class Scope:
    """The values that the names of a script have."""

    def __init__(self, catalogs: Mapping[str, Catalog]) -> None:
        self.catalogs = catalogs
        self._variables: dict[str, list[_Set]] = {}
        self._steps = 0
        self._maps: dict[int, dict[str, list[Expression]]] = {}

    def declare(
        self, name: str, value: Expression | Node, source: Source, *, conditional: bool = False
    ) -> None:
        """Say what a name stands for, or the member `a[b]` of a map.

        A stronger file is another call of `override` first.
        """
        self._variables.setdefault(name, []).append((value, source, conditional))

    def override(self, names: frozenset[str]) -> None:
        """Forget what weaker files say of these names."""
        for name in [one for one in self._variables if one.partition("[")[0] in names]:
            del self._variables[name]

    def value(self, expression: Expression, source: Source) -> Node:
        """The value of an expression, where it is written; an unknown if it is not worked out."""
        self._steps += 1
        try:
            if self._steps > _MOST_STEPS:
                return _unknown(expression, source, "limit", f"it takes over {_MOST_STEPS} steps to work out")
            return self._value(expression, source)
        finally:
            self._steps -= 1

    def _value(self, expression: Expression, source: Source) -> Node:
        start, end = expression.start, expression.end
        if isinstance(expression, Literal):
            return Node(expression.value, source, start, end, DOUBLE)
        if isinstance(expression, Template):
            return self._joined(expression, source)
        if isinstance(expression, Chain):
            found = self._of_chain(expression, source)
            if found is not None:
                return found
        text = " ".join(source.text.text[start:end].split())
        shown = text if len(text) <= 60 else f"{text[:57]}..."  # a line of a report
        return _unknown(expression, source, "expression", f"`{shown}` is not worked out")

    def _joined(self, template: Template, source: Source) -> Node:
        place = Node(None, source, template.start, template.end, DOUBLE)
        parts: list[str | None] = []
        via: list[Origin] = []
        unknown: Unknown | None = None
        for part in template.parts:
            if isinstance(part, str):
                parts.append(part)
                continue
            found = self.value(part, source)
            if isinstance(found.value, Unknown):
                unknown = unknown or found.value
                parts += found.value.parts or (None,)
            elif isinstance(found.value, (str, int, float)):
                parts.append(str(found.value))
                via.append(Origin("value that is put in", found.source, found.start, found.end))
            else:
                parts.append(None)
                unknown = unknown or Unknown("expression", f"`{found.written}` is no text")
        if unknown is not None:
            return place.replace_value(unknown._replace(parts=_merged(parts)))
        return place.replace_value("".join(part or "" for part in parts), *via)

    def _of_chain(self, chain: Chain, source: Source) -> Node | None:
        links = list(chain.links)
        while len(links) > 1 and links[-1].name in _READS and not links[-1].arguments:
            links.pop()
        last = links[-1]
        if links[0].name in self.catalogs:
            return self._of_catalog(links, chain, source)
        java = _JAVA.fullmatch(last.name)
        if java is not None and last.arguments is None:
            return Node(int(java[1]), source, chain.start, chain.end, COMPUTED)
        if last.name in _WRAPS and last.arguments is not None and len(last.arguments) == 1:
            return self.value(last.arguments[0].value, source)
        name = self._asked_for(links)
        if name is not None:
            return self._of_name(name, self._variables.get(name, []), chain, source)
        keys = _keys(links)
        members = self._members(keys) if len(keys) > 1 else []
        return self._of_name(".".join(keys), members, chain, source) if members else None

    def listed(self, chain: Chain) -> tuple[Items, Source] | None:
        """The list or map that a name stands for."""
        known = self._members(_keys(list(chain.links)))
        value, place, conditional = known[0] if len(known) == 1 else (None, None, True)
        return (value, place) if isinstance(value, Items) and place is not None and not conditional else None

    def _members(self, keys: list[str]) -> list[_Set]:
        """What a variable is set to, or the member of a map that it stands for."""
        if not keys:
            return []
        name = keys[0]
        known = self._variables.get(name, [])
        for key in keys[1:]:
            name = f"{name}[{key}]"
            maps = [(value, place) for value, place, _ in known if isinstance(value, Items)]
            is_open = len(maps) < len(known) or any(conditional for _, _, conditional in known)
            known = [(one, place, is_open) for value, place in maps for one in self._of_map(value, key)]
            known += self._variables.get(name, [])
        return known

    def _of_map(self, items: Items, key: str) -> list[Expression]:
        """What a map has by a name, by whose identity it is kept: the script holds it."""
        if id(items) not in self._maps:
            members = self._maps[id(items)] = {}
            for item in items.items:
                members.setdefault(item.name, []).append(item.value)
        return self._maps[id(items)].get(key, [])

    def _asked_for(self, links: list[Link]) -> str | None:
        """The variable or property that a chain names."""
        last = links[-1]
        before = [link.name for link in links[:-1]]
        if last.name in _ASKS and last.arguments is not None and len(last.arguments) == 1:
            value = last.arguments[0].value
            if isinstance(value, Literal) and isinstance(value.value, str):
                known = not before or before[-1] in (*_HOLDERS, "providers")
                return value.value if known else None
            return None
        if last.arguments is None and last.block is None and all(one in _HOLDERS for one in before):
            return last.name
        return None

    def _of_name(self, name: str, known: list[_Set], chain: Chain, source: Source) -> Node:
        if not known:
            return _unknown(chain, source, "variable", f"nothing that is read sets {name}")
        if len(known) > 1 or known[0][2]:
            return _unknown(chain, source, "ambiguous", f"{name} is set in several places, or on a condition")
        value, place, _ = known[0]
        found = value if isinstance(value, Node) else self.value(value, place)
        if isinstance(found.value, Unknown):
            return Node(found.value, source, chain.start, chain.end, COMPUTED)
        return found.through(Origin("used here", source, chain.start, chain.end))

    def _of_catalog(self, links: list[Link], chain: Chain, source: Source) -> Node | None:
        catalog = self.catalogs[links[0].name]
        names = [link.name for link in links[1:]]
        if names[:1] != ["versions"]:
            return None
        found = catalog.version(".".join(names[1:]))
        return None if found is None else found.through(Origin("used here", source, chain.start, chain.end))


def _keys(links: list[Link]) -> list[str]:
    """The variable and the members that a chain names, none if it calls something."""
    names: list[str] = []
    for link in links:
        if link.name == "[]":
            index = (
                link.arguments[0].value if link.arguments is not None and len(link.arguments) == 1 else None
            )
            if not isinstance(index, Literal) or not isinstance(index.value, str):
                return []
            names.append(index.value)
        elif link.arguments is not None or link.block is not None:
            return []
        elif names or link.name not in _HOLDERS:
            names.append(link.name)
    return names


def _unknown(expression: Expression, source: Source, kind: str, reason: str) -> Node:
    return Node(Unknown(kind, reason), source, expression.start, expression.end, COMPUTED)


def _merged(parts: list[str | None]) -> tuple[str | None, ...]:
    """Parts with neighbours of one kind joined and empty ones left out."""
    merged: list[str | None] = []
    for part in parts:
        if part == "":
            continue
        if merged and (part is None) is (merged[-1] is None):
            merged[-1] = None if part is None else f"{merged[-1]}{part}"
        else:
            merged.append(part)
    return tuple(merged)


def text_entries(node: Node | None) -> Mapping[str, Node]:
    """The members of a mapping."""
    return node.value.entries if node is not None and isinstance(node.value, MapValue) else {}
