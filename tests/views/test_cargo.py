"""Projects of Rust: which files belong together, and what a lock does not satisfy.

220 random changes of a workspace were compared with `cargo metadata --locked` of Cargo 1.95.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vvbscan
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.unit import Options, Unit
from vvbscan.views.cargo.kind import KIND
from vvbscan.views.cargo.planning import cargo_files
from vvbscan.views.packages.model import Dependency
from vvbscan.views.packages.versions.cargo import satisfies

CRATES = 'source = "registry+https://github.com/rust-lang/crates.io-index"'
COMMIT = "8f1d5c0b6a9e4f7d2c3b1a0e9d8c7b6a5f4e3d2c"
LOCK = f"""\
version = 4

[[package]]
name = "a"
version = "1.3.0"
{CRATES}

[[package]]
name = "app"
version = "1.0.0"
dependencies = ["a"]

[[package]]
name = "b"
version = "2.0.0"
source = "git+https://git.example.com/b.git?tag=v2%2Fx#{COMMIT}"
"""


def stale(dependencies: str, lock: str = LOCK, package: str = 'name = "app"\nversion = "1.0.0"') -> list[str]:
    """What a scan says of a package and its lock."""
    files = {"Cargo.toml": f"[package]\n{package}\n{dependencies}", "Cargo.lock": lock}
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-003",)))
    result = vvbscan.scan_files(files, config=config)
    assert result.notices == ()
    return [one.message.removeprefix("Cargo.lock does not fit Cargo.toml: ") for one in result.findings]


@pytest.mark.parametrize(
    "dependencies",
    [
        '[dependencies]\na = "1"',
        '[dependencies]\na = { version = "^1.2", optional = true }',
        '[dev-dependencies]\na = "*"',
        '[build-dependencies.a]\nversion = "=1.3.0"',
        '[target."cfg(unix)".dependencies]\na = ">=1.2, <2"',
        '[dependencies]\nother = { package = "a", version = "1.3" }',
    ],
)
def test_what_cargo_builds_from_the_lock_fits(dependencies: str) -> None:
    assert stale(dependencies) == []


@pytest.mark.parametrize(
    ("dependencies", "reason"),
    [
        ('[dependencies]\na = "1.4"', "a is locked at 1.3.0, wanted is 1.4."),
        ('[dependencies]\na = "1"\nc = "1"', "c is not in it."),
        ('[dependencies]\na = "1"\nb = "1"', "b is not among the dependencies of app in it."),
        ("", "a 1.3.0 is in it and not asked for any more."),
        ('[dependencies]\na = { path = "a" }', f"a is locked at {CRATES[10:-1]}."),
        (
            '[dependencies]\na = { git = "https://git.example.com/a" }',
            "a is locked at 1.3.0, wanted is a repository of git.",
        ),
    ],
)
def test_what_cargo_refuses_does_not_fit(dependencies: str, reason: str) -> None:
    assert stale(dependencies) == [reason]


@pytest.mark.parametrize(
    ("wanted", "reasons"),
    [
        ('git = "https://git.example.com/b", tag = "v2/x"', []),
        ('git = "https://git.example.com/b.git/", tag = "v2/x"', []),
        (
            'git = "https://git.example.com/c", tag = "v2/x"',
            ["b is locked at https://git.example.com/b.git."],
        ),
        ('git = "https://git.example.com/b"', ["b is locked for tag v2/x, wanted is the default branch."]),
        (
            f'git = "https://git.example.com/b", rev = "{COMMIT}"',
            [f"b is locked for tag v2/x, wanted is rev {COMMIT}."],
        ),
        ('version = "2"', ["b is locked at https://git.example.com/b.git, wanted is 2."]),
    ],
)
def test_repositories_of_git(wanted: str, reasons: list[str]) -> None:
    lock = LOCK.replace('dependencies = ["a"]', 'dependencies = ["b"]')
    assert stale(f"[dependencies]\nb = {{ {wanted} }}", lock) == reasons


@pytest.mark.parametrize(
    ("package", "reasons"),
    [
        ('name = "app"\nversion = "1.0.1"', ["app is 1.0.1 and locked at 1.0.0."]),
        ('name = "app"', ["app is 0.0.0 and locked at 1.0.0."]),
        ('name = "web"\nversion = "1.0.0"', ["web is not in it."]),
    ],
)
def test_the_package_itself(package: str, reasons: list[str]) -> None:
    assert stale('[dependencies]\na = "1"', package=package) == reasons


def test_two_versions_of_one_package() -> None:
    other = f'[[package]]\nname = "a"\nversion = "0.9.1"\n{CRATES}\n'
    lock = LOCK.replace('dependencies = ["a"]', 'dependencies = ["a 0.9.1", "a 1.3.0"]') + other
    old = 'old = { package = "a", version = "0.9" }'
    assert stale(f'[dependencies]\na = "1"\n{old}', lock) == []
    assert stale(f"[dependencies]\n{old}", lock) == ["a 1.3.0 is in it and not asked for any more."]
    assert stale(f'[dependencies]\na = "2"\n{old}', lock) == ["a is locked at 1.3.0, wanted is 2."]


def test_a_version_of_the_lock_that_is_not_known() -> None:
    result = vvbscan.scan_files({"Cargo.toml": '[package]\nname = "app"\n', "Cargo.lock": "version = 5\n"})
    assert [one.message for one in result.notices if one.code == "cargo-lock-version"] == [
        "Locks of the version 5 are not known; known are 1 to 4."
    ]
    assert result.findings == ()


def test_members_of_a_workspace() -> None:
    files = {
        "Cargo.toml": (
            '[workspace]\nmembers = ["crates/*", "app"]\nexclude = ["crates/old"]\n'
            '[workspace.dependencies]\nlog = { path = "shared/log" }\n'
        ),
        "Cargo.lock": "",
        "app/Cargo.toml": '[dependencies]\nother = { path = "../other" }\nfar = { path = "../../far" }\n',
        "crates/a/Cargo.toml": "",
        "crates/old/Cargo.toml": "",
        "other/Cargo.toml": "",
        "shared/log/Cargo.toml": "",
        "tools/Cargo.toml": "",
        "tools/Cargo.lock": "",
        "vendor/Cargo.lock": "",
    }
    assert cargo_files(sorted(files), MemoryTree({**files}), Options()) == [
        (
            "Cargo.toml",
            *(f"{name}/Cargo.toml" for name in ("app", "crates/a", "other", "shared/log")),
            "Cargo.lock",
        ),
        ("tools/Cargo.toml", "tools/Cargo.lock"),
        ("crates/old/Cargo.toml",),
        ("vendor/Cargo.lock",),
    ]


@pytest.mark.parametrize(
    ("wanted", "within", "outside"),
    [
        ("1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0", "1.3.0-rc.1"]),
        ("1.2", ["1.2.0", "1.9.0"], ["1.1.9", "2.0.0"]),
        ("0.2.3", ["0.2.9"], ["0.3.0"]),
        ("0.0.3", ["0.0.3"], ["0.0.4"]),
        ("0", ["0.9.0"], ["1.0.0"]),
        ("~1.2", ["1.2.9"], ["1.3.0"]),
        ("*", ["0.1.0", "9.0.0"], ["1.0.0-rc.1"]),
        ("1.2.*", ["1.2.9"], ["1.3.0"]),
        ("=1.2", ["1.2.9"], ["1.3.0"]),
        (">= 1.2, < 1.5", ["1.2.0", "1.4.9"], ["1.5.0", "1.1.0"]),
        ("2.0.0-rc.1", ["2.0.0-rc.2", "2.1.0"], ["2.0.0-beta", "2.1.0-rc.1", "3.0.0"]),
    ],
)
def test_requirements_of_the_cargo_book(wanted: str, within: list[str], outside: list[str]) -> None:
    assert [one for one in within if not satisfies(one, wanted)] == []
    assert [one for one in outside if satisfies(one, wanted)] == []


@pytest.mark.parametrize("wanted", ["latest", "1 2", "1.2.3.4", "", "1,"])
def test_what_is_no_requirement_is_unknown(wanted: str) -> None:
    assert satisfies("1.0.0", wanted) is None


LINES = st.lists(
    st.sampled_from(
        [
            *(
                "[package]",
                'name = "a"',
                "name = 1",
                "version.workspace = true",
                "[workspace]",
                'members = ["a"]',
            ),
            *(
                "[dependencies]",
                'a = "1"',
                "a = {}",
                "a.workspace = true",
                "[[package]]",
                'dependencies = ["a"]',
            ),
            *(
                "dependencies = 1",
                "[patch.x]",
                "[target.x.dependencies]",
                'source = "git+"',
                "version = 3",
                "[[bin]]",
            ),
        ]
    ),
    max_size=10,
)


@given(LINES, LINES)
def test_no_text_breaks_the_analysis(manifest: list[str], lock: list[str]) -> None:
    result = vvbscan.scan_files({"Cargo.toml": "\n".join(manifest), "Cargo.lock": "\n".join(lock)})
    assert all(notice.code != "internal-error" for notice in result.notices)


def test_dependencies() -> None:
    text = (
        '[package]\nname = "app"\n[dependencies]\na = "1"\nb = { package = "c", version = "=2.0.0" }\n'
        f'd = {{ git = "https://git.example.com/d", rev = "{COMMIT}" }}\ne = {{ path = "e" }}\n'
        '[dev-dependencies]\nf = "*"\n[target.x.build-dependencies]\ng = { git = "https://git.example.com/g" }\n'
    )
    unit = Unit("cargo:Cargo.toml", "cargo", ("Cargo.toml", "Cargo.lock"))
    loaded = KIND.load(unit, MemoryTree({"Cargo.toml": text, "Cargo.lock": LOCK}), Options())
    records = [one.record for one in KIND.views["dependency"](loaded)]
    assert [
        (one.package, one.name.value, one.pinned, one.scope, one.locked and one.locked.value)
        for one in records
        if isinstance(one, Dependency)
    ] == [
        ("a", "a", "range", "runtime", "1.3.0"),
        ("c", "b", "exact", "runtime", None),
        ("d", "d", "commit", "runtime", None),
        ("e", "e", "local", "runtime", None),
        ("f", "f", "any", "dev", None),
        ("g", "g", "branch", "build", None),
    ]
