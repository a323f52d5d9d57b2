"""The hashes of packages, in the same field whatever the ecosystem and its lock."""

from __future__ import annotations

import pytest

from vvbscan.engine.analyse import unit_kind
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Options, Unit

SUM = "sha512-3cNtLrQrqCCzWnXlhgJZYw=="
PACKAGE = '{"private": true, "dependencies": {"a": "^1.0.0"}}'
PYPROJECT = '[project]\nname = "vvb"\ndependencies = ["a"]\n'
POETRY = '[tool.poetry.dependencies]\na = "^1"\n'
CARGO = '[package]\nname = "vvb"\nversion = "1.0.0"\n[dependencies]\na = "1"\n'
CRATE = '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://example.com/index"\n'
WHEEL = '{ url = "https://example.com/a.whl", hash = "sha256:f1" }'
GO = "module example.com/vvb\ngo 1.24\nrequire example.com/a v1.0.0\n"
NPM_3 = f'{{"lockfileVersion": 3, "packages": {{"node_modules/a": {{"version": "1.0.0", "integrity": "{SUM}"}}}}}}'
NPM_1 = f'{{"lockfileVersion": 1, "dependencies": {{"a": {{"version": "1.0.0", "integrity": "{SUM}"}}}}}}'
PNPM = "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {integrity: SUM}\n".replace("SUM", SUM)
YARN_1 = f'# yarn lockfile v1\n\na@^1.0.0:\n  version "1.0.0"\n  integrity {SUM}\n'
YARN_4 = """\
__metadata:
  version: 8

"a@npm:^1.0.0":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  checksum: 10c0/f1
"""
UV = f"""\
version = 1
[[package]]
name = "a"
version = "1.0.0"
source = {{ registry = "https://example.com/simple" }}
sdist = {{ url = "https://example.com/a.tar.gz", hash = "sha256:e1" }}
wheels = [{WHEEL}]
"""
UV_SDIST = UV.replace(f"wheels = [{WHEEL}]", "")
POETRY_2 = """\
[[package]]
name = "a"
version = "1.0.0"
files = [{file = "a.whl", hash = "sha256:f1"}]
[metadata]
lock-version = "2.1"
"""
POETRY_1 = """\
[[package]]
name = "a"
version = "1.0.0"
[metadata]
lock-version = "1.1"
[metadata.files]
a = [{file = "a.whl", hash = "sha256:f1"}]
"""
PYLOCK = """\
lock-version = "1.0"
[[packages]]
name = "a"
version = "1.0.0"
wheels = [{ url = "https://example.com/a.whl", hashes = { sha256 = "f1" } }]
"""
PIPFILE = '{"_meta": {"pipfile-spec": 6}, "default": {"a": {"version": "==1.0.0", "hashes": ["sha256:f1"]}}}'
CARGO_1 = f'{CRATE}[metadata]\n"checksum a 1.0.0 (registry+https://example.com/index)" = "f1"\n'
GO_SUM = "example.com/a v1.0.0 h1:f1=\nexample.com/a v1.0.0/go.mod h1:e1=\n"


def view(name: str, kind: str, files: dict[str, str]) -> list[Subject]:
    """The subjects of a view of a unit that all files belong to, the first one names it."""
    path = next(iter(files))
    found = unit_kind(kind)
    loaded = found.load(Unit(f"{kind}:{path}", kind, tuple(files)), MemoryTree({**files}), Options())
    return list(found.views[name](loaded))


@pytest.mark.parametrize(
    ("kind", "files", "expected", "place"),
    [
        ("npm", {"package.json": PACKAGE, "package-lock.json": NPM_3}, SUM, f'"{SUM}"'),
        ("npm", {"package.json": PACKAGE, "package-lock.json": NPM_1}, SUM, f'"{SUM}"'),
        ("npm", {"package.json": PACKAGE, "pnpm-lock.yaml": PNPM}, SUM, SUM),
        ("npm", {"package.json": PACKAGE, "yarn.lock": YARN_1}, SUM, SUM),
        ("npm", {"package.json": PACKAGE, "yarn.lock": YARN_4}, "10c0/f1", "10c0/f1"),
        ("pypi", {"pyproject.toml": PYPROJECT, "uv.lock": UV}, "sha256:f1", '"sha256:f1"'),
        ("pypi", {"pyproject.toml": PYPROJECT, "uv.lock": UV_SDIST}, "sha256:e1", '"sha256:e1"'),
        ("pypi", {"pyproject.toml": POETRY, "poetry.lock": POETRY_2}, "sha256:f1", '"sha256:f1"'),
        ("pypi", {"pyproject.toml": POETRY, "poetry.lock": POETRY_1}, "sha256:f1", '"sha256:f1"'),
        ("pypi", {"pyproject.toml": PYPROJECT, "pylock.toml": PYLOCK}, "sha256:f1", '"f1"'),
        ("pypi", {"Pipfile": '[packages]\na = "*"\n', "Pipfile.lock": PIPFILE}, "sha256:f1", '"sha256:f1"'),
        ("cargo", {"Cargo.toml": CARGO, "Cargo.lock": f'{CRATE}checksum = "f1"\n'}, "f1", '"f1"'),
        ("cargo", {"Cargo.toml": CARGO, "Cargo.lock": CARGO_1}, "f1", '"f1"'),
        ("golang", {"go.mod": GO, "go.sum": GO_SUM}, "h1:f1=", "h1:f1="),
    ],
)
def test_a_lock_tells_the_hash(kind: str, files: dict[str, str], expected: str, place: str) -> None:
    names = ["dependency"] if kind == "golang" else ["dependency", "locked_package"]
    for name in names:
        (one,) = view(name, kind, files)
        found = one.root.get("hash")
        assert found is not None, name
        assert (found.value, found.written, found.source.path) == (expected, place, list(files)[1])


def test_a_requirement_has_its_own() -> None:
    text = "a==1.0.0 \\\n    --hash=sha256:f1 --hash=sha256:f2\nb==1\n"
    found = [one.root.get("hash") for one in view("dependency", "pypi", {"requirements.txt": text})]
    assert [one if one is None else one.written for one in found] == ["sha256:f1", None]


@pytest.mark.parametrize(
    ("kind", "files"),
    [
        ("npm", {"package.json": PACKAGE, "package-lock.json": NPM_3.replace("integrity", "license")}),
        ("npm", {"package.json": PACKAGE.replace('"^1.0.0"', '"file:a"'), "package-lock.json": NPM_3}),
        ("pypi", {"pyproject.toml": PYPROJECT, "uv.lock": UV.replace("hash", "size")}),
        ("cargo", {"Cargo.toml": CARGO, "Cargo.lock": CRATE}),
        ("golang", {"go.mod": GO, "go.sum": GO_SUM.replace("v1.0.0", "v1.0.1")}),
    ],
)
def test_none_is_known(kind: str, files: dict[str, str]) -> None:
    (one,) = view("dependency", kind, files)
    assert one.root.get("hash") is None
