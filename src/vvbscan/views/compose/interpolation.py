"""Interpolation of `$NAME` and `${NAME...}` in the values of compose files.

Source: the Compose specification, `12-interpolation.md`, and `template/template.go` of
compose-spec/compose-go at e70e961 (July 2026), whose behaviour decides where the specification is silent.
One thing is judged otherwise: Compose puts an empty string for a variable that is not set, with a warning;
as whoever writes such a file means to set it where Compose runs, its value is unknown here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import MapValue, Node, Origin, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.images import GAP

Lookup = Callable[[str], Node | None]
"""Gives the value of a variable, a string or an unknown; None if nothing in the tree sets it."""

_DOLLAR: Final = lazy_pattern(r"\$(?:(\$)|([_a-zA-Z][_a-zA-Z0-9]*)|\{)")
_BRACED: Final = lazy_pattern(r"([_a-zA-Z][_a-zA-Z0-9]*)(:?[-+?]|\})")
_BRACE: Final = lazy_pattern(r"[{}]")
_DEEPEST: Final = 20
"""How deep defaults may be nested within each other."""
_MOST_PORTS: Final = 20_000
"""Ports that the ranges of one unit may come to."""


class Piece(NamedTuple):
    """A stretch of an expanded string."""

    text: str
    """Its characters; `GAP` if they are unknown."""
    node: Node
    """Where the characters were written; its value is `text`, or an unknown."""
    site: Node
    """What stands for them in the string that was expanded."""
    setting: Origin | None = None
    """The assignment that the characters come from, if that is elsewhere."""


class Budget:
    """What is left of the work that the variables and the ranges of ports of one unit may cause."""

    __slots__ = ("characters", "expansions", "longest", "ports")

    def __init__(self, limits: Limits) -> None:
        self.expansions = limits.expansions
        self.longest = limits.expanded_length
        self.characters = limits.file_bytes
        """Expanded text of a unit may not be longer than a file, however its variables multiply it."""
        self.ports = _MOST_PORTS

    def take(self, node: Node | None) -> Unknown | None:
        """Count the expansion of a variable; gives the unknown that stands for it if it is one too many."""
        self.expansions -= 1
        value = node.value if node is not None else None
        if isinstance(value, str):
            self.characters -= len(value)
            if len(value) > self.longest:
                return Unknown("limit", f"the value of a variable is longer than {self.longest} characters")
        if self.expansions < 0 or self.characters < 0:
            return Unknown("limit", "the project expands more variables than the limit allows")
        return None


class Expanded:
    """An expanded string that still knows where each of its characters was written.

    `flat` is its text, with `GAP` for each stretch that is unknown.
    """

    __slots__ = ("_pieces", "_starts", "flat", "origin")

    def __init__(self, origin: Node, pieces: tuple[Piece, ...]) -> None:
        self.origin = origin
        self._pieces = pieces
        self._starts: list[int] = []
        length = 0
        for piece in pieces:
            self._starts.append(length)
            length += len(piece.text)
        self.flat = "".join(piece.text for piece in pieces)

    @property
    def known(self) -> bool:
        """Whether no stretch is unknown."""
        return GAP not in self.flat

    def node(self) -> Node:
        """The whole string as a node; an unknown with its known parts if a stretch is unknown."""
        if not self._pieces and self.origin.value == "":
            return self.origin
        if len(self._pieces) == 1:
            return self._pieces[0].node
        return self._joined(self._pieces, self.flat, self.origin)

    def part(self, begin: int, stop: int) -> Node:
        """The characters from `begin` to `stop` of `flat` as a node of their own."""
        if begin == 0 and stop == len(self.flat):
            return self.node()
        covered: list[Piece] = []
        for piece, start in zip(self._pieces, self._starts, strict=True):
            end = start + len(piece.text)
            first, last = max(begin - start, 0), min(stop, end) - start
            if first < last:
                covered.append(_narrowed(piece, first, last))
            elif begin == stop and start <= begin <= end and not isinstance(piece.node.value, Unknown):
                covered = [_narrowed(piece, begin - start, begin - start)]
        if not covered:
            return self.origin.replace_value("")
        if len(covered) == 1:
            return covered[0].node
        sites = [piece.site for piece in covered]
        place = self.origin._replace(start=sites[0].start, end=max(sites[0].end, sites[-1].end))
        return self._joined(tuple(covered), self.flat[begin:stop], place)

    def _joined(self, pieces: tuple[Piece, ...], flat: str, place: Node) -> Node:
        unknowns = [piece.node.value for piece in pieces if isinstance(piece.node.value, Unknown)]
        settings = dict.fromkeys(piece.setting for piece in pieces)
        via = tuple(setting for setting in settings if setting is not None)
        if not unknowns:
            return place.replace_value(flat, *via)
        reasons = tuple(dict.fromkeys(unknown.reason for unknown in unknowns))
        unknown = Unknown(unknowns[0].kind, "; ".join(reasons[:3]), _parts(flat))
        return place.replace_value(unknown, *via)


def expand(node: Node, lookup: Lookup, budget: Budget) -> Expanded:
    """Expand the variables of a string; every other node is taken as the text that a person would see."""
    value = node.value
    if isinstance(value, str):
        if GAP in value:
            return _opaque(node, Unknown("unparsed", "the value contains a NUL character"))
        if "$" not in value:
            return Expanded(node, (Piece(value, node, node),) if value else ())
        expanded = Expanded(node, tuple(_Expansion(node, value, lookup, budget).pieces(0, len(value), 0)))
        if len(expanded.flat) > max(budget.longest, len(value)):
            return _opaque(node, Unknown("limit", f"it is longer than {budget.longest} characters"))
        return expanded
    if isinstance(value, Unknown):
        text = "".join(GAP if part is None else part for part in value.parts) or GAP
        return Expanded(node, (Piece(text, node, node),))
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, (int, float)):
        text = node.written if isinstance(value, float) else str(value)
    else:
        text = ""
    written = node.replace_value(text)
    return Expanded(written, (Piece(text, written, written),))


def _opaque(node: Node, unknown: Unknown) -> Expanded:
    """A string of which nothing is known."""
    opaque = node.replace_value(unknown)
    return Expanded(opaque, (Piece(GAP, opaque, opaque),))


class Interpolation:
    """Interpolates the strings of node trees. Subtrees that aliases share stay shared."""

    __slots__ = ("_done", "budget", "lookup")

    def __init__(self, lookup: Lookup, budget: Budget) -> None:
        self.lookup = lookup
        self.budget = budget
        self._done: dict[MapValue | SeqValue, MapValue | SeqValue] = {}

    def expand(self, node: Node) -> Expanded:
        """A string with its variables expanded, ready to be taken apart."""
        return expand(node, self.lookup, self.budget)

    def string(self, node: Node) -> Node:
        """A scalar with its variables expanded; only strings change."""
        value = node.value
        return self.expand(node).node() if isinstance(value, str) and "$" in value else node

    def tree(self, node: Node) -> Node:
        """A tree with the variables of all its values expanded; the parser bounds its depth."""
        value = node.value
        if isinstance(value, str):
            return self.string(node)
        if not isinstance(value, (MapValue, SeqValue)):
            return node
        done = self._done.get(value)
        if done is None:
            done = self._collection(value)
            self._done[value] = done
        return node if done is value else node._replace(value=done)

    def _collection(self, value: MapValue | SeqValue) -> MapValue | SeqValue:
        """The value itself if nothing in it changes."""
        if isinstance(value, SeqValue):
            items = tuple(self.tree(item) for item in value.items)
            same = all(new is old for new, old in zip(items, value.items, strict=True))
            return value if same else value._replace(items=items)
        entries = {name: self.tree(child) for name, child in value.entries.items()}
        same = all(new is value.entries[name] for name, new in entries.items())
        return value if same else value._replace(entries=entries)


class _Expansion:
    """The expansion of one string."""

    __slots__ = ("budget", "first", "lookup", "node", "text")

    def __init__(self, node: Node, text: str, lookup: Lookup, budget: Budget) -> None:
        self.node = node
        whole = node.part(0, len(text))
        # Looked at once: whether the source spells the string verbatim takes a look at all of it.
        self.first = whole.start if whole.written == text else -1
        self.text = text
        self.lookup = lookup
        self.budget = budget

    def part(self, begin: int, stop: int) -> Node:
        """See `Node.part`."""
        if self.first < 0:
            return self.node._replace(value=self.text[begin:stop])
        return self.node._replace(
            value=self.text[begin:stop], start=self.first + begin, end=self.first + stop
        )

    def pieces(self, begin: int, stop: int, depth: int) -> list[Piece]:
        """The pieces of a stretch of the string."""
        pieces: list[Piece] = []
        done = position = begin
        while True:
            match = _DOLLAR.search(self.text, position, stop)
            if match is None:
                break
            self._literal(pieces, done, match.start())
            if match[1]:
                site = self.part(match.start(), match.end())._replace(value="$")
                pieces.append(Piece("$", site, site))
                done = match.end()
            elif match[2]:
                done = match.end()
                pieces.append(self._variable(match[2], match.start(), done))
            else:
                done = self._braced(pieces, match.start(), stop, depth)
            position = done
        self._literal(pieces, done, stop)
        return pieces

    def _literal(self, pieces: list[Piece], begin: int, stop: int) -> None:
        if begin < stop:
            node = self.part(begin, stop)
            pieces.append(Piece(self.text[begin:stop], node, node))

    def _braced(self, pieces: list[Piece], begin: int, stop: int, depth: int) -> int:
        """Add the pieces of a `${`; gives where it ends."""
        match = _BRACED.match(self.text, begin + 2, stop)
        end = _closing_brace(self.text, begin + 1, stop)
        if match is None or end < 0:
            reason = f"'{self.text[begin : begin + 40]}' is not a variable that Compose can read"
            pieces.append(self._gap(Unknown("unparsed", reason), begin, stop))
            return stop
        name, operator = match.groups()
        if operator == "}":
            pieces.append(self._variable(name, begin, end + 1))
        else:
            pieces.extend(self._with_operator(name, operator, match.end(), begin, end, depth))
        return end + 1

    def _with_operator(
        self, name: str, operator: str, word: int, begin: int, end: int, depth: int
    ) -> list[Piece]:
        """`${NAME:-word}` and its like; `word` is where the word begins, `end` where the brace closes."""
        node = self.lookup(name)
        value = None if node is None else node.value
        if operator[-1] == "?" or isinstance(value, Unknown):
            return [self._variable(name, begin, end + 1)]
        is_set = node is not None and (operator[0] != ":" or value != "")
        if operator[-1] == "+" and node is None:
            reason = f"variable {name} has no value in the tree"
            return [self._gap(Unknown("variable", reason), begin, end + 1)]
        if operator[-1] == "-" and is_set:
            return [self._variable(name, begin, end + 1)]
        if operator[-1] == "+" and not is_set:
            return []
        limit = self.budget.take(None)
        if limit is not None:
            return [self._gap(limit, begin, end + 1)]
        if depth >= _DEEPEST:
            return [self._gap(Unknown("limit", "defaults are nested too deep"), begin, end + 1)]
        site = self.part(begin, end + 1)
        kind = "default" if operator[-1] == "-" else "alternative"
        step = Origin(f"uses the {kind} of variable {name}", site.source, site.start, site.end)
        inner = self.pieces(word, end, depth + 1)
        return [Piece(piece.text, piece.node.through(step), site, piece.setting) for piece in inner]

    def _variable(self, name: str, begin: int, stop: int) -> Piece:
        node = self.lookup(name)
        limit = self.budget.take(node)
        if limit is not None:
            return self._gap(limit, begin, stop)
        if node is None:
            return self._gap(Unknown("variable", f"variable {name} has no value in the tree"), begin, stop)
        site = self.part(begin, stop)
        value = node.value
        if isinstance(value, Unknown):
            return Piece(GAP, site.replace_value(value._replace(parts=())), site)
        step = Origin(f"uses variable {name}", site.source, site.start, site.end)
        setting = Origin(f"sets variable {name}", node.source, node.start, node.end)
        return Piece(str(value), node.through(step), site, setting)

    def _gap(self, unknown: Unknown, begin: int, stop: int) -> Piece:
        site = self.part(begin, stop)
        return Piece(GAP, site._replace(value=unknown), site)


def _closing_brace(text: str, begin: int, stop: int) -> int:
    """Where the brace that opens at `begin` closes, -1 if it does not."""
    depth = 0
    for match in _BRACE.finditer(text, begin, stop):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return -1


def _narrowed(piece: Piece, begin: int, stop: int) -> Piece:
    """A stretch of a piece."""
    if begin == 0 and stop == len(piece.text):
        return piece
    node = piece.node
    if isinstance(node.value, Unknown):
        # A gap is one character, so only an unknown that came in with parts gets here.
        text = piece.text[begin:stop]
        return piece._replace(text=text, node=node._replace(value=node.value._replace(parts=_parts(text))))
    narrow = node.part(begin, stop)
    site = narrow if node is piece.site else piece.site
    return piece._replace(text=piece.text[begin:stop], node=narrow, site=site)


def _parts(flat: str) -> tuple[str | None, ...]:
    """The parts of an unknown string; none if no character of it is known."""
    if not flat.strip(GAP):
        return ()
    return tuple(None if text[0] == GAP else text for text in re.findall(f"{GAP}+|[^{GAP}]+", flat))
