"""Structures in strings: policies and container definitions as what they hold, with the place of each value."""

from __future__ import annotations

from textwrap import dedent

import pytest

from views.terraform_evaluate_support import node_of, parsed, scope_of, shown
from vvbscan.model.node import Node, Unknown
from vvbscan.views.terraform.encoded import structure_of
from vvbscan.views.terraform.evaluate import evaluate


def structure(text: str, files: dict[str, str] | None = None, **variables: str) -> Node:
    expression, source = parsed(dedent(text).strip("\n"))
    node = structure_of(evaluate(expression, scope_of(source, variables, files=files)))
    assert node is not None
    return node


def place(node: Node | None) -> str:
    assert node is not None
    return f"{node.source.path}: {node.written}"


def test_of_jsonencode_it_is_the_argument() -> None:
    node = structure(
        'jsonencode({ Statement = [{ Effect = "Allow", Action = var.action }] })', action='"s3:*"'
    )
    statement = node.get("Statement")
    assert statement is not None
    assert place(statement.items()[0].get("Effect")) == 'main.tf: "Allow"'
    assert place(statement.items()[0].get("Action")) == 'variables.tf: "s3:*"'


def test_it_comes_through_references_functions_and_templates() -> None:
    policy = 'jsonencode({ Effect = "Allow" })'
    for expression in (
        "var.policy",
        '"${var.policy}"',
        "try(var.policy, null)",
        "[var.policy][0]",
        "sensitive(var.policy)",
    ):
        assert place(structure(expression, policy=policy).get("Effect")) == 'variables.tf: "Allow"'


def test_what_is_unknown_in_it_stays_so() -> None:
    node = structure('jsonencode({ Resource = computed.arn, Effect = "Allow" })')
    resource = node.get("Resource")
    assert resource is not None
    assert isinstance(resource.value, Unknown)
    assert resource.value.reference == "computed.arn"
    assert place(node.get("Effect")) == 'main.tf: "Allow"'


def test_of_yamlencode_too() -> None:
    assert place(structure("yamlencode({ a = [1] })").get("a")) == "main.tf: [1]"


@pytest.mark.parametrize(
    "text",
    [
        """
        <<EOT
        {
          "Effect": "Allow",
          "Action": ["s3:Get*", "s3:*"]
        }
        EOT
        """,
        """
        <<-EOT
            {
              "Effect": "Allow",
              "Action": ["s3:Get*", "s3:*"]
            }
          EOT
        """,
    ],
    ids=["plain", "indented"],
)
def test_of_a_here_document_each_value_has_its_place(text: str) -> None:
    node = structure(text)
    assert shown(node) == {"Effect": "Allow", "Action": ["s3:Get*", "s3:*"]}
    assert place(node.get("Effect")) == 'main.tf: "Allow"'
    assert place(node.key("Effect")) == 'main.tf: "Effect"'
    action = node.get("Action")
    assert action is not None
    assert place(action.items()[1]) == 'main.tf: "s3:*"'


def test_of_a_quoted_string_with_escapes_too() -> None:
    node = structure(r'"{\"Effect\": \"Allow\", \"Version\": 1}"')
    assert place(node.get("Effect")) == r"main.tf: \"Allow\""
    assert place(node.get("Version")) == "main.tf: 1"


def test_interpolations_of_a_here_document_are_filled_in() -> None:
    node = structure(
        """
        <<-EOT
          {
            "Effect": "${var.effect}",
            "Resource": "${computed.arn}/*",
            "Bucket": "${computed.arn}",
            "Action": "s3:*",
            "Cpu": ${var.cpu},
            "Memory": ${unknown.memory}
          }
        EOT
        """,
        effect='"Allow"',
        cpu="256",
    )
    assert shown(node) == {
        "Effect": "Allow",
        "Resource": "?/*",
        "Bucket": "?",
        "Action": "s3:*",
        "Cpu": 256,
        "Memory": "?",
    }
    assert place(node.get("Action")) == 'main.tf: "s3:*"'
    assert place(node.get("Resource")) == 'main.tf: "${computed.arn}/*"'
    bucket = node.get("Bucket")
    assert bucket is not None
    assert isinstance(bucket.value, Unknown)
    assert bucket.value.reference == "computed.arn"
    memory = node.get("Memory")
    assert memory is not None
    assert isinstance(memory.value, Unknown)
    assert memory.value.reason == "unknown.memory has no value"


def test_of_a_file_it_has_the_places_of_the_file() -> None:
    node = structure('file("policy.json")', {"policy.json": '{\n  "Effect": "Allow"\n}\n'})
    assert place(node.get("Effect")) == 'policy.json: "Allow"'


def test_of_a_template_file_too() -> None:
    files = {"tasks.json": '[{"name": "${name}", "image": "vvb:latest"}]'}
    node = structure('templatefile("${path.module}/tasks.json", { name = "web" })', files)
    assert shown(node) == [{"name": "web", "image": "vvb:latest"}]
    assert place(node.items()[0].get("image")) == 'tasks.json: "vvb:latest"'


def test_a_place_in_a_template_file_names_where_it_is_filled_in() -> None:
    files = {"tasks.json": '[{"name": "${name}", "image": "vvb:latest"}]'}
    node = structure('templatefile("tasks.json", { name = "web" })', files)
    image = node.items()[0].get("image")
    assert image is not None
    (step,) = image.via
    assert (step.label, step.source.path) == ("used here", "main.tf")
    assert step.source.text.text[step.start : step.end].startswith("templatefile(")


def test_a_template_is_named_as_what_a_text_is_made_of() -> None:
    node = node_of('templatefile("name.txt", {})', files={"name.txt": "web"})
    assert [(step.label, step.source.path) for step in node.via] == [("the template", "name.txt")]


def test_of_a_template_without_interpolations_too() -> None:
    node = structure('templatefile("tasks.json", {})', {"tasks.json": '[{"name": "web"}]'})
    assert place(node.items()[0].get("name")) == 'tasks.json: "web"'


@pytest.mark.parametrize(
    "text", ['"plain"', "1", "null", '"{ not json"', '"${unknown.x}"', "{ a = 1 }", '"{} {}"']
)
def test_other_values_hold_none(text: str) -> None:
    assert structure_of(node_of(text)) is None


def test_an_encoded_string_is_a_string_to_everybody_else() -> None:
    node = node_of('length(jsonencode({ a = 1 })) + length("x${jsonencode([1])}")')
    assert node.value == len('{"a":1}') + len("x[1]")
    assert node_of('jsonencode({ a = 1 }) == "{\\"a\\":1}"').value is True
