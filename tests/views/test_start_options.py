"""What the command of a container sets: word by word, and through the public door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vvbscan
from vvbscan.model.node import Node, Source
from vvbscan.text import SourceText
from vvbscan.views.start_options import start_of


def words(*texts: str) -> list[Node]:
    source = Source("command", SourceText("\n".join(texts)))
    return [Node(text, source, 0, 0) for text in texts]


def names(*texts: str) -> list[str]:
    found = start_of(words(*texts)).options
    return [f"{'--' if one.argument else '-D'}{one.name}={one.value.value}" for one in found]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["java", "-Da=1", "-jar", "app.jar", "--b=2"], ["-Da=1", "--b=2"]),
        (
            ["/opt/java/bin/java", "-Xmx1g", "-Da=1", "-cp", "lib/*", "org.example.Main", "--b=2"],
            ["-Da=1", "--b=2"],
        ),
        (["java", "-jar", "app.jar", "-Da=1"], []),
        (["java", "--enable-preview=x", "-jar", "app.jar"], []),
        (["java", "-jar", "app.jar", '--a="two words"'], ["--a=two words"]),
        (["./application", "-Dquarkus.http.port=9090"], ["-Dquarkus.http.port=9090"]),
        (["--server.port=9090"], ["--server.port=9090"]),
        (["entrypoint.sh", "--verbose", "-D", "--a"], []),
        (
            ["sh", "-c", "exec java $JAVA_OPTS -Da=1 -jar app.jar --b=2 && java -Dc=3 -jar o.jar"],
            ["-Da=1", "--b=2"],
        ),
        (["/bin/bash", "-c", "sleep 5; java \\\n  -Da='x y' -jar app.jar > log"], ["-Da=x y"]),
        (["sh", "-c", "echo -Da=1"], []),
        (["sh", "run.sh", "-Da=1"], []),
        ([], []),
    ],
)
def test_options(command: list[str], expected: list[str]) -> None:
    assert names(*command) == expected


@given(st.lists(st.text(alphabet="-Djava=x$ ;'\"\\.\n", max_size=20), max_size=6))
def test_any_command_is_read(command: list[str]) -> None:
    for option in start_of(words(*command)).options:
        assert option.name
        assert isinstance(option.value.value, str)


def levels(dockerfile: str = "", pod: str = "", framework: str = "spring") -> list[tuple[str, int]]:
    text = f"{framework}.application.name=app\n"
    files = {"app/src/main/resources/application.properties": text}
    if dockerfile:
        files["app/Dockerfile"] = f"FROM registry.example.com/base/jre:21.0.9\n{dockerfile}\n"
    if pod:
        files["deploy.yaml"] = (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec:\n  containers:\n    - name: app\n"
            f"      image: registry.example.com/vvb/app:1.0.0\n      {pod}\n"
        )
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-APP-001",)))
    result = vvbscan.scan_files(files, config, today="2026-01-01")
    return [(finding.location.path, finding.location.line) for finding in result.findings]


DEBUG = "logging.level.root=DEBUG"


@pytest.mark.parametrize(
    "dockerfile",
    [
        f'ENTRYPOINT ["java", "-D{DEBUG}", "-jar", "app.jar"]',
        f'ENTRYPOINT ["java", "-jar", "app.jar"]\nCMD ["--{DEBUG}"]',
        f"ENTRYPOINT java $JAVA_OPTS -D{DEBUG} -jar app.jar",
        f"CMD java -jar app.jar --{DEBUG}",
        f'CMD ["sh", "-c", "exec java -jar app.jar --{DEBUG}"]',
    ],
)
def test_the_command_of_an_image_overrides_the_files(dockerfile: str) -> None:
    assert [path for path, _ in levels(dockerfile)] == ["app/Dockerfile"]
    assert levels(dockerfile.replace("DEBUG", "INFO")) == []


def test_what_a_container_replaces_of_its_image_does_not_count() -> None:
    entry = f'ENTRYPOINT ["java", "-D{DEBUG}", "-jar", "app.jar"]\nCMD ["--b=2"]'
    assert levels(entry, 'args: ["--c=1"]') == [("app/Dockerfile", 2)]
    assert levels(entry, 'command: ["java", "-jar", "app.jar"]') == []
    arguments = f'ENTRYPOINT ["java", "-jar", "app.jar"]\nCMD ["--{DEBUG}"]'
    assert levels(arguments, "tty: false") == [("app/Dockerfile", 3)]
    assert levels(arguments, 'args: ["--c=1"]') == []
    assert levels(arguments, f'args: ["--{DEBUG}"]') == [("deploy.yaml", 8)]
    assert levels(arguments, f'args: ["-D{DEBUG}"]') == [], "Java has started its program already"


def test_variables_in_a_command_are_filled_in() -> None:
    variable = "env: [{name: LEVEL, value: DEBUG}], args: ['--logging.level.root=$(LEVEL)']"
    lines = variable.replace("], args", "]\n      args")
    assert levels(pod=lines) == [("deploy.yaml", 9)]
    assert levels(pod=lines.replace("$(LEVEL)", "$(OTHER)")) == []


def test_arguments_are_no_settings_of_quarkus() -> None:
    assert levels(pod='args: ["--quarkus.log.level=DEBUG"]', framework="quarkus") == []
    option = 'command: ["./application", "-Dquarkus.log.level=DEBUG"]'
    assert levels(pod=option, framework="quarkus") == [("deploy.yaml", 8)]


def test_an_argument_wins_over_a_variable() -> None:
    pod = f"env: [{{name: LOGGING_LEVEL_ROOT, value: INFO}}]\n      args: ['--{DEBUG}']"
    assert levels(pod=pod) == [("deploy.yaml", 9)]
