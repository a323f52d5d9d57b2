"""Routes of API Gateways, and who may call them."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.node import Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.network_records import ApiRoute, record_fields
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Targets, argument, boolean, default_at, text
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import kind_of, subject


def api_routes(configuration: Configuration) -> Iterator[Subject]:
    """View `api_route`: routes of API Gateways. Record: `ApiRoute`.

    Fields: those of the record.
    """
    by_type = configuration.by_type
    paths = Targets(by_type.get("aws_api_gateway_resource", ()), "id")
    for method in by_type.get("aws_api_gateway_method", ()):
        yield _subject(configuration, method, _method(method, paths))
    for route in by_type.get("aws_apigatewayv2_route", ()):
        yield _subject(configuration, route, _route(route))


def _subject(configuration: Configuration, route: Resource, record: ApiRoute) -> Subject:
    made = subject("api_route", configuration, route, {}, record)
    return made._replace(root=record_fields(record, route.anchor))


def _method(method: Resource, paths: Targets) -> ApiRoute:
    """A method of a REST API; only the last part of its path is told."""
    verb = text(method, "http_method", default="ANY")
    part = text(paths.get(argument(method, "resource_id")) or method, "path_part")
    assert verb is not None
    if not isinstance(verb.value, Unknown) and part is not None and not isinstance(part.value, Unknown):
        verb = verb._replace(value=f"{verb.value} {part.value}")
    return ApiRoute(
        kind_of(method),
        verb,
        text(method, "authorization") or default_at(method, Unknown("default", "it names no authorization")),
        boolean(method, "api_key_required", default=False),
    )


def _route(route: Resource) -> ApiRoute:
    """Defaults: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_route."""
    return ApiRoute(
        kind_of(route),
        text(route, "route_key") or computed("$default", route.anchor),
        text(route, "authorization_type") or computed("NONE", route.anchor),
        boolean(route, "api_key_required", default=False),
    )
