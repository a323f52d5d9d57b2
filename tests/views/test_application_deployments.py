"""Deployments: environment variables above the files, and the environments that they make."""

from __future__ import annotations

import pytest

from views.application_support import (
    MANIFEST,
    QUARKUS_POM,
    SPRING_POM,
    load,
    plain,
    quarkus,
    spring,
    subjects,
    value,
    workload,
)
from vvbscan.model.facts import Located
from vvbscan.model.location import Location, RelatedLocation, locate_node, way_of
from vvbscan.model.unit import Options
from vvbscan.views.application import applications

POOL = "quarkus.datasource.jdbc.max-size"
HIKARI = "spring.datasource.hikari.maximum-pool-size"


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        (f"{POOL}=5", {"QUARKUS_DATASOURCE_JDBC_MAX_SIZE": "30"}, 30),
        ("", {"QUARKUS_DATASOURCE_JDBC_MAX_SIZE": "30"}, 30),
        (f"%prod.{POOL}=5", {"QUARKUS_DATASOURCE_JDBC_MAX_SIZE": "30"}, 30),
        (f"{POOL}=5", {"_PROD_QUARKUS_DATASOURCE_JDBC_MAX_SIZE": "30"}, 30),
        (f"{POOL}=5", {"_DEV_QUARKUS_DATASOURCE_JDBC_MAX_SIZE": "30"}, 5),
        (f"{POOL}=5", {"JAVA_OPTS_APPEND": f"-Xmx1g -D{POOL}=30"}, 30),
        (f"{POOL}=5", {"JAVA_OPTS": f"-D{POOL}=31", "QUARKUS_DATASOURCE_JDBC_MAX_SIZE": "30"}, 31),
        (f"{POOL}=5", {"OTHER": "30"}, 5),
        (f"{POOL}=${{POOL:5}}", {"POOL": 30}, 30),
        (f"{POOL}=${{pool.size:5}}", {"POOL_SIZE": "30"}, 30),
        (f"{POOL}=5\n%stage.{POOL}=7", {"QUARKUS_PROFILE": "stage"}, 7),
    ],
)
def test_variables_override_quarkus(text: str, variables: dict[str, str], expected: int) -> None:
    assert value(quarkus(text, workload(variables)), POOL) == expected


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        (f"{HIKARI}=5", {"SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE": "30"}, 30),
        (f"{HIKARI}=5", {"SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE": "30"}, 30),
        ("", {"SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE": "30"}, 30),
        (f"{HIKARI}=5", {"JAVA_TOOL_OPTIONS": f"-D{HIKARI}=30"}, 30),
        (f"{HIKARI}=5", {"SPRING_APPLICATION_JSON": '{"spring":{"datasource":{"hikari":'
                         '{"maximum-pool-size":30}}}}'}, 30),
        (f"{HIKARI}=5", {"SPRING_APPLICATION_JSON": "{broken"}, 5),
        (f"{HIKARI}=5", {"SPRING_APPLICATION_JSON": "[" * 100_000}, 5),
        (f"{HIKARI}=5\n#---\nspring.config.activate.on-profile=eu\n{HIKARI}=7",
         {"SPRING_PROFILES_ACTIVE": "eu,prod"}, 7),
        (f"{HIKARI}=${{POOL:5}}", {"POOL": "30"}, 30),
    ],
)  # fmt: skip
def test_variables_override_spring(text: str, variables: dict[str, str], expected: int) -> None:
    assert value(spring(text, workload(variables)), HIKARI) == expected


def test_what_is_fixed_at_build_time_is_not_overridden() -> None:
    app = quarkus("quarkus.http.root-path=/a", workload({"QUARKUS_HTTP_ROOT_PATH": "/b"}))
    assert value(app, "quarkus.http.root-path") == "/a"


def test_a_value_of_a_manifest_is_pointed_at_there() -> None:
    app = quarkus(f"{POOL}=5", workload({"QUARKUS_DATASOURCE_JDBC_MAX_SIZE": "30"}))
    node = app.settings.get(POOL)
    assert node is not None
    assert locate_node(node) == MANIFEST
    (step,) = way_of(node)
    assert (step.label, step.location.path) == ("is overridden", "src/main/resources/application.properties")


def test_the_way_of_a_variable_is_kept() -> None:
    overlay = RelatedLocation("overlay sets it", MANIFEST._replace(path="overlay.yaml"))
    located = Located("30", MANIFEST, via=(overlay,))
    node = quarkus(f"{POOL}=${{P}}", workload({"P": located})).settings.get(POOL)
    assert node is not None
    assert [step.location.path for step in way_of(node)] == [
        "overlay.yaml",
        "src/main/resources/application.properties",
    ]


def test_an_unknown_variable_is_an_unknown_value() -> None:
    located = Located(None, MANIFEST, "Secret `db` is not in the tree")
    app = quarkus(f"{POOL}=5\nurl=${{PASSWORD:x}}", workload({"PASSWORD": located}))
    assert value(app, "url") == "?variable"
    assert value(app, POOL) == 5


def test_open_variables_leave_what_is_not_written_open() -> None:
    app = quarkus("a=${A:x}\nb=1", workload(open_variables="envFrom of a Secret"))
    assert (value(app, "a"), value(app, "b")) == ("x", "1")
    assert app.settings.rest is not None
    assert "envFrom of a Secret" in app.settings.rest.reason
    effective = app.settings.effective(POOL, app.anchor)
    assert effective is not None
    assert plain(effective) == "?open"


