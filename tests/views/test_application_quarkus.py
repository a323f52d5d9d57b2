"""What takes effect in a Quarkus application.

The cases about precedence, profiles, YAML and expressions were checked by hand against SmallRye Config 3.9.
"""

from __future__ import annotations

import pytest

from views.application_support import (
    QUARKUS_POM,
    RESOURCES,
    application,
    facts,
    load,
    policy,
    quarkus,
    subjects,
    value,
    written,
)
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.location import locate
from vvbscan.model.node import Unknown
from vvbscan.model.unit import Options, Unit
from vvbscan.views.application import KIND, applications

MAIN = RESOURCES + "application.properties"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1", "1"),
        ("a=1\n%prod.a=2", "2"),
        ("%prod.a=2\na=1", "2"),
        ("a=1\n%dev.a=2", "1"),
        ("%dev.a=2", None),
        ("a=1\n%dev,prod.a=2", "2"),
        ("%prod.a=3\n%dev,prod.a=2", "3"),
        ("%dev,prod.a=2\n%prod.a=3", "3"),
        ("%{prod,dev}.a=2", None),
        ("a=1\n#---\na=2", "2"),  # Quarkus knows no documents
        ("a=", ""),
    ],
)
def test_profiles_of_keys(text: str, expected: str | None) -> None:
    assert value(quarkus(text), "a") == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"application.properties": "a=1", "application-prod.properties": "a=2"}, "2"),
        ({"application.properties": "%prod.a=1", "application-prod.properties": "a=2"}, "2"),
        ({"application.properties": "a=1", "application-dev.properties": "a=2"}, "1"),
        ({"application.properties": "a=1", "application.yaml": "a: 2"}, "2"),
        (
            {"application-prod.properties": "a=1", "application.properties": "", "application.yml": "a: 2"},
            "2",
        ),
        ({"application.properties": "%prod.a=1", "application.yml": "a: 2"}, "2"),
        ({"application.yml": "a: 1", "application-prod.yml": "a: 2"}, "2"),
        ({"application.yml": "a: 1", "application-prod.yaml": "a: 2"}, "2"),
        ({"application.properties": "a=1", "META-INF/microprofile-config.properties": "a=2"}, "1"),
        ({MAIN: "a=1", "config/application.properties": "a=2"}, "2"),
        ({MAIN: "a=1\nconfig_ordinal=270", "config/application.properties": "a=2"}, "1"),
        ({MAIN: "a=1", RESOURCES + "META-INF/microprofile-config.properties": "a=2\nb=3"}, "1"),
        # a key for several profiles in a file of a profile is not found
        ({"application.properties": "a=1", "application-prod.properties": "%prod,dev.a=2"}, "1"),
    ],
)
def test_precedence_of_files(files: dict[str, str], expected: str) -> None:
    assert value(quarkus(files), "a") == expected


def test_a_file_of_a_profile_needs_its_main_file() -> None:
    loaded = load({"application-prod.properties": "a=1"}, QUARKUS_POM)
    (app,) = applications(loaded)
    assert value(app, "a") is None
    assert [(notice.level, notice.code) for notice in loaded.notices] == [
        ("warning", "profile-file-without-main")
    ]


@pytest.mark.parametrize(
    ("text", "profiles"),
    [
        ("a=1", ("prod",)),
        ("quarkus.profile=staging", ("staging",)),
        ("quarkus.profile=common,eu", ("eu", "common")),
        ("%prod.quarkus.config.profile.parent=base", ("prod", "base")),
        ("%prod.quarkus.config.profile.parent=b\n%b.quarkus.config.profile.parent=prod", ("prod", "b")),
    ],
)
def test_active_profiles(text: str, profiles: tuple[str, ...]) -> None:
    assert quarkus(text).profiles == profiles


def test_a_parent_stands_behind_its_profile() -> None:
    text = "%prod.quarkus.config.profile.parent=base\n%base.a=1\n%prod.a=2\n%base.b=1\nb=0"
    app = quarkus(text)
    assert (value(app, "a"), value(app, "b")) == ("2", "1")


def test_the_profile_of_the_configuration() -> None:
    text = "a=1\n%staging.a=2\n%prod.a=3"
    assert value(quarkus(text, options=Options(app_profile="staging")), "a") == "2"
    assert value(quarkus(text, options=policy("stag*")), "a") == "2"
    assert value(quarkus(text, options=policy("nothing")), "a") == "3"


def test_yaml_names() -> None:
    text = """\
quarkus:
  log:
    category:
      "io.acme":
        level: DEBUG
  http:
    cors:
      ~: true
      origins: [https://a.example, https://b.example]
    port: 0100
"%prod":
  quarkus:
    http:
      port: 9000
"quarkus.http.host": ignored
nothing: null
"""
    app = quarkus({"application.yaml": text})
    assert value(app, 'quarkus.log.category."io.acme".level') == "DEBUG"
    assert value(app, "quarkus.http.cors") is True
    assert value(app, "quarkus.http.cors.origins") == ["https://a.example", "https://b.example"]
    assert value(app, "quarkus.http.port") == 9000
    assert value(app, "quarkus.http.host") is None
    assert app.settings.setting("nothing") is None
    assert written(app, "quarkus.http.port") == "9000"


