"""The versions of TLS that managed databases accept, where a parameter says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.records import TlsEndpoint, tls_fields
from vvbscan.views.terraform.databases import found_databases
from vvbscan.views.terraform.model import Configuration
from vvbscan.views.terraform.subjects import kind_of, subject
from vvbscan.views.terraform.tls_versions import versions_from

_LOWEST: Final = "ssl_min_protocol_version"
"""https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-SSL-MIN-PROTOCOL-VERSION"""
_LIST: Final = "tls_version"
"""https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_tls_version"""
_NAMES: Final = {"tlsv1": "1.0", "tlsv1.0": "1.0", "tlsv1.1": "1.1", "tlsv1.2": "1.2", "tlsv1.3": "1.3"}


def database_endpoints(configuration: Configuration) -> Iterator[Subject]:
    """Databases whose parameters name the versions of TLS; the others accept TLS 1.2 and 1.3."""
    for holder, database, parameters in found_databases(configuration):
        name = {"postgresql": _LOWEST, "mysql": _LIST}.get(
            str(database.engine.value) if database.engine is not None else ""
        )
        parameter = parameters.members.get(name) if name is not None else None
        if parameter is None:
            continue
        endpoint = _endpoint(kind_of(holder), parameter.value, lowest=name == _LOWEST)
        made = subject("tls_endpoint", configuration, holder, {}, endpoint)
        yield made._replace(root=tls_fields(endpoint, holder.anchor))


def _endpoint(component: str, written: Node, *, lowest: bool) -> TlsEndpoint:
    """What the parameter makes of the server; a lowest version of 1.2 is the highest that all clouds take."""
    if not isinstance(written.value, str):
        unknown = written.value if isinstance(written.value, Unknown) else None
        return TlsEndpoint(component, (), unknown)
    words = [word.strip().lower() for word in written.value.split(",") if word.strip()]
    if not words or any(word not in _NAMES for word in words):
        return TlsEndpoint(component, (), Unknown("unparsed", f"{written.value} names no version of TLS"))
    named = [_NAMES[word] for word in words]
    if lowest:
        named = [version for version in versions_from(named[0]) if version != "1.2" or named[0] < "1.2"]
    return TlsEndpoint(component, tuple(written._replace(value=version) for version in named), None)
