"""Manifests in files of their own: what has no containers counts for the containers of its directory."""

from __future__ import annotations

from pathlib import Path

import pytest

import vvbscan
from vvbscan import Config, ScanResult, Selection
from vvbscan.cli import main
from vvbscan.engine.analyse import with_line_hashes
from vvbscan.engine.manifest_content import speaks_of_others
from vvbscan.engine.tree import MemoryTree

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: approval, namespace: shop}
spec:
  selector: {matchLabels: {app: approval}}
  template:
    metadata: {labels: {app: approval}}
    spec:
      serviceAccountName: approval
      containers:
        - name: api
          image: registry.example.com/shop/approval:1.2.3
          envFrom: [{configMapRef: {name: approval}}]
          resources: {limits: {memory: 512Mi}}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: approval, namespace: shop}
spec: {selector: {app: approval}, ports: [{port: 80}]}
"""
AUTOSCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: approval, namespace: shop}
spec:
  scaleTargetRef: {kind: Deployment, name: approval}
  minReplicas: 2
  maxReplicas: 6
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: approval, namespace: shop}
data:
  JAVA_TOOL_OPTIONS: "-Xmx1g"
"""
ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: approval, namespace: shop}
"""
RANGE = """\
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: shop}
spec: {limits: [{type: Container, defaultRequest: {cpu: 100m}}]}
"""
FILES = {"k8s/deployment.yaml": DEPLOYMENT, "k8s/service.yaml": SERVICE}


def scan(root: Path, files: dict[str, str], *rules: str, named: str = ".") -> ScanResult:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return vvbscan.scan(
        [root / named], Config(selection=Selection(select=rules)), root=root, today="2026-06-15"
    )


def found(result: ScanResult) -> list[tuple[str, int]]:
    return [(finding.location.path, finding.location.line) for finding in result.findings]


def test_a_service_beside_sends_requests_to_the_container(tmp_path: Path) -> None:
    assert found(scan(tmp_path, FILES, "VVB-PROBE-002")) == [("k8s/deployment.yaml", 11)]


def test_a_service_of_other_pods_or_in_another_directory_does_not(tmp_path: Path) -> None:
    files = {
        "k8s/deployment.yaml": DEPLOYMENT,
        "k8s/service.yaml": SERVICE.replace("app: approval", "app: other"),
        "k8s/below/service.yaml": SERVICE,
    }
    assert found(scan(tmp_path, files, "VVB-PROBE-002", "VVB-K8S-004")) == []


def test_an_autoscaler_beside_keeps_further_pods(tmp_path: Path) -> None:
    assert found(scan(tmp_path, FILES, "VVB-K8S-004")) == [("k8s/deployment.yaml", 2)]
    assert found(scan(tmp_path, {**FILES, "k8s/autoscaler.yaml": AUTOSCALER}, "VVB-K8S-004")) == []


def test_what_a_companion_sets_is_blamed_where_it_is_set(tmp_path: Path) -> None:
    files = {**FILES, "k8s/autoscaler.yaml": AUTOSCALER.replace("minReplicas: 2", "minReplicas: 1")}
    (finding,) = scan(tmp_path, files, "VVB-K8S-004").findings
    assert (finding.location.path, finding.location.line) == ("k8s/autoscaler.yaml", 6)
    assert finding.location.snippet[finding.location.column - 1 : finding.location.end_column - 1] == "1"
    assert finding.line_hash, "its file is not that of the unit"


def test_a_companion_may_change_while_it_is_scanned(tmp_path: Path) -> None:
    files = {**FILES, "k8s/autoscaler.yaml": AUTOSCALER.replace("minReplicas: 2", "minReplicas: 1")}
    (finding,) = scan(tmp_path, files, "VVB-K8S-004").findings
    texts: dict[str, str | bytes] = {"k8s/autoscaler.yaml": "kind: List\n"}
    assert with_line_hashes((finding,), {}, MemoryTree(texts))[0].line_hash == ""
    assert with_line_hashes((finding,), {}, MemoryTree({}))[0].line_hash == ""


def test_the_heap_may_be_set_in_a_configmap_beside(tmp_path: Path) -> None:
    result = scan(tmp_path, {**FILES, "k8s/settings.yaml": SETTINGS}, "VVB-JVM-002")
    assert found(result) == [("k8s/settings.yaml", 5)]
    assert "k8s/deployment.yaml" in {one.location.path for one in result.findings[0].related}


def test_a_suppression_in_a_companion_counts(tmp_path: Path) -> None:
    settings = SETTINGS.replace(
        '"-Xmx1g"', '"-Xmx1g"  # vvbscan: ignore[VVB-JVM-002] -- the limit is raised next'
    )
    result = scan(tmp_path, {**FILES, "k8s/settings.yaml": settings}, "VVB-JVM-002")
    assert found(result) == []
    assert len(result.suppressed) == 1
    assert result.notices == ()


def test_a_configmap_of_the_file_itself_comes_first(tmp_path: Path) -> None:
    own = f"{DEPLOYMENT}---\n{SETTINGS.replace('-Xmx1g', '-Xmx256m')}"
    files = {"k8s/deployment.yaml": own, "k8s/settings.yaml": SETTINGS}
    assert found(scan(tmp_path, files, "VVB-JVM-002")) == []


def test_two_configmaps_of_a_name_beside_decide_nothing(tmp_path: Path) -> None:
    files = {**FILES, "k8s/one.yaml": SETTINGS, "k8s/two.yaml": SETTINGS.replace("1g", "256m")}
    assert found(scan(tmp_path, files, "VVB-JVM-002")) == []


def test_an_account_beside_decides_on_its_token(tmp_path: Path) -> None:
    files = {"k8s/deployment.yaml": DEPLOYMENT.replace("      serviceAccountName: approval\n", "")}
    assert found(scan(tmp_path, files, "VVB-POD-008")) == [("k8s/deployment.yaml", 2)]
    account = ACCOUNT.replace("name: approval", "name: default") + "automountServiceAccountToken: false\n"
    assert found(scan(tmp_path, {**files, "k8s/account.yaml": account}, "VVB-POD-008")) == []


def test_a_limit_range_beside_gives_requests(tmp_path: Path) -> None:
    assert found(scan(tmp_path, FILES, "VVB-RESOURCE-003")) == [("k8s/deployment.yaml", 14)]
    assert found(scan(tmp_path, {**FILES, "k8s/range.yaml": RANGE}, "VVB-RESOURCE-003")) == []


@pytest.mark.parametrize(
    ("service", "deployment", "together"),
    [
        ("service.yaml", "web.prod.yaml", True),
        ("service.prod.yaml", "web.prod.yaml", True),
        ("service.prod.yaml", "web.yaml", False),
        ("service.prod.yaml", "web.staging.yaml", False),
    ],
)
def test_what_names_no_environment_counts_in_all(
    tmp_path: Path, service: str, deployment: str, *, together: bool
) -> None:
    config = Config(selection=Selection(select=("VVB-PROBE-002",)))
    (tmp_path / service).write_text(SERVICE)
    (tmp_path / deployment).write_text(DEPLOYMENT)
    result = vvbscan.scan([tmp_path], config, root=tmp_path, today="2026-06-15")
    assert [path for path, _ in found(result)] == ([deployment] if together else [])


def test_containers_are_seen_in_every_encoding(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_bytes(DEPLOYMENT.encode("utf-16"))
    assert [path for path, _ in found(scan(tmp_path, {"service.yaml": SERVICE}, "VVB-PROBE-002"))] == [
        "web.yaml"
    ]


def test_a_companion_that_is_broken_is_told_once(tmp_path: Path) -> None:
    files = {**FILES, "k8s/settings.yaml": "apiVersion: v1\nkind: ConfigMap\ndata: {a: [\n"}
    result = scan(tmp_path, files, "VVB-PROBE-002")
    assert found(result) == [("k8s/deployment.yaml", 11)]
    assert [notice.path for notice in result.notices] == ["k8s/settings.yaml"]


def test_a_file_of_a_repository_that_is_named_is_judged_with_what_stands_beside(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    files = {**FILES, "k8s/settings.yaml": SETTINGS}
    rules = ("VVB-PROBE-002", "VVB-JVM-002")
    everything = [("k8s/deployment.yaml", 11), ("k8s/settings.yaml", 5)]
    assert found(scan(tmp_path, files, *rules)) == everything
    assert found(scan(tmp_path, {}, *rules, named="k8s/deployment.yaml")) == everything
    assert found(scan(tmp_path, {}, *rules, named="k8s/settings.yaml")) == [("k8s/settings.yaml", 5)]
    assert found(scan(tmp_path, {}, *rules, named="k8s/service.yaml")) == []


def test_the_list_of_files_tells_how_many_are_looked_into(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan(tmp_path, {**FILES, "k8s/settings.yaml": SETTINGS}, "VVB-PROBE-002")
    assert main(["scan", str(tmp_path), "--list-files"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[lines.index("manifest:k8s/deployment.yaml") + 2]
        == "  and 2 manifests beside it without containers"
    )
    assert len([line for line in lines if "beside it" in line]) == 1


def test_processes_see_the_same(tmp_path: Path) -> None:
    files = {
        f"{folder}/{name}": text
        for folder in ("a", "b", "c")
        for name, text in {"web.yaml": DEPLOYMENT, "service.yaml": SERVICE, "settings.yaml": SETTINGS}.items()
    }
    rules = ("VVB-PROBE-002", "VVB-JVM-002")
    alone = scan(tmp_path, files, *rules)
    config = Config(selection=Selection(select=rules), jobs=2)
    assert vvbscan.scan([tmp_path], config, root=tmp_path, today="2026-06-15") == alone
    assert len(alone.findings) == 6


@pytest.mark.parametrize(
    ("content", "speaks"),
    [
        (SERVICE, True),
        (DEPLOYMENT, False),
        ("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n", False),
        (SETTINGS + "  more: |\n" + "    a line of a dashboard\n" * 5_000, False),
    ],
)
def test_what_may_speak_of_others(content: str, *, speaks: bool) -> None:
    assert speaks_of_others(content.encode()) is speaks
