"""docs/configuration.md: its examples are configurations, and its table has every setting as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.pages import blocks, rows, text_of
from vvbscan import Config
from vvbscan.catalog.catalog import Catalog
from vvbscan.cli.command import build_parser
from vvbscan.cli.scan import configuration
from vvbscan.config import FILE_NAMES, parse_config
from vvbscan.model.unit import Options

PAGE = text_of("docs/configuration.md")
YAML = [block.text for block in blocks(PAGE, "yaml")]
SCHEMA = json.loads(text_of("schemas/config.schema.json"))["properties"]
TABLE = {row[0].strip("`"): row[1:] for row in rows(PAGE) if len(row) == 4 and row[0].startswith("`")}
"""Default, meaning and command line of each setting."""


def settings() -> Iterator[tuple[str, object]]:
    """Every setting of the schema with its default; those of a section behind its name and a dot."""
    for name, entry in SCHEMA.items():
        members = entry.get("properties") or {}
        for key, member in members.items():
            yield f"{name}.{key}", member.get("default")
        if not members:
            yield name, entry.get("default")


DEFAULTS = dict(settings())


@pytest.mark.parametrize("text", YAML)
def test_an_example_in_yaml(text: str) -> None:
    config = parse_config(text.encode(), ".vvbscan.yaml")
    Catalog.load().check_selection(config.selection)
    assert config._replace(places={}) != Config(), "an example sets something"


def test_the_example_in_toml_says_the_same() -> None:
    (toml,) = blocks(PAGE, "toml")
    config = parse_config(toml.text.encode(), "pyproject.toml")
    assert config._replace(places={}) == parse_config(YAML[0].encode(), "x.yaml")._replace(places={})


def test_every_setting_is_in_the_table() -> None:
    assert sorted(TABLE) == sorted(DEFAULTS)


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_the_table_has_the_default(name: str) -> None:
    shown, default = TABLE[name][0], DEFAULTS[name]
    if default is None:
        assert shown in ("none", "all")
    else:
        assert (
            shown
            == f"`{default if name != 'kubernetes-version' and isinstance(default, str) else json.dumps(default)}`"
        )


def test_an_empty_configuration_has_these_defaults() -> None:
    config = Config()
    assert DEFAULTS["gitignore"] is config.gitignore
    assert DEFAULTS["ruleset"] == config.selection.ruleset
    assert DEFAULTS["kubernetes-version"] == config.kubernetes_version == Options().kubernetes_version
    assert DEFAULTS["fail-on"] == config.fail_on
    assert DEFAULTS["fail-on-unknown"] is config.fail_on_unknown
    assert DEFAULTS["jobs"] == config.jobs
    policy = tuple(DEFAULTS[f"suppressions.{key}"] for key in ("inline", "require-reason", "max-days"))
    assert policy == config.suppressions


def test_the_files_are_looked_for_in_the_order_that_is_told() -> None:
    told = [f"`{name}`" for name in FILE_NAMES]
    assert f"in the order {told[0]}, {told[1]}, {told[2]}" in " ".join(PAGE.split())


FILE = """\
include: [a]
exclude: [a]
gitignore: true
select: [image]
ignore: [tls]
ruleset: general
kubernetes-version: "1.30"
app-profile: a
fail-on: error
fail-on-unknown: false
jobs: 2
"""
OPTIONS = (
    ("include", ["--include", "b"], ("b",)),
    ("exclude", ["--exclude", "b"], ("a", "b")),
    ("gitignore", ["--no-gitignore"], False),
    ("select", ["--select", "tls"], ("tls",)),
    ("ignore", ["--ignore", "image"], ("tls", "image")),
    ("ruleset", ["--ruleset", "vvb"], "vvb"),
    ("kubernetes-version", ["--kubernetes-version", "1.31"], "1.31"),
    ("app-profile", ["--app-profile", "b"], "b"),
    ("fail-on", ["--fail-on", "never"], "never"),
    ("fail-on-unknown", ["--fail-on-unknown"], True),
    ("jobs", ["--jobs", "0"], 0),
)


@pytest.mark.parametrize(("name", "words", "value"), OPTIONS)
def test_the_command_line_goes_over_the_file_as_the_table_says(
    name: str, words: list[str], value: object, tmp_path: Path
) -> None:
    file = tmp_path / "vvbscan.yaml"
    file.write_text(FILE, "utf-8")
    arguments = build_parser().parse_args(["scan", "--config", str(file), *words])
    config = configuration(arguments)
    field = name.replace("-", "_")
    holder = config.selection if name in ("select", "ignore", "ruleset") else config
    assert getattr(holder, field) == value
    what = {"exclude": "adds to it", "ignore": "adds to it"}.get(name, "replaces it")
    verbs = {"gitignore": "turns it off", "fail-on-unknown": "turns it on"}
    assert TABLE[name][2] == f"`{words[0]}` {verbs.get(name, what)}"


def test_what_has_no_option_has_none_in_the_table() -> None:
    silent = sorted(name for name, (_, _, option) in TABLE.items() if not option)
    assert silent == sorted(set(TABLE) - {name for name, _, _ in OPTIONS})
