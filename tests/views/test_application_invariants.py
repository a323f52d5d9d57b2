"""What holds for every configuration, however odd."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from views.application_support import (
    QUARKUS_POM,
    SPRING_POM,
    application,
    facts,
    load,
    subjects,
    value,
    workload,
)
from vvbscan.model.location import locate_node
from vvbscan.model.node import MapValue, Node
from vvbscan.views.application import VIEWS
from vvbscan.views.health import health_of

KEYS = st.sampled_from(
    [
        "quarkus.datasource.jdbc.max-size", "quarkus.http.port", "quarkus.tls.x.protocols", "server.ssl.bundle",
        "quarkus.http.tls-configuration-name", "spring.profiles.active", "spring.config.activate.on-profile",
        "spring.config.import", "spring.profiles.group.prod", "quarkus.profile", "a", "a[0]", "a[1]", "a[]", "",
        "%prod.a", "%", "%.", "%prod,dev.quarkus.http.port", 'quarkus.log.category."x', "logging.level[", "[", "]",
        "config_ordinal", "%prod.quarkus.config.profile.parent", "spring.application.name",
    ]
)  # fmt: skip
TEXTS = st.sampled_from(
    [
        "",
        "1",
        "prod",
        "${a}",
        "${a:b}",
        "${",
        "}",
        "x,y",
        "${a${a[0]}:c}",
        "#{x}",
        "@p.q@",
        "${a::b}",
        "!prod &",
    ]
)
LINES = st.lists(st.tuples(KEYS, TEXTS).map("=".join) | st.just("#---"), max_size=12).map("\n".join)
YAML = st.lists(
    st.tuples(KEYS, TEXTS).map(lambda one: f"'{one[0]}': '{one[1]}'")
    | st.sampled_from(
        ["---", "~: x", "a: [1, {b: c}]", "'%prod': {a: 2}", "a: &x {b: *x}", "- 1", "x: !!int q"]
    ),
    max_size=8,
).map("\n".join)


def check(files: dict[str, str], build: str) -> None:
    deployments = (workload({"A": "1", "SPRING_PROFILES_ACTIVE": "prod", "JAVA_OPTS": "-Da=${b} -D=1 -Dc"}),)
    for given_deployments in ((), deployments):
        loaded = load(files, build, deployments=given_deployments)
        for view in VIEWS:
            for subject in subjects(loaded, view):
                assert subject.address
                pending: list[Node] = [subject.root, subject.anchor]
                while pending:
                    node = pending.pop()
                    location = locate_node(node)
                    assert 0 <= location.start <= location.end
                    assert location.path in {
                        *(f"src/main/resources/{name}" for name in files),
                        "deploy/web.yaml",
                    }
                    pending += node.items()
                    if isinstance(node.value, MapValue):
                        pending += node.value.entries.values()
        for fact in facts(loaded):
            health_of(fact)


@settings(max_examples=120, deadline=None)
@given(LINES, LINES, YAML, st.sampled_from([QUARKUS_POM, SPRING_POM, ""]))
@example("a=${a[0]}\na[0]=${a}", "", "", QUARKUS_POM)
def test_any_configuration_is_resolved(main: str, profile: str, document: str, build: str) -> None:
    check(
        {
            "application.properties": main,
            "application-prod.properties": profile,
            "application.yaml": document,
        },
        build,
    )


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120), st.sampled_from([QUARKUS_POM, SPRING_POM]))
def test_any_text_is_resolved(text: str, build: str) -> None:
    check({"application.properties": text, "application.yml": text}, build)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "%prod.", "%dev.", "%prod,dev."]), st.sampled_from("ab")), max_size=8
    )
)
def test_profiles_in_one_file_are_those_of_a_plain_search(lines: list[tuple[str, str]]) -> None:
    """The last line of the most specific prefix that is for `prod`."""
    text = "\n".join(f"{prefix}{name}={index}" for index, (prefix, name) in enumerate(lines))
    app = application(text, QUARKUS_POM)
    for name in "ab":
        expected = None
        for prefix in ("", "%prod,dev.", "%prod."):
            found = [index for index, line in enumerate(lines) if line == (prefix, name)]
            expected = str(found[-1]) if found else expected
        assert value(app, name) == expected
