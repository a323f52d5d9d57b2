"""Configuration files that ConfigMaps bring to an application, through the public door."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import vvbscan
from vvbscan.model.location import ForeignText, locate
from vvbscan.model.node import Source
from vvbscan.text import SourceText

RULES = ("VVB-APP-001", "VVB-PROBE-006", "VVB-SECRET-001", "VVB-SECRET-002")
ASKED = {"spring": "/actuator/health", "quarkus": "/q/health"}


def found(
    data: str,
    mount: str,
    *,
    framework: str = "spring",
    own: str = "",
    volume: str = "",
    environment: str = "",
    asked: str = "",
    chart: Mapping[str, str] | None = None,
) -> list[str]:
    """The findings, `rule path:line text`, with a ConfigMap `settings` of these data."""
    manifest = (
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings}}\ndata:\n{data}---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec:\n  containers:\n    - name: app\n"
        "      image: registry.example.com/vvb/app:1.0.0\n"
        f"      env: [{environment}]\n"
        f"      volumeMounts: [{{name: settings, {mount}}}]\n"
        f"      livenessProbe: {{httpGet: {{path: {asked or ASKED[framework]}, port: 8080}}}}\n"
        f"  volumes: [{{name: settings, {volume or 'configMap: {name: settings}'}}}]\n"
    )
    files = {
        "app/src/main/resources/application.properties": f"{framework}.application.name=app\n{own}\n",
        ("templates/deploy.yaml" if chart else "deploy.yaml"): manifest,
        **(chart or {}),
    }
    config = vvbscan.Config(selection=vvbscan.Selection(select=RULES))
    result = vvbscan.scan_files(files, config, today="2026-01-01")
    places = [(one.rule_id, one.location) for one in result.findings]
    return [
        f"{rule} {place.path}:{place.line} {files[place.path][place.start : place.end]}"
        for rule, place in places
    ]


YAML = "  application.yaml: |\n    # the root\n    logging:\n      level: {root: DEBUG}\n"
DEBUG = ["VVB-APP-001 deploy.yaml:8 DEBUG"]


@pytest.mark.parametrize(
    ("mount", "environment", "expected"),
    [
        ("mountPath: /config", "", DEBUG),
        ("mountPath: /app/config/", "", DEBUG),
        ("mountPath: /app/config/application.yaml, subPath: application.yaml", "", DEBUG),
        ("mountPath: /etc/app", "{name: SPRING_CONFIG_ADDITIONAL_LOCATION, value: 'file:/etc/app/'}", DEBUG),
        (
            "mountPath: /etc/app",
            "{name: JAVA_TOOL_OPTIONS, value: '-Dspring.config.location=/etc/app/'}",
            DEBUG,
        ),
        (
            "mountPath: /etc/app",
            "{name: SPRING_CONFIG_LOCATION, value: 'classpath:/;optional:file:///etc/app/application.yaml'}",
            DEBUG,
        ),
        ("mountPath: /etc/app", "{name: SPRING_CONFIG_LOCATION, value: 'file:/etc/app/more/'}", []),
        ("mountPath: /etc/app", "", []),
        ("mountPath: /config/other.txt, subPath: other.txt", "", []),
    ],
)
def test_where_the_application_looks(mount: str, environment: str, expected: list[str]) -> None:
    assert found(YAML, mount, environment=environment) == expected


def test_a_mounted_file_stands_above_those_of_the_application() -> None:
    data = "  application.properties: |\n    logging.level.root=INFO\n"
    assert found(data, "mountPath: /config", own="logging.level.root=DEBUG") == []
    assert found(data, "mountPath: /other/config", own="logging.level.root=DEBUG") == []
    assert len(found(data, "mountPath: /other", own="logging.level.root=DEBUG")) == 1


def test_what_may_be_read_leaves_open_what_no_file_writes() -> None:
    data = "  application.properties: |\n    server.servlet.context-path=/app\n"
    wrong = "management.endpoints.web.path-mapping.health=state"
    assert found(data, "mountPath: /etc/app", own=wrong) == []
    assert found(data, "mountPath: /etc/app, subPath: none", own=wrong) != []


@pytest.mark.parametrize(
    ("data", "line", "text"),
    [
        ("  application.properties: |\n    a=1\n\n    quarkus.log.level=DEBUG\n", 8, "DEBUG"),
        ("  application.properties: |-\n    %prod.quarkus.log.level = DEBUG", 6, "DEBUG"),
        ("  application.properties: quarkus.log.level=DEBUG\n", 5, "DEBUG"),
        ('  application.properties: "a=1\\nquarkus.log.level=DEBUG"\n', 5, '"a=1\\nquarkus.log.level=DEBUG"'),
        ("  application.yml: |\n    quarkus:\n      log: {level: DEBUG}\n", 7, "DEBUG"),
    ],
)
def test_a_value_is_pointed_at_in_the_manifest(data: str, line: int, text: str) -> None:
    data = data if data.endswith("\n") else f"{data}\n"
    assert found(data, "mountPath: /deployments/config", framework="quarkus") == [
        f"VVB-APP-001 deploy.yaml:{line} {text}"
    ]


def test_what_quarkus_fixes_when_it_is_built_stays() -> None:
    data = "  application.properties: |\n    quarkus.http.root-path=/other\n    quarkus.smallrye-health.enabled=false\n"
    own = "quarkus.http.root-path=/app\nquarkus.smallrye-health.root-path=/health"
    assert found(data, "mountPath: /config", framework="quarkus", own=own, asked="/health") == []
    assert found(data, "mountPath: /config", framework="quarkus", own=own, asked="/other/q/health") != []


def test_volumes_of_several_sources_and_keys() -> None:
    data = "  first: |\n    logging.level.root=DEBUG\n"
    items = "configMap: {name: settings, items: [{key: first, path: application.properties}]}"
    projected = f"projected: {{sources: [{{secret: {{name: s}}}}, {{{items}}}]}}"
    for volume in (items, projected):
        assert found(data, "mountPath: /config", volume=volume) == ["VVB-APP-001 deploy.yaml:6 DEBUG"]
    assert found(data, "mountPath: /config", volume=items.replace("first", "second")) == []
    assert found(data, "mountPath: /config", volume="configMap: {name: elsewhere}") == []


def test_a_secret_in_a_mounted_file_is_told_once() -> None:
    properties = "  application.properties: |\n    spring.datasource.password=Zk3-vvb-sign-91\n"
    assert found(properties, "mountPath: /config") == ["VVB-SECRET-002 deploy.yaml:6 Zk3-vvb-sign-91"]
    yaml = "  application.yml: |\n    spring.datasource.password: Zk3-vvb-sign-91\n"
    assert found(yaml, "mountPath: /config") == ["VVB-SECRET-001 deploy.yaml:6 Zk3-vvb-sign-91"]


def test_a_span_of_a_text_of_another_file() -> None:
    source = Source("a.yaml", SourceText("k: |\n  é=😀x\n  b=2\n"))
    whole = locate(source, 3, 16)
    lines = (locate(source, 7, 11), locate(source, 14, 17))
    text = ForeignText("a", whole, "é=😀x\nb=2\n", lines)
    assert locate(text, 3, 4) == locate(source, 10, 11)
    assert locate(text, 0, 8) == locate(source, 7, 17)._replace(snippet=lines[0].snippet)
    assert locate(text, 9, 9) == whole, "behind the last line"
    assert locate(ForeignText("a", whole, "é=😀x", ()), 0, 1) == whole


def test_a_file_that_a_generator_takes_is_pointed_at_itself() -> None:
    files = {
        "app/src/main/resources/application.properties": "quarkus.application.name=app\n",
        "deploy/prod/application.properties": "a=1\nquarkus.log.level=DEBUG\n",
        "deploy/prod/kustomization.yaml": (
            "resources: [pod.yaml]\nconfigMapGenerator:\n  - {name: settings, files: [application.properties]}\n"
        ),
        "deploy/prod/pod.yaml": (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec:\n  containers:\n    - name: app\n"
            "      image: registry.example.com/vvb/app:1.0.0\n"
            "      volumeMounts: [{name: c, mountPath: /deployments/config}]\n"
            "  volumes: [{name: c, configMap: {name: settings}}]\n"
        ),
    }
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-APP-001",)))
    result = vvbscan.scan_files(files, config, today="2026-01-01")
    (finding,) = result.findings
    place = finding.location
    assert (place.path, place.line, place.column) == ("deploy/prod/application.properties", 2, 19)


@pytest.mark.parametrize(
    ("data", "volume"),
    [
        ("  application.yaml: |\n    a: {{ .Values.a }}\n", ""),
        ('  application.yaml: "a: [\\n"\n', ""),
        ("  a: b\n", "configMap: {name: elsewhere}"),
        ("  a: b\n", "configMap: {name: elsewhere, items: [{key: a, path: application.properties}]}"),
    ],
)
def test_a_file_that_is_not_wholly_known_leaves_open_what_no_file_writes(data: str, volume: str) -> None:
    wrong = "management.endpoints.web.path-mapping.health=state"
    chart = {"Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n"}
    assert found(data, "mountPath: /config", own=wrong, volume=volume, chart=chart) == []
    elsewhere = found(data, "mountPath: /else", own=wrong, volume=volume, chart=chart)
    assert len(elsewhere) == int(volume == "configMap: {name: elsewhere}")
    level = "logging.level.root=DEBUG"
    assert len(found(data, "mountPath: /config", own=level, volume=volume, chart=chart)) == 1


def test_what_is_over_the_limit_leaves_open_what_no_file_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = "management.endpoints.web.path-mapping.health=state"
    assert found(YAML, "mountPath: /config", own=wrong) != []
    monkeypatch.setattr("vvbscan.views.kubernetes.mounted._MOST", 0)
    assert found(YAML, "mountPath: /config", own=wrong) == []
