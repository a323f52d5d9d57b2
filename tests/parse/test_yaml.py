"""The YAML parser: values, spans, aliases, merge keys, comments, problems, recovery and limits."""

from __future__ import annotations

import pytest
import yaml

from parse.tree_support import at, codes, read_yaml, root, source_of, values, walk, written
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import (
    BLOCK,
    DOUBLE,
    FLOW,
    FOLDED,
    LITERAL,
    PLAIN,
    SINGLE,
    MapValue,
    Node,
    SeqValue,
    Unknown,
    plain,
)
from vvbscan.parse.yaml import parse_replaced

FORMS = """\
plain: some text
single: 'it''s'
double: "a\\tb"
literal: |
  one
  two

folded: >-
  one
  two
flow: [1, {a: b}]
block:
  - x
  -   z
nothing:
last: end
"""


@pytest.mark.parametrize(
    ("key", "value", "style", "text"),
    [
        ("plain", "some text", PLAIN, "some text"),
        ("single", "it's", SINGLE, "'it''s'"),
        ("double", "a\tb", DOUBLE, '"a\\tb"'),
        ("literal", "one\ntwo\n", LITERAL, "|\n  one\n  two"),
        ("folded", "one two", FOLDED, ">-\n  one\n  two"),
        ("flow", [1, {"a": "b"}], FLOW, "[1, {a: b}]"),
        ("block", ["x", "z"], BLOCK, "- x\n  -   z"),
        ("nothing", None, PLAIN, ""),
        ("last", "end", PLAIN, "end"),
    ],
)
def test_value_style_and_span(key: str, value: object, style: str, text: str) -> None:
    parsed = read_yaml(FORMS)
    node = at(parsed, key)
    assert (plain(node), node.style, node.written) == (value, style, text)
    key_node = root(parsed).key(key)
    assert key_node is not None
    assert (key_node.value, key_node.written, key_node.style) == (key, key, PLAIN)


def test_empty_value_stands_behind_its_colon() -> None:
    text = "a:   # nothing\nb: -\n"
    node = at(read_yaml("a:   # nothing\nb: 1\n"), "a")
    assert (node.start, node.end) == (2, 2)
    assert text[node.start - 1] == ":"


def test_block_collections_end_with_their_last_child() -> None:
    parsed = read_yaml("a:\n  b:\n    - c\n    - d  # no more\n\n# end\ne: f\n")
    assert at(parsed, "a").written == "b:\n    - c\n    - d"
    assert at(parsed, "a", "b").written == "- c\n    - d"
    assert root(parsed).written == "a:\n  b:\n    - c\n    - d  # no more\n\n# end\ne: f"


def test_block_mapping_ends_behind_the_colon_of_an_empty_value_and_behind_an_alias() -> None:
    assert at(read_yaml("a:\n  b:\n\n\nc: d\n"), "a").written == "b:"
    assert at(read_yaml("x: &x 1\na:\n  b: *x\n\nc: d\n"), "a").written == "b: *x"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_block_scalar_ends_with_its_last_line_of_text(end: str) -> None:
    parsed = read_yaml(f"a: |+{end}  one  {end}{end}   {end}{end}b: c{end}")
    assert at(parsed, "a").written == f"|+{end}  one  "


def test_block_scalar_without_text_is_its_indicator() -> None:
    parsed = read_yaml("a: |+ # kept\n\n\nb: >\nc: d\n")
    assert at(parsed, "a").written == "|+"
    assert at(parsed, "b").written == ">"
    assert [written(parsed, comment) for comment in parsed.comments] == ["# kept"]


def test_tags_and_anchors_are_not_part_of_the_span() -> None:
    parsed = read_yaml(
        "a: &x !!str 12\nb: !<tag:yaml.org,2002:str> &y\n  true\nc: &z # why\n  d: e\nf: !!map {g: h}\n&k i: j\n"
    )
    assert [(node.written, plain(node)) for node in (at(parsed, "a"), at(parsed, "b"), at(parsed, "c"))] == [
        ("12", "12"),
        ("true", "true"),
        ("d: e", {"d": "e"}),
    ]
    assert at(parsed, "f").written == "{g: h}"
    key = root(parsed).key("i")
    assert key is not None
    assert key.written == "i"


