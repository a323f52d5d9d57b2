"""What README.md shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.pages import ROOT, blocks, text_of

README = text_of("README.md")
WIDTH = 80
"""Columns of the finding that is shown."""


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": str(WIDTH)}
    environment.pop("FORCE_COLOR", None)
    return subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def scan_of_the_fixture() -> subprocess.CompletedProcess[str]:
    return run("-m", "vvbscan", "scan", "fixtures/vvb-not-ready")


def test_the_first_command_ends_as_it_says(scan_of_the_fixture: subprocess.CompletedProcess[str]) -> None:
    assert scan_of_the_fixture.returncode == 1, scan_of_the_fixture.stderr


def test_the_finding_shown_is_printed_so_as_a_whole(
    scan_of_the_fixture: subprocess.CompletedProcess[str],
) -> None:
    (shown,) = blocks(README, "text")
    printed = [block.strip("\n") for block in scan_of_the_fixture.stdout.split("\n\n")]
    first = shown.text.partition(" ")[0]
    alike = [block for block in printed if block.startswith(first)]
    assert shown.text.rstrip("\n") in printed, "printed is now:\n" + "\n\n".join(alike)


def test_the_example_of_the_library_runs(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM registry.example.com/app:latest\n", "utf-8")
    (example,) = blocks(README, "python")
    ended = run("-c", example.text, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "Dockerfile 1 VVB-IMAGE-001 " in ended.stdout


def test_the_two_commands_are_there_for_people_and_for_ci() -> None:
    lines = [line for block in blocks(README, "sh") for line in block.text.splitlines()]
    commands = [line for line in lines if line.startswith("python3 -m venv ")]
    assert [command.rsplit(" ", 1)[1] for command in commands] == ["fixtures/vvb-not-ready", "pytest"]
    # .ci/run takes the command of the tests out of the page with this expression.
    (pattern,) = re.findall(r"grep -E '(.*)' README\.md", text_of(".ci/run"))
    assert re.findall(pattern, README, re.MULTILINE) == [commands[1]]


def test_versions_of_actions_are_those_of_the_workflows() -> None:
    workflow = text_of(".github/workflows/ci.yml")
    pins = re.findall(r"actions/[a-z-]+@[0-9a-f]{40} # v[0-9.]+", README)
    assert pins
    assert all(pin in workflow for pin in pins)


def test_hooks_and_inputs_are_those_that_there_are() -> None:
    hooks, action = (block.text for block in blocks(README, "yaml"))
    offered = re.findall(r"^- id: (\S+)", text_of(".pre-commit-hooks.yaml"), re.MULTILINE)
    assert re.findall(r"- id: (\S+)", hooks) == offered
    inputs = re.findall(r"^  ([a-z-]+):$", text_of("action.yml").partition("outputs:")[0], re.MULTILINE)
    used = re.findall(r"^ {10}([a-z-]+):", action.partition("OWNER/")[2], re.MULTILINE)
    assert used
    assert set(used) <= set(inputs)


def test_it_stays_short() -> None:
    assert len(README.splitlines()) <= 110
