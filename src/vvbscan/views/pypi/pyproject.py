"""Reads what a `pyproject.toml` depends on.

Sources: https://packaging.python.org/en/latest/specifications/pyproject-toml/ and
https://packaging.python.org/en/latest/specifications/dependency-groups/, for Poetry
https://python-poetry.org/docs/pyproject/, for uv https://docs.astral.sh/uv/reference/settings/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, Problem, Unknown
from vvbscan.parse.requirement import BadRequirement, normalised, requirement_of
from vvbscan.views.packages.model import UNKNOWN, Dependency
from vvbscan.views.pypi.model import Index, Wanted
from vvbscan.views.pypi.pinning import pinned_by, pinned_by_revision, pinned_how
from vvbscan.views.pypi.ranges import pinned_by_poetry

_DEVELOPMENT: Final = lazy_pattern(
    r"(?:^|[-_])(?:dev|tests?|lint|docs?|ci|build|types?|typing|format)(?=[-_]|$)"
)
_REVISIONS: Final = ("rev", "tag", "branch", "ref")


class PyProject:
    """What a `pyproject.toml` says of dependencies."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.published: tuple[Wanted, ...] = ()
        """What `project` asks for, extras with it."""
        self.groups: dict[str, tuple[Wanted, ...]] = {}
        """What groups ask for by themselves; those that include others are left out."""
        self.wanted: tuple[Wanted, ...] = ()
        """All that and what Poetry asks for."""
        project, poetry, uv = root.get("project"), root.at("tool", "poetry"), root.at("tool", "uv")
        sources = None if uv is None else uv.get("sources")
        wanted: list[Wanted] = []
        if project is not None:
            wanted += self._listed(project.get("dependencies"), "runtime", sources)
            for name, extra in _members(project.get("optional-dependencies")):
                wanted += self._listed(extra, "dev" if is_development(name) else "optional", sources)
        self.published = tuple(wanted)
        for name, group in _members(root.get("dependency-groups")):
            asked = tuple(self._listed(group, "dev" if is_development(name) else "optional", sources))
            wanted += asked
            if all(item.text() is not None for item in group.items()):
                self.groups[normalised(name)] = asked
        if uv is not None:
            wanted += self._listed(uv.get("dev-dependencies"), "dev", sources)
        if poetry is not None:
            wanted += self._poetry(poetry, {one.dependency.package for one in wanted})
        self.wanted = tuple(wanted)

    @property
    def anchor(self) -> Node:
        """The key of the first list of dependencies, else the whole."""
        for table in (self.root.get("project"), self.root.at("tool", "poetry"), self.root):
            if table is not None:
                for name in ("dependencies", "optional-dependencies", "dependency-groups", "group"):
                    key = table.key(name)
                    if key is not None:
                        return key
        return self.root

    @property
    def unknown(self) -> Unknown | None:
        """Set if dependencies are worked out when it is built."""
        dynamic = self.root.at("project", "dynamic")
        named = [item.text() for item in dynamic.items()] if dynamic is not None else []
        if "dependencies" in named:
            return Unknown("expression", "the build works out the dependencies (`dynamic`)")
        return None

    def deploys(self) -> bool:
        """Whether it says that it is no package for others to install."""
        poetry, uv = self.root.at("tool", "poetry"), self.root.at("tool", "uv")
        if poetry is not None and _is(poetry.get("package-mode"), value=False):
            return True
        if uv is not None and uv.get("package") is not None:
            return _is(uv.get("package"), value=False)
        classifiers = self.root.at("project", "classifiers")
        private = (item.text() or "" for item in classifiers.items()) if classifiers is not None else ()
        return self.root.get("build-system") is None or any(one.startswith("Private ::") for one in private)

    def overridden(self) -> frozenset[str]:
        """Packages whose versions uv takes from elsewhere than what is asked for."""
        found = set()
        for name in ("override-dependencies", "exclude-dependencies"):
            listed = self.root.at("tool", "uv", name)
            for item in listed.items() if listed is not None else ():
                one = self._requirement(item)
                if one is not None:
                    found.add(one)
        return frozenset(found)

    def workspace(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Patterns of the directories that are members of a workspace of uv, and of those that are not."""
        workspace = self.root.at("tool", "uv", "workspace")
        if workspace is None:
            return (), ()
        return _texts(workspace.get("members")), _texts(workspace.get("exclude"))

    def indexes(self) -> Iterator[Index]:
        """Where packages come from."""
        for tool, name in (("poetry", "source"), ("uv", "index"), ("pdm", "source")):
            listed = self.root.at("tool", tool, name)
            for item in listed.items() if listed is not None else ():
                url = item.get("url")
                if url is not None and url.text() is not None:
                    yield Index("index", url, url)
        for name, kind in (("index-url", "index"), ("extra-index-url", "index"), ("find-links", "links")):
            found = self.root.at("tool", "uv", name)
            for url in (found, *found.items()) if found is not None else ():
                if url.text() is not None:
                    yield Index(kind, url, url)
        for one in self.wanted:
            dependency = one.dependency
            if dependency.source in ("git", "url") and dependency.requirement is not None:
                yield Index("dependency", dependency.requirement, dependency.requirement)

    def unchecked_hosts(self) -> Iterator[Node]:
        """Hosts whose certificates uv does not check."""
        hosts = self.root.at("tool", "uv", "allow-insecure-host")
        yield from (item for item in (hosts.items() if hosts is not None else ()) if item.text() is not None)

    def _requirement(self, node: Node) -> str | None:
        try:
            name = requirement_of(node).name
        except BadRequirement:
            return None
        return None if name is None else normalised(str(name.value))

    def _listed(self, listed: Node | None, scope: str, sources: Node | None) -> Iterator[Wanted]:
        """Requirements of a list of texts; what else stands in it includes other lists."""
        for item in listed.items() if listed is not None else ():
            if item.text() is None:
                continue
            try:
                asked = requirement_of(item)
            except BadRequirement as fault:
                self.problems.append(Problem("error", "pypi-requirement", f"{fault}.", item.start, item.end))
                continue
            assert asked.name is not None, "only requirements files have paths without a name"
            source, pinned = pinned_how(asked)
            package = normalised(str(asked.name.value))
            requirement = asked.versions if asked.location is None else asked.location
            table = _source_of(package, sources)
            revision = ""
            if table is not None and asked.location is None:
                source, pinned, requirement, revision = _from_table(table, requirement, source, pinned)
            dependency = Dependency(
                "pypi", package, asked.name, requirement, pinned, scope, source, asked.name, lockable=True
            )
            yield Wanted(dependency, item, "pep440", asked.marker is not None, revision, asked.extras)

    def _poetry(self, poetry: Node, known: set[str]) -> Iterator[Wanted]:
        sections = [(poetry.get("dependencies"), "runtime"), (poetry.get("dev-dependencies"), "dev")]
        for name, group in _members(poetry.get("group")):
            scope = "dev" if is_development(name) else "runtime"
            sections.append((group.get("dependencies"), scope))
        for section, scope in sections:
            for name, key, value in section.members() if section is not None else ():
                package = normalised(name)
                if package == "python" or (package in known and section is poetry.get("dependencies")):
                    continue  # what `project` asks for is completed here
                for one in value.items() or (value,):
                    yield of_table(key, one, scope, "poetry")


def of_table(key: Node, value: Node, scope: str, dialect: str) -> Wanted:
    """A dependency of Poetry or Pipenv: its versions, or a table that says where it comes from."""
    package = normalised(str(key.value))
    table = isinstance(value.value, MapValue)
    versions = value.get("version") if table else value
    text = None if versions is None else versions.text()
    if text is None:
        pinned = "any" if versions is None else UNKNOWN
    elif dialect == "poetry":
        pinned = pinned_by_poetry(text)
    elif text.strip() in ("*", ""):
        pinned = "any"
    else:
        pinned = pinned_by(versions) if text.lstrip()[0] in "=<>!~" else "exact"
    source, requirement, revision = "registry", versions, ""
    conditional = False
    if table:
        source, pinned, requirement, revision = _from_table(value, versions, source, pinned)
        conditional = any(
            value.get(name) is not None for name in ("markers", "python", "platform", "sys_platform")
        )
    if source == "registry" and value.get("optional") is not None and scope == "runtime":
        scope = "optional"
    dependency = Dependency("pypi", package, key, requirement, pinned, scope, source, key, lockable=True)
    return Wanted(dependency, requirement or value, dialect, conditional, revision)


def is_development(group: str) -> bool:
    """Whether the name of a group or extra says that it is of no use to what runs."""
    return _DEVELOPMENT.search(group.lower()) is not None


def _from_table(
    table: Node, versions: Node | None, source: str, pinned: str
) -> tuple[str, str, Node | None, str]:
    """Source, pinning, place and revision of what a table says of a dependency."""
    git = table.get("git")
    if git is not None:
        revision = next((found for name in _REVISIONS if (found := table.get(name)) is not None), None)
        text = "" if revision is None else revision.text() or ""
        if table.get("tag") is not None:
            return "git", "tag", git, text
        return "git", pinned_by_revision(text), git, text
    for name in ("url", "file"):
        found = table.get(name)
        if found is not None:
            return "url", "exact", found, ""
    if table.get("path") is not None:
        return "path", "local", table.get("path"), ""
    if _is(table.get("workspace"), value=True):
        return "workspace", "local", versions, ""
    return source, pinned, versions, ""


def _source_of(package: str, sources: Node | None) -> Node | None:
    """What `tool.uv.sources` says of a package. Of several for different environments nothing is taken."""
    for name, table in _members(sources):
        if normalised(name) == package:
            return table if isinstance(table.value, MapValue) else None
    return None


def _members(node: Node | None) -> Iterator[tuple[str, Node]]:
    for name, _, value in node.members() if node is not None else ():
        yield name, value


def _texts(node: Node | None) -> tuple[str, ...]:
    return tuple(text for item in (node.items() if node is not None else ()) if (text := item.text()))


def _is(node: Node | None, *, value: bool) -> bool:
    return node is not None and node.value is value
