"""Simple commands of shell texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.parse.shell import SimpleCommand, simple_commands


def commands(text: str) -> list[SimpleCommand]:
    return simple_commands(text, 0, len(text))


def words(text: str) -> list[list[str | None]]:
    return [[word.text for word in command.words] for command in commands(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b && c || d; e & f", [["a", "b"], ["c"], ["d"], ["e"], ["f"]]),
        ("a | b |& c", [["a"], ["b"], ["c"]]),
        ("a\nb\r\nc", [["a"], ["b"], ["c"]]),
        ("a \\\n b", [["a", "b"]]),
        ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
        ("a 'b'\"c\"d", [["a", "bcd"]]),
        ('a "b\\"c\\d"', [["a", 'b"c\\d']]),
        ("a # b; c\nd", [["a"], ["d"]]),
        ("a b#c", [["a", "b#c"]]),
        ("A=1 B='2 3' a b", [["a", "b"]]),
        ("A=1", []),
        ("a > b 2>&1 < c >> d", [["a"]]),
        ("(a; b) | c", [["a"], ["b"], ["c"]]),
        ("{ a; b; }", [["a"], ["b"]]),
        ("if a; then b; elif c; then d; else e; fi; f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("while ! a; do b; done < c | d", [["a"], ["b"], ["d"]]),
        ("for x in a b; do c; done", [["c"]]),
        ("case $x in a|b) c;; (d) e ;; *) f; esac; g", [["c"], ["e"], ["f"], ["g"]]),
        ("f() { a; }; function g { b; }; f", [["a"], ["b"], ["f"]]),
        ("[[ a && b || (c) ]] && d", [["[[", "a", "b", "c", "]]"], ["d"]]),
        ("(( a && b )) && c", [["c"]]),
        ("x=(a b) c", [["c"]]),
        ("a <<E && b\nc\nE\nd", [["a"], ["b"], ["d"]]),
        ("a <<-'E'\n\tb\n\tE\nc", [["a"], ["c"]]),
        ("a <<E\nb", [["a"]]),
        ("", []),
        ("&& ;; | )", []),
    ],
)
def test_commands(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a:$B", ["a:", None]),
        ("${A:-x y}z", [None, "z"]),
        ('"$(a "b")c"', [None, "c"]),
        ("`a b`", [None]),
        ("$((1 + 2))", [None]),
        ("'$A'", ["$A"]),
        ('"\\$A"', ["$", "A"]),
        ("$", ["$"]),
        ("$'a b'", ["a b"]),
        ('"${a:-it\'s}"b', [None, "b"]),
    ],
)
def test_what_the_shell_works_out_is_unknown(text: str, pieces: list[str | None]) -> None:
    word = commands(f"x {text}")[0].words[1]
    assert [piece.text for piece in word.pieces] == pieces
    assert word.text == (None if None in pieces else "".join(piece or "" for piece in pieces))


def test_command_substitutions_are_looked_into() -> None:
    text = 'a "$(b | c `d`)" <(e)'
    found = {command.words[0].text: command.nested for command in commands(text)}
    assert found == {"a": False, "b": True, "c": True, "d": True, "e": True}


def test_operators_and_pipes() -> None:
    text = "a | b && c |\n d"
    found = commands(text)
    assert [command.before for command in found] == ["", "|", "&&", "|"]
    assert [command.piped_into for command in found] == [found[1].start, -1, found[3].start, -1]


def test_extents() -> None:
    text = "x; A=1 'b' c >d e; f"
    command = commands(text)[1]
    assert text[command.start : command.end] == "A=1 'b' c >d e"
    assert [text[word.start : word.end] for word in command.words] == ["'b'", "c", "e"]
    assert [text[word.start : word.end] for word in command.assignments] == ["A=1"]
    assert [redirection.operator for redirection in command.redirections] == [">"]


def test_only_the_stretch_is_read() -> None:
    text = "a; b; c"
    assert [command.words[0].text for command in simple_commands(text, 3, 4)] == ["b"]


@pytest.mark.parametrize("sign", ["<", ">", "> ", "=="])
def test_comparisons_in_a_test_redirect_nothing(sign: str) -> None:
    test, echo = commands(f"[[ $a {sign}$b ]] && echo x")
    assert test.redirections == ()
    assert echo.words[0].text == "echo"


@pytest.mark.parametrize("text", ["$(" * 50_000, '"$(' * 50_000, "`" * 50_001, "(" * 50_000, "${" * 50_000])
def test_hostile_nesting_ends(text: str) -> None:
    assert len(commands(text)) < 100


@given(st.lists(st.sampled_from([*"ab $\"'`(){}<>|&;\\\n#=", "case ", " in ", "esac", "[[", "<<E\n", "$("])))
def test_any_text_gives_words_inside_it(pieces: list[str]) -> None:
    text = "".join(pieces)
    starts = []
    for command in commands(text):
        starts.append(command.start)
        assert 0 <= command.start < command.end <= len(text)
        for word in (*command.assignments, *command.words):
            assert command.start <= word.start < word.end <= command.end
            for piece in word.pieces:
                assert word.start <= piece.start <= piece.end <= word.end
    assert starts == sorted(starts)
