from __future__ import annotations

import pytest

from expr.nodes import UNKNOWN, node
from views.kubernetes_support import field, one, view
from vvbscan.model.node import Node, SeqValue
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import objects_of
from vvbscan.views.kubernetes.tls import tls_endpoints


def versions(node_: Node | None) -> list[tuple[object, str]]:
    assert node_ is not None
    return [(item.value, item.written) for item in node_.items()]


def config(name: str, content: str, labels: str = "{}") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, labels: {labels}}}\ndata: {content}\n"


def test_protocols_of_ingress_nginx_each_at_its_word() -> None:
    subject = one("tls_endpoint", config("anything", '{ssl-protocols: "TLSv1.2  TLSv1.3 TLSv1"}'))
    assert versions(subject.root.get("versions")) == [
        ("1.2", "TLSv1.2"),
        ("1.3", "TLSv1.3"),
        ("1.0", "TLSv1"),
    ]
    assert (field(subject, "component"), subject.anchor.written) == ("ingress-nginx", "ssl-protocols")


LABELS = "{app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/component: controller}"


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("ingress-nginx-controller", "{}"),
        ("my-release-controller", LABELS),
        ("settings", "{app: ingress-nginx}"),
    ],
)
def test_the_default_of_a_controllers_map(name: str, labels: str) -> None:
    subject = one("tls_endpoint", config(name, "{hsts: 'true'}", labels))
    assert versions(subject.root.get("versions")) == [("1.2", "data"), ("1.3", "data")]


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("app-config", "{}"),
        ("tcp-services", LABELS),
        ("ingress-nginx-udp", LABELS),
        ("ingress-nginx-custom-headers", LABELS),
        ("x", "{app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/component: default-backend}"),
    ],
)
def test_other_maps_end_no_tls(name: str, labels: str) -> None:
    assert view("tls_endpoint", config(name, "{a: b}", labels)) == []


def test_words_that_are_no_protocol_are_unknown() -> None:
    subject = one("tls_endpoint", config("x", "{ssl-protocols: modern}"))
    found = subject.root.get("versions")
    assert found is not None
    assert isinstance(found.value, SeqValue)
    assert found.value.rest is not None
    assert found.value.rest.kind == "unparsed"


@pytest.mark.parametrize(("written", "sent"), [("False", False), ("0", False), ("TRUE", True), ("no", True)])
def test_truth_values_are_those_of_go(written: str, *, sent: bool) -> None:
    subject = one("tls_endpoint", config("ingress-nginx-controller", f"{{hsts: '{written}'}}"))
    found = subject.root.at("hsts", "sent")
    assert found is not None
    assert found.value is sent


def test_a_virtual_service_may_send_on_what_a_gateway_gets_without_tls() -> None:
    edge = gateway("{mode: SIMPLE}").replace("]}\n", ", {port: {protocol: HTTP}, hosts: [a]}]}\n")
    edge = edge.replace("tls: {mode", "hosts: [a], tls: {mode")
    service = (
        "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: edge}\n"
        "spec: {http: [{redirect: {scheme: https}}]}\n"
    )
    assert field(one("tls_endpoint", edge), "plain_http") == "enabled"
    assert one("tls_endpoint", edge + service).root.get("plain_http") is None


def gateway(tls: str) -> str:
    return (
        "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge}\n"
        f"spec: {{servers: [{{port: {{name: https, number: 443, protocol: HTTPS}}, tls: {tls}}}]}}\n"
    )


@pytest.mark.parametrize(
    ("tls", "expected"),
    [
        ("{mode: SIMPLE}", [("1.2", "SIMPLE"), ("1.3", "SIMPLE")]),
        ("{mode: MUTUAL, minProtocolVersion: TLSV1_3}", [("1.3", "TLSV1_3")]),
        (
            "{mode: SIMPLE, minProtocolVersion: TLSV1_0, maxProtocolVersion: TLSV1_2}",
            [("1.0", "TLSV1_0"), ("1.1", "TLSV1_0"), ("1.2", "TLSV1_2")],
        ),
        ("{mode: OPTIONAL_MUTUAL, minProtocolVersion: TLS_AUTO}", [("1.2", "TLS_AUTO"), ("1.3", "TLS_AUTO")]),
        ("{mode: SIMPLE, minProtocolVersion: TLSV1_3, maxProtocolVersion: TLSV1_3}", [("1.3", "TLSV1_3")]),
    ],
)
def test_istio_gateways_that_terminate(tls: str, expected: list[tuple[str, str]]) -> None:
    subject = one("tls_endpoint", gateway(tls))
    assert subject.address == "Gateway/edge:servers[https]"
    assert field(subject, "component") == "istio"
    assert versions(subject.root.get("versions")) == expected


@pytest.mark.parametrize(
    "tls",
    ["{mode: PASSTHROUGH}", "{mode: AUTO_PASSTHROUGH}", "{mode: ISTIO_MUTUAL}", "{credentialName: x}",
     "{httpsRedirect: true}", "null", "3", "{mode: WHATEVER}"],
)  # fmt: skip
def test_istio_gateways_that_do_not_terminate(tls: str) -> None:
    assert view("tls_endpoint", gateway(tls)) == []


def test_a_misspelled_version_is_unknown() -> None:
    subject = one("tls_endpoint", gateway("{mode: SIMPLE, minProtocolVersion: TLS1.3}"))
    found = subject.root.get("versions")
    assert found is not None
    assert isinstance(found.value, SeqValue)
    assert found.value.rest is not None


def test_the_configuration_of_a_mesh() -> None:
    head = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\n"
    config = "meshMTLS: {minProtocolVersion: TLSV1_2}, tlsDefaults: {ecdhCurves: [P-256]}"
    subject = one("tls_endpoint", f"{head}spec: {{meshConfig: {{{config}}}}}\n")
    assert subject.address == "IstioOperator/mesh:meshMTLS"
    assert versions(subject.root.get("versions")) == [("1.2", "TLSV1_2"), ("1.3", "TLSV1_2")]
    assert view("tls_endpoint", f"{head}spec: {{profile: default}}\n") == []


def test_gateways_of_other_groups_are_not_meant() -> None:
    text = (
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nspec: {servers: [{tls: {mode: SIMPLE}}]}\n"
    )
    assert view("tls_endpoint", text) == []


@pytest.mark.parametrize(
    "tls", [{"mode": UNKNOWN}, {"mode": "SIMPLE", "minProtocolVersion": UNKNOWN}, {...: 1}, UNKNOWN]
)
def test_unknown_settings_stay_unknown(tls: object) -> None:
    manifest = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "spec": {"servers": [{"tls": tls}]},
    }
    (subject,) = tls_endpoints(KubernetesModel(objects_of(node(manifest))))
    found = subject.root.get("versions")
    assert found is not None
    assert isinstance(found.value, SeqValue)
    assert (found.items(), found.value.rest) == ((), UNKNOWN)


def test_unknown_protocols_stay_unknown() -> None:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"ssl-protocols": UNKNOWN}}
    (subject,) = tls_endpoints(KubernetesModel(objects_of(node(manifest))))
    found = subject.root.get("versions")
    assert found is not None
    assert isinstance(found.value, SeqValue)
    assert found.value.rest == UNKNOWN
