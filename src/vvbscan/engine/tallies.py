"""Counting outcomes: a pass costs a number and at most three addresses, however many subjects there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vvbscan.model.outcome import Tally

_SAMPLES: Final = 3


class Counts:
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

    def add(self, other: Counts) -> None:
        """Add what was counted elsewhere."""
        self.passed += other.passed
        self.failed += other.failed
        self.unknown += other.unknown
        self.samples = (*self.samples, *other.samples)[:_SAMPLES]

    def copy(self) -> Counts:
        """The same counts, to go on counting with."""
        copied = Counts()
        copied.add(self)
        return copied


class Counter:
    """The outcomes of one rule in one environment, by box."""

    __slots__ = ("_alike", "_boxes", "_by_box", "sampled")

    def __init__(self, boxes: Sequence[str]) -> None:
        self._boxes = boxes
        self._alike = Counts()
        """The counts of every box, as long as no finding concerned some of them only."""
        self._by_box: dict[str, Counts] | None = None
        self.sampled: Counts | None = None
        """The counts of every box if there are enough samples: then a pass is one more of `passed`, and
        counting it needs no call."""

    def passed(self, address: str) -> None:
        """Count a subject that passed."""
        if self._by_box is None:
            self._alike.add_pass(address)
            if self._alike.passed >= _SAMPLES:
                self.sampled = self._alike
            return
        for counts in self._by_box.values():
            counts.add_pass(address)

    def undecided(self) -> None:
        """Count a subject that cannot be decided."""
        for counts in (self._alike,) if self._by_box is None else self._by_box.values():
            counts.unknown += 1

    def failed(self, address: str, boxes: set[str]) -> None:
        """Count a subject that violates these boxes and passes the others."""
        if self._by_box is None and boxes.issuperset(self._boxes):
            self._alike.failed += 1
            return
        for box, counts in self._parted().items():
            if box in boxes:
                counts.failed += 1
            else:
                counts.add_pass(address)

    def add(self, other: Counter) -> None:
        """Add what was counted for the same rule elsewhere."""
        if self._by_box is None and other._by_box is None:
            self._alike.add(other._alike)
            return
        theirs = other._by_box or dict.fromkeys(self._boxes, other._alike)
        for box, counts in self._parted().items():
            counts.add(theirs[box])

    def tallies(self, rule_id: str, environment: str) -> list[Tally]:
        """The counts of each box."""
        counted = self._by_box or dict.fromkeys(self._boxes, self._alike)
        return [
            Tally(rule_id, box, environment, one.passed, one.failed, one.unknown, one.samples)
            for box, one in counted.items()
        ]

    def _parted(self) -> dict[str, Counts]:
        if self._by_box is None:
            self._by_box = {box: self._alike.copy() for box in self._boxes}
            self.sampled = None
        return self._by_box


class Totals:
    """The outcomes of all units, or of one whose counts are added to them; the first samples are kept."""

    def __init__(self) -> None:
        self._counters: dict[str, dict[str, Counter]] = {}

    def of(self, environment: str) -> dict[str, Counter]:
        """The counters of an environment by rule, to which others can be added."""
        return self._counters.setdefault(environment, {})

    def add(self, other: Totals) -> None:
        """Add what was counted for units that come after those of before."""
        for environment, counters in other._counters.items():
            known = self.of(environment)
            for rule_id, counter in counters.items():
                if rule_id in known:
                    known[rule_id].add(counter)
                else:
                    known[rule_id] = counter

    def tallies(self) -> tuple[Tally, ...]:
        """The counts for each rule, box and environment, in the order in which they came first."""
        return tuple(
            tally
            for environment, counters in self._counters.items()
            for rule_id, counter in counters.items()
            for tally in counter.tallies(rule_id, environment)
        )
