"""Fingerprints: what makes a finding the same finding after its file was edited elsewhere.

`line_hashes` gives GitHub's `primaryLocationLineHash`, bit for bit: upload-sarif computes it itself and
warns of every result that brings another value (github/codeql-action, src/fingerprints.ts, read at
0225834). `finding_fingerprint` gives vvbscan's own, which does not depend on the lines around.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import Any, Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.outcome import Finding
from vvbscan.model.result import sorted_findings
from vvbscan.text import SourceText

_BASE: Final = 37
_WINDOW: Final = 100
_MASK: Final = (1 << 64) - 1
_END: Final = "\uffff"
"""What stands behind the last character."""


def _folds(bits: int) -> tuple[tuple[int, int, int], ...]:
    """Each adds neighbours up, as digits of twice the width and of a polynomial in the base's square.

    That takes a third of the time of adding up the digits times their powers. No digit outgrows its width.
    """
    return tuple(
        (
            width,
            sum(((1 << width) - 1) << place for place in range(0, bits * _WINDOW, 2 * width)),
            _BASE ** (width // bits),
        )
        for width in (bits << level for level in range(_WINDOW.bit_length()))
    )


_OF_BYTES: Final = _folds(8)
_OF_UNITS: Final = _folds(16)

_BLANKS: Final = {ord(" "): None, ord("\t"): None}
_ASCII_BLANKS: Final = b" \t"
_ASTRAL: Final = lazy_pattern("[\U00010000-\U0010ffff]")
_LAST_TERMS: Final = bytes(byte % _BASE for byte in range(256))
"""What each byte leaves of a polynomial in 37, modulo 37, if it stands last."""
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
    kept = _without_blanks(text)
    units = kept + _END + "\0" * (_WINDOW - 1)
    lengths = [len(line) + 1 for line in kept.split("\n", max(wanted))[: max(wanted) - 1]]
    starts = list(accumulate(lengths, initial=0))
    windows = {number: units[start : start + _WINDOW] for number in wanted for start in [starts[number - 1]]}
    seen = {_polynomial(window): 0 for window in windows.values()}
    found: dict[int, str] = {}
    for number, start in _alike(units, starts, wanted):
        value = _polynomial(units[start : start + _WINDOW])
        if value in seen:
            seen[value] += 1
            if number in wanted:
                found[number] = f"{value:x}:{seen[value]}"
    return found


def _alike(units: str, starts: list[int], wanted: set[int]) -> Iterator[tuple[int, int]]:
    """The lines whose hash may be that of a wanted one, with their starts; the wanted ones are among them.

    Windows that differ can have equal hashes: `AZ` and `B5` do, for 65 * 37 + 90 = 66 * 37 + 53. The lines
    are then numbered together. Equal polynomials in 37 leave equal residues modulo 37, and so do their last
    terms, and modulo 37 squared, as their last two terms do.
    """
    terms = _last_terms(units)[_WINDOW - 1 :]
    of_line = itemgetter(*starts)(terms) if len(starts) > 1 else (terms[0],)
    alike = {of_line[number - 1] for number in wanted}
    near = [(number, starts[number - 1]) for number, term in enumerate(of_line, 1) if term in alike]
    residues = _ASCII_RESIDUES if isinstance(terms, bytes) else _Residues()
    ends = [residues[units[start + _WINDOW - 2 : start + _WINDOW]] for _, start in near]
    wanted_ends = {end for (number, _), end in zip(near, ends, strict=True) if number in wanted}
    return (line for line, end in zip(near, ends, strict=True) if end in wanted_ends)


def _without_blanks(text: SourceText) -> str:
    """The code units of a text that count, each as a character: half of a pair is one too."""
    kept = text.text
    if "\r" in kept:
        kept = kept.replace("\r\n", "\n").replace("\r", "\n")
    if kept.isascii():
        kept = kept.encode().translate(None, _ASCII_BLANKS).decode()
    else:
        kept = _ASTRAL.sub(_surrogates, kept.translate(_BLANKS))
    return "\ufeff" + kept if text.bom else kept


def _last_terms(units: str) -> Sequence[int]:
    """What each unit leaves of a polynomial modulo 37 if it is the last one."""
    text, end, zeros = units.partition(_END)
    if text.isascii():
        return text.encode().translate(_LAST_TERMS) + bytes([ord(end) % _BASE]) + bytes(len(zeros))
    return [ord(unit) % _BASE for unit in units]


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


@lru_cache(1024)  # lines of one file are often alike
def _polynomial(window: str) -> int:
    """The polynomial in 37 of code units, modulo 2^64."""
    if window.isascii():
        number, folds = int.from_bytes(window.encode(), "big"), _OF_BYTES
    else:
        number, folds = int.from_bytes(window.encode("utf-16-be", "surrogatepass"), "big"), _OF_UNITS
    for width, lower, power in folds:
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


def number_fingerprints(findings: Sequence[Finding]) -> list[Finding]:
    """The findings in the order of reports, with `:2`, `:3` behind fingerprints that occurred before."""
    seen: dict[str, int] = {}
    numbered: list[Finding] = []
    for finding in sorted_findings(findings):
        count = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
        numbered.append(
            finding if count == 1 else finding._replace(fingerprint=f"{finding.fingerprint}:{count}")
        )
    return numbered
