"""Strings with expressions in them: `jdbc:postgresql://${DB_HOST:localhost}:5432/app`.

Quarkus: SmallRye Common, `Expression.parseString` with the flags that SmallRye Config's
`ExpressionConfigSourceInterceptor` sets (lenient, no trim, no smart braces, double colon).
Spring: Spring Framework 6.2, `PlaceholderParser`.
"""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple
from vvbscan.views.settings.names import SPRING

_QUARKUS_TOKEN: Final = lazy_pattern(r"\\\$|\$[${]|[:}]")
_SPRING_TOKEN: Final = lazy_pattern(r"\\\$\{|\\:|\$\{|[:{}]")
_DEEPEST: Final = 32
"""How deep expressions may be nested; SmallRye Config stops at the same depth."""


class Literal(NamedTuple):
    """Characters that stand for themselves."""

    text: str
    start: int
    end: int
    """The stretch of the string that spells it; longer than `text` where it was escaped."""


class Expression(NamedTuple):
    """`${key}` or `${key:default}`."""

    start: int
    end: int
    key: Template
    default: Template | None
    handler: bool
    """Whether it is `${handler::value}`, which a secret handler decodes (Quarkus)."""


class Template(NamedTuple):
    """The parts of a string, or of a stretch of it, in order."""

    pieces: tuple[Literal | Expression, ...]
    start: int
    end: int


class _Frame:
    """An expression that is being read."""

    __slots__ = ("braces", "content", "default_from", "handler", "key", "pieces", "start")

    def __init__(self, start: int, content: int) -> None:
        self.start = start
        """Where it starts, with its `${`."""
        self.content = content
        """Where its key starts."""
        self.pieces: list[Literal | Expression] = []
        """Parts of the key, then of the default."""
        self.key: Template | None = None
        """The key, once the default is being read."""
        self.default_from = 0
        self.handler = False
        self.braces = 0
        """Open plain braces, which Spring counts."""

    def close(self, end: int, after: int) -> Expression:
        """The expression, its last part ending at `end`, itself at `after`."""
        if self.key is None:
            key = Template(tuple(self.pieces), self.content, end)
            return Expression(self.start, after, key, None, self.handler)
        default = Template(tuple(self.pieces), self.default_from, end)
        return Expression(self.start, after, self.key, default, handler=False)


def parse_template(text: str, framework: str) -> Template | None:
    """The parts of a string, None if its expressions are nested too deep to be read."""
    spring = framework == SPRING
    frames = [_Frame(0, 0)]
    position = 0
    for match in (_SPRING_TOKEN if spring else _QUARKUS_TOKEN).finditer(text):
        sign, start, end = match.group(), match.start(), match.end()
        frame = frames[-1]
        if start < position:
            continue
        if sign == "${":
            if len(frames) > _DEEPEST:
                return None
            _literal(frame, text, position, start)
            frames.append(_Frame(start, end))
        elif sign == "}":
            if frame.braces:
                frame.braces -= 1
                continue
            if len(frames) == 1:
                continue
            _literal(frame, text, position, start)
            frames.pop()
            frames[-1].pieces.append(frame.close(start, end))
        elif sign == "{":
            frame.braces += len(frames) > 1
            continue
        elif sign == ":":
            if len(frames) == 1 or frame.key is not None or frame.handler:
                continue
            if not spring and text.startswith("::", start):
                frame.handler = True
                continue
            _literal(frame, text, position, start)
            frame.key = Template(tuple(frame.pieces), frame.content, start)
            frame.pieces, frame.default_from = [], end
        else:
            # An escaped character: `$$` or `\$` for Quarkus, `\${` or `\:` for Spring.
            _literal(frame, text, position, start)
            frame.pieces.append(Literal(sign[1:], start, end))
            frame.braces += spring and sign[-1] == "{" and len(frames) > 1
        position = end
    _literal(frames[-1], text, position, len(text))
    while len(frames) > 1:
        frame = frames.pop()
        frames[-1].pieces += _unclosed(frame, len(text), spring=spring)
    return Template(tuple(frames[0].pieces), 0, len(text))


def _literal(frame: _Frame, text: str, start: int, end: int) -> None:
    if end > start:
        frame.pieces.append(Literal(text[start:end], start, end))


def _unclosed(frame: _Frame, end: int, *, spring: bool) -> list[Literal | Expression]:
    """What an expression without its `}` means: Quarkus closes it at the end, Spring takes it as text."""
    if not spring:
        return [frame.close(end, end)]
    pieces: list[Literal | Expression] = [Literal("${", frame.start, frame.content)]
    if frame.key is not None:
        pieces += frame.key.pieces
        pieces.append(Literal(":", frame.key.end, frame.default_from))
    return pieces + frame.pieces
