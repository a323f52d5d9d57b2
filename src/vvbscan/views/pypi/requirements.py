"""What requirements files come to: which packages in which versions, and where they come from."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Origin, Unknown
from vvbscan.model.unit import Unreadable
from vvbscan.parse.requirement import Requirement, normalised
from vvbscan.parse.requirements import RequirementsFile
from vvbscan.views.packages.model import Dependency
from vvbscan.views.pypi.files import Library, holds_constraints, named_by, scope_of_path
from vvbscan.views.pypi.model import Index, Project
from vvbscan.views.pypi.pinning import pinned_by, pinned_how

_BUILDS: Final = ("setup.py", "setup.cfg", "pyproject.toml")
_PBR: Final = lazy_pattern(r"\bpbr\b")
"""A build that reads requirements.txt by itself (https://docs.openstack.org/pbr/latest/user/features.html#requirements)."""
_INDEXES: Final = {"--index-url": "index", "--extra-index-url": "extra-index", "--find-links": "links"}


def read_requirements_project(path: str, library: Library) -> Project:
    """A requirements file with those that it takes in."""
    files = dict(library.files(path))
    ours = scope_of_path(path)
    fixed, outside = _constraints(files, library)
    dependencies: list[Dependency] = []
    indexes: list[Index] = []
    hosts: list[Node] = []
    for one, file in files.items():
        if ours == "dev" and one != path and scope_of_path(one) == "runtime":
            continue  # a unit by itself
        indexes += _indexes(file)
        hosts += (each.value for each in file.settings if each.name == "--trusted-host" and each.value)
        if not holds_constraints(one):
            scope = "dev" if "dev" in (ours, scope_of_path(one)) else "runtime"
            dependencies += (_dependency(wanted, scope, fixed, outside) for wanted in file.requirements)
    if any(one.pinned in ("range", "any") for one in dependencies) and (
        _is_of_library(path, library) or _is_source(path, dependencies, library)
    ):
        dependencies = [one._replace(lockable=True) for one in dependencies]
    if any(one.kind == "extra-index" for one in indexes) and _hashed(files):
        indexes = [one._replace(hashed=True) for one in indexes]
    return Project(path, tuple(dependencies), tuple(indexes), unchecked_hosts=tuple(hosts))


def _dependency(
    wanted: Requirement, scope: str, fixed: Mapping[str, Node], outside: Unknown | None
) -> Dependency:
    source, pinned = pinned_how(wanted)
    versions = wanted.versions if wanted.location is None else wanted.location
    name = wanted.name or wanted.line
    package = normalised(str(wanted.name.value)) if wanted.name is not None else wanted.line.written
    if wanted.location is None and pinned in ("range", "any"):
        constraint = fixed.get(package)
        if constraint is not None and pinned_by(constraint) != "any":
            line = wanted.line
            versions = constraint.through(Origin("asked for here", line.source, line.start, line.end))
            pinned = pinned_by(constraint)
        elif outside is not None:
            versions = wanted.line.replace_value(outside)
            pinned = "unknown"
    if source == "url" and pinned == "unknown" and wanted.hashes:
        pinned = "exact"
    found = wanted.hashes[0] if wanted.hashes else None
    return Dependency("pypi", package, name, versions, pinned, scope, source, name, hash=found)


def _constraints(
    files: Mapping[str, RequirementsFile], library: Library
) -> tuple[Mapping[str, Node], Unknown | None]:
    """Versions that constraints set, by package, and what says that there are more of them."""
    fixed: dict[str, Node] = {}
    outside = None
    for path, file in files.items():
        for setting, named in named_by(path, file, "--constraint"):
            read = library.read(named) if named is not None and library.tree.is_file(named) else None
            if not isinstance(read, RequirementsFile):
                written = "" if setting.value is None else setting.value.written
                outside = Unknown("remote", f"the constraints of {written} are not in the tree")
                continue
            for one in read.requirements:
                if one.name is None:
                    continue
                package = normalised(str(one.name.value))
                found = one.versions if one.location is None else one.location
                if found is not None and (package not in fixed or pinned_how(one)[1] == "exact"):
                    fixed[package] = found
    return fixed, outside


def _is_of_library(path: str, library: Library) -> bool:
    """Whether a file is what a package for others asks for: its build reads it, and no image is made."""
    directory, name = posixpath.split(path)
    names = library.tree.names(directory)
    if any(one in names for one in ("Dockerfile", "Containerfile")):
        return False
    for build in _BUILDS:
        if build in names:
            try:
                text = library.tree.read(posixpath.join(directory, build))[0].text.text
            except Unreadable:
                continue
            if name in text or (name == "requirements.txt" and _PBR.search(text)):
                return True
    return False


def _is_source(path: str, dependencies: Iterable[Dependency], library: Library) -> bool:
    """Whether another file of the directory has all packages of this one, fixed: it was made of this one."""
    wanted = {one.package for one in dependencies if one.source == "registry"}
    directory, name = posixpath.split(path)
    for other in library.tree.names(directory):
        if other == name or not other.endswith(".txt") or "requirements" not in other:
            continue
        beside = posixpath.join(directory, other)
        file = library.read(beside)
        if isinstance(file, str) or scope_of_path(beside) != "runtime":
            continue
        fixed = {
            normalised(str(one.name.value))
            for one in file.requirements
            if one.name is not None and pinned_how(one)[1] == "exact"
        }
        if wanted <= fixed:
            return True
    return False


def _hashed(files: Mapping[str, RequirementsFile]) -> bool:
    """Whether pip compares the hash of every package, as it does as soon as one has a hash."""
    return any(
        one.hashes or any(each.name == "--require-hashes" for each in file.settings)
        for file in files.values()
        for one in file.requirements
    )


def _indexes(file: RequirementsFile) -> Iterator[Index]:
    for setting in file.settings:
        kind = _INDEXES.get(setting.name)
        if kind is not None and setting.value is not None:
            yield Index(kind, setting.value, setting.value)
    for wanted in file.requirements:
        if wanted.location is not None:
            yield Index("dependency", wanted.location, wanted.location)
