"""The GitHub action: its steps are run as a runner would run them, in a faked environment."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
NAME = re.compile(r"!cancelled\(\)|[a-z_]+(?:\.[A-Za-z_-]+)+")
LATEST = "FROM registry.example.com/app:latest\nUSER 1000\n"
PUSH = {"github.event_name": "push", "github.repository": "shop/web"}


class Upload(NamedTuple):
    """What a step that uses another action is given."""

    uses: str
    inputs: dict[str, str]


class Job(NamedTuple):
    """What became of a job that uses the action."""

    exit_code: int
    """That of the first step that failed, else 0."""
    outputs: dict[str, str]
    uploads: tuple[Upload, ...]
    log: str


class Runner:
    """A faked runner: the contexts and files that GitHub provides, and a workspace."""

    def __init__(self, directory: Path) -> None:
        self.workspace = directory / "workspace"
        self.temp = directory / "temp"
        for folder in (self.workspace, self.temp):
            folder.mkdir()

    def provide_vvbscan(self) -> None:
        """Put this checkout where the first step would install it."""
        programs = self.temp / "vvbscan-venv" / "bin"
        programs.mkdir(parents=True)
        (programs.parent / "complete").touch()
        for name, arguments in (("python", ""), ("vvbscan", "-P -m vvbscan ")):
            script = f'#!/bin/sh\nPYTHONPATH="{ROOT}/src" exec "{sys.executable}" {arguments}"$@"\n'
            (programs / name).write_text(script, "utf-8")
            (programs / name).chmod(0o755)

    def use(self, github: Mapping[str, str] = PUSH, /, **inputs: str) -> Job:
        """Use the action once, with these inputs (`_` for `-`)."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert given.keys() <= ACTION["inputs"].keys()
        contexts = {"!cancelled()": "true", "github.event.pull_request.head.repo.full_name": "", **github}
        contexts |= {
            f"inputs.{name}": given.get(name, one["default"]) for name, one in ACTION["inputs"].items()
        }
        contexts |= {"steps.scan.outputs.sarif-file": "", "steps.scan.outputs.exit-code": ""}
        exit_code, log, uploads = 0, "", []
        for step in STEPS:
            if not ((exit_code == 0 and "if" not in step) or ("if" in step and holds(step["if"], contexts))):
                continue
            if "uses" in step:
                filled = {name: fill(value, contexts) for name, value in step["with"].items()}
                uploads.append(Upload(step["uses"], filled))
                continue
            ended, outputs = self._run(step, contexts)
            log += ended.stdout
            exit_code = exit_code or ended.returncode
            contexts |= {f"steps.{step.get('id')}.outputs.{name}": value for name, value in outputs.items()}
        outputs = {name: fill(one["value"], contexts) for name, one in ACTION["outputs"].items()}
        return Job(exit_code, outputs, tuple(uploads), log)

    def _run(
        self, step: dict[str, Any], contexts: Mapping[str, str]
    ) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an input in a script could be read as a command"
        output = self.temp / "output"
        output.write_text("", "utf-8")
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            **{name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))},
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            **{name: fill(value, contexts) for name, value in step["env"].items()},
        }
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return ended, dict(read_outputs(output.read_text("utf-8")))


def fill(text: str, contexts: Mapping[str, str]) -> str:
    """A text with its expressions, each a single context, replaced by their values."""
    return re.sub(r"\$\{\{ ([^}]+) \}\}", lambda match: contexts[match[1]], text)


def holds(condition: str, contexts: Mapping[str, str]) -> bool:
    """Whether a step's condition is met."""
    inner = condition.strip().removeprefix("${{").removesuffix("}}")
    python = (
        NAME.sub(lambda match: repr(contexts[match[0]]), inner).replace("&&", " and ").replace("||", " or ")
    )
    return bool(eval(" ".join(python.split())))  # noqa: S307  # the action's own text


