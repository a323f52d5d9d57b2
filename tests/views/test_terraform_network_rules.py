"""Rules of firewalls in Terraform, as rules of vvbscan see them."""

from __future__ import annotations

from views.terraform_support import place, value, view
from vvbscan.views.network_records import NetworkRule


def shown(files: dict[str, str] | str) -> dict[str, tuple[object, ...]]:
    """Direction, action, protocol, ports and ranges by address."""
    found = {}
    for address, subject in view(files, "network_rule").items():
        names = ("direction", "action", "protocol", "ports", "ranges")
        found[address] = tuple(value(subject.root.get(name)) for name in names)
    return found


def test_blocks_of_a_security_group() -> None:
    assert shown("""
        resource "aws_security_group" "app" {
          ingress {
            from_port        = "443"
            to_port          = 8443
            protocol         = "TCP"
            cidr_blocks      = ["10.0.0.0/8"]
            ipv6_cidr_blocks = ["::/0"]
          }
          ingress {
            from_port   = -1
            to_port     = -1
            protocol    = "icmp"
            cidr_blocks = ["0.0.0.0/0"]
          }
          egress {
            from_port = 0
            to_port   = 0
            protocol  = "-1"
            self      = true
          }
        }
        """) == {
        "aws_security_group.app:ingress[0]": (
            "ingress",
            "allow",
            "tcp",
            ["443-8443"],
            ["10.0.0.0/8", "::/0"],
        ),
        "aws_security_group.app:ingress[1]": ("ingress", "allow", "icmp", [], ["0.0.0.0/0"]),
        "aws_security_group.app:egress[0]": ("egress", "allow", "all", ["0-65535"], []),
    }


def test_rules_that_are_resources() -> None:
    assert shown("""
        resource "aws_security_group_rule" "web" {
          type              = "ingress"
          security_group_id = aws_security_group.app.id
          from_port         = 80
          to_port           = 80
          protocol          = 6
          cidr_blocks       = ["0.0.0.0/0"]
        }
        resource "aws_vpc_security_group_egress_rule" "all" {
          security_group_id = aws_security_group.app.id
          cidr_ipv4         = "0.0.0.0/0"
          ip_protocol       = -1
        }
        resource "aws_vpc_security_group_ingress_rule" "group" {
          security_group_id            = aws_security_group.app.id
          referenced_security_group_id = aws_security_group.lb.id
          from_port                    = 9003
          to_port                      = 9003
          ip_protocol                  = "tcp"
        }
        """) == {
        "aws_security_group_rule.web": ("ingress", "allow", "tcp", ["80"], ["0.0.0.0/0"]),
        "aws_vpc_security_group_egress_rule.all": (
            "egress",
            "allow",
            "all",
            ["0-65535"],
            ["0.0.0.0/0"],
        ),
        "aws_vpc_security_group_ingress_rule.group": ("ingress", "allow", "tcp", ["9003"], []),
    }


def test_a_load_balancers_group_is_known_by_what_refers_to_it() -> None:
    rules = view(
        """
        resource "aws_security_group" "lb" {
          ingress {
            from_port   = 443
            to_port     = 443
            protocol    = "tcp"
            cidr_blocks = ["0.0.0.0/0"]
          }
        }
        resource "aws_security_group" "app" {
          ingress {
            from_port   = 9003
            to_port     = 9003
            protocol    = "tcp"
            cidr_blocks = ["10.0.0.0/8"]
          }
        }
        resource "aws_security_group_rule" "lb" {
          type              = "ingress"
          security_group_id = aws_security_group.lb.id
          from_port         = 80
          to_port           = 80
          protocol          = "tcp"
        }
        resource "aws_lb" "main" {
          security_groups = [aws_security_group.lb.id]
        }
        """,
        "network_rule",
    )
    guards = {}
    for address, subject in rules.items():
        assert isinstance(subject.record, NetworkRule)
        guards[address] = subject.record.balancer
    assert guards == {
        "aws_security_group.lb:ingress[0]": True,
        "aws_security_group.app:ingress[0]": False,
        "aws_security_group_rule.lb": True,
    }


