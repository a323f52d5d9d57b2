"""Bodies of HCL: attributes and blocks."""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Problem
from vvbscan.parse.hcl_expressions import KEYWORDS, Expressions
from vvbscan.parse.hcl_faults import HCL_SYNTAX
from vvbscan.parse.hcl_lex import IDENTIFIER, MOST_PROBLEMS, NUMBER, PLAIN
from vvbscan.parse.hcl_skip import closing_of
from vvbscan.parse.hcl_tree import (
    QUOTED,
    Attribute,
    Block,
    Body,
    Expression,
    GetAttribute,
    Literal,
    Name,
    Step,
    Traversal,
    Variable,
)

_LABEL: Final = rf'(?:"[^"\\\n$%]*+"|{IDENTIFIER})[ \t]*+'
_ITEM: Final = re.compile(
    r"[ \t\r\n]*+(?:"
    rf"({IDENTIFIER})[ \t]*+=(?![=>])[ \t]*+"
    # The commonest values together with the end of their line, in one match for speed.
    rf"(?:(?:{PLAIN}|({IDENTIFIER})((?:\.{IDENTIFIER})*+)|({NUMBER}))[ \t]*+(?=\r?\n|#|//))?"
    rf"|({IDENTIFIER})[ \t]*+((?:{_LABEL})*+)\{{"
    r"|(\})"
    r"|(#|//|/\*)"
    r")"
).match
_ATTRIBUTE, _STRING, _NAME, _PATH, _NUMBER, _TYPE, _LABELS, _END, _COMMENT = range(1, 10)
_WORDS: Final = re.compile(rf'"([^"]*+)"|({IDENTIFIER})').finditer
_WORD: Final = re.compile(IDENTIFIER).match
_QUOTED_NAME: Final = lazy_pattern(rf'"({IDENTIFIER})"[ \t]*+(?=[=:])')
_NEXT_ITEM: Final = lazy_pattern(rf"{IDENTIFIER}[ \t]*+(?:=(?!=)|(?:{_LABEL})*+\{{)")


