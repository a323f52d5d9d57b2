from __future__ import annotations

import pytest

from views.kubernetes_support import field, one, pod, view, written
from vvbscan.views.records import PublishedPort


def service(spec: str, annotations: str = "{}") -> str:
    head = f"apiVersion: v1\nkind: Service\nmetadata: {{name: web, annotations: {annotations}}}\n"
    return f"{head}spec: {spec}\n"


def test_services() -> None:
    subject = one("kubernetes_service", service("{selector: {app: web}, ports: [{port: 80}]}"))
    assert (field(subject, "type"), field(subject, "selector"), field(subject, "ports")) == (
        "ClusterIP",
        {"app": "web"},
        [{"port": 80}],
    )
    assert written(subject.root.get("type")) == "Service"
    assert (subject.address, field(subject, "internal")) == ("Service/web", False)
    written_type = one(
        "kubernetes_service", service("{type: NodePort, loadBalancerSourceRanges: [10.0.0.0/8]}")
    )
    assert written(written_type.root.get("type")) == "NodePort"
    assert field(written_type, "source_ranges") == ["10.0.0.0/8"]


def test_services_of_other_groups_are_not_meant() -> None:
    assert view("kubernetes_service", "apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {}\n") == []


def ports(text: str) -> list[tuple[object, ...]]:
    return [
        tuple(
            field(subject, name) for name in ("port", "target", "protocol", "address", "exposure", "sources")
        )
        for subject in view("published_port", text)
    ]


@pytest.mark.parametrize(
    ("text", "published"),
    [
        (service("{ports: [{port: 80}]}"), []),
        (service("{type: ClusterIP, ports: [{port: 80, nodePort: 30080}]}"), []),
        (
            service("{type: NodePort, ports: [{port: 80, nodePort: 30080, targetPort: http}, {port: 81}]}"),
            [(30080, "http", "tcp", None, "node", None), (None, 81, "tcp", None, "node", None)],
        ),
        (
            service("{type: LoadBalancer, ports: [{port: 53, protocol: UDP}]}"),
            [(53, 53, "udp", None, "load-balancer", None)],
        ),
        (
            service("{type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 1}]}"),
            [(1, 1, "tcp", None, "load-balancer", ["10.0.0.0/8"])],
        ),
        (
            service("{type: LoadBalancer, loadBalancerSourceRanges: [], ports: [{port: 1}]}"),
            [(1, 1, "tcp", None, "load-balancer", None)],
        ),
        (
            service(
                "{type: LoadBalancer, ports: [{port: 1}]}",
                "{service.beta.kubernetes.io/azure-load-balancer-internal: 'true'}",
            ),
            [(1, 1, "tcp", None, "internal-load-balancer", None)],
        ),
        (
            service(
                "{type: LoadBalancer, ports: [{port: 1}]}", "{networking.gke.io/load-balancer-type: Internal}"
            ),
            [(1, 1, "tcp", None, "internal-load-balancer", None)],
        ),
        (pod("ports: [{containerPort: 80}]"), []),
        (pod("ports: [{containerPort: 80, hostPort: 0}]"), []),
        (
            pod("ports: [{containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1}]"),
            [(8080, 80, "tcp", "127.0.0.1", "host", None)],
        ),
        (
            pod("ports: [{containerPort: 80, hostPort: 8080, hostIP: 0.0.0.0}]"),
            [(8080, 80, "tcp", None, "host", None)],
        ),
        (pod("ports: [{containerPort: 80}]", "hostNetwork: true"), [(80, 80, "tcp", None, "host", None)]),
        (pod("ports: [{containerPort: 80}]", "hostNetwork: false"), []),
        (pod("ports: [x, {}, 3]", "hostNetwork: true"), []),
    ],
)
def test_published_ports(text: str, published: list[tuple[object, ...]]) -> None:
    assert ports(text) == published


def test_places_of_published_ports() -> None:
    first, second = view(
        "published_port", service("{type: NodePort, ports: [{port: 80, nodePort: 30080}, {port: 1}]}")
    )
    assert (first.address, first.anchor.written) == ("Service/web:ports[0]", "30080")
    assert (second.address, second.anchor.written) == ("Service/web:ports[1]", "port")
    host = one("published_port", pod("ports: [{containerPort: 80, hostPort: 8080}]"))
    assert (host.address, host.anchor.written) == ("Pod/web:containers[app].ports[0]", "8080")


