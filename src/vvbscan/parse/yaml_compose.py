"""The iterative composer: from libyaml's events to documents with exact spans.

The main loop is long and spells everything out because it runs once a value: a call costs as much as the
rest of the work on a scalar. Only libyaml's `index` is used of its marks; its lines and columns count line
ends that `SourceText` does not.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from vvbscan.model.limits import Limits
from vvbscan.model.node import (
    BLOCK,
    DOUBLE,
    FLOW,
    FOLDED,
    LITERAL,
    PLAIN,
    SINGLE,
    Document,
    MapValue,
    Node,
    Origin,
    Problem,
    Scalar,
    SeqValue,
    Source,
    Unknown,
)
from vvbscan.parse.masking import Masked
from vvbscan.parse.scalars import resolve, resolve_tagged
from vvbscan.parse.tape import MAPPING, SEQUENCE, Tape
from vvbscan.parse.yaml_merge import MERGE_KEY, merge
from vvbscan.parse.yaml_spans import after_properties, block_scalar_text

_STYLES: Final = {None: PLAIN, "": PLAIN, "'": SINGLE, '"': DOUBLE, "|": LITERAL, ">": FOLDED}

_SKIPPED_DEPTH: Final = 1000
"""How far below the depth limit events are read on, to find the end of what is skipped. libyaml's work on
a token grows with the depth of flow collections, so that 50,000 brackets would take minutes."""

_MOST_PROBLEMS: Final = 200
"""Problems that are reported for one file; a file with more has one cause many times."""


_ONCE: Final = frozenset({"nesting-too-deep", "too-many-aliases"})
"""Codes of the problems that are reported once a file, since the first one has many consequences."""


class TooDeep(Exception):
    """The nesting is too deep to look for its end. `position` is how far the text was read."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class Exhausted(Exception):
    """A limit of the file was reached; nothing more is read."""


class _PlainScalars(dict[str, Scalar]):
    """Values of plain scalars, resolved once each: the files of a repository repeat a small vocabulary."""

    def __init__(self, schema: str) -> None:
        super().__init__()
        self._schema = schema

    def __missing__(self, text: str) -> Scalar:
        value = resolve(text, self._schema)
        if len(text) <= _LONGEST_WORD:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[text] = value
        return value


_LONGEST_WORD: Final = 40
_MOST_WORDS: Final = 10_000
_plain_scalars: Final = cache(_PlainScalars)
"""The vocabulary of all files, by schema."""


