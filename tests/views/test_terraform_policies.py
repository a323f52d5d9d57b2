"""Policies as statements: three spellings of one policy, documents that are put together, and joins."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.terraform_support import configuration, value, view
from vvbscan.model.node import Unknown
from vvbscan.views.terraform.arguments import Items
from vvbscan.views.terraform.policies import PolicyStatement, policy_attachments, policy_statements
from vvbscan.views.terraform.policy_documents import Statement

_WORDS = st.sampled_from(["*", "s3:*", "s3:GetObject", "sqs:SendMessage", "arn:aws:s3:::vvb/*"])
_LISTS = st.lists(_WORDS, min_size=1, max_size=3)
_STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"])},
    optional={
        "Action": _LISTS,
        "NotAction": _LISTS,
        "Resource": _LISTS,
        "NotResource": _LISTS,
        "Principal": st.dictionaries(st.sampled_from(["AWS", "Service", "Federated"]), _LISTS, min_size=1),
        "Condition": st.dictionaries(
            st.sampled_from(["StringEquals", "ArnLike"]),
            st.dictionaries(st.sampled_from(["aws:SourceArn", "aws:PrincipalOrgID"]), _LISTS, min_size=1),
            min_size=1,
        ),
    },
)


def listed(found: Items) -> list[object]:
    return [value(node) for node in found.nodes]


def said(statement: Statement) -> dict[str, object]:
    """What a statement says, in an order that does not depend on how it was written."""
    return {
        "effect": value(statement.effect),
        "actions": listed(statement.actions),
        "not_actions": listed(statement.not_actions),
        "resources": listed(statement.resources),
        "not_resources": listed(statement.not_resources),
        "principals": sorted((kind, listed(found)) for kind, found in statement.principals),
        "conditions": sorted((one.operator, one.key, listed(one.values)) for one in statement.conditions),
        "rest": statement.rest,
    }


def statements(text: str) -> list[PolicyStatement]:
    records = [subject.record for subject in view(text, "policy_statement").values()]
    assert all(isinstance(record, PolicyStatement) for record in records)
    return records  # type: ignore[return-value]  # just asserted


def block(statement: dict[str, object]) -> str:
    """A statement as a block of aws_iam_policy_document."""
    names = {
        "Action": "actions",
        "NotAction": "not_actions",
        "Resource": "resources",
        "NotResource": "not_resources",
    }
    lines = [f"effect = {json.dumps(statement['Effect'])}"]
    lines += [f"{names[key]} = {json.dumps(found)}" for key, found in statement.items() if key in names]
    principals = statement.get("Principal", {})
    assert isinstance(principals, dict)
    for kind, identifiers in principals.items():
        lines.append(
            f"principals {{\n type = {json.dumps(kind)}\n identifiers = {json.dumps(identifiers)}\n}}"
        )
    conditions = statement.get("Condition", {})
    assert isinstance(conditions, dict)
    for operator, tests in conditions.items():
        for key, values in tests.items():
            lines.append(
                f"condition {{\n test = {json.dumps(operator)}\n variable = {json.dumps(key)}\n"
                f" values = {json.dumps(values)}\n}}"
            )
    return "statement {\n" + "\n".join(lines) + "\n}"


@given(st.lists(_STATEMENTS, min_size=1, max_size=3))
def test_a_policy_says_the_same_however_it_is_written(policy: list[dict[str, object]]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": policy}, indent=2)
    spellings = [
        f"policy = jsonencode({document})",
        f"policy = <<EOF\n{document}\nEOF",
        "policy = data.aws_iam_policy_document.p.json",
        f"policy = file({json.dumps('policy.json')})",
    ]
    data = 'data "aws_iam_policy_document" "p" {\n' + "\n".join(map(block, policy)) + "\n}\n"
    outcomes = []
    for spelling in spellings:
        main = f'{data}resource "aws_iam_policy" "p" {{\n{spelling}\n}}\n'
        subjects = view({"main.tf": main, "policy.json": document}, "policy_statement").values()
        outcomes.append([said(subject.record.statement) for subject in subjects])  # type: ignore[attr-defined]
    assert len(outcomes[0]) == len(policy)
    assert all(outcome == outcomes[0] for outcome in outcomes[1:])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["Statement", "Effect", "Action", "Principal", "Condition", "Resource", "AWS"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_a_policy_is_it_is_viewed(policy: object) -> None:
    text = json.dumps(json.dumps({"Statement": policy})).replace("${", "$${").replace("%{", "%%{")
    for kind in ("aws_iam_policy", "aws_sqs_queue_policy"):
        found = view(f'resource "{kind}" "p" {{\n  policy = {text}\n}}\n', "policy_statement")
        assert all(isinstance(subject.record, PolicyStatement) for subject in found.values())


def test_a_policy_that_cannot_be_read_is_one_unknown_statement() -> None:
    (record,) = statements('resource "aws_iam_policy" "p" {\n  policy = "{]"\n}\n')
    assert record.statement.rest == Unknown("unparsed", "the text is not valid JSON")


def test_later_documents_override_statements_of_earlier_ones() -> None:
    (first, second, third) = statements("""
        data "aws_iam_policy_document" "base" {
          statement {
            sid     = "A"
            actions = ["*"]
          }
          statement {
            actions = ["sqs:*"]
          }
        }

        data "aws_iam_policy_document" "over" {
          statement {
            sid     = "B"
            actions = ["s3:GetObject"]
          }
        }

        data "aws_iam_policy_document" "all" {
          source_policy_documents   = [data.aws_iam_policy_document.base.json]
          override_policy_documents = [data.aws_iam_policy_document.over.minified_json]
          statement {
            sid     = "A"
            actions = ["s3:ListBucket"]
          }
          statement {
            sid     = "B"
            actions = ["s3:*"]
          }
        }

        resource "aws_iam_policy" "p" {
          policy = data.aws_iam_policy_document.all.json
        }
        """)
    assert [listed(one.statement.actions) for one in (first, second, third)] == [
        ["s3:ListBucket"],
        ["sqs:*"],
        ["s3:GetObject"],
    ]


def test_documents_that_lead_back_to_themselves_end() -> None:
    found = statements("""
        data "aws_iam_policy_document" "a" {
          source_policy_documents = [data.aws_iam_policy_document.b.json]
          statement {
            actions = ["s3:GetObject"]
          }
        }

        data "aws_iam_policy_document" "b" {
          source_policy_documents = [data.aws_iam_policy_document.a.json]
        }

        resource "aws_iam_policy" "p" {
          policy = data.aws_iam_policy_document.a.json
        }
        """)
    assert [listed(one.statement.actions) for one in found] == [["s3:GetObject"], []]
    assert found[1].statement.rest is not None


def test_a_chain_of_documents_is_followed_only_so_far() -> None:
    chain = "\n".join(
        f'data "aws_iam_policy_document" "d{index}" {{\n'
        f"  source_policy_documents = [data.aws_iam_policy_document.d{index + 1}.json]\n}}"
        for index in range(50)
    )
    (record,) = statements(
        f'{chain}\nresource "aws_iam_policy" "p" {{\n  policy = data.aws_iam_policy_document.d0.json\n}}\n'
    )
    assert record.statement.rest is not None
    assert record.statement.rest.kind == "limit"


@pytest.mark.parametrize(
    ("name", "bound", "kind"),
    [
        ("approval", "", "identity"),
        ("approval", "permissions_boundary = aws_iam_policy.approval.arn", "boundary"),
        ("approval_boundary", "", "boundary"),
    ],
)
def test_a_policy_that_bounds_others_is_told_apart(name: str, bound: str, kind: str) -> None:
    found = view(
        f"""
        resource "aws_iam_policy" "{name}" {{
          policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "*", Resource = "*" }}] }})
        }}

        resource "aws_iam_role" "r" {{
          {bound}
        }}
        """,
        "policy_statement",
    )
    (subject,) = found.values()
    assert value(subject.root.get("kind")) == kind


@pytest.mark.parametrize(
    ("block", "shielded"),
    [
        ("restrict_public_buckets = true", True),
        ("restrict_public_buckets = false", False),
        ("block_public_policy = true", False),
    ],
)
def test_a_block_shields_the_policy_of_its_bucket(block: str, shielded: bool) -> None:
    found = statements(f"""
        resource "aws_s3_bucket" "b" {{
          bucket = "vvb"
        }}

        resource "aws_s3_bucket_public_access_block" "b" {{
          bucket = aws_s3_bucket.b.id
          {block}
        }}

        resource "aws_s3_bucket_policy" "b" {{
          bucket = aws_s3_bucket.b.bucket
          policy = jsonencode({{ Statement = [{{ Effect = "Allow", Principal = "*", Action = "s3:*" }}] }})
        }}
        """)
    assert [record.shielded for record in found] == [shielded]


def test_a_permission_of_a_function_is_a_statement_with_its_bounds() -> None:
    (record,) = statements("""
        resource "aws_lambda_permission" "p" {
          function_name  = "approval"
          action         = "lambda:InvokeFunction"
          principal      = "s3.amazonaws.com"
          source_account = "111122223333"
        }
        """)
    assert [kind for kind, _ in record.statement.principals] == ["Service"]
    assert [condition.key for condition in record.statement.conditions] == ["aws:SourceAccount"]


def test_who_takes_on_a_role_is_read_from_its_trust() -> None:
    text = """
        resource "aws_iam_role" "service" {
          name               = "service"
          assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })
        }

        resource "aws_iam_role" "person" {
          name               = "person"
          assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = "arn" } }] })
        }

        resource "aws_iam_role_policy_attachment" "all" {
          for_each   = toset(["service", "person", "elsewhere"])
          role       = each.value
          policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        }
        """
    workloads = {
        subject.address.partition(":")[0]: subject.record.workload  # type: ignore[attr-defined]
        for subject in policy_attachments(configuration(text))
    }
    assert workloads['aws_iam_role_policy_attachment.all["service"]'] is True
    assert workloads['aws_iam_role_policy_attachment.all["person"]'] is False
    assert isinstance(workloads['aws_iam_role_policy_attachment.all["elsewhere"]'], Unknown)


def test_one_attachment_may_name_several_holders() -> None:
    text = """
        resource "aws_iam_role" "service" {
          name               = "service"
          assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })
        }

        resource "aws_iam_policy_attachment" "all" {
          users      = ["a"]
          groups     = ["b", "c"]
          roles      = [aws_iam_role.service.name, "elsewhere"]
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }
        """
    found = [subject.record for subject in policy_attachments(configuration(text))]
    holders = [(record.holder, record.workload) for record in found]  # type: ignore[attr-defined]
    assert holders[:4] == [("user", False), ("group", False), ("group", False), ("role", True)]
    assert isinstance(holders[4][1], Unknown)


def test_a_place_is_that_of_the_value_in_the_document() -> None:
    text = """\
resource "aws_iam_policy" "p" {
  policy = <<-EOT
    {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${var.b}/*"}]}
  EOT
}
"""
    (subject,) = policy_statements(configuration({"main.tf": text, "v.tf": 'variable "b" {}'}))
    record = subject.record
    assert isinstance(record, PolicyStatement)
    (action,) = record.statement.actions.nodes
    assert action.written == '"s3:*"'
    (resource,) = record.statement.resources.nodes
    assert isinstance(resource.value, Unknown)
    assert resource.value.parts == ("arn:aws:s3:::", None, "/*")
