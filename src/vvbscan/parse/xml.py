"""XML with the span of every element and comment, read by expat.

expat reads UTF-8 as C does, and says at which byte each event begins; that is turned into code points here.
Entities that a document declares are never expanded: what refers to one is unknown. No document type
definition is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Comment, Node, Problem, Source, Unknown
from vvbscan.record import NamedTuple

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

_TAG_END: Final = lazy_pattern(r"""(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE: Final = lazy_pattern(r"""([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')""")
_CONFLICT: Final = lazy_pattern(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
_XML: Final = "xml-syntax"


class Element(NamedTuple):
    """An element, from `<` to behind the `>` that closes it."""

    name: str
    """As written, with its prefix."""
    text: Node
    """Its own text without the white space around, spanning just that: empty if it has none. What refers to
    an entity that the document declares is an `Unknown`."""
    attributes: Mapping[str, Node]
    """By name as written; spans include the quotes."""
    children: tuple[Element, ...]
    start: int
    end: int
    head_end: int
    """Behind the `>` of its opening tag."""

    @property
    def local_name(self) -> str:
        """Its name without prefix."""
        return self.name.rpartition(":")[2]

    def child(self, name: str) -> Element | None:
        """The first child of this name, which has no prefix."""
        return next((one for one in self.children if one.local_name == name), None)

    def all(self, name: str) -> list[Element]:
        """The children of this name, which has no prefix."""
        return [one for one in self.children if one.local_name == name]

    def at(self, *names: str) -> Element | None:
        """The element at the end of a chain of first children, None if a step is missing."""
        element: Element | None = self
        for name in names:
            if element is None:
                return None
            element = element.child(name)
        return element


class XmlFile(NamedTuple):
    """What was made of a file. Bad input is a problem, and what was read before it is kept."""

    source: Source
    root: Element | None
    """None if there is no element at all."""
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse_xml(source: Source, limits: Limits) -> XmlFile:
    """Parse an XML file."""
    return _Reader(source, limits).read()


class _TooMuch(Exception):
    """A limit was reached."""


class _Open:
    """An element whose end was not read yet."""

    __slots__ = ("attributes", "children", "head_end", "name", "start", "text", "unknown")

    def __init__(self, name: str, attributes: dict[str, Node], start: int, head_end: int) -> None:
        self.name = name
        self.attributes = attributes
        self.start = start
        self.head_end = head_end
        self.children: list[Element] = []
        self.text: list[tuple[str, int]] = []
        self.unknown = ""


class _Reader:
    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._text = source.text.text
        self._bytes = self._text.encode("utf-8", "surrogatepass")
        self._ascii = len(self._bytes) == len(self._text)
        self._seen = (0, 0)
        self._open: list[_Open] = []
        self._root: Element | None = None
        self._comments: list[Comment] = []
        self._problems: list[Problem] = []
        self._nodes = 0
        self._parser = self._make_parser()

    def _make_parser(self) -> XMLParserType:
        from xml.parsers import expat

        # The text is decoded already, so what the declaration says of its encoding is past.
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.CommentHandler = self._comment
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        # With a default handler expat hands over references to declared entities instead of expanding them.
        parser.DefaultHandler = self._other
        return parser

    def read(self) -> XmlFile:
        from xml.parsers import expat

        try:
            self._parser.Parse(self._bytes, True)
        except _TooMuch as error:
            self._close_all(len(self._text))
            self._report(str(error), "nesting-too-deep", self._here(), hint="exclude the file")
        except expat.ExpatError as error:
            self._fail(error.code, expat.ErrorString(error.code))
        del self._parser  # whose handlers refer to the reader, a circle
        return XmlFile(self._source, self._root, tuple(self._comments), tuple(self._problems))

    # Places

    def _offset(self, index: int) -> int:
        """The code point at a byte. Bytes are asked for in rising order, so that all of it is one pass."""
        if self._ascii:
            return index
        byte, point = self._seen
        if index < byte:
            byte = point = 0
        point += len(self._bytes[byte:index].decode("utf-8", "replace"))
        self._seen = (index, point)
        return point

    def _here(self) -> int:
        return self._offset(self._parser.CurrentByteIndex)

    def _report(self, message: str, code: str, start: int, hint: str = "", level: str = "error") -> None:
        start = min(start, len(self._text))
        self._problems.append(Problem(level, code, message, start, min(start + 1, len(self._text)), hint))

    # Events

    def _start(self, name: str, values: dict[str, str]) -> None:
        self._nodes += 1 + len(values)
        if len(self._open) >= self._limits.depth:
            raise _TooMuch(f"Elements are nested more than {self._limits.depth} deep.")
        if self._nodes > self._limits.nodes:
            raise _TooMuch(f"There are more than {self._limits.nodes} elements.")
        start = self._here()
        match = _TAG_END.match(self._text, start)
        head_end = match.end() if match else len(self._text)
        attributes = {}
        if values:
            for found in _ATTRIBUTE.finditer(self._text, start, head_end):
                if found[1] in values:
                    attributes[found[1]] = Node(values[found[1]], self._source, *found.span(2))
        self._open.append(_Open(name, attributes, start, head_end))

    def _end(self, _: str) -> None:
        start = self._here()
        opened = self._open[-1]
        empty = self._text.endswith("/>", opened.start, opened.head_end)
        end = opened.head_end if empty else self._text.find(">", start) + 1
        self._close(end)

    def _close(self, end: int) -> None:
        opened = self._open.pop()
        element = Element(
            opened.name,
            self._own_text(opened),
            opened.attributes,
            tuple(opened.children),
            opened.start,
            end,
            opened.head_end,
        )
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element

    def _close_all(self, end: int) -> None:
        while self._open:
            self._close(end)

    def _own_text(self, opened: _Open) -> Node:
        """The text of an element and where it stands, from its first character to its last."""
        solid = [(text, start) for text, start in opened.text if not text.isspace()]
        if not solid:
            place = opened.head_end
            value: str | Unknown = Unknown("unparsed", opened.unknown) if opened.unknown else ""
            return Node(value, self._source, place, place)
        first, start = solid[0]
        last, behind = solid[-1]
        start += len(first) - len(first.lstrip())
        end = self._end_of(behind, last)
        text = "".join(text for text, _ in opened.text).strip()
        return Node(Unknown("unparsed", opened.unknown) if opened.unknown else text, self._source, start, end)

    def _end_of(self, start: int, text: str) -> int:
        """Where a piece of text ends, white space behind it left out."""
        stripped = text.rstrip()
        if self._text.startswith("&", start) and len(text) == 1:
            return self._text.find(";", start) + 1
        return start + len(stripped)

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text.append((text, self._here()))

    def _comment(self, _: str) -> None:
        start = self._here()
        line = self._text.rfind("\n", 0, start) + 1
        end = self._text.find("-->", start + 4) + 3
        self._comments.append(Comment(start, end, not self._text[line:start].strip()))

    def _doctype(self, *_: object) -> None:
        self._report(
            "The document type definition is not read.", "xml-doctype", self._here(), level="warning"
        )

    def _entity(self, name: str, *_: object) -> None:
        message = f"The entity `{name}` is not expanded: what refers to it is unknown."
        self._report(message, "xml-entity", self._here(), hint="write what it stands for", level="warning")

    def _other(self, text: str) -> None:
        if self._open and text.startswith("&") and text.endswith(";"):
            self._open[-1].unknown = f"`{text}` is an entity that the document declares"

    # Faults

    def _fail(self, code: int, said: str) -> None:
        """Keep what was read, and say what is wrong where."""
        from xml.parsers.expat import errors

        place = min(self._offset(max(self._parser.ErrorByteIndex, 0)), len(self._text))
        conflict = _CONFLICT.search(self._text)
        opened = self._open[-1] if self._open else None
        hint = ""
        if conflict is not None:
            place = conflict.start()
            message, hint = "A merge conflict was left in the file.", "resolve it"
        elif self._text.rfind("<!--", 0, place) > self._text.rfind("-->", 0, place):
            message, hint = (
                "A comment cannot hold `--`.",
                "write it otherwise: `:` before a reason, for instance",
            )
        elif code == errors.codes[errors.XML_ERROR_TAG_MISMATCH] and opened is not None:
            place = self._text.rfind("<", 0, place)
            line, _ = self._source.text.position(opened.start)
            message = f"<{opened.name}> of line {line} is not closed before this tag."
        elif code == errors.codes[errors.XML_ERROR_NO_ELEMENTS] and opened is not None:
            line, _ = self._source.text.position(opened.start)
            message = f"<{opened.name}> of line {line} is not closed: the file ends before."
        elif code == errors.codes[errors.XML_ERROR_NO_ELEMENTS]:
            message = "The file has no element."
        else:
            message = f"Not XML: {said}."
        self._close_all(place)
        self._report(message, _XML, place, hint=hint)
