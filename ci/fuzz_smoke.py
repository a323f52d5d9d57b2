"""Mutates the fixtures and scans them, to find what no person would write.

Every scan must end with a result: no exception, no internal error, every place inside its text. The seed
makes the mutations; the time bounds how many of them are tried.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from vvbscan import ScanResult, scan_files
from vvbscan.engine.discover import Found
from vvbscan.engine.plan import plan
from vvbscan.engine.recognise import FORMATS, TERRAFORM, TERRAFORM_PLAN, may_be_recognised, recognise
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.node import plain
from vvbscan.model.unit import Options

ROOT: Final = Path(__file__).resolve().parent.parent
SEEDS: Final = ("fixtures", "tests/data/terraform")
"""Where the texts are that are mutated; a directory in one is a tree."""
FRAGMENTS: Final = (
    *("${", "}", "$", "{{", "}}", "<<EOF\n", "\\\n", "\n---\n", "<<: *", "&a ", "*a", "!reset ", "!!int "),
    *(
        ": ",
        "- ",
        "[",
        "{",
        '"',
        "'",
        "#",
        "\t",
        "\0",
        "\ufeff",
        "\u2028",
        "\r",
        "é",
        "😀",
        "=",
        ":",
        "@",
        "%dev.",
    ),
    *(
        "%{ if x }",
        "%{ endif }",
        "%{ for x in y }",
        "...",
        "? 1 :",
        "=>",
        " == ",
        "var.",
        "local.",
        "[*]",
        ".*",
    ),
    *(
        "each.value",
        "count = 9999\n",
        "for_each = ",
        'dynamic "x" {\n',
        "<<-EOT\n",
        "try(",
        "range(1e9)",
        "null",
    ),
    *("ARG ", "FROM ", "ONBUILD ", "--mount=", "null", "~", "0x", "1e999", "..", "/", "|\n", ">-\n"),
)
LARGEST: Final = 20_000
TOGETHER: Final = 0.1
"""Share of the scans in which the damaged file is among the others of its fixture."""


def main() -> int:
    """Run for a time; gives 1 and leaves the input behind if a scan went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--format", choices=FORMATS, help="mutate files of this format only")
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "fuzz", help="where failures are left")
    options = parser.parse_args()
    texts = [text for seeds in SEEDS for text in corpus(ROOT / seeds)]
    if len({form for _, form, _ in texts}) < 2:
        sys.stderr.write("the fixtures have too few formats to mutate\n")
        return 1
    mutated = [text for text in texts if options.format in (None, text[1])]
    chance = random.Random(options.seed)  # noqa: S311  # it need not be unguessable
    end = time.monotonic() + options.seconds
    count = 0
    while time.monotonic() < end:
        path, form, text = chance.choice(mutated)
        count += 1
        mutant = mutate(text, chance, [other for _, kind, other in texts if kind == form])
        fixture = path.partition("/")[0]
        files = {path: mutant}
        if chance.random() < TOGETHER:
            files = {name: whole for name, _, whole in texts if name.startswith(f"{fixture}/")} | files
        problem = problem_of(files)
        if problem:
            options.keep.mkdir(parents=True, exist_ok=True)
            kept = options.keep / f"{count}-{os.path.basename(path)}"
            kept.write_bytes(mutant.encode("utf-8", "surrogatepass"))
            sys.stderr.write(f"scan {count} of {path}: {problem}\n  input: {kept}\n")
            return 1
    sys.stdout.write(f"{count} mutated files scanned, seed {options.seed}\n")
    return 0


def corpus(directory: Path) -> list[tuple[str, str, str]]:
    """Path, format and text of each recognised file below a directory, in a stable order."""
    found = []
    for file in sorted(directory.rglob("*")):
        path = file.relative_to(directory).as_posix()
        if file.is_file() and may_be_recognised(path):
            form = recognise(path, file.read_bytes)
            if form in FORMATS:
                found.append((path, form, file.read_text("utf-8")))
    return found


def mutate(text: str, chance: random.Random, others: list[str]) -> str:
    """The text with some random damage."""
    for _ in range(chance.randint(1, 6)):
        begin = chance.randint(0, len(text))
        stop = min(len(text), begin + chance.choice((0, 1, 3, 20, 200)))
        text = text[:begin] + chance.choice(DAMAGES)(text[begin:stop], chance, others) + text[stop:]
    return text[:LARGEST]


def _drop(_piece: str, _chance: random.Random, _others: list[str]) -> str:
    return ""


def _repeat(piece: str, chance: random.Random, _others: list[str]) -> str:
    return piece * chance.choice((2, 3, 50))


def _insert(piece: str, chance: random.Random, _others: list[str]) -> str:
    return piece + chance.choice(FRAGMENTS) * chance.choice((1, 1, 2, 300))


def _swap(piece: str, chance: random.Random, others: list[str]) -> str:
    other = chance.choice(others)
    begin = chance.randint(0, len(other))
    return other[begin : begin + len(piece) + chance.choice((0, 10, 100))]


def _shuffle(piece: str, chance: random.Random, _others: list[str]) -> str:
    characters = list(piece)
    chance.shuffle(characters)
    return "".join(characters)


def _shift(piece: str, chance: random.Random, _others: list[str]) -> str:
    return piece.replace("\n", chance.choice(("\n  ", "\n", "\r\n", "\n\t", "\n" * 3)))


DAMAGES: Final[tuple[Callable[[str, random.Random, list[str]], str], ...]] = (
    _drop, _repeat, _insert, _insert, _swap, _shuffle, _shift,
)  # fmt: skip


def problem_of(files: dict[str, str]) -> str:
    """What is wrong with the scan of some texts, empty if nothing is."""
    try:
        result = scan_files(files, today="2026-01-01")
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
        return f"{type(error).__name__}: {error}"
    for notice in result.notices:
        if notice.code == "internal-error" or notice.rule_id:
            return notice.message
    return next(misplaced(result, files), "") or evaluation_problem(files)


def evaluation_problem(files: dict[str, str]) -> str:
    """What is wrong with the values of resources, also those that no rule looks at."""
    found = []
    for path, text in files.items():
        data = text.encode("utf-8", "surrogatepass")
        name = recognise(path, lambda data=data: data)  # type: ignore[misc]  # bound now, not later
        if name in (TERRAFORM, TERRAFORM_PLAN):
            found.append(Found(path, name, len(data)))
    if not found:
        return ""
    from vvbscan.engine.analyse import unit_kind
    from vvbscan.views.terraform.kind import model_of

    tree, options = MemoryTree(dict(files)), Options()
    try:
        for unit in plan(found, tree, options):
            loaded = unit_kind(unit.kind).load(unit, tree, options)
            for configuration in model_of(loaded).configurations:
                for resource in configuration.resources:
                    plain(resource.root)
                for call in configuration.calls:
                    plain(call.root)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
        return f"{type(error).__name__}: {error}"
    return ""


def misplaced(result: ScanResult, files: dict[str, str]) -> Iterator[str]:
    """Findings whose place is not in their text."""
    for finding in result.findings:
        place = finding.location
        length = len(files[place.path])
        if not 0 <= place.start <= place.end <= length:
            yield f"{finding.rule_id} points at {place.start} to {place.end} of {length} in {place.path}"


if __name__ == "__main__":
    sys.exit(main())
