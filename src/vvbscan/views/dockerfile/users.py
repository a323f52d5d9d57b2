"""Who containers of well-known base images run as, where their sources say so."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.views.records import ImageReference

_ROOT_IMAGES: Final = frozenset(
    {
        "almalinux",
        "alpine",
        "amazoncorretto",
        "amazonlinux",
        "buildpack-deps",
        "busybox",
        "centos",
        "debian",
        "eclipse-temurin",
        "fedora",
        "golang",
        "httpd",
        "maven",
        "nginx",
        "node",
        "openjdk",
        "oraclelinux",
        "php",
        "python",
        "rockylinux",
        "ruby",
        "rust",
        "tomcat",
        "ubuntu",
    }
)
"""Docker official images whose Dockerfiles for Linux have no USER (the repositories that
github.com/docker-library/official-images lists, as of August 2026)."""
_ORGANISATION: Final = lazy_pattern(r"^(?:library|amd64|arm32v[567]|arm64v8|i386|ppc64le|riscv64|s390x)/")
"""Where Docker official images are, for all architectures or one (official-images, `README.md`)."""
_HUB: Final = frozenset({"", "docker.io", "index.docker.io"})
_MIRRORS: Final = {"mirror.gcr.io": "library/", "public.ecr.aws": "docker/library/"}
"""Registries with copies of the Docker official images, and where."""
_DOTNET: Final = lazy_pattern(r"dotnet/(?:aspnet|runtime|runtime-deps|sdk)")
_DOTNET_WITHOUT_ROOT: Final = lazy_pattern(r"-(?:chiseled|distroless)(?:-|$)")
"""Tags of .NET images that run as `app`; the others for Linux have no USER (dotnet/dotnet-docker, `src`)."""
_WINDOWS: Final = lazy_pattern(r"windows|nanoserver")
_UBI_JAVA: Final = lazy_pattern(r"ubi[0-9]+/openjdk-[0-9]+(?:-runtime)?")
"""Run as 185 (github.com/rh-openjdk/redhat-openjdk-containers, `modules/user/module.yaml`)."""
_UBI: Final = lazy_pattern(r"ubi[0-9]+(?:/ubi|/ubi-minimal|/ubi-micro|/ubi-init|-minimal|-micro|-init)?")
"""The base images of Red Hat, whose containers run as root (catalog.redhat.com)."""
_RED_HAT: Final = frozenset({"registry.access.redhat.com", "registry.redhat.io"})


def base_user(image: ImageReference) -> str | None:
    """The user of a base image by name or number, None if it is not known here."""
    registry = "" if image.registry is None else image.registry.value
    repository = None if image.repository is None else image.repository.value
    if not isinstance(registry, str) or not isinstance(repository, str):
        return None
    if registry in _RED_HAT and _UBI_JAVA.fullmatch(repository):
        return "185"
    if registry in _RED_HAT and _UBI.fullmatch(repository):
        return "root"
    tag: object = "latest"
    if image.tag is not None:
        tag = image.tag.value
    elif image.digest is not None:
        tag = None
    if not isinstance(tag, str):
        return None
    if registry in _MIRRORS and repository.startswith(_MIRRORS[registry]):
        registry, repository = "", repository.removeprefix(_MIRRORS[registry])
    if registry in _HUB and _ORGANISATION.sub("", repository) in _ROOT_IMAGES:
        return None if _WINDOWS.search(tag) else "root"
    if registry == "mcr.microsoft.com" and _DOTNET.fullmatch(repository):
        return None if _WINDOWS.search(tag) else "app" if _DOTNET_WITHOUT_ROOT.search(tag) else "root"
    if registry == "gcr.io" and repository.startswith("distroless/"):
        # With `nonroot` in the tag it runs as 65532, else as root (its README and `common/variables.bzl`).
        return "65532" if "nonroot" in tag.split("-") else "root"
    return None
