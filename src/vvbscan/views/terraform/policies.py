"""View `policy_statement`: what policies of AWS allow, from whatever they are written in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Items, Targets, argument, items
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.policy_documents import Condition, Document, Documents, Statement, opaque
from vvbscan.views.terraform.public_shields import Shields
from vvbscan.views.terraform.registry_modules import well_known
from vvbscan.views.terraform.subjects import kind_of, subject

IDENTITY: Final = "identity"
"""What a user, group or role may do."""
RESOURCE: Final = "resource"
"""Who may do something with a resource."""
TRUST: Final = "trust"
"""Who may take on a role."""

BOUNDARY: Final = "boundary"
"""What the policies of a user or role may allow at most."""

_POLICIES: Final[tuple[tuple[str, tuple[str, ...], str, str], ...]] = (
    ("aws_iam_policy", ("policy",), IDENTITY, ""),
    ("aws_iam_role_policy", ("policy",), IDENTITY, ""),
    ("aws_iam_user_policy", ("policy",), IDENTITY, ""),
    ("aws_iam_group_policy", ("policy",), IDENTITY, ""),
    ("aws_iam_role", ("inline_policy", "policy"), IDENTITY, ""),
    ("aws_iam_role", ("assume_role_policy",), TRUST, "sts"),
    ("aws_s3_bucket_policy", ("policy",), RESOURCE, "s3"),
    ("aws_s3_bucket", ("policy",), RESOURCE, "s3"),
    ("aws_sqs_queue_policy", ("policy",), RESOURCE, "sqs"),
    ("aws_sqs_queue", ("policy",), RESOURCE, "sqs"),
    ("aws_sns_topic_policy", ("policy",), RESOURCE, "sns"),
    ("aws_sns_topic", ("policy",), RESOURCE, "sns"),
    ("aws_kms_key_policy", ("policy",), RESOURCE, "kms"),
    ("aws_kms_key", ("policy",), RESOURCE, "kms"),
    ("aws_ecr_repository_policy", ("policy",), RESOURCE, "ecr"),
    ("aws_ecr_registry_policy", ("policy",), RESOURCE, "ecr"),
    ("aws_secretsmanager_secret_policy", ("policy",), RESOURCE, "secretsmanager"),
    ("aws_secretsmanager_secret", ("policy",), RESOURCE, "secretsmanager"),
    ("aws_opensearch_domain", ("access_policies",), RESOURCE, "es"),
    ("aws_opensearch_domain_policy", ("access_policies",), RESOURCE, "es"),
    ("aws_elasticsearch_domain", ("access_policies",), RESOURCE, "es"),
    ("aws_elasticsearch_domain_policy", ("access_policies",), RESOURCE, "es"),
    ("aws_backup_vault_policy", ("policy",), RESOURCE, "backup"),
    ("aws_cloudwatch_event_bus_policy", ("policy",), RESOURCE, "events"),
)
"""Type, argument (or block and argument), kind and service of the policies that are looked at."""
_MODULES: Final[tuple[tuple[str, str, str, str, str], ...]] = (
    ("iam", "modules/iam-policy", "policy", IDENTITY, ""),
    ("kms", "", "policy", RESOURCE, "kms"),
    ("ecr", "", "repository_policy", RESOURCE, "ecr"),
)
"""Name and part of a module, argument, kind and service."""


class PolicyStatement(NamedTuple):
    """A statement of a policy. View `policy_statement`, fields as named here."""

    component: str
    """Type of the resource that has the policy: `aws_iam_role_policy`."""
    kind: str
    """`IDENTITY`, `RESOURCE`, `TRUST` or `BOUNDARY`."""
    service: str
    """Service of the resource that a resource policy is for: `s3`, `ecr`; empty for identity policies."""
    statement: Statement
    shielded: bool | Unknown
    """Whether something else keeps the public out, whatever the policy says: a private network, say."""
    website: bool
    """Whether it is the policy of a bucket that is set up as a website."""


class PolicyAttachment(NamedTuple):
    """A managed policy that somebody gets. View `policy_attachment`, fields as named here."""

    policy: Node
    """ARN of the policy."""
    holder: str
    """`role`, `user` or `group`."""
    workload: bool | Unknown
    """Whether a service of AWS takes on the role: a function, a machine, a task."""


def policy_statements(configuration: Configuration) -> Iterator[Subject]:
    """View `policy_statement`: the statements of policies of AWS. Record: `PolicyStatement`.

    Fields: `component`, `kind`, `service`, `effect`, `actions`, `resources`, `principals` (all of any type),
    `user` (whose policy it is, if it is that of a user alone).
    """
    documents = Documents(configuration)
    shields = Shields(configuration)
    for type_, path, kind, service in _POLICIES:
        resources = configuration.by_type.get(type_, ())
        bounding = _boundaries(configuration, resources) if type_ == "aws_iam_policy" else ()
        for resource in resources:
            for part, node in _texts(resource, path):
                document = documents.read(node)
                meant = BOUNDARY if resource.address in bounding else kind
                yield from _subjects(configuration, shields, resource, part, node, document, meant, service)
    for module, part, name, kind, service in _MODULES:
        for found in well_known(configuration, module):
            policy = argument(found.call, name) if found.part == part else None
            if policy is not None:
                document = documents.read(policy)
                yield from _subjects(
                    configuration, shields, found.call, name, policy, document, kind, service
                )
    yield from _lambda_permissions(configuration)


def _boundaries(configuration: Configuration, policies: tuple[Resource, ...]) -> frozenset[str]:
    """Addresses of the policies that bound users and roles, by their use or by their names."""
    if not policies:
        return frozenset()
    targets = Targets(policies, "arn", "id")
    found = {policy.address for policy in policies if "boundary" in policy.name}
    for type_ in ("aws_iam_role", "aws_iam_user"):
        for holder in configuration.by_type.get(type_, ()):
            policy = targets.get(argument(holder, "permissions_boundary"))
            if policy is not None:
                found.add(policy.address)
    return frozenset(found)


def _texts(resource: Resource, path: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
    """The policies of a resource, each with the name of its part."""
    if len(path) == 1:
        node = argument(resource, *path)
        if node is not None:
            yield path[0], node
        return
    for index, block in enumerate(items(resource, path[0]).nodes):
        node = argument(block, path[1])
        if node is not None:
            yield f"{path[0]}[{index}]", node


def _subjects(
    configuration: Configuration,
    shields: Shields,
    holder: Resource | ModuleCall,
    part: str,
    policy: Node,
    document: Document,
    kind: str,
    service: str,
) -> Iterator[Subject]:
    statements = document.statements
    if document.rest is not None:
        whole = opaque(document.rest, policy)
        statements = (*statements, whole)
    if not statements:
        return
    shielded, website = shields.of(holder, service) if isinstance(holder, Resource) else (False, False)
    for index, statement in enumerate(statements):
        record = PolicyStatement(kind_of(holder), kind, service, statement, shielded, website)
        yield _subject(configuration, holder, f"{part}.statement[{index}]", record)


def _subject(
    configuration: Configuration, holder: Resource | ModuleCall, part: str, record: PolicyStatement
) -> Subject:
    statement = record.statement
    anchor = statement.anchor
    principals = tuple(node for _, found in statement.principals for node in found.nodes)
    members = {
        "component": computed(record.component, anchor),
        "kind": computed(record.kind, anchor),
        "service": computed(record.service, anchor),
        "effect": effect_of(statement),
        "actions": _listed(statement.actions, anchor),
        "resources": _listed(statement.resources, anchor),
        "principals": _listed(Items(principals, statement.rest), anchor),
        "user": argument(holder, "user") if record.component == "aws_iam_user_policy" else None,
    }
    return subject("policy_statement", configuration, holder, members, record, part, anchor)


def effect_of(statement: Statement) -> Node:
    """What a statement does; `Allow` if it does not say so.

    Source: provider documentation of aws_iam_policy_document, `effect`. In JSON it is required.
    """
    if statement.effect is not None:
        return statement.effect
    unknown = statement.rest if not statement.actions.nodes else None
    return statement.anchor.replace_value("Allow" if unknown is None else unknown)


def _listed(found: Items, anchor: Node) -> Node | None:
    if not found.nodes and found.rest is None:
        return None
    return anchor.replace_value(SeqValue(found.nodes, found.rest))


_BOUNDS_OF_PERMISSION: Final = (
    ("source_arn", "aws:SourceArn"),
    ("source_account", "aws:SourceAccount"),
    ("principal_org_id", "aws:PrincipalOrgID"),
    ("event_source_token", "lambda:EventSourceToken"),
)


def _lambda_permissions(configuration: Configuration) -> Iterator[Subject]:
    """An `aws_lambda_permission` is a statement of the policy of its function."""
    for resource in configuration.by_type.get("aws_lambda_permission", ()):
        principal = argument(resource, "principal")
        if principal is None:
            continue
        conditions = []
        for name, key in _BOUNDS_OF_PERMISSION:
            bound = argument(resource, name)
            if bound is not None:
                conditions.append(Condition("StringEquals", key, Items((bound,), None), bound))
        kind = "Service" if (principal.text() or "").endswith(".amazonaws.com") else "AWS"
        nothing = Items((), None)
        statement = Statement(
            None,
            items(resource, "action"),
            nothing,
            items(resource, "function_name"),
            nothing,
            ((kind, Items((principal,), None)),),
            False,
            tuple(conditions),
            None,
            resource.anchor,
        )
        record = PolicyStatement(resource.type, RESOURCE, "lambda", statement, False, False)
        yield _subject(configuration, resource, "permission", record)


_ATTACHMENTS: Final = (
    ("aws_iam_role_policy_attachment", "role"),
    ("aws_iam_user_policy_attachment", "user"),
    ("aws_iam_group_policy_attachment", "group"),
)


def policy_attachments(configuration: Configuration) -> Iterator[Subject]:
    """View `policy_attachment`: managed policies that roles, users and groups get.

    Record: `PolicyAttachment`. Fields: `policy`, `holder`, `workload`.
    """
    documents: Documents | None = None
    roles: Targets | None = None
    for type_, holder in _ATTACHMENTS:
        for resource in configuration.by_type.get(type_, ()):
            policy = argument(resource, "policy_arn")
            if policy is None:
                continue
            workload: bool | Unknown = False
            if holder == "role":
                documents = documents or Documents(configuration)
                roles = roles or Targets(configuration.by_type.get("aws_iam_role", ()), "name", "id")
                role = roles.get(argument(resource, "role"))
                workload = _taken_by_service(role, documents)
            yield _attachment(configuration, resource, PolicyAttachment(policy, holder, workload), "policy")
    yield from _shared_attachments(configuration)
    for role in configuration.by_type.get("aws_iam_role", ()):
        managed = items(role, "managed_policy_arns").nodes
        if managed:
            documents = documents or Documents(configuration)
            workload = _taken_by_service(role, documents)
            for index, policy in enumerate(managed):
                record = PolicyAttachment(policy, "role", workload)
                yield _attachment(configuration, role, record, f"managed_policy_arns[{index}]")


def _shared_attachments(configuration: Configuration) -> Iterator[Subject]:
    """An `aws_iam_policy_attachment` names all users, roles and groups that have the policy."""
    for resource in configuration.by_type.get("aws_iam_policy_attachment", ()):
        policy = argument(resource, "policy_arn")
        if policy is None:
            continue
        for holder in ("user", "group"):
            for index, _ in enumerate(items(resource, f"{holder}s").nodes):
                record = PolicyAttachment(policy, holder, False)
                yield _attachment(configuration, resource, record, f"{holder}s[{index}]")
        named = items(resource, "roles").nodes
        if named:
            documents = Documents(configuration)
            roles = Targets(configuration.by_type.get("aws_iam_role", ()), "name", "id")
            for index, name in enumerate(named):
                record = PolicyAttachment(policy, "role", _taken_by_service(roles.get(name), documents))
                yield _attachment(configuration, resource, record, f"roles[{index}]")


def _attachment(
    configuration: Configuration, resource: Resource, record: PolicyAttachment, part: str
) -> Subject:
    members = {
        "policy": record.policy,
        "holder": computed(record.holder, resource.anchor),
        "workload": resource.anchor.replace_value(record.workload),
    }
    return subject("policy_attachment", configuration, resource, members, record, part)


def _taken_by_service(role: Resource | None, documents: Documents) -> bool | Unknown:
    """Whether a service of AWS may take on a role."""
    if role is None:
        return Unknown("open", "the role is not in the tree, nor who may take it on")
    trust = argument(role, "assume_role_policy")
    if trust is None:
        return False
    document = documents.read(trust)
    for statement in document.statements:
        if any(kind == "Service" for kind, _ in statement.principals):
            return True
    unknown = [document.rest, *(statement.rest for statement in document.statements)]
    return next((reason for reason in unknown if reason is not None), False)
