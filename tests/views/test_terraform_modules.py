"""Modules of Terraform: variables, locals, references, calls, and where their values are placed."""

from __future__ import annotations

import pytest

from views.terraform_support import (
    configuration,
    load,
    place,
    resource,
    resources,
    told,
    unknown,
    value,
    way,
)
from vvbscan.model.node import MapValue
from vvbscan.views.terraform.arguments import boolean
from vvbscan.views.terraform.kind import model_of


def attribute(text: str, expression: str) -> object:
    """What an expression comes to beside some declarations."""
    return value(resource(f'{text}\nresource "x" "y" {{\n  a = {expression}\n}}\n').get("a"))


@pytest.mark.parametrize(
    ("declared", "expression", "expected"),
    [
        ('variable "a" {\n  default = "x"\n}', "var.a", "x"),
        ('variable "a" {\n  default = 1\n  type = string\n}', "var.a", "1"),
        ('variable "a" {}', "var.a", "?"),
        ('variable "a" {\n  type = object({b = optional(string, "x")})\n  default = {}\n}', "var.a.b", "x"),
        ('locals {\n  a = "x"\n}', "local.a", "x"),
        ('locals {\n  a = local.b\n  b = local.c\n  c = "x"\n}', "local.a", "x"),
        ('locals {\n  a = {b = ["x"]}\n}', "local.a.b[0]", "x"),
        ('resource "z" "w" {\n  b = "x"\n}', "resource.zz.w.b", "x"),
        ('ephemeral "z" "w" {\n  b = "x"\n}', "ephemeral.z.w.b", "x"),
        ('ephemeral "z" "w" {}', "ephemeral.z.w.result", "?"),
        (
            'resource "z" "w" {\n  count = 2\n  b {\n    c = "x"\n  }\n}\nlocals {\n  i = 1\n}',
            "zz.w[local.i].b[0].c",
            "x",
        ),
        (
            'resource "z" "w" {\n  count = 2\n  b {\n    c = "x"\n  }\n}\nlocals {\n  i = 1\n}',
            "zz.w[local.i].b[0].id",
            "?",
        ),
        (
            'resource "z" "w" {\n  count = 2\n  b {\n    c = "x"\n  }\n}\nlocals {\n  i = 1\n}',
            "zz.w[local.i].b.*.id",
            ["?"],
        ),
        ("", "path.module", "."),
        ("", "path.root", "."),
        ("", "path.cwd", "?"),
        ("", "terraform.workspace", "?"),
        ('resource "z" "w" {\n  count = 0\n  b = "x"\n}\ndata "z" "w" {\n  b = "x"\n}', "data.z.w.b", "x"),
    ],
)
def test_names_refer_to_values(declared: str, expression: str, expected: object) -> None:
    text = declared.replace('resource "z"', 'resource "zz"')
    found = {
        one.address: one
        for one in configuration(f'{text}\nresource "x" "y" {{\n a = {expression}\n}}').resources
    }
    assert value(found["x.y"].get("a")) == expected


def test_a_variable_without_value_says_so() -> None:
    found = unknown(resource('variable "a" {}\nresource "x" "y" {\n  a = var.a\n}\n').get("a"))
    assert found.kind == "variable"
    assert found.reason == "var.a has no default and no tfvars file sets it"
    assert found.reference == "var.a"


def test_nulls_are_absent() -> None:
    found = resource('resource "x" "y" {\n  a = null\n  b = 1\n}\n')
    assert found.get("a") is None
    assert value(found.root) == {"b": 1}


def test_meta_arguments_are_no_arguments() -> None:
    found = resource(
        """
        resource "x" "y" {
          count      = 1
          provider   = aws.eu
          depends_on = [x.z]
          lifecycle {
            prevent_destroy = true
          }
          provisioner "local-exec" {
            command = self.id
          }
          connection {
            host = self.ip
          }
        }
        """
    )
    assert value(found.root) == {"lifecycle": [{"prevent_destroy": True}]}


