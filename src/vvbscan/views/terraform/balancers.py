"""Load balancers, and what they send requests to, in all clouds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.network_records import LoadBalancer, record_fields
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Holder, anchor_of, boolean, default_at, items, number, text
from vvbscan.views.terraform.backends_aws import aws_backends
from vvbscan.views.terraform.backends_other import azure_backends, google_backends
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.registry_modules import WellKnown, well_known
from vvbscan.views.terraform.subjects import kind_of, subject

_KINDS: Final = ("aws_lb", "aws_alb")
_STAGES: Final = ("aws_api_gateway_stage", "aws_apigatewayv2_stage")
_GUARDED: Final = 9
"""The release of terraform-aws-modules/alb since which its defaults guard the load balancer."""
_UNGUARDED: Final = 6
"""The release since which they are said to be as they were before `_GUARDED`."""


def load_balancers(configuration: Configuration) -> Iterator[Subject]:
    """View `load_balancer`: load balancers and stages of APIs of AWS. Record: `LoadBalancer`.

    Fields: those of the record.
    """
    for name in _KINDS:
        for balancer in configuration.by_type.get(name, ()):
            yield _subject(configuration, balancer, _of_resource(balancer))
    for balancer in configuration.by_type.get("aws_elb", ()):
        yield _subject(configuration, balancer, _classic(balancer))
    for name in _STAGES:
        for stage in configuration.by_type.get(name, ()):
            yield _subject(configuration, stage, _stage(stage))
    for module in well_known(configuration, "alb"):
        if not module.part:
            yield _subject(configuration, module.call, _of_module(module))


def load_balancer_backends(configuration: Configuration) -> Iterator[Subject]:
    """View `load_balancer_backend`: what load balancers send requests to. Record: `Backend`.

    Fields: those of the record.
    """
    for source in (aws_backends, google_backends, azure_backends):
        for holder, part, anchor, record in source(configuration):
            made = subject("load_balancer_backend", configuration, holder, {}, record, part, anchor)
            yield made._replace(root=record_fields(record, anchor))


def _subject(configuration: Configuration, holder: Resource | ModuleCall, record: LoadBalancer) -> Subject:
    made = subject("load_balancer", configuration, holder, {}, record)
    return made._replace(root=record_fields(record, holder.anchor))


def _of_resource(balancer: Resource) -> LoadBalancer:
    """Defaults: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb."""
    return LoadBalancer(
        kind_of(balancer),
        _text(balancer, "load_balancer_type", "application"),
        boolean(balancer, "internal", default=False),
        boolean(balancer, "enable_deletion_protection", default=False),
        _access_log(balancer, default=False),
        boolean(balancer, "drop_invalid_header_fields", default=False),
        text(balancer, "desync_mitigation_mode", default="defensive"),
        number(balancer, "idle_timeout", default=60),
    )


def _classic(balancer: Resource) -> LoadBalancer:
    """Defaults: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elb."""
    return LoadBalancer(
        kind_of(balancer),
        computed("classic", balancer.anchor),
        boolean(balancer, "internal", default=False),
        access_log=_access_log(balancer, default=True),
        desync_mitigation=text(balancer, "desync_mitigation_mode", default="defensive"),
        read_timeout=number(balancer, "idle_timeout", default=60),
    )


def _stage(stage: Resource) -> LoadBalancer:
    """The stage of an API, which logs what it is told to (API Gateway, "Set up logging")."""
    settings = items(stage, "access_log_settings")
    logged = (
        computed(True, settings.nodes[0]) if settings.nodes else default_at(stage, settings.rest or False)
    )
    return LoadBalancer(kind_of(stage), computed("api", stage.anchor), access_log=logged)


def _of_module(module: WellKnown) -> LoadBalancer:
    """Defaults: https://github.com/terraform-aws-modules/terraform-aws-alb, `variables.tf`."""
    call = module.call
    guarded = module.default(True, _GUARDED)
    if module.major is not None and _UNGUARDED <= module.major < _GUARDED:
        guarded = False
    return LoadBalancer(
        call.source,
        _text(call, "load_balancer_type", "application"),
        boolean(call, "internal", default=False),
        boolean(call, "enable_deletion_protection", default=guarded),
        _access_log(call, default=True),
        boolean(call, "drop_invalid_header_fields", default=guarded),
        text(call, "desync_mitigation_mode", default=module.default("defensive", _GUARDED)),
        number(call, "idle_timeout", default=60),
    )


def _access_log(holder: Holder, *, default: bool) -> Node:
    """Whether requests are logged: never without the block, and in it unless it is switched off."""
    blocks = items(holder, "access_logs")
    if blocks.rest is not None:
        return default_at(holder, blocks.rest)
    for block in blocks.nodes:
        if isinstance(block.value, Unknown):
            return block
        enabled = boolean(block, "enabled", default=default)
        if enabled is not None and (text(block, "bucket") is not None or not isinstance(holder, ModuleCall)):
            return enabled
    return default_at(holder, False)


def _text(holder: Holder, name: str, default: str) -> Node:
    return text(holder, name, default=default) or computed(default, anchor_of(holder))
