"""Projects of Python: which files belong together, what is read of them, and what a lock does not satisfy."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vvbscan
from views.pypi_support import asked, dependencies, load, units, view
from vvbscan.views.packages.model import Lock, Manifest
from vvbscan.views.pypi.model import Project

COMMIT = "8f1d5c0b6a9e4f7d2c3b1a0e9d8c7b6a5f4e3d2c"


def project(files: dict[str, str], path: str = "pyproject.toml") -> Project:
    model = load(files, path).model
    assert isinstance(model, Project)
    return model


def manifest(files: dict[str, str], path: str = "pyproject.toml") -> Manifest:
    return project(files, path).manifests[0]


def lock(files: dict[str, str], path: str = "pyproject.toml") -> Lock:
    (found,) = project(files, path).locks
    return found


def reasons(files: dict[str, str], path: str = "pyproject.toml") -> list[str]:
    return [one.reason for one in manifest(files, path).stale]


def of_uv(*packages: str, source: str = 'registry = "https://pypi.example.com/simple"') -> str:
    """A lock of uv with packages written as `name==version`."""
    entries = (one.split("==") for one in packages)
    return "version = 1\n" + "".join(
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ {source} }}\n'
        for name, version in entries
    )


def asking(*requirements: str, rest: str = "") -> str:
    """A `pyproject.toml` that asks for these."""
    return f'[project]\nname = "approval"\ndependencies = {json.dumps(requirements)}\n{rest}'


def test_a_workspace_is_judged_with_its_members_and_its_lock() -> None:
    files = {
        "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*", "app"]\nexclude = ["packages/old"]\n',
        "uv.lock": "version = 1\n",
        "app/pyproject.toml": "",
        "packages/log/pyproject.toml": "",
        "packages/log/more/pyproject.toml": "",
        "packages/old/pyproject.toml": "",
        "packages/old/poetry.lock": "",
        "Pipfile": "",
        "Pipfile.lock": "{}",
        "jobs/Pipfile.lock": "{}",
    }
    assert sorted(units(files)) == [
        ("Pipfile", "Pipfile.lock"),
        ("jobs/Pipfile.lock",),
        ("packages/log/more/pyproject.toml",),
        ("packages/old/pyproject.toml", "packages/old/poetry.lock"),
        ("pyproject.toml", "app/pyproject.toml", "packages/log/pyproject.toml", "uv.lock"),
    ]


def test_what_a_pyproject_asks_for() -> None:
    text = asking(
        "Flask[async]>=3 ; python_version > '3'",
        "vvb-log",
        f"vvb-mail @ git+https://git.example.com/mail.git@{COMMIT}",
        rest="""
[project.optional-dependencies]
s3 = ["boto3"]
test = ["pytest==8.3.5"]
[dependency-groups]
dev = ["ruff", {include-group = "docs"}]
[tool.uv.sources]
vvb_log = {git = "https://git.example.com/log.git", branch = "main"}
""",
    )
    found = dependencies({"pyproject.toml": text}, "pyproject.toml")
    assert [(one.package, one.scope, one.source, one.pinned, asked(one.requirement)) for one in found] == [
        ("flask", "runtime", "registry", "range", ">=3"),
        ("vvb-log", "runtime", "git", "branch", "https://git.example.com/log.git"),
        ("vvb-mail", "runtime", "git", "commit", f"git+https://git.example.com/mail.git@{COMMIT}"),
        ("boto3", "optional", "registry", "any", None),
        ("pytest", "dev", "registry", "exact", "==8.3.5"),
        ("ruff", "dev", "registry", "any", None),
    ]
    assert all(one.lockable for one in found)
    assert found[0].requirement is not None
    assert found[0].requirement.written == ">=3"


def test_what_poetry_and_pipenv_ask_for() -> None:
    poetry = """
