"""The catalogue: rules by view, selected and compiled as the configuration asks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from vvbscan.catalog.index import Index, RuleFiles, RuleSource, build_index, content_key
from vvbscan.expr import values
from vvbscan.expr.message import bind_message
from vvbscan.expr.tree import compile_tree
from vvbscan.model.errors import SelectionError, UsageError
from vvbscan.model.outcome import SEVERITIES
from vvbscan.model.resources import checkout_root, resource_path
from vvbscan.model.rule import ParamValue, Rule, RuleText, Settings, Target
from vvbscan.model.selection import RULESETS, Selection


class CompiledTarget:
    """A target of a rule with its trees compiled for the rule's parameters."""

    __slots__ = ("check", "condition", "message", "params", "rule", "where")

    def __init__(self, rule: Rule, target: Target, params: Mapping[str, ParamValue]) -> None:
        """Raises `RuleError` if a tree or the message does not fit the parameters."""
        self.rule = rule
        """The rule with the severity that the configuration gives it."""
        self.params = params
        # What a target does not select, it does not blame.
        self.where = None if target.where is None else compile_tree(target.where, params, brief=True)
        self.condition = None if target.condition is None else compile_tree(target.condition, params)
        self.check = target.check
        self.message = bind_message(target.message or rule.message, params)


class SelectedTarget:
    """A target of a rule that is selected, compiled when somebody has a subject for it."""

    __slots__ = ("_compiled", "_params", "_rule", "_target")

    def __init__(self, rule: Rule, target: Target, params: Mapping[str, ParamValue]) -> None:
        self._rule = rule
        self._target = target
        self._params = params
        self._compiled: CompiledTarget | None = None

    def judges(self, unit_kind: str) -> bool:
        """Whether it applies to units of a kind."""
        return not self._target.unit_kinds or unit_kind in self._target.unit_kinds

    def compiled(self) -> CompiledTarget:
        """The target to run. Raises `RuleError` if a tree or the message does not fit the parameters."""
        if self._compiled is None:
            self._compiled = CompiledTarget(self._rule, self._target, self._params)
        return self._compiled


class Catalog:
    """All rules that the package ships."""

    def __init__(self, index: RuleSource) -> None:
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
            try:
                build_index(rules, cached)
            except OSError:  # the checkout is read-only
                from vvbscan.catalog.reader import read_rule_file, rule_paths

                return cls(RuleFiles(map(read_rule_file, rule_paths(rules))))
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
        """Refuse patterns and settings that name no rule or parameter, or a value of the wrong type.

        Raises `SelectionError`, which names the setting.
        """
        if selection == Selection():
            return
        if selection.ruleset not in RULESETS:
            text = f"there is no rule set `{selection.ruleset}`"
            raise SelectionError(text, ("ruleset",), hint=f"choose from {', '.join(RULESETS)}")
        rules = self._index.all_rules()
        for key, patterns in (("select", selection.select), ("ignore", selection.ignore)):
            for pattern in patterns:
                if not any(selects(pattern, rule) for rule in rules):
                    text, hint = f"`{pattern}` selects no rule", _nearest(pattern, rules)
                    raise SelectionError(text, (key, pattern), hint=hint)
        by_id = {rule.id: rule for rule in rules}
        for rule_id, settings in selection.settings.items():
            if rule_id not in by_id:
                meant = [rule.id for rule in rules if rule_id.upper() == rule.id or rule_id == rule.name]
                text = (
                    f"there is no rule with the id `{rule_id}`" if meant else f"there is no rule `{rule_id}`"
                )
                hint = f"write `{meant[0]}`" if meant else _nearest(rule_id, rules)
                raise SelectionError(text, ("rules", rule_id), hint=hint)
            if settings.severity not in ("", *SEVERITIES):
                text = f"`{settings.severity}` is no severity"
                key_path: tuple[str, ...] = ("rules", rule_id, "severity")
                raise SelectionError(text, key_path, hint=f"choose from {', '.join(SEVERITIES)}")
            known = {param.name: param for param in by_id[rule_id].params}
            for name, value in settings.params.items():
                key_path = ("rules", rule_id, "params", name)
                if name not in known:
                    hint = f"it has {', '.join(sorted(known))}" if known else "it has none"
                    raise SelectionError(f"{rule_id} has no parameter `{name}`", key_path, hint=hint)
                wanted = known[name].type
                if has_type(value, wanted):
                    wanted = _other_items(value, known[name].default)
                if wanted:
                    text = f"`{name}` of {rule_id} is of type {wanted}, not `{value}`"
                    raise SelectionError(text, key_path, hint=known[name].doc)

    def select_view(self, view: str, selection: Selection) -> list[SelectedTarget]:
        """The targets on a view of all rules that are selected, by rule id."""
        selected = []
        for rule in self._index.rules_of_view(view):
            if not enabled(rule, selection):
                continue
            settings = selection.settings.get(rule.id, Settings())
            params = parameters(rule, selection)
            if any(value is None for value in params.values()):
                continue
            configured = rule._replace(severity=settings.severity or rule.severity)
            selected += [
                SelectedTarget(configured, target, params) for target in rule.targets if target.view == view
            ]
        return selected


def has_type(value: object, name: str) -> bool:
    """Whether a value is of a parameter's type."""
    if name == "boolean":
        return isinstance(value, bool)
    if name in ("integer", "number"):
        numeric = int if name == "integer" else (int, float)
        return isinstance(value, numeric) and not isinstance(value, bool)
    if name == "list":
        return isinstance(value, list)
    readers = {"quantity": values.quantity, "duration": values.duration}
    if name in readers:
        return readers[name](value) is not None
    return isinstance(value, str)


def _other_items(value: ParamValue, default: ParamValue) -> str:
    """The type of a list whose default has other items than the value; empty if it has not."""
    if not isinstance(value, list) or not isinstance(default, list) or not default:
        return ""
    kind = type(default[0])
    return (
        ""
        if all(isinstance(item, kind) for item in value)
        else f"list of {'texts' if kind is str else 'numbers'}"
    )


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
    belongs = selection.ruleset in rule.rulesets
    if selection.select:
        if any(pattern in (rule.id, rule.name) for pattern in selection.select):
            return True
        return rule.enabled and belongs and any(selects(pattern, rule) for pattern in selection.select)
    return belongs and (rule.enabled or rule.id in selection.settings)


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


def _nearest(name: str, rules: Iterable[Rule]) -> str:
    import difflib  # only for an error text

    names = [text for rule in rules for text in (rule.id, rule.name)]
    close = difflib.get_close_matches(name, names, 1, 0.5)
    return f"did you mean `{close[0]}`?" if close else "`vvbscan rules` lists them all"
