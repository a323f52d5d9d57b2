"""The prebuilt index of the rules: one shard a view, long texts one shard a subject.

The wheel's build hook writes it into the package. A checkout writes it into an ignored folder named after the
content of its rule files, so that an edited rule is never run from a stale index.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Protocol

from vvbscan.model.errors import RuleError
from vvbscan.model.rule import Param, Rule, RuleText, Target

if TYPE_CHECKING:
    from vvbscan.catalog.reader import RuleFile
from vvbscan.version import __version__

_FORMAT: Final = 1


def build_index(rules_directory: str, target_directory: str) -> None:
    """Read all rule files below a directory and write their index into another.

    Raises `RuleError` if a rule file is not valid or two share an id or a name.
    """
    from vvbscan.catalog.reader import read_rule_file, rule_paths

    files = [read_rule_file(path) for path in rule_paths(rules_directory)]
    _refuse_twins(files)
    os.makedirs(target_directory, exist_ok=True)
    shards: dict[str, list[object]] = {}
    texts: dict[str, dict[str, object]] = {}
    for file in files:
        for view in sorted({target.view for target in file.rule.targets}):
            shards.setdefault(view, []).append(file.rule)
        texts.setdefault(subject_of(file.rule.id), {})[file.rule.id] = file.text
    for view, rules in shards.items():
        _write(target_directory, f"view-{view}.json", rules)
    for subject, entries in texts.items():
        _write(target_directory, f"text-{subject}.json", entries)
    _write(target_directory, "rules.json", [file.rule for file in files])
    # Written last: its presence says that the index is whole.
    _write(target_directory, "index.json", {"format": _FORMAT, "views": sorted(shards)})


def content_key(rules_directory: str) -> str:
    """A key that changes with any rule file and with the version of the program."""
    import hashlib  # only a checkout needs it

    from vvbscan.catalog.reader import rule_paths

    digest = hashlib.sha256(f"{__version__}/{_FORMAT}".encode())
    for path in rule_paths(rules_directory):
        with open(path, "rb") as stream:
            content = stream.read()
        digest.update(os.path.relpath(path, rules_directory).encode() + b"\0")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:20]


def subject_of(rule_id: str) -> str:
    """The subject of a rule, in lower case: `tls` of `VVB-TLS-003`."""
    return rule_id.split("-")[1].lower()


class RuleSource(Protocol):
    """Where a catalogue has its rules from."""

    def rules_of_view(self, view: str) -> list[Rule]:
        """The rules that have a target on a view, by id."""

    def all_rules(self) -> list[Rule]:
        """All rules, by id."""

    def text(self, rule_id: str) -> RuleText:
        """The long texts of a rule. Raises `RuleError` if there is no such rule."""


class RuleFiles:
    """Rule files that were read, without an index: for trying rules out."""

    def __init__(self, files: Iterable[RuleFile]) -> None:
        self._files = {file.rule.id: file for file in sorted(files, key=lambda file: file.rule.id)}

    def rules_of_view(self, view: str) -> list[Rule]:
        """See `RuleSource`."""
        return [rule for rule in self.all_rules() if any(target.view == view for target in rule.targets)]

    def all_rules(self) -> list[Rule]:
        """See `RuleSource`."""
        return [file.rule for file in self._files.values()]

    def text(self, rule_id: str) -> RuleText:
        """See `RuleSource`."""
        if rule_id not in self._files:
            raise RuleError(f"there is no rule {rule_id}")
        return self._files[rule_id].text


class Index:
    """Reads an index that was built before."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        header = self._read("index.json")
        if header["format"] != _FORMAT:
            raise RuleError(f"the rule index has format {header['format']}, not {_FORMAT}", hint="reinstall")
        self.views: frozenset[str] = frozenset(header["views"])
        self._texts: dict[str, dict[str, RuleText]] = {}

    def rules_of_view(self, view: str) -> list[Rule]:
        """The rules that have a target on a view, by id."""
        return [_rule(entry) for entry in self._read(f"view-{view}.json")] if view in self.views else []

    def all_rules(self) -> list[Rule]:
        """All rules, by id."""
        return [_rule(entry) for entry in self._read("rules.json")]

    def text(self, rule_id: str) -> RuleText:
        """The long texts of a rule. Raises `RuleError` if there is no such rule."""
        subject = subject_of(rule_id)
        if subject not in self._texts:
            entries = self._read(f"text-{subject}.json")
            self._texts[subject] = {key: _text(entry) for key, entry in entries.items()}
        try:
            return self._texts[subject][rule_id]
        except KeyError:
            raise RuleError(f"there is no rule {rule_id}") from None

    def _read(self, name: str) -> Any:
        with open(os.path.join(self._directory, name), encoding="utf-8") as stream:
            return json.load(stream)


def _rule(entry: list[Any]) -> Rule:
    """A rule out of its JSON form: named tuples are written as arrays."""
    rule = Rule._make(entry)
    return rule._replace(
        boxes=tuple(rule.boxes),
        params=tuple(Param._make(param) for param in entry[7]),
        targets=tuple(Target._make([*target[:5], tuple(target[5])]) for target in entry[8]),
        yields_to=tuple(rule.yields_to),
        rulesets=tuple(rule.rulesets),
    )


def _text(entry: list[Any]) -> RuleText:
    why, remediation, references, peers, since, tags = entry
    pairs = tuple((title, url) for title, url in references)
    return RuleText(why, remediation, pairs, tuple(peers), since, tuple(tags))


def _refuse_twins(files: list[RuleFile]) -> None:
    seen: dict[str, str] = {}
    for file in files:
        for key in (file.rule.id, file.rule.name):
            if key in seen:
                raise RuleError(f"`{key}` is taken by {seen[key]}", where=file.path)
            seen[key] = file.path


def _write(directory: str, name: str, content: object) -> None:
    """Write a file of the index so that it is there as a whole: others may build and read the same index."""
    path = os.path.join(directory, name)
    unfinished = f"{path}.{os.getpid()}-{id(content)}"
    with open(unfinished, "w", encoding="utf-8") as stream:
        json.dump(content, stream, ensure_ascii=False, separators=(",", ":"))
    os.replace(unfinished, path)
