"""Checksums that Gradle demands of what it fetches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.gradle_support import BUILD, load, project, short, units, view
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.views.gradle.verification import read_verification

PATH = "gradle/verification-metadata.xml"


def metadata(components: str = "", configuration: str = "") -> str:
    """A file with components and configuration; there is always one component."""
    return f"""<verification-metadata xmlns="https://schema.gradle.org/dependency-verification">
<configuration>{configuration}</configuration>
<components>{component("x", "1.10")}{components}</components>
</verification-metadata>
"""


def component(name: str, version: str, group: str = "a.b") -> str:
    return (
        f'<component group="{group}" name="{name}" version="{version}">'
        f'<artifact name="{name}-{version}.pom"><sha256 value="d0"/></artifact>'
        f'<artifact name="{name}-{version}.jar"><md5 value="e1"/><sha256 value="f1"/></artifact></component>'
    )


def stale(script: str, text: str, **more: str) -> list[object]:
    """What is said of a script with metadata, by manifest."""
    files = {BUILD: script, PATH: text, **more}
    return [short(one.root.get("stale")) for one in view("manifest", files)[1:]]


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ('api("a.b:x:1.10")', None),
        ('api("a.b:x:1.9")', None),
        ('api("a.b:x:1.11")', "a.b:x 1.11 is not in it, but 1.10"),
        ('api("a.b:x:1.11-rc1")', None),
        ('api("a.b:y:1")', "a.b:y 1 is not in it"),
        ('api("a.b:y:1:linux@zip")', "a.b:y 1 is not in it"),
        ('testImplementation("a.b:y:1")', "a.b:y 1 is not in it"),
        ('compileOnly("a.b:y:1")', "a.b:y 1 is not in it"),
        ('checkstyle("a.b:y:1")', None),
        ('api("a.b:y:1.+")', None),
        ('api("a.b:y:1-SNAPSHOT")', None),
        ('api("a.b:y")', None),
        ('api("a.b:y:$unset")', None),
        ('api(platform("a.b:y:1"))', None),
        ('constraints { api("a.b:y:1") }', None),
        ('if (x) api("a.b:y:1")', None),
    ],
)
def test_dependencies_that_are_not_listed(declared: str, told: str | None) -> None:
    assert stale(f"dependencies {{ {declared} }}", metadata()) == [told]


@pytest.mark.parametrize(
    ("trust", "told"),
    [
        ('<trust group="a.b"/>', False),
        ('<trust group="a"/>', True),
        ('<trust group="a.b" name="y" version="1"/>', False),
        ('<trust group="a.b" name="y" version="2"/>', True),
        ('<trust group="a([.].*|$)" regex="true"/>', False),
        ('<trust group="a[.]c" regex="true"/>', True),
        ('<trust group="a(?=x)" regex="true"/>', False),  # may be: not understood
        ('<trust group=".*" regex="false"/>', True),
        ('<trust file=".*-sources[.]jar" regex="true"/>', True),
        ('<trust file="y-1.jar"/>', False),
        ("<trust/>", False),
    ],
)
def test_artifacts_that_are_trusted(trust: str, told: bool) -> None:
    text = metadata("", f"<trusted-artifacts>{trust}</trusted-artifacts>")
    assert (stale('dependencies { api("a.b:y:1") }', text) != [None]) is told


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ('<trusted-key id="1" group="a.b"/>', False),
        ('<trusted-key id="1" group="c"/>', True),
        ('<trusted-key id="1"><trusting group="c"/><trusting group="a.b"/></trusted-key>', False),
        ('<trusted-key id="1"><trusting group="c"/></trusted-key>', True),
    ],
)
def test_keys_that_are_trusted(key: str, told: bool) -> None:
    text = metadata("", f"<trusted-keys>{key}</trusted-keys>")
    assert (stale('dependencies { api("a.b:y:1") }', text) != [None]) is told


ASKS = 'dependencies { api("a.b:y:1") }'
FORCED = "the build replaces, forces or excludes dependencies, so that other versions may be fetched"


@pytest.mark.parametrize(
    ("script", "settings", "told"),
    [
        (f'configurations.all {{ resolutionStrategy.force("a.b:y:2") }}\n{ASKS}', "", FORCED),
        (f'configurations.all {{ exclude(group = "a.b") }}\n{ASKS}', "", FORCED),
        (f'dependencies {{ api(enforcedPlatform("c:d:1")) }}\n{ASKS}', "", FORCED),
        (ASKS, 'includeBuild("../y")', FORCED),
        (ASKS, 'pluginManagement { includeBuild("build-logic") }', "a.b:y 1 is not in it"),
        (f'dependencies {{ api("c:d:1-SNAPSHOT") {{ exclude(group = "e") }} }}\n{ASKS}', "", "a.b:y 1 is not in it"),
    ],
)  # fmt: skip
def test_what_may_choose_other_versions_leaves_it_open(script: str, settings: str, told: str) -> None:
    assert stale(script, metadata(), **{"settings.gradle.kts": settings}) == [told]


@pytest.mark.parametrize("properties", ["off", "lenient"])
def test_nothing_is_refused_where_verification_is_switched_off(properties: str) -> None:
    mode = f"org.gradle.dependency.verification={properties}\n"
    assert stale(ASKS, metadata(), **{"gradle.properties": mode}) == []
    assert stale(ASKS, metadata("", "<verify-metadata>false</verify-metadata>")) == []
    assert stale(ASKS, "<verification-metadata><components/></verification-metadata>") == []


def test_hashes_of_dependencies() -> None:
    signed = (
        '<component group="a.b" name="z" version="3">'
        '<artifact name="z-3.module"><sha512 value="c2"/></artifact>'
        '<artifact name="z-3.aar"><pgp value="ABCD"/></artifact></component>'
        '<component group="a.b" name="bom" version="1">'
        '<artifact name="bom-1.pom"><sha1 value="d3"/></artifact></component>'
    )
    script = (
        'dependencies { api("a.b:x:1.10"); api("a.b:x:1.9"); api("a.b:z:3"); api(platform("a.b:bom:1")) }'
    )
    found = view("dependency", {BUILD: script, PATH: metadata(signed)})
    hashes = [one.root.get("hash") for one in found]
    assert [short(one) for one in hashes] == ["sha256:f1", None, "pgp:ABCD", "sha1:d3"]
    assert hashes[0] is not None
    assert (hashes[0].source.path, hashes[0].written) == (PATH, '"f1"')


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (metadata(), []),
        ("<project/>", ["gradle-no-verification-metadata"]),
        ("<!DOCTYPE verification-metadata>" + metadata(), ["xml-doctype"]),
        (metadata()[:-30], ["xml-syntax"]),
        ("", ["xml-syntax"]),
        (metadata('<component group="a"/>'), ["gradle-verification-syntax"]),
        ("<<<<<<< HEAD\n<a/>\n=======\n>>>>>>> other\n", []),
    ],
)
def test_what_is_wrong_with_a_file(text: str, codes: list[str]) -> None:
    loaded = load({BUILD: ASKS, PATH: text})
    assert [problem.code for one in loaded.parsed for problem in one.problems] == codes
    if codes and codes != ["xml-doctype"]:
        assert stale(ASKS, text) == ["verification-metadata.xml cannot be read, or not all of it"]
        (one,) = project({BUILD: ASKS, PATH: text}).dependencies
        assert short(one.hash) == "verification-metadata.xml cannot be read, or not all of it"


def test_a_conflict_is_told_once_in_a_build() -> None:
    conflict = "<a>\n<<<<<<< HEAD\n=======\n>>>>>>> other\n</a>"
    files = {"settings.gradle": "include 'api'", "build.gradle": "", "api/build.gradle": "", PATH: conflict}
    (one,) = view("lock", files, "build.gradle")
    assert short(one.root.get("conflict")) == "<<<<<<< HEAD"
    assert view("lock", files, "api/build.gradle") == []
    del files["build.gradle"]
    assert len(view("lock", files, "settings.gradle")) == 1


def test_it_belongs_to_all_projects_of_its_build() -> None:
    files = {
        "settings.gradle": "include 'api'",
        "api/build.gradle": "dependencies { implementation 'a.b:y:1' }",
        PATH: metadata(),
        "other/gradle/verification-metadata.xml": metadata(),
    }
    assert units(files) == [
        ("api/build.gradle", "settings.gradle", PATH),
        ("settings.gradle", PATH),
        ("other/gradle/verification-metadata.xml",),
    ]
    told = view("manifest", files, "api/build.gradle")[1]
    assert short(told.root.get("stale")) == "a.b:y 1 is not in it"


def test_a_lock_holds_packages() -> None:
    files = {BUILD: ASKS, "gradle.lockfile": "a.b:y:1=runtimeClasspath\n", PATH: metadata()}
    (one,) = view("locked_package", files)
    assert (short(one.root.get("package")), short(one.root.get("version"))) == ("a.b:y", "1")


_PIECES = st.sampled_from(
    [
        *(
            "<components>",
            "</components>",
            "<configuration>",
            "<trust",
            ' group="a"',
            ' regex="true"',
            "/>",
            ">",
        ),
        *(component("x", "1"), '<component group="a" name="b" version="c">', "<artifact>", '<sha256 value="'),
        *(
            "<verification-metadata>",
            "</verification-metadata>",
            "<trusted-keys>",
            "&a;",
            "é",
            '"',
            "<",
            "\n",
        ),
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    tree = MemoryTree({PATH: text})
    source, problems = tree.read(PATH)
    found = read_verification(source, problems, DEFAULT_LIMITS)
    assert found.lock.unread is not None or not [one for one in found.parsed.problems if one.level == "error"]
    for versions in found.components.values():
        for version, one in versions.items():
            assert version in text[one.version.start : one.version.end]
