"""Functions of points in time, which are strings as RFC 3339 writes them.

Source: Terraform language, "Date and Time Functions".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.views.terraform.functions.invocation import Function, plain
from vvbscan.views.terraform.values import Exhausted, wrong_value

_RFC_3339: Final = lazy_pattern(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_TOKEN: Final = lazy_pattern(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'")
_DURATION: Final = lazy_pattern(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,9})?(?:ns|us|µs|μs|ms|s|m|h))+|[+-]?0")
_DURATION_PART: Final = lazy_pattern(r"([0-9]+(?:\.[0-9]*)?)(ns|us|µs|μs|ms|s|m|h)")
_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

_TOKENS: Final[Mapping[str, Callable[[datetime], str]]] = {
    "YYYY": lambda time: f"{time.year:04}",
    "YY": lambda time: f"{time.year % 100:02}",
    "MMMM": lambda time: _MONTHS[time.month - 1],
    "MMM": lambda time: _MONTHS[time.month - 1][:3],
    "MM": lambda time: f"{time.month:02}",
    "M": lambda time: str(time.month),
    "DD": lambda time: f"{time.day:02}",
    "D": lambda time: str(time.day),
    "EEEE": lambda time: _DAYS[time.weekday()],
    "EEE": lambda time: _DAYS[time.weekday()][:3],
    "hh": lambda time: f"{time.hour:02}",
    "h": lambda time: str(time.hour),
    "HH": lambda time: f"{(time.hour - 1) % 12 + 1:02}",
    "H": lambda time: str((time.hour - 1) % 12 + 1),
    "AA": lambda time: "AM" if time.hour < 12 else "PM",
    "aa": lambda time: "am" if time.hour < 12 else "pm",
    "mm": lambda time: f"{time.minute:02}",
    "m": lambda time: str(time.minute),
    "ss": lambda time: f"{time.second:02}",
    "s": lambda time: str(time.second),
    "ZZZZZ": lambda time: _offset(time, ":"),
    "ZZZZ": lambda time: _offset(time, ""),
    "ZZZ": lambda time: "UTC" if not time.utcoffset() else _offset(time, ""),
    "Z": lambda time: "Z" if not time.utcoffset() else _offset(time, ":"),
}


def _offset(time: datetime, colon: str) -> str:
    seconds = int((time.utcoffset() or timedelta()).total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{colon}{rest // 60:02}"


def _time(text: str) -> datetime:
    match = _RFC_3339.fullmatch(text)
    if match is not None:
        try:
            return datetime.fromisoformat(match[1] + match[2].replace("Z", "+00:00"))
        except ValueError:
            pass
    raise wrong_value("a time as RFC 3339 writes it is needed here, such as `2017-11-22T00:00:00Z`")


def _formatdate(layout: str, text: str) -> str:
    time = _time(text)
    written = []
    for match in _TOKEN.finditer(layout):
        token = match[0]
        if match[1]:
            write = _TOKENS.get(token)
            if write is None:
                raise wrong_value(
                    f"`{token[:20]}` is no part of a date; letters as such stand in quotes: '{token[:20]}'"
                )
            written.append(write(time))
        elif token == "'":  # noqa: S105  # no password: a quote without its second
            raise wrong_value("a quote is not closed")
        else:
            written.append(token[1:-1].replace("''", "'") if token.startswith("'") else token)
    return "".join(written)


def _timeadd(text: str, duration: str) -> str:
    time = _time(text)
    if _DURATION.fullmatch(duration) is None:
        raise wrong_value("a duration is needed here, such as `10m` or `1h30m`")
    seconds = sum(float(part[1]) * _SECONDS[part[2]] for part in _DURATION_PART.finditer(duration))
    try:
        time += timedelta(seconds=-seconds if duration.startswith("-") else seconds)
    except OverflowError:
        raise Exhausted("the time is too far away") from None
    return time.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _timecmp(one: str, two: str) -> int:
    first, second = _time(one), _time(two)
    return (first > second) - (first < second)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "formatdate": plain("text text", _formatdate),
    "timeadd": plain("text text", _timeadd),
    "timecmp": plain("text text", _timecmp),
}
