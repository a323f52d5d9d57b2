"""Applying suppressions: which findings they cover today, which have expired, which cover nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from vvbscan.model.outcome import Directive, Finding, Notice, Suppression
from vvbscan.model.selection import SuppressionPolicy
from vvbscan.record import NamedTuple
from vvbscan.suppress.coverage import Coverage, Group


class Applied(NamedTuple):
    """Findings as they are to be reported."""

    findings: list[Finding]
    suppressed: list[Finding]
    notices: list[Notice]


def apply_directives(
    findings: Sequence[Finding],
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
    usable: list[Directive] = []
    for directive in directives:
        refusal = _refusal(directive, names, policy, today)
        if refusal:
            notices.append(_notice(directive, *refusal))
        else:
            usable.append(directive)
    if not usable:
        return Applied([*findings], [], notices)
    coverage = Coverage(usable, names, findings)
    hit: dict[Group, None] = {}
    reported: list[Finding] = []
    suppressed: list[Finding] = []
    first_valid = _FirstValid(today)
    for finding in findings:
        by: Directive | None = None
        for groups in coverage.of(finding):
            hit.update(dict.fromkeys(groups))
            by = by or first_valid.of(groups)
        if by is None:
            reported.append(finding)
        else:
            reason = Suppression(by.reason, by.until, by.location)
            suppressed.append(finding._replace(suppression=reason))
    used = {number for group in hit for number in group.directives}
    for number, directive in enumerate(usable):
        if number in used:
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


class _FirstValid:
    """Finds the directive that a finding is suppressed by: the first one that still holds."""

    def __init__(self, today: str) -> None:
        self._today = today
        self._by_group: dict[Group, tuple[int, Directive] | None] = {}

    def of(self, groups: Iterable[Group]) -> Directive | None:
        """The first directive of these groups that holds, None if none does."""
        found = [valid for group in groups if (valid := self._in_group(group)) is not None]
        return min(found)[1] if found else None

    def _in_group(self, group: Group) -> tuple[int, Directive] | None:
        if group not in self._by_group:
            holding = (
                (number, one)
                for number, one in group.directives.items()
                if not one.until or one.until >= self._today
            )
            self._by_group[group] = next(holding, None)
        return self._by_group[group]


def _notice(directive: Directive, code: str, text: str, hint: str) -> Notice:
    return Notice("warning", code, f"{text}.", directive.path, directive.location, hint)
