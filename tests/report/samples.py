"""Rules, texts and findings for the tests of reports."""

from __future__ import annotations

from vvbscan.model.location import Location, RelatedLocation, locate
from vvbscan.model.node import Source
from vvbscan.model.outcome import Finding
from vvbscan.model.rule import Rule, RuleText
from vvbscan.report.fingerprint import finding_fingerprint, line_hashes
from vvbscan.text import SourceText

TAG = "VVB-IMAGE-001"
ROOT = "VVB-POD-002"
LAYERS = "VVB-IMAGE-007"


def rule(
    rule_id: str,
    name: str,
    *,
    title: str = "Something is wrong",
    severity: str = "warning",
    confidence: str = "high",
    security: bool = False,
    boxes: tuple[str, ...] = (),
) -> Rule:
    return Rule(
        id=rule_id,
        name=name,
        title=title,
        severity=severity,
        confidence=confidence,
        security=security,
        boxes=boxes,
        params=(),
        targets=(),
        message="It is wrong.",
        yields_to=(),
        rulesets=("vvb",),
        enabled=True,
    )


RULES = (
    rule(TAG, "image-tag-not-fixed", title="Image tag does not name one version", boxes=("2.1.3",)),
    rule(LAYERS, "image-has-many-layers", title="Image has many layers", severity="note", confidence="low"),
    rule(
        ROOT,
        "container-runs-as-root",
        title="Container may run as root",
        severity="error",
        security=True,
        boxes=("2.4.1", "2.4.2"),
    ),
)

_TEXTS = {
    TAG: RuleText(
        why="A moving tag gives another image tomorrow. Nobody can then say what ran\nduring an incident.\n",
        remediation="Name the version, better still its digest:\n\n```dockerfile\nFROM maven:3.9.11\n```\n",
        references=(("Image names", "https://docs.example.com/images"),),
        peers=("CKV_K8S_14",),
        since="0.1",
        tags=("image",),
    ),
    ROOT: RuleText(
        why="Who breaks out of a process that runs as root is root on the node.",
        remediation="Set `runAsNonRoot: true` and give the image a `USER`.",
        references=(),
        peers=(),
        since="0.1",
        tags=("kubernetes", "security"),
    ),
    LAYERS: RuleText(
        why="Every layer costs time when the image is pulled.",
        remediation="Join what belongs together:\n- `RUN` lines with `&&`,\n- `COPY` lines of one target.",
        references=(),
        peers=(),
        since="0.1",
        tags=("security", "image"),
    ),
}


def texts(rule_id: str) -> RuleText:
    return _TEXTS[rule_id]


def source(path: str, text: str, *, bom: bool = False) -> Source:
    return Source(path, SourceText(text, bom=bom))


def place(of: Source, words: str) -> Location:
    """Location of the only occurrence of some words."""
    assert of.text.text.count(words) == 1
    start = of.text.text.index(words)
    return locate(of, start, start + len(words))


def finding(
    rule_id: str,
    of: Source,
    words: str,
    *,
    severity: str = "warning",
    message: str = "It is wrong.",
    related: tuple[RelatedLocation, ...] = (),
    address: str = "stage[0]",
    environments: tuple[str, ...] = (),
    boxes: tuple[str, ...] = (),
) -> Finding:
    where = place(of, words)
    return Finding(
        rule_id=rule_id,
        severity=severity,
        confidence="high",
        message=message,
        location=where,
        related=related,
        address=address,
        environments=environments,
        boxes=boxes,
        fingerprint=finding_fingerprint(rule_id, of.path, address, words),
        line_hash=line_hashes(of.text, [where.line])[where.line],
    )
