"""Builds the rule index into the wheel, so that a scan reads no rule file."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RuleIndexHook(BuildHookInterface[Any]):
    """Adds `vvbscan/_data/index`, made from the files below `rules`."""

    _directory: str | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the index and name it for inclusion. An editable install reads the rules themselves."""
        if version == "editable":
            return
        sys.path.insert(0, os.path.join(self.root, "src"))
        try:
            from vvbscan.catalog.index import build_index
        finally:
            sys.path.pop(0)
        self._directory = tempfile.mkdtemp(prefix="vvbscan-index-")
        build_index(os.path.join(self.root, "rules"), self._directory)
        build_data["force_include"][self._directory] = "vvbscan/_data/index"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the index again; it is in the wheel."""
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
