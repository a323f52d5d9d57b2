"""Analysing units in several processes. Only units go in, and only what they give comes back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, get_start_method, parent_process
from multiprocessing.context import BaseContext
from threading import Thread, active_count

from vvbscan.catalog.catalog import Catalog
from vvbscan.engine.analyse import Analyser
from vvbscan.engine.tallies import Totals
from vvbscan.model.outcome import UnitResult
from vvbscan.model.selection import Selection
from vvbscan.model.unit import FileTree, Options, Unit
from vvbscan.own_process import collect_seldom

_CHUNKS_PER_WORKER = 8

_analyser: Analyser | None = None
"""The analyser of a worker process, set once when it starts."""


def analyse_in_processes(
    analyser: Analyser, units: Sequence[Unit], totals: Sequence[Totals], jobs: int
) -> Iterator[UnitResult]:
    """The results of units in their order, made by `jobs` processes; each is counted in its totals."""
    arguments = (analyser.tree, analyser.options, analyser.catalog, analyser.selection, analyser.facts)
    size = max(1, len(units) // (jobs * _CHUNKS_PER_WORKER))
    with ProcessPoolExecutor(jobs, _context(), initializer=_start, initargs=arguments) as pool:
        analysed = pool.map(_analyse, units, chunksize=size)
        for total, (result, counted) in zip(totals, analysed, strict=True):
            total.add(counted)
            yield result


def _context() -> BaseContext | None:
    """How processes are started if not as usual: a copy would wait for locks that other threads held."""
    copied = get_start_method(allow_none=True) in (None, "fork")
    return get_context("spawn") if copied and active_count() > 1 else None


def _start(tree: FileTree, options: Options, catalog: Catalog, selection: Selection, facts: bool) -> None:
    global _analyser  # noqa: PLW0603  # a worker process has no other place for what its tasks share
    collect_seldom()
    Thread(target=_end_with_parent, daemon=True).start()
    _analyser = Analyser(tree, options, catalog, selection, facts=facts)


def _end_with_parent() -> None:
    """End this worker when the process that takes its results is gone: a killed one tells nobody."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _analyse(unit: Unit) -> tuple[UnitResult, Totals]:
    assert _analyser is not None
    totals = Totals()
    return _analyser.analyse(unit, totals), totals
