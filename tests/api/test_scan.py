"""The library: scanning trees and texts, with the trees that people and attackers make."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import vvbscan
from vvbscan import Config, ScanResult, Selection, UsageError
from vvbscan.api import TEXT_FORMATS
from vvbscan.catalog.catalog import Catalog
from vvbscan.engine.run import Order
from vvbscan.engine.run import run as engine_run
from vvbscan.model.rule import Settings

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: tools}
spec:
  containers:
    - name: a
      image: registry.example.com/vvb/tools
"""
ONLY = Config(selection=Selection(select=("VVB-IMAGE-001",)))


def write(root: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def scan(root: Path, config: Config = ONLY, *paths: str) -> ScanResult:
    named = [str(root / path) for path in paths] or [str(root)]
    return vvbscan.scan(named, config, root=root, today="2026-06-15")


def places(result: ScanResult) -> list[str]:
    return [finding.location.path for finding in result.findings]


def test_a_tree(tmp_path: Path) -> None:
    write(tmp_path, {"deploy/pod.yaml": POD, "README.md": "# nothing", "values.yaml": "a: 1\n"})
    result = scan(tmp_path)
    assert places(result) == ["deploy/pod.yaml"]
    assert [record.path for record in result.files] == ["deploy/pod.yaml"]
    assert result.exit_code("note", fail_on_unknown=False) == 1


def test_an_empty_tree_is_clean(tmp_path: Path) -> None:
    result = scan(tmp_path)
    assert result.findings == ()
    assert result.tallies == (), "nothing passed, since nothing was looked at"
    assert result.exit_code("note", fail_on_unknown=False) == 0


def test_what_git_ignores_is_passed_over(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".gitignore": "out/\n*.gen.yaml\n!keep.gen.yaml\n/top.yaml\n",
            "out/pod.yaml": POD,
            "a.gen.yaml": POD,
            "keep.gen.yaml": POD,
            "top.yaml": POD,
            "sub/top.yaml": POD,
            "sub/.gitignore": "inner.yaml\n",
            "sub/inner.yaml": POD,
            "inner.yaml": POD,
        },
    )
    assert places(scan(tmp_path)) == ["inner.yaml", "keep.gen.yaml", "sub/top.yaml"]
    everything = scan(tmp_path, ONLY._replace(gitignore=False))
    assert len(everything.findings) == 7
    assert places(scan(tmp_path, ONLY, "top.yaml")) == ["top.yaml"], "what is named is looked at"


def test_include_and_exclude(tmp_path: Path) -> None:
    write(tmp_path, {"a/pod.yaml": POD, "b/pod.yaml": POD, "b/c/pod.yaml": POD})
    assert places(scan(tmp_path, ONLY._replace(include=("b/",)))) == ["b/c/pod.yaml", "b/pod.yaml"]
    assert places(scan(tmp_path, ONLY._replace(exclude=("b/c",)))) == ["a/pod.yaml", "b/pod.yaml"]


def test_paths_are_relative_to_the_repository(tmp_path: Path) -> None:
    write(tmp_path, {".git/HEAD": "ref: refs/heads/main\n", "service/deploy/pod.yaml": POD})
    result = vvbscan.scan([tmp_path / "service"], ONLY)
    assert places(result) == ["service/deploy/pod.yaml"]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file or directory"):
        scan(tmp_path, ONLY, "nothing")


def test_a_path_outside_the_root(tmp_path: Path) -> None:
    write(tmp_path, {"a/pod.yaml": POD, "b/x": ""})
    with pytest.raises(UsageError, match="outside the root"):
        vvbscan.scan([tmp_path / "a"], ONLY, root=tmp_path / "b")


