"""`vvbscan parse`: the values of a file with their places, as JSON."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from vvbscan.engine.recognise import recognise
from vvbscan.engine.tree import source_of
from vvbscan.model.errors import UsageError
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.location import locate
from vvbscan.model.node import MapValue, Node, Parsed, SeqValue, Source, Unknown
from vvbscan.model.unit import Unreadable

if TYPE_CHECKING:
    from vvbscan.parse.gradle_tree import GradleFile
    from vvbscan.parse.hcl_tree import HclFile
    from vvbscan.parse.xml import XmlFile

    _File = Parsed | HclFile | GradleFile | XmlFile

FORMATS: Final = (
    "yaml",
    "json",
    "dockerfile",
    "properties",
    "toml",
    "dotenv",
    "hcl",
    "hcl-json",
    "requirements",
    "xml",
    "gradle",
    "go-mod",
)


def parse_command(arguments: Namespace) -> int:
    """Run `vvbscan parse`: exit code 2 if part of the file could not be parsed."""
    path = arguments.file
    if os.path.exists(path) and not os.path.isfile(path):
        raise UsageError(f"cannot read {path}: it is not a regular file")  # to open a FIFO would take forever
    try:
        with open(path, "rb") as stream:
            data = stream.read(DEFAULT_LIMITS.file_bytes + 1)
        if len(data) > DEFAULT_LIMITS.file_bytes:
            raise UsageError(f"{path} is over the limit of {DEFAULT_LIMITS.file_bytes:,} bytes")
        source, problems = source_of(path, data)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except Unreadable as error:
        raise UsageError(f"cannot read {path}: {error}") from None
    name = arguments.format or _format_of(path, data)
    parsed: _File = _parser(name)(source)
    parsed = parsed._replace(problems=(*problems, *parsed.problems))
    sys.stdout.write(json.dumps(_shown(parsed, name), indent=2, ensure_ascii=True) + "\n")
    return 2 if any(problem.level == "error" for problem in parsed.problems) else 0


def _format_of(path: str, data: bytes) -> str:
    if path.endswith((".tf.json", ".tofu.json", ".tfvars.json")):
        return "hcl-json"
    ending = os.path.splitext(path)[1].lstrip(".")
    if ending in ("tf", "tofu", "tfvars", "hcl"):
        return "hcl"
    if path.endswith((".gradle", ".gradle.kts")):
        return "gradle"
    endings = {
        "xml": "xml",
        "yaml": "yaml",
        "yml": "yaml",
        "json": "json",
        "properties": "properties",
        "toml": "toml",
    }
    if ending in endings:
        return endings[ending]
    name = os.path.basename(path)
    if name == ".env" or name.startswith(".env.") or ending == "env":
        return "dotenv"
    recognised = recognise(path, lambda: data)
    if recognised == "dockerfile":
        return "dockerfile"
    if recognised == "cargo":
        return "toml"
    if recognised == "golang" and not path.endswith(".sum"):
        return "go-mod"
    if recognised == "pypi":
        return {"txt": "requirements", "in": "requirements"}.get(
            ending, "json" if name == "Pipfile.lock" else "toml"
        )
    raise UsageError(f"the format of {path} is not known", hint=f"name it: --format {'|'.join(FORMATS)}")


def _parser(name: str) -> Callable[[Source], _File]:  # one branch a format
    limits = DEFAULT_LIMITS
    if name == "yaml":
        from vvbscan.parse.yaml import parse_yaml

        return lambda source: parse_yaml(source, limits)
    if name == "json":
        from vvbscan.parse.json import parse_json

        return lambda source: parse_json(source, limits)
    if name == "properties":
        from vvbscan.parse.properties import parse_properties

        return lambda source: parse_properties(source, limits)
    if name == "toml":
        from vvbscan.parse.toml import parse_toml

        return lambda source: parse_toml(source, limits)
    if name == "dotenv":
        from vvbscan.parse.dotenv import parse_dotenv

        return lambda source: parse_dotenv(source, limits)
    if name == "requirements":
        from vvbscan.parse.requirements import parse_requirements

        return lambda source: parse_requirements(source, limits).parsed
    if name == "dockerfile":
        from vvbscan.parse.dockerfile import parse_dockerfile
        from vvbscan.parse.dockerfile_tree import to_parsed

        return lambda source: to_parsed(parse_dockerfile(source, limits))
    if name == "hcl":
        from vvbscan.parse.hcl import parse_hcl

        return lambda source: parse_hcl(source, limits)
    if name == "hcl-json":
        from vvbscan.parse.hcl_json import parse_hcl_json

        return lambda source: parse_hcl_json(source, limits)
    if name == "xml":
        from vvbscan.parse.xml import parse_xml

        return lambda source: parse_xml(source, limits)
    if name == "gradle":
        from vvbscan.parse.gradle import parse_gradle

        return lambda source: parse_gradle(source, limits)
    if name == "go-mod":
        from vvbscan.parse.gomod import parse_gomod

        return lambda source: parse_gomod(source, limits).parsed
    raise UsageError(f"there is no format `{name}`", hint=f"choose from {', '.join(FORMATS)}")


def _values(parsed: _File, name: str) -> dict[str, object]:
    """What was read, without comments and problems."""
    if isinstance(parsed, Parsed):
        return {"documents": [shown_node(document.root) for document in parsed.documents]}
    if name == "xml":
        from vvbscan.cli.parse_xml import shown_element
        from vvbscan.parse.xml import XmlFile

        assert isinstance(parsed, XmlFile)
        return {"root": None if parsed.root is None else shown_element(parsed.root, parsed.source)}
    if name == "gradle":
        from vvbscan.cli.parse_tree import shown_tree
        from vvbscan.parse.gradle_tree import GradleFile

        assert isinstance(parsed, GradleFile)
        return {"block": shown_tree(parsed.block, parsed.source)}
    from vvbscan.cli.parse_hcl import shown_body
    from vvbscan.parse.hcl_tree import HclFile

    assert isinstance(parsed, HclFile)
    return {"body": shown_body(parsed.body, parsed.source)}


def _shown(parsed: _File, name: str) -> dict[str, object]:
    source = parsed.source
    return {
        "schema_version": 1,
        "path": source.path,
        "format": name,
        **_values(parsed, name),
        "comments": [
            {
                **shown_span(source, comment.start, comment.end),
                "text": source.text.text[comment.start : comment.end],
            }
            for comment in parsed.comments
        ],
        "problems": [
            {
                **shown_span(source, problem.start, problem.end),
                "level": problem.level,
                "code": problem.code,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in parsed.problems
        ],
    }


def shown_node(node: Node) -> dict[str, object]:
    """A node as JSON. The parsers bound the depth of nesting and what aliases expand to."""
    shown: dict[str, object] = {**shown_span(node.source, node.start, node.end), "style": node.style}
    value = node.value
    if isinstance(value, MapValue):
        shown["members"] = [
            {"key": name, "key_span": shown_span(key.source, key.start, key.end), "value": shown_node(child)}
            for name, key, child in node.members()
        ]
    elif isinstance(value, SeqValue):
        shown["items"] = [shown_node(item) for item in value.items]
    elif isinstance(value, Unknown):
        shown["unknown"] = {"kind": value.kind, "reason": value.reason, "parts": list(value.parts)}
    else:
        shown["value"] = value
    return shown


def shown_span(source: Source, start: int, end: int) -> dict[str, object]:
    """Offsets, lines and columns of a span."""
    place = locate(source, start, end)
    return {
        "start": {"offset": start, "line": place.line, "column": place.column},
        "end": {"offset": end, "line": place.end_line, "column": place.end_column},
    }
