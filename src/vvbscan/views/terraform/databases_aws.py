"""Databases of Amazon RDS and Aurora."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.cloud_records import Database
from vvbscan.views.records import computed, sequence
from vvbscan.views.terraform.arguments import (
    Holder,
    Targets,
    argument,
    boolean,
    default_at,
    given,
    items,
    name_of,
    number,
    text,
)
from vvbscan.views.terraform.engines import aws_engine, rds_tls_required
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.server_parameters import NONE_SET, Parameters, parameter_blocks

ANY_HOUR: Final = "an hour that the platform picks"
_BURSTABLE: Final = lazy_pattern(r"db\.t[0-9]+[a-z]*\.")
_SNAPSHOT: Final = Unknown("remote", "the snapshot or backup that it is restored from decides")
_COPIED_ELSEWHERE: Final = Unknown("open", "its backups may be copied to another region elsewhere")
_AURORA_ENCRYPTION: Final = Unknown(
    "default", "Aurora encrypts clusters that were made since 18 February 2026, older ones only if asked to"
)
"""https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html"""
_LOG_EXPORTS: Final = "enabled_cloudwatch_logs_exports"
_OTHER_CLUSTERS: Final = (
    ("aws_docdb_cluster", "aws_docdb_cluster_instance", "docdb", _LOG_EXPORTS),
    ("aws_neptune_cluster", "aws_neptune_cluster_instance", "neptune", "enable_cloudwatch_logs_exports"),
)


class Found(NamedTuple):
    """A database with what it was read from."""

    holder: Resource | ModuleCall
    database: Database
    parameters: Parameters


class Defaults(NamedTuple):
    """What holds for arguments that are absent: the provider's defaults, or those of a module."""

    encrypted: bool | Unknown = False
    backup_days: int | Unknown = 0
    skip_final_snapshot: bool | Unknown = False
    other: bool | Unknown = False
    """For arguments that are off by default everywhere."""


# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance
_INSTANCE: Final = Defaults()
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/rds_cluster
_CLUSTER: Final = Defaults(encrypted=_AURORA_ENCRYPTION, backup_days=1)


def aws_databases(configuration: Configuration) -> Iterator[Found]:
    """Instances, clusters and the instances of clusters, each with its parameters."""
    by_type = configuration.by_type
    instances = by_type.get("aws_db_instance", ())
    if instances:
        groups = Targets(by_type.get("aws_db_parameter_group", ()), "name", "id", "arn")
        sources = Targets(instances, "identifier", "id", "arn")
        replicated = {
            source.address
            for instance in instances
            if (source := sources.get(instance.get("replicate_source_db")))
        }
        copied = {
            name_of(node)
            for one in by_type.get("aws_db_instance_automated_backups_replication", ())
            if (node := one.get("source_db_instance_arn")) is not None
        }
        for instance in instances:
            parameters = _group(instance, "parameter_group_name", groups)
            found = rds_instance(
                instance, instance.type, parameters, _INSTANCE, instance.address in replicated
            )
            off_site = True if f"{instance.address}.arn" in copied else _COPIED_ELSEWHERE
            yield found._replace(database=found.database._replace(off_site=default_at(instance, off_site)))
    yield from _clusters(configuration)
    for other in _OTHER_CLUSTERS:
        yield from _other_clusters(configuration, *other)


def rds_instance(
    holder: Resource | ModuleCall,
    component: str,
    parameters: Parameters,
    defaults: Defaults,
    replicated: bool,
) -> Found:
    """An instance, or a call of the module that makes one: their arguments have the same names."""
    source = given(holder, "replicate_source_db")
    engine = aws_engine(text(holder, "engine"))
    restored = _restored(holder)
    version = _version(holder, restored)
    encrypted = boolean(holder, "storage_encrypted", default=_SNAPSHOT if restored else defaults.encrypted)
    if source is not None and argument(holder, "storage_encrypted") is None:
        encrypted = None
    standby = boolean(holder, "multi_az", default=defaults.other)
    if replicated and standby is not None and standby.value is False:
        standby = computed(True, standby)
    anchor = holder.anchor
    database = Database(
        component=component,
        engine=engine,
        version=version,
        replica=_present(holder, source),
        public=boolean(holder, "publicly_accessible", default=defaults.other),
        encrypted=encrypted,
        standby=standby,
        backup_days=number(holder, "backup_retention_period", default=defaults.backup_days),
        backup_window=_window(holder, "backup_window"),
        deletion_protection=boolean(holder, "deletion_protection", default=defaults.other),
        final_snapshot=_inverted(
            boolean(holder, "skip_final_snapshot", default=defaults.skip_final_snapshot)
        ),
        minor_upgrades=boolean(holder, "auto_minor_version_upgrade", default=_unless(defaults.other, True)),
        log_exports=_exports(holder),
        insights=boolean(holder, "performance_insights_enabled", default=defaults.other),
        instance_class=(instance_class := text(holder, "instance_class")),
        burstable=_burstable(instance_class),
        storage_gib=None if source is not None or restored else number(holder, "allocated_storage"),
        storage_type=_storage_type(holder),
        tls_required=rds_tls_required(holder, engine, version, False, parameters, anchor),
    )
    return Found(holder, database, parameters)


