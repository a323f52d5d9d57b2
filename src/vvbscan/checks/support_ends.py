"""Images that get no fixes any more: releases past their end, and images that their publishers gave up.

As of 1 September 2026. A release that is not listed counts as supported, unless it is older than all that
are. The last days are those of the projects' own calendars, of Debian those of its long-term support:

- Alpine Linux: https://alpinelinux.org/releases/
- Amazon Linux: https://aws.amazon.com/amazon-linux-2/faqs/
- Debian: https://wiki.debian.org/LTS
- .NET: https://dotnet.microsoft.com/platform/support/policy/dotnet-core
- Go: https://go.dev/doc/devel/release (a release ends when the second one after it appears)
- MySQL: https://www.mysql.com/support/eol-notice.html
- Node.js: https://github.com/nodejs/release
- PHP: https://www.php.net/eol.php
- PostgreSQL: https://www.postgresql.org/support/versioning/
- Python: https://devguide.python.org/versions/
- Ruby: https://www.ruby-lang.org/en/downloads/branches/
- Ubuntu (standard support): https://ubuntu.com/about/release-cycle
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple


class End(NamedTuple):
    """The end of a release."""

    release: str
    """`Node.js 14`."""
    when: str
    """`since 2023-04-30`; `since before 2022-06-01` for a release older than those listed."""


class _Product(NamedTuple):
    name: str
    ended: Mapping[str, str]
    """Last day by release. Whatever is older than the oldest of them has ended too."""


_PRODUCTS: Final = {
    "alpine": _Product(
        "Alpine Linux",
        {
            "3.20": "2026-04-01",
            "3.19": "2025-11-01",
            "3.18": "2025-05-09",
            "3.17": "2024-11-22",
            "3.16": "2024-05-23",
            "3.15": "2023-11-01",
        },
    ),
    "amazonlinux": _Product("Amazon Linux", {"2018": "2023-12-31", "2": "2026-06-30"}),
    "debian": _Product(
        "Debian", {"11": "2026-08-31", "10": "2024-06-30", "9": "2022-07-01", "8": "2020-06-30"}
    ),
    "dotnet": _Product(
        ".NET", {"7": "2024-05-14", "6": "2024-11-12", "5": "2022-05-10", "3.1": "2022-12-13"}
    ),
    "golang": _Product(
        "Go",
        {
            "1.25": "2026-08-19",
            "1.24": "2026-02-10",
            "1.23": "2025-08-12",
            "1.22": "2025-02-11",
            "1.21": "2024-08-13",
            "1.20": "2024-02-06",
            "1.19": "2023-09-06",
            "1.18": "2023-02-01",
        },
    ),
    "mysql": _Product("MySQL", {"8.0": "2026-04-30"}),
    "node": _Product(
        "Node.js",
        {
            "25": "2026-06-01",
            "23": "2025-06-01",
            "21": "2024-06-01",
            "20": "2026-04-30",
            "19": "2023-06-01",
            "18": "2025-04-30",
            "17": "2022-06-01",
            "16": "2023-09-11",
            "14": "2023-04-30",
        },
    ),
    "php": _Product("PHP", {"8.1": "2025-12-31", "8.0": "2023-11-26"}),
    "postgres": _Product(
        "PostgreSQL", {"13": "2025-11-13", "12": "2024-11-21", "11": "2023-11-09", "10": "2022-11-10"}
    ),
    "python": _Product(
        "Python",
        {"3.9": "2025-10-31", "3.8": "2024-10-07", "3.7": "2023-06-27", "3.6": "2021-12-23"},
    ),
    "ruby": _Product("Ruby", {"3.2": "2026-03-31", "3.1": "2025-03-26", "3.0": "2024-04-23"}),
    "ubuntu": _Product(
        "Ubuntu",
        {
            "25.10": "2026-07-01",
            "25.04": "2026-01-17",
            "24.10": "2025-07-10",
            "23.10": "2024-07-12",
            "23.04": "2024-01-20",
            "22.10": "2023-07-20",
            "21.10": "2022-07-14",
            "20.04": "2025-05-31",
            "18.04": "2023-05-31",
            "16.04": "2021-04-02",
        },
    ),
}
_GIVEN_UP: Final = {
    "adoptopenjdk": "AdoptOpenJDK has become Eclipse Temurin, and its images are not updated any more",
    "centos": "CentOS Linux has ended; its last release had its last fixes on 2024-06-30",
    "java": "the image has had no updates since 2016-12-31",
    "openjdk": "the image is deprecated; since July 2022 only builds for early access are updated",
}
"""Docker Official Images and what became of them: hub.docker.com, centos.org/centos-linux-eol."""
_GIVEN_UP_REGISTRIES: Final = {
    "k8s.gcr.io": "the registry is frozen since 2023-04-03; registry.k8s.io has taken its place",
}
"""kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement."""
_DOTNET: Final = frozenset({"dotnet/aspnet", "dotnet/runtime", "dotnet/runtime-deps", "dotnet/sdk"})
_MICROSOFT: Final = "mcr.microsoft.com"
_HUB: Final = frozenset({"", "docker.io", "index.docker.io", "registry-1.docker.io"})
_LIBRARY: Final = lazy_pattern(r"(?:.*/)?library/([^/]+)")
_VERSION: Final = lazy_pattern(r"v?([0-9]+(?:\.[0-9]+)*)(?![0-9A-Za-z\0])")
_CODENAMES: Final = {
    "bullseye": ("debian", "11"),
    "buster": ("debian", "10"),
    "stretch": ("debian", "9"),
    "jessie": ("debian", "8"),
    "focal": ("ubuntu", "20.04"),
    "bionic": ("ubuntu", "18.04"),
    "xenial": ("ubuntu", "16.04"),
    "trusty": ("ubuntu", "14.04"),
}
_CODENAME: Final = lazy_pattern(rf"(?:^|-)({'|'.join(_CODENAMES)})(?:-|$)")
_ON_ALPINE: Final = lazy_pattern(r"(?:^|-)alpine-?([0-9]+\.[0-9]+)(?:-|$)")
_NEWEST: Final = 1_000_000
"""Stands for the part of a version that a tag leaves out: `3` means the newest 3.x."""


def official_name(registry: str, repository: str) -> str:
    """The name of a Docker Official Image, `dotnet` for Microsoft's images of .NET, empty for any other.

    A mirror is known by its `library/`.
    """
    if registry == _MICROSOFT:
        return "dotnet" if repository in _DOTNET else ""
    mirrored = _LIBRARY.fullmatch(repository)
    if mirrored:
        return mirrored[1]
    return repository if registry in _HUB and "/" not in repository else ""


def given_up(registry: str, repository: str) -> str:
    """What became of an image whose publisher gave it up, empty if none did."""
    if registry in _GIVEN_UP_REGISTRIES:
        return _GIVEN_UP_REGISTRIES[registry]
    name = official_name(registry, repository)
    if registry in _HUB and repository.startswith("adoptopenjdk/"):
        name = "adoptopenjdk"
    return _GIVEN_UP.get(name, "")


def has_calendar(name: str) -> bool:
    """Whether the releases of an official image are listed."""
    return name in _PRODUCTS


def end_of_tag(name: str, tag: str) -> End | None:
    """The end of the release that a tag of an official image names, None if it is supported or not named."""
    version = _VERSION.match(tag)
    if name in _PRODUCTS and version:
        return _end(_PRODUCTS[name], version[1])
    return None


def end_of_system(tag: str) -> End | None:
    """The end of the distribution that a tag of an official image names: `3.12-buster`, `20-alpine3.18`."""
    codename = _CODENAME.search(tag)
    if codename:
        name, version = _CODENAMES[codename[1]]
        end = _end(_PRODUCTS[name], version)
        return end and end._replace(release=f"{end.release} ({codename[1]})")
    alpine = _ON_ALPINE.search(tag)
    return _end(_PRODUCTS["alpine"], alpine[1]) if alpine else None


def _end(product: _Product, version: str) -> End | None:
    numbers = _numbers(version)
    oldest: tuple[tuple[int, ...], str] | None = None
    for release, day in product.ended.items():
        ended = _numbers(release)
        if numbers[: len(ended)] == ended:
            return End(f"{product.name} {release}", f"since {day}")
        if oldest is None or ended < oldest[0]:
            oldest = ended, day
    if oldest is not None and (*numbers, _NEWEST) < oldest[0]:
        return End(f"{product.name} {version}", f"since before {oldest[1]}")
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:4])
