"""Units of the kind `update-bot`: the configurations of the bots of a repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Parsed, Source
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, no_facts
from vvbscan.parse.json import parse_json
from vvbscan.parse.json5 import parse_json5
from vvbscan.parse.yaml import parse_yaml
from vvbscan.views.bots.dependabot import read_dependabot
from vvbscan.views.bots.model import Bots, Dependent, Managers, Updates
from vvbscan.views.bots.renovate import read_renovate
from vvbscan.views.records import computed, fields
from vvbscan.views.unit_files import UnitFiles

FORMAT: Final = "update-bot"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read the configurations of bots; raises `Unreadable` if the first one cannot be read."""
    parsed: list[Parsed] = []
    files = UnitFiles(unit, FORMAT)
    entries: list[Updates] = []
    renovate: list[Managers] = []
    anchors: list[Node] = []
    for path, source, problems in files.read(tree):
        if posixpath.basename(path).startswith("dependabot."):
            file = parse_yaml(source, options.limits)
            found, anchor, shape = read_dependabot(file)
            entries += found
            anchors += () if anchor is None else (anchor,)
        else:
            file = _renovate_file(source, options)
            updates, managers, shape = read_renovate(file)
            if updates is not None and managers is not None:
                entries.append(updates)
                anchors.append(managers.place)
                if updates.off is None:
                    renovate.append(managers)
        parsed.append(file._replace(problems=(*problems, *file.problems, *shape)))
    dependents = tuple(Dependent(one.kind, one.files[0]) for one in unit.roots)
    bots = Bots(tuple(entries), tuple(renovate), dependents, anchors[0] if anchors else None)
    return Loaded(bots, tuple(parsed), tuple(files.records), files.notices)


def _renovate_file(source: Source, options: Options) -> Parsed:
    """A file of JSON, which may be JSON5 whatever its name is."""
    parsed = parse_json(source, options.limits)
    if any(problem.level == "error" for problem in parsed.problems):
        other = parse_json5(source, options.limits)
        if source.path.endswith("5") or not any(problem.level == "error" for problem in other.problems):
            return other
    return parsed


def update_bots(loaded: Loaded) -> Iterator[Subject]:
    """View `update_bots`: all bots of a repository together. Record: `Bots`.

    Field: `number` of entries.
    """
    bots = loaded.model
    assert isinstance(bots, Bots)
    if bots.anchor is not None:
        members: dict[str, Node | None] = {"number": computed(len(bots.entries), bots.anchor)}
        yield Subject("update_bots", "update-bots", fields(bots.anchor, members), bots.anchor, record=bots)


def update_entries(loaded: Loaded) -> Iterator[Subject]:
    """View `update_entry`: the entries of Dependabot, and Renovate as a whole. Record: `Updates`.

    Fields: `bot` by its name, `ecosystem`, `interval` in days, `off` and `majors_off` as in the record.
    """
    bots = loaded.model
    assert isinstance(bots, Bots)
    for number, one in enumerate(bots.entries):
        members = {
            "bot": computed(one.bot.capitalize(), one.anchor),
            "ecosystem": one.ecosystem,
            "interval": one.interval,
            "off": one.off,
            "majors_off": one.majors_off,
        }
        address = f"{one.bot}[{number}]"
        yield Subject("update_entry", address, fields(one.anchor, members), one.anchor, record=one)


KIND: Final = UnitKind(FORMAT, load, {"update_bots": update_bots, "update_entry": update_entries}, no_facts)
