"""View `image_repository`: repositories of container images, with what separate resources say about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import (
    Targets,
    anchor_of,
    argument,
    boolean,
    default_at,
    items,
    number,
    text,
)
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.registry_modules import well_known
from vvbscan.views.terraform.structures import structure_of
from vvbscan.views.terraform.subjects import kind_of, subject

_IMMUTABLE: Final = ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")
_DAY: Final = 86_400


class ImageRepository(NamedTuple):
    """A repository of images, or a registry. View `image_repository`, fields as named here."""

    component: str
    """`aws_ecr_repository`, `google_artifact_registry_repository`, `azurerm_container_registry`."""
    immutable: Node | None
    """Whether a tag stays with the image that got it; absent where that is no setting."""
    scanned: Node | None
    """Whether images are scanned when they come; absent where something else decides."""
    expires: Node | None
    """Whether images are deleted some day; absent where that is no setting."""
    shortest: Node | None
    """Days after which the first images are deleted by their age; absent if none are."""
    keeps_newest: bool
    """Whether a number of newest images is kept whatever their age."""
    anonymous: Node | None
    """Whether images can be pulled without a login; absent where that is no setting."""
    shared_login: Node | None
    """Whether there is one login with all rights; absent where there is none such."""


def image_repositories(configuration: Configuration) -> Iterator[Subject]:
    """View `image_repository`. Record: `ImageRepository`, whose fields are those of the view."""
    yield from _ecr(configuration)
    yield from _ecr_modules(configuration)
    for resource in configuration.by_type.get("google_artifact_registry_repository", ()):
        docker = text(resource, "format")
        if docker is not None and docker.value == "DOCKER" and _is_standard(resource):
            yield _google(configuration, resource)
    for resource in configuration.by_type.get("azurerm_container_registry", ()):
        # Provider documentation of azurerm_container_registry: both are false unless they are set.
        record = ImageRepository(
            resource.type,
            None,
            None,
            None,
            None,
            False,
            boolean(resource, "anonymous_pull_enabled", default=False),
            boolean(resource, "admin_enabled", default=False),
        )
        yield _subject(configuration, resource, record)


def _ecr(configuration: Configuration) -> Iterator[Subject]:
    repositories = configuration.by_type.get("aws_ecr_repository", ())
    if not repositories:
        return
    targets = Targets(repositories, "name", "id")
    policies: dict[str, Node] = {}
    stray: Unknown | None = None
    for resource in configuration.by_type.get("aws_ecr_lifecycle_policy", ()):
        named, policy = argument(resource, "repository"), argument(resource, "policy")
        repository = targets.get(named)
        if repository is not None and policy is not None:
            policies[repository.address] = policy
        elif named is not None and isinstance(named.value, Unknown) and named.value.kind != "computed":
            stray = stray or named.value
    by_registry = bool(configuration.by_type.get("aws_ecr_registry_scanning_configuration"))
    for resource in repositories:
        # Provider documentation of aws_ecr_repository: tags are MUTABLE unless they are set otherwise, and
        # Amazon ECR API Reference, ImageScanningConfiguration: without it images are not scanned on push.
        tags = text(resource, "image_tag_mutability", default="MUTABLE")
        assert tags is not None
        scanned = (
            None
            if by_registry
            else boolean(resource, "image_scanning_configuration", 0, "scan_on_push", default=False)
        )
        policy = policies.get(resource.address)
        expires, shortest, newest = _lifecycle(policy)
        if policy is None:
            expires = default_at(resource, stray if stray is not None else False)
        record = ImageRepository(
            resource.type, _one_of(tags, _IMMUTABLE), scanned, expires, shortest, newest, None, None
        )
        yield _subject(configuration, resource, record)


def _ecr_modules(configuration: Configuration) -> Iterator[Subject]:
    """Calls of terraform-aws-modules/ecr: what they do not set is safe (variables.tf of 1 to 3)."""
    for module in well_known(configuration, "ecr"):
        call = module.call
        kind = text(call, "repository_type", default="private")
        created = boolean(call, "create_repository", default=True)
        if module.part or kind is None or kind.value != "private" or created is None or not created.value:
            continue
        tags = text(call, "repository_image_tag_mutability", default="IMMUTABLE")
        assert tags is not None
        made = boolean(call, "create_lifecycle_policy", default=True)
        policy = argument(call, "repository_lifecycle_policy")
        expires, shortest, newest = _lifecycle(policy)
        record = ImageRepository(
            kind_of(call),
            _one_of(tags, _IMMUTABLE),
            boolean(call, "repository_image_scan_on_push", default=True),
            made if made is not None and made.value is not True else expires or made,
            shortest,
            newest,
            None,
            None,
        )
        yield _subject(configuration, call, record)


def _one_of(node: Node, values: tuple[str, ...]) -> Node:
    return node if isinstance(node.value, Unknown) else node._replace(value=node.value in values)


def _lifecycle(policy: Node | None) -> tuple[Node | None, Node | None, bool]:
    """Whether a lifecycle policy of ECR deletes images, after how many days, and whether it keeps the newest.

    Source: Amazon ECR User Guide, Lifecycle policy properties. Rules for images without a tag delete none
    that was released.
    """
    if policy is None:
        return None, None, False
    root = structure_of(policy)
    if isinstance(root, Unknown):
        unknown = policy._replace(value=root)
        return unknown, unknown, False
    expires: Node | None = None
    shortest: Node | None = None
    newest = False
    for rule in items(root, "rules").nodes:
        selection = argument(rule, "selection")
        if selection is None:
            continue
        status, kind = text(selection, "tagStatus"), text(selection, "countType")
        count = number(selection, "countNumber")
        if count is None or kind is None:
            continue
        expires = expires or rule._replace(value=True)
        if kind.value == "imageCountMoreThan":
            newest = newest or (status is not None and status.value != "untagged")
        elif status is not None and status.value != "untagged":
            shortest = _lower(shortest, count)
    return expires or policy._replace(value=False), shortest, newest


def _lower(one: Node | None, other: Node) -> Node:
    if one is None or isinstance(one.value, Unknown):
        return other
    if isinstance(other.value, (int, float)) and isinstance(one.value, (int, float)):
        return other if other.value < one.value else one
    return one


def _is_standard(resource: Resource) -> bool:
    """Whether a repository holds images of its own: it mirrors or bundles no others."""
    mode = text(resource, "mode", default="STANDARD_REPOSITORY")
    return mode is not None and mode.value == "STANDARD_REPOSITORY"


def _google(configuration: Configuration, resource: Resource) -> Subject:
    """A repository of Artifact Registry.

    Source: provider documentation of google_artifact_registry_repository: tags are mutable, there are no
    cleanup policies, and images are scanned where the project's API for it is on, which is not told here.
    """
    policies = items(resource, "cleanup_policies")
    dry = boolean(resource, "cleanup_policy_dry_run", default=False)
    expires: Node | None = None
    shortest: Node | None = None
    newest = False
    for policy in policies.nodes:
        action = text(policy, "action")
        if action is not None and action.value == "KEEP":
            newest = True
            continue
        expires = expires or policy._replace(value=True)
        older, state = text(policy, "condition", 0, "older_than"), text(policy, "condition", 0, "tag_state")
        if older is not None and (state is None or state.value != "UNTAGGED"):
            shortest = _lower(shortest, _days(older))
    if dry is not None and dry.value is not False:
        expires = dry._replace(value=False) if dry.value is True else dry
        shortest = None
    record = ImageRepository(
        resource.type,
        boolean(resource, "docker_config", 0, "immutable_tags", default=False),
        None,
        expires or default_at(resource, policies.rest if policies.rest is not None else False),
        shortest,
        newest,
        None,
        None,
    )
    return _subject(configuration, resource, record)


def _days(age: Node) -> Node:
    """An age in days: `7776000s`, `90d`."""
    value = age.value
    if isinstance(value, str) and value[:-1].isdecimal() and len(value) < 12 and value[-1] in "sd":
        return age._replace(value=int(value[:-1]) if value[-1] == "d" else int(value[:-1]) / _DAY)
    return (
        age if isinstance(value, Unknown) else age._replace(value=Unknown("unparsed", f"{value} is no age"))
    )


def _subject(configuration: Configuration, holder: Resource | ModuleCall, record: ImageRepository) -> Subject:
    anchor = anchor_of(holder)
    members = {
        "component": computed(record.component, anchor),
        "immutable": record.immutable,
        "scanned": record.scanned,
        "expires": record.expires,
        "shortest": record.shortest,
        "keeps_newest": computed(record.keeps_newest, anchor),
        "anonymous": record.anonymous,
        "shared_login": record.shared_login,
    }
    return subject("image_repository", configuration, holder, members, record)
