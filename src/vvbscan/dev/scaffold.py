"""The skeleton of a new rule."""

from __future__ import annotations

import os
import re
from typing import Final

from vvbscan.catalog.reader import rule_paths
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.errors import UsageError
from vvbscan.model.resources import resource_path

_NAME: Final = lazy_pattern(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_SUBJECT: Final = lazy_pattern(r"[a-z][a-z0-9]*")

_SKELETON: Final = """\
# yaml-language-server: $schema=../../schemas/rule.schema.json
id: {id}
name: {name}
title: ""
severity: warning
confidence: high
since: "{since}"
tags: [{subject}]
checklist: []
why: |
  What happens in production, and to whom.
remediation: |
  What to write instead.
references:
  - {{title: "", url: "https://"}}
peers: []
targets:
  - view: container
    assert: {{path: name, exists: true}}
message: "{{name}} ..."
examples:
  pass: []
  fail: []
  unknown: []
"""


def write_skeleton(subject: str, name: str) -> str:
    """Write the skeleton of a rule with the next free number of its subject, and return its path.

    A number that was ever given is not given again as long as a rule with a higher one is there. Raises
    `UsageError` if the subject or the name is not of the right form or the name is taken.
    """
    from vvbscan.version import __version__

    if _SUBJECT.fullmatch(subject) is None:
        raise UsageError(f"`{subject}` is not a subject", hint="one word in lower case, such as `image`")
    if _NAME.fullmatch(name) is None:
        raise UsageError(f"`{name}` is not a name", hint="say what is wrong: `image-tag-missing`")
    rules = resource_path("rules")
    numbers = [0]
    for path in rule_paths(rules):
        match = re.match(r"VVB-([A-Z0-9]+)-(\d{3})-(.+)\.yaml", os.path.basename(path))
        if match is not None and match.group(3) == name:
            raise UsageError(f"`{name}` is the name of {match.group(1)}-{match.group(2)} already")
        if match is not None and match.group(1) == subject.upper():
            numbers.append(int(match.group(2)))
    rule_id = f"VVB-{subject.upper()}-{max(numbers) + 1:03}"
    folder = os.path.join(rules, subject)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{rule_id}-{name}.yaml")
    since = __version__.rpartition(".")[0]
    with open(path, "x", encoding="utf-8") as stream:
        stream.write(_SKELETON.format(id=rule_id, name=name, subject=subject, since=since))
    return os.path.relpath(path)