def read_outputs(text: str) -> Iterator[tuple[str, str]]:
    """The outputs in a file of the form that GITHUB_OUTPUT has."""
    lines = iter(text.splitlines())
    for line in lines:
        name, heredoc, delimiter = line.partition("<<")
        if heredoc:
            value = []
            for inner in lines:
                if inner == delimiter:
                    break
                value.append(inner)
            yield name, "\n".join(value)
        else:
            name, _, single = line.partition("=")
            yield name, single


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner on which vvbscan is installed, with a Dockerfile that has a finding."""
    runner = Runner(tmp_path)
    runner.provide_vvbscan()
    (runner.workspace / "Dockerfile").write_text(LATEST, "utf-8")
    return runner


def results(job: Job) -> list[dict[str, Any]]:
    """The results in the SARIF report."""
    found: list[dict[str, Any]] = json.loads(Path(job.outputs["sarif-file"]).read_text("utf-8"))["runs"][0][
        "results"
    ]
    return found


def test_findings_are_uploaded_before_they_fail_the_job(runner: Runner) -> None:
    job = runner.use(args="--select\nVVB-IMAGE-001")
    assert (job.exit_code, job.outputs["exit-code"]) == (1, "1")
    assert [result["ruleId"] for result in results(job)] == ["VVB-IMAGE-001"]
    (upload,) = job.uploads
    assert re.fullmatch(r"github/codeql-action/upload-sarif@[0-9a-f]{40}", upload.uses)
    assert upload.inputs == {"sarif_file": job.outputs["sarif-file"], "category": "vvbscan"}
    assert "Dockerfile:1:" in job.log
    assert "::error title=vvbscan::the scan has findings" in job.log


def test_a_clean_scan_uploads_an_empty_report_that_closes_old_alerts(runner: Runner) -> None:
    (runner.workspace / "Dockerfile").unlink()
    job = runner.use()
    assert (job.exit_code, job.outputs["exit-code"], results(job), len(job.uploads)) == (0, "0", [], 1)


def test_findings_below_the_severity_do_not_fail_the_job(runner: Runner) -> None:
    job = runner.use(fail_on="never", args="--select\nVVB-IMAGE-001")
    assert (job.exit_code, len(results(job))) == (0, 1)


def test_without_an_upload(runner: Runner) -> None:
    assert runner.use(upload_sarif="false").uploads == ()


def test_pull_requests_from_forks_are_not_uploaded(runner: Runner) -> None:
    head = "github.event.pull_request.head.repo.full_name"
    pull_request = {**PUSH, "github.event_name": "pull_request"}
    assert runner.use({**pull_request, head: "someone/web"}).uploads == ()
    assert len(runner.use({**pull_request, head: "shop/web"}).uploads) == 1


def test_a_wrong_configuration_fails_the_job_without_an_upload(runner: Runner) -> None:
    (runner.workspace / "vvb.yaml").write_text("no-such-key: 1\n", "utf-8")
    job = runner.use(config="vvb.yaml")
    assert (job.exit_code, job.outputs, job.uploads) == (2, {"sarif-file": "", "exit-code": "2"}, ())
    assert "no-such-key" in job.log


def test_the_report_can_be_put_into_the_workspace(runner: Runner) -> None:
    job = runner.use(sarif_file="out.sarif", category="vvbscan/web")
    assert job.outputs["sarif-file"] == "out.sarif"
    log = json.loads((runner.workspace / "out.sarif").read_text("utf-8"))
    assert log["runs"][0]["automationDetails"]["id"].startswith("vvbscan/web")


def test_a_report_of_an_earlier_run_is_not_uploaded_again(runner: Runner) -> None:
    (runner.workspace / "out.sarif").write_text("{}", "utf-8")
    job = runner.use(sarif_file="out.sarif", args="--no-such-option")
    assert (job.exit_code, job.outputs["sarif-file"], job.uploads) == (2, "", ())


def test_two_uses_in_a_job_write_two_reports(runner: Runner) -> None:
    assert runner.use().outputs["sarif-file"] != runner.use().outputs["sarif-file"]


def test_paths_are_taken_line_by_line(runner: Runner) -> None:
    for name in ("a b", "-c"):
        (runner.workspace / name).mkdir()
        shutil.move(runner.workspace / "Dockerfile", runner.workspace / name / "Dockerfile")
        shutil.copy(runner.workspace / name / "Dockerfile", runner.workspace / "Dockerfile")
    job = runner.use(path="a b\n\n-c\r\n", args="--select\nVVB-IMAGE-001")
    paths = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results(job)]
    assert sorted(paths) == ["-c/Dockerfile", "a%20b/Dockerfile"]


HOSTILE = (
    "$(touch owned)",
    "`touch owned`",
    "; touch owned",
    "' ; touch owned ; '",
    '" ; touch owned ; "',
    "a\nb && touch owned",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_no_input_is_run_as_a_command(runner: Runner, value: str) -> None:
    others = ("path", "config", "fail_on", "args", "category", "sarif_file")
    runner.use(**dict.fromkeys(others, value))
    runner.use(python=value)
    assert not list(runner.workspace.rglob("owned"))


def plant_modules(workspace: Path) -> None:
    """Put modules into the workspace with the names of those that the action uses."""
    for name in ("secrets", "venv", "ensurepip", "pip", "vvbscan"):
        (workspace / name).mkdir()
        for module in ("__init__", "__main__"):
            (workspace / name / f"{module}.py").write_text("open('owned', 'w')\n", "utf-8")


def test_nothing_is_imported_from_the_workspace(runner: Runner) -> None:
    plant_modules(runner.workspace)
    assert len(results(runner.use())) > 0
    assert not list(runner.workspace.rglob("owned"))


def test_what_the_report_quotes_is_no_workflow_command(runner: Runner) -> None:
    folder = runner.workspace / "::error::owned"
    folder.mkdir()
    shutil.move(runner.workspace / "Dockerfile", folder)
    log = runner.use(args="--select\nVVB-IMAGE-001").log
    begin = re.search(r"^::stop-commands::([0-9a-f]{32})$", log, re.MULTILINE)
    assert begin is not None
    end = log.index(f"\n::{begin[1]}::\n")
    quoted = [match.start() for match in re.finditer(r"^\\x3a:error::owned", log, re.MULTILINE)]
    assert quoted
    assert all(begin.end() < place < end for place in quoted)
    assert not re.search(r"^\s*::error", log[begin.end() : end], re.MULTILINE)


def test_a_python_that_is_too_old_is_refused(runner: Runner) -> None:
    shutil.rmtree(runner.temp / "vvbscan-venv")
    old = runner.temp / "python2"
    old.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    old.chmod(0o755)
    job = runner.use(python=str(old))
    assert (job.exit_code, job.uploads) == (2, ())
    assert "must name a Python 3.11 or newer" in job.log


def test_every_input_is_described_and_handed_over() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    for name, one in ACTION["inputs"].items():
        assert one["description"], name
        assert f"inputs.{name} " in text, name


def test_zizmor_finds_nothing_in_the_action() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    ended = subprocess.run([zizmor, "--offline", "--no-progress", ROOT / "action.yml"], check=False)
    assert ended.returncode == 0


@pytest.mark.consumers
def test_the_action_installs_its_own_checkout(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    (runner.workspace / "Dockerfile").write_text(LATEST, "utf-8")
    plant_modules(runner.workspace)
    job = runner.use(python=sys.executable, args="--select\nVVB-IMAGE-001")
    assert (job.exit_code, [result["ruleId"] for result in results(job)]) == (1, ["VVB-IMAGE-001"]), job.log
    installed = next(
        (runner.temp / "vvbscan-venv").glob("lib/*/site-packages/vvbscan/_data/index/index.json")
    )
    assert installed.is_file()
    assert not list(runner.workspace.rglob("owned"))
