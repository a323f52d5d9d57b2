"""Whether a file that only its content tells for Kubernetes manifests is one."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern

_BLOCK_KEY: Final = r"(?m)^(?:---[ \t]+)?[\"']?%s[\"']?[ \t]*:"
_API_VERSION: Final = lazy_pattern((_BLOCK_KEY % "apiVersion").encode())
_KIND: Final = lazy_pattern((_BLOCK_KEY % "kind").encode())
_FLOW: Final = lazy_pattern(rb"(?m)^(?:---)?[ \t]*\{")
_FLOW_STEP: Final = lazy_pattern(
    rb"""([\[{])|([\]}])|("(?:[^"\\]|\\.)*+"|'[^']*+'|(?<![\w.-])(?:apiVersion|kind)(?![\w.-]))(\s*:)?"""
)
"""An opening or a closing bracket, or what may be a key, and the colon that makes it one."""
_OPENING, _CLOSING, _NAME = 1, 2, 3
_LARGEST: Final = 100_000
"""Bytes of a file that is read for others: dashboards in ConfigMaps are larger."""


def describes_manifests(content: bytes) -> bool:
    """Whether a mapping at the top of a YAML or JSON text has an `apiVersion` and a `kind`."""
    if b"apiVersion" not in content or b"kind" not in content:
        return False
    if _API_VERSION.search(content) and _KIND.search(content):
        return True
    flow = _FLOW.search(content)
    return flow is not None and _has_both(content, flow.end() - 1)


def speaks_of_others(content: bytes) -> bool:
    """Whether manifests have no containers: what they describe may be meant for those of other files.

    These are Services, autoscalers, ConfigMaps and the like. Definitions of resources are not, and nothing so
    large that reading it again costs more than it tells.
    """
    return (
        len(content) <= _LARGEST
        and b"containers" not in content
        and b"CustomResourceDefinition" not in content
    )


def _has_both(content: bytes, start: int) -> bool:
    """Whether both keys are among those of a mapping in flow style: JSON is one, on however many lines."""
    depth = 0
    found: set[bytes] = set()
    for step in _FLOW_STEP.finditer(content, start):
        if step[_OPENING]:
            depth += 1
            if depth == 1:
                found.clear()  # the next mapping of the file
        elif step[_CLOSING]:
            depth -= 1
        elif depth == 1 and step.lastindex != _NAME:
            found.add(step[_NAME].strip(b"\"'"))
            if found >= {b"apiVersion", b"kind"}:
                return True
    return False
