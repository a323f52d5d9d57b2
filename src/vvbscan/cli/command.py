"""The commands and their options, and what stands around each: errors for people, a closed pipe, Ctrl-C."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn, TextIO

from vvbscan.cli.terminal import width_of
from vvbscan.model.errors import UsageError, VvbscanError
from vvbscan.model.result import FAIL_ON
from vvbscan.version import __version__

_ENDED_BY_PIPE: Final = 141
_INTERRUPTED: Final = 130

_SCAN_EXAMPLES: Final = """\
examples:
  vvbscan scan                                     scan the working directory
  vvbscan scan deploy Dockerfile                   scan some of it
  vvbscan scan --format sarif --output vvb.sarif   write SARIF for code scanning
  vvbscan scan --format text --format json --output - --output vvb.json
  vvbscan scan --select item:2.4 --select image    the rules of an item and of a subject
  vvbscan scan --list-files                        what is recognised, and how it is grouped

exit codes: 0 clean, 1 findings, 2 wrong usage or configuration, or input that could not be analysed
"""
_MAIN_EXAMPLES: Final = """\
examples:
  vvbscan scan                       check the working directory
  vvbscan explain VVB-IMAGE-002      why a rule is there, and what to do
  vvbscan rules --item 2.4           the rules of a checklist item
  vvbscan parse Dockerfile           values with their places, as JSON
