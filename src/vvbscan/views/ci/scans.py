"""Scans for known weaknesses in steps, and whether what they find can fail the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.ci.invocations import Words, given, hides_failure, invoked, option
from vvbscan.views.ci.model import Pipeline, Step
from vvbscan.views.ci.texts import with_unknowns
from vvbscan.views.commands import Command

_REDIRECTED: Final = lazy_pattern(r"(?<![0-9&])>{1,2}\s*([^\s;&|>]+)\s*\Z")
SCANNERS: Final = (
    "trivy|grype|snyk|osv|owasp|dependency-?check|oss-?index|mend(?![a-z])|whitesource|black-?duck|fossa|nexus"
    "|checkmarx|veracode|jfrog|xray|sysdig|prisma|twistlock|aqua|wiz"
)
"""A pattern of names of scanners, in small letters."""
DEPENDENCY: Final = "dependency-scan"
IMAGE: Final = "image-scan"
CONFIGURATION: Final = "config-scan"


class Scan(NamedTuple):
    """A scan that a step makes."""

    kind: str
    """`dependency-scan`, `image-scan` or `config-scan`."""
    tool: str
    """What people call it: `trivy image`, `anchore/scan-action`."""
    place: Node
    """The command, or the `uses` of the action."""
    harmless: str | Unknown
    """Why what it finds does not fail it, by its own options; empty if it does."""
    blame: Node
    """The option that makes it so, else the same as `place`."""
    report: str = ""
    """The file that it writes; empty if it writes none."""
    command: Command | None = None
    """The command, if it is one."""


class PipelineScans:
    """The scans of the steps of a pipeline, each step looked into once."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._known: dict[str, tuple[Scan, ...]] = {}
        self._deciding: dict[str, list[str]] | None = None

    def of(self, step: Step) -> tuple[Scan, ...]:
        """The scans of a step."""
        known = self._known.get(step.address)
        if known is None:
            known = self._known[step.address] = scans_of(step)
        return known

    def decided_beside(self, step: Step, kind: str) -> bool:
        """Whether a scan of a kind in another step can fail the pipeline."""
        if self._deciding is None:
            self._deciding = {}
            for job in self._pipeline.jobs:
                for other in job.steps:
                    if any(
                        one is not None and one.value is True
                        for one in (other.continue_on_error, job.continue_on_error)
                    ):
                        continue
                    for scan in self.of(other):
                        if scan.harmless == "" and hidden_by(scan, other) is None:
                            self._deciding.setdefault(scan.kind, []).append(other.address)
        return any(address != step.address for address in self._deciding.get(kind, ()))


def covers(tool: str, kind: str) -> bool:
    """Whether a tool that scans dependencies looks at those of builds of a kind (`npm`, `cargo`)."""
    return _OF_ONE_KIND.get(tool.lower(), kind) == kind


def hidden_by(scan: Scan, step: Step) -> Command | None:
    """The command of the step behind a scan that hides what it finds."""
    if scan.command is None:
        return None
    behind = step.commands[scan.command.position + 1 : scan.command.position + 2]
    return next((command for command in behind if hides_failure(command)), None)


def scans_of(step: Step) -> tuple[Scan, ...]:
    """The scans of a step, of which `continue-on-error` and the shell may still hide what they find."""
    found = [scan for command in step.commands for scan in _of_command(command, step)]
    if step.action is not None:
        found += _of_action(step)
    return tuple(found)


def _of_command(command: Command, step: Step) -> list[Scan]:
    words = invoked(command)
    reader = _PROGRAMS.get(words[0] or "") if words else None
    found = None if reader is None else reader(words, step)
    if found is None:
        return []
    kind, tool, harmless = found
    return [Scan(kind, tool, command.text, harmless, command.text, _report(words, command), command)]


def _report(words: Words, command: Command) -> str:
    redirected = _REDIRECTED.search(command.text.text() or "")
    return redirected[1] if redirected else option(words, "--output", "-o", "--file")[1] or ""


_Found = tuple[str, str, str | Unknown] | None

