"""Simple commands of a POSIX shell text, as far as they can be told without running it.

It splits at `&&`, `||`, `;`, `|`, `&` and line ends, looks into groups, subshells, conditions, loops and
command substitutions, and steps over here-documents. It is meant for what stands behind RUN: a text that it
cannot follow gives fewer commands, never an error.
"""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.parse.shell_words import WORD_END, Piece, ShellWord, WordReader
from vvbscan.record import NamedTuple

_OPERATOR: Final = lazy_pattern(r"&&|\|\||\|&|;;&?|;&|[;&|\n()]")
_REDIRECTION: Final = lazy_pattern(r"[0-9]*(?:<<<|<<-?|<>|>>|>\||[<>]&|[<>])|&>>?")
_ASSIGNMENT: Final = lazy_pattern(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_OPENING: Final = frozenset(
    {"if", "then", "elif", "else", "while", "until", "do", "{", "!", "time", "coproc"}
)
"""Reserved words that a command follows (POSIX.1-2017, Shell Command Language, 2.4)."""
_CLOSING: Final = frozenset({"fi", "done", "}", "esac"})
_DEPTH: Final = 20
"""Deepest nesting of command substitutions that is looked into."""


class Redirection(NamedTuple):
    """`> file`, `2>&1`, `<<EOF`."""

    operator: str
    target: ShellWord | None


class SimpleCommand(NamedTuple):
    """A command with its arguments."""

    assignments: tuple[ShellWord, ...]
    words: tuple[ShellWord, ...]
    redirections: tuple[Redirection, ...]
    before: str
    """The operator that joins it to what stands before it: `&&`, `|`, ... or empty."""
    piped_into: int
    """Start of the command that reads its output, -1 if none does."""
    start: int
    end: int
    nested: bool
    """Whether it stands in a command substitution."""


def simple_commands(text: str, begin: int, stop: int) -> list[SimpleCommand]:
    """The simple commands of a stretch of a text in the order of their places."""
    commands: list[SimpleCommand] = []
    waiting = [(begin, stop, 0)]
    while waiting:
        first, last, depth = waiting.pop()
        reader = _Reader(text, first, last, nested=depth > 0)
        reader.read()
        commands += reader.commands
        if depth < _DEPTH:
            waiting += [(inner, end, depth + 1) for inner, end in reader.substitutions]
    commands.sort(key=lambda command: command.start)
    return commands


class _Reader(WordReader):
    """Reads the commands of one stretch of text."""

    __slots__ = (
        "_assignments",
        "_before",
        "_cases",
        "_dropping",
        "_heredocs",
        "_nested",
        "_redirections",
        "_words",
        "commands",
    )

    def __init__(self, text: str, begin: int, stop: int, *, nested: bool) -> None:
        super().__init__(text, begin, stop)
        self._nested = nested
        self._before = ""
        self._assignments: list[ShellWord] = []
        self._words: list[ShellWord] = []
        self._redirections: list[Redirection] = []
        self._dropping = False
        """Whether what is read up to the next operator is no command, such as the words behind `for`."""
        self._cases: list[bool] = []
        """For each open `case`, whether patterns are read and not commands."""
        self._heredocs: list[tuple[str, bool]] = []
        """Delimiters of the here-documents behind the next line end, and whether tabs before them count."""
        self.commands: list[SimpleCommand] = []

    def read(self) -> None:
        """Read all commands."""
        text = self.text
        while self.position < self.stop:
            start = self.position
            sign = text[start]
            if sign in " \t\r":
                self.position += 1
            elif sign == "\\" and text.startswith("\n", start + 1):
                self.position += 2
            elif sign == "#":
                line_end = text.find("\n", start, self.stop)
                self.position = self.stop if line_end < 0 else line_end
            elif self._cases and self._cases[-1]:
                self._pattern()
            elif sign in "<>" and text.startswith("(", start + 1):
                self._process_substitution()
            elif sign in "<>" and self._in_test():
                self.position += 1  # it compares
            elif self._redirection() or self._operator():
                continue
            else:
                self._take(self.word())
        self._finish("")

    def _finish(self, operator: str) -> None:
        """End a command at an operator."""
        if self._words and not self._dropping:
            parts = [*self._assignments, *self._words]
            targets = [item.target for item in self._redirections if item.target]
            command = SimpleCommand(
                tuple(self._assignments),
                tuple(self._words),
                tuple(self._redirections),
                self._before,
                -1,
                parts[0].start,
                max(part.end for part in (*parts, *targets)),
                self._nested,
            )
            if self._before in ("|", "|&") and self.commands:
                self.commands[-1] = self.commands[-1]._replace(piped_into=command.start)
            self.commands.append(command)
        joined = operator == "\n" and not self._words and self._before in ("|", "|&", "&&", "||")
        if operator != "(" and not joined:
            self._before = "" if operator == ")" else operator
        self._assignments, self._words, self._redirections = [], [], []
        self._dropping = False

    def _take(self, word: ShellWord) -> None:
        """Take a word as part of a command, unless it is a reserved word."""
        if self._words or self._dropping:
            self._words.append(word)
            return
        written = self.text[word.start : word.end]
        if written in _OPENING or written in _CLOSING:
            if written == "esac" and self._cases:
                self._cases.pop()
            return
        if written in ("for", "select"):
            self._dropping = True
        elif written == "function":
            self._skip_words(1)
        elif written == "case":
            self._skip_words(2)
            self._cases.append(True)
        elif _ASSIGNMENT.match(written):
            self._assignments.append(word)
            if self.text.startswith("(", word.end):
                self.position = self.after_parentheses(word.end + 1)
        else:
            self._words.append(word)

    def _skip_words(self, count: int) -> None:
        """Step over words, such as the subject of a `case` and `in`."""
        for _ in range(count):
            while self.position < self.stop and self.text[self.position] in " \t\r\n":
                self.position += 1
            if self.position < self.stop and self.text[self.position] not in WORD_END:
                self.word()

    def _pattern(self) -> None:
        """Step over part of a pattern of a `case`."""
        sign = self.text[self.position]
        if sign == ")":
            self._cases[-1] = False
            self.position += 1
        elif sign in WORD_END:
            self.position += 1
        else:
            word = self.word()
            if self.text[word.start : word.end] == "esac":
                self._cases.pop()

    def _operator(self) -> bool:
        """Take an operator at the position, if there is one."""
        found = _OPERATOR.match(self.text, self.position, self.stop)
        if not found:
            return False
        operator = found[0]
        self.position = found.end()
        if self._in_test() and operator not in ("\n", ";"):
            return True
        if operator == "(":
            self._parenthesis(found.start())
        elif operator == "\n":
            self._finish(operator)
            self._skip_heredocs()
        else:
            self._finish(operator)
            if operator in (";;", ";&", ";;&") and self._cases:
                self._cases[-1] = True
        return True

    def _in_test(self) -> bool:
        """Whether the position is between `[[` and `]]`, where operators do not end a command."""
        words = self._words
        return bool(words) and words[0].text == "[[" and words[-1].text != "]]"

    def _parenthesis(self, start: int) -> None:
        if self.text.startswith("((", start) and not self._words:
            self.position = self.after_parentheses(start + 1)
        elif self._words and self.text.startswith("()", start):
            self._words = []  # the name of a function
            self.position = start + 2
        else:
            self._finish("(")

    def _redirection(self) -> bool:
        """Take a redirection at the position, if there is one."""
        found = None if self._in_test() else _REDIRECTION.match(self.text, self.position, self.stop)
        if not found:
            return False
        operator = found[0].lstrip("0123456789")
        position = found.end()
        while position < self.stop and self.text[position] in " \t\r":
            position += 1
        self.position = position
        target: ShellWord | None = None
        if position < self.stop and self.text[position] not in WORD_END:
            target = self.word()
            if operator in ("<<", "<<-"):
                self._heredocs.append((target.text or "", operator == "<<-"))
        self._redirections.append(Redirection(operator, target))
        return True

    def _skip_heredocs(self) -> None:
        """Step over the here-documents that begin at the position."""
        for delimiter, chomp in self._heredocs:
            while self.position < self.stop:
                line_end = self.text.find("\n", self.position, self.stop)
                following = self.stop if line_end < 0 else line_end + 1
                line = self.text[self.position : following].rstrip("\r\n")
                self.position = following
                if (line.lstrip("\t") if chomp else line) == delimiter:
                    break
        self._heredocs = []

    def _process_substitution(self) -> None:
        """Take `<(command)` as a word."""
        start = self.position
        end = self.after_parentheses(start + 2)
        self.position = end
        self.substitute(start + 2, end, ")")
        self._take(ShellWord((Piece(None, start, end),), start, end))
