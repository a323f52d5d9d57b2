"""Rules that run themselves as tests: each example is scanned, and its outcome is what the example says."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Final, TextIO, cast

from vvbscan.api import TEXT_FORMATS, scan_files
from vvbscan.catalog.catalog import Catalog
from vvbscan.catalog.index import RuleFiles
from vvbscan.catalog.reader import RuleFile, read_rule_file, rule_paths
from vvbscan.config import Config
from vvbscan.model.environment import EnvironmentPolicy
from vvbscan.model.errors import RuleError, UsageError
from vvbscan.model.outcome import Finding
from vvbscan.model.resources import resource_path
from vvbscan.model.result import ScanResult
from vvbscan.model.rule import ParamValue, Settings
from vvbscan.model.selection import Selection
from vvbscan.record import NamedTuple

KINDS: Final = ("pass", "fail", "unknown")
_DAY: Final = "2026-01-01"
_CONSTANTS: Final = ({"path": ".", "exists": True}, {"path": ".", "exists": False})


class Example(NamedTuple):
    """An example of a rule."""

    kind: str
    title: str
    files: dict[str, str]
    params: dict[str, ParamValue]
    raw: dict[str, object]


def examples_of(file: RuleFile) -> list[Example]:
    """The examples of a rule, those that pass first."""
    found = []
    for kind in KINDS:
        for raw in file.examples.get(kind, []):
            if "files" in raw:
                files = dict(cast("dict[str, str]", raw["files"]))
            else:
                files = {TEXT_FORMATS[str(raw["format"])]: str(raw["text"])}
            params = dict(cast("dict[str, ParamValue]", raw.get("params", {})))
            found.append(Example(kind, str(raw["title"]), files, params, raw))
    return found


def run_example(file: RuleFile, example: Example) -> ScanResult:
    """Scan an example with its rule alone."""
    settings = {file.rule.id: Settings(params=example.params)}
    config = Config(selection=Selection(select=(file.rule.id,), settings=settings))
    if "environment" in example.raw:
        config = config._replace(environments=EnvironmentPolicy((str(example.raw["environment"]),)))
    return scan_files(example.files, config, today=_DAY, catalog=Catalog(RuleFiles([file])))


def faults_of_example(file: RuleFile, example: Example) -> list[str]:
    """What is wrong with an example: nothing if its outcome is what it says."""
    result = run_example(file, example)
    faults = [f"{notice.path}: {notice.message}" for notice in result.notices if notice.level == "error"]
    found = [_place(finding, example.files) for finding in result.findings]
    if example.kind == "fail":
        wanted = _expected(example)
        if found != [place for place, _ in wanted]:
            faults.append(f"expected {[place for place, _ in wanted]}, found {found}")
        else:
            for finding, (_, expectation) in zip(result.findings, wanted, strict=True):
                faults += _details(finding, expectation, example)
    elif found:
        faults.append(f"expected no finding, found {found}: {result.findings[0].message}")
    if example.kind == "pass" and result.undecided:
        faults.append(f"expected a pass, but it is undecided: {result.undecided[0].reason}")
    if example.kind == "unknown":
        reason = str(example.raw["reason"])
        if not any(reason in outcome.reason for outcome in result.undecided):
            said = [outcome.reason for outcome in result.undecided]
            faults.append(f"expected to be undecided because `{reason}`, was {said or 'decided'}")
    return faults


def faults_of_rule(file: RuleFile) -> list[str]:
    """What is wrong with the examples of a rule as a whole."""
    faults = []
    examples = examples_of(file)
    passing = [run_example(file, example) for example in examples if example.kind == "pass"]
    if not any(tally.passed for result in passing for tally in result.tallies):
        faults.append("no example that passes has a subject that the rule judges")
    for index, leaf, constant in _mutants(file):
        mutant = _mutated(file, index, leaf, constant)
        if all(_outcome(file, example) == _outcome(mutant, example) for example in examples):
            faults.append(
                f"no example tells the leaf {leaf} of target {index} from one that always "
                f"{'holds' if constant is _CONSTANTS[0] else 'fails'}"
            )
    return faults


def report_on_rules(ids: Sequence[str], out: TextIO) -> int:
    """Run the examples of some rules, or of all, and say how they went: 0 if all is well, else 1.

    Raises `UsageError` if an id is no rule's.
    """
    paths = rule_paths(resource_path("rules"))
    known = {path: path.rpartition("/")[2] for path in paths}
    for name in ids:
        if not any(file_name.startswith(f"{name.upper()}-") for file_name in known.values()):
            raise UsageError(f"there is no rule file of {name}")
    wanted = [
        path for path in paths if not ids or any(known[path].startswith(f"{name.upper()}-") for name in ids)
    ]
    failed = 0
    for path in wanted:
        try:
            file = read_rule_file(path)
        except RuleError as error:
            out.write(f"FAIL {error}\n")
            failed += 1
            continue
        faults = [
            f"{example.kind} `{example.title}`: {fault}"
            for example in examples_of(file)
            for fault in faults_of_example(file, example)
        ]
        faults = faults or faults_of_rule(file)
        failed += bool(faults)
        out.write(f"{'FAIL' if faults else 'ok  '} {file.rule.id} {file.rule.name}\n")
        out.writelines(f"     {fault}\n" for fault in faults)
    out.write(f"{len(wanted) - failed} passed, {failed} failed\n")
    return 1 if failed else 0


def _place(finding: Finding, files: dict[str, str]) -> tuple[str, int, str]:
    place = finding.location
    text = files[place.path].removeprefix("\ufeff")
    return place.path, place.line, text[place.start : place.end]


def _expected(example: Example) -> list[tuple[tuple[str, int, str], dict[str, object]]]:
    only = next(iter(example.files))
    expectations = cast("list[dict[str, object]]", example.raw["expect"])
    places = [
        ((str(one.get("file", only)), int(cast("int", one["line"])), str(one["text"])), one)
        for one in expectations
    ]
    return sorted(places, key=lambda pair: _offset(example.files, *pair[0]))


def _offset(files: dict[str, str], path: str, line: int, text: str) -> tuple[str, int, int, int]:
    lines = files.get(path, "").splitlines(keepends=True)
    start = sum(len(one) for one in lines[: line - 1])
    within = "".join(lines[line - 1 :]).find(text)
    return path, line, start + within, start + within + len(text)


def _details(finding: Finding, expectation: dict[str, object], example: Example) -> list[str]:
    faults = []
    if "message" in expectation and finding.message != expectation["message"]:
        faults.append(f"expected the message `{expectation['message']}`, found `{finding.message}`")
    for key, value in (("boxes", finding.boxes), ("environments", finding.environments)):
        if key in expectation and list(value) != expectation[key]:
            faults.append(f"expected {key} {expectation[key]}, found {list(value)}")
    only = next(iter(example.files))
    related = [
        (
            one.location.path,
            one.location.line,
            example.files[one.location.path][one.location.start : one.location.end],
        )
        for one in finding.related
    ]
    for wanted in cast("list[dict[str, object]]", expectation.get("related", [])):
        place = (str(wanted.get("file", only)), wanted["line"], wanted["text"])
        if place not in related:
            faults.append(f"expected the related location {place}, found {related}")
    return faults


def _outcome(file: RuleFile, example: Example) -> object:
    result = run_example(file, example)
    return (
        [(finding.location, finding.message, finding.related, finding.boxes) for finding in result.findings],
        [outcome.reason for outcome in result.undecided],
    )


def _mutants(file: RuleFile) -> Iterator[tuple[int, tuple[str | int, ...], dict[str, object]]]:
    for index, target in enumerate(cast("list[dict[str, object]]", file.raw["targets"])):
        for leaf in _leaves(target.get("assert"), ()):
            for constant in _CONSTANTS:
                yield index, leaf, constant


def _leaves(tree: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if not isinstance(tree, dict):
        return
    if "path" in tree:
        yield path
    for key in ("all", "any"):
        for index, part in enumerate(tree.get(key, [])):
            yield from _leaves(part, (*path, key, index))
    for key in ("not", "when", "then", "assert", "where"):
        if key in tree:
            yield from _leaves(tree[key], (*path, key))


def _mutated(
    file: RuleFile, index: int, leaf: tuple[str | int, ...], constant: dict[str, object]
) -> RuleFile:
    target = file.rule.targets[index]
    tree = copy.deepcopy({"root": target.condition})
    holder: object = tree
    steps: tuple[str | int, ...] = ("root", *leaf)
    for step in steps[:-1]:
        holder = holder[step]  # type: ignore[index]  # the path was found in this very tree
    extras = {key: value for key, value in holder[steps[-1]].items() if key in ("message", "boxes", "blame")}  # type: ignore[index]
    holder[steps[-1]] = {**constant, **extras}  # type: ignore[index]
    targets = list(file.rule.targets)
    targets[index] = target._replace(condition=tree["root"])
    return file._replace(rule=file.rule._replace(targets=tuple(targets)))
