"""Configuration: `.vvbscan.yaml` or `[tool.vvbscan]` of pyproject.toml into a `Config`.

Every error names the file and the line and column of the offending key.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.model.environment import EnvironmentPolicy
from vvbscan.model.errors import ConfigError
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import MapValue, Node, SeqValue, Source
from vvbscan.model.outcome import SEVERITIES
from vvbscan.model.result import DEFAULT_FAIL_ON, FAIL_ON
from vvbscan.model.rule import ParamValue, Settings
from vvbscan.model.selection import RULESETS, Selection, SuppressionPolicy
from vvbscan.record import NamedTuple
from vvbscan.text import Undecodable, decode

FILE_NAMES: Final = (".vvbscan.yaml", ".vvbscan.yml", "pyproject.toml")
"""Looked for in this order in each directory."""

VERSION: Final = r"[0-9]+\.[0-9]+"
"""A version of Kubernetes."""

Key = tuple[str, ...]


class Config(NamedTuple):
    """How a scan is to be done. Every field has the default of an empty configuration file."""

    include: tuple[str, ...] = ()
    """Patterns of .gitignore's kind; with any, only what matches one is looked at."""
    exclude: tuple[str, ...] = ()
    """Patterns of .gitignore's kind; what matches one is not looked at."""
    gitignore: bool = True
    """Whether what git ignores is passed over."""
    selection: Selection = Selection()
    environments: EnvironmentPolicy = EnvironmentPolicy()
    suppressions: SuppressionPolicy = SuppressionPolicy()
    kubernetes_version: str = "1.28"
    app_profile: str = ""
    fail_on: str = DEFAULT_FAIL_ON
    fail_on_unknown: bool = False
    jobs: int = 0
    """Processes; 0 decides by the size of the input."""
    places: Mapping[Key, str] = {}
    """Where each key and each text of a list stands, `file:line:column`, for errors that are found later."""

    def place(self, key: Key) -> str:
        """Where a setting, or a text of its list, was written; empty if it is not from a file."""
        return self.places.get(key, "")


def find_config(start: str, root: str) -> str | None:
    """The configuration file that holds for a directory: the nearest one between it and the root.

    A pyproject.toml without `[tool.vvbscan]` does not count. Raises `ConfigError` for a link out of the root:
    the tree is not trusted, and errors would tell what the file behind the link holds.
    """
    directory, top = os.path.realpath(start), os.path.realpath(root)
    while True:
        for name in FILE_NAMES:
            path = os.path.join(directory, name)
            if not os.path.isfile(path):
                continue
            away = _is_below(path, top) and not _is_below(os.path.realpath(path), top)
            if name == "pyproject.toml":
                if not away and _has_table(path):
                    return path
            elif away:
                hint = "name the file it leads to with --config"
                raise ConfigError("is a link out of the scanned root", where=os.path.relpath(path), hint=hint)
            else:
                return path
        parent = os.path.dirname(directory)
        if directory in (top, parent):
            return None
        directory = parent


def load_config(path: str, shown: str = "") -> Config:
    """Read a configuration file. `shown` is its name in errors. Raises `ConfigError`."""
    shown = shown or path
    try:
        with open(path, "rb") as stream:
            data = stream.read(DEFAULT_LIMITS.file_bytes + 1)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=shown) from None
    if len(data) > DEFAULT_LIMITS.file_bytes:
        raise ConfigError(f"is over the limit of {DEFAULT_LIMITS.file_bytes:,} bytes", where=shown)
    return parse_config(data, shown)


def parse_config(data: bytes, shown: str) -> Config:
    """Read the content of a configuration file; a name that ends in `.toml` is read as pyproject.toml."""
    try:
        source = Source(shown, decode(data))
    except Undecodable as error:
        where = _place(Source(shown, error.readable), error.offset)
        raise ConfigError(error.reason, where=where, hint="save it as UTF-8") from None
    root = _read_toml(source) if shown.endswith(".toml") else _read_yaml(source)
    return _read(root) if root is not None and root.value is not None else Config()


