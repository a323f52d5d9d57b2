"""Rendering kustomizations from texts, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import Node, plain
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kustomize import KIND

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: runner
      containers:
      - name: app
        image: shop/web:1.0.0
        ports: [{containerPort: 8080}]
        env:
        - {name: LOG_LEVEL, value: debug}
        - name: TOKEN
          valueFrom: {secretKeyRef: {name: token, key: value}}
        envFrom: [{configMapRef: {name: settings}}]
        securityContext:
          privileged: true
      - name: proxy
        image: shop/proxy
"""

UNKNOWN = "<unknown>"


def tree(files: Mapping[str, str | bytes]) -> MemoryTree:
    """The files, each text without its common indentation."""
    return MemoryTree({path: dedent(text) if isinstance(text, str) else text for path, text in files.items()})


def load(
    files: Mapping[str, str | bytes],
    path: str = "kustomization.yaml",
    *,
    limits: Limits = DEFAULT_LIMITS,
    environment: str = "",
) -> Loaded:
    """A kustomization of these files, loaded."""
    unit = Unit(f"kustomization:{path}", "kustomization", (path,), environment)
    return KIND.load(unit, tree(files), Options(limits=limits))


def model(loaded: Loaded) -> KubernetesModel:
    """The rendered objects."""
    assert isinstance(loaded.model, KubernetesModel)
    return loaded.model


def objects(loaded: Loaded) -> dict[str, object]:
    """Each rendered object as plain data, by its address."""
    return {item.address: plain(item.root, UNKNOWN) for item in model(loaded).objects}


def at(loaded: Loaded, address: str, *steps: str | int) -> Node:
    """The node at the end of a path into a rendered object."""
    node = next(item.root for item in model(loaded).objects if item.address == address)
    for step in steps:
        below = node.get(step) if isinstance(step, str) else node.items()[step]
        assert below is not None, f"nothing at {step}"
        node = below
    return node


def value(loaded: Loaded, address: str, *steps: str | int) -> object:
    """The value at the end of a path into a rendered object as plain data."""
    return plain(at(loaded, address, *steps), UNKNOWN)


def where(node: Node) -> str:
    """File and characters of a node."""
    return f"{node.source.path}: {node.written}"


def way(node: Node) -> list[str]:
    """The steps by which a node came to its place, each with the characters it points at."""
    return [f"{step.label}: {step.source.text.text[step.start : step.end]}" for step in node.via]


def messages(loaded: Loaded, level: str = "") -> list[str]:
    """The notices of a level, or of all, each with its place."""
    found = []
    for notice in loaded.notices:
        if level in ("", notice.level):
            line = notice.location.line if notice.location is not None else 0
            found.append(f"{notice.path}:{line}: {notice.message}")
    return found
