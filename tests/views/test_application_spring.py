"""What takes effect in a Spring Boot application.

The cases about precedence, profiles and expressions were checked by hand against Spring Boot 3.4.
"""

from __future__ import annotations

import pytest

from views.application_support import (
    RESOURCES,
    SPRING_POM,
    load,
    policy,
    spring,
    subjects,
    value,
    workload,
    written,
)
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.node import Unknown
from vvbscan.model.unit import Options, Unit
from vvbscan.views.application import KIND, applications

MAIN = RESOURCES + "application.properties"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"application.properties": "a=1", "application.yml": "a: 2"}, "1"),
        ({"application.yml": "a: 1", "application.yaml": "a: 2"}, "1"),
        ({"application.properties": "a=1", "application-prod.properties": "a=2"}, "2"),
        ({"application.properties": "a=1", "application-prod.yml": "a: 2"}, "2"),
        ({"application.properties": "a=1", "application-dev.properties": "a=2"}, "1"),
        ({MAIN: "a=1", RESOURCES + "config/application.yml": "a: 2"}, "2"),
        (
            {RESOURCES + "application-prod.yml": "a: 1", RESOURCES + "config/application.properties": "a=2"},
            "1",
        ),
        ({RESOURCES + "application-prod.yml": "a: 1", "config/application.yml": "a: 2"}, "2"),
        ({"application.properties": "a=1", "bootstrap.yml": "a: 2"}, "1"),
        ({"bootstrap.yml": "a: 2"}, "2"),
        ({"application.properties": "a=1\n#---\na=2"}, "2"),
        ({"application.yml": "a: 1\n---\na: 2"}, "2"),
    ],
)
def test_precedence_of_files(files: dict[str, str], expected: str) -> None:
    assert value(spring(files, options=Options(app_profile="prod")), "a") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("prod", "2"),
        ("dev", "1"),
        ("prod & !eu", "2"),
        ("!prod", "1"),
        ("dev, prod", "2"),
        ("(prod & eu) | dev", "1"),
    ],
)
def test_documents_for_profiles(expression: str, expected: str) -> None:
    options = Options(app_profile="prod")
    text = f"a=1\n#---\nspring.config.activate.on-profile={expression}\na=2"
    assert value(spring(text, options=options), "a") == expected
    document = f'a: 1\n---\nspring:\n  config.activate.on-profile: "{expression}"\na: 2'
    assert value(spring({"application.yml": document}, options=options), "a") == expected


def test_documents_for_a_list_of_profiles() -> None:
    text = "a: 1\n---\nspring.config.activate.on-profile:\n  - dev\n  - prod\na: 2"
    assert value(spring({"application.yml": text}, options=Options(app_profile="prod")), "a") == "2"


def test_documents_of_old_versions() -> None:
    text = "a: 1\n---\nspring:\n  profiles: prod\na: 2"
    assert value(spring({"application.yml": text}, options=Options(app_profile="prod")), "a") == "2"
    assert value(spring({"application.yml": text}, options=Options(app_profile="qa")), "a") == "1"


@pytest.mark.parametrize(
    ("activation", "reason"),
    [
        ("spring.config.activate.on-cloud-platform=kubernetes", "kubernetes"),
        ("spring.config.activate.on-profile=@profiles.active@", "not known"),
        ("spring.config.activate.on-profile=(prod", "malformed"),
    ],
)
def test_a_document_that_may_be_active_makes_its_settings_unknown(activation: str, reason: str) -> None:
    app = spring(f"a=1\nb=1\n#---\n{activation}\na=2\nb=1")
    node = app.settings.get("a")
    assert node is not None
    assert isinstance(node.value, Unknown)
    assert node.value.kind == "ambiguous"
    assert reason in node.value.reason
    assert node.written == "2"
    assert [step.source.text.text[step.start : step.end] for step in node.via] == ["1"]
    assert value(app, "b") == "1"


