"""Where applications answer health probes."""

from __future__ import annotations

import pytest

from views.application_support import QUARKUS_POM, SPRING_POM, facts, load, workload
from vvbscan.views.health import Health, health_of


def health(text: str, build: str, open_variables: str = "") -> Health:
    deployments = (workload(open_variables=open_variables),) if open_variables else ()
    (fact,) = facts(load({"application.properties": text}, build, deployments=deployments))
    return health_of(fact)


def paths(found: Health, kind: str) -> list[tuple[str, int | None]]:
    return [(one.path, one.port) for one in found.endpoints if one.kind == kind]


@pytest.mark.parametrize(
    ("text", "path", "port"),
    [
        ("a=1", "/q/health/live", 8080),
        ("quarkus.http.port=9000", "/q/health/live", 9000),
        ("quarkus.http.root-path=/api", "/api/q/health/live", 8080),
        ("quarkus.http.root-path=api", "/api/q/health/live", 8080),
        (
            "quarkus.http.root-path=/api\nquarkus.http.non-application-root-path=/ops",
            "/ops/health/live",
            8080,
        ),
        ("quarkus.http.non-application-root-path=/", "/health/live", 8080),
        ("quarkus.http.non-application-root-path=${quarkus.http.root-path}", "/health/live", 8080),
        ("quarkus.smallrye-health.root-path=/health", "/health/live", 8080),
        ("quarkus.smallrye-health.root-path=h\nquarkus.smallrye-health.liveness-path=l", "/q/h/l", 8080),
        ("quarkus.smallrye-health.liveness-path=/live", "/live", 8080),
        ("quarkus.management.enabled=true", "/q/health/live", 9000),
        ("quarkus.management.enabled=true\nquarkus.management.root-path=/m", "/m/health/live", 9000),
        ("quarkus.management.enabled=true\nquarkus.http.root-path=/api", "/q/health/live", 9000),
        (
            "quarkus.management.enabled=true\nquarkus.smallrye-health.management.enabled=false",
            "/q/health/live",
            8080,
        ),
    ],
)
def test_liveness_of_quarkus(text: str, path: str, port: int) -> None:
    found = health(text, QUARKUS_POM)
    assert paths(found, "liveness") == [(path, port)]
    assert found.unknown == ""


def test_all_endpoints_of_quarkus() -> None:
    found = health("a=1", QUARKUS_POM)
    assert [(one.kind, one.path) for one in found.endpoints] == [
        ("overall", "/q/health"),
        ("liveness", "/q/health/live"),
        ("readiness", "/q/health/ready"),
        ("startup", "/q/health/started"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1", [("/actuator/health/liveness", 8080)]),
        ("server.port=9000", [("/actuator/health/liveness", 9000)]),
        ("server.servlet.context-path=/api", [("/api/actuator/health/liveness", 8080)]),
        ("spring.webflux.base-path=/api", [("/api/actuator/health/liveness", 8080)]),
        ("spring.mvc.servlet.path=/mvc/", [("/mvc/actuator/health/liveness", 8080)]),
        (
            "spring.mvc.servlet.path=/mvc\nserver.servlet.context-path=/api/",
            [("/api/mvc/actuator/health/liveness", 8080)],
        ),
        (
            "spring.mvc.servlet.path=/mvc\nmanagement.server.port=9001",
            [("/actuator/health/liveness", 9001)],
        ),
        ("management.endpoints.web.base-path=/manage", [("/manage/health/liveness", 8080)]),
        ("management.endpoints.web.base-path=/", [("/health/liveness", 8080)]),
        ("management.endpoints.web.path-mapping.health=ok", [("/actuator/ok/liveness", 8080)]),
        (
            "management.server.port=9001\nserver.servlet.context-path=/api",
            [("/actuator/health/liveness", 9001)],
        ),
        (
            "management.server.port=9001\nmanagement.server.base-path=/m",
            [("/m/actuator/health/liveness", 9001)],
        ),
        (
            "management.server.port=8080\nserver.servlet.context-path=/api",
            [("/api/actuator/health/liveness", 8080)],
        ),
        ("management.server.port=-1", []),
        ("management.endpoint.health.enabled=false", []),
        ("management.endpoint.health.access=NONE", []),
        ("management.endpoints.access.default=none", []),
        (
            "management.endpoint.health.probes.add-additional-paths=true\nmanagement.server.port=9001",
            [("/actuator/health/liveness", 9001), ("/livez", 8080)],
        ),
        (
            "management.endpoint.health.group.liveness.additional-path=server:/alive",
            [("/actuator/health/liveness", 8080), ("/alive", 8080)],
        ),
    ],
)
def test_liveness_of_spring(text: str, expected: list[tuple[str, int]]) -> None:
    assert paths(health(text, SPRING_POM), "liveness") == expected


def test_what_turns_health_off_is_named() -> None:
    found = health("quarkus.smallrye-health.enabled=false", QUARKUS_POM)
    assert found.endpoints == ()
    assert found.disabled is not None
    assert found.disabled.location.line == 1


def test_unknown_settings_make_the_endpoints_uncertain() -> None:
    found = health("quarkus.http.root-path=${ROOT}", QUARKUS_POM)
    assert "`${ROOT}`" in found.unknown
    assert "envFrom" in health("a=1", SPRING_POM, "envFrom").unknown
    assert paths(health("server.port=${PORT}", SPRING_POM), "readiness") == [
        ("/actuator/health/readiness", None)
    ]


def test_the_settings_that_decide_are_named() -> None:
    found = health("a=1\nquarkus.http.root-path=/api", QUARKUS_POM)
    assert [located.location.line for located in found.endpoints[0].settings] == [2]


def test_only_settings_that_are_part_of_a_path_make_it_doubtful() -> None:
    assert "`${ROOT}`" in health("quarkus.http.root-path=${ROOT}", QUARKUS_POM).doubt
    assert health("quarkus.http.port=${PORT}", QUARKUS_POM).doubt == ""
    for switch in ("management.endpoints.web.exposure.include", "management.endpoint.health.access"):
        assert "`${X}`" in health(f"{switch}=${{X}}", SPRING_POM).doubt, "the health endpoint may be off"
    assert health("a=1", SPRING_POM, "envFrom").doubt == "", "what is not written has its default"


def test_an_unknown_framework_has_no_known_endpoints() -> None:
    found = health("a=1", "")
    assert (found.endpoints, bool(found.unknown)) == ((), True)
