"""What a version of a dependency of Gradle promises.

https://docs.gradle.org/current/userguide/dependency_versions.html
"""

from __future__ import annotations

from vvbscan.model.node import Node, Unknown
from vvbscan.views.packages.model import UNKNOWN


def pinned_how(version: Node | None) -> str:
    """How a version pins a dependency, as `Dependency.pinned`; what a missing one stands for is unknown."""
    value = None if version is None else version.value
    if isinstance(value, Unknown):
        last = value.parts[-1] if value.parts else None
        if last is not None and last.endswith("-SNAPSHOT"):
            return "snapshot"
        return "range" if last is not None and last.endswith("+") else UNKNOWN
    if not isinstance(value, str):
        return UNKNOWN
    text = value.strip().partition("!!")[0]
    if text == "+" or text.startswith("latest."):
        return "any"
    if text.endswith("+"):
        return "range"
    if text[:1] in "[(]" and text:
        return "exact" if text[0] == "[" and text[-1] == "]" and "," not in text else "range"
    return "snapshot" if text.upper().endswith("-SNAPSHOT") else "exact"
