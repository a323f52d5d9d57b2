"""Inline suppressions, through the public door: what they cover, when they hold, and what is said of them."""

from __future__ import annotations

import pytest

import vvbscan
from vvbscan import Config, ScanResult
from vvbscan.model.selection import SuppressionPolicy

RULE = "VVB-IMAGE-001"
ONLY = Config(selection=vvbscan.Selection(select=(RULE,)))


def scan(text: str, config: Config = ONLY, today: str = "2026-06-15") -> ScanResult:
    return vvbscan.scan_text(text, "kubernetes", config, today=today)


def pod(comment: str = "", trailing: str = "", at: str = "image") -> str:
    lines = {
        "document": "apiVersion: v1",
        "kind": "kind: Pod",
        "metadata": "metadata: {name: tools}",
        "spec": "spec:",
        "containers": "  containers:",
        "name": "    - name: a",
        "image": "      image: registry.example.com/vvb/tools",
        "other": "    - name: b",
        "other-image": "      image: registry.example.com/vvb/other",
    }
    written = []
    for key, line in lines.items():
        if comment and key == at:
            written.append(" " * (len(line) - len(line.lstrip())) + comment)
        written.append(f"{line}  {trailing}" if trailing and key == at else line)
    return "\n".join(written) + "\n"


def codes(result: ScanResult) -> list[str]:
    return [notice.code for notice in result.notices]


def test_without_a_suppression_both_are_found() -> None:
    assert len(scan(pod()).findings) == 2


@pytest.mark.parametrize(
    ("at", "left"),
    [
        ("image", 1),
        ("name", 1),
        ("containers", 0),
        ("spec", 0),
        ("document", 0),
        ("metadata", 2),
        ("other", 1),
    ],
)
def test_on_a_line_of_its_own_it_covers_what_comes_next(at: str, left: int) -> None:
    result = scan(pod(f"# vvbscan: ignore[{RULE}] -- pinned by the mirror", at=at))
    assert len(result.findings) == left
    assert len(result.suppressed) == 2 - left


@pytest.mark.parametrize(
    ("at", "left"), [("image", 1), ("name", 1), ("containers", 0), ("other-image", 1), ("kind", 2)]
)
def test_behind_something_it_covers_what_begins_there(at: str, left: int) -> None:
    result = scan(pod(trailing=f"# vvbscan: ignore[{RULE}] -- pinned by the mirror", at=at))
    assert len(result.findings) == left


def test_the_reason_and_place_are_kept() -> None:
    (finding,) = scan(pod(f"# vvbscan: ignore[{RULE}] until=2026-06-30 -- moved in June")).suppressed
    assert finding.suppression is not None
    assert finding.suppression.reason == "moved in June"
    assert finding.suppression.until == "2026-06-30"
    assert finding.suppression.location.line == 7


def test_a_rule_can_be_named_by_its_name() -> None:
    assert len(scan(pod("# vvbscan: ignore[image-tag-missing-or-latest] -- mirror")).findings) == 1


def test_several_rules_in_one() -> None:
    assert len(scan(pod(f"# vvbscan: ignore[image-tag-missing-or-latest, {RULE}] -- mirror")).findings) == 1


def test_a_whole_file() -> None:
    text = pod(f"# vvbscan: ignore-file[{RULE}] -- generated, pinned by the release job", at="other-image")
    assert scan(text).findings == ()


@pytest.mark.parametrize(("today", "left"), [("2026-06-29", 1), ("2026-06-30", 1), ("2026-07-01", 2)])
def test_it_holds_through_its_last_day(today: str, left: int) -> None:
    result = scan(pod(f"# vvbscan: ignore[{RULE}] until=2026-06-30 -- moved in June"), today=today)
    assert len(result.findings) == left
    assert ("suppression-expired" in codes(result)) is (left == 2)


def test_one_that_covers_nothing_is_told() -> None:
    result = scan(pod(f"# vvbscan: ignore[{RULE}] -- no such thing", at="metadata"))
    assert codes(result) == ["suppression-unused"]


def test_one_of_a_rule_that_did_not_run_is_not_called_unused() -> None:
    config = Config(selection=vvbscan.Selection(ignore=(RULE,)))
    result = scan(pod(f"# vvbscan: ignore[{RULE}] -- mirror"), config)
    assert "suppression-unused" not in codes(result)


