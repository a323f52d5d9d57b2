"""What holds for every configuration of networks and of what stands at their edge, however odd."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from vvbscan import scan_text

# Types of resources that the views read, with the arguments that they look at.
ARGUMENTS = {
    "aws_lb": "internal load_balancer_type security_groups access_logs idle_timeout desync_mitigation_mode",
    "aws_lb_listener": "load_balancer_arn protocol port ssl_policy default_action",
    "aws_lb_target_group": "protocol target_type health_check stickiness deregistration_delay protocol_version",
    "aws_elb": "name listener health_check access_logs connection_draining security_groups internal",
    "aws_load_balancer_policy": "load_balancer_name policy_type_name policy_attribute",
    "aws_cloudfront_distribution": "viewer_certificate origin default_cache_behavior ordered_cache_behavior",
    "aws_cloudfront_response_headers_policy": "security_headers_config",
    "aws_api_gateway_domain_name": "security_policy",
    "aws_api_gateway_stage": "access_log_settings",
    "aws_api_gateway_method": "http_method authorization resource_id api_key_required",
    "aws_apigatewayv2_route": "route_key authorization_type",
    "aws_wafv2_web_acl": "rule",
    "azurerm_web_application_firewall_policy": "policy_settings",
    "google_compute_security_policy": "rule",
    "aws_opensearch_domain": "domain_endpoint_options",
    "aws_security_group": "ingress egress",
    "aws_security_group_rule": "type from_port to_port protocol cidr_blocks security_group_id",
    "aws_vpc_security_group_ingress_rule": "from_port to_port ip_protocol cidr_ipv4 security_group_id",
    "aws_subnet": "availability_zone cidr_block",
    "aws_route_table": "route",
    "aws_route_table_association": "subnet_id route_table_id",
    "aws_route": "route_table_id destination_cidr_block gateway_id nat_gateway_id",
    "aws_nat_gateway": "subnet_id",
    "aws_db_subnet_group": "subnet_ids",
    "aws_autoscaling_group": "vpc_zone_identifier availability_zones",
    "aws_ecs_service": "network_configuration",
    "aws_eks_cluster": "version vpc_config enabled_cluster_log_types",
    "aws_instance": "associate_public_ip_address",
    "google_compute_firewall": "direction disabled source_ranges allow deny",
    "google_compute_ssl_policy": "min_tls_version custom_features",
    "google_compute_target_https_proxy": "ssl_policy",
    "google_compute_target_http_proxy": "url_map",
    "google_compute_url_map": "default_url_redirect default_service",
    "google_compute_forwarding_rule": "target load_balancing_scheme",
    "google_compute_backend_service": "protocol health_checks session_affinity connection_draining_timeout_sec",
    "google_compute_health_check": "http_health_check check_interval_sec",
    "google_compute_instance": "network_interface",
    "google_container_cluster": "location node_locations private_cluster_config control_plane_endpoints_config",
    "azurerm_network_security_group": "security_rule",
    "azurerm_network_security_rule": "direction access protocol source_address_prefix destination_port_ranges",
    "azurerm_mssql_firewall_rule": "start_ip_address end_ip_address",
    "azurerm_application_gateway": "http_listener ssl_policy redirect_configuration request_routing_rule probe",
    "azurerm_linux_web_app": "site_config https_only",
    "azurerm_storage_account": "min_tls_version https_traffic_only_enabled",
    "azurerm_lb_rule": "probe_id load_distribution",
    "azurerm_lb_probe": "request_path interval_in_seconds",
    "azurerm_kubernetes_cluster": "kubernetes_version default_node_pool api_server_access_profile support_plan",
}
MODULES = {
    "alb": "listeners load_balancer_type internal default_protocol access_logs security_group_ingress_rules"
    " security_group_rules create_security_group",
    "eks": "kubernetes_version cluster_version endpoint_public_access enabled_log_types"
    " node_security_group_additional_rules create_node_security_group",
    "security-group": "ingress_rules ingress_cidr_blocks ingress_with_cidr_blocks egress_rules",
    "vpc": "azs enable_nat_gateway single_nat_gateway",
    "rds": "subnet_ids",
}
INNER = "name type protocol from_port to_port cidr_blocks enabled path target cidr_block gateway_id redirect ports rule"
WORDS = [
    "true", "false", "null", "0", "-1", "22", "65536", "1.5", '""', '"*"', '"HTTP"', '"HTTPS"', '"tcp"', '"-1"',
    '"0.0.0.0/0"', '"::/0"', '"10.0.0.0/33"', '"22-20"', '"redirect"', '"forward"', '"Allow"', '"Inbound"',
    '"ssh-tcp"', '"all-all"', "var.unset", "aws_subnet.a.id", "aws_subnet.b.id", "aws_security_group.a.id",
    "aws_lb.a.arn", "aws_route_table.a.id", "google_compute_url_map.a.id", "module.vpc.public_subnets", "[]", "{}",
    '"${var.unset}-x"',
]  # fmt: skip


def lists(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(values, max_size=3).map(lambda items: f"[{', '.join(items)}]")


def objects(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    members = st.dictionaries(st.sampled_from(INNER.split()), values, max_size=3)
    return members.map(
        lambda found: "{ " + ", ".join(f"{name} = {one}" for name, one in found.items()) + " }"
    )


VALUES = st.recursive(
    st.sampled_from(WORDS), lambda inner: st.one_of(lists(inner), objects(inner)), max_leaves=5
)


@st.composite
def blocks(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 4)) == 0:
        name = draw(st.sampled_from(sorted(MODULES)))
        version = draw(
            st.sampled_from(["", 'version = "~> 9.1"', 'version = "21.0.0"', "version = var.unset"])
        )
        head = f'module "{name}" {{\n source = "terraform-aws-modules/{name}/aws"\n {version}\n'
        names = MODULES[name].split()
    else:
        kind = draw(st.sampled_from(sorted(ARGUMENTS)))
        head = f'resource "{kind}" "{draw(st.sampled_from("ab"))}" {{\n'
        names = ARGUMENTS[kind].split()
    chosen = draw(st.lists(st.sampled_from(names), unique=True))
    lines = []
    for name in chosen:
        if draw(st.booleans()):
            inner = draw(st.dictionaries(st.sampled_from(INNER.split()), VALUES, max_size=3))
            members = "\n".join(f"  {key} = {one}" for key, one in inner.items())
            lines.append(f" {name} {{\n{members}\n }}")
        else:
            lines.append(f" {name} = {draw(VALUES)}")
    return head + "\n".join(lines) + "\n}\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(blocks(), min_size=1, max_size=6, unique_by=lambda text: text.partition("{")[0]))
def test_no_rule_fails_and_findings_point_at_text(texts: list[str]) -> None:
    text = 'variable "unset" {}\n' + "".join(texts)
    result = scan_text(text, "terraform")
    assert [notice.message for notice in result.notices if notice.code == "internal-error"] == []
    for finding in result.findings:
        assert 0 <= finding.location.start < finding.location.end <= len(text)
