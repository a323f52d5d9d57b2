"""The command line as people and pipelines call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

import vvbscan
from vvbscan.cli import main
from vvbscan.cli.rule_formats import OF_KINDS
from vvbscan.engine.analyse import _KINDS
from vvbscan.engine.recognise import FORMATS
from vvbscan.engine.run import SYSTEM

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: tools}
spec:
  containers:
    - name: a
      image: registry.example.com/vvb/tools
"""
ONLY = ("--select", "VVB-IMAGE-001")


def python(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, with this process's import path."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pod.yaml").write_text(POD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"vvbscan {vvbscan.__version__}\n"


def test_version_loads_next_to_nothing() -> None:
    script = "import sys; from vvbscan.cli import main; main(['--version']); print(len([m for m in sys.modules if m.startswith('vvbscan')]))"
    done = python("-c", script)
    assert int(done.stdout.splitlines()[-1]) <= 3


def test_a_scan_of_one_manifest_loads_no_heavy_module(repo: Path) -> None:
    heavy = {
        "dataclasses", "pathlib", "logging", "inspect", "jsonschema", "importlib.metadata", "multiprocessing", "tomllib",
    }  # fmt: skip
    script = (
        "import sys; before = set(sys.modules); from vvbscan.cli import main; main(['scan', 'pod.yaml']);"
        f"print(sorted((set(sys.modules) - before) & {heavy!r}))"
    )
    done = python("-c", script, cwd=repo)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.usefixtures("repo")
def test_findings_exit_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", *ONLY]) == 1
    assert "pod.yaml:7:14: error VVB-IMAGE-001" in capsys.readouterr().out


def test_clean_exits_with_0(repo: Path) -> None:
    (repo / "pod.yaml").write_text(
        POD.replace("tools\n", "tools:1.4.2\n", 2).replace("name: tools:1.4.2", "name: tools")
    )
    assert main(["scan", *ONLY]) == 0


def test_input_that_cannot_be_analysed_exits_with_2(repo: Path) -> None:
    (repo / "broken.yaml").write_text("apiVersion: v1\nkind: [\n")
    assert main(["scan", *ONLY]) == 2


def test_the_threshold(repo: Path) -> None:
    assert main(["scan", *ONLY, "--fail-on", "never"]) == 0
    (repo / ".vvbscan.yaml").write_text("rules: {VVB-IMAGE-001: {severity: note}}\n")
    assert main(["scan", *ONLY, "--fail-on", "warning"]) == 0
    assert main(["scan", *ONLY]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["scan", "nothing"], "there is no file or directory `nothing`"),
        (["scan", "--select", "VVB-IMGE-001"], "did you mean `VVB-IMAGE-001`?"),
        (["scan", "--frmat", "sarif"], "--frmat"),
        (["scan", "--format", "xml"], "xml"),
        (["scan", "--output", "report"], "no format is known"),
        (["scan", "--format", "json", "--format", "sarif"], "only one report"),
        (["scan", "--config", "none.yaml"], "none.yaml"),
        (["scan", "--config", "a", "--no-config"], "exclude each other"),
        (["scan", "--kubernetes-version", "latest"], "not a version"),
        (["scan", "--jobs", "-1"], "--jobs"),
        (["scan", "--output", "a.json", "--output", "./a.json"], "two reports"),
        (["scan", "--root", "nowhere"], "there is no directory `nowhere`"),
        (["scan", "--root", "pod.yaml"], "there is no directory `pod.yaml`"),
        (["scan", "--exclude", "a["], "`a[` is not a pattern"),
        (["explain", "VVB-NOTHING-001"], "there is no rule"),
        (["rules", "--subject", "nothing"], "no rule"),
        (["parse", "nothing.yaml"], "cannot read nothing.yaml"),
        (["parse", "pod.yaml", "--format", "ini"], "no format `ini`"),
        (["frobnicate"], "frobnicate"),
    ],
)
@pytest.mark.usefixtures("repo")
def test_wrong_usage_exits_with_2_and_says_what_to_do(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert words in captured.err
    assert "Traceback" not in captured.err


def test_no_command_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: vvbscan" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [[], ["scan"], ["rules"], ["explain"], ["parse"], ["dev"], ["dev", "test"]]
)
def test_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    assert "usage: vvbscan" in capsys.readouterr().out


