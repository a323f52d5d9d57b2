"""Recursion without the interpreter's stack.

A recursive procedure is written as a generator that yields the calls it makes; each `yield` gives what the
call returned. So procedures that follow the structure of the input stay readable, and no input is too deep.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

Result = TypeVar("Result")
Step = Generator[Any, Any, Result]
"""A procedure that yields further procedures and returns a result."""


def run(step: Step[Result]) -> Result:
    """Run a procedure with all that it calls."""
    pending: list[Step[Any]] = [step]
    answer: Any = None
    while True:
        try:
            pending.append(pending[-1].send(answer))
            answer = None
        except StopIteration as done:
            pending.pop()
            answer = done.value
            if not pending:
                return answer  # type: ignore[no-any-return]  # the result of the first procedure
