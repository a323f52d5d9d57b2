"""Checks of what RUN, COPY and ADD do to the safety of an image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.commands import Command
from vvbscan.views.dockerfile.model import Stage, Step
from vvbscan.views.dockerfile.run_commands import RunCommand

_OCTAL: Final = lazy_pattern(r"0?([0-7])?([0-7]{3})")
_SYMBOLIC: Final = lazy_pattern(r"(?:^|,)[ug]*[oa][ugoa]*[+=][rxXst]*w")
_STICKY: Final = lazy_pattern(r"(?:^|,)[a-z]*[+=][rwxXs]*t")
_DOWNLOADS: Final = frozenset({"curl", "wget"})
_INTERPRETERS: Final = lazy_pattern(r"(?:ba|da|z|k|a)?sh|python[0-9.]*|perl|ruby|node|php")
_RAW_FILE: Final = lazy_pattern(
    r"https://(?:raw\.githubusercontent\.com/[^/\s]+/[^/\s]+|[^/\s]+/[^\s]+/-/raw)/([^/\s]+)/"
)
"""A file of a repository on GitHub or GitLab, with the branch, tag or commit of which it is."""
_COMMIT: Final = lazy_pattern(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_VERIFIES: Final = lazy_pattern(r"(?:sha(?:256|384|512)|b2)sum|shasum|gpgv?|cosign|minisign|openssl")
_PYTHON: Final = lazy_pattern(r"python[0-9.]*")
_SAME: Final = {"apt": "apt-get", "microdnf": "dnf", "pip3": "pip", "yarn": "npm", "yum": "dnf"}
_SWITCHES: Final = {
    "apk": lazy_pattern(r"^--allow-untrusted$"),
    "apt-get": lazy_pattern(
        r"(?i)^--(?:allow-unauthenticated|force-yes|allow-insecure-repositories)$"
        r"|^(?:-o=?)?(?:Acquire::https::(?:.*::)?Verify-(?:Peer|Host)[= ](?:false|no|off|0)"
        r"|(?:Acquire::AllowInsecureRepositories|APT::Get::AllowUnauthenticated)[= ](?:true|yes|on|1))$"
    ),
    "aws": lazy_pattern(r"^--no-verify-ssl$"),
    "curl": lazy_pattern(r"^(?:--insecure|-[#0-9afgijklnpqsvGIJLMNORS]*k[A-Za-z]*)$"),
    "dnf": lazy_pattern(r"^(?:--nogpgcheck|--setopt=(?:.*\.)?(?:sslverify|gpgcheck)=(?:0|false|False))$"),
    "git": lazy_pattern(r"^http\.(?:.*\.)?ssl[vV]erify[= ](?:0|false)$"),
    "npm": lazy_pattern(r"^(?:--)?strict-ssl[= ]false$"),
    "pip": lazy_pattern(r"^--trusted-host(?:=|$)"),
    "rpm": lazy_pattern(r"^--(?:nosignature|nodigest)$"),
    "wget": lazy_pattern(r"^--no-check-certificate$"),
}
"""What keeps a program from checking certificates or signatures: one of its words, or two in a row.

In front of the `k` of curl only options without a value may stand together with it."""
_VARIABLES: Final = {
    "GIT_SSL_NO_VERIFY": lazy_pattern(r"(?s:.*)"),
    "NODE_TLS_REJECT_UNAUTHORIZED": lazy_pattern(r"0"),
    "NPM_CONFIG_STRICT_SSL": lazy_pattern(r"(?i:false)"),
    "PIP_TRUSTED_HOST": lazy_pattern(r"(?s:.*\S.*)"),
    "PYTHONHTTPSVERIFY": lazy_pattern(r"0"),
}
"""What value of a variable keeps programs from checking certificates.

