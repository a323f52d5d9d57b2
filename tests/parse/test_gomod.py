"""`go.mod`: words, blocks and comments with their places. Compared with `go mod edit -json` on 32 public files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.parse.gomod import GoMod, parse_gomod

TEXT = """\
// About the module.
module "example.com/app" // trailing

require example.com/a v1.0.0
require (
\texample.com/b/v2 v2.0.0-20250102030405-abcdefabcdef // indirect

\t// about c
\t`example.com/c` v1.0.0+incompatible
)
retract [v1.0.0, v1.1.0]
replace example.com/a v1.0.0 => ../a
tools x
"""


def parsed(text: str) -> GoMod:
    source, _ = MemoryTree({"go.mod": text}).read("go.mod")
    return parse_gomod(source, DEFAULT_LIMITS)


def test_directives() -> None:
    found = [(one.verb, [word.value for word in one.words], one.comment) for one in parsed(TEXT).directives]
    assert found == [
        ("module", ["example.com/app"], "trailing"),
        ("require", ["example.com/a", "v1.0.0"], ""),
        ("require", ["example.com/b/v2", "v2.0.0-20250102030405-abcdefabcdef"], "indirect"),
        ("require", ["example.com/c", "v1.0.0+incompatible"], ""),
        ("retract", ["[", "v1.0.0", ",", "v1.1.0", "]"], ""),
        ("replace", ["example.com/a", "v1.0.0", "=>", "../a"], ""),
    ]


def test_comments_and_problems_have_their_places() -> None:
    result = parsed(TEXT).parsed
    assert [(TEXT[one.start : one.end], one.own_line) for one in result.comments] == [
        ("// About the module.", True),
        ("// trailing", False),
        ("// indirect", False),
        ("// about c", True),
    ]
    assert [(one.code, TEXT[one.start : one.end]) for one in result.problems] == [
        ("gomod-directive", "tools x")
    ]


def test_the_lines_of_a_merge_are_told_once_and_are_no_directives() -> None:
    text = "require (\n<<<<<<< HEAD\n\ta v1.0.0\n=======\n\ta v1.1.0\n>>>>>>> main\n)\n"
    result = parsed(text)
    assert [[word.value for word in one.words] for one in result.directives] == [
        ["a", "v1.0.0"],
        ["a", "v1.1.0"],
    ]
    (problem,) = result.parsed.problems
    assert (problem.level, text[problem.start : problem.end]) == ("error", "<<<<<<< HEAD")


@given(st.text(alphabet='ab/.v1()[]=>,"`\\\n\t\r /:é', max_size=60))
def test_words_are_where_they_say(text: str) -> None:
    source, _ = MemoryTree({"go.mod": f"require (\n{text}\n)"}).read("go.mod")
    for one in parse_gomod(source, DEFAULT_LIMITS).directives:
        for word in one.words:
            assert str(word.value) == word.written.strip('"`') or word.written[0] in '"`'
            assert "\n" not in word.written
