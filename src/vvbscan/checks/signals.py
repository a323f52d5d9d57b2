"""Whether signals reach the program that an image starts.

A shell that is told to run `-c` a script stays process 1 and does not pass SIGTERM on, unless the last
command takes its place. `exec` does that in every shell. Without it (each tried out):

- dash 0.5.12, `/bin/sh` of Debian 12 and 13 and of Ubuntu 24.04, never does;
- ash of BusyBox 1.35, `/bin/sh` of Alpine, does for the last simple command of any list;
- bash, `/bin/sh` of Red Hat's and Amazon's distributions, does for a single simple command without
  redirections; for the last one of a list from 5.1 on.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from vvbscan.checks.support_ends import official_name
from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.parse.shell import simple_commands
from vvbscan.views.dockerfile.model import Setting, Stage
from vvbscan.views.images import GAP, flat_text
from vvbscan.views.records import ImageReference

_SHELLS: Final = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})
_BUILT_IN: Final = frozenset({":", "cd", "echo", "exit", "false", "fg", "read", "return", "true", "wait"})
"""What a shell does itself: something before it is then the program."""
_WINDOWS: Final = lazy_pattern(r"windows|nanoserver|^cmd(?:\.exe)?$|powershell|pwsh")

_ASH: Final = lazy_pattern(r"(?:^|-)alpine")
_BASH: Final = lazy_pattern(
    r"(?:^|-)(?:ubi[0-9]*|al20?2?3?|ol[0-9]+|oracle(?:linux[0-9]*)?|amazoncorretto)(?:-|$)"
)
_DASH: Final = lazy_pattern(
    r"(?:^|-)(?:slim|debian|ubuntu|trixie|bookworm|bullseye|buster|stretch|jessie|resolute|noble|jammy|focal"
    r"|bionic)(?:[0-9.-]|$)"
)
_ASH_IMAGES: Final = frozenset({"alpine", "busybox"})
_BASH_IMAGES: Final = frozenset(
    {"almalinux", "amazoncorretto", "amazonlinux", "centos", "fedora", "oraclelinux", "rockylinux"}
)
_DASH_IMAGES: Final = frozenset(
    {
        *("buildpack-deps", "debian", "dotnet", "eclipse-temurin", "gcc", "golang", "gradle", "httpd"),
        *("maven", "nginx", "node", "perl", "php", "python", "ruby", "rust", "tomcat", "ubuntu"),
    }
)
"""Official images that build on Debian or Ubuntu unless their tag says otherwise."""
_OTHER_SYSTEM: Final = lazy_pattern(r"windows|nanoserver|azurelinux|mariner|chiseled|distroless")
_RED_HAT: Final = frozenset({"registry.access.redhat.com", "registry.redhat.io"})
_UBI: Final = lazy_pattern(r"(?:^|/)ubi[0-9]+(?:[/-]|$)")


def shell_between_signals(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A shell stands between the container runtime and the program, and does not pass signals on."""
    stage = subject.record
    assert isinstance(stage, Stage)
    shell_setting = stage.settings.get("SHELL")
    if _on_windows(stage, shell_setting):
        return
    for name in ("ENTRYPOINT", "CMD"):
        setting = stage.settings.get(name)
        if setting is None:
            continue
        shell, script = _script(setting, shell_setting)
        if script is not None:
            place = script if script is not setting.node else setting.instruction.keyword
            known = _known_shell(stage.origin) if shell == "sh" else shell
            verdict = _replaced(str(script.value), known)
            if verdict is None:
                reason = (
                    f"whether {shell} of {name} lets the program take its place depends on which shell it is"
                )
                yield undecided(Unknown("default", reason), place, name.lower())
            elif not verdict:
                message = f"{name} starts {shell}, which does not pass SIGTERM on to the program"
                yield failed(subject, message, place, name.lower())
            return
        if setting.node.text() is not None:
            return  # the shell form of ENTRYPOINT takes no CMD


def _on_windows(stage: Stage, shell: Setting | None) -> bool:
    words = () if shell is None else shell.node.items()
    name = words[0].text() or "" if words else ""
    origin = "" if stage.origin is None else stage.origin.image.written
    return any(
        _WINDOWS.search(text.lower()) for text in (posixpath.basename(name.replace("\\", "/")), origin)
    )


def _script(setting: Setting, shell: Setting | None) -> tuple[str, Node | None]:
    """The shell that a command starts and the script it is given; no script if it starts none."""
    node = setting.node
    if not isinstance(node.value, SeqValue):
        words = () if shell is None else shell.node.items()
        name = words[0].text() if words else None
        return posixpath.basename(name or "sh"), node
    words = node.items()
    name = posixpath.basename(words[0].text() or "") if words else ""
    if name in _SHELLS:
        for word, following in pairwise(words[1:]):
            option = word.text() or ""
            if not option.startswith("-"):
                break
            if option.endswith("c") and not option.startswith("--"):
                return name, following
    return name, None


def _replaced(script: str, shell: str) -> bool | None:
    """Whether the last command of a script takes the place of the shell, None if that is not known."""
    commands = [command for command in simple_commands(script, 0, len(script)) if not command.nested]
    if not commands:
        return True
    last = commands[-1]
    if last.words[0].text == "exec":
        return True
    alone = last.before not in ("|", "|&") and last.end == len(script.rstrip("; \t\r\n"))
    if not alone or shell == "dash" or last.words[0].text in _BUILT_IN:
        return False
    if shell == "ash":
        return True
    if not shell:
        return None
    if last.redirections:
        return False
    return True if len(commands) == 1 else None


def _known_shell(origin: ImageReference | None) -> str:
    """Which shell `/bin/sh` of an image is, empty if that is not known."""
    if origin is None:
        return ""
    registry = "" if origin.registry is None else origin.registry.value
    repository = "" if origin.repository is None else origin.repository.value
    if not isinstance(registry, str) or not isinstance(repository, str):
        return ""
    if registry in _RED_HAT or _UBI.search(repository):
        return "bash"
    tag = "" if origin.tag is None else origin.tag.value
    words = flat_text(tag) if isinstance(tag, Unknown) else str(tag)
    name = official_name(registry, repository)
    if not name or _OTHER_SYSTEM.search(words):
        return ""
    if name in _ASH_IMAGES or _ASH.search(words):
        return "ash"
    if GAP in words and not _BASH.search(words) and not _DASH.search(words):
        return ""
    if name in _BASH_IMAGES or _BASH.search(words):
        return "bash"
    return "dash" if name in _DASH_IMAGES or _DASH.search(words) else ""
