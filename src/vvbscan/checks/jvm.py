"""Checks of the memory of Java virtual machines, for containers and compose services alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr import values
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import reach

_MEBIBYTE: Final = 2**20
_NANO: Final = 10**9
_OPTION_VALUE: Final = lazy_pattern(r"(?:=|-X(?:mx|ms|ss))([0-9.]+[kKmMgGtT]?)$")
_OTHERS: Final = (
    # part, its parameter, the option that caps it
    ("metaspace", "metaspace", "max_metaspace"),
    ("compiled code", "code_cache", "code_cache"),
    ("direct memory", "direct_memory", "direct_memory"),
)
_SMALL_HEAP: Final = 96 * _MEBIBYTE * 13 // 10
"""The heap that the JVM starts its sums with: if half of the memory (`MinRAMPercentage`) is less, that half
is the heap, whatever `MaxRAMPercentage` says (openjdk/jdk jdk-21, `Arguments::set_heap_size`)."""


class _Need(NamedTuple):
    """A part of what a JVM needs, in bytes."""

    what: str
    size: int


def heap_exceeds_limit(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A JVM whose heap and other memory do not fit into the memory limit of its container.

    The other parts are what a JVM in use takes at least, not what it may reserve; an option that caps a part
    lowers it. `metaspace`, `code_cache`, `direct_memory` and `stack` are quantities, `threads` is a number
    and `stack_share` the part of a stack that is touched.
    """
    jvm = reach(subject.root, "jvm")
    limit_node, limit = _limit(subject)
    heap_node = None if jvm is None else jvm.get("max_heap") or jvm.get("max_ram_percentage")
    if jvm is None or heap_node is None or limit_node is None or limit is None:
        return
    if isinstance(limit, Unknown):
        yield undecided(limit, limit_node, "limits.memory")
        return
    heap = _heap(jvm, limit)
    if heap is None:
        return
    needs = (_Need("heap", heap), *_others(jvm, params))
    total = sum(need.size for need in needs)
    if total <= limit:
        return
    holder, allowed = f"container {_name(subject)}", _mebibytes(limit)
    if heap > limit:
        message = f"the heap of {holder} may grow to {_mebibytes(heap)}, above its memory limit of {allowed}"
    else:
        parts = ", ".join(f"{need.what} {_mebibytes(need.size)}" for need in needs)
        message = (
            f"the JVM of {holder} needs {_mebibytes(total)} ({parts}), but its memory limit is {allowed}"
        )
    yield failed(subject, message, heap_node, "jvm", Ref("the memory limit", limit_node))


def _name(subject: Subject) -> str:
    name = subject.root.get("name")
    return "?" if name is None else name.text() or "?"


def _limit(subject: Subject) -> tuple[Node | None, int | Unknown | None]:
    """The memory limit of a compose service, in bytes already, or of a container or its pod, a quantity."""
    root = subject.root
    if subject.view == "compose_service":
        node = reach(root, "limits", "memory")
        value = None if node is None else node.value
        return node, value if type(value) is int or isinstance(value, Unknown) else None
    node = reach(root, "resources", "limits", "memory") or reach(root, "pod", "resources", "limits", "memory")
    if node is None:
        return None, None
    if isinstance(node.value, Unknown):
        return node, node.value
    amount = values.quantity(node.value)
    return node, None if amount is None else amount // _NANO


def _heap(jvm: Node, limit: int) -> int | None:
    """The largest heap in bytes: `-Xmx`, else a share of the memory limit."""
    fixed = _size(jvm.get("max_heap"))
    if fixed is not None:
        return fixed
    share, least = _percent(jvm.get("max_ram_percentage")), _percent(jvm.get("min_ram_percentage"))
    least = 50.0 if least is None else least
    if share is None:
        return None
    small = int(limit * least / 100)
    return small if small < _SMALL_HEAP else max(int(limit * share / 100), _SMALL_HEAP)


def _others(jvm: Node, params: Mapping[str, ParamValue]) -> Iterator[_Need]:
    for what, param, option in _OTHERS:
        assumed, cap = _quantity(params[param]), _size(jvm.get(option))
        yield _Need(what, assumed if cap is None else min(assumed, cap))
    stack = _size(jvm.get("stack")) or _quantity(params["stack"])
    threads, share = params["threads"], params["stack_share"]
    assert isinstance(threads, int)
    assert isinstance(share, (int, float))
    yield _Need(f"stacks of {threads} threads", int(threads * stack * share))


def _quantity(value: ParamValue) -> int:
    amount = values.quantity(value)
    return 0 if amount is None else amount // _NANO


def _size(option: Node | None) -> int | None:
    """The size that an option such as `-Xmx2g` sets, in bytes."""
    text = _value(option)
    return None if text is None else values.size(text)


def _percent(option: Node | None) -> float | None:
    text = _value(option)
    try:
        return None if text is None else float(text)
    except ValueError:  # `1.2.3`, which the JVM refuses
        return None


def _value(option: Node | None) -> str | None:
    text = None if option is None else option.text()
    match = _OPTION_VALUE.search(text) if text is not None else None
    return None if match is None else match[1]


def _mebibytes(size: int) -> str:
    return f"{size // _MEBIBYTE:,} MiB"
