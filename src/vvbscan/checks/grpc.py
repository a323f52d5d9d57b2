"""Whether a gRPC server of Quarkus speaks TLS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.model.node import Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.settings.model import Application
from vvbscan.views.settings.tls import http_over_tls

_SERVER: Final = "quarkus.grpc.server"
_OF_TESTS: Final = frozenset({"test-port"})
_TLS: Final = ("ssl.certificate", "ssl.key-store", "tls-configuration-name")
"""Settings of the server that turn TLS on, whatever `plain-text` says (`GrpcSslUtils.applySslOptions`)."""


def served_in_plain_text(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A gRPC server that the settings speak of has no TLS.

    By default it is a server of its own and in plain text (`GrpcServerConfiguration`); with
    `use-separate-server=false` it shares the HTTP server and its TLS.
    """
    del params
    application = subject.record
    assert isinstance(application, Application)
    settings = application.settings
    first = next((one for rest, one in settings.below(_SERVER) if rest not in _OF_TESTS), None)
    if first is None or any(settings.setting(f"{_SERVER}.{name}") is not None for name in _TLS):
        return
    separate, plain = (
        settings.setting(f"{_SERVER}.{name}") for name in ("use-separate-server", "plain-text")
    )
    if separate is not None and separate.value.value is False:
        if not http_over_tls(settings):
            message = "gRPC shares the HTTP server, which has no TLS"
            yield failed(subject, message, separate.value)
        return
    for setting in (separate, plain):
        if setting is not None and isinstance(setting.value.value, Unknown):
            yield undecided(setting.value.value, setting.value)
            return
    if plain is not None:
        if plain.value.value is not False:
            message = f"{_SERVER}.plain-text is true, so gRPC goes in the clear"
            yield failed(subject, message, plain.value)
    elif settings.rest is not None:
        yield undecided(settings.rest, first.key)
    else:
        message = "the gRPC server has no certificate, so gRPC goes in the clear, which is the default"
        yield failed(subject, message, first.key)
