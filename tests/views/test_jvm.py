from __future__ import annotations

import pytest

from views.compose_support import load
from views.kubernetes_support import field, one, pod, written
from vvbscan.model.node import MapValue, Node, Unknown
from vvbscan.views.compose import KIND as COMPOSE


def jvm(container: str, spec: str = "", extra: str = "") -> Node | None:
    """What the view `container` has for the JVM of a Pod's container `app`."""
    return one("container", pod(container, spec, extra)).root.get("jvm")


def options(node: Node | None) -> dict[str, str]:
    """The options and the characters that they span."""
    assert node is not None
    return {name: child.written for name, _, child in node.members()}


def rest(node: Node | None) -> Unknown | None:
    assert node is not None
    assert isinstance(node.value, MapValue)
    return node.value.rest


def env(**variables: str) -> str:
    return "env:\n" + "".join(
        f"  - {{name: {name}, value: '{value}'}}\n" for name, value in variables.items()
    )


@pytest.mark.parametrize(
    ("container", "place"),
    [
        ("image: eclipse-temurin:21-jre", "eclipse-temurin:21-jre"),
        (
            "image: registry.example.com:5000/vvb/rest:java21-1.4",
            "registry.example.com:5000/vvb/rest:java21-1.4",
        ),
        ("image: tomcat", "tomcat"),
        ("image: a:1\n" + env(QUARKUS_HTTP_PORT="8080"), "QUARKUS_HTTP_PORT"),
        ("image: a:1\n" + env(A="1", JAVA_OPTS="-Da=b"), "JAVA_OPTS"),
        ("image: a:1\ncommand: [/usr/bin/java, -jar, a.jar]", "/usr/bin/java"),
        ("image: a:1\nargs: [java, -jar, a.jar]", "java"),
        ("image: a:1\ncommand: [sh, -c, 'exec java -jar a.jar']", "java"),
    ],
)
def test_what_shows_a_jvm(container: str, place: str) -> None:
    assert written(jvm(container)) == place


@pytest.mark.parametrize(
    "container",
    [
        "image: javascript-runtime:1",
        "image: java-tools.example.com/java/postgres:17",
        "image: example.com/vvb/rest:native-1.4\n" + env(QUARKUS_HTTP_PORT="8080"),
        "image: a:1\ncommand: [sh, -c, 'javac Main.java']",
        "image: a:1\ncommand: [python, java]",
        "image: a:1\n" + env(JAVASCRIPT_OPTS="x"),
    ],
)
def test_what_shows_none(container: str) -> None:
    assert jvm(container) is None


def test_options_have_their_characters() -> None:
    node = jvm(
        env(JAVA_TOOL_OPTIONS="-Xms512m -Xmx1g -Xss512k -XX:MaxMetaspaceSize=256m -XX:+UseG1GC")
        + "image: a:1\n"
    )
    assert options(node) == {
        "initial_heap": "-Xms512m",
        "max_heap": "-Xmx1g",
        "stack": "-Xss512k",
        "max_metaspace": "-XX:MaxMetaspaceSize=256m",
    }


@pytest.mark.parametrize("written_as", ["1g -Xmx", "-Xmx", "-Xmxlots", "-Xmx1gb", "-DXmx=-Xmx1g"])
def test_what_is_no_option_is_none(written_as: str) -> None:
    assert options(jvm(env(JAVA_TOOL_OPTIONS=written_as))) == {}


def test_quotes_around_an_option_are_not_part_of_it() -> None:
    assert options(jvm("env: [{name: JAVA_OPTS, value: '-Da \"-Xmx1g\" -b'}]")) == {"max_heap": "-Xmx1g"}


