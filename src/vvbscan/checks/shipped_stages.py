"""Checks of the stages of a Dockerfile that ship."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.debuggers import OFF, OPTION_VARIABLES, debugger_in, known_text
from vvbscan.checks.packages import removes_packages
from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.dockerfile.model import Stage
from vvbscan.views.dockerfile.run_commands import RunCommand, commands_of
from vvbscan.views.images import GAP

_GOALS: Final = {
    "ant": frozenset({"build", "compile", "dist", "jar", "war"}),
    "bun": frozenset({"build"}),
    "cargo": frozenset({"build", "install"}),
    "dotnet": frozenset({"build", "publish"}),
    "go": frozenset({"build", "install"}),
    "gradle": frozenset(
        {
            *("assemble", "bootJar", "bootWar", "build", "classes", "distTar", "distZip", "installDist"),
            *("jar", "nativeCompile", "quarkusBuild", "shadowJar", "war"),
        }
    ),
    "mvn": frozenset({"compile", "deploy", "install", "package", "quarkus:build", "verify"}),
    "npm": frozenset({"build"}),
    "pnpm": frozenset({"build"}),
    "quarkus": frozenset({"build"}),
    "sbt": frozenset({"assembly", "compile", "dist", "package", "stage"}),
    "yarn": frozenset({"build"}),
}
"""What makes a program compile, by one of its arguments."""
_ALWAYS: Final = frozenset({"javac", "rustc", "tsc"})
_ASKING: Final = frozenset({"--help", "--version", "-V", "-version"})
_SAME: Final = {"gradlew": "gradle", "mvnd": "mvn", "mvnw": "mvn"}
_RUNNERS: Final = frozenset({"bun", "npm", "pnpm", "yarn"})
"""Programs that run a script of package.json: `npm run build:prod` compiles as `npm run build` does."""

_ONE_LAYER: Final = frozenset({"alpine", "busybox", "debian", "ubuntu"})
"""Official images of one layer (their Dockerfiles have a single ADD)."""

_ROOT: Final = frozenset({"0", "root"})
_DROPPERS: Final = lazy_pattern(r"\b(?:gosu|su-exec|setpriv|setuidgid|s6-setuidgid|runuser|chpst)\b")

_JAVA: Final = lazy_pattern(
    r"\bjava|\.[jw]ar\b|\bjdk|\bjre|jdk\b|jre\b|temurin|quarkus|\bmvn|gradle", re.IGNORECASE
)
_NODE: Final = lazy_pattern(r"\bnode|\bnpm\b|\byarn\b")
_PORTS: Final = lazy_pattern(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_LANGUAGES: Final[Mapping[object, re.Pattern[str]]] = {5005: _JAVA, 8787: _JAVA, 9229: _NODE}
"""What a Dockerfile has to speak of for a port to be that of a debugger; others use these ports too."""
_RED_HAT: Final = frozenset({"registry.access.redhat.com", "registry.redhat.io"})


def compiles_in_shipped_stage(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A stage whose files ship compiles the program, and the RUN does not remove what it compiled with."""
    stage = _stage(subject)
    if not stage.final:
        return
    for step in stage.steps:
        if step.instruction.name != "RUN" or step.onbuild:
            continue
        commands = commands_of(stage, step)
        compiler = next((command for command in commands if _goal(command) is not None), None)
        if compiler is not None and not any(removes_packages(command) for command in commands):
            message = (
                f"{_shown(compiler)} compiles in the stage that ships, and leaves sources and build tools"
            )
            yield failed(subject, message, compiler.program, "steps")
            return