def test_references_to_resources() -> None:
    found = resources(
        """
        resource "aws_lb" "front" {
          name = "front"
          subnet_mapping {
            subnet_id = "subnet-1"
          }
        }
        resource "aws_lb" "many" {
          count = 2
          name  = "front-${count.index}"
        }
        resource "aws_lb" "each" {
          for_each = { eu = "front-eu", us = "front-us" }
          name     = each.value
        }
        data "aws_vpc" "main" {
          tags = { Name = "main" }
        }
        resource "x" "y" {
          known    = aws_lb.front.name
          computed = aws_lb.front.arn
          nested   = aws_lb.front.subnet_mapping[0].allocation_id
          written  = aws_lb.front.subnet_mapping[0].subnet_id
          first    = aws_lb.many[0].name
          all      = aws_lb.many[*].name
          keyed    = aws_lb.each["eu"].name
          values   = [for key, one in aws_lb.each : one.name]
          arns     = aws_lb.many[1].arn
          keyed_arn = aws_lb.each["us"].arn
          remote   = data.aws_vpc.main.id
          config   = data.aws_vpc.main.tags.Name
        }
        """
    )["x.y"]
    assert value(found.root) == {
        "known": "front",
        "computed": "?",
        "nested": "?",
        "written": "subnet-1",
        "first": "front-0",
        "all": ["front-0", "front-1"],
        "keyed": "front-eu",
        "values": ["front-eu", "front-us"],
        "arns": "?",
        "keyed_arn": "?",
        "remote": "?",
        "config": "main",
    }
    computed = unknown(found.get("computed"))
    assert computed.kind == "computed"
    assert computed.reason == "aws_lb.front.arn is known only when Terraform has applied it"
    assert computed.reference == "aws_lb.front.arn"
    assert unknown(found.get("nested")).reference == "aws_lb.front.subnet_mapping[0].allocation_id"
    assert unknown(found.get("arns")).reference == "aws_lb.many[1].arn"
    assert unknown(found.get("keyed_arn")).reference == 'aws_lb.each["us"].arn'
    remote = unknown(found.get("remote"))
    assert (remote.kind, remote.reference) == ("remote", "data.aws_vpc.main.id")
    assert remote.reason == "data.aws_vpc.main.id is read when Terraform runs"


DB_MODULE = """
variable "multi_az" {
  type    = bool
  default = false
}
variable "name" {}
resource "aws_db_instance" "main" {
  identifier = var.name
  multi_az   = var.multi_az
}
output "arn" {
  value = aws_db_instance.main.arn
}
output "name" {
  value = var.name
}
"""


def test_a_module_is_instantiated_with_its_arguments() -> None:
    files = {
        "main.tf": """
            module "db" {
              source   = "./modules/db"
              for_each = { eu = "approval-eu", us = "approval-us" }
              name     = each.value
            }
            module "one" {
              source   = "./modules/db"
              name     = "one"
              multi_az = "true"
            }
            resource "x" "y" {
              arn   = module.db["eu"].arn
              name  = module.one.name
              names = [for one in module.db : one.name]
            }
            """,
        "modules/db/main.tf": DB_MODULE,
    }
    found = resources(files)
    assert list(found) == [
        "x.y",
        'module.db["eu"].aws_db_instance.main',
        'module.db["us"].aws_db_instance.main',
        "module.one.aws_db_instance.main",
    ]
    assert value(found['module.db["us"].aws_db_instance.main'].get("identifier")) == "approval-us"
    one = found["module.one.aws_db_instance.main"]
    assert value(one.get("multi_az")) is True
    assert one.module == "module.one"
    assert [step.label for step in one.via] == ["module.one is called here"]
    y = found["x.y"]
    assert unknown(y.get("arn")).reference == 'module.db["eu"].aws_db_instance.main.arn'
    assert value(y.get("name")) == "one"
    assert value(y.get("names")) == ["approval-eu", "approval-us"]


def test_calls_within_calls_are_one_way() -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./a"\n}\n',
        "a/main.tf": 'module "b" {\n  source = "../b"\n  count = 2\n  size = count.index\n}\n',
        "b/main.tf": 'variable "size" {}\nresource "x" "y" {\n  size = var.size\n}\n',
    }
    found = resources(files)
    assert list(found) == ["module.a.module.b[0].x.y", "module.a.module.b[1].x.y"]
    last = found["module.a.module.b[1].x.y"]
    assert value(last.get("size")) == 1
    assert last.module == "module.a.module.b[1]"
    assert [(step.label, step.source.path) for step in last.via] == [
        ("module.a.module.b[1] is called here", "a/main.tf"),
        ("module.a is called here", "main.tf"),
    ]


