"""From a root module with values to a configuration: all resources and calls of it and its local modules."""

from __future__ import annotations

from vvbscan.model.node import COMPUTED, Node, Source, Unknown
from vvbscan.parse.hcl_tree import Step
from vvbscan.views.terraform.bodies import MODULE_META, RESOURCE_META, body_value
from vvbscan.views.terraform.instances import NO_BINDINGS
from vvbscan.views.terraform.load import DATA, MANAGED, Declaration, header_of
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource, Settings
from vvbscan.views.terraform.module import ModuleInstance
from vvbscan.views.terraform.scope import Referred
from vvbscan.views.terraform.sources import is_local, source_of
from vvbscan.views.terraform.working_out import work_out
from vvbscan.views.terraform.workspace import Workspace


def configuration_of(root: ModuleInstance, environment: str) -> Configuration:
    """All that a root module and the local modules that it calls configure."""
    resources: list[Resource] = []
    calls: list[ModuleCall] = []
    pending = [root]
    while pending and not root.workspace.is_full:
        module = pending.pop()
        for key in module.files.resources:
            resources += _resources(module, key)
        inner: list[ModuleInstance] = []
        for name, declaration in module.files.calls.items():
            source = source_of(declaration)
            if source is None or is_local(source):
                children = module.children(name)
                inner += () if isinstance(children, Unknown) else children
            else:
                calls += _calls(module, name, declaration, source)
        pending += reversed(inner)
        work_out(module)
    return Configuration(
        environment,
        tuple(resources),
        _by_type(resources, MANAGED),
        _by_type(resources, DATA),
        tuple(calls),
        _settings(root),
    )


def _resources(module: ModuleInstance, key: tuple[str, str, str]) -> list[Resource]:
    mode, kind, name = key
    if mode not in (MANAGED, DATA):
        return []
    declaration = module.files.resources[key]
    anchor = declaration.anchor
    address = module.located(f"data.{kind}.{name}" if mode == DATA else f"{kind}.{name}")
    made = []
    for instance in module.expansion(declaration).instances:
        if module.workspace.is_full or not module.workspace.take(1, anchor):
            break
        value = module.arguments(declaration, instance, RESOURCE_META)
        root = Node(value, anchor.source, anchor.start, anchor.end)
        made.append(
            Resource(mode, kind, name, address + instance.suffix, root, anchor, module.via, module.address)
        )
    return made


def _calls(module: ModuleInstance, name: str, declaration: Declaration, source: str) -> list[ModuleCall]:
    anchor = declaration.anchor
    made = []
    for instance in module.expansion(declaration).instances:
        if module.workspace.is_full or not module.workspace.take(1, anchor):
            break
        value = module.arguments(declaration, instance, MODULE_META)
        root = Node(value, anchor.source, anchor.start, anchor.end)
        written = declaration.attribute("version")
        version = None
        if written is not None:
            version = module.workspace.settle(written.attribute.expression, module.scope(written.source))
        address = module.located(f"module.{name}{instance.suffix}")
        made.append(ModuleCall(source, version, address, root, anchor, module.via))
    return made


def _by_type(resources: list[Resource], mode: str) -> dict[str, tuple[Resource, ...]]:
    by_type: dict[str, list[Resource]] = {}
    for resource in resources:
        if resource.mode == mode:
            by_type.setdefault(resource.type, []).append(resource)
    return {kind: tuple(of_kind) for kind, of_kind in by_type.items()}


def _settings(root: ModuleInstance) -> tuple[Settings, ...]:
    workspace = root.workspace
    found = []
    for declaration in root.files.settings:
        block, source = declaration.block, declaration.source
        found.append(_setting(declaration, root, workspace))
        if block.type.text == "terraform":
            found += [
                _setting(Declaration(inner, source), root, workspace)
                for inner in block.body.blocks
                if inner.type.text in ("backend", "cloud")
            ]
    return tuple(found)


def _setting(declaration: Declaration, root: ModuleInstance, workspace: Workspace) -> Settings:
    block, source = declaration.block, declaration.source
    anchor = header_of(block, source)
    scope = root.scope(source, NO_BINDINGS)
    if block.type.text == "terraform":
        scope = scope._replace(names=_Aliases(source))
    value = body_value(declaration.bodies(), scope, workspace)
    name = block.labels[0].text if block.labels else ""
    return Settings(block.type.text, name, Node(value, source, anchor.start, anchor.end), anchor)


class _Aliases:
    """What a `terraform` block can refer to: names of providers, in `configuration_aliases`.

    https://developer.hashicorp.com/terraform/language/providers/requirements
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    def refer(self, root: str, steps: tuple[Step, ...], start: int, end: int) -> Referred:  # noqa: ARG002
        unknown = Unknown("expression", "the name of a provider is no value")
        return Referred(Node(unknown, self._source, start, end, COMPUTED), len(steps))

    def read_file(self, path: str) -> None:  # noqa: ARG002
        return None

    def entries(self, path: str) -> None:  # noqa: ARG002
        return None
