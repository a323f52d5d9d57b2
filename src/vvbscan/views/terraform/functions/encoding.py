"""Encoding functions. What is decoded stands at the place of the call, unless it was encoded in the tree.

Source: Terraform language, "Encoding Functions".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import PLAIN, MapValue, Node, Origin, Parsed, Scalar, SeqValue, Source, Unknown
from vvbscan.text import SourceText
from vvbscan.views.terraform.encoded import EncodedText, EncodedUnknown, remembering
from vvbscan.views.terraform.functions.invocation import Function, Invocation, plain
from vvbscan.views.terraform.functions.json_text import json_text
from vvbscan.views.terraform.scope import Decoded
from vvbscan.views.terraform.values import MOST_DEPTH, Exhausted, derived, first_unknown, normal, wrong_value

_TRUTHS_OF_YAML: Final = {"y": True, "yes": True, "on": True, "n": False, "no": False, "off": False}
"""Plain scalars that `yamldecode` takes for bools beside those of YAML 1.2."""
_LONGEST_TRUTH: Final = 3
_TAGS_OF_YAML: Final = {
    event: frozenset([f"tag:yaml.org,2002:{name}" for name in names.split()])
    for event, names in (
        ("ScalarEvent", "binary bool float int merge null str timestamp"),
        ("SequenceStartEvent", "seq"),
        ("MappingStartEvent", "map"),
    )
}
"""Tags that `yamldecode` reads, by the event of what has them."""
_LONE_SURROGATE: Final = lazy_pattern("[\ud800-\udfff]")
"""Half of a pair, which JSON can write and which is no character; Go replaces it as well."""
Parser = Callable[[Source, Limits], Parsed]
_CHARSETS: Final = frozenset({"utf-8", "utf-16le", "utf-16be", "iso-8859-1", "us-ascii"})
"""Those of IANA's names that are translated; there are hundreds."""


