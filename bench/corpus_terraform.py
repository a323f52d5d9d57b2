"""The part of the invented corpus that is Terraform: a root module a service, which calls one of its tree."""

from __future__ import annotations

import random
from collections.abc import Iterator

_WORDS = (
    "order", "cart", "stock", "price", "user", "mail", "search", "ledger", "invoice", "media", "report", "audit",
)  # fmt: skip
_VARIABLES = """\
variable "name" {
  type        = string
  description = "Name of the service"
}

variable "environment" {
  type    = string
  default = "production"

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "Staging or production."
  }
}

variable "retention" {
  type    = number
  default = %d
}
"""
_LOCALS = """\
locals {
  prefix = "${var.environment}-${var.name}"
  tags = merge(
    { service = var.name, environment = var.environment },
    var.environment == "production" ? { tier = "1" } : {},
  )
}
"""


def terraform(chooser: random.Random) -> Iterator[tuple[str, str]]:
    """Root modules without end: variables, locals, resources in several files, and a module called twice."""
    number = 0
    while True:
        number += 1
        name = f"{chooser.choice(_WORDS)}-{number}"
        root = f"infrastructure/{name}"
        yield f"{root}/variables.tf", _VARIABLES % chooser.choice((0, 1, 7, 30))
        yield f"{root}/locals.tf", _LOCALS
        yield f"{root}/main.tf", _providers(chooser) + _calls(chooser, name)
        yield (
            f"{root}/storage.tf",
            "\n".join(_bucket(chooser, index) for index in range(chooser.randint(1, 6))),
        )
        yield (
            f"{root}/network.tf",
            "\n".join(_group(chooser, index) for index in range(chooser.randint(1, 6))),
        )
        yield f"{root}/modules/database/main.tf", _database(chooser)


def _providers(chooser: random.Random) -> str:
    return (
        'terraform {\n  required_version = ">= 1.9"\n  required_providers {\n'
        f'    aws = {{\n      source  = "hashicorp/aws"\n      version = "~> 5.{chooser.randint(40, 90)}"\n'
        '    }\n  }\n}\n\nprovider "aws" {\n  region = "eu-central-1"\n}\n\n'
    )


def _calls(chooser: random.Random, name: str) -> str:
    return "\n".join(
        f'module "{purpose}" {{\n  source    = "./modules/database"\n  name      = "${{local.prefix}}-{purpose}"\n'
        f"  retention = {chooser.choice(('var.retention', '14', 'max(var.retention, 7)'))}\n"
        f"  encrypted = {chooser.choice(('true', 'false'))}\n  tags      = local.tags  # {name}\n}}\n"
        for purpose in ("main", "archive")
    )


def _bucket(chooser: random.Random, index: int) -> str:
    label = f"{chooser.choice(_WORDS)}_{index}"
    text = (
        f'resource "aws_s3_bucket" "{label}" {{\n  bucket = "${{local.prefix}}-{label}"\n'
        "  tags   = local.tags\n}\n"
    )
    if chooser.random() < 0.6:
        text += (
            f'\nresource "aws_s3_bucket_versioning" "{label}" {{\n  bucket = aws_s3_bucket.{label}.id\n\n'
            '  versioning_configuration {\n    status = "Enabled"\n  }\n}\n'
        )
    if chooser.random() < 0.6:
        text += f'\nresource "aws_s3_bucket_public_access_block" "{label}" {{\n  bucket = aws_s3_bucket.{label}.id\n'
        text += "".join(
            f"  {setting} = {chooser.choice(('true', 'true', 'false'))}\n"
            for setting in (
                "block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets",
            )
        ) + "}\n"  # fmt: skip
    return text


def _group(chooser: random.Random, index: int) -> str:
    word = chooser.choice(_WORDS)
    text = (
        f'resource "aws_security_group" "{word}_{index}" {{\n  name        = "${{local.prefix}}-{word}-{index}"\n'
        f'  description = "Reaches {word}"\n  tags        = local.tags\n'
    )
    for port in chooser.sample((22, 80, 443, 5432, 8080), chooser.randint(1, 3)):
        source = chooser.choice(("0.0.0.0/0", "10.0.0.0/8", "192.168.0.0/16"))
        text += (
            f'\n  ingress {{\n    from_port   = {port}\n    to_port     = {port}\n    protocol    = "tcp"\n'
            f'    cidr_blocks = ["{source}"]\n  }}\n'
        )
    return text + "}\n"


def _database(chooser: random.Random) -> str:
    return (
        'variable "name" {\n  type = string\n}\n\nvariable "retention" {\n  type = number\n}\n\n'
        'variable "encrypted" {\n  type    = bool\n  default = true\n}\n\n'
        'variable "tags" {\n  type    = map(string)\n  default = {}\n}\n\n'
        'resource "aws_db_instance" "this" {\n  identifier              = var.name\n'
        f'  engine                  = "postgres"\n  instance_class          = "db.m6g.{chooser.randint(1, 4)}xlarge"\n'
        "  allocated_storage       = 100\n  backup_retention_period = var.retention\n"
        f"  storage_encrypted       = var.encrypted\n  multi_az                = {chooser.choice(('true', 'false'))}\n"
        "  skip_final_snapshot     = false\n  tags                    = var.tags\n}\n\n"
        'output "address" {\n  value = aws_db_instance.this.address\n}\n'
    )
