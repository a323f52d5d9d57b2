"""Joins: containers with applications, images with modules, through the public door and function by function."""

from __future__ import annotations

import pytest

import vvbscan
from vvbscan.model.facts import Located, WorkloadFact
from vvbscan.model.location import locate
from vvbscan.model.node import Source
from vvbscan.text import SourceText
from vvbscan.views.system.joins import (
    AMBIGUOUS,
    CERTAIN,
    GUESSED,
    NONE,
    Candidate,
    Candidates,
    deployments_of,
)

PLACE = locate(Source("pod.yaml", SourceText("kind: Pod\n")), 0, 4)


def container(image: str, name: str = "app", workload: str = "web", build: str | None = None) -> WorkloadFact:
    return WorkloadFact(
        unit="manifest:pod.yaml",
        environment="",
        judged=True,
        address=f"Pod/{workload}:containers[{name}]",
        workload=workload,
        container=name,
        image=Located(image, PLACE),
        ports=(),
        probes=(),
        variables=(),
        open_variables="",
        location=PLACE,
        build_directory=build,
    )


APPROVAL = Candidate("a", "services/approval", ("vvb-approval",))
AUDIT = Candidate("b", "services/audit", ("vvb-audit",))


@pytest.mark.parametrize(
    ("image", "name", "workload"),
    [
        ("registry.example.com:5000/vvb/approval:12.0.0", "app", "web"),
        ("registry.example.com/vvb/approval@sha256:" + "0" * 64, "app", "web"),
        ("vvb-approval", "app", "web"),
        ("VVB_Approval:1", "app", "web"),
        ("registry.example.com/team/other:1", "approval", "web"),
        ("registry.example.com/team/other:1", "app", "vvb-approval"),
    ],
)
def test_names_that_agree_are_a_guess(image: str, name: str, workload: str) -> None:
    assert Candidates([APPROVAL, AUDIT]).join(container(image, name, workload)) == (GUESSED, ("a",))


def test_a_build_directory_is_certain() -> None:
    built = container("whatever", build="services/audit")
    assert Candidates([APPROVAL, AUDIT]).join(built) == (CERTAIN, ("b",))
    assert Candidates([Candidate("root", "."), AUDIT]).join(container("whatever", build="")) == (
        CERTAIN,
        ("root",),
    )


def test_equal_candidates_are_ambiguous() -> None:
    twin = Candidate("c", "legacy/approval")
    assert Candidates([APPROVAL, twin]).join(container("vvb/approval")) == (AMBIGUOUS, ("a", "c"))


def test_nothing_agrees() -> None:
    assert Candidates([APPROVAL, AUDIT]).join(container("postgres:15.8")).kind == NONE


def test_the_only_application_takes_the_only_image_of_its_own() -> None:
    own, database = container("registry.example.com/team/backend:1"), container("postgres:15.8", "db")
    assert deployments_of({"a": "."}, [own, database]) == {"a": (own,)}
    other = container("registry.example.com/team/frontend:1")
    assert deployments_of({"a": "."}, [own, other]) == {}


DEBUG = {
    "app/src/main/resources/application.properties": "quarkus.application.name=app\nquarkus.datasource.password=${PW:}\n"
}


def log_findings(files: dict[str, str]) -> list[tuple[str, int]]:
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-SECRET-001", "VVB-APP-001")))
    result = vvbscan.scan_files({**DEBUG, **files}, config, today="2026-01-01")
    return [
        (finding.location.path, finding.location.line)
        for finding in result.findings
        if finding.rule_id == "VVB-APP-001"
    ]


def test_a_variable_of_the_image_overrides_the_file() -> None:
    assert log_findings({}) == []
    dockerfile = "FROM registry.example.com/base/jre:21.0.9\nENV QUARKUS_LOG_LEVEL=DEBUG\n"
    assert log_findings({"app/Dockerfile": dockerfile}) == [("app/Dockerfile", 2)]
    assert log_findings({"app/src/main/docker/Dockerfile.jvm": dockerfile}) == [
        ("app/src/main/docker/Dockerfile.jvm", 2)
    ]
    assert log_findings({"other/Dockerfile": dockerfile}) == [], "another module's image"


def test_what_the_container_sets_wins_over_its_image() -> None:
    files = {
        "app/Dockerfile": "FROM registry.example.com/base/jre:21.0.9\nENV QUARKUS_LOG_LEVEL=DEBUG\n",
        "deploy/app.yaml": (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec:\n  containers:\n    - name: app\n"
            "      image: registry.example.com/vvb/app:1.0.0\n      env: [{name: QUARKUS_LOG_LEVEL, value: INFO}]\n"
        ),
    }
    assert log_findings(files) == []


