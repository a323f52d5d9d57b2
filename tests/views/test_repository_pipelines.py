"""The pipelines of a repository together: whether anything scans the dependencies that they build with."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vvbscan
from vvbscan import Config, Selection
from vvbscan.api import scan_files

CONFIG = Config(selection=Selection(select=("VVB-CI-015",)))
WORKFLOW = ".github/workflows/test.yml"
GO = {"go.mod": "module example.com/vvb/proxy\ngo 1.25\n"}


def workflow(*steps: str, on: str = "pull_request") -> str:
    lines = "".join(f"      - {step}\n" for step in steps)
    return f"on: {on}\npermissions: {{}}\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n{lines}"


def outcome(files: dict[str, str]) -> list[str]:
    """Where findings are, and reasons of what is not known."""
    result = scan_files(files, CONFIG, today="2026-01-01")
    places = [f"{one.location.path}:{one.location.line}" for one in result.findings]
    return places + [one.reason for one in result.undecided]


def test_each_repository_of_a_tree_is_judged_by_its_own_pipelines() -> None:
    files = {
        f"api/{WORKFLOW}": workflow("run: go test ./..."),
        "api/go.mod": GO["go.mod"],
        f"web/{WORKFLOW}": workflow("run: npm test", "run: npm audit"),
        "web/package.json": '{"name": "web"}',
        "docs/package.json": '{"name": "docs"}',
    }
    assert outcome(files) == [f"api/{WORKFLOW}:7"]


def test_both_systems_of_a_repository_count() -> None:
    files = {
        WORKFLOW: workflow("run: go test ./..."),
        **GO,
        ".gitlab-ci.yml": "scan: {script: [govulncheck ./...]}\n",
    }
    assert outcome(files) == []


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("run: govulncheck ./...", "npm"),
        ("run: npm audit", "Go"),
        ("uses: golang/govulncheck-action@v1", "npm"),
        ("run: trivy fs --exit-code 1 .", ""),
        ("uses: actions/dependency-review-action@v4", ""),
    ],
)
def test_a_scan_covers_the_package_managers_that_it_knows(step: str, left: str) -> None:
    files = {WORKFLOW: workflow("run: go test ./...", step), **GO, "web/package.json": '{"name": "web"}'}
    result = scan_files(files, CONFIG, today="2026-01-01")
    assert result.undecided == ()
    assert [one.message.rpartition("(")[2] for one in result.findings] == ([f"{left})."] if left else [])


def test_what_a_called_action_of_the_tree_does_counts() -> None:
    action = "runs:\n  using: composite\n  steps:\n    - {shell: bash, run: trivy fs --exit-code 1 .}\n"
    files = {WORKFLOW: workflow("uses: ./.github/actions/scan", "run: go test ./..."), **GO}
    assert outcome({**files, ".github/actions/scan/action.yml": action}) == []
    assert outcome({**files, ".github/actions/scan/action.yml": action.replace("trivy fs", "echo")}) == [
        f"{WORKFLOW}:8"
    ]


@pytest.mark.parametrize("on", ["schedule: [{cron: '0 3 * * *'}]", "workflow_dispatch", "workflow_call"])
def test_only_what_is_run_for_changes_is_judged(on: str) -> None:
    files = {WORKFLOW: workflow("run: go test ./...").replace("on: pull_request", f"on:\n  {on}"), **GO}
    assert outcome(files) == []


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("run: scripts/ci.sh", "what ci.sh does is not looked into, and it may scan dependencies"),
        ("run: TARGET=all ./tools/gate", "what gate does is not looked into, and it may scan dependencies"),
        (
            "run: docker run --rm owasp/dependency-check:12.1.6 --project vvb",
            "what docker run does is not looked into, and it may scan dependencies",
        ),
        (
            "run: ./mvnw -B ossindex:audit",
            "what mvnw ossindex:audit does is not looked into, and it may scan dependencies",
        ),
        ("run: npm run audit", "what npm run does is not looked into, and it may scan dependencies"),
        (
            "uses: example/owasp-check@v1",
            "what example/owasp-check does is not looked into, and it may scan dependencies",
        ),
        (
            "run: aws ecr describe-image-scan-findings --repository-name vvb",
            "whether aws ecr describe-image-scan-findings looks into the packages of the application is set elsewhere",
        ),
    ],
)
def test_what_may_scan_leaves_it_open(step: str, reason: str) -> None:
    assert outcome({WORKFLOW: workflow("run: go test ./...", step), **GO}) == [reason]


@pytest.mark.parametrize(
    "step", ["run: npm run lint", "uses: example/setup-tool@v1", "run: ./gradlew build --scan"]
)
def test_what_has_another_name_does_not(step: str) -> None:
    assert outcome({WORKFLOW: workflow("run: go test ./...", step), **GO}) == [f"{WORKFLOW}:7"]


def test_a_pipeline_that_cannot_be_read_leaves_it_open() -> None:
    files = {
        WORKFLOW: workflow("run: go test ./..."),
        ".github/workflows/scan.yml": "on: [push\njobs: {",
        **GO,
    }
    assert outcome(files) == ["part of .github/workflows/scan.yml cannot be read"]


def test_a_task_of_gradle_that_is_run_is_a_scan() -> None:
    build = {"build.gradle": "plugins { id 'org.owasp.dependencycheck' version '12.1.6' }\n"}
    assert outcome({WORKFLOW: workflow("run: ./gradlew test dependencyCheckAnalyze"), **build}) == []


def test_a_plugin_that_is_only_managed_leaves_it_open() -> None:
    plugin = "<plugin><groupId>org.owasp</groupId><artifactId>dependency-check-maven</artifactId></plugin>"
    pom = (
        f"<project><build><pluginManagement><plugins>{plugin}</plugins></pluginManagement></build></project>"
    )
    files = {WORKFLOW: workflow("run: mvn -B verify"), "pom.xml": pom}
    assert outcome(files) == ["when dependency-check-maven of pom.xml is run is not worked out"]


def test_a_plugin_of_maven_that_is_bound_scans_what_maven_builds_only() -> None:
    plugin = (
        "<plugin><groupId>org.owasp</groupId><artifactId>dependency-check-maven</artifactId>"
        "<executions><execution><goals><goal>check</goal></goals></execution></executions></plugin>"
    )
    pom = f"<project><build><plugins>{plugin}</plugins></build></project>"
    files = {WORKFLOW: workflow("run: mvn -B verify"), "pom.xml": pom}
    assert outcome(files) == []
    assert outcome({**files, "Jenkinsfile": "pipeline {}\n"}) == []
    result = scan_files({**files, "web/package.json": '{"name": "web"}'}, CONFIG, today="2026-01-01")
    assert [one.message.rpartition("(")[2] for one in result.findings] == ["npm)."]


def test_bots_leave_open_what_they_look_after() -> None:
    bot = "version: 2\nupdates:\n  - {package-ecosystem: gomod, directory: /, schedule: {interval: weekly}}\n"
    files = {WORKFLOW: workflow("run: go test ./..."), **GO, ".github/dependabot.yml": bot}
    reason = "a bot updates them, and whether alerts are raised for them is a setting of the repository"
    assert outcome(files) == [reason]
    result = scan_files({**files, "package.json": '{"name": "web"}'}, CONFIG, today="2026-01-01")
    assert [one.message.rpartition("(")[2] for one in result.findings] == ["npm)."]


def test_a_comment_suppresses_the_finding_and_is_read_once() -> None:
    text = workflow("run: go test ./... # vvbscan: ignore[VVB-CI-015] -- the platform scans it")
    result = scan_files({WORKFLOW: text, **GO}, CONFIG, today="2026-01-01")
    assert (result.findings, result.notices) == ((), ())
    assert [one.location.line for one in result.suppressed] == [7]


def test_named_files_are_judged_with_all_pipelines(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        WORKFLOW: workflow("run: go test ./..."),
        ".github/workflows/scan.yml": workflow("run: govulncheck ./...", on="push"),
        **GO,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    named = [tmp_path / WORKFLOW, tmp_path / "go.mod"]
    assert vvbscan.scan(named, CONFIG).findings == ()
    (tmp_path / ".github/workflows/scan.yml").unlink()
    assert [one.location.path for one in vvbscan.scan(named, CONFIG).findings] == [WORKFLOW]
    assert vvbscan.scan([tmp_path / WORKFLOW], CONFIG).findings == ()


@given(
    st.lists(
        st.sampled_from(["run: go test ./...", "run: trivy fs .", "run: make", "uses: a/b@v1"]), max_size=4
    ),
    st.lists(st.sampled_from(["run: npm test", "run: govulncheck ./...", "run: echo"]), max_size=3),
    st.booleans(),
)
def test_a_scan_anywhere_means_no_finding_and_nothing_unknown(
    first: list[str], second: list[str], bot: bool
) -> None:
    files = {WORKFLOW: workflow(*first), ".github/workflows/z.yml": workflow(*second), **GO}
    if bot:
        files["renovate.json"] = '{"extends": ["config:recommended"]}'
    found = outcome(files)
    steps = first + second
    if any("trivy" in step or "govulncheck" in step for step in steps) or not any(
        "test" in step for step in steps
    ):
        assert found == []
    else:
        assert len(found) == 1
        assert found[0].startswith(".github/") is not (bot or "run: make" in steps)