[tool.poetry.dependencies]
python = "^3.13"
Flask = "3.1.0"
redis = {version = "^5", optional = true}
log = {git = "https://git.example.com/log.git", tag = "v1"}
mail = {path = "../mail", develop = true}
numpy = [{version = "~1.26", python = "<3.12"}, {version = "*", python = ">=3.12"}]
[tool.poetry.group.test.dependencies]
pytest = "*"
[tool.poetry.group.web.dependencies]
gunicorn = "^23"
"""
    found = dependencies({"pyproject.toml": poetry}, "pyproject.toml")
    assert [(one.package, one.scope, one.source, one.pinned) for one in found] == [
        ("flask", "runtime", "registry", "exact"),
        ("redis", "optional", "registry", "range"),
        ("log", "runtime", "git", "tag"),
        ("mail", "runtime", "path", "local"),
        ("numpy", "runtime", "registry", "range"),
        ("numpy", "runtime", "registry", "any"),
        ("pytest", "dev", "registry", "any"),
        ("gunicorn", "runtime", "registry", "range"),
    ]
    pipfile = '[packages]\nFlask = "==3.1.0"\nredis = {version = ">=5"}\nlog = {git = "https://x.example.com/l", ref = "main"}\n'
    found = dependencies({"Pipfile": pipfile + '[dev-packages]\npytest = "*"\n'}, "Pipfile")
    assert [(one.package, one.scope, one.source, one.pinned) for one in found] == [
        ("flask", "runtime", "registry", "exact"),
        ("redis", "runtime", "registry", "range"),
        ("log", "runtime", "git", "branch"),
        ("pytest", "dev", "registry", "any"),
    ]


def test_a_requirement_that_is_none_is_told_at_its_place() -> None:
    (parsed,) = load({"pyproject.toml": asking("flask>=3", "flask 3")}, "pyproject.toml").parsed
    (problem,) = parsed.problems
    assert parsed.source.text.text[problem.start : problem.end] == '"flask 3"'
    assert problem.level == "error"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("uv.lock", of_uv("flask==3.1.0")),
        ("poetry.lock", '[[package]]\nname = "Flask"\nversion = "3.1.0"\n[metadata]\nlock-version = "2.1"\n'),
        ("pylock.toml", 'lock-version = "1.0"\n[[packages]]\nname = "flask"\nversion = "3.1.0"\n'),
        ("Pipfile.lock", '{"_meta": {"pipfile-spec": 6}, "default": {"flask": {"version": "==3.1.0"}}}'),
    ],
)
def test_each_lock_is_read(path: str, text: str) -> None:
    (held,) = lock({path: text}, path).packages
    assert (held.package, asked(held.version), held.source) == ("flask", "3.1.0", "registry")
    assert held.version is not None
    assert held.version.written.strip('"') == "3.1.0"


@pytest.mark.parametrize(
    ("path", "text", "known"),
    [
        ("uv.lock", "version = 9\n", "known are 1."),
        ("poetry.lock", '[metadata]\nlock-version = "9.0"\n', "known are 1.0, 1.1, 2.0, 2.1."),
        ("pylock.web.toml", 'lock-version = "9.0"\n', "known are 1.0."),
        ("Pipfile.lock", '{"_meta": {"pipfile-spec": 9}}', "known are 6."),
    ],
)
def test_a_version_of_a_lock_that_is_not_known_is_told(path: str, text: str, known: str) -> None:
    (parsed,) = load({path: text}, path).parsed
    (problem,) = parsed.problems
    assert problem.message.endswith(known)
    assert lock({path: text}, path).unread is not None


def test_sources_of_locked_packages() -> None:
    text = "".join(
        of_uv("a==1", source=source).partition("\n")[2]
        for source in (
            'git = "https://git.example.com/a?rev=main#aa"',
            'url = "https://a.example.com/a.whl"',
            'path = "a.whl"',
            'editable = "."',
            'registry = "wheels"',
        )
    )
    held = lock({"uv.lock": f"version = 1\n{text}"}, "uv.lock").packages
    assert [(one.source, asked(one.url)) for one in held] == [
        ("git", "https://git.example.com/a?rev=main#aa"),
        ("url", "https://a.example.com/a.whl"),
        ("path", None),
        ("workspace", None),
        ("registry", None),
    ]


@pytest.mark.parametrize(
    ("requirement", "held"),
    [
        ("flask>=3,<4", "flask==3.1.0"),
        ("FLASK", "flask==0.1"),
        ("Flask_SQLAlchemy", "flask-sqlalchemy==3"),
        ("torch==2.1", "torch==2.1+cpu"),
        ("flask>=3", "flask==3.1rc1"),
        ("pywin32; sys_platform == 'win32'", "flask==3"),
        ("flask[async]", "flask==3"),
        ("flask==odd", "flask==3"),
        ("flask @ https://example.com/flask.zip", "flask==3"),
        ("approval[s3]", "flask==3"),
    ],
)
def test_what_a_lock_satisfies(requirement: str, held: str) -> None:
    assert reasons({"pyproject.toml": asking(requirement), "uv.lock": of_uv(held)}) == []


@pytest.mark.parametrize(
    ("requirement", "held", "reason"),
    [
        ("flask>=3", ["flask==2.3"], "flask is locked at 2.3, wanted is >=3"),
        ("flask>=3", ["flask==2.3", "flask==2.2"], "flask is locked at 2.3 and 2.2, wanted is >=3"),
        ("flask", ["gunicorn==1"], "flask is not in it"),
        ("flask>=3; os_name == 'nt'", ["flask==2.3"], "flask is locked at 2.3, wanted is >=3"),
        (
            f"a @ git+https://x.example.com/a@{COMMIT}",
            ["a==1"],
            "a is locked at 1, wanted is a repository of git",
        ),
    ],
)
def test_what_a_lock_does_not_satisfy(requirement: str, held: list[str], reason: str) -> None:
    assert reasons({"pyproject.toml": asking(requirement), "uv.lock": of_uv(*held)}) == [reason]


def test_of_several_locked_versions_one_has_to_fit() -> None:
    text = asking("numpy<2; python_version < '3.12'", "numpy>=2; python_version >= '3.12'")
    assert reasons({"pyproject.toml": text, "uv.lock": of_uv("numpy==1.26.4", "numpy==2.2.4")}) == []


def test_another_commit_is_locked() -> None:
    text = asking("a", rest=f'[tool.uv.sources]\na = {{git = "https://x.example.com/a", rev = "{COMMIT}"}}\n')
    held = of_uv("a==1", source=f'git = "https://x.example.com/a?rev=x#{"1" * 40}"')
    assert reasons({"pyproject.toml": text, "uv.lock": held}) == [
        f"a is locked at {'1' * 40}, wanted is {COMMIT}"
    ]


OF_UV = """\
version = 1
[[package]]
name = "flask"
version = "3.1.0"
[[package]]
name = "ruff"
version = "0.11.2"
[[package]]
name = "approval"
source = { virtual = "." }
[package.metadata]
requires-dist = [
  { name = "flask", extras = ["async"], specifier = ">=3,<4" },
  { name = "ruff", marker = "extra == 'lint'" },
  { name = "vvb-log", directory = "../log" },
]
[package.metadata.requires-dev]
dev = [{ name = "ruff", specifier = ">=0.1" }]
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "", []),
        ('version = "12.1"', 'version = "12.1.0"', []),
        ('version = "12.1"', 'version = "12.2"', ["approval is 12.2 and locked at 12.1"]),
        ('version = "12.1"', 'dynamic = ["version"]', []),
        ('name = "approval"', 'name = "orders"', ["orders is not in it"]),
        ('["flask"]', '["flask", "ruff"]', ["ruff was not asked for when it was written"]),
        ('["flask"]', '["flask", "approval[lint]"]', []),
        ('dev = ["ruff"]', 'test = ["ruff"]', ["the group test is not in it"]),
        ('dev = ["ruff"]', 'dev = ["ruff", "flask"]', ["flask was not asked for when it was written"]),
    ],
)
def test_uv_locks_for_a_project_and_its_groups(old: str, new: str, told: list[str]) -> None:
    """As `uv lock --check` of uv says, which refuses more: other markers, settings, and names of extras."""
    text = """\
[project]
name = "approval"
version = "12.1"
dependencies = ["flask"]
[dependency-groups]
dev = ["ruff"]
"""
    held = """\
version = 1
[[package]]
name = "approval"
version = "12.1"
source = { virtual = "." }
[package.metadata]
requires-dist = [{ name = "flask" }]
[package.metadata.requires-dev]
dev = [{ name = "ruff" }]
[[package]]
name = "flask"
version = "3.1.0"
[[package]]
name = "ruff"
version = "0.11.2"
"""
    assert old in text
    assert reasons({"pyproject.toml": text.replace(old, new), "uv.lock": held}) == told


