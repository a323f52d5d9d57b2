"""The views of applications: their fields, addresses and anchors."""

from __future__ import annotations

import posixpath

import pytest

from views.application_support import (
    QUARKUS_POM,
    SPRING_POM,
    facts,
    load,
    plain,
    quarkus,
    spring,
    subjects,
    workload,
)
from vvbscan.expr.path import compile_path, look_up
from vvbscan.model.facts import OPEN, Located
from vvbscan.model.node import MapValue, Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.application import applications
from vvbscan.views.records import TlsEndpoint
from vvbscan.views.settings.datasources import DataSource
from vvbscan.views.settings.model import Setting

QUARKUS_330 = QUARKUS_POM + "<quarkus.platform.version>3.30.1</quarkus.platform.version>"
QUARKUS_333 = QUARKUS_POM + "<quarkus.platform.version>3.33.0</quarkus.platform.version>"


def at(subject: Subject, path: str) -> object:
    """What a path of an operator tree leads to: a value, `absent`, or `?kind`."""
    found = look_up(subject.root, subject.anchor, compile_path(path))
    if found.unknown is not None:
        return f"?{found.unknown.kind}"
    return "absent" if found.absent else plain(found.node)


def only(text: str, view: str, build: str) -> Subject:
    (subject,) = subjects(load({"application.properties": text}, build), view)
    return subject


def test_an_application() -> None:
    text = "quarkus.application.name=shop\nquarkus.http.port=8081\nmy.list[0]=a"
    subject = only(text, "application", QUARKUS_333)
    assert (subject.address, subject.environment) == ("application", "prod")
    assert subject.anchor.written == "quarkus.application.name"
    expected = {
        "framework": "quarkus",
        "version": "3.33.0",
        "profile": "prod",
        'settings["quarkus.http.port"]': 8081,
        'settings["my.list"][0]': "a",
        'settings["quarkus.http.host"]': "absent",
        'effective["quarkus.http.port"]': 8081,
        'effective["quarkus.http.host"]': "0.0.0.0",  # noqa: S104
        'effective["quarkus.datasource.jdbc.max-size"]': 50,
        'effective["quarkus.http.limits.max-connections"]': "absent",
        'effective["quarkus.thread-pool.max-threads"]': "?default",
        'effective["my.other"]': "?default",
    }
    assert {path: at(subject, path) for path in expected} == expected


@pytest.mark.parametrize(
    ("build", "expected"), [(QUARKUS_330, 20), (QUARKUS_333, 50), (QUARKUS_POM, "?default")]
)
def test_a_default_that_depends_on_the_version(build: str, expected: object) -> None:
    subject = only("a=1", "application", build)
    assert at(subject, 'effective["quarkus.datasource.jdbc.max-size"]') == expected


def test_a_version_of_a_parent_directory() -> None:
    files = {"svc/src/main/resources/application.properties": "server.port=1"}
    pom = "<parent><artifactId>spring-boot-starter-parent</artifactId><version>3.4.2</version></parent>"
    (app,) = applications(load(files, SPRING_POM + pom))
    assert (app.framework, app.version, app.directory) == ("spring", "3.4.2", "svc")


def test_settings_of_an_open_application() -> None:
    loaded = load({"application.properties": "a=1"}, QUARKUS_333, deployments=(workload(open_variables="x"),))
    (subject,) = subjects(loaded, "application")
    assert at(subject, 'settings["b"]') == "?open"
    assert at(subject, 'effective["quarkus.http.port"]') == "?open"


def test_settings_one_by_one() -> None:
    text = "db.password=${DB_PASSWORD:secret}\n%dev.db.password=dev\n%prod.my.list=x"
    loaded = load({"application.properties": text}, QUARKUS_POM)
    found = subjects(loaded, "setting")
    assert [subject.address for subject in found] == ["setting[db.password]", "setting[my.list]"]
    first, second = found
    assert (at(first, "name"), at(first, "key"), at(first, "value")) == (
        "db.password",
        "db.password",
        "secret",
    )
    assert first.root.get("value") is not None
    assert (at(second, "name"), at(second, "key")) == ("my.list", "%prod.my.list")
    assert second.anchor.written == "%prod.my.list"
    assert isinstance(first.record, Setting)


