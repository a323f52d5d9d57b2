"""Judging subjects: rules on views, verdicts into findings, unknowns and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Final

from vvbscan.catalog.catalog import CompiledTarget
from vvbscan.engine.tallies import Counter, Totals
from vvbscan.expr.message import fill_message
from vvbscan.expr.scope import Fail, Scope, Unsure, Verdict
from vvbscan.model.location import Location, RelatedLocation, locate, locate_node, masked, way_of
from vvbscan.model.node import COMPUTED, Node, Source, Unknown
from vvbscan.model.outcome import Finding, Notice, Undecided
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.record import new_record
from vvbscan.report.fingerprint import finding_fingerprint

_MOST_RELATED: Final = 20
"""Up to so many related locations those of further subjects are added: a module may have many instances."""
_SHORTEST_IN_MESSAGES: Final = 5
"""Secrets with fewer characters are left in messages, whose own words they may be."""

Check = Callable[[Subject, Mapping[str, ParamValue]], Iterable[Fail | Unsure]]


class Judge:
    """Collects the outcomes of rules on the subjects of one unit."""

    def __init__(self, path: str, totals: Totals) -> None:
        """`totals` is where outcomes are counted."""
        self._path = path
        self._totals = totals
        self._environment = ""
        self._counters = totals.of("")
        """Those of the environment of the last subject: mostly the next one has the same."""
        self._findings: dict[tuple[str, str, int, int], Finding] = {}
        self._failed: set[tuple[str, str, str]] = set()
        """Address and environment of a subject, and the rule that it fails."""
        self._where: dict[tuple[str, str, int, int], set[tuple[str, str]]] = {}
        self._yields: dict[str, tuple[str, ...]] = {}
        self._places: dict[tuple[Source, int, int], Location] = {}
        """The locations of findings and of their subjects: a subject fails many rules at the same place."""
        self._secrets: dict[tuple[str, int], list[str]] = {}
        """What no snippet and no message may show, by file and line: other findings may be on the line of a
        secret."""
        self._confidential: set[tuple[str, str, int, int]] = set()
        """Findings whose messages say no secret by themselves, though a word of theirs may be one."""
        self.undecided: list[Undecided] = []
        self.notices: list[Notice] = []

    def judge(self, subject: Subject, targets: Iterable[CompiledTarget]) -> None:
        """Run the targets of a view on one of its subjects."""
        scope = Scope(subject.root, subject.anchor)
        if subject.environment != self._environment:
            self._environment = subject.environment
            self._counters = self._totals.of(subject.environment)
        counters = self._counters
        for target in targets:
            where, condition = target.where, target.condition
            # This is spelled out here because it runs for every target of every subject.
            try:
                meant = None if where is None else where(scope)
                if meant is not None:
                    if isinstance(meant, Fail):
                        continue
                    verdicts: tuple[Fail | Unsure, ...] = (meant,)
                elif condition is not None:
                    verdict: Verdict = condition(scope)
                    verdicts = () if verdict is None else (verdict,)
                else:
                    verdicts = tuple(_check(target.check)(subject, target.params))
            except Exception as error:  # noqa: BLE001  # whatever a rule raises must be told, not lost
                self._internal_error(target, subject, error)
                continue
            rule = target.rule
            counter = counters.get(rule.id)
            if counter is None:
                counter = counters[rule.id] = Counter(rule.boxes)
            if verdicts:
                self._record(subject, target, verdicts, counter)
            elif counter.sampled is not None:
                counter.sampled.passed += 1
            else:
                counter.passed(subject.address)

    def _record(
        self, subject: Subject, target: CompiledTarget, verdicts: Sequence[Fail | Unsure], counter: Counter
    ) -> None:
        rule = target.rule
        fails = [verdict for verdict in verdicts if isinstance(verdict, Fail)]
        if not fails:
            counter.undecided()
            self._undecide(subject, target, verdicts[0])
            return
        failed_boxes: set[str] = set()
        for fail in fails:
            boxes = rule.boxes if fail.whole or not fail.boxes else fail.boxes
            failed_boxes.update(boxes)
            self._fail(subject, target, fail, tuple(boxes))
        counter.failed(subject.address, failed_boxes)

    def _fail(self, subject: Subject, target: CompiledTarget, fail: Fail, boxes: tuple[str, ...]) -> None:
        rule = target.rule
        primary = fail.refs[0].node
        location = self._place(primary)
        if fail.confidential:
            location = masked(location)
        key = (rule.id, location.path, location.start, location.end)
        self._failed.add((subject.address, subject.environment, rule.id))
        if rule.yields_to:
            self._where.setdefault(key, set()).add((subject.address, subject.environment))
            self._yields[rule.id] = rule.yields_to
        environments = (subject.environment,) if subject.environment else ()
        known = self._findings.get(key)
        if known is not None:
            self._findings[key] = known._replace(
                environments=tuple(sorted({*known.environments, *environments})),
                boxes=tuple(sorted({*known.boxes, *boxes})),
                related=_with_way_of(subject, known.related) if subject.via else known.related,
            )
            return
        refs, via = fail.refs, subject.via
        related = _related(refs, subject, location) if via or len(refs) > 1 or refs[0].node.via else ()
        if fail.confidential:
            spellings = _spellings(primary)
            related = tuple(one._replace(location=_without(spellings, one.location)) for one in related)
            self._secrets.setdefault((location.path, location.line), []).extend(spellings)
            self._confidential.add(key)
        message = fail.message or fill_message(target.message, fail.scope, fail.refs)
        if not message.endswith((".", "!", "?")):
            message = f"{message}."
        address, words = subject.address, "" if fail.confidential else primary.written
        fingerprint = finding_fingerprint(rule.id, location.path, address, words)
        anchor = self._place(subject.anchor)
        what = (rule.id, rule.severity, rule.confidence, message, location, related, address)
        self._findings[key] = new_record(Finding, (*what, environments, boxes, fingerprint, "", None, anchor))

    def _place(self, node: Node) -> Location:
        key = (node.source, node.start, node.end)
        known = self._places.get(key)
        if known is None:
            known = self._places[key] = locate_node(node)
        return known

    def _undecide(self, subject: Subject, target: CompiledTarget, unsure: Unsure | Fail) -> None:
        assert isinstance(unsure, Unsure)
        self.undecided.append(
            Undecided(
                rule_id=target.rule.id,
                address=subject.address,
                environment=subject.environment,
                kind=unsure.unknown.kind,
                reason=unsure.unknown.reason,
                location=locate_node(unsure.ref.node),
                boxes=target.rule.boxes,
            )
        )

    def _internal_error(self, target: CompiledTarget, subject: Subject, error: Exception) -> None:
        place = locate_node(subject.anchor)
        self.notices.append(
            Notice(
                level="error",
                code="internal-error",
                message=f"Rule {target.rule.id} raised {type(error).__name__} on {subject.address}: {error}.",
                path=place.path or self._path,
                location=place,
                hint="this is a defect of vvbscan; please report it with the file",
                rule_id=target.rule.id,
            )
        )

    def findings(self) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """The findings to report, and those that yield to another rule's on all of their subjects."""
        shown: list[Finding] = []
        hidden: list[Finding] = []
        for key, found in self._findings.items():
            secrets = self._secrets and self._secrets.get((found.location.path, found.location.line))
            finding = found
            if secrets:
                message = found.message
                if key not in self._confidential:
                    message = _masked(secrets, message, _SHORTEST_IN_MESSAGES)
                finding = found._replace(message=message, location=_without(secrets, found.location))
            stronger = self._yields.get(finding.rule_id, ())
            gives_way = stronger and all(
                any((*where, rule_id) in self._failed for rule_id in stronger) for where in self._where[key]
            )
            (hidden if gives_way else shown).append(finding)
        return tuple(shown), tuple(hidden)