def _has_table(path: str) -> bool:
    """Whether a pyproject.toml configures vvbscan; one that is broken and speaks of it does."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(DEFAULT_LIMITS.file_bytes)
    except OSError:
        return False
    if b"vvbscan" not in data:
        return False
    from vvbscan.parse.toml import parse_toml  # few files speak of vvbscan

    try:
        parsed = parse_toml(Source(path, decode(data)), DEFAULT_LIMITS)
    except Undecodable:
        return b"tool.vvbscan" in data
    if parsed.documents[0].root.at("tool", "vvbscan") is not None:
        return True
    return bool(parsed.problems) and b"tool.vvbscan" in data


def _is_below(path: str, directory: str) -> bool:
    return path.startswith(directory.rstrip(os.sep) + os.sep)


def _read_yaml(source: Source) -> Node | None:
    from vvbscan.parse.yaml import parse_yaml

    parsed = parse_yaml(source, DEFAULT_LIMITS, "1.2")
    for problem in parsed.problems:
        if problem.level == "error" or problem.code == "duplicate-key":
            raise ConfigError(problem.message, where=_place(source, problem.start), hint=problem.hint)
    if len(parsed.documents) > 1:
        where = _place(source, parsed.documents[1].start)
        raise ConfigError("the configuration is one document", where=where, hint="remove the others")
    return parsed.documents[0].root if parsed.documents else None


def _read_toml(source: Source) -> Node | None:
    from vvbscan.parse.toml import parse_toml

    parsed = parse_toml(source, DEFAULT_LIMITS)
    for problem in parsed.problems:
        raise ConfigError(problem.message, where=_place(source, problem.start), hint=problem.hint)
    table = parsed.documents[0].root.at("tool", "vvbscan")
    if table is None:
        raise ConfigError("has no table `[tool.vvbscan]`", where=source.path)
    return table


def _place(source: Source, offset: int) -> str:
    line, column = source.text.position(offset)
    return f"{source.path}:{line}:{column}"


_KEYS: Final = (
    "include",
    "exclude",
    "gitignore",
    "select",
    "ignore",
    "ruleset",
    "rules",
    "environments",
    "suppressions",
    "kubernetes-version",
    "app-profile",
    "fail-on",
    "fail-on-unknown",
    "jobs",
)


class _Section:
    """A mapping of the configuration whose keys are known, read value by value."""

    def __init__(self, node: Node, key: Key, known: tuple[str, ...], places: dict[Key, str]) -> None:
        if not isinstance(node.value, MapValue):
            what = f"`{'.'.join(key)}`" if key else "the configuration"
            raise ConfigError(f"{what} is a mapping", where=_place_of(node))
        self._key = key
        self._places = places
        self._nodes: dict[str, Node] = {}
        for name, key_node, value in node.members():
            if known and name not in known:
                hint = _nearest(name, known)
                raise ConfigError(f"`{name}` is not a setting", where=_place_of(key_node), hint=hint)
            places[(*key, name)] = _place_of(key_node)
            if value.value is not None:
                self._nodes[name] = value

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of strings; a lone string counts as a list of one."""
        node = self._nodes.get(name)
        if node is None:
            return ()
        items = (node,) if isinstance(node.value, str) else node.items()
        texts = [item.text() for item in items]
        if not isinstance(node.value, (str, SeqValue)) or None in texts:
            raise self._wrong(name, node, "a list of texts")
        known = tuple(text for text in texts if text is not None)
        for text, item in zip(known, items, strict=True):
            self._places.setdefault((*self._key, name, text), _place_of(item))
        return known

    def boolean(self, name: str, *, default: bool) -> bool:
        node = self._nodes.get(name)
        if node is None:
            return default
        if not isinstance(node.value, bool):
            raise self._wrong(name, node, "true or false")
        return node.value

    def count(self, name: str, default: int) -> int:
        node = self._nodes.get(name)
        if node is None:
            return default
        if not isinstance(node.value, int) or isinstance(node.value, bool) or node.value < 0:
            raise self._wrong(name, node, "a whole number, 0 or above")
        return node.value

    def string(self, name: str, default: str) -> str:
        node = self._nodes.get(name)
        if node is None:
            return default
        if not isinstance(node.value, str):
            raise self._wrong(name, node, "a text")
        return node.value

    def choice(self, name: str, default: str, options: tuple[str, ...]) -> str:
        value = self.string(name, default)
        if value not in options:
            raise self._wrong(name, self._nodes[name], f"one of {', '.join(filter(None, options))}")
        return value

    def version(self, name: str, default: str) -> str:
        """A `major.minor` version; a bare number is refused, since 1.30 would be read as 1.3."""
        value = self.string(name, default) if name not in self._nodes else self._nodes[name].value
        if not isinstance(value, str) or re.fullmatch(VERSION, value) is None:
            raise self._wrong(name, self._nodes[name], 'a version in quotes, such as "1.30"')
        return value

    def sections(self, name: str) -> Iterator[tuple[str, Node]]:
        """The members of a mapping."""
        node = self._nodes.get(name)
        if node is None:
            return
        if not isinstance(node.value, MapValue):
            raise self._wrong(name, node, "a mapping")
        yield from node.value.entries.items()

    def section(self, name: str, known: tuple[str, ...], places: dict[Key, str]) -> _Section | None:
        node = self._nodes.get(name)
        return None if node is None else _Section(node, (*self._key, name), known, places)

    def parameters(self, name: str) -> dict[str, ParamValue]:
        """Parameters of a rule; whether they are of its types is for the catalogue to say."""
        values: dict[str, ParamValue] = {}
        for param, node in self.sections(name):
            key = f"{name}.{param}"
            value = node.value
            if value is None:
                continue
            if isinstance(value, SeqValue):
                texts = [item.text() for item in value.items]
                numbers = [item.value for item in value.items if isinstance(item.value, int)]
                if None not in texts:
                    values[param] = [text for text in texts if text is not None]
                elif len(numbers) == len(value.items):
                    values[param] = numbers
                else:
                    raise self._wrong(key, node, "a list of texts or of whole numbers")
            elif isinstance(value, (str, int, float)):
                values[param] = value
            else:
                raise self._wrong(key, node, "a text, a number, true, false or a list")
        return values

    def _wrong(self, name: str, node: Node, wanted: str) -> ConfigError:
        key = ".".join((*self._key, name))
        # Values of TOML have the place of their key.
        written = str(node.value) if node.source.path.endswith(".toml") else node.written
        instead = "" if isinstance(node.value, (MapValue, SeqValue)) else f", not `{written[:60]}`"
        return ConfigError(f"`{key}` is {wanted}{instead}", where=_place_of(node))


