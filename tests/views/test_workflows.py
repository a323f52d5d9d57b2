"""Workflows and actions of GitHub: units, views, places of characters, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.dockerfile_support import shown
from vvbscan.api import scan_files
from vvbscan.engine.discover import Found
from vvbscan.engine.plan import plan
from vvbscan.engine.recognise import recognise
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Node, Source
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.parse.yaml import parse_yaml
from vvbscan.text import SourceText
from vvbscan.views.ci.kind import KIND
from vvbscan.views.ci.subjects import JobInPipeline
from vvbscan.views.ci.texts import characters

PATH = ".github/workflows/ci.yml"


def load(text: str, path: str = PATH) -> Loaded:
    return KIND.load(Unit(f"workflow:{path}", "workflow", (path,)), MemoryTree({path: text}), Options())


def subjects(text: str, view: str, path: str = PATH) -> dict[str, Subject]:
    return {subject.address: subject for subject in KIND.views[view](load(text, path))}


def fields(text: str, view: str, path: str = PATH) -> dict[str, object]:
    return {address: shown(subject.root) for address, subject in subjects(text, view, path).items()}


WORKFLOW = """\
on: {push: {branches: [main]}, pull_request: }
permissions: {contents: read}
env: {STAGE: test, REGION: eu}
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    container: registry.example.com/vvb/build:1.2.0
    services:
      db: {image: "postgres:17.2"}
      queue: {image: "${{ matrix.queue }}:4"}
    env: {STAGE: build}
    steps:
      - uses: example/tool/setup@v2
        with: {version: 3}
      - run: make
        env: {REGION: us}
      - uses: docker://registry.example.com/vvb/lint:2.0.1
      - uses: ./.github/actions/report
  deploy:
    needs: build
    uses: example/flows/.github/workflows/deploy.yml@main
    secrets: inherit
