from __future__ import annotations

import pickle
from typing import Any
from typing import NamedTuple as Typed

import pytest

from vvbscan.record import NamedTuple


class Ours(NamedTuple):
    """A record."""

    name: str
    number: int | None = None
    """A field."""
    rest: tuple[str, ...] = ()

    @property
    def doubled(self) -> int:
        """Twice the number."""
        return 2 * (self.number or 0)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class Theirs(Typed):
    """A record."""

    name: str
    number: int | None = None
    """A field."""
    rest: tuple[str, ...] = ()

    @property
    def doubled(self) -> int:
        """Twice the number."""
        return 2 * (self.number or 0)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


BOTH = pytest.mark.parametrize("record", [Ours, Theirs])


@BOTH
def test_a_record_is_a_named_tuple(record: Any) -> None:
    made = record("a", rest=("b",))
    assert issubclass(record, tuple)
    assert tuple(made) == ("a", None, ("b",))
    assert (made.name, made.number, made.rest) == ("a", None, ("b",))
    assert made._asdict() == {"name": "a", "number": None, "rest": ("b",)}
    assert made._replace(number=3).doubled == 6
    assert tuple(made._replace(name="c", rest=())) == ("c", None, ())
    with pytest.raises((ValueError, KeyError)):
        made._replace(unknown=1)
    assert not hasattr(made, "__dict__")
    with pytest.raises(AttributeError):
        made.name = "c"
    with pytest.raises(TypeError):
        record()


@BOTH
def test_a_record_is_made_and_shown_as_a_named_tuple(record: Any) -> None:
    assert tuple(record(number=2, name="a")) == ("a", 2, ())
    assert tuple(record._make(["a", 1, ()])) == ("a", 1, ())
    assert repr(record("a")) == f"{record.__name__}(name='a', number=None, rest=())"
    for arguments, named in (((), {"name": "a", "other": 1}), (("a",), {"name": "b"}), (("a", 1, (), 2), {})):
        with pytest.raises(TypeError, match="__new__"):
            record(*arguments, **named)
    with pytest.raises(TypeError):
        record._make(["a"])
    match record("a", 4):
        case record(name, number):
            assert (name, number) == ("a", 4)


@BOTH
def test_methods_of_the_class_body_hold(record: Any) -> None:
    first, second = record("a"), record("a")
    assert first == first  # noqa: PLR0124
    assert not first == second  # noqa: SIM201  # `!=` would be the one of tuples
    assert len({first, second}) == 2


@BOTH
def test_a_record_crosses_processes(record: Any) -> None:
    assert tuple(pickle.loads(pickle.dumps(record("a", 1)))) == ("a", 1, ())  # noqa: S301


def test_the_classes_say_the_same_of_themselves() -> None:
    assert Ours._fields == Theirs._fields
    assert Ours._field_defaults == Theirs._field_defaults
    assert (Ours.__module__, Ours.__qualname__, Ours.__doc__) == (__name__, "Ours", "A record.")
    assert Ours.__annotations__ == {"name": "str", "number": "int | None", "rest": "tuple[str, ...]"}
