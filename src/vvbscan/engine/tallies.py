"""Counting outcomes: a pass costs a number and at most three addresses, however many subjects there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from vvbscan.model.outcome import Tally

_SAMPLES: Final = 3


class Counter:
    """The outcomes of one rule in one environment, by box."""

    __slots__ = ("_alike", "_boxes", "_by_box")

    def __init__(self, boxes: Sequence[str]) -> None:
        self._boxes = boxes
        self._alike = _Counts()
        """The counts of every box, as long as no finding concerned some of them only."""
        self._by_box: dict[str, _Counts] | None = None

    def passed(self, address: str) -> None:
        """Count a subject that passed."""
        if self._by_box is None:
            self._alike.add_pass(address)
            return
        for counts in self._by_box.values():
            counts.add_pass(address)

    def undecided(self) -> None:
        """Count a subject that cannot be decided."""
        for counts in (self._alike,) if self._by_box is None else self._by_box.values():
            counts.unknown += 1

    def failed(self, address: str, boxes: set[str]) -> None:
        """Count a subject that violates these boxes and passes the others."""
        if self._by_box is None and not boxes.issuperset(self._boxes):
            self._by_box = {box: self._alike.copy() for box in self._boxes}
        if self._by_box is None:
            self._alike.failed += 1
            return
        for box, counts in self._by_box.items():
            if box in boxes:
                counts.failed += 1
            else:
                counts.add_pass(address)

    def tallies(self, rule_id: str, environment: str) -> list[Tally]:
        """The counts of each box."""
        return [
            counts.tally(rule_id, box, environment)
            for box in self._boxes
            for counts in [self._alike if self._by_box is None else self._by_box[box]]
        ]


class _Counts:
    """How often a rule passed, failed and stayed undecided, and who passed."""

    __slots__ = ("failed", "passed", "samples", "unknown")

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self.unknown = 0
        self.samples: tuple[str, ...] = ()

    def add_pass(self, address: str) -> None:
        """Count a pass."""
        if self.passed < _SAMPLES:
            self.samples = (*self.samples, address)
        self.passed += 1

    def add(self, tally: Tally) -> None:
        """Add what was counted elsewhere."""
        _, _, _, passed, failed, unknown, samples = tally
        self.passed += passed
        self.failed += failed
        self.unknown += unknown
        if samples and len(self.samples) < _SAMPLES:
            self.samples = (*self.samples, *samples)[:_SAMPLES]

    def copy(self) -> _Counts:
        """The same counts, to go on counting with."""
        copied = _Counts()
        copied.passed, copied.failed, copied.unknown = self.passed, self.failed, self.unknown
        copied.samples = self.samples
        return copied

    def tally(self, rule_id: str, box: str, environment: str) -> Tally:
        """The counts of a box."""
        return Tally(rule_id, box, environment, self.passed, self.failed, self.unknown, self.samples)


class Totals:
    """The tallies of several units as one for each rule, box and environment; the first samples are kept."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str], _Counts] = {}

    def add(self, tallies: Iterable[Tally]) -> None:
        """Add the tallies of a unit."""
        for tally in tallies:
            key = tally[:3]
            counts = self._counts.get(key)
            if counts is None:
                counts = self._counts[key] = _Counts()
            counts.add(tally)

    def tallies(self) -> tuple[Tally, ...]:
        """What was added, in the order in which it came first."""
        return tuple(counts.tally(*key) for key, counts in self._counts.items())
