"""The scanned tree: what it gives, and what it refuses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vvbscan.engine.tree import DirectoryTree, source_of
from vvbscan.model.unit import Unreadable


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "a.yaml").write_bytes(b"a: 1\n")
    (root / "big.yaml").write_bytes(b"0123456789")
    (root / "binary.yaml").write_bytes(b"a: \0\n")
    (root / "away").symlink_to(tmp_path)
    (root / "round").symlink_to("round")
    os.mkfifo(root / "pipe")
    (tmp_path / "secret").write_text("s")
    return DirectoryTree(str(root), 8)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("none.yaml", "there is no such file"),
        ("folder", "it is not a regular file"),
        (".", "it is not a regular file"),
        ("", "it is not a regular file"),
        ("pipe", "it is not a regular file"),
        ("a.yaml/b", "it cannot be opened: Not a directory"),
        ("binary.yaml", "it is a binary file"),
        ("big.yaml", "it has 10 bytes, over the limit of 8"),
        ("away/secret", "it leads out of the scanned root"),
        ("../secret", "it leads out of the scanned root"),
        ("/etc/passwd", "it leads out of the scanned root"),
        ("round", "it cannot be opened: Too many levels of symbolic links"),
        ("a\0b", "its name has a NUL character"),
    ],
)
def test_what_cannot_be_read_says_why(path: str, why: str, tree: DirectoryTree) -> None:
    with pytest.raises(Unreadable) as raised:
        tree.read(path)
    assert str(raised.value) == why
    assert not tree.is_file(path) or path in ("big.yaml", "binary.yaml")


def test_what_git_crypt_encrypted_says_so() -> None:
    with pytest.raises(Unreadable, match="it is encrypted with git-crypt"):
        source_of("prod.tfvars", b"\0GITCRYPT\0\x3f\xd0")


@pytest.mark.parametrize(
    ("declaration", "codes"),
    [
        ('<?xml version="1.0" encoding="ISO-8859-1"?>', []),
        ("<?xml version='1.0' encoding='iso-8859-1' standalone='yes'?>", []),
        ('<?xml version="1.0" encoding="UTF-8"?>', ["encoding"]),
        ('<?xml version="1.0"?> <!-- ISO-8859-1 -->', ["encoding"]),
        ("", ["encoding"]),
    ],
)
def test_an_xml_file_may_declare_latin_1(declaration: str, codes: list[str]) -> None:
    source, problems = source_of("pom.xml", f"{declaration}<name>Caf\u00e9</name>".encode("latin-1"))
    assert [one.code for one in problems] == codes
    assert ("Caf\u00e9" in source.text.text) is (codes == [])


def test_the_beginning_of_a_large_file_is_enough_to_recognise_it(tree: DirectoryTree) -> None:
    assert tree.beginning("big.yaml") == b"01234567"
    assert tree.read("a.yaml")[0].text.text == "a: 1\n"


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="only Linux lists open files there")
def test_no_file_is_left_open(tree: DirectoryTree) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for path in ("folder", "pipe", "big.yaml", "none.yaml"):
        with pytest.raises(Unreadable):
            tree.read(path)
    assert len(os.listdir("/proc/self/fd")) == before
