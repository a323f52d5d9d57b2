"""Views of databases: engines and their defaults, standbys, parameter groups, and units of parameters."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.terraform_support import view
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.terraform.instance_classes import class_memory

GIB = 1024**3
FIRST = "0.0.0.0"  # noqa: S104  # an address that a firewall rule begins with


def value(subject: Subject, name: str) -> object:
    """A field as a plain value: the reason of an unknown, None where it is absent."""
    return shown(subject.root.get(name))


def shown(node: Node | None) -> object:
    if node is None:
        return None
    if isinstance(node.value, Unknown):
        return f"? {node.value.reason}"
    if isinstance(node.value, SeqValue):
        return [shown(item) for item in node.value.items]
    assert not isinstance(node.value, MapValue)
    return node.value


def instance(arguments: str, more: str = "") -> Subject:
    return view(f'resource "aws_db_instance" "db" {{\n{arguments}\n}}\n{more}', "database")[
        "aws_db_instance.db"
    ]


def server(parameter: str, written: str, instance_class: str = "db.m6g.xlarge") -> Subject:
    """The PostgreSQL server of RDS with one parameter set."""
    text = f"""
    resource "aws_db_parameter_group" "pg" {{
      family = "postgres16"
      parameter {{
        name  = "{parameter}"
        value = {json.dumps(written)}
      }}
    }}
    resource "aws_db_instance" "db" {{
      engine               = "postgres"
      instance_class       = "{instance_class}"
      parameter_group_name = aws_db_parameter_group.pg.id
    }}
    """
    return view(text, "postgresql_server")["aws_db_instance.db"]


@pytest.mark.parametrize(
    ("engine", "name"),
    [
        ("postgres", "postgresql"),
        ("aurora-postgresql", "postgresql"),
        ("mysql", "mysql"),
        ("mariadb", "mariadb"),
        ("sqlserver-ex", "sqlserver"),
        ("custom-oracle-ee", "oracle"),
        ("db2-se", "db2"),
        ("something-new", "something-new"),
    ],
)
def test_engines(engine: str, name: str) -> None:
    assert value(instance(f'engine = "{engine}"'), "engine") == name


@pytest.mark.parametrize(
    ("engine", "version", "required"),
    [
        ("postgres", "15.4", True),
        ("postgres", "16", True),
        ("postgres", "14.9", False),
        ("postgres", "9.6.24", False),
        ("mysql", "8.0.35", False),
        ("mysql", "5.7", False),
        ("mysql", "8.4.3", "? the default of require_secure_transport depends on the version of the engine"),
        (
            "mariadb",
            "10.11",
            "? the default of require_secure_transport depends on the version of the engine",
        ),
        ("postgres", "latest", "? the default of rds.force_ssl depends on the version of the engine"),
        ("sqlserver-se", "15.00", False),
        ("oracle-ee", "19", None),
    ],
)
def test_what_engines_of_rds_do_without_a_parameter(engine: str, version: str, required: object) -> None:
    found = instance(f'engine = "{engine}"\nengine_version = "{version}"')
    assert value(found, "tls_required") == required


@pytest.mark.parametrize(("version", "required"), [("16.4", False), ("13.9", False), ("17.4", "?")])
def test_aurora_requires_tls_later(version: str, required: object) -> None:
    text = f"""
    resource "aws_rds_cluster" "c" {{
      engine         = "aurora-postgresql"
      engine_version = "{version}"
    }}
    """
    found = value(view(text, "database")["aws_rds_cluster.c"], "tls_required")
    assert found == required or (required == "?" and str(found).startswith("?"))


@pytest.mark.parametrize("written", ["1", "on", "TRUE", "Yes"])
def test_words_that_mean_on(written: str) -> None:
    group = f"""
    resource "aws_db_parameter_group" "pg" {{
      name   = "pg"
      family = "postgres14"
      parameter {{
        name  = "rds.force_ssl"
        value = "{written}"
      }}
    }}
    """
    text = 'engine = "postgres"\nengine_version = "14.1"\nparameter_group_name = "pg"'
    assert value(instance(text, group), "tls_required") is True


@pytest.mark.parametrize("empty", ['""', "[]", "null"])
def test_what_is_empty_is_not_there(empty: str) -> None:
    arguments = f"""
    engine                   = "postgres"
    allocated_storage        = 100
    replicate_source_db      = {empty}
    snapshot_identifier      = {empty}
    restore_to_point_in_time = {empty}
    parameter_group_name     = {empty}
    engine_version           = {empty}
    backup_window            = {empty}
    """
    found = instance(arguments)
    assert value(found, "replica") is False
    assert value(found, "encrypted") is False
    assert value(found, "storage_gib") == 100
    assert value(found, "version") is None
    assert value(found, "backup_window") == "an hour that the platform picks"


def test_a_replica_is_judged_as_its_source() -> None:
    text = """
    resource "aws_db_instance" "source" {
      engine   = "postgres"
      multi_az = false
    }
    resource "aws_db_instance" "copy" {
      replicate_source_db = aws_db_instance.source.arn
    }
    """
    found = view(text, "database")
    source, copy = found["aws_db_instance.source"], found["aws_db_instance.copy"]
    assert (value(source, "replica"), value(source, "standby")) == (False, True)
    assert (value(copy, "replica"), value(copy, "encrypted"), value(copy, "engine")) == (True, None, None)


@pytest.mark.parametrize(
    ("instances", "standby"),
    [
        ("count = 2", True),
        ("count = 1", False),
        ("", False),
        ("count = var.size", "? how many instances aws_rds_cluster_instance.i[*] makes is not known"),
        ("count = 0", "? instances of the cluster may be made elsewhere"),
        ('for_each = toset(["a", "b", "c"])', True),
    ],
)
def test_a_cluster_needs_two_instances(instances: str, standby: object) -> None:
    text = f"""
    variable "size" {{
      type = number
    }}
    resource "aws_rds_cluster" "c" {{
      engine = "aurora-postgresql"
    }}
    resource "aws_rds_cluster_instance" "i" {{
      {instances}
      cluster_identifier = aws_rds_cluster.c.cluster_identifier
    }}
    """
    assert value(view(text, "database")["aws_rds_cluster.c"], "standby") == standby


def test_autoscaling_may_add_replicas_to_a_cluster() -> None:
    text = """
    resource "aws_rds_cluster" "c" {
      cluster_identifier = "c"
      engine             = "aurora-postgresql"
    }
    resource "aws_rds_cluster_instance" "i" {
      cluster_identifier = "c"
    }
    resource "aws_appautoscaling_target" "replicas" {
      service_namespace = "rds"
      resource_id       = "cluster:${aws_rds_cluster.c.id}"
      min_capacity      = 1
      max_capacity      = 4
    }
    """
    found = value(view(text, "database")["aws_rds_cluster.c"], "standby")
    assert found == "? an autoscaling target may add replicas to the cluster"


@pytest.mark.parametrize(
    "arguments", ['engine_mode = "serverless"', 'db_cluster_instance_class = "db.m6gd.large"']
)
def test_some_clusters_fail_over_by_themselves(arguments: str) -> None:
    text = f'resource "aws_rds_cluster" "c" {{\nengine = "postgres"\n{arguments}\n}}'
    assert value(view(text, "database")["aws_rds_cluster.c"], "standby") is True


@pytest.mark.parametrize(
    ("source", "version", "encrypted"),
    [
        ("terraform-aws-modules/rds/aws", "~> 6.0", True),
        ("terraform-aws-modules/rds/aws", ">= 2.0, < 4.0", "?"),
        ("terraform-aws-modules/rds/aws//modules/db_instance", "7.2.0", True),
        ("terraform-aws-modules/rds-aurora/aws", "10.2.0", True),
        ("terraform-aws-modules/rds-aurora/aws", "~> 8.0", "?"),
    ],
)
def test_modules_have_defaults_of_their_own(source: str, version: str, encrypted: object) -> None:
    text = f'module "db" {{\nsource = "{source}"\nversion = "{version}"\nengine = "postgres"\n}}'
    found = value(view(text, "database")["module.db"], "encrypted")
    assert found == encrypted or (encrypted == "?" and str(found).startswith("? the default depends"))


@pytest.mark.parametrize(
    "call",
    [
        'source = "terraform-aws-modules/rds/aws"\ncreate_db_instance = false',
        'source = "terraform-aws-modules/rds/aws//modules/db_parameter_group"',
        'source = "terraform-aws-modules/rds-aurora/aws"\ncreate = "false"',
        'source = "example/rds/aws"',
    ],
)
def test_calls_that_make_no_database(call: str) -> None:
    assert view(f'module "db" {{\n{call}\n}}', "database") == {}


@pytest.mark.parametrize(
    ("instances", "public", "standby"),
    [
        ("{ one = {}, two = { publicly_accessible = true } }", True, True),
        ("{ one = { publicly_accessible = false } }", False, False),
        ("{}", False, None),
        ("var.instances", "? var.instances has no default and no tfvars file sets it", "?"),
    ],
)
def test_instances_of_the_aurora_module(instances: str, public: object, standby: object) -> None:
    text = f"""
    variable "instances" {{
      type = map(any)
    }}
    module "db" {{
      source    = "terraform-aws-modules/rds-aurora/aws"
      version   = "~> 9.0"
      instances = {instances}
    }}
    """
    found = view(text, "database")["module.db"]
    assert value(found, "public") == public
    assert value(found, "standby") == standby or (
        standby == "?" and str(value(found, "standby")).startswith("?")
    )


@pytest.mark.parametrize(
    ("settings", "field", "expected"),
    [
        ("", "backup_days", 0),
        ("backup_configuration {\nenabled = true\n}", "backup_days", 7),
        ('ip_configuration {\nrequire_ssl = "true"\n}', "tls_required", True),
        ('ip_configuration {\nssl_mode = "ENCRYPTED_ONLY"\n}', "tls_required", True),
        ("ip_configuration {\nipv4_enabled = false\n}", "public", False),
        ('ip_configuration {\nauthorized_networks {\nvalue = "::/0"\n}\n}', "public", True),
        (
            'ip_configuration {\nipv4_enabled = false\nauthorized_networks {\nvalue = "0.0.0.0/0"\n}\n}',
            "public",
            False,
        ),
        ('disk_type = "PD_HDD"', "storage_type", "magnetic"),
        ("", "storage_gib", 10),
        ("insights_config {\nquery_insights_enabled = true\n}", "insights", True),
    ],
)
def test_cloud_sql(settings: str, field: str, expected: object) -> None:
    text = f'resource "google_sql_database_instance" "db" {{\nsettings {{\n{settings}\n}}\n}}'
    assert value(view(text, "database")["google_sql_database_instance.db"], field) == expected


@pytest.mark.parametrize(
    ("written", "engine", "version"),
    [
        ("POSTGRES_16", "postgresql", "16"),
        ("POSTGRES_9_6", "postgresql", "9.6"),
        ("MYSQL_8_0_31", "mysql", "8.0.31"),
        ("MYSQL_8_0", "mysql", "8.0"),
        ("SQLSERVER_2019_STANDARD", "sqlserver", "2019"),
        ("ORACLE_19", None, None),
    ],
)
def test_versions_of_cloud_sql(written: str, engine: str | None, version: str | None) -> None:
    text = f'resource "google_sql_database_instance" "db" {{\ndatabase_version = "{written}"\n}}'
    found = view(text, "database")["google_sql_database_instance.db"]
    assert value(found, "engine") == engine
    assert value(found, "version") == version


@pytest.mark.parametrize(
    ("start", "end", "public"),
    [
        (FIRST, "255.255.255.255", True),
        (FIRST, FIRST, True),
        ("1.0.0.0", "126.255.255.255", True),
        ("203.0.113.7", "203.0.113.7", False),
        ("10.0.0.0", "10.255.255.255", False),
        ("garbage", FIRST, False),
    ],
)
def test_firewall_rules_of_azure(start: str, end: str, public: bool) -> None:
    text = f"""
    resource "azurerm_postgresql_server" "db" {{
      name = "vvb"
    }}
    resource "azurerm_postgresql_firewall_rule" "rule" {{
      server_name      = azurerm_postgresql_server.db.name
      start_ip_address = "{start}"
      end_ip_address   = "{end}"
    }}
    """
    assert value(view(text, "database")["azurerm_postgresql_server.db"], "public") is public


@pytest.mark.parametrize(
    ("name", "gib"),
    [
        ("db.t3.micro", 1),
        ("db.t4g.small", 2),
        ("db.t4g.medium", 4),
        ("db.t3.2xlarge", 32),
        ("db.m6g.large", 8),
        ("db.m5.24xlarge", 384),
        ("db.r6g.xlarge", 32),
        ("db.r5.12xlarge", 384),
        ("db.x2g.large", 32),
        ("db.z1d.large", 16),
        ("db-custom-4-16384", 16),
        ("db.serverless", None),
        ("db.x1e.32xlarge", None),
        ("db.m6g.2large", None),
        ("Standard_D2s_v3", None),
    ],
)
def test_memory_of_classes(name: str, gib: int | None) -> None:
    assert class_memory(name) == (None if gib is None else gib * GIB)


@given(st.text())
def test_memory_is_asked_of_any_name(name: str) -> None:
    assert class_memory(name) is None or class_memory(name) != 0


@pytest.mark.parametrize(
    ("parameter", "written", "field", "expected"),
    [
        ("max_connections", "200", "max_connections", 200),
        ("max_connections", "LEAST({DBInstanceClassMemory/9531392},5000)", "max_connections", 1802),
        ("max_connections", "LEAST({DBInstanceClassMemory/9531392}, 500)", "max_connections", 500),
        ("max_connections", "GREATEST(100,{DBInstanceClassMemory/9531392})", "max_connections", 1802),
        ("work_mem", "16384", "work_mem", 16),
        ("work_mem", "128MB", "work_mem", 128),
        ("work_mem", "1 GB", "work_mem", 1024),
        ("work_mem", "512kB", "work_mem", 0.5),
        ("shared_buffers", "524288", "shared_buffers", 4096),
        ("shared_buffers", "524288", "shared_buffers_percent", 25),
        ("shared_buffers", "8GB", "shared_buffers_percent", 50),
        ("shared_buffers", "{DBInstanceClassMemory/32768}", "shared_buffers", 4096),
        ("shared_buffers", "{DBInstanceClassMemory/10922}", "shared_buffers_percent", 75),
        ("shared_buffers", "{DBInstanceClassMemory/0}", "shared_buffers_percent", 819_200),
        ("effective_cache_size", "{DBInstanceClassMemory*3/32768}", "effective_cache_percent", 75),
        ("log_min_duration_statement", "-1", "log_min_duration", -1),
        ("log_min_duration_statement", "500", "log_min_duration", 500),
        ("log_min_duration_statement", "2s", "log_min_duration", 2000),
        ("log_min_duration_statement", "1min", "log_min_duration", 60_000),
        ("autovacuum", "OFF", "autovacuum", False),
        ("synchronous_commit", "Remote_Apply", "synchronous_commit", "remote_apply"),
        (
            "shared_preload_libraries",
            "pg_stat_statements, auto_explain,",
            "preload",
            ["pg_stat_statements", "auto_explain"],
        ),
    ],
)
def test_parameters_in_units_of_their_own(parameter: str, written: str, field: str, expected: object) -> None:
    assert value(server(parameter, written), field) == expected


@pytest.mark.parametrize(
    "written", ["lots", "{DBInstanceClassMemory", "12 parsecs", "SUM({DBInstanceClassMemory/2},1)"]
)
def test_what_is_no_size_is_unknown(written: str) -> None:
    assert (
        value(server("work_mem", written), "work_mem") == f"? work_mem is {written}, which is not understood"
    )


def test_formulas_need_the_memory_unless_they_are_shares() -> None:
    found = server("shared_buffers", "{DBInstanceClassMemory/32768}", "db.quantum.large")
    assert value(found, "shared_buffers_percent") == 25
    assert value(found, "shared_buffers") == "? how much memory db.quantum.large has is not known"
    assert value(found, "default_connections") == "? how much memory db.quantum.large has is not known"


@given(st.text(alphabet="0123456789.{}()*/,-+ kMGBLEASTDBInstanceClassMemory%$\n", max_size=60))
def test_no_value_of_a_parameter_is_too_odd(written: str) -> None:
    for parameter in ("max_connections", "shared_buffers", "log_min_duration_statement", "autovacuum"):
        found = server(parameter, written.replace("${", "$").replace("%{", "%"))
        assert all(node is not None for _, _, node in found.root.members())


def test_a_cluster_has_the_parameters_of_its_instances_first() -> None:
    text = """
    resource "aws_rds_cluster_parameter_group" "c" {
      name   = "c"
      family = "aurora-postgresql16"
      parameter {
        name  = "work_mem"
        value = "4096"
      }
      parameter {
        name  = "max_connections"
        value = "300"
      }
    }
    resource "aws_db_parameter_group" "i" {
      name   = "i"
      family = "aurora-postgresql16"
      parameter {
        name  = "work_mem"
        value = "8192"
      }
    }
    resource "aws_rds_cluster" "c" {
      engine                          = "aurora-postgresql"
      db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.c.name
    }
    resource "aws_rds_cluster_instance" "i" {
      cluster_identifier      = aws_rds_cluster.c.id
      db_parameter_group_name = aws_db_parameter_group.i.name
    }
    """
    found = view(text, "postgresql_server")["aws_rds_cluster.c"]
    assert (value(found, "work_mem"), value(found, "max_connections")) == (8, 300)
    assert value(found, "shared_buffers") is None, "Aurora has its own share for it"


def test_only_postgresql_is_shown_as_such() -> None:
    text = """
    resource "aws_db_instance" "wiki" {
      engine = "mysql"
    }
    variable "engine" {
      type = string
    }
    resource "aws_db_instance" "any" {
      engine = var.engine
    }
    """
    assert view(text, "postgresql_server") == {}
    assert set(view(text, "database")) == {"aws_db_instance.wiki", "aws_db_instance.any"}


@pytest.mark.parametrize(
    ("engine", "parameter", "written", "versions"),
    [
        ("postgres", "ssl_min_protocol_version", "TLSv1", ["1.0", "1.1", "1.2", "1.3"]),
        ("postgres", "ssl_min_protocol_version", "TLSv1.1", ["1.1", "1.2", "1.3"]),
        ("postgres", "ssl_min_protocol_version", "TLSv1.2", ["1.3"]),
        ("postgres", "ssl_min_protocol_version", "TLSv1.3", ["1.3"]),
        ("mysql", "tls_version", "TLSv1.1, TLSv1.2", ["1.1", "1.2"]),
    ],
)
def test_versions_of_tls_that_a_parameter_allows(
    engine: str, parameter: str, written: str, versions: list[str]
) -> None:
    found = view(tls_text(engine, parameter, written), "tls_endpoint")["aws_db_instance.db"]
    assert value(found, "versions") == versions
    assert (value(found, "component"), value(found, "by_default")) == ("aws_db_instance", False)


@pytest.mark.parametrize("written", ["SSLv3", "TLSv2", ""])
def test_what_names_no_version_of_tls(written: str) -> None:
    found = view(tls_text("postgres", "ssl_min_protocol_version", written), "tls_endpoint")
    versions = found["aws_db_instance.db"].root.get("versions")
    assert versions is not None
    assert versions.items() == ()


def test_parameters_of_other_engines_say_nothing_of_tls() -> None:
    assert view(tls_text("postgres", "tls_version", "TLSv1"), "tls_endpoint") == {}
    assert view(tls_text("mysql", "ssl_min_protocol_version", "TLSv1"), "tls_endpoint") == {}


def tls_text(engine: str, parameter: str, written: str) -> str:
    return f"""
    resource "aws_db_parameter_group" "group" {{
      name   = "group"
      family = "any"
      parameter {{
        name  = "{parameter}"
        value = "{written}"
      }}
    }}
    resource "aws_db_instance" "db" {{
      engine               = "{engine}"
      parameter_group_name = aws_db_parameter_group.group.name
    }}
    """
