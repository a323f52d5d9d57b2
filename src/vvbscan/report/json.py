"""The report for programs: everything a scan gives, as `schemas/report.schema.json` describes it."""

from __future__ import annotations

from typing import Final

from vvbscan.model.outcome import SEVERITIES, Finding, Notice, Undecided
from vvbscan.model.result import ScanResult
from vvbscan.model.rule import Rule
from vvbscan.report.jsontext import Json, to_json
from vvbscan.report.options import ReportOptions

SCHEMA_VERSION: Final = 1
"""Raised when a reader of the version before could misread a report; new members do not raise it."""


def render(result: ScanResult, options: ReportOptions) -> str:
    """The JSON report of a scan."""
    return to_json(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "vvbscan", "version": result.version},
            "root": result.root,
            "exit_code": result.exit_code(options.fail_on, options.fail_on_unknown),
            "summary": _summary(result),
            "rules": map(_rule, result.rules),
            "files": iter(result.files),
            "findings": map(_finding, result.findings),
            "suppressed": map(_finding, result.suppressed),
            "hidden": map(_finding, result.hidden),
            "undecided": map(_undecided, result.undecided),
            "tallies": iter(result.tallies),
            "notices": map(_notice, result.notices),
        }
    )


def _summary(result: ScanResult) -> dict[str, Json]:
    numbers = dict.fromkeys(SEVERITIES, 0)
    for finding in result.findings:
        numbers[finding.severity] += 1
    return {
        "findings": numbers,
        "suppressed": len(result.suppressed),
        "hidden": len(result.hidden),
        "undecided": len(result.undecided),
    }


def _rule(rule: Rule) -> dict[str, Json]:
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "security": rule.security,
        "checklist": rule.boxes,
    }


def _finding(finding: Finding) -> dict[str, Json]:
    written: dict[str, Json] = {
        "rule_id": finding.rule_id,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": finding.message,
        "address": finding.address,
        "environments": finding.environments,
        "checklist": finding.boxes,
        "location": finding.location,
        "related": finding.related,
        "fingerprint": finding.fingerprint,
    }
    if finding.suppression is not None:
        reason, until, place = finding.suppression
        written["suppression"] = {"reason": reason, "until": until, "location": place}
    return written


def _undecided(outcome: Undecided) -> dict[str, Json]:
    return {
        "rule_id": outcome.rule_id,
        "address": outcome.address,
        "environment": outcome.environment,
        "kind": outcome.kind,
        "reason": outcome.reason,
        "checklist": outcome.boxes,
        "location": outcome.location,
    }


def _notice(notice: Notice) -> dict[str, Json]:
    return {
        "level": notice.level,
        "code": notice.code,
        "message": notice.message,
        "path": notice.path,
        "location": notice.location,
        "hint": notice.hint,
        "rule_id": notice.rule_id,
    }
