"""What Terraform refuses before it works out any value: told where it stands, and the rest is judged."""

from __future__ import annotations

import pytest

from views.terraform_support import Files, load, told, unknown, value
from views.terraform_support import resources as resources_of
from vvbscan.model.outcome import Notice

RESOURCE = 'resource "x" "y" {\n  a = 1\n}\n'


def notices(files: Files) -> list[Notice]:
    """What is told of a tree, all of it located."""
    found = list(load(files).notices)
    assert all(notice.location is not None for notice in found)
    return found


class TestTopOfAFile:
    """Terraform language, Files and directories; configuration syntax."""

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ('resorce "x" "z" {\n  a = 1\n}\n', "did you mean `resource`?"),
            ('modules "z" {\n  source = "./z"\n}\n', "did you mean `module`?"),
            ("kubernetes {\n}\n", ""),
            ("days = 30\n", ""),
            ("local = { a = 1 }\n", "did you mean `locals`?"),
            ("locals = { a = 1 }\n", "write it as a block, without `=`"),
            ('resource "x" {\n}\n', 'write `resource "type" "name" { … }`'),
            ('resource "x" "y" "z" {\n}\n', 'write `resource "type" "name" { … }`'),
            ('data "x" {\n}\n', 'write `data "type" "name" { … }`'),
            ('module "a" "b" {\n}\n', 'write `module "name" { … }`'),
            ("variable {\n}\n", 'write `variable "name" { … }`'),
            ("provider {\n}\n", 'write `provider "name" { … }`'),
            ('terraform "x" {\n}\n', "write `terraform { … }`"),
        ],
    )
    def test_what_is_no_block_of_terraform(self, text: str, hint: str) -> None:
        files = RESOURCE + text
        (notice,) = notices(files)
        assert (notice.level, notice.code, notice.hint) == ("warning", "terraform-block", hint)
        assert told(files) == ["terraform-block main.tf:4"]
        assert list(resources_of(files)) == ["x.y"]

    @pytest.mark.parametrize(
        "text",
        [
            "moved {\n  from = x.z\n  to   = x.y\n}\n",
            'import {\n  to = x.y\n  id = "1"\n}\n',
            "removed {\n  from = x.z\n}\n",
            'check "a" {\n  assert {\n    condition     = true\n    error_message = "no"\n  }\n}\n',
            'ephemeral "x" "y" {\n}\n',
            'provider "x" {\n}\n',
            "terraform {\n}\nlocals {\n}\n",
        ],
    )
    def test_all_blocks_of_terraform(self, text: str) -> None:
        assert notices(RESOURCE + text) == []

    def test_json_is_read_the_same(self) -> None:
        files = {"main.tf.json": '{"resorce": {"x": {"y": {}}},\n "//": "a comment",\n "locals": {"a": 1}}'}
        (notice,) = notices(files)
        assert (notice.code, notice.hint) == ("terraform-block", "did you mean `resource`?")

    def test_an_error_of_syntax_makes_no_odd_blocks(self) -> None:
        assert notices('resource "x" "y" }\n  tags {\n    a = 1\n  }\n') == []

    def test_count_and_for_each(self) -> None:
        files = 'resource "x" "y" {\n  count    = 1\n  for_each = toset(["a"])\n  a = 1\n}\n'
        assert told(files) == ["terraform-block main.tf:3"]
        assert list(resources_of(files)) == ["x.y[0]"]

    @pytest.mark.parametrize(
        ("text", "line", "hint"),
        [
            ('variable "z" {\n  defualt = 1\n}\n', 5, "did you mean `default`?"),
            ('variable "z" {\n  tooltip = "a"\n}\n', 5, ""),
            ('variable "z" {\n  validation {\n    condition = true\n  }\n}\n', 5, ""),
            ('variable "version" {\n}\n', 4, ""),
            ('output "z" {\n}\n', 4, ""),
            ('output "z" {\n  value  = 1\n  sensitiv = true\n}\n', 6, "did you mean `sensitive`?"),
            (
                'resource "x" "z" {\n  lifecycle {\n    prevent_destory = true\n  }\n}\n',
                6,
                "did you mean `prevent_destroy`?",
            ),
            ("moved {\n  from = x.y\n}\n", 4, ""),
            ('import {\n  id = "1"\n}\n', 4, ""),
            ("removed {\n}\n", 4, ""),
        ],
    )
    def test_what_a_block_of_its_own_does_not_have_or_lacks(self, text: str, line: int, hint: str) -> None:
        files = RESOURCE + text
        (notice,) = notices(files)
        assert (notice.level, notice.code, notice.hint) == ("warning", "terraform-block", hint)
        assert told(files) == [f"terraform-block main.tf:{line}"]
        assert "x.y" in resources_of(files)

    @pytest.mark.parametrize(
        "text",
        [
            'variable "z" {\n  type      = string\n  nullable  = false\n  sensitive = true\n  ephemeral = true\n}\n',
            'output "z" {\n  value = 1\n  precondition {\n    condition = x.y.a == 1\n    error_message = "n"\n  }\n}\n',
            'resource "x" "z" {\n  lifecycle {\n    ignore_changes = [a]\n    postcondition {\n    }\n  }\n}\n',
            'resource "x" "z" {\n  rule {\n    lifecycle {\n      days = 1\n    }\n  }\n}\n',
        ],
    )
    def test_what_these_blocks_have(self, text: str) -> None:
        assert notices(RESOURCE + text) == []

    def test_a_default_that_is_null_where_null_is_refused(self) -> None:
        files = 'variable "z" {\n  nullable = false\n  default  = null\n}\n'
        assert told(files) == ["terraform-type main.tf:3"]
        assert told(files.replace("false", "true")) == []

    def test_an_override_file_need_not_repeat_what_is_needed(self) -> None:
        files = {
            "main.tf": RESOURCE + 'output "z" {\n  value = 1\n}\n',
            "override.tf": 'output "z" {\n  sensitive = true\n}\n',
        }
        assert notices(files) == []

    def test_an_index_of_what_is_there_once(self) -> None:
        files = RESOURCE + 'resource "x" "z" {\n  a = x.y[0].a\n  b = x.y[*].a\n  c = x.y["a"]\n}\n'
        assert told(files) == ["terraform-missing-member main.tf:5", "terraform-missing-member main.tf:7"]
        assert value(resources_of(files)["x.z"].root) == {"a": "?", "b": [1], "c": "?"}

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('provider "a" {\n}\nprovider "a" {\n}\n', 3),
            ('provider "a" {\n  alias = "b"\n}\nprovider "a" {\n  alias = "b"\n}\n', 4),
            ('terraform {\n  backend "s3" {\n  }\n  backend "local" {\n  }\n}\n', 4),
            ('terraform {\n  backend "s3" {\n  }\n}\nterraform {\n  cloud {\n  }\n}\n', 6),
            ('provider "a" {\n}\nprovider "a" {\n  alias = "b"\n}\nprovider "b" {\n}\n', 0),
            ('terraform {\n  backend "s3" {\n  }\n}\nterraform {\n  required_version = "1"\n}\n', 0),
        ],
    )
    def test_a_setting_that_is_there_twice(self, text: str, expected: int) -> None:
        found = [one.location.line for one in notices(text + RESOURCE) if one.location is not None]
        assert found == ([expected] if expected else [])

    def test_a_name_that_terraform_does_not_have(self) -> None:
        files = 'resource "x" "y" {\n  a = terraform.env\n  b = terraform.workspace\n}\n'
        assert told(files) == ["terraform-undeclared main.tf:2"]

    @pytest.mark.parametrize(
        "text", ['resource "x" "z" {\n}\n', 'variable "z" {\n}\n', "locals {\n  z = 1\n}\n"]
    )
    def test_what_only_an_override_file_declares(self, text: str) -> None:
        (notice,) = notices({"main.tf": RESOURCE, "main_override.tf": text})
        assert (notice.level, notice.code, notice.path) == (
            "warning",
            "terraform-override",
            "main_override.tf",
        )

    def test_what_an_override_file_lays_over_lost_text_is_not_told(self) -> None:
        files = {"main.tf": 'resource "x" "z" {\n  a = = 1\n}\n', "override.tf": 'resource "x" "q" {\n}\n'}
        assert notices(files) == []