def test_texts_of_yaml_are_those_that_are_written() -> None:
    app = quarkus({"application.yaml": "a: 1.10\nb: 0x1F\nc: yes\nd: y\ne: 2024-01-01\nf: 'on'"})
    assert [value(app, name) for name in "abcdef"] == ["1.10", "0x1F", "true", "y", "2024-01-01", "on"]


def test_a_list_of_yaml_is_one_text_too() -> None:
    app = quarkus({"application.yaml": "a: [x, 'y,z']\nb: ${a}"})
    assert value(app, "b") == "x,y\\,z"
    assert value(app, "a") == ["x", "y,z"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"application.properties": "a[0]=x\na[1]=y"}, ["x", "y"]),
        ({"application.properties": "a=p,q\na[0]=x"}, ["x"]),
        ({"application.properties": "a[0]=x", "application.yaml": "a: p"}, "p"),
        ({"application.properties": "a[0]=x\na[1]=y", "application-prod.properties": "a[1]=z"}, ["x", "z"]),
        ({"application.properties": "a[3]=x\na[1]=y"}, ["y", "x"]),
    ],
)
def test_lists_with_positions(files: dict[str, str], expected: object) -> None:
    assert value(quarkus(files), "a") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=${b}\nb=1", "1"),
        ("a=${b}\nb=1\n%prod.b=2", "2"),
        ("a=${B:1}", "1"),
        ("a=${B:${C:2}}", "2"),
        ("a=${B:${c}}\nc=3", "3"),
        ("a=${B:}", ""),
        ("a=x-${b}-y\nb=1", "x-1-y"),
        ("a=${k${n}}\nn=1\nk1=z", "z"),
        ("a=\\\\${b}", "${b}"),
        ("a=$$", "$"),
        ("a=${quarkus.http.port}", "8080"),
        ("a=${B}", "?variable"),
        ("a=${aes-gcm-nopadding::xyz}", "?secret"),
        ("a=${quarkus.uuid}", "?variable"),
        ("a=${project.version}", "?template"),
        ("a=${a}", "?expression"),
        ("a=${b}\nb=${c}\nc=${a}", "?expression"),
        ("a=${b:x}\nb=${a}", "?expression"),
    ],
)
def test_expressions(text: str, expected: str) -> None:
    assert value(quarkus(text), "a") == expected


def test_a_default_is_pointed_at_by_its_characters() -> None:
    text = "quarkus.datasource.jdbc.max-size=${POOL:50}"
    app = quarkus(text)
    node = app.settings.get("quarkus.datasource.jdbc.max-size")
    assert node is not None
    assert (node.value, node.written) == (50, "50")
    (step,) = node.via
    assert text[step.start : step.end] == "${POOL:50}"
    assert "`${POOL}`" in step.label


def test_a_value_of_another_setting_is_pointed_at_where_it_is_written() -> None:
    text = "pool=12\nquarkus.datasource.jdbc.max-size=${pool}"
    node = quarkus(text).settings.get("quarkus.datasource.jdbc.max-size")
    assert node is not None
    assert (node.value, node.start) == (12, 5)
    assert [text[step.start : step.end] for step in node.via] == ["${pool}"]


def test_a_text_of_several_parts_is_pointed_at_as_a_whole() -> None:
    text = "host=db\nurl=jdbc:postgresql://${host}:${PORT:5432}/app"
    node = quarkus(text).settings.get("url")
    assert node is not None
    assert node.value == "jdbc:postgresql://db:5432/app"
    assert node.written == "jdbc:postgresql://${host}:${PORT:5432}/app"
    assert [locate(s.source, s.start, s.end).column for s in node.via] == [23, 31]


def test_what_is_known_of_an_unknown_text_is_kept() -> None:
    node = quarkus("url=jdbc:postgresql://${DB_HOST}:${PORT:5432}/app").settings.get("url")
    assert node is not None
    assert isinstance(node.value, Unknown)
    assert node.value.parts == ("jdbc:postgresql://", None, ":5432/app")
    assert "`${DB_HOST}`" in node.value.reason


