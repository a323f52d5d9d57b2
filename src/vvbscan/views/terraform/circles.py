"""Circles of references, which Terraform refuses: what is worked out from itself, whatever it comes to.

A reference is to all of a resource, of a local value or of a variable, and to one output of a call. Such an
output is worked out from those arguments of the call that its expression leads to in the called module, and
from the number of instances of the call. Conditions and provisioners are left out.

Source: Terraform, "Resource Graph" (https://developer.hashicorp.com/terraform/internals/graph).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from weakref import WeakKeyDictionary

from vvbscan.model.node import Problem, Source
from vvbscan.parse.hcl_tree import (
    Expression,
    GetAttribute,
    Literal,
    Splat,
    Step,
    Traversal,
    Variable,
)
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.bodies import MODULE_META
from vvbscan.views.terraform.load import DATA, MANAGED, Declaration, Library, ModuleFiles
from vvbscan.views.terraform.sources import called_modules

CODE: Final = "terraform-cycle"
_APART: Final = frozenset({"lifecycle", "provisioner", "connection"})
"""Blocks of a resource that Terraform evaluates when the resource is there."""
_EXPANDING: Final = ("count", "for_each", "depends_on")
_SHOWN: Final = 8
"""Names of a way that a message has room for."""
_PREFIXES: Final = {"data": DATA, "ephemeral": "ephemeral", "resource": MANAGED}

_Name = tuple[str, ...]
"""`("local", "a")`, `("managed", "aws_lb", "front")`, `("call", "db")`, `("argument", "db", "size")`,
`("outcome", "db", "arn")`, `("var", "size")`, `("output", "arn")`."""


class _Use(NamedTuple):
    """A reference, and where it stands; without a place, what Terraform makes of a call."""

    target: _Name
    source: Source | None = None
    start: int = 0
    end: int = 0


Ring = tuple[_Use, ...]
"""The uses of a circle in order: each stands in what the one before it leads to."""


class Circles(NamedTuple):
    """What there is to tell of a module, and what those that call it have to know."""

    problems: tuple[tuple[Source, Problem], ...] = ()
    reached: Mapping[str, int] = {}
    """The variables that the value of an output is worked out from, by its name: their `bits` together."""
    bits: Mapping[str, int] = {}


class _Found:
    """What is known of the modules of a library."""

    def __init__(self) -> None:
        self.called: dict[str, tuple[str, ...]] = {}
        self.circles: dict[str, Circles] = {}


_FOUND: Final[WeakKeyDictionary[Library, _Found]] = WeakKeyDictionary()


def circles_of(library: Library, directory: str) -> Circles:
    """The circles of a module, with what leads through the modules that it calls."""
    found = _FOUND.setdefault(library, _Found())
    pending = [directory]
    while pending:
        current = pending[-1]
        if current in found.circles:
            pending.pop()
            continue
        module = library.module(current)
        called = {} if module is None else called_modules(module, library)
        # Of modules that call each other nothing is followed.
        called = {name: inner for name, inner in called.items() if not _leads_to(library, inner, current)}
        missing = [inner for inner in called.values() if inner not in found.circles]
        if missing:
            pending += missing
        else:
            inner = {name: found.circles[folder] for name, folder in called.items()}
            found.circles[current] = Circles() if module is None else _Uses(module, inner).circles()
    return found.circles[directory]


def _leads_to(library: Library, start: str, end: str) -> bool:
    """Whether calls lead from one module to another."""
    known = _FOUND[library].called
    seen: set[str] = set()
    pending = [start]
    while pending:
        directory = pending.pop()
        if directory == end:
            return True
        if directory in seen:
            continue
        seen.add(directory)
        if directory not in known:
            module = library.module(directory)
            known[directory] = () if module is None else tuple(called_modules(module, library).values())
        pending += known[directory]
    return False


class _Uses:
    """What each name of a module is worked out from."""

    def __init__(self, module: ModuleFiles, called: Mapping[str, Circles]) -> None:
        self._module = module
        self._called = called
        self._graph: dict[_Name, list[_Use]] = {}
        self._outcomes: dict[_Name, None] = {}
        for name, written in module.locals.items():
            self._graph["local", name] = list(self._of(written.attribute.expression, written.source))
        for name, declaration in module.outputs.items():
            self._graph["output", name] = list(self._of_bodies(declaration, ()))
        for key, declaration in module.resources.items():
            self._graph[key] = list(self._of_bodies(declaration, key))
        for name, declaration in module.calls.items():
            self._add_call(name, declaration)
        for outcome in self._outcomes:
            self._add_outcome(outcome)

    def circles(self) -> Circles:
        """The circles, each once, and what outputs are worked out from."""
        problems: list[tuple[Source, Problem]] = []
        order = {name: index for index, name in enumerate(self._graph)}
        reached: dict[_Name, int] = {}
        bits = {name: 1 << index for index, name in enumerate(self._module.variables)}
        for part in _parts(self._graph):  # what a part leads to comes before it
            leads_to = 0
            for name in part:
                leads_to |= bits[name[1]] if name[0] == "var" else 0
                for use in self._graph.get(name, ()):
                    leads_to |= reached.get(use.target, 0)
            reached.update(dict.fromkeys(part, leads_to))
            ring = _ring(self._graph, min(part, key=lambda name: order.get(name, 0)), part)
            if ring:
                problems.append(self._told(ring))
        outputs = {name: reached["output", name] for name in self._module.outputs}
        return Circles(tuple(problems), outputs, bits)

    def _add_call(self, name: str, declaration: Declaration) -> None:
        call = "call", name
        uses: list[_Use] = []
        arguments: dict[_Name, list[_Use]] = {}
        for body, source in declaration.bodies():
            for argument, attribute in body.attributes.items():
                found = self._of(attribute.expression, source)
                if argument in _EXPANDING:
                    uses += found
                elif argument not in MODULE_META:
                    arguments["argument", name, argument] = list(found)
        self._graph[call] = uses
        for key, found_in in arguments.items():
            self._graph[key] = [*found_in, _Use(call)] if uses else found_in
        self._graph["module", name] = [_Use(call), *map(_Use, arguments)]

    def _add_outcome(self, key: _Name) -> None:
        """What an output of a call is worked out from."""
        _, name, output = key
        called = self._called[name]
        wanted = called.reached[output]
        arguments = (variable for variable, bit in called.bits.items() if bit & wanted)
        keys = [("argument", name, variable) for variable in arguments]
        self._graph[key] = [_Use(("call", name)), *(_Use(one) for one in keys if one in self._graph)]

    def _of_bodies(self, declaration: Declaration, own: _Name) -> Iterator[_Use]:
        """What the arguments and blocks of a block refer to. That it depends on itself may be said of it."""
        pending = list(declaration.bodies())
        while pending:
            body, source = pending.pop()
            pending += [(block.body, source) for block in body.blocks if block.type.text not in _APART]
            for name, attribute in body.attributes.items():
                for use in self._of(attribute.expression, source):
                    if name != "depends_on" or use.target != own:
                        yield use

    def _of(self, expression: Expression, source: Source) -> Iterator[_Use]:
        """What an expression refers to, of the names that the module declares."""
        if type(expression) is Literal:
            return
        pending: list[tuple[object, ...]] = [expression]
        while pending:
            item = pending.pop()
            if type(item) is not Traversal:
                pending += [part for part in item if isinstance(part, tuple) and type(part) is not Literal]
                continue
            pending += [step for step in item.steps if type(step) is not GetAttribute]
            if type(item.root) is not Variable:
                pending.append(item.root)
                continue
            target = self._target(item.root.name, item.steps)
            if target is not None:
                yield _Use(target, source, item.start, item.end)

    def _target(self, root: str, steps: tuple[Step, ...]) -> _Name | None:
        first = name_in(steps[:1])
        if root in ("var", "local"):
            declared = self._module.variables if root == "var" else self._module.locals
            return (root, first) if first in declared else None
        if root == "module":
            if first not in self._module.calls:
                return None
            output = name_in(steps[1:])
            if not output:
                return "module", first
            circles = self._called.get(first)
            if circles is None or output not in circles.reached:
                return "call", first
            self._outcomes["outcome", first, output] = None
            return "outcome", first, output
        mode = _PREFIXES.get(root)
        key = (MANAGED, root, first) if mode is None else (mode, first, name_in(steps[1:2]))
        return key if key in self._module.resources else None

    def _told(self, ring: Ring) -> tuple[Source, Problem]:
        """A circle at the last reference of it, which closes it."""
        closing = next(use for use in reversed(ring) if use.source is not None)
        names = [_shown(ring[-1].target), *(_shown(use.target) for use in ring)]
        way = names if len(names) <= _SHOWN else [*names[: _SHOWN // 2], "…", *names[-_SHOWN // 2 :]]
        message = f"{names[0]} depends on itself: {' → '.join(way)}"
        assert closing.source is not None
        return closing.source, Problem("warning", CODE, message, closing.start, closing.end)


def _ring(graph: Mapping[_Name, Iterable[_Use]], first: _Name, part: set[_Name]) -> Ring:
    """The uses of a shortest way from a name back to it, empty if there is none."""
    if len(part) == 1 and all(use.target != first for use in graph.get(first, ())):
        return ()
    before: dict[_Name, tuple[_Name, _Use]] = {}
    pending = [first]
    for name in pending:
        for use in graph.get(name, ()):
            if use.target in part and use.target not in before:
                before[use.target] = name, use
                pending.append(use.target)
        if first in before:
            break
    ring: list[_Use] = []
    reached = first
    while first in before and (reached != first or not ring):
        reached, use = before[reached]
        ring.append(use)
    return tuple(reversed(ring))


def _parts(graph: Mapping[_Name, Iterable[_Use]]) -> Iterator[set[_Name]]:
    """The names of a graph, those together that lead to each other (Tarjan's algorithm)."""
    numbers: dict[_Name, int] = {}
    lowest: dict[_Name, int] = {}
    open_: dict[_Name, None] = {}
    for start in graph:
        if start in numbers:
            continue
        work: list[tuple[_Name, Iterator[_Use]]] = []
        entered: _Name | None = start
        while entered is not None or work:
            if entered is not None:
                numbers[entered] = lowest[entered] = len(numbers)
                open_[entered] = None
                work.append((entered, iter(graph.get(entered, ()))))
                entered = None
            name, uses = work[-1]
            for use in uses:
                if use.target not in numbers:
                    entered = use.target
                    break
                if use.target in open_:
                    lowest[name] = min(lowest[name], numbers[use.target])
            if entered is not None:
                continue
            work.pop()
            if work:
                outer = work[-1][0]
                lowest[outer] = min(lowest[outer], lowest[name])
            if lowest[name] == numbers[name]:
                part: set[_Name] = set()
                while name not in part:
                    part.add(open_.popitem()[0])
                yield part


def name_in(steps: tuple[Step, ...]) -> str:
    """The first attribute that steps lead to, past indexes; empty if there is none."""
    for step in steps:
        if isinstance(step, GetAttribute) and not step.name.isdecimal():
            return step.name
        if isinstance(step, Splat):
            return name_in(step.steps)
    return ""


def _shown(name: _Name) -> str:
    """A name as it is written in Terraform, or said of it."""
    kind, *words = name
    if kind == MANAGED:
        return ".".join(words)
    if kind == "argument":
        return f"argument {words[1]} of module.{words[0]}"
    if kind in ("call", "outcome"):
        kind = "module"
    return ".".join((kind, *words))