"""


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal. argparse would load the compression libraries to ask for its width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=width_of(sys.stdout) - 2)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors read like all others."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"see `{self.prog} --help`")


def build_parser(command: str = "") -> argparse.ArgumentParser:
    """The parser of the whole command line, or as far as one command needs it: building all takes 5 ms.

    The documentation is made from the whole.
    """
    parser = _Parser(
        prog="vvbscan",
        description="Checks a service's repository against a production readiness checklist.",
        epilog=_MAIN_EXAMPLES,
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"vvbscan {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for name, add in _COMMANDS.items():
        if command in (name, ""):
            add(commands)
    return parser


def _add_scan(commands: argparse._SubParsersAction[_Parser]) -> None:
    scan = commands.add_parser(
        "scan",
        help="check files and directories",
        description="Check files and directories against the readiness checklist.",
        epilog=_SCAN_EXAMPLES,
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    add = scan.add_argument
    add("paths", metavar="PATH", nargs="*", default=["."], help="files and directories (default: .)")
    add("--root", metavar="DIR", help="what paths in reports are relative to (default: the repository)")
    add("--config", metavar="FILE", help="configuration file (default: the nearest one up to the root)")
    add("--no-config", action="store_true", help="use no configuration file")
    rules = scan.add_argument_group("rules")
    rules.add_argument(
        "--select", metavar="RULES", action="append", help="only these: id, name, subject or item:N.N"
    )
    rules.add_argument("--ignore", metavar="RULES", action="append", help="not these")
    rules.add_argument(
        "--ruleset", choices=("vvb", "general"), help="figures of the checklist, or sanity bounds"
    )
    rules.add_argument("--app-profile", metavar="NAME", help="profile in which applications are judged")
    rules.add_argument("--kubernetes-version", metavar="X.Y", help="oldest cluster version to be ready for")
    files = scan.add_argument_group("files")
    files.add_argument("--include", metavar="PATTERN", action="append", help="only what matches")
    files.add_argument("--exclude", metavar="PATTERN", action="append", help="not what matches")
    files.add_argument("--no-gitignore", action="store_true", help="look also at what git ignores")
    files.add_argument(
        "--list-files", action="store_true", help="list what is recognised and its units, and stop"
    )
    report = scan.add_argument_group("report")
    report.add_argument(
        "--format", action="append", choices=("text", "sarif", "json"), help="report to make; can be repeated"
    )
    report.add_argument(
        "--output",
        metavar="FILE",
        action="append",
        help="where the report goes, `-` for standard output; one a format",
    )
    report.add_argument("--category", metavar="NAME", default="vvbscan", help="SARIF: category of the upload")
    report.add_argument(
        "--include-suppressed", action="store_true", help="SARIF: write suppressed findings too"
    )
    report.add_argument("--verbose", "-v", action="store_true", help="list what is else counted")
    report.add_argument(
        "--quiet", "-q", action="store_true", help="no summary and no progress on standard error"
    )
    report.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colours in text"
    )
    outcome = scan.add_argument_group("outcome")
    outcome.add_argument("--fail-on", choices=FAIL_ON, help="least severity for exit code 1 (default: note)")
    outcome.add_argument(
        "--fail-on-unknown", action="store_true", help="exit code 1 for what cannot be decided"
    )
    outcome.add_argument(
        "--jobs", metavar="N", type=int, help="processes (default: by the size of the input)"
    )


def _add_rules(commands: argparse._SubParsersAction[_Parser]) -> None:
    from vvbscan.engine.recognise import FORMATS

    rules = commands.add_parser(
        "rules", help="list the rules", formatter_class=_Formatter, allow_abbrev=False
    )
    rules.add_argument("--subject", metavar="NAME", help="of this subject: image, tls, ...")
    rules.add_argument(
        "--file-format",
        metavar="NAME",
        choices=FORMATS,
        help="that judge files of this format: dockerfile, ...",
    )
    rules.add_argument("--view", metavar="NAME", help="that judge this view: container, stage, ...")
    rules.add_argument("--item", metavar="N.N", help="of this item or box of the checklist")
    rules.add_argument("--severity", choices=("error", "warning", "note"), help="of this severity")
    rules.add_argument("--format", choices=("text", "json"), default="text", help="text or JSON")


def _add_explain(commands: argparse._SubParsersAction[_Parser]) -> None:
    explain = commands.add_parser(
        "explain",
        help="say why a rule is there and what to do",
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    explain.add_argument("rule", metavar="RULE", help="id or name of a rule")


def _add_parse(commands: argparse._SubParsersAction[_Parser]) -> None:
    parse = commands.add_parser(
        "parse",
        help="print a file's values with their places as JSON",
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    parse.add_argument("file", metavar="FILE", help="file to parse")
    parse.add_argument(
        "--format", dest="format", metavar="FORMAT", help="its format, if its name does not tell"
    )


def _add_dev(commands: argparse._SubParsersAction[_Parser]) -> None:
    dev = commands.add_parser("dev", help="work on the rules", formatter_class=_Formatter, allow_abbrev=False)
    tasks = dev.add_subparsers(dest="task", metavar="TASK", required=True, parser_class=_Parser)
    new = tasks.add_parser("new-rule", help="write the skeleton of a rule", allow_abbrev=False)
    new.add_argument("subject", help="subject, such as image")
    new.add_argument("name", help="what is wrong, in words joined by `-`")
    test = tasks.add_parser("test", help="run the examples of rules", allow_abbrev=False)
    test.add_argument("rules", metavar="RULE", nargs="*", help="ids (default: all)")
    docs = tasks.add_parser(
        "docs", help="write the pages made from the rules and from --help", allow_abbrev=False
    )
    docs.add_argument("--check", action="store_true", help="only say whether they are up to date")
    tasks.add_parser(
        "kubernetes-pack",
        help="build the schemas of Kubernetes from the installed kubernetes-validate",
        allow_abbrev=False,
    )


_COMMANDS: Final = {
    "scan": _add_scan,
    "rules": _add_rules,
    "explain": _add_explain,
    "parse": _add_parse,
    "dev": _add_dev,
}


def run(words: Sequence[str]) -> int:
    """Run a command line; see `vvbscan.cli.main`."""
    sys.stderr = _printable(sys.stderr)
    try:
        sys.stdout = _printable(sys.stdout)
        code = _dispatch(words)
        sys.stdout.flush()
    except VvbscanError as error:
        sys.stderr.write(f"error: {_for_people(error)}\n")
        return 2
    except BrokenPipeError:
        _discard_output()
        return _ENDED_BY_PIPE
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return _INTERRUPTED
    except Exception as error:  # a person gets a sentence; a developer asks for the rest
        if isinstance(error, OSError) and error.filename is None:
            # Files of the tree and reports are dealt with where they are opened.
            _discard_output()
            sys.stderr.write(f"error: cannot write to standard output: {error.strerror}\n")
            return 2
        if os.environ.get("VVBSCAN_TRACEBACK"):
            raise
        from vvbscan.report.escape import visible

        sys.stderr.write(
            f"internal error: {type(error).__name__}: {visible(str(error))}\n"
            "  hint: this is a defect of vvbscan; please report it with what VVBSCAN_TRACEBACK=1 shows\n"
        )
        return 2
    return code


def _discard_output() -> None:
    """Forget what standard output does not take: Python would complain again while it flushes it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _for_people(error: VvbscanError) -> str:
    """The text of an error; hidden characters of what it quotes from a tree are written as escapes."""
    from vvbscan.report.escape import inert, visible  # only where there is an error

    shown = VvbscanError(visible(error.message), where=visible(error.where), hint=visible(error.hint))
    return inert(str(shown))


def _dispatch(words: Sequence[str]) -> int:
    parser = build_parser(words[0] if words and words[0] in _COMMANDS else "")
    try:
        arguments = parser.parse_args(words)
    except SystemExit as stop:  # argparse ends --help and --version so
        return stop.code if isinstance(stop.code, int) else 2
    if arguments.command == "scan":
        from vvbscan.cli.scan import scan_command

        return scan_command(arguments)
    if arguments.command == "rules":
        from vvbscan.cli.rules import rules_command

        return rules_command(arguments)
    if arguments.command == "explain":
        from vvbscan.cli.rules import explain_command

        return explain_command(arguments)
    if arguments.command == "parse":
        from vvbscan.cli.parse import parse_command

        return parse_command(arguments)
    if arguments.command == "dev":
        from vvbscan.cli.develop import dev_command

        return dev_command(arguments)
    parser.print_help()
    return 2


def _printable(stream: TextIO | None) -> TextIO:
    """A terminal that cannot show a character gets an escape, and a stream that is closed swallows all."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    return stream
