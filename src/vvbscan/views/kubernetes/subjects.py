"""Views of objects, workloads, containers, their images and their environment variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import new_record
from vvbscan.views.images import image_reference, image_subject_fields
from vvbscan.views.kubernetes.accounts import account_of, token_mounted
from vvbscan.views.kubernetes.containers import Container
from vvbscan.views.kubernetes.effective import effective_resources, effective_security
from vvbscan.views.kubernetes.lookup import mapping, reach, shown
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import KubernetesObject
from vvbscan.views.records import Variable, computed, written_fields


def kubernetes_objects(model: KubernetesModel) -> Iterator[Subject]:
    """View `kubernetes_object`: every object, also of unknown kinds. Record: `KubernetesObject`.

    Fields: `object` (the whole), `kind`, `api_version`, `namespace`, `name`.
    """
    for item in model.objects:
        root = item.root
        members = {
            "object": root,
            "kind": reach(root, "kind") or computed(item.kind, item.anchor),
            "api_version": reach(root, "apiVersion"),
            "namespace": reach(root, "metadata", "namespace"),
            "name": reach(root, "metadata", "name"),
        }
        yield subject("kubernetes_object", item, item.address, item.anchor, members, item)


def workloads(model: KubernetesModel) -> Iterator[Subject]:
    """View `workload`: every object that runs pods. Record: `Workload`.

    Fields: `object`, `kind`, `template` (pod metadata and spec), `pod` (pod spec), `replicas` (one where it
    is not written; absent for kinds without), `long_running`, `service_backed` (whether a Service of the
    unit or beside it selects its pods), `autoscaled` (whether such an autoscaler scales it), `os`.
    """
    for workload in model.workloads:
        item = workload.object
        anchor = item.anchor
        replicas = workload.replicas
        if replicas is None and workload.is_replicated:
            replicas = computed(1, anchor)
        members = {
            "object": item.root,
            "kind": reach(item.root, "kind") or computed(item.kind, anchor),
            "template": workload.template,
            "pod": workload.pod,
            "replicas": replicas,
            "long_running": computed(workload.long_running, anchor),
            "service_backed": anchor.replace_value(model.is_service_backed(workload)),
            "autoscaled": anchor.replace_value(model.is_autoscaled(workload)),
            "least_replicas": model.least_replicas(workload),
            "service_account": account_of(workload),
            "token_mounted": token_mounted(model, workload),
            "os": workload.operating_system,
        }
        yield subject("workload", item, item.address, anchor, members, workload)


def containers(model: KubernetesModel) -> Iterator[Subject]:
    """View `container`: every container of every workload. Record: `Container`.

    Fields: `spec` (the container), `name`, `role` (`app`, `init`, `sidecar` or `ephemeral`), `pod`,
    `object`, `workload_kind`, `long_running` (it runs as long as its pod, and that is meant to run on),
    `service_backed` (a Service of the unit or beside it selects its pod), `serves` (it runs on and declares
    a port, or it is the only container of a pod that a Service selects), `ports`, `effective` (see
    `effective_security`), `resources` (see `effective_resources`), `env` (the value of each environment
    variable by name; open where a source is not known), `jvm` (see `jvm_of`; absent if nothing shows that one
    runs), `os`.
    """
    for workload, members in model.pods:
        service_backed = model.is_service_backed(workload)
        alone = sum(container.role == "app" for container in members) == 1
        for container in members:
            yield _container(model, container, service_backed, alone=alone)


def _container(
    model: KubernetesModel, container: Container, service_backed: bool | Unknown, *, alone: bool
) -> Subject:
    workload, node, anchor = container.workload, container.node, container.anchor
    item = workload.object
    ports = reach(node, "ports")
    selected = service_backed if alone and container.role == "app" else False
    serves: bool | Unknown = False
    if container.long_running:
        serves = (ports is not None and bool(ports.items())) or selected
        if ports is not None and isinstance(ports.value, Unknown) and serves is False:
            serves = ports.value
    variables = model.variables(container)
    jvm = model.jvm(container)
    places = {
        "effective": container.key("securityContext"),
        "resources": container.key("resources"),
        "env": container.key("env"),
        "jvm": jvm,
    }
    members = {
        "spec": node,
        "name": node.get("name"),
        "role": computed(container.role, anchor),
        "pod": workload.pod,
        "object": item.root,
        "workload_kind": computed(item.kind, item.anchor),
        "long_running": computed(container.long_running, anchor),
        "service_backed": anchor.replace_value(service_backed),
        "serves": anchor.replace_value(serves),
        "ports": ports,
        "effective": effective_security(container),
        "resources": effective_resources(container, model.limit_defaults(workload)),
        "env": mapping(container.key("env"), variables.values, variables.names, variables.rest),
        "jvm": jvm,
        "os": workload.operating_system,
    }
    return subject("container", item, container.address, anchor, members, container, places)


def image_references(model: KubernetesModel) -> Iterator[Subject]:
    """View `image_reference`: the image of every container. Record: `ImageReference`.

    The tag and the digest of what Skaffold builds are not known before it deploys.
    """
    for container in model.containers:
        image = container.image
        if image is not None:
            item = container.workload.object
            reference = image_reference(image, "container", final=True)
            if model.artifacts is not None:
                reference = model.artifacts.complete(reference)
            root = image_subject_fields(reference)
            address = container.address
            yield Subject("image_reference", address, root, image, item.environment, reference, item.via)


def environment_variables(model: KubernetesModel) -> Iterator[Subject]:
    """View `environment_variable`: `env` of containers and `data` of ConfigMaps. Record: `Variable`.

    A variable that a reference brings (`valueFrom`) has a name only; the ConfigMap's own literal is a
    subject with the role `config`.
    """
    for container in model.containers:
        item, place = container.workload.object, f"{container.address}.env"
        for entry in _entries(container):
            name = reach(entry, "name")
            if name is None:
                continue
            value = reach(entry, "value")
            text = None if value is None else value.value
            if type(text) is str and "$" in text:
                value = model.variables(container).values.get(name.text() or "", value)
            yield _variable(item, f"{place}[{shown(name)}]", new_record(Variable, (name, value, "env")))
    for item in model.objects:
        data = reach(item.root, "data") if item.is_kind("ConfigMap", "") else None
        for key_text, key, literal in () if data is None else data.members():
            yield _variable(item, f"{item.address}:data[{key_text}]", Variable(key, literal, "config"))


def _entries(container: Container) -> tuple[Node, ...]:
    listed = reach(container.node, "env")
    return () if listed is None else listed.items()


def _variable(item: KubernetesObject, address: str, variable: Variable) -> Subject:
    name = variable.name
    entries = {"name": name, "role": computed(variable.role, name)}
    if variable.value is not None:
        entries["value"] = variable.value
    root = written_fields(name, entries)
    return new_record(
        Subject, ("environment_variable", address, root, name, item.environment, variable, item.via)
    )


def subject(
    view: str,
    item: KubernetesObject,
    address: str,
    anchor: Node,
    members: Mapping[str, Node | None],
    record: object,
    places: Mapping[str, Node | None] | None = None,
) -> Subject:
    """A subject that an object of the unit brings."""
    root = mapping(anchor, members, places)
    return new_record(Subject, (view, address, root, anchor, item.environment, record, item.via))