@pytest.mark.parametrize(
    "text",
    [
        "# vvbscan: ignore", "# vvbscan: ignore[]", "# vvbscan: ignore[VVB-IMAGE-1] -- x", "# vvbscan: ignore[*] -- x",
        f"# vvbscan: ignore[{RULE}] until=soon -- x", f"# vvbscan: ignore[{RULE}] until=2026-02-30 -- x",
        f"# vvbscan: ignore[{RULE}] because", f"# vvbscan: ignores[{RULE}] -- x", "# vvbscan: ignore[VVB-IMAGE-999] -- x",
        "# vvbscan: ignore[no-such-rule] -- x",
    ],
)  # fmt: skip
def test_a_malformed_one_covers_nothing_and_is_told(text: str) -> None:
    result = scan(pod(text))
    assert len(result.findings) == 2
    assert codes(result) == ["suppression-malformed"]
    assert result.notices[0].location is not None
    assert result.notices[0].location.line == 7


def test_other_comments_are_no_suppressions() -> None:
    assert codes(scan(pod("# see the vvbscan documentation on ignore[...]"))) == []


def test_without_a_reason_it_covers_nothing() -> None:
    result = scan(pod(f"# vvbscan: ignore[{RULE}]"))
    assert len(result.findings) == 2
    assert codes(result) == ["suppression-refused"]


def policy(*, inline: bool = True, require_reason: bool = True, max_days: int = 0) -> Config:
    return ONLY._replace(suppressions=SuppressionPolicy(inline, require_reason, max_days))


def test_the_configuration_can_do_without_reasons() -> None:
    assert len(scan(pod(f"# vvbscan: ignore[{RULE}]"), policy(require_reason=False)).findings) == 1


def test_the_configuration_can_forbid_them() -> None:
    result = scan(pod(f"# vvbscan: ignore[{RULE}] -- mirror"), policy(inline=False))
    assert len(result.findings) == 2
    assert codes(result) == ["suppression-refused"]


@pytest.mark.parametrize(("until", "left"), [("", 2), ("until=2026-07-15", 1), ("until=2026-07-16", 2)])
def test_the_configuration_can_limit_how_long_they_hold(until: str, left: int) -> None:
    result = scan(pod(f"# vvbscan: ignore[{RULE}] {until} -- mirror"), policy(max_days=30))
    assert len(result.findings) == left


def test_an_annotation_covers_its_document() -> None:
    annotated = pod().replace(
        "metadata: {name: tools}",
        f'metadata: {{name: tools, annotations: {{"vvbscan.dev/ignore.{RULE}": "until=2026-06-30 -- mirror"}}}}',
    )
    result = scan(annotated + "---\n" + pod())
    assert len(result.suppressed) == 2
    assert len(result.findings) == 2


def test_an_annotation_covers_what_has_it() -> None:
    note = f'annotations: {{"vvbscan.dev/ignore.{RULE}": mirror}}'
    text = (
        "apiVersion: v1\nkind: List\nitems:\n"
        f"- {{apiVersion: v1, kind: Pod, metadata: {{name: a, {note}}}, spec: {{containers: [{{name: a, image: a}}]}}}}\n"
        "- {apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {containers: [{name: b, image: b}]}}\n"
        "- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: c}\n"
        f"  spec: {{template: {{metadata: {{{note}}}, spec: {{containers: [{{name: c, image: c}}]}}}}}}\n"
    )
    result = vvbscan.scan_files({"list.yaml": text}, ONLY, today="2026-06-15")
    assert [one.address for one in result.findings] == ["Pod/b:containers[b]"]
    assert [notice.code for notice in result.notices] == []


def test_an_annotation_that_yaml_does_not_read_as_text_is_told() -> None:
    text = pod().replace("{name: tools}", f"{{name: tools, annotations: {{vvbscan.dev/ignore.{RULE}: yes}}}}")
    result = scan(text)
    assert codes(result) == ["suppression-malformed"]
    assert "`yes` is not text" in result.notices[0].message
    assert len(result.findings) == 2


def test_a_comment_in_a_file_of_variables() -> None:
    files = {
        "compose.yaml": "services: {a: {image: 'nginx:${A}'}, b: {image: 'nginx:${B}'}, c: {image: 'nginx:${C}'}}\n",
        ".env": f"# vvbscan: ignore[{RULE}] -- mirror\n\nA=latest\nB=latest # vvbscan: ignore[{RULE}] -- too\nC=latest\n",
    }
    result = vvbscan.scan_files(files, ONLY, today="2026-06-15")
    assert [one.address for one in result.findings] == ["service[c]"]


def test_an_annotation_works_in_json() -> None:
    text = (
        '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "annotations": '
        f'{{"vvbscan.dev/ignore.{RULE}": "mirror"}}}}, "spec": {{"containers": [{{"name": "a", "image": "a"}}]}}}}'
    )
    result = vvbscan.scan_files({"pod.json": text}, ONLY, today="2026-06-15")
    assert result.findings == ()
    assert [one.suppression.reason for one in result.suppressed if one.suppression] == ["mirror"]
