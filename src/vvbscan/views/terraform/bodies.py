"""What the body of a block comes to: its arguments and nested blocks, those of dynamic blocks among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Source, Unknown
from vvbscan.parse.hcl_tree import (
    Block,
    Body,
    Expression,
    Literal,
    Traversal,
    TupleConstructor,
    Variable,
)
from vvbscan.views.terraform.instances import computed_object
from vvbscan.views.terraform.load import header_of
from vvbscan.views.terraform.scope import EvaluationFault, Scope
from vvbscan.views.terraform.use_sites import used_in
from vvbscan.views.terraform.workspace import Workspace

Bodies = tuple[tuple[Body, Source], ...]
"""What makes up one block: its own body and those of override files, the strongest last."""

RESOURCE_META: Final = frozenset({"count", "for_each", "provider", "depends_on", "provisioner", "connection"})
MODULE_META: Final = frozenset({"count", "for_each", "providers", "depends_on", "source", "version"})

_LIFECYCLE: Final = "lifecycle"
_DEEPEST: Final = 600
"""Calls of the interpreter, counted with those of `evaluate`, from which on no argument is settled."""
_CALLS_OF_SETTLING: Final = 4
_LIFECYCLE_ARGUMENTS: Final = {
    "create_before_destroy",
    "ignore_changes",
    "prevent_destroy",
    "replace_triggered_by",
}
"""Those of Terraform's own block: a provider may have one of that name too (`rule` of `aws_backup_plan`)."""


