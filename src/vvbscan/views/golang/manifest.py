"""What `go.mod` and `go.work` say (https://go.dev/ref/mod#go-mod-file)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.model.node import Node
from vvbscan.parse.gomod import Directive
from vvbscan.record import NamedTuple

MANIFEST: Final = "go.mod"
LOCK: Final = "go.sum"
WORKSPACE: Final = "go.work"
WORKSPACE_LOCK: Final = "go.work.sum"
_ARROW: Final = "=>"


class Required(NamedTuple):
    """A module that is required, as it takes effect."""

    module: str
    name: Node
    version: Node
    """Of the module that is fetched: of its replacement, if it has one."""
    fetched: str
    """The module that is fetched, empty if it lies in a directory."""
    indirect: bool


class Replaced(NamedTuple):
    """What stands for a module, or for one version of it."""

    version: str
    """Empty if it stands for every version."""
    by: Node
    by_version: Node | None
    """Absent for a directory."""


def module_path(directives: Iterable[Directive]) -> Node | None:
    """The path of the module itself."""
    return next((one.words[0] for one in directives if one.verb == "module"), None)


def used(directives: Iterable[Directive]) -> Iterator[str]:
    """Directories of the modules of a workspace."""
    return (str(one.words[0].value) for one in directives if one.verb == "use")


def replacements(directives: Iterable[Directive]) -> Iterator[tuple[str, Replaced]]:
    """What stands for which module."""
    for one in directives:
        texts = [str(word.value) for word in one.words]
        if one.verb != "replace" or _ARROW not in texts[1:]:
            continue
        arrow = texts.index(_ARROW, 1)
        behind = one.words[arrow + 1 :]
        if behind:
            version = texts[1] if arrow > 1 else ""
            yield texts[0], Replaced(version, behind[0], behind[1] if len(behind) > 1 else None)


def required(directives: Iterable[Directive], replaced: Iterable[tuple[str, Replaced]]) -> Iterator[Required]:
    """The modules that are required, without those that are excluded: what takes their place is open."""
    directives = tuple(directives)
    excluded = {tuple(str(word.value) for word in one.words) for one in directives if one.verb == "exclude"}
    by_module: dict[str, list[Replaced]] = {}
    for module, one_replaced in replaced:
        by_module.setdefault(module, []).append(one_replaced)
    for one in directives:
        if one.verb != "require" or len(one.words) != len(("module", "version")):
            continue
        module, version = str(one.words[0].value), one.words[1]
        if (module, str(version.value)) in excluded:
            continue
        indirect = one.comment == "indirect" or one.comment.startswith("indirect;")
        options = [held for held in by_module.get(module, ()) if held.version in ("", version.value)]
        # A replacement of one version goes before that of all.
        by = max(options, key=lambda held: bool(held.version), default=None)
        if by is None:
            yield Required(module, one.words[0], version, module, indirect)
        elif by.by_version is None:
            yield Required(module, one.words[0], version, "", indirect)
        else:
            yield Required(module, one.words[0], by.by_version, str(by.by.value), indirect)
