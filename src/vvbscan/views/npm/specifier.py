"""What stands behind the name of a dependency in `package.json` (https://docs.npmjs.com/cli/v11/configuring-npm/package-json#dependencies)."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple
from vvbscan.views.packages.versions.npm import is_range, parse_version

_PATH: Final = lazy_pattern(r"(?:file:|link:|portal:|[./]|~/|[A-Za-z]:[/\\])")
_GIT: Final = lazy_pattern(r"git[+:@]|(?:github|gitlab|bitbucket|gist):|[^/:@\s]+/[^/:@\s]+$|ssh://")
_URL: Final = lazy_pattern(r"https?://")
_REPOSITORY: Final = lazy_pattern(
    r"(?:git\+)?(?:https?|ssh|git|file)://(?:[^/@]*@)?([^/:]+)(?::\d+)?[/:](.+?)(?:\.git)?/?"
    r"|(?:[^/@]*@)([^/:]+):(.+?)(?:\.git)?/?"
)
_SHORTCUT: Final = lazy_pattern(r"(?:(github|gitlab|bitbucket):)?([^/:@\s]+/[^/:@\s]+)")
_HOSTS: Final = {
    "": "github.com",
    "github": "github.com",
    "gitlab": "gitlab.com",
    "bitbucket": "bitbucket.org",
}
_GIT_HOSTS: Final = frozenset(_HOSTS.values())


class Specifier(NamedTuple):
    """Where a package is to come from, and in which versions."""

    source: str
    """`registry`, `git`, `url`, `path` or `workspace`."""
    name: str
    """The package, if an alias names another one than the dependency; else empty."""
    wanted: str
    """The range, the tag, the address or the path. Of git: the commit, branch or tag, which may be empty."""
    pinned: str
    """As in the view `dependency`."""
    repository: str = ""
    """Of git: host and path, if both are known: `github.com/example/vvb`."""


def read_specifier(text: str) -> Specifier:
    """What a specifier asks for."""
    text = text.strip()
    if text.startswith("workspace:"):
        return Specifier("workspace", "", text[len("workspace:") :], "local")
    if text.startswith("npm:"):
        name, at, wanted = text[4:].rpartition("@")
        # Yarn names the registry before a range too: `npm:^1.2.3`.
        if not name and (at or not is_range(wanted)):
            name, wanted = (at + wanted, "*")
        return Specifier("registry", name, wanted, _pinned(wanted))
    if _PATH.match(text):
        return Specifier("path", "", text, "local")
    address, _, commit = text.partition("#")
    if _GIT.match(address) or (_URL.match(address) and _is_repository(address)):
        return Specifier("git", "", commit, _commit_pinned(commit), repository_of(address))
    if _URL.match(text):
        return Specifier("url", "", text, "exact")
    return Specifier("registry", "", text, _pinned(text))


def repository_of(address: str) -> str:
    """Host and path of a repository of git, in lower case; empty if they cannot be told."""
    shortcut = _SHORTCUT.fullmatch(address)
    if shortcut is not None:
        return f"{_HOSTS[shortcut[1] or '']}/{shortcut[2].removesuffix('.git')}".lower()
    match = _REPOSITORY.fullmatch(address)
    if match is None:
        return ""
    return f"{match[1] or match[3]}/{(match[2] or match[4]).lstrip('/')}".lower()


def _is_repository(address: str) -> bool:
    """Whether npm takes a plain address for one of git: a repository of a known host."""
    host, _, path = repository_of(address).partition("/")
    return host in _GIT_HOSTS and path.count("/") == 1


def _pinned(wanted: str) -> str:
    if wanted in ("", "*", "x", "latest"):
        return "any"
    if parse_version(wanted) is not None:
        return "exact"
    return "range" if is_range(wanted) else "any"


def _commit_pinned(commit: str) -> str:
    if commit.startswith("semver:"):
        return "range"
    return (
        "commit" if len(commit) >= 40 and all(one in "0123456789abcdefABCDEF" for one in commit) else "branch"
    )
