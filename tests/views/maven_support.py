"""Helpers of the tests of Maven."""

from __future__ import annotations

from textwrap import dedent

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.maven.kind import KIND
from vvbscan.views.maven.model import Module
from vvbscan.views.maven.planning import maven_files

PARENT = """\
<parent>
  <groupId>com.example.vvb</groupId>
  <artifactId>parent</artifactId>
  <version>12.0.0</version>
</parent>
"""


def pom(body: str, artifact: str = "approval", *, parent: bool = False) -> str:
    """A POM with this in it; as a child of `parent`, it has its group and version from there."""
    own = "" if parent else "<groupId>com.example.vvb</groupId><version>12.0.0</version>\n"
    return f"<project>\n{PARENT if parent else own}<artifactId>{artifact}</artifactId>\n{dedent(body)}</project>\n"


def units(files: dict[str, str]) -> list[tuple[str, ...]]:
    """The files of each unit."""
    paths = sorted(path for path in files if path.endswith("pom.xml"))
    return maven_files(paths, MemoryTree({**files}), Options())


def load(files: dict[str, str] | str, path: str = "pom.xml") -> Loaded:
    """The unit of a POM, loaded."""
    given = {"pom.xml": files} if isinstance(files, str) else files
    (unit,) = (one for one in units(given) if one[0] == path)
    return KIND.load(Unit(f"maven:{path}", "maven", unit), MemoryTree({**given}), Options())


def module(files: dict[str, str] | str, path: str = "pom.xml") -> Module:
    """The module of a POM."""
    model = load(files, path).model
    assert isinstance(model, Module)
    return model


def view(name: str, files: dict[str, str] | str, path: str = "pom.xml") -> list[Subject]:
    """The subjects of a view."""
    return list(KIND.views[name](load(files, path)))


def place(node: Node) -> tuple[str, int, str]:
    """Path, line and characters of a value."""
    return node.source.path, node.source.text.position(node.start)[0], node.written
