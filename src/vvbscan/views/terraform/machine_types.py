"""Processors and memory of virtual machines, by the name of their type."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple

_AWS: Final = lazy_pattern(r"([a-z]+)(\d+)[a-z-]*\.(nano|micro|small|medium|large|(\d*)xlarge)")
_AWS_PER_CPU: Final = {"c": 2, "m": 4, "t": 4, "r": 8}
"""GiB of memory for each processor (https://aws.amazon.com/ec2/instance-types/)."""
_AWS_PER_CPU_BEFORE: Final = {"c3": 1.875, "c4": 1.875, "m3": 3.75, "r3": 7.625, "r4": 7.625}
_AWS_UNEVEN: Final = ("c1", "m1", "m2", "t1")
"""Generations that gave less, and those whose sizes follow no rule
(https://aws.amazon.com/ec2/previous-generation/)."""
_AWS_BURSTABLE: Final = {"nano": 0.5, "micro": 1, "small": 2, "medium": 4}
_GOOGLE: Final = lazy_pattern(r"(?:n1|n2|n2d|n4|e2|c2|c2d|c3|c3d|c4|t2d)-(standard|highmem|highcpu)-(\d+)")
_GOOGLE_PER_CPU: Final = {"standard": 4, "highmem": 8}
_GOOGLE_PER_CPU_OF: Final = {
    "n1-standard": 3.75,
    "n1-highmem": 6.5,
    "c4-standard": 3.75,
    "c4-highmem": 7.75,
}
"""https://cloud.google.com/compute/docs/machine-resource; `highcpu` has one or two."""
_GOOGLE_SHARED: Final = {
    "e2-micro": (2, 1),
    "e2-small": (2, 2),
    "e2-medium": (2, 4),
    "f1-micro": (1, 0.6),
    "g1-small": (1, 1.7),
}
_GOOGLE_CUSTOM: Final = lazy_pattern(r"(?:[a-z]\d[a-z]?-)?custom-(\d+)-(\d+)")
_AZURE: Final = lazy_pattern(r"Standard_([A-Z])(\d+)(?:-\d+)?([a-z]*)(?:_v\d+)?")
_AZURE_PER_CPU: Final = {"D": 4, "E": 8, "F": 2}
"""https://learn.microsoft.com/azure/virtual-machines/sizes; from its second version on for D."""


class MachineSize(NamedTuple):
    """What a machine has."""

    processors: int
    gib: float


def machine_size(name: str) -> MachineSize | None:
    """What the machine type `m6i.2xlarge`, `n2-standard-8` or `Standard_D8s_v5` has; None if not known."""
    return _of_aws(name) or _of_google(name) or _of_azure(name)


def _of_aws(name: str) -> MachineSize | None:
    match = _AWS.fullmatch(name)
    if match is None:
        return None
    family, generation, size, times = match[1], match[1] + match[2], match[3], match[4]
    per_cpu = _AWS_PER_CPU_BEFORE.get(generation) or _AWS_PER_CPU.get(family)
    if per_cpu is None or generation in _AWS_UNEVEN:
        return None
    if size in _AWS_BURSTABLE:
        if family == "t":
            return MachineSize(1 if generation == "t2" and size != "medium" else 2, _AWS_BURSTABLE[size])
        return MachineSize(1, per_cpu) if size == "medium" else None
    processors = 2 if size == "large" else 4 * int(times or 1)
    return MachineSize(processors, processors * per_cpu)


def _of_google(name: str) -> MachineSize | None:
    if name in _GOOGLE_SHARED:
        return MachineSize(*_GOOGLE_SHARED[name])
    custom = _GOOGLE_CUSTOM.fullmatch(name)
    if custom is not None:
        return MachineSize(int(custom[1]), int(custom[2]) / 1024)
    match = _GOOGLE.fullmatch(name)
    per_cpu = _GOOGLE_PER_CPU.get(match[1]) if match is not None else None
    if match is None or per_cpu is None:
        return None
    share = _GOOGLE_PER_CPU_OF.get(name[: name.rindex("-")], per_cpu)
    return MachineSize(int(match[2]), int(match[2]) * share)


def _of_azure(name: str) -> MachineSize | None:
    match = _AZURE.fullmatch(name)
    per_cpu = _AZURE_PER_CPU.get(match[1]) if match is not None else None
    if (
        match is None
        or per_cpu is None
        or (match[1] == "D" and not name.endswith(("_v3", "_v4", "_v5", "_v6")))
    ):
        return None
    return MachineSize(int(match[2]), int(match[2]) * per_cpu)
