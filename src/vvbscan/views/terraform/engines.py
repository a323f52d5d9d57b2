"""Engines of managed databases: what they are, their versions, and whether they insist on TLS."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.views.terraform.arguments import Holder, default_at
from vvbscan.views.terraform.server_parameters import Parameters

_AWS: Final = {
    "postgres": "postgresql",
    "aurora-postgresql": "postgresql",
    "mysql": "mysql",
    "aurora": "mysql",
    "aurora-mysql": "mysql",
    "mariadb": "mariadb",
}
_AWS_PREFIXES: Final = {
    "sqlserver-": "sqlserver",
    "custom-sqlserver-": "sqlserver",
    "oracle-": "oracle",
    "custom-oracle-": "oracle",
    "db2-": "db2",
}
_NUMBERS: Final = lazy_pattern(r"[0-9]+(?:\.[0-9]+)?")
_ON: Final = frozenset({"1", "on", "true", "yes"})
_OFF: Final = frozenset({"0", "off", "false", "no"})


def aws_engine(node: Node | None) -> Node | None:
    """The engine behind Amazon's name for it; a name that is not known is kept."""
    if node is None or not isinstance(node.value, str):
        return node
    name = node.value
    engine = _AWS.get(name) or next(
        (to for start, to in _AWS_PREFIXES.items() if name.startswith(start)), name
    )
    return node._replace(value=engine)


def release(version: Node | None) -> tuple[int, ...] | None:
    """The first two numbers of a version, `(8, 0)` of `8.0.mysql_aurora.3.05.2`; None if it is not known.

    An unknown version whose first known part has its numbers is known as far.
    """
    value = version.value if version is not None else None
    if isinstance(value, Unknown):
        value = value.parts[0] if value.parts and value.parts[0] and "." in value.parts[0] else None
    match = _NUMBERS.match(value) if isinstance(value, str) else None
    return tuple(int(number) for number in match[0].split(".")) if match is not None else None


def major_of(version: Node | None) -> Node | None:
    """The number of the major release of a version, at the place of the version."""
    numbers = release(version)
    if version is None or numbers is None:
        return version
    return version._replace(value=numbers[0])


def switched(node: Node | None) -> Node | None:
    """A parameter that is on or off, as a boolean."""
    if node is None or not isinstance(node.value, str):
        return node
    word = node.value.lower()
    if word in _ON:
        return node._replace(value=True)
    if word in _OFF:
        return node._replace(value=False)
    return node._replace(value=Unknown("expression", f"{node.value} is neither on nor off"))


def rds_tls_required(
    holder: Holder,
    engine: Node | None,
    version: Node | None,
    aurora: bool,
    parameters: Parameters,
    anchor: Node,
) -> Node | None:
    """Whether an RDS database refuses connections without TLS; None for engines that decide it elsewhere.

    Not set, `rds.force_ssl` is on from PostgreSQL 15 on, and off before
    (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html);
    with Aurora it is off up to 16
    (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html).
    `require_secure_transport` is off up to MySQL 8.0
    (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.html).
    """
    if engine is None:
        return None
    if isinstance(engine.value, Unknown):
        return engine
    names = {
        "postgresql": "rds.force_ssl",
        "sqlserver": "rds.force_ssl",
        "mysql": "require_secure_transport",
        "mariadb": "require_secure_transport",
    }
    name = names.get(str(engine.value))
    if name is None:
        return None
    found = switched(parameters.get(name, anchor))
    if found is not None:
        return found
    numbers = release(version)
    unsure = Unknown("default", f"the default of {name} depends on the version of the engine")
    if engine.value == "sqlserver":
        return default_at(holder, False)
    if numbers is None:
        return default_at(holder, unsure)
    if engine.value == "postgresql":
        if not aurora:
            return default_at(holder, numbers[0] >= 15)
        return default_at(holder, False if numbers[0] <= 16 else unsure)
    old = engine.value == "mysql" and numbers < (8, 1)
    return default_at(holder, False if old else unsure)
