"""What a version of a dependency of Maven promises.

https://maven.apache.org/pom.html#dependency-version-requirement-specification
"""

from __future__ import annotations

from vvbscan.model.node import Node, Unknown
from vvbscan.views.packages.model import UNKNOWN


def pinned_how(version: Node | None) -> str:
    """How a version pins a dependency, as `Dependency.pinned`; what a missing one stands for is unknown."""
    value = None if version is None else version.value
    if isinstance(value, Unknown):
        parts = value.parts
        return "snapshot" if parts and (parts[-1] or "").endswith("-SNAPSHOT") else UNKNOWN
    if not isinstance(value, str):
        return UNKNOWN
    text = value.strip()
    if text.startswith(("[", "(")):
        return "exact" if text.startswith("[") and text.endswith("]") and "," not in text else "range"
    if text in ("LATEST", "RELEASE"):
        return "any"
    return "snapshot" if text.upper().endswith("-SNAPSHOT") or text == "SNAPSHOT" else "exact"
