"""Rules as the engine runs them. The long texts stay in the index until a finding needs them."""

from __future__ import annotations

from collections.abc import Mapping

from vvbscan.record import NamedTuple

ParamValue = str | int | float | bool | list[str] | list[int] | None


class Param(NamedTuple):
    """A figure or list that a configuration can override."""

    name: str
    type: str
    """`integer`, `number`, `string`, `boolean`, `list`, `quantity`, `duration` or `version`."""
    default: ParamValue
    """None: the rule is off until the configuration sets it."""
    general: ParamValue
    """The default in the rule set `general`."""
    doc: str


class Target(NamedTuple):
    """What a rule judges and how: an operator tree (`assert`) or a Python check (`check`)."""

    view: str
    where: object
    """Operator tree that selects subjects, None for all. Where it is unknown, the outcome is unknown."""
    condition: object
    """Operator tree that must hold, None if `check` judges."""
    check: str
    """`module.function` below `vvbscan.checks`, or empty."""
    message: str
    """Overrides the rule's message; may be empty."""
    unit_kinds: tuple[str, ...]
    """Kinds of units it is limited to; empty for all that feed the view."""


class Rule(NamedTuple):
    """A rule without its long texts."""

    id: str
    name: str
    title: str
    severity: str
    confidence: str
    security: bool
    """Whether a violation is a security problem: it then carries a `security-severity` in SARIF."""
    boxes: tuple[str, ...]
    """Boxes of the checklist (`2.4.5`), or an item alone (`2.7`) where no box names it."""
    params: tuple[Param, ...]
    targets: tuple[Target, ...]
    message: str
    yields_to: tuple[str, ...]
    rulesets: tuple[str, ...]
    enabled: bool
    """Whether it runs unless the configuration says otherwise."""


class RuleText(NamedTuple):
    """The texts of a rule, loaded for findings, documentation and `explain`."""

    why: str
    remediation: str
    references: tuple[tuple[str, str], ...]
    """Title and address of each."""
    peers: tuple[str, ...]
    since: str
    tags: tuple[str, ...]


class Settings(NamedTuple):
    """What the configuration says about one rule."""

    severity: str = ""
    params: Mapping[str, ParamValue] = {}
