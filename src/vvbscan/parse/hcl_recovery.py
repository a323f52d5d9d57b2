"""Reading on behind errors: an attribute or a block that is broken does not lose the others.

Where brackets do not say any more where something ends, the layout does: what people write begins further to
the right than what it is part of. A file without errors is never read this way.
"""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Problem
from vvbscan.parse.hcl_body import Bodies
from vvbscan.parse.hcl_faults import CONFLICT, HCL_SYNTAX, conflict_problem, foreign_problem
from vvbscan.parse.hcl_layout import broken_end, indentation, line_end, next_indentation
from vvbscan.parse.hcl_lex import IDENTIFIER, MOST_PROBLEMS, Exhausted, SyntaxFault
from vvbscan.parse.hcl_tree import Attribute, Block, Body, Broken, Name

_ATTRIBUTE: Final = lazy_pattern(rf"\"?({IDENTIFIER})\"?[ \t]*[=:][=>]?[ \t]*")
_UNASSIGNED: Final = lazy_pattern(
    rf"({IDENTIFIER})[ \t]*(?=[\"\[\d]|<<|(?:true|false|null|var|local|data|module|each|count)\b"
    rf"|{IDENTIFIER}[.(])"
)
"""An attribute without its `=`."""
_HEADER: Final = lazy_pattern(rf"({IDENTIFIER})([^\n{{}}=$#(\[,?:<>]*+)\{{")
_OPEN_HEADER: Final = lazy_pattern(
    rf"({IDENTIFIER})((?:[ \t]*+(?:\"[^\"\n]*+\"|[\w.\"-]++))*+)[ \t\r]*+(?=\n|#|//|\Z)"
)
"""A header without its `{`."""
_LABEL: Final = lazy_pattern(r'[^\s"]++')
_TOP: Final = lazy_pattern(
    r"(?:resource|data|module|variable|output|provider|locals|terraform|moved|import|check|removed|ephemeral)"
    r"(?:[ \t]++\"[^\"\n]*+\")*+[ \t]*+\{"
)
"""Headers that stand at the top of a file."""

TOO_MANY_ERRORS: Final = "too-many-errors"

_EFFORT: Final = 3
"""How often the characters of a file may be looked at, on average, to find where what is broken ends."""
_LEAST: Final = 500
"""Characters that an error counts for, at least."""


