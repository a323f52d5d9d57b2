"""Planning: which modules are units of their own, which are judged through others, and which values belong.

A module that a judged one instantiates is judged through that one only, with the arguments that it is given.
A module that nobody instantiates, or only tests and examples do, is a unit of its own
(docs/decisions/0010-terraform-modules.md).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from vvbscan.model.environment import EnvironmentPolicy
from vvbscan.model.node import Unknown
from vvbscan.model.unit import FileTree, Options, Unit
from vvbscan.views.terraform.load import Library, is_module_file
from vvbscan.views.terraform.module import ModuleInstance
from vvbscan.views.terraform.sources import called_modules
from vvbscan.views.terraform.variables import value_files
from vvbscan.views.terraform.workspace import Notices, Workspace

KIND_NAME: Final = "terraform"
EXAMPLE: Final = "example"
_OF_BACKENDS: Final = frozenset({"bucket", "container_name", "key", "prefix", "storage_account_name"})
_EXAMPLES: Final = frozenset({"example", "examples"})

PlaceOf = Callable[[str], tuple[str, str]]
"""The environment that a path names, and the group of paths that differ in that only."""


def plan_terraform(paths: Iterable[str], tree: FileTree, options: Options, place_of: PlaceOf) -> list[Unit]:
    """The units of the files at some paths. Every file is in one of them at least."""
    directories: set[str] = set()
    values: list[str] = []
    for path in sorted(set(paths)):
        folder, name = posixpath.split(path)
        if is_module_file(name):
            directories.add(folder)
        else:
            values.append(path)
    library = Library.of(tree, options.limits)
    called = {
        directory: called_directories(library, directory)
        for directory in _without_link_targets(sorted(directories), library)
    }
    environments = _environments(called, options.environments, place_of)
    of_module = assign_values(called, values, library)
    roots = _roots(called)
    judged = [root for root in roots if environments[root][1]]
    reached = _instantiated(judged, called, of_module, library, options)
    left = {directory: called[directory] for directory in called if directory not in reached | set(roots)}
    while left:
        more = _roots(left)
        judged = [root for root in more if environments[root][1]]
        roots += more
        reached |= _instantiated(judged, called, of_module, library, options)
        left = {directory: left[directory] for directory in left if directory not in reached | set(more)}
    units = []
    for root in sorted(roots):
        environment, is_judged = environments[root]
        own = (path for directory in _closure(called, root) for path in _paths(library, directory))
        files = tuple(dict.fromkeys((*own, *of_module.get(root, ()))))
        if files:
            units.append(Unit(f"{KIND_NAME}:{root or '.'}", KIND_NAME, files, environment, is_judged))
    assigned = {path for unit in units for path in unit.files}
    units += [
        Unit(f"{KIND_NAME}:{path}", KIND_NAME, (path,), "", judged=False)
        for path in values
        if path not in assigned
    ]
    return units


def _without_link_targets(directories: Sequence[str], library: Library) -> list[str]:
    """The directories, without those whose files are all there to be linked to from modules."""
    linked = {
        path
        for directory in directories
        for path in _paths(library, directory)
        if posixpath.dirname(path) != directory
    }
    if not linked:
        return list(directories)
    return [
        directory
        for directory in directories
        if any(path not in linked for path in _paths(library, directory))
    ]


def called_directories(library: Library, directory: str) -> tuple[str, ...]:
    """The directories of the modules of the tree that a module calls, in written order."""
    module = library.module(directory)
    return () if module is None else tuple(dict.fromkeys(called_modules(module, library).values()))


def _paths(library: Library, directory: str) -> tuple[str, ...]:
    module = library.module(directory)
    return () if module is None else module.paths


def _environments(
    directories: Iterable[str], policy: EnvironmentPolicy, place_of: PlaceOf
) -> dict[str, tuple[str, bool]]:
    """For each module, the environment that its path names and whether that is judged.

    Examples are judged only if there is nothing else, or the configuration asks for them.
    """
    placed = {}
    groups: dict[str, set[str]] = {}
    for directory in directories:
        if _EXAMPLES.isdisjoint(directory.split("/")):
            environment, group = place_of(posixpath.join(directory, "main.tf"))
        else:
            environment, group = EXAMPLE, EXAMPLE
        placed[directory] = environment, group
        groups.setdefault(group, set()).add(environment)
    judged = {group: policy.judged(names) for group, names in groups.items()}
    only_examples = all(environment == EXAMPLE for environment, _ in placed.values())
    return {
        directory: (
            environment,
            environment in judged[group]
            and (environment != EXAMPLE or only_examples or bool(policy.production)),
        )
        for directory, (environment, group) in placed.items()
    }


def _roots(called: dict[str, tuple[str, ...]]) -> list[str]:
    """The modules that no other calls; of those that only call each other, the first."""
    inner = {directory for directories in called.values() for directory in directories}
    roots = [directory for directory in called if directory not in inner]
    reached: set[str] = set()
    for start in (*roots, *sorted(inner & called.keys())):
        if start in reached:
            continue
        if start in inner:
            roots.append(start)
        pending = [start]
        while pending:
            directory = pending.pop()
            if directory not in reached:
                reached.add(directory)
                pending += called.get(directory, ())
    return roots


def _closure(called: dict[str, tuple[str, ...]], root: str) -> list[str]:
    """A module and all that it calls, itself first."""
    found: dict[str, None] = {}
    pending = [root]
    while pending:
        directory = pending.pop(0)
        if directory not in found:
            found[directory] = None
            pending += called.get(directory, ())
    return list(found)


def _instantiated(
    roots: Sequence[str],
    called: dict[str, tuple[str, ...]],
    of_module: dict[str, tuple[str, ...]],
    library: Library,
    options: Options,
) -> set[str]:
    """The directories of the modules that judged roots have instances of, in a judged environment."""
    reached: set[str] = set()
    for root in roots:
        if reached.issuperset(_closure(called, root)[1:]):
            continue
        for given in value_files(root, of_module.get(root, ()), options.environments):
            if given.judged:
                _reach(reached, root, given.paths, called, library, options)
    return reached


def _reach(
    reached: set[str],
    root: str,
    paths: tuple[str, ...],
    called: dict[str, tuple[str, ...]],
    library: Library,
    options: Options,
) -> None:
    """Add the directories of the modules that a root has instances of, with the values of some files."""
    from vvbscan.views.terraform.kind import root_instance

    workspace = Workspace(library, root, options.limits, Notices())  # what is to tell, loading the unit tells
    instance = root_instance(workspace, paths)
    pending: list[ModuleInstance] = [] if instance is None else [instance]
    while pending:
        module = pending.pop()
        for name, directory in called_modules(module.files, library).items():
            if reached.issuperset(_closure(called, directory)):
                continue  # its instances would add nothing
            children = module.children(name)
            if not isinstance(children, Unknown):
                reached.update(child.files.directory for child in children)
                pending += children
    workspace.release()


def assign_values(
    called: dict[str, tuple[str, ...]], paths: Iterable[str], library: Library
) -> dict[str, tuple[str, ...]]:
    """The files of values of each module: those in its directory, and in directories without modules below.

    A directory of values beside modules belongs to those of them that declare all that is set in it. Files
    for `-backend-config` set nothing of a module, whatever their name ends in.
    """
    found: dict[str, list[str]] = {}
    for path in paths:
        folder = posixpath.dirname(path)
        while folder and folder not in called:
            folder = posixpath.dirname(folder)
        if folder in called:
            if not _configures_backend(library, folder, path):
                found.setdefault(folder, []).append(path)
            continue
        for directory in _beside(path, called):
            if _declares_all(library, directory, path):
                found.setdefault(directory, []).append(path)
    return {directory: tuple(files) for directory, files in found.items()}


def _beside(path: str, directories: Iterable[str]) -> list[str]:
    """The modules that lie beside the topmost directory of a file that has no modules below."""
    folder = posixpath.dirname(path)
    while folder:
        parent = posixpath.dirname(folder)
        prefix = f"{parent}/" if parent else ""
        inside = [directory for directory in directories if directory.startswith(prefix)]
        if inside:
            return [directory for directory in inside if posixpath.dirname(directory) == parent]
        folder = parent
    return []


def _configures_backend(library: Library, directory: str, path: str) -> bool:
    """Whether a file is called after the backend and sets what the module does not declare.

    https://developer.hashicorp.com/terraform/language/backend#file
    """
    if "backend" not in posixpath.relpath(path, directory or "."):
        return False
    module, values = library.module(directory), library.file(path)
    if module is None or isinstance(values, str):
        return False
    names = values.body.attributes.keys()
    undeclared = names - module.variables.keys()
    return undeclared == names or not _OF_BACKENDS.isdisjoint(undeclared)


def _declares_all(library: Library, directory: str, path: str) -> bool:
    module = library.module(directory)
    values = library.file(path)
    if module is None or isinstance(values, str):
        return False
    names = values.body.attributes
    return bool(names) and all(name in module.variables for name in names)