def test_of_several_dockerfiles_only_what_they_agree_on_counts() -> None:
    base = "FROM registry.example.com/base/jre:21.0.9\n"
    debug = f"{base}ENV QUARKUS_LOG_LEVEL=DEBUG\n"
    assert log_findings({"app/Dockerfile.jvm": debug, "app/Dockerfile.native": base}) == []
    assert log_findings({"app/Dockerfile.jvm": debug, "app/Dockerfile.native": debug}) == [
        ("app/Dockerfile.jvm", 2)
    ]


def test_of_modules_with_one_copied_name_the_directory_decides() -> None:
    copy = Candidate("c", "services/invoices", ("approval",))
    assert Candidates([APPROVAL, copy]).join(container("vvb/approval")) == (GUESSED, ("a",))
    assert (
        Candidates([AUDIT, Candidate("d", "x", ("vvb-audit",))]).join(container("vvb/vvb-audit")).kind
        == AMBIGUOUS
    )


@pytest.mark.parametrize("source_set", ["test", "contractTest", "native-test", "testFixtures", "it"])
def test_the_configuration_of_tests_is_no_candidate_and_not_judged(source_set: str) -> None:
    files = {
        f"app/src/{source_set}/resources/application.properties": "quarkus.log.level=DEBUG\n",
        "deploy/app.yaml": (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec:\n  containers:\n    - name: app\n"
            "      image: registry.example.com/vvb/app:1.0.0\n      env: [{name: QUARKUS_LOG_LEVEL, value: TRACE}]\n"
        ),
    }
    assert log_findings(files) == [("deploy/app.yaml", 8)]


def test_another_source_set_is_judged() -> None:
    # `latest` has the letters of a test and is none.
    path = "app/src/latest/resources/application.properties"
    assert log_findings({path: "quarkus.log.level=DEBUG\n"}) == [(path, 1)]


def test_the_name_of_a_workload_speaks_for_its_only_container() -> None:
    app = container("registry.example.com/team/backend:1", "app", "approval")
    migration = app._replace(address="Pod/approval:initContainers[wait]", container="wait")
    sidecar = app._replace(address="Pod/approval:containers[proxy]", container="proxy")
    modules = {"a": "services/approval", "b": "services/audit"}
    assert deployments_of(modules, [migration, app]) == {"a": (app,)}
    assert deployments_of(modules, [app, sidecar]) == {}
    named = app._replace(container="approval")
    assert deployments_of(modules, [named, sidecar]) == {"a": (named,)}


def findings_of(rule: str, files: dict[str, str]) -> list[tuple[str, int, str]]:
    config = vvbscan.Config(selection=vvbscan.Selection(select=(rule,)))
    result = vvbscan.scan_files(files, config, today="2026-01-01")
    return [(found.location.path, found.location.line, found.message) for found in result.findings]


def pod(name: str, *lines: str) -> str:
    head = (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n    - name: {name}\n"
    )
    return head + "".join(
        f"      {line}\n" for line in ("image: registry.example.com/vvb/accounts:1.0.0", *lines)
    )


def probe(path: str, port: str | int = 8080) -> str:
    return f"livenessProbe: {{httpGet: {{path: {path}, port: {port}}}}}"


def test_each_container_is_held_against_the_settings_that_it_gives_its_application() -> None:
    def lines(path: str, asked: str) -> tuple[str, str]:
        return f"env: [{{name: SERVER_SERVLET_CONTEXT_PATH, value: {path}}}]", probe(asked)

    files = {
        "accounts/src/main/resources/application.yml": "spring.application.name: accounts\n",
        "deploy/api.yaml": pod("api", *lines("/api", "/api/actuator/health/liveness")),
        "deploy/jobs.yaml": pod("jobs", *lines("/jobs", "/api/actuator/health/liveness")),
        "deploy/also.yaml": pod("also", *lines("/api", "/jobs/actuator/health/liveness")),
    }
    words = "the liveness probe asks at {}/actuator/health/liveness, but accounts answers at {}/actuator/health/liveness."
    assert findings_of("VVB-PROBE-006", files) == [
        ("deploy/also.yaml", 9, words.format("/jobs", "/api")),
        ("deploy/jobs.yaml", 9, words.format("/api", "/jobs")),
    ]


