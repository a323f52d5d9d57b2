from __future__ import annotations

import pytest

from views.kubernetes_support import one, pod
from vvbscan.checks.jvm import heap_exceeds_limit
from vvbscan.expr.scope import Fail
from vvbscan.model.rule import ParamValue

PARAMS: dict[str, ParamValue] = {
    "metaspace": "64Mi",
    "code_cache": "32Mi",
    "direct_memory": "16Mi",
    "threads": 100,
    "stack": "1Mi",
    "stack_share": 0.5,
}
"""Beside the heap: 162 MiB."""


def verdict(options: str, limit: str) -> str:
    """What is said of a container with these JVM options and this memory limit, empty for nothing."""
    container = (
        f"env: [{{name: JAVA_TOOL_OPTIONS, value: '{options}'}}]\nresources: {{limits: {{memory: {limit}}}}}"
    )
    found = list(heap_exceeds_limit(one("container", pod(container)), PARAMS))
    assert len(found) <= 1
    return found[0].message if found and isinstance(found[0], Fail) else ""


@pytest.mark.parametrize(
    ("options", "limit", "heap"),
    [
        ("-Xmx512m", "674Mi", ""),
        ("-Xmx512m", "673Mi", "heap 512 MiB"),
        ("-Xmx536870912", "673Mi", "heap 512 MiB"),
        ("-Xmx524288k", "673Mi", "heap 512 MiB"),
        ("-XX:MaxHeapSize=512m", "673Mi", "heap 512 MiB"),
        ("-Xmx512m -XX:MaxRAMPercentage=10", "673Mi", "heap 512 MiB"),
        ("-XX:MaxRAMPercentage=80", "810Mi", ""),
        ("-XX:MaxRAMPercentage=80.1", "810Mi", "heap 648 MiB"),
        ("-XX:MaxRAMPercentage=1", "300Mi", ""),
        ("-XX:MaxRAMPercentage=1", "285Mi", "heap 124 MiB"),
        ("-XX:MaxRAMPercentage=1 -XX:MinRAMPercentage=10", "285Mi", ""),
        ("-XX:MaxRAMPercentage=1.2.3", "1Mi", ""),
        ("-Xmx512m -Xss2m", "723Mi", "stacks of 100 threads 100 MiB"),
        ("-Xmx512m -XX:MaxMetaspaceSize=1g", "674Mi", ""),
        ("-Xmx512m -XX:MaxMetaspaceSize=63m", "673Mi", ""),
    ],
)
def test_what_a_jvm_needs_against_its_limit(options: str, limit: str, heap: str) -> None:
    message = verdict(options, limit)
    assert heap in message
    assert bool(message) is bool(heap)


def test_a_heap_above_the_limit_is_told_as_such() -> None:
    assert verdict("-Xmx2g", "1Gi") == (
        "the heap of container app may grow to 2,048 MiB, above its memory limit of 1,024 MiB"
    )


@pytest.mark.parametrize("limit", ["lots", "1Gi2", "''"])
def test_a_limit_that_is_no_quantity_is_not_compared(limit: str) -> None:
    assert verdict("-Xmx2g", limit) == ""
