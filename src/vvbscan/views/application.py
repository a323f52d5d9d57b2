"""Units of the kind `application`: the configuration files of one module, for Quarkus or Spring Boot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from vvbscan.model.facts import Fact
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Unit, UnitKind
from vvbscan.views.settings.datasources import datasource_subjects
from vvbscan.views.settings.facts import application_fact
from vvbscan.views.settings.load import Module, load
from vvbscan.views.settings.model import Application
from vvbscan.views.settings.subjects import application_subject, setting_subjects
from vvbscan.views.settings.tls import tls_subjects


def applications(loaded: Loaded) -> tuple[Application, ...]:
    """The application of a loaded unit in each environment that is judged."""
    assert isinstance(loaded.model, Module)
    return loaded.model.applications


def _view(
    function: Callable[[Application], Iterable[Subject]],
) -> Callable[[Loaded], Iterator[Subject]]:
    """A view of a loaded unit from a view of an application."""

    def subjects(loaded: Loaded) -> Iterator[Subject]:
        for application in applications(loaded):
            yield from function(application)

    return subjects


def _facts(unit: Unit, loaded: Loaded) -> tuple[Fact, ...]:
    if not unit.judged:
        return ()  # no container runs the configuration of tests
    return tuple(application_fact(unit, application) for application in applications(loaded))


VIEWS: Final[Mapping[str, Callable[[Loaded], Iterable[Subject]]]] = {
    "application": _view(lambda application: (application_subject(application),)),
    "setting": _view(setting_subjects),
    "tls_endpoint": _view(tls_subjects),
    "datasource": _view(datasource_subjects),
}

KIND: Final = UnitKind("application", load, VIEWS, _facts)
