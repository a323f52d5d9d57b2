"""Checks of what build files depend on: pre-releases, and versions that an organisation does not allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr import values
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.errors import RuleError
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.views.packages.model import Dependency, LockedPackage

_OF_MAVEN: Final = lazy_pattern(
    r"(?i)[.-](?:alpha|beta|milestone|preview|pre|rc|cr|ea|dev|m(?=\d))[.-]?\d*(?=$|[.+-])"
)
"""Qualifiers that stand before a release, in Maven's order or by custom (`3.0.0-M1`, `3.2.0.CR1`)."""
_CLAUSE: Final = lazy_pattern(r"\s*([=~!<>^]*)\s*([^\s,]*)")
_OF_SEMVER: Final = lazy_pattern(r"(?:^|[\s|,])[v^~=>]*\s*\d+\.\d+\.\d+-[0-9A-Za-z.-]+")
_PRE_RELEASES: Final = {"maven": _OF_MAVEN, "npm": _OF_SEMVER, "cargo": _OF_SEMVER}

_BAN: Final = lazy_pattern(r"([a-z]+):([^\s<>=!]+)\s*([<>=!].*)?")


def pre_release(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """What runs depends on a version before its release."""
    dependency = subject.record
    assert isinstance(dependency, Dependency)
    package, requirement, locked = dependency.package, dependency.requirement, dependency.locked
    if dependency.source != "registry" or dependency.scope not in ("runtime", "optional"):
        return
    if any(fnmatchcase(package, allowed) for allowed in _texts(params["allow"])):
        return
    if dependency.lockable and dependency.pinned != "exact":
        if locked is not None and is_pre_release(dependency.ecosystem, str(locked.value)):
            told = f"{package} is locked at {locked.value}, a version before its release"
            place = requirement or dependency.anchor
            yield failed(subject, told, place, "requirement", Ref("locked here", locked))
        return
    if requirement is None or dependency.pinned in ("snapshot", "managed"):
        return
    value = requirement.value
    if isinstance(value, Unknown):
        yield undecided(value, requirement, "requirement")
    elif is_pre_release(dependency.ecosystem, str(value)):
        yield failed(
            subject, f"{package} {value} is a version before its release", requirement, "requirement"
        )


def is_pre_release(ecosystem: str, versions: str) -> bool:
    """Whether a version, or one that a range begins with, stands before a release.

    One that a range ends before says nothing: `<3.0a0` leaves out the pre-releases of 3.0.
    """
    if ecosystem != "pypi":
        pattern = _PRE_RELEASES.get(ecosystem)
        return pattern is not None and pattern.search(versions) is not None
    if versions.isascii() and not any(map(str.isalpha, versions)):
        return False
    from packaging.version import InvalidVersion, Version  # 12 ms, and seldom needed

    for clause in versions.split(","):
        match = _CLAUSE.match(clause)
        try:
            if match is None or match[1].startswith(("<", "!")):
                continue
            if Version(match[2].removesuffix(".*")).is_prerelease:
                return True
        except InvalidVersion:
            continue
    return False


def banned_dependency(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Something is depended on that the organisation does not allow, or not in this version."""
    record = subject.record
    if isinstance(record, Dependency):
        version = record.requirement
        if record.lockable and record.pinned != "exact":
            version = None  # the lock tells
    else:
        assert isinstance(record, LockedPackage)
        version = record.version
    for ban in _texts(params["banned"]):
        match = _BAN.fullmatch(ban.strip())
        if match is None:
            yield undecided(_malformed(ban), record.anchor)
            continue
        ecosystem, package, constraint = match.groups()
        if ecosystem != record.ecosystem or not fnmatchcase(record.package, package):
            continue
        if constraint is None:
            yield failed(subject, f"{record.package} is not allowed", record.anchor, "package")
            return
        try:
            holds = values.version_constraint(constraint.strip())
        except RuleError:
            yield undecided(_malformed(ban), record.anchor)
            continue
        verdict = _within(subject, record, version, constraint.strip(), holds)
        if verdict is not None:
            yield verdict
            return


def _malformed(ban: str) -> Unknown:
    return Unknown("unparsed", f"`{ban}` in `banned` is not of the form `pypi:pyyaml <5.4`")


def _within(
    subject: Subject,
    record: Dependency | LockedPackage,
    version: Node | None,
    constraint: str,
    holds: Callable[[values.Version], bool],
) -> Fail | Unsure | None:
    """Whether a version is one of those that are not allowed."""
    if version is None:
        if isinstance(record, Dependency) and (record.lockable or record.pinned == "managed"):
            return None
        return undecided(Unknown("default", f"the version of {record.package} is not known"), record.anchor)
    if isinstance(version.value, Unknown):
        return undecided(version.value, version, "requirement")
    text = str(version.value)
    if isinstance(record, Dependency) and record.pinned != "exact":
        reason = f"which version of {record.package} {text} stands for is not known"
        return undecided(Unknown("remote", reason), version, "requirement")
    read = values.version(text.lstrip("= "))
    if read is None:
        return undecided(Unknown("unparsed", f"`{text}` is not a version"), version, "requirement")
    if not holds(read):
        return None
    shown = text.lstrip("= ")
    told = f"{record.package} {shown} is not allowed ({constraint})"
    return failed(subject, told, version, "version")


def _texts(value: ParamValue) -> Sequence[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []
