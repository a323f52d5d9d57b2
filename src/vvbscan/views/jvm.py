"""The Java virtual machine of a container: what shows that one runs, and the options that decide its memory.

Options come from variables and from the command line; of the same option the later counts. The JVM reads
`JAVA_TOOL_OPTIONS`, the command line and `_JAVA_OPTIONS` in this order (`Arguments::parse` of openjdk/jdk,
jdk-21); the launcher puts `JDK_JAVA_OPTIONS` in front of the command line (the `java` command, JDK 9 and
later). `JAVA_OPTS` and its like are read by start scripts alone, so not where the command is `java` itself.

The start script of Red Hat's OpenJDK images (`run-java.sh`, rh-openjdk/redhat-openjdk-containers) gives a
share of the memory unless `JAVA_OPTS` is set, which takes the place of all it would add. Paketo buildpacks
compute `-Xmx` at the start (Paketo documentation, How to Build Java Apps).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, MapValue, Node, Unknown

_SCRIPT_VARIABLES: Final = (
    "JAVA_OPTS",
    "JAVA_OPTS_APPEND",
    "JAVA_OPTIONS",
    "JVM_OPTS",
    "CATALINA_OPTS",
    "ES_JAVA_OPTS",
    "LS_JAVA_OPTS",
    "KAFKA_HEAP_OPTS",
)
_OPTION_VARIABLES: Final = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", *_SCRIPT_VARIABLES, "_JAVA_OPTIONS")
_RUN_JAVA_RATIO: Final = "JAVA_MAX_MEM_RATIO"
_SHOWING: Final = lazy_pattern(
    r"JAVA_(?:APP_JAR|MAIN_CLASS|APP_DIR|MAX_MEM_RATIO)|(?:QUARKUS|SPRING|BPL_JVM)_.+"
)
"""Variables other than those of options that only a JVM's start script or framework reads."""

_JVM_IMAGE: Final = lazy_pattern(
    r"(?:^|[/:_.-])(?:openjdk|temurin|corretto|semeru|zulu|liberica|sapmachine|jdk|jre|jvm|java"
    r"|tomcat|jetty|wildfly|keycloak|quarkus|spring|springboot)[0-9]*(?:$|[:_.-])"
)
_NATIVE_IMAGE: Final = lazy_pattern(r"(?:^|[/:_.-])native(?:$|[:_.-])")
_RUN_JAVA_IMAGE: Final = lazy_pattern(r"(?:^|/)(?:ubi[0-9]+/openjdk-[0-9]+|redhat-openjdk-18/|fabric8/java-)")
_OPTION: Final = lazy_pattern(
    r"(?P<max_heap>-(?:Xmx|XX:MaxHeapSize=)[0-9]+[kKmMgGtT]?)"
    r"|(?P<initial_heap>-(?:Xms|XX:InitialHeapSize=)[0-9]+[kKmMgGtT]?)"
    r"|(?P<max_ram_percentage>-XX:MaxRAMPercentage=[0-9.]+)"
    r"|(?P<min_ram_percentage>-XX:MinRAMPercentage=[0-9.]+)"
    r"|(?P<max_metaspace>-XX:MaxMetaspaceSize=[0-9]+[kKmMgGtT]?)"
    r"|(?P<code_cache>-XX:ReservedCodeCacheSize=[0-9]+[kKmMgGtT]?)"
    r"|(?P<direct_memory>-XX:MaxDirectMemorySize=[0-9]+[kKmMgGtT]?)"
    r"|(?P<stack>-Xss[0-9]+[kKmMgGtT]?)"
)
WITH_ARGUMENT: Final = frozenset(
    {"-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules", "--add-opens"}
)
"""Options of `java` whose argument is the next word."""
PROGRAM: Final = frozenset({"-jar", "-m", "--module"})
"""Options of `java` that name the program, by the next word."""
SHELLS: Final = frozenset({"sh", "bash", "ash", "dash"})
JAVA_IN_SCRIPT: Final = lazy_pattern(r"(?:^|[\s;&|/])(java)(?=\s)")
_WORD: Final = lazy_pattern(r"\S+")
_OPTION_SIGN: Final = lazy_pattern(r"\S*-X\S*")


def jvm_of(
    image: Node | None,
    command: Sequence[Node],
    names: Mapping[str, Node],
    variables: Mapping[str, Node],
    rest: Unknown | None,
) -> Node | None:
    """The JVM that a container runs, as far as the container itself tells; None if nothing shows one.

    `command` is what is run, entry point and arguments together, as far as the container says it. `names` and
    `variables` are its environment variables, `rest` says that there may be more.

    The node stands at what shows the JVM: the `java` of the command, the name of a variable, the image. It is
    a mapping with an option in each member, spelled as it is written and with its characters: `max_heap`
    (`-Xmx2g`), `initial_heap`, `max_ram_percentage`, `min_ram_percentage`, `max_metaspace`, `code_cache`,
    `direct_memory`, `stack`; and with `heap_by_image` if the image is known to size the heap by itself. It
    is open where further options may come from the image, from a secret or from outside.
    """
    launcher = _launcher(command)
    script = _script(command)
    evidence = launcher or script or _evidence(image, names)
    if evidence is None:
        return None
    reader = _Reader()
    for name in _OPTION_VARIABLES:
        if name == "_JAVA_OPTIONS" and launcher is not None:
            reader.read_command(command, launcher)
        elif name == "_JAVA_OPTIONS" and script is not None:
            reader.read(command[2])
        value = variables.get(name)
        if value is not None and not (launcher is not None and name in _SCRIPT_VARIABLES):
            reader.read(value)
    entries = reader.options
    by_image = _heap_by_image(image, names, variables)
    if by_image is not None and launcher is None:
        entries.setdefault("heap_by_image", by_image)
    further = reader.doubt or rest
    if further is None and launcher is None and "JAVA_OPTS" not in variables:
        further = Unknown("variable", "its image may set JVM options that are not known here")
    members = MapValue(entries, dict(entries), further)
    return Node(members, evidence.source, evidence.start, evidence.end, COMPUTED, evidence.via)


