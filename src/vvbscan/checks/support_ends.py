"""Images that get no fixes any more: releases past their end, and images that their publishers gave up.

As of 15 November 2026. A release that is not listed counts as supported, unless it is older than all that
are. The last days are those of the projects' own calendars, of Debian those of its long-term support:

- Alpine Linux: https://alpinelinux.org/releases/
- Amazon Linux: https://aws.amazon.com/amazon-linux-2/faqs/
- Debian: https://wiki.debian.org/LTS
- CentOS Stream: https://www.centos.org/cl-vs-cs/
- .NET: https://dotnet.microsoft.com/platform/support/policy/dotnet-core
- Elasticsearch, Kibana, Logstash: https://www.elastic.co/support/eol
- Fedora: https://docs.fedoraproject.org/en-US/releases/eol/
- Go: https://go.dev/doc/devel/release (a release ends when the second one after it appears)
- Java: https://adoptium.net/support/ (a release without long-term support ends when the next one appears)
- MariaDB: https://mariadb.org/about/#maintenance-policy
- MongoDB: https://www.mongodb.com/legal/support-policy/lifecycles
- MySQL: https://www.mysql.com/support/eol-notice.html
- nginx: https://nginx.org/en/download.html (only the stable and the mainline release get fixes)
- Node.js: https://github.com/nodejs/release
- PHP: https://www.php.net/eol.php
- PostgreSQL: https://www.postgresql.org/support/versioning/
- Python: https://devguide.python.org/versions/
- Red Hat Enterprise Linux: https://access.redhat.com/support/policy/updates/errata
- Ruby: https://www.ruby-lang.org/en/downloads/branches/
- Tomcat: https://tomcat.apache.org/whichversion.html
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
    """Last day by release."""
    older: bool = True
    """Whether whatever is older than the oldest of them has ended too."""


_JAVA: Final = _Product(
    "Java",
    {
        "24": "2025-09-16",
        "23": "2025-03-18",
        "22": "2024-09-17",
        "20": "2023-09-19",
        "19": "2023-03-21",
        "18": "2022-09-20",
        "16": "2021-09-14",
        "15": "2021-03-16",
        "14": "2020-09-15",
        "13": "2020-03-17",
        "12": "2019-09-17",
    },
    older=False,
)
_PRODUCTS: Final = {
    "alpine": _Product(
        "Alpine Linux",
        {
            "3.21": "2026-11-01",
            "3.20": "2026-04-01",
            "3.19": "2025-11-01",
            "3.18": "2025-05-09",
            "3.17": "2024-11-22",
            "3.16": "2024-05-23",
            "3.15": "2023-11-01",
        },
    ),
    "amazoncorretto": _JAVA,
    "amazonlinux": _Product("Amazon Linux", {"2018": "2023-12-31", "2": "2026-06-30"}),
    "debian": _Product(
        "Debian", {"11": "2026-08-31", "10": "2024-06-30", "9": "2022-07-01", "8": "2020-06-30"}
    ),
    "dotnet": _Product(
        ".NET",
        {
            "9": "2026-11-10",
            "8": "2026-11-10",
            "7": "2024-05-14",
            "6": "2024-11-12",
            "5": "2022-05-10",
            "3.1": "2022-12-13",
        },
    ),
    "eclipse-temurin": _JAVA,
    "elasticsearch": _Product("Elasticsearch", {"7": "2026-01-15", "6": "2022-02-10"}),
    "fedora": _Product(
        "Fedora Linux", {"41": "2025-12-15", "40": "2025-05-13", "39": "2024-11-26", "38": "2024-05-21"}
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
    "kibana": _Product("Kibana", {"7": "2026-01-15", "6": "2022-02-10"}),
    "logstash": _Product("Logstash", {"7": "2026-01-15", "6": "2022-02-10"}),
    "mariadb": _Product(
        "MariaDB",
        {
            "11.2": "2024-11-21",
            "11.1": "2024-08-21",
            "11.0": "2024-06-06",
            "10.10": "2023-11-17",
            "10.9": "2023-08-22",
            "10.8": "2023-05-20",
            "10.7": "2023-02-09",
            "10.6": "2026-07-06",
            "10.5": "2025-06-24",
            "10.4": "2024-06-18",
        },
    ),
    "mongo": _Product("MongoDB", {"6.0": "2025-07-31", "5.0": "2024-10-31", "4.4": "2024-02-29"}),
    "mysql": _Product("MySQL", {"8.0": "2026-04-30"}),
    "nginx": _Product("nginx", {"1.27": "2025-06-24", "1.26": "2025-04-23"}),
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
        "PostgreSQL",
        {"14": "2026-11-12", "13": "2025-11-13", "12": "2024-11-21", "11": "2023-11-09", "10": "2022-11-10"},
    ),
    "python": _Product(
        "Python",
        {
            "3.10": "2026-10-31",
            "3.9": "2025-10-31",
            "3.8": "2024-10-07",
            "3.7": "2023-06-27",
            "3.6": "2021-12-23",
        },
    ),
    "ruby": _Product("Ruby", {"3.2": "2026-03-31", "3.1": "2025-03-26", "3.0": "2024-04-23"}),
    "sapmachine": _JAVA,
    "tomcat": _Product("Tomcat", {"10.0": "2022-10-31", "8": "2024-03-31"}),
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
    "consul": "HashiCorp publishes it as hashicorp/consul",
    "jenkins": "the Jenkins project publishes it as jenkins/jenkins",
    "java": "the image has had no updates since 2016-12-31",
    "nats-streaming": "the server has ended in June 2023; JetStream of NATS has taken its place",
    "openjdk": "the image is deprecated; since July 2022 only builds for early access are updated",
    "vault": "HashiCorp publishes it as hashicorp/vault",
}
"""Docker Official Images and what became of them: hub.docker.com, centos.org/centos-linux-eol."""
_GIVEN_UP_REGISTRIES: Final = {
    "k8s.gcr.io": "the registry is frozen since 2023-04-03; registry.k8s.io has taken its place",
}
"""kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement."""
_GIVEN_UP_NAMESPACES: Final = {
    "adoptopenjdk/": _GIVEN_UP["adoptopenjdk"],
    "bitnamilegacy/": "it is an archive of Bitnami's images, without updates since 2025-08-28",
    "jboss/keycloak": "the Keycloak project publishes it as quay.io/keycloak/keycloak",
    "microsoft/aspnetcore": "Microsoft publishes it as mcr.microsoft.com/dotnet/aspnet",
    "microsoft/dotnet": "Microsoft publishes it in mcr.microsoft.com/dotnet",
}
"""Beginnings of repositories of Docker Hub and what became of them: their pages there, and for Bitnami
github.com/bitnami/containers/issues/83267."""
_BITNAMI: Final = "Bitnami has moved its images with versions to bitnamilegacy, where they are not updated"
_DOTNET: Final = lazy_pattern(r"dotnet/(?:core/)?(?:aspnet|runtime|runtime-deps|sdk)")
_ELASTIC: Final = lazy_pattern(r"(elasticsearch|kibana|logstash)/\1(?:-oss)?")
_RED_HAT: Final = frozenset({"registry.access.redhat.com", "registry.redhat.io"})
_RED_HAT_7: Final = lazy_pattern(r"(?:rhel|ubi)7(?:[/-].*)?")
_ON_DEBIAN: Final = lazy_pattern(r"distroless/.*-debian([0-9]+)")
_CENTOS_STREAM_8: Final = lazy_pattern(r"stream8(?:-|$)")
_MICROSOFT: Final = "mcr.microsoft.com"
_HUB: Final = frozenset({"", "docker.io", "index.docker.io", "registry-1.docker.io"})
_LIBRARY: Final = lazy_pattern(r"(?:.*/)?library/([^/]+)")
_ARCHITECTURE: Final = lazy_pattern(r"(?:amd64|arm32v[567]|arm64v8|i386|ppc64le|riscv64|s390x)/([^/]+)")
"""Where Docker Official Images are for one architecture (github.com/docker-library/official-images)."""
_VERSION: Final = lazy_pattern(r"v?([0-9]+(?:\.[0-9]+)*)(?![0-9A-Za-z\0])")
_CODENAMES: Final = {
    "bullseye": ("debian", "11"),
    "buster": ("debian", "10"),
    "stretch": ("debian", "9"),
    "jessie": ("debian", "8"),
    "wheezy": ("debian", "7"),
    "questing": ("ubuntu", "25.10"),
    "plucky": ("ubuntu", "25.04"),
    "oracular": ("ubuntu", "24.10"),
    "mantic": ("ubuntu", "23.10"),
    "lunar": ("ubuntu", "23.04"),
    "kinetic": ("ubuntu", "22.10"),
    "impish": ("ubuntu", "21.10"),
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
        return "dotnet" if _DOTNET.fullmatch(repository) else ""
    if registry == "docker.elastic.co":
        product = _ELASTIC.fullmatch(repository)
        return product[1] if product else ""
    mirrored = _LIBRARY.fullmatch(repository)
    if mirrored:
        return mirrored[1]
    if registry not in _HUB:
        return ""
    own = _ARCHITECTURE.fullmatch(repository)
    return own[1] if own else repository if "/" not in repository else ""


def given_up(registry: str, repository: str, tag: str | None = None) -> str:
    """What became of an image whose publisher gave it up, empty if none did.

    `tag` is absent where there is none and where it is not known.
    """
    if registry in _GIVEN_UP_REGISTRIES:
        return _GIVEN_UP_REGISTRIES[registry]
    if registry in _HUB:
        for beginning, fate in _GIVEN_UP_NAMESPACES.items():
            if repository.startswith(beginning):
                return fate
        if repository.startswith("bitnami/") and tag not in (None, "latest"):
            return _BITNAMI
    return _GIVEN_UP.get(official_name(registry, repository), "")


def has_calendar(name: str) -> bool:
    """Whether the releases of an official image are listed."""
    return name in _PRODUCTS


def end_of_tag(name: str, tag: str) -> End | None:
    """The end of the release that a tag of an official image names, None if it is supported or not named."""
    version = _VERSION.match(tag)
    if name in _PRODUCTS and version:
        return _end(_PRODUCTS[name], version[1])
    return None


def end_of_repository(registry: str, repository: str, tag: str) -> End | None:
    """The end of the distribution that a repository builds on by its name, if it has ended."""
    if registry in _RED_HAT and _RED_HAT_7.fullmatch(repository):
        return End("Red Hat Enterprise Linux 7", "since 2024-06-30")
    if registry == "quay.io" and repository == "centos/centos" and _CENTOS_STREAM_8.match(tag):
        return End("CentOS Stream 8", "since 2024-05-31")
    debian = _ON_DEBIAN.fullmatch(repository) if registry == "gcr.io" else None
    return _end(_PRODUCTS["debian"], debian[1]) if debian else None


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
    if product.older and oldest is not None and (*numbers, _NEWEST) < oldest[0]:
        return End(f"{product.name} {version}", f"since before {oldest[1]}")
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:4])
