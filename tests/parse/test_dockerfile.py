"""Dockerfiles: what is an instruction, what are its parts, and which characters they are."""

from __future__ import annotations

import pytest

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Node, Source, plain
from vvbscan.parse.dockerfile import parse_dockerfile
from vvbscan.parse.dockerfile_syntax import DockerfileSyntax, Instruction
from vvbscan.parse.dockerfile_tree import to_parsed
from vvbscan.text import SourceText


def parse(text: str) -> DockerfileSyntax:
    return parse_dockerfile(Source("Dockerfile", SourceText(text)), DEFAULT_LIMITS)


def only(text: str) -> Instruction:
    """The instruction of a text that stands behind a FROM."""
    syntax = parse(text if text.startswith(("FROM", "#")) else f"FROM scratch\n{text}")
    return syntax.instructions[-1]


def values(nodes: tuple[Node, ...]) -> list[object]:
    return [node.value for node in nodes]


def spans(nodes: tuple[Node, ...]) -> list[str]:
    return [node.written for node in nodes]


def names(syntax: DockerfileSyntax) -> list[str]:
    return [instruction.name for instruction in syntax.instructions]


def problems(syntax: DockerfileSyntax) -> list[tuple[str, str]]:
    return [(problem.level, problem.code) for problem in syntax.problems]


def test_instructions_have_keyword_words_and_extent() -> None:
    text = "FROM  eclipse-temurin:21-jre AS run\n\n# why\ncopy a.jar b.jar /app/\n"
    syntax = parse(text)
    assert names(syntax) == ["FROM", "COPY"]
    first, second = syntax.instructions
    assert values(first.arguments) == ["eclipse-temurin:21-jre", "AS", "run"]
    assert spans(second.arguments) == ["a.jar", "b.jar", "/app/"]
    assert second.keyword.written == "copy"
    assert text[second.start : second.end] == "copy a.jar b.jar /app/"
    assert [text[comment.start : comment.end] for comment in syntax.comments] == ["# why"]
    assert syntax.problems == ()


def test_a_text_instruction_has_one_argument() -> None:
    for keyword in ("RUN", "CMD", "ENTRYPOINT", "USER", "WORKDIR", "STOPSIGNAL", "MAINTAINER"):
        instruction = only(f"{keyword}  a  b \n")
        assert values(instruction.arguments) == ["a  b"]
        assert instruction.text is not None
        assert instruction.text.written == "a  b"


# Parser directives


def test_directives_before_anything_else() -> None:
    text = "# syntax = docker/dockerfile:1 \n#escape=`\n# check=skip=all\n# escape=x\nFROM a\n"
    syntax = parse(text)
    assert [(d.name.value, d.value.value) for d in syntax.directives] == [
        ("syntax", "docker/dockerfile:1"),
        ("escape", "`"),
        ("check", "skip=all"),
    ]
    assert syntax.escape == "`"
    assert syntax.directives[0].value.written == "docker/dockerfile:1"
    assert problems(syntax) == [("error", "parser-directive")]


@pytest.mark.parametrize("head", ["\n", "# a comment\n", "# other=1\n", "FROM a\n", "#escape=\n"])
def test_directives_after_anything_else_are_comments(head: str) -> None:
    syntax = parse(f"{head}# escape=`\nFROM a\n")
    assert syntax.escape == "\\"
    assert syntax.directives == ()


def test_an_escape_sign_that_is_none_is_a_problem() -> None:
    syntax = parse("# escape=x\nFROM a\nRUN b \\\n c\n")
    assert problems(syntax) == [("error", "parser-directive")]
    assert names(syntax) == ["FROM", "RUN"]


def test_the_escape_directive_changes_continuations_and_words() -> None:
    syntax = parse("# escape=`\nFROM a\nRUN dir c:\\\nRUN x `\n  y\nENV A=b` c\n")
    assert names(syntax) == ["FROM", "RUN", "RUN", "ENV"]
    assert values(syntax.instructions[1].arguments) == ["dir c:\\"]
    assert values(syntax.instructions[2].arguments) == ["x   y"]
    assert syntax.instructions[3].pairs[0].value is not None
    assert syntax.instructions[3].pairs[0].value.value == "b` c"


# Continuations


