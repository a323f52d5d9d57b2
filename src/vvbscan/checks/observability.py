"""What an application tells of itself: the form of its logs and the share of requests that it traces."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.settings.model import Application, Setting, Settings
from vvbscan.views.settings.names import QUARKUS, SPRING

_JSON: Final = ("quarkus.log.console.json.enabled", "quarkus.log.console.json")
_JSON_EXTENSIONS: Final = ("logging-json", "logging-gelf")
"""Parts of names of extensions that write logs with fields, whatever the console shows."""
_LOG_LIBRARIES: Final = ("logstash", "logback", "log4j", "ecs-logging", "logging")
"""Parts of names of artifacts that may bring a configuration of logs along, or another library for them."""
_EXPORTED: Final = ("quarkus.otel.logs.enabled", "quarkus.log.socket.enabled")
"""Settings that send logs with their fields elsewhere."""

_QUARKUS_TRACES: Final = "quarkus.otel"
_SAMPLER: Final = "quarkus.otel.traces.sampler"
_ALWAYS: Final = frozenset({"always_on", "parentbased_always_on"})
_NEVER: Final = frozenset({"always_off", "parentbased_always_off"})
_RATIO: Final = frozenset({"traceidratio", "parentbased_traceidratio"})
_QUARKUS_SWITCHES: Final = (
    ("quarkus.otel.sdk.disabled", True),
    ("quarkus.otel.enabled", False),
    ("quarkus.otel.traces.enabled", False),
)
_PROBABILITY: Final = "management.tracing.sampling.probability"
_SPRING_TRACING: Final = ("micrometer-tracing-bridge", "starter-opentelemetry", "starter-zipkin")


def json_logging_off(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """The logs of an application are lines of text."""
    del params
    application = _application(subject)
    settings = application.settings
    if application.framework == SPRING:
        yield from _spring_writes_text(subject, application)
        return
    for name in _JSON:
        written = settings.get(name)
        if written is None:
            continue
        if isinstance(written.value, Unknown):
            yield undecided(written.value, written, name)
        elif written.value is False:
            yield failed(subject, f"{name} is false, so the logs are lines of text", written, name)
        return
    if application.build.depends_on(*_JSON_EXTENSIONS) or any(map(settings.is_true, _EXPORTED)):
        return
    if not application.build.text:
        reason = "no build file of the module tells whether it has quarkus-logging-json"
        yield undecided(Unknown("default", reason), subject.anchor)
        return
    if application.build.may_depend_on(*_JSON_EXTENSIONS):
        reason = "the module may inherit quarkus-logging-json from a build file above it"
        yield undecided(Unknown("default", reason), subject.anchor)
        return
    message = "the build has no quarkus-logging-json, so the logs are lines of text"
    yield failed(subject, message, subject.anchor)


def _spring_writes_text(subject: Subject, application: Application) -> Iterator[Fail | Unsure]:
    """Spring Boot writes text unless a structured format is set or a configuration of Logback writes JSON."""
    settings, build = application.settings, application.build
    if settings.setting("logging.structured.format.console") is not None:
        return
    if settings.rest is not None:
        yield undecided(settings.rest, subject.anchor)
        return
    reason = ""
    if settings.setting("logging.config") is not None:
        reason = "the configuration that `logging.config` names may form the logs"
    elif build.log_configuration:
        reason = f"{posixpath.basename(build.log_configuration)} may form the logs"
    elif not build.text:
        reason = "no build file of the module tells whether a library forms the logs"
    elif build.may_depend_on(*_LOG_LIBRARIES):
        reason = "a library for logs, which the build names, may form them"
    if reason:
        yield undecided(Unknown("default", f"no structured format is set, and {reason}"), subject.anchor)
        return
    message = "no structured format is set, and nothing else forms the logs, so they are lines of text"
    yield failed(subject, message, subject.anchor)


def sampled_too_often(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """More requests are traced than `share`."""
    application = _application(subject)
    share = params["share"]
    assert isinstance(share, (int, float))
    found = _quarkus_share(application) if application.framework == QUARKUS else _spring_share(application)
    if found is None:
        return
    value, place = found
    if isinstance(value, Unknown):
        yield undecided(value, place)
    elif value > share:
        message = f"{_percent(value)} of the requests are traced, more than {_percent(float(share))}"
        yield failed(subject, message, place)


def _quarkus_share(application: Application) -> tuple[float | Unknown, Node] | None:
    """The share of requests that are traced, and what says so; None without OpenTelemetry.

    Source: Quarkus, `TracesBuildConfig` and `TracesRuntimeConfig`: the sampler is parentbased_always_on, in
    newer versions parentbased_traceidratio; its argument is 1.0.
    """
    settings = application.settings
    first = next(settings.below(_QUARKUS_TRACES), None)
    if first is None and not application.build.depends_on("quarkus-opentelemetry"):
        return None
    if any((node := settings.get(name)) is not None and node.value is off for name, off in _QUARKUS_SWITCHES):
        return None
    place = first[1].key if first is not None else application.anchor
    sampler, argument = settings.setting(_SAMPLER), settings.setting(f"{_SAMPLER}.arg")
    if sampler is None and argument is None:
        return settings.rest or 1.0, place
    if sampler is None and argument is not None:
        share = _number(argument)
        if isinstance(share, float) and share < 1:
            share = Unknown("default", "the sampler is not set, and older versions of Quarkus trace all then")
        return share, argument.value
    assert sampler is not None
    return _sampled(sampler, argument, settings)


def _sampled(
    sampler: Setting, argument: Setting | None, settings: Settings
) -> tuple[float | Unknown, Node] | None:
    value = sampler.text.value
    if isinstance(value, Unknown):
        return value, sampler.text
    name = str(value).strip().lower()
    if name in _ALWAYS:
        return 1.0, sampler.text
    if name in _NEVER:
        return None
    if name not in _RATIO:
        return Unknown("default", f"it is not known how many requests the sampler {name} takes"), sampler.text
    if argument is None:
        return settings.rest or 1.0, sampler.text
    return _number(argument), argument.value


def _spring_share(application: Application) -> tuple[float | Unknown, Node] | None:
    settings = application.settings
    probability = settings.setting(_PROBABILITY)
    if probability is None:
        return None if not application.build.depends_on(*_SPRING_TRACING) else _spring_default(application)
    return _number(probability), probability.value


def _spring_default(application: Application) -> tuple[float | Unknown, Node] | None:
    default = application.settings.effective(_PROBABILITY, application.anchor)
    if default is None:
        return None
    value = default.value
    return (value if isinstance(value, Unknown) else float(str(value))), default


def _number(setting: Setting) -> float | Unknown:
    value = setting.value.value
    if isinstance(value, Unknown):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    return Unknown("unparsed", f"`{setting.text.value}` is not a number")


def _percent(share: float) -> str:
    return f"{share * 100:g} %"


def _application(subject: Subject) -> Application:
    record = subject.record
    assert isinstance(record, Application)
    return record
