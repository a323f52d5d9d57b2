"""View `database`: managed relational databases of all providers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vvbscan.model.subject import Subject
from vvbscan.views.cloud_records import database_fields
from vvbscan.views.terraform.backup_plans import planned_days
from vvbscan.views.terraform.databases_aws import Found, aws_databases
from vvbscan.views.terraform.databases_azure import azure_databases
from vvbscan.views.terraform.databases_google import google_databases
from vvbscan.views.terraform.databases_modules import module_databases
from vvbscan.views.terraform.engines import major_of
from vvbscan.views.terraform.model import Configuration


def found_databases(configuration: Configuration) -> Iterator[Found]:
    """Every database of a configuration, with what it was read from."""
    found = [*aws_databases(configuration), *module_databases(configuration)]
    planned = planned_days(
        configuration, [one.holder for one in found if one.database.backup_days is not None]
    )
    for one in found:
        yield one._replace(database=one.database._replace(plan_days=planned.get(one.holder.address)))
    yield from google_databases(configuration)
    yield from azure_databases(configuration)


def databases(configuration: Configuration) -> Iterable[Subject]:
    """View `database`: managed databases, and the instances of their clusters. Record: `Database`."""
    for holder, found, _ in found_databases(configuration):
        database = found._replace(major=major_of(found.version))
        root = database_fields(database, holder.anchor)
        yield Subject(
            "database", holder.address, root, holder.anchor, configuration.environment, database, holder.via
        )