_TRIVY: Final = {
    "image": IMAGE,
    "i": IMAGE,
    "fs": DEPENDENCY,
    "filesystem": DEPENDENCY,
    "rootfs": DEPENDENCY,
    "repo": DEPENDENCY,
    "repository": DEPENDENCY,
    "sbom": DEPENDENCY,
    "config": CONFIGURATION,
    "conf": CONFIGURATION,
}
_LISTS: Final = frozenset({"cyclonedx", "spdx", "spdx-json", "github"})
"""Formats for which Trivy lists components and looks for nothing
(https://trivy.dev/latest/docs/supply-chain/sbom/)."""
_ECR: Final = frozenset({"start-image-scan", "image-scan-complete", "describe-image-scan-findings"})
_READ_BY_SCRIPT: Final = Unknown("expression", "whether a script fails for what it reads is not looked into")
_IN_BUILD: Final = Unknown("remote", "the build says from which score on it fails")
_GRADLE_TASKS: Final = frozenset({"dependencyCheckAnalyze", "dependencyCheckAggregate"})
_SET_ELSEWHERE: Final = Unknown(
    "variable", "whether the scan fails is told by options that are not written here"
)


def _trivy(words: Words, step: Step) -> _Found:
    """https://trivy.dev/latest/docs/configuration/others/#exit-code: 0, unless another one is asked for."""
    mode = next((word for word in words[1:] if word in _TRIVY), None)
    if mode is None or option(words, "--format", "-f")[1] in _LISTS or given(words, "--download-db-only"):
        return None
    if option(words, "--scanners", "--security-checks")[1] in ("secret", "license"):
        return None
    asked, code = option(words, "--exit-code")
    if not asked and "TRIVY_EXIT_CODE" in step.environment:
        asked, code = True, _plain(step.environment["TRIVY_EXIT_CODE"])
    return _TRIVY[mode], f"trivy {mode}", _by_code(asked, code, words)


def _by_code(asked: bool, code: str | None, words: Words) -> str | Unknown:
    if asked and code is None:
        return _SET_ELSEWHERE
    if asked and code != "0":
        return ""
    if not asked and (words.count(None) > 1 or given(words, "--config", "-c")):
        return _SET_ELSEWHERE
    return "it exits with 0 whatever it finds, unless `--exit-code 1` says otherwise"


def _grype(words: Words, step: Step) -> _Found:
    """https://oss.anchore.com/docs/guides/vulnerability/results/: only `--fail-on` makes it fail."""
    targets = [word for word in words[1:] if word is not None and not word.startswith("-")]
    if not targets or targets[0] in ("db", "version", "completion", "config", "explain", "help"):
        return None
    files = any(word.startswith(("dir:", "sbom:", "file:", ".", "/")) for word in targets)
    kind = DEPENDENCY if files else IMAGE
    if given(words, "--fail-on", "-f") or "GRYPE_FAIL_ON_SEVERITY" in step.environment:
        return kind, "grype", ""
    if given(words, "--config", "-c"):
        return kind, "grype", _SET_ELSEWHERE
    return kind, "grype", "it exits with 0 whatever it finds, unless `--fail-on high` says otherwise"


def _snyk(words: Words, _step: Step) -> _Found:
    mode = [word for word in words[1:] if word is not None and not word.startswith("-")]
    if mode[:1] == ["test"]:
        return DEPENDENCY, "snyk test", ""
    if mode[:2] == ["container", "test"]:
        return IMAGE, "snyk container test", ""
    return (CONFIGURATION, "snyk iac test", "") if mode[:2] == ["iac", "test"] else None


def _docker(words: Words, _step: Step) -> _Found:
    """https://docs.docker.com/reference/cli/docker/scout/cves/: 0, unless `--exit-code` is given."""
    if words[1:3] != ("scout", "cves"):
        return None
    if given(words, "--exit-code", "-e"):
        return IMAGE, "docker scout cves", ""
    return IMAGE, "docker scout cves", "it exits with 0 whatever it finds, unless `--exit-code` is given"


def _maven(words: Words, _step: Step) -> _Found:
    """https://dependency-check.github.io/DependencyCheck/dependency-check-maven/configuration.html."""
    goals = [word for word in words[1:] if word is not None and "dependency-check" in word]
    if not any(goal.endswith((":check", ":aggregate")) for goal in goals):
        return None
    asked, score = option(words, "-DfailBuildOnCVSS", "-Ddependency-check.failBuildOnCVSS")
    if not asked or score is None:
        return DEPENDENCY, "dependency-check", _IN_BUILD
    return DEPENDENCY, "dependency-check", _by_score(score)


def _gradle(words: Words, _step: Step) -> _Found:
    """https://dependency-check.github.io/DependencyCheck/dependency-check-gradle/index.html: its tasks."""
    if not any((word or "").rpartition(":")[2] in _GRADLE_TASKS for word in words[1:]):
        return None
    return DEPENDENCY, "dependency-check", _IN_BUILD


