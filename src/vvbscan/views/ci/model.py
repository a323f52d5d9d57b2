"""What a pipeline does: jobs and steps of GitHub Actions and GitLab CI in the same records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.model.node import Node, Origin, Unknown
from vvbscan.record import NamedTuple


class Step(NamedTuple):
    """A step of a job. View `ci_step`."""

    job: str
    position: int
    name: Node | None
    uses: Node | None
    """The action that it calls, as written."""
    run: Node | None
    """The commands that it runs; of GitLab one line of a script each."""
    inputs: Node | None
    """`with` of an action: mapping."""
    environment: Mapping[str, Node]
    """Variables that are set for it, the job's and the pipeline's among them."""
    condition: Node | None
    may_fail: bool | Unknown
    """Whether its failure lets the job go on (`continue-on-error`, `|| true` at the end of its commands)."""
    does: frozenset[str]
    """What it does, of `ACTIVITIES`, as far as its commands and actions tell."""
    anchor: Node
    via: tuple[Origin, ...] = ()
    """The calls of reusable workflows and composite actions that lead to it."""


class Job(NamedTuple):
    """A job. View `ci_job`."""

    id: str
    needs: tuple[str, ...]
    all_needs: frozenset[str]
    """Every job that has to succeed before it, through others too, as far as no condition lifts that."""
    condition: Node | None
    may_fail: bool | Unknown
    """Whether the pipeline goes on and stays green when it fails (`continue-on-error`, `allow_failure`)."""
    triggers: frozenset[str] | Unknown
    """Events on which it runs: `push`, `pull_request`, `pull_request_target`, `schedule`, `manual`…"""
    environment: Node | None
    """Name of the deployment environment."""
    permissions: Node | None
    """Of the token as it takes effect: mapping of scope to `read`, `write` or `none`; absent: what the
    repository is set to."""
    secrets: tuple[Node, ...]
    timeout_minutes: Node | None
    matrix: Node | None
    steps: tuple[Step, ...]
    calls: Node | None
    """A reusable workflow outside the tree that it calls."""
    anchor: Node


class Pipeline(NamedTuple):
    """A workflow or a GitLab pipeline. View `ci_pipeline`."""

    system: str
    """`github` or `gitlab`."""
    name: str
    triggers: Mapping[str, Node]
    permissions: Node | None
    jobs: tuple[Job, ...]
    anchor: Node


ACTIVITIES: Final = {
    "build": "builds the application",
    "unit-test": "runs unit tests",
    "integration-test": "runs tests that need other services",
    "coverage": "measures or checks coverage",
    "dependency-scan": "looks for known vulnerabilities of dependencies",
    "image-scan": "looks for known vulnerabilities of an image",
    "sast": "analyses the source for faults",
    "secret-scan": "looks for secrets",
    "config-scan": "checks infrastructure and manifests",
    "dast": "attacks a running application",
    "sbom": "writes the list of components",
    "sign": "signs what was built",
    "image-build": "builds an image",
    "image-push": "publishes an image",
    "publish": "publishes a package",
    "deploy": "changes what runs",
    "smoke-test": "looks at what was deployed",
    "rollback": "takes a deployment back",
    "performance-test": "measures under load",
    "lint": "checks style",
}
