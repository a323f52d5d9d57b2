"""Helpers of the tests of Gradle."""

from __future__ import annotations

from vvbscan.engine.recognise import recognise
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.gradle.kind import KIND
from vvbscan.views.gradle.model import Project
from vvbscan.views.gradle.planning import gradle_files

BUILD = "build.gradle.kts"


def units(files: dict[str, str]) -> list[tuple[str, ...]]:
    """The files of each unit."""
    paths = sorted(path for path in files if recognise(path, lambda: b"") == "gradle")
    return gradle_files(paths, MemoryTree({**files}), Options())


def load(files: dict[str, str] | str, path: str = BUILD) -> Loaded:
    """The unit of a script, loaded; a text is one in Kotlin."""
    given = {BUILD: files} if isinstance(files, str) else files
    (unit,) = (one for one in units(given) if one[0] == path)
    return KIND.load(Unit(f"gradle:{path}", "gradle", unit), MemoryTree({**given}), Options())


def project(files: dict[str, str] | str, path: str = BUILD) -> Project:
    """The project of a script."""
    model = load(files, path).model
    assert isinstance(model, Project)
    return model


def view(name: str, files: dict[str, str] | str, path: str = BUILD) -> list[Subject]:
    """The subjects of a view."""
    return list(KIND.views[name](load(files, path)))


def short(node: Node | None) -> object:
    """A value; of an unknown, its reason."""
    if node is None:
        return None
    return node.value.reason if isinstance(node.value, Unknown) else node.value