"""


def test_a_workflow_its_jobs_and_its_steps() -> None:
    assert fields(WORKFLOW, "ci_pipeline") == {
        "workflow": {"triggers": ["push", "pull_request"], "permissions": {"contents": "read"}}
    }
    assert fields(WORKFLOW, "ci_job") == {
        "jobs.build": {"id": "build", "timeout": 20},
        "jobs.deploy": {
            "id": "deploy",
            "calls": "example/flows/.github/workflows/deploy.yml@main",
            "secrets": "inherit",
        },
    }
    assert list(fields(WORKFLOW, "ci_step").items())[:2] == [
        ("jobs.build.steps[0]", {"uses": "example/tool/setup@v2", "with": {"version": 3}}),
        ("jobs.build.steps[1]", {"run": "make"}),
    ]


def test_what_is_called() -> None:
    found = fields(WORKFLOW, "action_reference")
    assert list(found) == ["jobs.build.steps[0]", "jobs.build.steps[3]", "jobs.deploy"]
    assert found["jobs.build.steps[0]"] == {
        "uses": "example/tool/setup@v2",
        "name": "example/tool/setup",
        "owner": "example",
        "reference": "v2",
        "kind": "action",
        "commit": False,
    }
    assert [one["kind"] for one in found.values() if isinstance(one, dict)] == ["action", "local", "workflow"]


def test_images_of_containers_services_and_steps() -> None:
    found = subjects(WORKFLOW, "image_reference")
    assert [(shown(one.root.get("image")), shown(one.root.get("role"))) for one in found.values()] == [
        ("registry.example.com/vvb/build:1.2.0", "container"),
        ("postgres:17.2", "service"),
        (("?expression", None, ":4"), "service"),
        ("registry.example.com/vvb/lint:2.0.1", "container"),
    ]
    assert {shown(one.root.get("final")) for one in found.values()} == {False}


def test_the_steps_of_a_composite_action() -> None:
    text = "name: report\nruns:\n  using: composite\n  steps:\n    - run: ./report.sh\n      shell: bash\n"
    path = ".github/actions/report/action.yml"
    assert fields(text, "ci_step", path) == {"runs.steps[0]": {"run": "./report.sh"}}
    assert fields(text, "ci_job", path) == fields(text, "ci_pipeline", path) == {}


@pytest.mark.parametrize("on", ["push", "[push]", "{push: }", '"push"'])
def test_events_are_one_several_or_a_mapping(on: str) -> None:
    text = f"on: {on}\njobs: {{}}\n"
    assert fields(text, "ci_pipeline") == {"workflow": {"triggers": ["push"]}}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- a\n", "- a"),
        ("on: push\n", ""),
        ("on: push\njobs:\n", "jobs"),
        ("on: push\njobs: [a]\n", "[a]"),
        ("on: push\njobs: {a: b}\n", "b"),
        ("on: push\njobs: {a: {steps: {b: c}}}\n", "{b: c}"),
        ("on: push\njobs: {a: {steps: [b]}}\n", "b"),
        ("on: push\nenv: [a]\njobs: {}\n", "[a]"),
    ],
)
def test_what_has_another_shape_is_told_where_it_stands(text: str, place: str) -> None:
    (parsed,) = load(text).parsed
    assert [
        (problem.level, problem.code, text[problem.start : problem.end].strip())
        for problem in parsed.problems
    ] == [("error", "workflow-shape", place)]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_has_nothing_to_say(text: str) -> None:
    loaded = load(text)
    assert [problem for parsed in loaded.parsed for problem in parsed.problems] == []
    assert [list(view(loaded)) for view in KIND.views.values()] == [[]] * len(KIND.views)


def test_what_is_a_workflow_or_an_action() -> None:
    def of(path: str, content: bytes = b"a: 1\n") -> str | None:
        return recognise(path, lambda: content)

    assert of(".github/workflows/test.yml") == of("x/.github/workflows/a.yaml") == "github-actions"
    assert of(".github/labeler.yml") is of(".github/workflows/more/a.yml") is of("workflows/a.yml") is None
    assert of("tools/action.yml", b"name: a\nruns:\n  using: composite\n") == "github-actions"
    assert of("tools/action.yml", b"name: a\n") is None


def test_names_of_files_say_no_environment_but_directories_above_do() -> None:
    paths = (".github/workflows/test.yml", ".github/actions/test/action.yml", "dev/action.yml")
    units = plan([Found(path, "github-actions", 1) for path in paths], MemoryTree({}), Options())
    assert {unit.files[0]: (unit.environment, unit.judged) for unit in units} == {
        paths[0]: ("", True),
        paths[1]: ("", True),
        paths[2]: ("dev", False),
    }


def test_a_comment_suppresses_a_finding() -> None:
    text = "on: push\njobs:\n  # vvbscan: ignore[VVB-CI-002, VVB-CI-006] -- moves away\n  build:\n    steps: [{run: a}]\n"
    result = scan_files({PATH: text}, today="2026-01-01")
    assert result.findings == ()
    assert sorted(finding.rule_id for finding in result.suppressed) == ["VVB-CI-002", "VVB-CI-006"]


_LINES = st.lists(
    st.text(alphabet="ab \"'${}", max_size=8).map(lambda line: f"x{line}x"), min_size=1, max_size=5
)


@given(_LINES, st.integers(0, 3), st.data())
def test_characters_of_a_block_are_found_where_they_stand(
    lines: list[str], indent: int, data: st.DataObject
) -> None:
    text = "\n".join(lines)
    spaces = " " * (indent + 1)
    whole = "run: |\n" + "\n".join(spaces + line for line in lines) + "\n"
    node = parse_yaml(Source("a", SourceText(whole)), DEFAULT_LIMITS, "1.2").documents[0].root.get("run")
    assert node is not None
    assert node.value == f"{text}\n"
    begin = data.draw(st.integers(0, len(text) - 1))
    stop = data.draw(st.integers(begin + 1, len(text)))
    found: Node = characters(node, begin, stop)
    assert found.value == text[begin:stop]
    assert (
        found.written.replace(f"\n{spaces}", "\n") == text[begin:stop].removesuffix("\n")
        or "\n" in text[begin:stop]
    )


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("run: echo ${{ a.b }} ${{ a.b }}\n", 21),
        ('run: "echo\\t${{ a.b }} ${{ a.b }}"\n', 23),
        ("run: >-\n  echo ${{ a.b }}\n  ${{ a.b }}\n", 28),
    ],
)
def test_characters_of_other_texts_are_told_by_counting(written: str, place: int) -> None:
    node = parse_yaml(Source("a", SourceText(written)), DEFAULT_LIMITS, "1.2").documents[0].root.get("run")
    assert node is not None
    begin = str(node.value).rindex("${{")
    found = characters(node, begin, begin + 10)
    assert (found.start, found.written) == (place, "${{ a.b }}")


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["a/b@c", "${{ a }}", "docker://x", "./a", ""]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["on", "jobs", "steps", "uses", "run", "env", "with", "services", "container", "runs",
                         "permissions", "secrets", "if", "strategy", "image", "timeout-minutes"]),
        inner, max_size=5,
    ),
    max_leaves=25,
), st.sampled_from([PATH, "action.yml"]))  # fmt: skip
def test_no_shape_breaks_reading_or_rules(content: object, path: str) -> None:
    import json

    result = scan_files({path: json.dumps({"jobs": {"a": content}, "runs": content, "on": content})})
    assert [notice for notice in result.notices if notice.code == "internal-error"] == []


def test_values_are_told_once_where_they_are_written() -> None:
    text = """\
