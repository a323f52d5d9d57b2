"""Merging of compose files and extended services."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from views.compose_support import place, service, services, value
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import MapValue, Node, Source
from vvbscan.parse.yaml import parse_yaml
from vvbscan.text import SourceText
from vvbscan.views.compose.interpolation import Budget, Interpolation
from vvbscan.views.compose.merge import Tags, merge_services
from vvbscan.views.compose.spelling import Speller
from vvbscan.views.compose.variables import nothing

BASE = "docker-compose.yml"
PROD = "docker-compose.prod.yml"


def merged(*texts: str) -> Node:
    """Services that are merged in this order."""
    tags = Tags()
    result: Node | None = None
    for number, text in enumerate(texts):
        source = Source(f"{number}.yaml", SourceText(dedent(text)))
        tags.add(source)
        documents = parse_yaml(source, DEFAULT_LIMITS, "1.2").documents
        root = documents[0].root if documents else Node(None, source, 0, 0)
        speller = Speller(Interpolation(nothing, Budget(DEFAULT_LIMITS)), "", {})
        result = merge_services(result, speller.service(root), tags)
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        ("{cpu_shares: 1, tty: true}", "{tty: false, cpuset: '0'}",
         {"cpu_shares": 1, "tty": False, "cpuset": "0"}),
        ("command: [a, b]", "command: [c]", {"command": ["c"]}),
        ("entrypoint: a", "entrypoint: [b]", {"entrypoint": ["b"]}),
        ("healthcheck: {test: [CMD, a], retries: 2}", "healthcheck: {test: [CMD, b]}",
         {"healthcheck": {"test": ["CMD", "b"], "retries": 2}}),
        ("dns: 1.1.1.1", "dns: [8.8.8.8, 1.1.1.1]", {"dns": ["1.1.1.1", "8.8.8.8"]}),
        ("expose: ['80']", "expose: [80, 81]", {"expose": ["80", "81"]}),
        ("environment: {A: 1, B: 2}", "environment: [B=3, C=4]",
         {"environment": {"A": "1", "B": "3", "C": "4"}}),
        ("environment: [A=1]", "environment: [A]", {"environment": {"A": None}}),
        ("labels: [a=1]", "labels: {a: x, b: y}", {"labels": {"a": "x", "b": "y"}}),
        ("build: .", "build: {target: prod}",
         {"build": {"context": ".", "directory": ".", "target": "prod"}}),
        ("build: {context: a, args: [X=1, Y=2]}", "build: {args: {Y: 3}}",
         {"build": {"context": "a", "directory": "a", "args": {"X": "1", "Y": "3"}}}),
        ("depends_on: [db]", "depends_on: {mq: {condition: service_healthy}}",
         {"depends_on": {"db": {"condition": "service_started"}, "mq": {"condition": "service_healthy"}}}),
        ("networks: [a]", "networks: {a: {priority: 1}, b: }",
         {"networks": {"a": {"priority": 1}, "b": None}}),
        ("volumes: ['one:/x', 'two:/y']", "volumes: ['new:/x:ro']",
         {"volumes": [{"type": "volume", "source": "new", "target": "/x", "read_only": True},
                      {"type": "volume", "source": "two", "target": "/y"}]}),
        ("ports: ['80:80']", "ports: ['127.0.0.1:80:80', {target: 80, published: '80'}]",
         {"ports": [{"target": 80, "published": 80},
                    {"target": 80, "published": 80, "host_ip": "127.0.0.1"}]}),
        ("secrets: [a]", "secrets: [{source: a, mode: 256}, b]",
         {"secrets": [{"source": "a", "mode": 256}, {"source": "b"}]}),
        ("cap_add: [A]", "cap_add: [A, B]", {"cap_add": ["A", "B"]}),
        ("logging: {driver: a, options: {x: 1}}", "logging: {options: {y: 2}}",
         {"logging": {"driver": "a", "options": {"x": 1, "y": 2}}}),
        ("logging: {driver: a, options: {x: 1}}", "logging: {driver: b}", {"logging": {"driver": "b"}}),
        ("restart: always", "restart:", {"restart": "always"}),
        ("restart: always", "", {"restart": "always"}),
        ("env_file: a.env", "env_file: [b.env, {path: a.env, required: false}]",
         {"env_file": [{"path": "a.env", "file": "a.env", "required": False},
                       {"path": "b.env", "file": "b.env"}]}),
        ("deploy: {labels: {a: 1}, replicas: '2'}", "deploy: {labels: [b=2]}",
         {"deploy": {"labels": {"a": "1", "b": "2"}, "replicas": 2}}),
        ("command: [a]", "command:", {"command": None}),
    ],
)  # fmt: skip
def test_rule(base: str, over: str, result: dict[str, object]) -> None:
    assert value(merged(base, over)) == result


def test_reset_removes_what_the_file_below_set_and_says_so() -> None:
    node = merged(
        "ports: ['80:80']\nenvironment: {A: 1, B: 2}", "ports: !reset []\nenvironment: {A: !reset null}"
    )
    assert value(node) == {"environment": {"B": "2"}}
    assert isinstance(node.value, MapValue)
    assert node.value.removed is not None
    assert place(node.value.removed["ports"]) == "1.yaml: ports: !reset []"
    environment = node.get("environment")
    assert environment is not None
    assert isinstance(environment.value, MapValue)
    assert list(environment.value.removed or {}) == ["A"]


def test_what_is_set_again_is_no_longer_removed() -> None:
    node = merged("restart: always", "restart: !reset null", "restart: on-failure")
    assert isinstance(node.value, MapValue)
    assert (value(node), node.value.removed) == ({"restart": "on-failure"}, None)


def test_override_replaces_instead_of_merging() -> None:
    over = """\
        ports: !override   # only this one
          - "8443:443"
        labels: !override {c: "3"}
        """
    node = merged("ports: ['80:80']\nlabels: [a=1]", over)
    assert value(node) == {"ports": [{"target": 443, "published": 8443}], "labels": {"c": "3"}}


def test_reset_has_its_meaning_in_a_file_alone() -> None:
    assert value(merged("{restart: !reset always, build: {context: a, args: !reset {}}}")) == {
        "build": {"context": "a", "directory": "a"}
    }


def test_the_words_of_the_tags_in_a_string_mean_nothing() -> None:
    assert value(merged("restart: always", "x-note: ': !reset'\nrestart: on-failure # !reset")) == {
        "restart": "on-failure",
        "x-note": ": !reset",
    }


ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "restart": st.sampled_from(["always", '"no"']),
        "environment": st.sampled_from(["{A: x}", "{B: y}", "[A=z, C=w]", "{A: }"]),
        "labels": st.sampled_from(["{a: x}", "[b=y]"]),
        "ports": st.sampled_from(["['80:80']", "['81:80', '80:80/udp']", "[{target: 80, published: '80'}]"]),
        "volumes": st.sampled_from(["['a:/x']", "['b:/x:ro', '/y']"]),
        "command": st.sampled_from(["a b", "[c]"]),
        "healthcheck": st.sampled_from(["{test: a}", "{test: b, retries: 3}", "{interval: 1s}"]),
        "logging": st.sampled_from(["{driver: a}", "{driver: b}", "{options: {x: y}}"]),
        "build": st.sampled_from([".", "{target: t}", "{args: [X=1]}"]),
    },
).map(lambda attributes: "".join(f"{name}: {text}\n" for name, text in attributes.items()))


def without_logging(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("logging"))


@given(ATTRIBUTES)
@settings(max_examples=100)
def test_nothing_laid_over_a_service_or_below_it_changes_nothing(text: str) -> None:
    assert value(merged(text)) == value(merged(text, "{}")) == value(merged("{}", text))


@given(ATTRIBUTES)
@settings(max_examples=100)
def test_a_service_laid_over_itself_is_itself(text: str) -> None:
    assert value(merged(text, text)) == value(merged(text))


@given(ATTRIBUTES, ATTRIBUTES)
@settings(max_examples=100)
def test_a_service_keeps_what_is_laid_over_it(base: str, over: str) -> None:
    result, top = value(merged(base, over)), value(merged(over))
    assert isinstance(result, dict)
    assert isinstance(top, dict)
    for name, wanted in top.items():
        if isinstance(wanted, dict):
            assert wanted.items() <= result[name].items()
        elif name in ("ports", "volumes"):
            assert [item for item in result[name] if item in wanted] != [] or not wanted
        else:
            assert result[name] == wanted


@given(ATTRIBUTES, ATTRIBUTES, ATTRIBUTES)
@settings(max_examples=100)
def test_merging_is_associative_but_for_logging_drivers(one: str, two: str, three: str) -> None:
    # A driver that differs discards the options below it, whatever comes after.
    one, two, three = map(without_logging, (one, two, three))
    tags = Tags()
    right = merge_services(merged(one), merge_services(merged(two), merged(three), tags), tags)
    assert value(
        merge_services(merge_services(merged(one), merged(two), tags), merged(three), tags)
    ) == value(right)


def test_a_value_is_placed_in_the_file_that_set_it() -> None:
    web = service(
        {
            BASE: "services: {web: {image: 'app:1', restart: 'no', environment: {A: x, B: y}}}",
            PROD: "services: {web: {restart: always, environment: {B: z}}}",
        },
        BASE,
        PROD,
    )
    assert place(web.image) == f"{BASE}: 'app:1'"
    assert place(web.restart) == f"{PROD}: always"
    assert place(web.node.at("environment", "A")) == f"{BASE}: x"
    assert place(web.node.at("environment", "B")) == f"{PROD}: z"
    assert web.key.source.path == BASE


def test_several_documents_of_a_file_are_merged() -> None:
    web = service("services: {web: {image: a}}\n---\nservices: {web: {restart: always}}\n")
    assert (value(web.image), value(web.restart)) == ("a", "always")


def test_a_reset_in_one_file_reaches_into_the_others() -> None:
    web = service(
        {
            BASE: "services: {web: {image: a, ports: ['80:80'], environment: {A: x, B: y}, deploy: {replicas: 2}}}",
            PROD: "services: {web: {ports: !reset [], environment: {A: !reset null}, deploy: !reset null}}",
        },
        BASE,
        PROD,
    )
    assert [web.node.get("ports"), web.node.get("deploy")] == [None, None]
    assert value(web.node.get("environment")) == {"B": "y"}
    assert isinstance(web.node.value, MapValue)
    assert place((web.node.value.removed or {})["ports"]) == f"{PROD}: ports: !reset []"


def test_what_a_later_file_sets_again_is_there() -> None:
    again = "docker-compose.extra.yml"
    files = {
        BASE: "services: {web: {image: a, ports: ['80:80']}}",
        PROD: "services: {web: {ports: !reset []}}",
        again: "services: {web: {ports: ['81:80']}}",
    }
    ports = service(files, BASE, PROD, again).node.get("ports")
    assert value(ports) == [{"target": 80, "published": 81}]


def test_a_service_that_is_reset_is_gone() -> None:
    files = {BASE: "services: {web: {image: a}, db: {image: b}}", PROD: "services: {db: !reset null}"}
    assert list(services(files, BASE, PROD)) == ["web"]


class TestExtends:
    def test_a_service_of_the_same_file(self) -> None:
        web = service(
            """
            services:
              base: {image: app:1, environment: {A: x}, ports: ["80:80"]}
              web: {extends: base, environment: [B=y], ports: ["81:81"]}
            """
        )
        assert value(web.node.get("environment")) == {"A": "x", "B": "y"}
        ports = value(web.node.get("ports"))
        assert ports == [{"target": 80, "published": 80}, {"target": 81, "published": 81}]
        assert web.image is not None
        (step,) = web.image.via
        assert step.label == "service web extends base here"
        assert web.node.get("extends") is None

    def test_a_chain_through_another_file_with_its_own_directory(self) -> None:
        web = service(
            {
                "compose.yaml": "services: {web: {extends: {file: common/base.yaml, service: app}}}",
                "common/base.yaml": """
                    services:
                      root: {build: ., env_file: base.env}
                      app: {extends: {service: root}}
                    """,
                "common/base.env": "A=1\n",
            }
        )
        assert value(web.node.at("build", "directory")) == "common"
        assert value(web.node.get("environment")) == {"A": "1"}
        assert web.dockerfile == "common/Dockerfile"

    def test_a_circle_is_told_and_leaves_the_service_open(self) -> None:
        web = service("services: {web: {image: a, extends: b}, b: {extends: web}}")
        assert isinstance(web.node.value, MapValue)
        assert web.node.value.rest is not None
        assert web.node.value.rest.reason == "service b extends itself by way of web"

    def test_a_missing_service_or_file_leaves_the_service_open(self) -> None:
        for extends in ("nobody", "{service: x, file: gone.yaml}", "{service: '${WHICH}'}", "{}"):
            web = service(f"services: {{web: {{image: a, extends: {extends}}}}}")
            assert isinstance(web.node.value, MapValue)
            assert web.node.value.rest is not None, extends

    def test_very_long_chains_end(self) -> None:
        lines = [f"  s{number}: {{extends: s{number + 1}}}" for number in range(5000)]
        text = "\n".join(["services:", "  web: {extends: s0}", *lines, "  s5000: {image: a}"])
        assert len(services(text)) == 5002
