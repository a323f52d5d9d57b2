"""Words of a POSIX shell text: quotes, escapes, parameters and command substitutions."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple

WORD_END: Final = frozenset(" \t\r\n;&|<>()")
"""The signs that end a word unless they are quoted."""

_PLAIN: Final = lazy_pattern(r"[^ \t\r\n;&|<>()'\"\\$`]+")
_QUOTED_PLAIN: Final = lazy_pattern(r"[^\"\\$`]+")
_PARAMETER: Final = lazy_pattern(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])")
_QUOTE: Final = '"'
_BACKTICK: Final = "`"
_PARENTHESIS: Final = "("
_BRACE: Final = "{"
_CLOSED_BY: Final = {_PARENTHESIS: ")", _BRACE: "}"}


class Piece(NamedTuple):
    """A stretch of a word."""

    text: str | None
    """None for what the shell works out when it runs: parameters and command substitutions."""
    start: int
    end: int


class ShellWord(NamedTuple):
    """A word of a command, quotes included in its extent."""

    pieces: tuple[Piece, ...]
    start: int
    end: int

    @property
    def text(self) -> str | None:
        """The word with its quotes and escapes resolved, None if part of it is worked out at run time."""
        texts = [piece.text for piece in self.pieces]
        return None if None in texts else "".join(text or "" for text in texts)


class WordReader:
    """A reading position in a stretch of text."""

    __slots__ = ("position", "stop", "substitutions", "text")

    def __init__(self, text: str, begin: int, stop: int) -> None:
        self.text = text
        self.position = begin
        self.stop = stop
        self.substitutions: list[tuple[int, int]] = []
        """Extents of the command substitutions that were read, without their signs."""

    def word(self) -> ShellWord:
        """Read the word at the position."""
        text = self.text
        start = self.position
        pieces: list[Piece] = []
        while self.position < self.stop:
            begin = self.position
            sign = text[begin]
            if sign in WORD_END:
                break
            plain = _PLAIN.match(text, begin, self.stop)
            if plain:
                self.position = plain.end()
                pieces.append(Piece(plain[0], begin, plain.end()))
            elif sign == "'":
                self._single_quoted(begin + 1, pieces)
            elif sign == '"':
                self._double_quoted(pieces)
            elif sign == "\\":
                self.position = min(begin + 2, self.stop)
                kept = text[begin + 1 : self.position]
                pieces.append(Piece("" if kept == "\n" else kept, begin, self.position))
            else:
                self._expansion(pieces, quoted=False)
        return ShellWord(tuple(pieces), start, self.position)

    def _single_quoted(self, begin: int, pieces: list[Piece]) -> None:
        close = self.text.find("'", begin, self.stop)
        close = self.stop if close < 0 else close
        pieces.append(Piece(self.text[begin:close], begin, close))
        self.position = min(close + 1, self.stop)

    def _double_quoted(self, pieces: list[Piece]) -> None:
        text = self.text
        self.position += 1
        while self.position < self.stop:
            begin = self.position
            sign = text[begin]
            if sign == '"':
                self.position += 1
                return
            plain = _QUOTED_PLAIN.match(text, begin, self.stop)
            if plain:
                self.position = plain.end()
                pieces.append(Piece(plain[0], begin, plain.end()))
            elif sign == "\\":
                self.position = min(begin + 2, self.stop)
                kept = text[begin : self.position]
                if kept[1:] in ('"', "\\", "$", "`", "\n"):
                    kept = "" if kept[1] == "\n" else kept[1]
                pieces.append(Piece(kept, begin, self.position))
            else:
                self._expansion(pieces, quoted=True)

    def _expansion(self, pieces: list[Piece], *, quoted: bool) -> None:
        """Read what begins with a dollar sign or a backtick."""
        text = self.text
        begin = self.position
        if text[begin] == "`":
            end = self._closing(_BACKTICK, begin + 1)
            self.substitute(begin + 1, end, "`")
        elif text.startswith("$(", begin):
            end = self.after_parentheses(begin + 2)
            if not text.startswith("((", begin + 1):
                self.substitute(begin + 2, end, ")")
        elif text.startswith("${", begin):
            end = self._closing(_BRACE, begin + 2, quoted=quoted)
        elif text.startswith("$'", begin):
            self._single_quoted(begin + 2, pieces)
            return
        else:
            parameter = _PARAMETER.match(text, begin, self.stop)
            if not parameter:
                pieces.append(Piece("$", begin, begin + 1))
                self.position = begin + 1
                return
            end = parameter.end()
        self.position = end
        pieces.append(Piece(None, begin, end))

    def after_parentheses(self, position: int) -> int:
        """Where the parentheses end inside which a position is."""
        return self._closing(_PARENTHESIS, position)

    def _closing(self, opened: str, position: int, *, quoted: bool = False) -> int:
        """Where what is open at a position is closed, or the end of the text if it is not.

        Between double quotes a single quote in braces stands for itself.
        """
        text = self.text
        open_signs = [_QUOTE, opened] if quoted else [opened]
        outside = len(open_signs) - 1
        while position < self.stop and len(open_signs) > outside:
            inside = open_signs[-1]
            sign = text[position]
            if sign == "\\":
                position += 1
            elif sign == inside == _QUOTE or sign == inside == _BACKTICK or sign == _CLOSED_BY.get(inside):
                open_signs.pop()
            elif inside == _BACKTICK:
                pass
            elif sign == "'" and inside != _QUOTE and _QUOTE not in open_signs[-2:]:
                close = text.find("'", position + 1, self.stop)
                position = self.stop if close < 0 else close
            elif sign == "$" and text[position + 1 : position + 2] in (_PARENTHESIS, _BRACE):
                position += 1
                open_signs.append(text[position])
            elif sign in (_QUOTE, _BACKTICK) or sign == inside == _PARENTHESIS:
                open_signs.append(sign)
            position += 1
        return min(position, self.stop)

    def substitute(self, begin: int, end: int, close: str) -> None:
        """Note a command substitution, whose closing sign may be missing."""
        self.substitutions.append((begin, end - 1 if self.text.startswith(close, end - 1) else end))
