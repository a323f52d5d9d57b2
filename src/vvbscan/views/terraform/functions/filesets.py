"""`fileset`: the files of a directory whose paths match a pattern.

Source: Terraform language, "fileset Function": `*`, `**`, `?`, `[a-z]` and `{one,other}`, and files only.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.views.terraform.functions.invocation import Function, Invocation
from vvbscan.views.terraform.values import SET, Exhausted

_MOST_PATTERNS: Final = 64
"""Patterns that the alternatives of one may make."""
_DEEPEST: Final = 40
"""Directories within each other that are looked into: links may make a circle."""
_ANY_DEPTH: Final = "**"


def _fileset(invocation: Invocation) -> Node:
    directory, pattern = invocation.argument(0, "text"), invocation.argument(1, "text")
    for value in (directory, pattern):
        if isinstance(value, Unknown):
            return invocation.unknown(value)
    found: set[str] = set()
    for alternative in _alternatives(posixpath.normpath(pattern)):
        if alternative.startswith("/"):
            return invocation.unknown(Unknown("remote", f"the files {pattern[:200]} are not in the tree"))
        fixed, steps = _fixed(alternative)
        start = posixpath.normpath(posixpath.join(directory, fixed))
        if invocation.scope.names.entries(start) is None:
            if not any(sign.isalnum() for sign in start) and ".." not in start:
                continue  # `fileset("-", "*")` is how people write that there are none
            return invocation.unknown(Unknown("remote", f"the directory {start[:200]} is not in the tree"))
        found.update(_matches(invocation, directory, fixed, steps))
    items = tuple(invocation.outcome(path) for path in sorted(found))
    return invocation.outcome(SeqValue(items), style=SET)


def _alternatives(pattern: str) -> Iterator[str]:
    """The patterns without braces that a pattern stands for. Raises `Exhausted` if they are too many."""
    pending = [pattern]
    made = 0
    while pending:
        made += 1
        if made > _MOST_PATTERNS:
            raise Exhausted("the pattern has more alternatives than the limit allows")
        current = pending.pop()
        end = current.find("}")
        start = current.rfind("{", 0, end) if end >= 0 else -1
        if start < 0:
            yield current
        else:
            options = current[start + 1 : end].split(",")
            pending += [current[:start] + option + current[end + 1 :] for option in options]


def _fixed(pattern: str) -> tuple[str, tuple[str, ...]]:
    """The directories at the beginning of a pattern that have no wildcards, and the steps behind them."""
    steps = pattern.split("/")
    number = 0
    while number < len(steps) - 1 and not any(sign in steps[number] for sign in "*?["):
        number += 1
    return "/".join(steps[:number]), tuple(steps[number:])


def _matches(invocation: Invocation, directory: str, fixed: str, steps: tuple[str, ...]) -> Iterator[str]:
    """The files below a directory whose paths meet the steps of a pattern, with the path from there."""
    names = invocation.scope.names
    pending = [(fixed, steps)]
    seen = set(pending)
    while pending:
        place, wanted = pending.pop()
        if place.count("/") >= _DEEPEST:
            raise Exhausted("the directories are nested deeper than the limit allows")
        entries = names.entries(posixpath.normpath(posixpath.join(directory, place))) or {}
        invocation.spend(1 + len(entries))
        for name, is_directory in entries.items():
            path = f"{place}/{name}" if place else name
            for rest in _rests(wanted, name):
                if not is_directory:
                    if not rest or rest == (_ANY_DEPTH,):
                        yield path
                elif rest and (path, rest) not in seen:
                    seen.add((path, rest))
                    pending.append((path, rest))


def _rests(steps: tuple[str, ...], name: str) -> Iterator[tuple[str, ...]]:
    """What is left of the steps of a pattern behind an entry of this name, for each way to match it."""
    while steps and steps[0] == _ANY_DEPTH:
        yield steps
        steps = steps[1:]
    if steps and fnmatchcase(name, steps[0].replace("[^", "[!")):
        yield steps[1:]


FUNCTIONS: Final[Mapping[str, Function]] = {"fileset": Function(2, 2, _fileset)}