on: push
env: {A: one}
jobs:
  test:
    services: {db: {image: "postgres:17.2", credentials: {username: vvb, password: two}}}
    env: {B: three}
    steps:
      - {run: make, env: {C: four}}
      - {run: docker push approval}
  ship:
    steps:
      - {uses: example/tool@v1, with: {key: five}}
      - {run: docker push approval}
"""
    found = [
        tuple(shown(subject.root.get(name)) for name in ("name", "value", "kind", "ships"))
        for subject in KIND.views["ci_value"](load(text))
    ]
    assert found == [
        ("password", "two", "credentials", False),
        ("A", "one", "variable", True),
        ("B", "three", "variable", False),
        ("C", "four", "variable", False),
        ("run", "make", "script", False),
        ("run", "docker push approval", "script", False),
        ("key", "five", "input", True),
        ("run", "docker push approval", "script", True),
    ]


@pytest.mark.parametrize(
    "steps", ["[{uses: ./again, with: {a: x}}]", "[{run: make, shell: bash}]", "7", "[7]"]
)
def test_actions_that_call_themselves_or_are_none_are_no_trouble(steps: str) -> None:
    files: dict[str, str | bytes] = {
        PATH: (
            "on: issues\npermissions: {}\njobs: {a: {timeout-minutes: 5, steps: "
            '[{uses: ./again, with: {a: "${{ github.event.issue.title }}"}}]}}\n'
        ),
        "again/action.yml": f"runs: {{using: composite, steps: {steps}}}\n",
    }
    found = scan_files(files).findings
    assert [one for one in found if one.rule_id == "VVB-CI-003"] == []


def test_what_an_action_hands_on_to_another_one_reaches_its_script() -> None:
    files: dict[str, str | bytes] = {
        PATH: 'on: issues\njobs: {a: {steps: [{uses: ./outer, with: {T: "${{ github.event.issue.body }}"}}]}}\n',
        "outer/action.yml": 'runs: {using: composite, steps: [{uses: ./inner, with: {x: "${{ inputs.t }}"}}]}\n',
        "inner/action.yml": 'runs: {using: composite, steps: [{run: "echo ${{ inputs.x }}", shell: sh}]}\n',
    }
    (found,) = [one for one in scan_files(files).findings if one.rule_id == "VVB-CI-003"]
    assert found.location.path == PATH
    assert [one.location.path for one in found.related] == ["outer/action.yml"]


def test_names_of_a_matrix_whose_values_are_written_in_it() -> None:
    matrix = (
        "{Java: [21, 25], part: '${{ fromJSON(needs.parts.outputs.all) }}', include: [{java: 21, os: linux}]}"
    )
    job = subjects(f"on: push\njobs:\n  build:\n    strategy: {{matrix: {matrix}}}\n", "ci_job")["jobs.build"]
    assert isinstance(job.record, JobInPipeline)
    assert job.record.job.written == {"java", "os"}


def test_many_ways_through_workflows_that_call_each_other_are_gone_once() -> None:
    calls = "on: [workflow_call, pull_request_target]\npermissions: {}\njobs:\n"
    files = {
        f".github/workflows/w{number}.yml": calls
        + "".join(f"  a{job}: {{uses: ./.github/workflows/w{(number + 1) % 12}.yml}}\n" for job in range(20))
        for number in range(12)
    }
    found = scan_files({**files}).findings
    assert [one for one in found if one.rule_id == "VVB-CI-004"] == []