git only looks whether its variable is set: `false` and the empty text count too (tried out with 2.39)."""
_ASSIGNED: Final = lazy_pattern(rf"\b({'|'.join(_VARIABLES)})=([^\s;&|]*)")
_INLINE: Final = lazy_pattern(r"-[a-z]*[cemnp]")
"""Options with a script of their own, which reads data from the pipe."""
_PIPE: Final = 10
_NEAR: Final = 200
"""How many commands of a RUN are looked at, so that huge files stay fast."""
_SUBSTITUTED: Final = lazy_pattern(r"(?:\$\(|`|<\()\s*(curl|wget)\b")


def mode_writable_by_all(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A chmod of RUN lets every user write."""
    command = subject.record
    assert isinstance(command, RunCommand)
    if command.program.value != "chmod":
        return
    words = [node for node in command.arguments if not (node.text() or "").startswith("-")]
    if not words:
        return
    mode, files = words[0], words[1:]
    if isinstance(mode.value, Unknown):
        yield undecided(mode.value, mode, "arguments")
    elif not writable_by_all(str(mode.value)):
        return
    elif files and all(isinstance(node.value, Unknown) for node in files) and _removes_something(command):
        reason = f"what chmod {mode.value} changes is worked out by the shell; this RUN may remove it again"
        yield undecided(Unknown("expression", reason), mode, "arguments")
    else:
        yield failed(subject, f"chmod {mode.value} lets every user write what ships", mode, "arguments")


def _removes_something(command: RunCommand) -> bool:
    """Whether a later rm of the same RUN removes what the shell works out, such as a temporary directory."""
    behind = command.run[command.position + 1 : command.position + 1 + _NEAR]
    return any(words[0] == "rm" and None in words for words in behind)


