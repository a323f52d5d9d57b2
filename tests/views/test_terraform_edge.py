"""Load balancers, listeners, clusters and subnets in Terraform, as rules see them."""

from __future__ import annotations

from views.terraform_support import place, unknown, value, view


def shown(files: dict[str, str] | str, name: str, *fields: str) -> dict[str, tuple[object, ...]]:
    """Some fields by address, None for those that are absent."""
    return {
        address: tuple(
            None if subject.root.get(field) is None else value(subject.root.get(field)) for field in fields
        )
        for address, subject in view(files, name).items()
    }


def test_a_listener_has_the_versions_of_its_policy_at_the_policy() -> None:
    files = """
        locals {
          policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
        }
        resource "aws_lb_listener" "https" {
          protocol   = "HTTPS"
          ssl_policy = local.policy
        }
        resource "aws_lb_listener" "default" {
          protocol = "TLS"
        }
        resource "aws_lb_listener" "other" {
          protocol   = "HTTPS"
          ssl_policy = "ELBSecurityPolicy-Future"
        }
        resource "aws_lb_listener" "http" {
          protocol = "HTTP"
        }
        """
    assert shown(files, "tls_endpoint", "versions", "by_default") == {
        "aws_lb_listener.https": (["1.2", "1.3"], False),
        "aws_lb_listener.default": (["1.0", "1.1", "1.2"], True),
        "aws_lb_listener.other": (["..."], False),
    }
    subjects = view(files, "tls_endpoint")
    versions = subjects["aws_lb_listener.https"].root.get("versions")
    assert versions is not None
    assert place(versions.items()[0]) == 'main.tf: "ELBSecurityPolicy-TLS13-1-2-2021-06"'


def test_policies_of_classic_load_balancers_are_resources() -> None:
    assert shown(
        """
        resource "aws_elb" "old" {
          name = "old"
          listener {
            lb_port     = 443
            lb_protocol = "https"
          }
        }
        resource "aws_load_balancer_policy" "tls" {
          load_balancer_name = aws_elb.old.name
          policy_type_name   = "SSLNegotiationPolicyType"
          policy_attribute {
            name  = "Reference-Security-Policy"
            value = "ELBSecurityPolicy-TLS-1-2-2017-01"
          }
        }
        resource "aws_elb" "own" {
          name = "own"
          listener {
            lb_port     = 443
            lb_protocol = "ssl"
          }
        }
        resource "aws_lb_ssl_negotiation_policy" "own" {
          load_balancer = aws_elb.own.id
          attribute {
            name  = "Protocol-TLSv1.2"
            value = "true"
          }
        }
        """,
        "tls_endpoint",
        "versions",
    ) == {"aws_elb.old:listener[0]": (["1.2"],), "aws_elb.own:listener[0]": (["..."],)}


def test_what_becomes_of_plain_requests() -> None:
    assert shown(
        """
        variable "internal" { type = bool }
        resource "aws_lb" "main" {
          internal = var.internal
        }
        resource "aws_lb_listener" "to_https" {
          load_balancer_arn = aws_lb.main.arn
          protocol          = "HTTP"
          default_action {
            type = "redirect"
            redirect {
              protocol    = "HTTPS"
              status_code = "HTTP_301"
            }
          }
        }
        resource "aws_lb_listener" "to_itself" {
          load_balancer_arn = aws_lb.main.arn
          protocol          = "HTTP"
          default_action {
            type = "redirect"
            redirect {
              host        = "vvb.example.com"
              status_code = "HTTP_301"
            }
          }
        }
        resource "aws_lb_listener" "after_login" {
          load_balancer_arn = aws_lb.main.arn
          protocol          = "HTTP"
          default_action {
            type = "authenticate-oidc"
          }
          default_action {
            type = "forward"
          }
        }
        resource "aws_lb_listener" "tcp" {
          load_balancer_arn = aws_lb.main.arn
          protocol          = "TCP"
        }
        """,
        "http_listener",
        "action",
        "internal",
    ) == {
        "aws_lb_listener.to_https": ("redirect", "?"),
        "aws_lb_listener.to_itself": ("forward", "?"),
        "aws_lb_listener.after_login": ("forward", "?"),
    }