def test_offsets_count_code_points_and_no_byte_order_mark() -> None:
    parsed = read_yaml("é: 😀\n深: 'ü'  # ß\n")
    assert at(parsed, "é").written == "😀"
    assert at(parsed, "深").written == "'ü'"
    assert [written(parsed, comment) for comment in parsed.comments] == ["# ß"]


def test_single_pair_in_a_flow_sequence_ends_with_its_value() -> None:
    parsed = read_yaml("[a: b  , {c: d}: e ]")
    pair, other = root(parsed).items()
    assert (pair.written, plain(pair)) == ("a: b", {"a": "b"})
    assert other.written == "{c: d}: e"


def test_keys_are_text_as_written() -> None:
    parsed = read_yaml('on: 1\n8080: 2\n"a\\tb": 3\n~: 4\n? x\n: 6\n? \n: 5\n')
    assert plain(root(parsed)) == {"on": 1, "8080": 2, "a\tb": 3, "~": 4, "x": 6, "": 5}
    assert parsed.problems == ()


def test_key_that_is_a_collection_is_named_by_its_text() -> None:
    parsed = read_yaml("? [x, y]\n: z\n{a: b}: c\n")
    assert plain(root(parsed)) == {"[x, y]": "z", "{a: b}": "c"}
    assert codes(parsed) == ["complex-key", "complex-key"]
    assert {problem.level for problem in parsed.problems} == {"note"}


def test_schema_decides_on_plain_scalars_only() -> None:
    text = "a: on\nb: 'on'\nc: \"12\"\nd: |-\n  12\n"
    assert values(read_yaml(text)) == [{"a": True, "b": "on", "c": "12", "d": "12"}]
    assert values(read_yaml(text, schema="1.2")) == [{"a": "on", "b": "on", "c": "12", "d": "12"}]


def test_tags() -> None:
    parsed = read_yaml("a: !!int '3'\nb: !Ref x\nc: !Sub [1]\nd: ! 12\ne: !!int x\n")
    assert values(parsed) == [{"a": 3, "b": "x", "c": [1], "d": "12", "e": "x"}]
    (problem,) = parsed.problems
    assert (problem.level, problem.code, written(parsed, problem)) == ("warning", "tag-mismatch", "x")


# --- Documents


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only a comment\n", "---\n", "---\n---\n...\n---\n", "--- # x\n"]
)
def test_nothing_is_no_document_and_no_problem(text: str) -> None:
    parsed = read_yaml(text)
    assert (parsed.documents, parsed.problems) == ((), ())


def test_documents_and_their_spans() -> None:
    parsed = read_yaml("a: 1\n---\n---\n# two\nb: 2\n...\n--- ~\n")
    assert values(parsed) == [{"a": 1}, {"b": 2}, None]
    first, second, third = parsed.documents
    assert written(parsed, first) == "a: 1\n"
    assert written(parsed, second) == "---\n# two\nb: 2\n..."
    assert written(parsed, third).rstrip() == "--- ~"


def test_anchors_end_with_their_document() -> None:
    parsed = read_yaml("a: &x 1\n---\nb: *x\n")
    assert codes(parsed) == ["undefined-alias"]
    node = parsed.documents[1].root.get("b")
    assert node is not None
    assert isinstance(node.value, Unknown)
    assert (node.value.kind, node.written) == ("unparsed", "*x")


# --- Aliases and merge keys


def test_alias_gives_the_anchored_value_with_its_place_and_the_way_to_it() -> None:
    parsed = read_yaml("a: &x {b: c}\nd: *x\n")
    anchored, alias = at(parsed, "a"), at(parsed, "d")
    assert alias.value is anchored.value
    assert alias.written == "{b: c}"
    (step,) = alias.via
    assert parsed.source.text.text[step.start : step.end] == "*x"
    assert "*x" in step.label
    assert at(parsed, "d", "b") is at(parsed, "a", "b")


