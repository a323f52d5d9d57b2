"""Regular expressions that are compiled when they are first used.

Compiling one takes 0.1 ms and more, and a scan of one file uses few of those that its modules name: compiled
at import, they took 17 of the 100 ms that scanning one manifest may take.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr


def lazy_pattern(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, but compiled at the first use of one of its methods."""
    return _LazyPattern(expression, flags)  # type: ignore[return-value]  # it has all that a pattern has


class _LazyPattern:
    """Stands in for a pattern: after the first use, its methods are the pattern's own."""

    def __init__(self, expression: str | bytes, flags: int) -> None:
        self._expression = expression
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Compile. An attribute that was found before does not come here again."""
        if name.startswith("__"):  # copying and pickling look for these
            raise AttributeError(name)
        compiled = re.compile(self._expression, self._flags)
        for method in ("match", "search", "fullmatch", "sub", "split", "findall", "finditer"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
