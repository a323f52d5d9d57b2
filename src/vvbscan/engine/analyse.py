"""Analysing a unit: load, view, judge. A pure function of the unit, the tree, the options and the rules."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from vvbscan.catalog.catalog import Catalog, CompiledTarget, SelectedTarget
from vvbscan.engine.judge import Judge
from vvbscan.engine.tallies import Totals
from vvbscan.model.location import locate
from vvbscan.model.node import Parsed
from vvbscan.model.outcome import (
    ANALYSED,
    NOT_ANALYSED,
    PARTLY,
    Directive,
    FileRecord,
    Finding,
    Notice,
    UnitResult,
    as_sentence,
    not_analysed,
)
from vvbscan.model.selection import Selection
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, Unreadable
from vvbscan.report.fingerprint import line_hashes
from vvbscan.suppress.inline import read_directives
from vvbscan.text import SourceText

_KINDS: Final = {
    "dockerfile": "vvbscan.views.dockerfile.kind",
    "manifest": "vvbscan.views.kubernetes.kind",
    "kustomization": "vvbscan.views.kustomize",
    "helm": "vvbscan.views.helm",
    "compose": "vvbscan.views.compose",
    "application": "vvbscan.views.application",
    "terraform": "vvbscan.views.terraform.kind",
    "terraform-plan": "vvbscan.views.terraform.plan_kind",
    "workflow": "vvbscan.views.ci.kind",
    "gitlab-ci": "vvbscan.views.ci.gitlab_kind",
    "ci-repository": "vvbscan.views.ci.repository",
    "update-bot": "vvbscan.views.bots.kind",
    "maven": "vvbscan.views.maven.kind",
    "pypi": "vvbscan.views.pypi.kind",
    "gradle": "vvbscan.views.gradle.kind",
    "wrapper": "vvbscan.views.wrapper",
    "npm": "vvbscan.views.npm.kind",
    "cargo": "vvbscan.views.cargo.kind",
    "golang": "vvbscan.views.golang.kind",
}
"""The module whose `KIND` loads units of a kind; imported when the first such unit is analysed."""


def unit_kind(name: str) -> UnitKind:
    """The kind of this name."""
    kind: UnitKind = import_module(_KINDS[name]).KIND
    return kind


class Analyser:
    """Analyses units of one tree with one selection of rules, compiled for the first subject of their view.

    Without `facts` units give none: where the tree has no application, nothing is joined.
    """

    def __init__(
        self, tree: FileTree, options: Options, catalog: Catalog, selection: Selection, *, facts: bool
    ) -> None:
        self.tree = tree
        self.options = options
        self.catalog = catalog
        self.selection = selection
        self.facts = facts
        self._of_view: dict[str, list[SelectedTarget]] = {}
        self._of_kind: dict[tuple[str, str], list[SelectedTarget]] = {}
        self._compiled: dict[tuple[str, str], list[CompiledTarget]] = {}

    def selected(self, view: str, kind: str) -> list[SelectedTarget]:
        """The targets that run on a view of units of a kind."""
        known = self._of_kind.get((view, kind))
        if known is None:
            if view not in self._of_view:
                self._of_view[view] = self.catalog.select_view(view, self.selection)
            known = self._of_kind[view, kind] = [one for one in self._of_view[view] if one.judges(kind)]
        return known

    def targets(self, view: str, kind: str) -> list[CompiledTarget]:
        """The same targets compiled, which is for who has a subject of the view."""
        known = self._compiled.get((view, kind))
        if known is None:
            known = self._compiled[view, kind] = [one.compiled() for one in self.selected(view, kind)]
        return known

    def analyse(self, unit: Unit, totals: Totals) -> UnitResult:
        """All that the unit gives; its outcomes are counted. Whatever goes wrong in it is a notice of it."""
        kind = unit_kind(unit.kind)
        try:
            loaded = kind.load(unit, self.tree, self.options)
            facts = kind.facts(unit, loaded) if self.facts else ()
            judge = Judge(unit.files[0], totals)
            if unit.judged:
                self._judge(unit, kind, loaded, judge)
        except Unreadable as error:
            return _unreadable(unit, str(error))
        except Exception as error:  # noqa: BLE001  # one unit's defect must neither be lost nor end the scan
            return _broken(unit, error)
        notices = [*loaded.notices, *problem_notices(loaded.parsed), *judge.notices]
        loaded.release()
        directives: list[Directive] = []
        for parsed in loaded.parsed:
            read, malformed = read_directives(parsed)
            directives += read
            notices += malformed
        files = _records(loaded, notices)
        if not unit.judged:
            # What is lost here would not have been judged.
            notices = [one._replace(level="warning") if one.level == "error" else one for one in notices]
        shown, hidden = judge.findings()
        texts = {parsed.source.path: parsed.source.text for parsed in loaded.parsed}
        return UnitResult(
            unit=unit.id,
            files=files,
            findings=with_line_hashes(shown, texts, self.tree) if self.options.line_hashes else shown,
            hidden=hidden,
            undecided=tuple(judge.undecided),
            notices=tuple(notices),
            facts=facts,
            directives=tuple(directives),
        )

    def _judge(self, unit: Unit, kind: UnitKind, loaded: Loaded, judge: Judge) -> None:
        for view, subjects in kind.views.items():
            if not self.selected(view, unit.kind):
                continue
            targets: list[CompiledTarget] | None = None
            for subject in subjects(loaded):
                if targets is None:
                    targets = self.targets(view, unit.kind)
                placed = subject
                if unit.environment and not subject.environment:
                    placed = subject._replace(environment=unit.environment)
                judge.judge(placed, targets)


def problem_notices(parsed: tuple[Parsed, ...]) -> list[Notice]:
    """The problems that parsers reported, as notices."""
    return [
        Notice(
            level=problem.level,
            code=problem.code,
            message=as_sentence(problem.message),
            path=one.source.path,
            location=locate(one.source, problem.start, problem.end),
            hint=problem.hint,
        )
        for one in parsed
        for problem in one.problems
    ]


def with_line_hashes(
    findings: tuple[Finding, ...], texts: dict[str, SourceText], tree: FileTree
) -> tuple[Finding, ...]:
    """The findings with GitHub's hash of their line; files whose texts are not at hand are read once more."""
    lines: dict[str, set[int]] = {}
    for finding in findings:
        lines.setdefault(finding.location.path, set()).add(finding.location.line)
    hashes: dict[str, dict[int, str]] = {}
    for path, wanted in lines.items():
        try:
            text = texts[path] if path in texts else tree.read(path)[0].text
        except Unreadable:
            continue
        hashes[path] = line_hashes(text, sorted(wanted))
    none: dict[int, str] = {}
    return tuple(
        # A file that is read once more may have been changed.
        finding._replace(line_hash=hashes.get(finding.location.path, none).get(finding.location.line, ""))
        for finding in findings
    )


