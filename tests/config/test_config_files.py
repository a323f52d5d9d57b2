"""Configuration files of trees that are not trusted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vvbscan import ConfigError, find_config, load_config
from vvbscan.model.limits import DEFAULT_LIMITS


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "keys.yaml").write_text("api-key: 7fQ-vvb\n")
    (tmp_path / "outside" / "pyproject.toml").write_text("[tool.vvbscan]\njobs = 2\n")
    root = tmp_path / "root"
    root.mkdir()
    return root


def test_a_link_out_of_the_root_is_not_followed(tree: Path) -> None:
    (tree / ".vvbscan.yaml").symlink_to("../outside/keys.yaml")
    with pytest.raises(ConfigError) as caught:
        find_config(str(tree), str(tree))
    assert "link out of the scanned root" in str(caught.value)
    assert "--config" in caught.value.hint
    assert "api-key" not in str(caught.value)


def test_a_linked_pyproject_is_as_if_it_were_not_there(tree: Path) -> None:
    (tree / "pyproject.toml").symlink_to("../outside/pyproject.toml")
    assert find_config(str(tree), str(tree)) is None


def test_a_link_inside_the_root_is_followed(tree: Path) -> None:
    (tree / "shared").mkdir()
    (tree / "shared" / "vvbscan.yaml").write_text("jobs: 3\n")
    (tree / ".vvbscan.yaml").symlink_to("shared/vvbscan.yaml")
    found = find_config(str(tree), str(tree))
    assert found is not None
    assert load_config(found).jobs == 3


def test_broken_links_directories_and_fifos_are_no_configuration(tree: Path) -> None:
    (tree / ".vvbscan.yaml").symlink_to("nothing")
    (tree / ".vvbscan.yml").mkdir()
    os.mkfifo(tree / "pyproject.toml")
    assert find_config(str(tree), str(tree)) is None


def test_a_file_over_the_limit_is_refused(tree: Path) -> None:
    with (tree / ".vvbscan.yaml").open("wb") as stream:
        stream.truncate(DEFAULT_LIMITS.file_bytes + 1)
    with pytest.raises(ConfigError, match="over the limit"):
        load_config(str(tree / ".vvbscan.yaml"))
