"""Dockerfiles: what holds for any text."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import example, given, settings
from hypothesis import strategies as st

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Node, Source, plain
from vvbscan.parse.dockerfile import parse_dockerfile
from vvbscan.parse.dockerfile_syntax import DockerfileSyntax, Instruction
from vvbscan.parse.dockerfile_tree import to_parsed
from vvbscan.text import SourceText, decode

KEYWORDS = ("FROM ", "RUN ", "COPY ", "ENV ", "ARG ", "ONBUILD ", "CMD ", "HEALTHCHECK ", "LABEL ")
LINE_ENDS = ("\n", "\\\n", "`\n", "\r\n", "# escape=`\n", "# syntax=x\n")
SIGNS = (*" \t\\`\"'$}#=[],\u2028\x85\x1c\0", "${", ":-", "<<", "<<-", "--", "--from=")
WORDS = ("EOF", "a", "b", "é", "😀")
PIECES = st.sampled_from((*KEYWORDS, *LINE_ENDS, *SIGNS, *WORDS))
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60)
LINES = st.lists(
    st.sampled_from(
        [
            "FROM a",
            "RUN b \\",
            "  c",
            "# note",
            "",
            "COPY x y",
            "ENV A=1 B='2 3'",
            "RUN <<E",
            "E",
            'CMD ["a"]',
        ]
    ),
    max_size=12,
)


def parse(text: str) -> DockerfileSyntax:
    return parse_dockerfile(Source("Dockerfile", SourceText(text)), DEFAULT_LIMITS)


def nodes(instruction: Instruction) -> Iterator[Node]:
    yield instruction.keyword
    yield from instruction.arguments
    if instruction.text:
        yield instruction.text
    for flag in instruction.flags:
        yield from (part for part in flag if part)
    for pair in instruction.pairs:
        yield from (part for part in pair if part)
    for heredoc in instruction.heredocs:
        yield heredoc.body
    if instruction.trigger:
        yield from nodes(instruction.trigger)


@settings(max_examples=300)
@given(TEXTS)
@example("FROM a\nRUN <<FROM \n")
def test_any_text_gives_spans_inside_it(text: str) -> None:
    syntax = parse(text)
    for instruction in syntax.instructions:
        assert 0 <= instruction.start <= instruction.end <= len(text)
        for node in nodes(instruction):
            assert instruction.start <= node.start <= node.end <= instruction.end
    for problem in syntax.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
    for comment in syntax.comments:
        assert text[comment.start] == "#"
        assert "\n" not in text[comment.start : comment.end]
    to_parsed(syntax)


@given(TEXTS)
def test_instructions_and_comments_follow_each_other(text: str) -> None:
    syntax = parse(text)
    end = 0
    for instruction in syntax.instructions:
        assert instruction.start >= end
        assert text[end : instruction.start].strip() == "" or "#" in text[end : instruction.start]
        end = instruction.end
    starts = [comment.start for comment in syntax.comments]
    assert starts == sorted(set(starts))


@given(TEXTS)
def test_plain_parts_are_what_is_written_without_continuations(text: str) -> None:
    for instruction in parse(text).instructions:
        line = instruction.line
        for node in nodes(instruction):
            if node is instruction.keyword or node.style != "plain" or "\n" in node.written:
                continue
            assert str(node.value).lower() == node.written.lower()
        assert "".join(line.text) == line.text
        places = [line.place(position) for position in range(len(line.text))]
        assert [text[place] for place in places] == list(line.text)


def shape(syntax: DockerfileSyntax) -> object:
    return plain(to_parsed(syntax).documents[0].root)


@given(LINES)
def test_line_ends_make_no_difference_but_in_heredocs(lines: list[str]) -> None:
    unix = parse("\n".join(lines))
    windows = parse("\r\n".join(lines))
    assert str(shape(unix)) == str(shape(windows)).replace("\\r\\n", "\\n")
    assert [p.code for p in unix.problems] == [p.code for p in windows.problems]


@given(LINES)
def test_a_byte_order_mark_makes_no_difference(lines: list[str]) -> None:
    data = "\n".join(lines).encode()
    with_mark = parse_dockerfile(Source("f", decode(b"\xef\xbb\xbf" + data)), DEFAULT_LIMITS)
    without = parse_dockerfile(Source("f", decode(data)), DEFAULT_LIMITS)
    assert shape(with_mark) == shape(without)


@given(
    st.sampled_from(
        [
            "RUN a \\\n b",
            "COPY --from=x a b",
            'CMD ["a", "b"]',
            "ENV A=1 B=2",
            "USER c",
            "RUN <<E\nx\nE",
            "ARG A",
        ]
    )
)
def test_onbuild_wraps_an_instruction_unchanged(text: str) -> None:
    alone = to_parsed(parse(f"FROM a\n{text}\n"))
    wrapped = to_parsed(parse(f"FROM a\nONBUILD {text}\n"))
    instruction = alone.documents[0].root.at("instructions")
    onbuild = wrapped.documents[0].root.at("instructions")
    assert instruction is not None
    assert onbuild is not None
    trigger = onbuild.items()[1].at("trigger")
    assert trigger is not None
    assert plain(trigger) == plain(instruction.items()[1])
