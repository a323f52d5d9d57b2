"""The catalogue: rules by view, selected and compiled as the configuration asks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from vvbscan.catalog.index import Index, build_index, content_key
from vvbscan.expr.message import bind_message
from vvbscan.expr.scope import Run
from vvbscan.expr.tree import compile_tree
from vvbscan.model.errors import UsageError
from vvbscan.model.resources import checkout_root, resource_path
from vvbscan.model.rule import ParamValue, Rule, RuleText, Settings, Target


class Selection(NamedTuple):
    """Which rules run, and how they are set."""

    ruleset: str = "vvb"
    select: tuple[str, ...] = ()
    """Only these: ids (`VVB-TLS-003`, with `*`), names, subjects (`tls`) or `item:2.4`; empty for all."""
    ignore: tuple[str, ...] = ()
    settings: Mapping[str, Settings] = {}
    """Severity and parameters by rule id."""


class CompiledTarget(NamedTuple):
    """A target of a rule with its trees compiled for the rule's parameters."""

    rule: Rule
    """The rule with the severity that the configuration gives it."""
    params: Mapping[str, ParamValue]
    where: Run | None
    condition: Run | None
    check: str
    message: str
    unit_kinds: tuple[str, ...]


class Catalog:
    """All rules that the package ships."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @classmethod
    def load(cls) -> Catalog:
        """The shipped catalogue: the wheel's index, or in a checkout one made of its rule files.

        Raises `RuleError` if a rule file of the checkout is not valid.
        """
        shipped = resource_path("index")
        if os.path.isfile(os.path.join(shipped, "index.json")):
            return cls(Index(shipped))
        rules = resource_path("rules")
        cached = os.path.join(checkout_root(), ".vvbscan-cache", content_key(rules))
        if not os.path.isfile(os.path.join(cached, "index.json")):
            build_index(rules, cached)
        return cls(Index(cached))

    def rules(self) -> tuple[Rule, ...]:
        """All rules, by id."""
        return tuple(self._index.all_rules())

    def text(self, rule_id: str) -> RuleText:
        """The long texts of a rule. Raises `RuleError` if there is no such rule."""
        return self._index.text(rule_id)

    def rule(self, name: str) -> Rule:
        """The rule with this id (in any case) or name. Raises `UsageError` if there is none."""
        rules = self._index.all_rules()
        for rule in rules:
            if name.upper() == rule.id or name == rule.name:
                return rule
        raise UsageError(f"there is no rule `{name}`", hint=_nearest(name, rules))

    def check_selection(self, selection: Selection) -> None:
        """Refuse patterns and settings that name no rule or parameter. Raises `UsageError`."""
        rules = self._index.all_rules()
        for pattern in (*selection.select, *selection.ignore):
            if not any(selects(pattern, rule) for rule in rules):
                raise UsageError(f"`{pattern}` selects no rule", hint=_nearest(pattern, rules))
        by_id = {rule.id: rule for rule in rules}
        for rule_id, settings in selection.settings.items():
            if rule_id not in by_id:
                raise UsageError(f"there is no rule `{rule_id}`", hint=_nearest(rule_id, rules))
            known = {param.name for param in by_id[rule_id].params}
            for name in settings.params:
                if name not in known:
                    hint = f"it has {', '.join(sorted(known))}" if known else "it has none"
                    raise UsageError(f"{rule_id} has no parameter `{name}`", hint=hint)

    def compile_view(self, view: str, selection: Selection) -> list[CompiledTarget]:
        """The targets on a view of all rules that are selected, by rule id."""
        compiled = []
        for rule in self._index.rules_of_view(view):
            if not enabled(rule, selection):
                continue
            settings = selection.settings.get(rule.id, Settings())
            params = parameters(rule, selection)
            if any(value is None for value in params.values()):
                continue
            configured = rule._replace(severity=settings.severity or rule.severity)
            compiled += [
                _compile(configured, target, params) for target in rule.targets if target.view == view
            ]
        return compiled


def parameters(rule: Rule, selection: Selection) -> dict[str, ParamValue]:
    """The values of a rule's parameters under a selection; None for one that nobody set."""
    settings = selection.settings.get(rule.id, Settings())
    general = selection.ruleset == "general"
    return {
        param.name: settings.params.get(param.name, param.general if general else param.default)
        for param in rule.params
    }


def enabled(rule: Rule, selection: Selection) -> bool:
    """Whether a rule runs under a selection; one that is off by default runs if it is named or set."""
    if any(selects(pattern, rule) for pattern in selection.ignore):
        return False
    if selection.select:
        named = any(pattern in (rule.id, rule.name) for pattern in selection.select)
        return named or (rule.enabled and any(selects(pattern, rule) for pattern in selection.select))
    switched = rule.id in selection.settings
    return selection.ruleset in rule.rulesets and (rule.enabled or switched)


def selects(pattern: str, rule: Rule) -> bool:
    """Whether a pattern of `--select` or `--ignore` means a rule."""
    if pattern.startswith("item:"):
        wanted = pattern[5:]
        return any(box == wanted or box.startswith(f"{wanted}.") for box in rule.boxes)
    upper = pattern.upper()
    return (
        pattern == rule.name
        or fnmatchcase(rule.id, upper)
        or upper in (rule.id.split("-")[1], rule.id.rsplit("-", 1)[0])
    )


def run_targets(targets: Iterable[CompiledTarget], unit_kind: str) -> list[CompiledTarget]:
    """Those targets that apply to units of a kind."""
    return [target for target in targets if not target.unit_kinds or unit_kind in target.unit_kinds]


def _compile(rule: Rule, target: Target, params: Mapping[str, ParamValue]) -> CompiledTarget:
    return CompiledTarget(
        rule=rule,
        params=params,
        where=None if target.where is None else compile_tree(target.where, params),
        condition=None if target.condition is None else compile_tree(target.condition, params),
        check=target.check,
        message=bind_message(target.message or rule.message, params),
        unit_kinds=target.unit_kinds,
    )


def _nearest(name: str, rules: Iterable[Rule]) -> str:
    import difflib  # only for an error text

    names = [text for rule in rules for text in (rule.id, rule.name)]
    close = difflib.get_close_matches(name, names, 1, 0.5)
    return f"did you mean `{close[0]}`?" if close else "`vvbscan rules` lists them all"