def test_expansion_is_bounded() -> None:
    lines = [f"a{n}=${{a{n + 1}}}${{a{n + 1}}}" for n in range(25)]
    app = quarkus("\n".join([*lines, "a25=" + "x" * 100]))
    assert value(app, "a0") == "?limit"
    chain = "\n".join(f"b{n}=${{b{n + 1}}}" for n in range(1000))
    assert value(quarkus(chain + "\nb1000=x"), "b0") == "?limit"
    assert value(quarkus("a=" + "${x:" * 1000 + "}" * 1000), "a") == "?limit"


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("quarkus.http.port=9000", "quarkus.http.port", 9000),
        ("quarkus.http.port=abc", "quarkus.http.port", "abc"),
        ("quarkus.log.console.json.enabled=YES", "quarkus.log.console.json.enabled", True),
        ("quarkus.log.console.json.enabled=maybe", "quarkus.log.console.json.enabled", False),
        ("quarkus.http.limits.max-body-size=10M", "quarkus.http.limits.max-body-size", 10 * 1024**2),
        ("quarkus.shutdown.timeout=30", "quarkus.shutdown.timeout", "30"),
        ("quarkus.http.ssl.protocols=TLSv1.3, TLSv1.2", "quarkus.http.ssl.protocols", ["TLSv1.3", "TLSv1.2"]),
        ("quarkus.datasource.users.jdbc.max-size=9", 'quarkus.datasource."users".jdbc.max-size', 9),
        ("my.own=17", "my.own", "17"),
    ],
)
def test_values_are_converted_by_their_setting(text: str, name: str, expected: object) -> None:
    assert value(quarkus(text), name) == expected


def test_items_of_a_text_are_pointed_at() -> None:
    text = "quarkus.http.ssl.protocols=TLSv1.3, TLSv1.2"
    node = quarkus(text).settings.get("quarkus.http.ssl.protocols")
    assert node is not None
    assert [item.written for item in node.items()] == ["TLSv1.3", "TLSv1.2"]


@pytest.mark.parametrize("key", ["quarkus.config.locations=/etc/app", "quarkus.consul-config.enabled=true"])
def test_sources_outside_the_tree_leave_the_settings_open(key: str) -> None:
    app = quarkus(key + "\na=1")
    assert app.settings.rest is not None
    assert app.settings.rest.kind == "open"
    assert value(app, "a") == "1"


def test_a_lost_part_of_a_file_leaves_the_settings_open() -> None:
    app = quarkus({"application.yaml": "a: 1\n---\nb: [1\n"})
    assert app.settings.rest is not None
    assert value(app, "a") == "1"


def test_an_unreadable_file_is_a_notice() -> None:
    unit = Unit("application:.", "application", (MAIN, RESOURCES + "application-prod.properties"))
    loaded = KIND.load(unit, MemoryTree({MAIN: "a=1", "pom.xml": QUARKUS_POM}), Options())
    assert [(notice.level, notice.path) for notice in loaded.notices] == [("error", unit.files[1])]
    assert [(record.path, record.status) for record in loaded.files] == [
        (MAIN, "analysed"),
        (unit.files[1], "not analysed"),
    ]
    (app,) = applications(loaded)
    assert app.settings.rest is not None
    assert value(app, "a") == "1"


def test_a_unit_without_a_readable_file_still_loads() -> None:
    unit = Unit("application:.", "application", (MAIN,))
    loaded = KIND.load(unit, MemoryTree({}), Options())
    (app,) = applications(loaded)
    assert list(app.settings) == []
    assert app.anchor.source.path == MAIN


@pytest.mark.parametrize(
    ("files", "build", "framework"),
    [
        ({"application.properties": "a=1"}, QUARKUS_POM, "quarkus"),
        ({"application.properties": "quarkus.http.port=1"}, "", "quarkus"),
        ({"application.properties": "%dev.a=1"}, "", "quarkus"),
        ({"application.properties": "server.port=1"}, "", "spring"),
        ({"application.yaml": "spring: {application: {name: x}}"}, "", "spring"),
        ({"application.properties": "a=1"}, "", ""),
        ({"application.properties": "quarkus.http.port=1\nspring.a=1"}, "", ""),
        ({"META-INF/microprofile-config.properties": "a=1"}, "", "quarkus"),
    ],
)
def test_frameworks(files: dict[str, str], build: str, framework: str) -> None:
    assert application(files, build).framework == framework


def test_settings_of_an_unknown_framework() -> None:
    app = application("a=1\nsomeName=2\nb=${A:x}")
    assert (value(app, "a"), value(app, "someName"), value(app, "b")) == ("1", "2", "x")
    assert facts(load({"application.properties": "a=1"}))[0].framework == ""


def test_a_large_file_with_many_names() -> None:
    text = "\n".join(f"%prod.quarkus.datasource.d{n}.jdbc.max-size={n}" for n in range(2000))
    loaded = load({"application.properties": text}, QUARKUS_POM)
    assert len(subjects(loaded, "datasource")) == 2000


def test_an_expression_can_name_a_profile() -> None:
    text = "%prod.a=1\n%dev,test.a=2\nb=${%prod.a}\nc=${%dev.a}\nd=${%eu.a:3}"
    app = quarkus(text)
    assert [value(app, name) for name in "bcd"] == ["1", "2", "3"]
