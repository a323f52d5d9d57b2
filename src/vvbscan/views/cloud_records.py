"""Records of the views of cloud resources, which several providers feed.

Their fields are nodes as those of `records`, typed as the platform reads them. A field that is None is
nothing that the resource decides.
"""

from __future__ import annotations

from vvbscan.model.node import Node
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed, fields


class Database(NamedTuple):
    """A managed database, or one instance of its cluster. View `database`, fields as named here.

    What its platform does where nothing is written is filled in, as a computed node at its header.
    """

    component: str
    """Type of the resource, or the source of the module: `aws_db_instance`."""
    engine: Node | None = None
    """`postgresql`, `mysql`, `mariadb`, `sqlserver`, `oracle`, `db2`, `docdb` or `neptune`."""
    version: Node | None = None
    """Version of the engine as written."""
    major: Node | None = None
    """Number of its major release: 15 of `15.4`."""
    replica: Node | None = None
    """Whether it replicates another database, which then is what is backed up and protected."""
    public: Node | None = None
    """Whether it answers to everybody on the internet. The node is what opens it."""
    encrypted: Node | None = None
    """Whether what it stores is encrypted."""
    standby: Node | None = None
    """Whether a standby or a replica takes over when its zone fails."""
    backup_days: Node | None = None
    """How many days its automatic backups are kept; 0 if none are made."""
    plan_days: Node | None = None
    """How many days a backup plan keeps its backups beside that; absent if none selects it."""
    off_site: Node | None = None
    """Whether its backups are kept in a second region as well."""
    backup_window: Node | None = None
    """When the daily backup is made: `02:00-03:00`, in UTC, or words where the platform picks an hour."""
    deletion_protection: Node | None = None
    final_snapshot: Node | None = None
    """Whether a snapshot is kept when it is deleted."""
    minor_upgrades: Node | None = None
    """Whether fixes of the engine are installed by themselves."""
    log_exports: Node | None = None
    """Sequence of the logs that leave the database: `postgresql`, `slowquery`."""
    insights: Node | None = None
    """Whether the platform keeps statistics of its queries."""
    instance_class: Node | None = None
    """`db.r6g.large`"""
    burstable: Node | None = None
    """Whether it runs on credits of processor time that it can use up."""
    storage_gib: Node | None = None
    storage_type: Node | None = None
    """`ssd` or `magnetic`"""
    tls_required: Node | None = None
    """Whether it refuses connections without TLS."""


def database_fields(database: Database, anchor: Node) -> Node:
    """The root of a subject of the view `database`: the fields of its record."""
    members = database._asdict()
    members["component"] = computed(database.component, anchor)
    return fields(anchor, members)


class PostgresqlServer(NamedTuple):
    """What a managed PostgreSQL runs with. View `postgresql_server`, fields as named here.

    What its platform does where nothing is written is filled in, unless it depends on what nobody knows.
    """

    component: str
    memory: Node | None = None
    """Memory of its machine in megabytes, which are 1024 kB as those of PostgreSQL."""
    max_connections: Node | None = None
    """As it is set; absent if it is not."""
    default_connections: Node | None = None
    """About how many connections the platform allows by the memory of the machine."""
    connection_memory: Node | None = None
    """What of the memory beside the shared buffers each connection has that may be open."""
    shared_buffers: Node | None = None
    """In megabytes, as all sizes here."""
    shared_buffers_percent: Node | None = None
    """Share of the memory."""
    effective_cache_percent: Node | None = None
    work_mem: Node | None = None
    maintenance_work_mem: Node | None = None
    autovacuum: Node | None = None
    """As it is set, like the next ones; absent if it is not, which for all of them means on."""
    track_counts: Node | None = None
    fsync: Node | None = None
    full_page_writes: Node | None = None
    synchronous_commit: Node | None = None
    log_min_duration: Node | None = None
    """Milliseconds from which on a statement is logged, -1 if none is."""
    preload: Node | None = None
    """Sequence of the libraries that are loaded when it starts."""
    insights: Node | None = None
    """Whether the platform keeps statistics of its queries."""


def postgresql_fields(server: PostgresqlServer, anchor: Node) -> Node:
    """The root of a subject of the view `postgresql_server`: the fields of its record."""
    members = server._asdict()
    members["component"] = computed(server.component, anchor)
    return fields(anchor, members)
