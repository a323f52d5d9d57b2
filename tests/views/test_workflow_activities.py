"""What steps do, which jobs wait for which, and what of the tree is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Source, Unknown
from vvbscan.model.unit import Options, Unit
from vvbscan.parse.yaml import parse_yaml
from vvbscan.text import SourceText
from vvbscan.views.ci.activities import Activity
from vvbscan.views.ci.github import read_pipeline
from vvbscan.views.ci.graph import Graph
from vvbscan.views.ci.kind import KIND
from vvbscan.views.ci.model import Pipeline

PATH = ".github/workflows/ci.yml"


def pipeline_of(text: str) -> Pipeline:
    parsed = parse_yaml(Source("w.yml", SourceText(text)), DEFAULT_LIMITS, "1.2")
    pipeline, _ = read_pipeline(parsed, action=False)
    assert pipeline is not None
    return pipeline


def loaded(files: dict[str, str]) -> Pipeline:
    model = KIND.load(Unit(f"workflow:{PATH}", "workflow", (PATH,)), MemoryTree({**files}), Options()).model
    assert isinstance(model, Pipeline)
    return model


def done(step: str) -> list[Activity]:
    pipeline = pipeline_of(f"on: push\njobs:\n  a:\n    steps:\n      - {step}\n")
    return [one for job in pipeline.jobs for one in Graph(pipeline).activities(job)]


@pytest.mark.parametrize(
    ("step", "kinds"),
    [
        ("run: ./mvnw -B package", ["test"]),
        ("run: mvn package -DskipTests", []),
        ("run: gradle build", ["test"]),
        ("run: gradle build -x test", []),
        ("run: gradle build -x :app:check", []),
        ("run: ./gradlew :app:check -x checkstyleMain", ["test"]),
        ("run: go test -x ./...", ["test"]),
        ("run: npm run test:unit", ["test"]),
        ("run: npm run build", ["hidden"]),
        ("run: npm ci", []),
        ("run: poetry run pytest -q", ["test"]),
        ("run: python -m pytest", ["test"]),
        ("run: npx playwright test", ["test"]),
        ("run: make test", ["hidden"]),
        ("run: ./check.sh", ["hidden"]),
        ("run: docker push registry.example.com/vvb/approval", ["image-push"]),
        ("run: docker buildx build --push .", ["image-push"]),
        ("run: docker buildx build --output type=registry .", ["image-push"]),
        ("run: docker build .", []),
        ("run: git push", []),
        ("run: mvn compile com.google.cloud.tools:jib-maven-plugin:3.4.4:build", ["image-push"]),
        ("run: crane push a.tar registry.example.com/vvb/approval", ["image-push"]),
        ("uses: docker/build-push-action@v6", []),
        ("{uses: docker/build-push-action@v6, with: {push: true}}", ["image-push"]),
        (
            "{uses: docker/build-push-action@v6, with: {outputs: 'type=image,name=a,push=true'}}",
            ["image-push"],
        ),
        ("run: kubectl -n vvb apply -f deploy", ["deploy"]),
        ("run: kubectl apply --dry-run=client -f deploy", []),
        ("run: kubectl apply --dry-run=none -f deploy", ["deploy"]),
        ("run: kubectl get pods", []),
        ("run: terraform apply -refresh-only", []),
        ("run: aws --region eu-central-1 ecs update-service --service approval", ["deploy"]),
        ("run: aws s3 ls", []),
        ("run: kustomize build . | kubectl apply -f -", ["deploy"]),
        ("run: kind create cluster", ["trial-cluster"]),
        ("run: kind version", []),
        ("run: tofu destroy", ["teardown"]),
        ("run: trivy image --exit-code 1 a:1", ["image-scan"]),
        ("run: trivy fs .", ["dependency-scan"]),
        ("uses: anchore/scan-action@v6", ["dependency-scan"]),
        ("uses: google-github-actions/deploy-cloudrun@v2", ["deploy"]),
        ("uses: helm/kind-action@v1", ["trial-cluster"]),
        ("uses: actions/checkout@v5", []),
        ("uses: example/setup-tool@v1", []),
        ("uses: example/tool@v1", ["foreign"]),
        ("uses: ./.github/actions/other", ["hidden"]),
        ("{run: deploy, shell: pwsh}", ["hidden"]),
    ],
)
def test_what_a_step_does(step: str, kinds: list[str]) -> None:
    assert [one.kind for one in done(step)] == kinds


@pytest.mark.parametrize(
    ("push", "doubted"),
    [
        ("${{ github.event_name != 'pull_request' }}", False),
        ("${{ github.ref == 'refs/heads/main' }}", False),
        ("${{ inputs.push }}", True),
        ("${{ github.event.inputs.push }}", True),
    ],
)
def test_whether_an_image_is_pushed_at_all(push: str, doubted: bool) -> None:
    (one,) = done(f'{{uses: docker/build-push-action@v6, with: {{push: "{push}"}}}}')
    assert (one.kind, one.doubt is not None) == ("image-push", doubted)


def test_a_job_waits_for_those_that_others_need() -> None:
    pipeline = pipeline_of(
        "on: push\njobs: {a: {}, b: {needs: a}, c: {needs: [b, d]}, d: {}, e: {needs: missing}, f: {needs: f}}"
    )
    names = {job.id: sorted(one.id for one in Graph(pipeline).waited_for(job).jobs) for job in pipeline.jobs}
    assert names == {"a": [], "b": ["a"], "c": ["a", "b", "d"], "d": [], "e": [], "f": ["f"]}


def test_what_is_not_known_of_a_job_that_is_needed_is_not_known_of_the_other() -> None:
    pipeline = pipeline_of("on: push\njobs: {a: {}, b: {needs: a}, c: {needs: b}}")
    unknown = Unknown("remote", "written elsewhere")
    jobs = tuple(job._replace(needs=unknown) if job.id == "b" else job for job in pipeline.jobs)
    pipeline = pipeline._replace(jobs=jobs)
    assert [Graph(pipeline).waited_for(job).unknown for job in jobs] == [None, unknown, unknown]


@given(st.lists(st.sets(st.integers(0, 7)), min_size=1, max_size=8))
def test_what_is_waited_for_is_closed(needs: list[set[int]]) -> None:
    jobs = "".join(f"  j{at}: {{needs: {[f'j{one}' for one in names]}}}\n" for at, names in enumerate(needs))
    pipeline = pipeline_of(f"on: push\njobs:\n{jobs}")
    for job in pipeline.jobs:
        waited = {one.id for one in Graph(pipeline).waited_for(job).jobs}
        direct = {f"j{one}" for one in needs[int(job.id[1:])] if one < len(needs)}
        assert direct <= waited
        for one in waited:
            assert {
                other.id for other in Graph(pipeline).waited_for(pipeline.jobs[int(one[1:])]).jobs
            } <= waited


CALLER = "on: push\njobs:\n  a: {uses: ./.github/workflows/inner.yml}\n  b: {steps: [{uses: ./tools/ship}]}\n"
INNER = "on: workflow_call\njobs: {x: {steps: [{uses: ./tools/ship}, {run: pytest}]}}\n"
SHIP = "runs: {using: composite, steps: [{run: helm upgrade a b, shell: bash}]}\n"


def test_workflows_and_actions_of_the_tree_are_followed() -> None:
    files = {PATH: CALLER, ".github/workflows/inner.yml": INNER, "tools/ship/action.yaml": SHIP}
    pipeline = loaded(files)
    found = {job.id: [one.kind for one in Graph(pipeline).activities(job)] for job in pipeline.jobs}
    assert found == {"a": ["deploy", "test"], "b": ["deploy"]}
    places = {one.place.source.path for one in Graph(pipeline).activities(pipeline.jobs[1])}
    assert places == {"tools/ship/action.yaml"}


def test_calls_are_written_from_the_root_of_the_repository() -> None:
    path = f"services/vvb/{PATH}"
    files: dict[str, str | bytes] = {
        path: CALLER,
        "services/vvb/tools/ship/action.yml": SHIP,
        "tools/ship/action.yml": "runs: {}",
    }
    model = KIND.load(Unit(f"workflow:{path}", "workflow", (path,)), MemoryTree(files), Options()).model
    assert isinstance(model, Pipeline)
    assert [one.kind for one in Graph(model).activities(model.jobs[1])] == ["deploy"]


def test_a_workflow_that_calls_itself_is_followed_once() -> None:
    pipeline = loaded({PATH: f"on: push\njobs: {{a: {{uses: ./{PATH}}}}}\n"})
    assert [one.kind for one in Graph(pipeline).activities(pipeline.jobs[0])] == ["hidden"]


@pytest.mark.parametrize(
    ("triggers", "other", "part"),
    [
        ("workflow_call", CALLER.replace("inner", "ci"), True),
        ("workflow_call", CALLER, False),
        ("[workflow_call, push]", CALLER.replace("inner", "ci"), False),
        ("push", CALLER.replace("inner", "ci"), False),
    ],
)
def test_a_workflow_that_others_of_the_tree_call_is_a_part_of_them(
    triggers: str, other: str, part: bool
) -> None:
    text = f"on: {triggers}\njobs: {{a: {{steps: [{{run: make}}]}}}}\n"
    assert loaded({PATH: text, ".github/workflows/other.yml": other}).part is part


@pytest.mark.parametrize("text", ["", "[]", "jobs: 3", "\t", "on: push"])
def test_what_is_called_may_be_no_workflow(text: str) -> None:
    pipeline = loaded({PATH: CALLER, ".github/workflows/inner.yml": text})
    assert {one.kind for job in pipeline.jobs for one in Graph(pipeline).activities(job)} <= {"hidden"}
