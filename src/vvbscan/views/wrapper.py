"""Units of the kind `wrapper`: the properties of a wrapper, which fetches Gradle or Maven and runs it.

Their keys: https://docs.gradle.org/current/userguide/gradle_wrapper.html and
https://maven.apache.org/tools/wrapper/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.outcome import FileRecord
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, no_facts
from vvbscan.parse.properties import parse_properties
from vvbscan.record import NamedTuple
from vvbscan.views.packages.subjects import pinned_node
from vvbscan.views.records import computed, fields

FORMAT: Final = "wrapper"
_GRADLE: Final = "gradle-wrapper.properties"
_DISTRIBUTION: Final = lazy_pattern(
    r"/(?:gradle|apache-maven|maven-mvnd|maven-wrapper)-([0-9][^/]*?)(?:-(?:bin|all|src))?\.(?:zip|tar\.gz|jar)$"
)


class Download(NamedTuple):
    """What a wrapper fetches and runs. View `wrapper_download`."""

    what: str
    """`Gradle`, `Maven`, or `Maven Wrapper` itself."""
    url: Node
    pinned: str
    """As in `Dependency`."""
    checksum: Node | None


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read the properties of a wrapper; raises `Unreadable`."""
    path = unit.files[0]
    source, problems = tree.read(path)
    parsed = parse_properties(source, options.limits)
    record = FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged)
    # Only Spring knows documents in these files.
    settings = {name: node for one in parsed.documents for name, _, node in one.root.members()}
    downloads = tuple(_downloads(settings, gradle=posixpath.basename(path) == _GRADLE))
    return Loaded(downloads, (parsed._replace(problems=(*problems, *parsed.problems)),), (record,))


def _downloads(settings: dict[str, Node], *, gradle: bool) -> Iterator[Download]:
    wanted = [("distributionUrl", "distributionSha256Sum", "Gradle" if gradle else "Maven")]
    if not gradle:
        wanted.append(("wrapperUrl", "wrapperSha256Sum", "Maven Wrapper"))
    for name, sum_name, what in wanted:
        url = settings.get(name)
        if url is not None and url.value:
            checksum = settings.get(sum_name)
            there = checksum is not None and checksum.value
            yield Download(what, url, _pinned(url), checksum if there else None)


def _pinned(url: Node) -> str:
    match = _DISTRIBUTION.search(url.value) if isinstance(url.value, str) else None
    if match is None:
        return "unknown"
    return "snapshot" if "SNAPSHOT" in match[1].upper() else "exact"


def _subjects(loaded: Loaded) -> Iterable[Subject]:
    assert isinstance(loaded.model, tuple)
    for one in loaded.model:
        assert isinstance(one, Download)
        url = one.url
        unnamed = url.replace_value(Unknown("expression", f"`{url.value}` names no version"))
        yield Subject(
            "wrapper_download",
            one.what,
            fields(
                url,
                {
                    "what": computed(one.what, url),
                    "url": url,
                    "pinned": unnamed if one.pinned == "unknown" else pinned_node(one.pinned, url, url),
                    "checksum": one.checksum,
                },
            ),
            url,
            "",
            one,
        )


KIND: Final = UnitKind("wrapper", load, {"wrapper_download": _subjects}, no_facts)