def test_listeners_of_the_module_in_both_of_its_forms() -> None:
    files = """
        module "new" {
          source           = "terraform-aws-modules/alb/aws"
          default_protocol = "HTTPS"
          listeners = {
            own     = { ssl_policy = "ELBSecurityPolicy-TLS13-1-3-2021-06" }
            default = { port = 8443 }
            plain   = { protocol = "HTTP", fixed_response = { status_code = "404" } }
          }
        }
        module "old" {
          source  = "terraform-aws-modules/alb/aws"
          version = "~> 7.0"
          listener_ssl_policy_default = "ELBSecurityPolicy-TLS-1-1-2017-01"
          https_listeners = [{ port = 443 }, { port = 9443, protocol = "TLS" }]
          http_tcp_listeners = [
            { port = 80, protocol = "HTTP", action_type = "fixed-response" },
            { port = 81, protocol = "TCP" },
            { port = 82, protocol = "HTTP", action_type = "redirect", redirect = { status_code = "HTTP_301" } },
          ]
        }
        """
    assert shown(files, "tls_endpoint", "versions") == {
        "module.new:listeners[own]": (["1.3"],),
        "module.new:listeners[default]": (["..."],),
        "module.old:https_listeners[0]": (["1.1", "1.2"],),
        "module.old:https_listeners[1]": (["1.1", "1.2"],),
    }
    assert shown(files, "http_listener", "action") == {
        "module.new:listeners[plain]": ("refuse",),
        "module.old:http_tcp_listeners[0]": ("refuse",),
        "module.old:http_tcp_listeners[2]": ("forward",),
    }


def test_load_balancers_have_the_providers_defaults() -> None:
    fields = (
        "kind",
        "internal",
        "deletion_protection",
        "access_log",
        "drops_invalid_headers",
        "desync_mitigation",
        "read_timeout",
    )
    assert shown(
        """
        resource "aws_lb" "main" {}
        resource "aws_elb" "old" {
          access_logs {
            bucket = "logs"
          }
        }
        module "alb" {
          source  = "terraform-aws-modules/alb/aws"
          version = "~> 10.0"
        }
        module "older" {
          source  = "terraform-aws-modules/alb/aws"
          version = "8.7.0"
        }
        """,
        "load_balancer",
        *fields,
    ) == {
        "aws_lb.main": ("application", False, False, False, False, "defensive", 60),
        "aws_elb.old": ("classic", False, None, True, None, "defensive", 60),
        "module.alb": ("application", False, True, False, True, "defensive", 60),
        "module.older": ("application", False, False, False, False, "?", 60),
    }


def test_backends() -> None:
    fields = ("protocol", "health_check", "health_path", "health_interval", "sticky", "draining")
    assert shown(
        """
        resource "aws_lb_target_group" "http" {
          protocol = "HTTP"
        }
        resource "aws_lb_target_group" "tcp" {
          protocol = "TCP"
          stickiness {
            type = "source_ip"
          }
        }
        resource "aws_lb_target_group" "function" {
          target_type = "lambda"
        }
        resource "aws_elb" "old" {
          connection_draining = "true"
          listener {
            lb_protocol = "http"
          }
          health_check {
            target   = "HTTPS:9003/q/health"
            interval = 15
          }
        }
        resource "google_compute_backend_service" "main" {
          health_checks                   = [google_compute_health_check.ready.self_link]
          connection_draining_timeout_sec = 20
        }
        resource "google_compute_health_check" "ready" {
          http_health_check {
            port = 9003
          }
        }
        """,
        "load_balancer_backend",
        *fields,
    ) == {
        "aws_lb_target_group.http": ("http", True, "/", 30, False, 300),
        "aws_lb_target_group.tcp": ("tcp", True, None, 30, "?", 300),
        "aws_elb.old": ("http", True, "/q/health", 15, False, 300),
        "google_compute_backend_service.main": ("http", None, "/", 5, False, 20),
    }


