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
_HANGUL: Final = {"L": range(0x1100, 0x1160), "V": range(0x1160, 0x11A8), "T": range(0x11A8, 0x1200)}
_HANGUL_BEHIND: Final = {"L": "LVSC", "S": "VT", "V": "VT", "C": "T", "T": "T"}
"""What belongs to the same character behind each."""


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
    return _hangul(sign) in _HANGUL_BEHIND.get(_hangul(last), "")


def _hangul(sign: str) -> str:
    """What a character is in Hangul, `-` if it is none of it.

    `L` is a leading consonant, `V` a vowel, `T` a trailing consonant; `S` a syllable without a trailing
    consonant, `C` one that has it.
    """
    code = ord(sign)
    if 0xAC00 <= code <= 0xD7A3:
        return "C" if (code - 0xAC00) % 28 else "S"
    return next((kind for kind, signs in _HANGUL.items() if code in signs), "-")


def _is_regional(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def _is_pictographic(sign: str) -> bool:
    if _is_regional(sign) or "\U0001f3fb" <= sign <= "\U0001f3ff":
        return False
    return "\U0001f000" <= sign <= "\U0001faff" or "\u2190" <= sign <= "\u2bff" or sign in _PICTOGRAPHIC
