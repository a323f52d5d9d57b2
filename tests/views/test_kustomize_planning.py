"""Planning: which kustomizations are units, what they consume, and which environments are judged."""

from __future__ import annotations

import pytest

from views.kustomize_support import tree
from vvbscan.model.environment import EnvironmentPolicy
from vvbscan.model.unit import Options, Unit
from vvbscan.views.kustomize import KustomizationPlan, plan_kustomizations
from vvbscan.views.kustomize.settings import FILE_NAMES

DEFAULT_POLICY = EnvironmentPolicy()


def plan(files: dict[str, str | bytes], policy: EnvironmentPolicy = DEFAULT_POLICY) -> KustomizationPlan:
    paths = [path for path in files if path.rpartition("/")[2] in FILE_NAMES]
    return plan_kustomizations(paths, tree(files), Options(environments=policy))


def environments(found: KustomizationPlan) -> dict[str, tuple[str, bool]]:
    return {unit.id: (unit.environment, unit.judged) for unit in found.units}


OVERLAYS: dict[str, str | bytes] = {
    "deploy/base/kustomization.yaml": "resources: [web.yaml]\n",
    "deploy/base/web.yaml": "",
    "deploy/overlays/dev/kustomization.yaml": "resources: [../../base]\n",
    "deploy/overlays/staging/kustomization.yaml": "bases: [../../base]\n",
    "deploy/overlays/production/kustomization.yaml": "resources: [../../base, extra.yaml]\n"
    "patches: [{path: patch.yaml}, {patch: 'a: b'}]\npatchesStrategicMerge: [old.yaml]\n"
    "patchesJson6902: [{path: ops.yaml}]\nconfigurations: [c.yaml]\nreplacements: [{path: r.yaml}]\n"
    "transformers: [t.yaml]\nconfigMapGenerator: [{name: x, files: [application.properties]}]\n",
    **{
        f"deploy/overlays/production/{name}": ""
        for name in (
            "extra.yaml", "patch.yaml", "old.yaml", "ops.yaml", "c.yaml", "r.yaml", "t.yaml",
            "application.properties", "other.yaml",
        )
    },
}  # fmt: skip


def test_overlays_of_one_base_are_a_group_in_which_production_is_judged() -> None:
    assert environments(plan(OVERLAYS)) == {
        "kustomization:deploy/overlays/dev": ("dev", False),
        "kustomization:deploy/overlays/production": ("production", True),
        "kustomization:deploy/overlays/staging": ("staging", False),
    }


def test_the_configuration_can_say_what_production_is() -> None:
    found = environments(plan(OVERLAYS, EnvironmentPolicy(production=("stag*",))))
    assert [name for name, (_, judged) in found.items() if judged] == [
        "kustomization:deploy/overlays/staging"
    ]


def test_bases_manifests_patches_and_settings_are_consumed_and_data_is_not() -> None:
    assert sorted(plan(OVERLAYS).consumed) == [
        "deploy/base/kustomization.yaml",
        "deploy/base/web.yaml",
        *(
            f"deploy/overlays/production/{name}"
            for name in ("c.yaml", "extra.yaml", "old.yaml", "ops.yaml", "patch.yaml", "r.yaml", "t.yaml")
        ),
    ]


def test_a_unit_names_its_kustomization_first_and_all_that_it_reads() -> None:
    (unit,) = [unit for unit in plan(OVERLAYS).units if unit.environment == "staging"]
    assert unit == Unit(
        "kustomization:deploy/overlays/staging",
        "kustomization",
        (
            "deploy/overlays/staging/kustomization.yaml",
            "deploy/base/kustomization.yaml",
            "deploy/base/web.yaml",
        ),
        "staging",
        judged=False,
    )


def test_a_kustomization_that_nothing_lists_is_a_unit() -> None:
    found = plan({"kustomization.yaml": "resources: [web.yaml]\n", "web.yaml": ""})
    assert environments(found) == {"kustomization:.": ("", True)}
    assert found.consumed == {"web.yaml"}


def test_bases_are_followed_though_discovery_did_not_find_them() -> None:
    files: dict[str, str | bytes] = {
        "prod/kustomization.yaml": "resources: [../base]\n",
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": "",
    }
    found = plan_kustomizations(["prod/kustomization.yaml"], tree(files), Options())
    assert [unit.id for unit in found.units] == ["kustomization:prod"]
    assert found.consumed == {"base/kustomization.yaml", "base/web.yaml"}


def test_components_are_consumed_and_do_not_make_a_group() -> None:
    found = plan(
        {
            "a/prod/kustomization.yaml": "resources: [web.yaml]\ncomponents: [../../part]\n",
            "b/staging/kustomization.yaml": "resources: [web.yaml]\ncomponents: [../../part]\n",
            "part/kustomization.yaml": "kind: Component\npatches: [{path: ../common.yaml}]\n",
            "common.yaml": "",
            "a/prod/web.yaml": "",
            "b/staging/web.yaml": "",
        }
    )
    assert environments(found) == {
        "kustomization:a/prod": ("prod", True),
        "kustomization:b/staging": ("staging", True),
    }
    assert "part/kustomization.yaml" in found.consumed


