"""Views `secret_rotation`, `generated_password`, `stored_parameter`: how secrets are made and kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import argument, number, text
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import subject

_DAY: Final = 86_400
_RATE: Final = lazy_pattern(r"rate\((\d{1,6}) (hour|day)s?\)")
_SECONDS: Final = lazy_pattern(r"(\d{1,12})s")


class SecretRotation(NamedTuple):
    """What renews a secret by itself. View `secret_rotation`, fields as named here."""

    component: str
    period: Node
    """Days between two rotations."""


def secret_rotations(configuration: Configuration) -> Iterator[Subject]:
    """View `secret_rotation`: secrets that a store renews. Record: `SecretRotation`.

    Fields: `component`, `period` (days).
    """
    for resource in configuration.by_type.get("aws_secretsmanager_secret_rotation", ()):
        days = number(resource, "rotation_rules", 0, "automatically_after_days")
        schedule = text(resource, "rotation_rules", 0, "schedule_expression")
        period = days if days is not None else _rate(schedule)
        if period is not None:
            yield _rotation(configuration, resource, period)
    for resource in configuration.by_type.get("google_secret_manager_secret", ()):
        age = text(resource, "rotation", 0, "rotation_period")
        if age is not None:
            yield _rotation(configuration, resource, _from_seconds(age))
    for resource in configuration.by_type.get("vault_database_secret_backend_static_role", ()):
        seconds = number(resource, "rotation_period")
        if seconds is not None:
            if isinstance(seconds.value, (int, float)):
                seconds = seconds._replace(value=_whole(seconds.value / _DAY))
            yield _rotation(configuration, resource, seconds)


def _rate(schedule: Node | None) -> Node | None:
    """The days of a rate; what a `cron` comes to is not worked out.

    Source: AWS Secrets Manager User Guide, Schedule expressions.
    """
    if schedule is None or isinstance(schedule.value, Unknown):
        return schedule
    found = _RATE.fullmatch(str(schedule.value))
    if found is None:
        reason = f"how often `{schedule.value}` comes is not worked out"
        return schedule._replace(value=Unknown("expression", reason))
    days = int(found[1]) if found[2] == "day" else int(found[1]) / 24
    return schedule._replace(value=_whole(days))


def _from_seconds(age: Node) -> Node:
    if isinstance(age.value, Unknown):
        return age
    found = _SECONDS.fullmatch(str(age.value))
    if found is None:
        return age._replace(value=Unknown("unparsed", f"{age.value} is no number of seconds"))
    return age._replace(value=_whole(int(found[1]) / _DAY))


def _whole(days: float) -> float:
    return int(days) if float(days).is_integer() else days


def _rotation(configuration: Configuration, resource: Resource, period: Node) -> Subject:
    record = SecretRotation(resource.type, period)
    members = {"component": computed(resource.type, resource.anchor), "period": period}
    return subject("secret_rotation", configuration, resource, members, record)


class GeneratedPassword(NamedTuple):
    """A password that is made at random. View `generated_password`, fields as named here."""

    component: str
    length: Node | None
    """Characters."""


def generated_passwords(configuration: Configuration) -> Iterator[Subject]:
    """View `generated_password`. Record: `GeneratedPassword`. Fields: `component`, `length`."""
    for resource in configuration.by_type.get("random_password", ()):
        record = GeneratedPassword(resource.type, number(resource, "length"))
        members = {"component": computed(resource.type, resource.anchor), "length": record.length}
        yield subject("generated_password", configuration, resource, members, record)


class StoredParameter(NamedTuple):
    """A parameter of Parameter Store with a value of its own. View `stored_parameter`."""

    name: Node | None
    """With its path, as far as it is known."""
    label: str
    """Name of its resource."""
    type: Node | None
    """`String`, `StringList` or `SecureString`."""


def stored_parameters(configuration: Configuration) -> Iterator[Subject]:
    """View `stored_parameter`: parameters that do not just name something. Record: `StoredParameter`.

    Fields: `name`, `label`, `type`.
    """
    for resource in configuration.by_type.get("aws_ssm_parameter", ()):
        if _names_something(argument(resource, "value")):
            continue
        name = text(resource, "name")
        if name is not None and isinstance(name.value, Unknown):
            known = "".join(part for part in name.value.parts if part is not None)
            name = name._replace(value=known) if known else None
        record = StoredParameter(name, resource.name, text(resource, "type"))
        members = {"name": name, "label": computed(record.label, resource.anchor), "type": record.type}
        yield subject("stored_parameter", configuration, resource, members, record)


def _names_something(value: Node | None) -> bool:
    """Whether a value is the name of a resource, such as that of a secret of another store."""
    if value is None:
        return False
    if isinstance(value.value, Unknown):
        return value.value.reference.endswith((".arn", ".id", ".name"))
    return isinstance(value.value, str) and value.value.startswith("arn:")
