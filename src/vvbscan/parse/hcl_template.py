"""Templates of HCL: quoted strings and here-documents with interpolations and directives."""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Problem
from vvbscan.parse.hcl_collections import Collections
from vvbscan.parse.hcl_faults import HCL_SYNTAX
from vvbscan.parse.hcl_heredoc import announced, ends_here, strip_indentation
from vvbscan.parse.hcl_lex import IDENTIFIER
from vvbscan.parse.hcl_pieces import ELSE, ENDFOR, ENDIF, FOR, IF, Directive, Piece, Text, assemble, trim_end
from vvbscan.parse.hcl_tree import HEREDOC, QUOTED, TEXT, Expression

_QUOTED_RUN: Final = re.compile(r'(?:[^"\\\n$%]++|\$(?!\$?\{)|%(?!%?\{))++').match
_LINE_RUN: Final = re.compile(r"(?:[^\n$%]++|\$(?!\$?\{)|%(?!%?\{))*+\n?").match
_ESCAPE: Final = lazy_pattern(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_WORD: Final = re.compile(IDENTIFIER).match
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_ESCAPE_HINT: Final = r"write a backslash as `\\`; the escapes are \n, \r, \t, \", \\, \uNNNN and \UNNNNNNNN"


class Templates(Collections):
    """Reads strings."""

    __slots__ = ()

    def quoted(self, start: int, depth: int) -> Expression:
        """Read a string in quotes that begins at an offset."""
        text = self.text
        pieces: list[Piece] = []
        position = begin = start + 1
        values: list[str] = []
        """What stands since the last interpolation, which ended at `begin`."""
        trims = False
        while True:
            run = _QUOTED_RUN(text, position)
            if run is not None:
                position = run.end()
                values.append(run[0])
            sign = text[position : position + 1]
            if sign == "\\":
                value, position = self._escaped(position)
                values.append(value)
                continue
            if sign and sign in "$%" and text[position + 1] == sign:
                values.append(sign + "{")
                position += 3
                continue
            if values:
                pieces.append(_literal("".join(values), begin, position, trims))
                values = []
            if sign == '"':
                break
            if not sign or sign == "\n":
                self.fail("the string does not end in its line", start, position, 'close it with `"`')
            trims = self._sequence(position, pieces, depth)
            position = begin = self.position
        self.position = position + 1
        return assemble(pieces, start, position + 1, QUOTED, self, depth)

    def heredoc(self, start: int, depth: int) -> Expression:
        """Read a here-document that begins at an offset."""
        text = self.text
        opening = announced(text, start)
        if opening is None:
            hint = "write `<<EOT`, then the text in lines of its own, and `EOT` in the last one"
            self.fail("a here-document needs a name and a line end behind `<<`", start, start + 2, hint)
        pieces: list[Piece] = []
        end = self._lines(opening.end(), len(text), opening[2], pieces, depth)
        if end is None:
            message = f"the here-document does not end: no line is `{opening[2]}` alone"
            self.fail(message, start, opening.end(2), f"write `{opening[2]}` in a line of its own", len(text))
        if text.find("\n", end) < 0:
            message = "a line end is missing behind the end of the here-document"
            self.report(Problem("error", HCL_SYNTAX, message, end, end, "end the file with an empty line"))
        if opening[1]:
            strip_indentation(pieces)
        self.position = end
        return assemble(pieces, start, end, HEREDOC, self, depth)

    def whole(self) -> Expression:
        """Read the whole text as a template."""
        pieces: list[Piece] = []
        self._lines(0, len(self.text), "", pieces, 0)
        return assemble(pieces, 0, len(self.text), TEXT, self, 0)

    def _lines(self, position: int, limit: int, marker: str, pieces: list[Piece], depth: int) -> int | None:
        """Read text in lines up to the one with the marker; where the marker ends, None if there is none."""
        text = self.text
        at_start = True
        trims = False
        while position < limit:
            if at_start and marker:
                end = ends_here(text, position, marker)
                if end is not None:
                    return end
            run = _LINE_RUN(text, position)
            assert run is not None, "the pattern matches everywhere"
            if run[0]:
                pieces.append(_literal(run[0], position, run.end(), trims))
                trims = False
                position = run.end()
                at_start = text[position - 1] == "\n"
                continue
            at_start = False
            sign = text[position]
            if text[position + 1] == sign:
                pieces.append(Text(sign + "{", position, position + 3))
                position += 3
                trims = False
            else:
                trims = self._sequence(position, pieces, depth)
                position = self.position
        return None

    def _escaped(self, position: int) -> tuple[str, int]:
        """The character that an escape stands for, and where the escape ends."""
        found = _ESCAPE.match(self.text, position)
        if found is None:
            shown = self.text[position : position + 2]
            self.fail(f"`{shown}` is no escape", position, position + len(shown), _ESCAPE_HINT)
        if found[1]:
            return _ESCAPES[found[1]], found.end()
        code = int(found[2] or found[3], 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            self.fail(f"`{found[0]}` is no character", position, found.end(), "Unicode ends at U+10FFFF")
        return chr(code), found.end()

    def _sequence(self, start: int, pieces: list[Piece], depth: int) -> bool:
        """Read `${…}` or `%{…}`; whether it removes the white space behind it."""
        text = self.text
        self.position = start + 2
        if text.startswith("~", start + 2):
            trim_end(pieces)
            self.position += 1
        if text[start] == "$":
            if self.skip(True) == "}":
                self.fail(
                    "nothing stands between the braces",
                    start,
                    self.position + 1,
                    "write `$${` for the characters",
                )
            piece: Piece = self.expression(True, depth + 1)
        else:
            piece = self._directive(start, depth)
        sign = self.skip(True)
        trims = sign == "~" and text.startswith("~}", self.position)
        if sign != "}" and not trims:
            self.unexpected(
                "`}`",
                start,
                f"close `{text[start]}{{` with `}}`; write `{text[start] * 2}{{` for the characters",
            )
        self.position += 2 if trims else 1
        if type(piece) is Directive:
            piece = piece._replace(end=self.position)
        pieces.append(piece)
        return trims

    def _directive(self, start: int, depth: int) -> Directive:
        self.skip(True)
        word = _WORD(self.text, self.position)
        kind = word[0] if word is not None else ""
        if word is None or kind not in (IF, ELSE, ENDIF, FOR, ENDFOR):
            hint = "`%{` begins if, else, endif, for or endfor; write `%%{` for the characters"
            self.fail("this is no directive of a template", start, word.end() if word else start + 2, hint)
        self.position = word.end()
        if kind == IF:
            return Directive(kind, start, start, expression=self.expression(True, depth + 1))
        if kind == FOR:
            key, value, collection = self.for_clause(start, depth)
            return Directive(kind, start, start, key, value, collection)
        return Directive(kind, start, start)


def _literal(value: str, start: int, end: int, trims: bool) -> Text:
    if trims:
        kept = value.lstrip()
        return Text(kept, end - len(kept) if end - start == len(value) else start, end)
    return Text(value, start, end)
