"""One requirement of Python: a name with versions, an address or a path, with the span of each part.

Source: https://packaging.python.org/en/latest/specifications/dependency-specifiers/ and, for what only pip
takes, https://pip.pypa.io/en/stable/reference/requirement-specifiers/
"""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import DOUBLE, SINGLE, Node, Unknown
from vvbscan.parse.spliced import Spliced
from vvbscan.record import NamedTuple

LONGEST: Final = 10_000
"""Characters that a requirement may have."""

_NAME: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_NAMED: Final = lazy_pattern(
    rf"({_NAME})[ \t]*(?:\[([^\[\]]*)\])?[ \t]*"
    r"(?:@[ \t]*(?P<url>\S+)(?=\s|$)[ \t]*|(?P<versions>[^;@]*))(?:;(?P<marker>.*))?"
)
_EXTRA: Final = lazy_pattern(_NAME)
_CLAUSES: Final = lazy_pattern(r"\s*(?:[=~!<>]=?=?[^,]*)(?:,\s*[=~!<>]=?=?[^,]*)*,?\s*")
_PLAIN_VERSIONS: Final = lazy_pattern(r"(?:==|[<>]=?)[ ]?\d{1,9}(?:\.\d{1,9}){0,5}")
"""What most requirements have: valid without a further look."""
_ADDRESS: Final = lazy_pattern(r"(?:(?:git|hg|svn|bzr)\+[a-z+]+|https?|ftp|file):", re.IGNORECASE)
_ARCHIVE: Final = lazy_pattern(
    r"\.(?:whl|zip|tar|tgz|tbz|txz|tlz|tar\.(?:gz|bz2|xz|lz|lzma))$", re.IGNORECASE
)
_EGG: Final = lazy_pattern(rf"[#&]egg=({_NAME})(?:\[([^\[\]]*)\])?")
_VARIABLE: Final = lazy_pattern(r"\$\{([A-Z0-9_]+)\}")
_SEPARATORS: Final = lazy_pattern(r"[-_.]+")


class BadRequirement(Exception):
    """Something that pip would refuse, between two positions of the text."""

    def __init__(self, message: str, begin: int, stop: int) -> None:
        super().__init__(message)
        self.begin = begin
        self.stop = stop


class Requirement(NamedTuple):
    """A requirement."""

    name: Node | None
    """As written; absent if only the package itself knows."""
    extras: tuple[str, ...]
    """Normalised."""
    versions: Node | None
    """`>=1.4,<2`, absent if any will do."""
    location: Node | None
    """Address or path that it is to come from."""
    marker: Node | None
    """Condition for it: `python_version < "3.12"`."""
    line: Node
    """All of it."""
    hashes: tuple[Node, ...] = ()
    editable: bool = False


def normalised(name: str) -> str:
    """The name by which indexes know a package or an extra: `flask-sqlalchemy` of `Flask_SQLAlchemy`."""
    return _SEPARATORS.sub("-", name).lower()


def requirement_of(node: Node) -> Requirement:
    """The requirement that a string of a file is. Raises `BadRequirement`, with positions in the string."""
    text = node.text() or ""
    quote = 1 if node.style in (DOUBLE, SINGLE) else 0
    if len(text) > LONGEST:
        raise BadRequirement(f"A requirement is longer than {LONGEST} characters", 0, 1)
    if node.written[quote : quote + len(text)] != text:
        # Escapes stand between: each part has the span of the whole.
        line: Spliced = _Whole(node)
    else:
        line = Spliced(node.source, [(node.start + quote, node.start + quote + len(text))])
    begin, stop = len(text) - len(text.lstrip()), len(text.rstrip())
    return read_requirement(line, min(begin, stop), stop, variables=False)._replace(line=node)


class _Whole(Spliced):
    """A string whose characters have no places of their own."""

    __slots__ = ("_node",)

    def __init__(self, node: Node) -> None:
        super().__init__(node.source, [(node.start, node.end)])
        self._node = node
        self.text = node.text() or ""

    def span(self, begin: int, stop: int) -> tuple[int, int]:  # noqa: ARG002  # the same for all
        return self._node.start, self._node.end


