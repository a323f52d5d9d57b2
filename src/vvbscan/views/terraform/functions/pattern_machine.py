"""Matching of regular expressions in linear time, by following all ways through a pattern at once.

Patterns come from the scanned tree, and so do the texts: an engine that tries one way after the other would
take exponential time for some. The work here is at most the length of the text times the size of the pattern.
Which match is found, and what its groups are, is as in RE2 and Perl: the first that a search from left to
right comes to, with the first branch and the longest repetition preferred.

Source: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach", for the method.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from vvbscan.record import NamedTuple
from vvbscan.views.terraform.functions.pattern_syntax import (
    Border,
    Choice,
    Group,
    One,
    Reader,
    Repeat,
    Sequence,
    Tree,
    is_word,
)
from vvbscan.views.terraform.values import Exhausted

_LARGEST: Final = 2000
"""Instructions of the largest pattern."""

_ONE, _BORDER, _SAVE, _SPLIT, _JUMP, _MATCH = range(6)
_Instruction = tuple[int, Any, Any]
Spans = tuple[int, ...]
"""Start and end of the match and of each group, -1 for groups that did not take part."""


class Pattern(NamedTuple):
    """A compiled pattern."""

    program: tuple[_Instruction, ...]
    names: tuple[str, ...]
    """Of each group its name, empty if it has none."""

    def search(self, text: str, start: int, spend: Callable[[int], None]) -> Spans | None:
        """The first match at or after an offset. `spend` is told of the work, and may raise."""
        program, size = self.program, 2 * len(self.names) + 2
        found: Spans | None = None
        current: list[tuple[int, Spans]] = []
        for position in range(start, len(text) + 1):
            seen: set[int] = set()
            ahead: list[tuple[int, Spans]] = []
            for state, spans in current:
                _follow(program, state, spans, text, position, seen, ahead)
            if found is None:
                _follow(program, 0, (-1,) * size, text, position, seen, ahead)
            spend(1 + len(seen) // 8)
            sign = text[position : position + 1]
            current = []
            for state, spans in ahead:
                kind, test, _ = program[state]
                if kind == _MATCH:
                    found = spans
                    break  # what was preferred less is dropped
                if sign and test(sign):
                    current.append((state + 1, spans))
            if found is not None and not current:
                return found
        return found


def _follow(
    program: tuple[_Instruction, ...],
    state: int,
    spans: Spans,
    text: str,
    position: int,
    seen: set[int],
    ahead: list[tuple[int, Spans]],
) -> None:
    """Put the states that are reached without a character behind those that are preferred."""
    pending = [(state, spans)]
    while pending:
        state, spans = pending.pop()
        if state in seen:
            continue
        seen.add(state)
        kind, first, second = program[state]
        if kind == _JUMP:
            pending.append((first, spans))
        elif kind == _SPLIT:
            pending.append((second, spans))
            pending.append((first, spans))
        elif kind == _SAVE:
            pending.append((state + 1, (*spans[:first], position, *spans[first + 1 :])))
        elif kind == _BORDER:
            if _holds(first, text, position):
                pending.append((state + 1, spans))
        else:
            ahead.append((state, spans))


def _holds(kind: str, text: str, position: int) -> bool:
    before, behind = text[position - 1 : position] if position else "", text[position : position + 1]
    if kind == "A":
        return not before
    if kind == "z":
        return not behind
    if kind == "^":
        return before in {"", "\n"}
    if kind == "$":
        return behind in {"", "\n"}
    at_border = (bool(before) and is_word(before)) is not (bool(behind) and is_word(behind))
    return at_border is (kind == "b")


@lru_cache(maxsize=64)
def compiled(text: str) -> Pattern:
    """Compile a pattern. Raises `Refused` if it is not valid, `Exhausted` if it is too large."""
    reader = Reader(text)
    tree = reader.read()
    program: list[_Instruction] = [(_SAVE, 0, None)]
    _emit(tree, program)
    program += [(_SAVE, 1, None), (_MATCH, None, None)]
    return Pattern(tuple(program), tuple(reader.names))


def _emit(tree: Tree, program: list[_Instruction]) -> None:
    if len(program) > _LARGEST:
        raise Exhausted("the pattern is too large")
    if isinstance(tree, One):
        program.append((_ONE, tree.test, None))
    elif isinstance(tree, Border):
        program.append((_BORDER, tree.kind, None))
    elif isinstance(tree, Group):
        program.append((_SAVE, 2 * tree.number, None))
        _emit(tree.inner, program)
        program.append((_SAVE, 2 * tree.number + 1, None))
    elif isinstance(tree, Sequence):
        for item in tree.items:
            _emit(item, program)
    elif isinstance(tree, Choice):
        _emit_choice(tree, program)
    else:
        _emit_repeat(tree, program)


def _emit_choice(tree: Choice, program: list[_Instruction]) -> None:
    jumps = []
    for item in tree.items[:-1]:
        split = len(program)
        program.append((_SPLIT, None, None))
        _emit(item, program)
        jumps.append(len(program))
        program.append((_JUMP, None, None))
        program[split] = (_SPLIT, split + 1, len(program))
    _emit(tree.items[-1], program)
    for jump in jumps:
        program[jump] = (_JUMP, len(program), None)


def _emit_repeat(tree: Repeat, program: list[_Instruction]) -> None:
    splits = []
    for number in range(max(1, tree.least) if tree.most is None else tree.most):
        if number >= tree.least:
            splits.append(len(program))
            program.append((_SPLIT, None, None))
        begin = len(program)
        _emit(tree.inner, program)
    if tree.most is None:
        # What may match nothing is `(x+)?` and not a loop of `x?`, so that its groups take part once.
        ways = begin, len(program) + 1
        program.append((_SPLIT, *(ways if tree.greedy else ways[::-1])))
    for split in splits:
        ways = split + 1, len(program)
        program[split] = (_SPLIT, *(ways if tree.greedy else ways[::-1]))
