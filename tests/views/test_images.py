"""Image references: which parts are known, and which characters they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.model.node import Node, Source, Unknown
from vvbscan.text import SourceText
from vvbscan.views.images import image_reference, image_subject_fields
from vvbscan.views.records import ImageReference

DIGEST = "sha256:" + "0123456789abcdef" * 4


def written(text: str, begin: int = 0, end: int | None = None, value: object = None) -> Node:
    stop = len(text) if end is None else end
    known = text[begin:stop] if value is None else value
    assert isinstance(known, (str, int, Unknown))
    return Node(known, Source("f", SourceText(text)), begin, stop)


def parse(text: str) -> ImageReference:
    return image_reference(written(text), "container", final=True)


def split(reference: ImageReference) -> tuple[object, object, object, object]:
    return (
        shown(reference.registry),
        shown(reference.repository),
        shown(reference.tag),
        shown(reference.digest),
    )


def shown(node: Node | None) -> object:
    if node is None:
        return None
    value = node.value
    return value.parts if isinstance(value, Unknown) else value


UNSAID: tuple[object, ...] = ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres", (None, "postgres", None, None)),
        ("postgres:16", (None, "postgres", "16", None)),
        ("host:5000", (None, "host", "5000", None)),
        ("host:5000/x", ("host:5000", "x", None, None)),
        ("host:5000/x:1", ("host:5000", "x", "1", None)),
        ("localhost/x", ("localhost", "x", None, None)),
        ("team/x:1", (None, "team/x", "1", None)),
        ("Team/x", ("Team", "x", None, None)),
        ("docker.io/library/x:1", ("docker.io", "library/x", "1", None)),
        ("[::1]:5000/x", ("[::1]:5000", "x", None, None)),
        (f"a.b/c/d:1.2@{DIGEST}", ("a.b", "c/d", "1.2", DIGEST)),
        (f"x@{DIGEST}", (None, "x", None, DIGEST)),
        ("a__b/c.d-e--f", (None, "a__b/c.d-e--f", None, None)),
    ],
)
def test_known_references(text: str, expected: tuple[object, ...]) -> None:
    assert split(parse(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Postgres",
        "x:",
        ":1",
        "x/",
        "/x",
        "a//b",
        "x:-1",
        "x@sha256:12",
        "a b",
        "x:1:2",
        "a" * 256,
        "ab" * 32,
    ],
)
def test_what_no_reference_can_be_is_unknown(text: str) -> None:
    reference = parse(text)
    for part in (reference.registry, reference.repository, reference.tag, reference.digest):
        assert part is not None
        assert isinstance(part.value, Unknown)
        assert part.value.kind == "unparsed"


def test_a_reference_that_is_no_string_is_unknown() -> None:
    reference = image_reference(written("5", value=5), "container", final=True)
    assert split(reference) == ((), (), (), ())


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((None,), (UNSAID, UNSAID, UNSAID, UNSAID)),
        ((), (UNSAID, UNSAID, UNSAID, UNSAID)),
        ((None, ":latest"), (UNSAID, UNSAID, "latest", None)),
        (("repo:", None), (None, "repo", UNSAID, UNSAID)),
        (("repo:1.", None), (None, "repo", ("1.", None), UNSAID)),
        (("repo:", None, "-alpine"), (None, "repo", (None, "-alpine"), None)),
        ((None, "/app"), (UNSAID, (None, "/app"), None, None)),
        ((None, "/app:1"), (UNSAID, (None, "/app"), "1", None)),
        ((None, "-alpine"), (UNSAID, UNSAID, UNSAID, None)),
        (("app", None), (UNSAID, ("app", None), UNSAID, UNSAID)),
        (("ghcr.io/", None, "/app:1"), ("ghcr.io", (None, "/app"), "1", None)),
        ((None, ".example.com/app"), ((None, ".example.com"), "app", None, None)),
        (("team/", None), (None, ("team/", None), UNSAID, UNSAID)),
        (("repo@", None), (None, "repo", None, UNSAID)),
        ((None, f"@{DIGEST}"), (UNSAID, UNSAID, UNSAID, DIGEST)),
        (("host:", None, "/app"), (("host:", None), "app", None, None)),
    ],
)
def test_partly_unknown_references(parts: tuple[str | None, ...], expected: tuple[object, ...]) -> None:
    node = written("image", value=Unknown("variable", "V has no value", parts))
    reference = image_reference(node, "from", final=False)
    assert split(reference) == expected
    for part in (reference.registry, reference.repository, reference.tag, reference.digest):
        if part is not None and isinstance(part.value, Unknown):
            assert (part.value.kind, part.value.reason) == ("variable", "V has no value")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$REPO/app:latest", (UNSAID, (None, "/app"), "latest", None)),
        ("app:${TAG}", (None, "app", UNSAID, UNSAID)),
        ("app:$(TAG)", (None, "app", UNSAID, UNSAID)),
        ("<your-registry>/app:1", (UNSAID, (None, "/app"), "1", None)),
        ("{{ .Values.image }}:1", (UNSAID, UNSAID, "1", None)),
    ],
)
def test_placeholders_are_unknown(text: str, expected: tuple[object, ...]) -> None:
    reference = parse(text)
    assert split(reference) == expected
    assert reference.image.written == text


def test_spans_are_narrowed_to_the_part() -> None:
    text = f'image: "a.b/c:1.2@{DIGEST}"'
    node = written(text, 7, len(text), f"a.b/c:1.2@{DIGEST}")
    reference = image_reference(node, "container", final=True)
    parts = [reference.registry, reference.repository, reference.tag, reference.digest]
    assert [part.written for part in parts if part] == ["a.b", "c", "1.2", DIGEST]


@pytest.mark.parametrize(
    ("text", "parts", "tag"),
    [
        ("${REPO}:latest", (None, ":latest"), "latest"),
        ('"${REPO}:latest"', (None, ":latest"), "latest"),
        ("repo:${TAG}", ("repo:", None), "${TAG}"),
        ("repo:${TAG}-jre", ("repo:", None, "-jre"), "${TAG}-jre"),
        ("${A}${B:-:latest}", (None, ":latest"), "${A}${B:-:latest}"),
    ],
)
def test_spans_of_partly_unknown_references(text: str, parts: tuple[str | None, ...], tag: str) -> None:
    node = written(text, value=Unknown("variable", "V has no value", parts))
    found = image_reference(node, "from", final=True).tag
    assert found is not None
    assert found.written == tag


def test_spans_of_placeholders() -> None:
    reference = parse("$REPO/app:${TAG}-1")
    assert reference.repository is not None
    assert reference.tag is not None
    assert reference.repository.written == "$REPO/app"
    assert reference.tag.written == "${TAG}-1"


def test_a_caller_can_say_where_characters_were_written() -> None:
    elsewhere = written("latest")
    node = written("app:${TAG}", value="app:latest")
    reference = image_reference(
        node, "from", final=True, part=lambda begin, stop: elsewhere if (begin, stop) == (4, 10) else node
    )
    assert reference.tag is not None
    assert reference.repository is not None
    assert (reference.tag.written, reference.repository.value) == ("latest", "app")


def test_the_subject_has_the_fields_that_are_there() -> None:
    root = image_subject_fields(parse("a.b/c:1"))
    members = {name: node.value for name, _, node in root.members()}
    assert members == {
        "image": "a.b/c:1",
        "registry": "a.b",
        "repository": "c",
        "tag": "1",
        "role": "container",
        "final": True,
    }


@given(st.text(alphabet="aB0.:/@-_[]${}<> \n\0", max_size=30))
def test_any_text_is_split_within_its_characters(text: str) -> None:
    reference = parse(text)
    for part in (reference.registry, reference.repository, reference.tag, reference.digest):
        if part is not None:
            assert 0 <= part.start <= part.end <= len(text)
            if isinstance(part.value, str):
                assert part.written == part.value


@given(st.lists(st.one_of(st.none(), st.text(alphabet="ab.:/@-", min_size=1, max_size=5)), max_size=5))
def test_any_partial_text_is_split_within_its_characters(parts: list[str | None]) -> None:
    text = "".join("${V}" if part is None else part for part in parts)
    node = written(text, value=Unknown("variable", "V has no value", tuple(parts)))
    reference = image_reference(node, "from", final=True)
    for part in (reference.registry, reference.repository, reference.tag, reference.digest):
        if part is not None:
            assert 0 <= part.start <= part.end <= len(text)
