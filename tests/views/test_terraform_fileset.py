"""`fileset`: files of the tree by a pattern."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from views.terraform_support import place, resource, resources, unknown, value, way
from vvbscan.engine.tree import DirectoryTree
from vvbscan.model.unit import Options, Unit
from vvbscan.views.terraform.kind import KIND, model_of

TREE = dict.fromkeys(("data/a.yaml", "data/b.yml", "data/c/d.yaml", "data/c/e/f.yaml", "data/.hidden.yaml", "data/ab.yaml", "other/a.yaml"), "x: 1\n")  # fmt: skip


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('"data", "*.yaml"', [".hidden.yaml", "a.yaml", "ab.yaml"]),
        ('"data", "?.yaml"', ["a.yaml"]),
        ('"data", "[ab].y*"', ["a.yaml", "b.yml"]),
        ('"data", "[^a].y*"', ["b.yml"]),
        ('"data", "*.{yaml,yml}"', [".hidden.yaml", "a.yaml", "ab.yaml", "b.yml"]),
        ('"data", "**/*.yaml"', [".hidden.yaml", "a.yaml", "ab.yaml", "c/d.yaml", "c/e/f.yaml"]),
        ('"data", "**"', [".hidden.yaml", "a.yaml", "ab.yaml", "b.yml", "c/d.yaml", "c/e/f.yaml"]),
        ('"data", "c/*"', ["c/d.yaml"]),
        ('"data", "*/*"', ["c/d.yaml"]),
        ('"data", "c"', []),
        ('"data", "a.yaml"', ["a.yaml"]),
        ('"data", "missing.yaml"', []),
        ('"${path.module}/data", "c/e/*.yaml"', ["c/e/f.yaml"]),
        ('path.module, "data/?.yaml"', ["data/a.yaml"]),
        ('"data/c", "../?.yaml"', ["../a.yaml"]),
        ('"missing", "*"', "?"),
        ('"-", "*"', []),
        ('"data", "missing/*"', "?"),
        ('"..", "*"', "?"),
        ('"/etc", "*"', "?"),
        ('var.directory, "*"', "?"),
        ('"data", var.directory', "?"),
    ],
)
def test_patterns(call: str, expected: object) -> None:
    text = f'variable "directory" {{}}\nresource "x" "y" {{\n  a = fileset({call})\n}}\n'
    assert value(resource({"main.tf": text, **TREE}).get("a")) == expected


def test_a_file_for_each_resource() -> None:
    text = """
        resource "x" "y" {
          for_each = fileset("data", "c/**")
          a        = yamldecode(file("data/${each.value}")).x
        }
        """
    found = resources({"main.tf": text, **TREE})
    assert {address: value(one.get("a")) for address, one in found.items()} == {
        'x.y["c/d.yaml"]': 1,
        'x.y["c/e/f.yaml"]': 1,
    }


def test_what_is_decoded_of_a_file_stands_there() -> None:
    text = """
        locals {
          groups = yamldecode(file("${path.module}/groups.yaml"))
          web    = jsondecode(file("web.json"))
        }
        resource "x" "y" {
          for_each = local.groups
          days     = each.value.days
          port     = local.web.port
        }
        """
    files = {"main.tf": text, "groups.yaml": "main:\n  days: 1\n", "web.json": '{"port": 80}\n'}
    found = resources(files)['x.y["main"]']
    assert place(found.get("days")) == "groups.yaml: 1"
    assert way(found.get("days"))[0].startswith("read here: file(")
    assert place(found.get("port")) == "web.json: 80"


@pytest.mark.parametrize(
    "pattern", ["{a,b}" * 20, "{" * 1000, "}" * 1000, "[" * 1000, "**/" * 500, "*" * 5000]
)
def test_hostile_patterns_end(pattern: str) -> None:
    text = f'resource "x" "y" {{\n  a = fileset("data", "{pattern}")\n}}\n'
    assert value(resource({"main.tf": text, **TREE}).get("a")) in (
        "?", [], [".hidden.yaml", "a.yaml", "ab.yaml", "b.yml"],
        [".hidden.yaml", "a.yaml", "ab.yaml", "b.yml", "c/d.yaml", "c/e/f.yaml"],
    )  # fmt: skip


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "x" "y" {\n  a = fileset("a", "**")\n}\n')
    (tmp_path / "a").mkdir()
    os.symlink("../a", tmp_path / "a" / "b")
    os.symlink("/", tmp_path / "a" / "c")
    tree = DirectoryTree(str(tmp_path), 1000)
    loaded = KIND.load(Unit("terraform:.", "terraform", ("main.tf",)), tree, Options())
    (found,) = model_of(loaded).configurations[0].resources
    assert unknown(found.get("a")).kind == "limit"
