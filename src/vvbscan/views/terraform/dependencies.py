"""Views `module_source` and `provider_requirement`: what a configuration fetches, and in which version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed, fields
from vvbscan.views.terraform.arguments import argument, items, text
from vvbscan.views.terraform.model import Configuration, ModuleCall
from vvbscan.views.terraform.subjects import subject

_REGISTRY: Final = lazy_pattern(r"(?:[\w.-]+\.[a-z]+(?::\d+)?/)?[\w-]+/[\w-]+/[\w-]+(?://[^?]*)?")
"""`namespace/name/provider`, with a host in front of it and a part behind it."""
_GIT: Final = lazy_pattern(r"git::.*|git@.*|(?:github\.com|bitbucket\.org)/.*")
_REF: Final = lazy_pattern(r"[?&]ref=([^&]*)")


class ModuleSource(NamedTuple):
    """A module that is fetched. View `module_source`, fields as named here."""

    source: str
    """As written, without what names the version."""
    kind: str
    """`registry` or `git`."""
    version: Node | None
    """The constraint of its version, or the reference of git; absent if there is none."""


def module_sources(configuration: Configuration) -> Iterator[Subject]:
    """View `module_source`: calls of modules of registries and of git. Record: `ModuleSource`.

    Fields: `source`, `kind`, `version`.
    """
    for call in configuration.calls:
        record = _source(call)
        if record is not None:
            members = {
                "source": computed(record.source, call.anchor),
                "kind": computed(record.kind, call.anchor),
                "version": record.version,
            }
            yield subject("module_source", configuration, call, members, record)


def _source(call: ModuleCall) -> ModuleSource | None:
    """Where a module comes from.

    Source: Terraform documentation, Module sources.
    """
    source = call.source.strip()
    plain = source.partition("?")[0]
    # github.com/a/b has the form of the registry's addresses, and is git all the same.
    if _GIT.fullmatch(source):
        found = _REF.search(source)
        version = None if found is None or not found[1] else computed(found[1], call.anchor)
        return ModuleSource(plain, "git", version)
    if _REGISTRY.fullmatch(source):
        return ModuleSource(plain, "registry", call.version)
    return None


class ProviderRequirement(NamedTuple):
    """A provider that the root module requires. View `provider_requirement`, fields as named here."""

    name: str
    version: Node | None


def provider_requirements(configuration: Configuration) -> Iterator[Subject]:
    """View `provider_requirement`: entries of `required_providers`. Record: `ProviderRequirement`.

    Fields: `name`, `version`.
    """
    for settings in configuration.settings:
        if settings.kind != "terraform":
            continue
        for block in items(settings.root, "required_providers").nodes:
            for name, key, requirement in block.members():
                # Before Terraform 0.13 the requirement was the version itself.
                version = requirement if isinstance(requirement.value, str) else text(requirement, "version")
                source = argument(requirement, "source")
                if source is not None and source.value == "terraform.io/builtin/terraform":
                    continue
                record = ProviderRequirement(name, version)
                root = fields(key, {"name": computed(name, key), "version": version})
                environment = configuration.environment
                yield Subject(
                    "provider_requirement", f"required_providers.{name}", root, key, environment, record
                )
