"""The scans of steps: of what, by which program, and whether what they find can fail the pipeline."""

from __future__ import annotations

import pytest

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Source, Unknown
from vvbscan.parse.yaml import parse_yaml
from vvbscan.text import SourceText
from vvbscan.views.ci.github import read_pipeline
from vvbscan.views.ci.scans import CONFIGURATION, DEPENDENCY, IMAGE, PipelineScans, Scan, scans_of


def scans(step: str) -> list[Scan]:
    text = f"on: push\njobs:\n  a:\n    steps:\n      - {step}\n"
    parsed = parse_yaml(Source("w.yml", SourceText(text)), DEFAULT_LIMITS, "1.2")
    pipeline, problems = read_pipeline(parsed, action=False)
    assert pipeline is not None
    assert problems == ()
    return [scan for job in pipeline.jobs for step in job.steps for scan in scans_of(step)]


@pytest.mark.parametrize(
    ("step", "kind", "tool"),
    [
        ("run: trivy image --exit-code 1 a", IMAGE, "trivy image"),
        ("run: trivy --quiet i --exit-code=1 a", IMAGE, "trivy i"),
        ("run: docker run --rm -v .:/src aquasec/trivy:0.67.0 fs --exit-code 1 /src", DEPENDENCY, "trivy fs"),
        ("run: TRIVY_EXIT_CODE=1 sudo trivy config --exit-code 1 .", CONFIGURATION, "trivy config"),
        ("run: grype a:1 --fail-on high", IMAGE, "grype"),
        ("run: grype sbom:a.json -f high", DEPENDENCY, "grype"),
        ("run: snyk container test a:1", IMAGE, "snyk container test"),
        ("run: npx --yes snyk test", DEPENDENCY, "snyk test"),
        ("run: docker scout cves --exit-code a:1", IMAGE, "docker scout cves"),
        ("run: mvn -B dependency-check:check -DfailBuildOnCVSS=7", DEPENDENCY, "dependency-check"),
        ("run: dependency-check.sh --scan . --failOnCVSS 7", DEPENDENCY, "dependency-check"),
        ("run: yarn npm audit", DEPENDENCY, "yarn audit"),
        ("run: npm audit --audit-level high", DEPENDENCY, "npm audit"),
        ("run: poetry run pip-audit", DEPENDENCY, "pip-audit"),
        ("run: python -m pip_audit", DEPENDENCY, "pip-audit"),
        ("run: cargo deny check advisories", DEPENDENCY, "cargo deny"),
        ("run: uvx checkov -d .", CONFIGURATION, "checkov"),
        (
            "uses: Aquasecurity/Trivy-Action@1\n        with: {exit-code: 1}",
            IMAGE,
            "Aquasecurity/Trivy-Action",
        ),
        ("uses: anchore/scan-action@6\n        with: {path: .}", DEPENDENCY, "anchore/scan-action"),
        ("uses: snyk/actions/docker@1", IMAGE, "snyk/actions/docker"),
        ("uses: golang/govulncheck-action@1", DEPENDENCY, "golang/govulncheck-action"),
        ("uses: actions/dependency-review-action@v4", DEPENDENCY, "actions/dependency-review-action"),
    ],
)
def test_scans_that_fail_the_step(step: str, kind: str, tool: str) -> None:
    assert [(scan.kind, scan.tool, scan.harmless) for scan in scans(step)] == [(kind, tool, "")]


@pytest.mark.parametrize(
    "step",
    [
        "run: trivy image --download-db-only",
        "run: trivy image --format cyclonedx a",
        "run: trivy fs --scanners secret .",
        "run: trivy --version",
        "run: grype db update",
        "run: docker scout quickview",
        "run: npm audit fix",
        "run: npm audit signatures",
        "run: mvn dependency-check:update-only",
        "run: cargo build",
        "run: echo trivy image a",
        "uses: aquasecurity/trivy-action@1\n        with: {format: spdx}",
        "uses: docker/scout-action@1\n        with: {command: compare}",
        "uses: snyk/actions/setup@1",
        "uses: snyk/actions/node@1\n        with: {command: monitor}",
        "uses: example/trivy-action@1",
    ],
)
def test_what_scans_nothing(step: str) -> None:
    assert scans(step) == []


@pytest.mark.parametrize(
    "step",
    [
        "run: trivy image a",
        "run: trivy image --exit-code 0 a",
        "run: grype a:1",
        "run: docker scout cves a",
        "run: mvn dependency-check:aggregate -DfailBuildOnCVSS=11",
        "run: dependency-check.sh -s .",
        "run: checkov -d . --soft-fail",
        "uses: aquasecurity/trivy-action@1\n        with: {exit-code: '0'}",
        "uses: anchore/scan-action@6\n        with: {image: a, fail-build: 'false'}",
        "uses: docker/scout-action@1\n        with: {command: 'quickview,cves'}",
        "uses: actions/dependency-review-action@v4\n        with: {warn-only: true}",
        "uses: bridgecrewio/checkov-action@v12\n        with: {soft_fail: true}",
        "uses: dependency-check/Dependency-Check_Action@main\n        with: {args: --enableRetired}",
    ],
)
def test_scans_that_stop_nothing(step: str) -> None:
    (scan,) = scans(step)
    assert isinstance(scan.harmless, str)
    assert scan.harmless


@pytest.mark.parametrize(
    "step",
    [
        "run: trivy image --exit-code $CODE a",
        "run: trivy image $OPTIONS $IMAGE",
        "run: trivy image --config trivy.yaml a",
        "run: grype a --config grype.yaml",
        "run: mvn dependency-check:check",
        "uses: aquasecurity/trivy-action@1\n        with: {trivy-config: trivy.yaml}",
        "uses: anchore/scan-action@6\n        with: {image: a, fail-build: '${{ inputs.fail }}'}",
    ],
)
def test_scans_of_which_nobody_knows(step: str) -> None:
    (scan,) = scans(step)
    assert isinstance(scan.harmless, Unknown)


def test_a_step_is_looked_into_once_however_many_scan() -> None:
    steps = "\n".join(f"      - run: trivy image --exit-code {number % 2} a{number}" for number in range(6))
    parsed = parse_yaml(
        Source("w.yml", SourceText(f"on: push\njobs:\n  a:\n    steps:\n{steps}\n")), DEFAULT_LIMITS, "1.2"
    )
    pipeline, _ = read_pipeline(parsed, action=False)
    assert pipeline is not None
    found = PipelineScans(pipeline)
    first, second, *_ = pipeline.jobs[0].steps
    assert found.of(first) is found.of(first)
    assert found.decided_beside(first, IMAGE)
    assert found.decided_beside(second, IMAGE), "by the fourth"
    assert not found.decided_beside(first, DEPENDENCY)