def test_continuations_skip_comments_and_blank_lines() -> None:
    text = "FROM a\nRUN b \\\n  # why\n\n  && c\nUSER d\n"
    syntax = parse(text)
    assert names(syntax) == ["FROM", "RUN", "USER"]
    run = syntax.instructions[1]
    assert values(run.arguments) == ["b   && c"]
    assert text[run.start : run.end] == "RUN b \\\n  # why\n\n  && c"
    assert [text[comment.start : comment.end] for comment in syntax.comments] == ["# why"]
    assert problems(syntax) == [("note", "empty-continuation")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN a \\ \t\n b\n", "a  b"),
        ("RUN a \\\r\n b\r\n", "a  b"),
        ("RUN a\\\\\nRUN b\n", "b"),
        ("RUN a \\", "a"),
        ("RUN a \\\n", "a"),
        ("RUN a \\\n\\\n b", "a  b"),
        ("RUN\\\n a", "a"),
        ("\\\nRUN a", "a"),
    ],
)
def test_where_a_line_goes_on(text: str, expected: str) -> None:
    syntax = parse(f"FROM x\n{text}")
    assert values(syntax.instructions[-1].arguments) == [expected]
    assert syntax.instructions[-1].name == "RUN"


def test_a_keyword_that_runs_into_the_next_line_is_another_word() -> None:
    syntax = parse("FROM a\nRUN\\\necho\n")
    assert problems(syntax) == [("error", "unknown-instruction")]
    assert syntax.instructions[1].name == "RUNECHO"


def test_words_over_continuations_keep_exact_spans() -> None:
    text = "FROM a\nCOPY one \\\n  two th\\\nree /\n"
    copy = only(text)
    assert values(copy.arguments) == ["one", "two", "three", "/"]
    assert spans(copy.arguments) == ["one", "two", "th\\\nree", "/"]


# Words


def test_json_arguments_are_decoded() -> None:
    text = 'CMD [ "a b", "\\u0041\\n\\"\\\\", "\\ud83d\\ude00", "\\ud800" ]\n'
    instruction = only(text)
    assert instruction.json
    assert values(instruction.arguments) == ["a b", 'A\n"\\', "\U0001f600", "\ufffd"]
    assert spans(instruction.arguments)[0] == '"a b"'


@pytest.mark.parametrize("text", ["['a']", '["a",]', '["a"', "[ -f x ]", '["a"] b', '["a\tb"]', '["\\x"]'])
def test_what_is_no_json_is_text(text: str) -> None:
    instruction = only(f"CMD {text}\n")
    assert not instruction.json
    assert values(instruction.arguments) == [text]


@pytest.mark.parametrize("text", ["[1]", '["a", true]', "[[]]", "[null]"])
def test_json_of_other_things_than_strings_is_a_problem(text: str) -> None:
    assert problems(parse(f"FROM a\nCMD {text}\n")) == [("error", "dockerfile-syntax")]


def test_an_empty_array_resets() -> None:
    instruction = only("ENTRYPOINT []\n")
    assert instruction.json
    assert instruction.arguments == ()


def test_flags() -> None:
    text = "RUN --mount=type=cache,target='/a b' --network=none --security echo --not-a-flag\n"
    run = only(text)
    assert [(f.name.value, f.value.value if f.value else None) for f in run.flags] == [
        ("mount", "type=cache,target=/a b"),
        ("network", "none"),
        ("security", None),
    ]
    mount = run.flag("mount")
    assert mount is not None
    assert mount.written == "type=cache,target='/a b'"
    assert values(run.arguments) == ["echo --not-a-flag"]


def test_a_double_dash_ends_the_flags() -> None:
    run = only("RUN --network=none -- --mount=x\n")
    assert [flag.name.value for flag in run.flags] == ["network"]
    assert values(run.arguments) == ["--mount=x"]


def test_the_last_of_several_flags_counts() -> None:
    copy = only("COPY --from=a --from=b x y\n")
    found = copy.flag("from")
    assert found is not None
    assert found.value == "b"
    assert copy.flag("chown") is None


def test_pairs_of_env_and_label() -> None:
    env = only("ENV A=1 B=\"x y\" C=a\\ b D='$A' E=\n")
    assert [(p.name.value, p.value.value if p.value else None) for p in env.pairs] == [
        ("A", "1"),
        ("B", '"x y"'),
        ("C", "a\\ b"),
        ("D", "'$A'"),
        ("E", ""),
    ]
    label = only("LABEL a.b = c=d\n")
    assert [(p.name.value, p.value.value if p.value else None) for p in label.pairs] == [("a.b", "= c=d")]