def test_a_named_file_of_no_known_format_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"notes.txt": "x"})
    assert [notice.code for notice in scan(tmp_path, ONLY, "notes.txt").notices] == ["not-recognised"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "repo", tmp_path / "outside"
    write(outside, {"pod.yaml": POD})
    write(inside, {"pod.yaml": POD})
    (inside / "again.yaml").symlink_to("pod.yaml")
    (inside / "out.yaml").symlink_to(outside / "pod.yaml")
    (inside / "folder").symlink_to(outside)
    (inside / "broken.yaml").symlink_to("nothing")
    (inside / "loop.yaml").symlink_to("loop.yaml")
    result = scan(inside)
    assert places(result) == ["pod.yaml"]
    assert {(notice.code, notice.path) for notice in result.notices} == {
        ("broken-link", "broken.yaml"),
        ("broken-link", "loop.yaml"),
        ("link-out-of-root", "out.yaml"),
    }
    assert result.exit_code("note", fail_on_unknown=False) == 1, "links are no failures"


def test_a_fifo_does_not_stop_the_scan(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD})
    os.mkfifo(tmp_path / "pipe.yaml")
    os.mkfifo(tmp_path / "Dockerfile")
    result = scan(tmp_path)
    assert places(result) == ["pod.yaml"]
    assert {notice.path for notice in result.notices} == {"pipe.yaml", "Dockerfile"}


def test_a_directory_named_dockerfile(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile/pod.yaml": POD})
    result = scan(tmp_path)
    assert places(result) == ["Dockerfile/pod.yaml"]
    assert [(notice.level, notice.path) for notice in result.notices] == [("note", "Dockerfile")]


def test_an_unreadable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"pod.yaml": POD, "shut.yaml": POD})
    opened = os.open

    def refuse(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        # A mode of 0 would not do: who runs the tests as root can read it all the same.
        if os.fspath(path).endswith("shut.yaml"):
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)
    result = scan(tmp_path)
    assert places(result) == ["pod.yaml"]
    assert [(notice.path, "Permission denied" in notice.message) for notice in result.notices] == [
        ("shut.yaml", True)
    ]
    assert result.exit_code("never", fail_on_unknown=False) == 0, "nobody knows whether it is a manifest"
    named = scan(tmp_path, ONLY, "shut.yaml")
    assert named.exit_code("never", fail_on_unknown=False) == 2, "whoever names it wants it to be looked at"


def test_a_named_directory_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"shut/pod.yaml": POD})
    listed = os.scandir

    def refuse(path: str) -> Iterator[os.DirEntry[str]]:
        if path.endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    codes = [scan(tmp_path, ONLY, path).exit_code("never", fail_on_unknown=False) for path in (".", "shut")]
    assert codes == [0, 2]


