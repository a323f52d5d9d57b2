"""Database servers of Azure, with their firewall rules and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.cloud_records import Database
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Targets, boolean, default_at, given, number, text, undecided
from vvbscan.views.terraform.databases_aws import Found
from vvbscan.views.terraform.engines import switched
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.server_parameters import NONE_SET, Parameters, parameter_resources

_AZURE: Final = "0.0.0.0"  # noqa: S104  # an address to compare with


class _Server(NamedTuple):
    type: str
    engine: str
    firewall: str
    link: str
    """Argument by which firewall rules and parameters name their server."""
    parameters: str = ""
    flexible: bool = True


_SERVERS: Final = (
    _Server(
        "azurerm_postgresql_flexible_server",
        "postgresql",
        "azurerm_postgresql_flexible_server_firewall_rule",
        "server_id",
        "azurerm_postgresql_flexible_server_configuration",
    ),
    _Server(
        "azurerm_mysql_flexible_server",
        "mysql",
        "azurerm_mysql_flexible_server_firewall_rule",
        "server_name",
        "azurerm_mysql_flexible_server_configuration",
    ),
    _Server(
        "azurerm_postgresql_server",
        "postgresql",
        "azurerm_postgresql_firewall_rule",
        "server_name",
        "azurerm_postgresql_configuration",
        False,
    ),
    _Server(
        "azurerm_mysql_server",
        "mysql",
        "azurerm_mysql_firewall_rule",
        "server_name",
        "azurerm_mysql_configuration",
        False,
    ),
    _Server("azurerm_mariadb_server", "mariadb", "azurerm_mariadb_firewall_rule", "server_name", "", False),
)
_SQL_SERVERS: Final = (
    ("azurerm_mssql_server", "azurerm_mssql_firewall_rule", "server_id"),
    ("azurerm_sql_server", "azurerm_sql_firewall_rule", "server_name"),
)


def azure_databases(configuration: Configuration) -> Iterator[Found]:
    """Flexible and single servers of PostgreSQL, MySQL and MariaDB, and servers of Azure SQL.

    Defaults: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/postgresql_flexible_server
    and the pages of the other resources. What Azure stores for them is always encrypted.
    """
    by_type = configuration.by_type
    for kind in _SERVERS:
        servers = by_type.get(kind.type, ())
        if not servers:
            continue
        rules = _by_server(configuration, servers, kind.firewall, kind.link)
        settings = _by_server(configuration, servers, kind.parameters, kind.link)
        for server in servers:
            parameters = parameter_resources(settings.get(server.address, ()))
            database = _server(server, kind.engine, rules.get(server.address, []))
            if kind.flexible:
                database = _flexible(server, database, parameters)
            yield Found(server, database, parameters)
    for type_, firewall, link in _SQL_SERVERS:
        servers = by_type.get(type_, ())
        rules = _by_server(configuration, servers, firewall, link) if servers else {}
        for server in servers:
            database = Database(
                component=type_,
                engine=default_at(server, "sqlserver"),
                public=_public(server, rules.get(server.address, [])),
            )
            yield Found(server, database, NONE_SET)
    for resource in by_type.get("azurerm_mssql_database", ()):
        yield Found(resource, _sql_database(resource), NONE_SET)


def _by_server(
    configuration: Configuration, servers: tuple[Resource, ...], type_: str, link: str
) -> dict[str, list[Resource]]:
    """The resources of a type, by the address of the server that they name."""
    targets = Targets(servers, "id", "name")
    found: dict[str, list[Resource]] = {}
    for resource in configuration.by_type.get(type_, ()):
        server = targets.get(resource.get(link))
        if server is not None:
            found.setdefault(server.address, []).append(resource)
    return found


def _server(server: Resource, engine: str, rules: list[Resource]) -> Database:
    """What flexible and single servers have in common."""
    size = text(server, "sku_name")
    mode = text(server, "create_mode", default="Default")
    if mode is not None and not isinstance(mode.value, Unknown):
        mode = mode._replace(value=mode.value == "Replica")
    return Database(
        component=server.type,
        engine=default_at(server, engine),
        version=text(server, "version"),
        replica=mode,
        public=_public(server, rules),
        backup_days=number(server, "backup_retention_days", default=7),
        off_site=boolean(server, "geo_redundant_backup_enabled", default=False),
        instance_class=size,
        burstable=_burstable(size),
        storage_gib=_divided(number(server, "storage_mb")),
        tls_required=boolean(server, "ssl_enforcement_enabled"),
    )


def _flexible(server: Resource, database: Database, parameters: Parameters) -> Database:
    standby = text(server, "high_availability", 0, "mode")
    if standby is None:
        standby = default_at(server, False)
    elif not isinstance(standby.value, Unknown):
        standby = standby._replace(value=standby.value == "ZoneRedundant")
    storage = database.storage_gib or number(server, "storage", 0, "size_gb")
    if storage is None and server.type == "azurerm_postgresql_flexible_server":
        storage = default_at(server, 32)
    required = switched(parameters.get("require_secure_transport", server.anchor))
    insights: Node | None = None
    if server.type == "azurerm_postgresql_flexible_server":
        # https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-query-store
        captured = parameters.get("pg_qs.query_capture_mode", server.anchor)
        insights = default_at(server, False) if captured is None else captured
        if isinstance(insights.value, str):
            insights = insights._replace(value=insights.value.lower() != "none")
    return database._replace(
        standby=standby,
        storage_gib=storage,
        tls_required=required or default_at(server, True),
        insights=insights,
    )


def _sql_database(database: Resource) -> Database:
    # https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/mssql_database
    # There is one version for all who use the service, 12.0, which `azurerm_mssql_server` names.
    return Database(
        component=database.type,
        engine=default_at(database, "sqlserver"),
        version=default_at(database, "12.0"),
        replica=default_at(database, False),
        encrypted=boolean(database, "transparent_data_encryption_enabled", default=True),
        backup_days=number(database, "short_term_retention_policy", 0, "retention_days", default=7),
    )


def _public(server: Resource, rules: list[Resource]) -> Node:
    """A firewall rule that lets everybody in, unless the server has no address on the internet.

    The rule from 0.0.0.0 to 0.0.0.0 lets in all of Azure, other customers among it
    (https://learn.microsoft.com/azure/azure-sql/database/firewall-configure#connections-from-inside-azure).
    """
    address = boolean(server, "public_network_access_enabled", default=True)
    if address is not None and address.value is False:
        return address
    private = given(server, "delegated_subnet_id")
    if private is not None:
        return computed(False, private)
    unsure: Unknown | None = None
    for rule in rules:
        start, end = text(rule, "start_ip_address"), text(rule, "end_ip_address")
        if start is None or end is None:
            continue
        if isinstance(start.value, str) and isinstance(end.value, str):
            if _reaches_everybody(start.value, end.value):
                return end._replace(value=True if address is None else address.value)
        else:
            unsure = unsure or undecided(start, end)
    return default_at(server, unsure or False)


def _reaches_everybody(start: str, end: str) -> bool:
    """Whether the range is all of Azure, or a quarter of the internet and more."""
    if start == end == _AZURE:
        return True
    first, last = start.partition(".")[0], end.partition(".")[0]
    return first.isdecimal() and last.isdecimal() and int(last) - int(first) >= 64


def _burstable(size: Node | None) -> Node | None:
    if size is None or not isinstance(size.value, str):
        return size
    return size._replace(value=size.value.startswith("B_"))


def _divided(megabytes: Node | None) -> Node | None:
    """Mebibytes as gibibytes."""
    if megabytes is None or not isinstance(megabytes.value, (int, float)):
        return megabytes
    size = megabytes.value / 1024
    return megabytes._replace(value=int(size) if size.is_integer() else round(size, 2))