@pytest.mark.parametrize(
    ("text", "opened_by"),
    [
        (service("{type: NodePort, ports: [{port: 80, nodePort: 30080}]}"), "NodePort"),
        (service("{type: LoadBalancer, ports: [{port: 80}]}"), "LoadBalancer"),
        (pod("ports: [{containerPort: 80, hostPort: 8080}]"), "8080"),
    ],
)
def test_what_opens_a_port(text: str, opened_by: str) -> None:
    record = one("published_port", text).record
    assert isinstance(record, PublishedPort)
    assert record.opened_by.written == opened_by


@pytest.mark.parametrize(
    ("ingress", "needed"),
    [
        ("{defaultBackend: {service: {name: web, port: {number: 80}}}}", True),
        ("{backend: {serviceName: web, servicePort: 80}}", True),
        ("{ingressClassName: alb, rules: [{http: {paths: [{backend: {service: {name: web}}}]}}]}", True),
        ("{ingressClassName: nginx, rules: [{http: {paths: [{backend: {service: {name: web}}}]}}]}", False),
        ("{defaultBackend: {service: {name: other, port: {number: 80}}}}", False),
        ("{rules: [x, {http: 3}, {http: {paths: [y]}}]}", False),
    ],
)
def test_ports_of_nodes_that_an_ingress_of_a_cloud_needs(ingress: str, *, needed: bool) -> None:
    head = "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n"
    text = f"{service('{type: NodePort, ports: [{port: 80}]}')}{head}spec: {ingress}\n"
    assert field(one("published_port", text), "needed_by_ingress") is needed
    other = text.replace("{name: web}\nspec", "{name: web, namespace: other}\nspec")
    assert field(one("published_port", other), "needed_by_ingress") is needed, "the Service may be there too"


INGRESS = """\
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
      annotations: {cert-manager.io/cluster-issuer: ca}
    spec:
      ingressClassName: nginx
      tls: [{hosts: [shop.example.com], secretName: tls}]
      rules:
        - host: shop.example.com
          http: {paths: [{path: /api, pathType: Prefix}, {path: /, pathType: Prefix}]}
        - http: {paths: [{pathType: Prefix}]}
"""


def test_ingresses() -> None:
    subject = one("ingress", INGRESS)
    assert subject.address == "Ingress/web"
    assert field(subject, "class") == "nginx"
    assert field(subject, "hosts") == ["shop.example.com"]
    assert field(subject, "paths") == ["/api", "/"]
    assert field(subject, "tls_hosts") == ["shop.example.com"]
    assert field(subject, "annotations") == {"cert-manager.io/cluster-issuer": "ca"}
    assert field(subject, "tls") == [{"hosts": ["shop.example.com"], "secretName": "tls"}]


def test_the_class_can_be_an_annotation() -> None:
    text = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {annotations: {kubernetes.io/ingress.class: x}}\n"
    subject = one("ingress", text)
    assert (field(subject, "class"), field(subject, "hosts"), subject.root.get("tls")) == ("x", [], None)


@pytest.mark.parametrize(
    ("labels", "ports", "target"),
    [
        ("{app: db}", "[{name: sql, containerPort: 5432}]", 5432),
        ("{app: other}", "[{name: sql, containerPort: 5432}]", "sql"),
        ("{app: db}", "[{containerPort: 5432}]", "sql"),
        ("{app: db}", "[{name: sql, containerPort: 5432}, {name: sql, containerPort: 5433}]", "sql"),
    ],
)
def test_a_service_may_name_the_port_of_its_pods(labels: str, ports: str, target: object) -> None:
    text = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: db}\n"
        "spec: {type: NodePort, selector: {app: db}, ports: [{port: 80, targetPort: sql}]}\n---\n"
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: db, labels: {labels}}}\n"
        f"spec: {{containers: [{{name: a, ports: {ports}}}]}}\n"
    )
    assert field(one("published_port", text), "target") == target