def test_a_module_that_is_not_in_the_tree() -> None:
    found = configuration(
        """
        module "vpc" {
          source  = "terraform-aws-modules/vpc/aws"
          version = "~> 5.0"
          cidr    = "10.0.0.0/16"
          azs     = null
        }
        resource "x" "y" {
          vpc = module.vpc.vpc_id
        }
        """
    )
    (call,) = found.calls
    assert (call.source, call.address) == ("terraform-aws-modules/vpc/aws", "module.vpc")
    assert value(call.version) == "~> 5.0"
    assert value(call.root) == {"cidr": "10.0.0.0/16"}
    vpc = unknown(found.resources[0].get("vpc"))
    assert vpc.kind == "remote"
    assert vpc.reason == "module.vpc is terraform-aws-modules/vpc/aws, which is not in the tree"
    assert vpc.reference == "module.vpc.vpc_id"


@pytest.mark.parametrize(
    ("settings", "level"),
    [("", "note"), ('provider "aws" {}\n', "warning"), ('terraform {\n  backend "s3" {}\n}\n', "warning")],
)
def test_the_defaults_of_a_module_for_others_need_not_be_accepted(settings: str, level: str) -> None:
    text = 'variable "a" {\n  default = []\n}\nresource "x" "y" {\n  a = coalescelist(var.a)\n}\n'
    assert [(one.level, one.code) for one in load(settings + text).notices] == [(level, "terraform-value")]


def test_names_in_a_lifecycle_stand_for_themselves() -> None:
    text = """
        resource "x" "y" {
          lifecycle {
            prevent_destroy       = true
            ignore_changes        = [tags, disk[0].size]
            replace_triggered_by  = [x.z.id]
            precondition {
              condition     = self.a
              error_message = "no"
            }
          }
        }
        resource "x" "z" {
          lifecycle {
            ignore_changes = all
          }
        }
        """
    assert told(text) == []
    found = resources(text)
    assert value(found["x.y"].root) == {
        "lifecycle": [
            {
                "prevent_destroy": True,
                "ignore_changes": ["tags", "disk[0].size"],
                "replace_triggered_by": ["x.z.id"],
            }
        ]
    }
    assert value(found["x.z"].get("lifecycle", 0, "ignore_changes")) == "all"


class TestPlaces:
    """The place of a value is the literal whose change mends exactly the subject."""

    def test_a_default_that_only_it_refers_to(self) -> None:
        found = resource('variable "a" {\n  default = false\n}\nresource "x" "y" {\n  a = var.a\n}\n').get(
            "a"
        )
        assert place(found) == "main.tf: false"
        assert way(found) == ["used here: var.a"]

    def test_a_default_that_it_refers_to_twice(self) -> None:
        text = 'variable "a" {\n  default = false\n}\nresource "x" "y" {\n  a = var.a == null ? true : var.a\n}\n'
        assert place(resource(text).get("a")) == "main.tf: false"

    @pytest.mark.parametrize(
        ("other", "expected"),
        [
            ("local.db.name", "main.tf: false"),
            ('local.db["name"]', "main.tf: false"),
            ("local.db.multi_az", "main.tf: local.db.multi_az"),
            ('local.db["multi_az"]', "main.tf: local.db.multi_az"),
            ("local.db", "main.tf: local.db.multi_az"),
            ("local.db[var.key]", "main.tf: local.db.multi_az"),
            ("[for key, value in local.db : key]", "main.tf: local.db.multi_az"),
        ],
    )
    def test_parts_of_a_value_count_by_themselves(self, other: str, expected: str) -> None:
        text = f"""
            variable "key" {{}}
            locals {{
              db = {{ multi_az = false, name = "main" }}
            }}
            resource "x" "y" {{
              a = local.db.multi_az
              b = {other}
            }}
            """
        assert place(resource(text).get("a")) == expected

    def test_a_default_that_others_refer_to(self) -> None:
        text = 'variable "a" {\n  default = false\n}\nresource "x" "y" {\n  a = var.a\n  b = var.a\n}\n'
        found = resource(text).get("a")
        assert place(found) == "main.tf: var.a"
        assert way(found) == ["default of var.a: false"]

    def test_an_output_of_the_root_and_a_validation_are_no_other_use(self) -> None:
        text = """
            variable "a" {
              default = false
              validation {
                condition = var.a
                error_message = "no"
              }
            }
            output "a" {
              value = var.a
            }
            resource "x" "y" {
              a = var.a
            }
            """
        assert place(resource(text).get("a")) == "main.tf: false"

    def test_the_argument_of_a_call(self) -> None:
        files = {
            "main.tf": 'module "db" {\n  source = "./db"\n  name = "x"\n  multi_az = false\n}\n',
            "db/main.tf": DB_MODULE,
        }
        found = resources(files)["module.db.aws_db_instance.main"].get("multi_az")
        assert place(found) == "main.tf: false"
        assert way(found) == ["used here: var.multi_az"]

    def test_a_null_is_where_something_was_made_absent(self) -> None:
        files = {
            "main.tf": 'module "db" {\n  source = "./db"\n  name = "x"\n  multi_az = null\n}\n',
            "db/main.tf": DB_MODULE,
        }
        found = resources(files)["module.db.aws_db_instance.main"]
        assert found.get("multi_az") is None
        assert isinstance(found.root.value, MapValue)
        assert found.root.value.removed is not None
        assert list(found.root.value.removed) == ["multi_az"]
        assert place(found.root.value.removed["multi_az"]) == "main.tf: null"
        default = boolean(found, "multi_az", default=False)
        assert value(default) is False
        assert place(default) == "main.tf: null"
        assert way(default) == ["used here: var.multi_az"]

    def test_a_chain_of_references(self) -> None:
        files = {
            "main.tf": """
                locals {
                  safe = false
                }
                module "db" {
                  source   = "./db"
                  name     = "x"
                  multi_az = local.safe
                }
                """,
            "db/main.tf": DB_MODULE,
        }
        found = resources(files)["module.db.aws_db_instance.main"].get("multi_az")
        assert place(found) == "main.tf: false"
        assert way(found) == ["used here: local.safe", "used here: var.multi_az"]


