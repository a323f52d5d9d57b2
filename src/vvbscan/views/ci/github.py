"""Workflows and composite actions of GitHub, read into the records of pipelines.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.model.node import MapValue, Node, Parsed, Problem, SeqValue, Unknown
from vvbscan.parse.github_expressions import embedded_expressions
from vvbscan.views.ci.model import ActionReference, Job, Pipeline, Step
from vvbscan.views.ci.scripts import commands_of_script
from vvbscan.views.ci.texts import texts_of, with_unknowns
from vvbscan.views.commands import SHELLS, Command
from vvbscan.views.images import image_reference
from vvbscan.views.records import ImageReference

_DOCKER: Final = "docker://"
_WORKFLOWS: Final = "/.github/workflows/"


def read_pipeline(parsed: Parsed, *, action: bool) -> tuple[Pipeline | None, tuple[Problem, ...]]:
    """The pipeline that a file describes, and what of it GitHub would not accept.

    None if the file is empty, or no workflow or action at all.
    """
    if not parsed.documents:
        return None, ()
    root = parsed.documents[0].root
    reader = _Reader()
    if root.value is None:
        return None, ()
    if not isinstance(root.value, MapValue):
        reader.refuse(root, f"{'an action' if action else 'a workflow'} is a mapping")
        return None, tuple(reader.problems)
    pipeline = reader.action(root) if action else reader.workflow(root)
    return pipeline, tuple(reader.problems)


class _Reader:
    """Reads one file, and keeps what is wrong with its shape."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._shell: Node | None = None
        """That of the whole workflow."""

    def refuse(self, node: Node, what: str) -> None:
        """Tell that a value has another shape than it needs."""
        hint = "correct it; what is written here was not analysed"
        self.problems.append(Problem("error", "workflow-shape", what, node.start, node.end, hint))

    def workflow(self, root: Node) -> Pipeline:
        """A file of `.github/workflows`."""
        variables = self._mapping(root.get("env"), "`env`")
        permissions = root.get("permissions")
        self._shell = root.at("defaults", "run", "shell")
        found = root.get("jobs")
        jobs: list[Job] = []
        if found is None or found.value is None:
            place = root._replace(end=root.start) if found is None else root.key("jobs") or root
            self.refuse(place, "a workflow has `jobs`")
        for name, key, job in self._entries(found, "`jobs`"):
            if isinstance(job.value, MapValue):
                jobs.append(self._job(name, key, job, variables))
            else:
                self.refuse(job, f"the job `{name}` is a mapping")
        anchor = root.key("jobs") or root.key("on") or root
        return Pipeline(
            _triggers(root.get("on")),
            permissions,
            tuple(jobs),
            action=False,
            anchor=anchor,
            concurrency=root.get("concurrency"),
        )

    def action(self, root: Node) -> Pipeline:
        """An `action.yml`: the steps of a composite action, as those of the job that calls it."""
        runs = root.get("runs")
        anchor = root.key("runs") or root
        steps = self._steps(None if runs is None else runs.get("steps"), "runs", {}, None)
        images: tuple[ImageReference, ...] = _images_of_steps(steps)
        image = None if runs is None else runs.get("image")
        if image is not None:
            images = (*images, *_docker_image(image))
        nothing = None, None, None, None, None, None, None
        job = Job("runs", "runs", None, (), *nothing, steps, images, anchor)
        return Pipeline({}, None, (job,), action=True, anchor=anchor)

    def _job(self, name: str, key: Node, job: Node, outer: Mapping[str, Node]) -> Job:
        address = f"jobs.{name}"
        variables = {**outer, **self._mapping(job.get("env"), "`env`")}
        shell = job.at("defaults", "run", "shell") or self._shell or _shell_of_windows(job.get("runs-on"))
        steps = self._steps(job.get("steps"), address, variables, shell)
        call = job.get("uses")
        strategy = job.get("strategy")
        return Job(
            name,
            address,
            None if call is None else action_reference(call),
            _needs(job.get("needs")),
            job.get("if"),
            job.get("environment"),
            job.get("permissions"),
            job.get("secrets"),
            job.get("timeout-minutes"),
            job.get("continue-on-error"),
            None if strategy is None else strategy.get("matrix"),
            steps,
            (*self._images_of_job(job), *_images_of_steps(steps)),
            key,
            job.get("with"),
            job.get("concurrency"),
            tuple(self._passwords(job)),
            written=_written(None if strategy is None else strategy.get("matrix")),
            outputs=job.get("outputs"),
        )

    def _steps(
        self, node: Node | None, job: str, outer: Mapping[str, Node], shell: Node | None
    ) -> tuple[Step, ...]:
        if node is None or node.value is None:
            return ()
        if not isinstance(node.value, SeqValue):
            self.refuse(node, "`steps` is a sequence")
            return ()
        steps = []
        for position, step in enumerate(node.items()):
            if not isinstance(step.value, MapValue):
                self.refuse(step, "a step is a mapping")
                continue
            uses = step.get("uses")
            steps.append(
                Step(
                    f"{job}.steps[{position}]",
                    uses,
                    None if uses is None else action_reference(uses),
                    step.get("run"),
                    _commands(step.get("run"), step.get("shell") or shell),
                    step.get("with"),
                    {**outer, **self._mapping(step.get("env"), "`env`")},
                    step.get("if"),
                    step.get("continue-on-error"),
                    _text(step.get("id")),
                    next(iter(step.value.keys.values()), step),
                    _pipes_fail(step.get("shell") or shell),
                )
            )
        return tuple(steps)

    def _passwords(self, job: Node) -> Iterator[Node]:
        services = job.get("services")
        found = () if services is None else services.members()
        for holder in (job.get("container"), *(one for _, _, one in found)):
            password = None if holder is None else holder.at("credentials", "password")
            if password is not None:
                yield password

    def _images_of_job(self, job: Node) -> list[ImageReference]:
        images = []
        services = job.get("services")
        holders = [job.get("container"), *(one for _, _, one in self._entries(services, "`services`"))]
        for number, holder in enumerate(holders):
            image = holder.get("image") if holder is not None and holder.text() is None else holder
            if image is not None and image.value and not isinstance(image.value, (MapValue, SeqValue)):
                role = "service" if number else "container"
                images.append(image_reference(with_unknowns(image), role, final=False))
        return images

    def _mapping(self, node: Node | None, what: str) -> dict[str, Node]:
        return {name: value for name, _, value in self._entries(node, what)}

    def _entries(self, node: Node | None, what: str) -> tuple[tuple[str, Node, Node], ...]:
        """The members of a mapping that may be missing, or an expression that will be one."""
        if node is None or node.value is None or isinstance(node.value, Unknown):
            return ()
        if isinstance(node.value, MapValue):
            return tuple(node.members())
        if "${{" not in (node.text() or ""):
            self.refuse(node, f"{what} is a mapping")
        return ()


