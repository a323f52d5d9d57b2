"""Whether an application serves HTTP, as far as its settings and build files tell."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Unknown
from vvbscan.views.settings.model import Application
from vvbscan.views.settings.names import QUARKUS, SPRING

_SETTINGS: Final = {QUARKUS: "quarkus.http", SPRING: "server"}
"""Prefixes of the settings of a server."""
_ARTIFACTS: Final = {
    QUARKUS: lazy_pattern(
        r"\bquarkus-(?:rest|resteasy|vertx-http|reactive-routes|undertow|websockets|spring-web|funqy-http"
        r"|smallrye-(?:graphql|health|openapi))(?![\w-]*client)\b"
    ),
    SPRING: lazy_pattern(
        r"\bspring-(?:boot-starter-(?:web|webmvc|webflux|jersey|hateoas|data-rest|graphql|web-services)"
        r"|cloud-(?:starter-gateway|config-server|starter-netflix-eureka-server))\b"
    ),
}
"""Artifacts that bring a server; `quarkus-rest-client` brings none."""
_FUNCTIONS: Final = ("quarkus-amazon-lambda", "google-cloud-functions", "quarkus-azure-functions")
"""Artifacts that make functions of an application: the provider starts and stops them."""


def serves_http(application: Application) -> bool | Unknown:
    """True if the application serves HTTP; unknown if nothing says so: a build inherits dependencies."""
    prefix = _SETTINGS.get(application.framework)
    if prefix is None:
        return Unknown("default", "the framework of the application is not known")
    if application.build.depends_on(*_FUNCTIONS):
        return Unknown("default", "it runs as a function, and the provider says what serves its requests")
    if next(application.settings.below(prefix), None) is not None:
        return True
    if _ARTIFACTS[application.framework].search(application.build.text):
        return True
    return Unknown("default", "neither the settings nor the build file of the module say that it serves HTTP")
