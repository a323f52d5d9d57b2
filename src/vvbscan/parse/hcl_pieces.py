"""What a template is read into before its directives are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vvbscan.parse.hcl_tree import Expression, Literal, Template, TemplateFor, TemplateIf
from vvbscan.record import NamedTuple

if TYPE_CHECKING:
    from vvbscan.parse.hcl_lex import Cursor

IF: Final = "if"
ELSE: Final = "else"
ENDIF: Final = "endif"
FOR: Final = "for"
ENDFOR: Final = "endfor"


class Text:
    """Characters between interpolations, at most one line of them."""

    __slots__ = ("end", "start", "value")

    def __init__(self, value: str, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.end = end


class Directive(NamedTuple):
    """What stands in `%{ … }`."""

    kind: str
    start: int
    end: int
    key: str = ""
    value: str = ""
    expression: Expression | None = None


Piece = Text | Directive | Expression


class _Open:
    """A directive whose end was not met, and the parts since."""

    __slots__ = ("directive", "otherwise", "parts", "start", "then")

    def __init__(self, directive: Directive | None, start: int) -> None:
        self.directive = directive
        self.start = start
        self.parts: list[Expression] = []
        self.then: Template | None = None
        self.otherwise: Directive | None = None


def trim_end(pieces: list[Piece]) -> None:
    """Remove the white space at the end of the text that was read last, of its last line only."""
    last = pieces[-1] if pieces else None
    if type(last) is Text:
        kept = last.value.rstrip()
        if last.end - last.start == len(last.value):
            last.end -= len(last.value) - len(kept)
        last.value = kept


def assemble(pieces: list[Piece], start: int, end: int, style: str, cursor: Cursor, depth: int) -> Expression:
    """The template of some pieces: a literal if it is all text."""
    known = [piece.value for piece in pieces if type(piece) is Text]
    if len(known) == len(pieces):
        return Literal("".join(known), start, end, style)
    opened = [_Open(None, start)]
    texts: list[Text] = []
    for piece in pieces:
        if type(piece) is Text:
            texts.append(piece)
            continue
        inner = opened[-1]
        if texts:
            _add_text(inner.parts, texts)
            texts = []
        if type(piece) is not Directive:
            inner.parts.append(piece)  # type: ignore[arg-type]  # what is no text and no directive
        elif piece.kind in (IF, FOR):
            if depth + 2 * len(opened) > cursor.most:
                cursor.too_deep(piece.start)
            cursor.deepest = max(cursor.deepest, depth + 2 * len(opened))
            opened.append(_Open(piece, piece.end))
        else:
            _close(opened, piece, style, cursor)
    if texts:
        _add_text(opened[-1].parts, texts)
    last = opened.pop()
    if last.directive is not None:
        kind = last.directive.kind
        hint = f"end it with `%{{ end{kind} }}`"
        cursor.fail(f"`%{{ {kind} }}` has no end", last.directive.start, last.directive.end, hint)
    return Template(tuple(last.parts), start, end, style)


def _close(opened: list[_Open], piece: Directive, style: str, cursor: Cursor) -> None:
    inner = opened[-1]
    begun = inner.directive.kind if inner.directive is not None else ""
    fits = begun == FOR if piece.kind == ENDFOR else begun == IF
    if not fits or (piece.kind == ELSE and inner.otherwise is not None):
        message = f"`%{{ {piece.kind} }}` has no beginning"
        cursor.fail(message, piece.start, piece.end, "directives end in the order in which they began")
    directive = inner.directive
    assert directive is not None, "it fits"
    assert directive.expression is not None, "what begins something has one"
    body = Template(tuple(inner.parts), inner.start, piece.start, style)
    if piece.kind == ELSE:
        inner.then, inner.otherwise = body, piece
        inner.parts, inner.start = [], piece.end
        return
    opened.pop()
    made: Expression
    if piece.kind == ENDFOR:
        made = TemplateFor(
            directive.key, directive.value, directive.expression, body, directive.start, piece.end
        )
    elif inner.then is None:
        made = TemplateIf(directive.expression, body, None, directive.start, piece.end)
    else:
        made = TemplateIf(directive.expression, inner.then, body, directive.start, piece.end)
    opened[-1].parts.append(made)


def _add_text(parts: list[Expression], texts: list[Text]) -> None:
    value = "".join([text.value for text in texts])
    if value:
        parts.append(Literal(value, texts[0].start, texts[-1].end))
