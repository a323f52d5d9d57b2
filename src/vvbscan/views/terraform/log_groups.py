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

_MAY_BE_ARCHIVED: Final = Unknown("open", "whether an archive keeps the logs for longer is not told here")


class LogGroup(NamedTuple):
    """Logs that are kept together. View `log_group`, fields as named here."""

    component: str
    """Type of its resource: `aws_cloudwatch_log_group`, `azurerm_log_analytics_workspace`."""
    retention: Node
    """Days for which logs are kept; 0 stands for ever."""
    archived: bool | Unknown
    """Whether its logs are also sent elsewhere, where they may be kept longer. Nobody can tell that they are
    not, as the account may do so for all groups."""


def log_groups(configuration: Configuration) -> Iterator[Subject]:
    """View `log_group`. Record: `LogGroup`.

    Fields: `component`, `retention` (days; 0 is for ever), `archived`.
    """
    groups = configuration.by_type.get("aws_cloudwatch_log_group", ())
    if groups:
        targets = Targets(groups, "name", "id", "arn")
        archived: set[str] = set()
        for resource in configuration.by_type.get("aws_cloudwatch_log_subscription_filter", ()):
            target = targets.get(argument(resource, "log_group_name"))
            if target is not None:
                archived.add(target.address)
        for resource in groups:
            kind = text(resource, "log_group_class")
            # Those of the class DELIVERY keep everything for two days, which nothing can change.
            if kind is None or kind.value != "DELIVERY":
                # Provider documentation of aws_cloudwatch_log_group, `retention_in_days`: 0 is never.
                retention = number(resource, "retention_in_days", default=_FOR_EVER)
                elsewhere = True if resource.address in archived else _MAY_BE_ARCHIVED
                yield _group(configuration, resource, retention, elsewhere)
    for type_ in _GOOGLE:
        for resource in configuration.by_type.get(type_, ()):
            # Provider documentation of google_logging_project_bucket_config: 30 days.
            yield _group(
                configuration, resource, number(resource, "retention_days", default=30), _MAY_BE_ARCHIVED
            )
    for resource in configuration.by_type.get("azurerm_log_analytics_workspace", ()):
        # Azure Monitor documentation, Manage data retention: 30 days.
        yield _group(
            configuration, resource, number(resource, "retention_in_days", default=30), _MAY_BE_ARCHIVED
        )


def _group(
    configuration: Configuration, resource: Resource, retention: Node | None, archived: bool | Unknown
) -> Subject:
    kept = retention if retention is not None else default_at(resource, _FOR_EVER)
    record = LogGroup(resource.type, kept, archived)
    members = {
        "component": computed(resource.type, resource.anchor),
        "retention": kept,
        "archived": resource.anchor.replace_value(archived),
    }
    return subject("log_group", configuration, resource, members, record)
