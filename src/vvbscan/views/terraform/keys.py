"""View `encryption_key`: keys that a key management service makes and keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import argument, boolean, default_at, number, text
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.registry_modules import well_known
from vvbscan.views.terraform.subjects import kind_of, subject

_SYMMETRIC: Final = "SYMMETRIC_DEFAULT"
_YEAR: Final = 365
_DAY: Final = 86_400


class EncryptionKey(NamedTuple):
    """A key that its service could renew. View `encryption_key`, fields as named here."""

    component: str
    """`aws_kms_key`, `google_kms_crypto_key`."""
    rotated: Node
    """Whether the service renews it by itself."""
    period: Node | None
    """Days between two rotations; absent if it is not renewed."""


def encryption_keys(configuration: Configuration) -> Iterator[Subject]:
    """View `encryption_key`: keys that their service can renew. Record: `EncryptionKey`.

    Fields: `component`, `rotated`, `period` (days).
    """
    for resource in configuration.by_type.get("aws_kms_key", ()):
        if _can_rotate(resource):
            yield _key(
                configuration,
                resource,
                boolean(resource, "enable_key_rotation", default=False),
                # AWS KMS Developer Guide, Rotating keys: 365 days unless a period is set.
                number(resource, "rotation_period_in_days", default=_YEAR),
            )
    for resource in configuration.by_type.get("google_kms_crypto_key", ()):
        if (
            text(resource, "purpose", default="ENCRYPT_DECRYPT") or resource.anchor
        ).value == "ENCRYPT_DECRYPT":
            period = _seconds(text(resource, "rotation_period"))
            # Provider documentation of google_kms_crypto_key: without a period a key is not rotated.
            rotated = default_at(resource, period is not None) if not _unknown(period) else period
            yield _key(configuration, resource, rotated, period)
    for module in well_known(configuration, "kms"):
        # terraform-aws-modules/kms rotates unless an argument says otherwise (variables.tf of 1 to 4).
        rotated = boolean(module.call, "enable_key_rotation")
        if rotated is not None and _can_rotate(module.call):
            period = number(module.call, "rotation_period_in_days", default=_YEAR)
            yield _key(configuration, module.call, rotated, period)


def _can_rotate(holder: Resource | ModuleCall) -> bool:
    """Whether KMS can renew the key by itself, as far as is known.

    It cannot renew asymmetric keys, HMAC keys, keys in a custom key store, keys whose material was imported,
    and replicas, which are renewed with their primary key (AWS KMS Developer Guide, Rotating keys).
    """
    for name in ("customer_master_key_spec", "key_spec"):
        spec = argument(holder, name)
        if spec is not None and spec.value != _SYMMETRIC:
            return False
    usage = argument(holder, "key_usage")
    if usage is not None and usage.value != "ENCRYPT_DECRYPT":
        return False
    return all(
        argument(holder, name) is None
        for name in ("custom_key_store_id", "xks_key_id", "create_external", "create_replica")
    )


def _seconds(period: Node | None) -> Node | None:
    """A duration like `7776000s` in days."""
    if period is None or not isinstance(period.value, str):
        return period
    figures = period.value.removesuffix("s")
    if not figures.isdecimal() or len(figures) > 12:
        return period._replace(value=Unknown("unparsed", f"{period.value} is no number of seconds"))
    return period._replace(value=int(figures) / _DAY)


def _unknown(node: Node | None) -> bool:
    return node is not None and isinstance(node.value, Unknown)


def _key(
    configuration: Configuration,
    holder: Resource | ModuleCall,
    rotated: Node | None,
    period: Node | None,
) -> Subject:
    assert rotated is not None
    record = EncryptionKey(kind_of(holder), rotated, period)
    members = {"component": computed(record.component, holder.anchor), "rotated": rotated, "period": period}
    return subject("encryption_key", configuration, holder, members, record)
