"""Markdown pages of rules: one a rule, their index, and the table from boxes to rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from vvbscan.catalog.index import subject_of
from vvbscan.catalog.reader import RuleFile
from vvbscan.dev.selftest import Example, examples_of
from vvbscan.model.rule import Param

_FENCES: Final = {"dockerfile": "dockerfile", "application": "properties"}


def rule_page(file: RuleFile, source: str) -> str:
    """The page of a rule. `source` is the path of its file in the repository."""
    rule, text = file.rule, file.text
    facts = [
        ("name", f"`{rule.name}`"),
        ("severity", rule.severity),
        ("confidence", rule.confidence),
        ("checklist", ", ".join(rule.boxes)),
        ("rule sets", ", ".join(rule.rulesets)),
        ("by default", "on" if rule.enabled and all(p.default is not None for p in rule.params) else "off"),
        ("since", text.since),
        ("other tools", ", ".join(f"`{peer}`" for peer in text.peers) or "none"),
    ]
    parts = [
        f"# {rule.id}: {rule.title}\n",
        "| | |\n|---|---|\n" + "".join(f"| {name} | {value} |\n" for name, value in facts),
        f"## Why\n\n{text.why}\n",
        f"## What to do\n\n{text.remediation}\n",
        f"## What is checked\n\n{_targets(file)}",
    ]
    if rule.params:
        rows = "".join(_param_row(param) for param in rule.params)
        header = "| parameter | type | vvb | general | meaning |\n|---|---|---|---|---|\n"
        parts.append(f"## Parameters\n\n{header}{rows}\n{_configuration(file)}")
    if rule.yields_to:
        others = ", ".join(f"[{other}]({other}.md)" for other in rule.yields_to)
        parts.append(f"Its finding is hidden where {others} fails on the same subject.\n")
    parts.append(f"## Examples\n\n{_examples(file)}")
    references = "".join(f"* [{title}]({url})\n" for title, url in text.references)
    parts.append(f"## References\n\n{references}")
    parts.append(
        f"## To accept a finding\n\nWrite above it the comment `vvbscan: ignore[{rule.id}] "
        f"until=YYYY-MM-DD -- reason`.\n\nSource: [`{source}`](../../{source})\n"
    )
    return "\n".join(parts)


def index_page(files: Iterable[RuleFile]) -> str:
    """The index of all rules, by subject."""
    lines = ["# Rules\n"]
    subject = ""
    ordered = sorted(files, key=lambda file: file.rule.id)
    lines.append(f"{len(ordered)} rules. `vvbscan explain ID` tells the same in a terminal.\n")
    for file in ordered:
        rule = file.rule
        if subject_of(rule.id) != subject:
            subject = subject_of(rule.id)
            lines += [
                f"\n## {subject}\n",
                "| rule | severity | what is wrong | checklist |",
                "|---|---|---|---|",
            ]
        boxes = ", ".join(rule.boxes)
        lines.append(f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {rule.title} | {boxes} |")
    return "\n".join(lines) + "\n"


def checklist_page(files: Iterable[RuleFile]) -> str:
    """Which rules speak for which box of the checklist."""
    boxes: dict[tuple[int, ...], list[str]] = {}
    for file in sorted(files, key=lambda file: file.rule.id):
        for box in file.rule.boxes:
            key = tuple(int(part) for part in box.split("."))
            boxes.setdefault(key, []).append(f"[{file.rule.id}](rules/{file.rule.id}.md)")
    lines = [
        "# From the checklist to the rules\n",
        "Three numbers are a box, two an item whose rules no single box names.\n",
        "| box | rules |",
        "|---|---|",
    ]
    lines += [f"| {'.'.join(map(str, key))} | {', '.join(rules)} |" for key, rules in sorted(boxes.items())]
    return "\n".join(lines) + "\n"


def _targets(file: RuleFile) -> str:
    parts = []
    for target in file.rule.targets:
        units = f", in {' and '.join(target.unit_kinds)} only" if target.unit_kinds else ""
        parts.append(f"Each `{target.view}`{units}")
        if target.where is not None:
            parts.append(":\n\n* is judged if\n" + _tree(target.where, 1))
        else:
            parts.append(":\n\n")
        if target.check:
            parts.append(f"* is judged by the function `{target.check}`\n")
        else:
            parts.append("* must meet\n" + _tree(target.condition, 1))
        parts.append("\n")
    return "".join(parts)


def _tree(tree: object, depth: int) -> str:
    """A condition as a nested list."""
    pad = "  " * depth
    if not isinstance(tree, dict):
        return f"{pad}* {tree}\n"
    for name, words in (("all", "all of"), ("any", "one of")):
        if name in tree:
            return f"{pad}* {words}\n" + "".join(_tree(part, depth + 1) for part in tree[name])
    if "not" in tree:
        return f"{pad}* not\n" + _tree(tree["not"], depth + 1)
    if "when" in tree:
        return f"{pad}* if\n{_tree(tree['when'], depth + 1)}{pad}* then\n{_tree(tree['then'], depth + 1)}"
    if "each" in tree:
        return f"{pad}* each of `{tree['each']}`\n" + _tree(tree["assert"], depth + 1)
    extras = ("path", "count", "where", "absent", "blame", "message", "boxes")
    operator = next(key for key in tree if key not in extras)
    if "count" in tree:
        head = f"{pad}* the number of `{tree['count']}` is {operator} {tree[operator]}\n"
        return head + (f"{pad}  that meet\n{_tree(tree['where'], depth + 1)}" if "where" in tree else "")
    if operator == "exists":
        return f"{pad}* `{tree['path']}` is {'there' if tree['exists'] else 'not there'}\n"
    absence = {"pass": "", "fail": ", and is there", "unknown": "; if it is not there, nothing is decided"}
    wanted = _wanted(tree[operator])
    return f"{pad}* `{tree['path']}` {operator.replace('_', ' ')} {wanted}{absence[tree['absent']]}\n"


def _wanted(value: object) -> str:
    if isinstance(value, dict):
        return " and ".join(f"{key} {_wanted(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(f"`{part}`" for part in value)
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`"


def _param_row(param: Param) -> str:
    defaults = f"{_default(param.default)} | {_default(param.general)}"
    return f"| `{param.name}` | {param.type} | {defaults} | {param.doc} |\n"


def _default(value: object) -> str:
    if value is None:
        return "unset"
    return ", ".join(f"`{part}`" for part in value) if isinstance(value, list) else f"`{value}`"


def _configuration(file: RuleFile) -> str:
    import json

    lines = ["```yaml", "# .vvbscan.yaml", "rules:", f"  {file.rule.id}:", "    params:"]
    for param in file.rule.params:
        value = json.dumps(param.default, ensure_ascii=False) if param.default is not None else "..."
        lines.append(f"      {param.name}: {value}")
    return "\n".join([*lines, "```", ""])


def _examples(file: RuleFile) -> str:
    """The first failing and the first passing example."""
    parts = []
    for kind, words in (("fail", "Violated"), ("pass", "Met")):
        chosen = [one for one in examples_of(file) if one.kind == kind][:1]
        parts += [f"{words}: {example.title}\n\n{_example(example)}" for example in chosen]
    return "\n".join(parts)


def _example(example: Example) -> str:
    name = str(example.raw.get("format", "yaml"))
    shown = []
    for path, text in example.files.items():
        head = f"`{path}`\n\n" if "files" in example.raw else ""
        ending = path.rpartition(".")[2]
        fence = "properties" if ending == "properties" else _FENCES.get(name, "yaml")
        fence = "dockerfile" if "dockerfile" in path.lower() else fence
        shown.append(f"{head}```{fence}\n{text.rstrip()}\n```\n")
    for expectation in example.raw.get("expect", []):  # type: ignore[attr-defined]  # a list by the schema
        where = f"{expectation['file']} line" if "file" in expectation else "line"
        shown.append(f"Reported at {where} {expectation['line']}: `{_inline(str(expectation['text']))}`\n")
    return "\n".join(shown)


def _inline(text: str) -> str:
    return text.splitlines()[0].replace("`", "'") if text else ""
