"""Checks of managed databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.views.cloud_records import PostgresqlServer

_LEAST_SHARE: Final = 0.8
"""What the platform keeps of the memory for itself lowers its default by so much at most."""


def too_few_connections(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A view `postgresql_server` whose `max_connections`, set or by default, is below `connections`."""
    server = subject.record
    assert isinstance(server, PostgresqlServer)
    wanted = params["connections"]
    assert isinstance(wanted, int)
    node = server.max_connections
    if node is not None:
        if isinstance(node.value, Unknown):
            yield undecided(node.value, node, "max_connections")
        elif _number(node) < wanted:
            message = f"max_connections is {node.value}, less than {wanted}"
            yield failed(subject, message, node, "max_connections")
        return
    default = server.default_connections
    if default is None:
        return
    if isinstance(default.value, Unknown):
        yield undecided(default.value, default, "default_connections")
    elif _number(default) < wanted:
        message = (
            f"max_connections is not set, and by default it is {default.value} at most, less than {wanted}"
        )
        yield failed(subject, message, default, "default_connections")
    elif _number(default) * _LEAST_SHARE < wanted:
        unsure = Unknown("default", f"by default max_connections is about {default.value}, or somewhat less")
        yield undecided(unsure, default, "default_connections")


def memory_overcommitted(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A view `postgresql_server` whose connections may take more memory than its machine has."""
    del params
    server = subject.record
    assert isinstance(server, PostgresqlServer)
    connections, work_mem = server.max_connections, server.work_mem
    if connections is None or work_mem is None:
        return  # defaults of the platform fit its machine
    buffers = server.shared_buffers
    for node in (connections, work_mem, server.memory, buffers):
        if node is not None and isinstance(node.value, Unknown):
            yield undecided(node.value, node)
            return
    if server.memory is None:
        return
    memory = _number(server.memory)
    needed = _number(connections) * _number(work_mem) + (0 if buffers is None else _number(buffers))
    if needed <= memory:
        return
    kept = "" if buffers is None else f" beside shared_buffers of {_megabytes(_number(buffers))}"
    message = (
        f"{connections.value} connections with work_mem of {_megabytes(_number(work_mem))} each{kept}"
        f" may take {_megabytes(needed)}, and the machine has {_megabytes(memory)}"
    )
    yield failed(
        subject,
        message,
        connections,
        "max_connections",
        Ref("work_mem", work_mem),
        Ref("memory", server.memory),
    )


def _number(node: Node) -> float:
    return node.value if isinstance(node.value, (int, float)) else 0


def _megabytes(size: float) -> str:
    return f"{round(size):,} MB"
