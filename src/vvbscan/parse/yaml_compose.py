"""The iterative composer: from libyaml's events to node trees with exact spans.

The main loop is long and spells everything out because it runs once a node: a call costs as much as the
rest of the work on a scalar. Only libyaml's `index` is used of its marks; its lines and columns count line
ends that `SourceText` does not.
"""

from __future__ import annotations

import re
from typing import Any, Final

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
from vvbscan.parse.scalars import resolve, resolve_tagged

_STYLES: Final = {None: PLAIN, "": PLAIN, "'": SINGLE, '"': DOUBLE, "|": LITERAL, ">": FOLDED}
_PROPERTY: Final = re.compile(r"(?:!<[^>]*>|[&!][^\s,\[\]{}]*)(?:\s+|(?<=\s)#[^\n\r\x85\u2028\u2029]*)*")
_BLOCK_HEADER: Final = re.compile(r"[|>][-+0-9]*")
_LINE_END: Final = re.compile(r"[^\n\r\x85\u2028\u2029]*")
_MERGE: Final = "<<"
_MERGE_TAG: Final = "tag:yaml.org,2002:merge"

_SKIPPED_DEPTH: Final = 1000
"""How far below the depth limit events are read on, to find the end of what is skipped. libyaml's work on
a token grows with the depth of flow collections, so that 50,000 brackets would take minutes."""

_MOST_PROBLEMS: Final = 200
"""Problems that are reported for one file; a file with more has one cause many times."""