class Arguments(Mapping[str, Node]):
    """The arguments and nested blocks of a block, each evaluated when it is asked for. Nulls are absent."""

    __slots__ = ("_bodies", "_excluded", "_in_work", "_known", "_nulls", "_scope", "_settled", "_workspace")

    def __init__(
        self, bodies: Bodies, scope: Scope, workspace: Workspace, excluded: frozenset[str] = frozenset()
    ) -> None:
        self._bodies = bodies
        self._scope = scope
        self._workspace = workspace
        self._excluded = excluded
        self._known: dict[str, Node | None] = {}
        self._nulls: dict[str, Node] = {}
        self._in_work: set[str] = set()
        self._settled: set[str] = set()

    def find(self, name: str) -> Node | None:
        """The value of an argument or the blocks of a type; None if it is absent or null."""
        if name in self._known:
            return self._known[name]
        if name in self._in_work:
            source = self._bodies[0][1]
            unknown = Unknown("expression", f"{name} depends on itself")
            return Node(unknown, source, self._bodies[0][0].start, self._bodies[0][0].start, COMPUTED)
        self._in_work.add(name)
        try:
            node = None if name in self._excluded else self._make(name)
        finally:
            self._in_work.discard(name)
        if node is not None and node.value is None:
            self._nulls[name] = node
            node = None
        self._known[name] = node
        return node

    def null(self, name: str) -> Node | None:
        """The null of an argument that is set to null, which may have come from a variable."""
        return self._nulls.get(name) if self.find(name) is None else None

    def settle(self, name: str = "") -> bool:
        """Work out an argument with all blocks in it, or all arguments, as somebody refers to all of it.

        What is worked out later could lead back to who refers to it, in a circle without end. False if it
        depends on itself, or is nested too deep.
        """
        budget = self._scope.budget
        if budget.depth > _DEEPEST:
            return False
        budget.depth += _CALLS_OF_SETTLING
        try:
            return all(self._settle(one) for one in ((name,) if name else tuple(self.names())))
        finally:
            budget.depth -= _CALLS_OF_SETTLING

    def _settle(self, name: str) -> bool:
        if name in self._settled:
            return True
        if name in self._in_work:
            return False
        node = self.find(name)
        if node is not None and self.is_block(name) and isinstance(node.value, SeqValue):
            self._in_work.add(name)
            try:
                inner = [item.value.entries for item in node.value.items if isinstance(item.value, MapValue)]
                if not all(one.settle() for one in inner if isinstance(one, Arguments)):
                    return False
            finally:
                self._in_work.discard(name)
        self._settled.add(name)
        return True

    def names(self) -> Iterator[str]:
        """The names of all that is written, null or not."""
        seen: dict[str, None] = {}
        for body, _ in self._bodies:
            seen.update(dict.fromkeys(body.attributes))
            seen.update(dict.fromkeys(block_type(block) for block in body.blocks))
        return (name for name in seen if name not in self._excluded)

    def _make(self, name: str) -> Node | None:
        for body, source in reversed(self._bodies):
            attribute = body.attributes.get(name)
            if attribute is not None:
                scope = self._scope if source is self._scope.source else self._scope._replace(source=source)
                expression = attribute.expression
                node = self._workspace.settle(expression, scope)
                if type(expression) is Literal:
                    return node
                return used_in(node, source, expression.start, expression.end)
        for body, source in reversed(self._bodies):
            blocks = [block for block in body.blocks if block_type(block) == name]
            if blocks:
                return _blocks(blocks, self._scope._replace(source=source), self._workspace)
        return None

    def is_block(self, name: str) -> bool:
        """Whether a name is that of nested blocks and not of an argument."""
        return not any(name in body.attributes for body, _ in self._bodies)

    def key(self, name: str) -> Node | None:
        """The name of an argument, or the type of the first block of that type, as a node."""
        for body, source in reversed(self._bodies):
            attribute = body.attributes.get(name)
            if attribute is not None:
                return Node(name, source, attribute.name.start, attribute.name.end)
            for block in body.blocks:
                if block_type(block) == name:
                    return header_of(block, source)
        return None

    def use_site(self, name: str) -> Node | None:
        """The expression that gives an argument, as a node with the name for value; None for blocks."""
        for body, source in reversed(self._bodies):
            attribute = body.attributes.get(name)
            if attribute is not None:
                return Node(name, source, attribute.expression.start, attribute.expression.end, COMPUTED)
        return None

    def __getitem__(self, name: str) -> Node:
        node = self.find(name)
        if node is None:
            raise KeyError(name)
        return node

    def get(self, name: str, default: Node | None = None) -> Node | None:  # type: ignore[override]
        """The value, or a default if it is absent."""
        node = self.find(name)
        return default if node is None else node

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.find(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.names() if self.find(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class ArgumentKeys(Mapping[str, Node]):
    """The names of arguments as they are written."""

    __slots__ = ("_arguments",)

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments

    def __getitem__(self, name: str) -> Node:
        node = self._arguments.key(name)
        if node is None:
            raise KeyError(name)
        return node

    def __iter__(self) -> Iterator[str]:
        return iter(self._arguments)

    def __len__(self) -> int:
        return len(self._arguments)


class Nulls(Mapping[str, Node]):
    """The nulls of arguments that are set to null: what made them absent."""

    __slots__ = ("_arguments",)

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments

    def __getitem__(self, name: str) -> Node:
        node = self._arguments.null(name)
        if node is None:
            raise KeyError(name)
        return node

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._arguments.names() if self._arguments.null(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def body_value(
    bodies: Bodies, scope: Scope, workspace: Workspace, excluded: frozenset[str] = frozenset()
) -> MapValue:
    """The members of a block."""
    arguments = Arguments(bodies, scope, workspace, excluded)
    return MapValue(arguments, ArgumentKeys(arguments), removed=Nulls(arguments))


def block_type(block: Block) -> str:
    """The type of a block, of a dynamic one that of the blocks which it makes."""
    if block.type.text == "dynamic" and block.labels:
        return block.labels[0].text
    return block.type.text


def _blocks(blocks: list[Block], scope: Scope, workspace: Workspace) -> Node:
    """Blocks of one type as a sequence of mappings."""
    items: list[Node] = []
    rest: Unknown | None = None
    for block in blocks:
        if block.type.text == _LIFECYCLE and block.body.attributes.keys() <= _LIFECYCLE_ARGUMENTS:
            items.append(_lifecycle(block, scope))
        elif block.type.text == "dynamic":
            made, unknown = _dynamic(block, scope, workspace)
            items += made
            rest = rest or unknown
        else:
            items.append(_block_node(block, block, scope, workspace))
    first, last = blocks[0], blocks[-1]
    return Node(SeqValue(tuple(items), rest), scope.source, first.start, last.end)


def _lifecycle(block: Block, scope: Scope) -> Node:
    """A block `lifecycle`, in which names stand for themselves: `ignore_changes = [tags["a"]]`."""
    entries: dict[str, Node] = {}
    keys: dict[str, Node] = {}
    source = scope.source
    for name, attribute in block.body.attributes.items():
        expression = attribute.expression
        keys[name] = Node(name, source, attribute.name.start, attribute.name.end)
        if isinstance(expression, Literal):
            entries[name] = Node(expression.value, source, expression.start, expression.end)
        elif isinstance(expression, TupleConstructor):
            items = tuple(_written(item, source) for item in expression.items)
            entries[name] = Node(SeqValue(items), source, expression.start, expression.end)
        else:
            entries[name] = _written(expression, source)
    header = header_of(block, source)
    return Node(MapValue(entries, keys), source, header.start, header.end)


def _written(expression: Expression, source: Source) -> Node:
    """An expression as the text that it is written as."""
    text = source.text.text[expression.start : expression.end]
    return Node(text, source, expression.start, expression.end)


def _block_node(block: Block, content: Block, scope: Scope, workspace: Workspace) -> Node:
    """A block as a mapping: its place is its header."""
    header = header_of(block, scope.source)
    value = body_value(((content.body, scope.source),), scope, workspace)
    return Node(value, scope.source, header.start, header.end)


def _dynamic(block: Block, scope: Scope, workspace: Workspace) -> tuple[list[Node], Unknown | None]:
    """The blocks that a dynamic block makes, and why there may be more."""
    attributes = block.body.attributes
    content = next((inner for inner in block.body.blocks if inner.type.text == "content"), None)
    each = attributes.get("for_each")
    if content is None or each is None or not block.labels:
        missing = "label" if not block.labels else "content" if content is None else "for_each"
        header = header_of(block, scope.source)
        message = f"this dynamic block has no `{missing}`"
        workspace.notices.at("warning", "terraform-dynamic", message, scope.source, header.start, header.end)
        return [], Unknown("expression", message)
    name = _iterator(block)
    node = workspace.settle(each.expression, scope)
    value = node.value
    rest: Unknown | None = None
    members: list[tuple[str | int | Node, Node]] = []
    if isinstance(value, Unknown):
        return [], value
    if isinstance(value, MapValue):
        members += [(key, value.entries[key]) for key in sorted(value.entries)]
        rest = value.rest
    elif isinstance(value, SeqValue):
        is_set = node.style == "set"
        members += [(item if is_set else index, item) for index, item in enumerate(value.items)]
        rest = value.rest
    else:
        message = "for_each of a dynamic block is a collection"
        fault = EvaluationFault("terraform-for-each", message, each.expression.start, each.expression.end)
        workspace.tell(scope.source, fault)
        return [], Unknown("expression", message)
    limit = workspace.limits.instances
    if len(members) > limit:
        rest = Unknown(
            "limit", f"the dynamic block makes {len(members):,} blocks, over the limit of {limit:,}"
        )
        workspace.notices.at(
            "warning", "limit", rest.reason, scope.source, each.expression.start, each.expression.end
        )
        members = []
    made = [
        _block_node(
            block,
            content,
            scope.bound(**{name: computed_object({"key": key, "value": item}, node)}),
            workspace,
        )
        for key, item in members
    ]
    return made, rest


def _iterator(block: Block) -> str:
    """The name that the content of a dynamic block has for the current item."""
    written = block.body.attributes.get("iterator")
    expression = written.expression if written is not None else None
    if isinstance(expression, Traversal):
        expression = expression.root
    return expression.name if isinstance(expression, Variable) else block.labels[0].text
