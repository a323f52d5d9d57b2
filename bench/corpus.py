"""An invented corpus to measure on: deterministic, varied, of any size.

    python bench/corpus.py manifests DIRECTORY --megabytes 5
    python bench/corpus.py cluster DIRECTORY --megabytes 5
    python bench/corpus.py dockerfiles DIRECTORY --files 1000
    python bench/corpus.py applications DIRECTORY --files 500
    python bench/corpus.py terraform DIRECTORY --files 500

Nothing here is copied from a real repository. Equal arguments give equal bytes.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Callable, Iterator

from corpus_terraform import terraform

_WORDS = (
    "order", "cart", "stock", "price", "user", "mail", "search", "ledger", "invoice", "media", "report",
    "auth", "gateway", "catalog", "review", "shipping", "loyalty", "coupon", "audit", "profile",
)  # fmt: skip
_TEAMS = ("alpha", "beta", "gamma", "delta", "omega")
_REGISTRIES = ("registry.example.com", "ghcr.example.net/shop", "quay.example.org/platform")
_SEED = 20_261_124


def manifests(chooser: random.Random) -> Iterator[tuple[str, str]]:
    """Manifest files without end: what one service brings to a cluster, one file a service."""
    number = 0
    while True:
        number += 1
        name = f"{chooser.choice(_WORDS)}-{chooser.choice(_WORDS)}-{number}"
        team = chooser.choice(_TEAMS)
        parts = [_deployment(chooser, name, team), _service(chooser, name, team)]
        parts.append(_config_map(chooser, name, team))
        if chooser.random() < 0.5:
            parts.append(_cron_job(chooser, name, team))
        if chooser.random() < 0.4:
            parts.append(_ingress(chooser, name, team))
        if chooser.random() < 0.4:
            parts.append(_autoscaler(chooser, name, team))
        if chooser.random() < 0.3:
            parts.append(_stateful_set(chooser, name, team))
        if chooser.random() < 0.3:
            parts.append(_disruption_budget(name, team))
        if chooser.random() < 0.3:
            parts.append(_service_account(name, team))
        yield f"deploy/{team}/{name}.yaml", "---\n".join(parts)


def cluster(chooser: random.Random) -> Iterator[tuple[str, str]]:
    """The files of a whole cluster without end: a third each of services, definitions and dashboards."""
    services = manifests(chooser)
    written = [0, 0, 0]
    number = 0
    while True:
        number += 1
        least = written.index(min(written))
        if least == 0:
            path, text = next(services)
        elif least == 1:
            path, text = f"crds/{number}.yaml", _definition(chooser, f"widget{number}")
        else:
            path, text = f"dashboards/{number}.yaml", _dashboard(chooser, f"dashboard-{number}")
        written[least] += len(text)
        yield path, text


def dockerfiles(chooser: random.Random) -> Iterator[tuple[str, str]]:
    """Dockerfiles without end: two or three stages each."""
    number = 0
    while True:
        number += 1
        name = f"{chooser.choice(_WORDS)}-{number}"
        yield f"services/{name}/Dockerfile", _dockerfile(chooser, name)


def applications(chooser: random.Random) -> Iterator[tuple[str, str]]:
    """Quarkus and Spring Boot applications without end: build file, settings, settings of a profile."""
    number = 0
    while True:
        number += 1
        name = f"{chooser.choice(_WORDS)}-{number}"
        if chooser.random() < 0.5:
            yield f"apps/{name}/pom.xml", _pom(name, "io.quarkus.platform", "quarkus-bom", "3.15.1")
            yield f"apps/{name}/src/main/resources/application.properties", _quarkus(chooser, name)
        else:
            yield (
                f"apps/{name}/pom.xml",
                _pom(name, "org.springframework.boot", "spring-boot-dependencies", "3.3.4"),
            )
            yield f"apps/{name}/src/main/resources/application.yaml", _spring(chooser, name)
            yield f"apps/{name}/src/main/resources/application-prod.yaml", _spring_profile(chooser, name)


def _metadata(name: str, team: str, indent: str = "") -> str:
    return (
        f"{indent}metadata:\n"
        f"{indent}  name: {name}\n"
        f"{indent}  namespace: {team}\n"
        f"{indent}  labels:\n"
        f"{indent}    app.kubernetes.io/name: {name}\n"
        f"{indent}    app.kubernetes.io/part-of: shop\n"
        f"{indent}    team: {team}\n"
    )


def _container(chooser: random.Random, name: str, indent: str) -> str:
    image = f"{chooser.choice(_REGISTRIES)}/{name}"
    tag = chooser.choice(
        (":latest", "", f":{chooser.randint(1, 9)}.{chooser.randint(0, 30)}.{chooser.randint(0, 9)}")
    )
    lines = [
        f"- name: {name}",
        f"  image: {image}{tag}",
        "  ports:",
        "    - name: http",
        "      containerPort: 8080",
        "      protocol: TCP",
    ]
    lines.append("  env:")
    for index in range(chooser.randint(2, 12)):
        word = chooser.choice(_WORDS).upper()
        if chooser.random() < 0.2:
            lines += [
                f"    - name: {word}_{index}_TOKEN",
                "      valueFrom:",
                f"        secretKeyRef: {{name: {name}-secrets, key: token-{index}}}",
            ]
        else:
            lines += [
                f"    - name: {word}_{index}_URL",
                f'      value: "https://{word.lower()}.{name}.svc.cluster.local:8443/v{index}"',
            ]
    if chooser.random() < 0.5:
        lines += [
            "    - name: JAVA_TOOL_OPTIONS",
            "      value: -XX:MaxRAMPercentage=75.0 -XX:+ExitOnOutOfMemoryError",
        ]
    if chooser.random() < 0.8:
        lines += [
            "  resources:",
            "    requests:",
            f"      cpu: {chooser.randint(1, 20) * 50}m",
            "      memory: 512Mi",
        ]
        if chooser.random() < 0.8:
            lines += ["    limits:", f"      memory: {chooser.choice(('512Mi', '1Gi', '2G'))}"]
    for probe, chance in (("readinessProbe", 0.8), ("livenessProbe", 0.7), ("startupProbe", 0.3)):
        if chooser.random() < chance:
            lines += [
                f"  {probe}:",
                "    httpGet:",
                "      path: /q/health/ready",
                "      port: http",
                f"    periodSeconds: {chooser.randint(5, 30)}",
                f"    timeoutSeconds: {chooser.randint(1, 5)}  # seconds",
            ]
    if chooser.random() < 0.6:
        lines += [
            "  securityContext:",
            "    runAsNonRoot: true",
            "    allowPrivilegeEscalation: false",
            "    readOnlyRootFilesystem: true",
            '    capabilities: {drop: ["ALL"]}',
        ]
    if chooser.random() < 0.5:
        lines += ["  volumeMounts:", "    - name: tmp", "      mountPath: /tmp"]
    return "".join(f"{indent}{line}\n" for line in lines)


def _pod(chooser: random.Random, name: str, indent: str, containers: int) -> str:
    text = ""
    if chooser.random() < 0.5:
        text += f"{indent}serviceAccountName: {name}\n"
    if chooser.random() < 0.4:
        text += f"{indent}automountServiceAccountToken: false\n"
    if chooser.random() < 0.4:
        text += f"{indent}securityContext:\n{indent}  runAsUser: 1001\n{indent}  fsGroup: 1001\n"
    text += f"{indent}containers:\n"
    for index in range(containers):
        text += _container(chooser, name if index == 0 else f"{name}-side{index}", indent + "  ")
    return f"{text}{indent}volumes:\n{indent}  - name: tmp\n{indent}    emptyDir: {{}}\n"


def _deployment(chooser: random.Random, name: str, team: str) -> str:
    return (
        "apiVersion: apps/v1\nkind: Deployment\n"
        + _metadata(name, team)
        + "spec:\n"
        + (f"  replicas: {chooser.randint(1, 5)}\n" if chooser.random() < 0.8 else "")
        + f"  selector:\n    matchLabels:\n      app.kubernetes.io/name: {name}\n"
        + "  template:\n"
        + _metadata(name, team, "    ")
        + "    spec:\n"
        + _pod(chooser, name, "      ", chooser.choice((1, 1, 1, 2)))
    )


def _stateful_set(chooser: random.Random, name: str, team: str) -> str:
    return (
        "apiVersion: apps/v1\nkind: StatefulSet\n"
        + _metadata(f"{name}-db", team)
        + f"spec:\n  serviceName: {name}-db\n  replicas: {chooser.randint(1, 3)}\n"
        + f"  selector:\n    matchLabels:\n      app.kubernetes.io/name: {name}-db\n"
        + "  template:\n"
        + _metadata(f"{name}-db", team, "    ")
        + "    spec:\n"
        + _pod(chooser, f"{name}-db", "      ", 1)
        + "  volumeClaimTemplates:\n    - metadata:\n        name: data\n      spec:\n"
        + "        accessModes: [ReadWriteOnce]\n"
        "        resources:\n          requests:\n            storage: 10Gi\n"
    )


def _cron_job(chooser: random.Random, name: str, team: str) -> str:
    return (
        "apiVersion: batch/v1\nkind: CronJob\n"
        + _metadata(f"{name}-nightly", team)
        + f'spec:\n  schedule: "{chooser.randint(0, 59)} 3 * * *"\n  concurrencyPolicy: Forbid\n'
        + "  jobTemplate:\n    spec:\n      backoffLimit: 2\n      template:\n        spec:\n"
        + "          restartPolicy: OnFailure\n"
        + _pod(chooser, f"{name}-nightly", "          ", 1)
    )


def _service(chooser: random.Random, name: str, team: str) -> str:
    return (
        "apiVersion: v1\nkind: Service\n"
        + _metadata(name, team)
        + f"spec:\n  type: {chooser.choice(('ClusterIP', 'ClusterIP', 'NodePort', 'LoadBalancer'))}\n"
        + f"  selector:\n    app.kubernetes.io/name: {name}\n"
        + "  ports:\n    - name: http\n      port: 80\n      targetPort: http\n"
    )


def _config_map(chooser: random.Random, name: str, team: str) -> str:
    text = "apiVersion: v1\nkind: ConfigMap\n" + _metadata(f"{name}-config", team) + "data:\n"
    for index in range(chooser.randint(3, 20)):
        word = chooser.choice(_WORDS)
        text += f'  {word}.{index}.limit: "{chooser.randint(1, 10_000)}"\n'
    if chooser.random() < 0.4:
        text += "  application.properties: |\n"
        for index in range(chooser.randint(3, 30)):
            text += f"    shop.{chooser.choice(_WORDS)}.setting-{index}={chooser.choice(_WORDS)}\n"
    return text


def _ingress(chooser: random.Random, name: str, team: str) -> str:
    host = f"{name}.shop.example.com"
    text = "apiVersion: networking.k8s.io/v1\nkind: Ingress\n" + _metadata(name, team)
    if chooser.random() < 0.5:
        text += '  annotations:\n    nginx.ingress.kubernetes.io/proxy-body-size: "8m"\n'
    text += "spec:\n  ingressClassName: nginx\n"
    if chooser.random() < 0.7:
        text += f"  tls:\n    - hosts: [{host}]\n      secretName: {name}-tls\n"
    return text + (
        f"  rules:\n    - host: {host}\n      http:\n        paths:\n"
        "          - path: /\n            pathType: Prefix\n"
        f"            backend:\n              service: {{name: {name}, port: {{name: http}}}}\n"
    )


def _autoscaler(chooser: random.Random, name: str, team: str) -> str:
    return (
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
        + _metadata(name, team)
        + f"spec:\n  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}\n"
        + f"  minReplicas: {chooser.randint(1, 3)}\n  maxReplicas: {chooser.randint(4, 12)}\n"
        + "  metrics:\n    - type: Resource\n      resource:\n        name: cpu\n"
        + "        target:\n          type: Utilization\n          averageUtilization: 70\n"
    )


def _disruption_budget(name: str, team: str) -> str:
    return (
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\n"
        + _metadata(name, team)
        + f"spec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: {name}\n"
    )


def _service_account(name: str, team: str) -> str:
    return (
        "apiVersion: v1\nkind: ServiceAccount\n"
        + _metadata(name, team)
        + "automountServiceAccountToken: false\n"
    )


def _definition(chooser: random.Random, name: str) -> str:
    text = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        f"metadata:\n  name: {name}s.example.com\n"
        "spec:\n  group: example.com\n  scope: Namespaced\n"
        f"  names:\n    kind: {name.title()}\n    plural: {name}s\n    singular: {name}\n"
        "  versions:\n    - name: v1\n      served: true\n      storage: true\n"
        "      schema:\n        openAPIV3Schema:\n          type: object\n          properties:\n"
        "            spec:\n              type: object\n              properties:\n"
    )
    for field in range(chooser.randint(20, 60)):
        word = chooser.choice(_WORDS)
        text += (
            f"                {word}Field{field}:\n"
            f"                  description: What the {word} of the {name} is to be when it is not {word}.\n"
            "                  type: object\n                  properties:\n"
        )
        for inner in range(chooser.randint(2, 6)):
            text += (
                f"                    {chooser.choice(_WORDS)}{inner}:\n"
                f"                      type: {chooser.choice(('string', 'integer', 'boolean'))}\n"
            )
    return text


def _dashboard(chooser: random.Random, name: str) -> str:
    text = "apiVersion: v1\nkind: ConfigMap\n" + _metadata(name, "monitoring")
    text += f'data:\n  {name}.json: |-\n    {{\n      "panels": [\n'
    for panel in range(chooser.randint(20, 60)):
        word = chooser.choice(_WORDS)
        text += (
            f'        {{"id": {panel}, "type": "timeseries", "title": "{word} per second",\n'
            f'         "targets": [{{"expr": "sum(rate({word}_requests_total[5m])) by (pod)"}}]}},\n'
        )
    return text + '        {"id": 0}\n      ]\n    }\n'


def _dockerfile(chooser: random.Random, name: str) -> str:
    java = chooser.choice((11, 17, 21))
    lines = [
        "# syntax=docker/dockerfile:1",
        f"ARG JAVA={java}",
        f"FROM maven:3.9-eclipse-temurin-{java} AS build",
        "WORKDIR /src",
        "COPY pom.xml .",
        "RUN --mount=type=cache,target=/root/.m2 mvn -B dependency:go-offline",
        "COPY src src",
        "RUN mvn -B package \\",
        "    -DskipTests \\",
        "    # the tests ran before",
        f"    -Drevision=1.{chooser.randint(0, 40)}",
    ]
    if chooser.random() < 0.3:
        lines += [f"FROM alpine:3.{chooser.randint(12, 20)} AS tools", "RUN apk add --no-cache curl jq"]
    lines.append(f"FROM eclipse-temurin:{chooser.choice(('${JAVA}-jre', f'{java}-jdk', 'latest'))}")
    lines.append(f'LABEL org.opencontainers.image.title="{name}"')
    if chooser.random() < 0.6:
        lines += [
            "RUN apt-get update \\",
            f" && apt-get install -y {chooser.choice(('', '--no-install-recommends '))}curl tini \\",
            " && rm -rf /var/lib/apt/lists/*",
        ]
    if chooser.random() < 0.3:
        lines += ["RUN <<EOF", "set -eu", f"adduser --system {name}", f"mkdir -p /var/lib/{name}", "EOF"]
    lines += ["WORKDIR /app", f"COPY --from=build /src/target/{name}.jar app.jar"]
    lines += [
        f"ENV {chooser.choice(_WORDS).upper()}_{index}=value-{index}"
        for index in range(chooser.randint(0, 8))
    ]
    if chooser.random() < 0.5:
        lines.append("USER 1001:1001")
    if chooser.random() < 0.5:
        lines.append("HEALTHCHECK --interval=30s CMD curl -fsS http://localhost:8080/q/health || exit 1")
    lines += ["EXPOSE 8080", 'ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-jar", "app.jar"]']
    return "\n".join(lines) + "\n"


def _pom(name: str, group: str, artifact: str, version: str) -> str:
    return (
        "<project>\n  <modelVersion>4.0.0</modelVersion>\n"
        f"  <groupId>com.example.shop</groupId>\n  <artifactId>{name}</artifactId>\n"
        "  <version>1.0</version>\n"
        "  <dependencyManagement><dependencies><dependency>\n"
        f"    <groupId>{group}</groupId>\n    <artifactId>{artifact}</artifactId>\n"
        f"    <version>{version}</version>\n"
        "  </dependency></dependencies></dependencyManagement>\n</project>\n"
    )


def _quarkus(chooser: random.Random, name: str) -> str:
    lines = [
        f"quarkus.application.name={name}",
        "quarkus.http.port=8080",
        f"quarkus.datasource.jdbc.url=jdbc:postgresql://${{DB_HOST:localhost}}:5432/{name}",
        f"quarkus.datasource.jdbc.max-size={chooser.randint(5, 100)}",
        "quarkus.datasource.username=${DB_USER}",
        "quarkus.datasource.password=${DB_PASSWORD}",
        f"quarkus.log.level={chooser.choice(('INFO', 'DEBUG', 'TRACE'))}",
        "%dev.quarkus.http.port=8081",
        f"%prod.quarkus.http.limits.max-body-size={chooser.randint(1, 20)}M",
    ]
    if chooser.random() < 0.5:
        lines += [
            "quarkus.http.ssl.certificate.files=/tls/tls.crt",
            "quarkus.http.ssl.protocols=TLSv1.2,TLSv1.3",
        ]
    for index in range(chooser.randint(10, 60)):
        lines.append(
            f"shop.{chooser.choice(_WORDS)}.{chooser.choice(_WORDS)}-{index}={chooser.randint(1, 10_000)}"
        )
    return "\n".join(lines) + "\n"


def _spring(chooser: random.Random, name: str) -> str:
    text = (
        f"spring:\n  application:\n    name: {name}\n  datasource:\n"
        f"    url: jdbc:postgresql://${{DB_HOST:localhost}}:5432/{name}\n    username: ${{DB_USER}}\n"
        f"    hikari:\n      maximum-pool-size: {chooser.randint(5, 50)}\n"
        "server:\n  port: 8080\n  shutdown: graceful\n"
        "management:\n  endpoints:\n    web:\n      exposure:\n"
        f"        include: '{chooser.choice(('health,info', '*', 'health'))}'\n"
        "shop:\n"
    )
    for index in range(chooser.randint(10, 60)):
        text += f"  {chooser.choice(_WORDS)}-{index}: {chooser.choice(_WORDS)}\n"
    return text


def _spring_profile(chooser: random.Random, name: str) -> str:
    return (
        f"spring:\n  datasource:\n    password: ${{DB_PASSWORD}}\nlogging:\n  level:\n"
        f"    root: {chooser.choice(('INFO', 'DEBUG'))}\n    com.example.{name.replace('-', '.')}: WARN\n"
    )


SETS: dict[str, Callable[[random.Random], Iterator[tuple[str, str]]]] = {
    "manifests": manifests,
    "cluster": cluster,
    "dockerfiles": dockerfiles,
    "applications": applications,
    "terraform": terraform,
}


def write(name: str, directory: str, *, size: int | None = None, files: int | None = None) -> tuple[int, int]:
    """Write a set below a directory until it has this many bytes or files; returns files and bytes."""
    chooser = random.Random(_SEED)  # equal runs are what it is for
    count = total = 0
    for path, text in SETS[name](chooser):
        if (size is not None and total >= size) or (files is not None and count >= files):
            break
        full = os.path.join(directory, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        data = text.encode()
        with open(full, "wb") as stream:
            stream.write(data)
        count += 1
        total += len(data)
    return count, total


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=SETS)
    parser.add_argument("directory")
    parser.add_argument("--megabytes", type=float)
    parser.add_argument("--files", type=int)
    arguments = parser.parse_args()
    size = None if arguments.megabytes is None else int(arguments.megabytes * 1_000_000)
    if size is None and arguments.files is None:
        parser.error("say how much: --megabytes or --files")
    count, total = write(arguments.set, arguments.directory, size=size, files=arguments.files)
    sys.stdout.write(f"{count} files, {total:,} bytes\n")


if __name__ == "__main__":
    main()
