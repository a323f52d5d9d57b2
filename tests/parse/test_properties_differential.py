"""Properties files against javaproperties, and what holds for every text.

Where the two differ, JDK 17 decides (`java.util.Properties.load`, run by hand on the same texts):

* a backslash alone before the end of the file is an entry with an empty key for the JDK and here, and nothing
  for javaproperties;
* behind a line that is only a backslash, `#` and `!` begin a comment for the JDK and here, and a key for
  javaproperties;
* lone surrogates, which both keep, are replaced here (no output could hold them).
"""

from __future__ import annotations

import re

import javaproperties
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Parsed, Source
from vvbscan.parse.properties import parse_properties
from vvbscan.text import SourceText

PIECES = (
    "\\", "\\", "\n", "\r", "\r\n", " ", "\t", "\f", "=", ":", "#", "!", "---", "key", "k", "u", "n", "é",
    "\\u0041", "\\ud83d\\ude00", "\x0b", "\x85", "value",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)
LONE_BACKSLASH = re.compile(r"(?:\A|[\r\n])[ \t\f]*\\(?:[\r\n]|\Z)")


def parse(text: str) -> Parsed:
    return parse_properties(Source("a.properties", SourceText(text)), DEFAULT_LIMITS)


def joined(text: str) -> str:
    """The text with U+FFFD for lone surrogates."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def merged(parsed: Parsed) -> dict[str, object]:
    return {name: value.value for d in parsed.documents for name, _, value in d.root.members()}


@settings(max_examples=200)
@given(TEXTS)
@example("a = b\\\n  c\n!x\n= y")
def test_reads_what_javaproperties_reads(text: str) -> None:
    assume(not LONE_BACKSLASH.search(text))
    parsed = parse(text)
    try:
        expected = javaproperties.loads(text)
    except javaproperties.InvalidUEscapeError:
        assert any(problem.code == "malformed-escape" for problem in parsed.problems)
        return
    assert merged(parsed) == {joined(key): joined(value) for key, value in expected.items()}
    assert all(problem.code == "duplicate-key" for problem in parsed.problems)


def test_the_known_differences() -> None:
    assert javaproperties.loads("\\") == {}
    assert merged(parse("\\")) == {"": ""}
    assert javaproperties.loads("\\\n#a") == {"#a": ""}
    assert merged(parse("\\\n#a")) == {}


@settings(max_examples=200)
@given(TEXTS)
def test_spans_lie_in_their_document_and_in_order(text: str) -> None:
    parsed = parse(text)
    position = 0
    for document in parsed.documents:
        assert position <= document.start <= document.end <= len(text)
        position = document.end
        for _, key, value in document.root.members():
            assert document.start <= key.start <= key.end <= value.start <= value.end <= document.end
            assert key.start == key.end or key.written[0] not in " \t\f\r\n"
            assert value.start == value.end or value.written[0] not in " \t\f\r\n"


@settings(max_examples=200)
@given(TEXTS)
def test_every_span_reads_as_its_value(text: str) -> None:
    for document in parse(text).documents:
        for name, key, value in document.root.members():
            if isinstance(value.value, str) and name and not value.written.endswith("\\"):
                again = merged(parse(f"{key.written}={value.written}\n"))
                assert again == {name: value.value}


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    parsed = parse(text)
    for comment in parsed.comments:
        assert text[comment.start] in "#!"