def test_pairs_of_arg() -> None:
    arg = only("ARG A B=1 C=\n")
    assert [(p.name.value, p.value.value if p.value else None) for p in arg.pairs] == [
        ("A", None),
        ("B", "1"),
        ("C", ""),
    ]


def test_healthcheck() -> None:
    check = only('HEALTHCHECK --interval=5m CMD ["curl", "x"]\n')
    assert values(check.arguments) == ["CMD", "curl", "x"]
    assert check.json
    assert values(only("HEALTHCHECK CMD curl  x\n").arguments) == ["CMD", "curl  x"]


def test_onbuild_has_a_trigger_of_its_own() -> None:
    text = "ONBUILD COPY --from=a x y\n"
    onbuild = only(text)
    trigger = onbuild.trigger
    assert onbuild.name == "ONBUILD"
    assert trigger is not None
    assert trigger.name == "COPY"
    assert spans(trigger.arguments) == ["x", "y"]
    assert trigger.flag("from") is not None


# Here-documents


def test_heredocs() -> None:
    text = 'FROM a\nCOPY <<one <<-"two" /x\n1 $A\none\n\t2\n\ttwo\nUSER b\n'
    syntax = parse(text)
    assert names(syntax) == ["FROM", "COPY", "USER"]
    copy = syntax.instructions[1]
    assert [(h.name, h.body.value, h.expand, h.chomp) for h in copy.heredocs] == [
        ("one", "1 $A\n", True, False),
        ("two", "\t2\n", False, True),
    ]
    assert [h.body.written for h in copy.heredocs] == ["1 $A\n", "\t2\n"]
    assert text[copy.start : copy.end].endswith("\ttwo")


def test_heredoc_lines_are_no_instructions_and_their_comments_are_kept() -> None:
    text = "FROM a\nRUN <<EOF\n#!/bin/sh\n  # why \\\n\nFROM b\nEOF\n"
    syntax = parse(text)
    assert names(syntax) == ["FROM", "RUN"]
    assert [text[comment.start : comment.end] for comment in syntax.comments] == ["# why \\"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("RUN cat <<EOF > /x", ["EOF"]),
        ("RUN cat << EOF", ["EOF"]),
        ("RUN cat 3<<A <<'B C'", ["A", "B C"]),
        ("ONBUILD RUN <<EOF", ["EOF"]),
        ("RUN cat <<\\EOF", ["EOF"]),
        ("RUN cat <<< EOF", []),
        ("RUN echo '<<EOF'", []),
        ("RUN echo it's <<EOF", []),
        ("RUN echo ${x^^} <<EOF", []),
        ("RUN echo ${x:0:3} <<EOF", ["EOF"]),
        ('RUN ["cat", "<<EOF"]', []),
        ("CMD cat <<EOF", []),
        ('RUN cat <<""', []),
    ],
)
def test_what_announces_a_heredoc(line: str, expected: list[str]) -> None:
    syntax = parse(f"FROM a\n{line}\n" + "".join(f"{name}\n" for name in expected))
    instruction = syntax.instructions[1]
    owner = instruction.trigger or instruction
    assert [heredoc.name for heredoc in owner.heredocs] == expected
    assert problems(syntax) == []


def test_an_open_heredoc_is_a_problem() -> None:
    syntax = parse("FROM a\nRUN <<A <<B\nUSER c\n")
    assert problems(syntax) == [("error", "unterminated-heredoc")]
    assert [heredoc.body.value for heredoc in syntax.instructions[1].heredocs] == ["USER c\n"]


# Problems


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_a_file_without_instructions_is_noted(text: str) -> None:
    assert problems(parse(text)) == [("note", "no-instructions")]


def test_a_file_without_stage() -> None:
    assert problems(parse("ARG A\n")) == [("error", "no-stage")]
    syntax = parse("RUN a\nFROM b\nUSER c\n")
    assert problems(syntax) == [("error", "no-stage")]
    assert names(syntax) == ["RUN", "FROM", "USER"]


