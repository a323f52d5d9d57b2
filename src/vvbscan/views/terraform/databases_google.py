"""Databases of Cloud SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.views.cloud_records import Database
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import boolean, default_at, given, items, number, text
from vvbscan.views.terraform.databases_aws import ANY_HOUR, Found
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.server_parameters import parameter_blocks

_VERSION: Final = lazy_pattern(r"(POSTGRES|MYSQL|SQLSERVER)_([0-9]+(?:_[0-9]+)*)(?:_[A-Z_]+)?")
_ENGINES: Final = {"POSTGRES": "postgresql", "MYSQL": "mysql", "SQLSERVER": "sqlserver"}
_MULTI_REGIONS: Final = ("us", "eu", "asia")
_SHARED: Final = ("db-f1-micro", "db-g1-small")
_ENFORCED: Final = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")


def google_databases(configuration: Configuration) -> Iterator[Found]:
    """Every `google_sql_database_instance`.

    Defaults: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/sql_database_instance
    and https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1/instances.
    """
    for instance in configuration.by_type.get("google_sql_database_instance", ()):
        source = given(instance, "master_instance_name")
        version = text(instance, "database_version")
        tier = text(instance, "settings", 0, "tier")
        database = Database(
            component=instance.type,
            engine=_engine(version),
            version=_number(version),
            replica=default_at(instance, False) if source is None else computed(True, source),
            public=_public(instance),
            standby=_standby(instance),
            backup_days=_backup_days(instance),
            off_site=_off_site(instance),
            backup_window=text(
                instance, "settings", 0, "backup_configuration", 0, "start_time", default=ANY_HOUR
            ),
            deletion_protection=_deletion_protection(instance),
            insights=boolean(
                instance, "settings", 0, "insights_config", 0, "query_insights_enabled", default=False
            ),
            instance_class=tier,
            burstable=tier
            if tier is None or not isinstance(tier.value, str)
            else tier._replace(value=tier.value in _SHARED),
            storage_gib=number(instance, "settings", 0, "disk_size", default=10),
            storage_type=_storage_type(instance),
            tls_required=_tls_required(instance),
        )
        yield Found(instance, database, parameter_blocks(instance, "settings", 0, "database_flags"))


def _engine(version: Node | None) -> Node | None:
    if version is None or not isinstance(version.value, str):
        return version
    match = _VERSION.fullmatch(version.value)
    return None if match is None else version._replace(value=_ENGINES[match[1]])


def _number(version: Node | None) -> Node | None:
    """The version of the engine: `8.0` of `MYSQL_8_0`."""
    if version is None or not isinstance(version.value, str):
        return version
    match = _VERSION.fullmatch(version.value)
    return None if match is None else version._replace(value=match[2].replace("_", "."))


def _public(instance: Resource) -> Node:
    """Whether a network lets everybody in. An address of the internet is there unless switched off."""
    address = boolean(instance, "settings", 0, "ip_configuration", 0, "ipv4_enabled", default=True)
    if address is not None and address.value is False:
        return address
    networks = items(instance, "settings", 0, "ip_configuration", 0, "authorized_networks")
    unsure = networks.rest
    for network in networks.nodes:
        found = text(network, "value")
        if found is not None and found.value in ("0.0.0.0/0", "::/0"):
            return found._replace(value=address.value) if address is not None else found._replace(value=True)
        if found is not None and isinstance(found.value, Unknown):
            unsure = unsure or found.value
    return default_at(instance, unsure or False)


def _standby(instance: Resource) -> Node | None:
    kind = text(instance, "settings", 0, "availability_type", default="ZONAL")
    if kind is None or isinstance(kind.value, Unknown):
        return kind
    return kind._replace(value=kind.value == "REGIONAL")


def _backup_days(instance: Resource) -> Node | None:
    """Backups are made daily, so that the number of those kept is one of days; 7 if none is written."""
    path = ("settings", 0, "backup_configuration", 0)
    enabled = boolean(instance, *path, "enabled", default=False)
    if enabled is None or isinstance(enabled.value, Unknown):
        return enabled
    if not enabled.value:
        return enabled._replace(value=0)
    kept = given(instance, *path, "backup_retention_settings", 0)
    if kept is None:
        return enabled._replace(value=7)
    return number(instance, *path, "backup_retention_settings", 0, "retained_backups", default=7)


def _off_site(instance: Resource) -> Node | None:
    """Whether backups are kept elsewhere: by default in the nearest multi-region, which has several.

    https://cloud.google.com/sql/docs/postgres/backup-recovery/backups#locationbackups
    """
    location = text(instance, "settings", 0, "backup_configuration", 0, "location")
    region = text(instance, "region")
    if location is None:
        return default_at(instance, True)
    if isinstance(location.value, Unknown) or location.value in _MULTI_REGIONS:
        return location if isinstance(location.value, Unknown) else location._replace(value=True)
    if region is None or isinstance(region.value, Unknown):
        unsure = Unknown("variable", "the region is that of the provider") if region is None else region.value
        return location._replace(value=unsure)
    return location._replace(value=location.value != region.value)


def _deletion_protection(instance: Resource) -> Node | None:
    """Two switches keep Terraform from deleting it: its own, on by default, and Cloud SQL's."""
    own = boolean(instance, "deletion_protection", default=True)
    other = boolean(instance, "settings", 0, "deletion_protection_enabled")
    return other if other is not None and other.value is True else own


def _storage_type(instance: Resource) -> Node | None:
    kind = text(instance, "settings", 0, "disk_type", default="PD_SSD")
    if kind is None or isinstance(kind.value, Unknown):
        return kind
    return kind._replace(value="magnetic" if kind.value == "PD_HDD" else "ssd")


def _tls_required(instance: Resource) -> Node | None:
    """`ssl_mode`, and before the release 6 of the provider `require_ssl`; without both TLS is optional.

    https://cloud.google.com/sql/docs/postgres/configure-ssl-instance#enforcing-ssl
    """
    path = ("settings", 0, "ip_configuration", 0)
    mode = text(instance, *path, "ssl_mode")
    if mode is None:
        return boolean(instance, *path, "require_ssl", default=False)
    if isinstance(mode.value, Unknown):
        return mode
    return mode._replace(value=mode.value in _ENFORCED)
