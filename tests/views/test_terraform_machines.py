"""What virtual machines have, and the operating system that they are made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.terraform_support import view
from vvbscan.views.terraform.machine_types import machine_size
from vvbscan.views.terraform.machines import Machine


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("m6i.2xlarge", (8, 32)),
        ("m5.xlarge", (4, 16)),
        ("c6gn.large", (2, 4)),
        ("r7iz.16xlarge", (64, 512)),
        ("t3.micro", (2, 1)),
        ("t4g.2xlarge", (8, 32)),
        ("c6g.medium", (1, 2)),
        ("t2.nano", (1, 0.5)),
        ("t2.small", (1, 2)),
        ("t2.medium", (2, 4)),
        ("m3.medium", (1, 3.75)),
        ("m4.xlarge", (4, 16)),
        ("c4.xlarge", (4, 7.5)),
        ("r4.large", (2, 15.25)),
        ("m2.2xlarge", None),
        ("t1.micro", None),
        ("m6i.metal", None),
        ("p4d.24xlarge", None),
        ("n2-standard-8", (8, 32)),
        ("n1-standard-1", (1, 3.75)),
        ("n1-highmem-2", (2, 13)),
        ("c4-standard-8", (8, 30)),
        ("e2-medium", (2, 4)),
        ("n2-custom-6-20480", (6, 20)),
        ("custom-2-7680", (2, 7.5)),
        ("Standard_D8s_v5", (8, 32)),
        ("Standard_E16-8ds_v5", (16, 128)),
        ("Standard_F4s_v2", (4, 8)),
        ("Standard_D4", None),
        ("Standard_B2ms", None),
    ],
)
def test_sizes(name: str, size: tuple[int, float] | None) -> None:
    assert machine_size(name) == size


@given(st.text() | st.from_regex(r"[a-z][0-9][a-z]?\.[0-9]*xlarge", fullmatch=True))
def test_any_name_has_a_size_or_none(name: str) -> None:
    size = machine_size(name)
    assert size is None or (size.processors >= 0 and size.gib >= 0)


def system_of(image: str) -> tuple[str, str] | None:
    text = f"""
    resource "google_compute_instance" "vm" {{
      boot_disk {{
        initialize_params {{
          image = "{image}"
        }}
      }}
    }}
    """
    machine = view(text, "machine")["google_compute_instance.vm"].record
    assert isinstance(machine, Machine)
    return None if machine.system is None else machine.system[:2]


@pytest.mark.parametrize(
    ("image", "system"),
    [
        ("ubuntu-os-cloud/ubuntu-2204-lts", ("ubuntu", "22.04")),
        ("ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-*", ("ubuntu", "20.04")),
        ("ubuntu/images/*ubuntu-xenial-16.04-amd64-server-20180405", ("ubuntu", "16.04")),
        ("debian-cloud/debian-11", ("debian", "11")),
        ("debian-10-amd64-*", ("debian", "10")),
        ("amzn2-ami-hvm-*-x86_64-gp2", ("amazonlinux", "2")),
        ("amzn-ami-hvm-2018.03.0.20200716-x86_64-ebs", ("amazonlinux", "2018")),
        ("al2023-ami-2023*-x86_64", None),
        ("RHEL-8.6.0_HVM-*", ("rhel", "8")),
        ("rhel-cloud/rhel-9", ("rhel", "9")),
        ("CentOS Linux 7 x86_64 HVM EBS *", ("centos", "7")),
        ("projects/vvb/global/images/app-20240110", None),
    ],
)
def test_systems_by_the_name_of_an_image(image: str, system: tuple[str, str] | None) -> None:
    assert system_of(image) == system


@given(st.text(alphabet="ubntdeiamzRHELcos0123456789.-_/* ", max_size=60))
def test_no_name_of_an_image_is_too_odd(image: str) -> None:
    system = system_of(image)
    assert system is None or system[1]


def test_a_search_for_several_images_names_no_release() -> None:
    text = """
    data "aws_ami" "any" {
      filter {
        name   = "name"
        values = ["debian-10-*", "debian-12-*"]
      }
    }
    resource "aws_instance" "vm" {
      ami = data.aws_ami.any.image_id
    }
    """
    machine = view(text, "machine")["aws_instance.vm"].record
    assert isinstance(machine, Machine)
    assert machine.system is None
