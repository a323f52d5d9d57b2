"""The `images` of a kustomization: other names, tags and digests for the images of containers.

Sources: kustomize v5.7, `api/filters/imagetag` (which fields, and what replaces what) and
`api/internal/image/image.go` (how a reference is split).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import COMPUTED, Node, Origin
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kustomize.edit import Path, reached, replaced, walk
from vvbscan.views.kustomize.fields import FieldSpec, sites
from vvbscan.views.kustomize.identity import Resource
from vvbscan.views.kustomize.patterns import Matcher, whole_match

_TAIL: Final = r"(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?"
_LISTS: Final = ("containers", "initContainers")
_VOLUMES: Final = tuple(
    FieldSpec((*pod, "volumes[]", "image", "reference")) for pod in (("spec",), ("spec", "template", "spec"))
)


class JoinedNode(Node):
    """A string that was put together from pieces of several places.

    The node as a whole stands where its `deciding` piece was written; `part` gives the characters of a piece
    where that was written.
    """

    pieces: tuple[tuple[int, Node], ...]
    """Each piece with its position in the string, in order."""

    def part(self, begin: int, stop: int) -> Node:
        """Characters `begin` to `stop`, where they were written if they lie in one piece."""
        for position, piece in self.pieces:
            length = len(str(piece.value))
            if position <= begin and stop <= position + length:
                return piece.part(begin - position, stop - position)
        return Node(str(self.value)[begin:stop], self.source, self.start, self.end, COMPUTED, self.via)


class ImageChange(NamedTuple):
    """An entry of `images`."""

    matches: Matcher
    name: Node | None
    tag: Node | None
    digest: Node | None
    suffix: Node | None


class Place(NamedTuple):
    """Where an image is named in an object."""

    path: Path
    node: Node


def read_image_change(entry: Node) -> ImageChange:
    """An entry of `images`. Raises `BadPattern` if its name is not a pattern."""
    given = {
        key: node for key in ("newName", "newTag", "digest", "tagSuffix")
        if (node := entry.get(key)) is not None and shown(node)
    }  # fmt: skip
    return ImageChange(
        whole_match(shown(entry.get("name")), _TAIL),
        given.get("newName"),
        given.get("newTag"),
        given.get("digest"),
        given.get("tagSuffix"),
    )


def change_images(resource: Resource, changes: list[ImageChange]) -> None:
    """Apply changes, one after the other, to all images that an object names."""
    if resource.identity.kind == "CustomResourceDefinition":
        return
    edits = {}
    for place in _places(resource.root):
        image = place.node
        for change in changes:
            if isinstance(image.value, str) and change.matches(image.value):
                image = _changed(image, change)
        if image is not place.node:
            edits[place.path] = image
    resource.edit(replaced(resource.root, edits))


def _places(root: Node) -> Iterator[Place]:
    for path, node in walk(root):
        if len(path) > 1 and path[-2] in _LISTS and isinstance(path[-1], int):
            image = node.get("image")
            if image is not None:
                yield Place((*path, "image"), image)
    for spec in _VOLUMES:
        for site in sites(root, spec):
            yield Place(site.path, reached(root, site.path))


def _changed(image: Node, change: ImageChange) -> Node:
    """The image with the parts that a change gives in place of its own."""
    text = str(image.value)
    name_end, tag_end = _split(text)
    name: Node = change.name or image.part(0, name_end)
    tag = image.part(name_end + 1, tag_end) if tag_end > name_end else None
    digest = image.part(tag_end + 1, len(text)) if tag_end < len(text) else None
    if change.tag is not None or change.digest is not None:
        tag, digest = change.tag, change.digest
    elif change.suffix is not None:
        tag, digest = _suffixed(tag, change.suffix), None
    origin = Origin("the image is named here", image.source, image.start, image.end)
    pieces = [("", name), (":", tag), ("@", digest)]
    deciding = change.digest or change.tag or change.suffix or change.name or image
    return _joined([(sign, piece) for sign, piece in pieces if piece is not None], deciding, origin, change)


def _suffixed(tag: Node | None, suffix: Node) -> Node:
    return suffix.replace_value(shown(tag) + shown(suffix))


def _joined(
    pieces: list[tuple[str, Node]], deciding: Node, origin: Origin, change: ImageChange
) -> JoinedNode:
    text = ""
    placed = []
    for sign, piece in pieces:
        text += sign
        is_new = piece in (change.name, change.tag, change.digest, change.suffix)
        known = piece if isinstance(piece.value, str) else piece.replace_value(shown(piece))
        placed.append((len(text), known._replace(via=(*known.via, origin)) if is_new else known))
        text += shown(piece)
    joined = JoinedNode(
        text, deciding.source, deciding.start, deciding.end, COMPUTED, (*deciding.via, origin)
    )
    joined.pieces = tuple(placed)
    return joined


def _split(text: str) -> tuple[int, int]:
    """Where the name of a reference ends, and where its tag does; equal if it has no tag."""
    slash = max(text.find("/"), 0)
    at = text.find("@", slash)
    colon = text.find(":", slash)
    end = len(text) if at < 0 else at
    return (end, end) if colon < 0 or colon > end else (colon, end)
