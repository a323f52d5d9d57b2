"""The pages that are made from rules and from `--help`, and the check that they are up to date."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from typing import Final, TextIO

from vvbscan.catalog.reader import RuleFile, read_rule_file, rule_paths
from vvbscan.dev.rule_page import checklist_page, index_page, rule_page
from vvbscan.model.resources import checkout_root, resource_path

_MADE: Final = "<!-- Made by `vvbscan dev docs`; edit the rules or the command line instead. -->\n\n"
_RULE_PAGES: Final = "docs/rules"


def pages(parser: argparse.ArgumentParser) -> dict[str, str]:
    """All pages by path relative to the checkout."""
    files = [read_rule_file(path) for path in rule_paths(resource_path("rules"))]
    made = {f"{_RULE_PAGES}/{file.rule.id}.md": rule_page(file, _source(file)) for file in files}
    made[f"{_RULE_PAGES}/README.md"] = index_page(files)
    made["docs/checklist.md"] = checklist_page(files)
    made["docs/cli.md"] = _command_page(parser)
    return {path: _MADE + text for path, text in made.items()}


def write_docs(parser: argparse.ArgumentParser, out: TextIO) -> None:
    """Write the pages, and remove those of rules that are gone."""
    made = pages(parser)
    for path, text in made.items():
        full = os.path.join(checkout_root(), path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    for path in _strangers(made):
        os.unlink(os.path.join(checkout_root(), path))
        out.write(f"removed {path}\n")
    out.write(f"wrote {len(made)} pages\n")


def check_docs(parser: argparse.ArgumentParser, out: TextIO) -> int:
    """Say which pages are not up to date: 0 if all are, else 1."""
    made = pages(parser)
    stale = [path for path, text in made.items() if _read(path) != text]
    stale += _strangers(made)
    out.writelines(f"{path} is not up to date; run `vvbscan dev docs`\n" for path in stale)
    if not stale:
        out.write(f"{len(made)} pages are up to date\n")
    return 1 if stale else 0


def _read(path: str) -> str:
    try:
        with open(os.path.join(checkout_root(), path), encoding="utf-8", newline="") as stream:
            return stream.read()
    except OSError:
        return ""


def _strangers(made: Iterable[str]) -> list[str]:
    folder = os.path.join(checkout_root(), _RULE_PAGES)
    there = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [f"{_RULE_PAGES}/{name}" for name in there if f"{_RULE_PAGES}/{name}" not in made]


def _source(file: RuleFile) -> str:
    return os.path.relpath(file.path, checkout_root()).replace(os.sep, "/")


def _command_page(parser: argparse.ArgumentParser) -> str:
    """The help of every command, at a fixed width."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    try:
        sections = [f"# Command line\n\n```text\n{parser.format_help().rstrip()}\n```\n"]
        for name, command in _commands(parser):
            sections.append(f"## vvbscan {name}\n\n```text\n{command.format_help().rstrip()}\n```\n")
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    return "\n".join(sections)


def _commands(parser: argparse.ArgumentParser, prefix: str = "") -> list[tuple[str, argparse.ArgumentParser]]:
    found = []
    for action in parser._actions:  # noqa: SLF001  # argparse has no public way to its subcommands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for name, command in action.choices.items():
                found.append((prefix + name, command))
                found += _commands(command, f"{prefix}{name} ")
    return found
