"""What instances of modules share: files that were decoded, types of variables, listings of directories."""

from __future__ import annotations

from collections import Counter

from views.terraform_evaluate_support import node_of, shown
from views.terraform_support import place, resources, value
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Problem, Source
from vvbscan.model.unit import Options, Unit
from vvbscan.views.terraform.kind import KIND, model_of
from vvbscan.views.terraform.scope import Budget

MODULE = """
    variable "size" {
      type = object({ zones = optional(list(string), ["a"]), name = optional(string, var.fallback) })
    }
    variable "fallback" {}
    locals {
      groups = yamldecode(file("${path.module}/groups.yaml"))
    }
    resource "x" "y" {
      days  = local.groups.days
      zones = var.size.zones
      name  = var.size.name
    }
    """
ROOT = """
    module "a" {
      source   = "./m"
      size     = {}
      fallback = "one"
    }
    module "b" {
      source   = "./m"
      size     = {}
      fallback = "two"
    }
    """


class CountingTree(MemoryTree):
    """A tree that counts how often each file is read."""

    def __init__(self, files: dict[str, str | bytes]) -> None:
        super().__init__(files)
        self.reads: Counter[str] = Counter()

    def read(self, path: str) -> tuple[Source, tuple[Problem, ...]]:
        self.reads[path] += 1
        return super().read(path)


def test_a_file_is_read_once_for_all_instances_and_units() -> None:
    tree = CountingTree({"main.tf": ROOT, "m/main.tf": MODULE, "m/groups.yaml": "days: 7\n"})
    for _ in range(2):
        loaded = KIND.load(Unit("terraform:.", "terraform", ("main.tf", "m/main.tf")), tree, Options())
        found = {one.address: one for one in model_of(loaded).configurations[0].resources}
        assert [place(one.get("days")) for one in found.values()] == ["m/groups.yaml: 7"] * 2
    assert tree.reads == {"main.tf": 1, "m/main.tf": 1, "m/groups.yaml": 1}


def test_a_default_within_a_type_is_that_of_the_instance() -> None:
    found = resources({"main.tf": ROOT, "m/main.tf": MODULE, "m/groups.yaml": "days: 7\n"})
    assert {address: value(one.get("name")) for address, one in found.items()} == {
        "module.a.x.y": "one",
        "module.b.x.y": "two",
    }
    assert [value(one.get("zones")) for one in found.values()] == [["a"], ["a"]]


def test_a_file_is_decoded_as_the_call_says() -> None:
    """`y` is true for `yamldecode` and no JSON."""
    files = {"a": '{"a": 1}', "b": "y"}
    both = node_of(
        '[for text in [file("a"), file("b")] : [yamldecode(text), try(jsondecode(text), "-")]]', files=files
    )
    assert shown(both) == [[{"a": 1}, {"a": 1}], [True, "-"]]


def test_the_null_of_an_empty_document_stands_at_its_call() -> None:
    text = '[for text in [file("a")] : [yamldecode(text), yamldecode(text)]]'
    node = node_of(text, files={"a": "---\n"})
    first, second = node.items()[0].items()
    assert (first.value, second.value) == (None, None)
    assert first.start < second.start


def test_what_was_decoded_before_takes_as_many_steps() -> None:
    """So that it makes no difference for what limits stop whether another evaluation came first."""

    def steps(text: str) -> int:
        budget = Budget(10_000, 10_000)
        node_of(text, files={"a": "[1, 2, 3]\n"}, budget=budget)
        return 10_000 - budget.left

    once = steps('[for text in [file("a")] : [yamldecode(text)]]')
    twice = steps('[for text in [file("a")] : [yamldecode(text), yamldecode(text)]]')
    thrice = steps('[for text in [file("a")] : [yamldecode(text), yamldecode(text), yamldecode(text)]]')
    assert thrice - twice == twice - once


def test_files_that_are_too_many_to_be_kept_are_read_again() -> None:
    long = "#" * 3_000_000
    text = """
        locals {
          a = yamldecode(file("a.yaml"))
          b = yamldecode(file("b.yaml"))
        }
        resource "x" "y" {
          a = local.a.x
          b = local.b.x
          c = yamldecode(file("a.yaml")).x
        }
        """
    files = {"main.tf": text, "a.yaml": f"x: 1\n{long}", "b.yaml": f"x: 2\n{long}"}
    limits = DEFAULT_LIMITS._replace(expanded_length=10_000_000)
    (one,) = resources(files, limits).values()
    assert [value(one.get(name)) for name in "abc"] == [1, 2, 1]
