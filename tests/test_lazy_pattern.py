from __future__ import annotations

import copy
import os
import re
import subprocess
import sys

import pytest

from vvbscan.lazy_pattern import lazy_pattern


def test_it_does_what_a_compiled_pattern_does() -> None:
    lazy, compiled = (
        lazy_pattern(r"(?P<word>[a-z]+)-(\d)", re.IGNORECASE),
        re.compile(r"(?P<word>[a-z]+)-(\d)", re.IGNORECASE),
    )
    text = "one-1, TWO-2 and three-3"
    assert [match.span() for match in lazy.finditer(text)] == [
        match.span() for match in compiled.finditer(text)
    ]
    assert lazy.findall(text) == compiled.findall(text)
    assert lazy.sub(r"\2-\1", text) == compiled.sub(r"\2-\1", text)
    assert lazy.split(text) == compiled.split(text)
    assert lazy.fullmatch("one-1") is not None
    assert lazy.search("one") is None
    assert (lazy.pattern, lazy.flags, lazy.groups) == (compiled.pattern, compiled.flags, compiled.groups)
    assert lazy.groupindex == compiled.groupindex


def test_it_takes_bytes() -> None:
    assert lazy_pattern(rb"[a-z]+").findall(b"ab 12 cd") == [b"ab", b"cd"]


def test_a_faulty_expression_is_refused_at_its_first_use() -> None:
    lazy = lazy_pattern("(")
    with pytest.raises(re.error):
        lazy.match("")


def test_it_can_be_copied() -> None:
    assert copy.deepcopy(lazy_pattern("a+")).findall("aab") == ["aa"]


def test_every_pattern_of_the_package_compiles() -> None:
    """What is compiled late would otherwise be found faulty late."""
    program = """
import importlib, pkgutil, re
import vvbscan
import vvbscan.lazy_pattern as lazy
made = []
kept = lazy.lazy_pattern
def remembered(expression, flags=0):
    made.append((expression, flags))
    return kept(expression, flags)
lazy.lazy_pattern = remembered
for module in pkgutil.walk_packages(vvbscan.__path__, "vvbscan."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
for expression, flags in made:
    re.compile(expression, flags)
print(len(made))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert int(ran.stdout) > 100