def _base64encode(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _base64decode(text: str) -> str:
    try:
        return _decoded_base64(text).decode()
    except (binascii.Error, UnicodeEncodeError):
        raise wrong_value("this string is not Base64") from None
    except UnicodeDecodeError:
        raise wrong_value("what is encoded here is not UTF-8 text") from None


def _decoded_base64(text: str) -> bytes:
    """Line ends do not count."""
    return base64.b64decode(text.replace("\n", "").replace("\r", "").encode(), validate=True)


def _textencodebase64(text: str, charset: str) -> str:
    try:
        return base64.b64encode(text.encode(_charset(charset))).decode()
    except UnicodeEncodeError:
        raise wrong_value(f"{charset} does not have all of these characters") from None


def _textdecodebase64(text: str, charset: str) -> str:
    try:
        return _decoded_base64(text).decode(_charset(charset))
    except (binascii.Error, UnicodeEncodeError):
        raise wrong_value("this string is not Base64") from None
    except UnicodeDecodeError:
        raise wrong_value(f"what is encoded here is not text in {charset}") from None


def _charset(name: str) -> str:
    lowered = name.lower()
    if lowered not in _CHARSETS:
        raise Exhausted(f"texts in the character set {name[:40]} are not evaluated")
    return lowered


def _urlencode(text: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text, safe="", errors="surrogatepass")


def _urldecode(text: str) -> str:
    from urllib.parse import unquote_plus

    return unquote_plus(text)


def _jsonencode(invocation: Invocation) -> Node:
    node = invocation.arguments[0]
    text = json_text(node, invocation)
    return invocation.outcome(remembering(text, node))


def _yamlencode(invocation: Invocation) -> Node:
    """What it encodes is known, the text itself is not: how it is written out differs between versions."""
    node = invocation.arguments[0]
    unknown = first_unknown(node) or Unknown("expression", "the text of `yamlencode()` is not written out")
    return invocation.outcome(remembering(derived(unknown), node))


def _jsondecode(invocation: Invocation) -> Node:
    from vvbscan.parse.json import parse_json

    return _decoded(invocation, "JSON", parse_json)


def _yamldecode(invocation: Invocation) -> Node:
    from vvbscan.parse.yaml import parse_yaml

    return _decoded(invocation, "YAML", lambda source, limits: parse_yaml(source, limits, "1.2"))


def _decoded(invocation: Invocation, name: str, parse: Parser) -> Node:
    encoded = invocation.arguments[0].value
    if isinstance(encoded, (EncodedText, EncodedUnknown)) and isinstance(encoded.made_of, Node):
        return encoded.made_of
    text = invocation.argument(0, "text")
    if isinstance(text, Unknown):
        return invocation.unknown(text)
    invocation.spend(1 + len(text) // 10)
    written = invocation.arguments[0]
    # `yamldecode(file("groups.yaml"))`: the values stand in that file.
    if written.start or written.end != len(text) or written.source.text.text != text:
        source = Source(invocation.scope.source.path, SourceText(text))
        return _parsed(source, invocation, name, parse, None)
    budget = invocation.scope.budget
    key = name, written.source, written.via
    known = budget.decoded.get(key)
    if known is not None:
        invocation.spend(known.steps)
        return known.root
    left = budget.left
    root = _parsed(written.source, invocation, name, parse, written.via)
    if root.source is written.source:  # and not the null of an empty document, which stands at the call
        budget.decoded[key] = Decoded(root, left - budget.left)
    return root


def _parsed(
    source: Source, invocation: Invocation, name: str, parse: Parser, way: tuple[Origin, ...] | None
) -> Node:
    """What a text is parsed to: with the place of the call, or with the way of the file that it is."""
    parsed = parse(source, DEFAULT_LIMITS)
    broken = next((problem for problem in parsed.problems if problem.level == "error"), None)
    if broken is not None:
        raise wrong_value(f"this is not valid {name}: {broken.message}")
    if not parsed.documents and any(line.startswith("---") for line in source.text.text.splitlines()):
        return invocation.outcome(None)
    if len(parsed.documents) != 1:
        raise wrong_value(f"this is not one document of {name}")
    if name == "YAML":
        _check_yaml(source.text.text, [problem.code for problem in parsed.problems])
    root = parsed.documents[0].root
    if way is None:
        return _placed(root, invocation.outcome(None), None, invocation, MOST_DEPTH)
    return _placed(root, root, way, invocation, MOST_DEPTH)


def _check_yaml(text: str, codes: list[str]) -> None:
    """Refuse what Terraform's reader of YAML does: keys that are no scalars, and tags of other systems."""
    if "complex-key" in codes:
        raise wrong_value("a key of this YAML is a mapping or a sequence")
    if "!" not in text:
        return
    import yaml

    for event in yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in _TAGS_OF_YAML.get(type(event).__name__, ()):
            raise wrong_value(f"Terraform reads no YAML with the tag `{tag[:60]}`")


def _placed(
    node: Node, call: Node, way: tuple[Origin, ...] | None, invocation: Invocation, depth: int
) -> Node:
    """A decoded value with the place of the call, or with its own and a way in the file that was read."""
    value: Scalar | MapValue | SeqValue | Unknown = node.value
    invocation.spend(1)
    if not depth:
        raise Exhausted("a value is nested too deep")
    if type(value) is str:
        value = _text(value)
        if node.style is PLAIN and len(value) <= _LONGEST_TRUTH:
            value = _TRUTHS_OF_YAML.get(value.lower(), value)
    elif type(value) is float:
        value = normal(value)
    elif isinstance(value, SeqValue):
        items = [_placed(item, call, way, invocation, depth - 1) for item in value.items]
        value = SeqValue(tuple(items), value.rest)
    elif isinstance(value, MapValue):
        entries: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        for key, child in value.entries.items():
            name = _text(key)
            entries[name] = _placed(child, call, way, invocation, depth - 1)
            keys[name] = _at(name, call if way is None else value.keys[key], None)
        value = MapValue(entries, keys, value.rest)
    return _at(value, call if way is None else node, way)


def _at(value: Scalar | MapValue | SeqValue | Unknown, place: Node, way: tuple[Origin, ...] | None) -> Node:
    via = place.via if way is None else way
    return Node(value, place.source, place.start, place.end, place.style, via)


def _text(text: str) -> str:
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def _csvdecode(text: str) -> list[dict[str, Scalar]]:
    import csv
    import io

    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise wrong_value(f"this is not valid CSV: {error}") from None
    if not rows:
        raise wrong_value("there is no header")
    header = rows[0]
    if len(set(header)) < len(header):
        raise wrong_value("two columns have one name")
    if any(len(row) != len(header) for row in rows):
        raise wrong_value("a row has more or fewer fields than the header")
    return [dict(zip(header, row, strict=True)) for row in rows[1:]]


FUNCTIONS: Final[Mapping[str, Function]] = {
    "base64decode": plain("text", _base64decode),
    "base64encode": plain("text", _base64encode),
    "csvdecode": plain("text", _csvdecode),
    "jsondecode": Function(1, 1, _jsondecode),
    "jsonencode": Function(1, 1, _jsonencode),
    "textdecodebase64": plain("text text", _textdecodebase64),
    "textencodebase64": plain("text text", _textencodebase64),
    "urldecode": plain("text", _urldecode),
    "urlencode": plain("text", _urlencode),
    "yamldecode": Function(1, 1, _yamldecode),
    "yamlencode": Function(1, 1, _yamlencode),
}
