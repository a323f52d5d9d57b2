"""Subjects of the views of packages, the same for all ecosystems."""

from __future__ import annotations

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.packages.model import UNKNOWN, Dependency
from vvbscan.views.records import computed, fields


def dependency_subject(dependency: Dependency, address: str) -> Subject:
    """A subject of the view `dependency`: the fields of its record."""
    anchor = dependency.anchor
    return Subject(
        "dependency",
        address,
        fields(
            anchor,
            {
                "ecosystem": computed(dependency.ecosystem, anchor),
                "package": computed(dependency.package, dependency.name),
                "name": dependency.name,
                "requirement": dependency.requirement,
                "pinned": pinned_node(dependency.pinned, dependency.requirement, anchor),
                "scope": computed(dependency.scope, anchor),
                "source": computed(dependency.source, anchor),
            },
        ),
        anchor,
        "",
        dependency,
    )


def pinned_node(pinned: str, requirement: Node | None, anchor: Node) -> Node:
    """How a requirement pins, as a field."""
    if pinned != UNKNOWN:
        return computed(pinned, requirement or anchor)
    if requirement is not None and isinstance(requirement.value, Unknown):
        # What is known of the version is nothing that is known of this field.
        return requirement._replace(value=requirement.value._replace(parts=()))
    return anchor.replace_value(Unknown("default", "nothing in the tree sets a version"))