def test_alias_as_key_is_named_by_the_anchored_scalar() -> None:
    parsed = read_yaml("- &x name\n- &n 12\n- *x : 1\n  *n : 2\n- &k key: *k\n- &z 0: *z\n")
    assert plain(root(parsed)) == ["name", 12, {"name": 1, "12": 2}, {"key": "key"}, {"0": 0}]
    key = root(parsed).items()[2].key("12")
    assert key is not None
    assert key.written == "*n "[:2]


def test_anchor_can_be_given_again() -> None:
    assert values(read_yaml("- &a 1\n- *a\n- &a 2\n- *a\n")) == [[1, 1, 2, 2]]


def test_merge_key_expands_and_own_keys_win() -> None:
    parsed = read_yaml("base: &b {x: 1, y: 2}\nmine:\n  y: 3\n  <<: *b\n  z: 4\n")
    mine = at(parsed, "mine")
    assert plain(mine) == {"x": 1, "y": 3, "z": 4}
    merged, own = mine.get("x"), mine.get("y")
    assert merged is not None
    assert own is not None
    assert (merged.written, own.written, own.via) == ("1", "3", ())
    (step,) = merged.via
    assert parsed.source.text.text[step.start : step.end] == "*b"
    key = mine.key("x")
    assert key is not None
    assert key.via == merged.via
    assert parsed.problems == ()


def test_earlier_mapping_of_a_merge_list_wins() -> None:
    parsed = read_yaml("- &a {x: 1}\n- &b {x: 2, y: 2}\n- <<: [*a, *b, {y: 3, z: 3}]\n")
    assert plain(root(parsed).items()[2]) == {"x": 1, "y": 2, "z": 3}


def test_merge_keys_in_a_chain_show_the_whole_way() -> None:
    parsed = read_yaml("- &a {x: 1}\n- &b\n  <<: *a\n- <<: *b\n")
    node = root(parsed).items()[2].get("x")
    assert node is not None
    assert [parsed.source.text.text[step.start : step.end] for step in node.via] == ["*a", "*b"]


def test_merge_key_must_be_plain_and_stand_for_mappings() -> None:
    quoted = read_yaml("'<<': {a: 1}\n")
    assert values(quoted) == [{"<<": {"a": 1}}]
    wrong = read_yaml("<<: 12\nb: 1\n")
    assert (values(wrong), codes(wrong)) == ([{"b": 1}], ["merge-value"])
    assert written(wrong, wrong.problems[0]) == "12"


def test_merging_what_is_unknown_makes_the_mapping_open() -> None:
    value = at(read_yaml("a:\n  <<: *nowhere\n  b: 1\n"), "a").value
    assert isinstance(value, MapValue)
    assert set(value.entries) == {"b"}
    assert value.rest is not None


def test_second_merge_key_is_reported_and_merged() -> None:
    parsed = read_yaml("- &a {x: 1, y: 1}\n- &b {y: 2}\n- <<: *a\n  <<: *b\n")
    assert plain(root(parsed).items()[2]) == {"x": 1, "y": 2}
    assert codes(parsed) == ["duplicate-key"]


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}", "&a [&b [*a], *b]", "a: &a\n  <<: *a\n"])
def test_recursive_alias_is_unknown(text: str) -> None:
    parsed = read_yaml(text)
    assert codes(parsed)[0] == "recursive-alias"
    assert written(parsed, parsed.problems[0]) == "*a"
    assert len(list(walk(root(parsed)))) < 10


def test_alias_bomb_is_cut_off() -> None:
    lines = ["a0: &a0 [" + ", ".join("x" * 9) + "]"]
    lines += [f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9) + "]" for i in range(1, 12)]
    parsed = read_yaml("\n".join(lines))
    assert codes(parsed) == ["too-many-aliases"]
    assert written(parsed, parsed.problems[0]) == "*a4"
    assert sum(1 for _ in walk(root(parsed))) < 2 * DEFAULT_LIMITS.alias_nodes
    # What comes after the budget is used up is unknown, what came before is there.
    assert plain(at(parsed, "a1")) == [["x"] * 9] * 9


