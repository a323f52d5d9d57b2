"""Limits of the analysis. They count work, not time, so that equal input gives equal output."""

from __future__ import annotations

from vvbscan.record import NamedTuple


class Limits(NamedTuple):
    """How much work one file or one unit may cause; what is over is a located notice."""

    file_bytes: int = 10_000_000
    """Largest file that is read."""
    depth: int = 100
    """Deepest nesting of collections."""
    nodes: int = 2_000_000
    """Nodes of one file."""
    alias_nodes: int = 200_000
    """Nodes that the aliases of one file may stand for when they are expanded."""
    documents: int = 20_000
    """Documents of one file."""
    expansions: int = 10_000
    """Variables that may be expanded in one unit."""
    expanded_length: int = 100_000
    """Characters that one expanded value may reach."""
    unit_files: int = 2_000
    """Files that one unit may read (a kustomization with all its bases)."""
    evaluation_steps: int = 1_000_000
    """Expressions and items of functions that may be evaluated for one environment of a unit."""
    instances: int = 1_000
    """Instances that one block of Terraform may have by `count` or `for_each`."""
    unit_instances: int = 20_000
    """Instances of resources and modules that one environment of a unit may have."""


DEFAULT_LIMITS = Limits()
