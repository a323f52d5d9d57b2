"""Discovery: which files of a tree are recognised, as what, and what is told of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from vvbscan import Config, UsageError
from vvbscan.api import Planned, plan_scan
from vvbscan.config import parse_config
from vvbscan.engine.plan import environment_of_path
from vvbscan.engine.recognise import recognise

IMAGE = "FROM scratch\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
OVER_THE_LIMIT = "#" + "x" * 10_000_000 + "\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def plan(root: Path, *paths: str, config: Config | None = None) -> Planned:
    return plan_scan([root / path for path in paths or (".",)], config or Config(), root=root)


def formats(planned: Planned) -> dict[str, str]:
    return {one.path: one.format for one in planned.found}


def told(planned: Planned) -> list[tuple[str, str]]:
    return [(notice.path, notice.code) for notice in planned.notices]


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile",
        "dockerfile",
        "DOCKERFILE",
        "Dockerfile.prod",
        "Dockerfile-prod",
        "Dockerfile_prod",
        "Dockerfile.alpine3.20",
        "app.dockerfile",
        "prod.Dockerfile",
        "Containerfile",
        "Containerfile.jvm",
    ],
)
def test_names_of_dockerfiles(name: str) -> None:
    assert recognise(name, IMAGE.encode) == "dockerfile"


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile.md",
        "Dockerfile.j2",
        "dockerfile.vim",
        "dockerfile_test.go",
        "Dockerfile~",
        "Dockerfile.dockerignore",
    ],
)
def test_names_that_are_about_dockerfiles(name: str) -> None:
    assert recognise(name, IMAGE.encode) is None


@pytest.mark.parametrize(
    "name",
    [
        "main.tf",
        "a/b.tf.json",
        "main.tofu",
        "main.tofu.json",
        "prod.tfvars",
        "terraform.tfvars.json",
        "a.auto.tfvars",
    ],
)
def test_terraform_is_recognised_by_name(name: str) -> None:
    assert recognise(name, lambda: b"\x00\x01") == "terraform"


@pytest.mark.parametrize(
    "name",
    [
        "terragrunt.hcl", "a.tftest.hcl", "a.pkr.hcl", ".terraform.lock.hcl", ".hidden.tf", "#main.tf#", "main.tf~",
        "main.tf.bak", "terraform.tfvars.example", "terraform.tfstate", "main.tf.j2",
    ],
)  # fmt: skip
def test_what_only_resembles_terraform(name: str) -> None:
    assert recognise(name, lambda: b"a = 1\n") is None


@pytest.mark.parametrize("name", ["pod.yaml", "POD.YAML", "Pod.YML"])
def test_letters_of_endings(name: str) -> None:
    assert recognise(name, POD.encode) == "kubernetes"
    assert recognise("pod.JSON", lambda: b'{"apiVersion": "v1", "kind": "Pod"}') == "kubernetes"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends(end: str) -> None:
    assert recognise("pod.yaml", POD.replace("\n", end).encode) == "kubernetes"


@pytest.mark.parametrize("name", ["compose.yaml", "docker-compose.yml", "docker-compose.prod.yml"])
def test_what_docker_looks_for_is_claimed_whatever_stands_in_it(name: str) -> None:
    assert recognise(name, lambda: b"\x00\x01") == "compose"
    assert recognise("compose.schema.yaml", lambda: b"type: object\n") is None


@pytest.mark.parametrize(
    "text",
    [
        "{kind: Pod, metadata: {name: a}, apiVersion: v1}\n",
        "# made by a tool\n---\n{apiVersion: v1, kind: Pod}\n",
        "--- {apiVersion: v1, 'kind': Pod}\n",
        '{\n  "apiVersion": "v1",\n  "kind": "List",\n  "items": []\n}\n',
        '{"apiVersion": "v1", "note": "a \\" {", "kind": "Po',
        '{"a": 1}\n{"kind": "Pod", "apiVersion": "v1"}\n',
        '--- "apiVersion": v1\n"kind": Pod\n',
    ],
)
def test_manifests_in_any_style(text: str) -> None:
    assert recognise("a.yaml", text.encode) == "kubernetes"
    assert recognise("a.json", text.encode) == "kubernetes"


@pytest.mark.parametrize(
    "text",
    [
        '{"resources": [{"apiVersion": "2023-01-01", "kind": "StorageV2"}]}',
        '{"info": {"apiVersion": "v1", "kind": "x"}}',
        '{"kind": "x", "a": {"apiVersion": "v1"}}',
        '{"kind": "apiVersion", "a": "kind"}',
        "{kind: x, apiVersions: [v1]}",
        "a:\n  apiVersion: v1\n  kind: Pod\n",
        "- apiVersion: v1\n  kind: Pod\n",
    ],
)
def test_texts_that_only_mention_what_manifests_have(text: str) -> None:
    assert recognise("a.yaml", text.encode) is None
    assert recognise("a.json", text.encode) is None


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  web:\n    image: web:1\n",
        "services: # all\r\n  web:\r\n    build: .\r\n",
        "name: shop\nservices:\n\n  # the shop\n  web:\n    ports: [80]\n  db:\n    image: db:1\nvolumes: {}\n",
        "services:\n  web:\n    extends:\n      file: web.yml\n      service: web\n    profiles: [prod]\n",
        "services:\n  web:\n    image: web:1\n    enviroment: {A: b}\n",
        "services:\n  web: &web\n    image: web:1\n    x-note: n\n  other:\n    <<: *web\n    type: y\n",
        "services:\n  web:\n    image: web:1\n  more: {type: app}\n",
    ],
)
def test_services_that_compose_runs(text: str) -> None:
    assert recognise("stack.yml", text.encode) == "compose"


@pytest.mark.parametrize(
    "text",
    [
        "services:\n- name: web\n  image: {repository: web}\n",
        "services:\n  - type: web\n    image: {url: web}\n",
        "services:\n  zk:\n    image: zookeeper:3\n  app:\n    type: app\n    mainClass: Main\n",
        "services:\n  app:\n    type: app\n  zk:\n    image: zookeeper:3\n",
        "jobs:\n  test:\n    services:\n      db:\n        image: postgres\n",
    ],
)
def test_services_of_something_else(text: str) -> None:
    assert recognise("stack.yml", text.encode) is None


@pytest.mark.parametrize(
    ("path", "environment"),
    [
        ("deploy/dev/web.yaml", "dev"),
        ("web.prod.yaml", "prod"),
        ("deploy/prod.yaml", "prod"),
        ("Dockerfile.dev", "dev"),
        ("dev.Dockerfile", "dev"),
        ("Dockerfile-dev", "dev"),
        ("Containerfile_test", "test"),
        ("web-dev.yaml", ""),
        ("test-service/Dockerfile", ""),
        ("Dockerfile.jvm", ""),
        ("pkg/render/testdata/pod.yaml", "testdata"),
        ("e2e/Dockerfile", "e2e"),
        ("Dockerfile.e2e", "e2e"),
        (".devcontainer/Dockerfile", "dev"),
        ("src/Dockerfile.debug", "debug"),
        (".github/workflows/ui/Dockerfile", "ci"),
        ("github/Dockerfile", ""),
        ("test-data-service/Dockerfile", ""),
    ],
)
def test_the_environment_that_a_path_names(path: str, environment: str) -> None:
    assert environment_of_path(path)[0] == environment


def test_paths_that_differ_in_their_environment_only_are_a_group(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"dev.Dockerfile": IMAGE, "prod.Dockerfile": IMAGE, "Dockerfile-dev": IMAGE, "Dockerfile": IMAGE},
    )
    judged = {unit.id: unit.judged for unit in plan(tmp_path).units}
    assert judged == {
        "dockerfile:Dockerfile": True,
        "dockerfile:Dockerfile-dev": False,
        "dockerfile:dev.Dockerfile": False,
        "dockerfile:prod.Dockerfile": True,
    }


def test_patches_that_no_kustomization_lists_are_not_judged(tmp_path: Path) -> None:
    kustomization = "resources: [web.yaml]\npatches: [{path: used_patch.yaml}]\n"
    names = (
        "web.yaml",
        "used_patch.yaml",
        "webhook_patch.yaml",
        "patches/ca.yaml",
        "elsewhere/new_patch.yaml",
    )
    write(
        tmp_path,
        {"config/kustomization.yaml": kustomization, **{f"config/{name}": POD for name in names}},
    )
    assert {unit.id: (unit.environment, unit.judged) for unit in plan(tmp_path).units} == {
        "kustomization:config": ("", True),
        "manifest:config/elsewhere/new_patch.yaml": ("", True),
        "manifest:config/patches/ca.yaml": ("unused-patch", False),
        "manifest:config/webhook_patch.yaml": ("unused-patch", False),
    }


def test_copies_of_other_peoples_files_are_not_entered(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "node_modules/a/Dockerfile": IMAGE,
            "vendor/modules.txt": "# k8s.io/api v0.34.0\n",
            "vendor/k8s.io/api/Dockerfile": IMAGE,
            "site/vendor/autoload.php": "",
            "site/vendor/a/Dockerfile": IMAGE,
            "shop/vendor/Dockerfile": IMAGE,
            "shop/vendor/rand/.cargo-checksum.json": "{}",
            "shop/vendor/rand/Dockerfile": IMAGE,
        },
    )
    (tmp_path / "api.dockerfile").symlink_to("vendor/k8s.io/api/Dockerfile")
    assert formats(plan(tmp_path)) == {"shop/vendor/Dockerfile": "dockerfile"}


def test_a_link_gives_its_name_to_what_it_leads_to(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"images/web": IMAGE, "images/api.dockerfile": IMAGE, "build/out": IMAGE, ".gitignore": "build/\n"},
    )
    (tmp_path / "Dockerfile").symlink_to("images/web")
    (tmp_path / "api").mkdir()
    (tmp_path / "api/Dockerfile").symlink_to("../images/api.dockerfile")
    (tmp_path / "out.dockerfile").symlink_to("build/out")
    planned = plan(tmp_path)
    assert formats(planned) == {"images/web": "dockerfile", "images/api.dockerfile": "dockerfile"}
    assert told(planned) == []
    assert formats(plan(tmp_path, "out.dockerfile")) == {"build/out": "dockerfile"}, "it was named"


def test_links_that_lead_nowhere_or_out(tmp_path: Path) -> None:
    write(tmp_path, {"repo/x": "", "Dockerfile": IMAGE})
    root = tmp_path / "repo"
    (root / "out.dockerfile").symlink_to("../Dockerfile")
    (root / "none.dockerfile").symlink_to("missing")
    (root / "self.dockerfile").symlink_to("self.dockerfile")
    (root / "again").symlink_to(".")
    expected = [
        ("none.dockerfile", "broken-link"),
        ("out.dockerfile", "link-out-of-root"),
        ("self.dockerfile", "broken-link"),
    ]
    assert told(plan(root)) == expected
    assert told(plan(root, "out.dockerfile", "none.dockerfile")) == expected[:2]
    assert formats(plan(root)) == {}


def test_a_named_link_to_a_directory_is_walked(tmp_path: Path) -> None:
    write(tmp_path, {"releases/12/Dockerfile": IMAGE})
    (tmp_path / "current").symlink_to("releases/12")
    assert formats(plan(tmp_path, "current")) == {"releases/12/Dockerfile": "dockerfile"}


def test_a_named_directory_is_walked_even_if_git_ignores_it(tmp_path: Path) -> None:
    write(
        tmp_path, {".gitignore": "build/\n*.tmp.yaml\n", "build/Dockerfile": IMAGE, "build/a.tmp.yaml": POD}
    )
    assert formats(plan(tmp_path)) == {}
    assert formats(plan(tmp_path, "build")) == {"build/Dockerfile": "dockerfile"}


def test_a_file_named_in_a_covered_directory_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"vendor/Dockerfile": IMAGE, "Dockerfile": IMAGE})
    config = Config(exclude=("vendor/",))
    assert formats(plan(tmp_path, "vendor/Dockerfile", "Dockerfile", config=config)) == {
        "Dockerfile": "dockerfile"
    }


def test_what_is_named_is_looked_at_whatever_is_included(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": IMAGE, "deploy/web.yaml": POD})
    config = Config(include=("deploy/",))
    assert formats(plan(tmp_path, config=config)) == {"deploy/web.yaml": "kubernetes"}
    for paths in ((".", "Dockerfile"), ("Dockerfile", ".")):
        assert len(formats(plan(tmp_path, *paths, config=config))) == 2


def test_paths_within_each_other_and_twice(tmp_path: Path) -> None:
    write(tmp_path, {"deploy/web.yaml": POD, "deploy/note.txt": "a"})
    planned = plan(tmp_path, "deploy", ".", "deploy/web.yaml", "deploy/note.txt", "deploy/note.txt")
    assert formats(planned) == {"deploy/web.yaml": "kubernetes"}
    assert told(planned) == [("deploy/note.txt", "not-recognised")]


def test_names_that_begin_with_two_dots_lie_inside(tmp_path: Path) -> None:
    write(tmp_path, {"..data/Dockerfile": IMAGE})
    assert formats(plan(tmp_path, "..data")) == {"..data/Dockerfile": "dockerfile"}


def test_what_is_claimed_is_claimed_at_any_size(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "web.yaml": POD + OVER_THE_LIMIT,
            "compose.yaml": OVER_THE_LIMIT,
            "application.yaml": OVER_THE_LIMIT,
            "data.yaml": OVER_THE_LIMIT,
        },
    )
    found = {"application.yaml": "application", "compose.yaml": "compose", "web.yaml": "kubernetes"}
    assert formats(plan(tmp_path)) == found


@pytest.mark.parametrize(
    "name", ["Dockerfile", "kustomization.yaml", "application.properties", "compose.yaml"]
)
def test_a_directory_with_the_name_of_a_file(name: str, tmp_path: Path) -> None:
    write(tmp_path, {f"{name}/Dockerfile": IMAGE})
    planned = plan(tmp_path)
    assert told(planned) == [(name, "no-regular-file")]
    assert formats(planned) == {f"{name}/Dockerfile": "dockerfile"}


@pytest.mark.parametrize("pattern", ["a[", "", "/", "# all", "vendor/\\ngen/"])
@pytest.mark.parametrize("setting", ["include", "exclude"])
def test_a_pattern_of_the_configuration_that_means_nothing_is_refused(
    setting: str, pattern: str, tmp_path: Path
) -> None:
    text = f'gitignore: true\n{setting}:\n  - "*.md"\n  - "{pattern}"\n'
    with pytest.raises(UsageError) as raised:
        plan(tmp_path, config=parse_config(text.encode(), ".vvbscan.yaml"))
    assert raised.value.where == ".vvbscan.yaml:4:5"
    assert raised.value.message.startswith(f"{setting}: ")