def test_lists_are_settings_item_by_item() -> None:
    loaded = load({"application.yaml": "a: [x, y]\nb: [{c: z}]"}, QUARKUS_POM)
    assert [subject.address for subject in subjects(loaded, "setting")] == [
        "setting[a[0]]",
        "setting[a[1]]",
        "setting[b[0].c]",
    ]


def versions(subject: Subject) -> list[str]:
    record = subject.record
    assert isinstance(record, TlsEndpoint)
    return [f"{plain(node)}@{node.written}" for node in record.versions] + (
        [f"?{record.rest.kind}"] if record.rest else []
    )


@pytest.mark.parametrize(
    ("text", "endpoint", "expected"),
    [
        (
            "quarkus.http.ssl.certificate.files=tls.crt",
            "quarkus.http",
            ["1.2@quarkus.http.ssl.certificate.files", "1.3@quarkus.http.ssl.certificate.files"],
        ),
        ("quarkus.http.ssl.protocols=TLSv1.3", "quarkus.http", ["1.3@TLSv1.3"]),
        ("quarkus.http.ssl.protocols=TLSv1,TLSv1.1", "quarkus.http", ["1.0@TLSv1", "1.1@TLSv1.1"]),
        ("quarkus.http.ssl.protocols=${P}", "quarkus.http", ["?variable"]),
        (
            "quarkus.tls.key-store.pem.0.cert=a\nquarkus.tls.protocols=TLSv1.3\nquarkus.http.ssl.protocols=TLSv1.2",
            "quarkus.http",
            ["1.3@TLSv1.3"],
        ),
        (
            "quarkus.http.tls-configuration-name=web\nquarkus.tls.web.protocols=TLSv1.2",
            "quarkus.http",
            ["1.2@TLSv1.2"],
        ),
        ("quarkus.http.tls-configuration-name=web", "quarkus.http", ["?default"]),
        ("quarkus.http.tls-configuration-name=${NAME}", "quarkus.http", ["?variable"]),
        (
            "quarkus.rest-client.x.tls-configuration-name=c\nquarkus.tls.c.protocols=TLSv1.3",
            "quarkus.rest-client.x",
            ["1.3@TLSv1.3"],
        ),
        ("quarkus.grpc.server.ssl.protocols=TLSv1.3", "quarkus.grpc.server", ["1.3@TLSv1.3"]),
    ],
)
def test_tls_of_quarkus(text: str, endpoint: str, expected: list[str]) -> None:
    subject = only(text, "tls_endpoint", QUARKUS_POM)
    assert subject.address == f"tls[{endpoint}]"
    assert versions(subject) == expected
    assert at(subject, "component") == "quarkus"


