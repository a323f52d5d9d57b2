"""The catalogue: its index, selections, parameters and rule sets."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import NoReturn

import pytest

import vvbscan
from vvbscan.catalog.catalog import Catalog, enabled, selects
from vvbscan.catalog.index import Index, RuleFiles, build_index, content_key
from vvbscan.catalog.reader import parse_rule_file, read_rule_file, rule_paths
from vvbscan.model.errors import RuleError
from vvbscan.model.resources import resource_path
from vvbscan.model.rule import Settings
from vvbscan.model.selection import Selection

RULE = """\
id: VVB-TEST-001
name: replicas-too-few
title: Too few replicas
severity: warning
confidence: high
since: "0.1"
checklist: ["6.1.3", "2.7"]
why: Because.
remediation: Add some.
references: [{title: a, url: "https://example.com"}]
params:
  least: {type: integer, default: 2, general: 1, doc: how many}
targets:
  - view: workload
    assert: {path: replicas, ge: $least, absent: pass}
message: "{name|it} has {got} replicas, not {$least}"
examples: {pass: [], fail: [], unknown: []}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 1}
"""


def catalog(*texts: str) -> Catalog:
    return Catalog(RuleFiles(parse_rule_file(text, f"{index}.yaml") for index, text in enumerate(texts)))


def scan(selection: Selection, *texts: str) -> vvbscan.ScanResult:
    config = vvbscan.Config(selection=selection)
    return vvbscan.scan_files(
        {"web.yaml": DEPLOYMENT}, config, today="2026-01-01", catalog=catalog(*texts or (RULE,))
    )


def test_the_figure_is_the_checklists_unless_the_rule_set_is_general() -> None:
    assert [finding.message for finding in scan(Selection()).findings] == ["it has 1 replicas, not 2."]
    assert scan(Selection(ruleset="general")).findings == ()


def test_a_setting_wins_over_both() -> None:
    settings = {"VVB-TEST-001": Settings(params={"least": 3})}
    assert len(scan(Selection(ruleset="general", settings=settings)).findings) == 1


def test_severity_can_be_set() -> None:
    settings = {"VVB-TEST-001": Settings(severity="error")}
    result = scan(Selection(settings=settings))
    assert [finding.severity for finding in result.findings] == ["error"]
    assert [rule.severity for rule in result.rules] == ["error"]


def test_a_rule_with_an_unset_parameter_is_off() -> None:
    text = RULE.replace("default: 2, general: 1", "default: null")
    assert scan(Selection(), text).tallies == ()
    settings = {"VVB-TEST-001": Settings(params={"least": 3})}
    assert len(scan(Selection(settings=settings), text).findings) == 1


def test_a_rule_that_is_off_runs_if_it_is_named_or_set() -> None:
    text = RULE.replace("since:", "enabled: false\nsince:")
    assert scan(Selection(), text).tallies == ()
    assert scan(Selection(select=("test",)), text).tallies == (), "its subject does not name it"
    assert scan(Selection(select=("VVB-TEST-001",)), text).tallies
    assert scan(Selection(settings={"VVB-TEST-001": Settings()}), text).tallies


def test_a_rule_of_another_rule_set_does_not_run() -> None:
    text = RULE.replace("since:", "rulesets: [vvb]\nsince:")
    assert scan(Selection(ruleset="general"), text).tallies == ()
    assert scan(Selection(ruleset="general", select=("test",)), text).tallies == ()
    assert scan(Selection(ruleset="general", select=("VVB-TEST-001",)), text).tallies, "it is named"


@pytest.mark.parametrize(
    ("pattern", "selected"),
    [
        ("VVB-TEST-001", True), ("vvb-test-001", True), ("VVB-TEST-*", True), ("VVB-TEST", True), ("test", True),
        ("TEST", True), ("replicas-too-few", True), ("item:6.1", True), ("item:6.1.3", True), ("item:2.7", True),
        ("item:6", True), ("item:6.1.30", False), ("item:6.10", False), ("VVB-TES-001", False), ("replicas", False),
        ("image", False),
    ],
)  # fmt: skip
def test_patterns(pattern: str, selected: bool) -> None:
    rule = parse_rule_file(RULE, "x.yaml").rule
    assert selects(pattern, rule) is selected
    assert enabled(rule, Selection(select=(pattern,))) is selected
    assert enabled(rule, Selection(ignore=(pattern,))) is not selected


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("id: VVB-TEST-001\n", "", "id"),
        ("targets:\n", "target:\n", "targets"),
        ("ge: $least", "ge: $most", "$most"),
        ("{$least}", "{$most}", "$most"),
        ("assert:", "asert:", "either `assert` or `check`"),
        (", absent: pass", "", "absent"),
        ("checklist: [", "checklist: 5 #", "should be a list"),
        ("id:", "id: [", "not YAML"),
    ],
)
def test_a_rule_file_that_makes_no_sense_is_refused_with_its_name(
    before: str, after: str, words: str
) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule_file(RULE.replace(before, after), "rules/test/x.yaml")
    assert caught.value.where == "rules/test/x.yaml"
    assert words in str(caught.value)


def test_the_index_says_what_the_files_say(tmp_path: Path) -> None:
    build_index(resource_path("rules"), str(tmp_path))
    index = Index(str(tmp_path))
    files = RuleFiles(read_rule_file(path) for path in rule_paths(resource_path("rules")))
    assert index.all_rules() == files.all_rules()
    for view in index.views:
        assert index.rules_of_view(view) == files.rules_of_view(view)
    for rule in index.all_rules():
        assert index.text(rule.id) == files.text(rule.id)
    assert index.rules_of_view("nothing") == []
    with pytest.raises(RuleError):
        index.text("VVB-IMAGE-999")


def test_two_rules_of_one_id_or_name_are_refused(tmp_path: Path) -> None:
    for number, text in enumerate((RULE, RULE.replace("TEST-001", "TEST-002"))):
        (tmp_path / f"VVB-TEST-00{number}-x.yaml").write_text(text)
    with pytest.raises(RuleError, match="replicas-too-few"):
        build_index(str(tmp_path), str(tmp_path / "out"))


def test_the_key_of_the_content_changes_with_any_file(tmp_path: Path) -> None:
    path = tmp_path / "test" / "VVB-TEST-001-x.yaml"
    path.parent.mkdir()
    path.write_text(RULE)
    before = content_key(str(tmp_path))
    assert content_key(str(tmp_path)) == before
    path.write_text(textwrap.dedent(RULE) + "# more\n")
    assert content_key(str(tmp_path)) != before


def test_a_checkout_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rules are read without an index."""
    rules = tmp_path / "rules" / "test"
    rules.mkdir(parents=True)
    (rules / "VVB-TEST-001-replicas-too-few.yaml").write_text(RULE)

    def refuse(path: str, **_: object) -> NoReturn:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(
        "vvbscan.catalog.catalog.resource_path", lambda *parts: str(tmp_path.joinpath(*parts))
    )
    monkeypatch.setattr("vvbscan.catalog.catalog.checkout_root", lambda: str(tmp_path))
    monkeypatch.setattr("os.makedirs", refuse)
    assert [rule.id for rule in Catalog.load().rules()] == ["VVB-TEST-001"]
    assert not (tmp_path / ".vvbscan-cache").exists()
