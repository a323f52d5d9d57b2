"""What plain YAML scalars mean.

The expectations of schema 1.1 are those of `goyaml.v2/resolve.go` of sigs.k8s.io/yaml, which kubectl reads
manifests with, those of 1.2 the core schema of YAML 1.2.2, chapter 10.3.
"""

from __future__ import annotations

import math

import pytest

from vvbscan.parse.scalars import resolve, resolve_tagged

STANDARD = "tag:yaml.org,2002:"


@pytest.mark.parametrize(
    ("text", "kubernetes", "core"),
    [
        ("", None, None),
        ("~", None, None),
        ("null", None, None),
        ("NULL", None, None),
        ("nULL", "nULL", "nULL"),
        ("true", True, True),
        ("TRUE", True, True),
        ("tRUE", "tRUE", "tRUE"),
        ("False", False, False),
        ("yes", True, "yes"),
        ("No", False, "No"),
        ("on", True, "on"),
        ("OFF", False, "OFF"),
        ("y", True, "y"),
        ("N", False, "N"),
        ("yES", "yES", "yES"),
        ("0", 0, 0),
        ("-0", 0, 0),
        ("12", 12, 12),
        ("+12", 12, 12),
        ("-12", -12, -12),
        ("010", 8, 10),
        ("-010", -8, -10),
        ("08", 8.0, 8),
        ("0o10", 8, 8),
        ("0O10", 8, "0O10"),
        ("-0o10", -8, "-0o10"),
        ("0o8", "0o8", "0o8"),
        ("0x1F", 31, 31),
        ("0X1f", 31, "0X1f"),
        ("-0x1F", -31, "-0x1F"),
        ("0x", "0x", "0x"),
        ("0b101", 5, "0b101"),
        ("-0b101", -5, "-0b101"),
        ("0b2", "0b2", "0b2"),
        ("1_000", 1000, "1_000"),
        ("1__0_", 10, "1__0_"),
        ("_1", "_1", "_1"),
        ("0x_1", 1, "0x_1"),
        ("1.5", 1.5, 1.5),
        ("1.", 1.0, 1.0),
        (".5", 0.5, 0.5),
        ("+.5", 0.5, 0.5),
        ("1_0.5", 10.5, "1_0.5"),
        (".5_0", ".5_0", ".5_0"),
        ("1e3", 1000.0, 1000.0),
        ("1E-3", 0.001, 0.001),
        ("1e+3", 1000.0, 1000.0),
        ("1e", "1e", "1e"),
        ("1e400", "1e400", "1e400"),
        (".inf", math.inf, math.inf),
        ("+.Inf", math.inf, math.inf),
        ("-.INF", -math.inf, -math.inf),
        ("inf", "inf", "inf"),
        ("nan", "nan", "nan"),
        ("22:22", "22:22", "22:22"),
        ("2024-01-31", "2024-01-31", "2024-01-31"),
        ("2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"),
        ("1.2.3", "1.2.3", "1.2.3"),
        ("-", "-", "-"),
        ("+", "+", "+"),
        (".", ".", "."),
        ("...", "...", "..."),
        ("=", "=", "="),
        ("<<", "<<", "<<"),
        ("١٢", "١٢", "١٢"),
        ("100m", "100m", "100m"),
        ("18446744073709551616", 2**64, 2**64),
    ],
)
def test_plain_scalar(text: str, kubernetes: object, core: object) -> None:
    for schema, expected in (("1.1", kubernetes), ("1.2", core)):
        value = resolve(text, schema)
        assert (value, type(value)) == (expected, type(expected)), schema


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
@pytest.mark.parametrize("schema", ["1.1", "1.2"])
def test_not_a_number(text: str, schema: str) -> None:
    value = resolve(text, schema)
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize("schema", ["1.1", "1.2"])
@pytest.mark.parametrize(
    "text", ["9" * 5000, "-" + "9" * 5000, "0x" + "f" * 5000, "1" + "_" * 5000, "0." + "1" * 5000]
)
def test_number_that_is_too_long_stays_text(text: str, schema: str) -> None:
    assert resolve(text, schema) == text


@pytest.mark.parametrize(
    ("text", "tag", "value", "fits"),
    [
        ("12", f"{STANDARD}str", "12", True),
        ("", f"{STANDARD}str", "", True),
        ("12", f"{STANDARD}int", 12, True),
        ("a", f"{STANDARD}int", "a", False),
        ("1.5", f"{STANDARD}int", "1.5", False),
        ("true", f"{STANDARD}int", "true", False),
        ("12", f"{STANDARD}float", 12.0, True),
        ("9" * 400, f"{STANDARD}float", "9" * 400, False),
        ("yes", f"{STANDARD}bool", True, True),
        ("1", f"{STANDARD}bool", "1", False),
        ("~", f"{STANDARD}null", None, True),
        ("YXBp", f"{STANDARD}binary", "api", True),
        ("YX\n Bp", f"{STANDARD}binary", "api", True),
        ("YXB", f"{STANDARD}binary", "YXB", False),
        ("/w==", f"{STANDARD}binary", "/w==", False),
        ("2024-01-31", f"{STANDARD}timestamp", "2024-01-31", True),
        ("12", "!Ref", "12", True),
        ("12", "!", "12", True),
    ],
)
def test_tagged_scalar(text: str, tag: str, value: object, fits: bool) -> None:
    resolved = resolve_tagged(text, tag)
    assert resolved == (value, fits)
    assert type(resolved[0]) is type(value)
