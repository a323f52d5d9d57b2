"""Helpers of the tests of compose projects."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown, plain
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.compose import KIND
from vvbscan.views.compose.project import project_of
from vvbscan.views.compose.service import ComposeService

MAIN = "compose.yaml"


def load(
    files: dict[str, str], *paths: str, environment: str = "", limits: Limits = DEFAULT_LIMITS
) -> Loaded:
    """Load a project; the texts are dedented, and `compose.yaml` is the main file unless others are named."""
    tree = MemoryTree({path: dedent(text) for path, text in files.items()})
    unit = Unit("compose:test", "compose", paths or (MAIN,), environment)
    return KIND.load(unit, tree, Options(limits=limits))


def services(files: dict[str, str] | str, *paths: str) -> dict[str, ComposeService]:
    """The services of a project by name."""
    given = {MAIN: files} if isinstance(files, str) else files
    return {service.name: service for service in project_of(load(given, *paths)).services}


def service(files: dict[str, str] | str, *paths: str) -> ComposeService:
    """The service `web` of a project."""
    return services(files, *paths)["web"]


def web(attributes: str, **others: str) -> ComposeService:
    """The service `web` with these attributes beside an image; `others` are further files, `_` for a dot."""
    body = "".join(f"    {line}\n" for line in dedent(attributes).strip("\n").splitlines())
    files = {MAIN: f"services:\n  web:\n    image: app:1\n{body}"}
    files.update({name.replace("_", "."): text for name, text in others.items()})
    return service(files)


def value(node: Node | None) -> object:
    """A tree as plain values; an unknown is shown as `?`, or its parts with `?` for what is unknown."""
    assert node is not None
    if isinstance(node.value, Unknown) and node.value.parts:
        return "".join("?" if part is None else part for part in node.value.parts)
    if isinstance(node.value, MapValue):
        return {name: value(child) for name, _, child in node.members()}
    if isinstance(node.value, SeqValue):
        return [value(item) for item in node.items()]
    return plain(node, "?")


def reason(node: Node | None) -> str:
    """Why a node is unknown."""
    assert node is not None
    assert isinstance(node.value, Unknown), node
    return node.value.reason


def rest(node: Node | None) -> Unknown | None:
    """Why a collection may have more members."""
    assert node is not None
    assert isinstance(node.value, (MapValue, SeqValue)), node
    return node.value.rest


def place(node: Node | None) -> str:
    """The file and the characters that wrote a node."""
    assert node is not None
    return f"{node.source.path}: {node.written}"


def view(loaded: Loaded, name: str) -> dict[str, Subject]:
    """The subjects of a view by address."""
    return {subject.address: subject for subject in KIND.views[name](loaded)}


def every_node(node: Node) -> Iterator[Node]:
    """A tree's nodes, keys included."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(current.items())
        for _, key, child in current.members():
            pending += [key, child]
