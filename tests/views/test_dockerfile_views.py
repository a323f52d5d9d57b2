"""The views of Dockerfiles: files, stages, instructions, images and variables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.dockerfile_support import UNIT, load, shown, subjects, way
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.facts import ImageBuildFact
from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Options, Unreadable
from vvbscan.views.dockerfile.kind import KIND
from vvbscan.views.dockerfile.model import Stage
from vvbscan.views.records import ImageReference, Variable

BUILD_AND_RUN = """\
FROM maven:3.9 AS build
COPY . .
RUN mvn package
FROM example/jre:21 AS base
ENV A=1
USER app:staff
EXPOSE 8080
ENTRYPOINT ["java"]
FROM base
RUN a
COPY --from=build x y
FROM other AS unused
FROM base AS run
COPY --from=build x y
"""


def stage(text: str, address: str = "stage[0]") -> dict[str, object]:
    return {name: shown(node) for name, _, node in subjects(text, "stage")[address].root.members()}


def field(subject: Subject, name: str) -> Node:
    node = subject.root.get(name)
    assert node is not None
    return node


# The file


def test_the_file() -> None:
    loaded = load("# syntax=docker/dockerfile:1\nFROM a AS x\nFROM b\n")
    file = subjects(loaded, "dockerfile")["dockerfile"]
    assert {name: shown(node) for name, _, node in file.root.members()} == {
        "stages": 2,
        "has_dockerignore": False,
        "syntax": "docker/dockerfile:1",
    }
    assert file.anchor.written == "FROM"
    assert [record.path for record in loaded.files] == ["app/Dockerfile"]


@pytest.mark.parametrize("text", ["", "# note\n", "ARG A\n", "RUN a\n", "FROM\n", "\\"])
def test_a_file_without_stages_gives_only_itself(text: str) -> None:
    loaded = load(text)
    assert shown(field(subjects(loaded, "dockerfile")["dockerfile"], "stages")) == 0
    for view in ("stage", "instruction", "image_reference", "run_command"):
        assert subjects(loaded, view) == {}
    assert KIND.facts(UNIT, loaded) == ()


def test_an_unreadable_file_is_the_engines_business() -> None:
    with pytest.raises(Unreadable):
        KIND.load(UNIT, MemoryTree({}), Options())


@pytest.mark.parametrize(
    ("others", "expected", "patterns"),
    [
        ({"app/.dockerignore": "# note\n\n  target \n!target/x\n"}, True, ["target", "!target/x"]),
        ({"app/.dockerignore": "a\n", "app/Dockerfile.dockerignore": "b\n"}, True, ["b"]),
        ({"app/.dockerignore": ""}, False, []),
        ({".dockerignore": "a\n"}, ("?ambiguous",), None),
        ({"other/.dockerignore": "a\n"}, False, None),
    ],
)
def test_which_ignore_file_applies(others: dict[str, str], expected: object, patterns: object) -> None:
    file = subjects(load("FROM a\n", others), "dockerfile")["dockerfile"]
    assert shown(field(file, "has_dockerignore")) == expected
    assert shown(file.root.get("dockerignore")) == patterns


def test_an_ignore_file_that_cannot_be_read_is_a_notice() -> None:
    tree = MemoryTree({"app/Dockerfile": "FROM a\n", "app/.dockerignore": b"\0\0"})
    loaded = KIND.load(UNIT, tree, Options())
    assert [(notice.level, notice.path) for notice in loaded.notices] == [("error", "app/.dockerignore")]
    file = subjects(loaded, "dockerfile")["dockerfile"]
    assert shown(field(file, "has_dockerignore")) == ("?ambiguous",)


# Stages


def test_stages_know_what_they_build_on_and_who_uses_them() -> None:
    found = subjects(BUILD_AND_RUN, "stage")
    assert list(found) == ["stage[build]", "stage[base]", "stage[2]", "stage[unused]", "stage[run]"]
    facts = {
        address: [
            shown(field(subject, name)) for name in ("index", "last", "final", "used", "external", "layers")
        ]
        for address, subject in found.items()
    }
    assert facts == {
        "stage[build]": [0, False, False, True, True, 2],
        "stage[base]": [1, False, True, True, True, 0],
        "stage[2]": [2, False, False, False, False, 2],
        "stage[unused]": [3, False, False, False, True, 0],
        "stage[run]": [4, True, True, True, False, 1],
    }
    assert shown(field(found["stage[run]"], "base")) == {"stage": "base"}
    assert [subject.anchor.written for subject in found.values()] == [
        "build",
        "base",
        "base",
        "unused",
        "run",
    ]
    assert all(isinstance(subject.record, Stage) for subject in found.values())


def test_a_stage_takes_over_what_its_base_in_the_file_sets() -> None:
    run = stage(BUILD_AND_RUN, "stage[run]")
    assert (run["user"], run["group"], run["root"]) == ("app", "staff", False)
    assert run["entrypoint"] == ["java"]
    assert run["exposed"] == ["8080", "..."]
    assert run["environment"] == {"A": "1", "...": True}
    assert run["workdir"] == ("?default",)


def test_nothing_is_unknown_on_scratch() -> None:
    assert stage("FROM scratch\nENV A=1\n") == {
        "index": 0,
        "last": True,
        "final": True,
        "used": True,
        "base": {"image": "scratch"},
        "external": False,
        "user": "root",
        "root": True,
        "layers": 0,
        "exposed": [],
        "environment": {"A": "1"},
    }


@pytest.mark.parametrize(
    ("text", "user", "root"),
    [
        ("FROM example/x:1\nUSER 1001\n", "1001", False),
        ("FROM example/x:1\nUSER 0:0\n", "0", True),
        ("FROM example/x:1\nUSER app\nUSER root\n", "root", True),
        ("FROM example/x:1\n", ("?default",), ("?default",)),
        ("ARG B\nFROM $B\n", ("?default",), ("?default",)),
        ("FROM example/x:1\nARG U\nUSER $U\n", ("?variable",), ("?variable",)),
        ("FROM example/x:1\nARG U\nUSER $U:app\n", ("?variable",), ("?variable",)),
        ("FROM eclipse-temurin:21-jre\n", "root", True),
        ("FROM docker.io/library/python:3.12\n", "root", True),
        ("FROM arm64v8/debian:trixie-slim\n", "root", True),
        ("FROM team/debian:trixie-slim\n", ("?default",), ("?default",)),
        ("FROM golang:1.25-nanoserver\n", ("?default",), ("?default",)),
        ("ARG T\nFROM python:$T\n", ("?default",), ("?default",)),
        ("FROM example.com/python:3.12\n", ("?default",), ("?default",)),
        ("FROM gcr.io/distroless/java21-debian12\n", "root", True),
        ("FROM mcr.microsoft.com/dotnet/aspnet:10.0\n", "root", True),
        ("FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled\n", "app", False),
        ("FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-azurelinux3.0-distroless-extra\n", "app", False),
        ("FROM mcr.microsoft.com/dotnet/sdk:10.0-nanoserver-ltsc2025\n", ("?default",), ("?default",)),
        ("FROM public.ecr.aws/docker/library/alpine:3.23\n", "root", True),
        ("FROM public.ecr.aws/vvb/alpine:3.23\n", ("?default",), ("?default",)),
        ("FROM gcr.io/distroless/java21-debian12:debug-nonroot\n", "65532", False),
        ("FROM registry.access.redhat.com/ubi9/openjdk-21-runtime:1.21\n", "185", False),
        ("FROM registry.access.redhat.com/ubi9/ubi-minimal:9.6\n", "root", True),
        ("FROM registry.access.redhat.com/ubi9/nodejs-22:1\n", ("?default",), ("?default",)),
    ],
)
def test_who_an_image_runs_as(text: str, user: object, root: object) -> None:
    found = stage(text)
    assert (found["user"], found["root"]) == (user, root)


def test_the_user_is_where_it_is_written() -> None:
    text = "FROM x/y:1\nARG U=root\nUSER ${U}:staff\n"
    user = field(subjects(text, "stage")["stage[0]"], "user")
    assert (user.value, user.start) == ("root", text.index("root"))
    assert way(user) == [("used in this USER", "${U}:staff")]


def test_commands_keep_their_form() -> None:
    found = stage('FROM x/y:1\nENTRYPOINT ["a", "b"]\nCMD c $D\nHEALTHCHECK --interval=5s CMD e\nWORKDIR f\n')
    assert (found["entrypoint"], found["cmd"]) == (["a", "b"], "c $D")
    assert (found["healthcheck"], found["workdir"]) == ("e", "f")
    assert stage("FROM x/y:1\nHEALTHCHECK none\n")["healthcheck"] == "NONE"
    assert stage('FROM x/y:1\nHEALTHCHECK CMD ["a"]\n')["healthcheck"] == ["a"]


def test_an_entrypoint_resets_the_command_of_the_base() -> None:
    base = 'FROM x/y:1 AS a\nCMD ["b"]\nFROM a\n'
    assert stage(base, "stage[1]")["cmd"] == ["b"]
    assert "cmd" not in stage(f"{base}ENTRYPOINT c\n", "stage[1]")
    assert stage(f'{base}CMD ["d"]\nENTRYPOINT c\n', "stage[1]")["cmd"] == ["d"]


def test_a_variable_that_chooses_between_stages() -> None:
    text = "FROM a/b:1 AS base-amd64\nUSER x\nFROM a/b:1 AS base-arm64\nFROM c/d:1 AS other\n"
    text += "FROM base-${TARGETARCH}\n"
    found = subjects(text, "stage")
    assert shown(field(found["stage[3]"], "base")) == {"stage": ("?variable", "base-", None)}
    assert shown(field(found["stage[3]"], "user")) == ("?ambiguous",)
    assert [shown(field(subject, "final")) for subject in found.values()] == [True, True, False, True]
    assert list(subjects(text, "image_reference")) == [
        "stage[base-amd64]:FROM",
        "stage[base-arm64]:FROM",
        "stage[other]:FROM",
    ]


def test_stages_of_one_name_have_addresses_of_their_own() -> None:
    assert list(subjects("FROM a AS x\nFROM b AS x\nFROM x\n", "stage")) == [
        "stage[x]",
        "stage[x:1]",
        "stage[2]",
    ]


def test_onbuild_is_carried_out_by_the_stage_above() -> None:
    text = "FROM scratch AS a\nONBUILD USER b\nONBUILD RUN c\nFROM a\n"
    assert stage(text, "stage[a]")["user"] == "root"
    found = stage(text, "stage[1]")
    assert (found["user"], found["layers"]) == ("b", 1)


# Instructions


def test_instructions() -> None:
    text = (
        'FROM a/b:1 AS x\nUSER c\nCOPY --chown=1 --link d e /f\nCMD ["g"]\nRUN --mount=type=cache,dst=/h i\n'
    )
    found = subjects(text, "instruction")
    assert list(found) == [
        "stage[x]:FROM",
        "stage[x]:USER[0]",
        "stage[x]:COPY[0]",
        "stage[x]:CMD[0]",
        "stage[x]:RUN[0]",
    ]
    copy = {name: shown(node) for name, _, node in found["stage[x]:COPY[0]"].root.members()}
    assert copy == {
        "keyword": "COPY",
        "arguments": ["d", "e", "/f"],
        "text": "d e /f",
        "flags": {"chown": "1", "link": True},
        "form": "shell",
        "stage": "x",
        "last": True,
        "final": True,
        "used": True,
        "user": "c",
        "root": False,
        "onbuild": False,
        "mounts": [],
        "sources": ["d", "e"],
        "destination": "/f",
        "whole_context": False,
        "has_dockerignore": False,
    }
    assert shown(field(found["stage[x]:CMD[0]"], "form")) == "exec"
    assert shown(field(found["stage[x]:RUN[0]"], "mounts")) == [{"type": "cache", "target": "/h"}]
    assert all(subject.anchor.written == subject.anchor.value for subject in found.values())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("COPY . .", True),
        ("COPY ./ /app", True),
        ("ADD / /app", True),
        ('COPY ["x", ".", "/app"]', True),
        ("COPY * /app", True),
        ("COPY src .", False),
        ("COPY --from=a . .", False),
    ],
)
def test_copying_the_whole_context(line: str, expected: object) -> None:
    found = subjects(f"FROM x/y:1\n{line}\n", "instruction")
    transfer = list(found.values())[1]
    assert shown(field(transfer, "whole_context")) is expected


def test_addresses_count_each_keyword_alone() -> None:
    text = "FROM a\nRUN b\nENV C=d\nRUN e\nONBUILD RUN f\n"
    assert list(subjects(text, "instruction")) == [
        "stage[0]:FROM",
        "stage[0]:RUN[0]",
        "stage[0]:ENV[0]",
        "stage[0]:RUN[1]",
        "stage[0]:ONBUILD:RUN[0]",
    ]


# Images


def test_images_are_no_stages_and_not_scratch() -> None:
    text = """\
