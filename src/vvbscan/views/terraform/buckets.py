"""View `bucket`: stores of objects, with what separate resources say about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Targets, argument, boolean, default_at, items, number, text
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.public_shields import BLOCK, Buckets
from vvbscan.views.terraform.registry_modules import well_known
from vvbscan.views.terraform.subjects import kind_of, subject

FLAGS: Final = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_MODULE: Final = "s3-bucket"


class Bucket(NamedTuple):
    """A store of objects. View `bucket`, fields as named here."""

    component: str
    """`aws_s3_bucket`, `google_storage_bucket`, `azurerm_storage_account`."""
    name: Node | None
    """Its name, as far as it is known."""
    label: str
    """Name of the resource or of the call."""
    versioned: Node
    """Whether what is overwritten or deleted can be had back: versions, or soft deletion."""
    force_destroy: Node
    """Whether Terraform deletes it with all that is in it."""


def buckets(configuration: Configuration) -> Iterator[Subject]:
    """View `bucket`. Record: `Bucket`.

    Fields: `component`, `name` (as far as it is known), `label`, `shown`, `versioned`, `force_destroy`.
    """
    yield from _s3(configuration)
    for resource in configuration.by_type.get("google_storage_bucket", ()):
        yield _bucket(
            configuration,
            resource,
            text(resource, "name"),
            _google_keeps(resource),
            boolean(resource, "force_destroy", default=False),
        )
    for resource in configuration.by_type.get("azurerm_storage_account", ()):
        # Provider documentation of azurerm_storage_account: there are neither versions nor a time for which
        # deleted blobs are kept unless `blob_properties` says so.
        deleted = argument(resource, "blob_properties", 0, "delete_retention_policy")
        yield _bucket(
            configuration,
            resource,
            text(resource, "name"),
            boolean(resource, "blob_properties", 0, "versioning_enabled", default=deleted is not None),
            default_at(resource, False),
        )


def _google_keeps(resource: Resource) -> Node:
    """Whether what is deleted in a bucket of Google Cloud can be had back.

    Source: provider documentation of google_storage_bucket: `versioning` is off unless it is set;
    `soft_delete_policy` keeps what was deleted or overwritten for 7 days unless it says otherwise.
    """
    versions = boolean(resource, "versioning", 0, "enabled", default=False)
    kept = number(resource, "soft_delete_policy", 0, "retention_duration_seconds", default=7 * 86_400)
    assert versions is not None
    assert kept is not None
    if versions.value is not False:
        return versions
    return kept if isinstance(kept.value, Unknown) else kept._replace(value=kept.value != 0)


def _s3(configuration: Configuration) -> Iterator[Subject]:
    resources = configuration.by_type.get("aws_s3_bucket", ())
    if resources:
        targets = Targets(resources, "id", "bucket")
        versioning: dict[str, Node] = {}
        stray: Unknown | None = None
        for resource in configuration.by_type.get("aws_s3_bucket_versioning", ()):
            named = argument(resource, "bucket")
            bucket = targets.get(named)
            status = text(resource, "versioning_configuration", 0, "status")
            if bucket is None:
                if named is not None and isinstance(named.value, Unknown) and named.value.kind != "computed":
                    stray = stray or named.value
            elif status is not None:
                known = not isinstance(status.value, Unknown)
                versioning[bucket.address] = (
                    status._replace(value=status.value == "Enabled") if known else status
                )
        for resource in resources:
            # Amazon S3 User Guide, Object Lock: a bucket with it has versioning.
            lock = boolean(resource, "object_lock_enabled", default=stray if stray is not None else False)
            assert lock is not None
            own = boolean(resource, "versioning", 0, "enabled") or lock
            assert own is not None
            yield _bucket(
                configuration,
                resource,
                text(resource, "bucket") or text(resource, "bucket_prefix"),
                versioning.get(resource.address, own),
                boolean(resource, "force_destroy", default=False),
            )
    for module in well_known(configuration, _MODULE):
        # terraform-aws-modules/s3-bucket, variables.tf of 3 to 5: `versioning` is a map, empty by default.
        if not module.part:
            call = module.call
            versions = boolean(call, "versioning", "enabled") or text(call, "versioning", "status")
            if versions is not None and isinstance(versions.value, str):
                versions = versions._replace(value=versions.value in ("Enabled", "true"))
            yield _bucket(
                configuration,
                call,
                text(call, "bucket"),
                versions or default_at(call, False),
                boolean(call, "force_destroy", default=False),
            )


def _bucket(
    configuration: Configuration,
    holder: Resource | ModuleCall,
    name: Node | None,
    versioned: Node | None,
    force_destroy: Node | None,
) -> Subject:
    assert versioned is not None
    assert force_destroy is not None
    label = holder.name if isinstance(holder, Resource) else holder.address.rpartition(".")[2]
    record = Bucket(kind_of(holder), name, label, versioned, force_destroy)
    members = {
        "component": computed(record.component, holder.anchor),
        "name": _known_text(name),
        "label": computed(label, holder.anchor),
        "shown": computed(_shown(holder, name), holder.anchor),
        "versioned": versioned,
        "force_destroy": force_destroy,
    }
    return subject("bucket", configuration, holder, members, record)


def _shown(holder: Resource | ModuleCall, name: Node | None) -> str:
    """What messages call it: its name, or its address if that is not known."""
    known = None if name is None else name.text()
    return known or holder.address


def _known_text(name: Node | None) -> Node | None:
    """A name as far as it is known: what is handed in for the rest rarely says what the bucket is for."""
    if name is None or not isinstance(name.value, Unknown):
        return name
    known = "".join(part for part in name.value.parts if part is not None)
    return name._replace(value=known) if known else None


class PublicAccess(NamedTuple):
    """Something that lets the public into a bucket, or may. View `public_access`, fields as named here."""

    component: str
    kind: str
    """`acl`, `grant` or `container`."""
    value: Node
    """The ACL, the grantee or the access type."""
    shut: bool | Unknown
    """Whether something else keeps the public out in spite of it."""
    website: bool
    """Whether the bucket is set up as a website."""


def public_accesses(configuration: Configuration) -> Iterator[Subject]:
    """View `public_access`: what decides whether the public gets into buckets. Record: `PublicAccess`.

    Fields: `component`, `kind`, `value`, `shut`, `website`.
    """
    buckets = Buckets(configuration)
    for resource in buckets.targets:
        acl = text(resource, "acl")
        if acl is not None:
            shut = buckets.flag(resource, "ignore_public_acls")
            website = buckets.is_website(resource)
            yield _access(configuration, resource, "acl", acl, "acl", shut, website)
    for resource in configuration.by_type.get("aws_s3_bucket_acl", ()):
        yield from _separate_acl(configuration, resource, buckets)
    yield from _containers(configuration)
    for type_ in ("google_storage_bucket_acl", "google_storage_default_object_acl"):
        for resource in configuration.by_type.get(type_, ()):
            for index, entity in enumerate(items(resource, "role_entity").nodes):
                yield _access(configuration, resource, "grant", entity, f"role_entity[{index}]", False)
            acl = text(resource, "predefined_acl")
            if acl is not None:
                yield _access(configuration, resource, "acl", acl, "predefined_acl", False)


def _separate_acl(configuration: Configuration, resource: Resource, buckets: Buckets) -> Iterator[Subject]:
    """An `aws_s3_bucket_acl`: a canned ACL, or a list of grants."""
    bucket = buckets.targets.get(argument(resource, "bucket"))
    shut: bool | Unknown = Unknown("open", "the bucket of the ACL is not in the tree")
    website = False
    if bucket is not None:
        shut = buckets.flag(bucket, "ignore_public_acls")
        website = buckets.is_website(bucket)
    acl = text(resource, "acl")
    if acl is not None:
        yield _access(configuration, resource, "acl", acl, "acl", shut, website)
    for index, grant in enumerate(items(resource, "access_control_policy", 0, "grant").nodes):
        uri = text(grant, "grantee", 0, "uri")
        if uri is not None:
            yield _access(configuration, resource, "grant", uri, f"grant[{index}]", shut)


def _containers(configuration: Configuration) -> Iterator[Subject]:
    """Containers of Azure, in accounts that may let none be public."""
    containers = configuration.by_type.get("azurerm_storage_container", ())
    if not containers:
        return
    accounts = Targets(configuration.by_type.get("azurerm_storage_account", ()), "name", "id")
    for resource in containers:
        access = text(resource, "container_access_type")
        if access is not None:
            named = argument(resource, "storage_account_id") or argument(resource, "storage_account_name")
            account = accounts.get(named)
            # Provider documentation of azurerm_storage_account: containers may be public unless it is said.
            may = (
                None if account is None else boolean(account, "allow_nested_items_to_be_public", default=True)
            )
            shut: bool | Unknown = False
            if may is not None:
                shut = may.value if isinstance(may.value, Unknown) else may.value is False
            yield _access(configuration, resource, "container", access, "container_access_type", shut)


class PublicAccessBlock(NamedTuple):
    """What keeps the public out of a bucket or an account. View `public_access_block`."""

    component: str
    flags: tuple[Node, ...]
    """Those of `FLAGS` that are known by their names or by a default."""
    website: bool
    """Whether the bucket is set up as a website."""


def public_access_blocks(configuration: Configuration) -> Iterator[Subject]:
    """View `public_access_block`. Record: `PublicAccessBlock`. Fields: `component`, `website` and the flags.

    Each flag of a resource is false unless it is set (provider documentation of
    aws_s3_bucket_public_access_block). The module s3-bucket sets all four since version 4 unless an argument
    says otherwise; a flag that a call does not name is absent.
    """
    buckets = Buckets(configuration)
    for type_ in (BLOCK, "aws_s3_account_public_access_block"):
        for resource in configuration.by_type.get(type_, ()):
            bucket = buckets.targets.get(argument(resource, "bucket"))
            website = bucket is not None and buckets.is_website(bucket)
            flags = {name: boolean(resource, name, default=False) for name in FLAGS}
            yield _block(configuration, resource, flags, website)
    for module in well_known(configuration, _MODULE):
        if not module.part:
            website = argument(module.call, "website") is not None
            flags = {name: boolean(module.call, name) for name in FLAGS}
            yield _block(configuration, module.call, flags, website)


def _block(
    configuration: Configuration,
    holder: Resource | ModuleCall,
    flags: Mapping[str, Node | None],
    website: bool,
) -> Subject:
    known = tuple(flag for flag in flags.values() if flag is not None)
    record = PublicAccessBlock(kind_of(holder), known, website)
    members = {
        "component": computed(record.component, holder.anchor),
        "website": computed(website, holder.anchor),
        **flags,
    }
    return subject("public_access_block", configuration, holder, members, record)


def _access(
    configuration: Configuration,
    holder: Resource | ModuleCall,
    kind: str,
    value: Node,
    part: str,
    shut: bool | Unknown,
    website: bool = False,
) -> Subject:
    record = PublicAccess(kind_of(holder), kind, value, shut, website)
    members = {
        "component": computed(record.component, holder.anchor),
        "kind": computed(kind, holder.anchor),
        "value": value,
        "shut": holder.anchor.replace_value(shut),
        "website": computed(website, holder.anchor),
    }
    return subject("public_access", configuration, holder, members, record, part)
