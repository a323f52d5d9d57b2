"""SARIF 2.1.0 for GitHub code scanning.

There is nothing in it that differs from run to run or from machine to machine: no times, no GUIDs, no
absolute paths. URIs are relative and have no base, so that GitHub resolves them against the repository.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from vvbscan.model.location import Location, RelatedLocation
from vvbscan.model.outcome import Finding, Notice, Suppression
from vvbscan.model.result import ScanResult, severity_rank, sorted_findings
from vvbscan.report.escape import relative_uri, visible
from vvbscan.report.guidance import PROJECT, sentence
from vvbscan.report.jsontext import Json, to_json
from vvbscan.report.options import ReportOptions
from vvbscan.report.sarif_rules import descriptor

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_RESULTS: Final = 25_000
"""GitHub refuses a run with more results; of those it takes, it keeps the 5,000 most severe."""
_MOST_RELATED: Final = 1_000
_MOST_LINKS: Final = 10
"""Related locations that a message links to. GitHub shows only those that are linked."""
_MESSAGE_LENGTH: Final = 1_000
_LABEL_LENGTH: Final = 200


def render(result: ScanResult, options: ReportOptions) -> str:
    """The SARIF log of a scan."""
    findings = result.findings
    if options.include_suppressed:
        findings = tuple(sorted_findings((*findings, *result.suppressed)))
    shown = _most_severe(findings, min(options.max_results, _MOST_RESULTS))
    notices = [*result.notices, *_left_out(len(shown), len(findings))]
    ids = sorted({finding.rule_id for finding in shown})
    index = {rule_id: position for position, rule_id in enumerate(ids)}
    rules = {rule.id: rule for rule in result.rules}
    driver: dict[str, Json] = {
        "name": "vvbscan",
        "version": result.version,
        "informationUri": PROJECT,
        "rules": [descriptor(rules[rule_id], options.texts(rule_id)) for rule_id in ids],
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "invocations": [
            {
                # GitHub refuses the whole upload where this is false (github/codeql-action#1316 and #1393),
                # and nobody would see the findings because of one file that could not be analysed.
                "executionSuccessful": True,
                "exitCode": result.exit_code(options.fail_on, options.fail_on_unknown),
                "toolExecutionNotifications": [_notification(notice, index) for notice in notices],
            }
        ],
        **_automation(options.category),
        "newlineSequences": ["\r\n", "\n", "\r"],
        "columnKind": "utf16CodeUnits",
        "results": [_result(finding, index, options.include_suppressed) for finding in shown],
    }
    return to_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _automation(category: str) -> dict[str, Json]:
    """The category of the run stands before the last slash; an upload can add one where it is missing."""
    name = category.rstrip("/")
    return {"automationDetails": {"id": f"{name}/"}} if name else {}


def _most_severe(findings: Sequence[Finding], limit: int) -> Sequence[Finding]:
    """So many findings, the most severe if there are more, in the order given."""
    if len(findings) <= limit:
        return findings
    ranked = sorted(range(len(findings)), key=lambda i: severity_rank(findings[i].severity))
    return [findings[i] for i in sorted(ranked[:limit])]


def _left_out(shown: int, found: int) -> Iterable[Notice]:
    if shown < found:
        message = f"Of {found:,} findings this report has the {shown:,} most severe."
        yield Notice("warning", "results-left-out", message, "", None, "The JSON report has them all.")


def _result(finding: Finding, index: dict[str, int], with_suppressions: bool) -> dict[str, Json]:
    related = finding.related[:_MOST_RELATED]
    result: dict[str, Json] = {
        "ruleId": finding.rule_id,
        "ruleIndex": index[finding.rule_id],
        "level": finding.severity,
        "message": {"text": _message(finding.message, related)},
        "locations": [{"physicalLocation": _physical(finding.location)}],
    }
    if related:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": _label(step)},
                "physicalLocation": _physical(step.location),
            }
            for number, step in enumerate(related, 1)
        ]
    fingerprints = {"vvbscan/v1": finding.fingerprint}
    if finding.line_hash:
        fingerprints = {"primaryLocationLineHash": finding.line_hash, **fingerprints}
    result["partialFingerprints"] = fingerprints
    if with_suppressions:
        # Either all results of a run have this property or none (SARIF 2.1.0, 3.27.23).
        suppression = finding.suppression
        result["suppressions"] = [] if suppression is None else [_suppression(suppression)]
    result["properties"] = {
        "checklist": finding.boxes,
        "environments": finding.environments,
        "address": finding.address,
        "confidence": finding.confidence,
    }
    return result


def _message(text: str, related: Sequence[RelatedLocation]) -> str:
    """The message, with a second sentence that links to the related locations."""
    # What a message quotes from the tree must not become a link.
    message = sentence(visible(text).replace("](", "] ("), _MESSAGE_LENGTH)
    if not related:
        return message
    links = [f"[{_escaped(_label(step))}]({number})" for number, step in enumerate(related[:_MOST_LINKS], 1)]
    return f"{message} See {', '.join(links)}."


def _label(step: RelatedLocation) -> str:
    label = visible(step.label) or "related location"
    return label if len(label) <= _LABEL_LENGTH else label[: _LABEL_LENGTH - 1] + "…"


def _escaped(label: str) -> str:
    """The label as the text of a link (SARIF 2.1.0, 3.11.6)."""
    return label.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _physical(place: Location) -> dict[str, Json]:
    region: dict[str, Json] = {
        "startLine": place.line,
        "startColumn": place.utf16_column,
        "endLine": place.end_line,
        "endColumn": place.utf16_end_column,
    }
    # The snippet is the whole of the region or it is not there.
    first, last = place.column - place.snippet_column, place.end_column - place.snippet_column
    if place.line == place.end_line and 0 <= first < last <= len(place.snippet):
        region["snippet"] = {"text": place.snippet[first:last]}
    return {"artifactLocation": {"uri": relative_uri(place.path)}, "region": region}


def _suppression(suppression: Suppression) -> dict[str, Json]:
    written: dict[str, Json] = {
        "kind": "inSource",
        "status": "accepted",
        "justification": visible(suppression.reason),
        "location": {"physicalLocation": _physical(suppression.location)},
    }
    if suppression.until:
        written["properties"] = {"until": suppression.until}
    return written


def _notification(notice: Notice, index: dict[str, int]) -> dict[str, Json]:
    text = f"{notice.path}: {notice.message}" if notice.path else notice.message
    if notice.hint:
        text = f"{sentence(text, _MESSAGE_LENGTH)} Hint: {notice.hint}"
    notification: dict[str, Json] = {
        "descriptor": {"id": notice.code},
        "level": notice.level,
        "message": {"text": sentence(visible(text), 2 * _MESSAGE_LENGTH)},
    }
    if notice.rule_id:
        rule: dict[str, Json] = {"id": notice.rule_id}
        if notice.rule_id in index:
            rule["index"] = index[notice.rule_id]
        notification["associatedRule"] = rule
    if notice.location is not None:
        notification["locations"] = [{"physicalLocation": _physical(notice.location)}]
    elif notice.path:
        place: dict[str, Json] = {"artifactLocation": {"uri": relative_uri(notice.path)}}
        notification["locations"] = [{"physicalLocation": place}]
    return notification
