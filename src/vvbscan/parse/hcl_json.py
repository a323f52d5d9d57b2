"""HCL's JSON syntax, as Terraform reads it: `.tf.json` and `.tfvars.json`.

JSON does not tell blocks from attributes, so that a schema must: that of Terraform's own blocks is here. What
a provider has as blocks stays an attribute with an object, or a tuple of objects. Members named `//` are
comments.

Source: HCL JSON Syntax Specification (hashicorp/hcl, json/spec.md); Terraform's language, "JSON Configuration
Syntax".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import MapValue, Node, Problem, SeqValue, Source, Unknown
from vvbscan.parse.hcl import parse_expression, parse_template
from vvbscan.parse.hcl_faults import HCL_SYNTAX
from vvbscan.parse.hcl_moved import moved
from vvbscan.parse.hcl_tree import (
    QUOTED,
    Attribute,
    Block,
    Body,
    Broken,
    Expression,
    HclFile,
    Literal,
    Name,
    ObjectConstructor,
    Template,
    TupleConstructor,
)
from vvbscan.parse.json import parse_json
from vvbscan.record import NamedTuple

_COMMENT: Final = "//"
_SEQUENCE: Final = lazy_pattern(r"[$%]\{")
_CHARACTER: Final = lazy_pattern(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)
"""A character of a JSON string as it is written."""


class _Schema(NamedTuple):
    """What a body has besides attributes with values."""

    labels: int = 0
    blocks: Mapping[str, _Schema] = {}
    references: tuple[str, ...] = ()
    """Attributes whose strings are written as expressions: types, addresses of resources."""
    literal: tuple[str, ...] = ()
    """Attributes whose strings have no interpolations."""


_LIFECYCLE: Final = _Schema(
    blocks={"precondition": _Schema(), "postcondition": _Schema()},
    references=("ignore_changes", "replace_triggered_by"),
)
_CONNECTION: Final = _Schema()
_DYNAMIC: Final = _Schema(1, {"content": _Schema(0, {"dynamic": _Schema(1, {"content": _Schema()})})})
_RESOURCE: Final = _Schema(
    2,
    {
        "lifecycle": _LIFECYCLE,
        "connection": _CONNECTION,
        "provisioner": _Schema(1, {"connection": _CONNECTION}),
        "dynamic": _DYNAMIC,
    },
    ("depends_on", "provider"),
)
_MOVE: Final = _Schema(references=("from", "to", "provider"))
_FILE: Final = {
    "resource": _RESOURCE,
    "data": _RESOURCE,
    "ephemeral": _RESOURCE,
    "action": _RESOURCE,
    "module": _Schema(1, references=("depends_on", "providers")),
    "variable": _Schema(
        1, {"validation": _Schema()}, references=("type",), literal=("default", "description")
    ),
    "output": _Schema(1, {"precondition": _Schema()}, references=("depends_on",)),
    "provider": _Schema(1),
    "locals": _Schema(),
    "terraform": _Schema(
        blocks={
            "backend": _Schema(1),
            "cloud": _Schema(blocks={"workspaces": _Schema()}),
            "required_providers": _Schema(),
            "provider_meta": _Schema(1),
        }
    ),
    "moved": _MOVE,
    "import": _MOVE,
    "removed": _MOVE._replace(blocks={"lifecycle": _Schema()}),
    "check": _Schema(1, {"data": _RESOURCE, "assert": _Schema()}),
}


def parse_hcl_json(source: Source, limits: Limits) -> HclFile:
    """Parse a file in JSON syntax. Never raises; where the JSON has an error there is only the problem.

    In a file of values of variables, which ends in `.tfvars.json`, strings have no interpolations.
    """
    parsed = parse_json(source, limits)
    reader = _Reader(limits)
    root = parsed.documents[0].root if parsed.documents else None
    schema = None if source.path.endswith(".tfvars.json") else _Schema(blocks=_FILE)
    body = Body({}, (), 0, len(source.text.text))
    if root is not None:
        body = reader.body([root], schema)
    return HclFile(source, body, (), (*parsed.problems, *reader.problems))


class _Reader:
    """Makes bodies and expressions of JSON values."""

    __slots__ = ("_limits", "problems")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.problems: list[Problem] = []

    def body(self, nodes: list[Node], schema: _Schema | None) -> Body:
        """The body that some objects are together; without a schema, one of literal values."""
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for node in nodes:
            for holder in self._objects(node):
                for name, key, value in holder.members():
                    if name == _COMMENT:
                        continue
                    inner = schema.blocks.get(name) if schema is not None else None
                    if inner is not None:
                        blocks += self._blocks(Name(name, key.start, key.end), value, inner)
                    elif schema is None or name in schema.literal:
                        attributes[name] = Attribute(Name(name, key.start, key.end), self._literal(value))
                    else:
                        read = self._reference if name in schema.references else self._template
                        made = self._value(value, read)
                        attributes[name] = Attribute(Name(name, key.start, key.end), made)
        return Body(attributes, tuple(blocks), nodes[0].start, nodes[-1].end)

    def _objects(self, node: Node) -> Iterator[Node]:
        """An object, or the objects of an array: a body may be written as several."""
        value = node.value
        if isinstance(value, MapValue):
            yield node
        elif isinstance(value, SeqValue):
            for item in value.items:
                yield from self._objects(item)
        elif value is not None and not isinstance(value, Unknown):
            message = f"`{node.written[:40]}` stands where an object should stand"
            self.problems.append(Problem("error", HCL_SYNTAX, message, node.start, node.end))

    def _blocks(self, type_: Name, value: Node, schema: _Schema) -> Iterator[Block]:
        """The blocks of one type: below each name of each level of labels, one or an array of them."""
        found: list[tuple[tuple[Name, ...], Node, int]] = [((), value, type_.start)]
        for _ in range(schema.labels):
            found = [
                ((*labels, Name(name, key.start, key.end)), child, key.start)
                for labels, node, _ in found
                for holder in self._objects(node)
                for name, key, child in holder.members()
                if name != _COMMENT
            ]
        for labels, node, start in found:
            items = node.items() if isinstance(node.value, SeqValue) else (node,)
            for item in items:
                # Each of several begins where it stands; a single one where its last label does.
                begin = item.start if isinstance(node.value, SeqValue) else start
                yield Block(type_, labels, self.body([item], schema), begin, item.end)

    def _value(self, node: Node, read: Callable[[Node, str], Expression]) -> Expression:
        """The expression of a value; `read` makes those of its strings."""
        value = node.value
        if isinstance(value, str):
            return read(node, value)
        if isinstance(value, SeqValue):
            items = [self._value(item, read) for item in value.items]
            return TupleConstructor(tuple(items), node.start, node.end)
        if isinstance(value, MapValue):
            members = [
                (self._template(key, name), self._value(child, read)) for name, key, child in node.members()
            ]
            return ObjectConstructor(tuple(members), node.start, node.end)
        if isinstance(value, Unknown):
            return Broken(node.start, node.end)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        elif isinstance(value, float) and value == float("inf"):
            return Broken(node.start, node.end)
        return Literal(value, node.start, node.end)

    def _literal(self, node: Node) -> Expression:
        return self._value(node, lambda node, text: Literal(text, node.start, node.end, QUOTED))

    def _template(self, node: Node, text: str) -> Expression:
        """The template that a string is."""
        if _SEQUENCE.search(text) is None:
            return Literal(text, node.start, node.end, QUOTED)
        expression, problems = parse_template(text, self._limits)
        place = self._placed(node, problems)
        made = moved(expression, place)
        if isinstance(made, (Literal, Template)):
            return made._replace(start=node.start, end=node.end, style=QUOTED)
        return Broken(node.start, node.end)

    def _reference(self, node: Node, text: str) -> Expression:
        """The expression that a string holds without being a template; a template if it is none."""
        if _SEQUENCE.search(text) is None:
            expression, problems = parse_expression(text, self._limits)
            if not problems:
                return moved(expression, self._placed(node, ()))
        return self._template(node, text)

    def _placed(self, node: Node, problems: tuple[Problem, ...]) -> Callable[[int], int]:
        """Where the characters of a string stand in the file; its problems are reported there."""
        written = node.written[1:-1]
        start = node.start + 1
        if "\\" in written:
            starts = [found.start() for found in _CHARACTER.finditer(written)]
            starts.append(len(written))

            def place(offset: int) -> int:
                return start + starts[min(offset, len(starts) - 1)]
        else:

            def place(offset: int) -> int:
                return start + offset

        for problem in problems:
            self.problems.append(problem._replace(start=place(problem.start), end=place(problem.end)))
        return place
