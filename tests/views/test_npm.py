"""Projects of Node: which files belong together, what is read of them, and what a lock does not satisfy."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vvbscan
from views.npm_support import Json, load, locked, messages, units, view
from vvbscan.views.npm.specifier import read_specifier, repository_of
from vvbscan.views.packages.model import Dependency, LockedPackage
from vvbscan.views.packages.workspaces import is_workspace

COMMIT = "8f1d5c0b6a9e4f7d2c3b1a0e9d8c7b6a5f4e3d2c"
OF_GITHUB = f"git+ssh://git@github.com/example/parse.git#{COMMIT}"


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ("^1.2.0", {"version": "1.3.1"}),
        ("", {"version": "2.0.0-rc.1"}),
        ("latest", {"version": "1.3.1"}),
        ("npm:other@~1.3.0", {"name": "other", "version": "1.3.1"}),
        ("example/parse#v2", {"version": "1.0.0", "resolved": OF_GITHUB}),
        ("https://github.com/example/parse.git", {"version": "1.0.0", "resolved": OF_GITHUB}),
        (f"git+https://github.com/example/parse#{COMMIT}", {"version": "1.0.0", "resolved": OF_GITHUB}),
        ("https://example.com/a.tgz", {"version": "1.0.0", "resolved": "https://example.com/a.tgz"}),
        ("file:./lib/a", {"resolved": "lib/a", "link": True}),
        ("file:lib/a.tgz", {"version": "1.0.0", "resolved": "file:lib/a.tgz"}),
    ],
)
def test_what_npm_installs_from_the_lock_fits(wanted: str, held: Json) -> None:
    assert messages({"dependencies": {"a": wanted}}, locked(a=held)) == []


@pytest.mark.parametrize(
    ("wanted", "held", "reason"),
    [
        ("^1.2.0", {"version": "2.0.0"}, "is locked at 2.0.0"),
        ("~1.3.0", {"version": "1.2.3"}, "is locked at 1.2.3"),
        ("^1.2.0", {"version": "1.3.0-rc.1"}, "is locked at 1.3.0-rc.1"),
        ("npm:other@^1.2.0", {"version": "1.3.1"}, "is locked as a"),
        (
            "example/parse",
            {"version": "1.3.1", "resolved": "https://example.com/a.tgz"},
            "is locked at 1.3.1",
        ),
        (
            "example/lex#v2",
            {"version": "1.0.0", "resolved": OF_GITHUB},
            "is locked at github.com/example/parse",
        ),
        (f"example/parse#{'1' * 40}", {"version": "1.0.0", "resolved": OF_GITHUB}, f"is locked at {COMMIT}"),
        (
            "https://example.com/b.tgz",
            {"resolved": "https://example.com/a.tgz"},
            "is locked at https://example.com/a.tgz",
        ),
        ("file:lib/b", {"resolved": "lib/a", "link": True}, "is locked at lib/a"),
        ("file:lib/b", {"version": "1.3.1", "resolved": "https://example.com/a.tgz"}, "is locked at 1.3.1"),
    ],
)
def test_what_npm_refuses_does_not_fit(wanted: str, held: Json, reason: str) -> None:
    # Compared with `npm ci --dry-run --offline` of npm 11. Of aliases it looks at the version only, and would
    # install a package that the manifest does not name.
    text = f"package-lock.json does not fit package.json: a {reason}, wanted is {wanted}."
    assert messages({"dependencies": {"a": wanted}}, locked(a=held)) == [text]


@pytest.mark.parametrize("section", ["dependencies", "devDependencies", "optionalDependencies"])
def test_a_package_that_the_lock_lacks(section: str) -> None:
    text = "package-lock.json does not fit package.json: a is not in it."
    assert messages({section: {"a": "^1.2.0"}}, locked()) == [text]


def test_peers_are_not_asked_of_the_lock() -> None:
    assert messages({"peerDependencies": {"a": "^1.2.0"}}, locked()) == []


def test_of_two_sections_the_optional_one_counts() -> None:
    manifest: Json = {"dependencies": {"a": "^2.0.0"}, "optionalDependencies": {"a": "^1.2.0"}}
    assert messages(manifest, locked(a={"version": "1.3.1"})) == []


def test_more_than_five_places_are_counted() -> None:
    (text,) = messages({"dependencies": {f"a{number}": "1.0.0" for number in range(8)}}, locked())
    assert text.endswith("a4 is not in it; and 3 more.")


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_the_versions_of_the_format(version: str) -> None:
    body = (
        '"dependencies": {"a": {"version": "1.0.0"}}'
        if version == "1"
        else '"packages": {"node_modules/a": {"version": "1.0.0"}}'
    )
    files = {
        "package.json": '{"dependencies": {"a": "^2.0.0"}}',
        "package-lock.json": f'{{"lockfileVersion": {version}, {body}}}',
    }
    (subject,) = view("manifest", files)
    assert subject.root.at("stale") is not None
    assert load(files).parsed[1].problems == ()


def test_a_version_that_is_not_known_is_told_and_leaves_it_open() -> None:
    files = {"package.json": '{"dependencies": {"a": "1"}}', "package-lock.json": '{"lockfileVersion": 4}'}
    result = vvbscan.scan_files(files)
    assert [(one.level, one.message) for one in result.notices if one.code == "npm-lock-version"] == [
        ("error", "Locks of the version 4 are not known; known are 1 to 3.")
    ]
    assert "VVB-DEP-003" not in {finding.rule_id for finding in result.findings}


@pytest.mark.parametrize("text", ["", "[]", "null", "3", '"a"'])
def test_a_lock_that_is_no_object_is_told_and_leaves_it_open(text: str) -> None:
    result = vvbscan.scan_files({"package.json": '{"dependencies": {"a": "1"}}', "package-lock.json": text})
    assert [(one.code, one.level, one.path) for one in result.notices] == [
        ("npm-no-lock", "error", "package-lock.json")
    ]
    assert "VVB-DEP-003" not in {finding.rule_id for finding in result.findings}


@pytest.mark.parametrize(
    "address", ["workspace:a", "", "npm:a@1", "file:a", "git+ssh://x", "://", "a/b", "https://"]
)
def test_no_address_in_a_lock_breaks_the_analysis(address: str) -> None:
    held = {"node_modules/a": {"version": "1.0.0", "resolved": address}}
    for lock in (
        {"lockfileVersion": 3, "packages": held},
        {"lockfileVersion": 1, "dependencies": {"a": {"version": address, "resolved": 1}}},
        {"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0", "resolved": address}}},
    ):
        files = {"package.json": '{"dependencies": {"a": "1"}}', "package-lock.json": json.dumps(lock)}
        assert "internal-error" not in {one.code for one in vvbscan.scan_files(files).notices}


def test_a_lock_that_is_no_object_is_told_beside_what_else_is_wrong() -> None:
    files = {"package.json": '{"dependencies": {"a": "1"}}', "package-lock.json": '[{"a": 1, "a": 2}]'}
    assert {one.code for one in vvbscan.scan_files(files).notices} == {"duplicate-key", "npm-no-lock"}


def test_a_conflict_is_a_finding_and_no_notice() -> None:
    text = '{\n<<<<<<< HEAD\n  "lockfileVersion": 3\n=======\n  "lockfileVersion": 2\n>>>>>>> main\n}\n'
    result = vvbscan.scan_files({"package.json": '{"dependencies": {"a": "1"}}', "package-lock.json": text})
    assert result.notices == ()
    assert [finding.rule_id for finding in result.findings] == ["VVB-DEP-004"]


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '"a"', "{", '{"dependencies": ["a"]}', '{"dependencies": {"a": 1}}']
)
def test_no_shape_of_a_manifest_breaks_the_analysis(text: str) -> None:
    result = vvbscan.scan_files({"package.json": text, "package-lock.json": text})
    assert all(notice.code != "internal-error" for notice in result.notices)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["", "dependencies", "packages", "node_modules/a", "a", "version", "resolved", "link", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON, JSON, st.sampled_from([1, 2, 3]))
def test_no_values_break_the_analysis(manifest: object, lock: object, version: int) -> None:
    given_lock = {**lock, "lockfileVersion": version} if isinstance(lock, dict) else {}
    manifest = {"dependencies": {"a": "1"}, **manifest} if isinstance(manifest, dict) else {}
    messages(manifest, given_lock)


def test_workspaces_belong_to_their_project() -> None:
    files = {
        "package.json": '{"workspaces": {"packages": ["packages/**", "!packages/old"]}}',
        "package-lock.json": "{}",
        "packages/a/package.json": "{}",
        "packages/ui/b/package.json": "{}",
        "packages/old/package.json": "{}",
        "tools/package.json": "{}",
    }
    assert units(files) == [
        ("package.json", "packages/a/package.json", "packages/ui/b/package.json", "package-lock.json"),
        ("tools/package.json",),
        ("packages/old/package.json",),
    ]


def test_a_shrinkwrap_goes_before_a_lock() -> None:
    files = {"package.json": "{}", "package-lock.json": "{}", "npm-shrinkwrap.json": "{}"}
    assert units(files) == [("package.json", "npm-shrinkwrap.json"), ("package-lock.json",)]


@pytest.mark.parametrize(
    ("directory", "patterns", "expected"),
    [
        ("packages/a", ("packages/*",), True),
        ("packages/a", ("./packages/*/",), True),
        ("packages/a/b", ("packages/*",), False),
        ("packages/a/b", ("packages/**",), True),
        ("packages", ("packages/**",), True),
        ("a/x/y/b", ("a/**/b",), True),
        ("a/b", ("a/**/b",), True),
        ("a/x/c", ("a/**/b",), False),
        ("web", ("api", "web"), True),
        ("packages/old", ("packages/*", "!packages/old"), False),
        ("packages/a", (), False),
    ],
)
def test_patterns_of_workspaces(directory: str, patterns: tuple[str, ...], expected: bool) -> None:
    assert is_workspace(directory, patterns) is expected


@pytest.mark.parametrize(
    ("text", "source", "pinned"),
    [
        ("1.2.3", "registry", "exact"),
        ("=1.2.3", "registry", "exact"),
        ("^1.2.3", "registry", "range"),
        ("~1.2", "registry", "range"),
        ("*", "registry", "any"),
        ("next", "registry", "any"),
        ("npm:@s/b@1.2.3", "registry", "exact"),
        ("npm:@s/b", "registry", "any"),
        ("git+ssh://git@example.com:a/b.git#semver:^1", "git", "range"),
        ("git@github.com:a/b.git", "git", "branch"),
        (f"a/b#{COMMIT}", "git", "commit"),
        ("gitlab:a/b", "git", "branch"),
        ("https://gitlab.com/a/b", "git", "branch"),
        ("https://codeload.example.com/a/b/tar.gz/main", "url", "exact"),
        ("../lib", "path", "local"),
        ("~/lib", "path", "local"),
        ("link:../lib", "path", "local"),
        ("workspace:^", "workspace", "local"),
    ],
)
def test_specifiers(text: str, source: str, pinned: str) -> None:
    asked = read_specifier(text)
    assert (asked.source, asked.pinned) == (source, pinned)


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        ("npm:b@^1", "b", "^1"),
        ("npm:@s/b@1.2.3", "@s/b", "1.2.3"),
        ("npm:@s/b", "@s/b", "*"),
        ("npm:b", "b", "*"),
        ("npm:^1.2.3", "", "^1.2.3"),
        ("npm:1.2.3", "", "1.2.3"),
    ],
)
def test_what_stands_behind_the_name_of_the_registry(text: str, name: str, wanted: str) -> None:
    asked = read_specifier(text)
    assert (asked.source, asked.name, asked.wanted) == ("registry", name, wanted)


@pytest.mark.parametrize(
    "address",
    [
        "a/b",
        "github:A/B",
        "git@github.com:a/b.git",
        "git://github.com/a/b",
        "git+ssh://git@github.com/a/b.git",
        "https://user:word@github.com/a/b.git/",
    ],
)
def test_spellings_of_a_repository_are_one(address: str) -> None:
    assert repository_of(address) == "github.com/a/b"


def test_dependencies() -> None:
    files = {
        "package.json": (
            '{"dependencies": {"a": "^1.2.0", "b": "npm:@s/c@1.0.0", "d": "github:example/d#v2", "e": "file:e"},'
            ' "devDependencies": {"f": "latest"}, "peerDependencies": {"g": "*"}}'
        ),
        "package-lock.json": (
            '{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.3.1"},'
            ' "node_modules/f": {"version": "1.0.0"}, "node_modules/a/node_modules/f": {"version": "2.0.0"}}}'
        ),
    }
    records = [one.record for one in view("dependency", files)]
    assert all(isinstance(one, Dependency) for one in records)
    assert [
        (one.package, one.pinned, one.scope, one.source, one.locked and one.locked.value)
        for one in records
        if isinstance(one, Dependency)
    ] == [
        ("a", "range", "runtime", "registry", "1.3.1"),
        ("@s/c", "exact", "runtime", "registry", None),
        ("d", "branch", "runtime", "git", None),
        ("e", "local", "runtime", "path", None),
        ("f", "any", "dev", "registry", "1.0.0"),
    ]


def test_packages_of_the_first_version_of_the_format_have_their_places() -> None:
    files = {
        "package.json": '{"dependencies": {"a": "^1.2.0", "b": "npm:@s/c@1.0.0", "d": "github:example/d#v2"}}',
        "package-lock.json": """{
          "lockfileVersion": 1,
          "dependencies": {
            "a": {"version": "1.3.1", "resolved": "https://npm.example.com/a-1.3.1.tgz", "integrity": "sha512-aa",
              "dependencies": {"f": {"version": "2.0.0"}}},
            "b": {"version": "npm:@s/c@1.0.0"},
            "d": {"version": "git+ssh://git@github.com/example/d.git#0123456"},
            "f": {"version": "1.0.0"}
          }
        }""",
    }
    packages = [one.record for one in view("locked_package", files)]
    assert all(isinstance(one, LockedPackage) for one in packages)
    shown = [
        (
            one.package,
            one.source,
            one.anchor.written,
            *(node and node.written for node in (one.version, one.url)),
        )
        for one in packages
        if isinstance(one, LockedPackage)
    ]
    assert shown == [
        ("a", "registry", '"a"', '"1.3.1"', '"https://npm.example.com/a-1.3.1.tgz"'),
        ("@s/c", "registry", '"b"', '"npm:@s/c@1.0.0"', None),
        ("d", "git", '"d"', None, '"git+ssh://git@github.com/example/d.git#0123456"'),
        ("f", "registry", '"f"', '"1.0.0"', None),
        ("f", "registry", '"f"', '"2.0.0"', None),
    ]
    nested = [one.anchor.start for one in packages if isinstance(one, LockedPackage) and one.package == "f"]
    assert nested == [files["package-lock.json"].rindex('"f"'), files["package-lock.json"].index('"f"')]


def test_a_workspace_has_the_version_that_is_installed_for_it() -> None:
    files = {
        "package.json": '{"workspaces": ["web"], "dependencies": {"a": "^1.0.0"}}',
        "web/package.json": '{"name": "web", "dependencies": {"a": "^2.0.0"}}',
        "package-lock.json": (
            '{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.4.0"},'
            ' "web": {"name": "web"}, "node_modules/web": {"link": true, "resolved": "web"},'
            ' "web/node_modules/a": {"version": "2.1.0"}}}'
        ),
    }
    records = [one.record for one in view("dependency", files)]
    locked = [one.locked and one.locked.value for one in records if isinstance(one, Dependency)]
    assert locked == ["1.4.0", "2.1.0"]
