"""Whether a JSON file is a plan or a state as `terraform show -json` writes it."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern

_STEP: Final = lazy_pattern(rb'[\[{]|[\]}]|"(?:[^"\\]|\\.)*+"(\s*:)?')
_VERSION: Final = b'"format_version"'
_CONTENT: Final = (b'"planned_values"', b'"resource_changes"', b'"values"', b'"prior_state"')
"""What a plan or a state has beside its version. An empty state has nothing."""
_OF_TERRAFORM: Final = b'"terraform_version"'


def describes_plan(content: bytes) -> bool:
    """Whether an object at the top of a JSON text has the version of the format, and what else a plan has.

    Terraform writes these names first. Other commands of it give an object with the version too, but neither
    the version of Terraform nor values (https://developer.hashicorp.com/terraform/internals/json-format).
    """
    if _VERSION not in content or not content.lstrip().startswith(b"{"):
        return False
    if _OF_TERRAFORM not in content and not any(name in content for name in _CONTENT):
        return False
    depth = 0
    version = plan = False
    for step in _STEP.finditer(content):
        sign = step[0][:1]
        if sign in b"[{":
            depth += 1
        elif sign in b"]}":
            depth -= 1
        elif depth == 1 and step.lastindex:
            name = step[0].rstrip(b": \t\r\n")
            version = version or name == _VERSION
            plan = plan or name == _OF_TERRAFORM or name in _CONTENT
            if version and plan:
                return True
    return False
