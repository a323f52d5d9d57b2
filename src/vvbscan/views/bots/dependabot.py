"""Dependabot's configuration.

https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-options-reference
"""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Parsed, Problem, SeqValue, Unknown
from vvbscan.views.bots.model import Updates

_DAYS: Final = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "semiannually": 183, "yearly": 366}
_MAJOR: Final = "version-update:semver-major"
_HINT: Final = "correct it; what is written here was not analysed"


def read_dependabot(parsed: Parsed) -> tuple[tuple[Updates, ...], Node | None, tuple[Problem, ...]]:
    """The entries of a configuration, where they stand, and what Dependabot would not accept."""
    root = parsed.documents[0].root if parsed.documents else None
    if root is None or root.value is None:
        return (), None, ()
    problems: list[Problem] = []
    if not isinstance(root.value, MapValue):
        return (), None, (_refused(root, "a configuration of Dependabot is a mapping"),)
    updates = root.get("updates")
    if updates is None or not isinstance(updates.value, SeqValue):
        place = updates or root._replace(end=root.start)
        return (), None, (_refused(place, "`updates` is the list of what Dependabot updates"),)
    entries = []
    for entry in updates.items():
        ecosystem = entry.get("package-ecosystem")
        if ecosystem is None or not ecosystem.text():
            problems.append(_refused(ecosystem or entry, "an entry names its `package-ecosystem`"))
            continue
        entries.append(_entry(entry, ecosystem))
    return tuple(entries), root.key("updates"), tuple(problems)


def _entry(entry: Node, ecosystem: Node) -> Updates:
    several = entry.get("directories")
    directories = (*(() if several is None else several.items()), entry.get("directory"))
    off = _limit(entry)
    majors_off = None
    ignored = entry.get("ignore")
    for one in () if ignored is None else ignored.items():
        name, types, versions = one.get("dependency-name"), one.get("update-types"), one.get("versions")
        if name is None or name.value != "*" or versions is not None:
            continue
        if types is None:
            off = off or name
        else:
            majors_off = next((kind for kind in types.items() if kind.value == _MAJOR), majors_off)
    return Updates(
        bot="dependabot",
        ecosystem=ecosystem,
        directories=tuple(one for one in directories if one is not None and one.text() is not None),
        interval=_interval(entry.at("schedule", "interval")),
        off=off,
        majors_off=majors_off,
        anchor=ecosystem,
    )


def _limit(entry: Node) -> Node | None:
    """A limit of no pull requests leaves those for known weaknesses only."""
    limit = entry.get("open-pull-requests-limit")
    return limit if limit is not None and limit.value == 0 and limit.value is not False else None


def _interval(node: Node | None) -> Node | None:
    if node is None:
        return None
    days = _DAYS.get(node.text() or "")
    if days is not None:
        return node._replace(value=days)
    reason = Unknown("expression", f"how often `{node.written}` is, is not worked out")
    return node._replace(value=reason, style=COMPUTED)


def _refused(node: Node, what: str) -> Problem:
    return Problem("error", "dependabot-shape", what, node.start, node.end, _HINT)