class TestBadInput:
    """What Terraform would refuse is told at its place, and the rest is judged."""

    @pytest.mark.parametrize(
        "name", ["var.b", "local.b", "module.b.c", "x.z.id", "data.x.z.id", "ephemeral.x.z.id", "each.key"]
    )
    def test_what_is_not_declared(self, name: str) -> None:
        text = f'resource "x" "y" {{\n  a = {name}\n  b = 1\n}}\n'
        assert told(text) == ["terraform-undeclared main.tf:2"]
        assert value(resource(text).root) == {"a": "?", "b": 1}

    def test_modules_that_init_fetches_are_noted(self) -> None:
        call = 'module "a" {\n  source = "./.terraform/modules/shared/subnet"\n}\n'
        (notice,) = load(call).notices
        assert (notice.level, notice.code) == ("note", "terraform-module-missing")
        assert notice.message.startswith("`terraform init` fetches `./.terraform/modules/shared/subnet`")

    def test_names_of_providers_in_their_requirements_are_no_values(self) -> None:
        text = (
            'terraform {\n  required_providers {\n    aws = {\n      version = "~> 6.0"\n'
            "      configuration_aliases = [aws, aws.eu-central-1]\n    }\n  }\n}\n"
        )
        loaded = load(text)
        (settings,) = model_of(loaded).configurations[0].settings
        aliases = ["?", "?"]
        assert value(settings.root) == {
            "required_providers": [{"aws": {"version": "~> 6.0", "configuration_aliases": aliases}}]
        }
        assert list(loaded.notices) == []

    def test_variables_that_terragrunt_may_generate_are_noted_once_a_module(self) -> None:
        files = {
            "live/prod/main/terragrunt.hcl": 'terraform {\n  source = "../../../main"\n}\n',
            "main/main.tf": 'resource "x" "y" {\n  a = var.b\n  b = [var.c, var.b]\n  c = local.d\n}\n',
        }
        loaded = load(files, "terraform:main")
        (found,) = (one for one in model_of(loaded).configurations[0].resources)
        assert value(found.root) == {"a": "?", "b": ["?", "?"], "c": "?"}
        assert (
            unknown(found.get("a")).reason
            == "var.b is not declared in its module: Terragrunt may generate it"
        )
        assert [(one.level, one.message.partition(" is")[0]) for one in loaded.notices] == [
            ("note", "var.b"),
            ("warning", "local.d"),
        ]

    def test_cycles(self) -> None:
        text = (
            'locals {\n  a = local.b\n  b = local.a\n}\nresource "x" "y" {\n  a = local.a\n  b = local.b\n}\n'
        )
        assert told(text) == ["terraform-cycle main.tf:3"]
        assert value(resource(text).root) == {"a": "?", "b": "?"}

    def test_a_local_value_that_refers_to_itself(self) -> None:
        text = 'locals {\n  a = "${local.a}x"\n}\nresource "x" "y" {\n  a = local.a\n}\n'
        assert told(text) == ["terraform-cycle main.tf:2"]

    def test_resources_that_refer_to_each_other(self) -> None:
        text = 'resource "x" "a" {\n  n = x.b.n\n}\nresource "x" "b" {\n  n = x.a.n\n}\n'
        assert [line.partition(" ")[0] for line in told(text)] == ["terraform-cycle"]

    def test_a_count_that_depends_on_itself(self) -> None:
        text = 'resource "x" "a" {\n  count = length(x.a)\n}\n'
        assert told(text) == ["terraform-cycle main.tf:2"]

    def test_modules_that_call_each_other(self) -> None:
        files = {
            "main.tf": 'module "a" {\n  source = "./a"\n}\n',
            "a/main.tf": 'module "b" {\n  source = "../b"\n}\n',
            "b/main.tf": 'module "a" {\n  source = "../a"\n}\nresource "x" "y" {}\n',
        }
        assert told(files) == ["terraform-module-loop b/main.tf:1"]
        assert list(resources(files)) == ["module.a.module.b.x.y"]

    @pytest.mark.parametrize("source", ["./missing", "../outside"])
    def test_a_module_that_is_missing(self, source: str) -> None:
        text = f'module "a" {{\n  source = "{source}"\n}}\nresource "x" "y" {{\n  a = module.a.b\n}}\n'
        assert told(text) == ["terraform-module-missing main.tf:2"]
        assert unknown(resource(text).get("a")).kind == "remote"

    def test_what_may_be_declared_in_a_part_that_is_lost_is_unknown(self) -> None:
        files = {
            "main.tf": 'module "a" {\n  source = "./a"\n  b = 1\n}\nresource "x" "y" {\n  a = var.a\n  b = module.a.b\n}\n',
            "variables.tf": 'variable "a" {\n  default = \n}}\n',
            "a/main.tf": "%%%\noutput {",
        }
        loaded = load(files)
        found = resource(files)
        assert unknown(found.get("b")).kind == "unparsed"
        assert not list(loaded.notices)
        assert {problem.code for parsed in loaded.parsed for problem in parsed.problems} == {"hcl-syntax"}

    def test_arguments_of_calls(self) -> None:
        files = {
            "main.tf": 'module "a" {\n  source = "./a"\n  b = 1\n  d = 2\n}\n',
            "a/main.tf": 'variable "b" {}\nvariable "c" {}\nresource "x" "y" {\n  c = var.c\n}\n',
        }
        assert told(files) == ["terraform-undeclared main.tf:4", "terraform-missing-argument main.tf:1"]
        found = unknown(resources(files)["module.a.x.y"].get("c"))
        assert found.reason == "module.a gives no value for var.c"

    def test_an_output_that_a_module_does_not_have(self) -> None:
        files = {
            "main.tf": 'module "a" {\n  source = "./a"\n}\nresource "x" "y" {\n  a = module.a.nmae\n}\n',
            "a/main.tf": 'output "name" {\n  value = 1\n}\n',
        }
        assert told(files) == ["terraform-undeclared main.tf:5"]

    def test_a_second_declaration(self) -> None:
        text = 'variable "a" {\n  default = 1\n}\nvariable "a" {\n  default = 2\n}\nresource "x" "y" {\n  a = var.a\n}\n'
        assert told(text) == ["terraform-declared-twice main.tf:4"]
        assert value(resource(text).get("a")) == 1


def test_a_call_without_a_source_is_told() -> None:
    files = 'module "log" {\n  days = 30\n}\n\nresource "aws_eip" "out" {\n  domain = "vpc"\n}\n'
    assert told(files) == ["terraform-missing-argument main.tf:1"]


def test_a_block_in_a_file_of_values_is_told_and_loses_nothing() -> None:
    files = {
        "main.tf": 'variable "days" {}\n\nresource "aws_cloudwatch_log_group" "log" {\n  days = var.days\n}\n',
        "terraform.tfvars": "log {\n  days = 1\n}\ndays = 30\n",
    }
    assert told(files) == ["terraform-undeclared terraform.tfvars:1"]
    assert value(resource(files).get("days")) == 30


def test_a_limit_is_told_once_where_it_is_met_first() -> None:
    doubled = "".join(f'  a{n} = "${{local.a{n - 1}}}${{local.a{n - 1}}}"\n' for n in range(1, 40))
    text = (
        f'locals {{\n  a0 = "0123456789"\n{doubled}}}\n\nresource "x" "y" {{\n  a = local.a39\n  b = 1\n}}\n'
    )
    assert told(text) == ["limit main.tf:16"]
    assert value(resource(text).get("b")) == 1
