"""The views of configurations of Terraform by name, which all units with a `TerraformModel` feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import Final

from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded
from vvbscan.views.terraform.model import TerraformModel

_FUNCTIONS: Final = {
    "access_grant": "grants.access_grants",
    "api_route": "api_routes.api_routes",
    "audit_trail": "audit_trails.audit_trails",
    "bucket": "buckets.buckets",
    "cloud_container": "cloud_containers.cloud_containers",
    "cluster": "clusters.clusters",
    "data_store": "data_stores.data_stores",
    "database": "databases.databases",
    "database_parameter": "database_parameters.database_parameters",
    "cors_policy": "cors.cors_policies",
    "encryption_key": "keys.encryption_keys",
    "environment_variable": "cloud_containers.environment_variables",
    "generated_password": "stored_secrets.generated_passwords",
    "http_listener": "tls.http_listeners",
    "image_reference": "cloud_containers.image_references",
    "image_repository": "image_repositories.image_repositories",
    "load_balancer": "balancers.load_balancers",
    "load_balancer_backend": "balancers.load_balancer_backends",
    "log_group": "log_groups.log_groups",
    "machine": "machines.machines",
    "module_source": "dependencies.module_sources",
    "network_rule": "network_rules.network_rules",
    "placement": "placements.placements",
    "policy_attachment": "policies.policy_attachments",
    "policy_statement": "policies.policy_statements",
    "postgresql_server": "postgresql.postgresql_servers",
    "provider_requirement": "dependencies.provider_requirements",
    "public_access": "buckets.public_accesses",
    "public_access_block": "buckets.public_access_blocks",
    "role_definition": "grants.role_definitions",
    "secret_argument": "secret_arguments.secret_arguments",
    "secret_rotation": "stored_secrets.secret_rotations",
    "snapshot_schedule": "snapshot_schedules.snapshot_schedules",
    "state_backend": "state.state_backends",
    "stored_parameter": "stored_secrets.stored_parameters",
    "tls_endpoint": "tls.tls_endpoints",
    "way_out": "zones.ways_out",
    "web_firewall": "web_firewalls.web_firewalls",
    "zone_spread": "zones.zone_spreads",
    "token_provider": "grants.token_providers",
}
"""Module below `vvbscan.views.terraform` and function of each view, imported if a rule wants the view."""


def _view(path: str) -> Callable[[Loaded], Iterable[Subject]]:
    module, _, function = path.rpartition(".")

    def subjects(loaded: Loaded) -> Iterator[Subject]:
        model = loaded.model
        assert isinstance(model, TerraformModel)
        if not model.configurations:
            return
        view = getattr(import_module(f"vvbscan.views.terraform.{module}"), function)
        for configuration in model.configurations:
            yield from view(configuration)

    return subjects


VIEWS: Final[Mapping[str, Callable[[Loaded], Iterable[Subject]]]] = {
    name: _view(path) for name, path in _FUNCTIONS.items()
}
