"""Checks of bots that propose updates of dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.bots.coverage import Uncovered, uncovered
from vvbscan.views.bots.model import Bots


def ecosystems_left_out(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Dependencies of the repository that no bot looks after."""
    bots = subject.record
    assert isinstance(bots, Bots)
    assert bots.anchor is not None
    if all(entry.bot == "renovate" and entry.off is not None for entry in bots.entries):
        return
    found, unknown = uncovered(bots)
    if found:
        yield failed(subject, f"no updates are proposed for {_several(found)}", bots.anchor)
    elif unknown is not None:
        yield undecided(unknown, bots.anchor)


def _several(found: tuple[Uncovered, ...]) -> str:
    texts = []
    for one in found:
        more = f" and {len(one.paths) - 1} more" if len(one.paths) > 1 else ""
        where = "in directories that no entry names: " if one.looked else ""
        texts.append(f"{one.ecosystem} ({where}{one.paths[0]}{more})")
    return ", ".join(texts[:-1]) + " and " * (len(texts) > 1) + texts[-1]
