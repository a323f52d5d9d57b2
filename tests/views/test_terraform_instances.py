"""Instances by `count` and `for_each`, dynamic blocks and override files."""

from __future__ import annotations

from typing import ClassVar

import pytest

from views.terraform_support import place, resource, resources, told, unknown, value, way
from vvbscan.model.limits import DEFAULT_LIMITS


def addresses(argument: str, declared: str = "") -> list[str]:
    """The instances of a resource with a `count` or `for_each`."""
    return list(resources(f'{declared}\nresource "x" "y" {{\n  {argument}\n}}\n'))


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("count = 0", []),
        ("count = 2", ["x.y[0]", "x.y[1]"]),
        ('count = "1"', ["x.y[0]"]),
        ("count = true ? 1 : 0", ["x.y[0]"]),
        ("count = var.a", ["x.y[*]"]),
        ("for_each = { b = 1, a = 2 }", ['x.y["a"]', 'x.y["b"]']),
        ("for_each = {}", []),
        ('for_each = toset(["b", "a", "b"])', ['x.y["a"]', 'x.y["b"]']),
        ('for_each = { "a\\"b" = 1 }', ['x.y["a\\"b"]']),
        ("for_each = var.a", ["x.y[*]"]),
        ('for_each = true ? ["a"] : toset(["b"])', ['x.y["a"]']),
        ('for_each = (false ? toset(["b"]) : [])', []),
        ("for_each = { a = var.a }", ['x.y["a"]']),
        ("for_each = { a = 1, (var.a) = 2 }", ['x.y["a"]', "x.y[*]"]),
    ],
)  # fmt: skip
def test_addresses_of_instances(argument: str, expected: list[str]) -> None:
    assert addresses(argument, 'variable "a" {}') == expected


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("count = -1", "terraform-count"),
        ("count = 1.5", "terraform-count"),
        ('count = "many"', "terraform-count"),
        ("count = null", "terraform-count"),
        ('for_each = ["a"]', "terraform-for-each"),
        ('for_each = "a"', "terraform-for-each"),
        ("for_each = null", "terraform-for-each"),
        ("for_each = toset([1, null])", "terraform-for-each"),
        ("count = 1001", "limit"),
        ("count = 1000000000000", "limit"),
    ],
)
def test_a_number_of_instances_that_cannot_be(argument: str, code: str) -> None:
    text = f'resource "x" "y" {{\n  {argument}\n  b = 1\n}}\n'
    assert told(text) == [f"{code} main.tf:2"]
    assert list(resources(text)) == ["x.y[*]"]
    assert value(resource(text).get("b")) == 1


def test_what_stands_for_all_instances_knows_what_they_share() -> None:
    found = resource(
        """
        variable "names" {}
        resource "x" "y" {
          for_each = var.names
          a        = "known"
          b        = each.key
          c        = "${each.value}-x"
        }
        """
    )
    assert value(found.root) == {"a": "known", "b": "?", "c": "?-x"}
    assert unknown(found.get("b")).kind == "variable"
    assert unknown(found.get("b")).reference == ""


def test_the_value_of_an_instance_has_the_place_of_its_member() -> None:
    found = resources(
        """
        resource "x" "y" {
          for_each = {
            a = { multi_az = true }
            b = { multi_az = false }
          }
          multi_az = each.value.multi_az
        }
        """
    )
    assert place(found['x.y["b"]'].get("multi_az")) == "main.tf: false"
    assert value(found['x.y["a"]'].get("multi_az")) is True


def test_a_reference_to_one_of_unknown_many_knows_what_all_share() -> None:
    found = resources(
        """
        variable "number" {}
        resource "a" "b" {
          count = var.number
          name  = "shared"
        }
        resource "x" "y" {
          name = a.b[0].name
          id   = a.b[0].id
          all  = a.b[*].name
          one  = one(a.b[*].id)
        }
        """
    )["x.y"]
    assert value(found.get("name")) == "shared"
    assert unknown(found.get("id")).reference == "a.b[0].id"
    assert value(found.get("all")) == ["..."]
    assert value(found.get("one")) == "?"