@pytest.mark.parametrize(
    ("version", "text", "expected"),
    [
        ("3.30.8", "quarkus.tls.key-store.pem.0.cert=a", ["1.2", "1.3"]),
        ("3.31.0", "quarkus.tls.key-store.pem.0.cert=a", ["1.3"]),
        ("3.33.2", "quarkus.http.tls-configuration-name=web", ["1.3"]),
        ("3.33.2", "quarkus.http.ssl.certificate.files=a", ["1.2", "1.3"]),
    ],
)
def test_the_registry_of_quarkus_leaves_out_tls_1_2_since_3_31(
    version: str, text: str, expected: list[str]
) -> None:
    build = f"{QUARKUS_POM}<quarkus.platform.version>{version}</quarkus.platform.version>"
    found = versions(only(text, "tls_endpoint", build))
    assert [version.partition("@")[0] for version in found] == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("quarkus.http.port=80", 0),
        ("quarkus.tls.trust-all=true", 0),
        ("quarkus.management.ssl.protocols=TLSv1.3", 0),
        ("quarkus.management.enabled=true\nquarkus.management.ssl.protocols=TLSv1.3", 1),
        ("quarkus.tls.unused.protocols=TLSv1.2", 0),
    ],
)
def test_how_many_endpoints_quarkus_has(text: str, count: int) -> None:
    assert len(subjects(load({"application.properties": text}, QUARKUS_POM), "tls_endpoint")) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("server.ssl.key-store=k.p12", ["1.2@server.ssl.key-store", "1.3@server.ssl.key-store"]),
        ("server.ssl.key-store=k\nserver.ssl.enabled-protocols=TLSv1.3", ["1.3@TLSv1.3"]),
        ("server.ssl.enabledProtocols=TLSv1.2", ["1.2@TLSv1.2"]),
        (
            "server.ssl.bundle=web\nspring.ssl.bundle.pem.web.options.enabled-protocols=TLSv1.3,TLSv1.2",
            ["1.3@TLSv1.3", "1.2@TLSv1.2"],
        ),
    ],
)
def test_tls_of_spring(text: str, expected: list[str]) -> None:
    subject = only(text, "tls_endpoint", SPRING_POM)
    assert (subject.address, versions(subject)) == ("tls[server.ssl]", expected)


@pytest.mark.parametrize("text", ["server.port=80", "server.ssl.enabled=false\nserver.ssl.key-store=k"])
def test_spring_without_tls(text: str) -> None:
    assert subjects(load({"application.properties": text}, SPRING_POM), "tls_endpoint") == []


def test_tls_defaults_of_an_open_application_are_unknown() -> None:
    loaded = load(
        {"application.properties": "quarkus.http.ssl.certificate.files=a"},
        QUARKUS_POM,
        deployments=(workload(open_variables="x"),),
    )
    assert versions(subjects(loaded, "tls_endpoint")[0]) == ["?open"]


def sources(text: str, build: str) -> list[tuple[str, bool, object, object]]:
    found = []
    for subject in subjects(load({"application.properties": text}, build), "datasource"):
        record = subject.record
        assert isinstance(record, DataSource)
        found.append(
            (
                record.name,
                record.reactive,
                at(subject, "max_size"),
                record.min_size and plain(record.min_size),
            )
        )
    return found


@pytest.mark.parametrize(
    ("text", "build", "expected"),
    [
        ("quarkus.http.port=1", QUARKUS_333, []),
        ("quarkus.datasource.db-kind=postgresql", QUARKUS_333, [("<default>", False, 50, 0)]),
        ("quarkus.datasource.db-kind=h2", QUARKUS_POM, [("<default>", False, "?default", 0)]),
        ("quarkus.datasource.jdbc.max-size=8", QUARKUS_POM, [("<default>", False, 8, 0)]),
        ("quarkus.datasource.reactive.max-size=8", QUARKUS_POM, [("<default>", True, 8, None)]),
        (
            "quarkus.datasource.username=x",
            QUARKUS_333 + "quarkus-reactive-pg-client",
            [("<default>", True, 20, None)],
        ),
        (
            "quarkus.datasource.username=x",
            QUARKUS_333 + "quarkus-reactive-pg-client quarkus-jdbc-postgresql",
            [("<default>", False, 50, 0), ("<default>", True, 20, None)],
        ),
        (
            "quarkus.datasource.jdbc=false\nquarkus.datasource.reactive.url=x",
            QUARKUS_333,
            [("<default>", True, 20, None)],
        ),
        ('quarkus.datasource."users".jdbc.max-size=9', QUARKUS_333, [("users", False, 9, 0)]),
        ("quarkus.datasource.devservices.enabled=false", QUARKUS_333, []),
        ("spring.datasource.url=jdbc:x", SPRING_POM, [("<default>", False, 10, 10)]),
        ("spring.datasource.hikari.maximumPoolSize=7", SPRING_POM, [("<default>", False, 7, 7)]),
        (
            "spring.datasource.url=x\nspring.datasource.type=org.apache.tomcat.jdbc.pool.DataSource",
            SPRING_POM,
            [("<default>", False, 100, None)],
        ),
        ("spring.r2dbc.url=r2dbc:x", SPRING_POM, [("<default>", True, 10, None)]),
        ("a=1", "", []),
    ],
)
def test_data_sources(text: str, build: str, expected: list[tuple[object, ...]]) -> None:
    assert sources(text, build) == expected


