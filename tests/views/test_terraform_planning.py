"""Which modules of Terraform are units, which files of values are environments, and what is judged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from views.terraform_support import configurations, load, resource, resources, told, units, unknown, value
from vvbscan.api import plan_scan
from vvbscan.config import Config
from vvbscan.engine.tree import DirectoryTree
from vvbscan.model.environment import EnvironmentPolicy
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.unit import Options, Unit
from vvbscan.views.terraform.kind import KIND, model_of

RESOURCE = 'resource "x" "y" {}\n'


def call(source: str, more: str = "") -> str:
    """The call of a module."""
    return f'module "m" {{\n  source = "{source}"\n{more}}}\n'


def judged(files: dict[str, str], policy: EnvironmentPolicy | None = None) -> list[str]:
    """The judged units, without the name of their kind."""
    planned = units(files, Options(environments=policy or EnvironmentPolicy()))
    return [unit.id.partition(":")[2] for unit in planned.values() if unit.judged]


class TestUnits:
    def test_a_directory_is_a_unit(self) -> None:
        found = units({"a/main.tf": RESOURCE, "a/variables.tf": "", "b/main.tf.json": "{}"})
        assert {name: unit.files for name, unit in found.items()} == {
            "terraform:a": ("a/main.tf", "a/variables.tf"),
            "terraform:b": ("b/main.tf.json",),
        }

    def test_what_is_called_is_judged_through_its_callers(self) -> None:
        files = {
            "live/main.tf": call("../modules/a"),
            "modules/a/main.tf": call("../b"),
            "modules/b/main.tf": RESOURCE,
        }
        (unit,) = units(files).values()
        assert unit.id == "terraform:live"
        assert unit.files == ("live/main.tf", "modules/a/main.tf", "modules/b/main.tf")

    def test_what_only_tests_call_is_a_unit(self) -> None:
        files = {"main.tf": RESOURCE, "tests/unit/main.tf": call("../..")}
        assert judged(files) == ["."]
        assert set(units(files)) == {"terraform:.", "terraform:tests/unit"}

    def test_what_only_examples_call_is_a_unit(self) -> None:
        files = {
            "main.tf": RESOURCE,
            "modules/a/main.tf": RESOURCE,
            "modules/b/main.tf": RESOURCE,
            "modules/b/examples/simple/main.tf": call("../.."),
            "examples/complete/main.tf": call("../..") + call("../../modules/a").replace('"m"', '"n"'),
        }
        assert judged(files) == [".", "modules/a", "modules/b"]

    def test_examples_alone_are_judged(self) -> None:
        assert judged({"examples/a/main.tf": RESOURCE, "examples/b/main.tf": call("../a")}) == ["examples/b"]

    def test_examples_are_judged_if_the_configuration_says_so(self) -> None:
        files = {"main.tf": RESOURCE, "examples/a/main.tf": call("../..")}
        assert judged(files, EnvironmentPolicy(production=("example",))) == ["examples/a"]

    def test_a_module_without_instances_is_a_unit(self) -> None:
        files = {
            "main.tf": call("./modules/a", "  for_each = var.groups\n")
            + 'variable "groups" {\n  default = {}\n}\n',
            "modules/a/main.tf": RESOURCE,
            "wrappers/main.tf": call("..", "  for_each = var.items\n")
            + 'variable "items" {\n  default = {}\n}\n',
        }
        assert judged(files) == [".", "modules/a", "wrappers"]

    def test_a_module_with_an_unknown_number_of_instances_is_none(self) -> None:
        files = {
            "main.tf": call("./modules/a", "  for_each = var.groups\n") + 'variable "groups" {}\n',
            "modules/a/main.tf": RESOURCE,
        }
        assert judged(files) == ["."]

    def test_a_module_that_only_an_unjudged_environment_instantiates_is_a_unit(self) -> None:
        files = {
            "main.tf": call("./a", "  count = var.number\n") + 'variable "number" {\n  default = 1\n}\n',
            "prod.tfvars": "number = 0\n",
            "a/main.tf": RESOURCE,
        }
        assert judged(files) == [".", "a"]

    def test_modules_that_call_each_other(self) -> None:
        assert judged({"a/main.tf": call("../b"), "b/main.tf": call("../a")}) == ["a"]

    def test_a_module_that_calls_itself(self) -> None:
        assert judged({"main.tf": call("./")}) == ["."]

    @pytest.mark.parametrize(
        ("directories", "expected"),
        [
            (("live/prod", "live/dev"), ["live/prod"]),
            (("live/staging", "live/dev"), ["live/staging"]),
            (("live/dev",), []),
            (("network", "database"), ["database", "network"]),
        ],
    )
    def test_directories_are_environments(self, directories: tuple[str, ...], expected: list[str]) -> None:
        assert judged({f"{directory}/main.tf": RESOURCE for directory in directories}) == expected

    def test_the_environment_of_a_directory(self) -> None:
        found = units({"live/prod/eu/main.tf": RESOURCE})
        assert found["terraform:live/prod/eu"].environment == "prod"

    def test_files_that_are_no_part_of_a_module(self) -> None:
        files = {"main.tf": RESOURCE, ".hidden.tf": RESOURCE, "a.tf.bak": RESOURCE, "#a.tf": RESOURCE}
        assert units(files)["terraform:."].files == ("main.tf",)

    def test_more_files_than_a_unit_may_have(self) -> None:
        files = {"main.tf": call("./a"), "a/main.tf": RESOURCE, "a/b.tf": ""}
        loaded = load(files, limits=DEFAULT_LIMITS._replace(unit_files=2))
        assert [(one.level, one.code) for one in loaded.notices] == [("error", "unit-files")]
        assert {(one.path, one.status) for one in loaded.files} == {(path, "not analysed") for path in files}
        assert not model_of(loaded).configurations

    def test_open_tofu_reads_its_own_file_in_place_of_the_other(self) -> None:
        files = {
            "main.tf": 'resource "x" "y" {\n  a = 1\n}\n',
            "main.tofu": 'resource "x" "y" {\n  a = 2\n}\n',
            "other.tf": 'resource "x" "z" {}\n',
        }
        found = resources(files)
        assert value(found["x.y"].get("a")) == 2
        assert set(found) == {"x.y", "x.z"}
        assert {record.path for record in load(files).files} == set(files)


VARIABLE = 'variable "size" {\n  default = 0\n}\nresource "x" "y" {\n  size = var.size\n}\n'


def sizes(files: dict[str, str]) -> dict[str, object]:
    """The value of the variable `size` in each judged environment."""
    found = configurations({"main.tf": VARIABLE, **files})
    return {name: value(one.resources[0].get("size")) for name, one in found.items()}


class TestValues:
    @pytest.mark.parametrize(
        ("files", "expected"),
        [
            ({}, {"": 0}),
            ({"terraform.tfvars": "size = 1"}, {"": 1}),
            ({"terraform.tfvars": "size = 1", "a.auto.tfvars": "size = 2"}, {"": 2}),
            ({"a.auto.tfvars": "size = 1", "b.auto.tfvars": "size = 2"}, {"": 2}),
            ({"prod.tfvars": "size = 1"}, {"prod": 1}),
            ({"prod.tfvars": "size = 1", "dev.tfvars": "size = 2"}, {"prod": 1}),
            ({"staging.tfvars": "size = 1", "dev.tfvars": "size = 2"}, {"staging": 1}),
            ({"dev.tfvars": "size = 2"}, {"": 0}),
            ({"eu.tfvars": "size = 1", "us.tfvars": "size = 2"}, {"eu": 1, "us": 2}),
            ({"prod.tfvars": "size = 1", "terraform.tfvars": "size = 3"}, {"prod": 1}),
            ({"prod.tfvars": "", "terraform.tfvars": "size = 3"}, {"prod": 3}),
            ({"prod.tfvars": "", "common.tfvars": "size = 4"}, {"prod": 4}),
            ({"common.tfvars": "size = 4"}, {"": 4}),
            ({"env/prod.tfvars": "size = 1", "env/dev.tfvars": "size = 2"}, {"prod": 1}),
            ({"environments/prod/terraform.tfvars": "size = 1"}, {"prod": 1}),
            ({"config/prod/eu.tfvars": "size = 1", "config/dev/eu.tfvars": "size = 2"}, {"prod/eu": 1}),
            ({"vars/prod-eu.tfvars": "size = 1", "vars/prod-us.tfvars": "size = 2"}, {"prod-eu": 1, "prod-us": 2}),
            ({"example.tfvars": "size = 1"}, {"": 0}),
            ({"terraform.tfvars.example": "size = 1"}, {"": 0}),
        ],
    )  # fmt: skip
    def test_files_of_values_are_environments(
        self, files: dict[str, str], expected: dict[str, object]
    ) -> None:
        assert sizes(files) == expected

    def test_directories_beside_the_module(self) -> None:
        files = {
            "app/main.tf": VARIABLE,
            "other/main.tf": RESOURCE,
            "values/prod.tfvars": "size = 1",
        }
        found = units(files)
        assert found["terraform:app"].files == ("app/main.tf", "values/prod.tfvars")
        assert found["terraform:other"].files == ("other/main.tf",)

    def test_values_that_belong_to_no_module_are_read_but_not_judged(self) -> None:
        found = units({"values/prod.tfvars": "size = 1\n"})
        assert [(unit.id, unit.judged) for unit in found.values()] == [
            ("terraform:values/prod.tfvars", False)
        ]
        loaded = load({"values/prod.tfvars": "size = \n"}, "terraform:values/prod.tfvars")
        assert [problem.code for parsed in loaded.parsed for problem in parsed.problems] == ["hcl-syntax"]

    def test_a_file_for_the_backend_makes_no_environment(self) -> None:
        files = {
            "main.tf": VARIABLE,
            "env/prod/terraform.tfvars": "size = 1\n",
            "env/prod/backend.tfvars": 'bucket = "vvb-state"\n',
            "env/prod/backends.tfvars": "size = 2\n",
            "env/backends/prod.tfvars": 'size = 3\nbucket = "vvb-state"\n',
        }
        found = units(files)
        assert set(found) == {
            "terraform:.",
            "terraform:env/backends/prod.tfvars",
            "terraform:env/prod/backend.tfvars",
        }
        assert found["terraform:."].files == (
            "main.tf",
            "env/prod/backends.tfvars",
            "env/prod/terraform.tfvars",
        )
        assert not found["terraform:env/prod/backend.tfvars"].judged

    def test_values_of_undeclared_variables_are_noted(self) -> None:
        loaded = load({"main.tf": VARIABLE, "prod.tfvars": "sise = 1\n"})
        assert [(notice.level, notice.code) for notice in loaded.notices] == [
            ("note", "terraform-undeclared")
        ]

    @pytest.mark.parametrize("lost", ["= 3\n", "\0GITCRYPT\0\1\2"])
    def test_what_a_file_that_cannot_be_read_may_set_is_not_known(self, lost: str) -> None:
        module = 'variable "own" {\n  default = 1\n}\nresource "x" "z" {\n  size = var.own\n}\n' + VARIABLE
        found = resources({"main.tf": module, "terraform.tfvars": lost, "z.auto.tfvars": "own = 2\n"})
        assert value(found["x.z"].get("size")) == 2
        assert unknown(found["x.y"].get("size")).reason.startswith("terraform.tfvars may set it")

    @pytest.mark.parametrize(
        ("declared", "given", "expected"),
        [
            ("default = 1\n  nullable = false", "null", 1),
            ("default = 1", "null", None),
            ("type = number", '"5"', 5),
            ("type = list(string)", "[1, 2]", ["1", "2"]),
            ("type = set(string)", '["b", "a", "a"]', ["a", "b"]),
            ("type = map(bool)", '{a = "true"}', {"a": True}),
            ("type = object({a = number, b = optional(string), c = optional(bool, true)})", "{a = 1, d = 2}",
             {"a": 1, "b": None, "c": True}),
            ("type = any", "{a = [1]}", {"a": [1]}),
            ("default = 1\n  sensitive = true", "2", 2),
            ("default = 1\n  ephemeral = true", "2", 2),
        ],
    )  # fmt: skip
    def test_types(self, declared: str, given: str, expected: object) -> None:
        files = {
            "main.tf": f'variable "a" {{\n  {declared}\n}}\nresource "x" "y" {{\n  a = [var.a]\n}}\n',
            "terraform.tfvars": f"a = {given}\n",
        }
        assert value(resources(files)["x.y"].get("a")) == [expected]

    def test_a_value_of_the_wrong_type_is_told_where_it_stands(self) -> None:
        files = {
            "main.tf": 'variable "a" {\n  type = number\n}\nresource "x" "y" {\n  a = var.a\n  b = 1\n}\n',
            "terraform.tfvars": 'a = "many"\n',
        }
        found = resource(files)
        assert value(found.root) == {"a": "?", "b": 1}
        assert told(files) == ["terraform-type terraform.tfvars:1"]


class TestLinks:
    """Links within the tree, as `DirectoryTree` shows them."""

    def test_a_file_that_modules_link_to(self, tmp_path: Path) -> None:
        write(tmp_path, {"common/provider.tf": 'resource "x" "y" {\n  a = var.a\n}\n'})
        for name, number in (("one", 1), ("two", 2)):
            write(tmp_path, {f"{name}/variables.tf": f'variable "a" {{\n  default = {number}\n}}\n'})
            os.symlink("../common/provider.tf", tmp_path / name / "provider.tf")
        found = scan(tmp_path)
        assert [unit.files for unit in found] == [
            ("common/provider.tf", "one/variables.tf"),
            ("common/provider.tf", "two/variables.tf"),
        ]
        assert [unit.id for unit in found] == ["terraform:one", "terraform:two"]
        loaded = [KIND.load(unit, DirectoryTree(str(tmp_path), 1000), Options()) for unit in found]
        assert [not one.notices for one in loaded] == [True, True]
        configured = [model_of(one).configurations[0].resources[0] for one in loaded]
        assert [value(one.get("a")) for one in configured] == [1, 2]

    def test_a_directory_that_a_link_leads_to(self, tmp_path: Path) -> None:
        write(tmp_path, {"reused/log/main.tf": RESOURCE, "live/main.tf": call("./modules/log")})
        os.symlink("../reused", tmp_path / "live" / "modules")
        (unit,) = scan(tmp_path)
        assert unit.files == ("live/main.tf", "reused/log/main.tf")

    def test_links_that_lead_nowhere(self, tmp_path: Path) -> None:
        write(tmp_path, {"root/main.tf": 'resource "x" "y" {\n  a = var.a\n}\n'})
        os.symlink("missing.tf", tmp_path / "root" / "broken.tf")
        os.symlink("/etc/hostname", tmp_path / "root" / "outside.tf")
        (unit,) = scan(tmp_path)
        assert unit.files == ("root/main.tf",)
        loaded = KIND.load(unit, DirectoryTree(str(tmp_path), 1000), Options())
        assert list(loaded.notices) == [], "discovery tells of the links"


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def scan(folder: Path) -> list[Unit]:
    """The units that a scan of a folder has."""
    return list(plan_scan([str(folder)], Config(), root=str(folder)).units)
