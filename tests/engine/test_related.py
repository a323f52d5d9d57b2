"""Related locations: other values that have part in a finding, where there is something to look at."""

from __future__ import annotations

import vvbscan


def related(rule: str, path: str, text: str) -> list[tuple[str, int]]:
    config = vvbscan.Config(selection=vvbscan.Selection(select=(rule,)))
    (finding,) = vvbscan.scan_files({path: text}, config, today="2026-01-01").findings
    return [(step.label, step.location.line) for step in finding.related]


def test_another_value_is_shown_where_it_is_written() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n"
        "      image: registry.example.com/vvb/web:1.0.0\n      readinessProbe:\n"
        "        httpGet: {path: /, port: 80}\n        periodSeconds: 5\n        timeoutSeconds: 10\n"
    )
    assert related("VVB-PROBE-008", "pod.yaml", pod) == [("period seconds is `5`", 10)]


def test_what_is_absent_at_the_subject_itself_is_no_place_to_look_at() -> None:
    compose = 'services:\n  db:\n    image: postgres:15.8\n    ports: ["5432:5432"]\n'
    assert related("VVB-PORT-001", "compose.yaml", compose) == []


def test_what_is_worked_out_at_the_subject_itself_is_no_place_to_look_at() -> None:
    dockerfile = "FROM registry.example.com/base/jre:21.0.9\nCOPY . /app\n"
    assert related("VVB-IMAGE-008", "Dockerfile", dockerfile) == []


def test_a_block_that_lacks_a_flag_is_no_place_to_look_at() -> None:
    domain = (
        'resource "aws_opensearch_domain" "logs" {\n  domain_name = "logs"\n'
        "  cluster_config {\n    instance_count = 2\n  }\n}\n"
    )
    assert related("VVB-STORE-003", "main.tf", domain) == []


def test_a_flag_that_is_worked_out_is_named_without_a_value_that_the_text_contradicts() -> None:
    database = (
        'resource "aws_db_instance" "main" {\n  engine = "mysql"\n  skip_final_snapshot = true\n'
        "  deletion_protection = false\n}\n"
    )
    assert related("VVB-DB-005", "main.tf", database) == [("final snapshot", 3)]
