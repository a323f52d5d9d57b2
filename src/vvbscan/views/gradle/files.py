"""The files of builds of Gradle as they are written, read once for a tree."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from vvbscan.model.limits import Limits
from vvbscan.model.node import COMPUTED, Document, MapValue, Node, Parsed, Source
from vvbscan.model.unit import FileTree, Unreadable
from vvbscan.parse.gradle import parse_gradle
from vvbscan.parse.gradle_tree import Block, Chain, Expression, GradleFile, Items, Statement
from vvbscan.record import NamedTuple
from vvbscan.views.gradle.locks import parse_lock
from vvbscan.views.of_tree import OfTree
from vvbscan.views.packages.conflicts import told_once

if TYPE_CHECKING:
    from vvbscan.views.gradle.verification import Verification

SETTINGS: Final = ("settings.gradle", "settings.gradle.kts")
BUILD: Final = ("build.gradle", "build.gradle.kts")
SCRIPTS: Final = (".gradle", ".gradle.kts")
PROPERTIES: Final = "gradle.properties"
CATALOG: Final = ".versions.toml"
VERIFICATION: Final = "gradle/verification-metadata.xml"
"""Where Gradle looks for checksums, below the root of a build."""


class Script(NamedTuple):
    """A script."""

    path: str
    source: Source
    block: Block
    parsed: Parsed
    """For suppressions and problems."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return id(self)


class Library(OfTree):
    """The files of the builds of a tree, by path."""

    def __init__(self, tree: FileTree, limits: Limits) -> None:
        super().__init__(tree, limits)
        self._read: dict[str, Script | Verification | Parsed | str] = {}

    def read(self, path: str) -> Script | Verification | Parsed | str:
        """A script, metadata of verification, another file that was parsed, or why it cannot be read."""
        if path not in self._read:
            self._read[path] = self._parse(path)
        return self._read[path]

    def script(self, path: str) -> Script | None:
        """The script at a path, if there is one that can be read."""
        if path.startswith("..") or not self.tree.is_file(path):
            return None
        found = self.read(path)
        return found if isinstance(found, Script) else None

    def values(self, path: str) -> Node | None:
        """The mapping at the top of another file, if there is one that can be read."""
        if path.startswith("..") or not self.tree.is_file(path):
            return None
        found = self.read(path)
        return found.documents[0].root if isinstance(found, Parsed) and found.documents else None

    def first(self, directory: str, names: Iterable[str]) -> Script | None:
        """The first script with one of these names in a directory."""
        return next((one for name in names if (one := self.script(posixpath.join(directory, name)))), None)

    def _parse(self, path: str) -> Script | Verification | Parsed | str:
        try:
            source, problems = self.tree.read(path)
        except Unreadable as error:
            return str(error)
        if path.endswith(SCRIPTS):
            file = parse_gradle(source, self.limits)
            problems += told_once(source, file.problems, "gradle-syntax")
            return Script(path, source, file.block, _parsed(file)._replace(problems=problems))
        if path.endswith(".properties"):
            from vvbscan.parse.properties import parse_properties

            parsed = parse_properties(source, self.limits)
        elif path.endswith(".toml"):
            from vvbscan.parse.toml import parse_toml

            parsed = parse_toml(source, self.limits)
        elif path.endswith(".xml"):
            from vvbscan.views.gradle.verification import read_verification

            return read_verification(source, problems, self.limits)
        else:
            parsed = parse_lock(source)
        return parsed._replace(problems=(*problems, *parsed.problems))


def _parsed(file: GradleFile) -> Parsed:
    """What suppressions need: every statement as an entry of a mapping that spans it."""
    documents: tuple[Document, ...] = ()
    if "vvbscan" in file.source.text.text:
        block = file.block
        documents = (Document(_spans(file.source, block.statements, block.start, block.end), 0, block.end),)
    return Parsed(file.source, documents, file.comments, file.problems)


def _spans(source: Source, statements: Iterable[Statement], start: int, end: int) -> Node:
    entries, keys = {}, {}
    for number, one in enumerate(statements):
        inner = [each for part in _expressions(one) for block in blocks_of(part) for each in block.statements]
        entries[str(number)] = _spans(source, inner, one.start, one.end)
        keys[str(number)] = Node("", source, one.start, min(one.start + 1, one.end), COMPUTED)
    return Node(MapValue(entries, keys), source, start, end, COMPUTED)


def _expressions(statement: Statement) -> Iterator[Expression]:
    yield statement.target
    yield from (one.value for one in (*statement.arguments, *statement.pairs))
    if statement.value is not None:
        yield statement.value


def blocks_of(expression: Expression) -> Iterator[Block]:
    """The blocks that an expression has."""
    if isinstance(expression, Block):
        yield expression
    elif isinstance(expression, Chain):
        for link in expression.links:
            if link.block is not None:
                yield link.block
            for argument in link.arguments or ():
                yield from blocks_of(argument.value)
    elif isinstance(expression, Items):
        for item in expression.items:
            yield from blocks_of(item.value)
