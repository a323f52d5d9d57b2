"""Laws of evaluation, over generated expressions and values."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from views.terraform_evaluate_support import GivenNames, shown, value_of
from vvbscan.model.node import MapValue, Node, SeqValue, Source, Unknown
from vvbscan.parse.hcl_tree import (
    Broken,
    Call,
    Conditional,
    Expression,
    ForExpression,
    GetAttribute,
    GetIndex,
    Literal,
    ObjectConstructor,
    Operation,
    Parenthesised,
    Splat,
    Template,
    TemplateFor,
    TemplateIf,
    Traversal,
    TupleConstructor,
    Unary,
    Variable,
)
from vvbscan.text import SourceText
from vvbscan.views.terraform.evaluate import evaluate
from vvbscan.views.terraform.functions import _HOMES, _NOT_KNOWN, _SPECIAL
from vvbscan.views.terraform.functions.graphemes import graphemes
from vvbscan.views.terraform.scope import Budget, EvaluationFault, Scope

SOURCE = Source("main.tf", SourceText("x" * 100))
NAMES = sorted({*_HOMES, *_NOT_KNOWN, *_SPECIAL, "provider::aws::arn_parse", "nothing"})

texts = st.text(st.sampled_from('ab/.,-% \n"{}[]()*+?\\1:éß☃'), max_size=8)
names = st.sampled_from(["a", "b", "c"])
scalars = st.one_of(
    texts,
    st.integers(-5, 300),
    st.sampled_from([0.5, 1.5, -2.25, 10**30, 10**40]),
    st.booleans(),
    st.none(),
    st.sampled_from(["10.0.0.0/8", "2018-01-02T23:12:01Z", "1h", "%s-%d", "[1]", "YQ==", "fd00::/64"]),
)


def span(make: Any, *parts: Any) -> Expression:
    return make(*parts, 0, 10)  # type: ignore[no-any-return]


literals = st.builds(lambda value: Literal(value, 0, 10, "quoted" if isinstance(value, str) else ""), scalars)
variables = st.one_of(
    st.builds(lambda name: span(Variable, name), names),
    st.sampled_from(
        [
            Traversal(Variable("unknown", 0, 5), (GetAttribute("x", 5, 7),), 0, 10),
            Traversal(Variable("computed", 0, 5), (GetAttribute("x", 5, 7),), 0, 10),
            Broken(0, 10),
        ]
    ),
)


def composed(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, max_size=3).map(tuple)
    template = st.builds(lambda parts: Template(parts, 0, 10, "quoted"), several)
    steps = st.lists(
        st.one_of(
            st.builds(lambda name: GetAttribute(name, 0, 10), st.one_of(names, st.just("0"))),
            st.builds(lambda key: GetIndex(key, 0, 10), inner),
            st.builds(lambda name: Splat(False, (GetAttribute(name, 0, 10),), 0, 10), names),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple)
    levels = [("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%")]
    return st.one_of(
        st.builds(lambda items: span(TupleConstructor, items), several),
        st.builds(
            lambda items: span(ObjectConstructor, tuple(items)), st.lists(st.tuples(inner, inner), max_size=3)
        ),
        st.builds(
            lambda name, arguments, expanded: Call(name, arguments, expanded, 0, 10),
            st.sampled_from(NAMES),
            several,
            st.booleans(),
        ),
        st.builds(lambda operator, one: span(Unary, operator, one), st.sampled_from("!-"), inner),
        st.sampled_from(levels).flatmap(
            lambda level: st.builds(
                lambda first, rest: span(Operation, first, tuple(rest)),
                inner,
                st.lists(st.tuples(st.sampled_from(level), inner), min_size=1, max_size=2),
            )
        ),
        st.builds(lambda one, two, three: span(Conditional, one, two, three), inner, inner, inner),
        st.builds(lambda one: span(Parenthesised, one), inner),
        st.builds(lambda root, steps: span(Traversal, root, steps), inner, steps),
        st.builds(
            lambda collection, key, result, grouped, condition: ForExpression(
                "a", "b", collection, key, result, grouped and key is not None, condition, 0, 10
            ),
            inner,
            st.none() | inner,
            inner,
            st.booleans(),
            st.none() | inner,
        ),
        template,
        st.builds(
            lambda parts: Template(parts, 0, 10, "quoted"),
            st.lists(
                st.one_of(
                    inner,
                    st.builds(
                        lambda one, body, other: TemplateIf(one, body, other, 0, 10),
                        inner,
                        template,
                        st.none() | template,
                    ),
                    st.builds(lambda one, body: TemplateFor("a", "b", one, body, 0, 10), inner, template),
                ),
                max_size=3,
            ).map(tuple),
        ),
    )


expressions = st.recursive(literals | variables, composed, max_leaves=12)


def outcome(expression: Expression, steps: int = 3000) -> tuple[object, int]:
    """The value or the fault of an expression, and what is left of the steps."""
    budget = Budget(steps, 2000)
    bindings = {
        "a": Node(1, SOURCE, 1, 2),
        "b": Node(SeqValue((Node("x", SOURCE, 3, 4), Node("y", SOURCE, 5, 6))), SOURCE, 2, 7),
    }
    scope = Scope(SOURCE, GivenNames({}, frozenset(), {}, budget), bindings, budget)
    try:
        node = evaluate(expression, scope)
    except EvaluationFault as fault:
        return (fault.code, fault.message, fault.start, fault.end), budget.left
    check(node)
    assert budget.depth == 0
    return described(node), budget.left


def check(node: Node) -> None:
    """A value is of the types that values have, and its strings are bounded."""
    value = node.value
    assert isinstance(value, (str, int, float, MapValue, SeqValue, Unknown)) or value is None
    assert 0 <= node.start <= node.end <= 100
    assert len(node.via) <= 60
    if isinstance(value, str):
        assert len(value) <= 2000
    elif isinstance(value, float):
        assert not value.is_integer()
    elif isinstance(value, Unknown):
        assert value.reason
        assert not value.parts or any(value.parts)
        assert sum(len(part or "") for part in value.parts) <= 2000
    elif isinstance(value, MapValue):
        assert value.entries.keys() == value.keys.keys()
    for child in (*node.items(), *(child for _, _, child in node.members())):
        check(child)


def described(node: Node) -> object:
    return shown(node), node.start, node.end, node.style, [step.label for step in node.via]


@settings(max_examples=500, deadline=None)
@given(expressions)
def test_evaluation_gives_a_value_or_a_fault_and_the_same_each_time(expression: Expression) -> None:
    first = outcome(expression)
    assert outcome(expression) == first


@settings(max_examples=100, deadline=None)
@given(expressions, st.integers(0, 30))
def test_with_few_steps_left_it_is_so_too(expression: Expression, steps: int) -> None:
    assert outcome(expression, steps) == outcome(expression, steps)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(_HOMES)), st.lists(expressions, max_size=4))
def test_each_function_takes_anything(name: str, arguments: list[Expression]) -> None:
    outcome(Call(name, tuple(arguments), False, 0, 10))


# Laws


def hcl(value: object) -> str:
    """A value as an expression."""
    if isinstance(value, str):
        signs = [f"\\u{ord(sign):04x}" if sign < " " or sign in '"\\$%' else sign for sign in value]
        return f'"{"".join(signs)}"'
    if isinstance(value, list):
        return f"[{', '.join(map(hcl, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{hcl(key)} = {hcl(item)}' for key, item in value.items())}}}"
    return json.dumps(value)


words = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cs"]), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
maps = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 9), max_size=4)
lists = st.lists(st.sampled_from("abcde"), max_size=5)


@given(values)
def test_constructors_give_what_they_hold(value: object) -> None:
    assert value_of(hcl(value)) == value


@given(values)
def test_json_comes_back(value: object) -> None:
    assert value_of(f"jsondecode(jsonencode({hcl(value)}))") == value
    text = value_of(f"jsonencode({hcl(value)})")
    assert isinstance(text, str)
    assert json.loads(text) == value
    assert value_of(f'jsondecode(join("", [jsonencode({hcl(value)})]))') == value


@given(maps, maps, maps)
def test_merge_is_associative_and_later_members_win(one: object, two: object, three: object) -> None:
    a, b, c = hcl(one), hcl(two), hcl(three)
    assert value_of(f"merge({a}, merge({b}, {c}))") == value_of(f"merge(merge({a}, {b}), {c})")
    assert isinstance(one, dict)
    assert isinstance(two, dict)
    assert value_of(f"merge({a}, {b})") == {**one, **two}
    assert value_of(f"merge({a}, {{}})") == one


@given(lists, lists)
def test_lists_follow_the_laws_of_lists(one: list[str], two: list[str]) -> None:
    a, b = hcl(one), hcl(two)
    assert value_of(f"concat({a}, {b})") == one + two
    assert value_of(f"flatten([{a}, [{b}]])") == one + two
    assert value_of(f"sort(concat({a}, {b}))") == sorted(one + two)
    assert value_of(f"reverse(reverse({a}))") == one
    assert value_of(f"distinct({a})") == list(dict.fromkeys(one))
    assert value_of(f"setunion({a}, {b})") == sorted({*one, *two})
    assert value_of(f"setintersection({a}, {b})") == sorted({*one} & {*two})
    assert value_of(f"setsubtract({a}, {b})") == sorted({*one} - {*two})
    assert value_of(f'join("/", {a})') == "/".join(one)
    assert value_of(f"length({a}) + length({b})") == len(one + two)
    if one:
        assert value_of(f'split("/", join("/", {a}))') == one


@given(maps)
def test_maps_come_apart_and_together(value: dict[str, int]) -> None:
    text = hcl(value)
    assert value_of(f"zipmap(keys({text}), values({text}))") == value
    assert value_of(f"{{ for k, v in {text} : k => v }}") == value
    assert value_of(f"keys({text})") == sorted(value)


@given(maps, lists)
def test_what_is_known_of_open_collections_is_so_whatever_the_rest_is(
    value: dict[str, int], items: list[str]
) -> None:
    """What an expression says of an unknown holds for any value that it turns out to have."""
    expression = '{{ merged = merge({0}, {1}), has = contains(concat({2}, {3}), "a") }}'
    known = value_of(expression.format(hcl({"a": 1, "b": 2}), hcl(value), '["a", "b"]', hcl(items)))
    partly = value_of(expression.format(hcl({"a": 1, "b": 2}), "unknown.x", '["a", "b"]', "unknown.y"))
    assert agrees(partly, known)
    behind = value_of(expression.format("unknown.x", hcl(value), "unknown.y", hcl(items)))
    known = value_of(expression.format(hcl({"a": 1, "b": 2}), hcl(value), '["a", "b"]', hcl(items)))
    assert agrees(behind, known)


def agrees(partly: object, known: object) -> bool:
    if isinstance(partly, str) and "?" in partly:
        return True
    if isinstance(partly, dict):
        assert isinstance(known, dict)
        is_open = "..." in partly
        named = {key: item for key, item in partly.items() if key != "..."}
        return all(key in known and agrees(item, known[key]) for key, item in named.items()) and (
            is_open or named.keys() == known.keys()
        )
    return partly == known


# Differential tests


@given(st.integers(0, 2**32 - 1), st.integers(0, 30), st.data())
def test_subnets_are_those_of_the_standard_library(address: int, length: int, data: st.DataObject) -> None:
    network = ipaddress.ip_network((address, length), strict=False)
    bits = data.draw(st.integers(0, min(8, 32 - length)))
    subnets = list(network.subnets(bits)) if bits else [network]
    number = data.draw(st.integers(0, len(subnets) - 1))
    prefix = f"{ipaddress.ip_address(address)}/{length}"
    assert value_of(f'cidrsubnet("{prefix}", {bits}, {number})') == str(subnets[number])
    host = data.draw(st.integers(0, network.num_addresses - 1))
    assert value_of(f'cidrhost("{prefix}", {host})') == str(network[host])
    assert value_of(f'cidrnetmask("{prefix}")') == str(network.netmask)


@given(st.integers(8, 24), st.lists(st.integers(1, 6), min_size=1, max_size=6))
def test_subnets_in_a_row_are_apart_and_inside(length: int, bits: list[int]) -> None:
    try:
        found = value_of(f'cidrsubnets("10.0.0.0/{length}", {", ".join(map(str, bits))})')
    except EvaluationFault:
        return
    assert isinstance(found, list)
    networks = [ipaddress.IPv4Network(str(one)) for one in found]
    whole = ipaddress.IPv4Network(f"10.0.0.0/{length}")
    assert [one.prefixlen - length for one in networks] == bits
    for before, one in zip([None, *networks], networks, strict=False):
        assert one.subnet_of(whole)
        assert before is None or before.broadcast_address < one.network_address


@given(
    st.sampled_from(["d", "x", "X", "o"]),
    st.sampled_from(["", "-", "+", " ", "0"]),
    st.sampled_from(["", "3", "8"]),
    st.integers(-(10**6), 10**6),
)
def test_whole_numbers_are_formatted_as_python_does(letter: str, flag: str, width: str, number: int) -> None:
    expected = f"%{flag}{width}{letter}" % number
    assert value_of(f'format("%{flag}{width}{letter}", {number})') == expected


@given(
    st.sampled_from(["f", "e", "E"]),
    st.sampled_from(["", ".0", ".1", ".3"]),
    st.sampled_from(["", "8", "-8", "+", "08"]),
    st.integers(-(10**6), 10**6),
    st.integers(0, 3),
)
def test_fractions_are_formatted_as_python_does(
    letter: str, precision: str, width: str, digits: int, places: int
) -> None:
    number = digits / 10**places
    assert (
        value_of(f'format("%{width}{precision}{letter}", {digits}e-{places})')
        == f"%{width}{precision}{letter}" % number
    )


@given(texts, st.integers(-4, 9), st.integers(-1, 9))
def test_substr_is_a_slice(text: str, offset: int, length: int) -> None:
    start = max(0, len(text) + offset) if offset < 0 else offset
    expected = text[start:] if length < 0 else text[start : start + length]
    assert value_of(f"substr({hcl(text)}, {offset}, {length})") == expected


PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", "^", "$", r"\b", "1", "(?:)"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.text("ab1 \n", max_size=8))
def test_patterns_match_what_python_matches(pattern: str, text: str) -> None:
    """The first match. Repetitions of what may match nothing differ between engines."""
    python = re.search(pattern.replace("$", r"\Z"), text, re.ASCII)
    assume(not may_repeat_nothing(pattern))
    groupless = pattern.replace("(", "(?:").replace("(?:?:", "(?:")
    found = value_of(f"try(regexall({hcl(groupless)}, {hcl(text)})[0], null)")
    assert found == (python[0] if python else None)


def may_repeat_nothing(pattern: str) -> bool:
    """Whether a repetition is of something that can match nothing, after which engines go on differently."""
    from re import _parser

    def check_tree(tree: Any) -> bool:
        for kind, value in tree:
            if str(kind) in {"MAX_REPEAT", "MIN_REPEAT"}:
                if value[2].getwidth()[0] == 0 or check_tree(value[2]):
                    return True
            elif (str(kind) == "SUBPATTERN" and check_tree(value[3])) or (
                str(kind) == "BRANCH" and any(check_tree(one) for one in value[1])
            ):
                return True
        return False

    return check_tree(_parser.parse(pattern))


@given(
    st.text(
        st.sampled_from(
            "ae\u0301\u200d\ufe0f\U0001f468\U0001f3fd\U0001f1e9\u1100\u1161\u11a8\uac00\uac01\r\n "
        ),
        max_size=8,
    )
)
def test_characters_are_those_of_a_full_implementation(text: str) -> None:
    import regex  # type: ignore[import-untyped, unused-ignore]

    assert graphemes(text) == regex.findall(r"\X", text)
    assert "".join(graphemes(text)) == text
