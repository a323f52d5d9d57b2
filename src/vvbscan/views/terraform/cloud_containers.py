"""Containers and functions that a configuration runs: their images, variables and rights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, MapValue, Node
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.images import image_reference, image_subject_fields
from vvbscan.views.records import Variable, computed, fields
from vvbscan.views.terraform.arguments import Items, argument, boolean, items, text
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.registry_modules import well_known
from vvbscan.views.terraform.structures import structure_of
from vvbscan.views.terraform.subjects import kind_of, subject

_POD: Final = ("spec", 0, "template", 0, "spec", 0, "container")
_BLOCKS: Final[tuple[tuple[str, tuple[str | int, ...], str], ...]] = (
    ("google_cloud_run_v2_service", ("template", 0, "containers"), "env"),
    ("google_cloud_run_v2_job", ("template", 0, "template", 0, "containers"), "env"),
    ("google_cloud_run_service", ("template", 0, "spec", 0, "containers"), "env"),
    ("azurerm_container_app", ("template", 0, "container"), "env"),
    ("azurerm_container_group", ("container",), "environment_variables"),
    ("kubernetes_deployment", _POD, "env"),
    ("kubernetes_deployment_v1", _POD, "env"),
    ("kubernetes_stateful_set", _POD, "env"),
    ("kubernetes_stateful_set_v1", _POD, "env"),
    ("kubernetes_daemonset", _POD, "env"),
    ("kubernetes_daemon_set_v1", _POD, "env"),
)
"""Resources with a block for each container: the way to it, and the name of its variables."""
_VARIABLES: Final[tuple[tuple[str, tuple[str | int, ...]], ...]] = (
    ("aws_lambda_function", ("environment", 0, "variables")),
    ("aws_codebuild_project", ("environment", 0, "environment_variable")),
    (
        "aws_apprunner_service",
        (
            "source_configuration",
            0,
            "image_repository",
            0,
            "image_configuration",
            0,
            "runtime_environment_variables",
        ),
    ),
    ("azurerm_linux_web_app", ("app_settings",)),
    ("azurerm_windows_web_app", ("app_settings",)),
    ("azurerm_linux_function_app", ("app_settings",)),
    ("azurerm_windows_function_app", ("app_settings",)),
    ("google_cloudfunctions_function", ("environment_variables",)),
    ("google_cloudfunctions2_function", ("service_config", 0, "environment_variables")),
)
"""Resources with variables whose images, if they have any, are not named beside them."""
_IMAGES: Final[tuple[tuple[str, tuple[str | int, ...]], ...]] = (
    ("aws_lambda_function", ("image_uri",)),
    ("aws_apprunner_service", ("source_configuration", 0, "image_repository", 0, "image_identifier")),
)

_IMAGE_ARGUMENT: Final = lazy_pattern(r"^all$|^container_definitions$|image(?:_uri|_identifier)?$|^template$")
"""What `ignore_changes` names if the image is set elsewhere."""
_DESCRIBES: Final = frozenset({"name", "value", "type", "value_from", "value_source", "secret_name"})
"""Members of a mapping that describes one variable."""


class CloudContainer(NamedTuple):
    """A container that a service of a cloud runs. View `cloud_container`, fields as named here."""

    component: str
    """`aws_ecs_task_definition`, `google_cloud_run_v2_service`."""
    name: Node | None
    image: Node | None
    variables: Items
    """Mappings with `name` and `value`, or one mapping of all values by name."""
    privileged: Node | None
    """Absent where no container can be privileged."""
    user: Node | None
    """The user that it runs as, absent if the image decides."""
    logs: Node | None
    """How its logs are carried away; absent if they are not, or if the platform always does it."""
    settles_logs: bool
    """Whether the definition has to say what becomes of the logs."""


class _Found(NamedTuple):
    holder: Resource | ModuleCall
    part: str
    anchor: Node
    container: CloudContainer


def _containers(configuration: Configuration) -> Iterator[_Found]:
    for resource in configuration.by_type.get("aws_ecs_task_definition", ()):
        definitions = argument(resource, "container_definitions")
        root = None if definitions is None else structure_of(definitions)
        if isinstance(root, Node):
            for index, entry in enumerate(root.items()):
                yield _defined(resource, f"container_definitions[{index}]", entry, logged_anyway=False)
    for resource in configuration.by_type.get("aws_batch_job_definition", ()):
        properties = argument(resource, "container_properties")
        root = None if properties is None else structure_of(properties)
        if isinstance(root, Node) and isinstance(root.value, MapValue):
            yield _defined(resource, "container_properties", root, logged_anyway=True)
    yield from _of_modules(configuration)
    for type_, path, variables in _BLOCKS:
        for resource in configuration.by_type.get(type_, ()):
            for index, block in enumerate(items(resource, *path).nodes):
                yield _of_block(resource, index, block, variables)


def _of_modules(configuration: Configuration) -> Iterator[_Found]:
    """Containers in calls of terraform-aws-modules/ecs, which carries logs to CloudWatch by default."""
    for module in well_known(configuration, "ecs"):
        call = module.call
        if module.part == "modules/container-definition":
            yield _defined(call, "", call.root, logged_anyway=True)
        elif module.part == "modules/service":
            yield from _mapped(call, "", argument(call, "container_definitions"))
        elif not module.part:
            for name, _, service in _members(argument(call, "services")):
                yield from _mapped(call, f"services.{name}.", argument(service, "container_definitions"))


def _mapped(call: ModuleCall, prefix: str, definitions: Node | None) -> Iterator[_Found]:
    for name, key, entry in _members(definitions):
        if isinstance(entry.value, MapValue):
            part = f"{prefix}container_definitions.{name}"
            found = _defined(call, part, entry, logged_anyway=True)
            yield found._replace(
                anchor=key, container=found.container._replace(name=found.container.name or key)
            )


def _members(node: Node | None) -> Iterator[tuple[str, Node, Node]]:
    return iter(()) if node is None else node.members()


def _defined(holder: Resource | ModuleCall, part: str, entry: Node, *, logged_anyway: bool) -> _Found:
    """A container in the form of the API of ECS (Amazon ECS API Reference, ContainerDefinition)."""
    name = text(entry, "name")
    record = CloudContainer(
        kind_of(holder),
        name,
        text(entry, "image"),
        items(entry, "environment"),
        boolean(entry, "privileged"),
        text(entry, "user"),
        argument(entry, "logConfiguration"),
        settles_logs=not logged_anyway,
    )
    return _Found(holder, part, name or holder.anchor, record)


def _of_block(resource: Resource, index: int, block: Node, variables: str) -> _Found:
    name = text(block, "name")
    record = CloudContainer(
        resource.type,
        name,
        text(block, "image"),
        items(block, variables),
        boolean(block, "security_context", 0, "privileged"),
        text(block, "security_context", 0, "run_as_user"),
        None,
        settles_logs=False,
    )
    return _Found(resource, f"container[{index}]", resource.anchor, record)


def cloud_containers(configuration: Configuration) -> Iterator[Subject]:
    """View `cloud_container`. Record: `CloudContainer`.

    Fields: `component`, `name`, `image`, `privileged`, `user`, `logs`, `settles_logs`.
    """
    for found in _containers(configuration):
        record = found.container
        members = {
            "component": computed(record.component, found.anchor),
            "name": record.name,
            "image": record.image,
            "privileged": record.privileged,
            "user": record.user,
            "logs": record.logs,
            "settles_logs": computed(record.settles_logs, found.anchor),
        }
        yield subject(
            "cloud_container", configuration, found.holder, members, record, found.part, found.anchor
        )


def image_references(configuration: Configuration) -> Iterator[Subject]:
    """View `image_reference`: images of containers, functions and services. Record: `ImageReference`."""
    for found in _containers(configuration):
        image = found.container.image
        if image is not None and not _is_changed_elsewhere(found.holder):
            yield _image(configuration, found.holder, found.part, image)
    for type_, path in _IMAGES:
        for resource in configuration.by_type.get(type_, ()):
            image = text(resource, *path)
            if image is not None and not _is_changed_elsewhere(resource):
                yield _image(configuration, resource, str(path[-1]), image)


def _is_changed_elsewhere(holder: Resource | ModuleCall) -> bool:
    """Whether Terraform leaves the image as whoever deploys has set it; what is written is for the start."""
    if isinstance(holder, ModuleCall):
        return False
    ignored = items(holder, "lifecycle", 0, "ignore_changes").nodes
    return any(_IMAGE_ARGUMENT.search(node.text() or "") for node in ignored)


def _image(configuration: Configuration, holder: Resource | ModuleCall, part: str, image: Node) -> Subject:
    reference = image_reference(image, "container", final=True)
    root = image_subject_fields(reference)
    address = f"{holder.address}:{part}" if part else holder.address
    environment = configuration.environment
    return Subject("image_reference", address, root, image, environment, reference, holder.via)


def environment_variables(configuration: Configuration) -> Iterator[Subject]:
    """View `environment_variable`: those of containers, functions and services. Record: `Variable`."""
    for found in _containers(configuration):
        for name, value in _pairs(found.container.variables.nodes):
            yield _variable(configuration, found.holder, found.part, name, value)
    for type_, path in _VARIABLES:
        for resource in configuration.by_type.get(type_, ()):
            for name, value in _pairs(items(resource, *path).nodes):
                yield _variable(configuration, resource, "", name, value)


def _pairs(entries: Iterable[Node]) -> Iterator[tuple[Node, Node | None]]:
    """Names and values of variables: of mappings that describe one each, or of one mapping of them all."""
    for entry in entries:
        if not isinstance(entry.value, MapValue):
            continue
        if entry.value.entries.keys() <= _DESCRIBES:
            name, kind = argument(entry, "name"), argument(entry, "type")
            if name is not None and (kind is None or kind.value == "PLAINTEXT"):
                yield name, argument(entry, "value")
            continue
        for key, place, value in entry.members():
            yield Node(key, place.source, place.start, place.end, COMPUTED, place.via), value


def _variable(
    configuration: Configuration,
    holder: Resource | ModuleCall,
    part: str,
    name: Node,
    value: Node | None,
) -> Subject:
    variable = Variable(name, value, "env")
    shown = name.value if isinstance(name.value, str) else "?"
    owner = f"{holder.address}:{part}" if part else holder.address
    root = fields(name, {"name": name, "value": value, "role": computed("env", name)})
    environment = configuration.environment
    return Subject(
        "environment_variable", f"{owner}.env[{shown}]", root, name, environment, variable, holder.via
    )
