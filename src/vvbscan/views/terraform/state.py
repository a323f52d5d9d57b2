"""View `state_backend`: where Terraform keeps what it knows of the world, with every secret in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed, fields
from vvbscan.views.terraform.arguments import argument, boolean, default_at
from vvbscan.views.terraform.model import Configuration, Settings

_REQUIRED: Final = {"s3": ("bucket", "key"), "http": ("address",)}
"""What a backend cannot do without: if it is missing, the rest may be given to `terraform init` too."""


class StateBackend(NamedTuple):
    """A backend of the root module. View `state_backend`, fields as named here."""

    type: str
    """`s3`, `local`, `gcs`."""
    encrypted: Node | None
    """Whether it asks for what is stored to be encrypted; absent where that is no question."""
    locked: Node | None
    """Whether two runs at a time are kept apart; absent where the backend always does it."""


def state_backends(configuration: Configuration) -> Iterator[Subject]:
    """View `state_backend`. Record: `StateBackend`. Fields: `type`, `encrypted`, `locked`."""
    for backend in configuration.settings:
        if backend.kind == "backend":
            yield _subject(configuration, backend)


def _subject(configuration: Configuration, backend: Settings) -> Subject:
    record = StateBackend(backend.name, None, None)
    if backend.name == "s3":
        record = record._replace(encrypted=_encrypted(backend), locked=_locked(backend))
    elif backend.name == "http":
        record = record._replace(locked=_locked_over_http(backend))
    anchor = backend.anchor
    members = {
        "type": computed(backend.name, anchor),
        "encrypted": record.encrypted,
        "locked": record.locked,
    }
    root = fields(anchor, members)
    return Subject(
        "state_backend", f"backend.{backend.name}", root, anchor, configuration.environment, record
    )


def _encrypted(backend: Settings) -> Node:
    """Whether the backend asks for the state to be encrypted.

    Source: Terraform documentation, Backend type s3: `encrypt` is false unless it is written.
    """
    asked = boolean(backend.root, "encrypt")
    return asked if asked is not None else _left_out(backend)


def _locked(backend: Settings) -> Node:
    """Whether the state is locked: by an object beside it or by a table.

    Source: Terraform documentation, Backend type s3: neither is set unless it is written.
    """
    table = argument(backend.root, "dynamodb_table")
    if table is not None:
        return table.replace_value(True)
    lockfile = boolean(backend.root, "use_lockfile")
    if lockfile is not None:
        return lockfile
    return _left_out(backend)


def _locked_over_http(backend: Settings) -> Node:
    """Whether the server is asked for a lock.

    Source: Terraform documentation, Backend type http: without `lock_address` locking is disabled.
    """
    address = argument(backend.root, "lock_address")
    return _left_out(backend) if address is None else address.replace_value(True)


def _left_out(backend: Settings) -> Node:
    """What a switch comes to that is not written: off, or what `terraform init` is told."""
    if any(argument(backend.root, name) is None for name in _REQUIRED[backend.name]):
        reason = "the backend is completed when `terraform init` is called, which may be told more"
        return default_at(backend.anchor, Unknown("variable", reason))
    return default_at(backend.anchor, False)
