"""Where the source of a module call leads."""

from __future__ import annotations

import posixpath

from vvbscan.parse.hcl_tree import Literal
from vvbscan.views.terraform.load import Declaration, Library, ModuleFiles


def called_modules(module: ModuleFiles, library: Library) -> dict[str, str]:
    """The directories of the modules of the tree that a module calls, by the names of the calls."""
    found = {}
    for name, declaration in module.calls.items():
        source = source_of(declaration)
        directory = None if source is None else local_directory(module.directory, source)
        called = None if directory is None else library.module(directory)
        if called is not None:
            found[name] = called.directory
    return found


def source_of(declaration: Declaration) -> str | None:
    """The source of the call of a module, None if it is not a plain string."""
    written = declaration.attribute("source")
    expression = None if written is None else written.attribute.expression
    value = expression.value if isinstance(expression, Literal) else None
    return value if isinstance(value, str) else None


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