def test_a_default_of_a_pool_stands_at_the_key_that_makes_it() -> None:
    subject = only("quarkus.datasource.jdbc.url=jdbc:x", "datasource", QUARKUS_333)
    node = subject.root.get("max_size")
    assert node is not None
    assert (node.value, node.written) == (50, "quarkus.datasource.jdbc.url")


def test_facts() -> None:
    text = """\
quarkus.application.name=shop
quarkus.http.port=8081
quarkus.http.root-path=/api
quarkus.datasource."users".jdbc.max-size=9
quarkus.smallrye-health.root-path=${HEALTH}
quarkus.log.level=INFO
"""
    (fact,) = facts(load({"application.properties": text}, QUARKUS_POM))
    assert (fact.name, fact.framework, fact.profile, fact.environment) == ("shop", "quarkus", "prod", "prod")
    settings = dict(fact.settings)
    assert {name: located.value for name, located in settings.items()} == {
        "quarkus.application.name": "shop",
        "quarkus.http.port": 8081,
        "quarkus.http.root-path": "/api",
        "quarkus.smallrye-health.root-path": None,
        "quarkus.datasource.users.jdbc.max-size": 9,
    }
    assert "`${HEALTH}`" in settings["quarkus.smallrye-health.root-path"].unknown
    assert settings["quarkus.http.port"].location.line == 2


def test_a_fact_says_that_settings_are_open() -> None:
    loaded = load(
        {"application.properties": "a=1"}, QUARKUS_POM, deployments=(workload(open_variables="why"),)
    )
    (fact,) = facts(loaded)
    located = dict(fact.settings)[OPEN]
    assert isinstance(located, Located)
    assert "why" in located.unknown


def test_every_field_has_a_key_and_a_place() -> None:
    text = "quarkus.datasource.jdbc.url=x\nquarkus.http.ssl.protocols=TLSv1.3\na[0]=1"
    loaded = load({"application.properties": text}, QUARKUS_333)
    for view in ("application", "setting", "tls_endpoint", "datasource"):
        for subject in subjects(loaded, view):
            pending: list[Node] = [subject.root]
            while pending:
                node = pending.pop()
                assert 0 <= node.start <= node.end <= len(text)
                if isinstance(node.value, MapValue):
                    assert set(node.value.entries) == set(node.value.keys)
                    pending += node.value.entries.values()
                pending += node.items()


def test_unknown_values_keep_their_reason_in_views() -> None:
    app = quarkus("quarkus.http.port=${PORT}")
    node = app.settings.get("quarkus.http.port")
    assert node is not None
    assert isinstance(node.value, Unknown)
    assert node.value.kind == "variable"


def test_the_first_key_that_takes_effect_stands_for_the_application() -> None:
    files = {
        "application-mysql.properties": "database=mysql\n",
        "application.properties": "server.port=8443\n",
    }
    assert where(spring(files).anchor) == ("application.properties", "server.port")
    app = spring({**files, "application.properties": "spring.profiles.active=mysql\n"})
    assert app.profile == "mysql"
    assert where(app.anchor)[0] == "application.properties"
    assert where(quarkus("%dev.a.b=1\n%prod.c.d=2\nquarkus.http.port=9003\n").anchor)[1] == "%prod.c.d"
    assert where(quarkus("%dev.a.b=1\n").anchor)[1] == "%dev.a.b"


def where(node: Node) -> tuple[str, str]:
    return posixpath.basename(node.source.path), node.written
