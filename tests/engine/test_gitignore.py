"""Patterns of .gitignore against git itself, and what hostile ones can do."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from vvbscan.engine.discover import discover
from vvbscan.engine.gitignore import BadPattern, Patterns
from vvbscan.engine.tree import DirectoryTree

DIRECTORIES = ("", "a", "b", "c", "a/b", "a/c", "b/a", "b/b/a", "c/a/b", "a/b/c")
NAMES = (
    "x.dockerfile",
    "y.dockerfile",
    "Dockerfile",
    "!a.dockerfile",
    "\N{LATIN SMALL LETTER E WITH ACUTE}.dockerfile",
)
# fmt: off
LINES = (
    "a", "b/", "/a", "/b", "b/a", "a/b/", "c", "c/", "*", "*/", "**", "?", "[ab]", "[!a]", "[^a]", "[a-c]", "[]a]",
    "[[:alpha:]]", "*a*", "a**", "**b", "*.dockerfile", "x.dockerfile ", "*.[d-e]ockerfile", "?.dockerfile", "b/x*r*",
    "**/a", "/**/b", "**/x.*", "/*/a", "*/*/", "a/*", "a/**", "/**", "b/**/", "a/**/x.dockerfile", "a/**/b/**",
    "a/*/x.*", "!x.dockerfile", "!*.dockerfile", "!a/b", "!b/", "!/a/", "!c", "!*/", "!**/x.*", "\\!a", "\\!a.*", "\\#x",
    "a\\ ", "a\\*", "# c", "", "/", "!", "\\", "[", "a[", "[a-", "[z-a]", "[[:word:]]", "[b-a]", "[^/]", "a[/]b", "a\\/b",
    "\\/a", "[a/b]*", "??.dockerfile", "[\N{LATIN SMALL LETTER E WITH ACUTE}]*.dockerfile", "*\N{LATIN SMALL LETTER E WITH ACUTE}.*",
    "\N{BYTE ORDER MARK}a",
)
# fmt: on


def shown_by_git(root: Path) -> set[str]:
    listing = ["git", "-C", str(root), "ls-files", "--others", "--exclude-standard", "-z"]
    output = subprocess.run(listing, check=True, capture_output=True, text=True).stdout
    return {path for path in output.split("\0") if path and not path.endswith(".gitignore")}


def found(root: Path) -> set[str]:
    return {one.path for one in discover(DirectoryTree(str(root), 1_000_000), ["."]).found}


@pytest.mark.parametrize("seed", range(60))
def test_random_trees_are_seen_as_git_sees_them(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311  # not for secrets
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    for directory in DIRECTORIES:
        (tmp_path / directory).mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (tmp_path / directory / name).write_text("FROM scratch\n")
    for directory in ("", *chance.sample(DIRECTORIES[1:], chance.randint(0, 3))):
        lines = chance.choices(LINES, k=chance.randint(1, 6))
        content = chance.choice(("\n", "\r\n")).join([*lines, chance.choice(("", "/a\r"))])
        (tmp_path / directory / ".gitignore").write_bytes(content.encode())
    assert found(tmp_path) == shown_by_git(tmp_path)


@pytest.mark.parametrize("line", ["!", "\\", "a[", "[z-", "[[:word:]]", "a/[", "x" * 5000])
def test_a_pattern_that_can_match_nothing(line: str) -> None:
    patterns = Patterns.from_lines([line, "*.log"])
    assert patterns.verdict("a.log", directory=False)
    assert patterns.verdict("a", directory=False) is None
    with pytest.raises(BadPattern):
        Patterns.from_lines([line], strict=True)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("*a" * 100 + "*b", "a" * 255),
        ("*?" * 60 + "b", "a" * 255),
        ("[a-z]*" * 60 + "!", "a" * 255),
        ("**/a/" * 50 + "b", "a/" * 400 + "x"),
        ("/" + "*a/" * 50 + "b", "aaaa/" * 60 + "c"),
        ("**/*a*a*a*b/**/*c*c/**/d", ("a" * 250 + "/") * 15 + "d"),
    ],
)
def test_patterns_that_keep_other_engines_busy_for_hours(line: str, path: str) -> None:
    assert Patterns.from_lines([line]).verdict(path, directory=False) is None


def test_what_lies_in_a_covered_directory_stays_covered() -> None:
    patterns = Patterns.from_lines(["vendor/", "!vendor/ours/"])
    assert patterns.cover("vendor/ours/Dockerfile")
    assert not patterns.cover("ours/Dockerfile")


def test_the_nearest_choice_counts() -> None:
    patterns = Patterns.from_lines(["deploy/", "!deploy/dev/", "*.dockerfile"])
    assert patterns.choose("deploy/web.yaml")
    assert not patterns.choose("deploy/dev/web.yaml")
    assert patterns.choose("deploy/dev/web.dockerfile")
    assert not patterns.choose("web.yaml")


def test_more_lines_than_are_read_are_told(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("#\n" * 10_001)
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    notices = discover(DirectoryTree(str(tmp_path), 1_000_000), ["."]).notices
    assert [(notice.code, notice.path) for notice in notices] == [("gitignore-not-read", ".gitignore")]
