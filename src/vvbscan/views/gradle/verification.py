"""Checksums and signatures that Gradle demands of what it fetches: `gradle/verification-metadata.xml`.

Format: https://docs.gradle.org/current/userguide/dependency_verification.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import COMPUTED, Node, Parsed, Problem, Source, Unknown
from vvbscan.parse.gradle_tree import Chain
from vvbscan.parse.xml import Element, parse_xml
from vvbscan.record import NamedTuple
from vvbscan.views.gradle.locks import is_below
from vvbscan.views.gradle.settings import Setting
from vvbscan.views.packages.conflicts import torn_lock
from vvbscan.views.packages.model import Dependency, Lock, Manifest, Stale
from vvbscan.views.xml_spans import parsed_xml

NAME: Final = "verification-metadata.xml"
_ROOT: Final = "verification-metadata"
_ALGORITHMS: Final = ("sha512", "sha256", "sha1", "md5", "pgp")
"""What an artifact may have to show, the strongest checksum first."""
_DESCRIPTIONS: Final = (".pom", ".module", ".xml")
_PACKAGED: Final = (".jar", ".aar", ".klib", ".war", ".zip")
_MODE: Final = "org.gradle.dependency.verification"
_PLAIN: Final = lazy_pattern(r"[\w.+-]+")
_COMPARED: Final = frozenset({"runtime", "provided", "test"})


class Component(NamedTuple):
    """A version of a package that Gradle may fetch."""

    version: Node
    hash: Node | None
    """Of the package itself, else of what describes it."""


class Verification(NamedTuple):
    """The metadata of a build."""

    source: Source
    components: Mapping[str, Mapping[str, Component]]
    """By package and version."""
    trusted: tuple[Element, ...]
    """What tells of packages that need no checksum here: trusted artifacts, and what keys are trusted for."""
    complete: bool
    """Whether descriptions of packages must be listed too, so that every package is."""
    lock: Lock
    """For the view `lock`. What it lists may be fetched, and is not what a project comes to: no packages."""
    parsed: Parsed

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return id(self)


def read_verification(source: Source, problems: tuple[Problem, ...], limits: Limits) -> Verification:
    """The metadata that a file holds, with what is wrong about it."""
    torn = torn_lock(source)
    if torn is not None:
        return Verification(source, {}, (), False, torn, Parsed(source, (), (), problems))
    file = parse_xml(source, limits)
    root = file.root
    if root is not None and root.local_name != _ROOT:
        message = f"The root of {NAME} is `{_ROOT}`, not `{root.name}`."
        wrong = Problem("error", "gradle-no-verification-metadata", message, root.start, root.head_end)
        problems, root = (*problems, wrong), None
    components: dict[str, dict[str, Component]] = {}
    listed = None if root is None else root.child("components")
    for element in listed.all("component") if listed is not None else ():
        values = [element.attributes.get(name) for name in ("group", "name", "version")]
        group, name, version = (None if value is None else value.text() for value in values)
        if group is None or name is None or version is None or values[2] is None:
            message = "A component has a `group`, a `name` and a `version`."
            wrong = Problem("error", "gradle-verification-syntax", message, element.start, element.head_end)
            problems = (*problems, wrong)
            continue
        held = components.setdefault(f"{group}:{name}", {})
        found = _hash(element)
        if version not in held or held[version].hash is None:
            held[version] = Component(values[2], found)
    parsed = parsed_xml(file, problems)
    unread = None
    if root is None or any(one.level == "error" for one in parsed.problems):
        unread = Unknown("unparsed", f"{NAME} cannot be read, or not all of it")
    start, end = (0, min(1, len(source.text.text))) if root is None else (root.start, root.head_end)
    lock = Lock(NAME, source.path, (), unread, None, Node(None, source, start, end, COMPUTED))
    switch = None if root is None else root.at("configuration", "verify-metadata")
    complete = switch is None or switch.text.value == "true"
    return Verification(source, components, tuple(_trusted(root)), complete, lock, parsed)


def _hash(component: Element) -> Node | None:
    found: dict[bool, Node] = {}
    for artifact in component.all("artifact"):
        name = artifact.attributes.get("name")
        text = None if name is None else name.text()
        describes = text is not None and text.endswith(_DESCRIPTIONS)
        if describes in found:
            continue
        for algorithm in _ALGORITHMS:
            child = artifact.child(algorithm)
            value = None if child is None else child.attributes.get("value")
            written = None if value is None else value.text()
            if value is not None and written is not None:
                found[describes] = value.replace_value(f"{algorithm}:{written}")
                break
    return found.get(False, found.get(True))


def _trusted(root: Element | None) -> Iterator[Element]:
    configuration = None if root is None else root.child("configuration")
    if configuration is None:
        return
    artifacts, keys = configuration.child("trusted-artifacts"), configuration.child("trusted-keys")
    yield from artifacts.all("trust") if artifacts is not None else ()
    for key in keys.all("trusted-key") if keys is not None else ():
        yield from key.all("trusting") or (key,)


def hash_of(dependency: Dependency, verification: Verification) -> Node | None:
    """The hash that a dependency of a fixed version must have."""
    if verification.lock.unread is not None:
        return dependency.anchor.replace_value(verification.lock.unread)
    version = None if dependency.requirement is None else dependency.requirement.text()
    found = verification.components.get(dependency.package, {}).get(version or "")
    return None if found is None else found.hash


def verified(
    path: str,
    dependencies: Iterable[Dependency],
    settings: Iterable[Setting],
    properties: Node | None,
    verification: Verification,
    anchor: Node,
) -> Iterator[Manifest]:
    """A script with the metadata of its build, if Gradle refuses what that does not list.

    `settings` are what takes effect in the project and what the settings of the build say, `properties` are
    those of the build.
    """
    lock = verification.lock
    mode = None if properties is None else properties.get(_MODE)
    if mode is not None and mode.value != "strict":
        return
    if lock.unread is None and not (verification.complete and verification.components):
        return
    stale = () if lock.unread is not None else tuple(_unlisted(dependencies, verification))
    if stale and any(map(_chooses_versions, settings)):
        reason = "the build replaces, forces or excludes dependencies, so that other versions may be fetched"
        stale, lock = (), lock._replace(unread=Unknown("condition", reason))
    yield Manifest("maven", posixpath.basename(path), path, False, lock, (NAME,), stale, anchor)


def _chooses_versions(one: Setting) -> bool:
    """Whether a setting may replace what is asked for, or leave it out."""
    if one.path[-1:] == ("includeBuild",):
        return "pluginManagement" not in one.path
    if "resolutionStrategy" in one.path or (one.path[-1:] == ("exclude",) and "configurations" in one.path):
        return True
    return any(
        isinstance(value.value, Chain) and value.value.links[0].name == "enforcedPlatform"
        for value in one.values
    )


def _unlisted(dependencies: Iterable[Dependency], verification: Verification) -> Iterator[Stale]:
    """Dependencies of which the metadata has nothing.

    A newer version that is listed may be taken, as others ask for it.
    """
    seen: set[str] = set()
    for one in dependencies:
        requirement = one.requirement
        wanted = None if requirement is None else requirement.text()
        if one.pinned != "exact" or one.scope not in _COMPARED or requirement is None or wanted is None:
            continue
        if one.package in seen or not _PLAIN.fullmatch(wanted):
            continue
        seen.add(one.package)
        listed = verification.components.get(one.package, {})
        if not all(is_below(version, wanted) for version in listed):
            continue
        if not any(_covers(trust, one.package, wanted) for trust in verification.trusted):
            version = next((held.version for held in listed.values()), None)
            only = "" if version is None else f", but {', '.join(listed)}"
            yield Stale(requirement, f"{one.package} {wanted} is not in it{only}", version)


def _covers(trust: Element, package: str, version: str) -> bool:
    """Whether an element that trusts may cover a package: no attribute of it is known not to fit."""
    group, _, name = package.partition(":")
    regex = trust.attributes.get("regex")
    is_pattern = regex is not None and regex.value != "false"
    files = [f"{name}-{version}{ending}" for ending in _PACKAGED]
    return all(
        _fits(trust.attributes.get(attribute), values, is_pattern=is_pattern)
        for attribute, values in (
            ("group", [group]),
            ("name", [name]),
            ("version", [version]),
            ("file", files),
        )
    )


def _fits(expected: Node | None, values: Iterable[str], *, is_pattern: bool) -> bool:
    text = None if expected is None else expected.text()
    if text is None:
        return True
    if not is_pattern:
        return text in values
    from vvbscan.views.kustomize.patterns import BadPattern, whole_match

    try:
        matches = whole_match(text)
    except BadPattern:
        return True
    return any(map(matches, values))
