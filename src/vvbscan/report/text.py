"""The report for people: by file, each finding with its line, the reason and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.location import Location
from vvbscan.model.outcome import ANALYSED, NOT_ANALYSED, PARTLY, SEVERITIES, Finding, Notice, Undecided
from vvbscan.model.result import EXIT_INCOMPLETE, ScanResult, severity_rank
from vvbscan.model.rule import Rule
from vvbscan.report.escape import inert, visible
from vvbscan.report.excerpt import excerpt
from vvbscan.report.guidance import first_sentence, suppression_in
from vvbscan.report.options import ReportOptions

_BOLD: Final = "1"
_DIM: Final = "2"
_STYLES: Final = {"error": "1;31", "warning": "1;33", "note": "1;36"}
_COLOUR: Final = lazy_pattern("\x1b\\[[0-9;]*m")
_LEAST_WIDTH: Final = 40
_REASONS: Final = 10
"""Reasons for undecided outcomes that are listed unless the report is verbose."""
_LIST_ITEM: Final = lazy_pattern(r"\s*(?:[-*]|\d+\.)\s")


def render(result: ScanResult, options: ReportOptions) -> str:
    """The report as text that ends with a line end."""
    return _Writer(result, options).report()


class _Writer:
    """Writes one report, line by line."""

    __slots__ = ("_advised", "_lines", "_options", "_result", "_rules", "_width")

    def __init__(self, result: ScanResult, options: ReportOptions) -> None:
        self._result = result
        self._options = options
        self._rules: dict[str, Rule] = {rule.id: rule for rule in result.rules}
        self._width = max(options.width, _LEAST_WIDTH)
        self._lines: list[str] = []
        self._advised: dict[str, str] = {}
        """File below which the advice on a rule stands."""

    def report(self) -> str:
        for path, findings in groupby(self._result.findings, key=lambda finding: finding.location.path):
            self._file(path, list(findings))
        self._notices()
        self._undecided()
        if self._options.verbose:
            self._suppressed()
            self._files()
        self._summary()
        return inert("\n".join(self._lines) + "\n")

    # ---- findings

    def _file(self, path: str, findings: list[Finding]) -> None:
        """The findings of a file, those of one rule together, rules in the order of their first place."""
        self._heading(f"{visible(path)}: {_count(len(findings), 'finding')}")
        by_rule: dict[str, list[Finding]] = {}
        for finding in findings:
            by_rule.setdefault(finding.rule_id, []).append(finding)
        for rule_id, places in by_rule.items():
            for finding in places:
                self._finding(finding)
            self._advice(rule_id, path)

    def _finding(self, finding: Finding) -> None:
        place = finding.location
        style = _STYLES[finding.severity]
        name = self._rules[finding.rule_id].name
        severity = self._paint(style, finding.severity)
        rule = self._paint(_BOLD, finding.rule_id)
        self._lines.append(f"{_position(place)}: {severity} {rule} {name}")
        self._wrap(visible(finding.message), "  ")
        self._excerpt(place, style)
        margin = " " * len(str(place.line))
        for step in finding.related:
            self._wrap(f"{_position(step.location)}: {visible(step.label)}", f"  {margin} = ")
        about = [visible(finding.address)] if finding.address else []
        about += [f"in {visible(', '.join(finding.environments))}"] if finding.environments else []
        about += [f"checklist {', '.join(finding.boxes)}"] if finding.boxes else []
        if about:
            self._wrap("; ".join(about), f"  {margin} = ")
        self._lines.append("")

    def _excerpt(self, place: Location, style: str) -> None:
        number = str(place.line)
        margin = " " * len(number)
        shown = excerpt(place, self._width - len(number) - 6)
        bar = self._paint(_DIM, "|")
        carets = self._paint(style, "^" * (shown.end - shown.start))
        more = f" to line {place.end_line}" if place.end_line > place.line else ""
        self._lines.append(f"  {self._paint(_DIM, number)} {bar} {shown.line}".rstrip())
        self._lines.append(f"  {margin} {bar} {' ' * shown.start}{carets}{more}")

    def _advice(self, rule_id: str, path: str) -> None:
        """Why the rule matters and what to do: in full in the first file, elsewhere where to find it."""
        if rule_id in self._advised:
            self._lines += [f"  {self._paint(_DIM, 'fix:')} as for {self._advised[rule_id]} above", ""]
            return
        self._advised[rule_id] = visible(path)
        text = self._options.texts(rule_id)
        self._wrap(first_sentence(text.why), f"  {self._paint(_DIM, 'why:')} ", "       ")
        head = f"  {self._paint(_DIM, 'fix:')} "
        for lines, verbatim in _paragraphs(text.remediation):
            if verbatim:
                self._lines += [head.rstrip()] if head.strip() else []
                self._lines += [f"         {line}".rstrip() for line in lines]
            else:
                self._wrap(" ".join(lines), head, "       ")
            head = "       "
        self._lines.append("")

    # ---- notices and what could not be decided

    def _notices(self) -> None:
        notices = self._result.notices
        if not notices:
            return
        shown = [notice for notice in notices if self._options.verbose or notice.level != "note"]
        shown.sort(key=lambda notice: severity_rank(notice.level))
        self._heading("Notices about the analysis")
        for alike in self._alike(shown):
            self._notice(alike[0], len(alike) - 1)
        if len(shown) < len(notices):
            self._lines.append(self._more(len(notices) - len(shown), "note"))
        self._lines.append("")

    def _alike(self, notices: Iterable[Notice]) -> Iterable[list[Notice]]:
        """Notices that say the same of places of one directory, together; each alone if all are to be listed.

        Those of level error name files that were not analysed, so each of them stays.
        """
        groups: dict[object, list[Notice]] = {}
        for number, notice in enumerate(notices):
            key: object = (notice._replace(path=notice.path.rpartition("/")[0], location=None),)
            if self._options.verbose or notice.level == "error" or notice.location is None:
                key = number
            groups.setdefault(key, []).append(notice)
        return groups.values()

    def _notice(self, notice: Notice, more: int) -> None:
        where = _position(notice.location) if notice.location is not None else visible(notice.path)
        level = self._paint(_STYLES[notice.level], notice.level)
        code = f"{notice.code}, {notice.rule_id}" if notice.rule_id else notice.code
        place = f"{where}: " if where else ""
        others = f", and at {_count(more, 'place')} more in this directory" if more else ""
        self._wrap(f"{visible(notice.message)} [{code}]{others}", f"{place}{level}: ", "  ")
        if notice.hint:
            self._wrap(visible(notice.hint), "  hint: ", "        ")

    def _undecided(self) -> None:
        undecided = self._result.undecided
        if not undecided:
            return
        self._heading(f"{_count(len(undecided), 'outcome')} could not be decided")
        reasons: dict[str, list[Undecided]] = {}
        for outcome in undecided:
            reasons.setdefault(outcome.reason, []).append(outcome)
        ranked = sorted(reasons.items(), key=lambda item: -len(item[1]))
        shown = ranked if self._options.verbose else ranked[:_REASONS]
        for reason, outcomes in shown:
            names = sorted({self._rules[outcome.rule_id].name for outcome in outcomes})
            first = f"first at {_position(outcomes[0].location)}"
            rules = names[0] if len(names) == 1 else f"{len(names)} rules"
            listed = "" if self._options.verbose else f" ({rules}, {first})"
            self._wrap(f"{visible(reason)}{listed}", f"  {len(outcomes)} x ", "      ")
            if self._options.verbose:
                self._outcomes(outcomes)
        if len(shown) < len(ranked):
            self._lines.append(self._more(len(ranked) - len(shown), "reason"))
        self._lines.append("")

    def _outcomes(self, outcomes: Iterable[Undecided]) -> None:
        for outcome in outcomes:
            rule = self._rules[outcome.rule_id]
            environment = f" in {visible(outcome.environment)}" if outcome.environment else ""
            about = f"{rule.id} {rule.name}: {visible(outcome.address)}{environment}"
            self._wrap(about, f"      {_position(outcome.location)}: ", "        ")

    def _suppressed(self) -> None:
        if not self._result.suppressed:
            return
        self._heading("Suppressed findings")
        for finding in self._result.suppressed:
            suppression = finding.suppression
            reason = (
                suppression.reason if suppression is not None and suppression.reason else "no reason given"
            )
            until = f" until {suppression.until}" if suppression is not None and suppression.until else ""
            name = self._rules[finding.rule_id].name
            about = f"{finding.rule_id} {name}{until}: {visible(reason)}"
            self._wrap(about, f"  {_position(finding.location)}: ", "    ")
        self._lines.append("")

    def _files(self) -> None:
        """The files whose findings may be missing, and why."""
        odd = [file for file in self._result.files if file.status != ANALYSED or not file.judged]
        if not odd:
            return
        self._heading("Files not wholly analysed or not judged")
        for file in odd:
            why = file.reason or f"its environment {file.environment} is not judged"
            status = file.status if file.status != ANALYSED else "not judged"
            self._wrap(visible(f"{status}: {why}"), f"  {visible(file.path)}: ", "    ")
        self._lines.append("")

    # ---- summary

    def _summary(self) -> None:
        result = self._result
        self._lines.append(self._paint(_BOLD, _totals(result.findings)))
        apart = [
            f"{len(findings)} {what}"
            for findings, what in (
                (result.suppressed, "suppressed"),
                (result.hidden, "told by a stronger rule"),
            )
            if findings
        ]
        if apart:
            self._lines.append(f"Not counted: {', '.join(apart)}.")
        self._lines.append(_file_totals(result))
        steps = list(self._next_steps())
        if steps:
            self._lines += ["", *steps]

    def _next_steps(self) -> Iterator[str]:
        result = self._result
        if not result.files:
            yield "Nothing was recognised: `vvbscan scan --help` says how files are chosen."
        if result.exit_code(self._options.fail_on, self._options.fail_on_unknown) == EXIT_INCOMPLETE:
            yield "The scan is not complete: mend what the notices of level error name, and scan again."
        if result.findings:
            by_severity = sorted(result.findings, key=lambda finding: severity_rank(finding.severity))
            yield f"More about a rule: vvbscan explain {by_severity[0].rule_id}"
            comments = (suppression_in(one.location.path, one.rule_id) for one in by_severity)
            comment = next(filter(None, comments), "")
            if comment:
                yield f"To accept a finding, write above its line: {comment}"

    # ---- writing

    def _heading(self, text: str) -> None:
        self._lines += [self._paint(_BOLD, text), self._paint(_DIM, "-" * min(len(text), self._width)), ""]

    def _more(self, count: int, what: str) -> str:
        return f"  and {_count(count, what)} more; --verbose lists all"

    def _wrap(self, text: str, head: str, indent: str | None = None) -> None:
        """Add a text in lines of the report's width, `head` before the first, `indent` before the others."""
        margin = len(_COLOUR.sub("", head))
        lines = wrapped(text, self._width, " " * margin, " " * margin if indent is None else indent)
        self._lines += [head + lines[0][margin:], *lines[1:]] if lines else [head.rstrip()]

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._options.colour else text


