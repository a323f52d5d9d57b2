"""The errors of the schema validator, as records that can be compared between versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from vvbscan.model.node import Node
from vvbscan.parse.tape import plain_data
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.field_values import PERCENT

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

Path = tuple[str | int, ...]

_DEEPEST: Final = 100


class Fault(NamedTuple):
    """An error of the validator, comparable between versions."""

    path: Path
    kind: str
    detail: tuple[str, ...]
    """The field, the types or the values that the error speaks of."""


def faults_of(validator: Validator, root: Node) -> list[Fault]:
    """All errors that the validator finds."""
    data = plain_data(root, _DEEPEST)
    try:
        found = list(validator.iter_errors(data))
    except (UnicodeEncodeError, SystemError):
        # A lone surrogate, which JSON can spell; jsonschema-rs before 0.52 raises it as a SystemError.
        found = list(validator.iter_errors(_without_surrogates(data)))
    return [fault for error in found for fault in _of_error(error)]


def narrowest(faults: list[Fault]) -> list[Fault]:
    """The faults without those of a value of which another names fewer values that it may be."""
    fewest: dict[Path, int] = {}
    for fault in faults:
        if fault.kind == "wrong-value":
            count = len(fault.detail)
            fewest[fault.path] = min(count, fewest.get(fault.path, count))
    return [one for one in faults if one.kind != "wrong-value" or len(one.detail) == fewest[one.path]]


def _of_error(error: ValidationError) -> Iterator[Fault]:
    from jsonschema_rs import ValidationErrorKind

    path, kind = tuple(error.instance_path), error.kind
    if isinstance(kind, ValidationErrorKind.AdditionalProperties):
        for name in kind.unexpected:
            yield Fault(path, "unknown-field", (name,))
    elif isinstance(kind, ValidationErrorKind.Required):
        yield Fault(path, "missing-field", (kind.property,))
    elif isinstance(kind, ValidationErrorKind.Type):
        yield Fault(path, "wrong-type", tuple(sorted(kind.types)))
    elif isinstance(kind, ValidationErrorKind.OneOfNotValid):
        wanted = {
            name
            for branch in kind.context
            for inner in branch
            if isinstance(inner.kind, ValidationErrorKind.Type)
            for name in inner.kind.types
        }
        yield Fault(path, "wrong-type", tuple(sorted(wanted)))
    elif isinstance(kind, ValidationErrorKind.OneOfMultipleValid):
        yield Fault(path, "null", ())  # of the branches for a number and for a text, each takes it
    elif isinstance(kind, ValidationErrorKind.Enum):
        if any(type(option) is type(error.instance) for option in kind.options):  # else its type is told
            yield Fault(path, "wrong-value", tuple(str(option) for option in kind.options if option))
    elif isinstance(kind, ValidationErrorKind.Pattern):
        if kind.pattern == PERCENT:
            yield Fault(path, "wrong-value", ("a number, or a share such as `25%`",))
        else:
            yield Fault(path, "no-quantity", ())
    elif isinstance(kind, (ValidationErrorKind.Minimum, ValidationErrorKind.Maximum)):
        yield Fault(path, "wrong-value", ("a port, from 1 to 65535",))
    else:
        yield Fault(path, "wrong-value", (error.message,))


def _without_surrogates(data: object) -> object:
    if isinstance(data, dict):
        return {_encodable(key): _without_surrogates(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_without_surrogates(value) for value in data]
    return _encodable(data) if isinstance(data, str) else data


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
