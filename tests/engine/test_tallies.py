from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vvbscan.engine.tallies import Counter, Totals
from vvbscan.model.outcome import Tally

BOXES = ("2.4.1", "2.4.2", "2.4.3")
OUTCOMES = st.one_of(
    st.just("pass"), st.just("unknown"), st.sets(st.sampled_from(BOXES), min_size=1).map(frozenset)
)


def counted(outcomes: list[str | frozenset[str]], first: int = 0) -> Totals:
    totals = Totals()
    for number, outcome in enumerate(outcomes, first):
        counter = totals.of("prod").setdefault("VVB-TEST-001", Counter(BOXES))
        if outcome == "pass" and counter.sampled is not None:
            counter.sampled.passed += 1
        elif outcome == "pass":
            counter.passed(f"a{number}")
        elif isinstance(outcome, frozenset):
            counter.failed(f"a{number}", set(outcome))
        else:
            counter.undecided()
    return totals


def expected(outcomes: list[str | frozenset[str]], box: str) -> Tally:
    """What the outcomes mean for one box, told box by box."""
    passing = [
        f"a{number}"
        for number, outcome in enumerate(outcomes)
        if outcome == "pass" or (isinstance(outcome, frozenset) and box not in outcome)
    ]
    failing = sum(isinstance(outcome, frozenset) and box in outcome for outcome in outcomes)
    unknown = outcomes.count("unknown")
    return Tally("VVB-TEST-001", box, "prod", len(passing), failing, unknown, tuple(passing[:3]))


@given(st.lists(OUTCOMES, min_size=1, max_size=12))
def test_every_box_is_counted_by_itself(outcomes: list[str | frozenset[str]]) -> None:
    assert list(counted(outcomes).tallies()) == [expected(outcomes, box) for box in BOXES]


@given(st.lists(OUTCOMES, max_size=12), st.integers(0, 12))
def test_units_together_count_what_they_count_apart(outcomes: list[str | frozenset[str]], cut: int) -> None:
    totals = counted(outcomes[:cut])
    totals.add(counted(outcomes[cut:], len(outcomes[:cut])))
    assert totals.tallies() == counted(outcomes).tallies()


def test_a_rule_without_boxes_has_no_tallies() -> None:
    counter = Counter(())
    counter.passed("a")
    counter.failed("b", set())
    assert counter.tallies("VVB-TEST-001", "") == []
