"""The pre-commit hooks, by their manifest and, on request, in pre-commit itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS: dict[str, dict[str, Any]] = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text("utf-8"))}
PRE_COMMIT = Path(sys.executable).with_name("pre-commit")


def test_pre_commit_accepts_the_manifest() -> None:
    assert subprocess.run([PRE_COMMIT, "validate-manifest", MANIFEST], check=False).returncode == 0


@pytest.mark.parametrize(
    "path",
    [
        "Dockerfile", "a/Dockerfile.prod", "app.dockerfile", "Containerfile", "deploy/web.yaml", "compose.yml",
        "x/object.json", "kustomization.yaml", "Kustomization", "src/main/resources/application-prod.properties",
        "src/main/resources/META-INF/microprofile-config.properties", "main.tf", "a/main.tofu", "env/prod.tfvars",
        "main.tf.json", "pom.xml", "api/pom.xml", "requirements.txt", "api/requirements-dev.txt", "requirements/prod.txt",
        "constraints.txt", "jobs/requirements.in", "pyproject.toml", "api/uv.lock", "poetry.lock", "pylock.web.toml",
        "Pipfile", "Pipfile.lock",
        "build.gradle", "a/settings.gradle.kts", "gradle/libs.versions.toml", "gradle.properties", "a/gradle.lockfile",
        "gradle/verification-metadata.xml", "a/gradle/verification-metadata.xml",
        "gradle/wrapper/gradle-wrapper.properties", "renovate.json5", ".renovaterc", ".github/.renovaterc.json",
    ],
)  # fmt: skip
def test_files_that_are_recognised_by_name_or_content_are_handed_over(path: str) -> None:
    assert re.search(HOOKS["vvbscan"]["files"], path)


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "web.xml",
        "verification-metadata.xml",
        "src/Main.java",
        "local.properties",
        "a.yaml.orig",
        "notes.txt",
        "go.lock",
        "a.toml",
    ],
)
def test_other_files_do_not_start_the_hook(path: str) -> None:
    assert not re.search(HOOKS["vvbscan"]["files"], path)


def test_the_hook_for_the_whole_repository_takes_no_files() -> None:
    assert HOOKS["vvbscan-repo"]["pass_filenames"] is False


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps its environments; shared, as making one takes long."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty git repository."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return tmp_path


def try_hook(home: Path, repository: Path, hook: str) -> subprocess.CompletedProcess[str]:
    """Run a hook on all files of a repository, installed from this one."""
    subprocess.run(["git", "add", "--all"], cwd=repository, check=True)
    return subprocess.run(
        [PRE_COMMIT, "try-repo", ROOT, hook, "--all-files", "--verbose"],
        cwd=repository,
        env={**os.environ, "PRE_COMMIT_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.consumers
@pytest.mark.parametrize("hook", HOOKS)
def test_a_finding_fails_the_commit(home: Path, repository: Path, hook: str) -> None:
    (repository / "web").mkdir()
    (repository / "web" / "Dockerfile").write_text("FROM registry.example.com/app:latest\n", "utf-8")
    ended = try_hook(home, repository, hook)
    assert ended.returncode == 1, ended.stdout
    assert "web/Dockerfile:1:31" in ended.stdout


@pytest.mark.consumers
@pytest.mark.parametrize("hook", HOOKS)
def test_a_clean_repository_passes(home: Path, repository: Path, hook: str) -> None:
    (repository / "values.yaml").write_text("a: 1\n", "utf-8")
    ended = try_hook(home, repository, hook)
    assert ended.returncode == 0, ended.stdout
    assert "Passed" in ended.stdout
