"""In which formats of files a rule finds something to judge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from vvbscan.engine.analyse import unit_kind
from vvbscan.engine.run import SYSTEM
from vvbscan.model.rule import Rule, Target

OF_KINDS: Final = {
    "dockerfile": ("dockerfile",),
    "manifest": ("kubernetes",),
    "kustomization": ("kustomization", "kubernetes"),
    "helm": ("helm-chart", "kubernetes"),
    "compose": ("compose",),
    "application": ("application",),
    "terraform": ("terraform",),
    "terraform-plan": ("terraform-plan",),
    "workflow": ("github-actions",),
    "gitlab-ci": ("gitlab-ci",),
    "ci-repository": ("github-actions", "gitlab-ci"),
    "update-bot": ("update-bot",),
    "maven": ("maven",),
    "pypi": ("pypi",),
    "gradle": ("gradle",),
    "wrapper": ("wrapper",),
    "npm": ("npm",),
    "cargo": ("cargo",),
    "golang": ("golang",),
    SYSTEM: ("kubernetes", "kustomization", "helm-chart", "application"),
}
"""The formats that the units of a kind are made of."""


class RuleFormats:
    """The formats of rules. It knows all views, so that it loads the modules of all formats."""

    def __init__(self) -> None:
        from vvbscan.views.system import VIEWS

        self._kinds: dict[str, list[str]] = {view: [SYSTEM] for view in VIEWS}
        """Kinds of units by view."""
        for kind in OF_KINDS:
            for view in unit_kind(kind).views if kind != SYSTEM else ():
                self._kinds.setdefault(view, []).append(kind)

    def of(self, rule: Rule) -> list[str]:
        """The formats of a rule, in the order of their names."""
        return sorted({name for target in rule.targets for name in self._of_target(target)})

    def _of_target(self, target: Target) -> Iterable[str]:
        for kind in self._kinds.get(target.view, ()):
            if not target.unit_kinds or kind in target.unit_kinds:
                yield from OF_KINDS[kind]