def read_requirement(line: Spliced, begin: int, stop: int, *, variables: bool = True) -> Requirement:
    """The requirement between two positions. Raises `BadRequirement`.

    With `variables` it is one of a requirements file, which knows variables of the environment and paths.
    """
    if variables and _is_location(line.text[begin:stop]):
        return read_location(line, begin, stop)
    match = _NAMED.fullmatch(line.text, begin, stop)
    if match is None or "\n" in match[0]:
        raise BadRequirement(f"`{_shown(line.text[begin:stop])}` is no requirement", begin, stop)
    versions = _versions(line, *match.span("versions"), variables) if match["versions"] else None
    location = text_node(line, *match.span("url"), variables) if match["url"] is not None else None
    marker = None
    if match["marker"] is not None:
        marker = _marker(line, *match.span("marker"), variables)
    return Requirement(
        line.node(*match.span(1)),
        _extras(match[2] or "", *match.span(2)),
        versions,
        location,
        marker,
        line.node(begin, stop),
    )


def read_location(line: Spliced, begin: int, stop: int) -> Requirement:
    """A requirement that is an address or a path, perhaps with a marker."""
    text = line.text[begin:stop]
    separator = "; " if _ADDRESS.match(text) else ";"
    where, found, _ = text.partition(separator)
    marker = None
    if found:
        marker = _marker(line, begin + len(where) + len(found), stop, variables=True)
    last = begin + len(where.rstrip())
    name = None
    extras: tuple[str, ...] = ()
    egg = _EGG.search(line.text, begin, last)
    if egg is not None:
        name = line.node(*egg.span(1))
        extras = _extras(egg[2] or "", *egg.span(2))
    return Requirement(name, extras, None, text_node(line, begin, last), marker, line.node(begin, stop))


def text_node(line: Spliced, begin: int, stop: int, variables: bool = True) -> Node:
    """A part of a line. Variables of the environment in it are unknown."""
    node = line.node(begin, stop)
    text = line.text[begin:stop]
    pieces = _VARIABLE.split(text) if variables and "${" in text else [text]
    if len(pieces) == 1:
        return node
    parts: list[str | None] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            parts.append(None)
        elif piece:
            parts.append(piece)
    reason = f"{pieces[1]} is an environment variable of whoever runs pip"
    return node._replace(value=Unknown("variable", reason, tuple(parts)))


def _is_location(text: str) -> bool:
    """Whether pip takes a text for an address or a path and not for a name."""
    if _ADDRESS.match(text):
        return True
    before, at, _ = text.partition("@")
    if at and "/" not in before and not before.startswith("."):
        return False
    where = before.partition(";")[0].strip()
    return where.startswith(".") or "/" in where or _ARCHIVE.search(where) is not None


def _extras(text: str, begin: int, stop: int) -> tuple[str, ...]:
    if not text.strip():
        return ()
    names = [one.strip() for one in text.split(",")]
    for name in names:
        if _EXTRA.fullmatch(name) is None:
            raise BadRequirement(f"`{name}` is no name of an extra", begin, stop)
    return tuple(normalised(name) for name in names)


def _versions(line: Spliced, begin: int, stop: int, variables: bool) -> Node | None:
    """The versions that are asked for, without the brackets that may stand around them."""
    text = line.text[begin:stop]
    stop -= len(text) - len(text.rstrip())
    if line.text.startswith("(", begin) and line.text.endswith(")", begin, stop):
        begin, stop = begin + 1, stop - 1
        begin += len(line.text[begin:stop]) - len(line.text[begin:stop].lstrip())
    if begin >= stop:
        return None
    node = text_node(line, begin, stop, variables)
    if isinstance(node.value, str) and not _are_versions(node.value):
        raise BadRequirement(f"`{_shown(node.value)}` are no versions", begin, stop)
    return node


def _are_versions(text: str) -> bool:
    if _PLAIN_VERSIONS.fullmatch(text):
        return True
    if _CLAUSES.fullmatch(text) is None:
        return False
    from packaging import requirements  # 25 ms, and seldom needed

    try:
        requirements.Requirement(f"x{text}")  # it is stricter than SpecifierSet in what follows `===`
    except requirements.InvalidRequirement:
        return False
    return True


def _marker(line: Spliced, begin: int, stop: int, variables: bool) -> Node:
    text = line.text[begin:stop]
    begin += len(text) - len(text.lstrip())
    node = text_node(line, begin, max(begin, len(line.text[:stop].rstrip())), variables)
    if isinstance(node.value, str):
        from packaging.markers import InvalidMarker, Marker  # 20 ms, and seldom needed

        try:
            Marker(node.value)
        except (InvalidMarker, RecursionError):
            raise BadRequirement(f"`{_shown(node.value)}` is no condition", begin, stop) from None
    return node


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
