"""Strings as sequences of what people take for characters.

Terraform counts extended grapheme clusters (Unicode Annex 29). Here these are told apart: combining marks,
variation selectors, emoji modifiers, characters joined by U+200D, pairs of regional indicators, CR LF and
conjoining Hangul. Prepended marks and Indic conjuncts are not.
"""

from __future__ import annotations

from typing import Final

_JOINER: Final = "\u200d"
_PICTOGRAPHIC: Final = "\xa9\xae\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299"
"""Those outside the blocks of arrows, symbols and emoji."""
_HANGUL_VOWELS: Final = range(0x1160, 0x11A8)
_HANGUL_FINALS: Final = range(0x11A8, 0x1200)


def graphemes(text: str) -> list[str]:
    """The characters of a string."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    clusters: list[str] = []
    for sign in text:
        if clusters and _continues(clusters[-1], sign):
            clusters[-1] += sign
        else:
            clusters.append(sign)
    return clusters


def _continues(cluster: str, sign: str) -> bool:
    from unicodedata import category

    last = cluster[-1]
    if last in "\r\n" or sign in "\r\n":
        return last == "\r" and sign == "\n" and len(cluster) == 1
    if category(last) in {"Cc", "Zl", "Zp"}:
        return False
    if sign == _JOINER or category(sign) in {"Mn", "Me", "Mc"} or "\U0001f3fb" <= sign <= "\U0001f3ff":
        return True
    if last == _JOINER:
        return len(cluster) > 1 and _is_pictographic(sign) and _is_pictographic(cluster[0])
    if _is_regional(sign):
        return len(cluster) == 1 and _is_regional(last)
    code, before = ord(sign), ord(last)
    if code in _HANGUL_VOWELS:
        return 0x1100 <= before < 0x11A8 or (0xAC00 <= before <= 0xD7A3 and (before - 0xAC00) % 28 == 0)
    return code in _HANGUL_FINALS and (
        before in _HANGUL_VOWELS or before in _HANGUL_FINALS or 0xAC00 <= before <= 0xD7A3
    )


def _is_regional(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def _is_pictographic(sign: str) -> bool:
    return "\U0001f000" <= sign <= "\U0001faff" or "\u2190" <= sign <= "\u2bff" or sign in _PICTOGRAPHIC
