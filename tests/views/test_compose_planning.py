"""Which compose files are judged together, in which environment, and whether."""

from __future__ import annotations

import pytest

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.environment import EnvironmentPolicy
from vvbscan.model.unit import Options
from vvbscan.views.compose.planning import is_override, plan_compose

Planned = dict[str, tuple[tuple[str, ...], str, bool]]


DEFAULT = EnvironmentPolicy()


def planned(*paths: str, policy: EnvironmentPolicy = DEFAULT, **texts: str) -> Planned:
    """Files, environment and whether it is judged of each unit, by id without its kind."""
    files = dict.fromkeys(paths, "services:\n")
    files |= {name.replace("_", "."): text for name, text in texts.items()}
    units = plan_compose(paths, MemoryTree(dict(files)), Options(environments=policy))
    assert all(unit.kind == "compose" and unit.id.startswith("compose:") for unit in units)
    return {unit.id.partition(":")[2]: (unit.files, unit.environment, unit.judged) for unit in units}


@pytest.mark.parametrize(
    "name", ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml", "services.yaml"]
)
def test_a_file_alone_has_no_environment(name: str) -> None:
    assert planned(f"app/{name}") == {f"app/{name}": ((f"app/{name}",), "", True)}


def test_the_override_is_for_local_use_and_the_main_file_is_judged_without_it() -> None:
    main, override = "compose.yaml", "compose.override.yaml"
    assert planned(main, override) == {
        main: ((main,), "", True),
        override: ((main, override), "local-override", False),
    }
    assert is_override("x/docker-compose.override.yml")
    assert not is_override("x/docker-compose.yml")


def test_the_configuration_can_have_the_override_judged() -> None:
    policy = EnvironmentPolicy(production=("local-*",))
    assert planned("compose.yaml", "compose.override.yaml", policy=policy)["compose.override.yaml"][2]


def test_only_production_is_judged_if_there_is_a_file_for_it() -> None:
    main, prod, dev = "docker-compose.yml", "docker-compose.prod.yml", "docker-compose-dev.yml"
    assert planned(main, prod, dev) == {
        main: ((main,), "default", False),
        prod: ((main, prod), "prod", True),
        dev: ((main, dev), "dev", False),
    }


def test_without_production_all_is_judged_that_is_not_for_development() -> None:
    main, staging, test = "compose.yaml", "compose.staging.yaml", "test.compose.yaml"
    judged = {path: unit[2] for path, unit in planned(main, staging, test).items()}
    assert judged == {main: True, staging: True, test: False}


def test_files_for_environments_without_a_main_file_stand_alone() -> None:
    prod, dev = "compose.prod.yaml", "compose.dev.yaml"
    assert planned(prod, dev) == {prod: ((prod,), "prod", True), dev: ((dev,), "dev", False)}


@pytest.mark.parametrize("base", ["docker-compose.base.yml", "docker-compose.common.yml"])
def test_a_base_takes_the_place_of_the_main_file(base: str) -> None:
    prod = "docker-compose.prod.yml"
    assert planned(base, prod)[prod] == ((base, prod), "prod", True)


def test_the_first_of_several_main_files_takes_the_override() -> None:
    units = planned(
        "compose.yaml", "docker-compose.yml", "docker-compose.override.yml", "docker-compose.prod.yml"
    )
    assert units["docker-compose.override.yml"][0] == ("compose.yaml", "docker-compose.override.yml")
    assert units["docker-compose.prod.yml"][0] == ("docker-compose.yml", "docker-compose.prod.yml")
    assert units["compose.yaml"] == (("compose.yaml",), "", True)


def test_a_directory_can_name_the_environment() -> None:
    prod, dev, tests = (
        "deploy/prod/compose.yaml",
        "deploy/dev/compose.yaml",
        "src/test/resources/compose.yaml",
    )
    assert planned(prod, dev, tests) == {
        prod: ((prod,), "prod", True),
        dev: ((dev,), "dev", False),
        tests: ((tests,), "test", False),
    }


def test_a_directory_of_a_tool_is_for_development() -> None:
    container, variant = ".devcontainer/compose.yaml", "docker/docker-compose.devcontainer.yml"
    assert planned(container, variant) == {
        container: ((container,), "dev", False),
        variant: ((variant,), "devcontainer", False),
    }


def test_a_file_of_another_name_can_name_its_environment() -> None:
    assert planned("stack.dev.yaml")["stack.dev.yaml"] == (("stack.dev.yaml",), "dev", False)


def test_a_file_that_is_extended_is_judged_through_the_others_only() -> None:
    units = planned(
        "compose.yaml",
        "common.yaml",
        compose_yaml="services: {web: {extends: {file: ./common.yaml, service: base}}}",
        common_yaml="services: {base: {image: a}}",
    )
    assert units["common.yaml"] == (("common.yaml",), "", False)
    assert units["compose.yaml"][2]


def test_a_main_file_that_is_extended_is_still_judged() -> None:
    text = "services: {web: {extends: {file: ../compose.yaml, service: base}}}"
    units = plan_compose(
        ["compose.yaml", "sub/compose.yaml"],
        MemoryTree({"compose.yaml": "services: {base: {image: a}}", "sub/compose.yaml": text}),
        Options(),
    )
    assert [unit.judged for unit in units] == [True, True]


def test_every_file_is_in_a_unit_and_ids_differ() -> None:
    paths = [
        f"{folder}{name}.{ending}"
        for folder in ("", "a/")
        for name in (
            "compose",
            "compose.override",
            "compose-x",
            "docker-compose",
            "docker-compose.prod",
            "other",
        )
        for ending in ("yml", "yaml")
    ]
    units = planned(*paths)
    assert {file for files, _, _ in units.values() for file in files} == set(paths)
    assert set(units) == set(paths)


def test_an_environment_before_the_name_ends_where_the_name_begins() -> None:
    main, prod = "docker-compose.yml", "prod.docker-compose.yml"
    assert planned(main, prod)[prod] == ((main, prod), "prod", True)
