"""Checks of what the package managers in RUN leave in the image that ships."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import chain, islice
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.record import NamedTuple
from vvbscan.views.dockerfile.run_commands import RunCommand, commands_of

_Words = tuple[str | None, ...]

_APT: Final = frozenset({"apt", "apt-get"})
_RPM: Final = frozenset({"dnf", "microdnf", "tdnf", "yum"})
_PIP: Final = frozenset({"pip", "pip2", "pip3"})
_PYTHON: Final = lazy_pattern(r"python[0-9.]*")
_INSTALLS: Final = {
    "apk": frozenset({"add"}),
    "apt": frozenset({"build-dep", "dist-upgrade", "full-upgrade", "install", "satisfy", "upgrade"}),
    "npm": frozenset({"add", "ci", "clean-install", "i", "install"}),
    "pip": frozenset({"install"}),
    "rpm": frozenset({"groupinstall", "install", "localinstall", "reinstall", "update", "upgrade"}),
    "zypper": frozenset({"dist-upgrade", "dup", "in", "install", "up", "update"}),
}
_REFRESHES: Final = {
    "apk": frozenset({"update"}),
    "apt": frozenset({"update"}),
    "rpm": frozenset({"check-update", "makecache"}),
    "zypper": frozenset({"ref", "refresh"}),
}
_REMOVES: Final = {
    "apk": frozenset({"del"}),
    "apt": frozenset({"autopurge", "autoremove", "purge", "remove"}),
    "rpm": frozenset({"autoremove", "erase", "remove"}),
    "zypper": frozenset({"remove", "rm"}),
}
_NO_CACHE: Final = {
    "apk": frozenset({"--no-cache", "--no-network"}),
    "pip": frozenset({"--no-cache", "--no-cache-dir"}),
}
"""Options with which nothing is kept: apk fetches no index without the network, pip takes a short form."""
_DIRECTORY: Final = {"npm": "--cache", "pip": "--cache-dir"}
"""Options that name a directory for the cache."""
_SIMULATION: Final = frozenset({"-s", "--simulate", "--just-print", "--dry-run", "--recon", "--no-act"})
"""Options of apt-get with which it installs nothing (Debian manpages, apt-get(8))."""
_REMOVERS: Final = frozenset({"find", "rm", "xargs"})
_HARMLESS: Final = frozenset({":", "cat", "echo", "export", "printf", "rm", "set", "true"})
"""Programs that install nothing."""
_VERSION: Final = lazy_pattern(r"[=~<>@]")
"""What parts a package from its version."""
_NO_RECOMMENDS: Final = "--no-install-recommends"
_RECOMMENDS: Final = lazy_pattern(r"APT::Install-Recommends|apt\.conf")


class _Cache(NamedTuple):
    """What a package manager leaves behind, and what takes it away."""

    what: str
    where: str
    path: re.Pattern[str]
    """The directories of it that somebody may remove or mount."""
    cleans: Callable[[_Words], bool]
    """Whether a command of the manager removes it."""


_CACHES: Final = {
    "apk": _Cache(
        "package index",
        "/var/cache/apk",
        lazy_pattern(r"/var/cache(?:/apk|/?\*?$)|/etc/apk/cache"),
        lambda words: "clean" in words,
    ),
    "apt": _Cache(
        "package lists",
        "/var/lib/apt/lists",
        lazy_pattern(r"/var/lib/(?:\{[^}]*)?apt|/var/lib/?$"),
        lambda words: not {"distclean", "dist-clean"}.isdisjoint(words),
    ),
    "npm": _Cache(
        "cache of npm",
        "~/.npm",
        lazy_pattern(r"\.npm\b|_cacache|npm-cache"),
        lambda words: "cache" in words and not {"clean", "clear"}.isdisjoint(words),
    ),
    "pip": _Cache(
        "cache of pip",
        "~/.cache/pip",
        lazy_pattern(r"\.cache\b|/pip\b"),
        lambda words: "cache" in words and "purge" in words,
    ),
    "rpm": _Cache(
        "package cache",
        "/var/cache",
        lazy_pattern(r"/var/cache(?:/|$)"),
        lambda words: "clean" in words,
    ),
    "zypper": _Cache(
        "package cache",
        "/var/cache/zypp",
        lazy_pattern(r"/var/cache(?:/|$)"),
        lambda words: not {"cc", "clean"}.isdisjoint(words),
    ),
}
_NEAR: Final = 200
"""How many commands, steps or variables a command is compared with, so that huge files stay fast."""


def cache_left(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A command leaves lists or a cache of a package manager in its layer."""
    command = _command(subject)
    words = command.run[command.position]
    family = _fills(words)
    if not family or any(_fills(other) == family for other in _before(command)):
        return
    cache = _CACHES[family]
    own = _own_directory(family, words)
    if own:
        cache = cache._replace(where=own, path=re.compile(rf"^{re.escape(own)}(?:/|$)"))
    if any(_covers(mount.options.get("target"), cache) for mount in command.step.mounts):
        return
    if family == "pip" and _pip_keeps_nothing(command):
        return
    later = _behind(command)
    if any(_family(other) == family and cache.cleans(other) for other in later):
        return
    removed = [word for other in later if other[0] in _REMOVERS for word in other[1:]]
    if any(word is not None and cache.path.search(word) for word in removed):
        return
    if None in removed:
        reason = f"what an rm of this RUN removes is worked out by the shell; it may be {cache.where}"
        yield undecided(Unknown("expression", reason), command.program, "program")
        return
    message = (
        f"{_shown(words)} leaves the {cache.what} in the layer; nothing in this RUN removes {cache.where}"
    )
    yield failed(subject, message, command.program, "program")


