"""HCL against python-hcl2: where attributes, blocks, labels and expressions begin and end.

Known differences to python-hcl2 8.1.4, in each of which HCL's specification and hashicorp/hcl agree with this
parser:

* Blanks behind the marker that ends a here-document: it reads on to the next line with the marker alone.
* It refuses byte order marks, names beyond ASCII, line ends before `.name` within parentheses, and signs right
  behind signs.
* Interpolations of here-documents are not parsed by it.
* Of attributes with one name the last one wins without a word; here the first does, and it is a problem.
"""

from __future__ import annotations

from typing import Any

import hcl2
import pytest
from hypothesis import given, settings

from parse.hcl_strategies import PLAIN_FILES, Writer
from parse.hcl_support import read
from vvbscan.parse.hcl_tree import (
    HEREDOC,
    Body,
    Call,
    Conditional,
    ForExpression,
    Literal,
    ObjectConstructor,
    Template,
    TupleConstructor,
)

Fact = tuple[str, int, int]
_KINDS = {
    "function_call": "call",
    "tuple": "tuple",
    "object": "object",
    "conditional": "conditional",
    "for_tuple_expr": "for",
    "for_object_expr": "for",
}
_OURS = {
    Call: "call",
    TupleConstructor: "tuple",
    ObjectConstructor: "object",
    Conditional: "conditional",
    ForExpression: "for",
}


def ours(text: str) -> list[Fact]:
    file = read(text)
    assert file.problems == ()
    return sorted(_facts(file.body))


def _facts(body: Body) -> list[Fact]:
    found: list[Fact] = []
    for attribute in body.attributes.values():
        found.append(("attribute", attribute.name.start, attribute.name.end))
        found.append(("value", attribute.expression.start, attribute.expression.end))
        found += _expressions(attribute.expression)
    for block in body.blocks:
        found.append(("block", block.start, block.end))
        found += [("label", label.start, label.end) for label in block.labels]
        found += _facts(block.body)
    return found


def _expressions(tree: Any) -> list[Fact]:
    kind = _OURS.get(type(tree))
    found: list[Fact] = [(kind, tree.start, tree.end)] if kind else []
    if not isinstance(tree, tuple) or (isinstance(tree, (Literal, Template)) and tree.style == HEREDOC):
        return found
    for item in tree:
        found += _expressions(item)
    return found


def theirs(text: str) -> list[Fact]:
    tree = hcl2.parses_to_tree(text)
    found: list[Fact] = []
    pending = [tree]
    while pending:
        node = pending.pop()
        children = [child for child in node.children if hasattr(child, "data")]
        pending += children
        meta = node.meta
        if node.data == "attribute":
            found.append(("attribute", children[0].meta.start_pos, children[0].meta.end_pos))
            value = children[-1].meta
            found.append(("value", value.start_pos, len(text[: value.end_pos].rstrip())))
        elif node.data == "block":
            found.append(("block", meta.start_pos, meta.end_pos))
            found += [
                ("label", child.meta.start_pos, child.meta.end_pos)
                for child in children[1:]
                if child.data not in ("body", "new_line_or_comment")
            ]
        elif node.data in _KINDS:
            found.append((_KINDS[node.data], meta.start_pos, len(text[: meta.end_pos].rstrip())))
    return sorted(found)


FILES = {
    "blocks": """\
# Who may come in.
terraform {
  required_version = ">= 1.9" // since then
  backend "s3" {
    bucket = "vvb-state"
  }
}

resource "aws_security_group" approval {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port = ingress.value
    }
  }
  /* of all
     kinds */
  lifecycle { prevent_destroy = true }
  tags = {}
}
""",
    "expressions": """\
locals {
  count   = var.enabled ? 1 : 0
  ports   = [for port in var.ports : port.number if !port.closed]
  by_name = { for key, port in var.ports : key => port... }
  sum     = -1 + 2 * (3 - local.count) % 4 / 5
  equal   = local.sum >= 3 && local.sum != 4 || !var.enabled
  names   = aws_instance.web[*].id
  legacy  = aws_instance.web.*.tags["a"]
  nested  = merge({ a = [1, 2, [3, { b = null }]] }, { "c" : 4, (var.name) = 5 })
  called  = format("%s-%s", var.name, join(",", concat(["a"], ["b"])))
  spread  = max(local.ports...)
  text    = "plain ${var.name} and \\"quoted\\" $${not}"
}
""",
    "here-documents": """\
resource "aws_iam_policy" "approval" {
  policy = <<EOF
{ "Statement": [] }
EOF

  description = <<-TEXT
    For ${var.name}
      of all
  TEXT
  path = "/"
}
""",
    "lines": """\
locals {
  list = [
    1, # one
    2,
  ]
  call = merge(
    { a = 1 },
    {
      b = 2
      c = 3, d = 4
    },
  )
  term = (
    1
    + 2
  )
}
""",
}


@pytest.mark.parametrize("name", FILES)
def test_everything_begins_and_ends_where_python_hcl2_says(name: str) -> None:
    assert ours(FILES[name]) == theirs(FILES[name])


@settings(max_examples=60, deadline=None)
@given(PLAIN_FILES)
def test_so_it_does_in_any_file(tree: Body) -> None:
    text = Writer(None).body(tree)
    assert ours(text) == theirs(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a = <<EOT\nx\nEOT  \nb = 1\n", ["a", "b"]),
        ("größe = 1\n", ["größe"]),
        ("a = (\n  b\n  .c\n)\n", ["a"]),
        ("a = !!b\n", ["a"]),
        ("a = - -b\n", ["a"]),
    ],
)
def test_what_it_refuses_though_it_is_valid(text: str, names: list[str]) -> None:
    file = read(text)
    assert (list(file.body.attributes), file.problems) == (names, ())
    with pytest.raises(Exception, match=r".*"):  # of no common class
        hcl2.parses_to_tree(text)