class TestBlocks:
    def test_blocks_of_one_type_are_a_sequence(self) -> None:
        found = resource('resource "x" "y" {\n  a {\n    b = 1\n  }\n  a {\n    c {}\n  }\n}\n')
        assert value(found.root) == {"a": [{"b": 1}, {"c": [{}]}]}
        assert found.get("a", 0, "b") is not None
        assert found.get("a", 1, "b") is None

    def test_dynamic_blocks(self) -> None:
        found = resource(
            """
            resource "x" "y" {
              ingress {
                port = 1
              }
              dynamic "ingress" {
                for_each = [22, 443]
                content {
                  port  = ingress.value
                  index = ingress.key
                }
              }
              dynamic "tag" {
                for_each = { b = "2", a = "1" }
                iterator = item
                content {
                  name  = item.key
                  value = item.value
                }
              }
              dynamic "set" {
                for_each = toset(["q"])
                content {
                  key = set.key
                }
              }
              dynamic "none" {
                for_each = []
                content {}
              }
            }
            """
        )
        assert value(found.root) == {
            "ingress": [{"port": 1}, {"port": 22, "index": 0}, {"port": 443, "index": 1}],
            "tag": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}],
            "set": [{"key": "q"}],
            "none": [],
        }
        assert place(found.get("ingress", 1, "port")) == "main.tf: 22"

    def test_nested_dynamic_blocks(self) -> None:
        found = resource(
            """
            resource "x" "y" {
              dynamic "rule" {
                for_each = [{ ports = [1, 2] }, { ports = [3] }]
                content {
                  dynamic "port" {
                    for_each = rule.value.ports
                    content {
                      number = port.value
                      rule   = rule.key
                    }
                  }
                }
              }
            }
            """
        )
        assert value(found.root) == {
            "rule": [
                {"port": [{"number": 1, "rule": 0}, {"number": 2, "rule": 0}]},
                {"port": [{"number": 3, "rule": 1}]},
            ]
        }

    def test_a_dynamic_block_over_something_unknown_leaves_the_blocks_open(self) -> None:
        text = """
            variable "rules" {}
            resource "x" "y" {
              rule {
                port = 1
              }
              dynamic "rule" {
                for_each = var.rules
                content {
                  port = rule.value
                }
              }
            }
            """
        assert value(resource(text).get("rule")) == [{"port": 1}, "..."]
        assert told(text) == []

    def test_labels_do_not_matter_to_the_members_of_blocks(self) -> None:
        found = resource('resource "x" "y" {\n  setting "a" "b" {\n    c = 1\n  }\n}\n')
        assert value(found.root) == {"setting": [{"c": 1}]}

    @pytest.mark.parametrize(
        ("block", "line"),
        [
            ('dynamic "a" {\n    content {}\n  }', 2),
            ('dynamic "a" {\n    for_each = [1]\n  }', 2),
            ('dynamic "a" {\n    for_each = 1\n    content {}\n  }', 3),
            ("dynamic {\n    for_each = [1]\n    content {}\n  }", 2),
        ],
    )  # fmt: skip
    def test_a_dynamic_block_that_is_none(self, block: str, line: int) -> None:
        text = f'resource "x" "y" {{\n  {block}\n  b = 1\n}}\n'
        (notice,) = told(text)
        assert notice.endswith(f"main.tf:{line}")
        assert value(resource(text).get("b")) == 1


class TestOverrides:
    """https://developer.hashicorp.com/terraform/language/files/override"""

    FILES: ClassVar = {
        "main.tf": """
            variable "a" {
              type    = string
              default = "main"
            }
            resource "x" "y" {
              a = var.a
              b = 1
              c {
                d = 1
              }
              c {
                d = 2
              }
              e {}
            }
            """,
        "override.tf": 'resource "x" "y" {\n  b = 2\n  c {\n    d = 3\n  }\n}\n',
        "z_override.tf": 'variable "a" {\n  default = "z"\n}\nresource "x" "y" {\n  b = 3\n}\n',
        "a_override.tf": 'resource "x" "y" {\n  b = 4\n  f = 5\n}\n',
    }

    def test_files_called_so_are_laid_over_the_others(self) -> None:
        found = resource(self.FILES)
        assert value(found.root) == {"a": "z", "b": 3, "c": [{"d": 3}], "e": [{}], "f": 5}
        assert place(found.get("b")) == "z_override.tf: 3"
        assert place(found.get("c", 0, "d")) == "override.tf: 3"
        assert way(found.get("a")) == ["used here: var.a"]
        assert place(found.anchor) == 'main.tf: resource "x" "y"'

    def test_a_local_value(self) -> None:
        files = {
            "main.tf": 'locals {\n  a = 1\n  b = 1\n}\nresource "x" "y" {\n  a = local.a\n  b = local.b\n}\n',
            "main_override.tf": "locals {\n  a = 2\n}\n",
        }
        assert value(resource(files).root) == {"a": 2, "b": 1}


