"""What the command line sets for its own process, and the library leaves alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SHOWN = "import atexit, gc, sys; atexit.register(lambda: print(gc.get_threshold()[0])); sys.argv[1:] = {words}; {call}"


def threshold(tmp_path: Path, words: list[str], call: str) -> int:
    program = SHOWN.format(words=words, call=call)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])


def test_only_the_process_of_the_command_line_collects_seldom(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM vvb/base:1.2.3\n")
    usual = threshold(tmp_path, [], "pass")
    assert threshold(tmp_path, ["scan", "."], "from vvbscan.cli import main; main()") > 10 * usual
    assert threshold(tmp_path, [], "from vvbscan.cli import main; main(['scan', '.'])") == usual
    assert threshold(tmp_path, [], "import vvbscan; vvbscan.scan(['.'])") == usual
