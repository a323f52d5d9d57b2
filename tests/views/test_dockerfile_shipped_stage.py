"""Which stage of a Dockerfile ships."""

from __future__ import annotations

import pytest

from vvbscan.engine.tree import source_of
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.parse.dockerfile import parse_dockerfile
from vvbscan.views.dockerfile.model import Stage
from vvbscan.views.dockerfile.stages import resolve


def stages(text: str) -> tuple[Stage, ...]:
    source, _ = source_of("Dockerfile", text.encode())
    return resolve(parse_dockerfile(source, DEFAULT_LIMITS), DEFAULT_LIMITS)[1]


@pytest.mark.parametrize(
    ("text", "shipped", "final"),
    [
        ("FROM a AS build\nFROM b\n", 1, {1}),
        ("FROM a AS app\nFROM app AS dev-envs\n", 0, {0}),
        ("FROM a AS base\nFROM base AS runtime\nFROM base AS test\n", 1, {0, 1}),
        ("FROM a AS latest\n", 0, {0}),
    ],
)
def test_what_ships_is_the_last_stage_that_is_not_for_development_or_tests(
    text: str, shipped: int, final: set[int]
) -> None:
    found = stages(text)
    assert [stage.number for stage in found if stage.last] == [shipped]
    assert {stage.number for stage in found if stage.final} == final


def test_what_only_a_test_stage_copies_from_is_not_used() -> None:
    found = stages("FROM a AS tools\nFROM b AS app\nFROM app AS test\nCOPY --from=tools /bin/t /bin/t\n")
    assert [stage.name for stage in found if stage.used] == ["app"]


def test_a_file_for_development_ships_nothing() -> None:
    found = stages("FROM a AS development\nFROM development AS dev-envs\n")
    assert not any(stage.last or stage.final or stage.used for stage in found)


def test_a_stage_knows_the_image_below_its_stages() -> None:
    found = stages("FROM debian:13 AS base\nFROM base AS app\nFROM scratch\nFROM app\n")
    origins = [stage.origin and stage.origin.image.value for stage in found]
    assert origins == ["debian:13", "debian:13", None, "debian:13"]
