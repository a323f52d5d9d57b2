"""The one way in, and what it costs to come this way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import vvbscan
from report.samples import texts
from vvbscan.model.errors import UsageError
from vvbscan.model.result import ScanResult
from vvbscan.report import FORMATS, ReportOptions, render

EMPTY = ScanResult("shop", "0.1.0")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_ends_with_one_line_end(name: str) -> None:
    written = render(name, EMPTY, ReportOptions(texts))
    assert written.endswith("\n")
    assert not written.endswith("\n\n")


def test_an_unknown_format_is_a_usage_error_that_names_the_formats() -> None:
    with pytest.raises(UsageError) as raised:
        render("pdf", EMPTY, ReportOptions(texts))
    assert "text, sarif, json" in str(raised.value)


def test_the_text_report_loads_no_heavy_module() -> None:
    script = (
        "import sys\n"
        "from vvbscan.model.result import ScanResult\n"
        "from vvbscan.report import ReportOptions, render\n"
        "render('text', ScanResult('a', '1'), ReportOptions(lambda rule_id: None))\n"
        "print(*sorted(sys.modules))\n"
    )
    # Without site, whose start-up files may load such modules themselves.
    command = [sys.executable, "-S", "-c", script]
    path = str(Path(vvbscan.__file__).parents[1])
    loaded = subprocess.run(
        command, check=True, capture_output=True, text=True, env={"PYTHONPATH": path}
    ).stdout.split()
    assert "vvbscan.report.text" in loaded
    heavy = {
        "json",
        "hashlib",
        "dataclasses",
        "pathlib",
        "logging",
        "inspect",
        "urllib",
        "vvbscan.report.sarif",
    }
    assert heavy.isdisjoint(loaded)