@cache
def _check(name: str) -> Check:
    """The function of `checks` that a target names."""
    module, _, function = name.partition(".")
    check: Check = getattr(import_module(f"vvbscan.checks.{module}"), function)
    return check


def _related(refs: tuple[Ref, ...], subject: Subject, primary: Location) -> tuple[RelatedLocation, ...]:
    """The way of the blamed value, the way of its subject, and the other values to blame, each place once.

    What stands only where the subject itself does, as it is absent or worked out, is no place to look at, nor
    is the header of a block that says nothing of a flag.
    """
    related = list(way_of(refs[0].node))
    related += [
        RelatedLocation(step.label, locate(step.source, step.start, step.end)) for step in subject.via
    ]
    anchor = subject.anchor
    for ref in refs[1:]:
        node = ref.node
        is_at_anchor = node.source is anchor.source and (node.start, node.end) == (anchor.start, anchor.end)
        if is_at_anchor and (ref.absent or node.style == COMPUTED):
            continue
        if node.style == COMPUTED and isinstance(node.value, bool) and _is_header(node):
            continue
        related.append(RelatedLocation(_label(ref), locate_node(ref.node)))
        related += way_of(ref.node)
    seen = {(primary.path, primary.start, primary.end)}
    kept = []
    for one in related:
        place = (one.location.path, one.location.start, one.location.end)
        if place not in seen:
            seen.add(place)
            kept.append(one)
    return tuple(kept)


