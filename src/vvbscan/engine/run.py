"""Running a scan: analyse all units, join what they say of each other, judge that too, and collect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from vvbscan.catalog.catalog import Catalog
from vvbscan.engine.analyse import Analyser, with_line_hashes
from vvbscan.engine.judge import Judge
from vvbscan.engine.tallies import Totals
from vvbscan.model.facts import ApplicationFact, Fact, ImageBuildFact, WorkloadFact
from vvbscan.model.outcome import Finding, Notice, Tally, UnitResult
from vvbscan.model.result import ScanResult, in_order, notice_order
from vvbscan.model.rule import Rule
from vvbscan.model.selection import Selection, SuppressionPolicy
from vvbscan.model.unit import FileTree, Options, Unit
from vvbscan.record import NamedTuple
from vvbscan.report.fingerprint import number_fingerprints
from vvbscan.suppress.apply import apply_directives
from vvbscan.version import __version__

SYSTEM: Final = "system"
"""Kind of the unit that the joined facts make up."""

MOST_NOTICES: Final = 100
"""Notices of one kind that are told of a file."""

Progress = Callable[[int, int], None]
"""Called with the number of analysed units and of all units."""


class Order(NamedTuple):
    """What a scan is to do, the file system and the clock handed in."""

    tree: FileTree
    root_name: str
    units: tuple[Unit, ...]
    options: Options
    selection: Selection
    suppressions: SuppressionPolicy
    today: str
    """Day on which suppressions are judged, ISO 8601."""
    notices: tuple[Notice, ...] = ()
    """What discovery had to say."""
    jobs: int = 1
    progress: Progress | None = None


def run(order: Order, catalog: Catalog) -> ScanResult:
    """Carry out a scan."""
    # Applications wait for the others: the environment that manifests set overrides their files.
    first = [unit for unit in order.units if unit.kind != "application"]
    second = [unit for unit in order.units if unit.kind == "application"]
    analyser = Analyser(order.tree, order.options, catalog, order.selection, facts=bool(second))
    totals = Totals()
    results = list(_analyse_all(order, analyser, first, [totals] * len(first), 0))
    results += _applications(order, analyser, second, results, totals)
    facts = [fact for result in results for fact in result.facts]
    results.append(_judge_system(analyser, facts, order.tree, totals))
    return _collect(order, catalog, results, totals.tallies())


def _analyse_all(
    order: Order, analyser: Analyser, units: Sequence[Unit], totals: Sequence[Totals], done: int
) -> Iterator[UnitResult]:
    """The results of units; `totals` says for each where it is counted, `done` how many came before."""
    if order.jobs > 1 and len(units) > 1:
        from vvbscan.engine.parallel import analyse_in_processes

        outcomes: Iterable[UnitResult] = analyse_in_processes(analyser, units, totals, order.jobs)
    else:
        outcomes = map(analyser.analyse, units, totals)
    for count, outcome in enumerate(outcomes, done + 1):
        if order.progress is not None:
            order.progress(count, len(order.units))
        yield outcome


def _applications(
    order: Order, analyser: Analyser, units: list[Unit], others: list[UnitResult], totals: Totals
) -> list[UnitResult]:
    """Analyse the applications, each with the containers that run it.

    A container may be joined by the name that the configuration gives an application, which is only known
    then: where that changes what runs an application, it is analysed again.
    """
    deployed = _with_deployments(units, others, {})
    counts = [Totals() for _ in units]
    done = len(order.units) - len(units)
    results = list(_analyse_all(order, analyser, deployed, counts, done))
    facts = {result.unit: _application_facts(result) for result in results}
    renamed = _with_deployments(units, others, {unit: found for unit, found in facts.items() if found})
    changed = [
        number
        for number, (unit, before) in enumerate(zip(renamed, deployed, strict=True))
        if unit.deployments != before.deployments
    ]
    anew = [Totals() for _ in changed]
    again = _analyse_all(
        order._replace(progress=None), analyser, [renamed[number] for number in changed], anew, 0
    )
    for number, counted, result in zip(changed, anew, again, strict=True):
        counts[number], results[number] = counted, result
    for counted in counts:
        totals.add(counted)
    return results


def _application_facts(result: UnitResult) -> list[ApplicationFact]:
    return [fact for fact in result.facts if isinstance(fact, ApplicationFact)]


def _with_deployments(
    units: list[Unit], results: list[UnitResult], read: Mapping[str, list[ApplicationFact]]
) -> list[Unit]:
    """Give each application the containers that run it, as far as the join is not ambiguous.

    `read` has the facts of the applications whose configuration is read.
    """
    facts = [fact for result in results for fact in result.facts]
    workloads = [fact for fact in facts if isinstance(fact, WorkloadFact)]
    builds = [fact for fact in facts if isinstance(fact, ImageBuildFact)]
    if not units or not (workloads or builds):
        return units
    from vvbscan.views.system.joins import candidate_of, deployments_of, with_image_variables

    # Configuration of tests is no candidate: no container runs it.
    modules = {unit.id: _module(unit) for unit in units if unit.judged}
    named = {unit: candidate_of(unit, found) for unit, found in read.items()}
    joined = with_image_variables(modules, deployments_of(modules, workloads, named), builds)
    return [unit._replace(deployments=joined.get(unit.id, ())) for unit in units]


def _module(unit: Unit) -> str:
    return unit.id.partition(":")[2].partition("#")[0]


def _judge_system(analyser: Analyser, facts: list[Fact], tree: FileTree, totals: Totals) -> UnitResult:
    """Run the cross rules over the joined facts; there is nothing to join without a container."""
    if not any(isinstance(fact, WorkloadFact) for fact in facts):
        return UnitResult(unit=SYSTEM)
    from vvbscan.views.system import VIEWS, picture_of

    wanted = [view for view in VIEWS if analyser.selected(view, SYSTEM)]
    if not wanted:
        return UnitResult(unit=SYSTEM)
    judge = Judge("", totals)
    picture = picture_of(facts)
    for view in wanted:
        for subject in VIEWS[view](picture):
            judge.judge(subject, analyser.targets(view, SYSTEM))
    shown, hidden = judge.findings()
    return UnitResult(
        unit=SYSTEM,
        findings=with_line_hashes(shown, {}, tree) if analyser.options.line_hashes else shown,
        hidden=hidden,
        undecided=tuple(judge.undecided),
        notices=tuple(judge.notices),
    )


def _collect(
    order: Order, catalog: Catalog, results: list[UnitResult], tallies: tuple[Tally, ...]
) -> ScanResult:
    notices = [*order.notices, *(notice for result in results for notice in result.notices)]
    rules = catalog.rules()
    # Numbered before any is suppressed: suppressing one of two equal findings must not rename the other.
    findings = number_fingerprints(_merged(one for result in results for one in result.findings))
    directives = [directive for result in results for directive in result.directives]
    ran = {tally.rule_id for tally in tallies}
    applied = apply_directives(
        findings,
        dict.fromkeys(directives),
        names={name: rule.id for rule in rules for name in (rule.id, rule.name)},
        ran=ran,
        policy=order.suppressions,
        today=order.today,
    )
    return in_order(
        ScanResult(
            root=order.root_name,
            version=__version__,
            rules=_configured(rules, ran, order.selection),
            files=tuple(dict.fromkeys(record for result in results for record in result.files)),
            findings=tuple(applied.findings),
            suppressed=tuple(applied.suppressed),
            hidden=tuple(finding for result in results for finding in result.hidden),
            tallies=tallies,
            # Units that share a module, or a plan of it, come to the same.
            undecided=tuple(dict.fromkeys(outcome for result in results for outcome in result.undecided)),
            notices=_not_too_many(_distinct([*notices, *applied.notices])),
        )
    )


def _configured(rules: Sequence[Rule], ran: set[str], selection: Selection) -> tuple[Rule, ...]:
    """The rules that had a subject, with the severities that the configuration gives them."""
    kept = []
    for rule in rules:
        if rule.id in ran:
            settings = selection.settings.get(rule.id)
            kept.append(rule._replace(severity=settings.severity) if settings and settings.severity else rule)
    return tuple(kept)


def _distinct(notices: list[Notice]) -> tuple[Notice, ...]:
    """The notices without repetitions; one that is an error for a unit is no warning for another as well."""
    errors = {notice for notice in notices if notice.level == "error"}
    return tuple(
        dict.fromkeys(
            notice
            for notice in notices
            if notice.level == "error" or notice._replace(level="error") not in errors
        )
    )


def _not_too_many(notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """Of the notices of one kind of a file so many, and one that says how many more there are.

    A file of a megabyte can give 200,000, which make reports of hundreds of megabytes.
    """
    if len(notices) <= MOST_NOTICES:
        return tuple(notices)
    kinds: dict[tuple[str, str, str], list[Notice]] = {}
    for notice in notices:
        kinds.setdefault((notice.level, notice.code, notice.path), []).append(notice)
    told = []
    for (level, code, path), ones in kinds.items():
        if not path or len(ones) <= MOST_NOTICES:
            told += ones
            continue
        ones.sort(key=notice_order)
        first = ones[MOST_NOTICES]
        message = f"From here on there are {len(ones) - MOST_NOTICES:,} more of this kind in this file."
        told += [*ones[:MOST_NOTICES], Notice(level, code, message, path, first.location)]
    return tuple(told)


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """Equal findings at one place, found through several units, as one that lists its environments."""
    merged: dict[tuple[str, str, int, int], Finding] = {}
    for finding in findings:
        key = (finding.rule_id, finding.location.path, finding.location.start, finding.location.end)
        known = merged.get(key)
        if known is None:
            merged[key] = finding
        else:
            merged[key] = known._replace(
                environments=tuple(sorted({*known.environments, *finding.environments})),
                boxes=tuple(sorted({*known.boxes, *finding.boxes})),
                related=tuple(dict.fromkeys([*known.related, *finding.related])),
            )
    return list(merged.values())
