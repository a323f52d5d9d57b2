"""Services ready for rules: the environment that a container gets, its limits, restarts and health check."""

from __future__ import annotations

import posixpath
import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.compose.scope import Definition, ProjectLoader
from vvbscan.views.compose.variables import evaluate
from vvbscan.views.images import image_reference
from vvbscan.views.records import ImageReference

_BYTES: Final = lazy_pattern(r"(\d{1,18}(?:\.\d{1,9})?) ?([kmgtp]?)i?b?", re.IGNORECASE)
_CPUS: Final = lazy_pattern(r"\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}")
_WRITTEN_AS: Final = {"environment": "env_file", "limits": "deploy", "reservations": "deploy"}
_LIMITS: Final = (("memory", "mem_limit"), ("cpus", "cpus"), ("pids", "pids_limit"))
_RESERVATIONS: Final = (("memory", "mem_reservation"), ("cpus", ""))
_WORD: Final = lazy_pattern(r"\S+")
_CONDITIONS: Final = {"any": "always", "none": "no"}


class ComposeService(NamedTuple):
    """A service of a compose project."""

    name: str
    key: Node
    """Where it is named: its key below `services`."""
    address: str
    """`service[web]`."""
    node: Node
    """All of its attributes in one spelling, merged, with `environment` as the container gets it, and in
    addition `limits` and `reservations`, see `resources`."""
    image: Node | None
    reference: ImageReference | None
    """The image that is run; None if the service builds one, which `image` then only names."""
    build: Node | None
    dockerfile: str
    """Path in the tree of the Dockerfile that it builds; empty if it builds none or that is unknown."""
    restart: Node | None
    """The policy that holds: `deploy.restart_policy` in the words of `restart`, else `restart`."""
    healthcheck: Node | None
    """None if there is none or it is turned off."""
    healthcheck_off: Node | None
    """What turns off the health check of the image."""
    passed_on: frozenset[str]
    """The variables that are bare names in `environment`: their values come from where Compose runs."""
    via: tuple[Origin, ...]


def finish_service(name: str, definition: Definition, loader: ProjectLoader) -> ComposeService:
    """A service from its merged definition."""
    node = definition.node
    value = node.value
    if not isinstance(value, MapValue):
        rest = value if isinstance(value, Unknown) else Unknown("unparsed", "a service must be a mapping")
        value = MapValue({}, {}, rest)
    image, build = _given(value, "image"), _given(value, "build")
    if image is None and build is None and value.rest is None and "provider" not in value.entries:
        reason = f"service {name} has neither an image nor a build; the file that it completes is not known"
        value = value._replace(rest=Unknown("open", reason))
    added: dict[str, Node | None] = {"environment": _environment(name, value, definition, loader)}
    for group, limit_keys in (("limits", _LIMITS), ("reservations", _RESERVATIONS)):
        added[group] = resources(value, group, limit_keys, definition.key)
    entries, keys = dict(value.entries), dict(value.keys)
    for field, child in added.items():
        if child is not None:
            entries[field] = child
            keys.setdefault(field, keys.get(_WRITTEN_AS[field], definition.key))
    node = node._replace(value=value._replace(entries=entries, keys=keys))
    reference = None
    if image is not None and build is None:
        reference = image_reference(image, "service", final=True, part=loader.parts.get(image))
    healthcheck, off = _health(value)
    return ComposeService(
        name,
        definition.key,
        f"service[{name}]",
        node,
        image,
        reference,
        build,
        _dockerfile(build, definition.directory),
        _restart(value),
        healthcheck,
        off,
        _bare_names(value),
        definition.via,
    )


def _given(value: MapValue, name: str) -> Node | None:
    """An attribute, None if it is absent or null."""
    node = value.entries.get(name)
    return None if node is None or node.value is None else node


def _bare_names(value: MapValue) -> frozenset[str]:
    environment = value.entries.get("environment")
    members = () if environment is None else environment.members()
    return frozenset(name for name, _, child in members if child.value is None)


def _environment(service: str, value: MapValue, definition: Definition, loader: ProjectLoader) -> Node | None:
    """The variables of the container: `environment`, and below it what the env files set.

    Source: `WithServicesEnvironmentResolved` of compose-spec/compose-go, `types/project.go` at e70e961.
    """
    written = _given(value, "environment")
    env_files = _given(value, "env_file")
    if written is None and env_files is None:
        return None
    if written is not None and not isinstance(written.value, MapValue):
        return written
    entries: dict[str, Node] = {}
    keys: dict[str, Node] = {}
    rest: Unknown | None = None
    own: dict[str, Node] = {}
    removed = None
    if written is not None and isinstance(written.value, MapValue):
        rest, removed = written.value.rest, written.value.removed
        own = {name: _passed_on(name, key, child, definition) for name, key, child in written.members()}

    def known(name: str) -> Node | None:
        outer = definition.lookup(name)
        if outer is not None or name in own:
            return outer or own[name]
        return entries.get(name)

    for item in () if env_files is None else env_files.items():
        path = item.get("path") or item
        file = item.get("file")
        form = item.get("format")
        raw = form is not None and form.value == "raw"
        readable = file is not None and loader.files.exists(str(file.value))
        dotenv = loader.files.dotenv(str(file.value), raw=raw) if file is not None and readable else None
        if dotenv is None:
            reason = f"env_file {path.value} is not in the tree"
            rest = rest or (path.value if isinstance(path.value, Unknown) else Unknown("variable", reason))
            continue
        if not loader.copies(len(dotenv.assignments)):
            rest = rest or Unknown("limit", "the env files of the project bring in too many variables")
            continue
        step = Origin(f"service {service} takes it from this file", path.source, path.start, path.end)
        for name, (key, child) in evaluate(dotenv, known, loader.budget).items():
            keys[name] = key.through(step)
            entries[name] = child.through(step)
    if env_files is not None and isinstance(env_files.value, (SeqValue, Unknown)):
        rest = rest or (env_files.value if isinstance(env_files.value, Unknown) else env_files.value.rest)
    entries.update(own)
    if written is not None and isinstance(written.value, MapValue):
        keys.update(written.value.keys)
    at = written or env_files
    assert at is not None, "one of the two is there"
    return at._replace(
        value=MapValue(entries, keys, rest and rest._replace(parts=()), removed), style=COMPUTED
    )


