"""Requirements of Cargo (https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html)."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.views.packages.versions import npm

_COMPARATOR: Final = lazy_pattern(
    r"(\^|~|[<>]=?|=)?\s*(?:[*xX](?:\.[*xX]){0,2}|\d+(?:\.(?:\d+|[*xX])){0,2})(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
)


def satisfies(version: str, wanted: str) -> bool | None:
    """Whether a version is in a requirement, None if the requirement is none.

    The words mean the same as those of npm, but a comma joins them, and `1.2` is `^1.2`.
    """
    words = []
    for part in wanted.split(","):
        match = _COMPARATOR.fullmatch(part.strip())
        if match is None:
            return None
        word = match[0].partition("+")[0]
        words.append(f"^{word}" if match[1] is None and not set(word) & set("*xX") else word)
    return npm.satisfies(version, " ".join(words))
