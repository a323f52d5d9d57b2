"""Typed texts are read exactly, without floats."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.expr import values
from vvbscan.model.errors import RuleError

NANO = 10**9


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1", 1), ("100m", Fraction(1, 10)), ("512Mi", 512 * 2**20), ("1.5Gi", 3 * 2**29), ("1e3", 1000),
        ("1E", 10**18), ("2k", 2000), ("0.5", Fraction(1, 2)), ("-1", -1), (".5", Fraction(1, 2)), ("5.", 5),
        ("12E-1", Fraction(12, 10)), (2, 2), (1.5, Fraction(3, 2)), ("1n", Fraction(1, NANO)),
    ],
)  # fmt: skip
def test_quantities(text: object, amount: Fraction | int) -> None:
    assert values.quantity(text) == amount * NANO


@pytest.mark.parametrize("text", ["", "Mi", "1 Gi", "1KB", "512mi", True, None, "1.2.3", "ten", "1e9999"])
def test_what_is_no_quantity(text: object) -> None:
    assert values.quantity(text) is None


@given(st.integers(0, 10**6), st.sampled_from(["", "k", "M", "G", "Ki", "Mi", "Gi"]))
def test_a_quantity_grows_with_its_number(number: int, suffix: str) -> None:
    smaller, larger = values.quantity(f"{number}{suffix}"), values.quantity(f"{number + 1}{suffix}")
    assert smaller is not None
    assert larger is not None
    assert smaller < larger


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10s", 10), ("10S", 10), ("1m30s", 90), ("PT1M30S", 90), ("pt0.5s", Fraction(1, 2)), ("P1D", 86400),
        ("500ms", Fraction(1, 2)), ("1.5h", 5400), ("30", 30), (30, 30), ("2d", 172800), ("5M", 300),
        ("PT1H", 3600), ("250us", Fraction(250, 10**6)),
    ],
)  # fmt: skip
def test_durations(text: object, seconds: Fraction | int) -> None:
    assert values.duration(text) == seconds * NANO


@pytest.mark.parametrize("text", ["", "s", "P", "PT", "1x", "10 10", "1m30", "-5s", True, None, [], "ten"])
def test_what_is_no_duration(text: object) -> None:
    assert values.duration(text) is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("500MB", 500 * 10**6), ("1GiB", 2**30), ("512m", 512 * 2**20), ("20K", 20 * 1024), ("10240K", 10240 * 1024),
        ("100", 100), ("2MB", 2 * 10**6), ("1.5G", 3 * 2**29), ("100B", 100), (7, 7),
    ],
)  # fmt: skip
def test_sizes(text: object, amount: int) -> None:
    assert values.size(text) == amount


@pytest.mark.parametrize("text", ["", "MB", "1 000", "-1", "10%", True, None, 1.5])
def test_what_is_no_size(text: object) -> None:
    assert values.size(text) is None


@pytest.mark.parametrize(
    ("constraint", "version", "holds"),
    [
        (">=1.3", "1.3", True), (">=1.3", "1.2", False), (">=21,<22", "21.0.9-jre", True), (">=21,<22", "22", False),
        ("==12.0.0", "v12", True), ("!=3.27", "3.27.0", False), (">3.9", "3.10", True), ("<=3.27", "3.27.0.CR1", True),
        (">=2", 2, True),
    ],
)  # fmt: skip
def test_versions(constraint: str, version: object, holds: bool) -> None:
    found = values.version(version)
    assert found is not None
    assert values.version_constraint(constraint)(found) is holds


@pytest.mark.parametrize("text", ["", "latest", "v", ".1", True, None])
def test_what_is_no_version(text: object) -> None:
    assert values.version(text) is None


@pytest.mark.parametrize("text", ["", "21", "~=21", ">=", ">=x", ">=1,"])
def test_what_is_no_constraint_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        values.version_constraint(text)


@given(st.text())
def test_no_text_makes_a_reader_fail(text: str) -> None:
    for read in (values.quantity, values.duration, values.size):
        assert read(text) is None or isinstance(read(text), int)
    values.version(text)
