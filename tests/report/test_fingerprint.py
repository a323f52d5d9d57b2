"""GitHub's line hashes, bit for bit, and vvbscan's own fingerprints."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.samples import TAG, finding, source
from vvbscan.report.fingerprint import finding_fingerprint, line_hashes, number_fingerprints
from vvbscan.text import SourceText

HELLO = [
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    "c129715d7a2bc9a3:1",
]
LOREM = [
    *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
    "a7f2ff1481e87703:1",
    "a9cf91f7bbf1862b:1",
    "55ec222b86bcae53:1",
    "cc97dc7b1d7d8f7b:1",
    "c129715d7a2bc9a3:1",
]


def all_hashes(text: str, *, bom: bool = False) -> list[str]:
    decoded = SourceText(text, bom=bom)
    lines = range(1, len(decoded.line_starts) + 1)
    return list(line_hashes(decoded, lines).values())


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", HELLO),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", HELLO),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", HELLO),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", HELLO),
        ("Lorem ipsum dolor sit amet.\n" * 10, LOREM),
    ],
    ids=["empty", "blanks", "LF", "CR", "CR LF", "mixed", "repeated"],
)
def test_hashes_are_those_of_the_upload_action(text: str, hashes: list[str]) -> None:
    """Expected values: github/codeql-action, src/fingerprints.test.ts."""
    assert all_hashes(text) == hashes


def rolling_hashes(text: str) -> list[str]:
    """The hashes as the action computes them: one window that rolls over the file, unit by unit."""
    data = text.encode("utf-16-le", "surrogatepass")
    units = [int.from_bytes(data[i : i + 2], "little") for i in range(0, len(data), 2)]
    window, opened = [0] * 100, [False] * 100
    value = place = 0
    counts: dict[int, int] = {}
    hashes: list[str] = []

    def roll(unit: int, *, opens_line: bool) -> None:
        nonlocal value, place
        if opened[place]:
            counts[value] = counts.get(value, 0) + 1
            hashes.append(f"{value:x}:{counts[value]}")
        opened[place] = opens_line
        value = (37 * value + unit - 37**100 * window[place]) % 2**64
        window[place] = unit
        place = (place + 1) % 100

    at_line_start, after_cr = True, False
    for unit in [*units, 0xFFFF]:
        if unit in {0x20, 0x09} or (after_cr and unit == 0x0A):
            after_cr = False
            continue
        after_cr = unit == 0x0D
        kept = 0x0A if after_cr else unit
        roll(kept, opens_line=at_line_start)
        at_line_start = kept == 0x0A
    for _ in range(100):
        roll(0, opens_line=False)
    return hashes


ODD_TEXT = st.text(
    st.one_of(st.sampled_from("ABYZ5: \t\r\n\n\n\0\ud800\udc00\ufeff\uffff😀é"), st.characters()),
    max_size=400,
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(ODD_TEXT, st.lists(st.sampled_from(["AZ\n", "B5\n", "\r", "x" * 99, "\n"])).map("".join)))
def test_hashes_equal_those_of_a_rolling_window(text: str) -> None:
    assert all_hashes(text) == rolling_hashes(text)


def test_different_lines_with_equal_hashes_are_numbered_together() -> None:
    rest = "\n" + "x" * 100 + "\n"
    first, _, second, _, _ = all_hashes(f"AZ{rest}B5{rest}")
    assert first.removesuffix(":1") == second.removesuffix(":2")


def test_a_byte_order_mark_is_hashed() -> None:
    assert all_hashes("a\nb", bom=True) == rolling_hashes("\ufeffa\nb")
    assert all_hashes("a\nb", bom=True) != all_hashes("a\nb")


def test_only_lines_that_are_there_are_hashed_and_counted_from_the_start_of_the_file() -> None:
    text = SourceText("same\n" * 50)
    assert line_hashes(text, [30, 0, 52, -1, 2]).keys() == {2, 30}
    assert line_hashes(text, [30])[30].endswith(":30")
    assert line_hashes(text, []) == {}


@settings(max_examples=100, deadline=None)
@given(ODD_TEXT, st.sets(st.integers(1, 30)))
def test_a_line_has_the_same_hash_whatever_else_is_asked_for(text: str, lines: set[int]) -> None:
    decoded = SourceText(text)
    everything = line_hashes(decoded, range(1, len(decoded.line_starts) + 1))
    assert line_hashes(decoded, lines) == {line: everything[line] for line in lines if line in everything}


def test_own_fingerprint_ignores_white_space_and_nothing_else() -> None:
    parts = ("VVB-TLS-003", "deploy/web.yaml", "Ingress/shop/web", "tls:  1.1")
    fingerprint = finding_fingerprint(*parts)
    assert len(fingerprint) == 32
    assert int(fingerprint, 16) >= 0
    assert finding_fingerprint(*parts[:3], "\ttls:\r\n1.1 ") == fingerprint
    for position in range(4):
        other = [*parts]
        other[position] += "x"
        assert finding_fingerprint(*other) != fingerprint


def test_own_fingerprint_keeps_its_parts_apart() -> None:
    assert finding_fingerprint("a", "bc", "", "") != finding_fingerprint("a", "b", "c", "")


def test_own_fingerprint_takes_text_that_cannot_be_encoded() -> None:
    assert finding_fingerprint("a", "\udcff", "", "\ud800") != finding_fingerprint(
        "a", "\udcfe", "", "\ud800"
    )


def test_equal_fingerprints_are_numbered_in_the_order_of_places() -> None:
    file = source("Dockerfile", "FROM a\nFROM b\nRUN c\n")
    places = [finding(TAG, file, words) for words in ("FROM a", "FROM b", "RUN c")]
    first, other, last = places
    again = last._replace(fingerprint=first.fingerprint)
    expected = [first, other, again._replace(fingerprint=f"{first.fingerprint}:2")]
    assert number_fingerprints([again, other, first]) == expected
