"""docs/security.md: what a scan does not do, seen by the interpreter's own audit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import vvbscan
from docs.pages import ROOT, text_of
from vvbscan.catalog.catalog import Catalog
from vvbscan.report import FORMATS, ReportOptions, render

WATCH = """
import os, sys
import vvbscan

vvbscan.scan_text("FROM scratch\\n", "dockerfile")  # a checkout writes its index of the rules once
seen = []
REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "pty.",
           "ctypes.", "urllib.", "http.", "ftplib.", "os.remove", "os.rename", "os.mkdir", "shutil.")

def watch(event, arguments):
    if event.startswith(REFUSED):
        seen.append((event, str(arguments)))
    elif event == "open":
        path, mode, flags = arguments
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            seen.append((event, str(path)))
        elif isinstance(path, str) and os.path.realpath(path).startswith(os.environ["OUTSIDE"]):
            seen.append((event, str(path)))
    elif event == "import" and arguments[0] in ("planted", "sitecustomize"):
        seen.append((event, arguments[0]))

sys.addaudithook(watch)
exec(os.environ.get("ALSO", ""))
result = vvbscan.scan(["."], vvbscan.Config(jobs=1), root=".")
print(len(result.files), sorted({finding.rule_id for finding in result.findings})[:1], seen)
"""


def scan(tree: Path, outside: Path, also: str = "") -> tuple[int, str, str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OUTSIDE": str(outside), "ALSO": also}
    ended = subprocess.run(
        [sys.executable, "-c", WATCH], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    files, _, rest = ended.stdout.partition(" ")
    findings, _, seen = rest.partition("] ")
    return int(files), findings, seen.strip()


@pytest.mark.parametrize(
    ("deed", "event"),
    [
        ("import socket; socket.socket()", "socket.__new__"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("os.system('true')", "os.system"),
        ("open('written', 'w').close()", "open"),
        ("open(os.environ['OUTSIDE'] + '/read').close()", "open"),
        ("import planted", "import"),
    ],
)
def test_the_watch_sees(deed: str, event: str, tmp_path: Path) -> None:
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    tree.mkdir()
    outside.mkdir()
    (outside / "read").write_text("")
    (tree / "planted.py").write_text("")
    _, _, seen = scan(tree, outside.resolve(), deed)
    assert f"('{event}', " in seen


@pytest.mark.parametrize("name", ["vvb-not-ready", "vvb-ready"])
def test_a_scan_of_a_fixture(name: str, tmp_path: Path) -> None:
    files, _, seen = scan(ROOT / "fixtures" / name, tmp_path)
    assert files > 10
    assert seen == "[]"


@pytest.mark.parametrize("name", FORMATS)
def test_no_report_repeats_a_secret_of_the_fixture(name: str) -> None:
    result = vvbscan.scan([ROOT / "fixtures" / "vvb-not-ready"])
    report = render(name, result, ReportOptions(texts=Catalog.load().text, verbose=True))
    planted = text_of("fixtures/README.md")
    written = set(
        re.findall(r"Herbst-2025-[a-z]+|Zk3-[a-z0-9-]+|7fQ-[a-z0-9-]+|SGVyYnN0[A-Za-z0-9]+", planted)
    )
    assert len(written) > 5
    assert "VVB-SECRET-001" in report
    assert [secret for secret in sorted(written) if secret in report] == []


def test_a_scan_of_a_hostile_tree(tmp_path: Path) -> None:
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n"
    files = {
        "tree/planted.py": "raise SystemExit('imported')\n",
        "tree/rules/image/VVB-IMAGE-900-planted.yaml": "id: VVB-IMAGE-900\n",
        "tree/.git/config": "[core]\n\tfsmonitor = touch fsmonitor-ran\n",
        "tree/.git/HEAD": "ref: refs/heads/main\n",
        "tree/evil.yaml": "apiVersion: v1\nkind: Pod\nx: !!python/object/apply:os.system [touch yaml-ran]\n",
        "tree/Dockerfile": "FROM alpine:latest\nRUN touch docker-ran\nADD http://127.0.0.1:9/x /x\n",
        "tree/kustomization.yaml": (
            "resources: [https://example.com/base, ../outside, /etc, linked, pod.yaml]\n"
            "generators: [exec.yaml]\nhelmCharts: [{name: a, repo: https://example.com}]\n"
            "configMapGenerator: [{name: a, files: [../outside/secret.yaml, linked.yaml]}]\n"
        ),
        "tree/exec.yaml": (
            "apiVersion: v1\nkind: Exec\nmetadata:\n  name: a\n  annotations:\n"
            "    config.kubernetes.io/function: 'exec: {path: ./planted.py}'\n"
        ),
        "tree/pod.yaml": pod,
        "tree/compose.yaml": (
            "include: [../outside/compose.yaml]\nservices:\n  a:\n    image: a\n"
            "    env_file: ../outside/env\n    extends: {file: ../outside/compose.yaml, service: a}\n"
        ),
        "outside/kustomization.yaml": "resources: [secret.yaml]\n",
        "outside/secret.yaml": pod,
        "outside/compose.yaml": "services:\n  a:\n    image: a\n",
        "outside/env": "A=1\n",
    }
    for path, text in files.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    (tree / "linked").symlink_to(outside)
    (tree / "linked.yaml").symlink_to(outside / "secret.yaml")
    before = sorted(str(path) for path in tree.rglob("*"))
    count, findings, seen = scan(tree, outside.resolve())
    assert count >= 4
    assert "VVB-" in findings, "the tree was scanned"
    assert seen == "[]"
    assert sorted(str(path) for path in tree.rglob("*")) == before
