"""Variables of Dockerfiles: what they stand for, and which characters wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.dockerfile_support import load, shown, subjects, way
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Node
from vvbscan.views.dockerfile.patterns import replaced, trimmed


def workdir(word: str, before: str = "FROM scratch\nENV A=a E= B=1.2.3-x\nARG N\n") -> Node:
    """A word as WORKDIR expands it."""
    node = subjects(f"{before}WORKDIR {word}\n", "instruction")["stage[0]:WORKDIR[0]"].root.get("arguments")
    assert node is not None
    return node.items()[0]


def image(text: str, address: str = "stage[0]:FROM") -> dict[str, Node]:
    return {name: node for name, _, node in subjects(text, "image_reference")[address].root.members()}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("x", "x"),
        ("/$A", "/a"),
        ("${A}b", "ab"),
        ("$Ab", ""),
        ("'$A'", "$A"),
        ('"$A b"', "a b"),
        ("\\$A", "$A"),
        ("${A:-x}", "a"),
        ("${E:-x}", "x"),
        ("${E-x}", ""),
        ("${U-x}", "x"),
        ("${U:-${A}y}", "ay"),
        ("${A:+x}", "x"),
        ("${E:+x}", ""),
        ("${E+x}", "x"),
        ("${U:+x}", ""),
        ("${A:?no}", "a"),
        ("${U:?no}", ("?variable",)),
        ("${E:?no}", ("?variable",)),
        ("${E?no}", ""),
        ("${B#*.}", "2.3-x"),
        ("${B##*.}", "3-x"),
        ("${B%-*}", "1.2.3"),
        ("${B%%.*}", "1"),
        ("${B/./_}", "1_2.3-x"),
        ("${B//./_}", "1_2_3-x"),
        ("${B:0:3}", ("?expression",)),
        ("${A^^}", ("?expression",)),
        ("$N", ("?variable",)),
        ("x-$N-y", ("?variable", "x-", None, "-y")),
        ("${N:-x}", "x"),
        ("${N:+x}", ("?variable",)),
        ("${N#x}", ("?variable",)),
        ("$PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ],
)
def test_expansion(word: str, expected: object) -> None:
    assert shown(workdir(word)) == expected


def test_the_escape_sign_of_the_file_counts() -> None:
    assert shown(workdir("c:\\`$A", "# escape=`\nFROM scratch\nENV A=a\n")) == "c:\\$A"


# Scopes


def test_what_an_external_base_may_set_is_unknown() -> None:
    before = "FROM example/base:1\nENV A=a\n"
    assert shown(workdir("$U", before)) == ("?default",)
    assert shown(workdir("/x:$PATH", before)) == ("?default", "/x:", None)
    assert shown(workdir("${U:-x}", before)) == ("?default",)
    assert shown(workdir("${U:+x}", before)) == ("?default",)
    assert shown(workdir("$A", before)) == "a"


def test_from_sees_only_the_arguments_before_it() -> None:
    text = (
        "ARG A=1\nARG B=${A}.2 C=${B}-x\nFROM x:$C\nARG A\nARG D=3\nFROM y:${D:-none}$D\nWORKDIR /$A/$D/$B\n"
    )
    assert shown(image(text)["tag"]) == "1.2-x"
    assert shown(image(text, "stage[1]:FROM")["tag"]) == "none"
    last = subjects(text, "instruction")["stage[1]:WORKDIR[0]"].root.get("arguments")
    assert shown(last) == [("?default", "/", None, "/", None, "/", None)]


def test_a_stage_declares_global_arguments_again() -> None:
    before = "ARG A=1\nARG B\nFROM scratch\nARG A\nARG B\nARG TARGETARCH\n"
    assert shown(workdir("$A", before)) == "1"
    assert shown(workdir("$B", before)) == ("?variable",)
    assert shown(workdir("$TARGETARCH", before)) == ("?variable",)
    assert shown(workdir("$TARGETOS", before)) == ""


def test_the_last_of_arg_and_env_counts() -> None:
    assert shown(workdir("$A", "FROM scratch\nARG A=1\nENV A=2\n")) == "2"
    assert shown(workdir("$A", "FROM scratch\nENV A=2\nARG A=1\n")) == "1"
    assert shown(workdir("$A", "FROM scratch\nENV A=2\nARG A\n")) == "2"


def test_a_stage_takes_over_the_variables_of_its_base() -> None:
    text = "FROM scratch AS a\nENV A=1\nARG A=2 B=3\nFROM a\nWORKDIR /$A/$B/$C\n"
    assert shown(subjects(text, "instruction")["stage[1]:WORKDIR[0]"].root.get("arguments")) == ["/1/3/"]


def test_env_sees_the_variables_before_it_and_arg_the_one_before() -> None:
    before = "FROM scratch\nENV A=1\nENV A=2 B=$A\nARG C=3 D=$C\n"
    assert shown(workdir("$A$B$C$D", before)) == "2133"


def test_onbuild_is_expanded_where_it_is_carried_out() -> None:
    text = "FROM scratch AS a\nENV A=1\nONBUILD WORKDIR /$A\nONBUILD ENV B=2\nFROM a\nWORKDIR $B\n"
    found = subjects(text, "instruction")
    assert shown(found["stage[a]:ONBUILD:WORKDIR[0]"].root.get("arguments")) == [("?default", "/", None)]
    assert shown(found["stage[1]:WORKDIR[0]"].root.get("arguments")) == ["/1"]
    assert shown(found["stage[1]:WORKDIR[1]"].root.get("arguments")) == ["2"]


# Places


def test_the_tag_is_the_default_of_its_argument() -> None:
    text = "ARG JRE=latest\nFROM eclipse-temurin:${JRE}\n"
    tag = image(text)["tag"]
    assert (tag.value, tag.start, tag.end) == ("latest", 8, 14)
    assert way(tag) == [("used in this FROM", "eclipse-temurin:${JRE}")]
    repository = image(text)["repository"]
    assert (repository.written, repository.via) == ("eclipse-temurin", ())


def test_an_argument_that_several_use_is_not_the_place() -> None:
    text = "ARG JRE=latest\nFROM a:${JRE} AS a\nFROM b:${JRE}\n"
    tag = image(text, "stage[1]:FROM")["tag"]
    assert (tag.value, tag.written) == ("latest", "${JRE}")
    assert tag.start > text.index("FROM b")
    assert way(tag) == [("ARG JRE is set here", "latest")]


def test_a_use_in_a_command_counts() -> None:
    text = "ARG V=latest\nFROM a:$V\nARG V\nRUN echo $V\n"
    assert image(text)["tag"].written == "$V"


def test_a_chain_of_arguments_leads_to_the_literal() -> None:
    text = "ARG A=latest\nARG B=$A\nFROM x:$B\n"
    tag = image(text)["tag"]
    assert (tag.value, tag.start) == ("latest", 6)
    assert way(tag) == [("used in this ARG", "$A"), ("used in this FROM", "x:$B")]


def test_a_whole_reference_from_an_argument_is_split_there() -> None:
    text = 'ARG BASE="ghcr.io/a/b:1.0"\nFROM ${BASE}\n'
    parts = image(text)
    assert [parts[name].written for name in ("image", "registry", "repository", "tag")] == [
        "ghcr.io/a/b:1.0",
        "ghcr.io",
        "a/b",
        "1.0",
    ]


def test_a_part_from_several_places_is_where_they_are_brought_together() -> None:
    text = "ARG A=1 B=2\nFROM x:$A.$B-y\n"
    tag = image(text)["tag"]
    assert (tag.value, tag.written) == ("1.2-y", "$A.$B-y")
    assert way(tag) == [("part of the value is set here", "1"), ("part of the value is set here", "2")]


def test_a_default_in_the_reference_is_the_place() -> None:
    tag = image("ARG T\nFROM x:${T:-latest}\n")["tag"]
    assert (tag.value, tag.written) == ("latest", "latest")


def test_unknown_parts_are_where_they_are_used() -> None:
    parts = image("ARG R\nARG T\nFROM $R/x:1-$T\n")
    assert shown(parts["repository"]) == ("?variable", None, "/x")
    assert parts["repository"].written == "$R/x"
    assert shown(parts["tag"]) == ("?variable", "1-", None)
    assert parts["tag"].written == "1-$T"


def test_words_over_continuation_lines_have_the_whole_span() -> None:
    parts = image("FROM exam\\\nple:1\n")
    assert (parts["tag"].value, parts["tag"].written) == ("1", "exam\\\nple:1")


# Limits


def test_values_that_double_stay_bounded() -> None:
    text = "FROM scratch\nENV A=aaaa\n" + "ENV A=$A$A\n" * 40
    found = subjects(text, "environment_variable")
    values = [shown(subject.root.get("value")) for subject in found.values()]
    lengths = [len(value) for value in values if isinstance(value, str)]
    assert max(lengths) <= DEFAULT_LIMITS.expanded_length
    assert values[-1] == ("?limit",)


def test_the_number_of_expansions_is_bounded() -> None:
    loaded = load("FROM scratch\nENV A=a\nWORKDIR $A$A$A$A\n", limits=DEFAULT_LIMITS._replace(expansions=2))
    found = subjects(loaded, "instruction")["stage[0]:WORKDIR[0]"].root.get("arguments")
    assert shown(found) == [("?limit", "aa", None)]


@given(st.text(alphabet="ABE$/{}:-+?#%'\"\\ x", max_size=25))
def test_any_word_is_expanded_inside_the_file(word: str) -> None:
    text = f"FROM scratch\nENV A=a B=1.2 E=\nLABEL x=1 y={word}\n"
    for subject in subjects(text, "environment_variable").values():
        value = subject.root.get("value")
        assert value is not None
        assert 0 <= value.start <= value.end <= len(text)
        if value.style == "plain" and isinstance(value.value, str):
            assert value.value in value.written


# Patterns


@pytest.mark.parametrize(
    ("pattern", "modifier", "expected"),
    [
        ("*", "#", "abcabc"),
        ("*", "##", ""),
        ("*b", "#", "cabc"),
        ("*b", "##", "c"),
        ("b*", "%", "abca"),
        ("b*", "%%", "a"),
        ("??", "#", "cabc"),
        ("c", "#", "abcabc"),
        ("\\*", "#", "abcabc"),
        ("[a]", "#", "abcabc"),
        ("", "#", "abcabc"),
    ],
)
def test_trimming(pattern: str, modifier: str, expected: str) -> None:
    assert trimmed("abcabc", pattern, modifier) == expected


def test_patterns_that_are_none() -> None:
    assert trimmed("abc", "\\x", "#") is None
    assert trimmed("abc", "\\", "#") is None
    assert replaced("abc", "", "x", every=True) is None
    assert replaced("abc", "a", "$1", every=True) is None


def test_replacing() -> None:
    assert replaced("a-b-c", "-", "", every=False) == "ab-c"
    assert replaced("a-b-c", "-", "+", every=True) == "a+b+c"
    assert replaced("a-b-c", "-*", "", every=False) == "a"
    assert replaced("", "*", "x", every=False) == "x"
    assert replaced("abc", "x", "y", every=True) == "abc"


def test_patterns_take_bounded_time() -> None:
    assert trimmed("a" * 100_000, "*a*a*a*b", "#") is None
    assert replaced("a" * 1_000, "*a*a*a*b", "", every=True) is None
