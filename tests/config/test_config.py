"""Configuration files: what they say, and errors that point at the offending key."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan import Config, ConfigError, find_config, load_config
from vvbscan.config import _KEYS, parse_config
from vvbscan.model.resources import resource_path

WHOLE = """\
include: ["deploy/**"]
exclude: [vendor/]
gitignore: false
select: item:2.4
ignore: [VVB-IMAGE-001]
ruleset: general
rules:
  VVB-IMAGE-001:
    severity: note
    params: {floating_tags: [latest, next]}
environments:
  production: [live-*]
  ignored: [sandbox]
suppressions: {inline: true, require-reason: false, max-days: 90}
kubernetes-version: "1.30"
app-profile: live
fail-on: error
fail-on-unknown: true
jobs: 2
"""
WHOLE_TOML = """\
[project]
name = "other"

[tool.vvbscan]
include = ["deploy/**"]
exclude = ["vendor/"]
gitignore = false
select = "item:2.4"
ignore = ["VVB-IMAGE-001"]
ruleset = "general"
kubernetes-version = "1.30"
app-profile = "live"
fail-on = "error"
fail-on-unknown = true
jobs = 2
environments.production = ["live-*"]
environments.ignored = ["sandbox"]

[tool.vvbscan.suppressions]
inline = true
require-reason = false
max-days = 90

