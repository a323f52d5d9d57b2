"""Arguments of resources: conversion to the provider's types, defaults, and what refers to what."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from vvbscan.model.node import COMPUTED, MapValue, Node, Scalar, SeqValue, Source, Unknown
from vvbscan.text import SourceText
from vvbscan.views.terraform.arguments import (
    Targets,
    argument,
    boolean,
    given,
    items,
    number,
    text,
    undecided,
)
from vvbscan.views.terraform.model import Resource

SOURCE = Source("main.tf", SourceText('resource "aws_db_instance" "main" {}'))
Value = Scalar | MapValue | SeqValue | Unknown
LATER = Unknown("variable", "var.size has no default")


def node(value: Value) -> Node:
    return Node(value, SOURCE, 3, 5)


def mapping(rest: Unknown | None = None, **members: Value) -> MapValue:
    entries = {name: node(value) for name, value in members.items()}
    return MapValue(entries, entries, rest)


def resource(label: str = "main", rest: Unknown | None = None, **arguments: Value) -> Resource:
    anchor = Node("", SOURCE, 0, 34)
    root = node(mapping(rest, **arguments))
    return Resource(
        "managed",
        "aws_db_instance",
        label,
        f"module.db.aws_db_instance.{label}",
        root,
        anchor,
        module="module.db",
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [(True, True), (False, False), ("true", True), ("false", False), ("1", True), ("0", False)],
)
def test_booleans_keep_their_place(written: Scalar, value: bool) -> None:
    found = boolean(resource(multi_az=written), "multi_az", default=not value)
    assert found is not None
    assert (found.value, found.start, found.end) == (value, 3, 5)


@pytest.mark.parametrize("written", ["yes", "True", 1, 2.5])
def test_what_is_no_boolean_is_unknown(written: Scalar) -> None:
    found = boolean(resource(multi_az=written), "multi_az", default=False)
    assert found is not None
    assert found.value == Unknown("expression", "multi_az is not a boolean")


@pytest.mark.parametrize(
    ("written", "value"), [("20", 20), (20, 20), (1.5, 1.5), ("1.5", 1.5), ("1e3", 1000)]
)
def test_numbers(written: Scalar, value: float) -> None:
    found = number(resource(size=written), "size")
    assert found is not None
    assert found.value == value
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    "written", ["many", "nan", "inf", "1e400", "", True, 10**400, -(2**63), float("inf")]
)
def test_what_is_no_number_is_unknown(written: Scalar) -> None:
    found = number(resource(size=written), "size")
    assert found is not None
    assert isinstance(found.value, Unknown)


@pytest.mark.parametrize(
    ("written", "value"), [("16", "16"), (16, "16"), (16.0, "16"), (16.3, "16.3"), (True, "true")]
)
def test_texts(written: Scalar, value: str) -> None:
    found = text(resource(version=written), "version")
    assert found is not None
    assert found.value == value


@hypothesis.given(
    st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
)
def test_conversion_never_raises_and_is_idempotent(written: Scalar) -> None:
    for convert in (boolean, number, text):
        once = convert(resource(it=written), "it")
        assert once is not None
        assert isinstance(once.value, Unknown) or convert(once) is once


def test_defaults_stand_at_the_header() -> None:
    found = boolean(resource(), "multi_az", default=False)
    assert found is not None
    assert (found.value, found.start, found.end, found.style) == (False, 0, 34, COMPUTED)
    assert boolean(resource(), "multi_az") is None


def test_an_open_resource_has_no_defaults() -> None:
    found = boolean(resource(rest=LATER), "multi_az", default=False)
    assert found is not None
    assert found.value is LATER


def test_unknown_values_stay_unknown() -> None:
    holder = resource(size=LATER, site=SeqValue((node(LATER),)))
    for found in (number(holder, "size", default=1), boolean(holder, "site", 0, "https", default=True)):
        assert found is not None
        assert found.value is LATER
    assert undecided(argument(holder, "none"), argument(holder, "size")) is LATER
    assert undecided(argument(holder, "none")) is None


def test_blocks_are_holders_too() -> None:
    holder = resource(site=SeqValue((node(mapping(https="true")), node(mapping())), LATER))
    blocks = items(holder, "site")
    assert blocks.rest is LATER
    assert [found.value for block in blocks.nodes if (found := boolean(block, "https", default=False))] == [
        True,
        False,
    ]
    assert argument(holder, "site", 2) is not None, "there may be a third"


@pytest.mark.parametrize("empty", ["", SeqValue(())])
def test_what_is_empty_is_not_given(empty: Value) -> None:
    assert given(resource(snapshot=empty), "snapshot") is None
    assert given(resource(), "snapshot") is None


@pytest.mark.parametrize("written", ["a", 0, False, SeqValue((), LATER), LATER])
def test_what_may_be_something_is_given(written: Value) -> None:
    found = given(resource(snapshot=written), "snapshot")
    assert found is not None
    assert found.value is written


def test_one_mapping_is_a_list_of_one() -> None:
    assert len(items(resource(site=mapping(https=True)), "site").nodes) == 1
    assert items(resource(), "site") == ((), None)
    assert items(resource(site=LATER), "site") == ((), LATER)


def test_targets_are_found_by_reference() -> None:
    targets = Targets([resource("first"), resource("second")], "name", "id")
    reference = node(Unknown("computed", "known later", reference="module.db.aws_db_instance.second.id"))
    assert targets.get(reference) is list(targets)[1]
    other = node(Unknown("computed", "known later", reference="module.db.aws_db_instance.second.endpoint"))
    assert targets.get(other) is None
    assert targets.get(node(LATER)) is None
    assert targets.get(None) is None


def test_targets_are_found_by_name() -> None:
    shared = Unknown("computed", "known later", reference="random_id.name.hex")
    targets = Targets([resource("first", name="vvb"), resource("second", name=shared)], "name")
    first, second = targets
    assert targets.get(node("vvb")) is first
    assert targets.get(node(shared)) is second
    assert targets.get(node("other")) is None
