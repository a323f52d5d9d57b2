"""Circles of references. Terraform 1.11.4 refuses each of these, and none of those that are no circle."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.terraform_support import Files, load, resources, value

MODULE = """
variable "i" {}
variable "j" { default = 1 }
output "o" { value = local.o }
output "p" { value = 1 }
locals { o = [for one in [var.i] : one] }
resource "x" "a" {
  a = var.i
  b = var.j
}
"""


def ways(files: Files) -> list[tuple[str, str]]:
    """The line and the way of each circle that is told."""
    found = []
    for notice in load(files).notices:
        assert notice.code == "terraform-cycle", notice
        assert notice.level == "warning"
        assert notice.location is not None
        found.append(
            (f"{notice.path}:{notice.location.line}", notice.message.partition(": ")[2].removesuffix("."))
        )
    return found


@pytest.mark.parametrize(
    ("text", "line", "way"),
    [
        ('resource "x" "y" {\n  a = x.y.b\n}\n', 2, "x.y → x.y"),
        ('resource "x" "y" {\n  b {\n    a = "${x.y.b}-a"\n  }\n}\n', 3, "x.y → x.y"),
        ('resource "x" "y" {\n  count = 2\n  a = x.y[0].b\n}\n', 3, "x.y → x.y"),
        ('resource "x" "y" {\n  for_each = toset(keys(x.y))\n}\n', 2, "x.y → x.y"),
        ('data "x" "y" {\n  a = data.x.y.b\n}\n', 2, "data.x.y → data.x.y"),
        ('resource "x" "y" {\n  a = local.c\n}\nlocals {\n  c = x.y.id\n}\n', 2, "local.c → x.y → local.c"),
        (
            "locals {\n  a = local.b\n  b = local.c.d\n  c = { d = upper(local.a) }\n  e = local.a\n}\n",
            4,
            "local.a → local.b → local.c → local.a",
        ),
        (
            'resource "x" "a" {\n  a = x.b[*].id\n}\nresource "x" "b" {\n  a = x.a.id\n}\n',
            5,
            "x.a → x.b → x.a",
        ),
        (
            'resource "x" "a" {\n  a = x.b.id\n}\nresource "x" "b" {\n  depends_on = [x.a]\n}\n',
            5,
            "x.a → x.b → x.a",
        ),
        (
            (
                'resource "x" "a" {\n  dynamic "b" {\n    for_each = data.x.b.c\n    content {}\n  }\n}\n'
                'data "x" "b" {\n  d = resource.x.a.id\n}\n'
            ),
            8,
            "x.a → data.x.b → x.a",
        ),
    ],
)
def test_a_circle_is_told_with_its_way(text: str, line: int, way: str) -> None:
    assert ways(text) == [(f"main.tf:{line}", way)]


@pytest.mark.parametrize(
    ("argument", "way"),
    [
        ("i = module.m.o", "argument i of module.m → module.m.o → argument i of module.m"),
        ("i = module.m", "argument i of module.m → module.m → argument i of module.m"),
        ("count = length(module.m)", "module.m → module.m → module.m"),
        ("count = length(module.m[*].p)", "module.m → module.m.p → module.m"),
    ],
)
def test_a_circle_through_a_module(argument: str, way: str) -> None:
    i = "" if argument.startswith("i") else "  i = 1\n"
    text = f'module "m" {{\n  source = "./m"\n  {argument}\n{i}}}\n'
    assert ways({"main.tf": text, "m/main.tf": MODULE}) == [("main.tf:3", way)]


def test_a_circle_through_two_modules() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n  i = x.y.id\n}\n'
        'resource "x" "y" {\n  a = module.m.o\n}\n',
        "m/main.tf": 'variable "i" {}\noutput "o" {\n  value = module.n.o\n}\n'
        'module "n" {\n  source = "../n"\n  i = var.i\n}\n',
        "n/main.tf": MODULE,
    }
    assert ways(files) == [("main.tf:3", "x.y → module.m.o → argument i of module.m → x.y")]


def test_what_waits_for_a_module_that_waits_for_it() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n  i = 1\n  depends_on = [x.y]\n}\n'
        'resource "x" "y" {\n  a = module.m.p\n}\n',
        "m/main.tf": MODULE,
    }
    assert ways(files) == [("main.tf:4", "x.y → module.m.p → module.m → x.y")]


def test_a_long_way_is_told_in_short() -> None:
    lines = "".join(f"  a{number} = local.a{number + 1}\n" for number in range(30))
    ((line, way),) = ways(f"locals {{\n{lines}  a30 = local.a0\n}}\n")
    assert line == "main.tf:32"
    assert way == (
        "local.a0 → local.a1 → local.a2 → local.a3 → … → local.a28 → local.a29 → local.a30 → local.a0"
    )


@pytest.mark.parametrize(
    "text",
    [
        'resource "x" "y" {\n  depends_on = [x.y]\n  a = 1\n}\n',
        'resource "x" "y" {\n  a = 1\n  provisioner "p" {\n    b = x.y.id\n  }\n}\n',
        'resource "x" "y" {\n  a = 1\n  lifecycle {\n    ignore_changes = [x]\n  }\n}\n',
        'resource "x" "y" {\n  a = [for x in [{ z = 1 }] : x.z]\n}\n',
        'variable "y" { default = 1 }\nlocals {\n  y = var.y\n}\n',
        'module "m" {\n  source = "./m"\n  i = module.m.p\n}\n',
        'module "m" {\n  source = "./m"\n  i = 1\n  j = module.m.o\n}\n',
        'module "m" {\n  source = "example/m/x"\n  i = x.y.id\n}\nresource "x" "y" {\n  a = module.m.o\n}\n',
        'module "m" {\n  source = "./m"\n  i = 1\n}\nmodule "n" {\n  source = "./m"\n  i = module.m.o\n}\n',
    ],
)
def test_what_is_no_circle(text: str) -> None:
    assert ways({"main.tf": text, "m/main.tf": MODULE}) == []


def test_what_is_in_a_circle_is_unknown_and_the_rest_is_known() -> None:
    text = 'locals {\n  a = local.b\n  b = local.a\n}\nresource "x" "y" {\n  a = local.b\n  b = 1\n}\n'
    assert value(resources(text)["x.y"].root) == {"a": "?", "b": 1}


@given(st.lists(st.sets(st.integers(0, 7), max_size=3), min_size=8, max_size=8))
def test_there_is_a_circle_where_there_is_no_order(uses: list[set[int]]) -> None:
    lines = [
        f"  a{number} = [{', '.join(f'local.a{one}' for one in used)}]\n" for number, used in enumerate(uses)
    ]
    try:
        TopologicalSorter(dict(enumerate(uses))).prepare()
    except CycleError:
        is_ordered = False
    else:
        is_ordered = True
    found = ways(f"locals {{\n{''.join(lines)}}}\n")
    assert (not found) is is_ordered
    for _, way in found:
        names = [int(name.removeprefix("local.a")) for name in way.split(" → ") if name != "…"]
        if "…" not in way:
            assert all(later in uses[name] for name, later in pairwise(names))
        assert names[0] == names[-1]