def _needs(node: Node | None) -> tuple[Node, ...]:
    names = () if node is None else node.items() if isinstance(node.value, SeqValue) else (node,)
    return tuple(name for name in names if name.text())


def _shell_of_windows(runner: Node | None) -> Node | None:
    """The runner if it is one of Windows, whose shell is PowerShell unless another one is named."""
    labels = () if runner is None else (*runner.items(), runner)
    return next((one for one in labels if "windows" in (one.text() or "").lower()), None)


def _commands(script: Node | None, shell: Node | None) -> tuple[Command, ...]:
    """The commands of a script for a POSIX shell; none if another program reads it.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
    """
    words = "bash" if shell is None else shell.text() or ""
    program = posixpath.basename(words.split(None, 1)[0]) if words.strip() else ""
    return () if script is None or program not in SHELLS else commands_of_script(script)


def _written(matrix: Node | None) -> frozenset[str]:
    """The names of a matrix whose values are all written in it."""
    members = () if matrix is None else tuple(matrix.members())
    values = {name: value for name, _, value in members if name not in ("include", "exclude")}
    added = next((value for name, _, value in members if name == "include"), None)
    if added is not None and _works_out(added):
        return frozenset()
    names = {name for item in (() if added is None else added.items()) for name, _, _ in item.members()}
    names |= values.keys()
    return frozenset(name.lower() for name in names if name not in values or not _works_out(values[name]))


def _works_out(node: Node) -> bool:
    """Whether an expression is somewhere in a value."""
    return any(embedded_expressions(text.text() or "") for text in texts_of(node))


def _pipes_fail(shell: Node | None) -> bool:
    """Whether a shell runs with `pipefail`: `bash` by its name does, the one that nobody named does not.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
    """
    words = "" if shell is None else shell.text() or ""
    return words == "bash" or "pipefail" in words or (words != "" and words.split()[0] not in SHELLS)


def _text(node: Node | None) -> str:
    return "" if node is None else node.text() or ""


def _triggers(node: Node | None) -> dict[str, Node]:
    """Events by name: `on` is one, several or a mapping."""
    if node is None:
        return {}
    if isinstance(node.value, MapValue):
        return {name: key if value.value is None else value for name, key, value in node.members()}
    names = node.items() if isinstance(node.value, SeqValue) else (node,)
    return {name.value: name for name in names if isinstance(name.value, str)}


def action_reference(uses: Node) -> ActionReference | None:
    """What a `uses` calls; None for an image (`docker://`), and for what is no reference."""
    text = uses.text()
    if text is None or text.startswith(_DOCKER):
        return None
    if text.startswith(("./", "../")):
        return ActionReference(uses, uses, None, None, "local")
    name, at, _ = text.partition("@")
    owner, slash, _ = name.partition("/")
    if not slash or not owner:
        return None
    return ActionReference(
        uses,
        uses.part(0, len(name)),
        uses.part(0, len(owner)),
        uses.part(len(name) + 1, len(text)) if at and len(name) + 1 < len(text) else None,
        "workflow" if _WORKFLOWS in name else "action",
    )


def _images_of_steps(steps: tuple[Step, ...]) -> tuple[ImageReference, ...]:
    return tuple(one for step in steps if step.uses is not None for one in _docker_image(step.uses))


def _docker_image(node: Node) -> tuple[ImageReference, ...]:
    """The image that `docker://` names."""
    text = node.text()
    if text is None or not text.startswith(_DOCKER):
        return ()
    return (image_reference(with_unknowns(node.part(len(_DOCKER), len(text))), "container", final=False),)
