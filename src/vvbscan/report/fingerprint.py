"""Fingerprints: what makes a finding the same finding after its file was edited elsewhere.

`line_hashes` gives GitHub's `primaryLocationLineHash`, bit for bit: upload-sarif computes it itself and
warns of every result that brings another value (github/codeql-action, src/fingerprints.ts, read at
0225834). `finding_fingerprint` gives vvbscan's own, which does not depend on the lines around.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from itertools import accumulate
from typing import Any, Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.outcome import Finding
from vvbscan.model.result import finding_order
from vvbscan.text import SourceText

_BASE: Final = 37
_WINDOW: Final = 100
_MASK: Final = (1 << 64) - 1
_FOLDS: Final = tuple(
    (
        width,
        sum(((1 << width) - 1) << place for place in range(0, 16 * _WINDOW, 2 * width)),
        _BASE ** (width // 16),
    )
    for width in (16 << level for level in range(_WINDOW.bit_length()))
)
"""Each adds neighbours up, as digits of twice the width and of a polynomial in the square of the base before:
that takes a third of the time of adding up the code units times their powers. No digit outgrows its width."""
_RESIDUE: Final = 65536 - _BASE
"""Modulo this, the base of 16-bit digits is the polynomials' base 37."""

_BLANKS: Final = {ord(" "): None, ord("\t"): None}
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
    windows = _windows(text, wanted)
    hashes = _hashes(windows.values(), {windows[number] for number in wanted})
    found: dict[int, str] = {}
    seen: dict[int, int] = {}
    for number, window in windows.items():
        value = hashes.get(window)
        if value is not None:
            seen[value] = seen.get(value, 0) + 1
            if number in wanted:
                found[number] = f"{value:x}:{seen[value]}"
    return found


def _windows(text: SourceText, wanted: set[int]) -> dict[int, bytes]:
    """The 100 code units, as UTF-16, of the lines up to the last wanted one whose hash may be a wanted one's.

    Equal polynomials in 37 leave equal residues modulo 37 squared, and so do their last two terms.
    """
    kept = text.text.replace("\r\n", "\n").replace("\r", "\n").translate(_BLANKS)
    if not kept.isascii():
        kept = _ASTRAL.sub(_surrogates, kept)
    if text.bom:
        kept = "\ufeff" + kept
    units = kept + "\uffff" + "\0" * (_WINDOW - 1)
    last = max(wanted)
    lengths = [len(line) + 1 for line in kept.split("\n", last)[: last - 1]]
    starts = list(accumulate(lengths, initial=0))
    residues = _ASCII_RESIDUES if kept.isascii() else _Residues()
    of_line = [residues[units[start + _WINDOW - 2 : start + _WINDOW]] for start in starts]
    alike = {of_line[number - 1] for number in wanted}
    return {
        number: units[start : start + _WINDOW].encode("utf-16-be", "surrogatepass")
        for number, (start, residue) in enumerate(zip(starts, of_line, strict=True), 1)
        if residue in alike
    }


class _Residues(dict[str, int]):
    """What two code units are as a polynomial in 37, modulo its square."""

    def __missing__(self, units: str) -> int:
        residue = self[units] = (_BASE * ord(units[0]) + ord(units[1])) % _BASE**2
        return residue


_ASCII_RESIDUES: Final = _Residues()
"""Those of ASCII text, which are few and the same in most files."""


def _surrogates(match: re.Match[str]) -> str:
    above = ord(match[0]) - 0x10000
    return chr(0xD800 | above >> 10) + chr(0xDC00 | above & 0x3FF)


def _hashes(windows: Collection[bytes], wanted: set[bytes]) -> dict[bytes, int]:
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
    number = int.from_bytes(window, "big")
    for width, lower, power in _FOLDS:
        number = (number & lower) + power * (number >> width & lower)
    return number & _MASK


def finding_fingerprint(rule_id: str, path: str, address: str, offending_text: str) -> str:
    """Fingerprint of a finding by what is wrong with what: 32 hexadecimal digits.

    White space in the offending text counts as one blank, so that neither an edit elsewhere nor new
    indentation changes the fingerprint.
    """
    words = " ".join(offending_text.split())
    identity = f"{rule_id}\0{path}\0{address}\0{words}"
    digest: str = _sha256()(identity.encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:_DIGITS]


@cache
def _sha256() -> Callable[[bytes], Any]:
    from hashlib import sha256  # 2 ms, only where there is a finding

    return sha256


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
