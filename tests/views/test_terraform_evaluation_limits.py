"""Evaluation of hostile expressions: bounded, and never anything but a value or a fault."""

from __future__ import annotations

import pytest

from views.terraform_evaluate_support import node_of, parsed, scope_of, shown, unknown_of, value_of
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.parse.hcl_tree import Expression, Literal, Unary
from vvbscan.views.terraform.evaluate import evaluate
from vvbscan.views.terraform.scope import Budget

STEPS = Unknown("limit", "the evaluation took more steps than the limit allows")


def limited(text: str, steps: int = 1000, length: int = 1000) -> Node:
    return node_of(text, budget=Budget(steps, length))


def test_after_the_last_step_everything_is_unknown() -> None:
    assert limited("[1 + 1]", steps=2).items()[0].value == 2
    assert limited("[1 + 1]", steps=1).items()[0].value == STEPS
    assert limited("1 + 1", steps=0).value == STEPS


@pytest.mark.parametrize(
    "expression",
    [
        "setproduct(range(100), range(100), range(100))",
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a + b + c]]]",
        "{ for a in range(1000) : a => { for b in range(1000) : b => a + b } }",
        "flatten([for a in range(1000) : [for b in range(1000) : b]])",
        "length([for a in range(1000) : jsonencode(range(1000))])",
        '"%{ for a in range(1000) }%{ for b in range(1000) }${a + b}%{ endfor }%{ endfor }"',
        'regexall("a.*?b|a", join("", [for x in range(1000) : "a"]))',
        "matchkeys(range(1000), range(1000), range(1000))",
        "setintersection(range(1000), range(1000))",
    ],
)
def test_work_that_multiplies_ends(expression: str) -> None:
    budget = Budget(20_000, 100_000)
    node = node_of(expression, budget=budget)
    assert count_limits(node) > 0


def count_limits(node: Node) -> int:
    value = node.value
    if isinstance(value, Unknown):
        return value.kind == "limit"
    children = [*node.items(), *(child for _, _, child in node.members())]
    rest = value.rest if isinstance(value, (SeqValue, MapValue)) else None
    return sum(map(count_limits, children)) + (rest is not None and rest.kind == "limit")


def test_strings_do_not_grow_beyond_the_limit() -> None:
    variables = {f"a{n}": f'"${{var.a{n - 1}}}${{var.a{n - 1}}}"' for n in range(1, 30)}
    unknown = node_of("var.a12", {"a0": '"x"', **variables}, budget=Budget(100_000, 1000)).value
    assert isinstance(unknown, Unknown)
    assert (unknown.kind, unknown.reason) == ("limit", "the string is longer than 1000 characters")


@pytest.mark.parametrize(
    "expression",
    [
        'join("", [for x in range(1000) : "xx"])',
        'format("%999s%999s", 1, 2)',
        'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")',
        'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "/a/", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")',
        'indent(500, "a\\nb\\nc\\n")',
        'indent(1e15, "a\\nb\\nc\\n")',
        "jsonencode(range(1000))",
        'base64encode(join("", [for x in range(900) : "x"]))',
        'format("%9999999999999s", 1)',
    ],
)
def test_functions_do_not_make_longer_strings(expression: str) -> None:
    unknown = limited(expression, steps=100_000).value
    assert isinstance(unknown, Unknown)
    assert unknown.kind == "limit"


@pytest.mark.parametrize(
    "expression",
    ["pow(10, 1000000000)", "pow(2.5, 100000)", "1e300 * 1e300 * 1e300", "pow(10, 100) * pow(10, 100)"],
)
def test_numbers_do_not_grow_without_end(expression: str) -> None:
    assert unknown_of(expression).kind == "limit"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a*)*b", "a" * 500),
        ("(a|aa)+$", "a" * 500 + "b"),
        ("(x+x+)+y", "x" * 500),
        ("((a{0,20}){0,20})b", "a" * 500),
        ("(.*)(.*)(.*)(.*)(.*)[^.]$", "." * 500),
    ],
)
def test_no_pattern_takes_exponential_time(pattern: str, text: str) -> None:
    budget = Budget(1_000_000, 100_000)
    expression = f'can(regex("{pattern}", "{text}"))'
    assert node_of(expression, budget=budget).value in {False, True}
    assert budget.left > 0


def test_a_pattern_that_is_too_large_is_not_evaluated() -> None:
    assert unknown_of('regex("((a{100}){100}){100}", "a")').kind == "limit"
    assert unknown_of(f'regex("{"(" * 30}{")" * 30}", "a")').kind == "limit"
    assert unknown_of(f'regex("{"a" * 2000}", "a")').kind == "limit"


@pytest.mark.parametrize("wrapped", ["var.a{}", "[var.a{}]", "try(upper(var.a{}), 1)", "{{ a = var.a{} }}"])
def test_chains_of_references_end(wrapped: str) -> None:
    variables = {f"a{n}": wrapped.format(n + 1) for n in range(5000)}
    node = node_of("var.a0", {**variables, "a5000": '"x"'})
    deepest = node
    while deepest.items() or list(deepest.members()):
        deepest = deepest.items()[0] if deepest.items() else next(iter(deepest.members()))[2]
    assert isinstance(deepest.value, Unknown)
    assert deepest.value.kind == "limit"


def test_values_do_not_nest_without_end() -> None:
    """As when the innermost values are asked for first, and kept."""
    variables = {"a0": "[1]"}
    node = node_of("var.a0", variables)
    for _ in range(20):
        node = node_of("[[[[[[[[[[var.a0]]]]]]]]]]", variables)
        depth, inner = 0, node
        while inner.items():
            depth, inner = depth + 1, inner.items()[0]
        assert depth < 100
        variables = {"a0": shown_as_text(shown(node))}
        if isinstance(inner.value, Unknown):
            assert inner.value.kind == "limit"
            return
    raise AssertionError("the value nests without end")


def shown_as_text(value: object) -> str:
    return f"[{shown_as_text(value[0])}]" if isinstance(value, list) else "1"


def test_an_expression_that_is_nested_too_deep_is_unknown() -> None:
    expression: Expression = Literal(value=True, start=0, end=4)
    for _ in range(5000):
        expression = Unary("!", expression, 0, 4)
    _, source = parsed("true")
    value = evaluate(expression, scope_of(source)).value
    assert isinstance(value, Unknown)
    assert value.kind == "limit"


def test_templates_that_fill_in_themselves_end() -> None:
    files = {"a.tpl": 'x${templatefile("a.tpl", {})}'}
    from vvbscan.views.terraform.scope import EvaluationFault

    with pytest.raises(EvaluationFault) as raised:
        node_of('templatefile("a.tpl", {})', files=files)
    within = "templatefile(): more than 10 templates are filled in within each other"
    assert raised.value.message == f"the template a.tpl, line 1: {within}"


def test_a_fault_in_a_template_within_a_template_names_that_one() -> None:
    files = {"a.tpl": '${templatefile("b.tpl", {})}', "b.tpl": "x\n${y}"}
    from vvbscan.views.terraform.scope import EvaluationFault

    with pytest.raises(EvaluationFault) as raised:
        node_of('templatefile("a.tpl", {})', files=files)
    assert raised.value.message == "the template b.tpl, line 2: the template has no variable `y`"


def test_one_unknown_attribute_leaves_the_others_known() -> None:
    assert value_of("{ a = pow(10, 1000000), b = 1 }") == {"a": "?", "b": 1}
