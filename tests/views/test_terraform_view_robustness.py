"""Views take arguments of any type: what makes no sense is unknown or absent, and nothing raises."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from views.terraform_support import load
from vvbscan.views.terraform.kind import KIND

TYPES = {
    "aws_db_instance": (
        "engine engine_version instance_class multi_az replicate_source_db snapshot_identifier storage_type"
        " backup_retention_period backup_window enabled_cloudwatch_logs_exports parameter_group_name"
        " skip_final_snapshot allocated_storage"
    ),
    "aws_db_parameter_group": "name family parameter",
    "aws_rds_cluster": "engine engine_mode engine_version db_cluster_parameter_group_name storage_encrypted",
    "aws_rds_cluster_instance": "cluster_identifier db_parameter_group_name performance_insights_enabled",
    "aws_docdb_cluster": "engine_version storage_encrypted snapshot_identifier",
    "aws_backup_plan": "rule",
    "aws_backup_selection": "plan_id resources selection_tag condition",
    "aws_dlm_lifecycle_policy": "policy_details",
    "google_sql_database_instance": "database_version settings deletion_protection region",
    "google_compute_instance": "boot_disk machine_type",
    "google_compute_resource_policy": "snapshot_schedule_policy",
    "azurerm_postgresql_flexible_server": "sku_name create_mode high_availability storage_mb version",
    "azurerm_postgresql_flexible_server_firewall_rule": "server_id start_ip_address end_ip_address",
    "azurerm_postgresql_flexible_server_configuration": "server_id name value",
    "azurerm_linux_virtual_machine": "size os_disk source_image_reference",
    "aws_instance": "ami instance_type root_block_device ebs_block_device metadata_options",
    "aws_launch_template": "image_id instance_type block_device_mappings metadata_options",
    "aws_elasticache_replication_group": "engine at_rest_encryption_enabled transit_encryption_enabled",
    "aws_opensearch_domain": "encrypt_at_rest node_to_node_encryption cluster_config",
    "aws_ebs_volume": "encrypted kms_key_id",
}
NAMES = [
    "name",
    "value",
    "apply_method",
    "schedule",
    "lifecycle",
    "delete_after",
    "create_rule",
    "interval",
    "cron_expression",
    "retain_rule",
    "count",
    "ip_configuration",
    "authorized_networks",
    "ssl_mode",
    "backup_configuration",
    "enabled",
    "database_flags",
    "mode",
    "initialize_params",
    "image",
    "size",
    "publisher",
    "offer",
    "sku",
    "ebs",
    "device_name",
    "encrypted",
    "http_tokens",
    "volume_size",
]
VIEWS = (
    "data_store",
    "database",
    "database_parameter",
    "machine",
    "postgresql_server",
    "snapshot_schedule",
    "tls_endpoint",
)
scalars = st.sampled_from(
    [
        "null",
        "true",
        "0",
        "-1",
        "3.5",
        '""',
        '"true"',
        '"postgres"',
        '"16.4"',
        '"max_connections"',
        '"{DBInstanceClassMemory/0}"',
        '"cron(0 2 * * ? *)"',
        '"0.0.0.0"',
        "var.unknown",
        '"a${var.unknown}"',
        "aws_db_parameter_group.it.name",
        "aws_rds_cluster.it.id",
    ]
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3).map(
            lambda members: "{ " + ", ".join(f"{name} = {value}" for name, value in members.items()) + " }"
        )
    ),
    max_leaves=8,
)


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """A few resources that the views look at, with arguments of any type."""
    texts = ['variable "unknown" {\n}']
    for type_ in draw(st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=5, unique=True)):
        lines = [f"  {name} = {draw(values)}" for name in TYPES[type_].split() if draw(st.booleans())]
        texts.append("\n".join([f'resource "{type_}" "it" {{', *lines, "}"]))
    return "\n".join(texts)


@given(configurations())
@settings(max_examples=150, deadline=None)
def test_views_take_arguments_of_any_type(text: str) -> None:
    loaded = load(text)
    for name in VIEWS:
        for subject in KIND.views[name](loaded):
            assert subject.address
            for field, _, node in subject.root.members():
                assert node.source.path == "main.tf", field
