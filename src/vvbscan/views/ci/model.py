"""What a pipeline does: its jobs and steps, typed."""

from __future__ import annotations

from collections.abc import Mapping

from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.commands import Command
from vvbscan.views.records import ImageReference


class ActionReference(NamedTuple):
    """An action or a reusable workflow that a step or a job calls. View `action_reference`."""

    uses: Node
    """As written: `actions/checkout@v4`."""
    name: Node
    """What stands before the `@`."""
    owner: Node | None
    """Absent for what lies in the tree."""
    reference: Node | None
    """The tag, branch or commit behind the `@`."""
    kind: str
    """`action`, `workflow` or `local`."""


class Step(NamedTuple):
    """A step of a job. View `ci_step`."""

    address: str
    """`jobs.build.steps[2]`."""
    uses: Node | None
    """The action that it calls, as written."""
    action: ActionReference | None
    run: Node | None
    """The script that it runs."""
    commands: tuple[Command, ...]
    """Those of the script, if a POSIX shell runs it."""
    inputs: Node | None
    """`with` of an action: mapping."""
    environment: Mapping[str, Node]
    """Variables that are set for it by name, those of the job and the pipeline among them."""
    condition: Node | None
    continue_on_error: Node | None
    """Whether the job goes on if it fails."""
    id: str
    """What its outputs and its outcome are asked for by; empty if it has none."""
    anchor: Node
    pipes_fail: bool = True
    """Whether its shell starts so that a pipe fails with any of its commands (`pipefail`)."""


class Job(NamedTuple):
    """A job. View `ci_job`."""

    id: str
    address: str
    """`jobs.build`."""
    call: ActionReference | None
    """The reusable workflow that it calls in place of steps."""
    needs: tuple[Node, ...] | Unknown
    """The ids of the jobs that it waits for."""
    condition: Node | None
    environment: Node | None
    """The environment that it deploys to: its name, or a mapping with `name` and `url`."""
    permissions: Node | None
    """Of the token, as written for this job."""
    secrets: Node | None
    """What is handed to the workflow that it calls: a mapping, or the word `inherit`."""
    timeout: Node | None
    """In minutes."""
    continue_on_error: Node | None
    matrix: Node | None
    steps: tuple[Step, ...]
    images: tuple[ImageReference, ...]
    """Of its container, its services and the steps that are images."""
    anchor: Node
    inputs: Node | None = None
    """`with` of the workflow that it calls: mapping."""
    concurrency: Node | None = None
    """The group of which one job runs at a time: a name, or a mapping with it and `cancel-in-progress`."""
    passwords: tuple[Node, ...] = ()
    """Those with which the images of its container and services are pulled."""
    written: frozenset[str] = frozenset()
    """Names of the matrix, in lower case, whose values all stand in the file."""
    regardless: Node | None = None
    """What lets a job of GitLab start though a job failed that it waits for: `when: always`."""
    outputs: Node | None = None
    """What other jobs can read of it: mapping."""
    retry: Node | None = None
    """How often it is run again if it fails: a number, or a mapping with `max` and `when`."""


class Pipeline(NamedTuple):
    """A workflow, or an action that is made of steps. View `ci_pipeline`."""

    triggers: Mapping[str, Node]
    """Names of events (`pull_request`) with what is written for them; empty for an action."""
    permissions: Node | None
    """Of the token in jobs that name none themselves."""
    jobs: tuple[Job, ...]
    """Of an action one that stands for the job that calls it."""
    action: bool
    anchor: Node
    outside: Unknown | None = None
    """Why there may be further jobs, which are written elsewhere."""
    called: Mapping[str, Pipeline] = {}
    """The workflows and actions of the tree that are called, by what is written at `uses`."""
    concurrency: Node | None = None
    """As for a job, for the whole of it."""
    part: bool = False
    """Whether it only runs as a part of others, one of which is in the tree."""
