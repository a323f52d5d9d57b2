"""Names of settings: the spellings that a platform takes for one setting, and a canonical form of them."""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple

QUARKUS: Final = "quarkus"
SPRING: Final = "spring"

_QUOTED_SEGMENT: Final = lazy_pattern(r'(?:^|(?<=\.))"([^".\\\[\]]+)"(?=\.|\[|$)')
_NOT_ALPHANUMERIC: Final = lazy_pattern(r"[^A-Za-z0-9]+")
_ELEMENT: Final = lazy_pattern(r"\[([^\]]*)\]|([^.\[\]]+)")
_HUMP: Final = lazy_pattern(r"(?<=[a-z0-9])(?=[A-Z])")
_CANONICAL: Final = lazy_pattern(r"(?:[a-z0-9][a-z0-9-]*|\[[^\]]*\])(?:\.[a-z0-9][a-z0-9-]*|\[[^\]]*\])*")
_INDEXED: Final = lazy_pattern(r"(.+)\[(\d{1,9})\]", re.DOTALL)

_SPRING_MAPS: Final = frozenset(
    {
        "logging.level",
        "logging.group",
        "management.metrics.tags",
        "spring.datasource.hikari.data-source-properties",
        "spring.jpa.properties",
        "spring.kafka.admin.properties",
        "spring.kafka.consumer.properties",
        "spring.kafka.producer.properties",
        "spring.kafka.properties",
        "spring.mail.properties",
        "spring.quartz.properties",
    }
)
"""Settings of the type `Map<String, String>`: what follows is a key of the map, taken as it is written."""
_LEVELS: Final = ".logging.level"
_ROOT_LOGGER: Final = ".root"
"""Of the names of loggers, that of the root alone may be in any case (`LoggingApplicationListener`)."""
_LONGEST_MAP: Final = max(map(len, _SPRING_MAPS))


class Name(NamedTuple):
    """A setting's name."""

    canonical: str
    """The form that vvbscan writes: `spring.datasource.hikari.maximum-pool-size`."""
    identity: str
    """Equal for all spellings of one setting."""


def setting_name(framework: str, written: str) -> Name:
    """The name of a setting as the framework understands it; other frameworks take names as written."""
    if framework == SPRING:
        return spring_name(written)
    return quarkus_name(written)


def quarkus_name(written: str) -> Name:
    """The name of a setting of SmallRye Config, without a profile.

    Quotes around a segment that needs none are left out: `quarkus.datasource."users".jdbc.url` and
    `quarkus.datasource.users.jdbc.url` are the same setting (SmallRye Config 3, `SmallRyeConfig.getMapKeys`
    takes the quotes off).
    """
    name = _QUOTED_SEGMENT.sub(r"\1", written) if '"' in written else written
    return Name(name, name)


def spring_name(written: str) -> Name:
    """The name of a setting of Spring Boot, in kebab case.

    Spring compares names without regard to case, `-` and `_` (Spring Boot reference, "Relaxed Binding"); keys
    of maps are compared as they are, brackets around them left out.
    """
    canonical: list[str] = []
    identity: list[str] = []
    prefix = ""
    in_map = False
    for match in _ELEMENT.finditer(written):
        bracketed, plain = match.groups()
        if bracketed is not None and (bracketed.isdecimal() or not in_map):
            element = same = f"[{bracketed}]"
        elif in_map:
            element = same = f".{bracketed or plain}"
            if element.lower() == _ROOT_LOGGER and prefix == _LEVELS:
                element = same = _ROOT_LOGGER
        else:
            kebab = _kebab(plain)
            element, same = f".{kebab}", f".{kebab.replace('-', '')}"
        canonical.append(element)
        identity.append(same)
        if not in_map and len(prefix) <= _LONGEST_MAP:
            prefix += element
            in_map = prefix[1:] in _SPRING_MAPS
    return Name("".join(canonical).removeprefix("."), "".join(identity).removeprefix("."))


def is_canonical(written: str) -> bool:
    """Whether a name has the form that Spring calls canonical: `my.some-list[0]`."""
    return _CANONICAL.fullmatch(written) is not None


def environment_form(name: str) -> str:
    """What the environment variables for a setting have in common, however their separators are counted.

    Both frameworks ask for a setting in upper case, with `_` for what is neither letter nor digit; Quarkus
    doubles it for quotes (SmallRye Config, "Environment Variables"). A leading `_` marks a profile there.
    """
    form = _NOT_ALPHANUMERIC.sub("_", name).upper()
    return form[:1] + form[1:].rstrip("_")


def spring_environment_forms(identity: str, canonical: str) -> tuple[str, ...]:
    """The environment variables that Spring looks for: dashes left out, or (the older way) as `_`.

    Source: `SystemEnvironmentPropertyMapper`, Spring Boot 4.
    """
    return environment_form(identity), environment_form(canonical)


def dotted(variable: str) -> str:
    """The likeliest setting that an environment variable stands for (SmallRye's `toLowerCaseAndDotted`)."""
    words = variable.lower()
    quoted = re.sub(r"__(.+?)__", r'."\1".', words).strip(".")
    return re.sub(r"\.{2,}", ".", re.sub(r"_(\d+)(?:_|$)", r"[\1].", quoted).replace("_", ".")).strip(".")


def indexed(name: str) -> tuple[str, int] | None:
    """The list and the position that a name such as `key[2]` speaks of, None for another name."""
    match = _INDEXED.fullmatch(name)
    return (match.group(1), int(match.group(2))) if match else None


def split_profiles(written: str) -> tuple[tuple[str, ...], str]:
    """The profiles that a key of Quarkus is limited to, and the rest of it.

    `%prod.x` is for one profile, `%prod,test.x` for two (Quarkus configuration reference, "Multiple
    Profiles"). There is no form with braces: `%{prod,test}.x` is for the profiles `{prod` and `test}`.
    """
    if not written.startswith("%"):
        return (), written
    profiles, dot, name = written[1:].partition(".")
    if not dot:
        return (), written
    return tuple(part.strip() for part in profiles.split(",") if part.strip()), name


def split_list_text(text: str) -> list[str]:
    """The names of a list with commas (profiles have no commas in them)."""
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


def _kebab(element: str) -> str:
    if element.islower() and "_" not in element:
        return element
    return _HUMP.sub("-", element).replace("_", "-").lower()
