"""Projects of Gradle as they take effect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vvbscan
from views.gradle_support import BUILD, load, project, short, units, view
from vvbscan.model.node import Node
from vvbscan.views.gradle.model import Project
from vvbscan.views.gradle.versions import pinned_how

CATALOG = """\
[versions]
csv = "2.1"
json_min = { strictly = "[1.4,2[", prefer = "1.5" }
[libraries]
csv-core = { module = "com.example.tools:csv", version.ref = "csv" }
json = { group = "com.example.tools", name = "json", version.ref = "json-min" }
xml = "com.example.tools:xml:3.0"
log = { module = "com.example.tools:log" }
[bundles]
all = ["csv-core", "xml"]
[plugins]
report = "com.example.report:1.2"
"""


def declared(text: str, **files: str) -> list[tuple[str, object, str, str]]:
    """Package, version, how it is pinned and scope of what the dependencies of a script in Kotlin are."""
    given = {BUILD: text, "gradle/libs.versions.toml": CATALOG, **files}
    return [
        (one.package, short(one.requirement), one.pinned, one.scope) for one in project(given).dependencies
    ]


@pytest.mark.parametrize(
    ("text", "package", "version", "pinned"),
    [
        ('api("a.b:c:1.0")', "a.b:c", "1.0", "exact"),
        ('api("a.b:c:1.0:linux@zip")', "a.b:c", "1.0", "exact"),
        ('"api"("a.b:c:1.+")', "a.b:c", "1.+", "range"),
        ('add("api", "a.b:c:+")', "a.b:c", "+", "any"),
        ('api("a.b", "c", "1.0")', None, None, ""),
        ('api(group = "a.b", name = "c", version = "1.0-SNAPSHOT")', "a.b:c", "1.0-SNAPSHOT", "snapshot"),
        ("api(libs.csv.core)", "com.example.tools:csv", "2.1", "exact"),
        ("api(libs.json)", "com.example.tools:json", "[1.4,2[", "range"),
        ("api(libs.xml)", "com.example.tools:xml", "3.0", "exact"),
        ('api("a.b:c:$v")', "a.b:c", "7", "exact"),
        ('api("a.b:c:${v}.1")', "a.b:c", "7.1", "exact"),
        ('api("a.b:c:${w}.+")', "a.b:c", "nothing that is read sets w", "range"),
        ('api("a.b:c:${w}")', "a.b:c", "nothing that is read sets w", "unknown"),
        ('api("a.b:c") { version { strictly("[1,2)"); prefer("1.5") } }', "a.b:c", "[1,2)", "range"),
        ('api(testFixtures("a.b:c:1.0"))', "a.b:c", "1.0", "exact"),
        ('api(project(":other"))', None, None, ""),
        ('api(files("a.jar"))', None, None, ""),
        ("api(projects.other)", None, None, ""),
        ('if (x) api("a.b:c:1.0")', "a.b:c", "1.0", "exact"),
        ("api(name)", "d.e:f", "2", "exact"),
    ],
)
def test_notations(text: str, package: str | None, version: object, pinned: str) -> None:
    body = f'val v = "7"\nval name = "d.e:f:2"\ndependencies {{\n    {text}\n}}\n'
    expected = [] if package is None else [(package, version, pinned, "runtime")]
    assert declared(body) == expected


def test_notations_of_groovy() -> None:
    text = """\
    ext { v = '7'; set('w', '8') }
    ext.x = '9'
    def y = '10'
    String z = '11'
    dependencies {
      implementation 'a:b:1', "a:c:$v"
      implementation group: 'a', name: 'd', version: w
      implementation([group: 'a', name: 'e', version: "${x}"])
      implementation("a:f:${rootProject.ext.x}") { exclude group: 'q', module: 'r' }
      implementation 'a:g:' + y
      implementation "a:h:${project.z}"
    }
    """
    found = project({"build.gradle": text}, "build.gradle").dependencies
    versions = ["1", "7", "8", "9", "9", "10", "11"]
    assert [(one.package, short(one.requirement)) for one in found] == [
        (f"a:{name}", version) for name, version in zip("bcdefgh", versions, strict=True)
    ]


def test_scopes() -> None:
    text = """\
    buildscript { dependencies { classpath("a:build:1") } }
    dependencies {
        implementation("a:runtime:1")
        compileOnly("a:provided:1")
        testRuntimeOnly("a:test:1")
        annotationProcessor("a:build:1")
        implementation(platform("a:import:1"))
        constraints { api("a:constraint:1") }
    }
    kotlin { sourceSets { val backendMain by getting { dependencies { implementation("a:runtime:1") } } } }
    """
    assert all(package == f"a:{scope}" for package, _, _, scope in declared(text))
    assert len(declared(text)) == 8


def test_a_version_that_is_not_written_is_that_of_a_constraint_else_of_what_manages() -> None:
    text = 'dependencies {{ {0}\n api("a:b")\n constraints {{ api("a:b:3.+") }} }}'
    assert declared(text.format(""))[0] == ("a:b", "3.+", "range", "runtime")
    bare = 'dependencies {{ {0}\n api("a:b") }}'
    assert declared(bare.format(""))[0][1:3] == (None, "unknown")
    assert declared(bare.format('api(platform("a:bom:1"))'))[1][2] == "managed"
    assert declared('plugins { id("org.springframework.boot") }\n' + bare.format(""))[0][2] == "managed"


def test_bundles_and_unknown_aliases() -> None:
    found = declared("dependencies { api(libs.bundles.all); api(libs.gone); api(libs.versions.csv) }")
    assert [package for package, *_ in found] == ["com.example.tools:csv", "com.example.tools:xml"]


def test_a_lock_fixes_ranges_of_what_it_lists() -> None:
    text = 'dependencies { api("a:b:1.+"); api("a:c:1.+") }'
    found = declared(text, **{"gradle.lockfile": "# This is a file.\na:b:1.7=compileClasspath\nempty=\n"})
    assert [pinned for _, _, pinned, _ in found] == ["locked", "range"]


LOCKED = "a:b:1.7=compileClasspath,runtimeClasspath\na:c:2=testRuntimeClasspath\nempty=annotationProcessor\n"


@pytest.mark.parametrize(
    ("declared_as", "stale"),
    [
        ('api("a:b:1.7")', None),
        ('api("a:b:1.6")', None),
        ('api("a:b:1.+")', None),
        ('api("a:b:1.7.+")', None),
        ('api("a:b:[1,2)")', None),
        ('api("a:b:1.10")', "a:b is locked at 1.7, wanted is 1.10"),
        ('api("a:b:1.7-rc1")', None),
        ('api("a:b:2.+")', "a:b is locked at 1.7, wanted is 2.+"),
        ('api("a:d")', "a:d is not in it"),
        ('testImplementation("a:d:1")', None),
        ('constraints { api("a:d:1") }', None),
    ],
)
def test_what_a_lock_does_not_hold(declared_as: str, stale: str | None) -> None:
    files = {BUILD: f"dependencies {{ {declared_as} }}", "gradle.lockfile": LOCKED}
    (one,) = view("manifest", files)
    assert short(one.root.get("stale")) == stale


def test_a_lock_of_tests_alone_says_nothing_of_the_rest() -> None:
    files = {BUILD: 'dependencies { api("a:d:1") }', "gradle.lockfile": "a:c:2=testRuntimeClasspath\n"}
    (one,) = view("manifest", files)
    assert short(one.root.get("stale")) is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("# by Gradle\na:b:1=x\nempty=\n", []),
        ("", []),
        ("a:b=x\n", ["gradle-lock-syntax"]),
        ("<<<<<<< HEAD\na:b:1=x\n=======\n>>>>>>> other\n", []),
    ],
)
def test_lines_of_locks(text: str, codes: list[str]) -> None:
    loaded = load({BUILD: "", "gradle.lockfile": text})
    assert [problem.code for one in loaded.parsed for problem in one.problems] == codes


def test_catalogs_that_the_settings_name() -> None:
    files = {
        "settings.gradle.kts": 'dependencyResolutionManagement { versionCatalogs { create("deps") { from(files("deps.toml")) } } }',
        "deps.toml": '[libraries]\na = "x:a:1.+"\n',
        "api/build.gradle.kts": "dependencies { api(deps.a) }",
    }
    (one,) = project(files, "api/build.gradle.kts").dependencies
    assert one.requirement is not None
    assert (one.requirement.source.path, one.requirement.written) == ("deps.toml", "1.+")


def test_properties_of_the_project_come_before_those_of_the_root() -> None:
    files = {
        "settings.gradle": "include 'api'",
        "gradle.properties": "a=1\nb=1\n",
        "api/gradle.properties": "b=2\n",
        "api/build.gradle": 'dependencies { api "x:a:$a"; api "x:b:${property(\'b\')}" }',
    }
    found = project(files, "api/build.gradle").dependencies
    assert [short(one.requirement) for one in found] == ["1", "2"]
    assert units(files)[0] == (
        "api/build.gradle",
        "settings.gradle",
        "gradle.properties",
        "api/gradle.properties",
    )


def test_a_name_that_is_set_twice_is_not_known() -> None:
    (one,) = project('var v = "1"\nif (x) { v = "2" }\ndependencies { api("a:b:$v") }').dependencies
    assert short(one.requirement) == "v is set in several places, or on a condition"


def test_plugins_with_their_versions() -> None:
    files = {
        "settings.gradle.kts": 'pluginManagement { plugins { id("a.b") version "1" } }',
        "build.gradle.kts": 'plugins { id("c.d") version "2.+" apply false }',
        "gradle/libs.versions.toml": CATALOG,
        "api/build.gradle.kts": 'plugins {\n java\n id("a.b")\n id("c.d")\n alias(libs.plugins.report)\n kotlin("jvm") version "2.3"\n}',
    }
    found = {one.key: short(one.version) for one in project(files, "api/build.gradle.kts").plugins}
    assert found == {
        "java": None,
        "a.b": "1",
        "c.d": "2.+",
        "com.example.report": "1.2",
        "org.jetbrains.kotlin.jvm": "2.3",
    }


def test_repositories() -> None:
    text = """\
    repositories {
        mavenCentral()
        maven("https://a")
        maven(url = "https://b")
        maven { url = uri("https://c"); credentials { username = "x" } }
        maven { setUrl("https://d") }
        exclusiveContent { forRepository { maven { url = uri("https://e") } } }
    }
    buildscript { repositories { maven { url = uri("https://f") } } }
    publishing { repositories { maven { name = "x"; url = uri("https://g") } } }
    """
    found = [(one.kind, short(one.url)) for one in project(text).repositories]
    assert found[:4] == [("repository", f"https://{name}") for name in "abcd"]
    assert found[-2:] == [("plugin-repository", "https://f"), ("distribution", "https://g")]


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("java { toolchain { languageVersion = JavaLanguageVersion.of(17) } }", 17),
        ("java.toolchain.languageVersion.set(JavaLanguageVersion.of(21))", 21),
        ("java { sourceCompatibility = JavaVersion.VERSION_1_8 }", 8),
        ('java { sourceCompatibility = JavaVersion.toVersion("11") }', 11),
        ("kotlin { jvmToolchain(21) }", 21),
        ("kotlin { compilerOptions { jvmTarget = JvmTarget.JVM_17 } }", 17),
        (
            "tasks.withType<JavaCompile> { options.release = 25 }\njava.sourceCompatibility = JavaVersion.VERSION_17",
            25,
        ),
        ("tasks.compileTestJava { options.release = 8 }", None),
        (
            "if (x) { java.sourceCompatibility = JavaVersion.VERSION_17 }",
            "a condition decides which release of Java is set",
        ),
        ("java.sourceCompatibility = JavaVersion.current()", "`JavaVersion.current()` is not worked out"),
        ('plugins { id("com.example.own") }', "the plugin com.example.own, which may set more, is not read"),
        ('apply(from = "gone.gradle")', "a script that it applies, which may set more, is not in the tree"),
        ("", None),
    ],
)
def test_the_release_of_java(text: str, release: object) -> None:
    (one,) = view("build_module", text)
    assert short(one.root.get("java")) == release


def test_what_the_root_says_of_all_projects_and_scripts_that_are_applied() -> None:
    files = {
        "settings.gradle": "",
        "build.gradle": "allprojects { test { ignoreFailures = true } }\nsubprojects { sourceCompatibility = 17 }",
        "gradle/java.gradle": "ext.v = '3'\ntargetCompatibility = '11'\n",
        "api/build.gradle": 'apply from: "$rootDir/gradle/java.gradle"\ndependencies { api "a:b:$v" }',
        "web/build.gradle": "",
    }

    def fields(path: str) -> tuple[object, object]:
        (one,) = view("build_module", files, path)
        return short(one.root.get("java")), short(one.root.get("test_failures_ignored"))

    assert fields("api/build.gradle") == (11, True)
    assert fields("web/build.gradle") == (17, True)
    assert fields("build.gradle") == (None, True)
    assert [short(one.requirement) for one in project(files, "api/build.gradle").dependencies] == ["3"]


def test_extra_properties_of_scripts_that_the_root_applies() -> None:
    files = {
        "settings.gradle": "rootProject.name = 'vvb'",
        "build.gradle": "apply from: \"$rootDir/versions.gradle\"\nallprojects { apply from: rootProject.file('all.gradle') }",
        "versions.gradle": "ext { v = '3' }",
        "all.gradle": "sourceCompatibility = 17",
        "api/build.gradle": 'dependencies { api "a:b:$v" }',
    }
    found = project(files, "api/build.gradle")
    assert [short(one.requirement) for one in found.dependencies] == ["3"]
    assert short(found.java) == 17
    assert [project(files, path).name for path in ("build.gradle", "api/build.gradle")] == ["vvb", "api"]


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        ("tasks.test { enabled = false }", True),
        ('tasks.named<Test>("test") { isEnabled = false }', True),
        ("tasks.withType<Test> { enabled = false }", True),
        ("kotlin { js { browser { testTask { enabled = false } } } }", None),
        ("tasks.jar { enabled = false }", None),
        ("tasks.test { enabled = true }", None),
    ],
)
def test_tests_that_are_skipped(text: str, skipped: bool | None) -> None:
    (one,) = view("build_module", text)
    assert short(one.root.get("tests_skipped")) == skipped


def test_a_build_of_plugins_is_no_project() -> None:
    files = {
        "buildSrc/build.gradle.kts": "",
        "tools/build.gradle.kts": "plugins { `kotlin-dsl` }",
        "a.gradle": "x()",
    }
    for path in files:
        assert view("build_module", files, path) == []


@pytest.mark.parametrize(
    ("version", "pinned"),
    [
        ("1.2.3", "exact"),
        ("1.2.3!!", "exact"),
        ("[1.2]", "exact"),
        ("1.2.+", "range"),
        ("[1,2)", "range"),
        ("]1,2[", "range"),
        ("(,2]", "range"),
        ("+", "any"),
        ("latest.release", "any"),
        ("1-SNAPSHOT", "snapshot"),
    ],
)
def test_what_versions_promise(version: str, pinned: str) -> None:
    source = project("x()").anchor.source
    assert pinned_how(Node(version, source, 0, 1)) == pinned


def test_files_that_no_script_reads_are_units_of_their_own() -> None:
    files = {"lib/x.versions.toml": "[versions]\n", "b/gradle.properties": "a=1", "a/build.gradle": ""}
    assert sorted(units(files)) == [("a/build.gradle",), ("b/gradle.properties",), ("lib/x.versions.toml",)]
    assert view("dependency", files, "lib/x.versions.toml") == []


def test_what_cannot_be_read_is_told_and_leaves_the_rest_unknown() -> None:
    loaded = load('java { sourceCompatibility = "a\n dependencies { api("a:b:1.+")')
    assert [problem.code for one in loaded.parsed for problem in one.problems] == ["gradle-syntax"]
    assert isinstance(loaded.model, Project)
    (one,) = loaded.model.dependencies
    assert one.pinned == "range"


def test_a_merge_conflict_is_told_once() -> None:
    sides = 'api("a:b:1.1")\n=======\napi("a:b:1.2")'
    loaded = load(f"dependencies {{\n<<<<<<< HEAD\n{sides}\n>>>>>>> main\n}}\n")
    (problem,) = (problem for one in loaded.parsed for problem in one.problems)
    assert (problem.level, problem.message) == ("error", "A merge conflict was left in the file.")


@pytest.mark.parametrize(
    ("format_name", "text"), [("gradle", "api 'a:b:1.+'"), ("gradle-kotlin", 'api("a:b:1.+")')]
)
def test_a_comment_covers_the_statement_that_follows(format_name: str, text: str) -> None:
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-020",)))
    script = (
        f"dependencies {{\n    // vvbscan: ignore[VVB-DEP-020]: moves in June\n    {text}\n    {text}\n}}\n"
    )
    result = vvbscan.scan_text(script, format_name, config, today="2026-01-01")
    assert [finding.location.line for finding in result.findings] == [4]
    assert len(result.suppressed) == 1


_LINES = st.lists(
    st.sampled_from(
        [
            *(
                "plugins { id('a.b') version '1' }",
                "dependencies { api libs.x }",
                "ext.v = v",
                'def v = "$v"',
            ),
            *(
                "apply from: 'build.gradle'",
                "apply plugin: 'x'",
                "repositories { maven { url v } }",
                "}",
                "{",
            ),
            *(
                "test { enabled = v }",
                "jacocoTestCoverageVerification { limit { counter = 'LINE' } }",
                "subprojects {",
            ),
            *(
                'dependencies { api "a:$v:$v" }',
                "dependencies { api group: v, name: 'b' }",
                "options.release = v",
            ),
        ]
    ),
    max_size=6,
).map("\n".join)


@given(_LINES, _LINES)
def test_any_scripts_are_loaded(own: str, root: str) -> None:
    files = {"settings.gradle": root, "build.gradle": root, "api/build.gradle": own}
    for path in files:
        if any(one[0] == path for one in units(files)):
            for name in ("dependency", "package_repository", "build_plugin", "build_module"):
                view(name, files, path)


MAPS = """\
def versions = [json: '2']
ext.libs = [csv: 'a:b:1', 'json-core': "a:c:${versions.json}", nested: [x: 'a:n:1'], m: [group: 'a', name: 'f', version: '3']]
versions.junit = '5'
versions['late'] = '6'
ext { both = ['a:d:1', "a:e:${versions.junit}"]; deps = [:]; own = [own] }
ext.libs.late = 'a:late:1'
deps.twice = '1'
deps.twice = '2'
libs2 = [x: 'a:b:1']
if (x) { versions.maybe = '1' }
ext.put = [a: '1']
put.put('a', '2')
ext.more = [a: '1']
more += [a: '2', b: '3']
more = more.sort()
ext.added = [:]
added += [a: '3']
added += [b: '4', c: '5']
added += [c: '6']
"""


@pytest.mark.parametrize(
    ("notation", "expected"),
    [
        ("libs.csv", [("a:b", "1")]),
        ("project.libs.csv", [("a:b", "1")]),
        ("rootProject.ext.libs.nested.x", [("a:n", "1")]),
        ("libs['json-core']", [("a:c", "2")]),
        ("libs.'json-core'", [("a:c", "2")]),
        ("libs.late", [("a:late", "1")]),
        ("libs.m", [("a:f", "3")]),
        ("both", [("a:d", "1"), ("a:e", "5")]),
        ('"a:x:${versions.late}"', [("a:x", "6")]),
        ("libs.none", []),
        ("libs.csv.none", []),
        ("libs[name]", []),
        ("own", []),
        ('"a:x:${deps.twice}"', [("a:x", "deps.twice is set in several places, or on a condition")]),
        ('"a:x:${versions.maybe}"', [("a:x", "versions.maybe is set in several places, or on a condition")]),
        ('"a:x:${put.a}"', [("a:x", "put.a is set in several places, or on a condition")]),
        ('"a:x:${more.a}"', [("a:x", "more.a is set in several places, or on a condition")]),
        ('"a:x:${more.b}"', [("a:x", "more.b is set in several places, or on a condition")]),
        ('"a:x:${added.b}"', [("a:x", "4")]),
        ('"a:x:${added.c}"', [("a:x", "added.c is set in several places, or on a condition")]),
        ("added", []),
        ('"a:x:${versions.none}"', [("a:x", "`versions.none` is not worked out")]),
    ],
)
def test_maps_of_groovy(notation: str, expected: list[tuple[str, object]]) -> None:
    files = {"build.gradle": f"{MAPS}dependencies {{ api {notation} }}"}
    found = project(files, "build.gradle").dependencies
    assert [(one.package, short(one.requirement)) for one in found] == expected


def test_maps_of_the_root_project() -> None:
    files = {
        "settings.gradle": "include 'api'",
        "build.gradle": "ext.libs = [a: 'x:a:1', b: 'x:b:1', c: 'x:c:1']\nlibs.b = 'x:b:2'",
        "api/build.gradle": "dependencies { api libs.a, rootProject.ext.libs.b, libs.c }",
        "web/build.gradle": "ext.libs = [a: 'x:a:3']\ndependencies { api libs.a, libs.c }",
    }
    found = project(files, "api/build.gradle").dependencies
    assert [short(one.requirement) for one in found] == ["1", "1"], "b is set twice"
    assert found[0].requirement is not None
    assert found[0].requirement.source.path == "build.gradle"
    assert [short(one.requirement) for one in project(files, "web/build.gradle").dependencies] == ["3"]


@pytest.mark.parametrize(
    ("force", "version", "pinned"),
    [
        ('configurations.all { resolutionStrategy.force("a:b:2") }', "2", "exact"),
        ('configurations.configureEach { resolutionStrategy { force("c:d:1", "a:b:2") } }', "2", "exact"),
        ('configurations.all { resolutionStrategy.force(["a:b:2"]) }', "2", "exact"),
        ('allprojects { configurations.all { resolutionStrategy.force("a:b:2") } }', "2", "exact"),
        ('configurations.all { resolutionStrategy.force("a:b:$w") }', "nothing that is read sets w", "unknown"),
        ('configurations.all { resolutionStrategy.force("a:b:2", "a:b:3") }', "1.+", "range"),
        ('if (x) { configurations.all { resolutionStrategy.force("a:b:2") } }', "1.+", "range"),
        ('configurations.testRuntimeClasspath { resolutionStrategy.force("a:b:2") }', "1.+", "range"),
        ('configurations.all { resolutionStrategy.force("c:d:2") }', "1.+", "range"),
        ('buildscript { configurations.all { resolutionStrategy.force("a:b:2") } }', "1.+", "range"),
    ],
)  # fmt: skip
def test_versions_that_are_forced(force: str, version: str, pinned: str) -> None:
    found = declared(f'{force}\ndependencies {{ api("a:b:1.+") }}')
    assert [one for one in found if one[3] == "runtime"] == [("a:b", version, pinned, "runtime")]


def test_what_is_forced_is_a_constraint_and_is_where_it_takes_effect() -> None:
    files = {
        "settings.gradle": "include 'api'",
        "build.gradle": "allprojects { configurations.all { resolutionStrategy { force 'a:b:2' } } }",
        "api/build.gradle": "dependencies { api 'a:b:1.+' }",
    }
    (one,) = project(files, "api/build.gradle").dependencies
    assert one.requirement is not None
    assert (one.requirement.source.path, one.requirement.written) == ("build.gradle", "2")
    assert [origin.source.path for origin in one.requirement.via] == ["api/build.gradle"]
    (forced,) = project(files, "build.gradle").dependencies
    assert (forced.package, forced.scope, forced.requirement and forced.requirement.via) == (
        "a:b",
        "constraint",
        (),
    )
