"""What expressions of a module see of its resources and data sources.

Arguments that are configured have their values; what else a resource has is known only when Terraform has
applied it, what a data source has when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Unknown
from vvbscan.parse.hcl_tree import GetAttribute, GetIndex, Literal, Splat, Step
from vvbscan.views.terraform.bodies import RESOURCE_META, Arguments
from vvbscan.views.terraform.instances import STAR, Expansion, Instance
from vvbscan.views.terraform.lazy_members import LazyMembers
from vvbscan.views.terraform.load import DATA, EPHEMERAL, MANAGED, Declaration
from vvbscan.views.terraform.scope import EvaluationFault, Referred
from vvbscan.views.terraform.steps import MISSING_MEMBER

if TYPE_CHECKING:
    from vvbscan.views.terraform.module import ModuleInstance

_PREFIXES: Final = {MANAGED: "", DATA: "data.", EPHEMERAL: "ephemeral."}
_SHOWN: Final = {MANAGED: "resource", DATA: "data source", EPHEMERAL: "ephemeral resource"}


def refer_data(module: ModuleInstance, steps: tuple[Step, ...], start: int, end: int) -> Referred:
    """What a traversal that begins with `data` refers to."""
    return _refer_of_mode(module, DATA, steps, start, end)


def refer_ephemeral(module: ModuleInstance, steps: tuple[Step, ...], start: int, end: int) -> Referred:
    """What a traversal that begins with `ephemeral` refers to."""
    return _refer_of_mode(module, EPHEMERAL, steps, start, end)


def _refer_of_mode(
    module: ModuleInstance, mode: str, steps: tuple[Step, ...], start: int, end: int
) -> Referred:
    kind = name_of(mode, steps, start, end)
    referred = refer_resource(module, mode, kind, steps[1:], start, end)
    return referred._replace(taken=referred.taken + 1)


def refer_resource(
    module: ModuleInstance, mode: str, kind: str, steps: tuple[Step, ...], start: int, end: int
) -> Referred:
    """What a traversal that begins with the type of a resource refers to."""
    name = name_of(kind, steps, start, end)
    declaration = module.files.resources.get((mode, kind, name))
    prefix = _PREFIXES[mode]
    if declaration is None:
        same = {known: None for of, type_, known in module.files.resources if (of, type_) == (mode, kind)}
        return module.undeclared(f"{prefix}{kind}.{name}", _SHOWN[mode], name, same, start, end)
    expansion = module.expansion(declaration, start, end)
    address = module.located(f"{prefix}{kind}.{name}")
    if not expansion.by:
        step = steps[1] if len(steps) > 1 else None
        if isinstance(step, GetIndex) and isinstance(step.key, Literal):
            message = f"{prefix}{kind}.{name} has neither `count` nor `for_each`, and so it has no index"
            raise EvaluationFault(MISSING_MEMBER, message, start, end)
        return _attribute_of(
            module, declaration, mode, address, expansion.instances[0], steps, 1, (start, end)
        )
    index = chosen_instance(expansion, steps[1]) if len(steps) > 1 else None
    if index is not None:
        instance = expansion.instances[index]
        suffix = instance.suffix if instance.key is not STAR else _suffix_of(steps[1])
        return _attribute_of(module, declaration, mode, address + suffix, instance, steps, 2, (start, end))
    attribute = _attribute_in(steps[1:])
    for instance in expansion.instances:
        _settle(module, declaration, instance, attribute, address, (start, end))
    nodes = [
        _value_of(module, declaration, mode, address + instance.suffix, instance)
        for instance in expansion.instances
    ]
    return Referred(collected(expansion, nodes, address, declaration), 1)


def _attribute_of(
    module: ModuleInstance,
    declaration: Declaration,
    mode: str,
    address: str,
    instance: Instance,
    steps: tuple[Step, ...],
    taken: int,
    place: tuple[int, int],
) -> Referred:
    """An attribute of an instance of a resource, or the whole of it."""
    step = steps[taken] if len(steps) > taken else None
    if not isinstance(step, GetAttribute):
        _settle(module, declaration, instance, _attribute_in(steps[taken:]), address, place)
        return Referred(_value_of(module, declaration, mode, address, instance), taken)
    entries = _settle(module, declaration, instance, step.name, address, place)
    node = entries.find(step.name)
    if node is None:
        anchor = declaration.anchor
        unknown = _not_known_yet(mode, f"{address}.{step.name}")
        return Referred(Node(unknown, anchor.source, anchor.start, anchor.end, COMPUTED), taken + 1)
    name = f"{address}.{step.name}"
    opened = _opened(node, mode, name) if entries.is_block(step.name) else _named(node, name)
    return Referred(opened, taken + 1, f"{step.name} of {address}", shared=True)


def _settle(
    module: ModuleInstance,
    declaration: Declaration,
    instance: Instance,
    attribute: str,
    address: str,
    place: tuple[int, int],
) -> Arguments:
    """The arguments of an instance, with an attribute that is referred to worked out, or all of them."""
    entries = module.arguments(declaration, instance, RESOURCE_META).entries
    assert isinstance(entries, Arguments)
    if not entries.settle(attribute):
        shown = f"{address}.{attribute}" if attribute else address
        raise EvaluationFault("terraform-cycle", f"{shown} depends on itself", *place)
    return entries


def _attribute_in(steps: tuple[Step, ...]) -> str:
    """The only attribute that steps into instances lead to, empty if they lead to all."""
    for step in steps:
        if isinstance(step, GetAttribute) and not step.name.isdecimal():
            return step.name
        if isinstance(step, Splat):
            return _attribute_in(step.steps)
    return ""


def _value_of(
    module: ModuleInstance, declaration: Declaration, mode: str, address: str, instance: Instance
) -> Node:
    """All attributes of an instance of a resource: those that are not configured are not known yet."""
    value = module.arguments(declaration, instance, RESOURCE_META)
    anchor = declaration.anchor
    opened = value._replace(rest=_not_known_yet(mode, address))
    if any(body.blocks for body, _ in declaration.bodies()):
        opened = opened._replace(entries=_with_open_blocks(value.entries, mode, address))
    return Node(opened, anchor.source, anchor.start, anchor.end, COMPUTED)


def _with_open_blocks(entries: Mapping[str, Node], mode: str, address: str) -> LazyMembers:
    """The members of a resource as another one sees them, each when it is asked for."""
    assert isinstance(entries, Arguments)

    def find(name: str) -> Node | None:
        node = entries.find(name)
        return (
            node if node is None or not entries.is_block(name) else _opened(node, mode, f"{address}.{name}")
        )

    return LazyMembers(find, entries.names)


def _not_known_yet(mode: str, address: str) -> Unknown:
    if mode == DATA:
        return Unknown("remote", f"{address} is read when Terraform runs", reference=address)
    if mode == EPHEMERAL:
        return Unknown("remote", f"{address} is opened when Terraform runs", reference=address)
    return Unknown("computed", f"{address} is known only when Terraform has applied it", reference=address)


def _named(node: Node, address: str) -> Node:
    """An argument that is not known, as what it is known by elsewhere: equal references are equal values."""
    value = node.value
    if not isinstance(value, Unknown) or value.reference:
        return node
    return node._replace(value=value._replace(reference=address))


def _opened(node: Node, mode: str, address: str) -> Node:
    """Nested blocks as another resource sees them: with attributes that only the provider knows."""
    value = node.value
    if not isinstance(value, SeqValue):
        return node
    items = tuple(
        item._replace(value=item.value._replace(rest=_not_known_yet(mode, f"{address}[{index}]")))
        if isinstance(item.value, MapValue)
        else item
        for index, item in enumerate(value.items)
    )
    return node._replace(value=SeqValue(items, value.rest))


def collected(expansion: Expansion, nodes: list[Node], address: str, declaration: Declaration) -> Node:
    """The instances of a block as one value: a list by `count`, a map by `for_each`."""
    rest = expansion.rest
    if rest is not None:
        rest = rest._replace(reference=address, parts=())
        nodes = nodes[:-1]
    anchor = declaration.anchor
    source, start, end = anchor.source, anchor.start, anchor.end
    if expansion.by == "count":
        return Node(SeqValue(tuple(nodes), rest), source, start, end, COMPUTED)
    entries = {str(one.key): node for one, node in zip(expansion.instances, nodes, strict=False)}
    return Node(MapValue(entries, entries, rest), source, start, end, COMPUTED)


def chosen_instance(expansion: Expansion, step: Step) -> int | None:
    """Which of the instances of a block a step chooses; None if only evaluating it can tell."""
    if expansion.rest is not None and len(expansion.instances) == 1 and not isinstance(step, Splat):
        return 0 if isinstance(step, GetIndex) or step.name.isdecimal() else None
    if not isinstance(step, GetIndex) or not isinstance(step.key, Literal):
        return None
    for index, instance in enumerate(expansion.instances):
        if instance.key == step.key.value and instance.key is not STAR:
            return index
    return None


def _suffix_of(step: Step) -> str:
    if isinstance(step, GetIndex) and isinstance(step.key, Literal):
        key = step.key.value
        return f'["{key}"]' if isinstance(key, str) else f"[{key}]"
    return f"[{STAR}]"


def name_of(root: str, steps: tuple[Step, ...], start: int, end: int) -> str:
    """The name behind a root such as `var`."""
    if steps and isinstance(steps[0], GetAttribute):
        return steps[0].name
    if steps and isinstance(steps[0], GetIndex) and isinstance(steps[0].key, Literal):
        return str(steps[0].key.value)
    message = f"`{root}` is no value by itself: a name belongs behind it"
    raise EvaluationFault("terraform-undeclared", message, start, end)
