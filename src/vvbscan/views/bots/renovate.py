"""Renovate's configuration.

https://docs.renovatebot.com/configuration-options/
"""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, MapValue, Node, Parsed, Problem, Unknown
from vvbscan.views.bots.model import Managers, Updates

_BUILT_IN: Final = lazy_pattern(
    r"(?:abandonments|config|customManagers|default|docker|global|group|helpers|mergeConfidence|monorepo|npm"
    r"|packages|preview|regexManagers|replacements|schedule|security|workarounds)?:[^>/]*"
)
"""Presets that come with Renovate (https://docs.renovatebot.com/presets-config/)."""
_DISABLING: Final = {"docker:disable": ("dockerfile", "docker-compose"), ":disableDevDependencies": ()}
_PRESET_DAYS: Final = {
    "schedule:monthly": 31,
    "schedule:quarterly": 92,
    "schedule:yearly": 366,
    "schedule:weekly": 7,
    "schedule:daily": 1,
}
_MONTHS: Final = lazy_pattern(r"every ([0-9]+) months", re.IGNORECASE)
_RARE: Final = (("quarter", 92), ("year", 366), ("month", 31))
_CRON: Final = lazy_pattern(r"[-*/,0-9]+ [-*/,0-9]+ ([-*/,0-9L?]+) ([-*/,0-9A-Za-z]+) [-*/,#0-9A-Za-z]+")
_OLD_NAMES: Final = {"docker": "dockerfile"}
_HINT: Final = "correct it; what is written here was not analysed"


def read_renovate(parsed: Parsed) -> tuple[Updates | None, Managers | None, tuple[Problem, ...]]:
    """What Renovate proposes updates for, and what of its configuration it would not accept."""
    root = parsed.documents[0].root if parsed.documents else None
    if root is None or root.value is None:
        return None, None, ()
    if not isinstance(root.value, MapValue):
        what = "a configuration of Renovate is an object"
        return None, None, (Problem("error", "renovate-shape", what, root.start, root.end, _HINT),)
    # The whole object is no place to point at: its first key is.
    anchor = next(iter(root.value.keys.values()), root)
    enabled = root.get("enabled")
    off = enabled if enabled is not None and enabled.value is False else None
    major = root.at("major", "enabled")
    updates = Updates(
        bot="renovate",
        ecosystem=None,
        directories=(),
        interval=_interval(root),
        off=off,
        majors_off=major if major is not None and major.value is False else _majors_off(root),
        anchor=anchor,
    )
    return updates, _managers(root, anchor), ()


def _managers(root: Node, anchor: Node) -> Managers:
    given = root.get("enabledManagers")
    only = None
    if given is not None:
        only = frozenset(name for name in (one.text() for one in given.items()) if name is not None)
    disabled = {
        _OLD_NAMES.get(name, name) for name, _, one in root.members() if _is_false(one.get("enabled"))
    }
    unknown: Unknown | None = None
    for preset in _texts(root.get("extends")):
        disabled.update(_DISABLING.get(preset, ()))
        if unknown is None and _BUILT_IN.fullmatch(preset) is None:
            unknown = Unknown("remote", f"the preset {preset} is not in the tree")
    for rule in _items(root.get("packageRules")):
        matchers = {name for name, _, _ in rule.members() if name.startswith("match")}
        if matchers == {"matchManagers"} and _is_false(rule.get("enabled")):
            disabled.update(_texts(rule.get("matchManagers")))
    return Managers(only, frozenset(disabled), None if only is not None else unknown, given or anchor)


def _majors_off(root: Node) -> Node | None:
    """A rule for all packages that keeps new major versions from being proposed."""
    for rule in _items(root.get("packageRules")):
        matchers = {name for name, _, _ in rule.members() if name.startswith("match")}
        for_all = matchers == {"matchUpdateTypes"} or (
            matchers == {"matchUpdateTypes", "matchPackageNames"}
            and any(one in ("*", "**", "/.*/") for one in _texts(rule.get("matchPackageNames")))
        )
        if for_all and _is_false(rule.get("enabled")) and "major" in _texts(rule.get("matchUpdateTypes")):
            return rule.get("enabled")
    return None


def _interval(root: Node) -> Node | None:
    """How seldom it may propose anything; each of several times counts."""
    found: list[Node] = []
    schedule = root.get("schedule")
    for node in () if schedule is None else schedule.items() or (schedule,):
        text = node.text()
        days = None if text is None else _days(text)
        if days is None:
            reason = Unknown("expression", f"how often `{node.written}` is, is not worked out")
            return node._replace(value=reason, style=COMPUTED)
        found.append(node._replace(value=days))
    if schedule is None:
        for node in _items(root.get("extends")):
            days = _PRESET_DAYS.get(node.text() or "")
            if days is not None:
                found.append(node._replace(value=days))
    return min(found, key=lambda node: node.value if isinstance(node.value, int) else 0, default=None)


def _days(text: str) -> int | None:
    """The days between two times of a schedule: a cron expression, or words; within a week it is 7."""
    cron = _CRON.fullmatch(text.strip())
    if cron is not None:
        day, month = cron.groups()
        if month not in ("*", "?") and "/" not in month and "," not in month:
            return None if "-" in month else 366
        return 31 if re.fullmatch(r"[0-9]+|L", day) else 7
    several = _MONTHS.search(text)
    if several is not None:
        return 31 * int(several[1]) if len(several[1]) < 3 else None
    return next((days for word, days in _RARE if word in text.lower()), 7)


def _is_false(node: Node | None) -> bool:
    return node is not None and node.value is False


def _items(node: Node | None) -> tuple[Node, ...]:
    return () if node is None else node.items()


def _texts(node: Node | None) -> tuple[str, ...]:
    return tuple(text for text in (one.text() for one in _items(node)) if text is not None)
