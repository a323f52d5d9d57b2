"""Checks of references to images that need to know images by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.support_ends import (
    end_of_repository,
    end_of_system,
    end_of_tag,
    given_up,
    has_calendar,
    official_name,
)
from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.operators import shown
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.images import GAP, flat_text
from vvbscan.views.records import ImageReference

_COMPILED_IN: Final = frozenset({"golang"})
"""Images whose runtime library ends up in the program, so that they matter in a build stage too."""

_JDK_UNLESS: Final = {
    "adoptopenjdk": "jre",
    "amazoncorretto": "jre|headless|headful",
    "azul-zulu": "jre",
    "eclipse-temurin": "jre",
    "gradle": "",
    "ibm-semeru-runtimes": "jre",
    "maven": "",
    "openjdk": "jre",
    "sapmachine": "jre",
    "zulu-openjdk": "jre",
    "zulu-openjdk-alpine": "jre",
    "zulu-openjdk-debian": "jre",
}
"""Repositories, by last component, that hold a JDK unless a word of the tag says otherwise: the tags that
github.com/docker-library/official-images and the pages of the publishers list."""
_JDK_REPOSITORY: Final = lazy_pattern(
    r"(?:^|/)(?:ubi[0-9]+/openjdk-[0-9]+|liberica-openjdk-[a-z-]+|openjdk/jdk|java/(?:open)?jdk"
    r"|graalvm/[a-z-]*-community|chainguard/jdk)"
)
"""Repositories that hold a JDK whatever the tag: their `-runtime` and `openjre` counterparts do not."""
_EITHER: Final = frozenset({"jetty", "liberica-runtime-container", "tomcat", "tomee"})
"""Repositories whose tags say which of the two they come with."""


def no_longer_maintained(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """An image that its publisher gave up, or whose release or distribution is past its end.

    `accepted` lists releases that are kept up in another way, as messages name them: `Ubuntu 20.04`.
    """
    reference = subject.record
    assert isinstance(reference, ImageReference)
    registry, repository = _text(reference.registry), _text(reference.repository)
    if registry is None or repository is None:
        return
    name = official_name(registry, repository)
    if not reference.final and not (reference.role == "from" and name in _COMPILED_IN):
        return
    image = shown(reference.image)
    accepted = params["accepted"]
    assert isinstance(accepted, list)
    tag = reference.tag
    value = "" if tag is None else tag.value
    known = flat_text(value) if isinstance(value, Unknown) else str(value)
    fate = given_up(registry, repository, known if tag is not None and GAP not in known else None)
    if fate:
        yield failed(subject, f"{image} gets no fixes any more: {fate}", reference.image, "image")
        return
    verb, at = "builds on", reference.repository or reference.image
    end = end_of_repository(registry, repository, known)
    if end is None and name and tag is not None:
        verb, at, end = "is", tag, end_of_tag(name, known)
        if end is None:
            verb, end = "builds on", end_of_system(known)
        if end is None:
            if isinstance(value, Unknown) and has_calendar(name):
                yield undecided(value, tag, "tag")
            return
    if end is not None and end.release.partition(" (")[0] not in accepted:
        path = "repository" if at is reference.repository else "tag"
        yield failed(subject, f"{image} {verb} {end.release}, past its end of life {end.when}", at, path)


def ships_jdk(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A stage whose files ship builds on an image with a JDK. `jdk_needed` lists repositories to accept."""
    from vvbscan.views.dockerfile.model import Stage  # the other checks of this module also take manifests

    stage = subject.record
    assert isinstance(stage, Stage)
    reference = stage.image
    if not stage.final or reference is None:
        return
    repository = _text(reference.repository)
    if repository is None:
        assert reference.repository is not None
        assert isinstance(reference.repository.value, Unknown)
        yield undecided(reference.repository.value, reference.image, "base.image")
        return
    accepted = params["jdk_needed"]
    assert isinstance(accepted, list)
    verdict = repository not in accepted and _holds_jdk(repository, reference.tag)
    if isinstance(verdict, Unknown):
        assert reference.tag is not None
        yield undecided(verdict, reference.tag, "base.tag")
    elif verdict:
        message = f"{shown(reference.image)} brings a whole JDK into the image that ships"
        decides = reference.tag if _has_runtimes(repository) else reference.repository
        yield failed(subject, message, decides or reference.image, "base.image")


def _holds_jdk(repository: str, tag: Node | None) -> bool | Unknown:
    name = repository.rpartition("/")[2]
    if _JDK_REPOSITORY.search(repository):
        return not name.endswith(("-runtime", "-jre"))
    value = "" if tag is None else tag.value
    words = flat_text(value) if isinstance(value, Unknown) else str(value)
    if name in _EITHER:
        return bool(re.search(r"(?:^|-)jdk[0-9]*(?:-|$)", words))
    if name not in _JDK_UNLESS:
        return False
    spared = _JDK_UNLESS[name]
    if spared and re.search(rf"(?:^|[-_])(?:{spared})(?:[-_]|$)", words):
        return False
    if isinstance(value, Unknown) and GAP in words and spared:
        return "jdk" in words or value
    return True


def _has_runtimes(repository: str) -> bool:
    """Whether other tags of the repository hold no JDK, so that the tag is what to change."""
    name = repository.rpartition("/")[2]
    return _JDK_REPOSITORY.search(repository) is None and _JDK_UNLESS.get(name) != ""


def _text(node: Node | None) -> str | None:
    """A part of a reference: empty if it is absent, None if it is not known."""
    return "" if node is None else node.text()