@pytest.mark.parametrize(
    ("files", "options", "profiles"),
    [
        ({"application.properties": "a=1"}, Options(), [("default",)]),
        ({"application.properties": "a=1", "application-prod.yml": "a: 1"}, Options(), [("prod",)]),
        (
            {"application.properties": "a=1", "application-prod-eu.yml": "", "application-production.yml": ""},
            Options(),
            [("prod-eu",), ("production",)],
        ),
        ({"application.properties": "spring.profiles.active=prod,metrics"}, Options(), [("metrics", "prod")]),
        ({"application.properties": "spring.profiles.active=dev"}, Options(), [("default",)]),
        ({"application.properties": "spring.profiles.active=mysql"}, Options(), [("mysql",)]),
        (
            {"application.properties": "spring.profiles.active=dev", "application-prod.yml": ""},
            Options(),
            [("prod",)],
        ),
        ({"application.properties": "", "application-live.yml": "", "application-x.yml": ""}, policy("x"), [("x",)]),
        ({"application.properties": "a=1", "application-prod.yml": ""}, Options(app_profile="qa"), [("qa",)]),
        ({"application.properties": "a=1\n#---\nspring.config.activate.on-profile=prod\na=2"}, Options(), [("prod",)]),
        ({"application.properties": "a=1\n#---\nspring.config.activate.on-profile=!prod\na=2"}, Options(), [("default",)]),
        ({"application.properties": "spring.profiles.active=${P:prod,eu}"}, Options(), [("eu", "prod")]),
    ],
)  # fmt: skip
def test_which_profiles_are_judged(
    files: dict[str, str], options: Options, profiles: list[tuple[str, ...]]
) -> None:
    loaded = load(files, SPRING_POM, options=options)
    assert [app.profiles for app in applications(loaded)] == profiles


def test_groups_and_included_profiles() -> None:
    text = "spring.profiles.group.prod=db,mq\nspring.profiles.include=base\nspring.profiles.group.db[0]=pool"
    app = spring(text, options=Options(app_profile="prod"))
    assert app.profiles == ("mq", "pool", "db", "prod", "base")


def test_files_of_other_profiles_are_not_judged() -> None:
    loaded = load(
        {"application.yml": "a: 1", "application-dev.yml": "a: 2", "application-prod.yml": ""}, SPRING_POM
    )
    assert [(record.environment, record.judged) for record in loaded.files] == [
        ("dev", False),
        ("prod", True),
        ("", True),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=${b}\nb=1", "1"),
        ("a=${B:1}", "1"),
        ("a=${my.some-name}\nmy.someName=1", "1"),
        ("db-host=${DB_HOST:1}\na=${db-host}", "1"),
        ("a=${b:{x}}", "{x}"),
        ("a=${b", "${b"),
        ("a=\\\\${b}", "${b}"),
        ("a=${random.uuid}", "?variable"),
        ("a=#{systemProperties['x']}", "?expression"),
        ("a=@project.version@", "?template"),
        ("a=v@project.version@", "?template"),
        ("a=me@example.org, you@example.org", "me@example.org, you@example.org"),
        ("a=${server.port}", "?variable"),
        ("a=${b}\nb=${a}", "?expression"),
    ],
)
def test_expressions(text: str, expected: str) -> None:
    assert value(spring(text), "a") == expected


def test_yaml_that_maven_completes() -> None:
    text = "info:\n  version: @project.version@\n  name: x\nlist:\n  - @a.b@\n"
    app = spring({"application.yml": text})
    node = app.settings.get("info.version")
    assert node is not None
    assert isinstance(node.value, Unknown)
    assert (node.value.kind, node.written) == ("template", "@project.version@")
    assert value(app, "info.name") == "x"
    assert value(app, "list[0]") == "?template"


def test_yaml_names() -> None:
    text = """\
my:
  someName: 1
  list: [a, b]
  map.with.dots: x
  8080: number
  empty:
  none: []
  nested: [{id: 1}, {id: 2}]
logging:
  level:
    com.acme: DEBUG
    "[org.x]": INFO
"""
    app = spring({"application.yml": text})
    expected = {
        "my.some-name": "1",
        "my.list": ["a", "b"],
        "my.list[1]": "b",
        "my.map.with.dots": "x",
        "my[8080]": "number",
        "my.empty": "",
        "my.none": "",
        "my.nested[1].id": "2",
        "logging.level.com.acme": "DEBUG",
        "logging.level.org.x": "INFO",
    }
    assert {name: value(app, name) for name in expected} == expected


def test_a_list_comes_from_one_source() -> None:
    files = {"application.properties": "a[0]=x\na[1]=y", "application-prod.properties": "a[0]=z"}
    assert value(spring(files), "a") == ["z"]


def test_a_list_in_one_line() -> None:
    app = spring("a[]=x, y,z")
    assert value(app, "a") == ["x", "y", "z"]
    assert written(app, "a[1]") == "y"


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("spring.datasource.hikari.maximumPoolSize=9", "spring.datasource.hikari.maximum-pool-size", 9),
        ("spring.datasource.hikari.maximumpoolsize=9", "spring.datasource.hikari.maximum-pool-size", 9),
        ("spring.datasource.hikari.connection-timeout=3000",
         "spring.datasource.hikari.connection-timeout", "3000ms"),
        ("spring.lifecycle.timeout-per-shutdown-phase=20s",
         "spring.lifecycle.timeout-per-shutdown-phase", "20s"),
        ("spring.servlet.multipart.max-file-size=2MB", "spring.servlet.multipart.max-file-size", 2 * 1024**2),
        ("spring.jpa.open-in-view=off", "spring.jpa.open-in-view", False),
        ("spring.jpa.open-in-view=maybe", "spring.jpa.open-in-view", "maybe"),
        ("management.endpoints.web.exposure.include=health,info",
         "management.endpoints.web.exposure.include", ["health", "info"]),
    ],
)  # fmt: skip
def test_values_are_converted_by_their_setting(text: str, name: str, expected: object) -> None:
    app = spring(text)
    assert value(app, name) == expected
    assert next(iter(app.settings)).name == name