def test_several_reports_at_once(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", *ONLY, "--format", "sarif", "--output", "a.sarif", "--format", "json"]) == 1
    sarif = json.loads((repo / "a.sarif").read_text())
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert sarif["runs"][0]["results"][0]["ruleId"] == "VVB-IMAGE-001"
    assert sarif["runs"][0]["results"][0]["partialFingerprints"]["primaryLocationLineHash"].endswith(":1")
    assert report["findings"][0]["rule_id"] == "VVB-IMAGE-001"
    assert "1 finding" in captured.err


def test_the_ending_tells_the_format(repo: Path) -> None:
    assert (
        main(["scan", *ONLY, "--quiet", "--output", "a.sarif", "--output", "b.json", "--output", "c.txt"])
        == 1
    )
    assert json.loads((repo / "a.sarif").read_text())["version"] == "2.1.0"
    assert "schema_version" in json.loads((repo / "b.json").read_text())
    assert (repo / "c.txt").read_text().startswith("pod.yaml: 1 finding")


@pytest.mark.usefixtures("repo")
def test_a_report_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--output", "no/such/folder.sarif"]) == 2
    assert "cannot write no/such/folder.sarif" in capsys.readouterr().err


def test_reports_are_written_even_if_the_scan_is_incomplete(repo: Path) -> None:
    (repo / "broken.yaml").write_text("apiVersion: v1\nkind: [\n")
    assert main(["scan", *ONLY, "--quiet", "--output", "a.sarif"]) == 2
    run = json.loads((repo / "a.sarif").read_text())["runs"][0]
    assert len(run["results"]) == 1
    assert run["invocations"][0]["toolExecutionNotifications"]


def test_equal_input_gives_equal_bytes(repo: Path) -> None:
    runs = [
        python("-m", "vvbscan", "scan", "--format", "sarif", cwd=repo, PYTHONHASHSEED=seed)
        for seed in ("0", "1", "2")
    ]
    assert [done.returncode for done in runs] == [1, 1, 1], runs[0].stderr
    assert len({done.stdout for done in runs}) == 1


@pytest.mark.usefixtures("repo")
def test_colours_are_asked_for(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    main(["scan", *ONLY])
    assert "\033[" not in capsys.readouterr().out
    main(["scan", *ONLY, "--color", "always"])
    assert "\033[" in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    main(["scan", *ONLY])
    assert "\033[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    main(["scan", *ONLY])
    assert "\033[" not in capsys.readouterr().out


@pytest.mark.parametrize(("columns", "most"), [("50", 50), ("0", 100), ("many", 100), ("1000", 140)])
@pytest.mark.usefixtures("repo")
def test_the_report_fits_the_terminal(
    columns: str, most: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["scan", "--select", "VVB-POD-013"]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  why: ")]
    assert most - 15 < len(line) <= most


def test_one_report_that_cannot_be_written_keeps_no_other_away(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = ("--output", "no/such.sarif", "--output", "b.json", "--format", "sarif", "--format", "json")
    assert main(["scan", *ONLY, *outputs, "--format", "text", "--output", "-"]) == 2
    assert (repo / "b.json").exists()
    assert "1 finding" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["scan"], ["rules"], ["parse", "pod.yaml"], ["--version"], ["--help"]])
def test_a_full_disk(command: list[str], repo: Path) -> None:
    script = (
        "import subprocess, sys\n"
        "with open('/dev/full', 'wb') as full:\n"
        f"    done = subprocess.run([sys.executable, '-m', 'vvbscan', *{command}], stdout=full, stderr=subprocess.PIPE)\n"
        "print(done.returncode, done.stderr)"
    )
    if not os.path.exists("/dev/full"):
        pytest.skip("only Linux has a full device")
    output = python("-c", script, cwd=repo, PYTHONUNBUFFERED="").stdout
    assert output == "2 b'error: cannot write to standard output: No space left on device\\n'\n"


@pytest.mark.parametrize("command", [["--version"], ["scan", *ONLY, "pod.yaml"]])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_is_closed_from_the_start(stream: str, command: list[str], repo: Path) -> None:
    script = f"import sys; sys.{stream} = None; from vvbscan.cli import main; sys.exit(main({command}))"
    done = python("-c", script, cwd=repo)
    assert done.returncode == (1 if "scan" in command else 0)
    assert "Traceback" not in done.stderr


def test_json_is_utf_8_whatever_the_terminal_shows(repo: Path) -> None:
    (repo / "Dockerfile").write_text("FROM scratch\nFROM m\u00fcsli \U0001f680\n")
    arguments = ("-m", "vvbscan", "scan", "--format", "json")
    done = python(*arguments, cwd=repo, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "m\u00fcsli" in json.dumps(json.loads(done.stdout), ensure_ascii=False)


@pytest.mark.parametrize("arguments", [["rules", "--format", "json"], ["--version"]])
def test_a_closed_pipe_is_no_error(arguments: list[str], repo: Path) -> None:
    script = (
        "import subprocess, sys\n"
        f"done = subprocess.Popen([sys.executable, '-m', 'vvbscan', *{arguments}], stdout=subprocess.PIPE, stderr=subprocess.PIPE)\n"
        "done.stdout.close()\n"
        "print(repr(done.stderr.read()))"
    )
    assert python("-c", script, cwd=repo).stdout == "b''\n"


def test_list_files(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "dev").mkdir()
    (repo / "dev" / "pod.yaml").write_text(POD)
    assert main(["scan", "--list-files"]) == 0
    out = capsys.readouterr().out
    assert "manifest:pod.yaml\n  pod.yaml  kubernetes\n" in out
    assert "manifest:dev/pod.yaml in environment dev (not judged)\n" in out
    assert "2 files recognised, 2 units" in out


def test_a_list_that_lacks_what_was_named(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> NoReturn:
        raise PermissionError(13, "Permission denied", path)

    assert main(["scan", "--list-files", str(repo)]) == 0
    monkeypatch.setattr(os, "scandir", refuse)
    assert main(["scan", "--list-files", str(repo)]) == 2


@pytest.mark.parametrize("option", [("--format", "json"), ("--output", "list.json")])
def test_a_list_of_files_is_no_report(
    option: tuple[str, str], repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "--list-files", *option]) == 2
    assert "--list-files makes no report" in capsys.readouterr().err
    assert not (repo / "list.json").exists()


@pytest.mark.usefixtures("repo")
def test_the_text_report_goes_to_standard_output_if_only_that_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["scan", *ONLY])
    report = capsys.readouterr().out
    assert main(["scan", *ONLY, "--output", "-"]) == 1
    assert capsys.readouterr().out == report


@pytest.mark.parametrize(("term", "coloured"), [("xterm", True), ("dumb", False)])
@pytest.mark.usefixtures("repo")
def test_a_terminal_without_colours(
    term: str, coloured: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main(["scan", *ONLY])
    assert ("\033[" in capsys.readouterr().out) is coloured


def test_configuration_is_found_and_overridden(repo: Path) -> None:
    (repo / ".vvbscan.yaml").write_text("ignore: [image]\n")
    assert main(["scan", *ONLY]) == 0
    assert main(["scan", *ONLY, "--no-config"]) == 1


def test_errors_of_the_configuration_point_at_it(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / ".vvbscan.yaml").write_text("jobs: 1\nrules:\n  VVB-IMAGE-001:\n    params: {tags: []}\n")
    assert main(["scan"]) == 2
    assert ".vvbscan.yaml:4:14: VVB-IMAGE-001 has no parameter `tags`" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--select", "--ignore", "--exclude", "--include"])
def test_an_error_of_the_command_line_is_none_of_the_configuration(
    option: str, repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = "select: [image]\nignore: [tls]\nexclude: [x]\ninclude: [pod.yaml]\n"
    (repo / ".vvbscan.yaml").write_text(settings)
    assert main(["scan", option, "["]) == 2
    assert ".vvbscan.yaml" not in capsys.readouterr().err


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "vvb-image-001"]) == 0
    by_id = capsys.readouterr().out
    assert main(["explain", "image-tag-missing-or-latest"]) == 0
    assert capsys.readouterr().out == by_id
    for words in ("What to do", "floating_tags", "hadolint:DL3007", "checklist 2.7.1", "https://"):
        assert words in by_id


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--item", "2.7.1", "--format", "json"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert "VVB-IMAGE-001" in [rule["id"] for rule in rules]
    assert all("2.7.1" in rule["checklist"] for rule in rules)
    assert main(["rules", "--severity", "error", "--view", "image_reference"]) == 0
    assert "VVB-IMAGE-001" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_filter_that_no_rule_passes_is_refused(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--subject", "dockre", "--format", form]) == 2
    assert "no rule is of that kind" in capsys.readouterr().err


@pytest.mark.parametrize("name", FORMATS)
def test_rules_of_a_format(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--file-format", name, "--format", "json"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert rules
    assert all(name in rule["formats"] for rule in rules)


def test_a_rule_judges_the_formats_that_it_finds_something_in(capsys: pytest.CaptureFixture[str]) -> None:
    main(["rules", "--format", "json"])
    rules = json.loads(capsys.readouterr().out)["rules"]
    formats = {rule["id"]: rule["formats"] for rule in rules}
    assert all(formats.values())
    assert {one for of_rule in formats.values() for one in of_rule} == set(FORMATS)
    assert formats["VVB-DOCKER-001"] == ["dockerfile"]
    assert formats["VVB-CI-003"] == ["github-actions"], "it is limited to workflows"
    assert formats["VVB-PROBE-006"] == ["application", "helm-chart", "kubernetes", "kustomization"]


def test_each_kind_of_unit_has_formats() -> None:
    assert set(OF_KINDS) == {*_KINDS, SYSTEM}


@pytest.mark.parametrize("arguments", [["--file-format", "docker"], ["--file-format", ""]])
def test_a_format_that_there_is_not(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", *arguments]) == 2
    assert "dockerfile" in capsys.readouterr().err


@pytest.mark.usefixtures("repo")
def test_parse(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "pod.yaml"]) == 0
    shown = json.loads(capsys.readouterr().out)
    (document,) = shown["documents"]
    kind = next(member for member in document["members"] if member["key"] == "kind")
    assert kind["value"]["value"] == "Pod"
    assert kind["value"]["start"] == {"offset": 21, "line": 2, "column": 7}
    assert kind["key_span"]["end"] == {"offset": 19, "line": 2, "column": 5}


@pytest.mark.parametrize("name", [".env", ".env.prod", "db.env"])
def test_parse_knows_dotenv_files(repo: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / name).write_text("A=1 # one\n")
    assert main(["parse", name]) == 0
    (document,) = json.loads(capsys.readouterr().out)["documents"]
    assert [(member["key"], member["value"]["value"]) for member in document["members"]] == [("A", "1")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("main.tf", 'a "b" {\n  c = "x${d}" # why\n}\n'),
        ("main.tofu", 'a "b" {\n  c = "x${d}" # why\n}\n'),
        ("main.hcl", 'a "b" {\n  c = "x${d}" # why\n}\n'),
        ("main.tf.json", '{"provider": {"b": {"c": "x${d}"}}}'),
    ],
)
def test_parse_shows_the_tree_of_hcl(
    repo: Path, name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / name).write_text(text)
    assert main(["parse", name]) == 0
    shown = json.loads(capsys.readouterr().out)
    (block,) = shown["body"]["blocks"]
    assert [label["text"] for label in block["labels"]] == ["b"]
    (attribute,) = block["body"]["attributes"]
    assert attribute["name"] == "c"
    begin, end = (attribute["name_span"][side]["offset"] for side in ("start", "end"))
    assert text[begin:end].strip('"') == "c"
    expression = attribute["expression"]
    assert expression["kind"] == "Template"
    assert [part["kind"] for part in expression["parts"]] == ["Literal", "Variable"]
    begin, end = (expression[side]["offset"] for side in ("start", "end"))
    assert text[begin:end] == '"x${d}"'
    assert [comment["text"] for comment in shown["comments"]] == ["# why"] * ("#" in text)


def test_parse_shows_hcl_of_any_depth(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "deep.tf").write_text("a = " + "[" * 3000 + "]" * 3000 + "\nb = 1\n")
    assert main(["parse", "deep.tf"]) == 2
    shown = json.loads(capsys.readouterr().out)
    assert [attribute["name"] for attribute in shown["body"]["attributes"]] == ["a", "b"]
    assert [problem["code"] for problem in shown["problems"]] == ["nesting-too-deep"]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_parse_opens_only_files(
    make: Callable[[str], None], repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(str(repo / "odd.yaml"))
    assert main(["parse", "odd.yaml"]) == 2
    assert "it is not a regular file" in capsys.readouterr().err


def test_parse_tells_what_is_wrong(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "bad.yaml").write_text("a: 1\nb: [\n")
    assert main(["parse", "bad.yaml"]) == 2
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "yaml-syntax"


@pytest.mark.parametrize("task", [["docs"], ["docs", "--check"], ["new-rule", "image", "tag-too-old"]])
def test_an_installed_package_is_not_developed(
    task: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "lib" / "site-packages" / "vvbscan"
    (package / "_data" / "rules").mkdir(parents=True)
    monkeypatch.setattr("vvbscan.model.resources._PACKAGE", str(package))
    assert main(["dev", *task]) == 2
    assert "works in a checkout of vvbscan" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_dev_test_runs_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dev", "test", "VVB-IMAGE-001"]) == 0
    assert "1 passed, 0 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text", "format_"),
    [
        ("requirements-dev.txt", "flask==3\n", "requirements"),
        ("requirements.in", "flask\n", "requirements"),
        ("uv.lock", "version = 1\n", "toml"),
        ("Pipfile", "[packages]\n", "toml"),
        ("Pipfile.lock", "{}", "json"),
        ("pom.xml", "<project/>", "xml"),
        ("build.gradle.kts", "plugins { java }", "gradle"),
        ("go.mod", "module a\nrequire b v1.0.0\n", "go-mod"),
        ("go.work", "use ./a\n", "go-mod"),
        ("Cargo.lock", "version = 4\n", "toml"),
    ],
)
def test_parse_knows_files_by_their_names(
    repo: Path, name: str, text: str, format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / name).write_text(text, "utf-8")
    assert main(["parse", name]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == format_


def test_parse_shows_elements_of_xml(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "pom.xml").write_text('<a b="c">\n  <d>e</d> <!-- f -->\n</a>', "utf-8")
    assert main(["parse", "pom.xml"]) == 0
    shown = json.loads(capsys.readouterr().out)
    root = shown["root"]
    assert (root["name"], root["attributes"]["b"]["value"]) == ("a", "c")
    (child,) = root["children"]
    assert (child["name"], child["text"]["value"], child["start"]["line"]) == ("d", "e", 2)
    assert [comment["text"] for comment in shown["comments"]] == ["<!-- f -->"]


def test_parse_shows_statements_of_gradle(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "build.gradle").write_text("id 'a' version '1'\nx {", "utf-8")
    assert main(["parse", "build.gradle"]) == 2
    shown = json.loads(capsys.readouterr().out)
    first = shown["block"]["statements"][0]
    assert first["pairs"][0]["name"] == "version"
    assert first["pairs"][0]["value"]["value"] == "1"
    assert [problem["code"] for problem in shown["problems"]] == ["gradle-syntax"]
