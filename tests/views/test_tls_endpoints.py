"""The fields of the view `tls_endpoint` that applications and ingress-nginx fill in besides the versions."""

from __future__ import annotations

import pytest

from views import kubernetes_support
from views.application_support import QUARKUS_POM, SPRING_POM, load, subjects
from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.model.subject import Subject

TLS = "quarkus.http.ssl.certificate.files=/etc/tls/tls.crt\n"


def endpoint(text: str, build: str = QUARKUS_POM) -> Subject:
    (only,) = subjects(load({"application.properties": text}, build), "tls_endpoint")
    return only


def controller(data: str) -> Subject:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ingress-nginx-controller}}\ndata: {data}\n"
    return kubernetes_support.one("tls_endpoint", text)


def told(subject: Subject, *path: str) -> tuple[object, str] | None:
    """Value and characters of a field: of a list the items, of an unknown its kind."""
    node: Node | None = subject.root.at(*path)
    if node is None:
        return None
    value = node.value
    if isinstance(value, SeqValue):
        return [(item.value, item.written) for item in value.items], ""
    return (f"?{value.kind}" if isinstance(value, Unknown) else value), node.written


@pytest.mark.parametrize(
    ("text", "build", "roles"),
    [
        (TLS, QUARKUS_POM, ["server"]),
        ("server.ssl.bundle=web\n", SPRING_POM, ["server"]),
        ("quarkus.grpc.server.ssl.certificate=a.crt\n", QUARKUS_POM, ["grpc-server"]),
        ("quarkus.grpc.server.tls-configuration-name=a\n", QUARKUS_POM, ["grpc-server"]),
        ("quarkus.rest-client.rates.tls-configuration-name=a\n", QUARKUS_POM, ["client"]),
        ("quarkus.mailer.tls-configuration-name=${MAIL_TLS}\n", QUARKUS_POM, ["client"]),
    ],
)
def test_an_endpoint_is_a_server_or_a_client(text: str, build: str, roles: list[str]) -> None:
    found = subjects(load({"application.properties": text}, build), "tls_endpoint")
    assert [subject.root.at("role").value for subject in found] == roles  # type: ignore[union-attr]  # always there


@pytest.mark.parametrize(
    ("text", "by_default"), [(TLS, True), (f"{TLS}quarkus.http.ssl.protocols=TLSv1.3\n", False)]
)
def test_versions_are_written_or_the_platforms(text: str, *, by_default: bool) -> None:
    assert told(endpoint(text), "by_default") == (by_default, endpoint(text).anchor.written)


@pytest.mark.parametrize(
    ("text", "build", "suites"),
    [
        (
            f"{TLS}quarkus.http.ssl.cipher-suites=TLS_AES_256_GCM_SHA384, TLS_RSA_WITH_AES_128_CBC_SHA\n",
            QUARKUS_POM,
            ["TLS_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_CBC_SHA"],
        ),
        (
            "quarkus.http.tls-configuration-name=a\nquarkus.tls.a.cipher-suites=TLS_AES_256_GCM_SHA384\n",
            QUARKUS_POM,
            ["TLS_AES_256_GCM_SHA384"],
        ),
        (
            "server.ssl.key-store=a.p12\nserver.ssl.ciphers=ECDHE+AESGCM:RC4-SHA:!aNULL\n",
            SPRING_POM,
            ["ECDHE+AESGCM", "RC4-SHA"],
        ),
        (
            "server.ssl.bundle=a\nspring.ssl.bundle.pem.a.options.ciphers=TLS_AES_256_GCM_SHA384\n",
            SPRING_POM,
            ["TLS_AES_256_GCM_SHA384"],
        ),
    ],
)
def test_suites_stand_at_their_words(text: str, build: str, suites: list[str]) -> None:
    assert told(endpoint(text, build), "ciphers") == ([(suite, suite) for suite in suites], "")