@pytest.mark.parametrize(
    "variable", ["SPRING_CONFIG_IMPORT", "SPRING_CONFIG_LOCATION", "SPRING_CONFIG_ADDITIONAL_LOCATION"]
)
def test_variables_that_add_files_leave_the_settings_open(variable: str) -> None:
    assert spring("a=1", workload({variable: "/etc/app/"})).settings.rest is not None


def test_each_judged_deployment_makes_an_environment() -> None:
    deployments = (
        workload({"POOL": "10"}, environment="prod-eu"),
        workload({"POOL": "20"}, environment="prod-us"),
        workload({"POOL": "99"}, environment="dev", judged=False),
    )
    loaded = load({"application.properties": f"{POOL}=${{POOL}}"}, QUARKUS_POM, deployments=deployments)
    assert [(app.environment, value(app, POOL)) for app in applications(loaded)] == [
        ("prod-eu", 10),
        ("prod-us", 20),
    ]


def test_equal_deployments_are_judged_once() -> None:
    deployments = (workload({"A": "1"}), workload({"A": "1"}, address="Deployment/worker:containers[app]"))
    loaded = load({"application.properties": "a=1"}, QUARKUS_POM, deployments=deployments)
    assert [app.deployment for app in applications(loaded)] == [""]


def test_different_deployments_of_an_environment_are_told_apart() -> None:
    deployments = (workload({"A": "1"}), workload({"A": "2"}, address="Deployment/worker:containers[app]"))
    loaded = load({"application.properties": "a=1"}, QUARKUS_POM, deployments=deployments)
    found = subjects(loaded, "application")
    assert [subject.address for subject in found] == ["application", "application"]
    assert [plain(node) for subject in found if (node := subject.root.get("deployment"))] == [
        "Deployment/web:containers[app]",
        "Deployment/worker:containers[app]",
    ]


def test_without_a_judged_deployment_the_profile_decides() -> None:
    deployments = (workload({"QUARKUS_PROFILE": "dev"}, environment="dev", judged=False),)
    loaded = load({"application.properties": "a=1"}, QUARKUS_POM, deployments=deployments)
    assert [(app.environment, app.profile) for app in applications(loaded)] == [("prod", "prod")]


def test_a_deployment_without_a_profile_runs_in_production() -> None:
    files = {"application.yml": "a: 1", "application-prod-eu.yml": "a: 2", "application-prod-us.yml": "a: 3"}
    deployments = (workload(environment="prod-us"), workload(environment="elsewhere"))
    loaded = load(files, SPRING_POM, deployments=deployments)
    assert [(app.environment, app.profile) for app in applications(loaded)] == [
        ("prod-us", "prod-us"),
        ("elsewhere", "prod-eu"),
    ]


def test_the_profile_of_a_deployment_wins_over_the_configuration() -> None:
    options = Options(app_profile="qa")
    named = workload({"QUARKUS_PROFILE": "live"})
    assert quarkus("quarkus.profile=x", named, options=options).profile == "live"
    assert quarkus("quarkus.profile=x", workload(), options=options).profile == "qa"


def test_a_value_is_found_at_another_place_than_its_file() -> None:
    elsewhere = Location("Dockerfile", 5, 9, 2, 3, 2, 7, 3, 7, "ENV X=1")
    node = quarkus("a=${X}-b", workload({"X": Located(1, elsewhere)})).settings.get("a")
    assert node is not None
    assert node.value == "1-b"
    assert node.source.path == "src/main/resources/application.properties"


def test_a_variable_for_a_profile_sets_what_no_file_writes() -> None:
    variables = {"_PROD_QUARKUS_LOG_LEVEL": "DEBUG", "_DEV_QUARKUS_HTTP_PORT": "9000"}
    app = quarkus("a=1", workload(variables))
    assert (value(app, "quarkus.log.level"), value(app, "quarkus.http.port")) == ("DEBUG", None)


def test_an_option_that_adds_files_leaves_the_settings_open() -> None:
    app = spring("a=1", workload({"JAVA_TOOL_OPTIONS": "-Dspring.config.additional-location=file:/etc/app/"}))
    assert app.settings.rest is not None
    assert "spring.config.additional-location" in app.settings.rest.reason


def test_an_expression_in_what_is_fixed_at_build_time_does_not_see_the_deployment() -> None:
    text = "quarkus.swagger-ui.always-include=${SWAGGER:false}\nquarkus.log.level=${LEVEL:INFO}\nLEVEL=WARN"
    app = quarkus(text, workload({"SWAGGER": "true", "LEVEL": "DEBUG"}))
    assert value(app, "quarkus.swagger-ui.always-include") is False
    assert value(app, "quarkus.log.level") == "DEBUG"
    written = quarkus("quarkus.http.root-path=${ROOT}\nROOT=/shop", workload({"ROOT": "/other"}))
    assert value(written, "quarkus.http.root-path") == "/shop"


def test_the_last_word_of_the_options_of_a_jvm() -> None:
    variables = {
        "_JAVA_OPTIONS": "-Dlogging.level.root=WARN",
        "JAVA_TOOL_OPTIONS": "-Dlogging.level.root=DEBUG",
    }
    assert value(spring("a=1", workload(variables)), "logging.level.root") == "WARN"
