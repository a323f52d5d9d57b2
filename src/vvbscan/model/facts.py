"""Facts: small typed records that units give to the system view, which joins them into services."""

from __future__ import annotations

from typing import Final

from vvbscan.model.location import Location, RelatedLocation
from vvbscan.record import NamedTuple

OPEN: Final = "*"
DOCKER_FOLDER: Final = "src/main/docker"
"""Where the projects that Quarkus generates have their Dockerfiles, in each module."""


def directory_of_build(folder: str) -> str:
    """The directory that an image is built for, by the folder of its Dockerfile."""
    if not f"/{folder}".endswith(f"/{DOCKER_FOLDER}"):
        return folder
    return folder.removesuffix(DOCKER_FOLDER).rstrip("/")


class Located(NamedTuple):
    """A value that a fact carries, with where it was written."""

    value: str | int | float | bool | None
    """None together with an empty `unknown` means that the value is absent."""
    location: Location
    """Where it was written; for an absent value, what lacks it."""
    unknown: str = ""
    """Why the value cannot be known; empty if it is known."""
    via: tuple[RelatedLocation, ...] = ()


class EnvironmentVariable(NamedTuple):
    """A variable that a container is started with."""

    name: str
    value: Located


class StartOption(NamedTuple):
    """A setting in the command that starts an application."""

    name: str
    value: Located
    argument: bool
    """Whether it is an argument of the program (`--server.port=80`), else a system property (`-Dx=y`)."""


class MountedFile(NamedTuple):
    """A file that a container finds at a path, its content from a ConfigMap of the tree."""

    path: str
    text: str
    location: Location
    """Where the content is written."""
    lines: tuple[Location, ...]
    """Where each of its lines is written; empty if the file spells the text otherwise."""
    unknown: str = ""
    """Why its content cannot be known; empty if it is known."""


class Probe(NamedTuple):
    """A probe of a container that asks over HTTP."""

    kind: str
    """`liveness`, `readiness` or `startup`."""
    path: Located
    port: Located
    """Number, or the name of a port of the container."""


class WorkloadFact(NamedTuple):
    """A container of a workload that a manifest or compose file describes."""

    unit: str
    environment: str
    judged: bool
    address: str
    """`Deployment/shop/web:containers[app]`."""
    workload: str
    """`web`."""
    container: str
    image: Located
    ports: tuple[tuple[str, int], ...]
    """Name (may be empty) and number of each declared port."""
    probes: tuple[Probe, ...]
    variables: tuple[EnvironmentVariable, ...]
    open_variables: str
    """Why further variables may be set that are not known (`envFrom` of a Secret), or empty."""
    location: Location
    build_directory: str | None = None
    """Directory, relative to the root, that its image is built from, where the file itself says so; empty for
    the root."""
    options: tuple[StartOption, ...] = ()
    """What its command and arguments set."""
    replaces: str = ""
    """What it replaces of its image: `command` (entry point and arguments), `arguments`, or nothing."""
    files: tuple[MountedFile, ...] = ()
    """The configuration files that it finds in volumes."""


class ImageBuildFact(NamedTuple):
    """The image that a Dockerfile builds."""

    unit: str
    path: str
    environment: str
    judged: bool
    variables: tuple[EnvironmentVariable, ...]
    """ENV of the last stage and of the stages of the file that it builds on."""
    location: Location
    options: tuple[StartOption, ...] = ()
    """What its entry point and its arguments set."""
    entry_options: tuple[StartOption, ...] = ()
    """What its entry point sets."""
    program: bool = False
    """Whether its entry point names the program that Java starts, which gets all arguments."""
    copied: tuple[str, ...] = ()
    """What its stages take from the build context, as far as it is known."""


class ApplicationFact(NamedTuple):
    """An application whose configuration is in the tree, for one profile."""

    unit: str
    directory: str
    """Directory of the module, relative to the root; empty for the root."""
    name: str
    """`quarkus.application.name` or `spring.application.name` if known, else empty."""
    framework: str
    """`quarkus`, `spring` or empty."""
    profile: str
    environment: str
    settings: tuple[tuple[str, Located], ...]
    """The settings that cross rules read, by canonical name, as far as they are set; under the name `OPEN`,
    as an unknown, why further ones may be set that are not known."""
    location: Location
    containers: tuple[tuple[str, str], ...] = ()
    """Unit and address of each container that runs it with these settings."""
    image_names: tuple[str, ...] = ()
    """Names that its build gives the image, by default or by a setting."""
    without: str = ""
    """What brings health endpoints, where its build files name no such thing."""


Fact = WorkloadFact | ImageBuildFact | ApplicationFact
