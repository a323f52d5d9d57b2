"""View `postgresql_server`: the parameters that a managed PostgreSQL runs with, in units of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.cloud_records import Database, PostgresqlServer, postgresql_fields
from vvbscan.views.records import computed, sequence
from vvbscan.views.terraform.databases import found_databases
from vvbscan.views.terraform.databases_aws import Found
from vvbscan.views.terraform.engines import switched
from vvbscan.views.terraform.instance_classes import class_memory
from vvbscan.views.terraform.model import Configuration
from vvbscan.views.terraform.server_parameters import Parameters

_KIB: Final = 1024
_PAGE: Final = 8 * _KIB
_UNITS: Final = {"B": 1, "kB": _KIB, "MB": _KIB**2, "GB": _KIB**3, "TB": _KIB**4}
_TIMES: Final = {"us": 0.001, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
"""https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES"""
_MIB: Final = 1024**2
_GIB: Final = 1024**3
_CLOUD_SQL: Final = (
    (120 * _GIB, 1000),
    (60 * _GIB, 800),
    (30 * _GIB, 600),
    (15 * _GIB, 500),
    (7.5 * _GIB, 400),
    (6 * _GIB, 200),
    (3.75 * _GIB, 100),
    (1.5 * _GIB, 50),
    (0, 25),
)
"""`max_connections` by memory: https://cloud.google.com/sql/docs/postgres/flags#postgres-m."""
_VALUE: Final = lazy_pattern(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*")
_FORMULA: Final = lazy_pattern(r"\{DBInstanceClassMemory(?:\*([0-9]+))?(?:/([0-9]+))?\}")
_CHOICE: Final = lazy_pattern(r"(LEAST|GREATEST)\(\s*(\{[^{}]*\}|[0-9]+)\s*,\s*(\{[^{}]*\}|[0-9]+)\s*\)")


class _Platform(NamedTuple):
    """What a platform sets where nothing is written."""

    max_connections: str | None
    shared_buffers: str | None
    effective_cache_size: str | None
    maintenance_work_mem: str | None
    preload: str | None


# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
_RDS: Final = _Platform(
    "LEAST({DBInstanceClassMemory/9531392},5000)",
    "{DBInstanceClassMemory/32768}",
    "{DBInstanceClassMemory/16384}",
    "GREATEST({DBInstanceClassMemory*1024/63963136},65536)",
    "pg_stat_statements",
)
# Aurora has a cache of its own kind: what share of the memory it takes is for Aurora to say.
_AURORA: Final = _RDS._replace(shared_buffers=None, effective_cache_size=None)
# What Cloud SQL and Azure set depends on the size of the machine, and they change it.
_OTHER: Final = _Platform(None, None, None, None, None)


def postgresql_servers(configuration: Configuration) -> Iterator[Subject]:
    """Managed databases whose engine is PostgreSQL. Record: `PostgresqlServer`.

    The instances of a cluster are no servers of their own: the cluster stands for them.
    """
    found = tuple(found_databases(configuration))
    for one in found:
        engine = one.database.engine
        if engine is None or engine.value != "postgresql":
            continue
        server = _server(one)
        anchor = one.holder.anchor
        yield Subject(
            "postgresql_server",
            one.holder.address,
            postgresql_fields(server, anchor),
            anchor,
            configuration.environment,
            server,
            one.holder.via,
        )


def _server(one: Found) -> PostgresqlServer:
    database, anchor = one.database, one.holder.anchor
    platform = _platform(database)
    memory = _memory(database)
    read = _Reader(one.parameters, memory, anchor)
    connections = read.number("max_connections")
    default = _default_connections(database, platform, read, anchor)
    buffers = read.size("shared_buffers", _PAGE, platform.shared_buffers)
    return PostgresqlServer(
        component=database.component,
        memory=memory,
        max_connections=connections,
        default_connections=default,
        connection_memory=_share(memory, buffers, connections or default),
        shared_buffers=buffers,
        shared_buffers_percent=read.percent("shared_buffers", platform.shared_buffers),
        effective_cache_percent=read.percent("effective_cache_size", platform.effective_cache_size),
        work_mem=read.size("work_mem", _KIB, "4096"),
        maintenance_work_mem=read.size("maintenance_work_mem", _KIB, platform.maintenance_work_mem),
        autovacuum=read.flag("autovacuum"),
        track_counts=read.flag("track_counts"),
        fsync=read.flag("fsync"),
        full_page_writes=read.flag("full_page_writes"),
        synchronous_commit=read.word("synchronous_commit"),
        log_min_duration=read.milliseconds("log_min_duration_statement", -1),
        preload=read.names("shared_preload_libraries", platform.preload),
        insights=database.insights,
    )


def _platform(database: Database) -> _Platform:
    component = database.component
    if component == "aws_rds_cluster" or "rds-aurora" in component:
        return _AURORA
    return _RDS if component == "aws_db_instance" or "rds" in component else _OTHER


def _default_connections(database: Database, platform: _Platform, read: _Reader, anchor: Node) -> Node:
    if platform.max_connections is not None:
        return read.estimate(platform.max_connections)
    name = database.instance_class.value if database.instance_class is not None else None
    memory = class_memory(name) if isinstance(name, str) else None
    if database.component.startswith("google_") and memory is not None:
        return computed(next(number for bytes_, number in _CLOUD_SQL if memory >= bytes_), anchor)
    unsure = Unknown("default", "how many connections the platform allows is not known for this machine")
    return Node(unsure, anchor.source, anchor.start, anchor.end, COMPUTED, anchor.via)


def _share(memory: Node | None, buffers: Node | None, connections: Node) -> Node | None:
    """What of the memory beside the buffers one of so many connections has."""
    for node in (memory, buffers, connections):
        if node is not None and isinstance(node.value, Unknown):
            return node
    size, number = _plain(memory), _plain(connections)
    if memory is None or number <= 0:
        return None
    return memory._replace(value=int((size - _plain(buffers)) / number))


def _plain(node: Node | None) -> float:
    return node.value if node is not None and isinstance(node.value, (int, float)) else 0


def _memory(database: Database) -> Node | None:
    """Megabytes of memory of the machine."""
    name = database.instance_class
    if name is None or not isinstance(name.value, str):
        return name
    size = class_memory(name.value)
    if size is None:
        return name._replace(value=Unknown("default", f"how much memory {name.value} has is not known"))
    return name._replace(value=_megabytes(size))


def _megabytes(size: float) -> float:
    """Bytes in the megabytes of PostgreSQL, which are 1,048,576 of them."""
    share = size / _MIB
    return int(share) if share.is_integer() else round(share, 2)


class _Reader:
    """Reads parameters in units of their own."""

    def __init__(self, parameters: Parameters, memory: Node | None, anchor: Node) -> None:
        self._parameters = parameters
        self._memory = memory
        self._anchor = anchor

    def number(self, name: str) -> Node | None:
        """A plain number, or what a formula comes to."""
        return self._evaluated(self._parameters.get(name, self._anchor), name)

    def estimate(self, formula: str) -> Node:
        """What a formula of the platform comes to."""
        found = self._evaluated(computed(formula, self._anchor), "the default")
        assert found is not None
        return found

    def size(self, name: str, unit: int, default: str | None) -> Node | None:
        """Megabytes; a number without a unit counts in that of the parameter."""
        node = self._evaluated(self._written(name, default), name, _UNITS, unit)
        if node is None or not isinstance(node.value, (int, float)):
            return node
        return node._replace(value=_megabytes(node.value))

    def milliseconds(self, name: str, default: float) -> Node | None:
        """Milliseconds, -1 where it is off."""
        node = self._evaluated(self._parameters.get(name, self._anchor), name, _TIMES)
        return computed(default, self._anchor) if node is None else node

    def percent(self, name: str, default: str | None) -> Node | None:
        """The share of the memory that a size takes, which a formula says whatever the memory is."""
        node = self._written(name, default)
        if node is None or not isinstance(node.value, str):
            return node
        formula = _FORMULA.fullmatch(node.value)
        if formula is not None:
            share = int(formula[1] or 1) / max(1, int(formula[2] or 1)) * _PAGE
            return node._replace(value=round(share * 100))
        size = self.size(name, _PAGE, default)
        memory = self._memory.value if self._memory is not None else None
        if size is None or isinstance(size.value, Unknown):
            return size
        if not isinstance(memory, (int, float)) or not isinstance(size.value, (int, float)):
            unsure = memory if isinstance(memory, Unknown) else Unknown("default", "the memory is not known")
            return node._replace(value=unsure)
        return node._replace(value=round(size.value / memory * 100))

    def flag(self, name: str) -> Node | None:
        """Whether it is on; absent where it is not set."""
        return switched(self._parameters.get(name, self._anchor))

    def word(self, name: str) -> Node | None:
        """A name in small letters; absent where it is not set."""
        node = self._parameters.get(name, self._anchor)
        return (
            node._replace(value=node.value.lower())
            if node is not None and isinstance(node.value, str)
            else node
        )

    def names(self, name: str, default: str | None) -> Node | None:
        """Names between commas, as a sequence."""
        node = self._written(name, default)
        if node is None or not isinstance(node.value, str):
            return node
        parts = (part.strip() for part in node.value.split(","))
        return sequence(tuple(node._replace(value=part) for part in parts if part), node)

    def _written(self, name: str, default: str | None) -> Node | None:
        node = self._parameters.get(name, self._anchor)
        return computed(default, self._anchor) if node is None and default is not None else node

    def _evaluated(
        self,
        node: Node | None,
        name: str,
        units: dict[str, int] | dict[str, float] | None = None,
        base: int = 1,
    ) -> Node | None:
        """A value as a number in the smallest of the units: what a formula gives counts in the base unit."""
        if node is None or not isinstance(node.value, str):
            return node
        match = _VALUE.fullmatch(node.value)
        unit = (units or {}).get(match[2]) if match is not None and match[2] else base
        if match is not None and unit is not None:
            value = float(match[1]) * (unit if float(match[1]) >= 0 else 1)
            return node._replace(value=int(value) if value.is_integer() else value)
        value_of = self._formula(node.value)
        if isinstance(value_of, Unknown):
            return node._replace(value=value_of)
        if value_of is None:
            return node._replace(
                value=Unknown("expression", f"{name} is {node.value}, which is not understood")
            )
        return node._replace(value=value_of * base)

    def _formula(self, text: str) -> int | Unknown | None:
        """What a formula of RDS comes to; None if it is none that is understood.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ParamValuesRef.html
        """
        choice = _CHOICE.fullmatch(text)
        if choice is not None:
            first, second = self._formula(choice[2]), self._formula(choice[3])
            if not isinstance(first, int):
                return first
            if not isinstance(second, int):
                return second
            return min(first, second) if choice[1] == "LEAST" else max(first, second)
        if text.isdecimal():
            return int(text)
        formula = _FORMULA.fullmatch(text)
        if formula is None:
            return None
        memory = self._memory.value if self._memory is not None else None
        if not isinstance(memory, (int, float)):
            return memory if isinstance(memory, Unknown) else Unknown("default", "the memory is not known")
        return int(memory * _MIB) * int(formula[1] or 1) // max(1, int(formula[2] or 1))
