"""`vvbscan rules` and `vvbscan explain`: what is checked, and why."""

from __future__ import annotations

import json
import sys
import textwrap
from argparse import Namespace

from vvbscan.catalog.catalog import Catalog, selects
from vvbscan.catalog.index import subject_of
from vvbscan.cli.rule_formats import RuleFormats
from vvbscan.model.errors import UsageError
from vvbscan.model.rule import Rule, RuleText


def rules_command(arguments: Namespace) -> int:
    """Run `vvbscan rules`."""
    catalog = Catalog.load()
    rules = [rule for rule in catalog.rules() if _wanted(rule, arguments)]
    if arguments.file_format:
        formats = RuleFormats()
        rules = [rule for rule in rules if arguments.file_format in formats.of(rule)]
    if not rules:
        raise UsageError("no rule is of that kind", hint="`vvbscan rules` lists them all")
    if arguments.format == "json":
        formats = RuleFormats()
        entries = [_entry(rule, catalog.text(rule.id), formats) for rule in rules]
        sys.stdout.write(
            json.dumps({"schema_version": 1, "rules": entries}, indent=2, ensure_ascii=True) + "\n"
        )
        return 0
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        state = "" if rule.enabled else "  (off by default)"
        sys.stdout.write(f"{rule.id:<{width}}  {rule.severity:<7}  {rule.title}{state}\n")
    sys.stdout.write(f"{len(rules)} rules\n")
    return 0


def explain_command(arguments: Namespace) -> int:
    """Run `vvbscan explain`."""
    catalog = Catalog.load()
    rule = catalog.rule(arguments.rule)
    text = catalog.text(rule.id)
    lines = [f"{rule.id} {rule.name}", rule.title, ""]
    state = "" if rule.enabled else ", off by default"
    lines += [f"severity {rule.severity}, confidence {rule.confidence}{state}"]
    lines += [f"checklist {', '.join(rule.boxes)}"] if rule.boxes else []
    lines += ["", "Why", *_wrapped(text.why), "", "What to do", *_wrapped(text.remediation)]
    if rule.params:
        lines += ["", "Parameters"]
        for param in rule.params:
            default = (
                "unset: the rule is off until it is set" if param.default is None else f"{param.default}"
            )
            lines += [f"  {param.name} ({param.type}, {default})", *_wrapped(param.doc, "    ")]
    lines += ["", "References", *(f"  {title}\n    {url}" for title, url in text.references)]
    if text.peers:
        lines += ["", "The same in other tools", f"  {', '.join(text.peers)}"]
    lines += ["", "To suppress one finding", f"  # vvbscan: ignore[{rule.id}] until=YYYY-MM-DD -- reason"]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _wanted(rule: Rule, arguments: Namespace) -> bool:
    return (
        (not arguments.subject or subject_of(rule.id) == arguments.subject.lower())
        and (not arguments.view or any(target.view == arguments.view for target in rule.targets))
        and (not arguments.item or selects(f"item:{arguments.item}", rule))
        and (not arguments.severity or rule.severity == arguments.severity)
    )


def _entry(rule: Rule, text: RuleText, formats: RuleFormats) -> dict[str, object]:
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "subject": subject_of(rule.id),
        "severity": rule.severity,
        "confidence": rule.confidence,
        "security": rule.security,
        "enabled": rule.enabled,
        "rulesets": list(rule.rulesets),
        "checklist": list(rule.boxes),
        "formats": formats.of(rule),
        "views": sorted({target.view for target in rule.targets}),
        "params": [param._asdict() for param in rule.params],
        "yields_to": list(rule.yields_to),
        "peers": list(text.peers),
        "tags": list(text.tags),
        "since": text.since,
        "why": text.why,
        "remediation": text.remediation,
        "references": [{"title": title, "url": url} for title, url in text.references],
    }


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    """Prose wrapped for a terminal; indented lines, which are code, are left alone."""
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        if lines:
            lines.append("")
        if paragraph.startswith((" ", "```")):
            lines += [f"{indent}{line}" for line in paragraph.splitlines()]
        else:
            lines += textwrap.wrap(paragraph, 96, initial_indent=indent, subsequent_indent=indent)
    return lines