class TestConstants:
    """Defaults of variables, values in files of values, sources of modules: HCL evaluates them without names."""

    @pytest.mark.parametrize(
        ("default", "message"),
        [
            ("var.w", "The default of a variable cannot refer to `var.w`"),
            ("[1, var.w.x[0]]", "The default of a variable cannot refer to `var.w`"),
            ('"${var.w}-x"', "The default of a variable cannot refer to `var.w`"),
            ("string", "The default of a variable cannot refer to `string`"),
            ('{ a = upper("x") }', "The default of a variable cannot call `upper()`"),
            ("[for x in [1] : y]", "The default of a variable cannot refer to `y`"),
        ],
    )
    def test_a_default_that_is_none(self, default: str, message: str) -> None:
        files = (
            f'variable "w" {{}}\nvariable "v" {{\n  default = {default}\n}}\n'
            'resource "x" "y" {\n  a = var.v\n  b = 1\n}\n'
        )
        (notice,) = notices(files)
        assert notice.level == "warning"
        assert notice.message.startswith(f"{message}:")
        assert told(files) == ["terraform-constant main.tf:3"]
        assert value(resources_of(files)["x.y"].root) == {"a": "?", "b": 1}

    @pytest.mark.parametrize(
        ("default", "expected"),
        [
            ("-(1 + 2)", -3),
            ('true ? "a" : "b"', "a"),
            ("[for x in [1] : x]", [1]),
            ('"a${"b"}"', "ab"),
            ("[1, 2][1]", 2),
        ],
    )
    def test_a_default_may_compute(self, default: str, expected: object) -> None:
        files = f'variable "v" {{\n  default = {default}\n}}\nresource "x" "y" {{\n  a = var.v\n}}\n'
        assert notices(files) == []
        assert value(resources_of(files)["x.y"].root) == {"a": expected}

    def test_a_value_in_a_file_of_values(self) -> None:
        files = {
            "main.tf": 'variable "a" {}\nvariable "b" {}\nvariable "c" {}\n'
            'resource "x" "y" {\n  a = var.a\n  b = var.b\n  c = var.c\n}\n',
            "terraform.tfvars": 'a = upper("x")\nb = [var.a]\nc = 1 + 1\n',
        }
        assert told(files) == [
            "terraform-constant terraform.tfvars:1",
            "terraform-constant terraform.tfvars:2",
        ]
        assert value(resources_of(files)["x.y"].root) == {"a": "?", "b": "?", "c": 2}

    def test_the_source_of_a_module(self) -> None:
        files = 'module "a" {\n  source = "./${path.module}/a"\n}\nresource "x" "y" {\n  a = module.a.b\n}\n'
        assert told(files) == ["terraform-constant main.tf:2"]
        assert unknown(resources_of(files)["x.y"].get("a")).kind == "remote"

    def test_names_in_the_source_of_a_module_that_nothing_declares(self) -> None:
        files = 'module "a" {\n  source = local.source\n}\n'
        assert told(files) == ["terraform-undeclared main.tf:2", "terraform-constant main.tf:2"]

    def test_opentofu_works_out_the_source_of_a_module(self) -> None:
        files = {
            "main.tofu": 'locals {\n  source = "./a"\n}\nmodule "a" {\n  source = local.source\n}\n',
        }
        assert told(files) == []


