"""The argument that takes a value is a step of the value's way."""

from __future__ import annotations

from views.terraform_support import place, resource, resources, way
from vvbscan.model.node import Node


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a list."""
    assert node is not None
    return tuple(node.items())


def test_what_is_reached_through_each_value_names_the_argument() -> None:
    files = """
        variable "databases" {
          default = { a = { zones = false, backups = [1] } }
        }
        resource "x" "y" {
          for_each = var.databases
          zones    = each.value.zones
          backups  = each.value.backups
        }
        """
    root = resources(files)['x.y["a"]'].root
    assert place(root.get("zones")) == "main.tf: false"
    assert way(root.get("zones")) == ["used here: each.value.zones"]
    (item,) = items(root.get("backups"))
    assert (place(item), way(item)) == ("main.tf: 1", ["used here: each.value.backups"])


def test_items_of_a_variable_name_the_argument() -> None:
    files = """
        variable "ranges" {
          default = ["10.0.0.0/8", "0.0.0.0/0"]
        }
        resource "x" "y" {
          ranges = var.ranges
        }
        """
    ranges = resource(files).root.get("ranges")
    assert way(ranges) == ["used here: var.ranges"], "once"
    assert [way(item) for item in items(ranges)] == [["used here: var.ranges"]] * 2


def test_blocks_that_a_dynamic_block_makes_name_their_arguments() -> None:
    files = """
        locals {
          ports = [22, 80]
        }
        resource "x" "y" {
          dynamic "rule" {
            for_each = local.ports
            content {
              port = rule.value
            }
          }
        }
        """
    block, _ = items(resource(files).root.get("rule"))
    assert place(block.get("port")) == "main.tf: 22"
    assert way(block.get("port")) == ["used here: rule.value"]


def test_what_is_written_in_the_argument_has_no_such_step() -> None:
    files = 'resource "x" "y" {\n  a = true ? false : true\n  b = [1, "x${1}"]\n  c = 3\n}\n'
    root = resource(files).root
    assert way(root.get("a")) == ["chosen by this condition: true"]
    assert [way(item) for item in items(root.get("b"))] == [[], []]
    assert way(root.get("c")) == []