def test_variables_of_a_container_that_is_joined_by_the_name_of_its_application_count() -> None:
    files = {
        "services/a/src/main/resources/application.yml": "spring.application.name: accounts\n",
        "services/b/src/main/resources/application.yml": "spring.application.name: billing\n",
        "deploy/accounts.yaml": pod(
            "web",
            "env:",
            "  - {name: SERVER_SERVLET_CONTEXT_PATH, value: /api}",
            "  - {name: LOGGING_LEVEL_ROOT, value: DEBUG}",
            probe("/api/actuator/health/liveness"),
        ),
    }
    assert findings_of("VVB-APP-001", files) == [
        ("deploy/accounts.yaml", 10, "the root log level is DEBUG in production.")
    ]
    assert findings_of("VVB-PROBE-006", files) == []


def test_a_probe_is_held_against_the_only_application_though_nothing_names_it() -> None:
    files = {
        "src/main/resources/application.properties": "quarkus.http.root-path=/api\n",
        "deploy/accounts.yaml": pod("web", probe("/q/health/live")),
    }
    assert [line for _, line, _ in findings_of("VVB-PROBE-006", files)] == [8]


@pytest.mark.parametrize(
    "build",
    [
        "./worker",
        "{context: ., dockerfile: worker/src/main/docker/Dockerfile.jvm}",
        "{context: worker, dockerfile: ../docker/Dockerfile.java}",
    ],
)
def test_a_compose_service_runs_the_application_that_it_builds(build: str) -> None:
    files = {
        "backend/src/main/resources/application.yml": "spring.jpa.open-in-view: false\n",
        "worker/src/main/resources/application.yml": "spring.jpa.open-in-view: false\n",
        "compose.yaml": f"services:\n  jobs:\n    build: {build}\n    environment:\n      LOGGING_LEVEL_ROOT: TRACE\n",
    }
    assert findings_of("VVB-APP-001", files) == [
        ("compose.yaml", 5, "the root log level is TRACE in production.")
    ]
    deployed = pod("web", probe("/")).replace("vvb/accounts", "vvb/worker")
    assert findings_of("VVB-APP-001", {**files, "deploy/worker.yaml": deployed}) == []


GROUP = "management.endpoint.health.group"


@pytest.mark.parametrize(
    ("settings", "asked", "port"),
    [
        ("quarkus.management.enabled=true", "/q/health/live", 9000),
        ("quarkus.management.enabled=true\nquarkus.management.port=9100", "/q/health/live", 9100),
        ("quarkus.http.port=${PORT:9090}", "/q/health/live", 9090),
        ("quarkus.http.insecure-requests=disabled", "/q/health/live", 8443),
        ("spring.application.name=accounts\nserver.port=9090", "/actuator/health/liveness", 9090),
        ("spring.application.name=accounts\nmanagement.server.port=8081", "/actuator/health", 8081),
        (
            f"management.server.port=8081\n{GROUP}.liveness.additional-path=management:/alive",
            "/alive",
            8081,
        ),
    ],
)
def test_a_probe_asks_at_the_port_where_the_application_answers(settings: str, asked: str, port: int) -> None:
    files = {"accounts/src/main/resources/application.properties": settings + "\n"}
    assert findings_of("VVB-PROBE-006", {**files, "deploy/a.yaml": pod("a", probe(asked, port))}) == []
    named = f"ports: [{{name: web, containerPort: {port}}}]"
    assert (
        findings_of("VVB-PROBE-006", {**files, "deploy/a.yaml": pod("a", named, probe(asked, "web"))}) == []
    )
    ((path, line, message),) = findings_of(
        "VVB-PROBE-006", {**files, "deploy/a.yaml": pod("a", probe(asked, 8080))}
    )
    assert (path, line) == ("deploy/a.yaml", 8)
    assert message.startswith("the liveness probe asks at port 8080, but ")
    assert message.endswith(f"{asked} on port {port}.")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ("quarkus.http.port=${HTTP_PORT}", probe("/q/health/live", 8081)),
        ("quarkus.http.port=0", probe("/q/health/live", 8081)),
        ("quarkus.http.port=8080", probe("/q/health/live", "http")),
        ("spring.application.name=a\nmanagement.server.port=${M}", probe("/actuator/health", 8081)),
        ("quarkus.http.port=8080", "livenessProbe: {httpGet: {host: gate, path: /q/health/live, port: 81}}"),
    ],
)
def test_a_port_that_is_not_known_is_not_judged(settings: str, line: str) -> None:
    files = {
        "accounts/src/main/resources/application.properties": settings + "\n",
        "deploy/a.yaml": pod("a", line),
    }
    assert findings_of("VVB-PROBE-006", files) == []


