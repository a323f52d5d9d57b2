"""Images that Skaffold builds: their references in manifests are names, which it completes when it deploys.

Source: Skaffold documentation, "Render": image names without a tag in the manifests are replaced by the
images that were built, and "Tag": by references that cannot move, with the digest where there is one.
"""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.facts import directory_of_build
from vvbscan.model.node import Node, Unknown
from vvbscan.model.unit import FileTree, Options, Unreadable
from vvbscan.views.kubernetes.lookup import reach, shown
from vvbscan.views.records import ImageReference

_FILE: Final = "skaffold.yaml"
_API: Final = "skaffold/"


class Artifacts:
    """The images that the Skaffold files of a directory and of those above it build, read when asked for."""

    __slots__ = ("_directories", "_directory", "_names", "_options", "_tree")

    def __init__(self, directory: str, tree: FileTree, options: Options) -> None:
        self._directory = directory
        self._tree = tree
        self._options = options
        self._names: dict[str, str] | None = None
        self._directories: dict[str, str] = {}

    def complete(self, reference: ImageReference) -> ImageReference:
        """The reference as it will be deployed: what Skaffold builds gets a tag that is not known."""
        image = reference.image
        name = image.text()
        if name is None or reference.tag is not None or reference.digest is not None:
            return reference
        path = self._paths().get(name)
        if path is None:
            return reference
        later = image._replace(
            value=Unknown("template", f"Skaffold fills in the tag of {name}: {path} builds it")
        )
        return reference._replace(tag=later, digest=later)

    def directory(self, image: Node | None) -> str | None:
        """The directory that an image is built from, that of its Dockerfile; None if Skaffold builds none."""
        name = image.text() if image is not None else None
        return None if name is None or name not in self._paths() else self._directories[name]

    def _paths(self) -> dict[str, str]:
        """The path of the file that builds an image, by its name; the nearest file counts."""
        if self._names is None:
            self._names = {}
            directory: str | None = self._directory
            while directory is not None:
                self._read(posixpath.join(directory, _FILE), self._names)
                directory = posixpath.dirname(directory) if directory else None
        return self._names

    def _read(self, path: str, names: dict[str, str]) -> None:
        if not self._tree.is_file(path):
            return
        from vvbscan.parse.yaml import parse_yaml  # a manifest may be JSON

        try:
            source, _ = self._tree.read(path)
        except Unreadable:
            return  # it is a file of the tree like any other, whose own unit tells
        for document in parse_yaml(source, self._options.limits).documents:
            if shown(reach(document.root, "apiVersion")).startswith(_API):
                for artifact in _artifacts(document.root):
                    name = shown(reach(artifact, "image"))
                    if name not in names:
                        names[name] = path
                        self._directories[name] = _built_from(artifact, posixpath.dirname(path))


def _built_from(artifact: Node, base: str) -> str:
    """The directory that an artifact is built from, its Skaffold file lying in another one."""
    context = reach(artifact, "context")
    directory = posixpath.normpath(posixpath.join(base, "." if context is None else shown(context)))
    dockerfile = shown(reach(artifact, "docker", "dockerfile"))
    path = posixpath.normpath(posixpath.join(directory, dockerfile or "Dockerfile"))
    return directory_of_build(posixpath.dirname(path))


def _artifacts(root: Node) -> list[Node]:
    """The artifacts of a configuration and of its profiles."""
    profiles = reach(root, "profiles")
    builds = [
        reach(root, "build"),
        *(reach(profile, "build") for profile in (profiles.items() if profiles else ())),
    ]
    lists = [reach(build, "artifacts") for build in builds]
    return [artifact for listed in lists if listed is not None for artifact in listed.items()]