@pytest.mark.parametrize(
    ("wanted", "locked", "told"),
    [
        (">=3.12", ">=3.12.0", []),
        ("<4,>=3.12", ">=3.12, <4", []),
        (">=3.12", ">=3.11", ["it was written for Python >=3.11, wanted is >=3.12"]),
        (">=3.12,<4", ">=3.12", ["it was written for Python >=3.12, wanted is >=3.12,<4"]),
        ("~=3.12", ">=3.12, <4", []),
    ],
)
def test_uv_locks_for_releases_of_python(wanted: str, locked: str, told: list[str]) -> None:
    """As `uv lock --check` of uv says."""
    text = asking(rest=f'requires-python = "{wanted}"\n')
    held = f'version = 1\nrequires-python = "{locked}"\n'
    assert reasons({"pyproject.toml": text, "uv.lock": held}) == told
    shared = {"pyproject.toml": f'{text}[tool.uv.workspace]\nmembers = ["log"]\n', "uv.lock": held}
    assert reasons({**shared, "log/pyproject.toml": ""}) == []


@pytest.mark.parametrize(
    ("flask", "extra", "dev", "told"),
    [
        ("Flask[async]<4,>=3.0", "ruff", "ruff>=0.1", []),
        ("flask[async]>=3", "ruff", "ruff>=0.1", ["flask was locked for >=3,<4, wanted is >=3"]),
        ("flask>=3,<4", "ruff", "ruff>=0.1", ["flask was locked with other extras"]),
        ("flask[async]>=3,<4", "ruff", "ruff", ["ruff was locked for >=0.1, wanted is any version"]),
        (
            "flask[async]>=3,<4",
            "flask[async]>=3,<4",
            "ruff>=0.1",
            ["ruff was locked and is not asked for any more"],
        ),
    ],
)
def test_uv_asks_for_what_it_was_locked_for(flask: str, extra: str, dev: str, told: list[str]) -> None:
    text = asking(
        flask,
        "vvb-log",
        rest=f"""
[project.optional-dependencies]
lint = ["{extra}"]
[dependency-groups]
dev = ["{dev}"]
[tool.uv.sources]
vvb-log = {{path = "../log"}}
""",
    )
    assert reasons({"pyproject.toml": text, "uv.lock": OF_UV}) == told


