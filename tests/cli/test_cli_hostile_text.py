"""What the command line prints of a tree cannot command the terminal or the log that it is printed to."""

from __future__ import annotations

from pathlib import Path

import pytest

from vvbscan.cli import main

HOSTILE = "\x1b[31m\u202e\n::error::red"


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    main([*words])
    captured = capsys.readouterr()
    return captured.out + captured.err


def is_harmless(text: str) -> bool:
    hidden = [char for char in text if not char.isprintable() and char != "\n"]
    return not hidden and not any(line.startswith("::") for line in text.splitlines())


def test_the_list_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = HOSTILE.replace("/", "")
    (tmp_path / name).mkdir()
    (tmp_path / name / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / name / "pod.yaml").symlink_to("nothing")
    text = printed(capsys, "scan", "--list-files", "--root", str(tmp_path), str(tmp_path))
    assert "\\x1b[31m\\u202e\\n::error::red/Dockerfile" in text
    assert is_harmless(text)


def test_an_error_in_the_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".vvbscan.yaml").write_text('"\\e[31m\\u202e\\n::error::red": 1\n')
    text = printed(capsys, "scan", "--root", str(tmp_path), str(tmp_path))
    assert "`\\x1b[31m\\u202e\\n::error::red` is not a setting" in text
    assert "\n  hint: the settings are include" in text
    assert is_harmless(text)


def test_a_path_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "scan", HOSTILE)
    assert "no file or directory" in text
    assert is_harmless(text)
