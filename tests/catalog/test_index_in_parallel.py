"""Several threads and processes may find that a checkout has no index, and build it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from vvbscan.catalog.index import Index, build_index
from vvbscan.model.resources import resource_path


def test_an_index_can_be_read_while_it_is_built_anew(tmp_path: Path) -> None:
    rules = resource_path("rules")
    build_index(rules, str(tmp_path))
    expected = Index(str(tmp_path)).all_rules()
    names = sorted(path.name for path in tmp_path.iterdir())
    with ThreadPoolExecutor(4) as pool:
        builds = [pool.submit(build_index, rules, str(tmp_path)) for _ in range(2)]
        reads = [pool.submit(lambda: Index(str(tmp_path)).all_rules()) for _ in range(200)]
        assert [build.result() for build in builds] == [None, None]
        assert all(read.result() == expected for read in reads)
    assert sorted(path.name for path in tmp_path.iterdir()) == names, "nothing unfinished is left"
