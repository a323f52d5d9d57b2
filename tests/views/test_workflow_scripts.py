"""The commands of scripts in workflows, and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Source
from vvbscan.parse.yaml import parse_yaml
from vvbscan.text import SourceText
from vvbscan.views.ci.scripts import commands_of_script
from vvbscan.views.commands import Command


def read(text: str) -> tuple[Command, ...]:
    parsed = parse_yaml(Source("a", SourceText(text)), DEFAULT_LIMITS, "1.2")
    script = parsed.documents[0].root.get("run")
    assert script is not None
    return commands_of_script(script)


_WORDS = st.sampled_from(["make", "./x", "-o", "'a b'", '"$HOME"', "${{ a.b }}", "x=${{ c }}", "é", "🙂"])
_LINES = st.lists(st.lists(_WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=5)


@given(_LINES, st.integers(1, 3), st.sampled_from(["|", "|-", "|+"]), st.sampled_from(["\n", "\r\n"]))
def test_commands_of_a_block_stand_where_they_are_written(
    lines: list[str], indent: int, style: str, end: str
) -> None:
    lines = [f"run{number} {line}" for number, line in enumerate(lines)]
    found = read(f"run: {style}{end}" + "".join(f"{' ' * indent}{line}{end}" for line in lines) + "on: x\n")
    assert [one.program.written for one in found] == [line.split(" ")[0] for line in lines]
    assert [one.text.written for one in found] == lines
    assert [one.text.value for one in found] == lines


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("run: make all\n", ["make"]),
        ('run: "make all && echo done"\n', ["make", "echo"]),
        ("run: >-\n  make\n  all\n  && echo done\n", ["make", "echo"]),
        ('run: "make\\tall"\n', ["make"]),
        ("run: |\n  make all", ["make"]),
        ("run: |2\n    make all\n", ["make"]),
    ],
)
def test_other_styles(text: str, written: list[str]) -> None:
    found = read(text)
    assert [one.program.written for one in found] == written
    assert [node.value for node in found[0].arguments] == ["all"]


def test_expressions_are_unknown_and_shown_as_they_are_written() -> None:
    (command,) = read("run: deploy --to ${{ inputs.stage }} a-${{ b }}\n")
    assert command.run == (("deploy", "--to", None, None),)
    assert "${{ inputs.stage }}" in str(command.arguments[1].value)
    assert command.arguments[2].written == "a-${{ b }}"
    assert command.text.value == "deploy --to ${{ inputs.stage }} a-${{ b }}"


def test_what_joins_commands() -> None:
    assert [one.before for one in read("run: a && b || c | d\n")] == ["", "&&", "||", "|"]


@given(st.text(st.characters(max_codepoint=0xD7FF), max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    import json

    for command in read(f"run: {json.dumps(text)}\n"):
        assert 0 <= command.program.start <= command.program.end
