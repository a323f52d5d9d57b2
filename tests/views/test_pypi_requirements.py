"""Requirements files as they take effect: which belong together, and what they pin."""

from __future__ import annotations

import pytest

import vvbscan
from views.pypi_support import asked, dependencies, load, units, view
from vvbscan.engine.recognise import format_of_name

COMMIT = "8f1d5c0b6a9e4f7d2c3b1a0e9d8c7b6a5f4e3d2c"


@pytest.mark.parametrize(
    ("path", "recognised"),
    [
        ("requirements.txt", True),
        ("api/requirements-dev.txt", True),
        ("api/requirements_cli.txt", True),
        ("dev-requirements.txt", True),
        ("requirements/base.txt", True),
        ("system/requirements.txt", True),
        ("constraints.txt", True),
        ("apt-requirements.txt", False),
        ("requirements/apt.txt", False),
        ("myrequirements.txt", False),
        ("requirements.md", False),
        ("requirements/more/notes.txt", False),
    ],
)
def test_which_names_are_recognised(path: str, recognised: bool) -> None:
    assert (format_of_name(path) == "pypi") == recognised


@pytest.mark.parametrize(
    ("line", "source", "pinned"),
    [
        ("flask", "registry", "any"),
        ("flask==3.1.0", "registry", "exact"),
        ("flask===3.1.0", "registry", "exact"),
        ("flask>=3,==3.1.0", "registry", "exact"),
        ("flask==3.*", "registry", "range"),
        ("flask~=3.1", "registry", "range"),
        ("flask<=3.1", "registry", "range"),
        (f"log @ git+https://git.example.com/log.git@{COMMIT}", "git", "commit"),
        ("log @ git+ssh://git@git.example.com/log.git@v1.4.2#subdirectory=a", "git", "tag"),
        ("log @ git+https://git.example.com/log.git@refs/tags/winter", "git", "tag"),
        ("log @ git+ssh://git@git.example.com/log.git@main", "git", "branch"),
        ("log @ git+ssh://git@git.example.com/log.git", "git", "branch"),
        ("log @ git+https://${TOKEN}@git.example.com/log.git@v1.4.2", "git", "tag"),
        ("log @ git+https://git.example.com/log.git@${REVISION}", "git", "unknown"),
        ("https://example.com/log-1.0.tar.gz", "url", "exact"),
        ("./log", "path", "local"),
        ("-e file:log", "path", "local"),
        ("flask==${VERSION}", "registry", "unknown"),
    ],
)
def test_how_a_requirement_pins(line: str, source: str, pinned: str) -> None:
    (found,) = dependencies(line)
    assert (found.source, found.pinned) == (source, pinned)


def test_a_name_is_normalised() -> None:
    assert [one.package for one in dependencies("Flask_SQLAlchemy==3.1\nzope.interface==7\n")] == [
        "flask-sqlalchemy",
        "zope-interface",
    ]


def test_constraints_complete_what_is_asked_for_and_are_nothing_by_themselves() -> None:
    files = {
        "requirements.txt": "-c constraints.txt\nFlask\ngunicorn>=20\nvvb==1\n",
        "constraints.txt": "flask==3.1.0\ngunicorn<24\nvvb==2\nunused==1\n",
    }
    assert units(files) == [("requirements.txt", "constraints.txt")]
    found = dependencies(files)
    assert [(one.package, one.pinned, asked(one.requirement)) for one in found] == [
        ("flask", "exact", "==3.1.0"),
        ("gunicorn", "range", "<24"),
        ("vvb", "exact", "==1"),
    ]


@pytest.mark.parametrize(
    "line", ["-c https://example.com/c.txt", "-c ${CONSTRAINTS}", "-c missing.txt", "-c ../outside.txt"]
)
def test_constraints_that_are_not_there_leave_it_open(line: str) -> None:
    exact, left = dependencies(f"{line}\nflask==3.1\ngunicorn\n")
    assert exact.pinned == "exact"
    assert left.pinned == "unknown"
    assert "are not in the tree" in str(asked(left.requirement))


def test_what_another_file_takes_in_is_judged_there() -> None:
    files = {
        "requirements/base.txt": "flask\n",
        "requirements/prod.txt": "-r base.txt\n-c ../constraints.txt\ngunicorn\n",
        "constraints.txt": "flask==3.1\ngunicorn==23\n",
    }
    assert units(files) == [("requirements/prod.txt", "requirements/base.txt", "constraints.txt")]
    found = dependencies(files, "requirements/prod.txt")
    assert [(one.package, one.pinned) for one in found] == [("gunicorn", "exact"), ("flask", "exact")]


