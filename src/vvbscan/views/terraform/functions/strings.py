"""String functions.

Source: Terraform language, "String Functions".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.views.terraform.functions.graphemes import graphemes
from vvbscan.views.terraform.functions.invocation import Function, Invocation, plain
from vvbscan.views.terraform.templates import Text
from vvbscan.views.terraform.values import Exhausted, Refused, derived, text_of, wrong_value

_SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_SPACE_OF_GO: Final = _SPACE + "\u2028\u2029\u202f\u205f\u3000"
"""What Go's `unicode.IsSpace` holds to be space."""
_MOST_SPACES: Final = 1_000_000


def _by_part(change: Callable[[str], str]) -> Function:
    """A function that changes each character for itself, so that known parts of a string stay known."""

    def apply(invocation: Invocation) -> Node:
        text = invocation.argument(0, "text")
        if not isinstance(text, Unknown):
            return invocation.outcome(invocation.check_length(change(text)))
        parts = [part if part is None else change(part) for part in text.parts]
        return invocation.outcome(derived(text, *parts))

    return Function(1, 1, apply)


def _upper(text: str) -> str:
    """Go changes one character for one: `ß` stays as it is."""
    return _mapped(text, str.upper)


def _lower(text: str) -> str:
    return _mapped(text, str.lower)


def _mapped(text: str, change: Callable[[str], str]) -> str:
    if text.isascii():
        return change(text)
    text = text.replace("\u0130", "i") if change is str.lower else text
    return "".join(changed if len(changed := change(sign)) == 1 else sign for sign in text)


def _chomp(text: str) -> str:
    return text.rstrip("\r\n")


def _indent(spaces: int, text: str) -> str:
    if spaces < 0:
        raise wrong_value("the number of spaces is negative")
    if spaces * max(1, text.count("\n")) > _MOST_SPACES:
        raise Exhausted(f"a text is indented by more than {_MOST_SPACES} spaces in all")
    return text.replace("\n", "\n" + " " * spaces)


def _strrev(text: str) -> str:
    return "".join(reversed(graphemes(text)))


def _substr(text: str, offset: int, length: int) -> str:
    clusters = graphemes(text)
    if offset < 0:
        offset = max(0, len(clusters) + offset)
    end = len(clusters) if length < 0 else offset + length
    return "".join(clusters[offset:end])


def _title(text: str) -> str:
    letters = []
    before = " "
    for sign in text:
        letters.append(_upper(sign) if _separates(before) else sign)
        before = sign
    return "".join(letters)


def _separates(sign: str) -> bool:
    """Go's `strings.Title`: in ASCII all but letters, digits and `_`, beyond it only space."""
    if sign.isascii():
        return not (sign.isalnum() or sign == "_")
    return not sign.isalnum() and sign in _SPACE_OF_GO


def _trim(text: str, signs: str) -> str:
    return text.strip(signs) if signs else text


def _trimprefix(text: str, prefix: str) -> str:
    return text.removeprefix(prefix)


def _trimsuffix(text: str, suffix: str) -> str:
    return text.removesuffix(suffix)


def _trimspace(text: str) -> str:
    return text.strip(_SPACE_OF_GO)


def _replace(invocation: Invocation) -> Node:
    text, old, new = (invocation.argument(index, "text") for index in range(3))
    for value in (text, old, new):
        if isinstance(value, Unknown):
            return invocation.unknown(value)
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        from vvbscan.views.terraform.functions.patterns import replaced

        return invocation.outcome(replaced(invocation, text, old[1:-1], new))
    longest = invocation.scope.budget.string_length
    count = text.count(old)
    if len(text) + count * (len(new) - len(old)) > longest:
        return invocation.outcome(Unknown("limit", f"the string is longer than {longest} characters"))
    return invocation.outcome(text.replace(old, new))


def _split(invocation: Invocation) -> Node:
    separator, text = invocation.argument(0, "text"), invocation.argument(1, "text")
    for value in (separator, text):
        if isinstance(value, Unknown):
            return invocation.unknown(value)
    items = text.split(separator) if separator else list(text)
    invocation.spend(len(items))
    return invocation.node(items)


def _join(invocation: Invocation) -> Node:
    """The items of any number of lists; unknown items, and the end of an open list, leave gaps."""
    separator = invocation.argument(0, "text")
    text = Text(invocation.scope.budget.string_length)
    nodes: list[Node] = []
    first = True
    for index in range(1, len(invocation.arguments)):
        value = invocation.sequence(index)
        if isinstance(value, Unknown):
            # Items behind it that are the first known ones may or may not follow a separator.
            text.add(derived(value))
            continue
        for item in value.items:
            if not first:
                text.add(separator)
            first = False
            try:
                text.add(text_of(item))
            except Refused as refused:
                raise invocation.refused(index, refused) from None
            nodes.append(item)
        if value.rest is not None:
            text.add(derived(value.rest))
        invocation.spend(len(value.items))
    return invocation.outcome(text.value(), nodes)


def _startswith(invocation: Invocation) -> Node:
    return _tested(invocation, _starts)


def _endswith(invocation: Invocation) -> Node:
    return _tested(invocation, _ends)


def _strcontains(invocation: Invocation) -> Node:
    return _tested(invocation, _contains)


def _tested(invocation: Invocation, test: Callable[[tuple[str | None, ...], str], bool | None]) -> Node:
    """A test of a string, which what is known of it may decide."""
    text, wanted = invocation.argument(0, "text"), invocation.argument(1, "text")
    if isinstance(wanted, Unknown):
        return invocation.unknown(wanted)
    parts = text.parts or (None,) if isinstance(text, Unknown) else (text,)
    verdict = test(parts, wanted)
    if verdict is None:
        assert isinstance(text, Unknown)
        return invocation.unknown(text)
    return invocation.outcome(verdict)


def _starts(parts: tuple[str | None, ...], wanted: str) -> bool | None:
    known = parts[0] or ""
    if len(parts) == 1 and parts[0] is not None:
        return known.startswith(wanted)
    if known.startswith(wanted):
        return True
    return None if wanted.startswith(known) else False


def _ends(parts: tuple[str | None, ...], wanted: str) -> bool | None:
    known = parts[-1] or ""
    if len(parts) == 1 and parts[0] is not None:
        return known.endswith(wanted)
    if known.endswith(wanted):
        return True
    return None if wanted.endswith(known) else False


def _contains(parts: tuple[str | None, ...], wanted: str) -> bool | None:
    if any(part is not None and wanted in part for part in parts):
        return True
    return False if None not in parts else None


FUNCTIONS: Final[Mapping[str, Function]] = {
    "chomp": plain("text", _chomp),
    "endswith": Function(2, 2, _endswith),
    "indent": plain("whole text", _indent),
    "join": Function(2, None, _join),
    "lower": _by_part(_lower),
    "replace": Function(3, 3, _replace),
    "split": Function(2, 2, _split),
    "startswith": Function(2, 2, _startswith),
    "strcontains": Function(2, 2, _strcontains),
    "strrev": plain("text", _strrev),
    "substr": plain("text whole whole", _substr),
    "title": plain("text", _title),
    "trim": plain("text text", _trim),
    "trimprefix": plain("text text", _trimprefix),
    "trimspace": plain("text", _trimspace),
    "trimsuffix": plain("text text", _trimsuffix),
    "upper": _by_part(_upper),
}
