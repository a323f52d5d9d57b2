"""Words for people about what is wrong with a text that is no HCL."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Problem

HCL_SYNTAX: Final = "hcl-syntax"
"""Code of the problems with what cannot be read."""

CONFLICT: Final = lazy_pattern(r"(?m)^(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)(?=[ \r\n]|\Z)")
"""What a merge leaves in a file whose changes contradict each other."""
_FOREIGN: Final = (
    ("{{", "`{{ }}`", "text of a template engine"),
    ("}}", "`{{ }}`", "text of a template engine"),
    ("{%", "`{% %}`", "text of a template engine"),
    ("<%", "`<% %>`", "text of a template engine"),
)
_ODD_QUOTES: Final = "'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"
_QUOTE_HINT: Final = 'strings stand in double quotes: `"`'


def conflict_problem(start: int, end: int) -> Problem:
    """The problem with the marker of a conflict."""
    message = "the marker of a conflict, which a merge left in the file"
    return Problem("error", HCL_SYNTAX, message, start, end, "decide which of the two versions holds")


def unexpected_message(text: str, position: int, wanted: str, line: int) -> str:
    """What to say of what stands at a position where something else should.

    `line` is where it began that is read, if it did so in another line, else 0.
    """
    sign = text[position : position + 1]
    if not sign:
        found = "the file ends"
    elif sign == "\n":
        found = "the line ends"
    elif sign.isprintable():
        found = f"`{sign}` stands"
    else:
        found = f"the character U+{ord(sign):04X} stands"
    around = f", in what begins in line {line}" if line else ""
    return f"{found} where {wanted} should stand{around}"


def unexpected_hint(text: str, position: int, hint: str) -> str:
    """What to do about it: what the character suggests, else `hint`."""
    sign = text[position : position + 1]
    if sign and sign in _ODD_QUOTES:
        return _QUOTE_HINT
    if sign == ";":
        return "end the line instead"
    if sign == "$":
        return "outside of strings a name stands alone: `var.name`"
    if not sign.isprintable() and sign not in "\n\t":
        return "is this a text file?"
    if sign and sign in "&|":
        return f"write `{sign}{sign}`"
    return hint


def foreign_problem(text: str, begin: int, position: int) -> Problem | None:
    """The problem if the line up to a position shows that the text is to be filled in by something else."""
    start = max(text.rfind("\n", 0, position) + 1, begin)
    line = text[start : position + 2].partition("\n")[0]
    for mark, shown, what in _FOREIGN:
        at = line.find(mark)
        if at >= 0 and line[max(at - 1, 0)] not in "$%":
            message = f"{what}, {shown}: the file is HCL only when it is filled in"
            hint = "give the file another ending, such as .tf.tpl, or exclude it"
            return Problem("error", HCL_SYNTAX, message, start + at, start + at + 2, hint)
    return None