def test_what_runs_is_judged_by_itself_if_only_development_takes_it_in() -> None:
    files = {
        "requirements.txt": "flask\n",
        "requirements-dev.txt": "-r requirements.txt\n-r requirements-test.txt\nruff\n",
        "requirements-test.txt": "pytest\n",
    }
    assert [one[0] for one in units(files)] == ["requirements-dev.txt", "requirements.txt"]
    assert [(one.package, one.scope) for one in dependencies(files, "requirements-dev.txt")] == [
        ("ruff", "dev"),
        ("pytest", "dev"),
    ]
    assert [(one.package, one.scope) for one in dependencies(files)] == [("flask", "runtime")]


def test_files_that_take_each_other_in_are_judged_once_each() -> None:
    files = {
        "requirements.txt": "-r requirements_b.txt\nflask\n",
        "requirements_b.txt": "-r requirements.txt\n",
    }
    assert sorted(one[0] for one in units(files)) == sorted(files)


def test_a_file_that_is_not_there_is_told() -> None:
    (problem,) = load("-r base.txt\nflask==3\n").parsed[0].problems
    assert (problem.level, problem.message) == (
        "warning",
        "There is no base.txt: what it asks for is not known.",
    )


def test_where_packages_come_from() -> None:
    text = (
        "-i https://a.example.com/simple\n--extra-index-url https://b.example.com/simple\n-f wheels\n"
        "log @ https://c.example.com/log.zip\n"
    )
    found = [
        (asked(one.root.get("kind")), asked(one.root.get("url"))) for one in view("package_repository", text)
    ]
    assert found == [
        ("index", "https://a.example.com/simple"),
        ("extra-index", "https://b.example.com/simple"),
        ("links", "wheels"),
        ("dependency", "https://c.example.com/log.zip"),
    ]


def test_a_comment_above_a_requirement_suppresses_what_is_found_in_it() -> None:
    text = (
        "# vvbscan: ignore[VVB-DEP-020] -- follows the platform\nflask>=3 \\\n  --hash=sha256:aa\ngunicorn\n"
    )
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-020",)))
    result = vvbscan.scan_text(text, "requirements", config)
    assert [one.location.line for one in result.findings] == [4]
    assert [one.location.line for one in result.suppressed] == [2]


def test_a_merge_conflict_is_told_once() -> None:
    text = "foo bar\n<<<<<<< HEAD\nflask==3.1.0\n=======\nflask==3.1.1\n>>>>>>> main\n"
    result = vvbscan.scan_text(text, "requirements")
    assert [(one.location.line, one.message) for one in result.notices if one.location] == [
        (1, "`bar` are no versions."),
        (2, "A merge conflict was left in the file."),
    ]


def test_what_pip_refuses_makes_the_scan_incomplete() -> None:
    result = vvbscan.scan_text("flask==3.1.0\nfoo bar\n", "requirements")
    assert result.exit_code("never", fail_on_unknown=False) == 2
    assert [(one.code, one.location.line) for one in result.notices if one.location] == [
        ("requirements-syntax", 2)
    ]


@pytest.mark.parametrize(
    ("rest", "hashed"),
    [("flask==3", False), ("flask==3 --hash=sha256:aa", True), ("--require-hashes\nflask==3", True)],
)
def test_whether_what_comes_from_a_second_index_is_compared(rest: str, hashed: bool) -> None:
    (found,) = view("package_repository", f"--extra-index-url https://b.example.com\n{rest}\n")
    assert asked(found.root.get("hashed")) is hashed


def test_hosts_whose_certificates_are_not_checked() -> None:
    found = view("unchecked_host", "--trusted-host a.example.com\n--trusted-host ${HOST}\nflask==3\n")
    assert [asked(one.root.get("host")) for one in found] == [
        "a.example.com",
        "HOST is an environment variable of whoever runs pip",
    ]


@pytest.mark.parametrize(
    ("beside", "lockable"),
    [
        ({}, False),
        ({"setup.py": 'open("requirements.txt")'}, True),
        ({"setup.cfg": "[metadata]\nname = keystone\n[pbr]\n"}, True),
        (
            {"pyproject.toml": '[tool.setuptools.dynamic]\ndependencies = {file = ["requirements.txt"]}\n'},
            True,
        ),
        ({"setup.py": 'open("requirements.txt")', "Dockerfile": "FROM python"}, False),
        ({"setup.py": "setup()"}, False),
        ({"requirements-frozen.txt": "Flask==3.1\nwerkzeug==3.1\n"}, True),
        ({"requirements-frozen.txt": "werkzeug==3.1\n"}, False),
        ({"requirements-frozen.txt": "flask>=3.1\n"}, False),
        ({"requirements-test.txt": "flask==3.1\n"}, False),
    ],
)
def test_ranges_of_a_library_or_of_what_another_file_was_made_of(
    beside: dict[str, str], lockable: bool
) -> None:
    (found,) = dependencies({"requirements.txt": "flask>=3\n", **beside})
    assert found.lockable is lockable
