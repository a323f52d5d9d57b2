"""Where TLS ends and where requests without it arrive, in all clouds."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.subject import Subject
from vvbscan.views.terraform.http_aws import aws_http_listeners
from vvbscan.views.terraform.model import Configuration
from vvbscan.views.terraform.tls_aws import aws_endpoints
from vvbscan.views.terraform.tls_azure import azure_endpoints, azure_http_listeners
from vvbscan.views.terraform.tls_databases import database_endpoints
from vvbscan.views.terraform.tls_google import google_endpoints, google_http_listeners


def tls_endpoints(configuration: Configuration) -> Iterator[Subject]:
    """View `tls_endpoint`: where TLS ends. Record: `TlsEndpoint`.

    Fields: those of the record. Versions that a platform lets nobody refuse are left out.
    """
    yield from aws_endpoints(configuration)
    yield from google_endpoints(configuration)
    yield from azure_endpoints(configuration)
    yield from database_endpoints(configuration)


def http_listeners(configuration: Configuration) -> Iterator[Subject]:
    """View `http_listener`: where requests without TLS arrive. Record: `HttpListener`.

    Fields: those of the record.
    """
    yield from aws_http_listeners(configuration)
    yield from google_http_listeners(configuration)
    yield from azure_http_listeners(configuration)