class Bodies(Expressions):
    """Reads bodies. The first thing that cannot be read ends the reading with a `SyntaxFault`."""

    __slots__ = ("body_end",)

    body_end: int
    """Where the body ended that was read last: at its closing brace."""

    def file(self) -> Body:
        """Read the whole text as a body."""
        return self.body(0, 0, 0)

    def body(self, start: int, depth: int, begin: int) -> Body:
        """Read a body from its first character on, up to its closing brace.

        With a `depth` of 0 it is the file's, which ends with the text. `begin` is where the header begins.
        """
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        while self.item(attributes, blocks, start, depth, begin):
            pass
        return Body(attributes, tuple(blocks), start, self.body_end)

    def item(
        self, attributes: dict[str, Attribute], blocks: list[Block], start: int, depth: int, begin: int
    ) -> bool:
        """Read the next attribute, block or comment of a body; False at its end."""
        found = _ITEM(self.text, self.position)
        kind = found.lastindex if found is not None else None
        if found is None or kind is None:
            return self._rare_item(attributes, blocks, start, depth, begin)
        if kind == _COMMENT:
            self.position = self.comment(found.start(_COMMENT))
        elif kind == _END:
            self.body_end = found.start(_END)
            if not depth:
                hint = "remove it, or open its block with `{`"
                self.fail("`}` closes nothing", self.body_end, None, hint)
            self.position = found.end()
            return False
        elif kind == _LABELS:
            labels: list[Name] = []
            if found[_LABELS]:
                words = _WORDS(self.text, *found.span(_LABELS))
                labels += [Name(one[one.lastindex or 1], *one.span()) for one in words]
            type_ = Name(found[_TYPE], *found.span(_TYPE))
            blocks.append(self.block(type_, tuple(labels), found.end(), depth))
            self._line_end(start, True)
        else:
            name = Name(found[_ATTRIBUTE], *found.span(_ATTRIBUTE))
            self.position = found.end()
            if kind == _ATTRIBUTE:
                expression = self.expression(False, depth + 1)
                self._line_end(start, bool(attributes) or bool(blocks))
            else:
                self.left -= 1
                expression = self._simple(found, kind)
            self.add(attributes, Attribute(name, expression))
        return True

    def add(self, attributes: dict[str, Attribute], attribute: Attribute) -> None:
        """Keep an attribute, unless there is one of its name."""
        name = attribute.name
        first = attributes.setdefault(name.text, attribute)
        if first is not attribute and len(self.problems) < MOST_PROBLEMS:
            message = f"`{name.text}` is already set here, in line {self.line(first.name.start)}"
            hint = "remove one of the two"
            self.report(Problem("error", "duplicate-attribute", message, name.start, name.end, hint))

    def block(self, type_: Name, labels: tuple[Name, ...], start: int, depth: int) -> Block:
        """Read a block from behind its opening brace on."""
        self.left -= 1
        self.position = start
        if depth < self.most:
            body = self.body(start, depth + 1, type_.start)
            self._check_first_line(start)
            return Block(type_, labels, body, type_.start, self.position)
        self.report(self.depth_problem(type_.start))
        end = closing_of(self.text, start - 1)
        if end is None:
            self.fail("the block does not end", type_.start, start, "close it with `}`", len(self.text))
        self.position = end
        return Block(type_, labels, Body({}, (), start, end - 1), type_.start, end)

    def _check_first_line(self, start: int) -> None:
        """See that a block of several lines has nothing in that of its opening brace."""
        end = self.text.find("\n", start, self.position)
        line = self.text[start : max(end, start)].lstrip()
        if line.strip() and not line.startswith(("#", "//", "/*")):
            place = start + self.text[start:end].index(line)
            hint = "only a block of one attribute stands in one line"
            message = "a block of several lines begins in the line below `{`"
            self.report(Problem("error", HCL_SYNTAX, message, place, place + 1, hint))

    def _rare_item(
        self, attributes: dict[str, Attribute], blocks: list[Block], start: int, depth: int, begin: int
    ) -> bool:
        """Read an item that is written in no common way: with comments within, with escapes in its labels."""
        sign = self.skip(True)
        word = _WORD(self.text, self.position)
        if word is None:
            if sign == "}":
                return True
            if sign:
                self._quoted_name(attributes, start, depth)
                return True
            self.body_end = self.position
            if depth:
                self.fail("the block does not end", begin, start, "close it with `}`")
            return False
        name = Name(word[0], *word.span())
        self.position = word.end()
        labels: list[Name] = []
        while (sign := self.skip(False)) != "{":
            word = _WORD(self.text, self.position)
            place = self.position
            if word is not None:
                self.position = word.end()
                labels.append(Name(word[0], *word.span()))
            elif sign == '"':
                label = self.quoted(place, depth)
                text = (
                    str(label.value) if type(label) is Literal else self.text[place + 1 : self.position - 1]
                )
                if type(label) is not Literal:
                    message = "a label cannot have interpolations"
                    self.report(Problem("error", HCL_SYNTAX, message, place, self.position, "write it out"))
                labels.append(Name(text, place, self.position))
            elif sign and sign in "=:" and not labels:
                self._rare_value(attributes, name, bool(attributes) or bool(blocks), start, depth)
                return True
            else:
                wanted = "`{`, or `=` and a value," if not labels else "`{`"
                self.unexpected(
                    wanted, name.start, 'a block is `type "label" {`, an attribute `name = value`'
                )
        blocks.append(self.block(name, tuple(labels), self.position + 1, depth))
        self._line_end(start, True)
        return True

    def _quoted_name(self, attributes: dict[str, Attribute], start: int, depth: int) -> None:
        """Read an attribute whose name stands in quotes, as in JSON."""
        found = _QUOTED_NAME.match(self.text, self.position)
        if found is None:
            first = self.text[: self.position] if self.position < 100 else "x"
            json = self.text[self.position] == "{" and not first.strip()
            hint = "a file in JSON syntax ends in .json" if json else ""
            self.unexpected("`name = value` or a block", self.position, hint)
        message = "the name of an attribute stands in no quotes"
        self.report(Problem("error", HCL_SYNTAX, message, *found.span(), f"write `{found[1]} =`"))
        self.position = found.end()
        self._rare_value(attributes, Name(found[1], *found.span(1)), True, start, depth)

    def _rare_value(
        self, attributes: dict[str, Attribute], name: Name, further: bool, start: int, depth: int
    ) -> None:
        """Read the value of an attribute from its sign on."""
        place = self.position
        if self.text[place] == ":":
            message = "`:` stands where `=` should stand"
            self.report(Problem("error", HCL_SYNTAX, message, place, place + 1, f"write `{name.text} =`"))
        elif self.text.startswith(("==", "=>"), place):
            self.fail("an attribute is set with `=`", place, place + 2, f"write `{name.text} =`")
        self.position = place + 1
        expression = self.expression(False, depth + 1)
        self._line_end(start, further)
        self.add(attributes, Attribute(name, expression))

    def _line_end(self, start: int, further: bool) -> None:
        """See that a line ends behind an item, or a block of one attribute alone."""
        sign = self.skip(False)
        if not sign or sign == "\n":
            return
        place = self.position
        if sign == "}":
            if further or self.text.find("\n", start, place) >= 0:
                hint = "only a block of one attribute stands in one line"
                message = "`}` stands in the line of what is before it"
                self.report(Problem("error", HCL_SYNTAX, message, place, place + 1, hint))
        elif sign == ",":
            message = "the attributes of a block are not separated by commas"
            self.report(Problem("error", HCL_SYNTAX, message, place, place + 1, "remove the comma"))
            self.position += 1
        elif _NEXT_ITEM.match(self.text, place):
            message = "each attribute and each block stands in a line of its own"
            self.report(Problem("error", HCL_SYNTAX, message, place, place + 1, "begin a line before it"))
        else:
            self.unexpected("the end of the line", place)

    def _simple(self, found: re.Match[str], kind: int) -> Expression:
        """The value that was matched together with its attribute."""
        if kind == _STRING:
            start, end = found.span(_STRING)
            return Literal(found[_STRING], start - 1, end + 1, QUOTED)
        if kind == _NUMBER:
            return self.number(found[_NUMBER], *found.span(_NUMBER))
        start, end = found.span(_NAME)
        name = found[_NAME]
        root = Literal(KEYWORDS[name], start, end) if name in KEYWORDS else Variable(name, start, end)
        path = found[_PATH]
        if not path:
            return root
        steps: list[Step] = []
        for part in path[1:].split("."):
            stop = end + 1 + len(part)
            steps.append(GetAttribute(part, end, stop))
            end = stop
        return Traversal(root, tuple(steps), start, end)
