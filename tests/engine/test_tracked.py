"""The index of git against git itself, and what broken ones give."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vvbscan
from vvbscan.engine.tracked import index_paths

IMAGE = "FROM vvb/api\n"
NAMES = ("a", "deploy/kustomize/pod.yaml", "deploy/kustomize/service.yaml", "é/ü.yaml", "x" * 5, "x" * 300)


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), "-c", "core.quotePath=false", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(IMAGE)


@pytest.mark.parametrize("version", ["2", "3", "4"])
@pytest.mark.parametrize("objects", ["sha1", "sha256"])
def test_the_index_lists_what_git_tracks(tmp_path: Path, version: str, objects: str) -> None:
    git(tmp_path, "init", "--quiet", f"--object-format={objects}")
    names = [name if len(name) < 200 else f"{name[:200]}/{name[200:]}" for name in NAMES]
    write(tmp_path, *names)
    git(tmp_path, "add", "--all")
    git(tmp_path, "update-index", "--index-version", version)
    if version == "3":
        git(tmp_path, "update-index", "--skip-worktree", "a")
    found = index_paths((tmp_path / ".git/index").read_bytes())
    assert found == git(tmp_path, "ls-files", "-z").split("\0")[:-1]
    assert len(found) == len(names)


@given(st.binary(max_size=200), st.integers(2, 4), st.integers(0, 2**32 - 1))
def test_no_content_breaks_the_reader(content: bytes, version: int, number: int) -> None:
    assert isinstance(
        index_paths(b"DIRC" + version.to_bytes(4, "big") + number.to_bytes(4, "big") + content), list
    )
    assert index_paths(content[:3]) == []


def test_an_index_that_ends_early_gives_what_it_has(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write(tmp_path, "a", "b", "c")
    git(tmp_path, "add", "--all")
    data = (tmp_path / ".git/index").read_bytes()
    name_of_b = data.index(b"\0\1b\0") + 2  # behind its length: times and hashes may hold the bytes of a name
    assert index_paths(data[: name_of_b + 1]) == ["a"]


def test_what_git_tracks_is_scanned_though_a_pattern_names_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("kustomize\n*.tmp.dockerfile\n")
    write(tmp_path, "kustomize/base/Dockerfile", "api.tmp.dockerfile")
    git(tmp_path, "add", "--force", "--all")
    write(tmp_path, "kustomize/base/b.dockerfile", "kustomize/new/Dockerfile", "web.tmp.dockerfile")
    (tmp_path / "link.dockerfile").symlink_to("kustomize/base/Dockerfile")
    result = vvbscan.scan([tmp_path], root=tmp_path)
    assert [file.path for file in result.files] == ["api.tmp.dockerfile", "kustomize/base/Dockerfile"]


def test_without_an_index_the_patterns_decide(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("kustomize\n")
    write(tmp_path, "kustomize/Dockerfile", "Dockerfile", ".git/index")
    assert [file.path for file in vvbscan.scan([tmp_path], root=tmp_path).files] == ["Dockerfile"]
