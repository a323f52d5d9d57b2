"""Environments: which overlays, profiles and files are judged as production."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple

_PRODUCTION_WORDS: Final = frozenset({"prod", "production", "prd", "live"})
_OTHER_WORDS: Final = frozenset(
    {
        *("dev", "devel", "development", "devcontainer", "debug", "tilt"),
        *("test", "tests", "testing", "testdata", "e2e"),
        *("local", "ci"),
    }
)
_TOOLS: Final = {".circleci": "ci", ".devcontainer": "dev", ".github": "ci", ".gitlab": "ci"}
"""Directories of tools whose files run there only."""
_WORD: Final = lazy_pattern(r"[^a-z0-9]+")


class EnvironmentPolicy(NamedTuple):
    """Which environments are judged.

    Configured patterns win. Without them, an environment whose name has the word prod, production, prd
    or live is production; if a group of environments has none, all of it is judged that is not named
    dev, test, local or ci.
    """

    production: tuple[str, ...] = ()
    """Patterns (`*` and `?`) of the names that are production."""
    ignored: tuple[str, ...] = ()
    """Patterns of the names that are never judged."""

    def judged(self, names: Iterable[str]) -> frozenset[str]:
        """Those of a group of environment names that are judged; the unnamed environment always is."""
        group = frozenset(names)
        unnamed = group & {""}
        named = {name for name in group - unnamed if not _matches(name, self.ignored)}
        if self.production:
            return unnamed | {name for name in named if _matches(name, self.production)}
        production = {name for name in named if is_production_name(name)}
        if production:
            return unnamed | production
        return unnamed | {name for name in named if not is_other_name(name)}


def is_production_name(name: str) -> bool:
    """Whether a name has a word that says production: `prod`, `eu-production`."""
    return not _PRODUCTION_WORDS.isdisjoint(_WORD.split(name.lower()))


def is_other_name(name: str) -> bool:
    """Whether a name has a word that says development, test, local or ci."""
    return not _OTHER_WORDS.isdisjoint(_WORD.split(name.lower()))


def environment_of_directory(name: str) -> str:
    """The environment that the name of a directory says as a whole, empty if it says none.

    `dev` does, `dev-tools` does not: that is a name.
    """
    if name in _TOOLS:
        return _TOOLS[name]
    whole = name.isascii() and name.isalnum() and name.islower()
    return name if whole and (is_production_name(name) or is_other_name(name)) else ""


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
