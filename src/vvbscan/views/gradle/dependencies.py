"""The dependencies that a script declares, in all notations.

https://docs.gradle.org/current/userguide/declaring_dependencies.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from vvbscan.model.node import COMPUTED, Node, Origin, Source, Unknown
from vvbscan.parse.gradle_tree import Argument, Block, Chain, Expression, Items, Link, Literal, Template
from vvbscan.record import NamedTuple
from vvbscan.views.gradle.catalogs import Coordinates
from vvbscan.views.gradle.settings import Setting
from vvbscan.views.gradle.values import Scope
from vvbscan.views.gradle.versions import pinned_how
from vvbscan.views.packages.model import UNKNOWN, Dependency, Entry

_NO_CONFIGURATION: Final = frozenset(
    {
        "constraints",
        "components",
        "modules",
        "attributesSchema",
        "artifactTypes",
        "println",
        "exclude",
        "because",
    }
)
_PLATFORMS: Final = frozenset({"platform", "enforcedPlatform"})
_MOST_LISTED: Final = 10_000
"""Members of lists that variables hold, over all uses in one script."""
_FORCE: Final = ("configurations", "resolutionStrategy", "force")
_BOUNDS: Final = ("strictly", "require", "prefer")
_KOTLIN: Final = "org.jetbrains.kotlin"


class _Declared(NamedTuple):
    """What a notation says."""

    package: str
    name: Node
    version: Node | None
    platform: bool = False


class Reader:
    """Reads the dependencies of one script."""

    def __init__(
        self, scope: Scope, locked: frozenset[str], layers: Iterable[Setting], *, managed: bool
    ) -> None:
        """`layers` is what takes effect in the project of the script."""
        self._scope = scope
        self._locked = locked
        self._managed = managed
        """Whether a plugin may set versions that are not written."""
        self._listed = 0
        self._in_list = False
        self._forced = self._forces(layers)

    def _forces(self, layers: Iterable[Setting]) -> Mapping[str, Node]:
        """The versions that all configurations take whatever is asked for, by package."""
        found: dict[str, Node | None] = {}
        for setting in layers:
            if setting.path == _FORCE and not setting.conditional:
                for _, one in self._declared((setting,)):
                    before = found.setdefault(one.package, one.version)
                    if before is not None and (one.version is None or before.value != one.version.value):
                        found[one.package] = None
        return {package: version for package, version in found.items() if version is not None}

    def dependencies(self, settings: Sequence[Setting]) -> Iterator[Dependency]:
        """All dependencies of a script with their versions, of constraints too."""
        found = list(self._declared(settings))
        outside = self._managed or any(one.platform for _, one in found)
        versions = {one.package: one.version for scope, one in found if scope == "constraint" and one.version}
        for scope, one in found:
            if scope == "constraint":
                scope = "import" if one.platform else "constraint"  # noqa: PLW2901
            yield self._finished(one, scope, versions, outside=outside)

    def entries(self, settings: Iterable[Setting]) -> Iterator[Entry]:
        """What configurations list, with what is listed before it in another version."""
        first: dict[tuple[tuple[str, ...], str], Node] = {}
        for setting in settings:
            if setting.conditional:
                continue
            for scope, one in self._declared((setting,)):
                if scope == "constraint" or one.version is None or one.version.text() is None:
                    continue
                before = first.setdefault((setting.path, one.package), one.version)
                yield Entry(one.package, one.version, None if before.text() == one.version.text() else before)

    def _declared(self, settings: Iterable[Setting]) -> Iterator[tuple[str, _Declared]]:
        for setting in settings:
            scope = _scope_of(setting)
            if scope is None:
                continue
            values = setting.values
            if setting.path[-1] == "add" and len(values) > 1:
                values = values[1:]
            named = {one.name: one.value for one in values if one.name}
            if "name" in named:
                values = (Argument("", Items(values, setting.statement.start, setting.statement.end)),)
            for value in values:
                for one in self._notation(value.value, setting.source, setting.block):
                    yield "import" if one.platform and scope != "constraint" else scope, one

    def _finished(
        self,
        one: _Declared,
        scope: str,
        versions: Mapping[str, Node | None],
        *,
        outside: bool,
    ) -> Dependency:
        version = one.version
        forced = self._forced.get(one.package) if scope != "build" else None
        if forced is not None and (version is None or _place(version) != _place(forced)):
            version = forced.through(Origin("asked for here", one.name.source, one.name.start, one.name.end))
        elif version is None:
            version = versions.get(one.package)
        pinned = pinned_how(version)
        if version is None and (outside or one.package.startswith(f"{_KOTLIN}:")):
            reason = f"the version of {one.package} is set by a platform or plugin that is not in the tree"
            version = one.name.replace_value(Unknown("remote", reason))
            pinned = "managed"
        if pinned in ("range", "any", UNKNOWN) and one.package in self._locked:
            pinned = "locked"
        return Dependency("maven", one.package, one.name, version, pinned, scope, "registry", one.name)

    def _notation(self, value: Expression, source: Source, block: Block | None) -> Iterator[_Declared]:
        """What an argument declares. Projects, files and what is not worked out declare nothing."""
        if isinstance(value, Literal | Template):
            yield from self._text(value, source, block)
        elif isinstance(value, Items):
            yield from self._map(value, source)
        elif isinstance(value, Chain):
            yield from self._chain(value, source, block)

    def _chain(self, chain: Chain, source: Source, block: Block | None) -> Iterator[_Declared]:
        last = chain.links[-1]
        names = [link.name for link in chain.links]
        if last.name in (*_PLATFORMS, "testFixtures", "variantOf", "create") and last.arguments:
            inner = last.arguments[0].value
            for one in self._notation(inner, source, last.block or block):
                yield one._replace(platform=last.name in _PLATFORMS)
        elif names[0] in self._scope.catalogs and names[1:]:
            yield from self._of_catalog(chain, source, block)
        elif names == ["kotlin"] and last.arguments and isinstance(last.arguments[0].value, Literal):
            module = last.arguments[0].value.value
            place = Node(f"{_KOTLIN}:kotlin-{module}", source, chain.start, chain.end, COMPUTED)
            version = self._scope.value(last.arguments[1].value, source) if last.arguments[1:] else None
            yield _Declared(f"{_KOTLIN}:kotlin-{module}", place, version)
        elif last.arguments is None or last.name == "[]":
            listed = None if self._in_list else self._scope.listed(chain)
            if listed is not None:
                yield from self._of_list(*listed)
                return
            found = self._scope.value(chain, source)
            if isinstance(found.value, str) and found.value.count(":") >= 1:
                yield from self._split(found, block, source)

    def _of_list(self, items: Items, source: Source) -> Iterator[_Declared]:
        """What a list or map declares that a variable holds; lists in it are not looked up in turn."""
        self._listed += len(items.items)
        if self._listed <= _MOST_LISTED:
            self._in_list = True
            yield from self._map(items, source)
            self._in_list = False

    def _of_catalog(self, chain: Chain, source: Source, block: Block | None) -> Iterator[_Declared]:
        catalog = self._scope.catalogs[chain.links[0].name]
        names = [link.name for link in chain.links[1:] if link.name not in ("get", "asProvider")]
        found: Iterable[Coordinates | None]
        if names[:1] == ["bundles"]:
            found = catalog.bundle(".".join(names[1:]))
        elif names[:1] in (["versions"], ["plugins"]):
            return
        else:
            found = (catalog.library(".".join(names)),)
        place = Node(None, source, chain.start, chain.end, COMPUTED)
        for one in found:
            if one is not None:
                version = self._bound(block, source) or one.version
                yield _Declared(one.name, place.replace_value(one.name), version)

    def _text(self, value: Literal | Template, source: Source, block: Block | None) -> Iterator[_Declared]:
        found = self._scope.value(value, source)
        if isinstance(found.value, str):
            if isinstance(value, Template) and (whole := _version_alone(value)) is not None:
                version = self._scope.value(whole, source)
                yield from self._split(found, block, source, version)
            else:
                yield from self._split(found, block, source)
        elif isinstance(found.value, Unknown) and isinstance(value, Template):
            head = found.value.parts[0] if found.value.parts else None
            group, _, rest = (head or "").partition(":")
            name, colon, start = rest.partition(":")
            if colon:
                parts = tuple(part for part in (start, *found.value.parts[1:]) if part != "")
                version = found.replace_value(found.value._replace(parts=parts))
                whole = _version_alone(value)
                if whole is not None:
                    version = self._scope.value(whole, source)
                package = f"{group}:{name}"
                yield _Declared(package, found.replace_value(package), version)

    def _split(
        self, found: Node, block: Block | None, source: Source, version: Node | None = None
    ) -> Iterator[_Declared]:
        """`group:artifact:version:classifier@ending`."""
        text = found.value
        assert isinstance(text, str)
        parts = text.split("@")[0].split(":")
        if len(parts) < 2 or not parts[1]:  # group and artifact
            return
        package = f"{parts[0]}:{parts[1]}"
        name = found.part(0, len(package)) if found.style != COMPUTED else found._replace(value=package)
        if version is None and parts[2:] and parts[2]:
            begin = len(package) + 1
            version = (
                found.part(begin, begin + len(parts[2]))
                if found.style != COMPUTED
                else found._replace(value=parts[2])
            )
        yield _Declared(package, name, self._bound(block, source) or version)

    def _map(self, items: Items, source: Source) -> Iterator[_Declared]:
        """`group: "a", name: "b", version: "1"`."""
        named = {item.name: item.value for item in items.items if item.name}
        if not named:
            for item in items.items:
                yield from self._notation(item.value, source, None)
            return
        if "name" not in named:
            return
        values = {
            key: self._scope.value(named[key], source) for key in ("group", "name", "version") if key in named
        }
        group, name = values.get("group"), values["name"]
        if isinstance(name.value, str) and (group is None or isinstance(group.value, str)):
            package = f"{group.value if group is not None else ''}:{name.value}"
            yield _Declared(package, name, values.get("version"))

    def _bound(self, block: Block | None, source: Source) -> Node | None:
        """The version that the block of a declaration sets: `version { strictly("1") }`."""
        for one in block.statements if block is not None else ():
            link = _only(one.target)
            if link is None or link.name != "version" or link.block is None:
                continue
            for bound in link.block.statements:
                inner = _only(bound.target)
                values = bound.arguments or (inner.arguments if inner is not None else None) or ()
                if inner is not None and inner.name in _BOUNDS and values:
                    return self._scope.value(values[0].value, source)
        return None


def _only(expression: Expression) -> Link | None:
    return expression.links[0] if isinstance(expression, Chain) and len(expression.links) == 1 else None


def _version_alone(template: Template) -> Chain | None:
    """What is put into `group:artifact:$version`, if it alone is the version."""
    parts = template.parts
    if len(parts) == 2 and isinstance(parts[0], str) and isinstance(parts[1], Chain):
        text = parts[0]
        return parts[1] if text.count(":") == 2 and text.endswith(":") else None
    return None


def _scope_of(setting: Setting) -> str | None:
    """The scope in which a setting declares dependencies, None if it declares none."""
    path = setting.path
    if not setting.values or len(path) < 2 or setting.operator:  # a block and a name
        return None
    name, before = path[-1], path[:-1]
    if before[-1] == "imports" and name == "mavenBom" and "dependencyManagement" in before:
        return "import"
    if before[-1] == "constraints" and "dependencies" in before:
        return "constraint"
    if path[-3:] == _FORCE and "buildscript" not in before:
        return "constraint"
    if before[-1] != "dependencies" or name in _NO_CONFIGURATION:
        return None
    if "dependencyManagement" in before:
        return "constraint" if name == "dependency" else None
    if "buildscript" in before or "pluginManagement" in before:
        return "build"
    lowered = name.lower()
    if "test" in lowered:
        return "test"
    if name in ("compileOnly", "providedCompile", "providedRuntime", "compileOnlyApi"):
        return "provided"
    return "runtime" if _runs(name) else "build"


def _runs(name: str) -> bool:
    lowered = name.lower()
    return lowered in ("api", "compile", "runtime", "add") or lowered.endswith(
        ("implementation", "runtimeonly", "api")
    )


def _place(node: Node) -> tuple[str, int]:
    return node.source.path, node.start
