"""The subjects that Dockerfiles give: files, stages, instructions, images and variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.parse.dockerfile_syntax import Instruction
from vvbscan.views.dockerfile.model import Dockerfile, Mount, Stage, Step
from vvbscan.views.images import image_fields, image_subject_fields
from vvbscan.views.records import ImageReference, Variable, computed, fields, sequence

_ROOT: Final = frozenset({"root", "0"})
_CONTEXT: Final = frozenset({".", "./", "/", "*", "./*"})
"""Sources of COPY and ADD that mean the whole build context."""
_TRANSFERS: Final = frozenset({"COPY", "ADD"})


def dockerfiles(model: Dockerfile) -> Iterator[Subject]:
    """View `dockerfile`: the file. Record: `Dockerfile`.

    Fields: `stages` (how many), `has_dockerignore` (one with patterns; unknown if it depends on the build
    context), `dockerignore` (its patterns, absent if there is none), `syntax` (the directive, absent if there
    is none).
    """
    source = model.syntax.source
    instructions = model.syntax.instructions
    anchor = instructions[0].keyword if instructions else Node("", source, 0, 0, COMPUTED)
    if model.stages:
        anchor = model.stages[0].instruction.keyword
    syntax = next((item.value for item in model.syntax.directives if item.name.value == "syntax"), None)
    members = {
        "stages": computed(len(model.stages), anchor),
        "has_dockerignore": _has_ignore_file(model, anchor),
        "dockerignore": sequence(model.ignore.patterns, anchor) if model.ignore.path else None,
        "syntax": syntax,
    }
    yield Subject("dockerfile", "dockerfile", fields(anchor, members), anchor, record=model)


def stages(model: Dockerfile) -> Iterator[Subject]:
    """View `stage`: every stage. Record: `Stage`.

    Fields: `name` (absent if it has none), `index`, `last` (it is what ships: the last stage
    that is not named for development or tests), `final` (its files are in that image),
    `used` (it is built for it), `base` (the fields of an `image_reference`; of a stage that
    builds on another one only `stage`; of one on nothing only `image`, which is `scratch`), `external` (it
    builds on an image), `platform`, `user` (without group), `group`, `root` (whether the user is root),
    `layers` (how many RUN, COPY and ADD of the file make up the image), `workdir`, `entrypoint`, `cmd`,
    `healthcheck` (each a sequence in the exec form, a text in the shell form; `healthcheck` may be `NONE`),
    `exposed` (ports as written), `environment` (the variables of ENV by name).

    What the base image may set is unknown if the file does not set it.
    """
    for stage in model.stages:
        anchor = stage_anchor(stage)
        members = {
            "name": _stage_name(stage),
            "index": computed(stage.number, anchor),
            "last": computed(stage.last, anchor),
            "final": computed(stage.final, anchor),
            "used": computed(stage.used, anchor),
            "base": _base(model, stage),
            "external": computed(stage.image is not None, anchor),
            "platform": stage.platform,
            "user": stage.user,
            "group": stage.group,
            "root": _is_root(stage.user),
            "layers": computed(stage.layers, anchor),
            "workdir": _setting(stage, "WORKDIR"),
            "entrypoint": _setting(stage, "ENTRYPOINT"),
            "cmd": _setting(stage, "CMD"),
            "healthcheck": _setting(stage, "HEALTHCHECK"),
            "exposed": sequence(stage.exposed, anchor, stage.rest),
            "environment": _environment(stage, anchor),
        }
        yield Subject("stage", stage.address, fields(anchor, members), anchor, record=stage)


def instructions(model: Dockerfile) -> Iterator[Subject]:
    """View `instruction`: FROM and what stands behind it. Record: `Step`, of FROM `Stage`.

    Fields: `keyword`, `arguments`, `text` (all behind the flags, as written), `flags` (by name, true without
    a value), `mounts` (of RUN, the options of each by name), `form` (`exec` or `shell`), `onbuild` (it is
    behind ONBUILD), `user` and `root` (who carries it out), `stage` (the name, absent if it has none),
    `last`, `final` and `used` (of the stage); of COPY and ADD also `sources`, `destination`, `from` (as
    written) and `whole_context` (everything of the build context is copied), with `has_dockerignore` as in
    the view `dockerfile`.
    """
    for stage in model.stages:
        instruction = stage.instruction
        members = {
            **_common(stage, instruction, instruction.arguments),
            "onbuild": computed(value=False, at=instruction.keyword),
        }
        yield _subject("instruction", f"{stage.address}:FROM", instruction.keyword, members, stage)
        for step in stage.steps:
            yield _subject(
                "instruction", step.address, step.instruction.keyword, _step(model, stage, step), step
            )


def image_references(model: Dockerfile) -> Iterator[Subject]:
    """View `image_reference`: the images of FROM, COPY and RUN, but no stages. Record: `ImageReference`."""
    for stage in model.stages:
        if stage.image is not None:
            yield _image(f"{stage.address}:FROM", stage.image)
        for step in stage.steps:
            if step.image is not None:
                yield _image(f"{step.address}:from", step.image)
            for number, mount in enumerate(step.mounts):
                if mount.image is not None:
                    yield _image(f"{step.address}:mount[{number}]", mount.image)


def environment_variables(model: Dockerfile) -> Iterator[Subject]:
    """View `environment_variable`: ENV, ARG and LABEL. Record: `Variable`."""
    counts: dict[str, int] = {}
    for variable in model.arguments:
        yield _variable("", "ARG", variable, counts)
    for stage in model.stages:
        for step in stage.steps:
            for variable in step.variables:
                yield _variable(f"{stage.address}:", step.instruction.name, variable, counts)


def stage_anchor(stage: Stage) -> Node:
    """Where a stage is pointed at: its name, else what it builds on."""
    return _stage_name(stage) or stage.instruction.arguments[0]


def step_fields(stage: Stage, step: Step) -> dict[str, Node | None]:
    """The fields that instructions and the commands in them share."""
    at = step.instruction.keyword
    return {
        "user": step.user,
        "root": _is_root(step.user),
        "onbuild": computed(step.onbuild, at),
        "mounts": sequence(tuple(_mount(mount) for mount in step.mounts), at),
        **_stage_fields(stage, at),
    }


def _stage_fields(stage: Stage, at: Node) -> dict[str, Node | None]:
    return {
        "stage": _stage_name(stage),
        "last": computed(stage.last, at),
        "final": computed(stage.final, at),
        "used": computed(stage.used, at),
    }


def _subject(
    view: str, address: str, anchor: Node, members: dict[str, Node | None], record: object
) -> Subject:
    return Subject(view, address, fields(anchor, members), anchor, record=record)


def _image(address: str, reference: ImageReference) -> Subject:
    return Subject(
        "image_reference", address, image_subject_fields(reference), reference.image, record=reference
    )


def _variable(prefix: str, keyword: str, variable: Variable, counts: dict[str, int]) -> Subject:
    name = variable.name
    address = f"{prefix}{keyword}[{name.written if name.text() is None else name.value}]"
    count = counts[address] = counts.get(address, 0) + 1
    if count > 1:
        address = f"{address}#{count}"
    members = {"name": name, "value": variable.value, "role": computed(variable.role, name)}
    return _subject("environment_variable", address, name, members, variable)


def _common(stage: Stage, instruction: Instruction, arguments: tuple[Node, ...]) -> dict[str, Node | None]:
    at = instruction.keyword
    flags = {
        str(flag.name.value): flag.value or computed(value=True, at=flag.name) for flag in instruction.flags
    }
    names = {str(flag.name.value): flag.name for flag in instruction.flags}
    return {
        "keyword": at,
        "arguments": sequence(arguments, instruction.text or at),
        "text": instruction.text,
        "flags": Node(MapValue(flags, names), at.source, at.start, at.end, COMPUTED),
        "form": computed("exec" if instruction.json else "shell", at),
        **_stage_fields(stage, at),
    }


def _step(model: Dockerfile, stage: Stage, step: Step) -> dict[str, Node | None]:
    instruction = step.instruction
    at = instruction.keyword
    members = {**_common(stage, instruction, step.arguments), **step_fields(stage, step)}
    if instruction.name in _TRANSFERS and step.arguments:
        sources = step.arguments[:-1]
        taken = instruction.flag("from")
        members["from"] = taken
        members["sources"] = sequence(sources, instruction.text or at)
        members["destination"] = step.arguments[-1]
        members["whole_context"] = _whole_context(sources, at, taken)
        members["has_dockerignore"] = _has_ignore_file(model, at)
    return members


def _whole_context(sources: tuple[Node, ...], at: Node, taken: Node | None) -> Node:
    """Whether a source is the whole context; the field points at that source."""
    if taken is None:
        for source in sources:
            if source.value in _CONTEXT:
                return computed(value=True, at=source)
        for source in sources:
            if isinstance(source.value, Unknown) and not source.value.parts:
                return source
    return computed(value=False, at=at)


def _mount(mount: Mount) -> Node:
    node = mount.node
    options = dict(mount.options)
    return Node(MapValue(options, dict.fromkeys(options, node)), node.source, node.start, node.end, COMPUTED)


def _has_ignore_file(model: Dockerfile, at: Node) -> Node:
    candidates = model.ignore.candidates
    if model.ignore.path or not candidates:
        return computed(bool(model.ignore.patterns), at)
    reason = f"whether {candidates[0]} applies depends on the build context"
    return at.replace_value(Unknown("ambiguous", reason))


def _stage_name(stage: Stage) -> Node | None:
    words = stage.instruction.arguments
    return words[2]._replace(value=stage.name) if len(words) == 3 else None


def _base(model: Dockerfile, stage: Stage) -> Node:
    at = stage.base
    if stage.image is not None:
        return fields(at, image_fields(stage.image))
    if len(stage.bases) == 1:
        base = model.stages[stage.bases[0]]
        return fields(at, {"stage": at.replace_value(base.name)})
    return fields(at, {"stage" if stage.bases else "image": at})


def _is_root(user: Node) -> Node:
    known = user.value
    value = known._replace(parts=()) if isinstance(known, Unknown) else known in _ROOT
    return Node(value, user.source, user.start, user.end, COMPUTED, user.via)


def _setting(stage: Stage, name: str) -> Node | None:
    """The value of a setting: absent if nothing sets it, unknown if the base image may."""
    setting = stage.settings.get(name)
    if setting is not None:
        return setting.node
    if name in stage.settings or stage.rest is None:
        return None
    reason = f"{name} is not known: {stage.rest.reason}"
    return stage.base.replace_value(Unknown(stage.rest.kind, reason))


def _environment(stage: Stage, at: Node) -> Node:
    values: dict[str, Node] = {}
    names: dict[str, Node] = {}
    for variable in stage.environment:
        if variable.value is not None:
            values[str(variable.name.value)] = variable.value
            names[str(variable.name.value)] = variable.name
    return Node(MapValue(values, names, stage.rest), at.source, at.start, at.end, COMPUTED)
