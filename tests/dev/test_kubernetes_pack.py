from __future__ import annotations

import lzma
from importlib.resources import files
from pathlib import Path

from vvbscan.dev.kubernetes_pack import build_pack, reduced
from vvbscan.model.resources import checkout_root
from vvbscan.views.kubernetes.schema_pack import PACK, SchemaPack, shipped_pack


def test_the_shipped_pack_is_what_the_package_gives() -> None:
    shipped = lzma.decompress(Path(checkout_root(), *PACK).read_bytes())
    assert shipped == build_pack(files("kubernetes_validate").joinpath("kubernetes-json-schema"))


def test_fields_with_the_names_of_annotations_are_kept() -> None:
    schema = {
        "description": "d",
        "x-kubernetes-list-type": "atomic",
        "properties": {
            "description": {"type": "string", "description": "d", "format": "byte"},
            "x-kubernetes-embedded-resource": {"type": "boolean"},
        },
        "oneOf": [{"type": "string", "format": "int32"}],
    }
    assert reduced(schema) == {
        "properties": {
            "description": {"type": "string"},
            "x-kubernetes-embedded-resource": {"type": "boolean"},
        },
        "oneOf": [{"type": "string"}],
    }


def test_definitions_follow_the_version(tmp_path: Path) -> None:
    for version, field in (("v1.9.0", "old"), ("v1.10.0", "old"), ("v1.11.0", "new")):
        directory = tmp_path / f"{version}-local-strict"
        directory.mkdir()
        described = f'{{"group": "g", "version": "{field}", "kind": "K"}}'
        (directory / "_definitions.json").write_text(
            f'{{"$defs": {{"d": {{"properties": {{"{field}": {{"type": "string"}}}}, '
            f'"x-kubernetes-group-version-kind": [{described}]}}}}}}'
        )
    pack = SchemaPack(build_pack(tmp_path).decode())
    assert pack.versions == ("1.9", "1.10", "1.11")
    assert [pack.definition("g/old", "K", number) for number in range(3)] == ["d", "d", ""]
    assert pack.served("g/old", "K") == (0, 1)
    assert [list(pack.schema("d", number)["properties"]) for number in range(3)] == [
        ["old"],
        ["old"],
        ["new"],
    ]
    assert pack.schema("d", 0) is pack.schema("d", 1)
    assert pack.api_versions("K", 1) == ("g/old",)
    assert pack.schema("none", 0) == {}


def test_the_pack_knows_the_kinds_of_every_version() -> None:
    pack = shipped_pack()
    for number in range(len(pack.versions)):
        for api_version, kind in (("v1", "Pod"), ("apps/v1", "Deployment"), ("batch/v1", "CronJob")):
            assert pack.definition(api_version, kind, number)