def _dependency_check(words: Words, _step: Step) -> _Found:
    """https://dependency-check.github.io/DependencyCheck/dependency-check-cli/arguments.html: 11."""
    if not given(words, "--scan", "-s"):
        return None
    asked, score = option(words, "--failOnCVSS")
    if asked and score is None:
        return DEPENDENCY, "dependency-check", _SET_ELSEWHERE
    return DEPENDENCY, "dependency-check", _by_score(score if asked and score is not None else "11")


def _by_score(score: str) -> str:
    try:
        never = float(score) > 10
    except ValueError:
        return ""
    return f"it fails from a score of {score} on, and scores end at 10" if never else ""


def _aws(words: Words, _step: Step) -> _Found:
    """https://docs.aws.amazon.com/cli/latest/reference/ecr/describe-image-scan-findings.html."""
    mode = next((word for word in words[1:] if word in _ECR), None) if "ecr" in words else None
    return None if mode is None else (IMAGE, f"aws ecr {mode}", _READ_BY_SCRIPT)


def _audit(words: Words, _step: Step) -> _Found:
    """https://docs.npmjs.com/cli/v11/commands/npm-audit: `fix` and `signatures` are other commands."""
    mode = [word for word in words[1:] if word is not None and not word.startswith("-")]
    audits = mode[:2] == ["npm", "audit"] or (
        mode[:1] == ["audit"] and mode[1:2] not in (["fix"], ["signatures"])
    )
    return (DEPENDENCY, f"{words[0]} audit", "") if audits else None


def _always(words: Words, _step: Step) -> _Found:
    return DEPENDENCY, (words[0] or "").replace("_", "-"), ""


def _cargo(words: Words, _step: Step) -> _Found:
    found = words[1:2] == ("audit",) or (words[1:2] == ("deny",) and "check" in words)
    return (DEPENDENCY, f"cargo {words[1]}", "") if found else None


def _soft(words: Words, _step: Step) -> _Found:
    """https://www.checkov.io/2.Basics/Hard%20and%20soft%20fail.html."""
    if option(words, "-o", "--output")[1] == "github_failed_only":
        return None  # a list for a page of documentation
    soft = "it exits with 0 whatever it finds, since `--soft-fail` is given"
    return CONFIGURATION, words[0] or "", soft if given(words, "--soft-fail", "-s") else ""


_PROGRAMS: Final[dict[str, Callable[[Words, Step], _Found]]] = {
    "trivy": _trivy,
    "grype": _grype,
    "snyk": _snyk,
    "docker": _docker,
    "aws": _aws,
    "mvn": _maven,
    "mvnw": _maven,
    "gradle": _gradle,
    "gradlew": _gradle,
    "dependency-check": _dependency_check,
    "dependency-check.sh": _dependency_check,
    "npm": _audit,
    "yarn": _audit,
    "pnpm": _audit,
    "pip-audit": _always,
    "pip_audit": _always,
    "osv-scanner": _always,
    "govulncheck": _always,
    "cargo": _cargo,
    "checkov": _soft,
    "tfsec": _soft,
}


def _of_action(step: Step) -> list[Scan]:
    assert step.action is not None
    shown = step.action.name.text() or ""
    name = shown.lower()
    reader = _ACTIONS.get(name)
    if reader is None:
        reader = next((one for start, one in _ACTIONS_BELOW.items() if name.startswith(start)), None)
    found = None if reader is None else reader(name, step)
    if found is None:
        return []
    kind, harmless, blame = found
    report = _plain(_input(step, "output") or _input(step, "output-file")) or ""
    return [Scan(kind, shown, step.action.uses, harmless, blame or step.action.uses, report)]


_ActionFound = tuple[str, str | Unknown, Node | None] | None


def _input(step: Step, name: str) -> Node | None:
    return None if step.inputs is None else step.inputs.get(name)


def _plain(node: Node | None) -> str | None:
    """The text of an input; None if it is not known."""
    value = None if node is None else with_unknowns(node).value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else None


