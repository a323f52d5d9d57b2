"""Views `application` and `setting`: an application in one environment, and each of its settings."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.node import COMPUTED, MapValue, Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.records import computed, fields
from vvbscan.views.settings.http import serves_http
from vvbscan.views.settings.known import known_settings
from vvbscan.views.settings.model import Application


def application_subject(application: Application) -> Subject:
    """A subject of the view `application`. Record: `Application`.

    Fields: `framework`, `version`, `profile`, `settings` (what is set, by canonical name), and `effective`
    (the same with the platform's defaults; null for a known setting without a default, unknown where the
    default depends on what is not known), `serves_http` (true, or unknown).
    """
    anchor = application.anchor
    settings = application.settings
    return Subject(
        view="application",
        address="application",
        root=fields(
            anchor,
            {
                "framework": computed(application.framework, anchor),
                "version": computed(application.version, anchor) if application.version else None,
                "profile": computed(application.profile, anchor),
                "deployment": computed(application.deployment, anchor) if application.deployment else None,
                "settings": _mapping(settings.mapping(), anchor),
                "effective": _mapping(_effective(application), anchor),
                "serves_http": anchor.replace_value(serves_http(application)),
            },
        ),
        anchor=anchor,
        environment=application.environment,
        record=application,
    )


def setting_subjects(application: Application) -> Iterator[Subject]:
    """The subjects of the view `setting`. Record: `Setting`.

    Fields: `name` (canonical), `key` (as written), `text` (what takes effect, expressions expanded), `value`
    (the same as the platform converts it), `overridden` (what the files give it, where the environment
    overrides that), `framework`, `version` (of the framework, absent if the build files do not tell),
    `profile`.
    """
    for setting in application.settings:
        key = setting.key
        yield Subject(
            view="setting",
            address=f"setting[{setting.name}]",
            root=fields(
                key,
                {
                    "name": computed(setting.name, key),
                    "key": computed(key.written, key),
                    "value": setting.value,
                    "text": setting.text,
                    "overridden": setting.overridden,
                    "framework": computed(application.framework, key),
                    "version": computed(application.version, key) if application.version else None,
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
