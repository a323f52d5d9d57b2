"""Settings that the platforms define, as far as rules look at them: their types and their defaults."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.views.settings.known_quarkus import QUARKUS_SETTINGS
from vvbscan.views.settings.known_spring import SPRING_SETTINGS
from vvbscan.views.settings.names import QUARKUS, SPRING, environment_form, setting_name
from vvbscan.views.settings.specs import Spec

_TABLES: Final = {QUARKUS: QUARKUS_SETTINGS, SPRING: SPRING_SETTINGS}
_SEGMENT: Final = lazy_pattern(r'("[^"]*"|[^."\[]+)(?:\.|\Z)')
_CHOSEN: Final = ".*"
_LOGGERS: Final = ("logging.level.", "quarkus.log.category.")


class Known:
    """The settings that are known of one framework."""

    def __init__(self, framework: str) -> None:
        self.specs: Final = _TABLES.get(framework, ())
        self._plain: dict[str, Spec] = {}
        self._below: dict[str, dict[str, Spec]] = {}
        """Settings below a segment that people choose, by what stands before it and behind it."""
        self._framework = framework
        for spec in self.specs:
            identity = setting_name(framework, spec.name).identity
            prefix, chosen, suffix = identity.partition(_CHOSEN)
            if chosen:
                self._below.setdefault(f"{prefix}.", {})[suffix.removeprefix(".")] = spec
            else:
                self._plain[identity] = spec
        self._prefixes: Final = tuple(self._below)

    def spec(self, identity: str) -> Spec | None:
        """What is known of a setting, by the identity of its name."""
        found = self._plain.get(identity)
        if found is not None or not identity.startswith(self._prefixes):
            return found
        for prefix, suffixes in self._below.items():
            if identity.startswith(prefix):
                segment = _SEGMENT.match(identity, len(prefix))
                found = suffixes.get(identity[segment.end() :]) if segment else None
                found = found or suffixes.get("")
                if found is not None:
                    return found
        return None

    def canonical(self, identity: str) -> str | None:
        """The canonical name of a setting that is known, unless people choose a part of it."""
        spec = self._plain.get(identity)
        return spec.name if spec else None

    def of_variable(self, form: str) -> str | None:
        """The canonical name of the setting that an environment variable of this form sets."""
        for pattern, spec in _variables(self._framework):
            match = pattern.fullmatch(form)
            if match is not None:
                chosen = match.groups()
                return spec.name.replace("*", _chosen_name(spec.name, chosen[0])) if chosen else spec.name
        return None


def _chosen_name(setting: str, form: str) -> str:
    """The likeliest name in a variable's form: of loggers, whose names have dots, or of what people name."""
    if setting.startswith(_LOGGERS):
        dotted = form.lower().replace("_", ".")
        return f'"{dotted}"' if setting.startswith("quarkus.") and "." in dotted else dotted
    return form.lower().replace("_", "-")


@cache
def known_settings(framework: str) -> Known:
    """The settings that are known of a framework; none of a framework that is not."""
    return Known(framework)


@cache
def _variables(framework: str) -> tuple[tuple[re.Pattern[str], Spec], ...]:
    """Patterns of the environment variables of the known settings."""
    patterns = []
    for spec in known_settings(framework).specs:
        identity = setting_name(framework, spec.name).identity
        forms = {
            re.escape(environment_form(name.replace("*", "0"))).replace("_0", "_(.+?)", "*" in name)
            for name in (spec.name, identity)
        }
        patterns += [(re.compile(form), spec) for form in sorted(forms)]
    return tuple(patterns)
