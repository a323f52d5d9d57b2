"""Where the values of a plan are written: places in the modules of the tree that the plan was made from.

What a module of the tree comes to as well has the place that it has there, so that one fault is one finding.
What the plan knows better stands at the expression that says it, and what only the provider says at the
header of the block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, Scalar, SeqValue, Unknown
from vvbscan.views.terraform.bodies import Arguments
from vvbscan.views.terraform.lazy_members import LazyMembers
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.plan_values import is_empty, same_scalar

_INDEX: Final = r'\[(?:\d+|\*|"(?:[^"\\]|\\.)*+")\]'
_KEY: Final = lazy_pattern(_INDEX)
_STEP: Final = lazy_pattern(rf"module\.[^.\[]+(?:{_INDEX})?")
"""One call in the address of a module."""
_DOCUMENT: Final = lazy_pattern(r"(?:^|\.)data\.aws_iam_policy_document\..+\.(?:minified_)?json$")
_JSON: Final = ("{", "[")
_LONGEST_JSON: Final = 100_000
_LABEL: Final = "value in the plan"


class Places:
    """Places in the tree, from what its root module comes to."""

    def __init__(self, written: Configuration, argument: Callable[[Resource, str, int], str]) -> None:
        """`argument` is that of the plan."""
        self._argument = argument
        self._by_address: dict[str, Resource] = {}
        self._by_name: dict[str, Resource] = {}
        for resource in written.resources:
            self._by_address[resource.address] = resource
            self._by_name.setdefault(_KEY.sub("", resource.address), resource)
        self._calls = {call.address: call for call in written.calls}
        self._calls_by_name = {_KEY.sub("", call.address): call for call in reversed(written.calls)}

    def placed(self, planned: Resource) -> Resource:
        """A resource of the plan with the places that it has in the tree, as far as it is there."""
        written = self._by_address.get(planned.address) or self._by_name.get(_KEY.sub("", planned.address))
        if written is None:
            return self._of_call(planned)
        at = written.anchor
        root = Node(placed_members(planned.root, written.root, at), at.source, at.start, at.end, COMPUTED)
        return planned._replace(root=root, anchor=_planned_at(at, planned), via=written.via)

    def _of_call(self, planned: Resource) -> Resource:
        """A resource of a module that is not in the tree: what the call gives it stands there.

        What is lacking stands at the call, and what the module makes of other things in the plan.
        """
        found = self._call_of(planned)
        if found is None:
            return planned
        call, depth = found
        step = Origin("call of the module", call.anchor.source, call.anchor.start, call.anchor.end)
        root = planned.root._replace(value=self._given(planned, call, depth))
        return planned._replace(root=root, anchor=_planned_at(call.anchor, planned), via=(step, *call.via))

    def _call_of(self, planned: Resource) -> tuple[ModuleCall, int] | None:
        """The call that leads to a resource out of the tree, and how many calls lead there."""
        steps = _STEP.findall(planned.module)
        for length in range(1, len(steps) + 1):
            address = ".".join(steps[:length])
            call = self._calls.get(address) or self._calls_by_name.get(_KEY.sub("", address))
            if call is not None:
                return call, length
        return None

    def _given(self, planned: Resource, call: ModuleCall, depth: int) -> MapValue:
        """The arguments of a resource with the places of the arguments of a call."""
        values = planned.root.value
        assert isinstance(values, MapValue), "a resource has arguments"

        def find(name: str) -> Node | None:
            mine = values.entries.get(name)
            passed = self._argument(planned, name, depth) if mine is not None else ""
            if mine is None or not passed:
                return mine
            its = call.root.get(passed)
            return _placed(mine, its, _use_site(call.root, passed) or its or call.anchor)

        return MapValue(LazyMembers(find, lambda: values.entries), values.keys, values.rest)


def _planned_at(anchor: Node, planned: Resource) -> Node:
    """What is pointed at in the tree if a resource lacks something, which it is the plan that says."""
    its = planned.anchor
    return anchor.through(Origin("resource in the plan", its.source, its.start, its.end))


def placed_members(planned: Node, written: Node | None, at: Node) -> MapValue:
    """The members of an object of the plan with their places.

    `written` is the object that the tree comes to, `at` what is pointed at for members that it does not have.
    """
    sources = [one.value.entries for one in (planned, written) if one and isinstance(one.value, MapValue)]

    def names() -> Iterable[str]:
        return dict.fromkeys(name for entries in sources for name in entries)

    def find(name: str) -> Node | None:
        mine = planned.get(name)
        its = written.get(name) if written is not None else None
        if mine is None:
            # To providers nothing and an empty collection are the same, and a plan has nothing.
            return its if is_empty(its) else None
        if written is None or its is None:
            return _placed(mine, None, at)
        return _placed(mine, its, _use_site(written, name) or its)

    members = LazyMembers(find, names)

    def key(name: str) -> Node | None:
        own = written.key(name) if written is not None else None
        return own or at._replace(value=name, style=COMPUTED) if name in members else None

    return MapValue(members, LazyMembers(key, names))


def _use_site(written: Node, name: str) -> Node | None:
    """The expression that gives a member of an object in the tree."""
    value = written.value
    members = value.entries if isinstance(value, MapValue) else None
    return members.use_site(name) if isinstance(members, Arguments) else None


def _placed(planned: Node, written: Node | None, at: Node) -> Node:
    """A value of the plan at its place in the tree."""
    here = Origin(_LABEL, planned.source, planned.start, planned.end)
    value = planned.value
    if isinstance(value, Unknown):
        if written is None:
            return Node(value, at.source, at.start, at.end, COMPUTED, (here,))
        if value.kind == "computed" and _says_more(written):
            return written
        return _at_use(value, written, at, here)
    if isinstance(value, MapValue):
        place = written or at
        inner = written if written is not None and isinstance(written.value, MapValue) else None
        return Node(
            placed_members(planned, inner, place), place.source, place.start, place.end, COMPUTED, (here,)
        )
    if isinstance(value, SeqValue):
        place = written or at
        items = tuple(
            _placed(item, _same_item(item, index, value, written), place)
            for index, item in enumerate(value.items)
        )
        return Node(SeqValue(items, value.rest), place.source, place.start, place.end, COMPUTED, (here,))
    if written is None:
        return Node(value, at.source, at.start, at.end, COMPUTED, (here,))
    if isinstance(written.value, Unknown):
        # What a document comes to is judged where its statements are written.
        return written if _DOCUMENT.search(written.value.reference) else _at_use(value, written, at, here)
    if _same(written.value, value):
        return written.through(here)
    # The literal that the tree comes to is not the one that made this value: other variables were given.
    return Node(value, at.source, at.start, at.end, COMPUTED, (here,))


def _at_use(value: Scalar | Unknown, written: Node, at: Node, here: Origin) -> Node:
    """A value that the tree does not have, at its use: that is a part of `at`, or all of it."""
    inside = written.source is at.source and at.start <= written.start and written.end <= at.end
    place = written if inside else at
    return Node(value, place.source, place.start, place.end, COMPUTED, (here,))


def _says_more(written: Node) -> bool:
    """Whether the tree says more of a value than that it is computed."""
    value = written.value
    return not isinstance(value, Unknown) or bool(value.parts) or bool(value.reference)


def _same_item(item: Node, index: int, planned: SeqValue, written: Node | None) -> Node | None:
    """The item of the tree that an item of the plan is: a plan has sets in an order of its own."""
    items = written.items() if written is not None else ()
    if not items:
        return None
    if len(items) == len(planned.items) and _agree(item, items[index]):
        return items[index]
    fitting = [one for one in items if _agree(item, one)]
    return fitting[0] if len(fitting) == 1 else None


def _agree(planned: Node, written: Node) -> bool:
    """Whether two items can be the same: what both know of their own scalars is equal."""
    mine, its = planned.value, written.value
    if isinstance(mine, Unknown) or isinstance(its, Unknown):
        return True
    if isinstance(mine, MapValue):
        if not isinstance(its, MapValue):
            return False
        for name, member in mine.entries.items():
            other = its.entries.get(name)
            if other is None or isinstance(member.value, (MapValue, SeqValue)):
                continue
            if not _agree(member, other):
                return False
        return True
    if isinstance(mine, SeqValue):
        return isinstance(its, SeqValue)
    return _same(its, mine)


def _same(written: object, planned: object) -> bool:
    if same_scalar(written, planned):
        return True
    if not isinstance(written, str) or not isinstance(planned, str):
        return False
    # Providers write policies and the like anew: without white space, with names in order.
    return (
        written.lstrip().startswith(_JSON)
        and planned.startswith(_JSON)
        and max(len(written), len(planned)) <= _LONGEST_JSON
        and _json(written) == _json(planned) is not None
    )


def _json(text: str) -> object:
    import json  # only where texts that look like JSON are compared

    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
