"""Dependabot and Renovate: what they look after, how often, and what they leave out."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.dockerfile_support import shown
from vvbscan.api import scan_files
from vvbscan.engine.discover import Found
from vvbscan.engine.plan import plan
from vvbscan.engine.recognise import may_be_recognised, recognise
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.bots.coverage import uncovered
from vvbscan.views.bots.kind import KIND
from vvbscan.views.bots.model import Bots

DEPENDABOT = ".github/dependabot.yml"
RENOVATE = "renovate.json"
EVERYTHING = {
    "cargo": "gate/Cargo.toml",
    "dockerfile": "api/Dockerfile",
    "golang": "proxy/go.mod",
    "gradle": "jobs/build.gradle.kts",
    "maven": "api/pom.xml",
    "npm": "web/package.json",
    "pypi": "tools/requirements.txt",
    "terraform": "infra/main.tf",
    "workflow": ".github/workflows/test.yml",
}


def load(files: dict[str, str], dependents: dict[str, str] | None = None) -> Loaded:
    roots = tuple(Unit(f"{kind}:{path}", kind, (path,)) for kind, path in (dependents or {}).items())
    unit = Unit("update-bot:.", "update-bot", tuple(files), roots=roots)
    return KIND.load(unit, MemoryTree({path: dedent(text) for path, text in files.items()}), Options())


def left_out(files: dict[str, str]) -> tuple[list[str], bool]:
    """The ecosystems that no bot looks after, and whether there may be more."""
    bots = load(files, EVERYTHING).model
    assert isinstance(bots, Bots)
    found, unknown = uncovered(bots)
    return [one.ecosystem for one in found], unknown is not None


def entries(files: dict[str, str]) -> list[object]:
    return [shown(subject.root) for subject in KIND.views["update_entry"](load(files))]


def entry(ecosystem: str, *directories: str) -> str:
    return json.dumps({"package-ecosystem": ecosystem, "directories": directories, "schedule": {}})


def dependabot(*found: str) -> dict[str, str]:
    return {DEPENDABOT: f"version: 2\nupdates: [{', '.join(found)}]\n"}


ALL = ["Cargo", "Docker", "Go", "Gradle", "Maven", "npm", "Python", "Terraform", "GitHub Actions"]


@pytest.mark.parametrize(
    ("found", "covered"),
    [
        ([entry("docker", "/")], []),
        ([entry("docker", "/api")], ["Docker"]),
        ([entry("docker", "api/")], ["Docker"]),
        ([entry("docker", "/*")], ["Docker"]),
        ([entry("docker", "/**/*")], ["Docker"]),
        ([entry("docker", "/api/**")], ["Docker"]),
        ([entry("docker", "/a")], []),
        ([entry("maven", "/"), entry("npm", "/web")], ["Maven", "npm"]),
        ([entry("maven", "/web")], []),
        ([entry("pip", "/"), entry("opentofu", "/infra")], ["Python", "Terraform"]),
        ([entry("uv", "/tools")], ["Python"]),
        ([entry("github-actions", "/"), entry("bundler", "/")], ["GitHub Actions"]),
    ],
)
def test_what_dependabot_looks_after(found: list[str], covered: list[str]) -> None:
    assert left_out(dependabot(*found)) == ([name for name in ALL if name not in covered], False)


@pytest.mark.parametrize(
    ("content", "left", "open_"),
    [
        ({}, [], False),
        ({"extends": ["config:recommended", ":semanticCommits", "schedule:weekly"]}, [], False),
        ({"extends": ["docker:disable"]}, ["Docker"], False),
        (
            {"enabledManagers": ["maven", "pep621"]},
            ["Cargo", "Docker", "Go", "Gradle", "npm", "Terraform", "GitHub Actions"],
            False,
        ),
        ({"docker": {"enabled": False}, "npm": {"enabled": False}}, ["Docker"], False),
        ({"npm": {"enabled": False}, "bun": {"enabled": False}}, ["npm"], False),
        ({"packageRules": [{"matchManagers": ["terraform"], "enabled": False}]}, ["Terraform"], False),
        (
            {"packageRules": [{"matchManagers": ["maven"], "matchDepNames": ["x"], "enabled": False}]},
            [],
            False,
        ),
        ({"extends": ["github>vvb/renovate"]}, [], True),
        ({"extends": ["local>vvb/renovate"], "enabledManagers": ["maven"]}, None, False),
    ],
)
def test_what_renovate_looks_after(content: object, left: list[str] | None, open_: bool) -> None:
    found, unknown = left_out({RENOVATE: json.dumps(content)})
    assert (found, unknown) == ([name for name in ALL if name != "Maven"] if left is None else left, open_)


def test_bots_complete_each_other() -> None:
    files = {**dependabot(entry("docker", "/api")), RENOVATE: '{"enabledManagers": ["maven", "npm"]}'}
    assert left_out(files) == (["Cargo", "Go", "Gradle", "Python", "Terraform", "GitHub Actions"], False)


def test_entries_of_dependabot() -> None:
    files = {
        DEPENDABOT: """
            version: 2
            updates:
              - package-ecosystem: npm
                directory: /
                schedule: {interval: monthly}
                open-pull-requests-limit: 0
              - package-ecosystem: docker
                directory: /
                schedule: {interval: cron, cronjob: "0 0 1 * *"}
                ignore:
                  - {dependency-name: "*", update-types: ["version-update:semver-major"]}
                  - {dependency-name: "*", versions: [1.x]}
        """
    }
    assert entries(files) == [
        {"bot": "Dependabot", "ecosystem": "npm", "interval": 31, "off": 0},
        {
            "bot": "Dependabot",
            "ecosystem": "docker",
            "interval": ("?expression",),
            "majors_off": "version-update:semver-major",
        },
    ]


@pytest.mark.parametrize(
    ("schedule", "days"),
    [
        ("at any time", 7),
        ("every weekend", 7),
        ("after 10pm and before 5am every weekday", 7),
        ("before 3am on the first day of the month", 31),
        ("every 3 months on the first day of the month", 93),
        ("every quarter", 92),
        ("* 0-4 * * 1", 7),
        ("* * 1 * *", 31),
        ("* * 1,15 * *", 7),
        ("* 2 1 1 *", 366),
        ("* 2 1 1-6 *", ("?expression",)),
    ],
)
def test_how_often_renovate_looks(schedule: str, days: object) -> None:
    (found,) = entries({RENOVATE: json.dumps({"schedule": [schedule]})})
    assert found == {"bot": "Renovate", "interval": days}


def test_the_nearest_of_several_times_counts() -> None:
    (found,) = entries({RENOVATE: '{"schedule": ["* * 1 * *", "on monday"]}'})
    assert found == {"bot": "Renovate", "interval": 7}
    (found,) = entries({RENOVATE: '{"extends": ["schedule:monthly"], "schedule": ["on monday"]}'})
    assert found == {"bot": "Renovate", "interval": 7}


@pytest.mark.parametrize("name", ["renovate.json", "renovate.json5", ".renovaterc"])
def test_json5_is_read_whatever_the_file_is_called(name: str) -> None:
    assert entries({name: "{ // off\n  enabled: false,\n}"}) == [{"bot": "Renovate", "off": False}]


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        (DEPENDABOT, "- a\n", "- a"),
        (DEPENDABOT, "version: 2\n", ""),
        (DEPENDABOT, "version: 2\nupdates: {a: b}\n", "{a: b}"),
        (DEPENDABOT, "version: 2\nupdates: [{package-ecosystem: ''}]\n", "''"),
        (RENOVATE, "[1]", "[1]"),
    ],
)
def test_what_a_bot_would_not_take_is_told_where_it_stands(path: str, text: str, place: str) -> None:
    (parsed,) = load({path: text}).parsed
    assert [(one.level, text[one.start : one.end].strip()) for one in parsed.problems] == [("error", place)]


@pytest.mark.parametrize(
    ("path", "text"), [(DEPENDABOT, ""), (DEPENDABOT, "# nothing\n"), (RENOVATE, "null")]
)
def test_an_empty_file_has_nothing_to_say(path: str, text: str) -> None:
    loaded = load({path: text}, EVERYTHING)
    assert [list(view(loaded)) for view in KIND.views.values()] == [[], []]


def test_bots_are_planned_with_what_they_could_look_after() -> None:
    formats = {
        DEPENDABOT: "update-bot",
        RENOVATE: "update-bot",
        "web/.github/renovate.json": "update-bot",
        "Dockerfile": "dockerfile",
        "web/Dockerfile": "dockerfile",
        "examples/Dockerfile": "dockerfile",
        "dev/Dockerfile": "dockerfile",
        "action.yml": "github-actions",
        ".github/workflows/test.yml": "github-actions",
        "compose.yaml": "compose",
    }
    files: dict[str, str | bytes] = dict.fromkeys(formats, "")
    units = plan([Found(path, kind, 1) for path, kind in formats.items()], MemoryTree(files), Options())
    assert {
        unit.id: (unit.files, [root.files[0] for root in unit.roots])
        for unit in units
        if unit.kind == "update-bot"
    } == {
        "update-bot:.": ((DEPENDABOT, RENOVATE), [".github/workflows/test.yml", "Dockerfile"]),
        "update-bot:web": (("web/.github/renovate.json",), ["Dockerfile"]),
    }


def test_what_is_the_configuration_of_a_bot() -> None:
    def of(path: str) -> str | None:
        return recognise(path, lambda: b"{}") if may_be_recognised(path) else None

    for path in (DEPENDABOT, "x/.github/dependabot.yaml", ".github/renovate.json5", ".renovaterc", RENOVATE):
        assert of(path) == "update-bot"
    assert of("dependabot.yml") is of("my-renovate.json") is of(".renovaterc.yml") is None


def test_a_comment_suppresses_a_finding() -> None:
    text = "{\n  // vvbscan: ignore[VVB-CI-042] -- moves\n  enabled: false\n}\n"
    result = scan_files({"renovate.json5": text}, today="2026-01-01")
    assert result.findings == ()
    assert [finding.rule_id for finding in result.suppressed] == ["VVB-CI-042"]


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["*", "npm", "a>b", "major", "monthly", "* * 1 * *", ""]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["updates", "package-ecosystem", "directory", "directories", "schedule", "interval", "ignore",
                         "dependency-name", "update-types", "open-pull-requests-limit", "extends", "enabled", "major",
                         "enabledManagers", "packageRules", "matchManagers", "matchUpdateTypes", "npm"]),
        inner, max_size=5,
    ),
    max_leaves=25,
), st.sampled_from([DEPENDABOT, RENOVATE]))  # fmt: skip
def test_no_shape_breaks_reading_or_rules(content: object, path: str) -> None:
    text = json.dumps({"updates": content, "packageRules": content} if isinstance(content, list) else content)
    result = scan_files({path: text, "Dockerfile": "FROM a:1.0.0\n"})
    assert [notice for notice in result.notices if notice.code == "internal-error"] == []