def _clusters(configuration: Configuration) -> Iterator[Found]:
    by_type = configuration.by_type
    clusters = by_type.get("aws_rds_cluster", ())
    members: dict[str, list[Resource]] = {}
    targets = Targets(clusters, "id", "cluster_identifier", "arn")
    instances = by_type.get("aws_rds_cluster_instance", ())
    for instance in instances:
        cluster = targets.get(instance.get("cluster_identifier"))
        if cluster is not None:
            members.setdefault(cluster.address, []).append(instance)
        yield Found(instance, _cluster_instance(instance), NONE_SET)
    if not clusters:
        return
    groups = Targets(by_type.get("aws_rds_cluster_parameter_group", ()), "name", "id", "arn")
    instance_groups = Targets(by_type.get("aws_db_parameter_group", ()), "name", "id", "arn")
    scaled = any(
        (namespace := argument(target, "service_namespace")) is not None and namespace.value == "rds"
        for target in by_type.get("aws_appautoscaling_target", ())
    )
    for cluster in clusters:
        own = members.get(cluster.address, [])
        parameters = _group(cluster, "db_cluster_parameter_group_name", groups)
        if own:
            parameters = _group(own[0], "db_parameter_group_name", instance_groups).over(parameters)
        found = aurora_cluster(
            cluster, cluster.type, parameters, _CLUSTER, _cluster_standby(cluster, own, scaled=scaled)
        )
        yield found._replace(database=found.database._replace(insights=_cluster_insights(cluster, own)))


def aurora_cluster(
    holder: Resource | ModuleCall,
    component: str,
    parameters: Parameters,
    defaults: Defaults,
    standby: Node | None,
) -> Found:
    """A cluster, or a call of the module that makes one; what its instances decide is judged at them."""
    named = text(holder, "engine")
    engine = aws_engine(named)
    restored = _restored(holder)
    version = _version(holder, restored)
    aurora = named is None or not isinstance(named.value, str) or named.value.startswith("aurora")
    mode = text(holder, "engine_mode", default="provisioned")
    by_default: bool | Unknown = defaults.encrypted
    if restored:
        by_default = _SNAPSHOT
    elif mode is not None and mode.value == "serverless":
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
        by_default = True
    elif not aurora and by_default is _AURORA_ENCRYPTION:
        by_default = False
    source = given(holder, "replication_source_identifier")
    database = Database(
        component=component,
        engine=engine,
        version=version,
        replica=_present(holder, source),
        encrypted=boolean(holder, "storage_encrypted", default=by_default),
        standby=standby,
        backup_days=number(holder, "backup_retention_period", default=defaults.backup_days),
        backup_window=_window(holder, "preferred_backup_window"),
        deletion_protection=boolean(holder, "deletion_protection", default=defaults.other),
        final_snapshot=_inverted(
            boolean(holder, "skip_final_snapshot", default=defaults.skip_final_snapshot)
        ),
        log_exports=_exports(holder),
        tls_required=rds_tls_required(holder, engine, version, aurora, parameters, holder.anchor),
    )
    return Found(holder, database, parameters)


def _other_clusters(
    configuration: Configuration, type_: str, member: str, engine: str, exports: str
) -> Iterator[Found]:
    """Clusters of DocumentDB and Neptune, which are built as those of Aurora.

    Defaults: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/docdb_cluster,
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/neptune_cluster.
    """
    clusters = configuration.by_type.get(type_, ())
    targets = Targets(clusters, "id", "cluster_identifier", "arn")
    members: dict[str, list[Resource]] = {}
    for instance in configuration.by_type.get(member, ()) if clusters else ():
        cluster = targets.get(instance.get("cluster_identifier"))
        if cluster is not None:
            members.setdefault(cluster.address, []).append(instance)
    for cluster in clusters:
        restored = given(cluster, "snapshot_identifier") is not None
        source = given(cluster, "replication_source_identifier")
        database = Database(
            component=type_,
            engine=default_at(cluster, engine),
            version=_version(cluster, restored),
            replica=_present(cluster, source),
            encrypted=boolean(cluster, "storage_encrypted", default=_SNAPSHOT if restored else False),
            standby=_cluster_standby(cluster, members.get(cluster.address, [])),
            backup_days=number(cluster, "backup_retention_period", default=1),
            backup_window=_window(cluster, "preferred_backup_window"),
            deletion_protection=boolean(cluster, "deletion_protection", default=False),
            final_snapshot=_inverted(boolean(cluster, "skip_final_snapshot", default=False)),
            log_exports=_exports(cluster, exports),
        )
        yield Found(cluster, database, NONE_SET)


