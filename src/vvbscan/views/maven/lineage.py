"""The POMs that a module is made of: its own, its parents in the tree, and the profiles that are active.

Which profiles take part is what a build decides that is started without arguments, by the rules of
https://maven.apache.org/guides/introduction/introduction-to-profiles.html.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Final

from vvbscan.model.node import Node
from vvbscan.model.unit import FileTree
from vvbscan.parse.xml import Element
from vvbscan.record import NamedTuple
from vvbscan.views.maven.pom import POM, Coordinates, Library, Pom, coordinates_of, text_of

_MOST_PARENTS: Final = 50


class Layer(NamedTuple):
    """What one POM, or one of its profiles, adds to a module."""

    pom: Pom
    body: Element
    """`project` or `profile`."""
    inherited: bool
    """Whether it is of a parent."""


class Lineage(NamedTuple):
    """A module with its parents."""

    poms: tuple[Pom, ...]
    """The module's own first."""
    layers: tuple[Layer, ...]
    """The weakest first."""
    outside: Coordinates | None
    """The parent that is not in the tree, where the line ends with one."""
    outside_place: Node | None
    """Where that is named."""

    @property
    def unread(self) -> str:
        """The path of a POM of which a part could not be read, empty if all of them were."""
        return next(
            (
                one.path
                for one in self.poms
                if any(problem.level == "error" for problem in one.parsed.problems)
            ),
            "",
        )


def lineage_of(pom: Pom, library: Library, known: Mapping[tuple[str, str], Sequence[Pom]]) -> Lineage:
    """The lineage of a module. `known` are POMs by group and artifact, for parents that no path leads to."""
    poms = [pom]
    outside: Coordinates | None = None
    place: Node | None = None
    while (parent := poms[-1].project.child("parent")) is not None:
        wanted = Coordinates(*(_written(parent, name) for name in ("groupId", "artifactId", "version")))
        found = parent_of(poms[-1], wanted, parent, library, known)
        if found is None or found in poms or len(poms) > _MOST_PARENTS:
            outside = wanted
            named = parent.child("version") or parent.child("artifactId") or parent
            place = named.text
            break
        poms.append(found)
    layers = [
        Layer(one, body, inherited=one is not pom)
        for one in reversed(poms)
        for body in (one.project, *active_profiles(one, library.tree, pom.directory))
    ]
    return Lineage(tuple(poms), tuple(layers), outside, place)


def parent_of(
    pom: Pom,
    wanted: Coordinates,
    parent: Element,
    library: Library,
    known: Mapping[tuple[str, str], Sequence[Pom]],
) -> Pom | None:
    """The parent of a POM, None if it is not in the tree."""
    relative = parent.child("relativePath")
    written = "../pom.xml" if relative is None else relative.text.value
    if isinstance(written, str) and written:
        path = posixpath.normpath(posixpath.join(pom.directory, written))
        if path == "." or library.tree.is_directory(path):
            path = posixpath.normpath(posixpath.join(path, POM))
        candidate = None if path.startswith("..") else library.pom(path)
        if candidate is not None and _is(coordinates_of(candidate.project), wanted):
            return candidate
    return next(
        (
            one
            for one in known.get((wanted.group, wanted.artifact), ())
            if one is not pom and _is(coordinates_of(one.project), wanted)
        ),
        None,
    )


def _is(found: Coordinates, wanted: Coordinates) -> bool:
    """Whether a POM is the wanted one. A version that is worked out, or a range, is taken to fit.

    Maven 4 takes from the POM what is not written (https://issues.apache.org/jira/browse/MNG-8252).
    """
    if any(written not in ("", own) for written, own in zip(wanted[:2], found[:2], strict=True)):
        return False
    return (
        wanted.version in ("", found.version)
        or "${" in f"{found.version}{wanted.version}"
        or wanted.version.startswith(("[", "("))
    )


def _written(element: Element, name: str) -> str:
    found = text_of(element, name)
    return found.value if found is not None and isinstance(found.value, str) else ""


def active_profiles(pom: Pom, tree: FileTree, directory: str) -> list[Element]:
    """The profiles of a POM that are active for the module in a directory, when nobody names any.

    What a JDK or an operating system activates is not: nobody knows where the build will run. What is active
    by default is so only as long as nothing else activates another profile of the same POM.
    """
    profiles = pom.project.child("profiles")
    told, default = [], []
    for profile in profiles.all("profile") if profiles is not None else ():
        activation = profile.child("activation")
        if activation is None:
            continue
        conditions = [one for one in activation.children if one.local_name != "activeByDefault"]
        if conditions:
            if all(_holds(one, tree, directory) for one in conditions):
                told.append(profile)
        elif _written(activation, "activeByDefault").lower() == "true":
            default.append(profile)
    return told or default


def _holds(condition: Element, tree: FileTree, directory: str) -> bool:
    if condition.local_name == "property":
        return _written(condition, "name").startswith("!")
    if condition.local_name == "file":
        exists, missing = _written(condition, "exists"), _written(condition, "missing")
        named = exists or missing
        path = named.replace("${project.basedir}", ".").replace("${basedir}", ".")
        if not path or "${" in path:
            return False
        path = posixpath.normpath(posixpath.join(directory, path))
        return (tree.is_file(path) or tree.is_directory(path)) is bool(exists)
    return False
