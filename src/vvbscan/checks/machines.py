"""Checks of virtual machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.support_ends import end_of_tag
from vvbscan.checks.verdicts import failed
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.terraform.machines import Machine

_RHEL: Final = {"5": "2017-03-31", "6": "2020-11-30", "7": "2024-06-30"}
"""Last day of maintenance support (https://access.redhat.com/support/policy/updates/errata)."""
_CENTOS: Final = "CentOS Linux has ended; its last release had its last fixes on 2024-06-30"


def system_out_of_support(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A view `machine` whose image is of a distribution that gets no fixes any more."""
    del params
    machine = subject.record
    assert isinstance(machine, Machine)
    system = machine.system
    if system is None:
        return
    if system.name == "centos":
        yield failed(subject, _CENTOS, system.place)
    elif system.name == "rhel":
        ended = _RHEL.get(system.version)
        if ended is not None:
            yield failed(
                subject,
                f"RHEL {system.version} has had no fixes since {ended}, unless they are paid for",
                system.place,
            )
    else:
        end = end_of_tag(system.name, system.version)
        if end is not None:
            yield failed(
                subject, f"{end.release} has had no fixes {end.when}, unless they are paid for", system.place
            )
