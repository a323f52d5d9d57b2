"""XML: elements, texts and places, what is said about faults, and the comparison with ElementTree."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import Source, Unknown
from vvbscan.parse.xml import Element, XmlFile, parse_xml
from vvbscan.text import SourceText

POM = """\
<?xml version="1.0" encoding="ISO-8859-1"?>
<!-- the build -->
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <artifactId>approval</artifactId>
  <name>Für &amp; wider</name>
  <properties><!-- one --><release> 21 </release></properties>
  <dependency combine.children='append' />
</project>
"""


def read(text: str, limits: Limits = DEFAULT_LIMITS) -> XmlFile:
    return parse_xml(Source("pom.xml", SourceText(text)), limits)


def root_of(text: str) -> Element:
    file = read(text)
    assert not file.problems
    assert file.root is not None
    return file.root


def element(root: Element, *names: str) -> Element:
    found = root.at(*names)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("names", "value", "written"),
    [
        (("artifactId",), "approval", "approval"),
        (("name",), "Für & wider", "Für &amp; wider"),
        (("properties", "release"), "21", "21"),
        (("dependency",), "", ""),
    ],
)
def test_text_spans_what_is_written_without_the_space_around(
    names: tuple[str, ...], value: str, written: str
) -> None:
    text = element(root_of(POM), *names).text
    assert (text.value, text.written) == (value, written)


def test_elements_span_their_tags() -> None:
    root = root_of(POM)
    assert POM[root.start : root.end] == POM[POM.index("<project") :].rstrip()
    release = element(root, "properties", "release")
    assert POM[release.start : release.end] == "<release> 21 </release>"
    assert POM[release.start : release.head_end] == "<release>"
    empty = element(root, "dependency")
    assert POM[empty.start : empty.end] == "<dependency combine.children='append' />"
    assert empty.attributes["combine.children"].written == "'append'"


def test_comments() -> None:
    file = read(POM)
    found = [(POM[one.start : one.end], one.own_line) for one in file.comments]
    assert found == [("<!-- the build -->", True), ("<!-- one -->", False)]


def test_names_are_looked_up_without_prefix() -> None:
    root = root_of('<p:project xmlns:p="urn:x"><p:a>1</p:a><p:b/><p:a>2</p:a></p:project>')
    assert (root.name, root.local_name) == ("p:project", "project")
    assert [one.text.value for one in root.all("a")] == ["1", "2"]
    assert root.child("c") is None
    assert root.at("c", "d") is None


def test_character_data_sections() -> None:
    text = root_of("<a> <![CDATA[<b> & ]]> c</a>").text
    assert (text.value, text.written) == ("<b> &  c", "<b> & ]]> c")


def test_declared_entities_are_not_expanded() -> None:
    file = read(
        '<!DOCTYPE a [<!ENTITY v "9"><!ENTITY x SYSTEM "/etc/passwd">]><a><b>1&v;</b><c>2</c><d>&x;</d></a>'
    )
    assert file.root is not None
    assert [problem.code for problem in file.problems] == ["xml-doctype", "xml-entity", "xml-entity"]
    first, second, third = (one.text.value for one in file.root.children)
    assert isinstance(first, Unknown)
    assert "`&v;`" in first.reason
    assert second == "2"
    assert isinstance(third, Unknown)


def test_entities_of_entities_cost_nothing() -> None:
    lines = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 40))
    file = read(f'<!DOCTYPE a [<!ENTITY a0 "x">{lines}]><a>&a39;</a>')
    assert file.root is not None
    assert isinstance(file.root.text.value, Unknown)


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("", 0, "no element"),
        ("<a>\n  <b>\n</a>", 10, "<b> of line 2 is not closed before this tag"),
        ("<a>\n  <b>1</b>\n", 15, "<a> of line 1 is not closed: the file ends before"),
        ("<a>1</a>\n<b/>", 9, "junk after document element"),
        ("<a>&nope;</a>", 3, "undefined entity"),
        ("<a>\n<<<<<<< HEAD\n<b/>\n=======\n</a>", 4, "merge conflict"),
        ("name: approval", 0, "syntax error"),
    ],
)
def test_a_fault_is_told_where_it_is(text: str, where: int, words: str) -> None:
    (problem,) = read(text).problems
    assert problem.start == where
    assert words in problem.message


def test_what_was_read_before_a_fault_is_kept() -> None:
    file = read("<a><b>1</b><c><d>2</d></a>")
    assert file.root is not None
    assert [one.name for one in file.root.children] == ["b", "c"]
    assert element(file.root, "c", "d").text.value == "2"


def test_nesting_and_size_are_bounded() -> None:
    deep = read("<a>" * 100_000)
    assert ["more than 100 deep" in problem.message for problem in deep.problems] == [True]
    assert deep.root is not None
    many = read("<a>" + "<b/>" * 50 + "</a>", Limits(nodes=20))
    assert ["more than 20 elements" in problem.message for problem in many.problems] == [True]


NAMES = st.from_regex(r"[a-zé_][a-z0-9é._-]{0,5}", fullmatch=True)
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
    max_size=8,
)


@st.composite
def documents(draw: st.DrawFn, depth: int = 3) -> str:
    name = draw(NAMES)
    attributes = draw(st.dictionaries(NAMES, TEXT, max_size=2))
    head = name + "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    if depth == 0 or draw(st.booleans()):
        text = draw(TEXT)
        return f"<{head}>{escape(text)}</{name}>" if text else f"<{head}/>"
    gaps = st.sampled_from(("", "\n", "  ", "<!-- c -->", " t "))
    inner = "".join(draw(documents(depth - 1)) + draw(gaps) for _ in range(draw(st.integers(0, 3))))
    return f"<{head}>{inner}</{name}>"


def assert_same(found: Element, expected: ET.Element, text: str) -> None:
    assert found.name == expected.tag
    own = (expected.text or "") + "".join(child.tail or "" for child in expected)
    assert found.text.value == own.strip()
    assert {name: node.value for name, node in found.attributes.items()} == expected.attrib
    assert text[found.start] == "<"
    assert text[found.end - 1] == ">"
    assert len(found.children) == len(expected)
    for child, other in zip(found.children, expected, strict=True):
        assert found.head_end <= child.start < child.end <= found.end
        assert_same(child, other, text)


@given(documents())
def test_as_element_tree_reads_it(text: str) -> None:
    assert_same(root_of(text), ET.fromstring(text), text)  # noqa: S314  # the text is made above


@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            ("<a", ">", "</a>", "<!--", "-->", "&", ";", "x", "é", "<![CDATA[", "]]>", "<!DOCTYPE a [", "]")
        ),
        max_size=12,
    ).map("".join)
)
def test_any_text_is_read_and_problems_are_within_it(text: str) -> None:
    for problem in read(text).problems:
        assert 0 <= problem.start <= problem.end <= len(text)
