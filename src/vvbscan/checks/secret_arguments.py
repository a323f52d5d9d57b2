"""Secrets in the arguments of infrastructure as code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.secret_names import holds_secret
from vvbscan.checks.secrets import KEPT_ELSEWHERE, written_secret
from vvbscan.checks.verdicts import undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.terraform.secret_arguments import SecretArgument

_WRITE_ONLY: Final = "_wo"
"""Ends the name of an argument that is kept out of the state; what is written for it is in the tree."""

_STAND_INS: Final = frozenset({"test", "dummy", "mock", "fake"})
"""What a provider that wants a key is given where none is needed."""
_NAMES_KEY: Final = lazy_pattern(r"(?:projects/[^\s]+/cryptoKeys/|alias/)[^\s]+")
"""The name of a key of a key management service, which is not the key."""


def written(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """An argument that holds a secret has a literal value, or a script has a secret in it."""
    record = subject.record
    assert isinstance(record, SecretArgument)
    value, name = record.value, str(record.name.value)
    named = record.always or holds_secret(name.removesuffix(_WRITE_ONLY), params)
    if isinstance(value.value, (MapValue, SeqValue)):
        return
    if value.value in _STAND_INS and not name.endswith("password"):
        return
    if isinstance(value.value, str) and _NAMES_KEY.fullmatch(value.value):
        return
    if not isinstance(value.value, Unknown):
        fail = written_secret(subject, name, value, named=named and not record.text)
        if fail is not None:
            yield fail
        return
    for part in value.value.parts:
        known = None if part is None else _part(value, part)
        fail = None if known is None else written_secret(subject, name, known, named=False)
        if fail is not None:
            yield fail
            return
    if named and not record.text and value.value.kind not in KEPT_ELSEWHERE:
        yield undecided(value.value, value, "value")


def _part(whole: Node, text: str) -> Node:
    """A known part of a text, at its characters if they are found in what was written."""
    at = whole.written.find(text.strip())
    if at < 0:
        return whole._replace(value=text)
    start = whole.start + at
    return whole._replace(value=text.strip(), start=start, end=start + len(text.strip()))
