"""View `secret_argument`: arguments that hold secrets, and texts that may have some in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed, fields
from vvbscan.views.terraform.arguments import argument, boolean, items
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource, Settings
from vvbscan.views.terraform.structures import structure_of

_MAY_BE_SECRET: Final = lazy_pattern(
    r"(?i)pass(?:word|wd|phrase)?(?:_wo)?$|pwd$|secret(?:_wo)?$|token(?:_wo)?$|credentials$|key(?:_wo)?$|^secret_"
)
"""Names of arguments that are looked at; which of them hold a secret the rule says."""
_NO_SECRETS: Final = frozenset({"creation_token", "client_token", "idempotency_token"})
"""Names that keep a request from being made twice."""
_ALWAYS: Final[Mapping[str, tuple[tuple[str | int, ...], ...]]] = {
    "aws_secretsmanager_secret_version": (("secret_string",), ("secret_string_wo",)),
    "google_secret_manager_secret_version": (("secret_data",), ("secret_data_wo",)),
    "azurerm_key_vault_secret": (("value",), ("value_wo",)),
    "github_actions_secret": (("plaintext_value",),),
    "github_actions_environment_secret": (("plaintext_value",),),
}
"""Arguments that hold a secret whatever their names say."""
_NESTED: Final[Mapping[str, tuple[tuple[str | int, ...], ...]]] = {
    "azurerm_virtual_machine": (("os_profile", 0, "admin_password"),),
    "aws_mq_broker": (("user", 0, "password"),),
    "google_container_cluster": (("master_auth", 0, "password"),),
    "aws_dms_endpoint": (("password",),),
}
_TEXTS: Final = frozenset(
    {"user_data", "user_data_base64", "custom_data", "startup_script", "metadata_startup_script"}
)
"""Scripts that machines run when they start."""
_KUBERNETES: Final = ("kubernetes_secret", "kubernetes_secret_v1")


class SecretArgument(NamedTuple):
    """An argument that holds a secret, or may. View `secret_argument`, fields as named here."""

    name: Node
    """`aws_db_instance.main.password`, `provider.aws.secret_key`."""
    value: Node
    always: bool
    """Whether it holds a secret whatever its name says."""
    text: bool
    """Whether it is a text that may have secrets in it, and holds none itself."""


def secret_arguments(configuration: Configuration) -> Iterator[Subject]:
    """View `secret_argument`: arguments of resources, calls and providers. Record: `SecretArgument`.

    Fields: `name`, `value`.
    """
    for resource in configuration.resources:
        if resource.mode == "managed":
            label = f"{resource.type}.{resource.name}"
            yield from _named(configuration, resource, label)
            yield from _special(configuration, resource, label)
    for call in configuration.calls:
        yield from _named(configuration, call, call.address)
    for settings in configuration.settings:
        if settings.kind in ("provider", "backend") and not _is_mocked(settings):
            yield from _named(configuration, settings, f"{settings.kind}.{settings.name}")


def _is_mocked(settings: Settings) -> bool:
    """Whether nobody checks the credentials: what a provider then gets for a test is none."""
    skips = boolean(settings.root, "skip_credentials_validation")
    return skips is not None and skips.value is True and settings.kind == "provider"


def _named(
    configuration: Configuration, holder: Resource | ModuleCall | Settings, label: str
) -> Iterator[Subject]:
    """Arguments at the top by their names, which are looked at without evaluating any other."""
    root = holder.root.value
    if not isinstance(root, MapValue):
        return
    always = _ALWAYS.get(holder.type, ()) if isinstance(holder, Resource) else ()
    for name in root.entries:
        if (name,) in always or name in _NO_SECRETS:
            continue
        if name in _TEXTS or _MAY_BE_SECRET.search(name):
            value = argument(holder.root, name)
            if value is not None and not isinstance(value.value, MapValue):
                yield _subject(configuration, holder, label, name, value, text=name in _TEXTS)


def _special(configuration: Configuration, resource: Resource, label: str) -> Iterator[Subject]:
    """What is known of certain types."""
    for path in _ALWAYS.get(resource.type, ()):
        value = argument(resource, *path)
        if value is not None:
            yield from _content(configuration, resource, label, str(path[-1]), value)
    for path in _NESTED.get(resource.type, ()):
        value = argument(resource, *path)
        if value is not None:
            name = ".".join(str(step) for step in path if isinstance(step, str))
            yield _subject(configuration, resource, label, name, value)
    if resource.type == "aws_ssm_parameter":
        kind, value = argument(resource, "type"), argument(resource, "value")
        if kind is not None and kind.value == "SecureString" and value is not None:
            yield _subject(configuration, resource, label, "value", value, always=True)
    if resource.type in _KUBERNETES:
        for name, _, value in _members(argument(resource, "data")):
            yield _subject(configuration, resource, label, f"data.{name}", value)
    if resource.type in ("google_compute_instance", "google_compute_instance_template"):
        value = argument(resource, "metadata", "startup-script")
        if value is not None:
            yield _subject(configuration, resource, label, "metadata.startup-script", value, text=True)
    if resource.type == "helm_release":
        for entry in items(resource, "set_sensitive").nodes:
            setting, value = argument(entry, "name"), argument(entry, "value")
            if setting is not None and value is not None:
                shown = setting.text() or "set_sensitive"
                yield _subject(configuration, resource, label, shown, value, always=True)


def _content(
    configuration: Configuration, resource: Resource, label: str, name: str, value: Node
) -> Iterator[Subject]:
    """A secret; of a document its members, which are judged by their names."""
    root = structure_of(value)
    if isinstance(root, Node) and isinstance(root.value, MapValue):
        for key, _, member in root.members():
            yield _subject(configuration, resource, label, f"{name}.{key}", member)
    else:
        yield _subject(configuration, resource, label, name, value, always=True)


def _members(node: Node | None) -> Iterator[tuple[str, Node, Node]]:
    return iter(()) if node is None else node.members()


def _subject(
    configuration: Configuration,
    holder: Resource | ModuleCall | Settings,
    label: str,
    name: str,
    value: Node,
    *,
    always: bool = False,
    text: bool = False,
) -> Subject:
    anchor = holder.anchor
    shown = computed(f"{label}.{name}", anchor)
    record = SecretArgument(shown, value, always, text)
    owner = label if isinstance(holder, Settings) else holder.address
    via = () if isinstance(holder, Settings) else holder.via
    root = fields(anchor, {"name": shown, "value": value})
    environment = configuration.environment
    return Subject("secret_argument", f"{owner}.{name}", root, anchor, environment, record, via)
