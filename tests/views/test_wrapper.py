"""Properties of wrappers."""

from __future__ import annotations

import pytest

import vvbscan
from vvbscan.engine.recognise import recognise
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Options, Unit
from vvbscan.views.wrapper import KIND

GRADLE = "gradle/wrapper/gradle-wrapper.properties"
MAVEN = ".mvn/wrapper/maven-wrapper.properties"
PLACE = "https://repo.example.com/maven2"


def view(text: str, path: str = GRADLE) -> list[Subject]:
    loaded = KIND.load(Unit(f"wrapper:{path}", "wrapper", (path,)), MemoryTree({path: text}), Options())
    return list(KIND.views["wrapper_download"](loaded))


@pytest.mark.parametrize(
    ("name", "pinned"),
    [
        ("gradle-8.13-bin.zip", "exact"),
        ("gradle-9.0.0-rc-2-all.zip", "exact"),
        ("gradle-9.1.0-20250701003000+0000-bin.zip", "exact"),
        ("gradle-9.1.0-SNAPSHOT-bin.zip", "snapshot"),
        ("apache-maven-3.9.11-bin.zip", "exact"),
        ("maven-mvnd-1.0.3-linux-amd64.zip", "exact"),
        ("company-gradle.zip", None),
    ],
)
def test_the_version_is_that_of_the_name(name: str, pinned: str | None) -> None:
    (one,) = view(f"distributionUrl={PLACE}/{name}\n")
    field = one.root.get("pinned")
    assert field is not None
    assert field.text() == pinned


def test_maven_has_a_wrapper_to_fetch_where_it_says_so() -> None:
    text = (
        f"distributionUrl={PLACE}/apache-maven-3.9.11-bin.zip\nwrapperUrl={PLACE}/maven-wrapper-3.3.4.jar\n"
    )
    assert [one.address for one in view(text, MAVEN)] == ["Maven", "Maven Wrapper"]
    assert [one.address for one in view(text, GRADLE)] == ["Gradle"]


def test_a_line_of_hyphens_divides_nothing() -> None:
    (one,) = view(f"distributionUrl={PLACE}/gradle-8.13-bin.zip\n#---\ndistributionSha256Sum=20f1b1\n")
    checksum = one.root.get("checksum")
    assert checksum is not None
    assert checksum.value == "20f1b1"


@pytest.mark.parametrize("text", ["", "# nothing\n", "distributionBase=PROJECT\n", "distributionUrl=\n"])
def test_without_an_address_there_is_nothing_to_judge(text: str) -> None:
    assert view(text) == []


def test_wrappers_are_known_by_name() -> None:
    found = {path: recognise(path, lambda: b"") for path in (GRADLE, f"api/{MAVEN}", "wrapper.properties")}
    assert found == {GRADLE: "wrapper", f"api/{MAVEN}": "wrapper", "wrapper.properties": None}


def test_a_comment_suppresses_a_finding() -> None:
    text = f"# vvbscan: ignore[VVB-BUILD-006]: comes from our own mirror\ndistributionUrl={PLACE}/gradle-8.13-bin.zip\n"
    result = vvbscan.scan_text(text, "wrapper", today="2026-01-01")
    assert result.findings == ()
    assert [finding.rule_id for finding in result.suppressed] == ["VVB-BUILD-006"]
