"""What is known of an expression with something unknown holds for every value that this may turn out to have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from vvbscan.model.node import FLOW, MapValue, Node, Scalar, SeqValue, Source, Unknown
from vvbscan.parse.hcl_tree import (
    BARE,
    QUOTED,
    Call,
    Conditional,
    Expression,
    ForExpression,
    GetAttribute,
    GetIndex,
    Literal,
    ObjectConstructor,
    Operation,
    Splat,
    Step,
    Template,
    Traversal,
    TupleConstructor,
    Unary,
    Variable,
)
from vvbscan.text import SourceText
from vvbscan.views.terraform.evaluate import evaluate
from vvbscan.views.terraform.functions import _HOMES
from vvbscan.views.terraform.scope import Budget, EvaluationFault, Referred, Scope
from vvbscan.views.terraform.values import SET, Refused, may_be, text_of

SOURCE = Source("main.tf", SourceText("x" * 20))
UNKNOWN = Unknown("variable", "var.x has no value")


class OneName:
    """`var.x` is all that there is."""

    def __init__(self, value: Node) -> None:
        self.value = value

    def refer(self, root: str, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        assert root == "var", (root, steps, start, end)
        return Referred(self.value, 1, "default of var.x")

    def read_file(self, path: str) -> Source | None:
        del path
        return None

    def entries(self, path: str) -> Mapping[str, bool] | None:
        del path
        return None


def node(value: object) -> Node:
    if isinstance(value, list):
        return Node(SeqValue(tuple(map(node, value))), SOURCE, 0, 1, FLOW)
    if isinstance(value, dict):
        keys = {key: Node(key, SOURCE, 0, 1) for key in value}
        return Node(MapValue({key: node(item) for key, item in value.items()}, keys), SOURCE, 0, 1, FLOW)
    assert value is None or isinstance(value, (str, int, float))
    return Node(value, SOURCE, 0, 1)


SCALARS: st.SearchStrategy[Scalar] = st.sampled_from(["a", "b", "", "ab", "1", 1, 2, 0, True, False])
VALUES = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abx"), inner, max_size=2),
    max_leaves=4,
)
LEAVES: st.SearchStrategy[Expression] = st.one_of(
    SCALARS.map(lambda value: Literal(value, 0, 10, QUOTED if isinstance(value, str) else "")),
    SCALARS.map(lambda value: Literal(value, 0, 10, QUOTED if isinstance(value, str) else "")),
    st.just(Traversal(Variable("var", 0, 3), (GetAttribute("x", 3, 5),), 0, 10)),
    st.sampled_from(["a", "b"]).map(lambda name: Variable(name, 0, 5)),
)


def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(inner, max_size=3).map(tuple)
    names = st.sampled_from([Literal("a", 0, 1, BARE), Literal("b", 0, 1, BARE)])
    tuples = st.builds(lambda items: TupleConstructor(items, 0, 10), few)
    objects = st.builds(
        lambda items: ObjectConstructor(tuple(items), 0, 10),
        st.lists(st.tuples(names | inner, inner), max_size=3),
    )
    collections = st.one_of(inner, tuples, objects)
    attribute = GetAttribute("a", 0, 1)
    steps = st.one_of(
        st.sampled_from([attribute, Splat(False, (), 0, 1), Splat(False, (attribute,), 0, 1)]),
        st.builds(lambda key: GetIndex(key, 0, 1), inner),
    )
    return st.one_of(
        tuples,
        objects,
        st.builds(
            lambda name, arguments, expanded: Call(name, tuple(arguments), expanded, 0, 10),
            st.sampled_from(sorted({*_HOMES, "can"})),
            st.lists(collections, max_size=3),
            st.booleans(),
        ),
        st.builds(
            lambda operator, one, two: Operation(one, ((operator, two),), 0, 10),
            st.sampled_from(["==", "!=", "&&", "||", "+", "<"]),
            inner,
            inner,
        ),
        st.builds(lambda one, two, three: Conditional(one, two, three, 0, 10), inner, inner, inner),
        st.builds(lambda operator, one: Unary(operator, one, 0, 10), st.sampled_from("!-"), inner),
        st.builds(lambda parts: Template(parts, 0, 10, QUOTED), few),
        st.builds(
            lambda collection, key, result, grouped, condition: ForExpression(
                "a", "b", collection, key, result, grouped and key is not None, condition, 0, 10
            ),
            collections,
            st.none() | inner,
            inner,
            st.booleans(),
            st.none() | inner,
        ),
        st.builds(
            lambda root, taken: Traversal(root, tuple(taken), 0, 10),
            collections,
            st.lists(steps, min_size=1, max_size=2),
        ),
    )


def outcome(expression: Expression, x: Node) -> Node | EvaluationFault:
    budget = Budget(3000, 2000)
    bindings = {"a": node(1), "b": node(["x", "a"])}
    try:
        return evaluate(expression, Scope(SOURCE, OneName(x), bindings, budget))
    except EvaluationFault as fault:
        return fault


def agrees(partly: Node, known: Node) -> bool:
    """Whether what is known of a value does not contradict what it turned out to be."""
    one, two = partly.value, known.value
    if isinstance(two, Unknown):
        return True
    if isinstance(one, Unknown):
        return not one.parts or may_be(one, text(known) or "")
    if isinstance(one, SeqValue):
        return isinstance(two, SeqValue) and items_agree(partly, one, two)
    if isinstance(one, MapValue):
        return isinstance(two, MapValue) and members_agree(one, two)
    # Whether a number becomes a string beside something unknown depends on what that is.
    return one == two if one is None or two is None else text(partly) == text(known)


def text(value: Node) -> str | None:
    try:
        found = text_of(value)
    except Refused:
        return None
    return None if isinstance(found, Unknown) else str(found)


def items_agree(partly: Node, one: SeqValue, two: SeqValue) -> bool:
    if two.rest is not None:
        return True
    if one.rest is None and partly.style != SET:
        return len(one.items) == len(two.items) and all(map(agrees, one.items, two.items))
    # Beside a rest, an item that is not known may stand for none: `flatten([var.x])`.
    certain = [item for item in one.items if not isinstance(item.value, Unknown)]
    return all(any(agrees(item, other) for other in two.items) for item in certain)


def members_agree(one: MapValue, two: MapValue) -> bool:
    if two.rest is not None:
        return True
    if one.rest is None and one.entries.keys() != two.entries.keys():
        return False
    return all(key in two.entries and agrees(item, two.entries[key]) for key, item in one.entries.items())


@settings(max_examples=600, deadline=None)
@given(st.recursive(LEAVES, composed, max_leaves=8), VALUES)
def test_what_is_known_holds_whatever_the_unknown_is(expression: Expression, value: object) -> None:
    partly, known = outcome(expression, Node(UNKNOWN, SOURCE, 0, 1)), outcome(expression, node(value))
    if isinstance(known, EvaluationFault):
        return
    if isinstance(partly, EvaluationFault):
        # `!coalesce(1, var.x)`: if var.x is a string, so is the outcome, and then it may be a bool.
        assert partly.code == "terraform-type"
    else:
        assert agrees(partly, known)
