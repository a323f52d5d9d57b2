"""Dockerfiles against two other parsers: BuildKit's own (package `dockerfile`) and dockerfile-parse.

Known differences to the package `dockerfile` 3.4, which wraps an older BuildKit than the one followed here
(v0.24); in each the newer BuildKit agrees with this parser:

* `<< EOF`, with white space, announces a here-document.
* Flags are split with the sign of the escape directive, not always with a backslash.
* What stands behind a JSON array makes it text: `CMD ["a"] b`.

Two more are on purpose. BuildKit's lexer takes white space in `${A:-b <<C}` for the end of a word, and sees a
here-document in the substitution; here the substitution is one word. And BuildKit reads flags byte by byte,
which garbles every character beyond ASCII in them; here they stay what they are.

Known differences to dockerfile-parse 2.0.1, in each of which BuildKit agrees with this parser: it knows no
here-documents, ends an instruction at an empty continuation line, drops an instruction that ends in an
escape sign at the end of the file, keeps a byte order mark in the first keyword, gives `RUN\\` for a
continuation right behind the keyword, and does not split flags, JSON and ONBUILD.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from importlib import import_module
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Source
from vvbscan.parse.dockerfile import parse_dockerfile
from vvbscan.parse.dockerfile_arguments import KEYWORDS
from vvbscan.parse.dockerfile_syntax import DockerfileSyntax, Instruction
from vvbscan.text import SourceText

PIECES = st.sampled_from(
    (
        *(f"{keyword.upper()} " for keyword in KEYWORDS),
        *("\n", "\\\n", "\r\n", "\\ \t\n", "\\\r\n", "# note\n", "  # note\n"),
        *tuple(" \t\\`\"'$}#=[],"),
        *("${", ":-", "<<", "<<-", "--", "--from=", ":", "%", "/", "EOF", "a", "b"),
    )
)


def parse(text: str) -> DockerfileSyntax:
    return parse_dockerfile(Source("Dockerfile", SourceText(text)), DEFAULT_LIMITS)


def lines(text: str, instruction: Instruction) -> tuple[int, int]:
    """First and last line of an instruction; lines end at line feeds only, as in both oracles."""
    starts = [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]
    return bisect_right(starts, instruction.start), bisect_right(starts, instruction.end)


def values(instruction: Instruction) -> tuple[object, ...]:
    if instruction.name in ("ENV", "LABEL"):
        return tuple(part.value for pair in instruction.pairs for part in pair if part)
    return tuple(node.value for node in instruction.arguments)


def flags(instruction: Instruction) -> tuple[str, ...]:
    return tuple(
        f"--{flag.name.value}={flag.value.value}" if flag.value else f"--{flag.name.value}"
        for flag in instruction.flags
    )


def announces_with_space(text: str) -> bool:
    """Whether the newest BuildKit alone sees a here-document: `<< EOF`."""
    joined = text.replace("\\ \t\n", "").replace("\\\r\n", "").replace("\\\n", "").replace("\r", " ")
    return any(f"<<{dash}{blank}" in joined for dash in ("", "-", "<", "<-") for blank in " \t\n")


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=25), st.booleans())
def test_agrees_with_buildkit(pieces: list[str], backtick: bool) -> None:
    oracle: Any = pytest.importorskip("dockerfile", reason="its wheel does not exist for every platform")
    text = ("# escape=`\n" if backtick else "") + "FROM x\n" + "".join(pieces)
    assume(not announces_with_space(text))
    assume(not (backtick and "--" in text))
    assume(not ("${" in text and "<<" in text))
    syntax = parse(text)
    refused = any(problem.level == "error" for problem in syntax.problems)
    try:
        expected = oracle.parse_string(text)
    except oracle.GoParseError:
        assert refused
        return
    assert [(i.name, *lines(text, i)) for i in syntax.instructions] == [
        ((command.cmd or "").upper(), command.start_line, command.end_line) for command in expected
    ]
    if refused:
        return
    for instruction, command in zip(syntax.instructions, expected, strict=True):
        assert flags(instruction) == command.flags
        if instruction.trigger is None and not (command.json and not instruction.json):
            assert instruction.json == command.json
            assert values(instruction) == command.value


PLAIN_LINES = st.lists(
    st.sampled_from(
        [
            "FROM a:1 AS b",
            "  from c",
            "RUN d && \\\n    e",
            "RUN d \\\n# note\n  e \\\n  f",
            "# note",
            "",
            "COPY --from=b x /y",
            "ENV A=1 B='2 3'",
            "ENV A some text",
            'CMD ["a", "b"]',
            "ONBUILD RUN g",
            "LABEL a=b \\ \n  c=d",
            "EXPOSE 80/tcp",
            "USER\th",
        ]
    ),
    max_size=12,
)


@given(PLAIN_LINES, st.sampled_from(["\n", "\r\n"]))
def test_agrees_with_dockerfile_parse(parts: list[str], line_end: str) -> None:
    module: Any = import_module("dockerfile_parse")
    text = line_end.join(part.replace("\n", line_end) for part in parts) + line_end
    parser = module.DockerfileParser(fileobj=io.BytesIO(text.encode()))
    expected = [entry for entry in parser.structure if entry["instruction"] != "COMMENT"]
    syntax = parse(text)
    assert [(i.name, *lines(text, i)) for i in syntax.instructions] == [
        (entry["instruction"], entry["startline"] + 1, entry["endline"] + 1) for entry in expected
    ]
    comments = [entry for entry in parser.structure if entry["instruction"] == "COMMENT"]
    assert len(comments) == len(syntax.comments)


@pytest.mark.parametrize(
    ("text", "mine"),
    [
        ("FROM a\nRUN <<EOF\nUSER b\nEOF\n", ["FROM", "RUN"]),
        ("FROM a\nRUN b \\\n\n c\n", ["FROM", "RUN"]),
        ("FROM a\nRUN b \\", ["FROM", "RUN"]),
        ("FROM a\nRUN\\\n b\n", ["FROM", "RUN"]),
    ],
)
def test_known_differences_to_dockerfile_parse(text: str, mine: list[str]) -> None:
    module: Any = import_module("dockerfile_parse")
    parser = module.DockerfileParser(fileobj=io.BytesIO(text.encode()))
    theirs = [entry["instruction"] for entry in parser.structure if entry["instruction"] != "COMMENT"]
    assert [instruction.name for instruction in parse(text).instructions] == mine
    assert theirs != mine
