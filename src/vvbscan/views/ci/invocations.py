"""Programs as commands really run them: behind `npx`, `poetry run`, `docker run` and the like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.views.commands import Command

Words = tuple[str | None, ...]
"""A program with its arguments; None for a word that is not known."""

_RUNNERS: Final = {
    "npx": (),
    "bunx": (),
    "uvx": (),
    "pnpx": (),
    "poetry": ("run",),
    "pipenv": ("run",),
    "uv": ("run",),
    "hatch": ("run",),
    "pdm": ("run",),
    "rye": ("run",),
    "pipx": ("run",),
    "bundle": ("exec",),
    "pnpm": ("exec",),
    "xvfb-run": (),
    "timeout": (),
    "retry": (),
    "coverage": ("run",),
}
"""Programs that run the program behind them, and the word that they want for it."""
_PYTHON: Final = lazy_pattern(r"python(?:[0-9.]+)?")
_NUMBER: Final = lazy_pattern(r"[0-9]+[smh]?")
_SCANNER_IMAGES: Final = lazy_pattern(r"(?:.*/)?(trivy|grype|checkov|tfsec|snyk)(?:[:@].*)?")
_HARMLESS: Final = frozenset({"true", ":", "echo"})
_PREFIXES: Final = 4
"""Most runners in front of a program that are stepped over."""


def invoked(command: Command) -> Words:
    """The program that a command runs in the end, and its arguments."""
    words: Words = (command.program.text(), *(argument.text() for argument in command.arguments))
    for _ in range(_PREFIXES):
        inner = _inner(words)
        if not inner:
            return words
        words = inner
    return words


def _inner(words: Words) -> Words:
    program = words[0] or ""
    if _PYTHON.fullmatch(program):
        return words[2:] if words[1:2] == ("-m",) else ()
    if program in ("docker", "podman") and words[1:2] == ("run",):
        for position, word in enumerate(words):
            match = _SCANNER_IMAGES.fullmatch(word or "") if position > 1 else None
            if match is not None and not (words[position - 1] or "").startswith("--name"):
                return (match[1], *words[position + 1 :])
        return ()
    wanted = _RUNNERS.get(program)
    if wanted is None or words[1 : 1 + len(wanted)] != wanted:
        return ()
    rest = words[1 + len(wanted) :]
    while rest and (rest[0] is not None) and (rest[0].startswith("-") or _NUMBER.fullmatch(rest[0])):
        rest = rest[1:]
    return rest


def hides_failure(command: Command) -> bool:
    """Whether a command is run if the one before it fails, and never fails itself."""
    words = [command.program.text(), *(argument.text() for argument in command.arguments)]
    return command.before == "||" and (words[0] in _HARMLESS or words == ["exit", "0"])


def option(words: Sequence[str | None], *names: str) -> tuple[bool, str | None]:
    """Whether an option is given, and its value behind a blank or `=`; None if that is not known."""
    for position, word in enumerate(words):
        if word is None:
            continue
        if word in names:
            return True, words[position + 1] if position + 1 < len(words) else None
        name, equals, value = word.partition("=")
        if equals and name in names:
            return True, value
    return False, None


def given(words: Sequence[str | None], *names: str) -> bool:
    """Whether a switch is given, which has no value of its own."""
    return any(word in names or (word or "").partition("=")[0] in names for word in words)
