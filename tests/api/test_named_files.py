"""Single files of a repository, as pre-commit names them: judged with what they belong to."""

from __future__ import annotations

from pathlib import Path

import pytest

import vvbscan
from vvbscan import Config, Selection

IMAGE = Config(selection=Selection(select=("VVB-IMAGE-001", "VVB-SECRET-001")))
FILES = {
    ".git/HEAD": "ref: refs/heads/main\n",
    "deploy/base/kustomization.yaml": "resources: [pod.yaml, job.yaml]\n",
    "deploy/base/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: vvb/a}]}\n",
    "deploy/base/job.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{name: b, image: vvb/b}]}\n",
    "deploy/prod/kustomization.yaml": "resources: [../base]\nimages: [{name: vvb/a, newTag: 1.2.3}]\npatches: [{path: patch.yaml}]\n",
    "deploy/prod/patch.yaml": "kind: Pod\napiVersion: v1\nmetadata: {name: b, labels: {a: b}}\n",
    "alone.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: c}\nspec: {containers: [{name: c, image: vvb/c}]}\n",
    "app/src/main/resources/application.properties": "quarkus.application.name=app\nquarkus.datasource.password=plain\n",
    "app/src/main/resources/application-prod.properties": "quarkus.datasource.password=${PW}\n",
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "chart/templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ .Release.Name }}'}\nspec: {containers: [{name: d, image: vvb/d}]}\n",
}


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


def scan(repo: Path, *names: str) -> list[str]:
    result = vvbscan.scan([repo / name for name in names], IMAGE, today="2026-01-01")
    assert result.notices == ()
    return [finding.location.path for finding in result.findings]


def test_a_base_is_judged_through_its_overlay(repo: Path) -> None:
    assert scan(repo, "deploy/base/pod.yaml") == [], "the overlay gives it a version"
    assert scan(repo, "deploy/base/job.yaml") == ["deploy/base/job.yaml"]


def test_of_a_unit_only_what_touches_a_named_file_is_reported(repo: Path) -> None:
    assert scan(repo, "alone.yaml") == ["alone.yaml"]
    assert scan(repo, "alone.yaml", "deploy/base/job.yaml") == ["alone.yaml", "deploy/base/job.yaml"]


def test_an_overlay_answers_for_what_it_lists(repo: Path) -> None:
    assert scan(repo, "deploy/prod/kustomization.yaml") == ["deploy/base/job.yaml"], (
        "it is on the way of the finding"
    )


def test_a_patch_is_recognised_by_the_kustomization_that_lists_it(repo: Path) -> None:
    assert scan(repo, "deploy/prod/patch.yaml") == []


def test_a_profile_is_judged_with_its_main_file(repo: Path) -> None:
    assert scan(repo, "app/src/main/resources/application-prod.properties") == []
    assert scan(repo, "app/src/main/resources/application.properties") == [], "production takes the variable"


def test_a_template_is_judged_with_its_chart(repo: Path) -> None:
    assert scan(repo, "chart/templates/pod.yaml") == ["chart/templates/pod.yaml"]


def test_a_file_that_a_pipeline_includes_is_judged_in_it(repo: Path) -> None:
    (repo / ".gitlab-ci.yml").write_text("include: [ci/build.yml]\nbuild: {image: vvb/a}\n")
    (repo / "ci").mkdir()
    (repo / "ci/build.yml").write_text(
        "build: {script: [make], image: vvb/a:1.2.3}\nlint: {script: [x], image: vvb/b}\n"
    )
    assert scan(repo, "ci/build.yml") == ["ci/build.yml"], "the pipeline gives the other job its own image"
    assert scan(repo, ".gitlab-ci.yml") == [".gitlab-ci.yml"]


def test_a_directory_is_scanned_as_ever(repo: Path) -> None:
    assert scan(repo, "deploy") == ["deploy/base/job.yaml"]
    assert scan(repo, "deploy", "alone.yaml") == ["alone.yaml", "deploy/base/job.yaml"]


def test_without_a_repository_a_file_stands_alone(repo: Path) -> None:
    (repo / ".git" / "HEAD").unlink()
    (repo / ".git").rmdir()
    assert scan(repo, "deploy/base/pod.yaml") == ["pod.yaml"]


@pytest.mark.parametrize("name", ["main.tf", "variables.tf", "prod.tfvars"])
def test_terraform_without_a_repository_is_judged_with_what_lies_beside(tmp_path: Path, name: str) -> None:
    (tmp_path / "variables.tf").write_text('variable "zones" {\n  default = false\n}\n')
    (tmp_path / "prod.tfvars").write_text("zones = true\n")
    (tmp_path / "main.tf").write_text(
        'resource "aws_db_instance" "main" {\n  engine   = "postgres"\n  multi_az = var.zones\n}\n'
    )
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "main.tf").write_text('resource "aws_db_instance" "other" {\n}\n')
    result = vvbscan.scan([tmp_path / name], root=tmp_path)
    assert "VVB-DB-003" not in {finding.rule_id for finding in result.findings}
    assert {one.path for one in result.files} == {"main.tf", "variables.tf", "prod.tfvars"}
    assert {finding.location.path for finding in result.findings} <= {name}


def test_what_is_excluded_is_not_read_beside(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "zones" {\n  default = false\n}\n'
        'resource "aws_db_instance" "main" {\n  engine   = "postgres"\n  multi_az = var.zones\n}\n'
    )
    (tmp_path / "prod.tfvars").write_text("zones = true\n")
    config = Config(exclude=("prod.tfvars",))
    result = vvbscan.scan([tmp_path / "main.tf"], config, root=tmp_path)
    assert "VVB-DB-003" in {finding.rule_id for finding in result.findings}


