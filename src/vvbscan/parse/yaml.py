"""YAML with the exact span of every key, value and comment.

libyaml's events are composed by `yaml_compose`; here is what stands around that: going on after a
syntax error, characters that YAML does not allow, comments, and the words for people.

**Aliases.** `*name` gives the value of the anchored node: the same value object, the span of the *anchored*
text, since that literal is what a person has to change, and an `Origin` at the alias in `via`. The members
below are shared with the anchored node and carry no origin. What comes in through a merge key (`<<`) is an
entry of the mapping like any other, with the same `via`.

**Recovery.** A syntax error costs the document it is in; reading goes on at the next line that begins with
`---`, which ends a document wherever it stands (libyaml's scanner takes it as a marker even within quotes).
"""

from __future__ import annotations

from typing import Final

from yaml.error import MarkedYAMLError
from yaml.reader import ReaderError

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Comment, Parsed, Problem, Source
from vvbscan.parse.masking import Masked
from vvbscan.parse.yaml_compose import Composer, Exhausted, TooDeep
from vvbscan.parse.yaml_syntax import explain

_BREAKS: Final = "\n\r\x85\u2028\u2029"
_DOCUMENT_START: Final = lazy_pattern(rf"---(?<![^{_BREAKS}]---)(?![^ \t{_BREAKS}])")
_COMMENT: Final = lazy_pattern(rf"#[^{_BREAKS}]*")
_NOT_ALLOWED: Final = lazy_pattern("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def parse_yaml(source: Source, limits: Limits, schema: str = "1.1") -> Parsed:
    """Parse a YAML stream. `schema` says what plain scalars mean: `1.1` or `1.2` (see `scalars`)."""
    return parse_replaced(source, source.text.text, limits, schema)


def parse_replaced(source: Source, text: str, limits: Limits, schema: str = "1.1") -> Parsed:
    """Parse a text that stands for the text of a source and has its length.

    Nodes belong to the source, so that places are shown as the file has them. Values are those of the text.
    """
    return _parse(source, text, limits, schema, None)


def parse_masked(source: Source, masked: Masked, limits: Limits, schema: str = "1.1") -> Parsed:
    """Parse the masked text of a source.

    Scalars with masked characters become unknown with known parts, and mappings with such keys become open.
    """
    return _parse(source, masked.text, limits, schema, masked)


def _parse(source: Source, text: str, limits: Limits, schema: str, masked: Masked | None) -> Parsed:
    try:
        return _compose(Composer(source, text, limits, schema, masked), source, text)
    except (ReaderError, UnicodeEncodeError):
        text, problem = _replace_characters(text)
        composer = Composer(source, text, limits, schema, masked)
        composer.report(problem)
        return _compose(composer, source, text)


def _compose(composer: Composer, source: Source, text: str) -> Parsed:
    begin, stop = 0, len(text)
    unread: list[tuple[int, int]] = []
    try:
        while begin < stop:
            # A first syntax error shows that it is worth reading document by document.
            end = stop if begin == 0 else _next_document(text, begin + 1)
            try:
                composer.compose(begin, end)
            except MarkedYAMLError as error:
                problem, stopped = explain(error, text, begin, composer.reached)
                composer.report(problem)
            except UnicodeDecodeError:
                stopped = composer.reached
                message = "a tag behind this place has `%` escapes that are not valid UTF-8"
                composer.report(Problem("error", "yaml-syntax", message, stopped, stopped))
            except TooDeep as error:
                stopped = error.position
            else:
                begin = end
                continue
            begin = _next_document(text, max(stopped, begin + 1))
            unread.append((composer.reached, begin))
    except Exhausted:
        unread.append((composer.reached, stop))
    comments = _comments(text, sorted(composer.hashes + unread)) if composer.hashed else ()
    return Parsed(source, tuple(composer.documents), comments, tuple(composer.problems))


def _next_document(text: str, position: int) -> int:
    """Offset of the next `---` line at or after a position, or the end of the text."""
    match = _DOCUMENT_START.search(text, position)
    return match.start() if match else len(text)


def _replace_characters(text: str) -> tuple[str, Problem]:
    """The text with U+FFFD for each character that YAML does not allow, and the problem to report."""
    first = _NOT_ALLOWED.search(text)
    assert first is not None, "the reader refuses only these characters"
    cleaned, count = _NOT_ALLOWED.subn("\ufffd", text)
    others = f", and {count - 1} more like it" if count > 1 else ""
    return cleaned, Problem(
        "error",
        "yaml-character",
        f"the character U+{ord(first[0]):04X} is not allowed in YAML{others}",
        first.start(),
        first.end(),
        "remove it, or write it as an escape in double quotes",
    )


def _comments(text: str, taken: list[tuple[int, int]]) -> tuple[Comment, ...]:
    """The comments of a text: what begins with `#` outside the spans in `taken`, which are sorted."""
    comments = []
    spans = iter((*taken, (len(text), len(text))))
    start, end = next(spans)
    position = text.find("#")
    while position >= 0:
        while end <= position:
            start, end = next(spans)
        if start <= position:
            position = text.find("#", end)
            continue
        match = _COMMENT.match(text, position)
        assert match is not None, "it begins with the comment sign"
        before = position
        while before and text[before - 1] in " \t":
            before -= 1
        own_line = before == 0 or text[before - 1] in "\n\r"
        comments.append(Comment(position, match.end(), own_line))
        position = text.find("#", match.end())
    return tuple(comments)
