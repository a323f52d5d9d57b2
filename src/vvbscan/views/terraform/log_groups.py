"""View `log_group`: where a cloud keeps logs, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import default_at, number, text
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import subject

_FOR_EVER: Final = 0


class LogGroup(NamedTuple):
    """Logs that are kept together. View `log_group`, fields as named here."""

    component: str
    """Type of its resource: `aws_cloudwatch_log_group`, `azurerm_log_analytics_workspace`."""
    retention: Node
    """Days for which logs are kept; 0 stands for ever."""


def log_groups(configuration: Configuration) -> Iterator[Subject]:
    """View `log_group`. Record: `LogGroup`. Fields: `component`, `retention` (days; 0 is for ever)."""
    for resource in configuration.by_type.get("aws_cloudwatch_log_group", ()):
        kind = text(resource, "log_group_class")
        # Those of the class DELIVERY keep everything for two days, which nothing can change.
        if kind is None or kind.value != "DELIVERY":
            # Provider documentation of aws_cloudwatch_log_group, `retention_in_days`: 0 is never.
            yield _group(configuration, resource, number(resource, "retention_in_days", default=_FOR_EVER))
    for type_ in (
        "google_logging_project_bucket_config",
        "google_logging_folder_bucket_config",
        "google_logging_organization_bucket_config",
    ):
        for resource in configuration.by_type.get(type_, ()):
            # Provider documentation of google_logging_project_bucket_config: 30 days.
            yield _group(configuration, resource, number(resource, "retention_days", default=30))
    for resource in configuration.by_type.get("azurerm_log_analytics_workspace", ()):
        # Azure Monitor documentation, Manage data retention: 30 days.
        yield _group(configuration, resource, number(resource, "retention_in_days", default=30))


def _group(configuration: Configuration, resource: Resource, retention: Node | None) -> Subject:
    kept = retention if retention is not None else default_at(resource, _FOR_EVER)
    record = LogGroup(resource.type, kept)
    members = {"component": computed(resource.type, resource.anchor), "retention": kept}
    return subject("log_group", configuration, resource, members, record)