# Hashes that Poetry 2.5.1 gave: `Locker(Path("poetry.lock"), data)._get_content_hash()`.
HASHES = {
    '[tool.poetry.dependencies]\npython = "^3.11"\nflask = "^3"\n': "a9dcdac92431e2c5ade933513bdf9ae30eb0116493cb767ea82219a224bd9c9d",
    '[tool.poetry.dependencies]\nflask = {version = "^3", extras = ["async"]}\n[tool.poetry.group.dev.dependencies]\nflask = "*"\n': "9ac3ef518d012998766d028da04c7676925e1b75c1752dd4d43840990cd892d5",
    '[project]\nrequires-python = ">=3.11"\ndependencies = ["flask"]\n[tool.poetry]\npackage-mode = false\n': "050f469ca13e9334d4ec4fe2c3e7ab0f0449bbe061d112dc99175dc1af86e8f2",
    '[project]\ndependencies = ["flask"]\n[dependency-groups]\ndev = ["flask"]\n': "66bfc0ccdde316069961f283c086fb6bcceb105689d486a68da1b5a775bd3baa",
}


@pytest.mark.parametrize(("text", "content_hash"), HASHES.items())
def test_the_hash_of_poetry_is_that_of_what_is_asked_for(text: str, content_hash: str) -> None:
    held = f"""
[[package]]
name = "flask"
version = "3.1.0"
[metadata]
lock-version = "2.1"
content-hash = "{content_hash}"
"""
    assert reasons({"pyproject.toml": text, "poetry.lock": held}) == []
    other = text.replace("flask", "Flask", 1)
    assert reasons({"pyproject.toml": other, "poetry.lock": held}) == [
        "it was written for another one, by its content-hash"
    ]


def test_what_pip_compile_made_is_compared_by_names() -> None:
    files = {
        "requirements.in": "Flask\ngit+https://git.example.com/log.git@v1\npip\npywin32; os_name == 'nt'\n",
        "requirements.txt": "flask==3.1\nvvb-log @ git+https://git.example.com/log.git@v1\n",
    }
    assert reasons(files, "requirements.in") == []
    assert reasons({**files, "requirements.txt": ""}, "requirements.in") == ["Flask is not in it"]


