"""Versions and ranges of npm, read as leniently as npm does (https://github.com/npm/node-semver#ranges)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple

_PRERELEASE: Final = r"-?((?:\d*[A-Za-z-][0-9A-Za-z-]*|\d+)(?:\.(?:\d*[A-Za-z-][0-9A-Za-z-]*|\d+))*)"
_BUILD: Final = r"\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION: Final = lazy_pattern(rf"[v=\s]*(\d+)\.(\d+)\.(\d+)(?:{_PRERELEASE})?(?:{_BUILD})?")
_PART: Final = r"(\d+|[xX*])"
_PARTIAL: Final = rf"[v=\s]*{_PART}(?:\.{_PART}(?:\.{_PART}(?:{_PRERELEASE})?(?:{_BUILD})?)?)?"
_COMPARATOR: Final = lazy_pattern(rf"(\^|~>?|[<>]=?|=)?\s*{_PARTIAL}")
_HYPHEN: Final = lazy_pattern(rf"\s*{_PARTIAL}\s+-\s+{_PARTIAL}\s*")
_GAP: Final = lazy_pattern(r"(\^|~>?|[<>]=?|=)\s+")
_MOST_DIGITS: Final = 15
"""A number that JavaScript does not hold exactly is no part of a version."""


class Version(NamedTuple):
    """A version; what is behind `+` says nothing about its order."""

    major: int
    minor: int
    patch: int
    prerelease: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[object, ...]:
        """What it is ordered by: a release is behind its pre-releases, numbers are before words."""
        words = tuple((0, int(one), "") if one.isdigit() else (1, 0, one) for one in self.prerelease)
        return self.major, self.minor, self.patch, not self.prerelease, words


class _Bound(NamedTuple):
    """One side of an interval."""

    sign: str
    version: Version


_LOWEST: Final = ("0",)
"""The lowest pre-release: `<2.0.0-0` leaves out the pre-releases of 2.0.0 too."""
_NOTHING: Final = _Bound("<", Version(0, 0, 0, _LOWEST))

Partial = tuple[int | None, int | None, int | None, tuple[str, ...]]


def parse_version(text: str) -> Version | None:
    """A whole version, None if the text is none."""
    match = _VERSION.fullmatch(text.strip())
    if match is None or any(len(match[number]) > _MOST_DIGITS for number in (1, 2, 3)):
        return None
    return Version(int(match[1]), int(match[2]), int(match[3]), _words(match[4]))


def is_range(text: str) -> bool:
    """Whether a text is a range of versions, and not a tag like `latest`."""
    return bool(_alternatives(text))


def satisfies(version: str, wanted: str) -> bool:
    """Whether a version is in a range. What is no version is in none, and what is no range has none."""
    given = parse_version(version)
    return given is not None and any(_within(given, bounds) for bounds in _alternatives(wanted))


def _within(version: Version, bounds: list[_Bound]) -> bool:
    order = version.order
    for sign, other in bounds:
        limit = other.order
        if (
            (sign == "<" and not order < limit)
            or (sign == "<=" and not order <= limit)
            or (sign == ">" and not order > limit)
            or (sign == ">=" and not order >= limit)
            or (sign == "=" and order != limit)
        ):
            return False
    # A pre-release is meant only where a bound names one of the same version.
    return not version.prerelease or any(other.prerelease and other[:3] == version[:3] for _, other in bounds)


def _alternatives(text: str) -> list[list[_Bound]]:
    """The bounds of each alternative; none if the text is no range."""
    found = (_bounds_of(part) for part in text.split("||"))
    return [bounds for bounds in found if bounds is not None]


def _bounds_of(text: str) -> list[_Bound] | None:
    hyphen = _HYPHEN.fullmatch(text)
    if hyphen is not None:
        low, high = _partial(hyphen.groups()[:4]), _partial(hyphen.groups()[4:])
        return None if low is None or high is None else [*_compare(">=", low), *_compare("<=", high)]
    words = _GAP.sub(r"\1", text).split()
    if not words:
        return []
    bounds: list[_Bound] = []
    understood = False
    for word in words:
        match = _COMPARATOR.fullmatch(word)
        partial = None if match is None else _partial(match.groups()[1:])
        sign = "=" if match is None else match[1] or "="
        if match is None or partial is None or (sign[0] not in "^~" and _closed_behind_open(match)):
            continue  # npm passes over words that it does not understand beside those that it does
        understood = True
        if sign == "^":
            bounds += _caret(partial)
        elif sign[0] == "~":
            bounds += _tilde(partial)
        else:
            bounds += _compare(sign, partial)
    return bounds if understood else None


def _closed_behind_open(match: re.Match[str]) -> bool:
    """Whether a number follows a part that is open: `x.1`."""
    parts = [one for one in match.groups()[1:4] if one is not None]
    return any(one in "xX*" and after not in "xX*" for one, after in pairwise(parts))


def _partial(groups: tuple[str | None, ...]) -> Partial | None:
    """A version of which the last parts may be open; None if its numbers are too large."""
    numbers: list[int | None] = []
    for one in groups[:3]:
        if one is not None and len(one) > _MOST_DIGITS:
            return None
        open_before = bool(numbers) and numbers[-1] is None
        numbers.append(None if open_before or one is None or one in "xX*" else int(one))
    major, minor, patch = numbers
    return major, minor, patch, () if patch is None else _words(groups[3])


def _words(prerelease: str | None) -> tuple[str, ...]:
    return tuple(prerelease.split(".")) if prerelease else ()


def _lowest(partial: Partial) -> Version:
    major, minor, patch, words = partial
    return Version(major or 0, minor or 0, patch or 0, words)


def _next(partial: Partial) -> Version:
    """The first version behind all that an open one stands for."""
    major, minor, _, _ = partial
    return Version(major or 0, minor + 1, 0) if minor is not None else Version((major or 0) + 1, 0, 0)


def _before(version: Version) -> _Bound:
    return _Bound("<", version._replace(prerelease=_LOWEST))


def _caret(partial: Partial) -> list[_Bound]:
    """All that leaves the first part alone that is not zero."""
    major, minor, patch, _ = partial
    if major is None:
        return []
    if major or minor is None:
        end = Version(major + 1, 0, 0)
    elif minor or patch is None:
        end = Version(0, minor + 1, 0)
    else:
        end = Version(0, 0, patch + 1)
    return [_Bound(">=", _lowest(partial)), _before(end)]


def _tilde(partial: Partial) -> list[_Bound]:
    """All that leaves the minor version alone, if one is named."""
    if partial[0] is None:
        return []
    return [_Bound(">=", _lowest(partial)), _before(_next(partial))]


def _compare(sign: str, partial: Partial) -> list[_Bound]:
    if partial[2] is not None:
        return [_Bound(sign, _lowest(partial))]
    if partial[0] is None:
        return [_NOTHING] if sign in ("<", ">") else []
    low, end = _Bound(">=", _lowest(partial)), _before(_next(partial))
    if sign == ">":
        return [_Bound(">=", _next(partial))]
    if sign == ">=":
        return [low]
    if sign == "<":
        return [_before(_lowest(partial))]
    return [end] if sign == "<=" else [low, end]
