"""Regular expressions that the scanned tree brings along, matched in linear time.

kustomize compiles the names in patch targets and `images` with Go's RE2. Nearly all of them are plain text.
The others run on the `regex` engine of Rust, which like RE2 does not backtrack and has nearly its syntax.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern

_SPECIAL: Final = lazy_pattern(r"[\\^$*+?()\[\]{}|]")
_LONGEST: Final = 1000
"""Characters of the longest pattern that is compiled."""
_LARGEST: Final = 1_000_000
"""Bytes that a compiled pattern may take."""

Matcher = Callable[[str], bool]


class BadPattern(ValueError):
    """A pattern that cannot be compiled."""


def whole_match(pattern: str, tail: str = "") -> Matcher:
    """A test whether a text matches a pattern as a whole, with a fixed pattern `tail` behind it.

    Raises `BadPattern` if the pattern is not valid or too large.
    """
    if not _SPECIAL.search(pattern):
        # Only dots can be left, each of which stands for one character; `tail` is ours.
        safe = re.compile(pattern + tail)
        return lambda text: safe.fullmatch(text) is not None
    if len(pattern) > _LONGEST:
        raise BadPattern(f"the pattern is longer than {_LONGEST} characters")
    # Here and not above: importing it takes half of the time that scanning one file may take.
    import jsonschema_rs

    options = jsonschema_rs.RegexOptions(size_limit=_LARGEST)
    try:
        # On its own first: what is not a pattern may become one together with the tail.
        jsonschema_rs.validator_for({"pattern": f"^(?:{pattern})$"}, pattern_options=options)
        validator = jsonschema_rs.validator_for(
            {"pattern": f"^(?:{pattern}){tail}$"}, pattern_options=options
        )
    except ValueError as error:
        raise BadPattern(str(error).partition("\n")[0]) from None
    return validator.is_valid
