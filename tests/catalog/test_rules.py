"""Every rule file is valid, is named for what it is, and runs itself as a test."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

import vvbscan
from vvbscan.catalog.catalog import Catalog
from vvbscan.catalog.index import RuleFiles
from vvbscan.catalog.reader import RuleFile, read_rule_file, rule_paths
from vvbscan.dev.selftest import Example, examples_of, faults_of_example, faults_of_rule
from vvbscan.engine.analyse import _KINDS, unit_kind
from vvbscan.model.resources import resource_path
from vvbscan.views.system import VIEWS as SYSTEM_VIEWS

PATHS = rule_paths(resource_path("rules"))
FILES = [read_rule_file(path) for path in PATHS]
IDS = [file.rule.id for file in FILES]
EXAMPLES = [(file, example) for file in FILES for example in examples_of(file)]
SCHEMA = json.loads(Path(resource_path("schemas", "rule.schema.json")).read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SENTENCE_END = re.compile(r"[.:;!?`)]$")
SENTENCE_START = re.compile(r'"message": "(?:An?|All|It|No|Nothing|On|The|This|Two|What)\b')


def name_of(pair: tuple[RuleFile, Example]) -> str:
    file, example = pair
    return f"{file.rule.id}/{example.kind}/{re.sub('[^a-z0-9]+', '-', example.title.lower())[:60]}"


@pytest.mark.parametrize(("file", "example"), EXAMPLES, ids=map(name_of, EXAMPLES))
def test_an_example_comes_out_as_it_says(file: RuleFile, example: Example) -> None:
    assert faults_of_example(file, example) == []


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_every_leaf_is_told_by_some_example(file: RuleFile) -> None:
    assert faults_of_rule(file) == []


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_a_rule_file_follows_its_schema(file: RuleFile) -> None:
    raw = yaml.safe_load(Path(file.path).read_text(encoding="utf-8"))
    assert [error.message for error in VALIDATOR.iter_errors(raw)] == []


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_a_rule_lies_where_its_id_says(file: RuleFile) -> None:
    rule, path = file.rule, Path(file.path)
    assert path.name == f"{rule.id}-{rule.name}.yaml"
    assert path.parent.name == rule.id.split("-")[1].lower()


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_the_texts_of_a_rule_are_whole(file: RuleFile) -> None:
    assert not file.rule.title.endswith(".")
    for text in (file.text.why, file.text.remediation):
        assert SENTENCE_END.search(text), text[-40:]
    for title, url in file.text.references:
        assert title
        assert url.startswith("https://")
    assert not SENTENCE_START.search(json.dumps(file.raw)), "messages are joined with semicolons"


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_the_views_of_a_rule_are_there(file: RuleFile) -> None:
    fed: dict[str, set[str]] = {view: {"system"} for view in SYSTEM_VIEWS}
    for kind in _KINDS:
        for view in unit_kind(kind).views:
            fed.setdefault(view, set()).add(kind)
    for target in file.rule.targets:
        assert target.view in fed
        assert set(target.unit_kinds) <= fed[target.view]


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_a_rule_yields_to_rules_that_are_there(file: RuleFile) -> None:
    assert set(file.rule.yields_to) <= set(IDS) - {file.rule.id}


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_the_boxes_of_parts_are_among_those_of_the_rule(file: RuleFile) -> None:
    named = re.findall(r"'boxes': \[([^\]]*)\]", str([target.condition for target in file.rule.targets]))
    boxes = {box.strip("' ") for group in named for box in group.split(",")}
    assert boxes <= set(file.rule.boxes)


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_what_is_judged_in_modules_of_terraform_is_in_plans_too(file: RuleFile) -> None:
    for target in file.rule.targets:
        assert ("terraform" in target.unit_kinds) == ("terraform-plan" in target.unit_kinds)


def test_ids_and_names_are_given_once() -> None:
    assert len(set(IDS)) == len(IDS)
    assert len({file.rule.name for file in FILES}) == len(FILES)


def test_no_rule_breaks_on_the_examples_of_another_and_boxes_are_those_of_the_rule() -> None:
    catalog = Catalog(RuleFiles(FILES))
    boxes = {file.rule.id: set(file.rule.boxes) for file in FILES}
    config = vvbscan.Config(selection=vvbscan.Selection(select=tuple(IDS)))
    for _, example in EXAMPLES:
        result = vvbscan.scan_files(example.files, config, today="2026-01-01", catalog=catalog)
        assert [notice for notice in result.notices if notice.code == "internal-error"] == []
        for finding in result.findings:
            assert finding.boxes
            assert set(finding.boxes) <= boxes[finding.rule_id]
