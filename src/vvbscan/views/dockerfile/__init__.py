"""Dockerfiles: stages, variables, images and commands."""

from __future__ import annotations

from vvbscan.views.dockerfile.kind import KIND

__all__ = ["KIND"]