FROM a:1 AS x
FROM scratch AS y
FROM x
COPY --from=x b c
COPY --from=0 b c
COPY --from=D:1 b c
COPY --from=example/e:2 b c
RUN --mount=from=example/f:3,target=/f --mount=type=cache,target=/g --mount=from=y,target=/h i
"""
    found = subjects(text, "image_reference")
    assert {address: (shown(field(s, "image")), shown(field(s, "role"))) for address, s in found.items()} == {
        "stage[x]:FROM": ("a:1", "from"),
        "stage[2]:COPY[2]:from": ("D:1", "copy-from"),
        "stage[2]:COPY[3]:from": ("example/e:2", "copy-from"),
        "stage[2]:RUN[0]:mount[0]": ("example/f:3", "mount-from"),
    }
    assert [shown(field(subject, "final")) for subject in found.values()] == [True, False, False, False]
    mount = field(found["stage[2]:RUN[0]:mount[0]"], "tag")
    assert mount.written == "3"
    assert all(isinstance(subject.record, ImageReference) for subject in found.values())


def test_an_image_that_a_variable_names_is_unknown() -> None:
    found = subjects("ARG A\nFROM $A\n", "image_reference")["stage[0]:FROM"]
    assert shown(field(found, "image")) == ("?variable",)
    assert field(found, "image").written == "$A"


def test_stage_names_are_compared_as_buildkit_does() -> None:
    text = "FROM a/b AS Build\nFROM build\nCOPY --from=BUILD x y\n"
    assert list(subjects(text, "image_reference")) == ["stage[build]:FROM"]


# Variables


def test_variables() -> None:
    text = 'ARG A=1 B\nFROM x\nARG A\nENV C="d e" F=$A\nLABEL g=h\nENV C=i\n'
    found = subjects(text, "environment_variable")
    assert {
        address: (shown(field(s, "name")), shown(s.root.get("value")), shown(field(s, "role")))
        for address, s in found.items()
    } == {
        "ARG[A]": ("A", "1", "arg"),
        "ARG[B]": ("B", None, "arg"),
        "stage[0]:ARG[A]": ("A", None, "arg"),
        "stage[0]:ENV[C]": ("C", "d e", "env"),
        "stage[0]:ENV[F]": ("F", "1", "env"),
        "stage[0]:LABEL[g]": ("g", "h", "label"),
        "stage[0]:ENV[C]#2": ("C", "i", "env"),
    }
    value = field(found["stage[0]:ENV[C]"], "value")
    assert value.written == "d e"
    assert all(isinstance(subject.record, Variable) for subject in found.values())


# Facts


def test_the_fact_of_the_image_has_its_variables() -> None:
    loaded = load("FROM a AS x\nENV A=1 B=$U\nFROM x\nARG D=4\nENV A=2\n")
    (fact,) = KIND.facts(UNIT, loaded)
    assert isinstance(fact, ImageBuildFact)
    assert (fact.unit, fact.path, fact.location.line) == (UNIT.id, "app/Dockerfile", 3)
    assert {
        v.name: (v.value.value, bool(v.value.unknown), v.value.location.line) for v in fact.variables
    } == {
        "A": ("2", False, 5),
        "B": (None, True, 2),
    }


# Any file


LINES = st.lists(
    st.sampled_from(
        [
            "FROM a:1 AS x",
            "FROM x",
            "FROM x AS x",
            "FROM ${A}",
            "FROM x$B AS y",
            "ARG A=scratch",
            "ARG A",
            "ENV A=$A$A B=x",
            "USER $A:$B",
            "COPY --from=x . .",
            "COPY --from=9 . .",
            "ADD $A",
            "RUN --mount=from=x,a --mount a | b",
            "RUN <<E\na && b\nE",
            'RUN ["sh", "-c", "a | b"]',
            "ONBUILD ENV A=$B",
            "ONBUILD ONBUILD RUN x",
            "ENTRYPOINT []",
            "CMD",
            'SHELL ["cmd"]',
            "HEALTHCHECK CMD",
            "LABEL $A=$B 'x'=y",
            "EXPOSE $A",
            "BOGUS",
            "RUN a \\",
        ]
    ),
    max_size=15,
)


@given(LINES)
def test_every_view_of_any_file_stays_inside_it(lines: list[str]) -> None:
    text = "\n".join(lines)
    loaded = load(text)
    for view in KIND.views:
        for subject in subjects(loaded, view).values():
            for _, key, node in subject.root.members():
                for place in (key, node, subject.anchor):
                    assert 0 <= place.start <= place.end <= len(text)
    KIND.facts(UNIT, loaded)


@given(LINES, LINES)
def test_addresses_do_not_depend_on_later_stages(lines: list[str], more: list[str]) -> None:
    first = "\n".join(line for line in lines if not line.endswith("\\"))
    alone = list(subjects(first, "instruction"))
    longer = list(subjects("\n".join([first, "FROM last-one AS zz", *more]), "instruction"))
    assert longer[: len(alone)] == alone