@pytest.mark.parametrize(
    "shared",
    ["../common/web.yaml", "../middle"],
)
def test_what_is_shared_further_down_makes_a_group_too(shared: str) -> None:
    found = plan(
        {
            "prod/kustomization.yaml": f"resources: [{shared}]\n",
            "canary/kustomization.yaml": "resources: [../common/web.yaml]\n",
            "middle/kustomization.yaml": "resources: [../common/web.yaml]\n",
            "common/web.yaml": "",
        }
    )
    judged = {name: judged for name, (_, judged) in environments(found).items()}
    assert judged["kustomization:prod"]
    assert not judged["kustomization:canary"] or environments(found)["kustomization:canary"][0] == ""


def test_kustomizations_that_only_list_each_other_have_a_unit() -> None:
    found = plan(
        {
            "b/kustomization.yaml": "resources: [../a]\n",
            "a/kustomization.yaml": "resources: [../b]\n",
            "c/kustomization.yaml": "resources: [.]\n",
        }
    )
    assert [unit.id for unit in found.units] == ["kustomization:a", "kustomization:c"]
    assert found.consumed == {"b/kustomization.yaml"}


@pytest.mark.parametrize(
    ("directory", "environment", "judged"),
    [
        ("overlays/production", "production", True),
        ("overlays/eu-prod", "eu-prod", True),
        ("overlays/production/eu", "production/eu", True),
        ("overlays/dev/eu", "dev/eu", False),
        ("production/kustomize", "production", True),
        ("overlays/blue", "blue", True),
        ("config/default", "default", True),
        ("deploy/kustomize", "", True),
        ("tests/everything", "tests/everything", False),
        ("render/testdata/simple", "testdata/simple", False),
        ("overlays/e2e", "e2e", False),
        ("test-service/deploy", "", True),
        ("qa", "qa", True),
    ],
)
def test_an_overlay_is_the_environment_that_its_directory_names(
    directory: str, environment: str, *, judged: bool
) -> None:
    found = plan(
        {
            f"{directory}/kustomization.yaml": f"resources: [{'../' * (directory.count('/') + 1)}lib]\n",
            "lib/kustomization.yaml": "namePrefix: a\n",
        }
    )
    assert environments(found) == {f"kustomization:{directory}": (environment, judged)}


@pytest.mark.parametrize(
    ("directory", "environment"), [("production", "production"), ("web", ""), ("dev/web", "dev/web")]
)
def test_a_kustomization_without_a_base_has_an_environment_only_if_its_path_says_so(
    directory: str, environment: str
) -> None:
    found = plan({f"{directory}/kustomization.yaml": "resources: [web.yaml]\n"})
    assert [unit.environment for unit in found.units] == [environment]


def test_an_object_of_flux_is_a_manifest() -> None:
    text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\n"
    found = plan({"clusters/prod/kustomization.yaml": text, "apps/kustomization.yaml": "namePrefix: a\n"})
    assert [(unit.kind, unit.files) for unit in found.units] == [
        ("kustomization", ("apps/kustomization.yaml",)),
        ("manifest", ("clusters/prod/kustomization.yaml",)),
    ]


def test_a_second_kustomization_file_of_a_directory_is_no_unit() -> None:
    found = plan({"a/kustomization.yaml": "namePrefix: a\n", "a/Kustomization": "namePrefix: b\n"})
    assert [unit.files for unit in found.units] == [("a/kustomization.yaml",)]
    assert found.consumed == {"a/Kustomization"}


@pytest.mark.parametrize("content", ["", "[", "- a\n", "a: [", b"\x00\xff\x00"])
def test_a_kustomization_that_cannot_be_read_is_still_a_unit(content: str | bytes) -> None:
    assert [unit.id for unit in plan({"kustomization.yaml": content}).units] == ["kustomization:."]


def test_paths_out_of_the_root_and_addresses_are_no_files() -> None:
    text = "resources: [../../x, /etc, 'https://example.org/a', 1, [], null]\npatches: [a, {path: 1}]\n"
    found = plan({"a/kustomization.yaml": text})
    assert [unit.files for unit in found.units] == [("a/kustomization.yaml",)]


def test_many_kustomizations_are_planned_in_time_that_grows_with_them() -> None:
    files: dict[str, str | bytes] = {
        f"o{i}/kustomization.yaml": "resources: [../base]\n" for i in range(2000)
    }
    files["base/kustomization.yaml"] = "namePrefix: a\n"
    assert len(plan(files).units) == 2000
