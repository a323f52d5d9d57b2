"""Working through a Dockerfile: stages, what they build on, and what their images are like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vvbscan.model.environment import is_other_name
from vvbscan.model.limits import Limits
from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.parse.dockerfile_syntax import DockerfileSyntax, Instruction
from vvbscan.views.dockerfile.expansion import Expanded, Expander, Scope
from vvbscan.views.dockerfile.model import Mount, Setting, Stage, Step
from vvbscan.views.dockerfile.mounts import read_mount
from vvbscan.views.dockerfile.scopes import Scopes, Variables
from vvbscan.views.dockerfile.users import base_user
from vvbscan.views.images import GAP, Part, flat_text, image_reference
from vvbscan.views.records import ImageReference, Variable, computed

_EXPANDED: Final = frozenset({"ADD", "COPY", "EXPOSE", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})
"""Instructions whose arguments are expanded (Dockerfile reference, "Environment replacement")."""
_LAYERS: Final = frozenset({"RUN", "COPY", "ADD"})
_SETTINGS: Final = frozenset({"ENTRYPOINT", "CMD", "HEALTHCHECK", "WORKDIR", "STOPSIGNAL", "SHELL"})
_SCRATCH: Final = "scratch"
_LATER: Final = Unknown("default", "an ONBUILD instruction is carried out by another build")


def resolve(syntax: DockerfileSyntax, limits: Limits) -> tuple[tuple[Variable, ...], tuple[Stage, ...]]:
    """The ARGs before the first FROM, and the stages."""
    resolver = _Resolver(syntax, limits)
    for instruction in syntax.instructions:
        resolver.take(instruction)
    return tuple(resolver.arguments), resolver.finish()


class _Draft:
    """A stage that is being worked through."""

    __slots__ = (
        "address",
        "base",
        "bases",
        "counts",
        "group",
        "image",
        "instruction",
        "layers",
        "name",
        "origin",
        "own",
        "platform",
        "ports",
        "settings",
        "sources",
        "steps",
        "triggers",
        "user",
        "variables",
    )

    def __init__(self, base: Node, user: Node, variables: Variables) -> None:
        self.base = base
        self.user = user
        self.group: Node | None = None
        self.variables = variables
        self.instruction: Instruction
        self.name = ""
        self.address = ""
        self.bases: tuple[int, ...] = ()
        self.image: ImageReference | None = None
        self.origin: ImageReference | None = None
        self.platform: Node | None = None
        self.layers = 0
        self.settings: dict[str, Setting | None] = {}
        self.own: set[str] = set()
        """Names of the settings that the stage itself decides."""
        self.ports: list[Node] = []
        self.sources: set[int] = set()
        self.steps: list[Step] = []
        self.counts: dict[str, int] = {}
        """How many steps there are by the address without the count."""
        self.triggers: list[Instruction] = []


class _Resolver:
    """Takes the instructions of a file in order."""

    def __init__(self, syntax: DockerfileSyntax, limits: Limits) -> None:
        self._expander = Expander(syntax.source, syntax.instructions, syntax.escape, limits)
        self._scopes = Scopes(self._expander, limits)
        self._drafts: list[_Draft] = []
        self._names: dict[str, int] = {}
        """Index of the stage that a name means, by the name in lower case."""
        self._room = limits.nodes
        """How much may still be done that grows with the number of stages."""
        self.arguments: list[Variable] = []

    def take(self, instruction: Instruction) -> None:
        """Take the next instruction."""
        name = instruction.name
        if name == "FROM":
            if instruction.arguments:
                self._begin(instruction)
        elif self._drafts:
            self._step(self._drafts[-1], instruction)
        elif name == "ARG":
            self.arguments += self._scopes.declare(instruction)

    def finish(self) -> tuple[Stage, ...]:
        """All stages."""
        last = self._shipped()
        final = self._reachable([last], lambda draft: draft.bases)
        used = self._reachable([last], lambda draft: draft.sources)
        return tuple(
            Stage(
                number=number,
                name=draft.name,
                address=draft.address,
                instruction=draft.instruction,
                base=draft.base,
                bases=draft.bases,
                image=draft.image and draft.image._replace(final=number in final),
                origin=draft.origin,
                platform=draft.platform,
                steps=tuple(draft.steps),
                user=draft.user,
                group=draft.group,
                settings=draft.settings,
                exposed=tuple(draft.ports),
                environment=tuple(draft.variables.environment.values()),
                rest=draft.variables.scope.rest,
                layers=draft.layers,
                sources=frozenset(draft.sources),
                last=number == last,
                final=number in final,
                used=number in used,
            )
            for number, draft in enumerate(self._drafts)
        )

    def _shipped(self) -> int:
        """The stage that ships: the last one whose name does not say development or test, -1 if all do.

        Those that are named so are built on request, with `--target`.
        """
        numbers = range(len(self._drafts) - 1, -1, -1)
        return next((number for number in numbers if not is_other_name(self._drafts[number].name)), -1)

    def _reachable(self, start: list[int], following: Callable[[_Draft], Iterable[int]]) -> set[int]:
        reached: set[int] = set()
        waiting = [index for index in start if index >= 0]
        while waiting:
            index = waiting.pop()
            if index not in reached:
                reached.add(index)
                waiting += following(self._drafts[index])
        return reached

    # Stages

    def _begin(self, instruction: Instruction) -> None:
        """Take a FROM."""
        words = instruction.arguments
        scope = self._scopes.globals
        index = len(self._drafts)
        draft = self._on(self._expander.expand(words[0], scope, "used in this FROM"))
        draft.instruction = instruction
        draft.name = str(words[2].value).lower() if len(words) == 3 else ""
        taken = draft.name in self._names
        draft.address = f"stage[{draft.name}:{index}]" if taken else f"stage[{draft.name or index}]"
        platform = instruction.flag("platform")
        if platform is not None:
            draft.platform = self._expander.expand(platform, scope, "used in this FROM").node
        self._drafts.append(draft)
        if len(draft.bases) == 1:
            self._pull(draft, self._drafts[draft.bases[0]].triggers)
        if draft.name:
            self._names[draft.name] = index

    def _pull(self, draft: _Draft, triggers: list[Instruction]) -> None:
        """Carry out the ONBUILD instructions of the base, unless a file multiplies them beyond the limit."""
        if self._expander.spend(len(triggers)):
            for trigger in triggers:
                self._step(draft, trigger)
        else:
            unknown = Unknown("limit", "more ONBUILD instructions are carried out than the limit allows")
            draft.user = draft.base.replace_value(unknown)

    def _on(self, base: Expanded) -> _Draft:
        """A stage on a stage, on nothing, or on an image."""
        node = base.node
        bases = self._bases(node)
        if len(bases) == 1:
            return self._on_stage(node, bases[0])
        if node.value == _SCRATCH:
            draft = _Draft(node, computed("root", node), self._scopes.on_scratch())
            draft.settings = dict.fromkeys(_SETTINGS)
            return draft
        if bases:
            unknown = Unknown("ambiguous", "a variable decides which stage it builds on")
            draft = _Draft(node, node.replace_value(unknown), self._scopes.on_image(unknown))
            draft.bases = bases
            draft.sources.update(bases)
            return draft
        image = image_reference(node, "from", final=False, part=base.part)
        shown = f"the base image {node.value}" if isinstance(node.value, str) else "the base image"
        user = base_user(image) or Unknown("default", f"the user of {shown} is not known")
        rest = Unknown("default", f"{shown} may set it")
        draft = _Draft(node, node.replace_value(user), self._scopes.on_image(rest))
        draft.image = draft.origin = image
        return draft

    def _on_stage(self, node: Node, index: int) -> _Draft:
        base = self._drafts[index]
        draft = _Draft(node, base.user, self._scopes.on_stage(base.variables))
        draft.bases = (index,)
        draft.origin = base.origin
        draft.sources.add(index)
        draft.group = base.group
        draft.layers = base.layers
        draft.settings = dict(base.settings)
        self._room -= len(base.ports)
        draft.ports = list(base.ports) if self._room >= 0 else []
        return draft

    def _bases(self, node: Node) -> tuple[int, ...]:
        """The stages that a word behind FROM can mean, none if it means an image."""
        value = node.value
        if isinstance(value, str):
            index = self._names.get(value)
            return () if index is None else (index,)
        if not isinstance(value, Unknown) or not value.parts:
            return ()
        self._room -= len(self._names)
        if self._room < 0:
            return ()
        pieces = flat_text(value).split(GAP)
        return tuple(
            index
            for name, index in self._names.items()
            if name.startswith(pieces[0])
            and name.endswith(pieces[-1])
            and len(name) >= len(pieces[0]) + len(pieces[-1])
        )

    # Steps

    def _step(self, draft: _Draft, instruction: Instruction) -> None:
        """Carry out an instruction of a stage."""
        name = instruction.name
        if name == "ONBUILD":
            if instruction.trigger is not None:
                draft.triggers.append(instruction.trigger)
                self._add(draft, instruction.trigger, Variables(Scope({}, _LATER), {}, {}), onbuild=True)
            return
        step = self._add(draft, instruction, draft.variables, onbuild=False)
        if name in _LAYERS:
            draft.layers += 1
        elif name == "USER" and instruction.text is not None:
            value = self._expander.expand(instruction.text, draft.variables.scope, "used in this USER")
            draft.user, draft.group = _user_and_group(value)
        elif name == "EXPOSE":
            draft.ports += step.arguments
        elif name in _SETTINGS and (step.arguments or instruction.json):
            draft.settings[name] = _setting(instruction, step.arguments)
            draft.own.add(name)
            if name == "ENTRYPOINT" and "CMD" not in draft.own:
                # An ENTRYPOINT resets the CMD that the base set (BuildKit, `dispatchEntrypoint`).
                draft.settings["CMD"] = None

    def _add(self, draft: _Draft, instruction: Instruction, variables: Variables, *, onbuild: bool) -> Step:
        """Expand an instruction, let it change the variables, and keep it as a step."""
        name, scope = instruction.name, variables.scope
        arguments = instruction.arguments
        records: tuple[Variable, ...] = ()
        image: ImageReference | None = None
        mounts: tuple[Mount, ...] = ()
        if name in _EXPANDED:
            use = f"used in this {name}"
            arguments = tuple(self._expander.expand(word, scope, use).node for word in arguments)
            source = instruction.flag("from")
            if source is not None and name == "COPY":
                image = self._source(draft, source, source.part, "copy-from")
        elif name == "ARG":
            records = self._scopes.arguments(instruction, variables)
        elif name == "ENV":
            records = self._scopes.environment(instruction, variables)
        elif name == "LABEL":
            records = self._scopes.labels(instruction, scope)
        elif name == "RUN":
            mounts = tuple(self._mounts(draft, instruction, scope))
        key = f"{draft.address}:ONBUILD:{name}" if onbuild else f"{draft.address}:{name}"
        count = draft.counts[key] = draft.counts.get(key, -1) + 1
        step = Step(
            instruction,
            f"{key}[{count}]",
            arguments,
            records,
            image,
            mounts,
            draft.user,
            draft.settings.get("SHELL"),
            onbuild,
        )
        draft.steps.append(step)
        return step

    def _mounts(self, draft: _Draft, instruction: Instruction, scope: Scope) -> Iterator[Mount]:
        for flag in instruction.flags:
            if flag.name.value != "mount" or flag.value is None:
                continue
            expanded = self._expander.expand(flag.value, scope, "used in this RUN")
            options = read_mount(expanded)
            source = options.get("from")
            image = self._source(draft, source, None, "mount-from") if source else None
            yield Mount(options, image, expanded.node)

    def _source(self, draft: _Draft, node: Node, part: Part | None, role: str) -> ImageReference | None:
        """The image that files are taken from; None for a stage, which is noted, or for nothing at all.

        COPY can name a stage by its number, a mount cannot.
        """
        name = node.value
        if isinstance(name, str):
            number = int(name) if role == "copy-from" and name.isdecimal() and len(name) < 6 else -1
            index = number if number >= 0 else self._names.get(name.lower(), -1)
            if 0 <= index < len(self._drafts):
                draft.sources.add(index)
                return None
            if number >= 0 or name.lower() in (_SCRATCH, draft.name):
                return None
        return image_reference(node, role, final=False, part=part)


def _user_and_group(value: Expanded) -> tuple[Node, Node | None]:
    """User and group of `user:group`."""
    known = value.node.value
    text = flat_text(known) if isinstance(known, Unknown) else str(known)
    user, colon, _ = text.partition(":")
    if not colon:
        return value.node, None
    return value.part(0, len(user)), value.part(len(user) + 1, len(text))


def _setting(instruction: Instruction, arguments: tuple[Node, ...]) -> Setting:
    """What an instruction sets: a sequence in the exec form, a text otherwise."""
    words = arguments
    if instruction.name == "HEALTHCHECK":
        kind = arguments[0]
        if len(arguments) == 1:
            return Setting(instruction, kind._replace(value=str(kind.value).upper()))
        words = arguments[1:]
    if instruction.json:
        at = instruction.text or instruction.keyword
        return Setting(instruction, Node(SeqValue(words), at.source, at.start, at.end))
    return Setting(instruction, words[0])
