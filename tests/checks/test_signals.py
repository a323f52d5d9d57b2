"""Whether a shell lets the last command of a script take its place, compared with the shells themselves."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from vvbscan.checks.signals import _known_shell, _replaced
from vvbscan.model.node import Node, Source
from vvbscan.text import SourceText
from vvbscan.views.images import image_reference
from vvbscan.views.records import ImageReference

TELL = f"{sys.executable} -S -c 'import os; print(os.getpid())'"
"""A command that prints its process id."""
SCRIPTS = (
    TELL,
    f"exec {TELL}",
    f"cd / && {TELL}",
    f"cd /; exec {TELL}",
    f"cd /; {TELL};",
    f"A=1 {TELL}",
    f"true\n{TELL}",
    f"true | true; {TELL}",
    f"{TELL} 2>&1",
    f"{TELL} | cat",
    f"if true; then {TELL}; fi",
    f"({TELL}); true",
    f"{TELL} & wait",
)


def image(name: str) -> ImageReference:
    node = Node(name, Source("Dockerfile", SourceText(name)), 0, len(name))
    return image_reference(node, "from", final=True)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("shell", "command"), [("dash", ["dash"]), ("bash", ["bash"]), ("ash", ["busybox", "ash"])]
)
def test_shells_do_what_is_said_of_them(shell: str, command: list[str], script: str) -> None:
    program = shutil.which(command[0])
    if program is None:
        pytest.skip(f"{command[0]} is not installed")
    with subprocess.Popen(
        [program, *command[1:], "-c", script], stdout=subprocess.PIPE, text=True
    ) as process:
        output, _ = process.communicate(timeout=60)
    replaced = int(output) == process.pid
    said = _replaced(script, shell)
    if shell == "bash" and said is None:
        return  # from 5.1 on it is replaced, before it was not
    if shell == "ash" and said is False:
        return  # it does so in more cases than is relied on
    assert said is replaced


@pytest.mark.parametrize(
    ("name", "shell"),
    [
        ("alpine:3.23", "ash"),
        ("python:3.13-alpine3.23", "ash"),
        ("amazoncorretto:21-alpine3.22-jdk", "ash"),
        ("debian:13-slim", "dash"),
        ("docker.io/library/node:24.11", "dash"),
        ("eclipse-temurin:21-jre", "dash"),
        ("eclipse-temurin:21-jre-ubi9-minimal", "bash"),
        ("maven:3.9-amazoncorretto-21", "bash"),
        ("openjdk:21-slim", "dash"),
        ("openjdk:21", ""),
        ("oraclelinux:9-slim", "bash"),
        ("quay.io/quarkus/ubi9-quarkus-micro-image:2.0", "bash"),
        ("registry.access.redhat.com/ubi9/ubi-minimal:9.7", "bash"),
        ("mcr.microsoft.com/dotnet/aspnet:10.0-azurelinux3.0", ""),
        ("mcr.microsoft.com/dotnet/aspnet:9.0", "dash"),
        ("gcr.io/distroless/java21-debian12", ""),
        ("registry.example.com/base/jre:21.0.9", ""),
    ],
)
def test_the_shell_of_an_image_is_told_by_its_name(name: str, shell: str) -> None:
    assert _known_shell(image(name)) == shell