def _with_way_of(subject: Subject, related: tuple[RelatedLocation, ...]) -> tuple[RelatedLocation, ...]:
    """The related locations with the way of a further subject that fails at the same place."""
    known = {(one.label, one.location.path, one.location.start) for one in related}
    added = [
        RelatedLocation(step.label, locate(step.source, step.start, step.end))
        for step in subject.via
        if (step.label, step.source.path, step.start) not in known
    ]
    return (*related, *added)[: max(_MOST_RELATED, len(related))]


def _is_header(node: Node) -> bool:
    """Whether a value that was worked out stands at the type of a block, and so is written nowhere."""
    return node.written.isidentifier() and node.written not in ("true", "false")


def _label(ref: Ref) -> str:
    """What a related location shows: a path with its value, or the words that a check has for it.

    A flag that a view worked out is named alone: `final snapshot` beside `skip_final_snapshot = true`, where
    its value would contradict the text.
    """
    if " " in ref.path:
        return ref.path
    words = ref.path.replace("_", " ")
    if ref.absent:
        return f"{words} is not set"
    said = _said(ref.node)
    if isinstance(ref.node.value, bool) and ref.node.written.strip("\"'").lower() != said.strip("`"):
        return words.partition("[")[0]
    return f"{words} is {said}"


def _spellings(node: Node) -> list[str]:
    """What a secret may look like where it is used, as a value, and where a variable on its way is set."""
    spellings = [node.written]
    if isinstance(node.value, str):
        spellings.append(node.value)
    for step in node.via:
        written = step.source.text.text[step.start : step.end]
        if written.startswith(('"', "'", "<<")) and "${" not in written:
            spellings.append(written)
    return spellings


def _without(secrets: Iterable[str], location: Location) -> Location:
    """A location whose line does not show secrets: it may be the line that they are on."""
    return location._replace(snippet=_masked(secrets, location.snippet))


def _masked(secrets: Iterable[str], text: str, shortest: int = 1) -> str:
    """A text with stars in place of secrets that are not shorter than some characters."""
    for secret in secrets:
        for line in secret.splitlines():
            bare = line.strip(" \t\"'")
            if len(bare) >= shortest:
                text = text.replace(bare, "*" * len(bare))
    return text


def _said(node: Node) -> str:
    from vvbscan.expr.message import one_line
    from vvbscan.expr.operators import shown

    return "not known" if isinstance(node.value, Unknown) else f"`{one_line(shown(node))}`"
