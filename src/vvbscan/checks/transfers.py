"""Checks of the sources of ADD."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.operators import shown
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.dockerfile.model import Step
from vvbscan.views.images import GAP, flat_text

_REMOTE: Final = lazy_pattern(r"https?://|git://|ssh://|git@")
_COMMIT: Final = lazy_pattern(r"#[0-9a-f]{40}(?::|$)")
_ARCHIVE: Final = lazy_pattern(
    r"\.(?:tar(?:\.[a-z0-9]+)?|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst|[^./]*[*?\]][^./]*)$|[*?\]]$"
)
"""What ADD unpacks by its name, or may be by its pattern; it goes by the content (Dockerfile reference)."""


def fetched_unchecked(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A source is fetched from elsewhere; a commit pins a git repository."""
    for source in _sources(subject):
        text = _text(source)
        if _REMOTE.match(text) and not _COMMIT.search(text):
            if isinstance(source.value, Unknown) and GAP in text.partition("#")[2]:
                yield undecided(source.value, source, "sources")
            else:
                yield failed(subject, f"{shown(source)} is fetched without a checksum", source, "sources")
        elif isinstance(source.value, Unknown) and text.startswith(GAP):
            yield undecided(source.value, source, "sources")


def only_copies(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """No source is fetched or unpacked: COPY does the same."""
    sources = _sources(subject)
    texts = [_text(source) for source in sources]
    if any(_REMOTE.match(text) or _ARCHIVE.search(text) or text.startswith("<<") for text in texts):
        return
    for source, text in zip(sources, texts, strict=True):
        if isinstance(source.value, Unknown) and (text[0] == GAP or text[-1] == GAP):
            yield undecided(source.value, source, "sources")
            return
    if sources:
        keyword = subject.anchor
        yield failed(subject, f"ADD only copies {shown(sources[0])}, as COPY would", keyword, "keyword")


def _sources(subject: Subject) -> tuple[Node, ...]:
    step = subject.record
    assert isinstance(step, Step)
    return step.arguments[:-1]


def _text(source: Node) -> str:
    value = source.value
    return flat_text(value) if isinstance(value, Unknown) else str(value)