class TestTypes:
    """Terraform language, Type constraints."""

    @pytest.mark.parametrize(
        ("type_", "message"),
        [
            ("strin", "`strin` is no type; did you mean `string`?"),
            ("list(strin)", "`strin` is no type; did you mean `string`?"),
            ("lst(string)", "`lst` is no type; did you mean `list`?"),
            ("object({ a = optional(nmber, 1) })", "`nmber` is no type; did you mean `number`?"),
        ],
    )
    @pytest.mark.parametrize("default", ["", "  default = null\n", '  default = "x"\n'])
    def test_a_type_that_there_is_not(self, type_: str, message: str, default: str) -> None:
        files = f'variable "v" {{\n  type = {type_}\n{default}}}\nresource "x" "y" {{\n  a = 1\n}}\n'
        (notice,) = notices(files)
        assert (notice.level, notice.code, notice.message) == ("warning", "terraform-no-type", message)


class TestWhatTryDoesNotCatch:
    """Terraform language, the functions try and can: names that nothing declares are refused before."""

    @pytest.mark.parametrize("name", ["var.b", "local.b", "module.b.c", "x.b.c"])
    def test_a_name_that_nothing_declares(self, name: str) -> None:
        text = f'locals {{\n  a = 1\n}}\nresource "x" "y" {{\n  a = try({name}, local.a)\n  b = can({name})\n}}\n'
        resource = resources_of(text)["x.y"]
        assert (value(resource.get("a")), value(resource.get("b"))) == (1, False)
        found = notices(text)
        places = [(one.code, one.location.line) for one in found if one.location is not None]
        assert places == [("terraform-undeclared", 5), ("terraform-undeclared", 6)]

    def test_a_member_that_is_not_there_is_caught(self) -> None:
        text = 'locals {\n  a = { b = 1 }\n}\nresource "x" "y" {\n  a = try(local.a.c, 2)\n}\n'
        assert value(resources_of(text)["x.y"].get("a")) == 2
        assert notices(text) == []

    def test_an_output_that_a_module_does_not_have_is_caught(self) -> None:
        files = {
            "main.tf": 'module "b" {\n  source = "./b"\n}\nresource "x" "y" {\n  a = try(module.b.c, 2)\n}\n',
            "b/main.tf": 'output "d" {\n  value = 1\n}\n',
        }
        assert value(resources_of(files)["x.y"].get("a")) == 2
        assert notices(files) == []