def test_alias_chain_is_no_way_round_the_depth_limit() -> None:
    lines = ["- &a0 [x]"] + [f"- &a{i} [*a{i - 1}]" for i in range(1, 300)]
    parsed = read_yaml("\n".join(lines))
    assert codes(parsed) == ["nesting-too-deep"]
    assert written(parsed, parsed.problems[0]) == "*a98"
    deepest = 0
    for item in root(parsed).items():
        depth, node = 1, item
        while isinstance(node.value, SeqValue):
            depth, node = depth + 1, node.items()[0]
        deepest = max(deepest, depth)
    assert deepest == DEFAULT_LIMITS.depth


# --- Comments


def test_comments_are_found_where_they_are_and_nowhere_else() -> None:
    parsed = read_yaml(
        "# head\n"
        'a: "x # y"  # one\n'
        "b: 'x # y' # two\n"
        "c: a#b #three\n"
        "d: | # four\n"
        "  text # no\n"
        "  # no\n"
        "   # no\n"
        " # five\n"
        "e: [1, # six\n"
        "  2] # seven\n"
        "f: &x # eight\n"
        "  - y\n"
        "g: http://x/#y\n"
        "--- # nine\n"
        "#ten"
    )
    assert [written(parsed, comment) for comment in parsed.comments] == [
        "# head",
        "# one",
        "# two",
        "#three",
        "# four",
        "# five",
        "# six",
        "# seven",
        "# eight",
        "# nine",
        "#ten",
    ]
    own = {written(parsed, comment) for comment in parsed.comments if comment.own_line}
    assert own == {"# head", "# five", "#ten"}


def test_comment_ends_with_its_line_in_each_kind_of_line_end() -> None:
    parsed = read_yaml("a: 1 # x\r\nb: 2 # y\rc: 3 # z\nd: 4\n")
    assert [written(parsed, comment) for comment in parsed.comments] == ["# x", "# y", "# z"]
    assert values(parsed) == [{"a": 1, "b": 2, "c": 3, "d": 4}]


def test_comments_behind_a_syntax_error_are_those_of_the_documents_that_were_read() -> None:
    parsed = read_yaml("# one\na: 1 # two\n---\nb: 'x # no\n--- # three\nc: 1\n")
    assert [written(parsed, comment) for comment in parsed.comments] == ["# one", "# two", "# three"]


# --- Problems


def test_repeated_key_is_reported_at_the_second_and_the_last_wins() -> None:
    parsed = read_yaml("a: 1\nb: 2\n'a': 3\n")
    assert plain(root(parsed)) == {"a": 3, "b": 2}
    (problem,) = parsed.problems
    assert (problem.level, problem.code, written(parsed, problem)) == ("warning", "duplicate-key", "'a'")
    assert "line 1" in problem.message


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a:\n\t- b", 3, "tab"),
        ("\ta: b", 0, "tab"),
        ("a: |\n\tb", 5, "tab"),
        ("a: b\n\tc: d", 5, "tab"),
        ("a: @x", 3, "quotes"),
        ("a: `x`", 3, "quotes"),
        ("a: %x", 3, "quotes"),
        ("%prod:\n  a: b", 0, "directive"),
        ("a: b: c", 4, "quotes"),
        ("a: b\n c: d", 7, "indentation"),
        ("a: 'x\nb: c\n", 3, "not closed"),
        ('a: "\\d"', 4, "escape"),
        ("a: */5 * * * *", 3, "quotes"),
        ("a: - b", 3, "next line"),
        ("a: [1, 2\nb: c", 10, "`[`"),
        ("a: {x: 1", 8, "`{`"),
        ('a: "b" c', 7, "whole value"),
        ("- a\nb: c", 4, "list"),
        ("a: b\nc\nd: e", 5, ":"),
        ("a: |b", 3, "next line"),
        ("[1] 2", 4, "end of the document"),
        ("a: {{ x }}-{{ y }}", 10, "template"),
        ("{{- if x }}\na: b", 2, "template"),
        ("a: !foo!bar x", 3, "tag"),
        ("a: !%ff x", 4, "UTF-8"),
        ("a: !%ed%a0%80 x", 1, "UTF-8"),
    ],
)
def test_syntax_error_says_where_and_what_to_do(text: str, place: int, words: str) -> None:
    problem = next(one for one in read_yaml(text).problems if one.code == "yaml-syntax")
    assert problem.level == "error"
    assert problem.start == place
    assert words in f"{problem.message}; {problem.hint}"