def _read(root: Node) -> Config:
    places: dict[Key, str] = {}
    top = _Section(root, (), _KEYS, places)
    environments = top.section("environments", ("production", "ignored"), places)
    suppressions = top.section("suppressions", ("inline", "require-reason", "max-days"), places)
    return Config(
        include=top.strings("include"),
        exclude=top.strings("exclude"),
        gitignore=top.boolean("gitignore", default=True),
        selection=Selection(
            ruleset=top.choice("ruleset", "vvb", RULESETS),
            select=top.strings("select"),
            ignore=top.strings("ignore"),
            settings=_rule_settings(top, places),
        ),
        environments=EnvironmentPolicy()
        if environments is None
        else EnvironmentPolicy(environments.strings("production"), environments.strings("ignored")),
        suppressions=SuppressionPolicy()
        if suppressions is None
        else SuppressionPolicy(
            suppressions.boolean("inline", default=True),
            suppressions.boolean("require-reason", default=True),
            suppressions.count("max-days", 0),
        ),
        kubernetes_version=top.version("kubernetes-version", "1.28"),
        app_profile=top.string("app-profile", ""),
        fail_on=top.choice("fail-on", DEFAULT_FAIL_ON, FAIL_ON),
        fail_on_unknown=top.boolean("fail-on-unknown", default=False),
        jobs=top.count("jobs", 0),
        places=places,
    )


def _rule_settings(top: _Section, places: dict[Key, str]) -> dict[str, Settings]:
    settings = {}
    for rule_id, node in top.sections("rules"):
        section = _Section(node, ("rules", rule_id), ("severity", "params"), places)
        params = section.section("params", (), places)
        places[("rules", rule_id)] = places.get(("rules", rule_id), "") or _place_of(node)
        settings[rule_id] = Settings(
            severity=section.choice("severity", "", ("", *SEVERITIES)),
            params={} if params is None else section.parameters("params"),
        )
    return settings


def _place_of(node: Node) -> str:
    return _place(node.source, node.start)


def _nearest(name: str, known: tuple[str, ...]) -> str:
    import difflib  # only for an error text

    close = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean `{close[0]}`?" if close else f"the settings are {', '.join(known)}"