class TestHostileInput:
    """Work is bounded whatever stands in the files."""

    def test_modules_that_double(self) -> None:
        files = {"main.tf": 'module "a" {\n  source = "./m0"\n}\n'}
        for number in range(30):
            call = f'  source = "../m{number + 1}"\n'
            files[f"m{number}/main.tf"] = (
                f'module "a" {{\n{call}}}\nmodule "b" {{\n{call}}}\nresource "x" "y" {{}}\n'
            )
        files["m30/main.tf"] = 'resource "x" "y" {}\n'
        limits = DEFAULT_LIMITS._replace(unit_instances=500)
        assert "limit" in {line.partition(" ")[0] for line in told(files, limits)}
        assert len(resources(files, limits)) <= 500

    def test_a_long_chain_of_local_values(self) -> None:
        lines = "".join(f"  a{number} = local.a{number + 1}\n" for number in range(5_000))
        found = resource(f'locals {{\n{lines}  a5000 = 1\n}}\nresource "x" "y" {{\n  a = local.a0\n}}\n')
        assert unknown(found.get("a")).kind == "limit"

    def test_a_short_chain_of_local_values(self) -> None:
        lines = "".join(f"  a{number} = local.a{number + 1}\n" for number in range(20))
        found = resource(f'locals {{\n{lines}  a20 = 1\n}}\nresource "x" "y" {{\n  a = local.a0\n}}\n')
        assert value(found.get("a")) == 1

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("n = x.b", "n = x.a"),
            ("n = x.b[*]", "n = x.a[*]"),
            ("n = [for one in [x.b] : one]", "n = [x.a]"),
            ("blk {\n    n = x.b.blk\n  }", "blk {\n    n = x.a.blk\n  }"),
            ("blk {\n    n = x.b[*].blk\n  }", "blk {\n    n = x.a[*].blk\n  }"),
            ("blk {\n    n = x.b.n\n  }", "n = x.a.blk"),
        ],
    )
    def test_resources_that_hold_each_other(self, first: str, second: str) -> None:
        text = f'resource "x" "a" {{\n  {first}\n}}\nresource "x" "b" {{\n  {second}\n}}\n'
        assert {line.partition(" ")[0] for line in told(text)} == {"terraform-cycle"}
        for one in resources(text).values():
            value(one.root)

    def test_a_module_that_is_given_its_own_outputs(self) -> None:
        files = {
            "main.tf": 'module "a" {\n  source = "./a"\n  n = module.a\n}\nresource "x" "y" {\n  n = module.a\n}\n',
            "a/main.tf": 'variable "n" {}\noutput "n" {\n  value = [var.n]\n}\n',
        }
        assert "terraform-cycle" in {line.partition(" ")[0] for line in told(files)}
        value(resource(files).root)

    def test_a_list_that_doubles(self) -> None:
        lines = "".join(f"  a{n + 1} = [local.a{n}, local.a{n}]\n" for n in range(40))
        found = resource(f'locals {{\n  a0 = ["x"]\n{lines}}}\nresource "x" "y" {{\n  a = local.a40\n}}\n')
        assert str(value(found.root)).count(",") < 2 * DEFAULT_LIMITS.alias_nodes

    def test_a_list_in_a_list_in_a_list(self) -> None:
        lines = "".join(f"  a{n + 1} = [local.a{n}]\n" for n in range(2_000))
        found = resource(f'locals {{\n  a0 = ["x"]\n{lines}}}\nresource "x" "y" {{\n  a = local.a2000\n}}\n')
        assert found.get("a") is not None
        value(found.root)

    def test_instances_of_instances(self) -> None:
        files = {
            "main.tf": 'module "a" {\n  source = "./a"\n  count = 1000\n}\n',
            "a/main.tf": 'resource "x" "y" {\n  count = 1000\n}\n',
        }
        limits = DEFAULT_LIMITS._replace(unit_instances=5_000)
        assert len(resources(files, limits)) <= 5_000

    def test_a_value_that_doubles(self) -> None:
        lines = "".join(f'  a{n + 1} = "${{local.a{n}}}${{local.a{n}}}"\n' for n in range(40))
        found = resource(
            f'locals {{\n  a0 = "xxxxxxxx"\n{lines}}}\nresource "x" "y" {{\n  a = local.a40\n}}\n'
        )
        assert unknown(found.get("a")).kind == "limit"

    def test_steps_are_counted(self) -> None:
        text = "locals {\n  a = [for x in range(1000) : [for y in range(1000) : [for z in range(1000) : x]]]\n}\n"
        found = resource(f'{text}resource "x" "y" {{\n  a = length(local.a)\n}}\n')
        assert value(found.get("a")) in (1000, "?")