def build_tool_installed(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A command installs packages that `tools` lists (`*` and `?`), and its RUN removes none again."""
    command = _command(subject)
    family = _family(command.run[command.position])
    verb = _verb(command, _INSTALLS.get(family, frozenset()))
    if verb < 0 or any(_does(other, _REMOVES) == family for other in _behind(command)):
        return
    patterns = params["tools"]
    assert isinstance(patterns, list)
    found: list[Node] = []
    unknown: Node | None = None
    for node in command.arguments[verb + 1 :]:
        package = _package(node)
        if package is None:
            unknown = unknown or node
        elif any(fnmatchcase(package, str(pattern)) for pattern in patterns):
            found.append(node)
    if found:
        names = ", ".join(str(_package(node)) for node in found)
        message = (
            f"{names} is installed in a stage that ships"
            if len(found) == 1
            else (f"{names} are installed in a stage that ships")
        )
        others = tuple(Ref("another package", node) for node in found[1:])
        yield failed(subject, message, found[0], "arguments", *others)
    elif unknown is not None:
        assert isinstance(unknown.value, Unknown)
        yield undecided(unknown.value, unknown, "arguments")


def lists_updated_alone(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A RUN does nothing but update the lists that a later RUN installs from."""
    command = _command(subject)
    family = _does(command.run[command.position], _REFRESHES)
    if family not in ("apk", "apt"):
        return
    for words in command.run[:_NEAR]:
        if not (_family(words) == family or words[0] in _HARMLESS) or _does(words, _INSTALLS):
            return
    steps = command.stage.steps
    for step in steps[steps.index(command.step) + 1 :]:
        if step.instruction.name != "RUN" or step.onbuild:
            continue
        for later in commands_of(command.stage, step):
            words = later.run[later.position]
            if _does(words, _REFRESHES) == family:
                return
            if _does(words, _INSTALLS) == family:
                message = (
                    f"{_shown(words)} installs from the lists of an older layer, which is cached without end"
                )
                yield failed(
                    subject,
                    message,
                    command.program,
                    "program",
                    Ref("what installs from them", later.program),
                )
                return


def recommends_installed(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """apt-get installs recommended packages too."""
    command = _command(subject)
    words = command.run[command.position]
    verb = _verb(command, frozenset({"install"}))
    if _family(words) != "apt" or verb < 0:
        return
    doubt: Node | None = None
    for node in command.arguments:
        text = node.text()
        if text is not None and (text == _NO_RECOMMENDS or _RECOMMENDS.search(text)):
            return
        if text is None and node.written.lstrip("\"'").startswith("$"):
            doubt = doubt or node
    for step in command.stage.steps[:_NEAR]:
        instruction = step.instruction
        if instruction.text is not None and _RECOMMENDS.search(str(instruction.text.value)):
            return
        if step is command.step:
            break
    if doubt is not None:
        assert isinstance(doubt.value, Unknown)
        yield undecided(doubt.value, doubt, "arguments")
        return
    message = f"{command.program.value} install also installs what its packages only recommend"
    yield failed(subject, message, command.arguments[verb], "arguments")


def removes_packages(command: RunCommand) -> bool:
    """Whether a command removes packages."""
    return bool(_does(command.run[command.position], _REMOVES))


def _command(subject: Subject) -> RunCommand:
    command = subject.record
    assert isinstance(command, RunCommand)
    return command


def _before(command: RunCommand) -> tuple[_Words, ...]:
    """The commands of the same RUN in front of a command."""
    return command.run[max(0, command.position - _NEAR) : command.position]


def _behind(command: RunCommand) -> tuple[_Words, ...]:
    """The commands of the same RUN behind a command."""
    return command.run[command.position + 1 : command.position + 1 + _NEAR]


def _family(words: _Words) -> str:
    """The family of package managers that a command belongs to, empty if it is none."""
    program = (words[0] or "").rpartition("/")[2]
    if program in _APT:
        return "apt" if _SIMULATION.isdisjoint(words) else ""
    if program in _RPM:
        return "rpm"
    if program in _PIP or (_PYTHON.fullmatch(program) and words[1:3] == ("-m", "pip")):
        return "pip"
    return program if program in ("apk", "npm", "zypper") else ""


def _does(words: _Words, table: Mapping[str, frozenset[str]]) -> str:
    """The family of a command that does what a table lists, empty if it does not."""
    family = _family(words)
    return family if not table.get(family, frozenset()).isdisjoint(words) else ""


def _fills(words: _Words) -> str:
    """The family whose cache a command fills, empty if it fills none."""
    family = _family(words)
    if family == "apt":
        return _does(words, _REFRESHES)
    if not _NO_CACHE.get(family, frozenset()).isdisjoint(words):
        return ""
    return _does(words, _INSTALLS) or _does(words, _REFRESHES)


def _verb(command: RunCommand, verbs: frozenset[str]) -> int:
    """The position of the first argument that is one of these verbs, -1 if none is."""
    texts = (node.text() for node in command.arguments)
    return next((index for index, text in enumerate(texts) if text in verbs), -1)


def _covers(target: Node | None, cache: _Cache) -> bool:
    """Whether a mount keeps the cache out of the layer."""
    text = None if target is None else target.text()
    return text is not None and (bool(cache.path.search(text)) or cache.where.startswith(text))


def _pip_keeps_nothing(command: RunCommand) -> bool:
    """Whether PIP_NO_CACHE_DIR is set in the stage, or in the command itself."""
    name = "PIP_NO_CACHE_DIR"
    stage = command.stage
    arguments = (variable for step in stage.steps[:_NEAR] for variable in step.variables)
    variables = chain(stage.environment[:_NEAR], islice(arguments, _NEAR))
    return name in command.text.written or any(variable.name.value == name for variable in variables)


def _own_directory(family: str, words: _Words) -> str:
    """The directory that a command names for its cache, empty if it names none that is known."""
    option = _DIRECTORY.get(family, "")
    for word, following in zip(words, (*words[1:], None), strict=True):
        if option and word == option and following and not following.startswith("-"):
            return following.rstrip("/")
        if option and word is not None and word.startswith(f"{option}="):
            return word.partition("=")[2].rstrip("/")
    return ""


def _package(node: Node) -> str | None:
    """The package that an argument names, without its version: `gcc=4:12.2`, `git~2.43`, `make=$VERSION`.

    None if that is not known.
    """
    value = node.value
    known = (value.parts[0] if value.parts else None) if isinstance(value, Unknown) else str(value)
    name, *version = _VERSION.split(known or "", maxsplit=1)
    return name if version or not isinstance(value, Unknown) else None


def _shown(words: _Words) -> str:
    """A command up to its verb."""
    program = (words[0] or "").rpartition("/")[2]
    if words[1:2] == ("-m",) and len(words) > 2:
        program = f"{program} -m {words[2]}"
    family = _family(words)
    verbs = _INSTALLS.get(family, frozenset()) | _REFRESHES.get(family, frozenset())
    verb = next((word for word in words[1:] if word in verbs), "")
    return f"{program} {verb}".rstrip()
