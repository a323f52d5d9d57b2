"""The view `run_command`: what RUN carries out."""

from __future__ import annotations

import pytest

from views.dockerfile_support import shown, subjects
from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.views.dockerfile.run_commands import RunCommand


def commands(lines: str) -> list[Subject]:
    return list(subjects(f"FROM x/y:1\n{lines}\n", "run_command").values())


def calls(lines: str) -> list[list[object]]:
    return [
        [shown(subject.root.get("program")), *(shown(node) for node in _arguments(subject))]
        for subject in commands(lines)
    ]


def _arguments(subject: Subject) -> tuple[Node, ...]:
    record = subject.record
    assert isinstance(record, RunCommand)
    return record.arguments


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("RUN a b && c", [["a", "b"], ["c"]]),
        ("RUN a \\\n  # note\n  b && \\\n  c", [["a", "b"], ["c"]]),
        ("RUN /usr/bin/a b", [["a", "b"]]),
        ("RUN sudo -E -u app a b", [["a", "b"]]),
        ("RUN env A=1 -i nice -n 5 a", [["a"]]),
        ("RUN A=1 a $B:c", [["a", ("?expression", None, ":c")]]),
        ("RUN sudo", [["sudo"]]),
        ("RUN sh -c 'a | b'", [["sh", "-c", "a | b"], ["a"], ["b"]]),
        ('RUN bash -euxc "a; b"', [["bash", "-euxc", "a; b"], ["a"], ["b"]]),
        ("RUN bash script -c x", [["bash", "script", "-c", "x"]]),
        ('RUN ["a", "b c"]', [["a", "b c"]]),
        ('RUN ["/bin/sh", "-c", "a && b"]', [["sh", "-c", "a && b"], ["a"], ["b"]]),
        ("RUN []", []),
        ("RUN <<E\na\nb c\nE", [["a"], ["b", "c"]]),
        ("RUN <<-E\n\ta\n\tE", [["a"]]),
        ("RUN <<E\n#!/bin/bash -e\na\nE", [["a"]]),
        ("RUN <<E\n#!/usr/bin/env python3\nimport a\nE", []),
        ("RUN cat <<E > /f && b\nc\nE", [["cat"], ["b"]]),
        ("RUN bash -e <<E\na\nE", [["bash", "-e"], ["a"]]),
        ("RUN python3 <<E\na\nE", [["python3"]]),
        ("CMD a && b", []),
        ('SHELL ["powershell", "-Command"]\nRUN a; b', []),
        ('SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN a | b', [["a"], ["b"]]),
        ("ONBUILD RUN a", [["a"]]),
        ("RUN a && powershell -Command $b = 1; c | d", [["a"], ["powershell"]]),
    ],
)
def test_commands(lines: str, expected: list[list[object]]) -> None:
    assert calls(lines) == expected


def test_fields() -> None:
    text = "FROM x/y:1 AS z\nUSER app\nRUN --mount=type=secret,id=s curl -f u | tee f | sudo bash -\n"
    found = subjects(text, "run_command")
    assert list(found) == [f"stage[z]:RUN[0]:command[{number}]" for number in range(3)]
    curl = found["stage[z]:RUN[0]:command[0]"]
    assert {name: shown(node) for name, _, node in curl.root.members()} == {
        "program": "curl",
        "arguments": ["-f", "u"],
        "text": "curl -f u",
        "piped_to": ["tee", "bash"],
        "form": "shell",
        "user": "app",
        "root": False,
        "onbuild": False,
        "mounts": [{"type": "secret", "id": "s"}],
        "stage": "z",
        "last": True,
        "final": True,
        "used": True,
    }
    assert curl.anchor.written == "curl"


def test_the_record_knows_the_other_commands_of_its_run() -> None:
    second = commands("RUN a $b && c 'd e'")[1].record
    assert isinstance(second, RunCommand)
    assert (second.position, second.run) == (1, (("a", None), ("c", "d e")))


def test_spans_over_continuation_lines_and_in_heredocs() -> None:
    first = commands("RUN a \\\n  'b c'")[0].record
    assert isinstance(first, RunCommand)
    assert [node.written for node in (first.program, *first.arguments)] == ["a", "'b c'"]
    assert first.text.written == "a \\\n  'b c'"
    second = commands("RUN <<-E\n\ta && \\\n\t  /bin/b\n\tE")[1].record
    assert isinstance(second, RunCommand)
    assert (second.program.value, second.program.written) == ("b", "b")
