"""View `database`: managed relational databases of all providers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vvbscan.model.subject import Subject
from vvbscan.views.cloud_records import database_fields
from vvbscan.views.terraform.databases_aws import Found, aws_databases
from vvbscan.views.terraform.databases_azure import azure_databases
from vvbscan.views.terraform.databases_google import google_databases
from vvbscan.views.terraform.databases_modules import module_databases
from vvbscan.views.terraform.model import Configuration


def found_databases(configuration: Configuration) -> Iterator[Found]:
    """Every database of a configuration, with what it was read from."""
    yield from aws_databases(configuration)
    yield from module_databases(configuration)
    yield from google_databases(configuration)
    yield from azure_databases(configuration)


def databases(configuration: Configuration) -> Iterable[Subject]:
    """View `database`: managed databases, and the instances of their clusters. Record: `Database`."""
    for holder, database, _ in found_databases(configuration):
        root = database_fields(database, holder.anchor)
        yield Subject(
            "database", holder.address, root, holder.anchor, configuration.environment, database, holder.via
        )
