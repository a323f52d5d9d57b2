"""A parsed Dockerfile as one document of plain nodes, to be shown to people."""

from __future__ import annotations

from vvbscan.model.node import Document, MapValue, Node, Parsed, SeqValue, Source
from vvbscan.parse.dockerfile_syntax import DockerfileSyntax, Flag, Instruction, Pair


def to_parsed(syntax: DockerfileSyntax) -> Parsed:
    """The syntax as one document: `directives` by name and the list of `instructions`."""
    source = syntax.source
    length = len(source.text.text)
    keys = {str(directive.name.value): directive.name for directive in syntax.directives}
    values = {str(directive.name.value): directive.value for directive in syntax.directives}
    instructions = tuple(_instruction(instruction) for instruction in syntax.instructions)
    members = {
        "directives": Node(MapValue(values, keys), source, 0, length),
        "instructions": Node(SeqValue(instructions), source, 0, length),
    }
    root = _mapping(source, 0, length, members)
    return Parsed(source, (Document(root, 0, length),), syntax.comments, syntax.problems)


def _instruction(instruction: Instruction) -> Node:
    source = instruction.line.source
    start, end = instruction.start, instruction.end
    members: dict[str, Node] = {"keyword": instruction.keyword}
    if instruction.flags:
        flags = tuple(_named(part) for part in instruction.flags)
        members["flags"] = Node(SeqValue(flags), source, start, end)
    if instruction.trigger:
        members["trigger"] = _instruction(instruction.trigger)
    elif instruction.pairs:
        pairs = tuple(_named(part) for part in instruction.pairs)
        members["pairs"] = Node(SeqValue(pairs), source, start, end)
    elif instruction.arguments:
        members["arguments"] = Node(SeqValue(instruction.arguments), source, start, end)
    if instruction.heredocs:
        bodies = {heredoc.name: heredoc.body for heredoc in instruction.heredocs}
        members["heredocs"] = _mapping(source, start, end, bodies)
    return _mapping(source, start, end, members)


def _named(part: Flag | Pair) -> Node:
    members = {"name": part.name}
    end = part.name.end
    if part.value is not None:
        members["value"] = part.value
        end = part.value.end
    return _mapping(part.name.source, part.name.start, end, members)


def _mapping(source: Source, start: int, end: int, entries: dict[str, Node]) -> Node:
    """A mapping that the file does not spell out: its key nodes are those of its values."""
    return Node(MapValue(entries, dict(entries)), source, start, end)