@pytest.mark.parametrize(
    ("container", "heap"),
    [
        (env(JAVA_TOOL_OPTIONS="-Xmx1g -Xmx2g"), "-Xmx2g"),
        (env(JAVA_OPTS="-Xmx2g", JAVA_TOOL_OPTIONS="-Xmx1g"), "-Xmx2g"),
        (env(_JAVA_OPTIONS="-Xmx3g", JAVA_OPTS="-Xmx2g"), "-Xmx3g"),
        (env(JAVA_TOOL_OPTIONS="-Xmx1g") + "command: [java, -Xmx4g, -jar, a.jar]", "-Xmx4g"),
        (env(JDK_JAVA_OPTIONS="-Xmx1g") + "command: [java, -Xmx4g, -jar, a.jar]", "-Xmx4g"),
        (env(_JAVA_OPTIONS="-Xmx3g") + "command: [java, -Xmx4g, -jar, a.jar]", "-Xmx3g"),
        ("command: [java]\nargs: [-cp, -Xmx9g, -Xmx4g, Main, -Xmx5g]", "-Xmx4g"),
        ("command: [java]\nargs: [--add-opens, java.base/java.lang=ALL-UNNAMED, -Xmx4g, Main]", "-Xmx4g"),
        ("command: [java, -jar, a.jar, -Xmx5g]", None),
        (env(JAVA_OPTS="-Xmx2g") + "command: [java, -jar, a.jar]", None),
        (env(JAVA_OPTS="-Xmx2g") + "command: [sh, -c, 'java $JAVA_OPTS -jar a.jar']", "-Xmx2g"),
        ("command: [sh, -c, 'java -Xmx4g -jar a.jar']", "-Xmx4g"),
    ],
)
def test_of_the_same_option_the_one_that_is_read_last_counts(container: str, heap: str | None) -> None:
    assert options(jvm(container)).get("max_heap") == heap


def test_the_image_may_set_more() -> None:
    further = rest(jvm(env(JAVA_TOOL_OPTIONS="-Da=b")))
    assert further is not None
    assert "image" in further.reason
    assert rest(jvm("command: [java, -jar, a.jar]")) is None
    assert rest(jvm(env(JAVA_OPTS="-Da=b"))) is None


def test_what_comes_from_a_secret_may_be_an_option() -> None:
    text = "env: [{name: JAVA_OPTS, valueFrom: {secretKeyRef: {name: s, key: k}}}]"
    further = rest(jvm(text))
    assert further is not None
    assert further.kind == "secret"


def test_known_words_beside_an_unknown_stretch_count() -> None:
    text = """
        env:
          - {name: HEAP, valueFrom: {secretKeyRef: {name: s, key: k}}}
          - {name: JAVA_OPTS, value: "-Xms1g -Xmx$(HEAP) -Xss1m"}
    """
    node = jvm(text)
    assert node is not None
    assert [name for name, _, _ in node.members()] == ["initial_heap", "stack"]
    assert rest(node) is not None


@pytest.mark.parametrize(
    ("container", "place"),
    [
        (env(JAVA_OPTS_APPEND="-Da=b"), "JAVA_OPTS_APPEND"),
        (env(JAVA_MAX_MEM_RATIO="70"), "'70'"),
        (env(JAVA_MAX_MEM_RATIO="0"), None),
        (env(JAVA_OPTS_APPEND="-Da=b", JAVA_OPTS="-Dc=d"), None),
        (
            "image: registry.access.redhat.com/ubi9/openjdk-21:1.23",
            "registry.access.redhat.com/ubi9/openjdk-21:1.23",
        ),
        (env(BPL_JVM_THREAD_COUNT="50"), "BPL_JVM_THREAD_COUNT"),
        ("image: eclipse-temurin:21-jre", None),
    ],
)
def test_images_that_size_the_heap_by_themselves(container: str, place: str | None) -> None:
    assert options(jvm(container)).get("heap_by_image") == place


def test_the_subject_without_a_jvm_has_no_such_field() -> None:
    assert field(one("container", pod("image: nginx:1.29.1")), "jvm") is None


@pytest.mark.parametrize(
    ("attributes", "at", "found"),
    [
        ("command: java -Xmx256m -jar a.jar", "java", {"max_heap": "-Xmx256m"}),
        ("entrypoint: [java]\n    command: [-Xmx1g, -jar, a.jar]", "java", {"max_heap": "-Xmx1g"}),
        ("environment: [JAVA_OPTS=-Da=b -Xmx2g]", "JAVA_OPTS", {"max_heap": "-Xmx2g"}),
        ("environment: {JAVA_OPTS: }", "JAVA_OPTS", {}),
    ],
)
def test_a_compose_service_runs_one(attributes: str, at: str, found: dict[str, str]) -> None:
    text = f"services:\n  web:\n    image: app:1\n    {attributes}\n"
    (subject,) = COMPOSE.views["compose_service"](load({"compose.yaml": text}))
    node = subject.root.get("jvm")
    assert written(node) == at
    assert options(node) == found
