"""What a build does when it is started without arguments: for which Java it compiles, whether it tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, Node, Unknown
from vvbscan.parse.gradle_tree import Literal
from vvbscan.views.gradle.model import Project
from vvbscan.views.gradle.settings import Setting
from vvbscan.views.gradle.values import Scope

_RELEASES: Final = (
    ("options", "release"),
    ("targetCompatibility",),
    ("sourceCompatibility",),
    ("toolchain", "languageVersion"),
    ("jvmToolchain",),
    ("jvmTarget",),
)
"""What sets the release, the one that counts first: `release` before `targetCompatibility`, that before the
toolchain (https://docs.gradle.org/current/userguide/building_java_projects.html#sec:java_cross_compilation)."""
_RELEASE: Final = lazy_pattern(r"(?:1\.)?([0-9]{1,3})")
_SHARE: Final = lazy_pattern(
    r"""(?:(?:new\s+)?BigDecimal(?:\.valueOf)?\()?["']?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)["']?\)?(?:\.toBigDecimal\(\))?"""
)
_TESTS: Final = frozenset({"test", "Test"})
_VERIFIES: Final = "jacocoTestCoverageVerification"


def java_release(settings: Sequence[Setting], scope: Scope) -> Node | None:
    """The release of Java that a project is compiled for; absent if nothing sets one."""
    for wanted in _RELEASES:
        found = [one for one in settings if one.path[-len(wanted) :] == wanted and one.value is not None]
        found = [one for one in found if not _of_tests(one)]
        if not found:
            continue
        one = found[-1]
        assert one.value is not None
        node = _as_release(scope.value(one.value, one.source))
        if one.conditional and not isinstance(node.value, Unknown):
            return node.replace_value(
                Unknown("expression", "a condition decides which release of Java is set")
            )
        return node
    return None


def _of_tests(one: Setting) -> bool:
    return any("test" in name.lower() for name in one.path)


def _as_release(node: Node) -> Node:
    value = node.value
    if isinstance(value, Unknown):
        return node
    if isinstance(value, float):
        value = str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Node(value, node.source, node.start, node.end, COMPUTED, node.via)
    match = _RELEASE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return node.replace_value(Unknown("expression", f"`{node.written}` is no release of Java"))
    return Node(int(match[1]), node.source, node.start, node.end, COMPUTED, node.via)


def java_of(project: Project) -> Node | None:
    """The release of Java of a project, an unknown if something that is not read may set it."""
    if project.java is not None or project.outside is None:
        return project.java
    return project.anchor.replace_value(project.outside)


def tests_skipped(project: Project) -> Node | None:
    """Whether the build runs no tests, a boolean; absent if nothing says so."""
    for one in project.settings:
        task, name = one.path[-2:-1], one.path[-1:]
        switch = task and task[0] in _TESTS and len(one.path) <= 3 and name in (("enabled",), ("isEnabled",))
        if switch and _is(one, value=False):
            return _flag(one, value=True)
        if one.path[-1:] == ("excludedTaskNames",) and one.value is not None:
            text = one.source.text.text[one.value.start : one.value.end]
            if '"test"' in text or "'test'" in text:
                return _flag(one, value=True)
    return None


def test_failures_ignored(project: Project) -> Node | None:
    """Whether the build goes on when a test fails, a boolean; absent if nothing says so."""
    for one in project.settings:
        if (
            one.path[-1:] == ("ignoreFailures",)
            and one.path[-2:-1]
            and one.path[-2] in _TESTS
            and _is(one, value=True)
        ):
            return _flag(one, value=True)
    return None


def _is(one: Setting, *, value: bool) -> bool:
    return isinstance(one.value, Literal) and one.value.value is value


def _flag(one: Setting, *, value: bool) -> Node:
    assert one.value is not None
    node = Node(value, one.source, one.value.start, one.value.end, COMPUTED)
    if one.conditional:
        return node.replace_value(Unknown("expression", "a condition decides whether it is set"))
    return node


def coverage_asked_for(project: Project, counter: str) -> Node | None:
    """The highest share of a counter (`LINE`, `BRANCH`) below which the build fails, a number from 0 to 1.

    Absent if `check` does not fail for it (https://docs.gradle.org/current/userguide/jacoco_plugin.html).
    """
    settings = project.settings
    found: Node | None = None
    if _is_checked(settings):
        limits: dict[int, dict[str, Setting]] = {}
        for one in settings:
            if _VERIFIES in one.path and "limit" in one.path[:-1]:
                limits.setdefault(_limit_of(one, settings), {})[one.path[-1]] = one
        for limit in limits.values():
            node = _minimum(limit, counter)
            if node is not None and (found is None or _share(node) > _share(found)):
                found = node
    if found is None and any("kover" in one.path for one in settings):
        return project.anchor.replace_value(Unknown("expression", "rules of Kover are not read"))
    if found is None and project.outside is not None:
        return project.anchor.replace_value(project.outside)
    return found


def _limit_of(one: Setting, settings: Iterable[Setting]) -> int:
    """Where the block `limit` begins in which a setting stands."""
    start = 0
    for other in settings:
        block = other.block
        if other.source is not one.source or other.path[-1:] != ("limit",) or block is None:
            continue
        if block.start <= one.statement.start < block.end:
            start = block.start
    return start


def _minimum(limit: Mapping[str, Setting], counter: str) -> Node | None:
    wanted, minimum = limit.get("counter"), limit.get("minimum")
    if wanted is None or minimum is None or minimum.value is None or wanted.value is None:
        return None
    if not isinstance(wanted.value, Literal) or wanted.value.value != counter:
        return None
    value = limit.get("value")
    if value is not None and isinstance(value.value, Literal) and value.value.value != "COVEREDRATIO":
        return None
    place = minimum.value
    text = minimum.source.text.text[place.start : place.end]
    match = _SHARE.fullmatch(text)
    if match is None:
        unknown = Unknown("expression", f"`{text}` is no share")
        return Node(unknown, minimum.source, place.start, place.end, COMPUTED)
    share = float(match[1])
    return Node(share, minimum.source, place.start, place.end, COMPUTED)


def _share(node: Node) -> float:
    return node.value if isinstance(node.value, float) else 1.0


def _is_checked(settings: Iterable[Setting]) -> bool:
    """Whether `check` depends on the verification."""
    for one in settings:
        if one.path[-1:] == ("dependsOn",) and "check" in one.path[:-1]:
            text = one.source.text.text[one.statement.start : one.statement.end]
            if _VERIFIES in text:
                return True
        if one.path[-1:] == ("finalizedBy",) and one.path[-2:-1] == ("test",):
            text = one.source.text.text[one.statement.start : one.statement.end]
            if _VERIFIES in text:
                return True
    return False
