"""The configuration files of a module: what their names and places mean, and what is written in them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Document, Parsed, Source
from vvbscan.model.outcome import NOT_ANALYSED, FileRecord, Notice
from vvbscan.model.unit import FileTree, Unit, Unreadable
from vvbscan.parse.properties import parse_properties
from vvbscan.record import NamedTuple
from vvbscan.text import SourceText
from vvbscan.views.settings.flatten import Written, flatten_properties, flatten_yaml, mask_maven

FORMAT: Final = "application"

_NAME: Final = lazy_pattern(r"(application|bootstrap|microprofile-config)(?:-(.+))?\.(properties|ya?ml)")
_YAML: Final = (".yaml", ".yml")
_RESOURCES: Final = lazy_pattern(r"(?:^|/)src/[^/]+/resources(?:-filtered)?(?=/|$)")

APPLICATION: Final = "application"
BOOTSTRAP: Final = "bootstrap"
MICROPROFILE: Final = "microprofile-config"


class ConfigFile(NamedTuple):
    """A configuration file that was read."""

    path: str
    base: str
    """`application`, `bootstrap` or `microprofile-config`."""
    profile: str
    """`prod` of `application-prod.yaml`, else empty."""
    extension: str
    outside: bool
    """Whether it lies beside the application and not in the class path (`config/application.yaml`)."""
    in_config: bool
    """Whether it lies in a directory `config`."""
    parsed: Parsed

    @property
    def is_yaml(self) -> bool:
        """Whether it is YAML."""
        return self.extension != "properties"


class FileSet(NamedTuple):
    """The files of a unit."""

    files: tuple[ConfigFile, ...]
    lost: str
    """Why not all that is written in them is known, or empty."""
    notices: tuple[Notice, ...]
    records: tuple[FileRecord, ...]
    """Records of the files that could not be read."""


def read_files(unit: Unit, tree: FileTree, limits: Limits) -> FileSet:
    """Read and parse the files of a unit."""
    files: list[ConfigFile] = []
    notices: list[Notice] = []
    records: list[FileRecord] = []
    lost = ""
    for path in unit.files:
        try:
            parsed = parse_config(path, tree, limits)
        except Unreadable as error:
            reason = f"the file cannot be read: {error}"
            lost = lost or f"`{path}` cannot be read"
            notices.append(Notice("error", "unreadable", f"The file cannot be read: {error}.", path))
            records.append(
                FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged, NOT_ANALYSED, reason)
            )
            continue
        if any(problem.level == "error" for problem in parsed.problems):
            lost = lost or f"a part of `{path}` could not be parsed"
        files.append(config_file(path, parsed))
    return FileSet(tuple(files), lost, tuple(notices), tuple(records))


def parse_config(path: str, tree: FileTree, limits: Limits) -> Parsed:
    """A properties or YAML file of the tree; raises `Unreadable`."""
    source, problems = tree.read(path)
    if path.endswith(_YAML):
        from vvbscan.parse.yaml import parse_yaml  # most modules have properties only

        text = source.text.text
        masked = mask_maven(text)
        read = source if masked == text else Source(path, SourceText(masked, bom=source.text.bom))
        parsed = parse_yaml(read, limits, schema="1.1")._replace(source=source)
    else:
        parsed = parse_properties(source, limits)
    return parsed._replace(problems=(*problems, *parsed.problems))


def config_file(path: str, parsed: Parsed) -> ConfigFile:
    """What the name and the place of a configuration file mean."""
    folder, name = posixpath.split(path)
    match = _NAME.fullmatch(name)
    base, profile, extension = match.groups() if match else (APPLICATION, None, _extension(name))
    return ConfigFile(
        path=path,
        base=base,
        profile=profile or "",
        extension=extension,
        outside=_RESOURCES.search(folder) is None,
        in_config=posixpath.basename(folder) == "config",
        parsed=parsed,
    )


def _extension(name: str) -> str:
    return name.rpartition(".")[2] if name.endswith(_YAML) else "properties"


def settings_of(file: ConfigFile, document: Document, framework: str, limits: Limits) -> Iterable[Written]:
    """The settings that a document of a file writes, in written order."""
    if file.is_yaml:
        return flatten_yaml(document.root, file.parsed.source, framework, limits.nodes)
    return flatten_properties(document.root, framework)