def test_half_a_file_is_a_located_problem() -> None:
    text = 'kind: Deployment\nspec:\n  template: {metadata: {labels: {"app": "le'
    parsed = read_yaml(text)
    assert parsed.documents == ()
    assert [(one.code, one.start) for one in parsed.problems] == [("yaml-syntax", text.index('"le'))]


def test_one_bad_document_does_not_lose_the_others() -> None:
    parsed = read_yaml("a: 1\n---\nb: [\n---\nc: 3\n---\nd: 'x\n---\ne: @\n--- # last\nf: 6\n")
    assert values(parsed) == [{"a": 1}, {"c": 3}, {"f": 6}]
    assert codes(parsed) == ["yaml-syntax"] * 3
    assert [document.root.written for document in parsed.documents] == ["a: 1", "c: 3", "f: 6"]


def test_text_behind_a_document_does_not_lose_it() -> None:
    parsed = read_yaml('{"a": 1}\n{"b": 2}\n---\nc: 3\n')
    assert values(parsed) == [{"a": 1}, {"c": 3}]
    assert [written(parsed, problem) for problem in parsed.problems] == ["{"]


@pytest.mark.parametrize("text", ["a: [\n---x\nb: c\n", "a: [\n ---\nb: c\n", "a: '\n----\nb: c\n"])
def test_reading_goes_on_at_document_markers_only(text: str) -> None:
    assert read_yaml(text).documents == ()


@pytest.mark.parametrize("sign", ["\0", "\x07", "\x7f", "\x9f", "\ufffe", "\ud800"])
def test_character_that_yaml_does_not_allow(sign: str) -> None:
    parsed = read_yaml(f"a: 1\nb: x{sign}y # {sign}\n---\nc: 3\n")
    (problem,) = parsed.problems
    assert (problem.level, problem.code, written(parsed, problem)) == ("error", "yaml-character", sign)
    assert f"U+{ord(sign):04X}" in problem.message
    assert values(parsed) == [{"a": 1, "b": "x\ufffdy"}, {"c": 3}]


def test_unquoted_template_text_is_unknown() -> None:
    parsed = read_yaml("image: {{ .Values.image }}\nkind: x\n")
    node = at(parsed, "image")
    assert isinstance(node.value, Unknown)
    assert (node.value.kind, node.written) == ("template", "{{ .Values.image }}")
    assert codes(parsed) == ["template-text"]
    assert {problem.level for problem in parsed.problems} == {"warning"}


@pytest.mark.parametrize("text", ["{{ .a }}: 1\nb: 2\n", "*nowhere : 1\nb: 2\n"])
def test_key_that_is_not_known_makes_the_mapping_open(text: str) -> None:
    value = root(read_yaml(text)).value
    assert isinstance(value, MapValue)
    assert "b" in value.entries
    assert value.rest is not None
    inner = at(read_yaml(f"c:\n  d: {{e: f}}\n{text}"), "c", "d").value
    assert isinstance(inner, MapValue)
    assert inner.rest is None


def test_mapping_with_a_mapping_as_key_is_no_template_text() -> None:
    assert plain(at(read_yaml("a: {{b: c}: d}\n"), "a")) == {"{b: c}": "d"}


def test_problems_of_one_file_are_bounded() -> None:
    parsed = read_yaml("".join(f"---\na: {i}\na: @\n" for i in range(1000)))
    assert len(parsed.problems) == 200