def _trivy_action(_name: str, step: Step) -> _ActionFound:
    """https://github.com/aquasecurity/trivy-action#inputs: `scan-type` image, `exit-code` 0."""
    if _plain(_input(step, "format")) in _LISTS:
        return None
    if _plain(_input(step, "scanners")) in ("secret", "license"):
        return None
    mode = _plain(_input(step, "scan-type")) or "image"
    kind = _TRIVY.get(mode, IMAGE)
    code = _input(step, "exit-code") or step.environment.get("TRIVY_EXIT_CODE")
    if code is None and (_input(step, "trivy-config") is not None):
        return kind, _SET_ELSEWHERE, None
    if code is None:
        return kind, "it succeeds whatever it finds, unless `exit-code: 1` says otherwise", None
    value = _plain(code)
    if value is None:
        return kind, _SET_ELSEWHERE, code
    return kind, "" if value != "0" else "`exit-code: 0` lets it succeed whatever it finds", code


def _anchore(_name: str, step: Step) -> _ActionFound:
    """https://github.com/anchore/scan-action#action-inputs: `fail-build` is true."""
    kind = IMAGE if _input(step, "image") is not None else DEPENDENCY
    return _switched(kind, step, "fail-build", "false")


def _switched(kind: str, step: Step, name: str, off: str) -> _ActionFound:
    node = _input(step, name)
    if node is None:
        return kind, "", None
    value = _plain(node)
    if value is None:
        return kind, _SET_ELSEWHERE, node
    harmless = f"`{name}: {value}` lets it succeed whatever it finds" if value.lower() == off else ""
    return kind, harmless, node


def _review(_name: str, step: Step) -> _ActionFound:
    """https://github.com/actions/dependency-review-action#configuration-options."""
    return _switched(DEPENDENCY, step, "warn-only", "true")


def _scout(_name: str, step: Step) -> _ActionFound:
    """https://github.com/docker/scout-action#inputs: `exit-code` is false."""
    if "cves" not in (_plain(_input(step, "command")) or ""):
        return None
    if _input(step, "exit-code") is None:
        return IMAGE, "it succeeds whatever it finds, unless `exit-code: true` says otherwise", None
    return _switched(IMAGE, step, "exit-code", "false")


def _snyk_action(name: str, step: Step) -> _ActionFound:
    command = _plain(_input(step, "command")) or "test"
    if command != "test":
        return None
    kinds = {"docker": IMAGE, "iac": CONFIGURATION, "setup": ""}
    kind = kinds.get(name.rpartition("/")[2], DEPENDENCY)
    return (kind, "", None) if kind else None


def _dependency_check_action(_name: str, step: Step) -> _ActionFound:
    """https://github.com/dependency-check/Dependency-Check_Action: `args` are those of the program."""
    arguments = _input(step, "args")
    text = "" if arguments is None else _plain(arguments)
    if text is None:
        return DEPENDENCY, _SET_ELSEWHERE, arguments
    asked, score = option(text.split(), "--failOnCVSS")
    return DEPENDENCY, _by_score(score if asked and score is not None else "11"), arguments


def _soft_fail(_name: str, step: Step) -> _ActionFound:
    """https://github.com/bridgecrewio/checkov-action, https://github.com/aquasecurity/tfsec-action."""
    return _switched(CONFIGURATION, step, "soft_fail", "true")


def _fails(_name: str, _step: Step) -> _ActionFound:
    return DEPENDENCY, "", None


_ACTIONS: Final[dict[str, Callable[[str, Step], _ActionFound]]] = {
    "aquasecurity/trivy-action": _trivy_action,
    "anchore/scan-action": _anchore,
    "actions/dependency-review-action": _review,
    "docker/scout-action": _scout,
    "dependency-check/dependency-check_action": _dependency_check_action,
    "bridgecrewio/checkov-action": _soft_fail,
    "aquasecurity/tfsec-action": _soft_fail,
    "pypa/gh-action-pip-audit": _fails,
    "golang/govulncheck-action": _fails,
    "rustsec/audit-check": _fails,
    "actions-rust-lang/audit": _fails,
    "embarkstudios/cargo-deny-action": _fails,
}
_OF_ONE_KIND: Final = {
    "actions-rust-lang/audit": "cargo",
    "cargo audit": "cargo",
    "cargo deny": "cargo",
    "embarkstudios/cargo-deny-action": "cargo",
    "golang/govulncheck-action": "golang",
    "govulncheck": "golang",
    "npm audit": "npm",
    "pip-audit": "pypi",
    "pnpm audit": "npm",
    "pypa/gh-action-pip-audit": "pypi",
    "rustsec/audit-check": "cargo",
    "yarn audit": "npm",
}
"""Tools that know one package manager; the others look at all that they find."""
_ACTIONS_BELOW: Final = {"snyk/actions/": _snyk_action, "google/osv-scanner-action/": _fails}
"""Several actions in one repository."""