def test_suites_that_nobody_writes_are_the_platforms() -> None:
    assert told(endpoint(TLS), "ciphers") is None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ("enabled", "quarkus.http.ssl.certificate.files")),
        ("quarkus.http.insecure-requests=REDIRECT\n", ("redirect", "REDIRECT")),
        ("quarkus.http.ssl.client-auth=REQUIRED\n", ("disabled", "quarkus.http.ssl.certificate.files")),
        ("quarkus.http.insecure-requests=${PLAIN}\n", ("?variable", "${PLAIN}")),
        ("quarkus.config.locations=more\n", ("?open", "quarkus.http.ssl.certificate.files")),
    ],
)
def test_what_quarkus_does_without_tls(more: str, expected: tuple[object, str]) -> None:
    assert told(endpoint(TLS + more), "plain_http") == expected


@pytest.mark.parametrize(
    ("more", "sent", "age"),
    [
        ("", (False, "quarkus.http.ssl.certificate.files"), None),
        (
            'quarkus.http.header."Strict-Transport-Security".value=max-age=600; includeSubDomains\n',
            (True, "max-age=600; includeSubDomains"),
            (600, "600"),
        ),
        (
            "quarkus.http.header.strict-transport-security.value=includeSubDomains\n",
            (True, "includeSubDomains"),
            None,
        ),
        (
            'quarkus.http.filter.all.header."Strict-Transport-Security"=Max-Age=31536000\n',
            (True, "Max-Age=31536000"),
            (31_536_000, "31536000"),
        ),
        (
            'quarkus.http.header."Strict-Transport-Security".path=/\n',
            (False, "quarkus.http.ssl.certificate.files"),
            None,
        ),
        (
            'quarkus.http.header."Strict-Transport-Security".value=${HSTS}\n',
            (True, "${HSTS}"),
            ("?variable", "${HSTS}"),
        ),
    ],
)
def test_the_header_that_quarkus_sends(more: str, sent: object, age: object) -> None:
    subject = endpoint(TLS + more)
    assert (told(subject, "hsts", "sent"), told(subject, "hsts", "max_age")) == (sent, age)


def test_a_header_may_come_from_outside_the_tree() -> None:
    assert told(endpoint(f"{TLS}quarkus.config.locations=more\n"), "hsts") == (
        "?open",
        "quarkus.http.ssl.certificate.files",
    )


def test_spring_leaves_headers_and_redirects_to_code() -> None:
    subject = endpoint("server.ssl.key-store=a.p12\n", SPRING_POM)
    assert (told(subject, "hsts"), told(subject, "plain_http")) == (None, None)


@pytest.mark.parametrize(
    ("data", "sent", "age"),
    [
        ("{a: b}", (True, "data"), ("?default", "data")),
        ('{hsts: "false"}', (False, '"false"'), None),
        ('{hsts: "true", hsts-max-age: "600"}', (True, '"true"'), (600, '"600"')),
        ('{hsts-max-age: "a year"}', (True, "data"), ("a year", '"a year"')),
    ],
)
def test_the_header_of_ingress_nginx(data: str, sent: object, age: object) -> None:
    subject = controller(data)
    assert (told(subject, "hsts", "sent"), told(subject, "hsts", "max_age")) == (sent, age)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("{a: b}", ("redirect", "data")),
        ('{ssl-redirect: "false"}', ("enabled", '"false"')),
        ('{ssl-redirect: "true"}', ("redirect", '"true"')),
        ('{ssl-redirect: "false", force-ssl-redirect: "true"}', ("redirect", '"true"')),
    ],
)
def test_what_ingress_nginx_does_without_tls(data: str, expected: object) -> None:
    assert told(controller(data), "plain_http") == expected


def test_suites_of_ingress_nginx_stand_at_their_words() -> None:
    subject = controller('{ssl-ciphers: "ECDHE-RSA-AES256-GCM-SHA384:!aNULL:AES128-SHA"}')
    suites = ["ECDHE-RSA-AES256-GCM-SHA384", "AES128-SHA"]
    assert told(subject, "ciphers") == ([(suite, suite) for suite in suites], "")


def test_suites_of_a_gateway_of_istio() -> None:
    text = (
        "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge}\n"
        "spec: {servers: [{tls: {mode: SIMPLE, cipherSuites: [ECDHE-RSA-AES256-SHA]}}]}\n"
    )
    subject = kubernetes_support.one("tls_endpoint", text)
    assert told(subject, "ciphers") == ([("ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES256-SHA")], "")
