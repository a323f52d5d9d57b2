"""Helpers of the tests of packages of Python."""

from __future__ import annotations

from vvbscan.engine.recognise import PYPI, format_of_name
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.packages.model import Dependency
from vvbscan.views.pypi.kind import KIND
from vvbscan.views.pypi.planning import pypi_files


def units(files: dict[str, str]) -> list[tuple[str, ...]]:
    """The files of each unit."""
    paths = sorted(path for path in files if format_of_name(path) == PYPI)
    return pypi_files(paths, MemoryTree({**files}), Options())


def load(files: dict[str, str] | str, path: str = "requirements.txt") -> Loaded:
    """The unit that a path names, loaded."""
    given = {"requirements.txt": files} if isinstance(files, str) else files
    (unit,) = (one for one in units(given) if one[0] == path)
    return KIND.load(Unit(f"pypi:{path}", "pypi", unit), MemoryTree({**given}), Options())


def view(name: str, files: dict[str, str] | str, path: str = "requirements.txt") -> list[Subject]:
    """The subjects of a view."""
    return list(KIND.views[name](load(files, path)))


def dependencies(files: dict[str, str] | str, path: str = "requirements.txt") -> list[Dependency]:
    """The records of the view `dependency`."""
    found = [subject.record for subject in view("dependency", files, path)]
    assert all(isinstance(one, Dependency) for one in found)
    return [one for one in found if isinstance(one, Dependency)]


def asked(node: Node | None) -> object:
    """The value of a node; of an unknown one its reason."""
    if node is None:
        return None
    return node.value.reason if isinstance(node.value, Unknown) else node.value
