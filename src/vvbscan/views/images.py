"""Image references: registry, repository, tag and digest with their characters.

The grammar is that of github.com/distribution/reference (`regexp.go` and `splitDockerDomain` of v0.6),
which Docker, containerd and the kubelet share. A reference that is partly unknown is split as far as its
known text decides: `${repo}:latest` has the tag `latest`, `repo:${TAG}` has the repository `repo`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.views.records import ImageReference, computed, fields

GAP: Final = "\0"
"""Stands for one unknown stretch in the flat text of a reference; no reference can contain it."""

Part = Callable[[int, int], Node]
"""Gives the characters of a reference between two positions of its flat text as a node of their own."""

_COMPONENT: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_REGISTRY: Final = lazy_pattern(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_REPOSITORY: Final = lazy_pattern(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG: Final = lazy_pattern(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST: Final = lazy_pattern(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
_IDENTIFIER: Final = lazy_pattern(r"[a-f0-9]{64}")
_IMPOSSIBLE: Final = lazy_pattern(rf"[^A-Za-z0-9._\-/:@+\[\]{GAP}]")
_LONGEST_NAME: Final = 255
_KO: Final = "ko://"
"""Marks the import path of a Go program, which ko builds and replaces by the image (ko.build, Kubernetes
integration)."""
_PLACEHOLDER: Final = lazy_pattern(
    r"\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Za-z_][A-Za-z0-9_]*|\{\{[^{}]*\}\}|<[^<>]*>"
)


def image_reference(node: Node, role: str, *, final: bool, part: Part | None = None) -> ImageReference:
    """Split an image reference.

    `role` is one of those that `ImageReference` names. `part` tells where characters of the flat text
    were written; without it they are looked for in the characters of the node. What no reference can be
    gives unknown parts. `$NAME`, `${NAME}`, `$(NAME)`, `{{ name }}` and `<name>` in a known string are
    placeholders that something outside the tree fills in: no reference can contain their signs.
    """
    value = node.value
    if isinstance(value, Unknown):
        return _Reference(flat_text(value), value, part or _narrowing(node, value)).split(node, role, final)
    if not isinstance(value, str) or GAP in value:
        return _opaque(node, Unknown("unparsed", "the value is not an image reference"), role, final)
    if value.startswith(_KO):
        return _opaque(node, Unknown("template", f"ko builds {value} and fills in the image"), role, final)
    first = _PLACEHOLDER.search(value)
    if first is None:
        return _Reference(value, None, part or node.part).split(node, role, final)
    reason = f"{first[0]} in the image reference is filled in outside the tree"
    flat, places = _blank_placeholders(value)
    inner = part or node.part
    unknown = Unknown("template", reason, _parts(flat))
    return _Reference(flat, unknown, lambda begin, stop: inner(places[begin], places[stop])).split(
        node._replace(value=unknown), role, final
    )


def image_subject_fields(reference: ImageReference) -> Node:
    """The root of a subject of the view `image_reference`."""
    return fields(reference.image, image_fields(reference))


def image_fields(reference: ImageReference) -> dict[str, Node | None]:
    """The fields of a subject of the view `image_reference` by name; None for one that is absent."""
    image = reference.image
    return {
        "image": image,
        "registry": reference.registry,
        "repository": reference.repository,
        "tag": reference.tag,
        "digest": reference.digest,
        "role": computed(reference.role, image),
        "final": computed(reference.final, image),
    }


def flat_text(value: Unknown) -> str:
    """The known text of an unknown string, with `GAP` for each unknown stretch."""
    return "".join(GAP if piece is None else piece for piece in value.parts) or GAP


class _Reference:
    """The splitting of one flat text; `unknown` is what its gaps stand for."""

    __slots__ = ("flat", "part", "unknown")

    def __init__(self, flat: str, unknown: Unknown | None, part: Part) -> None:
        self.flat = flat
        self.unknown = unknown
        self.part = part

    def split(self, node: Node, role: str, final: bool) -> ImageReference:
        flat = self.flat
        at = flat.find("@")
        name_end = len(flat) if at < 0 else at
        slash = flat.rfind("/", 0, name_end)
        colon = flat.rfind(":", slash + 1, name_end)
        path_end = name_end if colon < 0 else colon
        host_end = _registry_end(flat, path_end)
        if not _possible(flat, host_end, path_end, name_end):
            reason = f"'{flat.replace(GAP, '…')}' is not a valid image reference"
            return _opaque(node, Unknown("unparsed", reason), role, final)
        # An unknown stretch in the last component may bring a tag along: `FROM ${BASE}-alpine`.
        gap = flat.find(GAP, slash + 1, name_end) if colon < 0 else -1
        tag = self._piece(colon + 1, name_end) if colon >= 0 else self._open() if gap >= 0 else None
        # An unknown stretch at the end may bring a digest along: `TAG=1.2@sha256:...`.
        digest = self._piece(at + 1, len(flat)) if at >= 0 else self._open() if flat[-1] == GAP else None
        if host_end >= 0:
            registry: Node | None = self._piece(0, host_end)
        else:
            # An unknown first component may be a registry; one without a slash may bring one along.
            first = flat[: slash + 1].partition("/")[0] if slash >= 0 else flat[:path_end]
            registry = self._open() if GAP in first else None
        repository = self._piece(host_end + 1, path_end if gap < 0 else gap + 1)
        return ImageReference(node, registry, repository, tag, digest, role, final)

    def _piece(self, begin: int, stop: int) -> Node:
        """A part that is there, known or not."""
        node = self.part(begin, stop)
        flat = self.flat[begin:stop]
        if self.unknown is not None and GAP in flat:
            return node._replace(value=self.unknown._replace(parts=_parts(flat)))
        return node if node.value == flat else node._replace(value=flat)

    def _open(self) -> Node:
        """A part that may be there or not."""
        if self.unknown is None:
            raise ValueError("only an unknown reference has parts that may be absent")
        return self.part(0, len(self.flat))._replace(value=self.unknown._replace(parts=()))


def _registry_end(flat: str, path_end: int) -> int:
    """Where the slash behind the registry is, -1 if the first component is none for certain."""
    end = flat.find("/", 0, path_end)
    host = flat[: max(end, 0)]
    if host == "localhost" or "." in host or ":" in host or host.lower() != host:
        return end
    return -1


def _possible(flat: str, host_end: int, path_end: int, name_end: int) -> bool:
    """Whether a flat text can be a reference; pieces with gaps count as possible."""
    if not flat or path_end > _LONGEST_NAME or _IMPOSSIBLE.search(flat) or _IDENTIFIER.fullmatch(flat):
        return False
    pieces = [(_REPOSITORY, flat[host_end + 1 : path_end])]
    if host_end >= 0:
        pieces.append((_REGISTRY, flat[:host_end]))
    if path_end < name_end:
        pieces.append((_TAG, flat[path_end + 1 : name_end]))
    if name_end < len(flat):
        pieces.append((_DIGEST, flat[name_end + 1 :]))
    return all(GAP in text or pattern.fullmatch(text) for pattern, text in pieces)


def _opaque(node: Node, unknown: Unknown, role: str, final: bool) -> ImageReference:
    """A reference of which no part is known."""
    nothing = node._replace(value=unknown)
    return ImageReference(node, nothing, nothing, nothing, nothing, role, final)


def _parts(flat: str) -> tuple[str | None, ...]:
    """The parts of an unknown string from its flat text; nothing if no character is known."""
    pieces = re.findall(f"{GAP}|[^{GAP}]+", flat)
    return () if flat == GAP else tuple(None if piece == GAP else piece for piece in pieces)


def _blank_placeholders(text: str) -> tuple[str, list[int]]:
    """The flat text of a string with placeholders, and for each of its positions the one in the string."""
    flat: list[str] = []
    places: list[int] = []
    done = 0
    for found in _PLACEHOLDER.finditer(text):
        flat.append(text[done : found.start()])
        flat.append(GAP)
        places.extend(range(done, found.start() + 1))
        done = found.end()
    flat.append(text[done:])
    places.extend(range(done, len(text) + 1))
    return "".join(flat), places


def _narrowing(node: Node, unknown: Unknown) -> Part:
    """Find the characters of an unknown string in what was written.

    The known text before the first gap and behind the last one is looked for at the ends of the written
    characters; a place between them is only known to lie somewhere in the node.
    """
    flat = flat_text(unknown)
    written = node.written
    quote = written[0] if len(written) > 1 and written[0] in "\"'" and written[-1] == written[0] else ""
    start, end = node.start + len(quote), node.end - len(quote)
    inner = node.source.text.text[start:end]
    before = flat.find(GAP)
    behind = flat.rfind(GAP) + 1
    if not inner.startswith(flat[:before]):
        before = -1
    if not inner.endswith(flat[behind:]):
        behind = len(flat) + 1

    def part(begin: int, stop: int) -> Node:
        if begin <= before:
            first = start + begin
        elif begin >= behind:
            first = end - (len(flat) - begin)
        else:
            first = start
        if stop >= behind:
            last = end - (len(flat) - stop)
        elif stop <= before:
            last = start + stop
        else:
            last = end
        return node._replace(value=flat[begin:stop], start=first, end=last) if first < last else node

    return part
