"""What the expressions of a plan's configuration refer to.

A plan does not repeat the expressions of the configuration, it lists the names in them: of
`aws_lb.front[0].arn` also `aws_lb.front[0]` and `aws_lb.front`. An expression with one name is taken for a
reference to it, which is what joins the things of a plan that nobody knows the names of yet.

Source: https://developer.hashicorp.com/terraform/internals/json-format#expression-representation
"""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node
from vvbscan.views.terraform.plan_values import REFERENCES

_KEY: Final = r'\[(?:\d+|"(?:[^"\\]|\\.)*+")\]'
_CALL: Final = lazy_pattern(rf"module\.([^.\[\]]+)({_KEY})?(?:\.|$)")
_KEY_AT_END: Final = lazy_pattern(rf"{_KEY}$")
_VARIABLE: Final = lazy_pattern(r"var\.([^.\[\]]+)(.*)", re.DOTALL)
_OUTPUT: Final = lazy_pattern(rf"module\.([^.\[\]]+)({_KEY})?\.([^.\[\]]+)(.*)", re.DOTALL)
_OTHER: Final = ("local.", "each.", "count.", "path.", "terraform.", "self.")
"""Beginnings of names that stand for no thing of the plan. What a local value is made of is not in it."""
_OF_INSTANCE: Final = frozenset({"count.index", "each.key"})
"""Names of the key of an instance. `each.value` is one too where `for_each` is a set, which is not told."""
_MOST_STEPS: Final = 100
"""Arguments and outputs of modules that one reference is followed through."""

ModulePath = tuple[tuple[str, str], ...]
"""Name and key (`[0]`, `["eu"]`, or empty) of each call that leads to an instance of a module."""


def module_path(address: str) -> ModulePath:
    """The calls that an address begins with."""
    path = []
    position = 0
    while found := _CALL.match(address, position):
        path.append((found[1], found[2] or ""))
        position = found.end()
    return tuple(path)


def instance_key(address: str) -> str:
    """The key that an address ends with: `[0]`, `["eu"]`, or nothing."""
    found = _KEY_AT_END.search(address)
    return found[0] if found is not None else ""


class References:
    """Follows the names of a plan's configuration."""

    def __init__(self, root_module: Node | None) -> None:
        """`root_module` is the configuration of the root module, None if the plan has none."""
        self._root = root_module

    def module(self, path: ModulePath) -> Node | None:
        """The configuration of a module."""
        module = self._root
        for name, _ in path:
            module = module.at("module_calls", name, "module") if module is not None else None
        return module

    def full_address(self, expression: Node, path: ModulePath, key: str) -> str:
        """The full address of the one thing that an expression refers to, empty if there is none.

        `path` leads to the module of the expression; `key` is that of the instance whose argument it is:
        `aws_subnet.main[count.index].id` is of the subnet with the same key.
        """
        rest = ""
        for _ in range(_MOST_STEPS):
            name = _the_one(expression, key)
            if not name or name.startswith(_OTHER):
                return ""
            followed: Node | None
            if variable := _VARIABLE.fullmatch(name):
                if not path:
                    return ""
                (call, key), path = path[-1], path[:-1]
                caller = self.module(path)
                followed = caller.at("module_calls", call, "expressions", variable[1]) if caller else None
                rest = variable[2] + rest
            elif output := _OUTPUT.fullmatch(name):
                inner = (*path, (output[1], output[2] or ""))
                module = self.module(inner)
                followed = module.at("outputs", output[3], "expression") if module is not None else None
                if followed is None or not _the_one(followed, ""):
                    return _prefix(path) + name + rest
                path, key = inner, ""
                rest = output[4] + rest
            else:
                return _prefix(path) + name + rest
            if followed is None:
                return ""
            expression = followed
        return ""

    def argument(self, expression: Node, path: ModulePath, depth: int) -> str:
        """The argument of a call that an expression of a module passes on, empty if it is none or changed.

        `path` leads to the module, and its first `depth` calls to the one in question.
        """
        while True:
            variable = _VARIABLE.fullmatch(_the_one(expression, ""))
            if variable is None or variable[2] or len(path) < depth:
                return ""
            if len(path) == depth:
                return variable[1]
            caller = self.module(path[:-1])
            followed = caller.at("module_calls", path[-1][0], "expressions", variable[1]) if caller else None
            if followed is None:
                return ""
            path, expression = path[:-1], followed


def _prefix(path: ModulePath) -> str:
    return "".join(f"module.{name}{key}." for name, key in path)


def _the_one(expression: Node, key: str) -> str:
    """The one name of an expression, in full; empty if it has none or several."""
    listed = expression.get(REFERENCES)
    names = [name for item in (listed.items() if listed is not None else ()) if (name := item.text())]
    things = list(dict.fromkeys(name for name in names if name not in _OF_INSTANCE))
    longest = max(things, key=len, default="")
    if not longest or any(not _begins(longest, name) for name in things):
        return ""
    if len(things) < len(set(names)):
        # With the key of the instance something is chosen, and what of it is not said.
        is_thing = len(things) == 1 and longest.count(".") == 1
        return longest + key if is_thing and key else ""
    return longest


def _begins(name: str, beginning: str) -> bool:
    return name.startswith(beginning) and name[len(beginning) : len(beginning) + 1] in ("", ".", "[")