def test_a_pylock_may_leave_out_groups_and_other_pylocks_are_not_compared() -> None:
    text = asking("flask", rest='[dependency-groups]\ndev = ["pytest"]\n')
    held = 'lock-version = "1.0"\n[[packages]]\nname = "flask"\nversion = "3"\n'
    assert reasons({"pyproject.toml": text, "pylock.toml": held}) == []
    assert reasons({"pyproject.toml": text, "pylock.toml": 'lock-version = "1.0"\n'}) == [
        "flask is not in it"
    ]


def test_the_lock_is_that_of_the_tool() -> None:
    files = {
        "pyproject.toml": '[tool.poetry.dependencies]\nflask = "^3"\n',
        "uv.lock": of_uv("flask==3"),
        "poetry.lock": '[[package]]\nname = "flask"\nversion = "2"\n',
    }
    found = manifest(files)
    assert found.lock is not None
    assert found.lock.kind == "poetry.lock"
    assert reasons(files) == ["flask is locked at 2, wanted is ^3"]


@pytest.mark.parametrize(
    ("extra", "beside", "wants"),
    [
        ("", {}, True),
        ("[build-system]\nrequires = []\n", {}, False),
        ("[build-system]\nrequires = []\n", {"Dockerfile": ""}, True),
        ("[build-system]\nrequires = []\n[tool.uv]\npackage = false\n", {}, True),
        ('classifiers = ["Private :: Do Not Upload"]\n[build-system]\nrequires = []\n', {}, True),
        ("", {"requirements.txt": ""}, False),
        ('dynamic = ["dependencies"]\n', {}, False),
    ],
)
def test_who_wants_a_lock(extra: str, beside: dict[str, str], wants: bool) -> None:
    assert manifest({"pyproject.toml": asking("flask", rest=extra), **beside}).wants_lock is wants


def test_a_lock_that_cannot_be_read_leaves_it_open() -> None:
    files: dict[str, str | bytes] = {"pyproject.toml": asking("flask"), "uv.lock": b"\x00\xff\x00"}
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-002", "VVB-DEP-003")))
    result = vvbscan.scan_files(files, config)
    assert result.findings == ()
    assert [one.reason for one in result.undecided] == ["uv.lock cannot be read"]
    assert [one.path for one in result.notices if one.level == "error"] == ["uv.lock"]


@pytest.mark.parametrize("text", ["", "[]", "null"])
def test_a_lock_of_pipenv_that_is_no_object_is_told_and_leaves_it_open(text: str) -> None:
    result = vvbscan.scan_files({"Pipfile": '[packages]\nflask = "*"\n', "Pipfile.lock": text})
    assert [(one.code, one.level, one.path) for one in result.notices] == [
        ("pypi-no-lock", "error", "Pipfile.lock")
    ]
    assert "VVB-DEP-003" not in {finding.rule_id for finding in result.findings}


def test_where_packages_come_from() -> None:
    text = asking(
        "flask",
        rest="""
[[tool.uv.index]]
url = "https://a.example.com/simple"
[[tool.poetry.source]]
name = "b"
url = "http://b.example.com/simple"
""",
    )
    found = view(
        "package_repository", {"pyproject.toml": text, "uv.lock": of_uv("flask==3")}, "pyproject.toml"
    )
    assert [asked(one.root.get("url")) for one in found] == [
        "http://b.example.com/simple",
        "https://a.example.com/simple",
        "https://pypi.example.com/simple",
    ]


VALUES = st.recursive(
    st.sampled_from(["flask", "flask>=3", "^1.2", "*", "1.0", True, 1]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "version", "git", "source", "dependencies", "package", "packages", "path", "default"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


def as_toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {as_toml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value)


@settings(max_examples=150)
@given(st.lists(VALUES, min_size=5, max_size=5), st.sampled_from(["uv.lock", "poetry.lock", "pylock.toml"]))
def test_whatever_shape_the_files_have_they_are_read(values: list[object], name: str) -> None:
    project_table, poetry, sources, packages, groups = map(as_toml, values)
    files = {
        "pyproject.toml": (
            f"project = {project_table}\ndependency-groups = {groups}\n[tool]\npoetry = {poetry}\nuv = {sources}\n"
        ),
        name: f"package = {packages}\npackages = {packages}\n",
        "Pipfile": f"packages = {packages}\nsource = {sources}\n",
        "Pipfile.lock": json.dumps({"default": values[0], "_meta": values[1], "develop": values[2]}),
        "requirements.in": json.dumps(values[0]),
    }
    result = vvbscan.scan_files(files)
    assert [one.message for one in result.notices if one.code == "internal-error"] == []
