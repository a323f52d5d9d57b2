"""What README.md shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80"}
    environment.pop("FORCE_COLOR", None)
    return subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_the_finding_shown_is_one_of_the_fixture() -> None:
    (shown,) = blocks("text")
    ended = run("-m", "vvbscan", "scan", "fixtures/vvb-not-ready")
    assert ended.returncode == 1
    assert shown in ended.stdout


def test_the_example_of_the_library_runs(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM registry.example.com/app:latest\n", "utf-8")
    (example,) = blocks("python")
    ended = run("-c", example, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "Dockerfile 1 VVB-IMAGE-001 " in ended.stdout


def test_links_lead_to_files() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_two_commands_are_there_for_people_and_for_ci() -> None:
    commands = [
        line for block in blocks("sh") for line in block.splitlines() if line.startswith("python3 -m venv")
    ]
    assert [command.rsplit(" ", 1)[1] for command in commands] == ["fixtures/vvb-not-ready", "pytest"]


def test_versions_of_actions_are_those_of_the_workflows() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    pins = re.findall(r"actions/[a-z-]+@[0-9a-f]{40} # v[0-9.]+", README)
    assert pins
    assert all(pin in workflow for pin in pins)
