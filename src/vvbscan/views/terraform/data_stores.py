"""View `data_store`: volumes, file systems, caches and search domains, and whether they encrypt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import boolean, default_at, given, items, number, text
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import subject

_ACCOUNT: Final = Unknown("default", "the account's default for the encryption of volumes decides")
"""https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html"""
_VALKEY: Final = Unknown("default", "the default for Valkey is not that for Redis")


class DataStore(NamedTuple):
    """Something that data is kept in, other than a database. View `data_store`, fields as named here."""

    component: str
    encrypted: Node | None = None
    """Whether what it stores is encrypted; absent where it always is."""
    tls: Node | None = None
    """Whether what is sent to it, or between its nodes, is encrypted; absent where others decide."""
    nodes: Node | None = None
    """How many nodes hold the data of a search domain."""
    several_zones: Node | None = None
    """Whether they stand in more than one zone."""


def data_stores(configuration: Configuration) -> Iterator[Subject]:
    """Volumes, file systems, caches and search domains. Record: `DataStore`."""
    for type_, read in _READERS.items():
        for resource in configuration.by_type.get(type_, ()):
            yield _subject(configuration, resource, read(resource))
    by_default = _encrypted_by_default(configuration)
    for resource in configuration.by_type.get("aws_ebs_volume", ()):
        yield _subject(configuration, resource, _volume(resource, resource, by_default))
    for type_ in ("aws_instance", "aws_launch_configuration"):
        for resource in configuration.by_type.get(type_, ()):
            yield from _devices(configuration, resource, by_default)
    for resource in configuration.by_type.get("aws_launch_template", ()):
        for index, mapping in enumerate(items(resource, "block_device_mappings").nodes):
            for ebs in items(mapping, "ebs").nodes:
                store = _volume(resource, ebs, by_default)
                yield _subject(configuration, resource, store, f"block_device_mappings[{index}]", ebs)


def _devices(configuration: Configuration, resource: Resource, by_default: Node | None) -> Iterator[Subject]:
    for kind in ("root_block_device", "ebs_block_device"):
        for index, block in enumerate(items(resource, kind).nodes):
            store = _volume(resource, block, by_default)
            yield _subject(configuration, resource, store, f"{kind}[{index}]", block)


def _subject(
    configuration: Configuration,
    resource: Resource,
    store: DataStore,
    part: str = "",
    anchor: Node | None = None,
) -> Subject:
    members = store._asdict()
    members["component"] = computed(store.component, anchor or resource.anchor)
    return subject("data_store", configuration, resource, members, store, part, anchor)


def _encrypted_by_default(configuration: Configuration) -> Node | None:
    """The resource that makes the account encrypt every new volume, if the tree has it."""
    for resource in configuration.by_type.get("aws_ebs_encryption_by_default", ()):
        enabled = boolean(resource, "enabled", default=True)
        if enabled is not None and enabled.value is not False:
            return enabled
    return None


def _volume(resource: Resource, holder: Resource | Node, by_default: Node | None) -> DataStore:
    """A volume; one that is made of a snapshot is encrypted as that is."""
    written = boolean(holder, "encrypted")
    if by_default is not None:
        return DataStore(resource.type, by_default)
    if written is not None:
        return DataStore(resource.type, written)
    if given(holder, "kms_key_id") is not None and resource.type != "aws_launch_template":
        return DataStore(resource.type, None)
    return DataStore(resource.type, default_at(holder, _ACCOUNT))


def _file_system(resource: Resource) -> DataStore:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/efs_file_system
    return DataStore(resource.type, boolean(resource, "encrypted", default=False))


def _replication_group(resource: Resource) -> DataStore:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elasticache_replication_group
    if given(resource, "global_replication_group_id") is not None:
        return DataStore(resource.type)
    engine = text(resource, "engine", default="redis")
    default: bool | Unknown = False
    if engine is not None and engine.value != "redis":
        default = engine.value if isinstance(engine.value, Unknown) else _VALKEY
    return DataStore(
        resource.type,
        boolean(resource, "at_rest_encryption_enabled", default=default),
        boolean(resource, "transit_encryption_enabled", default=default),
    )


def _search_domain(resource: Resource) -> DataStore:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/opensearch_domain
    standby = boolean(resource, "cluster_config", 0, "multi_az_with_standby_enabled")
    zones = boolean(resource, "cluster_config", 0, "zone_awareness_enabled", default=False)
    return DataStore(
        resource.type,
        boolean(resource, "encrypt_at_rest", 0, "enabled", default=False),
        boolean(resource, "node_to_node_encryption", 0, "enabled", default=False),
        number(resource, "cluster_config", 0, "instance_count", default=1),
        standby if standby is not None and standby.value is not False else zones,
    )


def _accelerator(resource: Resource) -> DataStore:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dax_cluster
    tls = text(resource, "cluster_endpoint_encryption_type", default="NONE")
    if tls is not None and isinstance(tls.value, str):
        tls = tls._replace(value=tls.value == "TLS")
    return DataStore(
        resource.type, boolean(resource, "server_side_encryption", 0, "enabled", default=False), tls
    )


def _google_redis(resource: Resource) -> DataStore:
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/redis_instance
    mode = text(resource, "transit_encryption_mode", default="DISABLED")
    if mode is not None and isinstance(mode.value, str):
        mode = mode._replace(value=mode.value == "SERVER_AUTHENTICATION")
    return DataStore(resource.type, None, mode)


_READERS: Final[dict[str, Callable[[Resource], DataStore]]] = {
    "aws_efs_file_system": _file_system,
    "aws_elasticache_replication_group": _replication_group,
    "aws_opensearch_domain": _search_domain,
    "aws_elasticsearch_domain": _search_domain,
    "aws_dax_cluster": _accelerator,
    "google_redis_instance": _google_redis,
}
