"""Selectors of patch targets: anchored patterns for the identity, label selectors for labels and annotations.

Sources: kustomize v5.7, `api/types/selector.go` and `Select` in `api/resmap/reswrangler.go`; the grammar of
label selectors is that of "Labels and Selectors" in the Kubernetes documentation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import reach, shown
from vvbscan.views.kustomize.identity import Resource
from vvbscan.views.kustomize.patterns import Matcher, whole_match

_NAME: Final = r"[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?"
_VALUE: Final = r"[-A-Za-z0-9_.]*"
_REQUIREMENT: Final = lazy_pattern(
    rf"\s*(?:(?P<absent>!\s*{_NAME})"
    rf"|(?P<key>{_NAME})\s*(?:(?P<operator>==?|!=|>|<)\s*(?P<value>{_VALUE})"
    rf"|\s(?P<set>in|notin)\s*\((?P<values>[^()]*)\))?)\s*(?:,|\Z)"
)


class BadSelector(ValueError):
    """A label selector that does not follow the grammar."""


class Requirement(NamedTuple):
    """One condition on a label."""

    key: str
    operator: str
    """`exists`, `absent`, `in`, `notin`, `>` or `<`."""
    values: tuple[str, ...] = ()

    def holds(self, labels: dict[str, str]) -> bool:
        """Whether labels fulfil it."""
        value = labels.get(self.key)
        if self.operator == "exists":
            return value is not None
        if self.operator == "absent":
            return value is None
        if self.operator == "in":
            return value in self.values
        if self.operator == "notin":
            return value not in self.values
        if value is None or not (value.isdecimal() and self.values[0].isdecimal()):
            return False
        return int(value) > int(self.values[0]) if self.operator == ">" else int(value) < int(self.values[0])


class Selector(NamedTuple):
    """Which objects a patch is applied to; what is None selects everything."""

    group: Matcher | None
    version: Matcher | None
    kind: Matcher | None
    name: Matcher | None
    namespace: Matcher | None
    labels: tuple[Requirement, ...] = ()
    annotations: tuple[Requirement, ...] = ()

    def selects(self, resource: Resource) -> bool:
        """Whether an object is selected, by the identity it was written with or the one it has."""
        original, current = resource.original, resource.identity
        if self.namespace and not (self.namespace(original.namespace) or self.namespace(current.namespace)):
            return False
        if self.name and not (self.name(original.name) or self.name(current.name)):
            return False
        if self.group and not self.group(current.group):
            return False
        if self.version and not self.version(current.version):
            return False
        if self.kind and not self.kind(current.kind):
            return False
        return _hold(self.labels, resource.root, "labels") and _hold(
            self.annotations, resource.root, "annotations"
        )


def read_selector(node: Node) -> Selector:
    """The selector that a mapping with `kind`, `name`, `labelSelector` and so on describes.

    Raises `BadPattern` or `BadSelector` if a part of it has no meaning.
    """

    def matcher(key: str) -> Matcher | None:
        text = shown(node.get(key))
        return whole_match(text) if text else None

    return Selector(
        matcher("group"),
        matcher("version"),
        matcher("kind"),
        matcher("name"),
        matcher("namespace"),
        read_requirements(shown(node.get("labelSelector"))),
        read_requirements(shown(node.get("annotationSelector"))),
    )


def read_requirements(text: str) -> tuple[Requirement, ...]:
    """The conditions of a label selector. Raises `BadSelector` if it does not follow the grammar."""
    requirements = []
    position = 0
    while text[position:].strip():
        match = _REQUIREMENT.match(text, position)
        if match is None:
            raise BadSelector(f"'{text}' is not a label selector")
        position = match.end()
        requirements.append(_requirement(match))
    return tuple(requirements)


def _requirement(match: re.Match[str]) -> Requirement:
    if match["absent"]:
        return Requirement(match["absent"][1:].strip(), "absent")
    key = match["key"]
    if match["set"]:
        return Requirement(key, match["set"], tuple(value.strip() for value in match["values"].split(",")))
    operator = match["operator"]
    if not operator:
        return Requirement(key, "exists")
    if operator in "<>":
        return Requirement(key, operator, (match["value"],))
    return Requirement(key, "notin" if operator == "!=" else "in", (match["value"],))


def _hold(requirements: Sequence[Requirement], root: Node, where: str) -> bool:
    if not requirements:
        return True
    node = reach(root, "metadata", where)
    labels = (
        {name: shown(value) for name, value in node.value.entries.items()}
        if node is not None and isinstance(node.value, MapValue)
        else {}
    )
    return all(requirement.holds(labels) for requirement in requirements)