def test_an_unknown_instruction_is_located_and_the_rest_is_read() -> None:
    syntax = parse("FROM a\nRUNN b\nUSER c\n")
    assert problems(syntax) == [("error", "unknown-instruction")]
    problem = syntax.problems[0]
    assert (problem.start, problem.end) == (7, 11)
    assert names(syntax) == ["FROM", "RUNN", "USER"]


def test_an_instruction_of_another_frontend_is_a_warning() -> None:
    assert problems(parse("# syntax=example/plus\nFROM a\nINCLUDE+ b\n")) == [
        ("warning", "unknown-instruction")
    ]
    assert problems(parse("# syntax=docker/dockerfile:1\nFROM a\nINCLUDE+ b\n")) == [
        ("error", "unknown-instruction")
    ]


@pytest.mark.parametrize(
    "line",
    [
        "USER",
        "ENV",
        "ENV A",
        "ENV A=1 B",
        "ENV =1",
        "ARG",
        "ARG =1",
        "COPY a",
        "COPY a <<EOF\nEOF",
        "ADD",
        "EXPOSE",
        "SHELL sh",
        "SHELL []",
        "HEALTHCHECK",
        "HEALTHCHECK CMD",
        "HEALTHCHECK NONE x",
        "HEALTHCHECK curl x",
        "ONBUILD",
        "ONBUILD ONBUILD RUN a",
        "ONBUILD FROM a",
        "ONBUILD USER",
        "FROM",
        "FROM a b",
        "FROM a AS 1",
        "\\",
    ],
)
def test_what_buildkit_refuses_is_one_located_problem(line: str) -> None:
    text = f"FROM a\n{line}\nUSER c\n" if line != "\\" else "FROM a\n\\"
    syntax = parse(text)
    assert [level for level, _ in problems(syntax)] == ["error"]
    assert syntax.problems[0].start == 7 or text[7 : syntax.problems[0].start].count("\n") == 0
    if line != "\\":
        assert syntax.instructions[-1].name == "USER"


@pytest.mark.parametrize("line", ["RUN", "CMD", "ENTRYPOINT", "VOLUME [ ", "FROM a as b", "FROM a AS B"])
def test_what_buildkit_takes_is_no_problem(line: str) -> None:
    assert parse(f"FROM a\n{line}\n").problems == ()


def test_many_problems_of_one_kind_are_cut() -> None:
    syntax = parse("FROM a\n" + "x\n" * 500 + "USER\n")
    assert len(syntax.problems) == 101
    assert len(syntax.instructions) == 502


# Limits and hostile input


def test_the_limit_of_nodes_is_a_located_problem() -> None:
    source = Source("Dockerfile", SourceText("FROM a\n" + "ENV" + " a=b" * 1000 + "\nUSER c\n"))
    syntax = parse_dockerfile(source, DEFAULT_LIMITS._replace(nodes=100))
    assert problems(syntax) == [("error", "too-many-nodes")]
    assert len(syntax.instructions[1].pairs) < 100


@pytest.mark.parametrize(
    "text",
    [
        "RUN a" + " \\\n b" * 100_000,
        "RUN <<" + "${a:-" * 100_000,
        'RUN <<"' + '${a:-"' * 100_000,
        "ONBUILD " * 100_000,
        "CMD " + "[" * 100_000 + "]" * 100_000,
        "ENV A=" + "\"'`\\" * 100_000,
        "# " + " " * 1_000_000 + "x",
        "RUN <<" + "$" * 100_000,
    ],
)
def test_hostile_texts_are_read_in_one_pass(text: str) -> None:
    assert len(parse(f"FROM a\n{text}\n").instructions) <= 2


# The tree that is shown


def test_the_tree_shows_every_part() -> None:
    text = "# escape=`\nFROM --platform=$P a\nENV A=1\nONBUILD USER b\nRUN <<E\nx\nE\n"
    parsed = to_parsed(parse(text))
    assert plain(parsed.documents[0].root) == {
        "directives": {"escape": "`"},
        "instructions": [
            {"keyword": "FROM", "flags": [{"name": "platform", "value": "$P"}], "arguments": ["a"]},
            {"keyword": "ENV", "pairs": [{"name": "A", "value": "1"}]},
            {"keyword": "ONBUILD", "trigger": {"keyword": "USER", "arguments": ["b"]}},
            {"keyword": "RUN", "arguments": ["<<E"], "heredocs": {"E": "x\n"}},
        ],
    }
