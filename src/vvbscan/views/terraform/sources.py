"""Where the source of a module call leads."""

from __future__ import annotations

import posixpath


def local_directory(directory: str, source: str) -> str | None:
    """The directory that a source names from a module's directory, both relative to the root of the tree.

    None if it is no path, or leads out of the root. Only what begins with `./` or `../` is a path
    (https://developer.hashicorp.com/terraform/language/modules/sources#local-paths).
    """
    if not is_local(source):
        return None
    path = posixpath.normpath(posixpath.join(directory, source))
    if path == ".." or path.startswith(("../", "/")):
        return None
    return "" if path == "." else path


def is_local(source: str) -> bool:
    """Whether the source of a module is a path."""
    return source.startswith(("./", "../")) or source in (".", "..")