def test_clusters() -> None:
    fields = ("version", "public", "sources", "audit_log")
    assert shown(
        """
        resource "aws_eks_cluster" "main" {
          version = 1.33
        }
        module "eks" {
          source                               = "terraform-aws-modules/eks/aws"
          version                              = "20.31.0"
          cluster_version                      = "1.33"
          cluster_endpoint_public_access_cidrs = ["198.51.100.0/24"]
          cluster_enabled_log_types            = ["api"]
        }
        resource "google_container_cluster" "main" {
          master_authorized_networks_config {
            cidr_blocks {
              cidr_block = "198.51.100.0/24"
            }
          }
        }
        resource "azurerm_kubernetes_cluster" "main" {
          private_cluster_enabled = true
          support_plan            = "AKSLongTermSupport"
          kubernetes_version      = "1.30"
        }
        """,
        "cluster",
        *fields,
    ) == {
        "aws_eks_cluster.main": ("1.33", True, ["0.0.0.0/0"], False),
        "module.eks": ("1.33", False, ["198.51.100.0/24"], False),
        "google_container_cluster.main": (None, True, ["198.51.100.0/24"], None),
        "azurerm_kubernetes_cluster.main": (None, False, ["0.0.0.0/0"], "?"),
    }


def test_subnets_are_public_by_their_routes() -> None:
    files = """
        variable "gateway" { type = string }
        resource "aws_subnet" "all" {
          for_each   = toset(["public", "private", "unknown", "lone"])
          cidr_block = "10.0.0.0/24"
        }
        resource "aws_internet_gateway" "main" {}
        resource "aws_route_table" "public" {
          route {
            cidr_block = "0.0.0.0/0"
            gateway_id = aws_internet_gateway.main.id
          }
        }
        resource "aws_route_table" "private" {
          route {
            cidr_block     = "0.0.0.0/0"
            nat_gateway_id = aws_nat_gateway.main.id
          }
        }
        resource "aws_route_table" "unknown" {}
        resource "aws_route" "unknown" {
          route_table_id         = aws_route_table.unknown.id
          destination_cidr_block = "0.0.0.0/0"
          gateway_id             = var.gateway
        }
        resource "aws_route_table_association" "public" {
          subnet_id      = aws_subnet.all["public"].id
          route_table_id = aws_route_table.public.id
        }
        resource "aws_route_table_association" "private" {
          subnet_id      = aws_subnet.all["private"].id
          route_table_id = aws_route_table.private.id
        }
        resource "aws_route_table_association" "unknown" {
          subnet_id      = aws_subnet.all["unknown"].id
          route_table_id = aws_route_table.unknown.id
        }
        resource "aws_db_subnet_group" "main" {
          subnet_ids = [for name in ["public", "private", "unknown", "lone"] : aws_subnet.all[name].id]
        }
        """
    assert shown(files, "placement", "role", "exposed") == {
        "aws_db_subnet_group.main": ("database", [True, False, "?", "?"])
    }
    exposed = view(files, "placement")["aws_db_subnet_group.main"].root.get("exposed")
    assert exposed is not None
    assert [unknown(node).reason for node in exposed.items()[2:]] == [
        "var.gateway has no default and no tfvars file sets it",
        "no route table of the tree belongs to the subnet",
    ]


def test_subnets_of_the_module_by_its_outputs() -> None:
    assert shown(
        """
        module "vpc" {
          source  = "terraform-aws-modules/vpc/aws"
          version = "~> 6.0"
        }
        resource "aws_autoscaling_group" "main" {
          vpc_zone_identifier = [
            module.vpc.public_subnets[0],
            module.vpc.private_subnets[0],
            module.vpc.outpost_subnets[0],
          ]
        }
        resource "aws_ecs_service" "main" {
          network_configuration {
            subnets = module.vpc.public_subnets
          }
        }
        """,
        "placement",
        "role",
        "exposed",
        "public_address",
    ) == {
        "aws_autoscaling_group.main": ("machine", [True, False, "?"], None),
        "aws_ecs_service.main": ("machine", [True], False),
    }
