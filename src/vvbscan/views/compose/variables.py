"""The variables of a compose project: what its `.env` and the `env_file`s of its services set."""

from __future__ import annotations

from collections.abc import Mapping

from vvbscan.model.node import SINGLE, Node
from vvbscan.parse.dotenv import Dotenv
from vvbscan.views.compose.interpolation import Budget, Lookup, expand


def evaluate(dotenv: Dotenv, lookup: Lookup, budget: Budget) -> dict[str, tuple[Node, Node]]:
    """The name and value nodes of the variables that a dotenv file sets, by name.

    Variables in the values are looked up with `lookup` first, then among the lines above. A bare name takes
    its value from the environment, which for the analysis is what `lookup` knows; else nothing sets it.
    Source: compose-spec/compose-go, `dotenv/env.go` and `parser.go` at e70e961.
    """
    found: dict[str, tuple[Node, Node]] = {}

    def known(name: str) -> Node | None:
        outer = lookup(name)
        if outer is not None or name not in found:
            return outer
        return found[name][1]

    for name, value in dotenv.assignments:
        text = str(name.value)
        if value is None:
            inherited = lookup(text)
            if inherited is not None:
                found[text] = name, inherited
        elif value.style == SINGLE or not isinstance(value.value, str):
            found[text] = name, value
        else:
            found[text] = name, expand(value, known, budget).node()
    return found


def nothing(name: str) -> Node | None:  # noqa: ARG001 - a Lookup takes a name
    """The lookup of an environment that sets nothing."""
    return None


def lookup_in(*scopes: Mapping[str, Node]) -> Lookup:
    """A lookup in several scopes, the first one first."""

    def lookup(name: str) -> Node | None:
        for scope in scopes:
            node = scope.get(name)
            if node is not None:
                return node
        return None

    return lookup
