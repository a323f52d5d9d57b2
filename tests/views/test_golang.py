"""Modules of Go: which files belong together, and which hashes are missing.

120 changes of a module were compared with `go build` of Go 1.26. It builds what requires more than it uses;
that the hash is missing is told all the same.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vvbscan
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.unit import Options, Unit
from vvbscan.views.golang.kind import KIND
from vvbscan.views.golang.planning import go_files

HASH = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def hashes(*modules: str) -> str:
    """Lines of hashes of modules and of their `go.mod`."""
    return "".join(f"{one} {HASH}\n{one}/go.mod {HASH}\n" for one in modules)


def stale(body: str, lock: str) -> list[str]:
    """What a scan says of a module and its hashes."""
    files = {"go.mod": f"module example.com/app\n{body}\n", "go.sum": lock}
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-003",)))
    result = vvbscan.scan_files(files, config=config)
    assert result.notices == ()
    return [one.message.removeprefix("go.sum does not fit go.mod: ") for one in result.findings]


@pytest.mark.parametrize(
    ("body", "lock"),
    [
        ("require example.com/a v1.0.0", hashes("example.com/a v1.0.0")),
        ("require example.com/a v1.0.0", hashes("example.com/a v0.9.0", "example.com/a v1.0.0")),
        ('require (\n\t"example.com/a" v1.0.0 // why\n)', hashes("example.com/a v1.0.0")),
        ("require example.com/a v1.0.0 // indirect", f"example.com/a v1.0.0/go.mod {HASH}\n"),
        ("require example.com/a v1.0.0 // indirect; why", f"example.com/a v1.0.0/go.mod {HASH}\n"),
        ("require example.com/a v1.0.0\nreplace example.com/a => ./a", ""),
        (
            "require example.com/a v1.0.0\nreplace example.com/a v1.0.0 => example.com/b v2.0.0",
            hashes("example.com/b v2.0.0"),
        ),
        (
            "require example.com/a v1.0.0\nreplace example.com/a v1.1.0 => example.com/b v2.0.0",
            hashes("example.com/a v1.0.0"),
        ),
        (
            "require example.com/a v1.0.0\nreplace (\nexample.com/a => ./a\nexample.com/a v1.0.0 => example.com/b v2\n)",
            hashes("example.com/b v2"),
        ),
        ("require example.com/a v1.0.0\nexclude example.com/a v1.0.0", ""),
    ],
)
def test_what_go_builds(body: str, lock: str) -> None:
    assert stale(body, lock) == []


@pytest.mark.parametrize(
    ("body", "lock", "reason"),
    [
        ("require example.com/a v1.0.0", "", "example.com/a is not in it."),
        (
            "require example.com/a v1.1.0",
            hashes("example.com/a v1.0.0"),
            "example.com/a is locked at v1.0.0, wanted is v1.1.0.",
        ),
        (
            "require example.com/a v1.0.0",
            f"example.com/a v1.0.0 {HASH}\n",
            "example.com/a v1.0.0 has no hash of its go.mod in it.",
        ),
        (
            "require example.com/a v1.0.0",
            f"example.com/a v1.0.0/go.mod {HASH}\n",
            "example.com/a v1.0.0 has only the hash of its go.mod in it.",
        ),
        (
            "require example.com/a v1.0.0\nreplace example.com/a => example.com/b v2.0.0",
            hashes("example.com/a v1.0.0"),
            "example.com/b is not in it.",
        ),
    ],
)
def test_what_go_refuses(body: str, lock: str, reason: str) -> None:
    assert stale(body, lock) == [reason]


def test_a_line_that_is_no_hash_is_told_and_leaves_it_open() -> None:
    files = {"go.mod": "module a\nrequire example.com/a v1.0.0\n", "go.sum": "example.com/a\n\nb\n"}
    result = vvbscan.scan_files(files)
    assert [(one.level, one.code) for one in result.notices] == [("error", "gosum-syntax")]
    assert result.findings == ()


def test_a_block_without_an_end() -> None:
    result = vvbscan.scan_files({"go.mod": "module a\nrequire (\n"})
    assert [one.message for one in result.notices] == ["The block of `require` has no end."]


def test_a_finding_can_be_accepted() -> None:
    text = (
        "// vvbscan: ignore[VVB-DEP-002] until=2099-01-01 -- generated in the image\n"
        "module a\nrequire example.com/a v1.0.0\n"
    )
    result = vvbscan.scan_files({"go.mod": text})
    assert result.findings == ()
    assert [one.rule_id for one in result.suppressed] == ["VVB-DEP-002"]


def test_modules_of_a_workspace() -> None:
    files = {
        "go.work": "use ./a\nuse (\n\t./b // the second\n)\n",
        "go.work.sum": "",
        "a/go.mod": "module a\n",
        "a/go.sum": "",
        "b/go.mod": "module b\n",
        "c/go.mod": "module c\n",
        "d/go.sum": "",
    }
    assert go_files(sorted(files), MemoryTree({**files}), Options()) == [
        ("a/go.mod", "a/go.sum", "go.work", "go.work.sum", "b/go.mod"),
        ("b/go.mod", "go.work", "go.work.sum", "a/go.mod"),
        ("c/go.mod",),
        ("d/go.sum",),
    ]


LINES = st.lists(
    st.sampled_from(
        [
            *(
                "module a",
                "require (",
                ")",
                "require a v1",
                "a v1",
                "a",
                "replace a => b",
                "replace =>",
                "=> b",
            ),
            *(
                "replace a v1 => b v2",
                "exclude a v1",
                "use ./x",
                "unknown x",
                "// c",
                '"a b" v1',
                "retract [v1, v2]",
            ),
            *("`a", '"', "(", "a v1 h1:x", "a v1/go.mod h1:x", "go 1.24", "\t"),
        ]
    )
    | st.text(max_size=6),
    max_size=12,
)


@pytest.mark.parametrize("name", ["go.sum", "go.work.sum"])
def test_hashes_that_cannot_be_read_leave_it_open(name: str) -> None:
    files: dict[str, str | bytes] = {
        "go.mod": "module example.com/app\nrequire example.com/a v1.0.0\n",
        "go.work": "use .\n",
        "go.sum": hashes("example.com/b v1.0.0"),
        name: b"\x00",
    }
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-002", "VVB-DEP-003")))
    result = vvbscan.scan_files(files, config=config)
    assert [one.path for one in result.notices] == [name]
    assert result.findings == ()


@pytest.mark.parametrize(
    ("version", "pinned"),
    [
        ("v1.2.3", "exact"),
        ("v0.0.0-20250102030405-abcdefabcdef", "exact"),
        ("main", "branch"),
        ("v", "branch"),
    ],
)
def test_what_is_no_version_is_a_branch(version: str, pinned: str) -> None:
    files = {"go.mod": f"module example.com/app\nrequire example.com/a {version}\n"}
    loaded = KIND.load(Unit("golang:go.mod", "golang", ("go.mod",)), MemoryTree({**files}), Options())
    (subject,) = KIND.views["dependency"](loaded)
    node = subject.root.get("pinned")
    assert node is not None
    assert node.value == pinned


@given(LINES, LINES, LINES)
def test_no_text_breaks_the_analysis(manifest: list[str], lock: list[str], space: list[str]) -> None:
    files = {
        "go.mod": "\n".join(manifest),
        "go.sum": "\n".join(lock),
        "go.work": "\n".join(["use .", *space]),
    }
    result = vvbscan.scan_files(files)
    assert all(notice.code != "internal-error" for notice in result.notices)