[tool.vvbscan.rules.VVB-IMAGE-001]
severity = "note"
params = {floating_tags = ["latest", "next"]}
"""


def read(text: str, name: str = ".vvbscan.yaml") -> Config:
    return parse_config(text.encode(), name)


@pytest.mark.parametrize(("text", "name"), [(WHOLE, ".vvbscan.yaml"), (WHOLE_TOML, "pyproject.toml")])
def test_every_setting(text: str, name: str) -> None:
    config = read(text, name)
    assert config.include == ("deploy/**",)
    assert config.exclude == ("vendor/",)
    assert config.gitignore is False
    assert config.selection.select == ("item:2.4",)
    assert config.selection.ignore == ("VVB-IMAGE-001",)
    assert config.selection.ruleset == "general"
    assert config.selection.settings["VVB-IMAGE-001"].severity == "note"
    assert config.selection.settings["VVB-IMAGE-001"].params == {"floating_tags": ["latest", "next"]}
    assert config.environments.production == ("live-*",)
    assert config.environments.ignored == ("sandbox",)
    assert config.suppressions == (True, False, 90)
    assert config.kubernetes_version == "1.30"
    assert config.app_profile == "live"
    assert config.fail_on == "error"
    assert config.fail_on_unknown is True
    assert config.jobs == 2


def test_a_parameter_that_is_null_has_its_default() -> None:
    config = read("rules: {VVB-IMAGE-001: {params: {floating_tags: null}}}\n")
    assert config.selection.settings["VVB-IMAGE-001"].params == {}


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "rules:\n"])
def test_an_empty_file_is_the_default(text: str) -> None:
    assert read(text)._replace(places={}) == Config()


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("fail-on: error\nfial-on: note\n", "2:1", "did you mean `fail-on`?"),
        ("fail-on: severe\n", "1:10", "one of error, warning, note, never"),
        ("jobs: many\n", "1:7", "whole number"),
        ("jobs: -1\n", "1:7", "whole number"),
        ("gitignore: 1\n", "1:12", "true or false"),
        ("include: {a: b}\n", "1:10", "a list of texts"),
        ("include: [a, 5]\n", "1:10", "a list of texts"),
        ("kubernetes-version: 1.30\n", "1:21", "in quotes"),
        ('kubernetes-version: "v1"\n', "1:21", "in quotes"),
        ("rules:\n  VVB-IMAGE-001:\n    severity: fatal\n", "3:15", "one of"),
        ("rules:\n  VVB-IMAGE-001:\n    param: {}\n", "3:5", "did you mean `params`?"),
        ("rules:\n  VVB-IMAGE-001: off\n", "2:18", "is a mapping"),
        ("rules: [VVB-IMAGE-001]\n", "1:8", "a mapping"),
        ("rules:\n  VVB-IMAGE-001:\n    params:\n      floating_tags: [a, {}]\n", "4:22", "a list of texts"),
        ("suppressions: {reason: true}\n", "1:16", "not a setting"),
        ("- fail-on\n", "1:1", "is a mapping"),
        ("fail-on: [\n", "2:1", ""),
        ("fail-on: error\nfail-on: note\n", "2:1", "fail-on"),
        ("fail-on: error\n---\nfail-on: note\n", "2:1", "one document"),
        ('kubernetes-version: "1.\N{ARABIC-INDIC DIGIT THREE}"\n', "1:21", "in quotes"),
        (
            "rules: {VVB-IMAGE-001: {params: {floating_tags: {}}}}\n",
            "1:49",
            "VVB-IMAGE-001.params.floating_tags",
        ),
    ],
)
def test_an_error_points_at_the_offending_place(text: str, where: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert caught.value.where == f".vvbscan.yaml:{where}"
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[tool.vvbscan]\nfail-on = "severe"\n', "2:11"),
        ("[tool.vvbscan]\nfial-on = 1\n", "2:1"),
        ("[tool.vvbscan.suppressions]\nmax-days = 'x'\n", "2:12"),
        ("[tool.vvbscan]\nfail-on = \n", "2:11"),
    ],
)
def test_in_toml_too(text: str, where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text, "pyproject.toml")
    assert caught.value.where == f"pyproject.toml:{where}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tool.vvbscan]\nselect = 3\n", "`select` is a list of texts, not `3`"),
        (
            "[tool.vvbscan.rules.VVB-IMAGE-001]\nseverity = 'hint'\n",
            "`rules.VVB-IMAGE-001.severity` is one of error, warning, note, not `hint`",
        ),
        ("select = 'image'\n", "has no table `[tool.vvbscan]`"),
    ],
)
def test_what_an_error_says_in_toml(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text, "pyproject.toml")
    assert caught.value.message == words


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(ConfigError, match="0xff") as caught:
        parse_config(b"jobs: 1\nfail-on: \xff", ".vvbscan.yaml")
    assert caught.value.where == ".vvbscan.yaml:2:10"


def test_the_nearest_file_up_to_the_root_holds(tmp_path: Path) -> None:
    inner = tmp_path / "repo" / "service"
    inner.mkdir(parents=True)
    (tmp_path / ".vvbscan.yaml").write_text("jobs: 9\n")
    assert find_config(str(inner), str(tmp_path / "repo")) is None
    (tmp_path / "repo" / ".vvbscan.yaml").write_text("jobs: 1\n")
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    found = find_config(str(inner), str(tmp_path / "repo"))
    assert found == str(tmp_path / "repo" / ".vvbscan.yaml")
    (inner / "pyproject.toml").write_text("# not [tool.vvbscan] but\n[tool.ruff]\n")
    assert find_config(str(inner), str(tmp_path / "repo")) == found, "only a comment speaks of it"
    (inner / "pyproject.toml").write_text("[tool.vvbscan]\njobs = 3\n")
    found = find_config(str(inner), str(tmp_path / "repo"))
    assert found is not None
    assert load_config(found).jobs == 3


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(str(tmp_path / "none.yaml"))


DOCUMENT = json.loads(Path(resource_path("schemas", "config.schema.json")).read_text(encoding="utf-8"))
SCHEMA = jsonschema.Draft202012Validator(DOCUMENT)
TEXTS = st.one_of(
    st.text("ab*.", max_size=5),
    st.lists(st.one_of(st.text("ab*.", max_size=5), st.integers(0, 3)), max_size=2),
)
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 3), st.sampled_from(["vvb", "error", "never", "1.30"]), TEXTS
)
RULE_SETTINGS = st.dictionaries(
    st.sampled_from(["severity", "params", "other"]),
    st.one_of(ANYTHING, st.dictionaries(st.sampled_from(["a", "b"]), ANYTHING, max_size=2)),
    max_size=2,
)
CONFIGURATIONS = st.dictionaries(
    st.sampled_from([*_KEYS, "other"]),
    st.one_of(
        ANYTHING,
        st.dictionaries(st.sampled_from(["production", "inline", "max-days", "other"]), ANYTHING, max_size=2),
        st.dictionaries(st.just("VVB-IMAGE-001"), RULE_SETTINGS, max_size=1),
    ),
    max_size=3,
)


@given(CONFIGURATIONS)
def test_the_schema_and_the_reader_agree(configuration: dict[str, object]) -> None:
    try:
        read(json.dumps(configuration, ensure_ascii=False))
    except ConfigError:
        accepted = False
    else:
        accepted = True
    assert SCHEMA.is_valid(configuration) is accepted


def test_the_schema_knows_every_setting() -> None:
    assert sorted(DOCUMENT["properties"]) == sorted(_KEYS)
    jsonschema.Draft202012Validator.check_schema(DOCUMENT)
