"""What a data source says of TLS on the way to its database."""

from __future__ import annotations

import pytest

from views.application_support import QUARKUS_POM, SPRING_POM, load, subjects
from vvbscan.model.node import Unknown
from vvbscan.views.settings.datasources import DataSource


def source(text: str, build: str = QUARKUS_POM) -> DataSource:
    (only,) = subjects(load({"application.properties": text}, build), "datasource")
    assert isinstance(only.record, DataSource)
    return only.record


def url(text: str) -> DataSource:
    return source(f"quarkus.datasource.jdbc.url={text}")


def mode(found: DataSource) -> tuple[object, str] | None:
    node = found.tls_mode
    if node is None:
        return None
    return (f"?{node.value.kind}" if isinstance(node.value, Unknown) else node.value), node.written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jdbc:postgresql://db/shop?sslmode=verify-full&sslrootcert=a.crt", ("verify-full", "verify-full")),
        ("jdbc:postgresql://${HOST}/${NAME}?sslmode=DISABLE", ("disable", "DISABLE")),
        ("jdbc:mysql://db/shop?a=b&useSSL=false", ("false", "false")),
        ("jdbc:sqlserver://db:1433;encrypt=false;databaseName=shop", ("false", "false")),
        ("jdbc:postgresql://db/shop", None),
        ("jdbc:postgresql://${HOST}/shop?ApplicationName=web", None),
        (
            "jdbc:postgresql://${HOST}/shop${OPTIONS}",
            ("?variable", "jdbc:postgresql://${HOST}/shop${OPTIONS}"),
        ),
        (
            "jdbc:postgresql://db/shop?sslmode=${MODE}",
            ("?variable", "jdbc:postgresql://db/shop?sslmode=${MODE}"),
        ),
        ("jdbc:postgresql://db/shop?${A}&b=c", ("?variable", "jdbc:postgresql://db/shop?${A}&b=c")),
        ("${URL}", ("?variable", "${URL}")),
        ("${URL:jdbc:postgresql://db/shop?sslmode=require}", ("require", "require")),
    ],
)
def test_the_mode_in_a_url(text: str, expected: object) -> None:
    assert mode(url(text)) == expected


def test_the_mode_may_come_through_another_setting() -> None:
    found = source(
        "db.options=sslmode=require\nquarkus.datasource.jdbc.url=jdbc:postgresql://db/a?${db.options}"
    )
    assert mode(found) == ("require", "jdbc:postgresql://db/a?${db.options}")


@pytest.mark.parametrize(
    ("text", "build"),
    [
        (
            "quarkus.datasource.reactive.url=a\nquarkus.datasource.reactive.postgresql.ssl-mode=REQUIRE",
            QUARKUS_POM,
        ),
        ("quarkus.datasource.jdbc.additional-jdbc-properties.sslmode=require", QUARKUS_POM),
        ("spring.datasource.hikari.data-source-properties.sslmode=require", SPRING_POM),
    ],
)
def test_the_mode_in_a_setting(text: str, build: str) -> None:
    found = mode(source(text, build))
    assert found is not None
    assert found[0] == "require"


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("jdbc:postgresql://localhost:5432/shop", True),
        ("jdbc:mysql://127.0.0.1/shop", True),
        ("jdbc:postgresql://[::1]/shop", True),
        ("jdbc:postgresql:shop", True),
        ("jdbc:postgresql:///shop", True),
        ("jdbc:postgresql://localhost.example.com/shop", False),
        ("jdbc:postgresql://${HOST:localhost}/shop", False),
        ("jdbc:oracle:thin:@db:1521/shop", False),
        ("${URL}", False),
    ],
)
def test_a_host_that_is_the_machine_itself(text: str, *, local: bool) -> None:
    assert url(text).is_local is local


@pytest.mark.parametrize(
    ("text", "database"),
    [
        ("jdbc:postgresql://db/shop", "postgresql"),
        ("jdbc:otel:mysql://db/shop", "mysql"),
        ("jdbc:tc:postgresql:16:///shop", "tc"),
        ("jdbc:sqlserver://${HOST}", "sqlserver"),
        ("${URL}", ""),
    ],
)
def test_the_database_of_a_url(text: str, database: str) -> None:
    assert url(text).database == database


def test_the_database_of_a_setting() -> None:
    assert (
        source("quarkus.datasource.db-kind=mariadb\nquarkus.datasource.jdbc.url=${URL}").database == "mariadb"
    )
