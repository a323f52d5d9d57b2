"""How large a request an application takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.expr.values import size
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.settings.model import Application
from vvbscan.views.settings.names import QUARKUS, SPRING

_MEBIBYTE: Final = 1024 * 1024


class _Limit(NamedTuple):
    name: str
    empty_is_unlimited: bool = False
    """Quarkus: a setting with a default is cleared by an empty value (configuration reference)."""


_LIMITS: Final = {
    QUARKUS: (
        _Limit("quarkus.http.limits.max-body-size", empty_is_unlimited=True),
        _Limit("quarkus.grpc.server.max-inbound-message-size"),
    ),
    SPRING: (
        _Limit("spring.servlet.multipart.max-request-size"),
        _Limit("spring.servlet.multipart.max-file-size"),
        _Limit("server.tomcat.max-http-form-post-size"),
        _Limit("server.jetty.max-http-form-post-size"),
    ),
}


def limit_too_high(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A limit of the size of requests is above `bytes`, or switched off."""
    application = subject.record
    assert isinstance(application, Application)
    most = params["bytes"]
    assert isinstance(most, int)
    settings = application.settings
    for limit in _LIMITS.get(application.framework, ()):
        setting = settings.setting(limit.name)
        value = settings.effective(limit.name, subject.anchor)
        if value is None:
            continue
        if isinstance(value.value, Unknown):
            yield undecided(value.value, value, limit.name)
            continue
        written = (setting.text.text() or "").strip() if setting is not None else ""
        if setting is not None and _is_unlimited(limit, value, written):
            place = setting.key if not written else value
            yield failed(subject, f"{limit.name} takes requests of any size", place, limit.name)
            continue
        found = size(value.value)
        if found is not None and found > most:
            message = f"{limit.name} takes requests of {written or found}, more than {_shown(most)}"
            yield failed(subject, message, value, limit.name)


def _is_unlimited(limit: _Limit, value: Node, written: str) -> bool:
    if not written:
        return limit.empty_is_unlimited
    # Spring, `MultipartProperties` and Tomcat, `maxPostSize`: a negative size is no limit.
    return written.startswith("-") or (isinstance(value.value, int) and value.value < 0)


def _shown(most: int) -> str:
    return f"{most // _MEBIBYTE} MiB" if most % _MEBIBYTE == 0 else f"{most} bytes"
