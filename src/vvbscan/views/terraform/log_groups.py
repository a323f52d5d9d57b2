"""View `log_group`: where a cloud keeps logs, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Targets, argument, default_at, number, text
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import subject

_FOR_EVER: Final = 0
_GOOGLE: Final = tuple(
    f"google_logging_{parent}_bucket_config" for parent in ("project", "folder", "organization")
)


class LogGroup(NamedTuple):
    """Logs that are kept together. View `log_group`, fields as named here."""

    component: str
    """Type of its resource: `aws_cloudwatch_log_group`, `azurerm_log_analytics_workspace`."""
    retention: Node
    """Days for which logs are kept; 0 stands for ever."""
    forwarded: bool | Unknown
    """Whether its logs are also sent elsewhere, where they may be kept longer."""


def log_groups(configuration: Configuration) -> Iterator[Subject]:
    """View `log_group`. Record: `LogGroup`.

    Fields: `component`, `retention` (days; 0 is for ever), `forwarded`.
    """
    groups = configuration.by_type.get("aws_cloudwatch_log_group", ())
    if groups:
        targets = Targets(groups, "name", "id", "arn")
        forwarded: dict[str, bool] = {}
        stray: Unknown | None = None
        for resource in configuration.by_type.get("aws_cloudwatch_log_subscription_filter", ()):
            named = argument(resource, "log_group_name")
            target = targets.get(named)
            if target is not None:
                forwarded[target.address] = True
            elif named is not None and isinstance(named.value, Unknown) and named.value.kind != "computed":
                stray = stray or named.value
        for resource in groups:
            kind = text(resource, "log_group_class")
            # Those of the class DELIVERY keep everything for two days, which nothing can change.
            if kind is None or kind.value != "DELIVERY":
                # Provider documentation of aws_cloudwatch_log_group, `retention_in_days`: 0 is never.
                retention = number(resource, "retention_in_days", default=_FOR_EVER)
                elsewhere = forwarded.get(resource.address, False if stray is None else stray)
                yield _group(configuration, resource, retention, elsewhere)
    for type_ in _GOOGLE:
        for resource in configuration.by_type.get(type_, ()):
            # Provider documentation of google_logging_project_bucket_config: 30 days.
            yield _group(configuration, resource, number(resource, "retention_days", default=30), False)
    for resource in configuration.by_type.get("azurerm_log_analytics_workspace", ()):
        # Azure Monitor documentation, Manage data retention: 30 days.
        yield _group(configuration, resource, number(resource, "retention_in_days", default=30), False)


def _group(
    configuration: Configuration, resource: Resource, retention: Node | None, forwarded: bool | Unknown
) -> Subject:
    kept = retention if retention is not None else default_at(resource, _FOR_EVER)
    record = LogGroup(resource.type, kept, forwarded)
    members = {
        "component": computed(resource.type, resource.anchor),
        "retention": kept,
        "forwarded": resource.anchor.replace_value(forwarded),
    }
    return subject("log_group", configuration, resource, members, record)
