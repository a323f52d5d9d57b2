"""The wheel and the sdist: what they hold, and that the index in the wheel is that of the rules."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from vvbscan import __version__
from vvbscan.catalog.index import build_index

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the wheel and the sdist."""
    target = tmp_path_factory.mktemp("dist")
    # Without a choice of its own, build makes the wheel from the sdist.
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(ROOT)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return target


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    """The wheel."""
    (path,) = built.glob("*.whl")
    assert path.name == f"vvbscan-{__version__}-py3-none-any.whl"
    return zipfile.ZipFile(path)


def below(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("folder", ["rules", "schemas"])
def test_rules_and_schemas_are_in_the_wheel(wheel: zipfile.ZipFile, folder: str) -> None:
    prefix = f"vvbscan/_data/{folder}/"
    assert {name.removeprefix(prefix) for name in wheel.namelist() if name.startswith(prefix)} == below(
        folder
    )


def test_every_module_and_the_mark_of_typing_are_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    modules = {f"vvbscan/{name}" for name in below("src/vvbscan") if name.endswith((".py", "py.typed"))}
    assert modules <= set(wheel.namelist())
    assert "vvbscan/py.typed" in modules


def test_nothing_else_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    for name in wheel.namelist():
        folder, _, rest = name.partition("/")
        assert folder in ("vvbscan", f"vvbscan-{__version__}.dist-info"), name
        assert folder != "vvbscan" or rest.startswith("_data/") or rest.endswith((".py", "py.typed")), name


def test_the_index_in_the_wheel_is_that_of_the_rules(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    build_index(str(ROOT / "rules"), str(tmp_path))
    prefix = "vvbscan/_data/index/"
    shipped = {
        name.removeprefix(prefix): wheel.read(name) for name in wheel.namelist() if name.startswith(prefix)
    }
    assert shipped == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_the_sdist_has_what_building_and_testing_need(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml", "hatch_build.py", "action.yml"} <= names
    assert {f"rules/{name}" for name in below("rules")} <= names
    assert {"requirements/dev.txt", "tests/packaging/test_wheel.py"} <= names


def test_requirements_are_pinned_with_hashes_and_name_no_index() -> None:
    for name in ("runtime", "dev", "node", "go"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").splitlines()
        assert all(line.startswith(("#", "    --hash=sha256:")) or "==" in line for line in lines), name


def test_what_runs_is_among_the_pinned_requirements() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    names = {requirement.partition(">=")[0] for requirement in wanted}
    for file in ("runtime", "dev"):
        lines = (ROOT / "requirements" / f"{file}.txt").read_text("utf-8").splitlines()
        assert names <= {line.partition("==")[0] for line in lines if "==" in line}
