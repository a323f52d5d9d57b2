"""Pipelines of GitLab: what they include, inherit and refer to, and what jobs come to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.dockerfile_support import shown
from vvbscan.api import scan_files
from vvbscan.engine.discover import Found
from vvbscan.engine.plan import plan
from vvbscan.engine.recognise import recognise
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.node import Problem, Unknown
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.ci.gitlab_kind import KIND, GitlabPipeline
from vvbscan.views.ci.model import Job

PATH = ".gitlab-ci.yml"


def load(files: dict[str, str] | str) -> Loaded:
    texts = {PATH: files} if isinstance(files, str) else files
    tree = MemoryTree({path: dedent(text) for path, text in texts.items()})
    return KIND.load(Unit(f"gitlab-ci:{PATH}", "gitlab-ci", (PATH,)), tree, Options())


def jobs(files: dict[str, str] | str) -> dict[str, Job]:
    model = load(files).model
    assert isinstance(model, GitlabPipeline)
    assert model.pipeline is not None
    return {job.id: job for job in model.pipeline.jobs}


def subjects(files: dict[str, str] | str, view: str) -> Iterator[Subject]:
    return iter(KIND.views[view](load(files)))


def scripts(files: dict[str, str] | str) -> dict[str, object]:
    return {subject.address: shown(subject.root.get("run")) for subject in subjects(files, "ci_step")}


def images(files: dict[str, str] | str) -> list[tuple[str, object, object]]:
    return [
        (subject.address, shown(subject.root.get("role")), shown(subject.root.get("image")))
        for subject in subjects(files, "image_reference")
    ]


def problems(files: dict[str, str] | str) -> list[tuple[str, str, str]]:
    return [
        (problem.level, problem.code, one.source.text.text[problem.start : problem.end])
        for one in load(files).parsed
        for problem in one.problems
    ]


def test_each_text_of_a_script_is_a_step() -> None:
    text = """
        variables: {STAGE: test, REGION: eu}
        default:
          before_script: [npm ci]
        build:
          variables: {STAGE: build}
          script:
            - npm run build
            - |
              npm test
              echo done
          after_script: [./clean.sh]
    """
    assert scripts(text) == {
        "build.before_script[0]": "npm ci",
        "build.script[0]": "npm run build",
        "build.script[1]": "npm test\necho done\n",
        "build.after_script[0]": "./clean.sh",
    }
    step = jobs(text)["build"].steps[0]
    assert {name: node.value for name, node in step.environment.items()} == {"STAGE": "build", "REGION": "eu"}
    assert [one.program.value for one in jobs(text)["build"].steps[2].commands] == ["npm", "echo"]


def test_defaults_hold_unless_a_job_says_otherwise() -> None:
    text = """
        image: node:22.1.0
        services: [postgres:17.2]
        default:
          timeout: 10m
        a: {script: x}
        b: {script: x, image: {name: node:20.1.0}, services: [], timeout: 1h}
        c: {script: x, inherit: {default: [image]}}
        d: {script: x, inherit: {default: false}}
    """
    found = jobs(text)
    assert {name: shown(job.timeout) for name, job in found.items()} == {
        "a": 10,
        "b": 60,
        **dict.fromkeys("cd", ("?default",)),
    }
    assert images(text) == [
        ("a:image[0]", "container", "node:22.1.0"),
        ("a:image[1]", "service", "postgres:17.2"),
        ("b:image[0]", "container", "node:20.1.0"),
        ("c:image[0]", "container", "node:22.1.0"),
    ]


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("90 minutes", 90),
        ("1h 30m", 90),
        ("1 hour and 30 min", 90),
        ("2 days", 2880),
        ("3600", 60),
        ("90s", 1.5),
        ("1 week", 10080),
    ],
)
def test_times_are_counted_in_minutes(written: str, minutes: float) -> None:
    assert shown(jobs(f"a: {{script: x, timeout: {written}}}")["a"].timeout) == minutes


@pytest.mark.parametrize("written", ["soon", "1 fortnight", "$LIMIT", "[1h]", "'$[[ inputs.limit ]]'"])
def test_other_times_are_unknown(written: str) -> None:
    node = jobs(f"a: {{script: x, timeout: {written}}}")["a"].timeout
    assert node is not None
    assert isinstance(shown(node), tuple)


def test_what_a_job_extends_lies_below_it() -> None:
    files = {
        PATH: """
            include: /ci/base.yml
            a:
              extends: [.one, .two]
              variables: {C: 3}
              script: x
              retry: null
        """,
        "ci/base.yml": """
            .zero: {timeout: 5m, variables: {A: 0, Z: 0}}
            .one: {extends: .zero, variables: {A: 1, B: 1}, image: "a:1.0.0"}
            .two: {variables: {B: 2}, allow_failure: true}
        """,
    }
    job = jobs(files)["a"]
    assert {name: node.value for name, node in job.steps[0].environment.items()} == {
        "A": 1,
        "Z": 0,
        "B": 2,
        "C": 3,
    }
    assert (shown(job.timeout), job.images[0].image.value) == (5, "a:1.0.0")
    assert job.continue_on_error is not None
    assert job.continue_on_error.source.path == "ci/base.yml"
    assert [step.label for step in job.continue_on_error.via] == ["extended by the job a"]


def test_references_stand_for_what_they_name() -> None:
    files = {
        PATH: """
            include: [local: ci/*.yml]
            .scripts:
              all:
                - !reference [.setup, script]
                - make
            .list: [make list]
            a:
              script:
                - !reference [.scripts, all]
                - [make check, [make install]]
                - !reference
                  - .list
              image: !reference [.setup, image]
        """,
        "ci/setup.yml": ".setup: {script: [./setup.sh], image: 'a:1.0.0'}",
    }
    assert list(scripts(files).values()) == [
        *("./setup.sh", "make", "make check", "make install", "make list"),
    ]
    assert images(files) == [("a:image[0]", "container", "a:1.0.0")]
    assert problems(files) == []


def test_files_are_laid_over_each_other_in_order() -> None:
    files = {
        PATH: """
            include: ["ci/**.yml"]
            build: {script: [last]}
        """,
        "ci/a.yml": "build: {script: [first], image: 'a:1.0.0'}\nlint: {script: a}",
        "ci/more/b.yml": "lint: {script: b}",
        "ci/c.txt": "",
    }
    assert scripts(files) == {"build.script[0]": "last", "lint.script[0]": "b"}
    assert images(files) == [("build:image[0]", "container", "a:1.0.0")]
    assert [record.path for record in load(files).files] == [PATH, "ci/a.yml", "ci/more/b.yml"]


def test_what_may_come_from_outside_is_unknown() -> None:
    text = """
        include: {project: vvb/pipelines, ref: v1, file: /base.yml}
        a: {extends: .outside, script: x}
        b: {variables: {A: 1}}
        c: {script: x, timeout: 5m}
    """
    found = jobs(text)
    assert {name: shown(job.timeout) for name, job in found.items()} == {
        "a": ("?remote",),
        "b": ("?remote",),
        "c": 5,
    }
    assert shown(found["b"].continue_on_error) == ("?remote",)
    assert found["c"].continue_on_error is None
    assert problems(text) == []


def test_templates_that_add_jobs_change_no_defaults() -> None:
    text = "include: [template: Security/SAST.gitlab-ci.yml]\na: {script: x}\nsast: {variables: {A: 1}}\n"
    found = jobs(text)
    assert {name: shown(job.timeout) for name, job in found.items()} == {
        "a": ("?default",),
        "sast": ("?remote",),
    }


def test_variables_of_the_configuration_are_filled_into_images() -> None:
    text = """
        variables:
          NODE: {value: "22.1.0", description: which one}
          IMAGE: node:$NODE
          LOOP: $LOOP
        a: {script: x, image: $IMAGE}
        b: {script: x, image: "$CI_REGISTRY/vvb:${NODE}"}
        c: {script: x, image: "$LOOP"}
    """
    found = {job.id: job.images[0] for job in jobs(text).values()}
    assert shown(found["a"].tag) == "22.1.0"
    assert shown(found["b"].image) == ("?template", None, "/vvb:22.1.0")
    assert shown(found["c"].image) == ("?template",)
    assert [step.label for step in found["a"].image.via] == ["uses the variable"]


def test_a_runner_of_windows_has_another_shell() -> None:
    text = "a: {script: [make], tags: [saas-windows-medium]}\nb: {script: [make]}\n"
    assert {name: len(job.steps[0].commands) for name, job in jobs(text).items()} == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    ("text", "place", "level"),
    [
        ("- a\n", "- a\n", "error"),
        ("a: b\n", "b", "error"),
        ("a: {extends: b, script: x}\n", "b", "error"),
        ("a: {extends: a, script: x}\n", "a", "error"),
        (".x: {extends: .y}\n.y: {extends: [.x]}\na: {extends: .x, script: x}\n", ".x", "error"),
        ("a: {script: !reference [b, c]}\n", "[b, c]", "error"),
        ("include: /b.yml\na: {script: x}\n", "/b.yml", "warning"),
    ],
)
def test_what_gitlab_would_not_take_is_told_where_it_stands(text: str, place: str, level: str) -> None:
    assert [(one[0], one[2].strip()) for one in problems(text)] == [(level, place.strip())]


@pytest.mark.parametrize("text", ["", "# nothing\n", "spec: {inputs: {a: {}}}\n---\n"])
def test_an_empty_file_has_nothing_to_say(text: str) -> None:
    loaded = load(text)
    assert [problem for parsed in loaded.parsed for problem in parsed.problems] == []
    assert [list(view(loaded)) for view in KIND.views.values()] == [[]] * len(KIND.views)


def test_files_that_include_or_extend_each_other_end() -> None:
    files = {
        PATH: "include: [a.yml]\n.x: {extends: .y}\n.y: {extends: .x, timeout: 5m}\na: {extends: .x, script: x}\n",
        "a.yml": "include: [.gitlab-ci.yml, b.yml]\n",
        "b.yml": "include: [a.yml]\nb: {script: x}\n",
    }
    assert list(jobs(files)) == ["b", "a"]
    assert shown(jobs(files)["a"].timeout) == 5
    told = [problem.message for one in load(files).parsed for problem in one.problems]
    assert told == ["jobs extend each other in a circle: .x -> .y -> .x"]


def test_more_jobs_that_extend_one_another_than_gitlab_follows_are_told() -> None:
    def chain(length: int) -> str:
        links = "".join(f".x{number}: {{extends: .x{number + 1}}}\n" for number in range(length))
        return f"a: {{extends: .x0, script: x}}\n{links}.x{length}: {{timeout: 5m}}\n"

    assert problems(chain(10)) == []
    assert shown(jobs(chain(10))["a"].timeout) == 5
    assert [one[0] for one in problems(chain(12))] == ["error"]


def test_includes_that_fan_out_are_read_once() -> None:
    files = {f"f{level}.yml": f"include: [f{level + 1}.yml, f{level + 1}.yml]\n" for level in range(60)}
    files |= {PATH: "include: f0.yml\n", "f60.yml": "a: {script: x}\n"}
    assert list(jobs(files)) == ["a"]


def test_a_pipeline_is_planned_with_what_it_includes_and_starts() -> None:
    files: dict[str, str | bytes] = {
        PATH: "include: ci/a.yml\nb: {trigger: {include: ci/child.yml}}\n",
        "ci/a.yml": "a: {script: x}\n",
        "ci/child.yml": "c: {script: x}\n",
        "web/.gitlab-ci.yml": "include: /ci/web.yml\n",
        "web/ci/web.yml": "d: {script: x}\n",
        "test/.gitlab-ci.yml": "e: {script: x}\n",
    }
    found = [Found(path, "gitlab-ci", 1) for path in files if path.endswith(PATH)]
    units = plan(found, MemoryTree(files), Options())
    assert {unit.files: unit.judged for unit in units} == {
        (PATH, "ci/a.yml"): True,
        ("ci/child.yml",): True,
        ("web/.gitlab-ci.yml", "web/ci/web.yml"): True,
        ("test/.gitlab-ci.yml",): False,
    }
    assert recognise(PATH, lambda: b"") == recognise(f"web/{PATH}", lambda: b"") == "gitlab-ci"
    assert recognise("ci/a.yml", lambda: b"a: {script: x}\n") is None


def test_what_is_included() -> None:
    text = """
        include:
          - remote: https://example.com/a.yml
            integrity: sha256-x
          - {project: vvb/pipelines, ref: v1, file: [a.yml, b.yml]}
          - component: $CI_SERVER_FQDN/vvb/go@1.2.3
    """
    assert [shown(subject.root) for subject in subjects(text, "ci_include")] == [
        {"kind": "remote", "location": "https://example.com/a.yml", "integrity": "sha256-x"},
        {"kind": "project", "location": "vvb/pipelines", "reference": "v1"},
        {"kind": "component", "location": "$CI_SERVER_FQDN/vvb/go", "reference": "1.2.3"},
    ]


def test_a_comment_suppresses_a_finding_in_an_included_file() -> None:
    files = {
        PATH: "include: ci/a.yml\n",
        "ci/a.yml": "a:\n  script: [make]\n  timeout: 3h # vvbscan: ignore[VVB-CI-006] -- load test\n",
    }
    result = scan_files(files, today="2026-01-01")
    assert [finding.rule_id for finding in result.findings] == []
    assert [finding.rule_id for finding in result.suppressed] == ["VVB-CI-006"]


_WORDS = st.sampled_from(
    ["make", "$A", "${B}:1", "$[[ inputs.a ]]", "1h", ".a", "a", "ci/*.yml", "https://a/b", ""]
)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | _WORDS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["include", "extends", "script", "image", "services", "variables", "default", "timeout", "a",
                         ".a", "rules", "allow_failure", "local", "remote", "project", "component", "trigger", "name",
                         "before_script", "inherit", "tags", "parallel", "matrix", "value", "retry", "max", "when",
                         "needs", "stage", "stages"]),
        inner, max_size=5,
    ),
    max_leaves=25,
), st.booleans())  # fmt: skip
def test_no_shape_breaks_reading_or_rules(content: object, refer: bool) -> None:
    text = json.dumps(
        {"include": content, "a": content, ".a": content, "default": content, "variables": content}
    )
    if refer:
        text = text.replace("[", "!reference [")
    result = scan_files({PATH: text, "ci/x.yml": text})
    assert [notice for notice in result.notices if notice.code == "internal-error"] == []


def test_problems_belong_to_their_files() -> None:
    files = {PATH: "include: ci/a.yml\n", "ci/a.yml": "a: {extends: b, script: x}\n"}
    found: dict[str, tuple[Problem, ...]] = {one.source.path: one.problems for one in load(files).parsed}
    assert [(path, len(these)) for path, these in found.items()] == [(PATH, 0), ("ci/a.yml", 1)]


def waits(text: str) -> dict[str, list[str] | str]:
    """The jobs that each job waits for by itself, or why they are not known."""
    return {
        name: job.needs.reason if isinstance(job.needs, Unknown) else [str(shown(one)) for one in job.needs]
        for name, job in jobs(text).items()
    }


def test_a_job_waits_for_all_jobs_of_earlier_stages() -> None:
    text = """
        late: {stage: deploy, script: [a]}
        unit: {script: [a]}
        compile: {stage: build, script: [a]}
        first: {stage: .pre, script: [a]}
        """
    assert waits(text) == {
        "late": ["first", "compile", "unit"],
        "unit": ["first", "compile"],
        "compile": ["first"],
        "first": [],
    }


def test_a_job_with_needs_waits_for_those_only() -> None:
    text = """
        stages: [one, two]
        a: {stage: one, script: [a]}
        b: {stage: one, script: [a]}
        c: {stage: two, script: [a], needs: [{job: b, artifacts: false}]}
        d: {stage: two, script: [a], needs: []}
        e: {extends: c}
        """
    assert waits(text) == {"a": [], "b": [], "c": ["b"], "d": [], "e": ["b"]}


def test_what_a_job_waits_for_is_unknown_where_its_stage_is() -> None:
    text = """
        include: {remote: "https://ci.example.com/jobs.yml"}
        a: {script: [a]}
        b: {extends: .other, script: [a]}
        """
    assert waits(text)["b"] == "https://ci.example.com/jobs.yml is included from outside the tree"
    assert waits(text)["a"] == "the stages of the pipeline are not known"
