"""`vvbscan scan`: options into a configuration, a scan, reports to their places, an exit code."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from typing import Final

from vvbscan.api import Planned, find_root, plan_scan, scan
from vvbscan.catalog.catalog import Catalog
from vvbscan.cli.terminal import width_of
from vvbscan.config import Config, find_config, load_config
from vvbscan.model.errors import UsageError
from vvbscan.model.result import ScanResult
from vvbscan.record import NamedTuple
from vvbscan.report import render
from vvbscan.report.escape import inert, visible
from vvbscan.report.options import ReportOptions

_ENDINGS: Final = {".sarif": "sarif", ".json": "json", ".txt": "text"}
_STANDARD_OUTPUT: Final = "-"
_FILE_WIDTH: Final = 100
_MOST_WIDTH: Final = 140
_PATIENCE: Final = 1.0
"""Seconds after which a scan shows its progress."""


class Report(NamedTuple):
    """A report to make and where it goes."""

    format: str
    path: str


def scan_command(arguments: Namespace) -> int:
    """Run `vvbscan scan`."""
    config = configuration(arguments)
    if arguments.list_files:
        if arguments.format or arguments.output:
            raise UsageError("--list-files makes no report", hint="leave out --format and --output")
        planned = plan_scan(arguments.paths, config, root=arguments.root)
        sys.stdout.write(_listing(planned))
        return 2 if any(notice.level == "error" for notice in planned.notices) else 0
    reports = reports_of(arguments.format or [], arguments.output or [])
    progress = _Progress() if sys.stderr.isatty() and not arguments.quiet else None
    catalog = Catalog.load()
    result = scan(
        arguments.paths,
        config,
        root=arguments.root,
        progress=progress,
        catalog=catalog,
        line_hashes=any(report.format == "sarif" for report in reports),
    )
    if progress is not None:
        progress.clear()
    _write(result, reports, config, arguments, catalog)
    return result.exit_code(config.fail_on, config.fail_on_unknown)


def configuration(arguments: Namespace) -> Config:
    """The configuration file that holds, overridden by what the command line says."""
    config = Config()
    if arguments.config and arguments.no_config:
        raise UsageError("--config and --no-config exclude each other")
    if arguments.config:
        config = load_config(arguments.config)
    elif not arguments.no_config:
        config = _found_config(arguments)
    selection = config.selection
    selection = selection._replace(
        ruleset=arguments.ruleset or selection.ruleset,
        select=_words(arguments.select) or selection.select,
        ignore=(*selection.ignore, *_words(arguments.ignore)),
    )
    if arguments.jobs is not None and arguments.jobs < 0:
        raise UsageError("--jobs is 0 or above")
    return config._replace(
        selection=selection,
        include=tuple(arguments.include or config.include),
        exclude=(*config.exclude, *(arguments.exclude or ())),
        gitignore=config.gitignore and not arguments.no_gitignore,
        app_profile=arguments.app_profile or config.app_profile,
        kubernetes_version=arguments.kubernetes_version or config.kubernetes_version,
        fail_on=arguments.fail_on or config.fail_on,
        fail_on_unknown=config.fail_on_unknown or arguments.fail_on_unknown,
        jobs=config.jobs if arguments.jobs is None else arguments.jobs,
    )


def reports_of(formats: list[str], outputs: list[str]) -> list[Report]:
    """Which reports to make: the n-th --output belongs to the n-th --format.

    An output beyond the formats tells its format by its ending, and `-` is text; a format beyond the outputs
    goes to standard output. Raises `UsageError` if that does not work out.
    """
    reports = [Report(name, path) for name, path in zip(formats, outputs, strict=False)]
    for path in outputs[len(formats) :]:
        ending = ".txt" if path == _STANDARD_OUTPUT else os.path.splitext(path)[1].lower()
        if ending not in _ENDINGS:
            hint = f"name one with --format, or end it in {', '.join(_ENDINGS)}"
            raise UsageError(f"no format is known for --output {path}", hint=hint)
        reports.append(Report(_ENDINGS[ending], path))
    reports += [Report(name, _STANDARD_OUTPUT) for name in formats[len(outputs) :]]
    if not reports:
        reports.append(Report("text", _STANDARD_OUTPUT))
    if sum(report.path == _STANDARD_OUTPUT for report in reports) > 1:
        raise UsageError("only one report can go to standard output", hint="give the others an --output")
    places = [os.path.abspath(report.path) for report in reports]
    for place, report in zip(places, reports, strict=True):
        if places.count(place) > 1:
            raise UsageError(f"two reports cannot both go to {report.path}")
    return reports


def _found_config(arguments: Namespace) -> Config:
    first = arguments.paths[0]
    if not os.path.lexists(first):
        return Config()
    root = os.path.realpath(arguments.root) if arguments.root else find_root(arguments.paths)
    start = first if os.path.isdir(first) else os.path.dirname(os.path.abspath(first))
    path = find_config(start, root)
    return Config() if path is None else load_config(path, os.path.relpath(path))


def _words(options: list[str] | None) -> tuple[str, ...]:
    """Options that can be repeated and can list several, with commas between."""
    return tuple(word.strip() for option in options or () for word in option.split(",") if word.strip())


def _write(
    result: ScanResult, reports: list[Report], config: Config, arguments: Namespace, catalog: Catalog
) -> None:
    """Make the reports. One that cannot be written keeps none of the others away."""
    failures = []
    for report in sorted(reports, key=lambda report: report.path == _STANDARD_OUTPUT):
        standard = report.path == _STANDARD_OUTPUT
        options = ReportOptions(
            texts=catalog.text,
            fail_on=config.fail_on,
            fail_on_unknown=config.fail_on_unknown,
            include_suppressed=arguments.include_suppressed,
            category=arguments.category,
            colour=standard and _colours(arguments.color),
            verbose=arguments.verbose,
            width=min(width_of(sys.stdout), _MOST_WIDTH) if standard else _FILE_WIDTH,
        )
        text = render(report.format, result, options)
        if standard:
            if report.format != "text" and hasattr(sys.stdout, "reconfigure"):
                # JSON is UTF-8, whatever the terminal shows.
                sys.stdout.reconfigure(encoding="utf-8", newline="\n")
            sys.stdout.write(text)
            sys.stdout.flush()
            continue
        try:
            with open(report.path, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            failures.append(f"cannot write {report.path}: {error.strerror}")
            continue
        if not arguments.quiet:
            sys.stderr.write(
                f"{_count(len(result.findings), 'finding')}; {report.format} report in {report.path}\n"
            )
    if failures:
        raise UsageError("; ".join(failures))


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _colours(choice: str) -> bool:
    """NO_COLOR (no-color.org) and FORCE_COLOR decide where the option does not."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _listing(planned: Planned) -> str:
    formats = {one.path: one.format for one in planned.found}
    lines = []
    listed = set()
    for unit in planned.units:
        place = f" in environment {visible(unit.environment)}" if unit.environment else ""
        verdict = "" if unit.judged else " (not judged)"
        lines.append(f"{visible(unit.id)}{place}{verdict}")
        for path in unit.files:
            listed.add(path)
            lines.append(f"  {visible(path)}  {formats.get(path, 'read with it')}")
        if unit.companions:
            lines.append(f"  and {_count(len(unit.companions), 'manifest')} beside it without containers")
    rest = sorted(set(formats) - listed)
    if rest:
        lines.append("read where a unit above refers to them")
        lines += [f"  {visible(path)}  {formats[path]}" for path in rest]
    for notice in planned.notices:
        lines.append(f"{notice.level}: {visible(notice.path)}: {visible(notice.message)}")
    lines.append(f"{_count(len(formats), 'file')} recognised, {_count(len(planned.units), 'unit')}")
    return inert("\n".join(lines) + "\n")


class _Progress:
    """A line on standard error that tells how far a long scan is."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._shown = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._begun > _PATIENCE and now - self._shown > _PATIENCE / 10:
            self._shown = now
            sys.stderr.write(f"\r\033[Kscanning: {done} of {total} units")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
