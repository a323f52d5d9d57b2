"""Helm charts: templates whose actions only fill in values are analysed, with those values unknown.

Nothing is rendered. A template in which actions decide which lines there are cannot be read without its
values; how many of a chart's templates are so is said once a chart. Which files are templates follows the
pages "Charts" and "Chart Template Guide" of Helm's documentation: all below `templates/` but partials
(`_helpers.tpl`), `NOTES.txt` and the tests of the chart. `crds/` holds plain manifests, `charts/` further
charts.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Final

from vvbscan.model.location import Location, locate, locate_node
from vvbscan.model.node import Node, Parsed, Problem, Source, Unknown
from vvbscan.model.outcome import ANALYSED, NOT_ANALYSED, PARTLY, FileRecord, Notice
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, Unreadable
from vvbscan.parse.templates import NotMaskable, parse_template_yaml
from vvbscan.parse.yaml import parse_yaml
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.kind import VIEWS, facts
from vvbscan.views.kubernetes.lookup import reach, shown
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import KubernetesObject, read_objects

CHART_FILE: Final = "Chart.yaml"
CHART: Final = "helm-chart"
TEMPLATE: Final = "helm-template"
_MANIFEST: Final = "kubernetes"
_YAML: Final = (".yaml", ".yml")
_TEMPLATES: Final = (*_YAML, ".json", ".tpl")
_ENTRIES: Final = 5
"""Entries of directories that are looked at for each file that may be read."""
_HOOK: Final = "helm.sh/hook"


class ChartPlan(NamedTuple):
    """The units that the charts of a tree make."""

    units: tuple[Unit, ...]
    consumed: frozenset[str]
    """Files that belong to the charts, and are neither manifests nor configuration on their own."""


def plan_charts(paths: Sequence[str], tree: FileTree) -> ChartPlan:
    """The charts that files belong to. A chart below `charts/` of another is a part of that one."""
    charts: dict[str, bool] = {}
    files: dict[str, set[str]] = {}
    for path in paths:
        chart = _chart_of(path, tree, charts)
        if chart is not None and _is_chart_file(path[len(chart) :].lstrip("/")):
            files.setdefault(chart, set()).add(path)
    units = []
    for directory, belonging in sorted(files.items()):
        chart_file = posixpath.join(directory, CHART_FILE)
        others = sorted(belonging - {chart_file})
        units.append(Unit(f"helm:{directory or '.'}", "helm", (chart_file, *others)))
    return ChartPlan(tuple(units), frozenset(path for unit in units for path in unit.files))


def _chart_of(path: str, tree: FileTree, known: dict[str, bool]) -> str | None:
    """The directory of the chart that a file lies in, of charts within charts the outermost; None if none."""
    found = None
    directory = path
    while directory:
        directory = posixpath.dirname(directory)
        if directory not in known:
            known[directory] = tree.is_file(posixpath.join(directory, CHART_FILE))
        if known[directory] and (found is None or found[len(directory) :].lstrip("/").startswith("charts/")):
            found = directory
    return found


def _is_chart_file(path: str) -> bool:
    """Whether a path relative to a chart is one of those that Helm reads."""
    folder, slash, _ = path.partition("/")
    if slash:
        return folder in {"templates", "crds", "charts"}
    return path in {CHART_FILE, "Chart.lock", "requirements.yaml", "requirements.lock"} or (
        path.startswith("values") and path.endswith(_YAML)
    )


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a chart with the charts below its `charts/`. `unit.files[0]` is its `Chart.yaml`."""
    chart = _Chart(unit, tree, options)
    chart.read(posixpath.dirname(unit.files[0]))
    model = KubernetesModel(chart.objects, options.kubernetes_version, options.limits, chart.rest)
    return Loaded(model, tuple(chart.parsed), tuple(chart.records), tuple(chart.notices))


_Below = tuple[str, frozenset[tuple[str, ...]]]
"""A directory, and the names in each directory above it."""


class _Refused(NamedTuple):
    """A template that cannot be read without its values."""

    path: str
    reason: str
    location: Location


