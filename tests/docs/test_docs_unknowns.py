"""docs/unknowns.md: every kind of unknown with the reason that is printed for its example."""

from __future__ import annotations

import pytest

import vvbscan
from docs.pages import blocks, rows, text_of
from vvbscan.catalog.catalog import Catalog
from vvbscan.model.node import UNKNOWN_KINDS
from vvbscan.report import ReportOptions, render

PAGE = text_of("docs/unknowns.md")
KINDS = {row[0].strip("`"): row[1:] for row in rows(PAGE)[1:]}
"""What it is, an example, and the reason, for each kind."""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.2.3
"""
REPLACEMENTS = """\
resources: [web.yaml]
replacements:
  - source: {kind: Deployment, fieldPath: metadata.name}
    targets:
      - select: {kind: Deployment}
        fieldPaths: [spec.template.spec.containers.0.image]
"""
REFERENCE = """\
          env:
            - name: JAVA_TOOL_OPTIONS
              valueFrom: {secretKeyRef: {name: web, key: java}}
"""
DOUBLED = "".join(f"ARG A{number + 1}=${{A{number}}}${{A{number}}}\n" for number in range(20))
EXAMPLES = {
    "variable": {"Dockerfile": "ARG TAG\nFROM registry.example.com/jre:${TAG}\n"},
    "template": {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "templates/web.yaml": DEPLOYMENT.replace("1.2.3", "{{ .Values.tag }}"),
    },
    "remote": {"compose.yaml": "services:\n  web:\n    extends: {file: ../common/base.yaml, service: web}\n"},
    "secret": {"web.yaml": DEPLOYMENT + REFERENCE},
    "expression": {"kustomization.yaml": REPLACEMENTS, "web.yaml": DEPLOYMENT},
    "default": {"Dockerfile": "FROM registry.example.com/jre:21.0.9\n"},
    "ambiguous": {
        "compose.yaml": "services:\n  web: {image: web}\n  db: {image: postgres}\n",
        "compose.prod.yaml": "services:\n  web: {image: registry.example.com/web:1.2.3}\n",
    },
    "open": {
        "web.yaml": DEPLOYMENT + "          envFrom: [{secretRef: {name: web}}]\n",
        "src/main/resources/application.properties": "quarkus.application.name=web\n",
    },
    "limit": {"Dockerfile": f"ARG A0=xxxxxxxxxx\n{DOUBLED}FROM registry.example.com/web:${{A20}}\n"},
    "unparsed": {"compose.yaml": "services:\n  web:\n    image: Web:1.2.3\n"},
    "computed": {
        "main.tf": 'resource "aws_lb_listener" "front" {\n  port = 443\n}\n'
        'resource "aws_lb_listener" "back" {\n  protocol   = "HTTPS"\n'
        "  ssl_policy = aws_lb_listener.front.ssl_policy\n}\n"
    },
    "plugin": {
        "kustomization.yaml": "resources: [web.yaml]\ntransformers: [mirror.yaml]\n",
        "mirror.yaml": "apiVersion: example.com/v1\nkind: Mirror\nmetadata: {name: mirror}\n",
        "web.yaml": DEPLOYMENT,
    },
}


def test_every_kind_is_explained_in_its_words() -> None:
    assert {kind: cells[0] for kind, cells in KINDS.items()} == UNKNOWN_KINDS


@pytest.mark.parametrize("kind", sorted(UNKNOWN_KINDS))
def test_the_reason_is_the_one_that_is_printed(kind: str) -> None:
    result = vvbscan.scan_files(EXAMPLES[kind])
    assert (kind, KINDS[kind][2]) in {(outcome.kind, outcome.reason) for outcome in result.undecided}


def test_the_text_report_looks_as_shown() -> None:
    config = vvbscan.Config(selection=vvbscan.Selection(select=("image-tag-missing-or-latest",)))
    result = vvbscan.scan_files(EXAMPLES["variable"], config)
    (shown,) = blocks(PAGE, "text")
    assert shown.text in render("text", result, ReportOptions(texts=Catalog.load().text))


@pytest.mark.parametrize(
    ("image", "decided"),
    [("${REGISTRY}/web:latest", True), ("registry.example.com/web:${TAG}", False)],
)
def test_what_is_known_in_part_can_suffice(image: str, decided: bool) -> None:
    config = vvbscan.Config(selection=vvbscan.Selection(select=("image-tag-missing-or-latest",)))
    text = f"ARG REGISTRY\nARG TAG\nFROM {image}\n"
    result = vvbscan.scan_text(text, "dockerfile", config)
    assert (bool(result.findings), bool(result.undecided)) == (decided, not decided)
    assert f"`{image}`" in PAGE


def test_unknowns_count_for_the_exit_code_only_if_asked() -> None:
    config = vvbscan.Config(selection=vvbscan.Selection(select=("image-tag-missing-or-latest",)))
    result = vvbscan.scan_files(EXAMPLES["variable"], config)
    assert result.exit_code("note", fail_on_unknown=False) == 0
    assert result.exit_code("note", fail_on_unknown=True) == 1
