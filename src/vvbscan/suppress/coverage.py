"""Which directives cover which places. Its work grows with places and directives, not with their product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vvbscan.model.outcome import Directive, Finding

_Key = tuple[str, str]
"""Path and id of a rule."""


class Group:
    """The directives that cover one stretch of a file for one rule: whatever one of them covers, all do."""

    __slots__ = ("directives", "end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.directives: dict[int, Directive] = {}
        """By number, in the order they were given in."""


class Coverage:
    """The directives that cover findings."""

    def __init__(
        self, directives: Iterable[Directive], names: Mapping[str, str], findings: Iterable[Finding]
    ) -> None:
        """`names` maps ids and names of all rules to ids."""
        groups: dict[_Key, dict[tuple[int, int], Group]] = {}
        for number, one in enumerate(directives):
            stretch = (one.start, one.end)
            for rule in dict.fromkeys(names[name] for name in one.rules):
                group = groups.setdefault((one.path, rule), {}).setdefault(stretch, Group(*stretch))
                group.directives[number] = one
        places: dict[_Key, set[int]] = {key: set() for key in groups}
        for finding in findings if groups else ():
            for place in _places(finding):
                key = (place[0], finding.rule_id)
                if key in places:
                    places[key].add(place[1])
        self._covering = {key: _sweep(groups[key].values(), wanted) for key, wanted in places.items()}

    def of(self, finding: Finding) -> list[list[Group]]:
        """The groups that cover a finding: by its location, and by the anchor of its subject."""
        found = []
        for path, start in _places(finding):
            covering = self._covering.get((path, finding.rule_id))
            found.append(covering[start] if covering is not None else [])
        return found


def _places(finding: Finding) -> list[tuple[str, int]]:
    """Where a directive covers a finding: path and offset."""
    places = [(finding.location.path, finding.location.start)]
    if finding.anchor is not None:
        places.append((finding.anchor.path, finding.anchor.start))
    return places


def _sweep(groups: Iterable[Group], places: Iterable[int]) -> dict[int, list[Group]]:
    """The groups that cover each place. At any place few are open: as many as collections can be nested."""
    waiting = sorted(groups, key=lambda group: group.start, reverse=True)
    open_groups: list[Group] = []
    covering = {}
    for place in sorted(places):
        begun = [*open_groups]
        while waiting and waiting[-1].start <= place:
            begun.append(waiting.pop())
        open_groups = covering[place] = [group for group in begun if group.end >= place]
    return covering
