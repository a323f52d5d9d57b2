"""Fingerprints: what makes a finding the same finding after its file was edited elsewhere.

`line_hashes` gives GitHub's `primaryLocationLineHash`, bit for bit: upload-sarif computes it itself and
warns of every result that brings another value (github/codeql-action, src/fingerprints.ts, read at
0225834). `finding_fingerprint` gives vvbscan's own, which does not depend on the lines around.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from operator import mul
from struct import Struct
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.outcome import Finding
from vvbscan.model.result import finding_order
from vvbscan.text import SourceText

_WINDOW: Final = 100
_MASK: Final = (1 << 64) - 1
_CODE_UNITS: Final = Struct(f">{_WINDOW}H")
_POWERS: Final = tuple(pow(37, _WINDOW - 1 - i, 1 << 64) for i in range(_WINDOW))
_RESIDUE: Final = 65536 - 37
"""Modulo this, the base of 16-bit digits is the polynomials' base 37."""

_ASTRAL: Final = lazy_pattern("[\U00010000-\U0010ffff]")
_DIGITS: Final = 32


def line_hashes(text: SourceText, lines: Iterable[int]) -> dict[int, str]:
    """GitHub's `primaryLocationLineHash` of the given 1-based lines; lines that are not there are left out.

    A line's hash is a polynomial in 37 modulo 2^64 over the first 100 UTF-16 code units from its start,
    running on into the next lines. Blanks and tabs are skipped, every line end is LF, and after the end of
    the file stand U+FFFF and as many zeros as it takes. Behind the hash, `:2` says that it is the second
    line with this hash. A byte order mark is a character like any other, since the action does not strip it.
    """
    wanted = {number for number in lines if 1 <= number <= len(text.line_starts)}
    if not wanted:
        return {}
    windows = _windows(text, max(wanted))
    hashes = _hashes(windows, {windows[number - 1] for number in wanted})
    found: dict[int, str] = {}
    seen: dict[int, int] = {}
    for number, value in enumerate(map(hashes.get, windows), 1):
        if value is not None:
            seen[value] = seen.get(value, 0) + 1
            if number in wanted:
                found[number] = f"{value:x}:{seen[value]}"
    return found


def _windows(text: SourceText, last: int) -> list[bytes]:
    """The 100 code units that each line up to the last wanted one is hashed from, as UTF-16."""
    kept = text.text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    if not kept.isascii():
        kept = _ASTRAL.sub(_surrogates, kept)
    if text.bom:
        kept = "\ufeff" + kept
    units = (kept + "\uffff" + "\0" * (_WINDOW - 1)).encode("utf-16-be", "surrogatepass")
    lengths = [2 * len(line) + 2 for line in kept.split("\n", last)[: last - 1]]
    return [units[start : start + 2 * _WINDOW] for start in accumulate(lengths, initial=0)]


def _surrogates(match: re.Match[str]) -> str:
    above = ord(match[0]) - 0x10000
    return chr(0xD800 | above >> 10) + chr(0xDC00 | above & 0x3FF)


def _hashes(windows: list[bytes], wanted: set[bytes]) -> dict[bytes, int]:
    """The hash of every window whose hash may be that of a wanted one.

    Windows that differ can have equal hashes: `AZ` and `B5` do, for 65 * 37 + 90 = 66 * 37 + 53. The lines
    are then numbered together. Equal polynomials leave equal residues, which are quick to compute, so that
    few windows need their polynomial; what escapes is a pair whose polynomials differ by a multiple of 2^64.
    """
    number = int.from_bytes
    residues = {number(window, "big") % _RESIDUE for window in wanted}
    alike = [window for window in set(windows) if number(window, "big") % _RESIDUE in residues]
    return {window: _polynomial(window) for window in alike}


def _polynomial(window: bytes) -> int:
    total: int = sum(map(mul, _CODE_UNITS.unpack(window), _POWERS))
    return total & _MASK


def finding_fingerprint(rule_id: str, path: str, address: str, offending_text: str) -> str:
    """Fingerprint of a finding by what is wrong with what: 32 hexadecimal digits.

    White space in the offending text counts as one blank, so that neither an edit elsewhere nor new
    indentation changes the fingerprint.
    """
    from hashlib import sha256

    words = " ".join(offending_text.split())
    identity = f"{rule_id}\0{path}\0{address}\0{words}"
    return sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def number_fingerprints(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order of reports, with `:2`, `:3` behind fingerprints that occurred before."""
    seen: dict[str, int] = {}
    numbered: list[Finding] = []
    for finding in sorted(findings, key=finding_order):
        count = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
        numbered.append(
            finding if count == 1 else finding._replace(fingerprint=f"{finding.fingerprint}:{count}")
        )
    return numbered