def test_the_module_by_name_by_range_and_by_its_parts() -> None:
    files = """
        module "app" {
          source              = "terraform-aws-modules/security-group/aws"
          version             = "5.3.1"
          ingress_cidr_blocks = ["10.0.0.0/8"]
          ingress_rules       = ["http-8080-tcp", "all-icmp", "zookeeper-jmx-tcp"]
          ingress_with_cidr_blocks = [
            { from_port = 9003, to_port = 9004, protocol = "tcp", cidr_blocks = "10.1.0.0/16, 10.2.0.0/16" },
            { rule = "ssh-tcp" },
          ]
          egress_rules = ["https-443-tcp"]
        }
        module "db" {
          source              = "terraform-aws-modules/security-group/aws//modules/postgresql"
          version             = "5.3.1"
          ingress_cidr_blocks = ["10.3.0.0/16"]
        }
        """
    assert shown(files) == {
        "module.app:ingress_rules[0]": ("ingress", "allow", "tcp", ["8080"], ["10.0.0.0/8"]),
        "module.app:ingress_rules[1]": ("ingress", "allow", "icmp", [], ["10.0.0.0/8"]),
        "module.app:ingress_rules[2]": ("ingress", "allow", "tcp", ["?"], ["10.0.0.0/8"]),
        "module.app:ingress_with_cidr_blocks[0]": (
            "ingress",
            "allow",
            "tcp",
            ["9003-9004"],
            ["10.1.0.0/16", "10.2.0.0/16"],
        ),
        "module.app:ingress_with_cidr_blocks[1]": ("ingress", "allow", "tcp", ["22"], ["10.0.0.0/8"]),
        "module.app:egress_rules[0]": ("egress", "allow", "tcp", ["443"], ["0.0.0.0/0", "::/0"]),
        "module.db:ingress_rules[0]": ("ingress", "allow", "tcp", ["5432"], ["10.3.0.0/16"]),
    }
    ranges = view(files, "network_rule")["module.app:ingress_with_cidr_blocks[0]"].root.get("ranges")
    assert ranges is not None
    assert [place(node) for node in ranges.items()] == ["main.tf: 10.1.0.0/16", "main.tf: 10.2.0.0/16"]


def test_groups_that_other_modules_make() -> None:
    files = """
        variable "rules" {}
        variable "made" {}
        module "alb" {
          source  = "terraform-aws-modules/alb/aws"
          version = "9.9.0"
          security_group_ingress_rules = {
            https = { from_port = 443, cidr_ipv4 = "0.0.0.0/0" }
            all   = { ip_protocol = "-1", cidr_ipv6 = "::/0" }
          }
          security_group_egress_rules = var.rules
        }
        module "old_alb" {
          source  = "terraform-aws-modules/alb/aws"
          version = "8.7.0"
          security_group_rules = {
            out = { type = "egress", protocol = "-1", from_port = 0, to_port = 0, cidr_blocks = ["10.0.0.0/8"] }
          }
        }
        module "eks" {
          source                        = "terraform-aws-modules/eks/aws"
          version                       = "20.8.0"
          create_cluster_security_group = false
          cluster_security_group_additional_rules = {
            api = { type = "ingress", from_port = 443, to_port = 443, cidr_blocks = ["0.0.0.0/0"] }
          }
          node_security_group_additional_rules = {
            ssh   = { type = "ingress", protocol = "tcp", from_port = 22, to_port = 22, cidr_blocks = ["0.0.0.0/0"] }
            other = { type = "egress", protocol = "udp", from_port = 1, to_port = 9, source_node_security_group = true }
          }
        }
        module "unsure" {
          source                     = "terraform-aws-modules/eks/aws"
          version                    = "20.8.0"
          create_node_security_group = var.made
          node_security_group_additional_rules = {
            ssh = { type = "ingress", protocol = "tcp", from_port = 22, to_port = 22, cidr_blocks = ["0.0.0.0/0"] }
          }
        }
        """
    nodes = "node_security_group_additional_rules"
    assert shown(files) == {
        "module.alb:security_group_ingress_rules[https]": ("ingress", "allow", "tcp", ["443"], ["0.0.0.0/0"]),
        "module.alb:security_group_ingress_rules[all]": ("ingress", "allow", "all", ["0-65535"], ["::/0"]),
        "module.alb:security_group_egress_rules[*]": ("egress", "?", "?", ["..."], ["..."]),
        "module.old_alb:security_group_rules[out]": ("egress", "allow", "all", ["0-65535"], ["10.0.0.0/8"]),
        f"module.eks:{nodes}[ssh]": ("ingress", "allow", "tcp", ["22"], ["0.0.0.0/0"]),
        f"module.eks:{nodes}[other]": ("egress", "allow", "udp", ["1-9"], []),
        f"module.unsure:{nodes}[*]": ("?", "?", "?", ["..."], ["..."]),
    }
    guards = {
        address: subject.record.balancer
        for address, subject in view(files, "network_rule").items()
        if isinstance(subject.record, NetworkRule)
    }
    assert {address for address, guard in guards.items() if guard} == {
        "module.alb:security_group_ingress_rules[https]",
        "module.alb:security_group_ingress_rules[all]",
        "module.old_alb:security_group_rules[out]",
    }


