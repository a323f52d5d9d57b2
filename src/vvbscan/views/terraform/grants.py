"""Views `access_grant`, `role_definition`, `token_provider`: who may do what in Google Cloud and Azure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Targets, argument, is_made, items, text
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import subject

_GOOGLE: Final = lazy_pattern(r"google_(.+)_iam_(?:member|binding)")
_SUBSCRIPTION: Final = lazy_pattern(r"/subscriptions/[^/]+/?")
_SUBSCRIPTION_REFERENCE: Final = lazy_pattern(r"(?:.*\.)?data\.azurerm_subscription\.\w+(?:\[[^\]]*\])?\.id")
_SERVICE_ACCOUNT: Final = "serviceAccount:"
_MEMBER_REFERENCE: Final = lazy_pattern(r"(?:.*\.)?google_service_account\.[^.]+\.member")
_DATASETS: Final = ("google_bigquery_dataset", "google_bigquery_dataset_access")
_WIDE: Final = frozenset({"project", "folder", "organization"})


class AccessGrant(NamedTuple):
    """A role that somebody is granted. View `access_grant`, fields as named here."""

    component: str
    """`google_project_iam_member`, `azurerm_role_assignment`."""
    role: Node
    """`roles/owner`, `Owner`."""
    member: Node | None
    """`allUsers`, `serviceAccount:…`; of Azure the id of a principal."""
    scope: str
    """What the role is for: `project`, `subscription`, `storage_bucket`; empty if it is not known."""
    everyone: bool | Unknown
    """Whether the member stands for everybody."""
    service_account: bool | Unknown
    """Whether the member is an account of a service."""
    wide: bool
    """Whether that is all there is in a project or subscription, or more."""
    website: bool
    """Whether it is a bucket that is set up as a website."""


def access_grants(configuration: Configuration) -> Iterator[Subject]:
    """View `access_grant`. Record: `AccessGrant`.

    Fields: `component`, `role`, `custom` (it is one that is made here), `member`, `everyone`,
    `service_account`, `scope`, `wide`, `website`.
    """
    websites = _websites(configuration)
    for type_, resources in configuration.by_type.items():
        found = _GOOGLE.fullmatch(type_)
        if found is not None:
            for resource in resources:
                yield from _google(configuration, resource, found[1], websites)
    for type_ in _DATASETS:
        for resource in configuration.by_type.get(type_, ()):
            yield from _dataset(configuration, resource)
    for resource in configuration.by_type.get("azurerm_role_assignment", ()):
        role, scope = text(resource, "role_definition_name"), argument(resource, "scope")
        if role is not None and scope is not None:
            wide = _is_subscription(scope)
            member = argument(resource, "principal_id")
            kind = "subscription" if wide else ""
            record = AccessGrant(resource.type, role, member, kind, False, False, wide, False)
            yield _grant(configuration, resource, record)


def _google(
    configuration: Configuration, resource: Resource, scope: str, websites: Targets
) -> Iterator[Subject]:
    role = text(resource, "role")
    if role is None:
        return
    website = scope == "storage_bucket" and websites.get(argument(resource, "bucket")) is not None
    if resource.type.endswith("_member"):
        members: tuple[Node, ...] = tuple(filter(None, [argument(resource, "member")]))
    else:
        listed = items(resource, "members")
        unknown = argument(resource, "members") if listed.rest is not None and not listed.nodes else None
        members = listed.nodes if unknown is None else (unknown,)
    for index, member in enumerate(members):
        record = AccessGrant(
            resource.type,
            role,
            member,
            scope,
            _is_everyone(member),
            _is_service_account(member),
            scope in _WIDE,
            website,
        )
        yield _grant(configuration, resource, record, f"members[{index}]")


def _dataset(configuration: Configuration, resource: Resource) -> Iterator[Subject]:
    """Whom a dataset of BigQuery lets in: in blocks `access`, or in a resource for each.

    https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/bigquery_dataset#nested_access
    """
    blocks = (resource.root,) if resource.type.endswith("_access") else items(resource, "access").nodes
    for index, block in enumerate(blocks):
        role = text(block, "role")
        if role is None:
            continue
        part = "" if block is resource.root else f"access[{index}]"
        for name in ("special_group", "iam_member"):
            member = argument(block, name)
            if member is not None:
                everyone, account = _is_everyone(member), _is_service_account(member)
                record = AccessGrant(
                    resource.type, role, member, "bigquery_dataset", everyone, account, False, False
                )
                yield _grant(configuration, resource, record, part)


def _is_everyone(member: Node) -> bool | Unknown:
    value = member.value
    if not isinstance(value, Unknown):
        return value in ("allUsers", "allAuthenticatedUsers")
    return False if is_made(value) or any(value.parts) else value


def _is_service_account(member: Node) -> bool | Unknown:
    value = member.value
    if not isinstance(value, Unknown):
        return isinstance(value, str) and value.startswith(_SERVICE_ACCOUNT)
    if value.parts and value.parts[0] is not None:
        return value.parts[0].startswith(_SERVICE_ACCOUNT)
    if _MEMBER_REFERENCE.fullmatch(value.reference):
        return True
    return False if is_made(value) else value


def _is_custom(role: Node) -> bool:
    """Whether a role is one that the configuration makes."""
    return isinstance(role.value, Unknown) and is_made(role.value)


def _websites(configuration: Configuration) -> Targets:
    """The buckets that are set up as websites."""
    buckets = configuration.by_type.get("google_storage_bucket", ())
    return Targets((one for one in buckets if argument(one, "website") is not None), "name", "id")


def _is_subscription(scope: Node) -> bool:
    value = scope.value
    if isinstance(value, Unknown):
        return _SUBSCRIPTION_REFERENCE.fullmatch(value.reference) is not None
    return isinstance(value, str) and _SUBSCRIPTION.fullmatch(value) is not None


def _grant(configuration: Configuration, resource: Resource, record: AccessGrant, part: str = "") -> Subject:
    anchor = resource.anchor
    members = {
        "component": computed(record.component, anchor),
        "role": record.role,
        "custom": computed(_is_custom(record.role), anchor),
        "member": record.member,
        "scope": computed(record.scope, anchor),
        "everyone": _flag(record, record.everyone, anchor),
        "service_account": _flag(record, record.service_account, anchor),
        "wide": computed(record.wide, anchor),
        "website": computed(record.website, anchor),
    }
    return subject("access_grant", configuration, resource, members, record, part)


def _flag(record: AccessGrant, value: bool | Unknown, anchor: Node) -> Node:
    return (record.member or anchor).replace_value(value)


class RoleDefinition(NamedTuple):
    """What a role of Azure that is made here may do. View `role_definition`, fields as named here."""

    component: str
    actions: Node
    """Sequence of operations: `Microsoft.Compute/virtualMachines/read`, `*`."""


def role_definitions(configuration: Configuration) -> Iterator[Subject]:
    """View `role_definition`. Record: `RoleDefinition`. Fields: `component`, `actions`."""
    for resource in configuration.by_type.get("azurerm_role_definition", ()):
        for index, block in enumerate(items(resource, "permissions").nodes):
            actions = argument(block, "actions")
            if actions is not None:
                record = RoleDefinition(resource.type, actions)
                members = {"component": computed(resource.type, resource.anchor), "actions": actions}
                part = f"permissions[{index}]"
                yield subject("role_definition", configuration, resource, members, record, part)


class TokenProvider(NamedTuple):
    """A provider of tokens that Google Cloud takes for identities. View `token_provider`."""

    component: str
    issuer: Node
    """Address of who signs the tokens."""
    condition: Node | None
    """Expression that a token has to meet; absent if every token of the issuer is taken."""


def token_providers(configuration: Configuration) -> Iterator[Subject]:
    """View `token_provider`. Record: `TokenProvider`. Fields: `component`, `issuer`, `condition`."""
    for resource in configuration.by_type.get("google_iam_workload_identity_pool_provider", ()):
        issuer = text(resource, "oidc", 0, "issuer_uri")
        if issuer is not None:
            condition = text(resource, "attribute_condition")
            record = TokenProvider(resource.type, issuer, condition)
            members = {
                "component": computed(resource.type, resource.anchor),
                "issuer": issuer,
                "condition": condition,
            }
            yield subject("token_provider", configuration, resource, members, record)
