"""Options of the test run."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A commit passes or fails for what it is, however busy the machine: `--hypothesis-profile=wide` looks where
# nobody has looked yet.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("wide", deadline=None)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden reports anew")