def test_what_is_named_like_a_file_to_scan_and_cannot_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory may be listed whose files nobody may look at."""
    write(tmp_path, {"shut/Dockerfile": "FROM scratch\n", "shut/some.yaml": "a: 1\n", "shut/main": ""})
    looked_at = os.lstat

    def refuse(path: str | os.PathLike[str]) -> os.stat_result:
        if "shut/" in os.fspath(path):
            raise PermissionError(13, "Permission denied")
        return looked_at(path)

    monkeypatch.setattr(os, "lstat", refuse)
    result = scan(tmp_path)
    assert [(notice.level, notice.path) for notice in result.notices] == [
        ("error", "shut/Dockerfile"),
        ("warning", "shut/some.yaml"),
    ]
    assert result.exit_code("never", fail_on_unknown=False) == 2


def test_of_many_notices_of_a_file_some_are_told(tmp_path: Path) -> None:
    write(tmp_path, {"poetry.lock": "a: b\n" * 20_000, "app/poetry.lock": "a: b\n" * 100})
    result = scan(tmp_path)
    told = {
        path: [one for one in result.notices if one.path == path]
        for path in ("poetry.lock", "app/poetry.lock")
    }
    assert [len(notices) for notices in told.values()] == [101, 100]
    lines = [notice.location.line for notice in told["poetry.lock"] if notice.location is not None]
    assert lines == [*range(1, 102)]
    last = told["poetry.lock"][-1]
    assert (last.level, last.message) == (
        "error",
        "From here on there are 19,900 more of this kind in this file.",
    )
    assert result.exit_code("never", fail_on_unknown=False) == 2


def test_modules_whose_units_are_called_alike_are_all_analysed(tmp_path: Path) -> None:
    paths = (
        "a/src/test/resources/application.properties",
        "a#test/src/main/resources/application.properties",
    )
    write(tmp_path, dict.fromkeys(paths, "quarkus.application.name=vvb\n"))
    assert {one.path for one in scan(tmp_path).files} == set(paths)


def test_half_a_manifest_is_an_incomplete_scan(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD + "---\nkind: [\napiVersion: v1\n", "other.yaml": POD})
    result = scan(tmp_path)
    assert places(result) == ["other.yaml", "pod.yaml"], "the good document and file are judged"
    assert result.exit_code("note", fail_on_unknown=False) == 2
    (notice,) = [one for one in result.notices if one.level == "error"]
    assert notice.location is not None
    assert notice.location.path == "pod.yaml"
    status = {record.path: record.status for record in result.files}
    assert status == {"other.yaml": "analysed", "pod.yaml": "partly analysed"}


def test_half_a_manifest_that_is_not_judged_leaves_the_scan_complete(tmp_path: Path) -> None:
    broken = f"{POD}---\napiVersion: v1\nkind: Pod\nmetadata: {{name: [\n"
    write(tmp_path, {"deploy/dev/pod.yaml": broken, "testdata/pod.yaml": broken})
    result = scan(tmp_path)
    assert {(notice.level, notice.code) for notice in result.notices} == {("warning", "yaml-syntax")}
    assert {record.status for record in result.files} == {"partly analysed"}
    assert result.exit_code("never", fail_on_unknown=False) == 0


def test_what_is_lost_for_one_overlay_is_no_warning_for_another(tmp_path: Path) -> None:
    overlay = "resources: [../../base]\n"
    write(
        tmp_path,
        {
            "base/kustomization.yaml": "resources: [pod.yaml]\n",
            "base/pod.yaml": f"{POD}---\nkind: Pod\nmetadata: {{name: [\n",
            "overlays/dev/kustomization.yaml": overlay,
            "overlays/prod/kustomization.yaml": overlay,
        },
    )
    result = scan(tmp_path)
    assert [notice.level for notice in result.notices if notice.code == "yaml-syntax"] == ["error"]


def test_bytes_that_are_not_utf_8(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD.encode() + b"# caf\xe9\n"})
    result = scan(tmp_path)
    (notice,) = result.notices
    assert notice.code == "encoding"
    assert notice.location is not None
    assert (notice.location.line, notice.location.column) == (8, 6)
    assert places(result) == ["pod.yaml"]
    assert result.exit_code("note", fail_on_unknown=False) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, {"pod.yaml": POD.replace("\n", "\r\n").encode(encoding)})
    (finding,) = scan(tmp_path).findings
    assert (finding.location.line, finding.location.column) == (7, 14)


def test_a_binary_file_with_the_name_of_a_manifest(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": b"apiVersion: v1\nkind: Pod\n\0\0\0\xff\xfe"})
    result = scan(tmp_path)
    assert result.exit_code("note", fail_on_unknown=False) == 2
    assert "binary" in result.notices[0].message


def test_the_order_of_paths_and_processes_makes_no_difference(tmp_path: Path) -> None:
    write(tmp_path, {f"{name}/pod.yaml": POD for name in "abcdefgh"})
    one = scan(tmp_path)
    assert scan(tmp_path, ONLY, *"hgfedcba") == one
    assert scan(tmp_path, ONLY._replace(jobs=2)) == one


@pytest.mark.parametrize(
    ("files", "jobs"),
    [
        ({"a.yaml": 3}, 1),
        ({"a.yaml": 5}, 2),
        ({"a.tf": 1}, 1),
        ({"a.tf": 2}, 2),
        ({"a.yaml": 3, "b.tf": 1}, 2),
    ],
)
def test_large_trees_take_all_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, int], jobs: int
) -> None:
    """Thousands of characters of each file, of which those of Terraform take three times as long."""
    head = {"a.yaml": POD, "a.tf": "", "b.tf": ""}
    write(tmp_path, {name: head[name] + "#\n" * (500 * size) for name, size in files.items()})
    orders: list[Order] = []

    def run(order: Order, catalog: Catalog) -> ScanResult:
        orders.append(order._replace(jobs=1))
        orders.append(order)
        return engine_run(orders[0], catalog)

    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("vvbscan.api._WORTH_PROCESSES", 4_000)
    monkeypatch.setattr("vvbscan.api.run", run)
    scan(tmp_path)
    assert orders[1].jobs == jobs


def test_processes_end_with_the_one_that_is_killed(tmp_path: Path) -> None:
    """They would wait for work forever, and hold the pipe open that a pipeline of CI reads."""
    write(tmp_path, {f"{name}/pod.yaml": POD for name in "abcdefgh"})
    program = """\
