"""What the command line does with its own process, and the library leaves alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHOWN = "import atexit, gc, sys; atexit.register(lambda: print(gc.get_threshold()[0])); sys.argv[1:] = {words}; {call}"


def run(tmp_path: Path, *arguments: str, **streams: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
    )


def threshold(tmp_path: Path, words: list[str], call: str) -> int:
    done = run(tmp_path, "-c", SHOWN.format(words=words, call=call))
    return int(done.stdout.split()[-1])


def test_only_the_process_of_the_command_line_collects_seldom(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM vvb/base:1.2.3\n")
    usual = threshold(tmp_path, [], "pass")
    assert (
        threshold(tmp_path, ["scan", "."], "from vvbscan.cli import command_line; command_line()")
        > 10 * usual
    )
    assert threshold(tmp_path, ["scan", "."], "from vvbscan.cli import main; main()") == usual
    assert threshold(tmp_path, [], "import vvbscan; vvbscan.scan(['.'])") == usual


def test_the_process_ends_with_the_exit_code_and_all_of_its_report(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.Dockerfile").write_text("FROM vvb/base\n")
    done = run(tmp_path, "-m", "vvbscan", "scan", ".", "--format", "json")
    assert done.returncode == 1
    assert len(json.loads(done.stdout)["files"]) == 300


def test_what_was_asked_for_at_the_exit_is_done(tmp_path: Path) -> None:
    program = "import atexit; atexit.register(print, 'at the exit'); from vvbscan.cli import command_line; command_line()"
    assert run(tmp_path, "-c", program, "--version").stdout.splitlines()[-1] == "at the exit"


@pytest.mark.parametrize("redirected", [">&-", "2>&-", ">/dev/null 2>&-"])
def test_a_closed_stream_changes_no_exit_code(tmp_path: Path, redirected: str) -> None:
    command = f'"{sys.executable}" -m vvbscan explain nothing {redirected}'
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, check=False).returncode == 2


def test_a_profiler_sees_the_end(tmp_path: Path) -> None:
    done = run(tmp_path, "-m", "cProfile", "-m", "vvbscan", "--version")
    assert "function calls" in done.stdout


def test_a_prompt_comes_after_the_end(tmp_path: Path) -> None:
    done = run(tmp_path, "-i", "-m", "vvbscan", "--version", input="print(6 * 7)\n")
    assert "42" in done.stdout