def test_firewalls_of_google_cloud() -> None:
    assert shown("""
        resource "google_compute_firewall" "web" {
          name          = "web"
          network       = "main"
          source_ranges = ["0.0.0.0/0"]
          allow {
            protocol = "tcp"
            ports    = ["80", 443, "8000-8999"]
          }
          allow {
            protocol = "icmp"
          }
          deny {
            protocol = "udp"
          }
        }
        resource "google_compute_firewall" "out" {
          name               = "out"
          network            = "main"
          direction          = "EGRESS"
          destination_ranges = ["10.0.0.0/8"]
          allow {
            protocol = "all"
          }
        }
        resource "google_compute_firewall" "off" {
          name          = "off"
          network       = "main"
          disabled      = true
          source_ranges = ["0.0.0.0/0"]
          allow {
            protocol = "tcp"
          }
        }
        """) == {
        "google_compute_firewall.web:allow[0]": (
            "ingress",
            "allow",
            "tcp",
            ["80", "443", "8000-8999"],
            ["0.0.0.0/0"],
        ),
        "google_compute_firewall.web:allow[1]": ("ingress", "allow", "icmp", [], ["0.0.0.0/0"]),
        "google_compute_firewall.web:deny[0]": ("ingress", "deny", "udp", ["0-65535"], ["0.0.0.0/0"]),
        "google_compute_firewall.out:allow[0]": ("egress", "allow", "all", ["0-65535"], ["10.0.0.0/8"]),
    }


def test_security_rules_of_azure() -> None:
    assert shown("""
        resource "azurerm_network_security_group" "app" {
          security_rule {
            name                       = "in"
            direction                  = "Inbound"
            access                     = "Allow"
            protocol                   = "Tcp"
            source_address_prefix      = "VirtualNetwork"
            destination_port_ranges    = ["443", "9003-9004"]
            destination_address_prefix = "*"
          }
        }
        resource "azurerm_network_security_rule" "out" {
          direction                    = "Outbound"
          access                       = "Deny"
          protocol                     = "*"
          source_address_prefix        = "*"
          destination_port_range       = "*"
          destination_address_prefixes = ["10.0.0.0/8"]
        }
        resource "azurerm_mssql_firewall_rule" "office" {
          start_ip_address = "198.51.100.1"
          end_ip_address   = "198.51.100.9"
        }
        resource "azurerm_mssql_firewall_rule" "all" {
          start_ip_address = "0.0.0.0"
          end_ip_address   = "255.255.255.255"
        }
        """) == {
        "azurerm_network_security_group.app:security_rule[0]": (
            "ingress",
            "allow",
            "tcp",
            ["443", "9003-9004"],
            ["VirtualNetwork"],
        ),
        "azurerm_network_security_rule.out": ("egress", "deny", "all", ["0-65535"], ["10.0.0.0/8"]),
        "azurerm_mssql_firewall_rule.all": ("ingress", "allow", "tcp", ["1433"], ["0.0.0.0/0"]),
    }


def test_what_is_not_known_stays_so() -> None:
    assert shown("""
        variable "ranges" { type = list(string) }
        variable "ports" { type = list(string) }
        variable "first" { type = number }
        resource "aws_security_group" "app" {
          ingress {
            from_port   = var.first
            to_port     = 443
            protocol    = "tcp"
            cidr_blocks = concat(["10.0.0.0/8"], var.ranges)
          }
        }
        resource "google_compute_firewall" "web" {
          source_ranges = ["0.0.0.0/0"]
          allow {
            protocol = "tcp"
            ports    = var.ports
          }
        }
        """) == {
        "aws_security_group.app:ingress[0]": (
            "ingress",
            "allow",
            "tcp",
            ["?-443"],
            ["10.0.0.0/8", "..."],
        ),
        "google_compute_firewall.web:allow[0]": ("ingress", "allow", "tcp", ["..."], ["0.0.0.0/0"]),
    }
