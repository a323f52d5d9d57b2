"""Requirements files: what pip reads of them, and where it stands. The oracle is `packaging`."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Oracle
from packaging.specifiers import SpecifierSet

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Node, Source, Unknown
from vvbscan.parse.requirement import BadRequirement, Requirement, normalised, requirement_of
from vvbscan.parse.requirements import RequirementsFile, parse_requirements
from vvbscan.text import SourceText


def read(text: str) -> RequirementsFile:
    return parse_requirements(Source("requirements.txt", SourceText(text)), DEFAULT_LIMITS)


def one(text: str) -> Requirement:
    file = read(text)
    assert file.parsed.problems == ()
    (found,) = file.requirements
    return found


def value(node: Node | None) -> object:
    return None if node is None else node.value


def test_the_parts_of_a_requirement_have_their_places() -> None:
    found = one('requests [security, Socks_5] >= 2.8.1, == 2.8.* ; python_version < "3.12"\n')
    assert value(found.name) == "requests"
    assert found.extras == ("security", "socks-5")
    assert found.versions is not None
    assert found.versions.written == found.versions.value == ">= 2.8.1, == 2.8.*"
    assert found.marker is not None
    assert found.marker.written == found.marker.value == 'python_version < "3.12"'


def test_a_requirement_goes_on_behind_a_backslash() -> None:
    file = read(
        "flask==3.1.0 \\\n  --hash=sha256:aa \\\r\n  --hash sha256:bb  # two\n  # via web\ngunicorn\n"
    )
    flask, gunicorn = file.requirements
    assert [value(each) for each in flask.hashes] == ["sha256:aa", "sha256:bb"]
    assert flask.line.written.startswith("flask==3.1.0 \\\n")
    assert flask.line.written.endswith("sha256:bb")
    assert value(gunicorn.name) == "gunicorn"
    text = file.parsed.source.text.text
    assert [text[each.start : each.end] for each in file.parsed.comments] == ["# two", "# via web"]
    assert [each.own_line for each in file.parsed.comments] == [False, True]


def test_a_name_may_be_cut_by_a_continuation() -> None:
    found = one("fla\\\nsk==3.\\\n1\n")
    assert value(found.name) == "flask"
    assert found.name is not None
    assert found.name.written == "fla\\\nsk"
    assert value(found.versions) == "==3.1"


def test_a_comment_line_ends_a_continued_one() -> None:
    file = read("flask \\\n# a comment \\\n==3\n")
    assert value(file.requirements[0].name) == "flask"
    assert file.requirements[0].versions is None
    assert len(file.parsed.problems) == 1


@pytest.mark.parametrize(
    ("line", "option", "given"),
    [
        ("-r other.txt", "--requirement", "other.txt"),
        ("-rother.txt", "--requirement", "other.txt"),
        ("--requirement=other.txt", "--requirement", "other.txt"),
        ("--requirement 'my file.txt'", "--requirement", "my file.txt"),
        ('-c "c.txt"', "--constraint", "c.txt"),
        ("--extra-index https://example.com/simple", "--extra-index-url", "https://example.com/simple"),
        ("--no-index", "--no-index", None),
        ("  --pre  # all of them", "--pre", None),
    ],
)
def test_options(line: str, option: str, given: str | None) -> None:
    file = read(line)
    assert [(each.name, value(each.value)) for each in file.settings] == [(option, given)]
    assert (file.requirements, file.parsed.problems) == ((), ())


@pytest.mark.parametrize(
    ("line", "name", "location"),
    [
        ("git+https://example.com/a.git@v1#egg=My.Log[x]&subdirectory=b", "My.Log", None),
        ("./client", None, "./client"),
        ("client/", None, "client/"),
        (".", None, "."),
        ("wheels/vvb-1.0-py3-none-any.whl ; python_version > '3'", None, "wheels/vvb-1.0-py3-none-any.whl"),
        ("-e ./client", None, "./client"),
        ('--editable="./my client"', None, "./my client"),
        ("vvb@ https://example.com/a@b/vvb.zip ; os_name == 'nt'", "vvb", "https://example.com/a@b/vvb.zip"),
        ("https://example.com/vvb.tar.gz#sha256=aa", None, "https://example.com/vvb.tar.gz#sha256=aa"),
    ],
)
def test_addresses_and_paths(line: str, name: str | None, location: str | None) -> None:
    found = one(line)
    assert value(found.name) == name
    assert value(found.location) == (location or line)
    assert found.editable == line.startswith("-")


@pytest.mark.parametrize(
    "line", ["foo bar", "==1.0", "foo==", "foo>=1 2", "foo[a b]", "foo; b", "-r", "foo @ ", "a=1"]
)
def test_what_pip_refuses_is_a_problem_and_the_rest_is_kept(line: str) -> None:
    file = read(f"flask==3.1\n{line}\ngunicorn\n")
    assert [value(each.name) for each in file.requirements] == ["flask", "gunicorn"]
    (problem,) = file.parsed.problems
    assert problem.level == "error"
    assert 10 < problem.start < problem.end <= 12 + len(line)


def test_an_option_that_is_not_known_is_told() -> None:
    file = read("--no-such-option https://example.com\nflask\n")
    assert [each.level for each in file.parsed.problems] == ["warning"]
    assert len(file.requirements) == 1


def test_variables_of_the_environment_are_unknown() -> None:
    found = one("vvb @ https://${TOKEN}@example.com/vvb.zip")
    assert found.location is not None
    assert isinstance(found.location.value, Unknown)
    assert found.location.value.parts == ("https://", None, "@example.com/vvb.zip")
    assert "TOKEN" in found.location.value.reason
    assert value(one("vvb @ https://example.com/${lower}").location) == "https://example.com/${lower}"


def test_a_line_of_any_length_is_read_in_time() -> None:
    file = read("a" * 200_000 + "\n" + "(" * 9_000 + "\nx;" + "(" * 9_000 + "\n" + "#" * 200_000)
    assert len(file.parsed.problems) == 3


NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,6}[A-Za-z0-9])?", fullmatch=True)
VERSIONS = st.lists(
    st.tuples(
        st.sampled_from(["==", ">=", "<=", "~=", "!=", "<", ">", "===", "=", "=>", ""]),
        st.sampled_from(["1", "1.0", "2.*", "1.0rc1", "1!2.0", "1.0+local", "x", "1.0.post1.dev2", "*", ""]),
    ).map(" ".join),
    max_size=3,
).map(", ".join)
MARKERS = st.sampled_from(
    [
        "",
        '; python_version < "3.12"',
        ";sys_platform=='win32' and (extra == 'x' or os_name != 'nt')",
        "; python_version",
        "; 'linux' in sys_platform",
        ";",
        "; nonsense == 1",
    ]
)
EXTRAS = st.sampled_from(["", "[a]", " [a, B.c] ", "[]", "[a b]", "[a,]", "[-]"])
LINES = st.tuples(
    NAMES, EXTRAS, st.sampled_from(["", " ", "("]), VERSIONS, st.sampled_from(["", ")", " "]), MARKERS
)


@given(LINES.map("".join) | st.text(st.sampled_from("ab1.=<>~!,;@[]()'\" -_*"), max_size=15))
@example("a;")
@example("a===x")
@example("a(==1)")
@example("a (==1) ; os_name == 'nt'")
@example("a>=1,")
def test_packaging_reads_the_same(line: str) -> None:
    source = Source("pyproject.toml", SourceText(line))
    try:
        found: Requirement | None = requirement_of(Node(line, source, 0, len(line)))
    except BadRequirement:
        found = None
    try:
        wanted: Oracle | None = Oracle(line)
    except InvalidRequirement:
        wanted = None
    assert (found is None) == (wanted is None)
    if found is None or wanted is None:
        return
    assert value(found.name) == wanted.name
    assert set(found.extras) == {normalised(extra) for extra in wanted.extras}
    assert SpecifierSet(str(value(found.versions) or "")) == wanted.specifier
    assert value(found.location) == wanted.url
    assert (found.marker is None) == (wanted.marker is None)


@given(st.text(st.sampled_from("ab1=;@[]#-\\\n\r '\"${}/r:"), max_size=60))
def test_whatever_stands_there_is_read_with_places_inside_the_file(text: str) -> None:
    file = read(text)
    places = [each.line for each in file.requirements]
    places += [each.name for each in file.requirements if each.name is not None]
    places += [each.value for each in file.settings if each.value is not None]
    assert all(0 <= place.start < place.end <= len(text) for place in places)
    assert all(0 <= each.start < each.end <= len(text) for each in file.parsed.problems)
    ends = [place.end for place in file.parsed.documents[0].root.items()]
    assert ends == sorted(ends)
