"""Where an expression is evaluated: what its names refer to, and where its faults are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from vvbscan.model.node import MapValue, Node, Origin, SeqValue, Source
from vvbscan.parse.hcl_tree import Step
from vvbscan.record import NamedTuple


class EvaluationFault(Exception):
    """An expression that Terraform would refuse: a type error, a missing member, a wrong argument.

    It ends the evaluation of the attribute, whose value then is unknown, unless `try` or `can` stands around
    it. What is only not known raises nothing: it is a node with an `Unknown`.
    """

    def __init__(self, code: str, message: str, start: int, end: int) -> None:
        """`code` and `message` become those of a notice at the span, in the source of the scope."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end


class Decoded(NamedTuple):
    """What a file was decoded to, and how many steps that took."""

    root: Node
    steps: int


DecodedFiles = dict[tuple[str, Source, tuple[Origin, ...]], Decoded]
"""By the language, the file and the way of its text, which all of its values have."""


class Budget:
    """Steps of evaluation that a unit has left. What is evaluated after the last one is unknown."""

    __slots__ = ("caught", "decoded", "depth", "heights", "labels", "left", "string_length")

    def __init__(self, steps: int, string_length: int, decoded: DecodedFiles | None = None) -> None:
        self.left = steps
        self.string_length = string_length
        """Characters that one computed string may reach."""
        self.depth = 0
        """How deep the evaluation is in expressions and references, in calls of the interpreter."""
        self.heights: dict[MapValue | SeqValue, int] = {}
        """Levels of the collections that were referred to."""
        self.labels: dict[Node, str] = {}
        """What stands at the places of values that were referred to, for the ways of what is made of them."""
        self.caught: list[tuple[Source, tuple[str, str, int, int]]] = []
        """Faults to be told of although what they are in has a value, and the files that they are in."""
        self.decoded: DecodedFiles = {} if decoded is None else decoded
        """What was decoded of files, also by other evaluations if it was handed in."""


class Referred(NamedTuple):
    """What a traversal refers to."""

    value: Node
    taken: int
    """Steps of the traversal that led there; those behind are steps into the value."""
    label: str = ""
    """What stands at the place of the value, for the way: `default of var.multi_az`. Empty if the traversal
    itself is all that there is (`path.module`, an attribute that is computed)."""
    shared: bool = False
    """Whether other expressions refer to it too. A change at its place then changes them as well, so the use
    is the place to change."""


class Names(Protocol):
    """The names of an instance of a module: `var`, `local`, `module`, `data`, resources, `path`."""

    def refer(self, root: str, steps: tuple[Step, ...], start: int, end: int) -> Referred:
        """What a traversal with this first name and these steps refers to.

        Raises `EvaluationFault` for what is not declared, and for cycles.
        """

    def read_file(self, path: str) -> Source | None:
        """A file by its path relative to the root module, None if it is not to be had inside the root."""

    def entries(self, path: str) -> Mapping[str, bool] | None:
        """The names in a directory, by its path relative to the root module, and which are directories.

        None if there is no such directory inside the root. In the order of the names.
        """


class Scope(NamedTuple):
    """Names, and the file that the expression stands in."""

    source: Source
    names: Names
    bindings: Mapping[str, Node]
    """Names that stand for values of their own: those of a `for`, `each`, `count`, `self`, the iterator of a
    `dynamic` block, the variables of a template."""
    budget: Budget

    def bound(self, /, **bindings: Node) -> Scope:
        """The scope with further names."""
        return Scope(self.source, self.names, {**self.bindings, **bindings}, self.budget)
