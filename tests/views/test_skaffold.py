"""Images that Skaffold builds get their tags when it deploys."""

from __future__ import annotations

import pytest

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.node import Unknown
from vvbscan.model.unit import Options, Unit
from vvbscan.views.kubernetes.kind import KIND
from vvbscan.views.records import ImageReference

POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {{containers: [{{name: a, image: {image}}}]}}\n"
SKAFFOLD = (
    "apiVersion: skaffold/v4beta11\nkind: Config\nbuild: {artifacts: [{image: web}, {image: vvb/api}]}\n"
)
PROFILE = (
    "apiVersion: skaffold/v4beta11\nprofiles: [{name: p, build: {artifacts: [{image: web}]}}, {name: q}]\n"
)


def reference(image: str, files: dict[str, str | bytes]) -> ImageReference:
    """The image of a pod in `deploy/k8s/pod.yaml` of a tree with these files."""
    path = "deploy/k8s/pod.yaml"
    tree = MemoryTree({path: POD.format(image=image), **files})
    loaded = KIND.load(Unit(f"manifest:{path}", "manifest", (path,)), tree, Options())
    (subject,) = KIND.views["image_reference"](loaded)
    assert isinstance(subject.record, ImageReference)
    return subject.record


@pytest.mark.parametrize("image", ["web", "vvb/api"])
@pytest.mark.parametrize("path", ["skaffold.yaml", "deploy/skaffold.yaml", "deploy/k8s/skaffold.yaml"])
def test_what_skaffold_builds_gets_its_tag_later(image: str, path: str) -> None:
    found = reference(image, {path: SKAFFOLD})
    assert found.tag is not None
    assert found.digest is not None
    reason = f"Skaffold fills in the tag of {image}: {path} builds it"
    assert found.tag.value == found.digest.value == Unknown("template", reason)
    assert found.repository is not None
    assert found.repository.value == image


def test_the_nearest_file_counts() -> None:
    found = reference("web", {"skaffold.yaml": SKAFFOLD, "deploy/skaffold.yaml": PROFILE})
    assert found.tag is not None
    assert isinstance(found.tag.value, Unknown)
    assert "deploy/skaffold.yaml" in found.tag.value.reason


@pytest.mark.parametrize(
    ("image", "files"),
    [
        ("other", {"skaffold.yaml": SKAFFOLD}),
        ("web", {"elsewhere/skaffold.yaml": SKAFFOLD}),
        ("web", {"skaffold.yaml": "apiVersion: v1\nkind: Config\nbuild: {artifacts: [{image: web}]}\n"}),
        ("web", {"skaffold.yaml": "apiVersion: skaffold/v4beta11\nbuild: {artifacts: {image: web}}\n"}),
        ("web", {"skaffold.yaml": b"\x00\x01"}),
        ("web", {"skaffold.yaml": ""}),
    ],
)
def test_other_images_have_no_tag(image: str, files: dict[str, str | bytes]) -> None:
    found = reference(image, files)
    assert (found.tag, found.digest) == (None, None)


def test_a_tag_that_is_written_stays() -> None:
    found = reference("web:1.2", {"skaffold.yaml": SKAFFOLD})
    assert found.tag is not None
    assert found.tag.value == "1.2"