def copied_writable_by_all(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A `--chmod` of COPY or ADD lets every user write."""
    step = subject.record
    assert isinstance(step, Step)
    mode = step.instruction.flag("chmod")
    text = None if mode is None else mode.text()
    if mode is None or text is None:
        return
    if "$" in text:
        unknown = Unknown("variable", f"the mode {text} of {step.instruction.name} is not evaluated")
        yield undecided(unknown, mode, "flags.chmod")
    elif writable_by_all(text):
        message = f"{step.instruction.name} --chmod={text} lets every user write what ships"
        yield failed(subject, message, mode, "flags.chmod")


def writable_by_all(mode: str) -> bool:
    """Whether a mode of chmod lets others write, and not only into a directory with the sticky bit."""
    octal = _OCTAL.fullmatch(mode)
    if octal:
        special, ordinary = octal.groups()
        return bool(int(ordinary[2]) & 2) and not int(special or "0") & 1
    return bool(_SYMBOLIC.search(mode)) and not _STICKY.search(mode)


def script_piped_into_shell(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """What curl or wget fetches is run as it comes."""
    command = subject.record
    assert isinstance(command, (Command, RunCommand))
    program = str(command.program.value)
    if program in _DOWNLOADS:
        names = [node.text() or "" for node in command.piped_to]
        runs = next((name for name in names if _INTERPRETERS.fullmatch(name)), None)
        verified = any(_VERIFIES.fullmatch(name) for name in names)
        if runs and not verified and _reads_script(command, runs):
            message = f"what {program} fetches is run by {runs} without a look at what it is"
            yield from _unless_of_commit(subject, message, command.program, command.arguments)
    elif _INTERPRETERS.fullmatch(program) or program in ("eval", "source", "."):
        node = next(filter(_fetches, command.arguments), None)
        found = _SUBSTITUTED.search(node.written) if node is not None else None
        if node is not None and found:
            message = f"what {found[1]} fetches is run by {program} without a look at what it is"
            yield from _unless_of_commit(subject, message, command.program, (node,))


def _unless_of_commit(
    subject: Subject, message: str, program: Node, words: Iterable[Node]
) -> Iterator[Fail | Unsure]:
    """A finding, but for a file of a full commit, which stays what it was when somebody chose it."""
    found = next((match for word in words if (match := _RAW_FILE.search(word.written))), None)
    revision = "" if found is None else found[1]
    if "$" in revision:
        unknown = Unknown("variable", f"whether {revision} is a commit is not looked into")
        yield undecided(unknown, program, "program")
    elif not _COMMIT.fullmatch(revision):
        yield failed(subject, message, program, "program")


def _reads_script(command: Command | RunCommand, interpreter: str) -> bool:
    """Whether the interpreter behind a pipe takes its script from there: `bash -s -- --yes`, `python3 -`."""
    behind = command.run[command.position + 1 : command.position + 1 + _PIPE]
    words = next((words for words in behind if words[0] == interpreter), ())
    options = [word for word in words[1:] if word is not None and word.startswith("-")]
    if "-s" in options or "-" in options:
        return True
    return len(options) == len(words) - 1 and not any(_INLINE.match(option) for option in options)


def _fetches(word: Node) -> bool:
    """Whether a word is what a download gives."""
    return isinstance(word.value, Unknown) and bool(_SUBSTITUTED.match(word.written.lstrip("\"'")))


def check_switched_off(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A command fetches without checking certificates or signatures, and nothing compares a checksum."""
    command = subject.record
    assert isinstance(command, RunCommand)
    program = str(command.program.value)
    if _PYTHON.fullmatch(program) and "pip" in {node.text() for node in command.arguments[:2]}:
        program = "pip"
    assigned = _assigned(command)
    if assigned is not None:
        message = f"{assigned.value} keeps programs from checking certificates"
        yield failed(subject, message, assigned, "text")
        return
    switches = _SWITCHES.get(_SAME.get(program, program))
    if switches is None:
        return
    behind = command.run[command.position + 1 : command.position + 1 + _NEAR]
    if program in _DOWNLOADS and any(_VERIFIES.fullmatch(words[0] or "") for words in behind):
        return
    if program == "apk" and _installs_own_files(command):
        return
    for index, node in enumerate(command.arguments):
        text = node.text()
        if text is None:
            continue
        following = command.arguments[index + 1].text() if index + 1 < len(command.arguments) else None
        if switches.search(text) or (following and switches.search(f"{text} {following}")):
            message = f"{program} does not check what it fetches: {text}"
            yield failed(subject, message, node, "arguments")
            return


def _assigned(command: RunCommand) -> Node | None:
    """What a command sets in front of its program, or exports, that switches the checks off."""
    text = command.text
    end = text.end if command.program.value == "export" else command.program.start
    for found in _ASSIGNED.finditer(text.source.text.text, text.start, max(text.start, end)):
        value = found[2].strip("\"'")
        if "$" not in value and _VARIABLES[found[1]].fullmatch(value):
            return text._replace(value=f"{found[1]}={value}", start=found.start(), end=found.end())
    return None


def _installs_own_files(command: RunCommand) -> bool:
    """Whether apk installs files that the build made or copied, which nobody has signed."""
    words = [node.written.strip("\"'") for node in command.arguments]
    files = [word for word in words if not word.startswith("-") and word != "add"]
    fetched = any(words[0] in _DOWNLOADS for words in command.run[:_NEAR])
    return not fetched and all(word.startswith(("/", "./")) for word in files)


def variable_switches_check_off(
    subject: Subject, _params: Mapping[str, ParamValue]
) -> Iterator[Fail | Unsure]:
    """A variable of the image keeps programs from checking certificates."""
    stage = subject.record
    assert isinstance(stage, Stage)
    for variable in stage.environment:
        off = _VARIABLES.get(str(variable.name.value).upper())
        value = variable.value
        if off is None or value is None:
            continue
        if isinstance(value.value, Unknown):
            yield undecided(value.value, value, "environment")
        elif off.fullmatch(str(value.value)):
            message = f"{variable.name.value}={value.value} keeps programs from checking certificates"
            yield failed(subject, message, value, "environment")
