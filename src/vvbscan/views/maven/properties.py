"""Properties, and the values that are written with them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Origin, Unknown
from vvbscan.views.maven.lineage import Lineage
from vvbscan.views.maven.pom import text_of

_REFERENCE: Final = lazy_pattern(r"\$\{([^{}]*)\}")
_MODEL: Final = re.compile(r"(?:project\.|pom\.)?(parent\.)?(groupId|artifactId|version)")
"""What of a POM can be referred to as it is written; the form without prefix is deprecated, but works."""
_MOST_CHARACTERS: Final = 10_000
_MOST_STEPS: Final = 50


class Properties:
    """The properties of a module, and the parts of its POM that values refer to."""

    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._written: dict[str, Node] = {}
        for layer in lineage.layers:
            properties = layer.body.child("properties")
            for element in properties.children if properties is not None else ():
                self._written[element.name] = element.text
        self._uses = Counter(
            name for pom in lineage.poms for name in _REFERENCE.findall(pom.source.text.text)
        )
        self._known: dict[str, Node] = {}
        self._pending: list[str] = []

    def property(self, name: str) -> Node | None:
        """The value of a property, None if nothing in the tree sets it."""
        written = self._written.get(name)
        return None if written is None else self._of_name(name, written)

    def resolve_project(self, part: str) -> Node | None:
        """The module's `groupId`, `artifactId` or `version`; its parent's where it has none of its own."""
        return self._of_project(part, parent=False)

    def unset(self, name: str) -> Unknown | None:
        """Why a property may be set though nothing in the tree sets it, None if it is not."""
        outside = self._lineage.outside
        if outside is None and self._lineage.unread:
            reason = f"{name} may be set in the part of {self._lineage.unread} that could not be read"
            return Unknown("unparsed", reason)
        if outside is None:
            return None
        return Unknown("remote", f"{name} may be set by {':'.join(outside)}, which is not in the tree")

    def resolve(self, node: Node) -> Node:
        """A value with what it refers to put in.

        A value that is one reference stands where the property is set, if nothing else in the POMs refers
        to it; otherwise where it is used.
        """
        text = node.value
        if not isinstance(text, str) or "${" not in text:
            return node
        whole = _REFERENCE.fullmatch(text)
        if whole is not None:
            return self._whole(node, whole[1])
        parts: list[str | None] = []
        unknown: Unknown | None = None
        via: list[Origin] = []
        end = 0
        for match in _REFERENCE.finditer(text):
            parts.append(text[end : match.start()])
            end = match.end()
            found = self._refer(match[1])
            value = found.value if isinstance(found, Node) else found
            if isinstance(value, Unknown):
                unknown = unknown or value
                parts += value.parts or (None,)
                continue
            assert isinstance(found, Node)
            parts.append(str(value))
            via.append(Origin(f"value of {match[1]}", found.source, found.start, found.end))
        parts.append(text[end:])
        if sum(len(part) for part in parts if part) > _MOST_CHARACTERS:
            return node.replace_value(Unknown("limit", f"it is over {_MOST_CHARACTERS:,} characters long"))
        if unknown is not None:
            return node.replace_value(unknown._replace(parts=_joined(parts)))
        return node.replace_value("".join(part or "" for part in parts), *via)

    def _whole(self, node: Node, name: str) -> Node:
        found = self._refer(name)
        if isinstance(found, Unknown):
            return node.replace_value(found)
        if self._uses[name] > 1 or name not in self._written:
            return node.replace_value(
                found.value, Origin(f"value of {name}", found.source, found.start, found.end), *found.via
            )
        return found.through(Origin("used here", node.source, node.start, node.end))

    def _refer(self, name: str) -> Node | Unknown:
        match = _MODEL.fullmatch(name)
        if match is not None and (name.startswith(("project.", "pom.")) or name not in self._written):
            return self._of_project(match[2], parent=match[1] is not None) or Unknown(
                "variable", f"{name} is written nowhere"
            )
        written = self._written.get(name)
        if written is not None:
            return self._of_name(name, written)
        if name.startswith("env."):
            return Unknown("variable", f"{name} is an environment variable of the build")
        return self.unset(name) or Unknown("variable", f"no POM in the tree sets {name}")

    def _of_name(self, name: str, written: Node) -> Node:
        known = self._known.get(name)
        if known is None:
            if name in self._pending:
                return written.replace_value(Unknown("expression", f"{name} refers to itself"))
            if len(self._pending) > _MOST_STEPS:
                return written.replace_value(
                    Unknown("limit", f"{name} takes over {_MOST_STEPS} steps to work out")
                )
            self._pending.append(name)
            known = self._known[name] = self.resolve(written)
            self._pending.pop()
        return known

    def _of_project(self, part: str, *, parent: bool) -> Node | None:
        """The group, artifact or version of the module or its parent."""
        project = self._lineage.poms[0].project
        named = project.child("parent")
        written = None if parent else text_of(project, part)
        if written is None and named is not None and (parent or part != "artifactId"):
            written = text_of(named, part)
        return (
            None
            if written is None
            else self._of_name(f"project.{part} of parent" if parent else f"project.{part}", written)
        )


def _joined(parts: list[str | None]) -> tuple[str | None, ...]:
    """Parts with neighbours of one kind joined and empty ones left out."""
    joined: list[str | None] = []
    for part in parts:
        if part == "":
            continue
        last = joined[-1] if joined else None
        if joined and part is None and last is None:
            continue
        if part is not None and last is not None:
            joined[-1] = last + part
        else:
            joined.append(part)
    return tuple(joined)
