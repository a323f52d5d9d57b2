"""What the build of a module tells of its application."""

from __future__ import annotations

import pytest

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.views.settings.build import Build, inspect_build

LOGS = "<groupId>io.quarkus</groupId><artifactId>quarkus-logging-json</artifactId>"
PARENT = "<groupId>com.example.vvb</groupId><artifactId>parent</artifactId><version>12</version>"


def build(files: dict[str, str], directory: str = "") -> Build:
    return inspect_build(directory, MemoryTree({**files}), (), DEFAULT_LIMITS)


def test_a_dependency_of_a_parent_is_one_of_the_module() -> None:
    parent = f"<project>{PARENT}<dependencies><dependency>{LOGS}</dependency></dependencies></project>"
    child = f"<project><parent>{PARENT}</parent><artifactId>api</artifactId></project>"
    found = build({"pom.xml": parent, "api/pom.xml": child}, "api")
    assert found.framework == "quarkus"
    assert found.depends_on("quarkus-logging-json")


def test_what_is_commented_out_is_no_dependency() -> None:
    pom = f"<project>{PARENT}<!-- <dependencies><dependency>{LOGS}</dependency></dependencies> --></project>"
    assert not build({"pom.xml": pom}).depends_on("quarkus-logging-json")
    assert build({"pom.xml": pom}).framework == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("build.gradle", "plugins {\n  // id 'org.springframework.boot' version '4.0.3'\n}\n"),
        ("build.gradle.kts", 'plugins {\n  /* id("io.quarkus")\n  version "3.33.2" */ java\n}\n'),
        ("gradle.properties", "# io.quarkus: not yet\n"),
    ],
)
def test_what_gradle_has_in_a_comment_is_no_mark(name: str, text: str) -> None:
    assert build({name: text}).framework == ""


def test_an_address_in_a_script_begins_no_comment() -> None:
    script = "repositories { maven { url 'https://maven.example.com' } }; apply plugin: 'io.quarkus'\n"
    assert build({"build.gradle": script}).framework == "quarkus"


def test_the_version_is_that_of_the_bill_of_materials_whatever_its_property_is_called() -> None:
    bill = "<groupId>io.quarkus.platform</groupId><artifactId>quarkus-bom</artifactId><version>${q}</version>"
    pom = (
        f"<project>{PARENT}<properties><q>3.33.1</q></properties><dependencyManagement><dependencies><dependency>{bill}"
        "<type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement></project>"
    )
    assert build({"pom.xml": pom})[:2] == ("quarkus", "3.33.1")


@pytest.mark.parametrize(
    ("script", "framework", "version"),
    [
        ("plugins { alias(libs.plugins.boot) }", "spring", "4.0.3"),
        ("dependencies { implementation(enforcedPlatform(libs.bom)) }", "quarkus", "3.33.1"),
        ('plugins { id("io.quarkus") version "3.33.2" }', "quarkus", "3.33.2"),
        ('plugins { id("io.quarkus") version v }', "quarkus", ""),
        ("plugins { java }", "", ""),
    ],
)
def test_gradle(script: str, framework: str, version: str) -> None:
    catalog = """\
[libraries]
bom = "io.quarkus.platform:quarkus-bom:3.33.1"
logs = { module = "io.quarkus:quarkus-logging-json" }
[plugins]
boot = { id = "org.springframework.boot", version = "4.0.3" }
"""
    found = build({"build.gradle.kts": script, "gradle/libs.versions.toml": catalog})
    assert found[:2] == (framework, version)
    with_logs = f"{script}\ndependencies {{ api(libs.logs) }}"
    assert build({"build.gradle.kts": with_logs, "gradle/libs.versions.toml": catalog}).depends_on(
        "quarkus-logging-json"
    )
