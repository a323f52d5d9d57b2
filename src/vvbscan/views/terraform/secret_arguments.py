"""View `secret_argument`: arguments that hold secrets, and texts that may have some in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, Source, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed, fields
from vvbscan.views.terraform.arguments import argument, boolean, items
from vvbscan.views.terraform.bodies import Arguments
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource, Settings
from vvbscan.views.terraform.structures import structure_of

_MAY_BE_SECRET: Final = lazy_pattern(
    r"(?i)pass(?:word|wd|phrase)?(?:_wo)?$|pwd$|secret(?:_wo)?$|token(?:_wo)?$|credentials$|key(?:_wo)?$|^secret_"
)
"""Names of arguments that are looked at; which of them hold a secret the rule says."""
_NO_SECRETS: Final = frozenset({"creation_token", "client_token", "idempotency_token"})
"""Names that keep a request from being made twice."""
_MAY_BE_IGNORED: Final = lazy_pattern(r"^value|^secret_|pass|token|key|user_data|^plaintext")
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
_OPEN: Final = lazy_pattern(
    r"(?i)(?:^|[_-])(?:user|user_?name|login|e?mail|account|address|url|uri|host|host_?name|fqdn|domain|endpoint"
    r"|id|arn|name|number|port|region|version)$"
)
"""Names of entries of a store that hold what is no secret by itself."""
_REFERENCE: Final = lazy_pattern(r"(?:var|local|module|data)\.[\w.\[\]\"*-]+")
_ATTRIBUTE: Final = lazy_pattern(r"(\w+)\.([\w-]+)(?:\[[^\]]*\])*\.(\w+)")
"""An attribute of a resource as it is referred to."""
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
    ignored = _Ignored(configuration)
    for subject in _arguments(configuration):
        record = subject.record
        assert isinstance(record, SecretArgument)
        if not ignored.has(record.value) and not _refers_to_unknown(record.value):
            yield subject


def _arguments(configuration: Configuration) -> Iterator[Subject]:
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


class _Ignored:
    """Values that `ignore_changes` lets others change: what is written there stands in for the real one."""

    __slots__ = ("_configuration", "_names", "_places")

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._places: set[tuple[Source, int, int]] | None = None
        self._names: set[str] = set()

    def has(self, value: Node) -> bool:
        """Whether a value is one of them, or comes from one."""
        if isinstance(value.value, Unknown):
            return False
        if self._places is None:
            self._places = set(self._find())
        referred = _ATTRIBUTE.fullmatch(value.written)
        if referred is not None and ".".join(referred.groups()) in self._names:
            return True
        places = [(value.source, value.start, value.end)]
        places += [(step.source, step.start, step.end) for step in value.via]
        return not self._places.isdisjoint(places)

    def _find(self) -> Iterator[tuple[Source, int, int]]:
        for resource in self._configuration.resources:
            ignored = items(resource, "lifecycle", 0, "ignore_changes").nodes
            names = {(node.text() or "").partition("[")[0].partition(".")[0] for node in ignored}
            if "all" in names and isinstance(resource.root.value, MapValue):
                names = {name for name in _written(resource.root.value) if _MAY_BE_IGNORED.search(name)}
            for name in names:
                node = argument(resource, name)
                if node is not None:
                    self._names.add(f"{resource.type}.{resource.name}.{name}")
                    yield from _places_of(node)


def _places_of(node: Node) -> Iterator[tuple[Source, int, int]]:
    """The places of a value, and those of its members if it is the text of a document."""
    yield node.source, node.start, node.end
    root = structure_of(node) if isinstance(node.value, str) else None
    if isinstance(root, Node):
        for _, _, member in root.members():
            yield member.source, member.start, member.end


def _refers_to_unknown(value: Node) -> bool:
    """Whether all that is written is the name of something that is not there to be looked at."""
    return isinstance(value.value, Unknown) and _REFERENCE.fullmatch(value.written) is not None


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
    for name in _written(root):
        if (name,) in always or name in _NO_SECRETS:
            continue
        if name in _TEXTS or _MAY_BE_SECRET.search(name):
            value = argument(holder.root, name)
            if value is not None and not isinstance(value.value, MapValue):
                yield _subject(configuration, holder, label, name, value, text=name in _TEXTS)


def _written(root: MapValue) -> Iterable[str]:
    """The names of the arguments, without working out which of them are null."""
    return root.entries.names() if isinstance(root.entries, Arguments) else root.entries


def _special(configuration: Configuration, resource: Resource, label: str) -> Iterator[Subject]:
    """What is known of certain types."""
    for path in _ALWAYS.get(resource.type, ()):
        value = argument(resource, *path)
        if value is not None and not _OPEN.search(resource.name):
            yield from _content(configuration, resource, label, str(path[-1]), value)
    for path in _NESTED.get(resource.type, ()):
        value = argument(resource, *path)
        if value is not None:
            name = ".".join(str(step) for step in path if isinstance(step, str))
            yield _subject(configuration, resource, label, name, value)
    if resource.type == "aws_ssm_parameter":
        kind, value = argument(resource, "type"), argument(resource, "value")
        secure = kind is not None and kind.value == "SecureString"
        if secure and value is not None and not _OPEN.search(resource.name):
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
