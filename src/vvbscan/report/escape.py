"""Text of the scanned tree made safe: for terminals and for the URIs of SARIF."""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern

HIDDEN: Final = lazy_pattern(
    # Control characters: terminals take U+001B and U+009B as the start of a command.
    "[\x00-\x1f\x7f-\x9f"
    # Marks and overrides of the writing direction: what is read is not what is written.
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
    # Shown as nothing, or as the end of a line.
    "\u00ad\u180e\u200b\u2028\u2029\u2060-\u2065\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
    # Lone surrogates, which no encoding can write.
    "\ud800-\udfff]"
)
"""Characters that a terminal obeys, hides or cannot show.

U+200C and U+200D are not among them: scripts and emoji need them.
"""

_COMMAND: Final = lazy_pattern(r"(?m:^)(?:[^\S\n]|\x1b\[[0-9;]*m)*:(?=:)|#(?=#[a-z]*\[)")
_RESERVED: Final = lazy_pattern(rb"[^A-Za-z0-9._~/-]")


def visible(text: str) -> str:
    """The text on one line, hidden characters written as escapes."""
    return text if text.isascii() and text.isprintable() else HIDDEN.sub(spelled, text)


def inert(text: str) -> str:
    r"""Lines without what runners of pipelines obey: `::error::` at their begin, `##[error]` anywhere.

    These are commands to GitHub (actions/runner, `ActionCommand.cs`), the latter with a word in it also to
    Azure Pipelines and TeamCity. Their first character is written as its escape: `\x3a:error::`.
    """
    return _COMMAND.sub(_escaped, text) if "::" in text or "##" in text else text


def _escaped(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}\\x{ord(match[0][-1]):02x}"


def spelled(match: re.Match[str]) -> str:
    r"""The characters of a match as their escapes: `\n`, `\x1b`, `\u202e`."""
    return match[0].encode("unicode_escape").decode("ascii")


def relative_uri(path: str) -> str:
    """A path relative to the root as a relative URI reference, percent-encoded from its bytes."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = path.encode("utf-8", "surrogatepass")
    return _RESERVED.sub(lambda match: b"%%%02X" % ord(match[0]), data).decode("ascii")