def _passed_on(name: str, key: Node, node: Node, definition: Definition) -> Node:
    """The value of a bare name: what the project's variables have, else unknown."""
    if node.value is not None:
        return node
    found = definition.lookup(name)
    if found is None:
        reason = f"variable {name} is passed on from where Compose runs"
        return node._replace(value=Unknown("variable", reason))
    return found.through(Origin(f"passes on variable {name}", key.source, key.start, key.end))


def resources(value: MapValue, group: str, names: tuple[tuple[str, str], ...], anchor: Node) -> Node | None:
    """The `limits` or `reservations` of a service: `memory` in bytes, `cpus` as a number, `pids`.

    What `deploy.resources` sets wins over `mem_limit` and its like (docker/compose, `pkg/compose/create.go`,
    `getDeployResources`). Zero and less mean that there is no limit: the member is absent, and `removed`
    says what made it so. None if nothing is set.
    """
    deploy = value.entries.get("deploy")
    under_deploy = None if deploy is None else deploy.at("resources", group)
    entries: dict[str, Node] = {}
    removed: dict[str, Node] = {}
    for name, short in names:
        node = (None if under_deploy is None else under_deploy.get(name)) or value.entries.get(short)
        if node is None or node.value is None:
            continue
        node = _bytes(node) if name == "memory" else _number(node)
        if isinstance(node.value, (int, float)) and node.value <= 0:
            removed[name] = node
        else:
            entries[name] = node
    doubt = _doubt(deploy, under_deploy)
    if not entries and not removed and doubt is None:
        return None
    rest = doubt or value.rest
    at = under_deploy or next(iter((*entries.values(), *removed.values())), anchor)
    keys = dict(entries)
    return Node(MapValue(entries, keys, rest, removed or None), at.source, at.start, at.end, COMPUTED, at.via)


def _doubt(*nodes: Node | None) -> Unknown | None:
    """Why there may be more below nodes than is known."""
    for node in nodes:
        value = None if node is None else node.value
        if isinstance(value, MapValue) and value.rest is not None:
            return value.rest
        if isinstance(value, Unknown):
            return value._replace(parts=())
    return None


def _bytes(node: Node) -> Node:
    """A size as a number of bytes; its units are powers of 1024 (docker/go-units, `RAMInBytes`)."""
    value = node.value
    match = _BYTES.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return node
    number, unit = match.groups()
    scale = 1024 ** (" kmgtp".index(unit.lower()) if unit else 0)
    return node._replace(value=int(float(number) * scale) if "." in number else int(number) * scale)


def _number(node: Node) -> Node:
    value = node.value
    if isinstance(value, str) and _CPUS.fullmatch(value):
        return node._replace(value=float(value) if "." in value else int(value))
    return node


def command_words(service: ComposeService, name: str) -> tuple[Node, ...]:
    """The words of `entrypoint` or `command`; one text is split at its spaces."""
    node = service.node.get(name)
    text = None if node is None else node.text()
    if node is None:
        return ()
    if text is None:
        return node.items()
    return tuple(node.part(*match.span()) for match in _WORD.finditer(text))


def _restart(value: MapValue) -> Node | None:
    deploy = value.entries.get("deploy")
    policy = None if deploy is None else deploy.get("restart_policy")
    if policy is None or policy.value is None:
        return _given(value, "restart")
    condition = policy.get("condition")
    if condition is None:
        reason = "without a condition, restart_policy means always to Swarm and never to Compose"
        return policy.replace_value(
            policy.value if isinstance(policy.value, Unknown) else Unknown("ambiguous", reason)
        )
    word = _CONDITIONS.get(str(condition.value))
    return condition if word is None else condition.replace_value(word)


def _health(value: MapValue) -> tuple[Node | None, Node | None]:
    """The health check of a service, and what turns it off."""
    healthcheck = _given(value, "healthcheck")
    if healthcheck is None:
        return None, None
    disable, test = healthcheck.get("disable"), healthcheck.get("test")
    if disable is not None and disable.value is True:
        return None, disable
    first = test.items()[:1] if test is not None else ()
    if first and first[0].value == "NONE":
        return None, test
    return healthcheck, None


def _dockerfile(build: Node | None, project: str) -> str:
    """Path in the tree of the Dockerfile of a build."""
    if build is None or not isinstance(build.value, MapValue) or "dockerfile_inline" in build.value.entries:
        return ""
    directory, file = build.get("directory"), build.get("dockerfile")
    context = project if directory is None else directory.value
    name = "Dockerfile" if file is None else file.value
    if not isinstance(context, str) or not isinstance(name, str):
        return ""
    path = posixpath.normpath(posixpath.join(context, name))
    return "" if path.startswith(("../", "/")) else path