def wrapped(text: str, width: int, first: str, others: str) -> list[str]:
    """The lines of a text, whole words each, with what the first one and the others begin with."""
    if text.isprintable() and "  " not in text and text.strip() == text != "":
        # Words with single spaces between them, as nearly all texts are: `wrap` takes ten times longer.
        lines = []
        line, *words = (first + text).rsplit(" ", text.count(" "))
        for word in words:
            if len(line) + 1 + len(word) <= width:
                line += f" {word}"
            else:
                lines.append(line)
                line = others + word
        return [*lines, line]
    from textwrap import wrap

    return wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _paragraphs(markdown: str) -> Iterator[tuple[list[str], bool]]:
    """Paragraphs and list items of a text, and its code blocks, which are marked as verbatim."""
    lines: list[str] = []
    verbatim = False
    for line in markdown.strip().split("\n"):
        fence = line.lstrip().startswith("```")
        if lines and (fence or (not verbatim and (not line.strip() or _LIST_ITEM.match(line)))):
            yield lines, verbatim
            lines = []
        if fence:
            verbatim = not verbatim
        elif verbatim or line.strip():
            lines.append(line if verbatim else line.strip())
    if lines:
        yield lines, verbatim


def _position(place: Location) -> str:
    return f"{visible(place.path)}:{place.line}:{place.column}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _totals(findings: Sequence[Finding]) -> str:
    if not findings:
        return "No findings."
    numbers = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        numbers[finding.severity] += 1
    parts = ", ".join(_count(number, severity) for severity, number in numbers.items() if number)
    files = len({finding.location.path for finding in findings})
    return f"{_count(len(findings), 'finding')} in {_count(files, 'file')}: {parts}."


def _file_totals(result: ScanResult) -> str:
    """How many files were analysed; a file of several units counts once, by what went worst."""
    status: dict[str, str] = {}
    judged: set[str] = set()
    for file in result.files:
        if file.judged:
            judged.add(file.path)
        known = status.get(file.path, ANALYSED)
        if NOT_ANALYSED in (known, file.status):
            status[file.path] = NOT_ANALYSED
        else:
            status[file.path] = PARTLY if PARTLY in (known, file.status) else ANALYSED
    numbers = dict.fromkeys((ANALYSED, PARTLY, NOT_ANALYSED, "not judged"), 0)
    for path, what in status.items():
        numbers["not judged" if what == ANALYSED and path not in judged else what] += 1
    parts = [f"{number} {what}" for what, number in numbers.items() if number or what == ANALYSED]
    return f"Files: {', '.join(parts)}."
