"""The system view: facts of all units joined into a picture of the services, for cross rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from vvbscan.model.subject import Subject
from vvbscan.views.system.picture import Picture, picture_of
from vvbscan.views.system.probes import probe_targets

VIEWS: Final[Mapping[str, Callable[[Picture], Iterable[Subject]]]] = {"probe_target": probe_targets}
"""The views that cross rules judge."""

__all__ = ["VIEWS", "Picture", "picture_of"]
