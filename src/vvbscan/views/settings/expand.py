"""Expansion of `${...}`: from the text of a setting to the value that takes effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vvbscan.model.limits import Limits
from vvbscan.model.node import Node, Origin, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.settings.names import QUARKUS, SPRING
from vvbscan.views.settings.template import Expression, Literal, Template, parse_template

_DEEPEST: Final = 32
"""How many expressions may lead from one to the next; SmallRye Config stops at the same number."""
_BUILD_TIME: Final = ("project.", "pom.", "maven.", "git.", "env.", "parent.")
"""Names that Maven or Gradle fill in where resources are filtered."""


class Found(NamedTuple):
    """What a name in an expression stands for."""

    identity: str
    node: Node
    """The value as written, its expressions not expanded."""


Lookup = Callable[[str], Found | None]
PlatformDefault = Callable[[str], str | Unknown | None]
"""Gives the platform's default of a setting that expressions can name, None if there is none."""


class Budget:
    """What is left of the expansions that one unit may cause."""

    __slots__ = ("characters", "expansions", "longest")

    def __init__(self, limits: Limits) -> None:
        self.expansions = limits.expansions
        self.longest = limits.expanded_length
        self.characters = limits.file_bytes

    def take(self, length: int) -> bool:
        """Count an expanded text; whether it is within the limits."""
        self.expansions -= 1
        self.characters -= length
        return self.expansions >= 0 and self.characters >= 0 and length <= self.longest


class Expander:
    """Expands the values of one application in one profile; each setting is expanded once."""

    def __init__(
        self, lookup: Lookup, platform_default: PlatformDefault, framework: str, budget: Budget
    ) -> None:
        self._lookup = lookup
        self._platform_default = platform_default
        self._framework = framework
        self._budget = budget
        self._done: dict[str, Node] = {}
        self._open: list[str] = []
        """Settings that are being expanded, outermost first."""

    def expand(self, found: Found) -> Node:
        """The value of a setting, its expressions expanded."""
        identity, node = found
        text = node.value
        if not isinstance(text, str) or not self._may_have_expressions(text):
            return node
        if identity in self._done:
            return self._done[identity]
        if identity in self._open:
            circle = " -> ".join([*self._open[self._open.index(identity) :], identity])
            return node.replace_value(Unknown("expression", f"the value refers to itself: {circle}"))
        if len(self._open) >= _DEEPEST:
            return node.replace_value(Unknown("limit", f"more than {_DEEPEST} settings refer to each other"))
        template = parse_template(text, self._framework)
        if template is None:
            return node.replace_value(Unknown("limit", "its expressions are nested too deep"))
        self._open.append(identity)
        value = self._template(template, node, 0)
        self._open.pop()
        self._done[identity] = value
        return value

    def _may_have_expressions(self, text: str) -> bool:
        if self._framework == SPRING:
            return "${" in text or "#{" in text
        return "$" in text

    def _template(self, template: Template, node: Node, depth: int) -> Node:
        """The value of a stretch of the node's text."""
        pieces = template.pieces
        if not pieces:
            return node.part(template.start, template.start)
        if len(pieces) == 1:
            only = pieces[0]
            return self._literal(only, node) if isinstance(only, Literal) else self._value(only, node, depth)
        parts: list[str | None] = []
        via: list[Origin] = []
        unknown: Unknown | None = None
        for piece in pieces:
            value = piece.text if isinstance(piece, Literal) else None
            if isinstance(piece, Expression):
                inner = self._value(piece, node, depth)
                via += [step for step in inner.via if step not in node.via]
                if isinstance(inner.value, Unknown):
                    unknown = unknown or inner.value
                    parts += inner.value.parts or (None,)
                    continue
                value = _text_of(inner)
            parts.append(value)
        place = self._place(template, node)
        text = "".join(part for part in parts if part)
        way = tuple(dict.fromkeys(via))
        if not self._budget.take(len(text)):
            over = Unknown("limit", "the expanded value is too long, or the unit has too many expressions")
            return place.replace_value(over, *way)
        if unknown is not None:
            return place.replace_value(unknown._replace(parts=_merged(parts)), *way)
        if self._framework == SPRING and "#{" in text:
            return place.replace_value(_spring_expression(text), *way)
        return place.replace_value(text, *way)

    def _place(self, template: Template, node: Node) -> Node:
        return node.part(template.start, template.end)

    def _literal(self, piece: Literal, node: Node) -> Node:
        part = node.part(piece.start, piece.end)
        if self._framework == SPRING and "#{" in piece.text:
            return part.replace_value(_spring_expression(piece.text))
        return part if part.value == piece.text else part.replace_value(piece.text)

    def _value(self, expression: Expression, node: Node, depth: int) -> Node:
        """What an expression stands for."""
        site = node.part(expression.start, expression.end)
        if depth >= _DEEPEST or not self._budget.take(0):
            return site.replace_value(Unknown("limit", "the unit has too many expressions"))
        key = self._template(expression.key, node, depth + 1)
        name = key.value
        if isinstance(name, Unknown):
            return site.replace_value(Unknown(name.kind, name.reason))
        if not isinstance(name, str):
            return site.replace_value(Unknown("expression", "the name of the variable is not text"))
        if expression.handler:
            handler = name.partition("::")[0]
            return site.replace_value(Unknown("secret", f"the secret handler `{handler}` decodes it"))
        found = self._lookup(name)
        if found is not None:
            step = Origin(f"takes the value of `${{{name}}}`", site.source, site.start, site.end)
            return self.expand(found).through(step)
        if expression.default is not None:
            label = f"`${{{name}}}` is not set in the tree, so its default counts"
            step = Origin(label, site.source, site.start, site.end)
            return self._template(expression.default, node, depth + 1).through(step)
        return site.replace_value(self._platform_default(name) or self._unset(name))

    def _unset(self, name: str) -> Unknown:
        if name.startswith("random.") and self._framework == SPRING:
            return Unknown("variable", f"`${{{name}}}` is another value at every start")
        if name == "quarkus.uuid" and self._framework == QUARKUS:
            return Unknown("variable", "`${quarkus.uuid}` is another value at every start")
        if name.startswith(_BUILD_TIME):
            return Unknown("template", f"the build may fill in `${{{name}}}`")
        return Unknown("variable", f"`${{{name}}}` is not set in the tree and has no default")


def _text_of(node: Node) -> str:
    value = node.value
    return value if isinstance(value, str) else ""


def _merged(parts: list[str | None]) -> tuple[str | None, ...]:
    """The parts with neighbours of a kind joined."""
    merged: list[str | None] = []
    for part in parts:
        if part == "" or (part is None and merged and merged[-1] is None):
            continue
        last = merged[-1] if merged else None
        if part is not None and last is not None:
            merged[-1] = last + part
        else:
            merged.append(part)
    return tuple(merged)


def _spring_expression(text: str) -> Unknown:
    before = text.partition("#{")[0]
    parts = (before, None) if before else ()
    return Unknown("expression", "`#{...}` is evaluated where the value is injected", parts)
