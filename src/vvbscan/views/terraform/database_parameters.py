"""View `database_parameter`: what parameter groups of RDS set, and when it takes effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import text
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.registry_modules import well_known
from vvbscan.views.terraform.server_parameters import Parameter, Parameters, parameter_blocks
from vvbscan.views.terraform.subjects import kind_of, subject

_GROUPS: Final = ("aws_db_parameter_group", "aws_rds_cluster_parameter_group")
_AT_START: Final = frozenset(
    {
        "autovacuum_freeze_max_age",
        "autovacuum_multixact_freeze_max_age",
        "huge_pages",
        "max_connections",
        "max_files_per_process",
        "max_locks_per_transaction",
        "max_pred_locks_per_transaction",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "superuser_reserved_connections",
        "track_activity_query_size",
        "track_commit_timestamp",
        "wal_buffers",
    }
)
"""Parameters of PostgreSQL that are read when it starts, and only then: "can only be set at server start" in
https://www.postgresql.org/docs/current/runtime-config.html, and for `rds.logical_replication`
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html.
"""


class DatabaseParameter(NamedTuple):
    """A parameter that a group sets. View `database_parameter`, fields as named here."""

    component: str
    name: Node
    value: Node
    apply_method: Node
    """`immediate` or `pending-reboot`."""
    at_start: Node
    """Whether PostgreSQL reads it only when it starts."""


def database_parameters(configuration: Configuration) -> Iterator[Subject]:
    """The parameters of parameter groups for PostgreSQL. Record: `DatabaseParameter`."""
    for type_ in _GROUPS:
        for group in configuration.by_type.get(type_, ()):
            if _is_postgresql(text(group, "family")):
                yield from _subjects(configuration, group, parameter_blocks(group, "parameter"))
    for module in well_known(configuration, "rds"):
        if _is_postgresql(text(module.call, "family")) or _is_postgresql(text(module.call, "engine")):
            yield from _subjects(configuration, module.call, parameter_blocks(module.call, "parameters"))


def _is_postgresql(node: Node | None) -> bool:
    return node is not None and isinstance(node.value, str) and "postgres" in node.value


def _subjects(
    configuration: Configuration, holder: Resource | ModuleCall, parameters: Parameters
) -> Iterator[Subject]:
    for name, parameter in parameters.members.items():
        record = _record(holder, name, parameter)
        members = record._asdict()
        members["component"] = computed(record.component, parameter.name)
        yield subject(
            "database_parameter", configuration, holder, members, record, f"parameter[{name}]", parameter.name
        )


def _record(holder: Resource | ModuleCall, name: str, parameter: Parameter) -> DatabaseParameter:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_parameter_group
    method = parameter.apply_method or computed("immediate", parameter.name)
    at_start = computed(name in _AT_START, parameter.name)
    return DatabaseParameter(kind_of(holder), parameter.name, parameter.value, method, at_start)
