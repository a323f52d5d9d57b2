"""What a build does when it is started without arguments: for which Java it compiles, whether it tests."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.views.maven.model import Module

_COMPILER: Final = "org.apache.maven.plugins:maven-compiler-plugin"
_SUREFIRE: Final = "org.apache.maven.plugins:maven-surefire-plugin"
_FAILSAFE: Final = "org.apache.maven.plugins:maven-failsafe-plugin"
_SPRING_PARENT: Final = ("org.springframework.boot", "spring-boot-starter-parent")
"""It compiles for `java.version`, skips no tests and asks for no coverage
(https://docs.spring.io/spring-boot/maven-plugin/using.html#using.parent-pom)."""
_RELEASE: Final = lazy_pattern(r"(?:1\.)?([0-9]{1,3})")


def java_release(module: Module) -> Node | None:
    """The release of Java that a module is compiled for, a whole number; absent if nothing sets one.

    `release` counts before `target`, and configuration before the property of the same meaning
    (https://maven.apache.org/plugins/maven-compiler-plugin/compile-mojo.html).
    """
    plugin = module.plugins.get(_COMPILER)
    by_default = (one for one in plugin.executions if one.id == "default-compile") if plugin else ()
    configurations = [one.configuration for one in by_default] or ([plugin.configuration] if plugin else [])
    for name in ("release", "target"):
        for configuration in configurations:
            found = configuration.get(name)
            if found is not None:
                return _as_release(found)
        found = module.properties.property(f"maven.compiler.{name}")
        if found is not None:
            return _as_release(found)
    if has_spring_parent(module):
        found = module.properties.property("java.version")
        if found is not None:
            return _as_release(found)
    unset = module.properties.unset("the release of Java")
    return None if unset is None else module.anchor.replace_value(unset)


def tests_skipped(module: Module) -> Node | None:
    """Whether the build runs no tests, a boolean; absent if nothing says so."""
    return _told(
        module,
        ("maven.test.skip", "skipTests"),
        {_SUREFIRE: ("skip", "skipTests"), _FAILSAFE: ("skip", "skipTests")},
    )


def test_failures_ignored(module: Module) -> Node | None:
    """Whether the build goes on when a test fails, a boolean; absent if nothing says so."""
    names = ("testFailureIgnore",)
    return _told(module, ("maven.test.failure.ignore",), {_SUREFIRE: names, _FAILSAFE: names})


def _told(module: Module, properties: tuple[str, ...], settings: dict[str, tuple[str, ...]]) -> Node | None:
    """The first that is true of some properties and settings of plugins, else the first that is not known."""
    found = [
        flag
        for name in properties
        if (node := module.properties.property(name)) is not None
        and (flag := _as_flag(node)).value is not False
    ]
    for key, names in settings.items():
        plugin = module.plugins.get(key)
        if plugin is None:
            continue
        of_all = [one.configuration for one in plugin.executions] or [plugin.configuration]
        for name in names:
            flags = [_as_flag(node) for one in of_all if (node := one.get(name)) is not None]
            # An execution that does not skip is what the others are switched off for.
            if len(flags) == len(of_all) and all(flag.value is not False for flag in flags):
                found.append(flags[0])
    found.sort(key=lambda flag: flag.value is not True)
    if found:
        return found[0]
    unset = None if has_spring_parent(module) else module.properties.unset(properties[0])
    return None if unset is None else module.anchor.replace_value(unset)


def has_spring_parent(module: Module) -> bool:
    """Whether the parent outside the tree is Spring Boot's, of which it is known what it sets."""
    outside = module.lineage.outside
    return outside is not None and outside[:2] == _SPRING_PARENT


def _as_release(node: Node) -> Node:
    if isinstance(node.value, Unknown):
        return node
    match = _RELEASE.fullmatch(node.value) if isinstance(node.value, str) else None
    if match is None:
        return node.replace_value(Unknown("expression", f"`{node.written}` is no release of Java"))
    return node._replace(value=int(match[1]))


def _as_flag(node: Node) -> Node:
    if isinstance(node.value, Unknown):
        return node
    return node._replace(value=isinstance(node.value, str) and node.value.lower() == "true")