BASE = "FROM registry.example.com/base/jre:21.0.9\n"


@pytest.mark.parametrize(
    ("path", "copied", "found"),
    [
        ("docker/app/Dockerfile", "./app/target/*.jar", True),
        ("Dockerfile.app", "app/target/app.jar app/config", True),
        ("Dockerfile", "--from=build /app/target/app.jar", False),
        ("Dockerfile", "web/dist", False),
        ("Dockerfile", "app/target/app.jar audit/target/audit.jar", False),
    ],
)
def test_a_dockerfile_builds_the_module_that_it_copies_from(path: str, copied: str, found: bool) -> None:
    files = {
        "audit/src/main/resources/application.properties": "quarkus.log.level=INFO\n",
        path: f"{BASE}COPY {copied} /app/\nENV QUARKUS_LOG_LEVEL=DEBUG\n",
    }
    assert log_findings(files) == ([(path, 3)] if found else [])


def test_an_image_for_what_a_module_needs_besides_is_not_the_one_of_the_module() -> None:
    files = {
        "app/Dockerfile": f"{BASE}ENV QUARKUS_LOG_LEVEL=DEBUG\n",
        "app/docker/db/Dockerfile": "FROM registry.example.com/base/postgres:17.2\nCOPY init.sql /init/\n",
    }
    assert log_findings(files) == [("app/Dockerfile", 2)]


NAMED = "spring.application.name=accounts\n"
INCLUDE = "management.endpoints.web.exposure.include"
LIVE = "/actuator/health/liveness"


@pytest.mark.parametrize(
    ("settings", "asked", "answers"),
    [
        ("management.endpoints.web.exposure.include=info,prometheus", LIVE, "no health path"),
        ("management.endpoints.web.exposure.include[0]=info", LIVE, "no health path"),
        ("management.endpoints.web.exposure.include=*", LIVE, ""),
        (f"{INCLUDE}[0]=info\n{INCLUDE}[1]=health", LIVE, ""),
        ("management.endpoints.web.exposure.include=info,${MORE}", LIVE, ""),
        ("management.endpoints.web.exposure.exclude=health", LIVE, "no health path"),
        ("management.endpoints.enabled-by-default=false", LIVE, "no health path"),
        ("management.endpoints.enabled-by-default=false\nmanagement.endpoint.health.enabled=true", LIVE, ""),
        ("management.endpoints.access.default=none", LIVE, "no health path"),
        ("management.endpoint.health.probes.enabled=false", LIVE, "/actuator/health"),
        ("management.endpoint.health.probes.enabled=false", "/actuator/health", ""),
        (f"management.endpoint.health.probes.enabled=false\n{GROUP}.liveness.include=ping", LIVE, ""),
        ("a=1", "actuator/health/liveness", ""),
    ],
)  # fmt: skip
def test_where_the_actuator_answers(settings: str, asked: str, answers: str) -> None:
    files = {
        "accounts/src/main/resources/application.properties": f"{NAMED}{settings}\n",
        "deploy/a.yaml": pod("a", probe(asked)),
    }
    message = f"the liveness probe asks at {asked}, but accounts answers at {answers}."
    assert findings_of("VVB-PROBE-006", files) == ([("deploy/a.yaml", 8, message)] if answers else [])


POM = (
    "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId>"
    "<artifactId>{}</artifactId><version>1</version></project>"
)


@pytest.mark.parametrize(
    "files",
    [
        {"a/pom.xml": POM.format("accounts")},
        {"a/build.gradle": "plugins { id 'io.quarkus' version '3.15.1' }", "a/settings.gradle": "rootProject.name = 'accounts'"},
        {"a/src/main/resources/application.yaml": "quarkus:\n  container-image:\n    name: accounts\n"},
    ],
)  # fmt: skip
def test_the_name_that_the_build_gives_an_image_joins_it(files: dict[str, str]) -> None:
    given = {
        "a/src/main/resources/application.properties": "quarkus.http.root-path=/a\n",
        "b/src/main/resources/application.properties": "quarkus.http.root-path=/b\n",
        "deploy/a.yaml": pod("web", probe("/q/health/live")),
    }
    assert [line for _, line, _ in findings_of("VVB-PROBE-006", {**given, **files})] == [8]
    assert findings_of("VVB-PROBE-006", given) == []


