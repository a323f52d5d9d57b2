"""The spellings of service attributes, brought into one form with exact places."""

from __future__ import annotations

import pytest

from views.compose_support import place, reason, rest, value, web


@pytest.mark.parametrize(
    ("port", "normal"),
    [
        ("3000", {"target": 3000}),
        ('"8000:80"', {"target": 80, "published": 8000}),
        ('"8000-9000:80"', {"target": 80, "published": "8000-9000"}),
        ('"127.0.0.1:8001:8001"', {"target": 8001, "published": 8001, "host_ip": "127.0.0.1"}),
        ('"127.0.0.1::80"', {"target": 80, "host_ip": "127.0.0.1"}),
        ('"::1:6000:6000"', {"target": 6000, "published": 6000, "host_ip": "::1"}),
        ('"[::1]:6001:6001"', {"target": 6001, "published": 6001, "host_ip": "::1"}),
        ('"[fe80::1]::80"', {"target": 80, "host_ip": "fe80::1"}),
        ('"6060:6060/udp"', {"target": 6060, "published": 6060, "protocol": "udp"}),
        ("22:22", {"target": 22, "published": 22}),
        ('":80"', {"target": 80}),
        ("${PORT:-8080}:80", {"target": 80, "published": 8080}),
        ("${BIND:-127.0.0.1}:${PORT:-8080}:80", {"target": 80, "published": 8080, "host_ip": "127.0.0.1"}),
        # What is unknown may bring an address along: PORT=127.0.0.1:8080.
        ("${PORT}:80", {"target": 80, "published": "?", "host_ip": "?"}),
        ("127.0.0.1:${PORT}:80", {"target": 80, "published": "?", "host_ip": "127.0.0.1"}),
        ("${BIND}:80:80", {"target": 80, "published": 80, "host_ip": "?"}),
        ("8080:${PORT}", {"target": "?", "published": 8080, "protocol": "?"}),
        ("${PORTS}", {"target": "?", "published": "?", "host_ip": "?", "protocol": "?"}),
        ("{target: '80', published: 8080, host_ip: 10.0.0.1, protocol: udp, mode: host}",
         {"target": 80, "published": 8080, "host_ip": "10.0.0.1", "protocol": "udp", "mode": "host"}),
        ("{target: 80, published: '${P:-81}'}", {"target": 80, "published": 81}),
        ("http", "?"),
        ("'80:80:80:'", "?"),
        ("[80]", "?"),
    ],
)  # fmt: skip
def test_port(port: str, normal: object) -> None:
    assert value(web(f"ports:\n  - {port}").node.get("ports")) == [normal]


@pytest.mark.parametrize(
    ("port", "normal"),
    [
        ('"3000-3001"', [{"target": 3000}, {"target": 3001}]),
        ('"9090-9091:8080-8081/udp"',
         [{"target": 8080, "published": 9090, "protocol": "udp"},
          {"target": 8081, "published": 9091, "protocol": "udp"}]),
        ('"127.0.0.1:80-80:81-81"', [{"target": 81, "published": 80, "host_ip": "127.0.0.1"}]),
        ('"20000-20300:20000-20300"', [{"target": "?", "published": "20000-20300"}]),
        ('"80-82:90-91"', [{"target": "90-91", "published": "80-82"}]),
        ('"91-90"', [{"target": "91-90"}]),
    ],
)  # fmt: skip
def test_range_of_ports(port: str, normal: object) -> None:
    assert value(web(f"ports:\n  - {port}").node.get("ports")) == normal


def test_ranges_of_ports_are_limited_together() -> None:
    ranges = [f"{number * 200 + 1}-{number * 200 + 200}" for number in range(101)]
    ports = value(web(f"ports: {ranges}").node.get("ports"))
    assert isinstance(ports, list)
    assert ports[-2:] == [{"target": 20_000}, {"target": "?"}]


def test_places_of_ports() -> None:
    node = web('ports: ["127.0.0.1:${PORT:-8080}:80/udp"]').node
    (port,) = (node.get("ports") or node).items()
    written = {name: child.written for name, _, child in port.members()}
    assert written == {"host_ip": "127.0.0.1", "published": "8080", "target": "80", "protocol": "udp"}


