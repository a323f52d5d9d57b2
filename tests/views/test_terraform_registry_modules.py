"""Which module of the registry a call names, and of which release."""

from __future__ import annotations

import pytest

from vvbscan.model.node import MapValue, Node, Source, Unknown
from vvbscan.text import SourceText
from vvbscan.views.terraform.model import Configuration, ModuleCall
from vvbscan.views.terraform.registry_modules import WellKnown, well_known

SOURCE = Source("main.tf", SourceText('module "db" {}'))


def found(source: str, version: str | Unknown | None = None, name: str = "rds") -> tuple[WellKnown, ...]:
    root = Node(MapValue({}, {}), SOURCE, 0, 14)
    pinned = None if version is None else Node(version, SOURCE, 0, 14)
    call = ModuleCall(source, pinned, "module.db", root, root)
    return well_known(Configuration("", (), {}, {}, (call,), ()), name)


@pytest.mark.parametrize(
    ("source", "part", "major"),
    [
        ("terraform-aws-modules/rds/aws", "", None),
        ("terraform-aws-modules/rds/aws//modules/db_instance", "modules/db_instance", None),
        ("registry.terraform.io/terraform-aws-modules/rds/aws", "", None),
        ("tfr:///terraform-aws-modules/rds/aws?version=6.1.0", "", 6),
        ("git::https://github.com/terraform-aws-modules/terraform-aws-rds.git?ref=v5.9.0", "", 5),
        ("git::ssh://git@github.com/terraform-aws-modules/terraform-aws-rds.git", "", None),
        ("git@github.com:terraform-aws-modules/terraform-aws-rds.git?ref=v6.10.0", "", 6),
        (
            "github.com/terraform-aws-modules/terraform-aws-rds//modules/db_instance",
            "modules/db_instance",
            None,
        ),
        ("git::https://github.com/terraform-aws-modules/terraform-aws-rds?depth=1&ref=master", "", None),
    ],
)
def test_spellings(source: str, part: str, major: int | None) -> None:
    (module,) = found(source)
    assert (module.name, module.part, module.major) == ("rds", part, major)


@pytest.mark.parametrize(
    "source",
    [
        "terraform-aws-modules/rds-aurora/aws",
        "example/rds/aws",
        "./modules/rds",
        "git::https://example.com/rds",
    ],
)
def test_other_modules(source: str) -> None:
    assert found(source) == ()


@pytest.mark.parametrize(
    ("version", "major"),
    [
        ("6.10.0", 6),
        ("~> 6.0", 6),
        (">= 5.2, < 7.0", 5),
        ("= 4.0.0", 4),
        ("< 7.0", None),
        ("latest", None),
        (None, None),
        (Unknown("variable", "var.version has no default"), None),
    ],
)
def test_the_lowest_release_that_a_version_admits(version: str | Unknown | None, major: int | None) -> None:
    (module,) = found("terraform-aws-modules/rds/aws", version)
    assert module.major == major


def test_defaults_hold_from_a_release_on() -> None:
    (module,) = found("terraform-aws-modules/rds/aws", "~> 5.0")
    assert module.default(True, 4) is True
    assert isinstance(module.default(True, 6), Unknown)
    (floating,) = found("terraform-aws-modules/rds/aws")
    assert isinstance(floating.default(True, 4), Unknown)