def test_the_name_of_an_artifact_speaks_for_images_only() -> None:
    app = Candidate("a", "a", (), ("web",))
    other = Candidate("b", "b")
    assert Candidates([app, other]).join(container("postgres:17.2", "web")).kind == NONE
    assert Candidates([app, other]).join(container("vvb/web:1", "x")) == (GUESSED, ("a",))


@pytest.mark.parametrize(
    ("variable", "text", "dev"),
    [
        ("QUARKUS_PROFILE", "quarkus.application.name=accounts\n", "%dev.quarkus.log.level=DEBUG\n"),
        (
            "SPRING_PROFILES_ACTIVE",
            "spring.application.name=accounts\n",
            "#---\nspring.config.activate.on-profile=dev\nlogging.level.root=DEBUG\n",
        ),
    ],
)
def test_a_deployment_that_says_that_it_is_for_development_is_not_judged(
    variable: str, text: str, dev: str
) -> None:
    def files(profile: str) -> dict[str, str]:
        return {
            "accounts/src/main/resources/application.properties": text + dev.replace("dev", profile),
            "deploy/a.yaml": pod(
                "a", f"env: [{{name: {variable}, value: {profile}}}]", probe("/other/health", 81)
            ),
        }

    assert findings_of("VVB-APP-001", files("dev")) == []
    assert findings_of("VVB-PROBE-006", files("dev")) == []
    assert len(findings_of("VVB-APP-001", files("eu"))) == 1


def test_the_profile_of_developers_in_a_production_overlay_is_judged() -> None:
    files = {
        "accounts/src/main/resources/application.properties": "%dev.quarkus.log.level=DEBUG\n",
        "deploy/overlays/prod/kustomization.yaml": "resources: [a.yaml]\n",
        "deploy/overlays/prod/a.yaml": pod("a", "env: [{name: QUARKUS_PROFILE, value: dev}]"),
    }
    assert len(findings_of("VVB-APP-001", files)) == 1


MODULES = {
    "svc/one/src/main/resources/application.properties": "quarkus.http.root-path=/one\n",
    "svc/two/src/main/resources/application.properties": "quarkus.http.root-path=/two\n",
}


@pytest.mark.parametrize(
    ("artifact", "lines"),
    [
        ("context: svc/one", [8]),
        ("context: ., docker: {dockerfile: svc/one/src/main/docker/Dockerfile.jvm}", [8]),
        ("context: svc/two", []),
        ("context: svc", []),
    ],
)
def test_skaffold_tells_what_an_image_is_built_from(artifact: str, lines: list[int]) -> None:
    files = {
        **MODULES,
        "skaffold.yaml": (
            "apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts:\n"
            f"    - {{image: shop, {artifact}}}\n"
        ),
        "k8s/a.yaml": pod("web", probe("/two/q/health/live")).replace(
            "registry.example.com/vvb/accounts:1.0.0", "shop"
        ),
    }
    assert [line for _, line, _ in findings_of("VVB-PROBE-006", files)] == lines


def chart(template: str, name: str = "one", further: str = "") -> dict[str, str]:
    return {
        **MODULES,
        f"charts/{name}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n",
        f"charts/{name}/templates/pod.yaml": template,
        f"charts/{name}/templates/further.yaml": further,
    }


def test_a_chart_with_one_container_speaks_for_it() -> None:
    masked = pod("web", probe("/q/health/live")).replace("web", "{{ .Release.Name }}")
    masked = masked.replace("registry.example.com/vvb/accounts:1.0.0", '"{{ .Values.image }}"')
    assert [line for _, line, _ in findings_of("VVB-PROBE-006", chart(masked))] == [8]
    assert findings_of("VVB-PROBE-006", chart(masked, "shop")) == []
    assert findings_of("VVB-PROBE-006", chart(masked, further=pod("cache"))) == []


@pytest.mark.parametrize(
    ("asked", "lines"),
    [("/orders/health", []), ("/orders/health/live", [8]), ("/orders/q/health", [8]), ("/health", [8])],
)
def test_an_application_may_serve_a_health_path_of_its_own(asked: str, lines: list[int]) -> None:
    files = {
        "accounts/src/main/resources/application.properties": "quarkus.application.name=accounts\n",
        "deploy/a.yaml": pod("a", probe(asked)),
    }
    assert [line for _, line, _ in findings_of("VVB-PROBE-006", files)] == lines
