"""Names of settings: spellings, canonical forms, environment variables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.views.settings.known import known_settings
from vvbscan.views.settings.names import (
    QUARKUS,
    SPRING,
    dotted,
    environment_form,
    indexed,
    quarkus_name,
    setting_name,
    split_profiles,
    spring_name,
)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("quarkus.http.port", "quarkus.http.port"),
        ('quarkus.datasource."users".jdbc.url', "quarkus.datasource.users.jdbc.url"),
        ('quarkus.log.category."io.acme".level', 'quarkus.log.category."io.acme".level'),
        ('quarkus.http.header."Strict-Transport-Security".value',
         "quarkus.http.header.Strict-Transport-Security.value"),
        ('a."b"[0]', "a.b[0]"),
        ('a.b"c"', 'a.b"c"'),
    ],
)  # fmt: skip
def test_quarkus_needs_quotes_for_dots_only(written: str, canonical: str) -> None:
    assert quarkus_name(written).canonical == canonical


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("server.port", "server.port"),
        ("spring.datasource.hikari.maximumPoolSize", "spring.datasource.hikari.maximum-pool-size"),
        ("spring.datasource.hikari.maximum_pool_size", "spring.datasource.hikari.maximum-pool-size"),
        ("SPRING.DATASOURCE.HIKARI.MAXIMUM-POOL-SIZE", "spring.datasource.hikari.maximum-pool-size"),
        ("my.list[0].someName", "my.list[0].some-name"),
        ("logging.level.com.acme.MyService", "logging.level.com.acme.MyService"),
        ("logging.level[com.acme]", "logging.level.com.acme"),
        ("LOGGING.LEVEL.com.acme", "logging.level.com.acme"),
        (
            "spring.jpa.properties.hibernate.jdbc.batch_size",
            "spring.jpa.properties.hibernate.jdbc.batch_size",
        ),
    ],
)
def test_spring_names_in_kebab_case(written: str, canonical: str) -> None:
    assert spring_name(written).canonical == canonical


@pytest.mark.parametrize(
    "spelling", ["some-name", "someName", "some_name", "SOME_NAME", "SOME-NAME", "somename"]
)
def test_spring_takes_spellings_as_one(spelling: str) -> None:
    assert spring_name(f"my.{spelling}").identity == spring_name("my.some-name").identity


@pytest.mark.parametrize(
    ("written", "profiles", "name"),
    [
        ("quarkus.http.port", (), "quarkus.http.port"),
        ("%prod.quarkus.http.port", ("prod",), "quarkus.http.port"),
        ("%prod,test.a", ("prod", "test"), "a"),
        ("%prod, test.a", ("prod", "test"), "a"),
        ("%{prod,test}.a", ("{prod", "test}"), "a"),
        ("%prod", (), "%prod"),
    ],
)
def test_profiles_of_keys(written: str, profiles: tuple[str, ...], name: str) -> None:
    assert split_profiles(written) == (profiles, name)


@pytest.mark.parametrize(
    ("framework", "variable", "name"),
    [
        (QUARKUS, "QUARKUS_HTTP_PORT", "quarkus.http.port"),
        (QUARKUS, "QUARKUS_DATASOURCE_JDBC_MAX_SIZE", "quarkus.datasource.jdbc.max-size"),
        (QUARKUS, "QUARKUS_DATASOURCE__USERS__JDBC_MAX_SIZE", "quarkus.datasource.users.jdbc.max-size"),
        (QUARKUS, "QUARKUS_DATASOURCE_USERS_JDBC_MAX_SIZE", "quarkus.datasource.users.jdbc.max-size"),
        (SPRING, "SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE", "spring.datasource.hikari.maximum-pool-size"),
        (SPRING, "SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE", "spring.datasource.hikari.maximum-pool-size"),
        (SPRING, "SERVER_PORT", "server.port"),
        (SPRING, "LOGGING_LEVEL_ROOT", "logging.level.root"),
        (SPRING, "LOGGING_LEVEL_ORG_ACME", "logging.level.org.acme"),
        (QUARKUS, "QUARKUS_LOG_CATEGORY__ORG_ACME__LEVEL", 'quarkus.log.category."org.acme".level'),
        (QUARKUS, "QUARKUS_LOG_CATEGORY__ACCESS__LEVEL", "quarkus.log.category.access.level"),
    ],
)
def test_variables_of_known_settings(framework: str, variable: str, name: str) -> None:
    assert known_settings(framework).of_variable(environment_form(variable)) == name


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("QUARKUS_FOO_BAR", "quarkus.foo.bar"),
        ("QUARKUS_FOO_0_", "quarkus.foo[0]"),
        ("QUARKUS_FOO__BAR__BAZ", 'quarkus.foo."bar".baz'),
        ("SPRING_FOO_1_BAR", "spring.foo[1].bar"),
    ],
)
def test_variables_of_other_settings(variable: str, name: str) -> None:
    assert dotted(variable) == name


def test_positions_of_lists() -> None:
    assert indexed("a.b[12]") == ("a.b", 12)
    assert indexed("a.b[x]") is None
    assert indexed("a[0].b") is None


@given(st.text(max_size=40), st.sampled_from([QUARKUS, SPRING, ""]))
def test_a_canonical_name_stays_as_it_is(written: str, framework: str) -> None:
    name = setting_name(framework, written)
    again = setting_name(framework, name.canonical)
    assert again.identity == name.identity


def test_every_known_name_is_canonical() -> None:
    for framework in (QUARKUS, SPRING):
        known = known_settings(framework)
        for spec in known.specs:
            name = spec.name.replace("*", "some")
            assert setting_name(framework, name).canonical == name
            assert known.spec(setting_name(framework, name).identity) is not None