class TooDeep(Exception):
    """The nesting is too deep to look for its end. `position` is how far the text was read."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class Exhausted(Exception):
    """A limit of the file was reached; nothing more is read."""


class _Plain(dict[str, Scalar]):
    """Values of plain scalars, resolved once each: manifests repeat a small vocabulary."""

    def __init__(self, schema: str) -> None:
        super().__init__()
        self._schema = schema

    def __missing__(self, text: str) -> Scalar:
        value = self[text] = resolve(text, self._schema)
        return value


class Composer:
    """Composes the documents of one file, in one or several stretches."""

    def __init__(self, source: Source, text: str, limits: Limits, schema: str) -> None:
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
        self._plain = _Plain(schema)
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        """Node and expanded size of each anchor of the document; None while its collection is open."""
        self._earlier_merges: dict[int, list[Node]] = {}
        self._nodes = 0
        self._alias_nodes = 0
        self._started = 0

    def report(self, problem: Problem) -> None:
        """Add a problem, unless there are very many."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(problem)

    def compose(self, begin: int, end: int) -> None:
        """Compose the documents of a stretch of the text.

        Raises what the parser raises for a syntax error, `TooDeep` and `Exhausted`; documents completed
        before stay.
        """
        text = self._text if begin == 0 and end == len(self._text) else self._text[begin:end]
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        try:
            self._read(loader, begin)
        finally:
            loader.dispose()

    def _read(self, loader: Any, base: int) -> None:
        get_event = loader.get_event
        new: Any = tuple.__new__
        source, text, plain, anchors = self._source, self._text, self._plain, self._anchors
        hashed, hashes, styles = self.hashed, self.hashes, _STYLES
        most_nodes, most_depth = self._limits.nodes, self._limits.depth
        entries: dict[str, Node] | None = None
        keys: dict[str, Node] = {}
        items: list[Node] | None = None
        name: str | None = None
        stack: list[Any] = []
        root: Node | None = None
        count = self._nodes
        last = base
        document_start = base
        try:
            while True:
                event = get_event()
                kind = type(event)
                if kind is ScalarEvent:
                    count += 1
                    value = event.value
                    start = event.start_mark.index + base
                    last = event.end_mark.index + base
                    style = styles[event.style]
                    tag = event.tag
                    anchor = event.anchor
                    if tag is not None or anchor is not None:
                        start = self._after_properties(start, last, tag, anchor)
                    if style is LITERAL or style is FOLDED:
                        last = self._block_scalar_end(start, last, value)
                    elif hashed and "#" in value:
                        hashes.append((start, last))
                    if name is None and entries is not None:
                        node = new(Node, (value, source, start, last, style, ()))
                        if value in keys:
                            self._repeated(value, keys[value], node, entries)
                        keys[value] = node
                        name = value
                        if anchor is not None:
                            scalar = plain[value] if style is PLAIN and tag is None else value
                            anchors[anchor] = node._replace(value=scalar), 1
                        continue
                    if tag is not None:
                        value = self._tagged(value, tag, start, last)
                    elif style is PLAIN:
                        value = plain[value]
                    node = new(Node, (value, source, start, last, style, ()))
                    if anchor is not None:
                        anchors[anchor] = node, 1
                    if name is not None:
                        entries[name] = node  # type: ignore[index]  # a name is pending only in a mapping
                        name = None
                    elif items is not None:
                        items.append(node)
                    else:
                        root = node
                elif kind is MappingStartEvent or kind is SequenceStartEvent:
                    count += 1
                    if count > most_nodes:
                        self._exhausted("too-many-nodes", f"more than {most_nodes} values", last)
                    start = event.start_mark.index + base
                    anchor = event.anchor
                    if anchor is not None or event.tag is not None:
                        start = self._after_properties(start, len(text), event.tag, anchor)
                    if len(stack) >= most_depth:
                        last = start
                        node, last = self._skip(get_event, base, start, anchor)
                        if entries is None:
                            if items is None:
                                root = node
                            else:
                                items.append(node)
                        elif name is None:
                            name = self._complex_key(keys, node, last)
                        else:
                            entries[name] = node
                            name = None
                        continue
                    if anchor is not None:
                        anchors[anchor] = None
                    style = FLOW if event.flow_style else BLOCK
                    last = event.end_mark.index + base
                    stack.append(
                        (entries, keys, items, name, start, style, anchor, count + self._alias_nodes)
                    )
                    name = None
                    if kind is MappingStartEvent:
                        entries, keys, items = {}, {}, None
                    else:
                        entries, items = None, []
                elif kind is MappingEndEvent or kind is SequenceEndEvent:
                    if count > most_nodes:
                        self._exhausted("too-many-nodes", f"more than {most_nodes} values", last)
                    if entries is None:
                        value = new(SeqValue, (tuple(items or ()), None))
                    elif _MERGE in entries:
                        value = self._merged(entries, keys)
                    else:
                        value = new(MapValue, (entries, keys, None, None))
                    entries, keys, items, name, start, style, anchor, before = stack.pop()
                    if style is FLOW:
                        last = event.end_mark.index + base
                    node = new(Node, (value, source, start, last, style, ()))
                    if anchor is not None:
                        anchors[anchor] = node, count + self._alias_nodes - before + 1
                    if entries is None:
                        if items is None:
                            root = node
                        else:
                            items.append(node)
                    elif name is None:
                        name = self._complex_key(keys, node, last)
                    else:
                        entries[name] = node
                        name = None
                elif kind is AliasEvent:
                    count += 1
                    start = event.start_mark.index + base
                    last = event.end_mark.index + base
                    node = self._alias(event.anchor, start, last)
                    if entries is None:
                        if items is None:
                            root = node
                        else:
                            items.append(node)
                    elif name is None:
                        name = self._alias_key(keys, node, start, last)
                    else:
                        entries[name] = node
                        name = None
                elif kind is DocumentStartEvent:
                    document_start = event.start_mark.index + base
                    last = event.end_mark.index + base
                    anchors.clear()
                    self._earlier_merges.clear()
                    root = None
                    self._started += 1
                    if self._started > self._limits.documents:
                        self._exhausted(
                            "too-many-documents",
                            f"more than {self._limits.documents} documents",
                            document_start,
                        )
                elif kind is DocumentEndEvent:
                    last = event.end_mark.index + base
                    if root is not None and not _is_empty(root):
                        self.documents.append(Document(root, document_start, last))
                elif kind is StreamEndEvent:
                    return
        finally:
            self.reached = last
            self._nodes = count

    def _exhausted(self, code: str, what: str, position: int) -> None:
        message = f"the file has {what}, the rest is not read"
        self.report(Problem("error", code, message, position, position))
        raise Exhausted

    def _after_properties(self, start: int, end: int, tag: str | None, anchor: str | None) -> int:
        """Where a node begins behind its tag and anchor."""
        for _ in range((tag is not None) + (anchor is not None)):
            match = _PROPERTY.match(self._text, start, end)
            if match:
                start = match.end()
        return start

    def _block_scalar_end(self, start: int, end: int, value: str) -> int:
        """End of the last line of a block scalar that is not blank; notes where a `#` is text."""
        text = self._text
        header = _BLOCK_HEADER.match(text, start)
        assert header is not None, "a block scalar begins with its indicator"
        body = _LINE_END.match(text, header.end())
        assert body is not None, "the pattern matches everywhere"
        if not value.strip("\n"):
            # The body has no text; a comment behind the indicator does not belong to the value.
            return header.end()
        written = start + len(text[start:end].rstrip())
        line = _LINE_END.match(text, written)
        last = min(line.end(), end) if line else written
        if self.hashed and "#" in value:
            self.hashes.append((body.end(), last))
        return last

    def _tagged(self, text: str, tag: str, start: int, end: int) -> Scalar:
        value, fits = resolve_tagged(text, tag, self._schema)
        if not fits:
            name = "!!" + tag.rpartition(":")[2]
            message = f"the value does not fit its tag {name}; it is read as a string"
            self.report(Problem("warning", "tag-mismatch", message, start, end))
        return value

    def _repeated(self, name: str, first: Node, second: Node, entries: dict[str, Node]) -> None:
        line = self._source.text.position(first.start).line
        self.report(
            Problem(
                "error",
                "duplicate-key",
                f"the key `{name}` is already in this mapping, in line {line}; the last one wins",
                second.start,
                second.end,
                "remove one of the two",
            )
        )
        if name == _MERGE:
            self._earlier_merges.setdefault(id(entries), []).append(entries[name])

    def _complex_key(self, keys: dict[str, Node], node: Node, last: int) -> str:
        """The name of a key that is a collection: its text as written."""
        text = self._text[node.start : last]
        message = "a key that is a mapping or a sequence; its text is taken as its name"
        self.report(
            Problem("note", "complex-key", message, node.start, last, "quote the key if it is meant as text")
        )
        keys[text] = node._replace(value=text)
        return text

    def _alias_key(self, keys: dict[str, Node], node: Node, start: int, end: int) -> str:
        value = node.value
        if isinstance(value, str):
            name = value
        elif isinstance(value, (MapValue, SeqValue, Unknown)):
            name = self._text[start:end]
        else:
            name = self._text[node.start : node.end]
        keys[name] = Node(name, self._source, start, end, PLAIN, node.via)
        return name

    def _alias(self, anchor: str, start: int, end: int) -> Node:
        """What stands at an alias: the anchored value, or an unknown if there is none that can be used."""
        here = Origin(f"alias *{anchor} stands for it here", self._source, start, end)
        if anchor not in self._anchors:
            message = f"the alias *{anchor} names no anchor of this document"
            self.report(
                Problem("error", "undefined-alias", message, start, end, f"define &{anchor} before it")
            )
            return Node(Unknown("unparsed", message), self._source, start, end)
        anchored = self._anchors[anchor]
        if anchored is None:
            message = f"the alias *{anchor} stands inside the value that it names"
            self.report(Problem("error", "recursive-alias", message, start, end))
            return Node(Unknown("limit", message), self._source, start, end)
        node, size = anchored
        if self._alias_nodes + size > self._limits.alias_nodes:
            message = f"the aliases of the file stand for more than {self._limits.alias_nodes} values"
            if not any(problem.code == "too-many-aliases" for problem in self.problems):
                self.report(Problem("error", "too-many-aliases", message, start, end))
            return Node(Unknown("limit", message), self._source, start, end)
        self._alias_nodes += size
        return node.through(here)

    def _merged(self, entries: dict[str, Node], keys: dict[str, Node]) -> MapValue:
        """A mapping whose merge keys are replaced by the entries they stand for."""
        if keys[_MERGE].style is not PLAIN:
            return MapValue(entries, keys)
        merges = [*self._earlier_merges.pop(id(entries), ()), entries.pop(_MERGE)]
        del keys[_MERGE]
        names: dict[str, Node] = {}
        values: dict[str, Node] = {}
        rest: Unknown | None = None
        for merge in merges:
            layers = merge.value.items if isinstance(merge.value, SeqValue) else (merge,)
            for layer in reversed(layers):
                via = layer.via if layer is merge else (*layer.via, *merge.via)
                value = layer.value
                if isinstance(value, MapValue):
                    rest = rest or value.rest
                    for name, node in value.entries.items():
                        values[name] = node.through(*via)
                        names[name] = value.keys[name].through(*via)
                elif isinstance(value, Unknown):
                    rest = rest or value
                else:
                    self.report(
                        Problem(
                            "error",
                            "merge-value",
                            "the value of the merge key << must be a mapping or a list of mappings",
                            layer.start,
                            layer.end,
                        )
                    )
        values.update(entries)
        names.update(keys)
        return MapValue(values, names, rest)

    def _skip(self, get_event: Any, base: int, start: int, anchor: str | None) -> tuple[Node, int]:
        """Read over a collection that is nested too deep; gives what stands for it, and its end."""
        message = f"more than {self._limits.depth} collections within each other"
        if not any(problem.code == "nesting-too-deep" for problem in self.problems):
            self.report(Problem("error", "nesting-too-deep", message, start, start + 1))
        node = Node(Unknown("limit", message), self._source, start, start)
        skipped = [anchor] if anchor else []
        depth, last = 1, start
        while depth:
            event = get_event()
            kind = type(event)
            last = event.end_mark.index + base
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                depth += 1
                if depth > _SKIPPED_DEPTH:
                    raise TooDeep(last)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                depth -= 1
            elif self.hashed and kind is ScalarEvent and "#" in event.value:
                self.hashes.append((event.start_mark.index + base, last))
            if kind is not AliasEvent and getattr(event, "anchor", None):
                skipped.append(event.anchor)
        node = node._replace(end=start + len(self._text[start:last].rstrip()))
        for name in skipped:
            self._anchors[name] = node, 1
        return node, last


def _is_empty(root: Node) -> bool:
    """Whether a document has no content: what libyaml makes of nothing is a scalar without characters."""
    return root.value is None and root.start == root.end
