"""Ranges of Python's package managers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from vvbscan.views.pypi.ranges import pinned_by_poetry, takes

# From https://python-poetry.org/docs/dependency-specification/: the range, the lowest version in it and the
# lowest that is not in it any more.
OF_POETRY = [
    ("^1.2.3", "1.2.3", "2.0.0"),
    ("^1.2", "1.2.0", "2.0.0"),
    ("^1", "1.0.0", "2.0.0"),
    ("^0.2.3", "0.2.3", "0.3.0"),
    ("^0.0.3", "0.0.3", "0.0.4"),
    ("^0.0", "0.0.0", "0.1.0"),
    ("^0", "0.0.0", "1.0.0"),
    ("~1.2.3", "1.2.3", "1.3.0"),
    ("~1.2", "1.2.0", "1.3.0"),
    ("~1", "1.0.0", "2.0.0"),
    ("1.*", "1.0.0", "2.0.0"),
    ("1.2.*", "1.2.0", "1.3.0"),
    ("~=1.4.2", "1.4.2", "1.5.0"),
    (">=1.2,<1.5", "1.2", "1.5"),
    (">=1.2 <1.5", "1.2", "1.5"),
    (">= 1.2, < 1.5", "1.2", "1.5"),
    ("1!1.2 ", "1!1.2", "1!1.3"),
    ("^1!1.2", "1!1.2", "1!2"),
    ("1.2.3", "1.2.3", "1.2.4"),
    ("=1.2.3", "1.2.3", "1.2.4"),
    ("v1.2.3", "1.2.3", "1.2.4"),
]


@pytest.mark.parametrize(("versions", "lowest", "above"), OF_POETRY)
def test_what_poetry_takes(versions: str, lowest: str, above: str) -> None:
    assert takes("poetry", versions, lowest) is True
    assert takes("poetry", versions, above) is False


@pytest.mark.parametrize(
    ("versions", "version", "wanted"),
    [
        ("^1.2 || ^3", "3.1", True),
        ("^1.2 | ^3", "2.5", False),
        ("*", "0.1.dev1", True),
        ("^1.2,!=1.3", "1.3", False),
        ("nonsense", "1.0", None),
        ("^1.x", "1.0", None),
        ("", "1.0", True),
        ("^1.2", "nonsense", None),
        ("^" + "1." * 1000, "1", None),
    ],
)
def test_unions_and_what_cannot_be_read(versions: str, version: str, wanted: bool | None) -> None:
    assert takes("poetry", versions, version) is wanted


@pytest.mark.parametrize(
    ("versions", "pinned"),
    [
        ("1.2.3", "exact"),
        ("==1.2", "exact"),
        ("*", "any"),
        ("1.*", "range"),
        ("^1", "range"),
        (">=1,<2", "range"),
    ],
)
def test_how_a_range_of_poetry_pins(versions: str, pinned: str) -> None:
    assert pinned_by_poetry(versions) == pinned


RELEASES = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@given(st.sampled_from(["==", ">=", "<=", "!=", "<", ">", "~=", ""]), RELEASES, RELEASES)
def test_clauses_of_pep_440_are_the_same_for_both(operator: str, bound: str, version: str) -> None:
    try:
        wanted = SpecifierSet(f"{operator or '=='}{bound}").contains(Version(version), prereleases=True)
    except InvalidSpecifier:
        assert takes("poetry", operator + bound, version) is None
        return
    assert takes("poetry", operator + bound, version) == wanted
    if operator:
        assert takes("pep440", operator + bound, version) == wanted


@given(RELEASES, RELEASES)
def test_a_caret_takes_what_changes_no_part_up_to_the_first_that_is_not_zero(
    bound: str, version: str
) -> None:
    parts, held = [int(part) for part in bound.split(".")], [int(part) for part in version.split(".")]
    place = next((number for number, part in enumerate(parts) if part), len(parts) - 1)
    padded = held + [0] * 3
    same = padded[: place + 1] == parts[: place + 1]
    assert takes("poetry", f"^{bound}", version) == (same and Version(version) >= Version(bound))


@given(st.text(max_size=20), st.text(max_size=8))
def test_whatever_is_asked_for_there_is_an_answer(versions: str, version: str) -> None:
    assert takes("poetry", versions, version) in (True, False, None)
    assert takes("pep440", versions, version) in (True, False, None)