def _launcher(command: Sequence[Node]) -> Node | None:
    """The `java` that a command in exec form starts."""
    first = command[0].text() if command else None
    return command[0] if first is not None and posixpath.basename(first) == "java" else None


def shell_script(command: Sequence[Node]) -> Node | None:
    """The script that a shell is given to run (`sh -c`)."""
    if len(command) < 3 or command[1].text() not in {"-c", "-ec"}:
        return None
    shell = command[0].text()
    return command[2] if shell is not None and posixpath.basename(shell) in SHELLS else None


def _script(command: Sequence[Node]) -> Node | None:
    """The `java` in the script that a shell is given to run."""
    script = shell_script(command)
    text = None if script is None else script.text()
    if script is None or text is None:
        return None
    match = JAVA_IN_SCRIPT.search(text)
    return None if match is None else script.part(match.start(1), match.end(1))


def _evidence(image: Node | None, names: Mapping[str, Node]) -> Node | None:
    """What shows that a JVM runs: a variable that only one reads, the name of the image."""
    words = _image_words(image)
    if _NATIVE_IMAGE.search(words):
        return None
    for name in _OPTION_VARIABLES:
        if name in names:
            return names[name]
    for name, node in names.items():
        if _SHOWING.fullmatch(name):
            return node
    return image if image is not None and _JVM_IMAGE.search(words) else None


def _image_words(image: Node | None) -> str:
    """The last part of an image's name and its tag: `eclipse-temurin:21-jre`."""
    name = _image_text(image).partition("@")[0]
    return name.rpartition("/")[2].lower()


def _image_text(image: Node | None) -> str:
    value = None if image is None else image.value
    if isinstance(value, Unknown):
        return "".join(part or "*" for part in value.parts)
    return value if isinstance(value, str) else ""


def _heap_by_image(
    image: Node | None, names: Mapping[str, Node], variables: Mapping[str, Node]
) -> Node | None:
    """What shows that the image's start script or launcher sizes the heap by the memory limit."""
    if "JAVA_OPTS" not in variables:
        ratio = variables.get(_RUN_JAVA_RATIO)
        if ratio is not None:
            return None if ratio.value in {"0", 0} else ratio
        if "JAVA_OPTS_APPEND" in names:
            return names["JAVA_OPTS_APPEND"]
        if _RUN_JAVA_IMAGE.search(_image_text(image)):
            return image
    return next((node for name, node in names.items() if name.startswith("BPL_JVM_")), None)


class _Reader:
    """Collects options in the order in which they take effect."""

    def __init__(self) -> None:
        self.options: dict[str, Node] = {}
        self.doubt: Unknown | None = None

    def read(self, node: Node) -> None:
        """The options of a text, one word each."""
        value = node.value
        if isinstance(value, str):
            for match in _WORD.finditer(value):
                self._option(match[0], node, match.start())
        elif isinstance(value, Unknown):
            self._read_partial(value, node)

    def read_command(self, command: Sequence[Node], launcher: Node) -> None:
        """The options in front of the program that `java` starts."""
        words = iter(command)
        next(words)
        for node in _options_of(words):
            text = node.text()
            if text is not None:
                self._option(text, node, 0)
            elif isinstance(node.value, Unknown):
                self._read_partial(node.value, launcher)

    def _read_partial(self, unknown: Unknown, node: Node) -> None:
        """The options in what is known of a text; a word beside an unknown stretch may go on there."""
        self.doubt = self.doubt or unknown._replace(parts=())
        parts = unknown.parts
        for index, part in enumerate(parts):
            for match in _WORD.finditer(part or ""):
                begins = match.start() > 0 or index == 0
                ends = match.end() < len(part or "") or index == len(parts) - 1
                if begins and ends:
                    self._keep(match[0], node.replace_value(match[0]))

    def _option(self, word: str, node: Node, start: int) -> None:
        if _OPTION_SIGN.match(word):
            quote = 1 if word[0] in "\"'" else 0
            bare = word.strip("\"'")
            self._keep(bare, node.part(start + quote, start + quote + len(bare)))

    def _keep(self, word: str, node: Node) -> None:
        option = _OPTION.fullmatch(word)
        if option is not None and option.lastgroup is not None:
            self.options[option.lastgroup] = node


def _options_of(words: Iterable[Node]) -> Iterator[Node]:
    """The words up to what names the program."""
    iterator = iter(words)
    for node in iterator:
        text = node.text()
        if text is None:
            yield node
        elif text in PROGRAM or not text.startswith("-"):
            return
        elif text in WITH_ARGUMENT:
            next(iterator, None)
        else:
            yield node
