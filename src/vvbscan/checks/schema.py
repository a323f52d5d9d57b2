"""Checks of what applications do to the schema of their database: Hibernate and Flyway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.settings.model import Application, Setting, Settings
from vvbscan.views.settings.names import QUARKUS, SPRING

_GENERATION: Final = lazy_pattern(
    r'quarkus\.hibernate-orm\.(?:("[^"]+"|[^."]+)\.)?(?:schema-management\.strategy|database\.generation)'
    r"|spring\.jpa\.(?:hibernate\.ddl-auto|properties\.hibernate\.hbm2ddl\.auto)"
)
_DROPPING: Final = {
    QUARKUS: frozenset({"drop-and-create", "drop"}),
    "spring": frozenset({"create", "create-drop", "create-only-drop", "drop"}),
}
"""Strategies that drop tables: those of Quarkus (`SchemaManagementStrategy`), and those of Hibernate's
`hbm2ddl.auto`, whose `create` drops first (`org.hibernate.tool.schema.Action`)."""
_CHANGING: Final = frozenset({"update", "create", "create-only"})
_IN_MEMORY: Final = lazy_pattern(r"jdbc:(?:h2:mem:|hsqldb:mem:|derby:memory:|sqlite::memory:)")

_FLYWAY: Final = {QUARKUS: "quarkus.flyway", "spring": "spring.flyway"}
_FLYWAY_ARTIFACTS: Final = ("quarkus-flyway", "flyway-core", "flyway-database", "spring-boot-starter-flyway")
_SAFETIES: Final = {
    "out-of-order": (
        True,
        "a migration older than those applied still runs, in an order that nobody tested",
    ),
    "validate-on-migrate": (False, "a migration that was changed after it ran goes unnoticed"),
    "repair-at-start": (
        True,
        "every start overwrites the checksums, so a changed migration goes unnoticed",
    ),
}
"""Settings of Flyway that take a safety away: the value that does so, and what it leads to."""
_IGNORED_STATES: Final = (":missing", ":ignored", ":*")


def schema_generated(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Hibernate changes or drops the tables when the application starts.

    A database in memory has none to lose.
    """
    del params
    application = _application(subject)
    for setting in application.settings:
        match = _GENERATION.fullmatch(setting.name)
        if match is None or _lives_in_memory(application, match.group(1)):
            continue
        value = setting.text.value
        if isinstance(value, Unknown):
            yield undecided(value, setting.text)
            continue
        strategy = str(value).strip().lower()
        if strategy in _DROPPING.get(application.framework, ()):
            message = f"{setting.name} is {strategy}: every start drops the tables"
        elif strategy in _CHANGING:
            message = f"{setting.name} is {strategy}: Hibernate changes the schema, and no migration says how"
        else:
            continue
        yield failed(subject, message, setting.text, setting.name)
    yield from _generated_by_vendor(subject, application)


def _generated_by_vendor(subject: Subject, application: Application) -> Iterator[Fail | Unsure]:
    """`spring.jpa.generate-ddl` stands for `update` where no strategy is chosen.

    Sources: `HibernateJpaVendorAdapter` of Spring Framework; `HibernateProperties` of Spring Boot, for which
    the strategy `none` is no strategy.
    """
    settings = application.settings
    written = settings.setting("spring.jpa.generate-ddl")
    url = settings.get("spring.datasource.url")
    if application.framework != SPRING or written is None or url is None:
        return  # without an address the database is an embedded one
    if _lives_in_memory(application, None):
        return
    for name in ("spring.jpa.hibernate.ddl-auto", "spring.jpa.properties.hibernate.hbm2ddl.auto"):
        chosen = settings.setting(name)
        if chosen is not None and (isinstance(chosen.text.value, Unknown) or chosen.text.value != "none"):
            return
    if isinstance(written.value.value, Unknown):
        yield undecided(written.value.value, written.value, written.name)
    elif written.value.value is True:
        message = f"{written.name} is true: Hibernate changes the schema, and no migration says how"
        yield failed(subject, message, written.value, written.name)