import os, signal, vvbscan
def kill(done, total):
    os.kill(os.getpid(), signal.SIGKILL)
vvbscan.scan(".", vvbscan.Config(jobs=2), progress=kill)
"""
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(vvbscan.__file__))}
    call = [sys.executable, "-c", program]
    ended = subprocess.run(call, cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL


def test_processes_of_a_program_with_threads_are_no_copies_of_it(tmp_path: Path) -> None:
    """A copy would wait for the locks that the other threads held, and which nobody there releases."""
    write(tmp_path, {f"{name}/pod.yaml": POD for name in "abcdefgh"})
    expected = scan(tmp_path)
    program = """\
import os, pickle, sys, threading, vvbscan
def run():
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-IMAGE-001",)), jobs=2)
    results.append(vvbscan.scan(".", config))
if __name__ == "__main__":
    os.register_at_fork(before=lambda: os.write(2, b"a copy of the process"))
    results = []
    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.buffer.write(pickle.dumps(results))
"""
    (tmp_path / "program").write_text(program)
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(vvbscan.__file__))}
    call = [sys.executable, "program"]
    ended = subprocess.run(call, cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=120)
    assert ended.stderr == b""
    assert [result.findings for result in pickle.loads(ended.stdout)] == [expected.findings] * 3  # noqa: S301


def test_threads(tmp_path: Path) -> None:
    write(tmp_path, {f"{name}/pod.yaml": POD for name in "abcd"})
    expected = scan(tmp_path)
    results: list[ScanResult] = []
    threads = [threading.Thread(target=lambda: results.append(scan(tmp_path))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4


def test_a_text() -> None:
    result = vvbscan.scan_text(POD, "kubernetes", ONLY)
    assert places(result) == ["manifest.yaml"]


def test_a_format_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="no format `docker`"):
        vvbscan.scan_text("", "docker")


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_every_format_takes_a_text(name: str) -> None:
    (file,) = vvbscan.scan_text("", name).files
    assert file.path == TEXT_FORMATS[name]


def test_results_are_immutable() -> None:
    result = vvbscan.scan_text(POD, "kubernetes", ONLY)
    with pytest.raises(AttributeError):
        result.findings = ()  # type: ignore[misc]


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "broken.yaml": "apiVersion: v1\nkind: [\n"})
    scan(tmp_path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        (Selection(select=("VVB-IMGE-001",)), "did you mean"),
        (Selection(ignore=("item:99.9",)), "selects no rule"),
        (Selection(settings={"VVB-IMAGE-999": Settings()}), "there is no rule"),
        (
            Selection(settings={"VVB-IMAGE-001": Settings(params={"tags": []})}),
            "it has floating_tags",
        ),
        (
            Selection(settings={"VVB-IMAGE-001": Settings(params={"floating_tags": "x"})}),
            "of type list",
        ),
        (
            Selection(settings={"VVB-IMAGE-001": Settings(params={"floating_tags": [1, 2]})}),
            "of type list of texts",
        ),
        (
            Selection(settings={"VVB-PORT-002": Settings(params={"ports": ["5005"]})}),
            "of type list of numbers",
        ),
        (Selection(settings={"image-tag-missing-or-latest": Settings()}), "write `VVB-IMAGE-001`"),
        (
            Selection(settings={"VVB-IMAGE-001": Settings(severity="fatal")}),
            "choose from error, warning, note",
        ),
        (Selection(ruleset="generl"), "choose from vvb, general"),
    ],
)
def test_a_selection_of_what_is_not_there_is_refused(selection: Selection, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        vvbscan.scan_text(POD, "kubernetes", Config(selection=selection))
    assert words in str(caught.value)


def test_one_path_needs_no_list(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD})
    assert places(vvbscan.scan(tmp_path, ONLY)) == places(vvbscan.scan(str(tmp_path), ONLY)) == ["pod.yaml"]


@pytest.mark.parametrize("path", ["/Dockerfile", "../Dockerfile", "a/../Dockerfile", "./Dockerfile", ".", ""])
def test_paths_of_texts_are_relative(path: str) -> None:
    with pytest.raises(UsageError, match="is not a path relative to the root"):
        vvbscan.scan_files({path: "FROM scratch\n"})


@pytest.mark.parametrize(
    ("config", "found"),
    [(ONLY._replace(include=("b/",)), ["b/pod.yaml"]), (ONLY._replace(exclude=("b/",)), ["a/pod.yaml"])],
)
def test_texts_that_are_included_and_excluded(config: Config, found: list[str]) -> None:
    assert places(vvbscan.scan_files({"a/pod.yaml": POD, "b/pod.yaml": POD}, config)) == found


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "20260228", "2026-W01-1", ""])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(UsageError, match=f"`{day}` is not a day"):
        vvbscan.scan_text("FROM scratch\n", "dockerfile", today=day)


def test_a_version_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="`latest` is not a version"):
        vvbscan.scan_text(POD, "kubernetes", Config(kubernetes_version="latest"))


@pytest.mark.parametrize(
    ("version", "told"),
    [("1.28", ""), ("1.30", ""), ("1.24", "1.25"), ("9.0", "1."), ("1.999", "1.")],
)
def test_a_version_without_schemas_is_told_once(version: str, told: str) -> None:
    files = {"a.yaml": POD, "b.yaml": POD, "Dockerfile": "FROM scratch\n"}
    notices = vvbscan.scan_files(files, Config(kubernetes_version=version)).notices
    messages = [notice.message for notice in notices if notice.code == "kubernetes-version"]
    assert len(messages) == bool(told)
    for message in messages:
        assert f"no schemas of Kubernetes {version}: manifests are checked against {told}" in message


def test_a_version_does_not_matter_where_nothing_is_of_kubernetes() -> None:
    config = Config(kubernetes_version="1.24")
    assert vvbscan.scan_text("FROM scratch\n", "dockerfile", config).notices == ()


def test_the_message_of_another_finding_does_not_repeat_a_secret() -> None:
    text = "--index-url http://build:Wq8vTz3rLm@pypi.example.com/simple\nflask==3.1.0\n"
    findings = vvbscan.scan_text(text, "requirements").findings
    assert {"VVB-DEP-009", "VVB-DEP-022"} <= {finding.rule_id for finding in findings}
    assert not any("Wq8vTz3rLm" in f"{finding.message} {finding.location.snippet}" for finding in findings)


@pytest.mark.parametrize("value", ["secret", "PASSWORD"])
def test_the_message_about_a_secret_keeps_words_that_are_spelt_like_it(value: str) -> None:
    text = f"{POD.rstrip()}\n      env: [{{name: DB_PASSWORD, value: {value}}}]\n"
    only = Config(selection=Selection(select=("VVB-SECRET-002",)))
    (finding,) = vvbscan.scan_text(text, "kubernetes", only).findings
    assert finding.message == "DB_PASSWORD is a secret, and it is written here."
    assert value not in finding.location.snippet


def test_lines_are_hashed_if_they_are_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "app/Dockerfile": "FROM registry.example.com/vvb/base\n"})
    hashed, bare = (
        vvbscan.scan([tmp_path], ONLY, root=tmp_path, line_hashes=wanted) for wanted in (True, False)
    )
    assert places(hashed) == ["app/Dockerfile", "pod.yaml"]
    assert all(finding.line_hash for finding in hashed.findings)
    assert bare.findings == tuple(finding._replace(line_hash="") for finding in hashed.findings)
