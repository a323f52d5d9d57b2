"""View `snapshot_schedule`: plans by which volumes, machines and databases are backed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import argument, items, number, text, undecided
from vvbscan.views.terraform.backup_plans import FOR_EVER
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import subject

_CRON: Final = lazy_pattern(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+)(?: (\S+))?\)")
_RATE: Final = lazy_pattern(r"rate\(([0-9]+) (hour|day|minute)s?\)")
_EVERY: Final = ("*", "?", "*/1", "0/1", "1/1", "1-7", "SUN-SAT", "MON-SUN")
_DAY: Final = 24
_WEEK: Final = 168
_MONTH: Final = 744
_IN_DAYS: Final = {"DAYS": 1, "WEEKS": 7, "MONTHS": 30, "YEARS": 365}


class SnapshotSchedule(NamedTuple):
    """How often a plan makes backups, and how long it keeps them. View `snapshot_schedule`."""

    component: str
    hours: Node | None
    """Longest time between two backups, by the rule that makes them most often."""
    days: Node | None
    """How long backups are kept, by the rule that keeps them longest; 36500 for ever."""


class _Rule(NamedTuple):
    hours: Node | None
    days: Node | None


def snapshot_schedules(configuration: Configuration) -> Iterator[Subject]:
    """Plans of AWS Backup and Data Lifecycle Manager, and their like. Record: `SnapshotSchedule`."""
    readers = {
        "aws_backup_plan": _backup_plan,
        "aws_dlm_lifecycle_policy": _lifecycle_policy,
        "google_compute_resource_policy": _resource_policy,
        "azurerm_backup_policy_vm": _vault_policy,
    }
    for type_, read in readers.items():
        for resource in configuration.by_type.get(type_, ()):
            rules = tuple(read(resource))
            if not rules:
                continue
            schedule = SnapshotSchedule(
                type_,
                _best([rule.hours for rule in rules], least=True),
                _best([rule.days for rule in rules], least=False),
            )
            members = {
                "component": computed(type_, resource.anchor),
                "hours": schedule.hours,
                "days": schedule.days,
            }
            yield subject("snapshot_schedule", configuration, resource, members, schedule)


def _backup_plan(plan: Resource) -> Iterator[_Rule]:
    for rule in items(plan, "rule").nodes:
        schedule = text(rule, "schedule")
        # Without a schedule a backup is made daily.
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html
        hours = computed(_DAY, rule) if schedule is None else _hours(schedule)
        days = number(rule, "lifecycle", 0, "delete_after") or computed(FOR_EVER, rule)
        yield _Rule(hours, days)


def _lifecycle_policy(policy: Resource) -> Iterator[_Rule]:
    """https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dlm_lifecycle_policy."""
    for schedule in items(policy, "policy_details", 0, "schedule").nodes:
        cron = text(schedule, "create_rule", 0, "cron_expression")
        hours = number(schedule, "create_rule", 0, "interval") if cron is None else _hours(cron)
        count = number(schedule, "retain_rule", 0, "count")
        interval = number(schedule, "retain_rule", 0, "interval")
        unit = text(schedule, "retain_rule", 0, "interval_unit")
        days: Node | None = None
        if unsure := undecided(count, interval, unit):
            days = computed(None, schedule)._replace(value=unsure)
        elif interval is not None and unit is not None:
            days = interval._replace(value=_whole(interval) * _IN_DAYS.get(str(unit.value), 1))
        elif count is not None and hours is not None and not isinstance(hours.value, Unknown):
            kept = _whole(count) * _whole(hours)
            days = count._replace(value=kept / _DAY if kept % _DAY else kept // _DAY)
        elif hours is not None:
            days = hours
        yield _Rule(hours, days)


def _resource_policy(policy: Resource) -> Iterator[_Rule]:
    """https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_resource_policy."""
    for block in items(policy, "snapshot_schedule_policy").nodes:
        hourly = number(block, "schedule", 0, "hourly_schedule", 0, "hours_in_cycle")
        daily = number(block, "schedule", 0, "daily_schedule", 0, "days_in_cycle")
        weekly = argument(block, "schedule", 0, "weekly_schedule", 0)
        hours = hourly or daily or weekly
        if hours is daily and daily is not None and not isinstance(daily.value, Unknown):
            hours = daily._replace(value=_whole(daily) * _DAY)
        elif hours is weekly and weekly is not None:
            hours = _weekly(weekly)
        days = number(block, "retention_policy", 0, "max_retention_days") or computed(FOR_EVER, block)
        yield _Rule(hours, days)


def _weekly(weekly: Node) -> Node:
    chosen = items(weekly, "day_of_weeks")
    if chosen.rest is not None:
        return weekly._replace(value=chosen.rest)
    return computed(_DAY if len(chosen.nodes) == 7 else _WEEK, weekly)


def _vault_policy(policy: Resource) -> Iterator[_Rule]:
    """https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/backup_policy_vm."""
    frequency = text(policy, "backup", 0, "frequency")
    hours = frequency
    if frequency is not None and isinstance(frequency.value, str):
        hours = frequency._replace(value=_WEEK if frequency.value == "Weekly" else _DAY)
    yield _Rule(hours, number(policy, "retention_daily", 0, "count"))


def _hours(schedule: Node) -> Node:
    """The longest time between two starts of `cron(0 2 * * ? *)` or `rate(12 hours)`."""
    if not isinstance(schedule.value, str):
        return schedule
    rate = _RATE.fullmatch(schedule.value)
    if rate is not None:
        times = {"minute": 1 / 60, "hour": 1, "day": _DAY}
        return schedule._replace(value=int(rate[1]) * times[rate[2]])
    cron = _CRON.fullmatch(schedule.value)
    if cron is None:
        return schedule._replace(value=Unknown("expression", f"{schedule.value} is not understood"))
    hour, day, month, weekday = cron[2], cron[3], cron[4], cron[5]
    if month not in _EVERY:
        return schedule._replace(value=_MONTH * 12)
    if day not in _EVERY:
        return schedule._replace(value=_MONTH)
    if weekday not in _EVERY:
        return schedule._replace(value=_WEEK)
    if hour in _EVERY:
        return schedule._replace(value=1)
    step = hour.partition("/")[2]
    if step:
        return schedule._replace(value=int(step) if step.isdecimal() and int(step) else _DAY)
    return schedule._replace(value=_longest_gap(hour.split(",")))


def _longest_gap(hours: list[str]) -> int:
    """The longest time between two of the hours of a day; a whole day where they are not plain numbers."""
    if not all(hour.isdecimal() for hour in hours):
        return _DAY
    starts = sorted({int(hour) for hour in hours})
    return max(after - before for before, after in zip(starts, [*starts[1:], starts[0] + _DAY], strict=True))


def _best(nodes: Iterable[Node | None], *, least: bool) -> Node | None:
    """The least or greatest known number, else an unknown one."""
    found = [node for node in nodes if node is not None]
    known = [node for node in found if isinstance(node.value, (int, float))]
    unknown = [node for node in found if isinstance(node.value, Unknown)]
    if unknown:
        return unknown[0]
    if not known:
        return None
    return min(known, key=_whole) if least else max(known, key=_whole)


def _whole(node: Node) -> float:
    return node.value if isinstance(node.value, (int, float)) else 0
