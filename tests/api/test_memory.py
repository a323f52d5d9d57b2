"""What a scan leaves in memory: nothing, without a run of the garbage collector."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path

import pytest

import vvbscan
from vvbscan import Config

TERRAFORM = """
    variable "sizes" {
      default = { a = { days = 1 }, b = {} }
    }
    module "m" {
      source   = "./m"
      for_each = var.sizes
      days     = try(each.value.days, local.groups.days)
    }
    module "n" {
      source = "./m"
      days   = try(local.groups.none, startswith(null, "a"))
    }
    locals {
      groups = yamldecode(file("groups.yaml"))
      ids    = [for name, one in module.m : one.id]
      circle = local.circle
    }
    resource "aws_db_instance" "a" {
      count = length(local.ids)
      tags  = { self = "${aws_s3_bucket.b.arn}" }
    }
    resource "aws_s3_bucket" "b" {
      bucket = "a"
      tags   = { other = aws_db_instance.a[0].arn }
    }
    """
MODULE = """
    variable "days" { type = number }
    output "id" { value = aws_db_instance.a.id }
    resource "aws_db_instance" "a" { backup_retention_period = var.days }
    """
POM = "<project><artifactId>a</artifactId><version>1</version></project>"
FILES = {
    "terraform": {"main.tf": TERRAFORM, "groups.yaml": "days: 3\n", "m/main.tf": MODULE, "m/broken.tf": "a = {"},
    "maven": {"pom.xml": POM},
    "gradle": {"build.gradle": "plugins { id 'java' }\n", "settings.gradle": ""},
    "python": {"requirements.txt": "-r other.txt\nrequests\n", "other.txt": "flask==1.0\n"},
    "manifests": {"pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a}]}\n"},
    "kustomize": {
        "kustomization.yaml": "resources: [pod.yaml]\nnamePrefix: a-\n",
        "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a}]}\n",
    },
    "compose": {"compose.yaml": "services: {a: {image: a}}\n"},
    "dockerfile": {"Dockerfile": "FROM a\n"},
    "gitlab": {".gitlab-ci.yml": "test: {script: [make]}\n"},
    "workflow": {".github/workflows/a.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: make}]}}\n"},
    "application": {"src/main/resources/application.properties": "quarkus.http.port=${a:80}\n", "pom.xml": POM},
}  # fmt: skip


def objects() -> Counter[str]:
    """How many objects of vvbscan's own types there are."""
    kinds = (type(one) for one in gc.get_objects())
    return Counter(kind.__qualname__ for kind in kinds if str(kind.__module__).startswith("vvbscan"))


@pytest.mark.parametrize("name", FILES)
def test_a_scan_leaves_nothing_to_the_garbage_collector(tmp_path: Path, name: str) -> None:
    for path, text in FILES[name].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    config = Config()
    assert vvbscan.scan([tmp_path], config, root=tmp_path).files  # what is imported and kept for good
    gc.collect()
    gc.disable()
    try:
        before = objects()
        vvbscan.scan([tmp_path], config, root=tmp_path)
        assert objects() - before == Counter()
    finally:
        gc.enable()