def too_many_layers(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """The image has `layers` layers or more, those of its base image taken for `base_layers`."""
    stage = _stage(subject)
    if not stage.last:
        return
    limit, base = params["layers"], params["base_layers"]
    assert isinstance(limit, int)
    assert isinstance(base, int)
    if stage.rest is None:
        base = 0
    elif stage.image is not None and stage.image.registry is None:
        name = None if stage.image.repository is None else stage.image.repository.value
        base = min(base, 1) if name in _ONE_LAYER else base
    if stage.layers + base < limit:
        return
    total = f", {stage.layers + base} with about {base} of the base image" if base else ""
    message = f"RUN, COPY and ADD make {stage.layers} layers{total}; there are to be fewer than {limit}"
    yield failed(subject, message, _joinable(stage) or subject.anchor, "layers")


def runs_as_root(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """The image runs as root, and nothing shows that its entry point changes the user."""
    stage = _stage(subject)
    if not stage.last:
        return
    user = stage.user
    if isinstance(user.value, Unknown):
        yield undecided(user.value, user, "user")
        return
    if user.value not in _ROOT or _holds_files_only(stage):
        return
    if any(_DROPPERS.search(word) for name in ("ENTRYPOINT", "CMD") for word in _words(stage, name)):
        return
    for step in stage.steps:
        text = step.instruction.text
        found = _DROPPERS.search(str(text.value)) if text is not None else None
        if found and step.instruction.name in ("COPY", "RUN"):
            reason = f"the entry point may change the user with {found[0]}"
            yield undecided(Unknown("expression", reason), step.instruction.keyword, "user")
            return
    given = user.written.strip("\"'").partition(":")[0] in _ROOT or user.written.startswith("$")
    base = user.written.partition("@")[0]
    message = f"the image runs as {user.value}" + ("" if given else f": no USER changes what {base} runs as")
    yield failed(subject, message, user, "user")


def debugger_open(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """What ships starts a debugger, or exposes a port of `ports`."""
    stage = _stage(subject)
    if not stage.last:
        return
    for variable in stage.environment:
        name, value = str(variable.name.value), variable.value
        if value is None:
            continue
        text = known_text(value)
        place = debugger_in(value)
        if place is not None:
            yield failed(
                subject, f"{name} starts a debugger in what ships: {place.value}", place, "environment"
            )
        elif isinstance(value.value, Unknown):
            if name in OPTION_VARIABLES:
                yield undecided(value.value, value, "environment")
        elif name == "JAVA_DEBUG" and text and (text.lower() not in OFF or _by_red_hat(stage)):
            yield failed(subject, f"{name}={text} starts a debugger in what ships", value, "environment")
    for name in ("ENTRYPOINT", "CMD"):
        setting = stage.settings.get(name)
        nodes = () if setting is None else setting.node.items() or (setting.node,)
        for node in nodes:
            place = debugger_in(node)
            if place is not None:
                yield failed(subject, f"{name} starts a debugger: {place.value}", place, name.lower())
    ports = params["ports"]
    assert isinstance(ports, list)
    text = subject.anchor.source.text.text
    meant = {str(port) for port in ports if port not in _LANGUAGES or _LANGUAGES[port].search(text)}
    for node in stage.exposed:
        port, _, protocol = known_text(node).lower().partition("/")
        within = next((one for one in sorted(meant) if _covers(port, int(one))), "")
        if within and protocol != "udp":
            shown = within if within == port else f"{within} of {port}"
            yield failed(subject, f"port {shown}, on which debuggers listen, is exposed", node, "exposed")
        elif meant and isinstance(node.value, Unknown) and GAP in port:
            yield undecided(node.value, node, "exposed")


def _covers(exposed: str, port: int) -> bool:
    """Whether an exposed port, or range of ports, has a port in it."""
    ends = _PORTS.fullmatch(exposed)
    return ends is not None and int(ends[1]) <= port <= int(ends[2] or ends[1])


def _stage(subject: Subject) -> Stage:
    stage = subject.record
    assert isinstance(stage, Stage)
    return stage


def _holds_files_only(stage: Stage) -> bool:
    """Whether the image has no command to run: `docker build --output` takes its files."""
    return stage.rest is None and not any(stage.settings.get(name) for name in ("ENTRYPOINT", "CMD"))


def _goal(command: RunCommand) -> Node | None:
    """What makes a command compile: an argument, or the program itself. None if it does not."""
    name = str(command.program.value)
    program = _SAME.get(name, name)
    texts = {node.text() for node in command.arguments}
    if program in _ALWAYS:
        return None if texts & _ASKING else command.program
    if "install" in texts and not _installs_own_program(program, texts):
        return None
    goals = _GOALS.get(program)
    if goals is None:
        return None
    for node in command.arguments:
        text = node.text()
        if text is None:
            continue
        goal = text.rpartition(":")[2] if program == "gradle" else text
        if program in _RUNNERS:
            goal = text.partition(":")[0]
        if goal in goals:
            return node
        if program in ("cargo", "dotnet", "go") and not text.startswith(("-", "+")):
            return None  # the first word is what it does
    return None


def _installs_own_program(program: str, texts: set[str | None]) -> bool:
    """Whether `install` is not one of `go install tool@version` or `cargo install tool`."""
    if program == "cargo":
        return "--path" in texts
    return program != "go" or not any("@" in (text or "") for text in texts)


def _shown(command: RunCommand) -> str:
    """A command that compiles, without what is not needed to tell it: `npm run build`."""
    program, goal = str(command.program.value), _goal(command)
    if goal is None or goal is command.program:
        return program
    run = "run " if any(node.value == "run" for node in command.arguments[:1]) else ""
    return f"{program} {run}{goal.value}"


def _by_red_hat(stage: Stage) -> bool:
    """Whether the image has the start script that takes any JAVA_DEBUG for a yes, `false` too.

    rh-openjdk/redhat-openjdk-containers, `modules/jvm/artifacts/.../debug-options`.
    """
    registry = None if stage.origin is None else stage.origin.registry
    return registry is not None and registry.text() in _RED_HAT


def _joinable(stage: Stage) -> Node | None:
    """The keyword of the second RUN of the longest row of them, which can be joined with the first."""
    best: Node | None = None
    longest, row = 1, 0
    second: Node | None = None
    for step in stage.steps:
        row = row + 1 if step.instruction.name == "RUN" and not step.onbuild else 0
        if row == 2:
            second = step.instruction.keyword
        if row > longest:
            best, longest = second, row
    return best


def _words(stage: Stage, name: str) -> Iterator[str]:
    setting = stage.settings.get(name)
    if setting is not None:
        for node in setting.node.items() or (setting.node,):
            yield node.text() or ""
