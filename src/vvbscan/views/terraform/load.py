"""Reading the files of modules: which belong to one, and what they declare together."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from vvbscan.model.limits import Limits
from vvbscan.model.node import Node, Problem, Source
from vvbscan.model.unit import FileTree, Unreadable
from vvbscan.parse.hcl_tree import Attribute, Block, Body, HclFile
from vvbscan.record import NamedTuple
from vvbscan.views.of_tree import OfTree
from vvbscan.views.terraform.own_blocks import settings_in
from vvbscan.views.terraform.references import Path, Uses
from vvbscan.views.terraform.scope import DecodedFiles
from vvbscan.views.terraform.top_level import misplaced

if TYPE_CHECKING:
    from vvbscan.views.terraform.value_types import ValueType

DATA: Final = "data"
MANAGED: Final = "managed"
EPHEMERAL: Final = "ephemeral"

_KEPT: Final = 4_000_000
"""Characters of files that are kept parsed. Their trees take some twenty times as many bytes."""

_Key = TypeVar("_Key")


class Written(NamedTuple):
    """An attribute and the file that it stands in."""

    attribute: Attribute
    source: Source


class Declaration(NamedTuple):
    """A block of a module with what override files put over it."""

    block: Block
    source: Source
    overrides: tuple[tuple[Block, Source], ...] = ()
    """Blocks of override files, the last one strongest."""

    @property
    def anchor(self) -> Node:
        """The header of the block as a node; its value is the last label, else the type."""
        return header_of(self.block, self.source)

    @property
    def key(self) -> str:
        """What no other block of the tree has."""
        return f"{self.source.path}:{self.block.start}"

    def attribute(self, name: str) -> Written | None:
        """The attribute that holds."""
        for block, source in reversed(self.overrides):
            found = block.body.attributes.get(name)
            if found is not None:
                return Written(found, source)
        found = self.block.body.attributes.get(name)
        return None if found is None else Written(found, self.source)

    def bodies(self) -> tuple[tuple[Body, Source], ...]:
        """The bodies that make it up, the strongest last."""
        return ((self.block.body, self.source), *((block.body, source) for block, source in self.overrides))

    def blocks(self, kind: str) -> Iterator[tuple[Block, Source]]:
        """Its nested blocks of a type."""
        for body, source in self.bodies():
            for block in body.blocks:
                if block.type.text == kind:
                    yield block, source


class ModuleFiles:
    """The files of one directory, and what they declare by name."""

    __slots__ = (
        "_uses",
        "_uses_in_outputs",
        "calls",
        "directory",
        "files",
        "is_complete",
        "locals",
        "outputs",
        "paths",
        "problems",
        "resources",
        "settings",
        "variables",
    )

    def __init__(self, directory: str) -> None:
        self.directory = directory
        """Relative to the root of the tree, empty for the root itself."""
        self.paths: tuple[str, ...] = ()
        """Of its files, also of those that OpenTofu reads another one in place of."""
        self.files: list[HclFile] = []
        """Those that it is made of and that could be read, override files last."""
        self.is_complete = True
        """Whether nothing is lost: every file could be read, and parsed as a whole."""
        self.problems: list[tuple[Source, Problem]] = []
        """What is declared twice, or is no declaration that Terraform knows."""
        self.variables: dict[str, Declaration] = {}
        self.locals: dict[str, Written] = {}
        self.outputs: dict[str, Declaration] = {}
        self.resources: dict[tuple[str, str, str], Declaration] = {}
        """By mode, type and name, in written order."""
        self.calls: dict[str, Declaration] = {}
        self.settings: list[Declaration] = []
        """Blocks `terraform` and `provider`."""
        self._uses: Uses | None = None
        self._uses_in_outputs: Uses | None = None

    def uses(self, root: str, path: Path, *, with_outputs: bool) -> int:
        """How many expressions refer to a value below `var`, `local` or `module`."""
        if self._uses is None:
            self._uses = Uses(self.files, of_outputs=False)
        number = self._uses.number(root, path)
        if with_outputs:
            if self._uses_in_outputs is None:
                self._uses_in_outputs = Uses(self.files, of_outputs=True)
            number += self._uses_in_outputs.number(root, path)
        return number


class Library(OfTree):
    """The modules and files of a tree, each read once as long as they are not too many to be kept."""

    def __init__(self, tree: FileTree, limits: Limits) -> None:
        super().__init__(tree, limits)
        self._modules: dict[str, ModuleFiles | None] = {}
        self._files: dict[str, HclFile | str] = {}
        self._sources: dict[str, Source | None] = {}
        self._entries: dict[str, Mapping[str, bool] | None] = {}
        self.types: dict[tuple[Source, int], ValueType] = {}
        """Types of variables, by the source and start of their names, that are the same in every instance."""
        self.decoded: DecodedFiles = {}
        """What expressions decoded of files that `source` gave."""
        self._kept = 0
        self._is_generated: bool | None = None

    @property
    def is_generated(self) -> bool:
        """Whether modules may declare more than their files say, as Terragrunt generates some."""
        if self._is_generated is None:
            from vvbscan.views.terraform.terragrunt import has_terragrunt  # only where something is missing

            self._is_generated = has_terragrunt(self.tree)
        return self._is_generated

    def module(self, directory: str) -> ModuleFiles | None:
        """The module in a directory, None if there is none: no file of Terraform is in it."""
        if directory not in self._modules:
            resolved = self.tree.resolve(directory)
            if resolved != directory:
                return self.module(resolved)
            module = self._read_module(directory)
            self._modules[directory] = module
        return self._modules[directory]

    def file(self, path: str) -> HclFile | str:
        """A file of a module or of values, parsed by its name; the reason if it cannot be read."""
        known = self._files.get(path)
        if known is None:
            known = self._parse(path)
            self._make_room(0 if isinstance(known, str) else len(known.source.text.text))
            self._files[path] = known
        return known

    def source(self, path: str) -> Source | None:
        """The text of a file that expressions read, None if it cannot be read."""
        if path not in self._sources:
            try:
                source, _ = self.tree.read(path)
            except Unreadable:
                self._sources[path] = None
            else:
                self._make_room(len(source.text.text))
                self._sources[path] = source
        return self._sources[path]

    def entries(self, directory: str) -> Mapping[str, bool] | None:
        """The names in a directory, and which are directories; None if there is no such directory."""
        if directory not in self._entries:
            tree = self.tree
            found: dict[str, bool] | None = None
            if tree.is_directory(directory):
                paths = {name: posixpath.join(directory, name) for name in tree.names(directory)}
                kinds = {name: tree.is_directory(path) for name, path in paths.items()}
                found = {name: kind for name, kind in kinds.items() if kind or tree.is_file(paths[name])}
            self._entries[directory] = found
        return self._entries[directory]

    def _make_room(self, size: int) -> None:
        """Forget all that was read if it is too much together with what comes."""
        self._kept += size
        if self._kept > _KEPT:
            self._modules.clear()
            self._files.clear()
            self._sources.clear()
            self.types.clear()
            self.decoded.clear()
            self._kept = size

    def _parse(self, path: str) -> HclFile | str:
        try:
            source, problems = self.tree.read(path)
        except Unreadable as error:
            return str(error)
        if path.endswith(".json"):
            from vvbscan.parse.hcl_json import parse_hcl_json  # few modules have one

            parsed = parse_hcl_json(source, self.limits)
        else:
            from vvbscan.parse.hcl import parse_hcl

            parsed = parse_hcl(source, self.limits)
        return parsed._replace(problems=(*problems, *parsed.problems)) if problems else parsed

    def _read_module(self, directory: str) -> ModuleFiles | None:
        files = module_paths(directory, self.tree.names(directory))
        if not files.own:
            return None
        module = ModuleFiles(directory)
        for path in (*files.own, *files.shadowed):
            if not self.tree.is_file(path):
                module.is_complete = False  # a link that leads nowhere, which discovery tells
                continue
            # Of a link the name counts, and the place is where it leads.
            resolved = self.tree.resolve(path)
            module.paths = (*module.paths, resolved)
            if path in files.shadowed:
                continue
            parsed = self.file(resolved)
            if isinstance(parsed, str):
                module.is_complete = False
            else:
                _declare(module, parsed, override=is_override(path))
        return module


class ModulePaths(NamedTuple):
    """The files of a module."""

    own: tuple[str, ...]
    """In the order in which they are read: override files last."""
    shadowed: tuple[str, ...]
    """Those that OpenTofu reads a file `.tofu` in place of."""


def module_paths(directory: str, names: tuple[str, ...]) -> ModulePaths:
    """Which of the entries of a directory are the files of its module.

    Hidden files and copies that editors leave are none, as for Terraform
    (https://github.com/hashicorp/terraform/blob/main/internal/configs/parser_config_dir.go).
    """
    own = [name for name in names if is_module_file(name)]
    tofu = {name for name in own if ".tofu" in name}
    shadowed = [name for name in own if name not in tofu and name.replace(".tf", ".tofu") in tofu]
    kept = [name for name in own if name not in shadowed]
    kept.sort(key=lambda name: (is_override(name), name))
    return ModulePaths(
        tuple(posixpath.join(directory, name) for name in kept),
        tuple(posixpath.join(directory, name) for name in shadowed),
    )


def is_module_file(name: str) -> bool:
    """Whether a file of this name, without its directory, is a part of a module."""
    return name.endswith((".tf", ".tf.json", ".tofu", ".tofu.json")) and not name.startswith((".", "#"))


def is_values_file(name: str) -> bool:
    """Whether a file of this name gives values of variables."""
    return name.endswith((".tfvars", ".tfvars.json")) and not name.startswith("#")


def is_override(path: str) -> bool:
    """Whether a file is laid over the others of its module."""
    stem = posixpath.basename(path).partition(".")[0]
    return stem == "override" or stem.endswith("_override")


def header_of(block: Block, source: Source) -> Node:
    """The header of a block as a node; its value is the last label, else the type."""
    last = block.labels[-1] if block.labels else block.type
    return Node(last.text, source, block.start, max(last.end, block.start))


def _declare(module: ModuleFiles, file: HclFile, *, override: bool) -> None:
    source = file.source
    module.files.append(file)
    module.problems += [(source, problem) for problem in misplaced(file, override=override)]
    if any(problem.level == "error" for problem in file.problems):
        module.is_complete = False
    for block in file.body.blocks:
        kind = block.type.text
        labels = [label.text for label in block.labels]
        if kind == "locals":
            for name, attribute in block.body.attributes.items():
                if name in module.locals and not override:
                    _told_twice(
                        module, f"local value `{name}`", source, attribute.name.start, attribute.name.end
                    )
                    continue
                if override and name not in module.locals:
                    _told_alone(
                        module, f"local value `{name}`", source, attribute.name.start, attribute.name.end
                    )
                module.locals[name] = Written(attribute, source)
        elif kind in ("terraform", "provider"):
            if not override:
                _tell_of_second_setting(module, block, source)
            module.settings.append(Declaration(block, source))
        elif kind in ("resource", DATA, EPHEMERAL) and len(labels) == 2:
            mode = MANAGED if kind == "resource" else kind
            _add(module, module.resources, (mode, labels[0], labels[1]), block, source, override)
        elif kind == "variable" and len(labels) == 1:
            _add(module, module.variables, labels[0], block, source, override)
        elif kind == "output" and len(labels) == 1:
            _add(module, module.outputs, labels[0], block, source, override)
        elif kind == "module" and len(labels) == 1:
            _add(module, module.calls, labels[0], block, source, override)


def _tell_of_second_setting(module: ModuleFiles, block: Block, source: Source) -> None:
    earlier = {what for setting in module.settings for what, _ in settings_in(setting.block)}
    for what, at in settings_in(block):
        if what in earlier:
            anchor = header_of(at, source)
            _told_twice(module, what, source, anchor.start, anchor.end)
        earlier.add(what)


def _add(
    module: ModuleFiles,
    known: dict[_Key, Declaration],
    key: _Key,
    block: Block,
    source: Source,
    override: bool,
) -> None:
    declared = known.get(key)
    if declared is not None and override:
        known[key] = declared._replace(overrides=(*declared.overrides, (block, source)))
        return
    if declared is None:
        known[key] = Declaration(block, source)
        if not override:
            return
    what = " ".join([block.type.text, *(f'"{label.text}"' for label in block.labels)])
    anchor = header_of(block, source)
    tell = _told_alone if override else _told_twice
    tell(module, f"`{what}`", source, anchor.start, anchor.end)


def _told_twice(module: ModuleFiles, what: str, source: Source, start: int, end: int) -> None:
    message = f"{what} is declared a second time in this module"
    problem = Problem("warning", "terraform-declared-twice", message, start, end, "remove one of them")
    module.problems.append((source, problem))


def _told_alone(module: ModuleFiles, what: str, source: Source, start: int, end: int) -> None:
    """Tell of what an override file declares that no other does, unless it may have been lost."""
    if module.is_complete:
        message = f"{what} is only in an override file, which is laid over what other files declare"
        hint = "declare it in a file that is none"
        module.problems.append((source, Problem("warning", "terraform-override", message, start, end, hint)))