class Composer:
    """Composes the documents of one file, in one or several stretches."""

    def __init__(self, source: Source, text: str, limits: Limits, schema: str, masked: Masked | None) -> None:
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self.hashed = "#" in text
        self.hashes: list[tuple[int, int]] = []
        """Spans of the scalars that contain a `#`, which is then no comment."""
        self.reached = 0
        """End of the last event that was read."""
        self._source = source
        self._text = text
        self._limits = limits
        self._schema = schema
        self._masked = masked
        self._plain = _plain_scalars(schema)
        self._tape = Tape(source)
        self._anchors: dict[str, tuple[int, int, int] | None] = {}
        """Index, expanded size and height of each anchor of the document; None while it is open."""
        self._earlier_merges: dict[int, list[int]] = {}
        """Further merge keys of a mapping, by the identity of its dict of keys."""
        self._unknown_keys: dict[int, Unknown] = {}
        """Why a mapping has a key that is not known, by the identity of its dict of keys."""
        self._alias_nodes = 0
        self._started = 0
        self._reported: set[str] = set()

    def report(self, problem: Problem) -> None:
        """Add a problem, unless there are very many or it only repeats what was said."""
        if len(self.problems) < _MOST_PROBLEMS and problem.code not in self._reported:
            self.problems.append(problem)
            if problem.code in _ONCE:
                self._reported.add(problem.code)

    def compose(self, begin: int, end: int) -> None:
        """Compose the documents of a stretch of the text.

        Raises what the parser raises for a syntax error, `TooDeep` and `Exhausted`; documents completed
        before stay.
        """
        text = self._text if begin == 0 and end == len(self._text) else self._text[begin:end]
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        try:
            self._read(loader.get_event, begin)
        finally:
            loader.dispose()

    def _read(self, get_event: Any, base: int) -> None:
        text, plain, anchors, styles = self._text, self._plain, self._anchors, _STYLES
        hashed, hashes = self.hashed, self.hashes
        unknown_keys = self._unknown_keys
        masked, sign = self._masked, self._masked.sign if self._masked else ""
        most_nodes, most_depth = self._limits.nodes, self._limits.depth
        tape = self._tape
        values, starts, ends, styles_read = tape.values, tape.starts, tape.ends, tape.styles
        # The open collection: the keys of a mapping by name, or the items of a sequence; a document is a
        # sequence of one item. The stack holds those around it.
        keys: dict[str, int] = {}
        items: list[int] | None = []
        at_key = False
        stack: list[Any] = []
        index = len(values)
        deepest = 0
        document_start = last = base
        value: Any
        try:
            while True:
                event = get_event()
                kind = type(event)
                if kind is ScalarEvent:
                    value = event.value
                    start = event.start_mark.index + base
                    last = event.end_mark.index + base
                    style = styles[event.style]
                    tag = event.tag
                    anchor = event.anchor
                    if tag is not None or anchor is not None:
                        start = after_properties(text, start, last, (tag is not None) + (anchor is not None))
                    if style is LITERAL or style is FOLDED:
                        body, last = block_scalar_text(text, start, last, value)
                        if hashed and "#" in value:
                            hashes.append((body, last))
                    elif hashed and "#" in value:
                        hashes.append((start, last))
                    if at_key:
                        if anchor is not None:
                            # An alias of a key stands for its value, which is not always its text.
                            tape.append(self._key_value(value, tag, start, last, style), start, last, style)
                            anchors[anchor] = index, 1, 0
                            index += 1
                        if value in keys:
                            self._repeated(value, keys, start, last)
                        keys[value] = index
                        at_key = False
                    else:
                        if masked is not None and sign in value:
                            value = masked.unknown(value, start, last, style)
                        elif tag is not None:
                            value = self._tagged(value, tag, start, last)
                        elif style is PLAIN:
                            value = plain[value]
                        if anchor is not None:
                            anchors[anchor] = index, 1, 0
                        if items is None:
                            at_key = True
                        else:
                            items.append(index)
                    values.append(value)
                    starts.append(start)
                    ends.append(last)
                    styles_read.append(style)
                    index += 1
                    continue
                if kind is MappingStartEvent or kind is SequenceStartEvent:
                    if index > most_nodes:
                        self._exhausted("too-many-nodes", f"more than {most_nodes} values", last)
                    start = event.start_mark.index + base
                    last = event.end_mark.index + base
                    anchor = event.anchor
                    if anchor is not None or event.tag is not None:
                        count = (event.tag is not None) + (anchor is not None)
                        start = after_properties(text, start, len(text), count)
                    if len(stack) < most_depth:
                        style = FLOW if event.flow_style else BLOCK
                        stack.append(
                            (keys, items, at_key, index, start, style, anchor, self._alias_nodes, deepest)
                        )
                        depth = len(stack)
                        if anchor is not None:
                            anchors[anchor] = None
                            deepest = depth
                        elif depth > deepest:
                            deepest = depth
                        at_key = kind is MappingStartEvent
                        keys, items = {}, None if at_key else []
                        values.append(None)
                        starts.append(start)
                        ends.append(start)
                        styles_read.append(style)
                        index += 1
                        continue
                    node, last = self._skip(get_event, base, start, anchor)
                    slot = index
                    tape.append(node, *node[2:5])
                    index += 1
                elif kind is MappingEndEvent or kind is SequenceEndEvent:
                    if index > most_nodes:
                        self._exhausted("too-many-nodes", f"more than {most_nodes} values", last)
                    inner, members = keys, items
                    keys, items, at_key, slot, start, style, anchor, aliased, before = stack.pop()
                    if style is FLOW and event.end_mark.index > event.start_mark.index:
                        last = event.end_mark.index + base
                    if members is not None:
                        value = SEQUENCE, None, *members
                    else:
                        rest = self._rest(inner) if unknown_keys or masked is not None else None
                        if MERGE_KEY in inner:
                            earlier = self._earlier_merges.pop(id(inner), [])
                            value = merge(self._tape, inner, earlier, rest, self.report)
                            value = Node(value, self._source, start, last, style)
                        elif style is FLOW and text.startswith("{{", start) and text[last - 2 : last] == "}}":
                            value, style = self._template(start, last), PLAIN
                        else:
                            value = MAPPING, rest, *inner.values()
                    values[slot] = value
                    ends[slot] = last
                    styles_read[slot] = style
                    if anchor is not None:
                        size = index - slot + self._alias_nodes - aliased
                        anchors[anchor] = slot, size, deepest - len(stack)
                        deepest = max(deepest, before)
                elif kind is AliasEvent:
                    last = event.end_mark.index + base
                    slot = index
                    node, height = self._alias(event.anchor, event.start_mark.index + base, last, len(stack))
                    deepest = max(deepest, len(stack) + height)
                    tape.append(node, *node[2:5])
                    index += 1
                elif kind is DocumentStartEvent:
                    document_start = event.start_mark.index + base
                    last = event.end_mark.index + base
                    self._begin_document(document_start)
                    items = []
                    continue
                elif kind is DocumentEndEvent:
                    last = event.end_mark.index + base
                    if items:
                        self._end_document(items[0], document_start, last)
                    continue
                elif kind is StreamEndEvent:
                    return
                else:
                    continue
                # A collection or an alias takes its place.
                if items is not None:
                    items.append(slot)
                elif at_key:
                    key = self._unusual_key(slot, last, keys)
                    if key[0] in keys:
                        self._repeated(key[0], keys, key[1], key[2])
                    keys[key[0]] = index
                    tape.append(*key)
                    index += 1
                    at_key = False
                else:
                    at_key = True
        finally:
            self.reached = last

    def _begin_document(self, start: int) -> None:
        self._anchors.clear()
        self._earlier_merges.clear()
        self._unknown_keys.clear()
        self._started += 1
        most = self._limits.documents
        if self._started > most:
            self._exhausted("too-many-documents", f"more than {most} documents", start)

    def _end_document(self, root: int, start: int, end: int) -> None:
        """Keep a document, unless it has no content: libyaml makes an empty scalar of nothing."""
        tape = self._tape
        if tape.values[root] is not None or tape.starts[root] < tape.ends[root]:
            self.documents.append(Document(tape.root(root), start, end))

    def _exhausted(self, code: str, what: str, position: int) -> NoReturn:
        message = f"the file has {what}; the rest is not read"
        self.report(Problem("error", code, message, position, position))
        raise Exhausted

    def _tagged(self, text: str, tag: str, start: int, end: int) -> Scalar:
        value, fits = resolve_tagged(text, tag, self._schema)
        if not fits:
            name = "!!" + tag.rpartition(":")[2]
            message = f"the value does not fit its tag {name}; it is read as a string"
            self.report(Problem("warning", "tag-mismatch", message, start, end))
        return value

    def _key_value(self, text: str, tag: str | None, start: int, end: int, style: str) -> Scalar | Unknown:
        if self._masked is not None and self._masked.sign in text:
            return self._masked.unknown(text, start, end, style)
        if tag is not None:
            return self._tagged(text, tag, start, end)
        return self._plain[text] if style is PLAIN else text

    def _repeated(self, name: str, keys: dict[str, int], start: int, end: int) -> None:
        """Report a key that its mapping has already."""
        if self._masked is not None and self._masked.sign in name:
            return
        first = self._tape.root(keys[name])
        line = self._source.text.position(first.start).line
        message = f"the key `{name}` is already in this mapping, in line {line}; the last one wins"
        self.report(Problem("warning", "duplicate-key", message, start, end, "remove one of the two"))
        if name == MERGE_KEY:
            self._earlier_merges.setdefault(id(keys), []).append(keys[name])

    def _rest(self, keys: dict[str, int]) -> Unknown | None:
        """Why a mapping is open, if it is; keys that a template engine fills in are taken out of it."""
        rest = self._unknown_keys.pop(id(keys), None)
        if self._masked is not None:
            for name in [name for name in keys if self._masked.sign in name]:
                key = self._tape.root(keys.pop(name))
                rest = self._masked.unknown(name, key.start, key.end, key.style)
        return rest._replace(parts=()) if rest else None

    def _unusual_key(self, slot: int, last: int, keys: dict[str, int]) -> tuple[str, int, int, str]:
        """The key that an alias or a collection stands for."""
        node = self._tape.node(slot)
        value = node.value
        start = node.via[-1].start if node.via else node.start
        if isinstance(value, Unknown):
            self._unknown_keys[id(keys)] = value
        elif isinstance(value, str):
            return value, start, last, PLAIN
        elif not isinstance(value, (MapValue, SeqValue)):
            return node.written, start, last, PLAIN
        elif not self._text.startswith("{{", start - 1):
            message = "a key that is a mapping or a sequence; its text is taken as its name"
            hint = "quote the key if it is meant as text"
            self.report(Problem("note", "complex-key", message, start, last, hint))
        return self._text[start:last], start, last, PLAIN

    def _template(self, start: int, end: int) -> Unknown:
        """What stands for an unquoted `{{ ... }}`, which YAML reads as a mapping in a mapping."""
        reason = f"`{self._text[start:end]}` is filled in by a template engine"
        hint = "quote it, so that the file is YAML before it is filled in"
        self.report(Problem("warning", "template-text", reason, start, end, hint))
        return Unknown("template", reason)

    def _alias(self, anchor: str, start: int, end: int, depth: int) -> tuple[Node, int]:
        """What stands at an alias, and its height: the anchored value, or an unknown if it cannot be used."""
        anchored = self._anchors.get(anchor)
        kind, code, hint = "limit", "", ""
        if anchored is not None:
            slot, size, height = anchored
            if depth + height > self._limits.depth:
                code, reason = (
                    "nesting-too-deep",
                    f"more than {self._limits.depth} collections within each other",
                )
            elif self._alias_nodes + size > self._limits.alias_nodes:
                code = "too-many-aliases"
                reason = f"the aliases of the file stand for more than {self._limits.alias_nodes} values"
            else:
                self._alias_nodes += size
                here = Origin(f"alias *{anchor} stands for it here", self._source, start, end)
                return self._tape.node(slot).through(here), height
        elif anchor in self._anchors:
            code, reason = "recursive-alias", f"the alias *{anchor} stands inside the value that it names"
        else:
            kind, code = "unparsed", "undefined-alias"
            reason, hint = (
                f"the alias *{anchor} names no anchor of this document",
                f"define &{anchor} before it",
            )
        problem = Problem("error", code, reason, start, end, hint)
        self.report(problem)
        return Node(Unknown(kind, reason), self._source, start, end), 0

    def _skip(self, get_event: Any, base: int, start: int, anchor: str | None) -> tuple[Node, int]:
        """Read over a collection that is nested too deep; gives what stands for it, and its end."""
        message = f"more than {self._limits.depth} collections within each other"
        self.report(Problem("error", "nesting-too-deep", message, start, start + 1))
        skipped = [anchor] if anchor else []
        depth, last = 1, start
        while depth:
            event = get_event()
            kind = type(event)
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                depth += 1
                if depth > _SKIPPED_DEPTH:
                    raise TooDeep(event.end_mark.index + base)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                depth -= 1
                if event.end_mark.index == event.start_mark.index:
                    continue
            elif self.hashed and kind is ScalarEvent and "#" in event.value:
                self.hashes.append((event.start_mark.index + base, event.end_mark.index + base))
            last = event.end_mark.index + base
            if kind is not AliasEvent and getattr(event, "anchor", None):
                skipped.append(event.anchor)
        last = start + len(self._text[start:last].rstrip())
        for name in skipped:
            self._anchors[name] = None
        return Node(Unknown("limit", message), self._source, start, last), last
