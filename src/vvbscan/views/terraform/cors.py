"""View `cors_policy`: what pages of other origins may do, where a service of a cloud decides it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import argument
from vvbscan.views.terraform.model import Configuration
from vvbscan.views.terraform.subjects import subject

_ORIGINS: Final[tuple[tuple[str, tuple[str | int, ...]], ...]] = (
    ("aws_apigatewayv2_api", ("cors_configuration", 0, "allow_origins")),
    ("aws_lambda_function_url", ("cors", 0, "allow_origins")),
    ("azurerm_linux_web_app", ("site_config", 0, "cors", 0, "allowed_origins")),
    ("azurerm_windows_web_app", ("site_config", 0, "cors", 0, "allowed_origins")),
    ("azurerm_linux_function_app", ("site_config", 0, "cors", 0, "allowed_origins")),
    ("azurerm_windows_function_app", ("site_config", 0, "cors", 0, "allowed_origins")),
)
"""Resources that answer calls of browsers. Buckets are left out: what they serve is mostly meant for all."""


class CorsPolicy(NamedTuple):
    """Which origins may call. View `cors_policy`, fields as named here."""

    component: str
    origins: Node
    """Sequence of them."""


def cors_policies(configuration: Configuration) -> Iterator[Subject]:
    """View `cors_policy`. Record: `CorsPolicy`. Fields: `component`, `origins`."""
    for type_, path in _ORIGINS:
        for resource in configuration.by_type.get(type_, ()):
            origins = argument(resource, *path)
            if origins is not None:
                record = CorsPolicy(type_, origins)
                members = {"component": computed(type_, resource.anchor), "origins": origins}
                yield subject("cors_policy", configuration, resource, members, record)
