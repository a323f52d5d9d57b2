"""Whether an application serves HTTP."""

from __future__ import annotations

import pytest

import vvbscan
from views.application_support import QUARKUS_POM, SPRING_POM, application
from vvbscan.model.node import Unknown
from vvbscan.views.settings.http import serves_http


def pom(*artifacts: str) -> str:
    return "".join(f"<artifactId>{artifact}</artifactId>" for artifact in artifacts)


@pytest.mark.parametrize(
    ("text", "build"),
    [
        ("quarkus.http.port=9003", QUARKUS_POM),
        ("a=b", QUARKUS_POM + pom("quarkus-rest")),
        ("a=b", QUARKUS_POM + pom("quarkus-resteasy-reactive-jackson")),
        ("a=b", QUARKUS_POM + pom("quarkus-rest-client", "quarkus-smallrye-health")),
        ("server.port=8443", SPRING_POM),
        ("a=b", SPRING_POM + pom("spring-boot-starter-webflux")),
        ("a=b", SPRING_POM + pom("spring-cloud-config-server")),
    ],
)
def test_settings_or_the_build_say_so(text: str, build: str) -> None:
    assert serves_http(application(text, build)) is True


@pytest.mark.parametrize(
    ("text", "build"),
    [
        ("a=b", QUARKUS_POM + pom("quarkus-picocli", "quarkus-rest-client-jackson")),
        ("quarkus.application.name=nightly", QUARKUS_POM),
        ("a=b", SPRING_POM + pom("spring-boot-starter-batch", "spring-boot-starter-webclient")),
        ("quarkus.http.port=8080", QUARKUS_POM + pom("quarkus-rest", "quarkus-amazon-lambda-rest")),
        ("a=b", ""),
    ],
)
def test_nothing_says_so(text: str, build: str) -> None:
    assert isinstance(serves_http(application(text, build)), Unknown)


def test_a_file_that_the_resources_hold_for_others_is_no_configuration_of_the_module() -> None:
    files = {
        "config/pom.xml": f"{SPRING_POM}{pom('spring-boot-starter-web')}<spring-boot.version>3.3.0<",
        "config/src/main/resources/shared/application.yml": "logging: {level: {root: INFO}}\n",
    }
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-APP-012",)))
    result = vvbscan.scan_files(files, config, today="2026-01-01")
    assert result.findings == ()
    assert [outcome.kind for outcome in result.undecided] == ["default"]
    moved = {path.replace("/shared/", "/"): text for path, text in files.items()}
    assert len(vvbscan.scan_files(moved, config, today="2026-01-01").findings) == 1
