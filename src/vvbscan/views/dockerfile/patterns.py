"""Shell patterns of `${NAME#pattern}`, `${NAME%pattern}` and `${NAME/pattern/text}`.

As in BuildKit, a pattern knows `*`, `?` and the backslash, but no brackets. They are matched by simulating
all positions of the pattern at once, because a regular expression made from them could take forever.
"""

from __future__ import annotations

from typing import Final

_MOST_STEPS: Final = 20_000
"""Steps that one match may take."""
_STAR: Final = "*"
_ANY: Final = "?"


def trimmed(value: str, pattern: str, modifier: str) -> str | None:
    """The value without the part that the pattern matches at its start (`#`) or end (`%`).

    A doubled sign takes the longest part. None if the pattern is none or takes too long.
    """
    items = _items(pattern)
    if items is None or len(value) * (len(items) + 1) > _MOST_STEPS:
        return None
    longest = len(modifier) == 2
    if modifier[0] == "#":
        end = _match_end(value, 0, items, longest=longest)
        return value if end < 0 else value[end:]
    reverse = value[::-1]
    end = _match_end(reverse, 0, items[::-1], longest=longest)
    return value if end < 0 else reverse[end:][::-1]


def replaced(value: str, pattern: str, other: str, *, every: bool) -> str | None:
    """The value with the first or every match of the pattern replaced; None if that is not evaluated."""
    items = _items(pattern)
    if not items or "$" in other:
        return None
    if not value:
        return other if _match_end(value, 0, items, longest=True) == 0 else value
    pieces: list[str] = []
    position = start = steps = 0
    while position < len(value):
        end = _match_end(value, position, items, longest=True)
        steps += (len(value) - position) * len(items)
        if steps > _MOST_STEPS:
            return None
        if end <= position:
            position += 1
            continue
        pieces += (value[start:position], other)
        position = start = end
        if not every:
            break
    return "".join((*pieces, value[start:]))


def _items(pattern: str) -> list[tuple[str, bool]] | None:
    """Each sign of a pattern, and whether it stands for other signs; None if an escape is not allowed."""
    items: list[tuple[str, bool]] = []
    signs = iter(pattern)
    for sign in signs:
        if sign == _STAR and items[-1:] == [(_STAR, True)]:
            continue
        if sign != "\\":
            items.append((sign, sign in (_STAR, _ANY)))
            continue
        escaped = next(signs, "")
        if escaped not in ("*", "?", "\\", "}", "/"):
            return None
        items.append((escaped, False))
    return items


def _match_end(value: str, start: int, items: list[tuple[str, bool]], *, longest: bool) -> int:
    """Where a match that begins at `start` ends, -1 if there is none."""
    final = len(items)
    states = _with_empty_stars({0}, items)
    end = start if final in states else -1
    for position in range(start, len(value)):
        if end >= 0 and not longest:
            break
        sign = value[position]
        following: set[int] = set()
        for state in states:
            if state == final:
                continue
            item, wild = items[state]
            if wild and sign == "\n":
                continue
            if wild and item == _STAR:
                following.add(state)
            elif wild or item == sign:
                following.add(state + 1)
        states = _with_empty_stars(following, items)
        if not states:
            break
        if final in states:
            end = position + 1
    return end


def _with_empty_stars(states: set[int], items: list[tuple[str, bool]]) -> set[int]:
    """The states and those that are reached when a star matches nothing."""
    skipped = {state + 1 for state in states if state < len(items) and items[state] == (_STAR, True)}
    return states | skipped
