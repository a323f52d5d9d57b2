"""docs/library.md: every example runs and prints what stands below it, and the tables have all names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import vvbscan
from docs.pages import ROOT, blocks, rows, text_of
from vvbscan.api import TEXT_FORMATS
from vvbscan.model.outcome import FileRecord

PAGE = text_of("docs/library.md")
BLOCKS = blocks(PAGE)
EXAMPLES = [
    (block.text, BLOCKS[index + 1].text)
    for index, block in enumerate(BLOCKS)
    if block.language == "python" and BLOCKS[index + 1].language == "text"
]


@pytest.mark.parametrize(("example", "printed"), EXAMPLES)
def test_an_example_prints_what_is_shown(example: str, printed: str, tmp_path: Path) -> None:
    (dockerfile,) = blocks(PAGE, "dockerfile")
    (tmp_path / "Dockerfile").write_text(dockerfile.text, "utf-8")
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    assert ended.stdout == printed


def test_every_example_shows_what_it_prints() -> None:
    assert len(EXAMPLES) == len(blocks(PAGE, "python"))


def test_each_function_has_an_example() -> None:
    code = "".join(example for example, _ in EXAMPLES)
    for name in ("scan", "scan_text", "scan_files", "load_config", "find_config"):
        assert f"vvbscan.{name}(" in code


def test_the_public_names_are_those_of_the_package() -> None:
    listed = re.findall(r"`(\w+)`", PAGE.partition("## Public names")[2])
    assert sorted(listed) == sorted(vvbscan.__all__)
    assert all(hasattr(vvbscan, name) for name in listed)


def test_the_fields_of_a_result_are_those_that_there_are() -> None:
    described = {row[0]: set(re.findall(r"`(\w+)`", row[1])) for row in rows(PAGE)}
    fields = {name for names in described for name in re.findall(r"`(\w+)`", names)}
    assert set(vvbscan.ScanResult._fields) <= fields
    assert described["`findings`"] <= set(vvbscan.Finding._fields)
    assert described["`undecided`"] <= set(vvbscan.Undecided._fields)
    assert described["`notices`"] <= set(vvbscan.Notice._fields)
    assert described["`files`"] <= set(FileRecord._fields)


def test_the_formats_of_texts_are_all_there() -> None:
    for name in TEXT_FORMATS:
        assert f"`{name}`" in PAGE