@pytest.mark.parametrize(
    ("volume", "normal"),
    [
        ("/data", {"type": "volume", "target": "/data"}),
        ("data:/data", {"type": "volume", "source": "data", "target": "/data"}),
        ("./src:/app:ro,z", {"type": "bind", "source": "./src", "target": "/app", "read_only": True}),
        ("~/x:/x:rw", {"type": "bind", "source": "~/x", "target": "/x", "read_only": False}),
        ("'C:\\x:/x'", {"type": "bind", "source": "C:\\x", "target": "/x"}),
        ("${DIR:-./x}:/x", {"type": "bind", "source": "./x", "target": "/x"}),
        ("${DIR}:/x", {"type": "?", "source": "?", "target": "/x"}),
        ("./${DIR}:/x", {"type": "bind", "source": "./?", "target": "/x"}),
        ("data:/x:${MODE}", {"type": "volume", "source": "data", "target": "/x", "read_only": "?"}),
        ("{type: tmpfs, target: /x}", {"type": "tmpfs", "target": "/x"}),
        ("'a b:/x:ro:more'", "?"),
        ("'data::ro'", "?"),
    ],
)
def test_volume(volume: str, normal: object) -> None:
    assert value(web(f"volumes:\n  - {volume}").node.get("volumes")) == [normal]


@pytest.mark.parametrize(
    ("attributes", "normal"),
    [
        ("environment: {A: 1, B: 'x', C: true, D: 1.50, E: }",
         {"A": "1", "B": "x", "C": "true", "D": "1.50", "E": "?"}),
        ("environment: [A=1, 'B= x', C=, D]", {"A": "1", "B": " x", "C": "", "D": "?"}),
        ("environment: ['A=b=c', A=2]", {"A": "2"}),
        ("environment: ['A=${X:-y}']", {"A": "y"}),
        ("environment: ['A${X:-B}=1']", {"AB": "1"}),
        ("environment: {A: [1]}", {"A": "?"}),
        ("environment: ['$$A=1']", {"$A": "1"}),
    ],
)  # fmt: skip
def test_environment(attributes: str, normal: object) -> None:
    assert value(web(attributes).node.get("environment")) == normal


def test_places_of_variables_in_a_list() -> None:
    node = web('environment: ["PASSWORD=${PW:-secret}", "USER=admin", EMPTY=]').node
    assert place(node.at("environment", "PASSWORD")) == "compose.yaml: secret"
    assert place(node.at("environment", "USER")) == "compose.yaml: admin"
    assert place(node.at("environment", "EMPTY")) == "compose.yaml: "
    environment = node.get("environment")
    assert environment is not None
    assert place(environment.key("PASSWORD")) == "compose.yaml: PASSWORD"


def test_a_name_that_is_unknown_leaves_the_environment_open() -> None:
    environment = web('environment: ["${NAME}=1", "A=1"]').node.get("environment")
    assert value(environment) == {"A": "1"}
    opened = rest(environment)
    assert opened is not None
    assert opened.reason == "variable NAME has no value in the tree"


def test_an_alias_is_spelled_like_what_it_stands_for() -> None:
    text = """
    environment: &env
      A: ${X:-x}
    labels: *env
    build:
      context: .
      args:
        <<: *env
        B: y
    """
    node = web(text).node
    assert value(node.get("labels")) == {"A": "x"}
    assert value(node.at("build", "args")) == {"A": "x", "B": "y"}


def test_flags_and_numbers_in_strings_are_converted() -> None:
    node = web('privileged: "${P:-true}"\nread_only: "no"\npids_limit: "9"\nuser: 1000').node
    assert value(node.get("privileged")) is True
    assert value(node.get("read_only")) is False
    assert value(node.get("pids_limit")) == 9
    assert value(node.get("user")) == "1000"


@pytest.mark.parametrize(
    ("build", "directory", "dockerfile"),
    [
        (".", ".", "Dockerfile"),
        ("./app/", "app", "app/Dockerfile"),
        ("{context: app, dockerfile: docker/Dockerfile.prod}", "app", "app/docker/Dockerfile.prod"),
        ("{context: app, dockerfile: ../Dockerfile}", "app", "Dockerfile"),
        ("{context: app, dockerfile: ../../Dockerfile}", "app", ""),
        ("{dockerfile: D}", None, "D"),
        ("{context: ../outside}", "?", ""),
        ("https://example.org/repo.git", "?", ""),
        ("${CONTEXT}", "?", ""),
        ("{context: ., dockerfile_inline: FROM scratch}", ".", ""),
    ],
)
def test_build(build: str, directory: str | None, dockerfile: str) -> None:
    service = web(f"build: {build}")
    found = service.node.at("build", "directory")
    assert (None if found is None else value(found)) == directory
    assert service.dockerfile == dockerfile


def test_a_build_context_outside_the_tree_is_unknown_with_its_reason() -> None:
    directory = web("build: https://example.org/repo.git").node.at("build", "directory")
    assert reason(directory) == "the build context https://example.org/repo.git is outside the tree"