def test_a_manifest_of_python_is_judged_with_the_lock_of_its_workspace(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        "pyproject.toml": '[project]\nname = "a"\n[tool.uv.workspace]\nmembers = ["log"]\n',
        "log/pyproject.toml": '[project]\nname = "log"\ndependencies = ["structlog>=99"]\n',
        "uv.lock": 'version = 1\n[[package]]\nname = "structlog"\nversion = "25.1"\n',
        "requirements.txt": "-c constraints.txt\nflask\ngunicorn\n",
        "constraints.txt": "flask==3.1\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    config = Config(selection=Selection(select=("VVB-DEP-002", "VVB-DEP-003", "VVB-DEP-020")))

    def found(name: str) -> list[tuple[str, int]]:
        findings = vvbscan.scan([tmp_path / name], config).findings
        return [(one.location.path, one.location.line) for one in findings]

    assert found("log/pyproject.toml") == [("log/pyproject.toml", 3)]
    assert found("uv.lock") == [("log/pyproject.toml", 3)], "it is on the way of the finding"
    assert found("pyproject.toml") == []
    assert found("requirements.txt") == [("requirements.txt", 3)]
    assert found("constraints.txt") == []


@pytest.mark.parametrize(
    ("name", "manifest", "lock", "held"),
    [
        (
            "pyproject.toml",
            '[project]\nname = "a"\ndependencies = ["flask"]\n',
            "uv.lock",
            'version = 1\n[[package]]\nname = "flask"\nversion = "3.1.0"\n',
        ),
        (
            "Pipfile",
            '[packages]\nflask = "*"\n',
            "Pipfile.lock",
            '{"_meta": {}, "default": {"flask": {"version": "==3.1.0"}}}',
        ),
        (
            "package.json",
            '{"private": true, "dependencies": {"qs": "6"}}',
            "package-lock.json",
            '{"lockfileVersion": 3, "packages": {"node_modules/qs": {"version": "6.13.1"}}}',
        ),
    ],
)
def test_a_lock_beside_a_named_manifest_is_seen_outside_of_a_repository_too(
    name: str, manifest: str, lock: str, held: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(manifest)
    (tmp_path / lock).write_text(held)
    config = Config(selection=Selection(select=("VVB-DEP-002", "VVB-DEP-003")))
    result = vvbscan.scan([tmp_path / name], config, root=tmp_path)
    assert (result.findings, result.notices) == ((), ())


def test_a_catalog_of_gradle_is_judged_where_it_is_used(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        "settings.gradle.kts": 'include("api")\n',
        "gradle/libs.versions.toml": '[libraries]\ncsv = "com.example:csv:1.+"\nnever = "com.example:never:+"\n',
        "api/build.gradle.kts": "dependencies { api(libs.csv) }\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    result = vvbscan.scan([tmp_path / "gradle/libs.versions.toml"], today="2026-01-01")
    assert [(one.rule_id, one.location.line) for one in result.findings] == [("VVB-DEP-020", 2)]


def test_a_parent_of_maven_is_judged_in_its_modules(tmp_path: Path) -> None:
    parent = "<groupId>com.example.vvb</groupId><artifactId>parent</artifactId><version>1</version>"
    java = "<properties><maven.compiler.release>17</maven.compiler.release></properties>"
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        "pom.xml": f"<project>{parent}<packaging>pom</packaging>{java}</project>\n",
        "api/pom.xml": f"<project><parent>{parent}</parent><artifactId>api</artifactId></project>\n",
        "api/src/main/java/A.java": "class A {}\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    config = Config(selection=Selection(select=("VVB-BUILD-001",)))
    result = vvbscan.scan([tmp_path / "pom.xml"], config, today="2026-01-01")
    assert [finding.location.path for finding in result.findings] == ["pom.xml"]


def test_checksums_of_gradle_are_judged_where_they_are_compared(tmp_path: Path) -> None:
    component = '<component group="com.example" name="csv" version="2.9"/>'
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        "settings.gradle.kts": 'include("api")\n',
        "gradle/verification-metadata.xml": (
            f"<verification-metadata><components>{component}</components></verification-metadata>\n"
        ),
        "api/build.gradle.kts": 'dependencies { api("com.example:csv:2.10") }\n',
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    result = vvbscan.scan([tmp_path / "gradle/verification-metadata.xml"], today="2026-01-01")
    assert [(one.rule_id, one.location.path) for one in result.findings] == [
        ("VVB-DEP-003", "api/build.gradle.kts")
    ]
    assert {one.path for one in result.files} >= {"gradle/verification-metadata.xml"}


def test_a_bot_is_judged_with_all_that_it_looks_after(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        ".github/dependabot.yml": "version: 2\nupdates:\n  - {package-ecosystem: maven, directory: /, schedule: {interval: weekly}}\n",
        "package.json": '{"private": true, "dependencies": {"a": "^1"}}',
        "app/Dockerfile": "FROM vvb/base:1.2.3\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    config = Config(selection=Selection(select=("VVB-CI-040",)))
    (named,) = vvbscan.scan([tmp_path / ".github/dependabot.yml"], config).findings
    (whole,) = vvbscan.scan([tmp_path], config).findings
    assert named.message == whole.message
    assert "npm (package.json)" in named.message
    assert "Docker (app/Dockerfile)" in named.message
