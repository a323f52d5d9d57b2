"""Applying suppressions: which findings they cover today, which have expired, which cover nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from vvbscan.model.location import Location
from vvbscan.model.outcome import Directive, Finding, Notice, Suppression
from vvbscan.model.selection import SuppressionPolicy
from vvbscan.record import NamedTuple


class Applied(NamedTuple):
    """Findings as they are to be reported."""

    findings: list[Finding]
    suppressed: list[Finding]
    notices: list[Notice]


def apply_directives(
    findings: Iterable[Finding],
    directives: Iterable[Directive],
    *,
    names: dict[str, str],
    ran: Collection[str],
    policy: SuppressionPolicy,
    today: str,
) -> Applied:
    """Split findings into reported and suppressed ones and account for every directive.

    `names` maps ids and names of all rules to ids, `ran` are the ids of the rules that ran: a directive for
    a rule that did not run is not called unused. `today` is a day in ISO 8601; a directive holds through its
    last day.
    """
    notices: list[Notice] = []
    usable: dict[str, list[Directive]] = {}
    for directive in directives:
        refusal = _refusal(directive, names, policy, today)
        if refusal:
            notices.append(_notice(directive, *refusal))
        else:
            usable.setdefault(directive.path, []).append(directive)
    used: set[Directive] = set()
    reported: list[Finding] = []
    suppressed: list[Finding] = []
    for finding in findings:
        covering = _covering(finding, usable, names)
        used.update(covering)
        valid = [one for one in covering if not one.until or one.until >= today]
        if valid:
            by = valid[0]
            reason = Suppression(by.reason, by.until, by.location)
            suppressed.append(finding._replace(suppression=reason))
        else:
            reported.append(finding)
    for directive in (one for group in usable.values() for one in group):
        if directive in used:
            if directive.until and directive.until < today:
                text = f"The suppression expired on {directive.until}; its finding is reported again"
                notices.append(_notice(directive, "suppression-expired", text, "mend it, or decide anew"))
        elif any(names[rule] in ran for rule in directive.rules):
            text = "The suppression covers no finding"
            notices.append(_notice(directive, "suppression-unused", text, "remove it"))
    return Applied(reported, suppressed, notices)


def _refusal(
    directive: Directive, names: dict[str, str], policy: SuppressionPolicy, today: str
) -> tuple[str, str, str] | None:
    if not policy.inline:
        return "suppression-refused", "The configuration honours no inline suppressions", "remove it"
    for rule in directive.rules:
        if rule not in names:
            return "suppression-malformed", f"There is no rule `{rule}`", "`vvbscan rules` lists them"
    if policy.require_reason and not directive.reason:
        text = "The suppression gives no reason and suppresses nothing"
        return "suppression-refused", text, "say why behind `--`"
    if policy.max_days:
        if not directive.until:
            text = "The suppression has no last day and suppresses nothing"
            return "suppression-refused", text, f"add `until=`, at most {policy.max_days} days ahead"
        if _days(today, directive.until) > policy.max_days:
            text = f"The suppression reaches more than {policy.max_days} days ahead and suppresses nothing"
            return "suppression-refused", text, "choose an earlier day"
    return None


def _days(first: str, last: str) -> int:
    from datetime import date  # 5 ms, only where a limit is set

    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _covering(finding: Finding, usable: dict[str, list[Directive]], names: dict[str, str]) -> list[Directive]:
    places: list[Location] = [finding.location]
    if finding.anchor is not None:
        places.append(finding.anchor)
    covering = []
    for place in places:
        for directive in usable.get(place.path, ()):
            covers = directive.start <= place.start <= directive.end
            if covers and any(names[rule] == finding.rule_id for rule in directive.rules):
                covering.append(directive)
    return covering


def _notice(directive: Directive, code: str, text: str, hint: str) -> Notice:
    return Notice("warning", code, f"{text}.", directive.path, directive.location, hint)