class Mender(Bodies):
    """Reads bodies that have errors."""

    __slots__ = ("_conflicts", "_effort", "_headers", "_inner", "_odd_line", "_told_end")

    def __init__(self, text: str, limits: Limits) -> None:
        super().__init__(text, limits)
        self._headers: list[int | None] = []
        """Indentation of the headers of the open blocks."""
        self._inner: list[int | None] = []
        """Indentation of their first items."""
        self._effort = _EFFORT * len(text) + 1_000 * _LEAST
        self._odd_line = -1
        """Where the line ends that was skipped last."""
        self._told_end = False
        """Whether it was said that the text ends too early."""
        self._conflicts = {one.start(): one.end() for one in CONFLICT.finditer(text)}
        for start, end in self._conflicts.items():
            if text[start] == "<":
                self.report(conflict_problem(start, end))

    def body(self, start: int, depth: int, begin: int) -> Body:
        """Read a body, which also ends where the layout says that its closing brace is missing."""
        self._headers.append(indentation(self.text, begin) if depth else None)
        self._inner.append(None)
        try:
            return super().body(start, depth, begin)
        finally:
            self._headers.pop()
            self._inner.pop()

    def item(
        self, attributes: dict[str, Attribute], blocks: list[Block], start: int, depth: int, begin: int
    ) -> bool:
        """Read the next item; one that is broken as far as it can be told."""
        try:
            return self._item_or_less(attributes, blocks, start, depth, begin)
        except Exhausted:
            self.report(self.limit_problem())
            self.body_end = self.position = len(self.text)
            return False

    def _item_or_less(
        self, attributes: dict[str, Attribute], blocks: list[Block], start: int, depth: int, begin: int
    ) -> bool:
        try:
            self.skip(True)
        except SyntaxFault as fault:  # of a comment
            self._spend(fault.reach - self.position)
            self._tell(fault.problem, fault.problem.start)
            self.position = line_end(self.text, fault.problem.start)
            return True
        place = self.position
        before = len(attributes), len(blocks)
        try:
            if place in self._conflicts:
                self.position = line_end(self.text, place)
                return True
            if depth and self._lies_outside(place):
                hint = "close it with `}`"
                self.report(Problem("error", HCL_SYNTAX, "the block does not end", begin, start, hint))
                self.body_end = self.position = self.text.rindex("\n", 0, place)
                return False
            if self._inner[-1] is None:
                self._inner[-1] = indentation(self.text, place)
            if not super().item(attributes, blocks, start, depth, begin):
                return False
            if len(attributes) > before[0]:
                self._check_layout(attributes, place)
        except SyntaxFault as fault:
            if len(blocks) == before[1]:
                return self._mend(fault, place, attributes, blocks, depth)
            # The block was read; it is what stands behind it that is odd.
            self._spend(fault.reach - place)
            self._tell(fault.problem, fault.problem.start)
            self.position = line_end(self.text, fault.problem.start)
        return True

    def add(self, attributes: dict[str, Attribute], attribute: Attribute) -> None:
        """Keep an attribute; where two versions stand in the file, both may set it."""
        if not self._conflicts or attribute.name.text not in attributes:
            super().add(attributes, attribute)

    def _lies_outside(self, place: int) -> bool:
        """Whether the layout says that what stands here is behind the end of the block."""
        text = self.text
        here = indentation(text, place)
        header = self._headers[-1]
        if here is None or header is None or place == len(text):
            return False
        if here == 0 and _TOP.match(text, place):
            return True
        if text[place] == "}":
            return here < header
        inner = self._inner[-1]
        return inner is not None and inner > header >= here

    def _check_layout(self, attributes: dict[str, Attribute], place: int) -> None:
        """Refuse an attribute that ends with a bracket to the left of where it begins: it is another's."""
        name, expression = next(reversed(attributes.items()))
        end = expression.expression.end
        last = indentation(self.text, end - 1)
        if last is None or self.text[end - 1] not in ")]}" or "\n" not in self.text[place:end]:
            return
        first = indentation(self.text, place)
        if first is not None and last < first:
            del attributes[name]
            opening = expression.expression.start
            self.fail("what begins here does not end", opening, None, "close the bracket", end)

    def _mend(
        self,
        fault: SyntaxFault,
        place: int,
        attributes: dict[str, Attribute],
        blocks: list[Block],
        depth: int,
    ) -> bool:
        """Make of a broken item what can be made of it, and move behind it."""
        text = self.text
        self._spend(fault.reach - place)
        if place == len(text):
            self._tell_end(fault.problem)
            self.body_end = self.position = place
            return False
        if text[place] == "}":
            self.position = place + 1
            self._tell(fault.problem, place)
            return True
        found = _ATTRIBUTE.match(text, place)
        if found is None:
            header = _HEADER.match(text, place)
            if header is not None and header.end() <= line_end(text, place):
                self._tell(fault.problem, place)
                self._broken_block(header[1], place, header.span(2), header.end(), blocks, depth)
                return True
            header = _OPEN_HEADER.match(text, place)
            if header is not None and self._opens(place):
                self._tell(fault.problem, place)
                self._broken_block(header[1], place, header.span(2), header.end(), blocks, depth)
                return True
            found = _UNASSIGNED.match(text, place)
        if found is not None:
            self._tell(fault.problem, place)
            end = broken_end(text, place)
            self._spend(end - place)
            self.position = end
            kept = len(text[:end].rstrip()) if text[end - 1 : end].isspace() else end
            broken = Broken(found.end(), max(kept, found.end()))
            self.add(attributes, Attribute(Name(found[1], *found.span(1)), broken))
            return True
        self._skip_lines(fault.problem, place)
        return True

    def _broken_block(
        self, type_: str, place: int, labels: tuple[int, int], start: int, blocks: list[Block], depth: int
    ) -> None:
        """Read a block whose header is broken; its labels are the words in it."""
        words = [Name(one[0], *one.span()) for one in _LABEL.finditer(self.text, *labels)]
        name = Name(type_, place, place + len(type_))
        self.position = start
        try:
            blocks.append(self.block(name, tuple(words), start, depth))
        except SyntaxFault as fault:  # only of a block that is nested too deep
            self._spend(fault.reach - place)
            self.position = len(self.text)

    def _opens(self, place: int) -> bool:
        """Whether the lines behind the one at a place lie within what it begins."""
        here = indentation(self.text, place)
        behind = next_indentation(self.text, place)
        return here is not None and behind is not None and behind > here

    def _skip_lines(self, problem: Problem, place: int) -> None:
        """Skip a line that is no item, with those below it that lie deeper than the items do."""
        if self._odd_line < 0 or self.text[self._odd_line : place].strip():
            self._tell(problem, place)
        inner = self._inner[-1]
        here = indentation(self.text, place)
        deeper = here is not None and inner is not None and here > inner
        end = broken_end(self.text, place, inner) if deeper else line_end(self.text, place)
        self._spend(end - place)
        self.position = self._odd_line = end

    def _spend(self, characters: int) -> None:
        self._effort -= characters + _LEAST
        if self._effort < 0:
            raise Exhausted

    def _tell(self, problem: Problem, place: int) -> None:
        """Report a problem in the words that fit it best."""
        if len(self.problems) >= MOST_PROBLEMS:
            return
        text = self.text
        line = text.rfind("\n", 0, problem.start) + 1
        if line in self._conflicts:
            return
        if problem.start >= len(text.rstrip()):
            self._tell_end(problem)
            return
        foreign = foreign_problem(text, place, problem.start)
        if foreign is not None:
            if "foreign" not in self.reported:
                self.report(foreign)
            self.reported.add("foreign")
            return
        self.report(problem)

    def limit_problem(self) -> Problem:
        """Why the rest of the file is not read."""
        if self.left < 0:
            return super().limit_problem()
        place = min(self.position, len(self.text))
        message = "there are too many errors before this place; what follows is not read"
        return Problem("error", TOO_MANY_ERRORS, message, place, min(place + 1, len(self.text)))

    def _tell_end(self, problem: Problem) -> None:
        """Report once that the text ends within something."""
        if not self._told_end:
            self.report(problem)
        self._told_end = True
