"""The resolved model of a Dockerfile."""

from __future__ import annotations

from collections.abc import Mapping

from vvbscan.model.node import Node, Unknown
from vvbscan.parse.dockerfile_syntax import DockerfileSyntax, Instruction
from vvbscan.record import NamedTuple
from vvbscan.views.records import ImageReference, Variable


class Mount(NamedTuple):
    """A `--mount` of a RUN."""

    options: Mapping[str, Node]
    """By the first name that the reference gives an option: `type`, `target`, `source`, `from`, `id`."""
    image: ImageReference | None
    """What `from` names, unless it is a stage."""
    node: Node


class Setting(NamedTuple):
    """What decides a property of the image, such as its ENTRYPOINT."""

    instruction: Instruction
    node: Node
    """A sequence of words (exec form) or a text (shell form)."""


class Step(NamedTuple):
    """An instruction as a stage carries it out."""

    instruction: Instruction
    """For an ONBUILD, what it triggers."""
    address: str
    """`stage[build]:RUN[2]`, counted from 0 for each keyword."""
    arguments: tuple[Node, ...]
    """The arguments with variables expanded where BuildKit expands them; those of commands are not."""
    variables: tuple[Variable, ...]
    """Of ENV, ARG and LABEL."""
    image: ImageReference | None
    """The image that COPY takes files from, unless it is a stage."""
    mounts: tuple[Mount, ...]
    user: Node
    """Who carries it out, without group."""
    shell: Setting | None
    """The SHELL in force, None for the default one."""
    onbuild: bool = False
    """Whether it is carried out only by a build on top of this stage."""


class Stage(NamedTuple):
    """A stage of a Dockerfile."""

    number: int
    """Counted from 0, as `COPY --from=0` does."""
    name: str
    """Empty if it has none."""
    address: str
    """`stage[build]`, without a name `stage[0]`."""
    instruction: Instruction
    """Its FROM."""
    base: Node
    """The word behind FROM, variables expanded."""
    bases: tuple[int, ...]
    """The stage that it builds on: none for an image, several if a variable decides between them."""
    image: ImageReference | None
    """The image that it builds on; None for a stage and for `scratch`."""
    origin: ImageReference | None
    """The image below it and the stages that it builds on; None for `scratch`, and if a variable decides."""
    platform: Node | None
    steps: tuple[Step, ...]
    user: Node
    """Who the image runs as, without group: what USER says, else the base image if that is known."""
    group: Node | None
    settings: Mapping[str, Setting | None]
    """What decides ENTRYPOINT, CMD, HEALTHCHECK, WORKDIR, STOPSIGNAL and SHELL, inherited from stages of the
    file. A name is missing if the base image decides it, and None if nothing is set for certain."""
    exposed: tuple[Node, ...]
    """The ports of EXPOSE, inherited from stages of the file."""
    environment: tuple[Variable, ...]
    """The ENV variables that the file sets in the image, each once."""
    rest: Unknown | None
    """Why the base may set more variables, ports and settings than the file does; None on `scratch`."""
    layers: int
    """How many layers RUN, COPY and ADD add to the image, those of base stages in the file included."""
    sources: frozenset[int]
    """The stages that it builds on, copies from or mounts."""
    last: bool
    """Whether it is what ships: the last stage that is not named for development or tests."""
    final: bool
    """Whether its files are in that image: it is the last stage or one that the last builds on."""
    used: bool
    """Whether it is built at all when the last stage is."""


class IgnoreFile(NamedTuple):
    """What is known of the .dockerignore that applies."""

    path: str
    """Empty if there is none that certainly applies."""
    patterns: tuple[Node, ...]
    candidates: tuple[str, ...]
    """Files that apply if the build context is their directory."""


class Dockerfile(NamedTuple):
    """A Dockerfile, resolved."""

    path: str
    syntax: DockerfileSyntax
    arguments: tuple[Variable, ...]
    """The ARGs before the first FROM."""
    stages: tuple[Stage, ...]
    ignore: IgnoreFile