def flyway_clean_allowed(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """`flyway clean`, which drops everything in the schema, is not shut off."""
    del params
    application = _application(subject)
    settings = application.settings
    for prefix, first in _flyways(application):
        name = f"{prefix}.clean-disabled"
        place = first.key if first is not None else subject.anchor
        disabled = settings.effective(name, place)
        if disabled is None or disabled.value is True:
            continue
        if isinstance(disabled.value, Unknown):
            yield undecided(disabled.value, disabled, name)
        elif settings.setting(name) is not None:
            yield failed(subject, f"{name} is false, so Flyway may empty the schema", disabled, name)
        else:
            message = f"{name} is not set, and by default Flyway may empty the schema"
            yield failed(subject, message, disabled, name)


def flyway_safety_off(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A setting of Flyway lets a schema pass that is not the one that was tested."""
    del params
    application = _application(subject)
    settings = application.settings
    for prefix, _ in _flyways(application):
        for option, (dangerous, effect) in _SAFETIES.items():
            written = settings.get(f"{prefix}.{option}")
            if written is None:
                continue
            if isinstance(written.value, Unknown):
                yield undecided(written.value, written, f"{prefix}.{option}")
            elif written.value is dangerous:
                message = f"{prefix}.{option} is {str(dangerous).lower()}: {effect}"
                yield failed(subject, message, written, f"{prefix}.{option}")
        yield from _baseline(subject, settings, prefix)
        yield from _ignored(subject, settings, prefix)


def _baseline(subject: Subject, settings: Settings, prefix: str) -> Iterator[Fail | Unsure]:
    """A baseline without a version of its own counts as version 1, whatever the schema is."""
    name = f"{prefix}.baseline-on-migrate"
    written = settings.get(name)
    if (
        written is None
        or written.value is False
        or settings.setting(f"{prefix}.baseline-version") is not None
    ):
        return
    if isinstance(written.value, Unknown):
        yield undecided(written.value, written, name)
    elif written.value is True:
        message = (
            f"{name} is true without a baseline-version: any schema that Flyway does not know is taken for "
            "version 1"
        )
        yield failed(subject, message, written, name)


def _ignored(subject: Subject, settings: Settings, prefix: str) -> Iterator[Fail | Unsure]:
    name = f"{prefix}.ignore-migration-patterns"
    patterns = settings.get(name)
    if patterns is None:
        return
    if isinstance(patterns.value, Unknown):
        yield undecided(patterns.value, patterns, name)
        return
    for item in patterns.items() or (patterns,):
        text = item.text() or ""
        if text.strip().lower().endswith(_IGNORED_STATES):
            message = f"{name} has {text.strip()}, so migrations that were lost or left out go unnoticed"
            yield failed(subject, message, item, name)


def _flyways(application: Application) -> Iterator[tuple[str, Setting | None]]:
    """Prefix and first setting of each Flyway of an application; without settings if the build brings one."""
    prefix = _FLYWAY.get(application.framework)
    if prefix is None:
        return
    settings = application.settings
    enabled = settings.get(f"{prefix}.enabled")
    if enabled is not None and enabled.value is False:
        return
    found: dict[str, Setting] = {}
    for rest, setting in settings.below(prefix):
        name, dot, _ = rest.partition(".")
        # `quarkus.flyway.users.migrate-at-start` is that of the data source `users`; `placeholders` is a map.
        named = application.framework == QUARKUS and dot and name not in {"placeholders", "placeholder"}
        found.setdefault(f"{prefix}.{name}" if named else prefix, setting)
    yield from found.items()
    if not found and application.build.depends_on(*_FLYWAY_ARTIFACTS):
        yield prefix, None


def _lives_in_memory(application: Application, unit: str | None) -> bool:
    """Whether the database of a persistence unit is one that dies with the process."""
    settings = application.settings
    if application.framework != QUARKUS:
        urls = [settings.get("spring.datasource.url")]
    else:
        source = settings.text(f"quarkus.hibernate-orm.{unit}.datasource") if unit else ""
        urls = [settings.get(f"quarkus.datasource.{f'{source}.' if source else ''}jdbc.url")]
    return any(_IN_MEMORY.match(_text(url)) for url in urls)


def _text(node: Node | None) -> str:
    return (node.text() or "") if node is not None else ""


def _application(subject: Subject) -> Application:
    record = subject.record
    assert isinstance(record, Application)
    return record
