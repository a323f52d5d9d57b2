"""Helpers of the tests of Kubernetes manifests."""

from __future__ import annotations

from textwrap import dedent

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.kubernetes.containers import Container
from vvbscan.views.kubernetes.kind import KIND, model_of
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import KubernetesObject

UNIT = Unit("manifest:m.yaml", "manifest", ("m.yaml",))


def load(
    text: str, path: str = "m.yaml", *, version: str = "1.28", limits: Limits = DEFAULT_LIMITS
) -> Loaded:
    """Load a manifest; the text is dedented."""
    unit = UNIT._replace(files=(path,))
    options = Options(limits=limits, kubernetes_version=version)
    return KIND.load(unit, MemoryTree({path: dedent(text)}), options)


def model(text: str, path: str = "m.yaml") -> KubernetesModel:
    return model_of(load(text, path))


def objects(text: str, path: str = "m.yaml") -> tuple[KubernetesObject, ...]:
    return model(text, path).objects


def view(name: str, text: str, *, version: str = "1.28") -> list[Subject]:
    """The subjects of a view of a manifest."""
    return list(KIND.views[name](load(text, version=version)))


def one(name: str, text: str) -> Subject:
    """The only subject of a view of a manifest."""
    (subject,) = view(name, text)
    return subject


def pod(container: str, spec: str = "", extra: str = "") -> str:
    """A Pod manifest whose container `app` has the given members; `spec` has members of its pod spec."""
    members = "".join(f"      {line}\n" for line in dedent(container).strip().splitlines())
    settings = "".join(f"  {line}\n" for line in dedent(spec).strip().splitlines())
    head = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n"
    return f"{head}{settings}  containers:\n    - name: app\n{members}{dedent(extra)}"


def container(text: str) -> Container:
    """The only container of a manifest."""
    (found,) = model(text).containers
    return found


def field(subject: Subject, *path: str) -> object:
    """A field of a subject as plain data, None if it is absent."""
    node = subject.root.at(*path)
    return None if node is None else data(node)


def data(node: Node) -> object:
    """The value of a node as plain data; what is unknown stands for itself."""
    value = node.value
    if isinstance(value, MapValue):
        members: dict[str, object] = {key: data(child) for key, child in value.entries.items()}
        return members if value.rest is None else {**members, "...": value.rest.kind}
    if isinstance(value, SeqValue):
        return [data(item) for item in value.items]
    return value


def unknown(subject: Subject, *path: str) -> Unknown:
    """The unknown value of a field."""
    node = subject.root.at(*path)
    assert node is not None
    assert isinstance(node.value, Unknown)
    return node.value


def written(node: Node | None) -> str:
    """The characters that a node spans."""
    assert node is not None
    return node.written
