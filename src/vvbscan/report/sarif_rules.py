"""Rules as SARIF describes them: reporting descriptors with help, made for GitHub code scanning.

Which properties GitHub reads, and their limits: "SARIF support for code scanning" in its documentation,
read in November 2026.
"""

from __future__ import annotations

from typing import Final

from vvbscan.model.rule import Rule, RuleText
from vvbscan.report.guidance import first_paragraph, rule_page, sentence, suppression_comment
from vvbscan.report.jsontext import Json

_NAME_LENGTH: Final = 255
_DESCRIPTION_LENGTH: Final = 1024
_TAGS: Final = 10
_SECURITY: Final = "security"

_SECURITY_SEVERITY: Final = {"error": "8.0", "warning": "5.5", "note": "2.0"}
"""GitHub shows above 9.0 as critical, from 7.0 as high, from 4.0 as medium, and below as low."""
_PROBLEM_SEVERITY: Final = {"error": "error", "warning": "warning", "note": "recommendation"}


def descriptor(rule: Rule, text: RuleText) -> dict[str, Json]:
    """The reporting descriptor of a rule."""
    return {
        "id": rule.id,
        "name": rule.name[:_NAME_LENGTH],
        "shortDescription": {"text": sentence(rule.title, _DESCRIPTION_LENGTH)},
        "fullDescription": {"text": sentence(first_paragraph(text.why), _DESCRIPTION_LENGTH)},
        "helpUri": rule_page(rule.id),
        "help": {"text": _plain_help(rule, text), "markdown": _markdown_help(rule, text)},
        "defaultConfiguration": {"level": rule.severity},
        "properties": _properties(rule, text),
    }


def _properties(rule: Rule, text: RuleText) -> dict[str, Json]:
    tags = [tag for tag in dict.fromkeys(text.tags) if tag != _SECURITY]
    properties: dict[str, Json] = {"precision": rule.confidence}
    if rule.security:
        tags.insert(0, _SECURITY)
        properties["security-severity"] = _SECURITY_SEVERITY[rule.severity]
    else:
        properties["problem.severity"] = _PROBLEM_SEVERITY[rule.severity]
    properties["tags"] = tags[:_TAGS]
    properties["checklist"] = rule.boxes
    return properties


def _plain_help(rule: Rule, text: RuleText) -> str:
    parts = [text.why.strip(), f"What to do: {text.remediation.strip()}"]
    parts += [f"{title}: {address}" for title, address in text.references]
    if rule.boxes:
        parts.append(f"Checklist: {', '.join(rule.boxes)}")
    parts.append(f"To accept it at one place, write above it the comment: {suppression_comment(rule.id)}")
    return "\n\n".join(parts)


def _markdown_help(rule: Rule, text: RuleText) -> str:
    parts = [f"# {rule.title}", text.why.strip(), "## What to do", text.remediation.strip()]
    if text.references:
        parts += ["## References", "\n".join(f"* [{title}]({address})" for title, address in text.references)]
    if rule.boxes:
        parts += ["## Checklist", "\n".join(f"* [ ] {box}" for box in rule.boxes)]
    parts += [
        "## To accept it at one place",
        f"Write above it, or behind it on its line, the comment `{suppression_comment(rule.id)}`.",
        f"[More about {rule.id}]({rule_page(rule.id)})",
    ]
    return "\n\n".join(parts)