class _Chart:
    """The reading of one chart."""

    def __init__(self, unit: Unit, tree: FileTree, options: Options) -> None:
        self.unit = unit
        self.tree = tree
        self.limits = options.limits
        self.objects: list[KubernetesObject] = []
        self.parsed: list[Parsed] = []
        self.records: list[FileRecord] = []
        self.notices: list[Notice] = []
        self.rest: Unknown | None = None
        """Set if the chart renders objects that are not known."""
        self._left = options.limits.unit_files
        self._entries = _ENTRIES * options.limits.unit_files

    def read(self, directory: str) -> None:
        """Read a chart and, one after the other, the charts below it."""
        pending: list[_Below] = [(directory, frozenset())]
        while pending and self._entries:
            chart, above = pending.pop()
            refused: list[_Refused] = []
            templates = 0
            names = self.tree.names(chart)
            if names in above:
                continue  # a link to a directory above has the names of that one
            for name in names:
                path = posixpath.join(chart, name)
                if _is_chart_file(name) and name.endswith(_YAML):
                    parsed = self._read_plain(path, CHART)
                    if name == CHART_FILE and parsed is not None:
                        self._note_dependencies(parsed, self.tree.names(posixpath.join(chart, "charts")))
                elif name == "crds":
                    for crd in self._files_below(path, (*_YAML, ".json")):
                        self._read_plain(crd, _MANIFEST)
                elif name == "templates":
                    for template in self._files_below(path, _TEMPLATES):
                        reason = _auxiliary(template[len(path) + 1 :])
                        if reason:
                            self._pass_over(template, reason)
                        else:
                            templates += 1
                            refused += self._read_template(template, path)
                elif name == "charts":
                    pending += [(found, above | {names}) for found in self._charts_below(path)]
            self._report(chart, refused, templates)
        if not self._entries:
            self._limit(directory)

    def _limit(self, path: str) -> None:
        message = f"The chart has more than {self.limits.unit_files} files; the others are not read."
        self.notices.append(Notice("error", "limit", message, path))
        self._open("limit", message.rstrip("."))

    def _files_below(self, directory: str, endings: tuple[str, ...]) -> Iterator[str]:
        """The files with certain endings in a directory and below it, in the order of their names."""
        pending: list[_Below] = [(directory, frozenset())]
        while pending and self._entries:
            path, above = pending.pop()
            self._entries -= 1
            if self.tree.is_directory(path):
                names = self.tree.names(path)
                if names not in above:
                    pending += [(posixpath.join(path, name), above | {names}) for name in reversed(names)]
            elif path.endswith(endings) and self.tree.is_file(path):
                yield path

    def _charts_below(self, directory: str) -> list[str]:
        found = []
        for name in self.tree.names(directory):
            path = posixpath.join(directory, name)
            if self.tree.is_file(posixpath.join(path, CHART_FILE)):
                found.append(path)
            elif name.endswith(".tgz"):
                self._open("remote", f"the packed chart {path} is not read")
        return found[::-1]

    def _open(self, kind: str, reason: str) -> None:
        if self.rest is None:
            self.rest = Unknown(kind, reason)

    def _source(self, path: str, format_name: str) -> tuple[Source, tuple[Problem, ...]] | None:
        """The text of a file of the chart and what is odd about it; None and a notice if there is none."""
        if not self._left:
            self._entries = 0
            return None
        self._left -= 1
        try:
            return self.tree.read(path)
        except Unreadable as error:
            self._record(path, format_name, NOT_ANALYSED, str(error))
            self.notices.append(Notice("error", "unreadable", f"It cannot be read: {error}.", path))
            self._open("unparsed", f"{path} could not be read")
            return None

    def _record(self, path: str, format_name: str, status: str = ANALYSED, reason: str = "") -> None:
        unit = self.unit
        self.records.append(
            FileRecord(path, format_name, unit.id, unit.environment, unit.judged, status, reason)
        )

    def _pass_over(self, path: str, reason: str) -> None:
        """Record a file that renders nothing that runs, if its content made it one to judge."""
        unit = self.unit
        if path not in unit.files:
            return
        record = FileRecord(path, TEMPLATE, unit.id, unit.environment, judged=False, reason=reason)
        self.records.append(record)

    def _note_dependencies(self, parsed: Parsed, present: tuple[str, ...]) -> None:
        """Charts that a chart depends on and that are not in its `charts/` render objects too."""
        for document in parsed.documents:
            listed = reach(document.root, "dependencies")
            for dependency in () if listed is None else listed.items():
                name = shown(reach(dependency, "name"))
                if not any(entry == name or entry.startswith(f"{name}-") for entry in present):
                    self._open("remote", f"the chart {name} that it depends on is not in the tree")

    def _read_plain(self, path: str, format_name: str) -> Parsed | None:
        """A file without template actions: `values.yaml`, `Chart.yaml`, a custom resource definition."""
        read = self._source(path, format_name)
        if read is None:
            return None
        source, problems = read
        parsed = parse_yaml(source, self.limits)
        parsed = parsed._replace(problems=(*problems, *parsed.problems))
        self.parsed.append(parsed)
        self._record(path, format_name)
        if format_name == _MANIFEST:
            self.objects += read_objects(parsed, self.unit.environment)
        return parsed

    def _read_template(self, path: str, directory: str) -> list[_Refused]:
        read = self._source(path, TEMPLATE)
        if read is None:
            return []
        source, problems = read
        parsed = parse_template_yaml(source, self.limits)
        if isinstance(parsed, NotMaskable):
            self._record(path, TEMPLATE, NOT_ANALYSED, parsed.reason)
            return [_Refused(path, parsed.reason, locate(source, parsed.start, parsed.end))]
        self.parsed.append(parsed._replace(problems=(*problems, *parsed.problems)))
        found = read_objects(parsed, self.unit.environment)
        whole = _whole_object(parsed)
        refused = []
        if whole is None:
            self._record(path, TEMPLATE)
        else:
            reason = f"`{' '.join(whole.written.split())}` gives a whole object"
            self._record(path, TEMPLATE, PARTLY if found else NOT_ANALYSED, reason)
            self._open("template", f"what {path} renders is not known")
            refused += [] if found else [_Refused(path, reason, locate_node(whole))]
        for item in found:
            if not _is_test(item):
                self.objects.append(_named_by_file(item, path[len(directory) + 1 :]))
        return refused

    def _report(self, chart: str, refused: list[_Refused], templates: int) -> None:
        """Say once a chart which templates were not analysed, and what to do."""
        if not refused:
            return
        first = refused[0]
        name = f"chart {posixpath.basename(chart) or '.'}"
        count = "The only template" if templates == 1 else f"{len(refused)} of {templates} templates"
        verb = "is" if len(refused) == 1 else "are"
        why = (
            "what it renders depends on its values"
            if templates == 1
            else "what they render depends on their values"
        )
        place = chart or "."
        self.notices.append(
            Notice(
                "warning",
                "helm-not-rendered",
                f"{count} of {name} {verb} not analysed: {why} (in {first.path}, {first.reason}).",
                chart,
                first.location,
                f"helm template {place} > rendered.yaml && vvbscan scan rendered.yaml",
            )
        )
        self._open("template", f"{len(refused)} of {templates} templates of {name} are not analysed")


def _whole_object(parsed: Parsed) -> Node | None:
    """What stands for a whole object in a template and is filled in, None if nothing does."""
    return next((one.root for one in parsed.documents if isinstance(one.root.value, Unknown)), None)


def _auxiliary(path: str) -> str:
    """Why a file below `templates/` renders nothing that runs; empty if it may."""
    if posixpath.basename(path).startswith("_"):
        return "it is a partial template"
    return "it is a test of the chart" if path.startswith("tests/") else ""


def _is_test(item: KubernetesObject) -> bool:
    """Whether an object is installed for a test of the chart only."""
    hook = reach(item.root, "metadata", "annotations", _HOOK)
    return shown(hook).startswith("test")


def _named_by_file(item: KubernetesObject, path: str) -> KubernetesObject:
    """The object; one whose name is not known at all is addressed by the file that has it."""
    if item.name != "*":
        return item
    namespace = f"{item.namespace}/" if item.namespace else ""
    return item._replace(address=f"{item.kind}/{namespace}{path.rpartition('/')[2].partition('.')[0]}")


KIND: Final = UnitKind("helm", load, VIEWS, facts)
