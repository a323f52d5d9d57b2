"""Databases that are made by the well-known modules for RDS and Aurora."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import MapValue, Node, Unknown
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Items, argument, boolean, default_at, given
from vvbscan.views.terraform.databases_aws import Defaults, Found, aurora_cluster, rds_instance
from vvbscan.views.terraform.model import Configuration, ModuleCall
from vvbscan.views.terraform.registry_modules import WellKnown, well_known
from vvbscan.views.terraform.server_parameters import NONE_SET, Parameters, parameter_blocks

_RDS: Final = 4
"""The defaults of `variables.tf` are the same from release 4.0.0 on, to 7.2.0 at least
(https://github.com/terraform-aws-modules/terraform-aws-rds/blob/v7.2.0/variables.tf)."""
_AURORA: Final = 9
"""The same for 9.0.0 to 10.2.0
(https://github.com/terraform-aws-modules/terraform-aws-rds-aurora/blob/v10.2.0/variables.tf)."""
_ELSEWHERE: Final = Unknown("remote", "the parameter group is not in the tree")


def module_databases(configuration: Configuration) -> Iterator[Found]:
    """A database for each call that makes one."""
    for module in well_known(configuration, "rds"):
        if module.part in ("", "modules/db_instance") and _made(module.call, "create_db_instance", "create"):
            yield _rds(module)
    for module in well_known(configuration, "rds-aurora"):
        if not module.part and _made(module.call, "create"):
            yield _aurora(module)


def _made(call: ModuleCall, *switches: str) -> bool:
    """Whether none of the switches of the module is known to be off."""
    return all((node := boolean(call, name)) is None or node.value is not False for name in switches)


def _rds(module: WellKnown) -> Found:
    call = module.call
    defaults = Defaults(
        encrypted=module.default(True, _RDS),
        backup_days=module.default(0, _RDS),
        skip_final_snapshot=module.default(False, _RDS),
        other=module.default(False, _RDS),
    )
    return rds_instance(call, call.source, _rds_parameters(call), defaults, replicated=False)


def _rds_parameters(call: ModuleCall) -> Parameters:
    own = boolean(call, "create_db_parameter_group", default=True)
    if own is not None and own.value is True:
        return parameter_blocks(call, "parameters")
    return NONE_SET if given(call, "parameter_group_name") is None else Parameters({}, _ELSEWHERE)


def _aurora(module: WellKnown) -> Found:
    call = module.call
    defaults = Defaults(
        encrypted=module.default(True, _AURORA),
        backup_days=module.default(1, _AURORA),
        skip_final_snapshot=module.default(False, _AURORA),
        other=module.default(False, _AURORA),
    )
    instances = _members(call)
    found = aurora_cluster(call, call.source, _aurora_parameters(call), defaults, _standby(call, instances))
    public, insights = _public(call, instances), _insights(module, instances)
    return found._replace(database=found.database._replace(public=public, insights=insights))


def _aurora_parameters(call: ModuleCall) -> Parameters:
    """Lists up to release 9; from 10 on an object for the cluster and one for its instances."""
    cluster = _first_of(
        call, ("cluster_parameter_group", "parameters"), ("db_cluster_parameter_group_parameters",)
    )
    instance = _first_of(call, ("db_parameter_group", "parameters"), ("db_parameter_group_parameters",))
    if given(call, "db_cluster_parameter_group_name") is not None and not cluster.members:
        cluster = Parameters({}, _ELSEWHERE)
    return instance.over(cluster)


def _first_of(call: ModuleCall, *paths: tuple[str, ...]) -> Parameters:
    for path in paths:
        if given(call, *path) is not None:
            return parameter_blocks(call, *path)
    return NONE_SET


def _members(call: ModuleCall) -> Items:
    """The instances that the module makes, a mapping each under its key."""
    node = argument(call, "instances")
    if node is None:
        return Items((), None)
    if isinstance(node.value, Unknown):
        return Items((), node.value)
    if not isinstance(node.value, MapValue):
        return Items((), None)
    return Items(tuple(node.value.entries.values()), node.value.rest)


def _standby(call: ModuleCall, instances: Items) -> Node | None:
    mode = argument(call, "engine_mode")
    scaled = boolean(call, "autoscaling_enabled", default=False)
    if given(call, "db_cluster_instance_class") is not None or (
        mode is not None and mode.value == "serverless"
    ):
        return default_at(call, True)
    if len(instances.nodes) > 1 or (scaled is not None and scaled.value is True):
        return default_at(call, True)
    if instances.rest is not None:
        return default_at(call, instances.rest)
    if not instances.nodes:
        return None
    return computed(False, argument(call, "instances") or call.anchor)


def _insights(module: WellKnown, instances: Items) -> Node | None:
    """Whether the platform keeps statistics of the queries of all instances, which the call sets for each."""
    off = module.default(False, _AURORA)
    whole = next(
        (
            node
            for name in ("cluster_performance_insights_enabled", "performance_insights_enabled")
            if (node := boolean(module.call, name)) is not None
        ),
        default_at(module.call, off),
    )
    each = [boolean(member, "performance_insights_enabled") or whole for member in instances.nodes]
    return next((node for node in each if node.value is not True), each[0] if each else whole)


def _public(call: ModuleCall, instances: Items) -> Node | None:
    """The instance that is public, else an unknown one, else that none is."""
    found = [
        node for member in instances.nodes if (node := boolean(member, "publicly_accessible")) is not None
    ]
    general = boolean(call, "publicly_accessible", default=False)
    unsure = [node for node in found if isinstance(node.value, Unknown)]
    if instances.rest is not None:
        unsure.append(default_at(call, instances.rest))
    return next((node for node in found if node.value is True), unsure[0] if unsure else general)
