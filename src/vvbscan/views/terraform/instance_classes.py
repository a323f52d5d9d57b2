"""Memory of the machines that managed databases run on, by the name of their class."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern

_GIB: Final = 1024**3
_CLASS: Final = lazy_pattern(
    r"(?:db|cache)\.([a-z]+)[0-9]+[a-z]*\.(?:([0-9]*)(x?large)|(micro|small|medium))"
)
_LARGE: Final = {"t": 8, "m": 8, "r": 16, "x": 32, "z": 16}
"""GiB of a `large` of each family; every next size has twice as much
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html)."""
_SMALL: Final = {"micro": 1, "small": 2, "medium": 4}
_SHARED: Final = {"db-f1-micro": 0.6, "db-g1-small": 1.7}
"""https://cloud.google.com/sql/docs/postgres/instance-settings"""
_GOOGLE: Final = lazy_pattern(r"db-custom-[0-9]+-([0-9]+)")


def class_memory(name: str) -> int | None:
    """Bytes of memory of a class of RDS (`db.r6g.large`) or a tier of Cloud SQL; None if it is not known."""
    if name in _SHARED:
        return int(_SHARED[name] * _GIB)
    custom = _GOOGLE.fullmatch(name)
    if custom is not None:
        return int(custom[1]) * 1024**2
    match = _CLASS.fullmatch(name)
    if match is None:
        return None
    family, times, size, small = match.groups()
    if small is not None:
        return _SMALL[small] * _GIB if family == "t" else None
    large = _LARGE.get(family[0])
    if large is None or (family[0] == "x" and not name.startswith(("db.x2g.", "db.x2gd."))):
        return None
    if size == "large":
        return None if times else large * _GIB
    return large * 2 * int(times or 1) * _GIB