def test_imports_of_the_tree() -> None:
    files: dict[str, str | bytes] = {
        MAIN: "a=1\nb=1\nspring.config.import=optional:classpath:more.yml",
        RESOURCES + "application-prod.properties": "b=3",
        "pom.xml": SPRING_POM,
        RESOURCES + "more.yml": "a: 2\nb: 2",
    }
    unit = Unit("application:.", "application", tuple(list(files)[:2]))
    (app,) = applications(KIND.load(unit, MemoryTree(files), Options()))
    assert (value(app, "a"), value(app, "b")) == ("2", "3")
    assert app.settings.rest is None


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("spring.config.import=optional:configserver:", True),
        ("spring.config.import=configtree:/etc/config/", True),
        ("spring.config.import=optional:file:./other.yml", True),
        ("spring.config.import=optional:classpath:/missing.yml", False),
        ("spring.cloud.config.uri=http://config", True),
        ("a=1\n#---\nspring.config.activate.on-profile=dev\nspring.config.import=configserver:", False),
    ],
)
def test_imports_from_outside_leave_the_settings_open(text: str, is_open: bool) -> None:
    assert (spring(text).settings.rest is not None) is is_open


def test_the_canonical_spelling_wins_in_one_document() -> None:
    assert value(spring("my.someName=1\nmy.some-name=2\nmy.some_name=3"), "my.some-name") == "2"


def test_each_production_profile_is_an_environment() -> None:
    files = {"application.yml": "a: 1", "application-prod-eu.yml": "a: 2", "application-prod-us.yml": "a: 3"}
    loaded = load(files, SPRING_POM)
    values = {s.environment: s.root.get("value") for s in subjects(loaded, "setting")}
    assert {environment: node and node.written for environment, node in values.items()} == {
        "prod-eu": "2",
        "prod-us": "3",
    }


@pytest.mark.parametrize(
    ("main", "level"),
    [
        ("a=1", "DEBUG"),
        ("spring.profiles.default=standard", "TRACE"),
        ("spring.profiles.include=other", None),
        ("spring.profiles.active=eu", None),
        ("spring.config.activate.on-profile=default\nlogging.level.root=WARN\n#---\na=1", "DEBUG"),
    ],
)
def test_without_an_active_profile_the_default_one_is(main: str, level: str | None) -> None:
    files = {
        "application.properties": main,
        "application-default.properties": "logging.level.root=DEBUG",
        "application-standard.properties": "logging.level.root=TRACE",
    }
    app = spring(files)
    assert value(app, "logging.level.root") == level
    assert app.profile == ("eu" if "active=" in main else "")


def test_the_root_logger_is_spelled_in_any_case() -> None:
    assert value(spring("logging.level.ROOT=DEBUG"), "logging.level.root") == "DEBUG"
    assert value(spring("logging.level.Shop=DEBUG"), "logging.level.shop") is None


@pytest.mark.parametrize(
    ("unit", "settings", "expected"),
    [
        ("manifest:deploy.yaml", "", "2"),
        ("compose:compose.yaml", "", "1"),
        ("dockerfile:Dockerfile", "", "?ambiguous"),
        ("manifest:deploy.yaml", "spring.main.cloud-platform=cloud_foundry", "1"),
        ("compose:compose.yaml", "spring.main.cloud-platform=kubernetes", "2"),
        ("compose:compose.yaml", "spring.main.cloud-platform=${PLATFORM}", "?ambiguous"),
    ],
)
def test_what_deploys_tells_the_cloud_platform(unit: str, settings: str, expected: str) -> None:
    document = "#---\nspring.config.activate.on-cloud-platform=kubernetes\na=2"
    deployed = workload()._replace(unit=unit)
    assert value(spring(f"a=1\n{settings}\n{document}", deployed), "a") == expected


def test_a_number_of_yaml_is_its_value() -> None:
    app = spring({"application.yaml": "a: 017\nb: 0x1F\nc: 1_000\nd: 17\n"})
    assert [value(app, name) for name in "abcd"] == ["15", "31", "1000", "17"]