def _records(loaded: Loaded, notices: list[Notice]) -> tuple[FileRecord, ...]:
    """The unit's files, with those that lost a part marked as partly analysed."""
    errors: dict[str, str] = {}
    for notice in notices:
        if notice.level == "error":
            errors.setdefault(notice.path, notice.message)
    return tuple(
        record._replace(status=PARTLY, reason=errors[record.path])
        if record.status == ANALYSED and record.path in errors
        else record
        for record in loaded.files
    )


def _unreadable(unit: Unit, reason: str) -> UnitResult:
    """A unit whose first file cannot be read; what else a unit reads is its loader's to report."""
    path = unit.files[0]
    record = FileRecord(path, unit.kind, unit.id, unit.environment, unit.judged)
    record, notice = not_analysed(record, reason)
    return UnitResult(unit=unit.id, files=(record,), notices=(notice,))


def _broken(unit: Unit, error: Exception) -> UnitResult:
    import traceback  # only when something is broken

    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.filename.rpartition('vvbscan')[2].lstrip('/')}:{frame.lineno}"
    message = f"The analysis failed with {type(error).__name__}: {error} (in {where})."
    notice = Notice(
        level="error",
        code="internal-error",
        message=message,
        path=unit.files[0],
        hint="this is a defect of vvbscan; please report it with the file",
    )
    files = tuple(
        FileRecord(path, unit.kind, unit.id, unit.environment, unit.judged, NOT_ANALYSED, message)
        for path in unit.files
    )
    return UnitResult(unit=unit.id, files=files, notices=(notice,))