def _cluster_instance(instance: Resource) -> Database:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/rds_cluster_instance
    instance_class = text(instance, "instance_class")
    return Database(
        component=instance.type,
        public=boolean(instance, "publicly_accessible", default=False),
        minor_upgrades=boolean(instance, "auto_minor_version_upgrade", default=True),
        insights=boolean(instance, "performance_insights_enabled", default=False),
        instance_class=instance_class,
        burstable=_burstable(instance_class),
    )


def _cluster_standby(cluster: Resource, members: list[Resource], *, scaled: bool = False) -> Node | None:
    """Whether another instance takes over: of two, of a Multi-AZ cluster, of the first version of serverless.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html
    """
    mode = text(cluster, "engine_mode")
    if given(cluster, "db_cluster_instance_class") is not None or (
        mode is not None and mode.value == "serverless"
    ):
        return default_at(cluster, True)
    if len(members) > 1:
        return default_at(cluster, True)
    if not members:
        return default_at(cluster, Unknown("open", "instances of the cluster may be made elsewhere"))
    (only,) = members
    if only.address.endswith("[*]"):
        return default_at(
            cluster, Unknown("variable", f"how many instances {only.address} makes is not known")
        )
    if scaled:
        return default_at(
            cluster, Unknown("ambiguous", "an autoscaling target may add replicas to the cluster")
        )
    return computed(False, only.anchor)


def _cluster_insights(cluster: Resource, members: list[Resource]) -> Node | None:
    """Whether the platform keeps statistics of the queries of all instances."""
    whole = boolean(cluster, "performance_insights_enabled")
    if whole is not None and whole.value is not False:
        return whole
    if not members:
        return whole or default_at(cluster, Unknown("open", "instances of the cluster may be made elsewhere"))
    each = [boolean(member, "performance_insights_enabled", default=False) for member in members]
    return next((node for node in each if node is not None and node.value is not True), each[0])


def _group(holder: Holder, name: str, groups: Targets) -> Parameters:
    """The parameters that a group sets; those of a default group are as the platform has them."""
    node = given(holder, name)
    if node is None:
        return NONE_SET
    group = groups.get(node)
    if group is not None:
        return parameter_blocks(group, "parameter")
    if isinstance(node.value, str) and node.value.startswith("default."):
        return NONE_SET
    shown = name_of(node)
    rest = Unknown("remote", f"the parameter group {shown} is not in the tree") if shown else node.value
    return Parameters({}, rest if isinstance(rest, Unknown) else None)


def _restored(holder: Holder) -> bool:
    """Whether it is made of a backup, which then decides what is not written."""
    return any(
        given(holder, name) is not None
        for name in ("snapshot_identifier", "restore_to_point_in_time", "s3_import")
    )


def _version(holder: Holder, restored: bool) -> Node | None:
    """The version of the engine; a backup decides it where it is not written."""
    if given(holder, "engine_version") is not None:
        return text(holder, "engine_version")
    return default_at(holder, _SNAPSHOT) if restored else None


def _window(holder: Holder, name: str) -> Node | None:
    return default_at(holder, ANY_HOUR) if given(holder, name) is None else text(holder, name)


def _present(holder: Holder, node: Node | None) -> Node:
    """Whether an argument is there. What only the caller knows may turn out to be null."""
    if node is None:
        return default_at(holder, False)
    if isinstance(node.value, Unknown) and node.value.kind not in ("computed", "remote"):
        return node
    return computed(True, node)


def _inverted(node: Node | None) -> Node | None:
    return node if node is None or isinstance(node.value, Unknown) else node._replace(value=not node.value)


def _unless(unsure: bool | Unknown, value: bool) -> bool | Unknown:
    return unsure if isinstance(unsure, Unknown) else value


def _exports(holder: Holder, name: str = _LOG_EXPORTS) -> Node:
    found = items(holder, name)
    at = argument(holder, name) or default_at(holder, None)
    return sequence(found.nodes, at, found.rest)


def _burstable(instance_class: Node | None) -> Node | None:
    if instance_class is None or not isinstance(instance_class.value, str):
        return instance_class
    return instance_class._replace(value=_BURSTABLE.match(instance_class.value) is not None)


def _storage_type(holder: Holder) -> Node | None:
    """`standard` is magnetic. Without a type it is gp2, or io1 with `iops`: both are SSDs.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
    """
    node = text(holder, "storage_type") if given(holder, "storage_type") is not None else None
    if node is None:
        return default_at(holder, "ssd")
    if isinstance(node.value, Unknown):
        return node
    return node._replace(value="magnetic" if node.value == "standard" else "ssd")
