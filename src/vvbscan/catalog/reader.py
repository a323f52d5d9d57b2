"""Rule files: YAML into rules. Used where rules are written and where the index is built, never in a scan."""

from __future__ import annotations

import os
from typing import Final

from vvbscan.expr.message import bind_message
from vvbscan.expr.tree import compile_tree
from vvbscan.model.errors import RuleError
from vvbscan.model.rule import Param, Rule, RuleText, Target
from vvbscan.record import NamedTuple

_ALL_SETS: Final = ["vvb", "general"]


class RuleFile(NamedTuple):
    """A rule file as read: the rule, its texts and its examples."""

    path: str
    rule: Rule
    text: RuleText
    examples: dict[str, list[dict[str, object]]]
    """`pass`, `fail` and `unknown`, as written."""
    raw: dict[str, object]


def rule_paths(directory: str) -> list[str]:
    """Sorted paths of the rule files below a directory."""
    found = []
    for folder, folders, names in os.walk(directory):
        folders.sort()
        found += [os.path.join(folder, name) for name in names if name.startswith("VVB-")]
    return sorted(path for path in found if path.endswith(".yaml"))


def read_rule_file(path: str) -> RuleFile:
    """Read one rule file and compile its conditions once, to refuse what does not make sense.

    Raises `RuleError` that names the file.
    """
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    return parse_rule_file(text, path)


def parse_rule_file(text: str, path: str) -> RuleFile:
    """Read the text of a rule file. Raises `RuleError` that names the file."""
    import yaml  # 24 ms that a scan with a prebuilt index does not pay

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        raw = yaml.load(text, Loader=loader)  # noqa: S506  # a safe loader, see above
    except yaml.YAMLError as error:
        raise RuleError(f"not YAML: {error}", where=path) from None
    if not isinstance(raw, dict):
        raise RuleError("a rule file is a mapping", where=path)
    try:
        rule = _rule(raw)
        for target in rule.targets:
            check_target(rule, target)
        return RuleFile(path, rule, _text(raw), dict(raw.get("examples", {})), raw)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RuleError(
            f"{type(error).__name__}: {error}", where=path, hint="compare with schemas/rule.schema.json"
        ) from None
    except RuleError as error:
        raise RuleError(error.message, where=path, hint=error.hint) from None


def check_target(rule: Rule, target: Target) -> None:
    """Compile a target with the rule's defaults. Raises `RuleError`."""
    params = {param.name: _sample(param) for param in rule.params}
    for tree in (target.where, target.condition):
        if tree is not None:
            compile_tree(tree, params)
    if (target.condition is None) is (not target.check):
        raise RuleError("a target has either `assert` or `check`")
    bind_message(target.message or rule.message, params)


def _sample(param: Param) -> object:
    """A value to compile with where the parameter is unset until configured."""
    if param.default is not None:
        return param.default
    samples: dict[str, object] = {"integer": 1, "number": 1, "boolean": True, "list": ["x"], "quantity": "1"}
    return samples.get(param.type, {"duration": "1s", "version": ">=1"}.get(param.type, "x"))


def _rule(raw: dict[str, object]) -> Rule:
    return Rule(
        id=str(raw["id"]),
        name=str(raw["name"]),
        title=str(raw["title"]),
        severity=str(raw["severity"]),
        confidence=str(raw["confidence"]),
        security=bool(raw.get("security", False)),
        boxes=tuple(map(str, _listed(raw["checklist"]))),
        params=tuple(_param(name, dict(entry)) for name, entry in dict(raw.get("params") or {}).items()),  # type: ignore[call-overload]  # checked by the schema
        targets=tuple(_target(dict(entry)) for entry in _listed(raw["targets"])),  # type: ignore[call-overload]
        message=str(raw["message"]),
        yields_to=tuple(map(str, _listed(raw.get("yields_to", [])))),
        rulesets=tuple(map(str, _listed(raw.get("rulesets", _ALL_SETS)))),
        enabled=bool(raw.get("enabled", True)),
    )


def _param(name: str, entry: dict[str, object]) -> Param:
    default = entry.get("default")
    return Param(
        name=str(name),
        type=str(entry["type"]),
        default=default,  # type: ignore[arg-type]  # one of the types that the schema allows
        general=entry.get("general", default),  # type: ignore[arg-type]
        doc=str(entry["doc"]),
    )


def _target(entry: dict[str, object]) -> Target:
    return Target(
        view=str(entry["view"]),
        where=entry.get("where"),
        condition=entry.get("assert"),
        check=str(entry.get("check", "")),
        message=str(entry.get("message", "")),
        unit_kinds=tuple(map(str, _listed(entry.get("units", [])))),
    )


def _text(raw: dict[str, object]) -> RuleText:
    references = [dict(reference) for reference in _listed(raw["references"])]  # type: ignore[call-overload]
    return RuleText(
        why=str(raw["why"]).strip(),
        remediation=str(raw["remediation"]).strip(),
        references=tuple((str(entry["title"]), str(entry["url"])) for entry in references),
        peers=tuple(map(str, _listed(raw.get("peers", [])))),
        since=str(raw["since"]),
        tags=tuple(map(str, _listed(raw.get("tags", [])))),
    )


def _listed(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"`{value}` should be a list")
    return value
