"""Templates of YAML: what is masked, what is refused, and what is known of the values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parse.tree_support import root, source_of, walk
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import MapValue, Parsed, Unknown, plain
from vvbscan.parse.masking import Masked
from vvbscan.parse.templates import NotMaskable, mask_templates, parse_template_yaml


def parse(text: str) -> Parsed:
    parsed = parse_template_yaml(source_of(text), DEFAULT_LIMITS)
    assert isinstance(parsed, Parsed), parsed
    return parsed


def refuse(text: str) -> tuple[str, str]:
    """Why a template is not maskable, and what is pointed at."""
    refused = parse_template_yaml(source_of(text), DEFAULT_LIMITS)
    assert isinstance(refused, NotMaskable), refused
    return refused.reason, text[refused.start : refused.end]


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("{{ .Values.image }}", ()),
        ('{{ .Values.image | default "a: }} #" }}', ()),
        ("{{ printf `}}` }}", ()),
        ("{{ '}' }}", ()),
        ("{{ include\n   . }}", ()),
        ("{{- toYaml .Values.image | nindent 4 }}", ()),
        ("&x {{ .Values.image }}", ()),
        ("!!str {{ .Values.image }}", ()),
        ('"{{ .Values.image }}"', (None,)),
        ("'{{ .Values.image }}'", (None,)),
        ('"{{ .Values.repository }}:latest"', (None, ":latest")),
        ("{{ .Values.repository }}:{{ .Values.tag }}", (None, ":", None)),
        ("registry/{{ .a }}{{ .b }}/web", ("registry/", None, "/web")),
        ('"a\\"{{ .b }}\\t"', ('a"', None, "\t")),
        ("web-{{ if .a }}blue{{ else }}green{{ end }}", ("web-", None)),
        ("|\n    one {{ .a }}\n    {{ .b }}\n    two", ("one ", None, "\n", None, "\ntwo\n")),
        (">-\n    one\n    {{ .b }}", ("one ", None)),
        ("|\n    one\n    {{- .b }}\n    two", ("one", None, "\ntwo\n")),
    ],
)
def test_value_with_an_action_is_unknown_around_what_is_known(
    value: str, parts: tuple[str | None, ...]
) -> None:
    text = f"a: {value}\nb: 1\n"
    parsed = parse(text)
    node = root(parsed).get("a")
    assert node is not None
    assert isinstance(node.value, Unknown)
    assert (node.value.kind, node.value.parts) == ("template", parts)
    assert "template engine" in node.value.reason
    assert node.written == value.removeprefix("&x ").removeprefix("!!str ")
    after = root(parsed).get("b")
    assert after is not None
    assert (after.value, after.written, after.start) == (1, "1", text.index("b: 1") + 3)


def test_reason_shows_the_action() -> None:
    node = root(parse('a: "x{{ .Values.b |\n  quote }}"\n')).get("a")
    assert node is not None
    assert isinstance(node.value, Unknown)
    assert node.value.reason == "`{{ .Values.b | quote }}` is filled in by the template engine"


def test_line_that_is_all_of_a_value_is_that_value() -> None:
    parsed = parse('labels:\n  {{- include "labels" . | nindent 2 }}\nspec: 1\n')
    assert plain(root(parsed), "?") == {"labels": "?", "spec": 1}


def test_key_with_an_action_makes_its_mapping_open() -> None:
    value = root(parse("a: 1\n{{ .b }}: 2\n{{ .c }}: 3\nd-{{ .e }}: {f: 4}\n")).value
    assert isinstance(value, MapValue)
    assert (set(value.entries), set(value.keys)) == ({"a"}, {"a"})
    assert value.rest is not None
    assert (value.rest.kind, value.rest.parts) == ("template", ())


def test_key_with_an_action_beside_a_merge_key() -> None:
    value = root(parse("a: &x {b: 1}\nc:\n  <<: *x\n  {{ .d }}: 2\n")).at("c")
    assert value is not None
    assert isinstance(value.value, MapValue)
    assert set(value.value.entries) == {"b"}
    assert value.value.rest is not None


def test_alias_of_a_value_that_is_filled_in_is_unknown() -> None:
    parsed = parse("- &x {{ .a }}\n- *x\n- &y b{{ .c }}: *y\n")
    assert plain(root(parsed), "?") == ["?", "?", {}]


def test_sequences_flow_collections_and_comments() -> None:
    parsed = parse("- {{ .a }}\n- [{{ .b }}, c, {d: {{ .e }}}]\n# {{ .f }}\n- g # {{ .h }}\n")
    assert plain(root(parsed), "?") == ["?", ["?", "c", {"d": "?"}], "g"]
    text = parsed.source.text.text
    assert [text[comment.start : comment.end] for comment in parsed.comments] == ["# {{ .f }}", "# {{ .h }}"]


@pytest.mark.parametrize(
    "text",
    [
        "{{/* about */}}\na: 1\nb: 2\n",
        "{{- /* about\nall */ -}}\na: 1\nb: 2\n",
        "a: 1\n{{- /* about */}}\nb: 2\n",
        "a: 1\n{{- /* {{ about }} */}}\nb: 2\n",
        "a: 1 {{/* about */}}\nb: 2\n",
        "{{ $x := .Values.x }}\na: 1\nb: 2\n",
        "{{- $x := .Values.x -}}\n{{- $y := 2 -}}\na: 1\nb: 2\n",
        "a: 1\n{{- $x = 2 }}\nb: 2\n",
    ],
)
def test_actions_without_text_leave_nothing(text: str) -> None:
    parsed = parse(text)
    assert plain(root(parsed), "?") == {"a": 1, "b": 2}
    assert root(parsed).written.startswith("a: 1")


def test_documents_are_kept_apart() -> None:
    parsed = parse("a: {{ .b }}\n---\n{{ .c }}\n---\nd: 1\n")
    assert [plain(document.root, "?") for document in parsed.documents] == [{"a": "?"}, "?", {"d": 1}]


def test_other_problems_are_kept() -> None:
    parsed = parse("a: {{ .b }}\na: 1\n")
    assert [problem.code for problem in parsed.problems] == ["duplicate-key"]


def test_text_without_actions_is_yaml() -> None:
    assert plain(root(parse("a: {b: c}\n"))) == {"a": {"b": "c"}}
    assert parse("a: @\n").problems[0].code == "yaml-syntax"


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("{{- if .a }}\nb: c\n{{- end }}\n", "decides which lines", "{{- if .a }}"),
        ("b:\n{{ range .a }}\n- {{ . }}\n{{ end }}\n", "decides which lines", "{{ range .a }}"),
        ("a: 1\n{{ with .b }}c: 2{{ end }}\n", "decides which lines", "{{ with .b }}"),
        ("a: {{ if .b }}1\nc: 2\n{{ end }}", "decides which lines", "{{ if .b }}"),
        ("a: b{{ if .c }}\n", "decides which lines", "{{ if .c }}"),
        ("a: b{{ end }}\n", "decides which lines", "{{ end }}"),
        ('{{ define "a" }}b: c{{ end }}', "decides which lines", '{{ define "a" }}'),
        ("# {{ if .a }}\nb: c\n", "decides which lines", "{{ if .a }}"),
        ("a: {{ .b\nc: d\n", "no end", "{{"),
        ('a: {{ "b }}\n', "no end", "{{"),
        (
            "a:\n  b: 1\n    {{- toYaml .c | nindent 2 }}\n",
            "stands among the lines",
            "{{- toYaml .c | nindent 2 }}",
        ),
        (
            "a:\n  b: 1\n  {{- toYaml .c | nindent 2 }}\n",
            "stands among the lines",
            "{{- toYaml .c | nindent 2 }}",
        ),
        ("a: {{- .b }}\nc: d\n", "no YAML around", ":"),
        ("a: {{ .b -}}\nc: d\n", "no YAML around", ":"),
        ("a: &{{ .b }} c\n", "no YAML around", "&"),
    ],
)
def test_template_that_is_not_maskable_says_why_and_where(text: str, reason: str, place: str) -> None:
    why, where = refuse(text)
    assert reason in why
    assert where == place


def test_text_with_every_mask_is_refused() -> None:
    signs = "".join(chr(code) for code in range(0xFDD0, 0xFDF0))
    assert refuse(f"a: {{{{ .b }}}}\nc: {signs}\n")[0].startswith("the text has every character")


ACTIONS = ["{{ .x }}", "{{- .y -}}", "{{/* z */}}", "{{- $v := 1 }}", "{{ if .c }}", "{{ end }}"]
LINES = ["{{- include . | nindent 2 }}", "a: ", "b", "\n", "  ", "- ", "|\n  ", "\r\n"]
SIGNS = ["{{", "}}", '"', "'", "`", "#", ":", "{"]
PIECES = st.lists(st.sampled_from([*ACTIONS, *LINES, *SIGNS]), max_size=20).map("".join)


@settings(max_examples=300, deadline=None)
@given(PIECES)
def test_masking_keeps_the_length_and_what_is_no_action(text: str) -> None:
    masked = mask_templates(text)
    if isinstance(masked, NotMaskable):
        assert 0 <= masked.start <= masked.end <= len(text)
        return
    assert isinstance(masked, Masked)
    assert len(masked.text) == len(text)
    assert "{{" not in masked.text
    for before, after in zip(text, masked.text, strict=True):
        assert after in {before, masked.sign, " ", "\n"}
    for start, end in masked.stretches:
        assert set(masked.text[start:end]) == {masked.sign}
    assert masked.text.count(masked.sign) == sum(end - start for start, end in masked.stretches)


@settings(max_examples=300, deadline=None)
@given(PIECES)
def test_no_mask_is_left_in_a_value(text: str) -> None:
    parsed = parse_template_yaml(source_of(text), DEFAULT_LIMITS)
    if isinstance(parsed, NotMaskable):
        return
    for document in parsed.documents:
        for node, _, _ in walk(document.root):
            known = node.value.parts if isinstance(node.value, Unknown) else (node.value,)
            assert not any(isinstance(part, str) and "\ufdd0" in part for part in known)
