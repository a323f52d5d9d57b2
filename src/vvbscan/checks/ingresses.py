"""Checks of Ingresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.kubernetes.flags import is_switched_off
from vvbscan.views.kubernetes.lookup import reach, shown
from vvbscan.views.kubernetes.network import Ingress

_LISTEN_PORTS: Final = "alb.ingress.kubernetes.io/listen-ports"
"""A list in JSON that names the protocol of each port: `[{"HTTP": 80}, {"HTTPS": 443}]` (AWS Load Balancer
Controller documentation, Ingress annotations)."""


def hosts_without_tls(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """An Ingress without TLS, or with hosts that its TLS section leaves out.

    `tls_annotations` are those by which a controller takes its certificate from elsewhere, or leaves TLS to
    the service; one that is `false`, or that lists no port with TLS, is none. An entry without hosts covers
    all of them, `*.example.com` covers one label in front of `example.com`.
    """
    ingress = subject.record
    assert isinstance(ingress, Ingress)
    elsewhere, tls = _certificate_from_elsewhere(ingress, params), subject.root.get("tls")
    if elsewhere is True:
        return
    doubt = elsewhere or (None if tls is None else _open(tls))
    if doubt is not None:
        yield undecided(doubt, subject.anchor, "tls")
        return
    name = ingress.object.name or "?"
    if tls is None or not tls.items():
        place = _plain_ports(ingress) or (subject.anchor if tls is None else tls)
        what = "its hosts are" if ingress.hosts else "what it leads to is"
        yield failed(subject, f"Ingress {name} has no TLS: {what} served in the clear", place, "tls")
        return
    if any(entry.get("hosts") is None for entry in tls.items()):
        return
    given = {str(one.value) for one in ingress.tls_hosts if not isinstance(one.value, Unknown)}
    unknown = next((one.value for one in ingress.tls_hosts if isinstance(one.value, Unknown)), None)
    for host in ingress.hosts:
        if isinstance(host.value, Unknown):
            yield undecided(host.value, host, "hosts")
            continue
        wanted = str(host.value)
        if wanted in given or f"*.{wanted.partition('.')[2]}" in given:
            continue
        if unknown is not None:
            yield undecided(unknown, host, "hosts")
        else:
            said = f"the host {shown(host)} of Ingress {name} is not among the hosts of its TLS section"
            yield failed(subject, said, host, "hosts")


def _certificate_from_elsewhere(ingress: Ingress, params: Mapping[str, ParamValue]) -> bool | Unknown:
    names = params["tls_annotations"]
    assert isinstance(names, list)
    annotations = ingress.annotations
    value = None if annotations is None else annotations.value
    if isinstance(value, MapValue):
        if _plain_ports(ingress) is not None:
            return False
        given = [value.entries[str(name)] for name in names if str(name) in value.entries]
        return any(not is_switched_off(one) for one in given) or value.rest or False
    return value if isinstance(value, Unknown) else False


def _plain_ports(ingress: Ingress) -> Node | None:
    """The annotation that lists the ports of a load balancer, if none of them has TLS."""
    listed = reach(ingress.annotations, _LISTEN_PORTS)
    text = None if listed is None else listed.text()
    return listed if text and "HTTPS" not in text else None


def _open(tls: Node) -> Unknown | None:
    """Why the TLS section may have more than is known."""
    if isinstance(tls.value, Unknown):
        return tls.value
    if isinstance(tls.value, SeqValue) and tls.value.rest is not None:
        return tls.value.rest
    return next((entry.value for entry in tls.items() if isinstance(entry.value, Unknown)), None)
