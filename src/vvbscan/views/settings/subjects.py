"""Views `application` and `setting`: an application in one environment, and each of its settings."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.node import COMPUTED, MapValue, Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.records import computed, fields
from vvbscan.views.settings.known import known_settings
from vvbscan.views.settings.model import Application


def address(application: Application, what: str = "") -> str:
    """The address of an application, or of something of it: `application`, `setting[quarkus.http.port]`."""
    whole = f"application[{application.deployment}]" if application.deployment else "application"
    if not what:
        return whole
    return f"{whole}/{what}" if application.deployment else what


def application_subject(application: Application) -> Subject:
    """A subject of the view `application`. Record: `Application`.

    Fields: `framework`, `version`, `profile`, `settings` (what is set, by canonical name), and `effective`
    (the same with the platform's defaults; null for a known setting without a default, unknown where the
    default depends on what is not known).
    """
    anchor = application.anchor
    settings = application.settings
    return Subject(
        view="application",
        address=address(application),
        root=fields(
            anchor,
            {
                "framework": computed(application.framework, anchor),
                "version": computed(application.version, anchor) if application.version else None,
                "profile": computed(application.profile, anchor),
                "settings": _mapping(settings.mapping(), anchor),
                "effective": _mapping(_effective(application), anchor),
            },
        ),
        anchor=anchor,
        environment=application.environment,
        record=application,
    )


def setting_subjects(application: Application) -> Iterator[Subject]:
    """The subjects of the view `setting`. Record: `Setting`.

    Fields: `name` (canonical), `key` (as written), `value` (converted, expressions expanded), `framework`,
    `profile`.
    """
    for setting in application.settings:
        key = setting.key
        yield Subject(
            view="setting",
            address=address(application, f"setting[{setting.name}]"),
            root=fields(
                key,
                {
                    "name": computed(setting.name, key),
                    "key": computed(key.written, key),
                    "value": setting.value,
                    "framework": computed(application.framework, key),
                    "profile": computed(application.profile, key),
                },
            ),
            anchor=key,
            environment=application.environment,
            record=setting,
        )


def _effective(application: Application) -> MapValue:
    settings = application.settings
    written = settings.mapping()
    entries = dict(written.entries)
    keys = dict(written.keys)
    anchor = application.anchor
    for spec in known_settings(application.framework).specs:
        if "*" in spec.name or settings.setting(spec.name) is not None:
            continue
        entries[spec.name] = settings.effective(spec.name, anchor) or computed(None, anchor)
        keys[spec.name] = anchor
    rest = settings.rest or Unknown("default", "it is not set, and its default is not known to vvbscan")
    return MapValue(entries, keys, rest)


def _mapping(value: MapValue, at: Node) -> Node:
    return Node(value, at.source, at.start, at.end, COMPUTED, at.via)
