"""What the command that starts an application sets: `-Dname=value` of Java, `--name=value` of Spring Boot.

Java takes what stands in front of the program that it starts (`-jar app.jar`, the name of a class) for itself
and hands over what follows (the `java` command, JDK 21). Where it is not known what reads the words, as with
a script or a native executable, `-D` is taken for what it usually is: a system property.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.facts import StartOption
from vvbscan.model.node import Node
from vvbscan.record import NamedTuple
from vvbscan.views.jvm import JAVA_IN_SCRIPT, PROGRAM, SHELLS, WITH_ARGUMENT, shell_script
from vvbscan.views.located import located

_WORD: Final = lazy_pattern(r"""(?:[^\s"';&|<>]|"[^"]*"|'[^']*')+|[;&|<>]""")
_OPTION: Final = lazy_pattern(r"(-D|--)([A-Za-z][\w.\[\]-]*)=([\"']?)(.*?)\3", 16)  # re.DOTALL
_OF_JAVA: Final = ("-", "$", '"$', "@")
"""What words for Java itself begin with; a variable in front of the program holds such words."""
_MOST_OPTIONS: Final = 200
"""Options of one command that are looked at."""


class Start(NamedTuple):
    """What the words of a command set."""

    options: tuple[StartOption, ...] = ()
    program: bool = False
    """Whether they name the program that Java starts, to which further words would go."""


def start_of(words: Sequence[Node]) -> Start:
    """What a command sets, its words one node each; the script of `sh -c` is read as far as its `java`."""
    script = shell_script(words)
    if script is not None:
        return script_start(script)
    name = posixpath.basename(words[0].text() or "") if words else ""
    return Start() if name in SHELLS else _read(words, is_java=name == "java")


def script_start(script: Node) -> Start:
    """What the first `java` of a shell script sets."""
    text = script.text() or ""
    java = JAVA_IN_SCRIPT.search(text)
    return Start() if java is None else _read(_words(script, text, java.start(1)), is_java=True)


def _words(script: Node, text: str, begin: int) -> Iterator[Node]:
    """The words of a simple command of a script."""
    for match in _WORD.finditer(text, begin):
        if match[0] in ";&|<>":
            return
        if match[0] != "\\":
            yield script.part(*match.span())


def _read(words: Iterable[Node], *, is_java: bool) -> Start:
    options: list[StartOption] = []
    program = skipped = False
    for number, word in enumerate(words):
        text = word.text()
        if text is None or skipped or (is_java and number == 0):
            skipped = False
            continue
        if is_java and not program and (text in PROGRAM or not text.startswith(_OF_JAVA)):
            program = True
            skipped = text in PROGRAM
            continue
        skipped = is_java and not program and text in WITH_ARGUMENT
        match = _OPTION.fullmatch(text)
        if match is None or len(options) >= _MOST_OPTIONS:
            continue
        is_argument = match[1] == "--"
        if is_java and is_argument != program:
            continue  # `--name` for Java itself, or `-D` that comes too late
        options.append(StartOption(match[2], located(word.part(*match.span(4)), word), is_argument))
    return Start(tuple(options), program)