def test_text_in_place_of_the_source_keeps_the_source() -> None:
    source = source_of("a: @name@\n")
    parsed = parse_replaced(source, "a: .name.\n", DEFAULT_LIMITS)
    node = parsed.documents[0].root.get("a")
    assert node is not None
    assert (node.value, node.written, node.source) == (".name.", "@name@", source)


def test_without_libyaml_pyyaml_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = read_yaml(FORMS)
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = read_yaml(FORMS)
    assert [step.node[1:] for step in walk(root(slow))] == [
        (slow.source, *step.node[2:]) for step in walk(root(fast))
    ]
    assert values(read_yaml("a: [\n---\nb: \0\n--- 1\n")) == [{"b": "\ufffd"}, 1]


# --- Limits


@pytest.mark.parametrize("opener", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_nesting_that_is_too_deep_is_a_located_problem(opener: str) -> None:
    parsed = read_yaml(opener * 100_000 + "\n---\na: 1\n")
    assert "nesting-too-deep" in codes(parsed)
    assert len(parsed.problems) <= 2
    assert values(parsed)[-1:] in ([], [{"a": 1}])


def test_documents_behind_one_that_is_too_deep_are_read() -> None:
    parsed = read_yaml("- " * 50_000 + "x\n---\na: 1\n")
    assert values(parsed) == [{"a": 1}]


def test_what_is_too_deep_is_unknown_and_what_is_beside_it_is_read() -> None:
    parsed = read_yaml("a: [[[[x, &y '#'], '# z']], 1] # c\nb: *y\nc: {d: 2}\n", Limits(depth=3))
    assert plain(root(parsed), "?") == {"a": [["?"], 1], "b": "?", "c": {"d": 2}}
    assert (codes(parsed)[0], written(parsed, parsed.problems[0])) == ("nesting-too-deep", "[")
    deep = at(parsed, "a").items()[0].items()[0]
    assert deep.written == "[[x, &y '#'], '# z']"
    assert [written(parsed, comment) for comment in parsed.comments] == ["# c"]


def test_depth_that_is_just_allowed() -> None:
    assert codes(read_yaml("[" * 100 + "]" * 100)) == []
    assert codes(read_yaml("[" * 101 + "]" * 101)) == ["nesting-too-deep"]


def test_too_many_nodes_keep_the_documents_before() -> None:
    parsed = read_yaml("a: 1\n---\n" + "- x\n" * 100, Limits(nodes=50))
    assert values(parsed) == [{"a": 1}]
    assert codes(parsed) == ["too-many-nodes"]


def test_too_many_documents_keep_the_first() -> None:
    parsed = read_yaml("--- 1\n" * 10, Limits(documents=3))
    assert values(parsed) == [1, 1, 1]
    (problem,) = parsed.problems
    assert (problem.code, problem.start) == ("too-many-documents", 18)


# --- Nodes


def test_a_name_gives_the_same_node_every_time() -> None:
    value = root(read_yaml("a: {b: [c]}\nd: 1\n")).value
    assert isinstance(value, MapValue)
    assert value.entries["a"] is value.entries["a"]
    assert value.keys["a"] is value.keys["a"]
    assert value.entries["a"] is value.entries.get("a")
    assert dict(value.entries)["a"] is value.entries["a"]
    assert [node for node in value.entries.values()] == [value.entries["a"], value.entries["d"]]  # noqa: C416


def test_mappings_behave_as_mappings() -> None:
    value = root(read_yaml("a: 1\nb: 2\n")).value
    assert isinstance(value, MapValue)
    entries = value.entries
    assert (list(entries), len(entries), "a" in entries, "z" in entries) == (["a", "b"], 2, True, False)
    assert list(entries.keys()) == ["a", "b"]
    assert [(name, node.value) for name, node in entries.items()] == [("a", 1), ("b", 2)]
    default = Node(0, source_of(""), 0, 0)
    assert entries.get("z") is None
    assert entries.get("z", default) is default
    with pytest.raises(KeyError):
        entries["z"]
    assert {**entries} == dict(entries.items())
