"""What steps do that matters to what is shipped: tests, scans, images that are pushed, deployments."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node
from vvbscan.parse.github_expressions import embedded_expressions
from vvbscan.record import NamedTuple
from vvbscan.views.ci.invocations import Words, invoked
from vvbscan.views.ci.model import Job, Pipeline, Step
from vvbscan.views.ci.scans import SCANNERS, scans_of
from vvbscan.views.commands import Command

TEST: Final = "test"
IMAGE_PUSH: Final = "image-push"
DEPLOY: Final = "deploy"
TRIAL_CLUSTER: Final = "trial-cluster"
"""A cluster that lives as long as the job: what is deployed there is tested."""
TEARDOWN: Final = "teardown"
"""What was deployed goes away again."""
HIDDEN: Final = "hidden"
"""A script, or a call out of the tree, of which nobody knows what it does."""
FOREIGN: Final = "foreign"
"""An action of others that is not known here."""


class Activity(NamedTuple):
    """Something that a step does."""

    kind: str
    """One of the constants above, or the kind of a scan."""
    tool: str
    """What people call it: `helm upgrade`, `docker/build-push-action`."""
    place: Node
    """The command, or the `uses` of the action."""
    doubt: Node | None = None
    """What decides whether it is done at all, and is not known."""


_RUN_TESTS: Final = ("test", "integration-test", "package", "verify", "install", "deploy")
"""Phases of Maven from the one on that runs tests
(https://maven.apache.org/guides/introduction/introduction-to-the-lifecycle.html)."""
_PHASES: Final = {
    "mvn": _RUN_TESTS,
    "mvnw": _RUN_TESTS,
    "npm": ("test", "t"),
    "yarn": ("test",),
    "pnpm": ("test", "t"),
    "go": ("test",),
    "cargo": ("test", "nextest"),
    "dotnet": ("test",),
    "mix": ("test",),
    "rake": ("test", "spec"),
    "rails": ("test",),
    "sbt": ("test",),
    "bazel": ("test",),
}
"""Programs with their goals, tasks or commands that run tests."""
_TEST_PROGRAMS: Final = frozenset(
    {
        *("pytest", "py.test", "tox", "nox", "jest", "vitest", "mocha", "rspec", "phpunit", "ctest"),
        *("gotestsum", "playwright", "newman", "k6"),
    }
)
_NO_TESTS: Final = lazy_pattern(r"-DskipTests(?:=true)?|-Dmaven\.test\.skip(?:=true)?")
_TEST_SCRIPT: Final = lazy_pattern(r"test(?:s|[:_-].*)?")
"""Scripts of package.json."""
_DEPLOYMENTS: Final = {
    "kubectl": (("apply",), ("set", "image"), ("replace",), ("rollout", "restart")),
    "oc": (("apply",), ("set", "image"), ("replace",), ("rollout", "latest")),
    "helm": (("upgrade",), ("install",)),
    "helmfile": (("apply",), ("sync",)),
    "skaffold": (("run",), ("deploy",)),
    "argocd": (("app", "sync"), ("app", "set")),
    "terraform": (("apply",),),
    "tofu": (("apply",),),
    "terragrunt": (("apply",), ("run-all", "apply")),
    "pulumi": (("up",),),
    "cdk": (("deploy",),),
    "sam": (("deploy",),),
    "serverless": (("deploy",),),
    "sls": (("deploy",),),
    "aws": (
        ("ecs", "update-service"),
        ("ecs", "deploy"),
        ("lambda", "update-function-code"),
        ("deploy", "create-deployment"),
        ("cloudformation", "deploy"),
        ("elasticbeanstalk", "update-environment"),
    ),
    "gcloud": (("run", "deploy"), ("app", "deploy"), ("functions", "deploy"), ("run", "services", "update")),
    "az": (
        ("webapp", "deploy"),
        ("webapp", "deployment"),
        ("containerapp", "update"),
        ("containerapp", "up"),
        ("functionapp", "deployment"),
    ),
    "docker": (("stack", "deploy"), ("service", "update")),
    "fly": (("deploy",),),
    "flyctl": (("deploy",),),
    "cf": (("push",),),
}
"""Programs with their commands that put a version into service."""
_DRY: Final = lazy_pattern(r"--dry-run(?:=(?!none).*)?|--?refresh-only|--help|-h")
_DEPLOYING_ACTIONS: Final = frozenset(
    {
        "akhileshns/heroku-deploy",
        "aws-actions/amazon-ecs-deploy-task-definition",
        "aws-actions/aws-cloudformation-github-deploy",
        "aws-actions/aws-lambda-deploy",
        "azure/container-apps-deploy-action",
        "azure/functions-action",
        "azure/k8s-deploy",
        "azure/webapps-deploy",
        "google-github-actions/deploy-appengine",
        "google-github-actions/deploy-cloud-functions",
        "google-github-actions/deploy-cloudrun",
    }
)
_TRIAL_ACTIONS: Final = frozenset(
    {
        "absaoss/k3d-action",
        "balchua/microk8s-actions",
        "container-tools/kind-action",
        "engineerd/setup-kind",
        "helm/kind-action",
        "jupyterhub/action-k3s-helm",
        "localstack/setup-localstack",
        "manusa/actions-setup-minikube",
        "medyagh/setup-minikube",
        "nolar/setup-k3d-k3s",
    }
)
_TRIALS: Final = {
    "kind": ("create",),
    "minikube": ("start",),
    "k3d": ("cluster",),
    "microk8s": ("start",),
    "ctlptl": ("create",),
    "localstack": ("start",),
}
_TEARDOWNS: Final = {
    "terraform": "destroy",
    "tofu": "destroy",
    "terragrunt": "destroy",
    "pulumi": "destroy",
    "cdk": "destroy",
    "sam": "delete",
    "serverless": "remove",
    "sls": "remove",
    "helm": "uninstall",
    "helmfile": "destroy",
}
_PUSHED: Final = lazy_pattern(
    r"--push(?:=true)?|(?:(?:-o|--output)=)?(?:type=registry.*|type=image,(?:.*,)?push=true(?:,.*)?)"
)
_JIB: Final = lazy_pattern(r"(?:.*:)?jib(?:-maven-plugin(?::[^:]+)?)?:build|:?(?:.*:)?jib")
_NAMES_ONLY_EVENT: Final = lazy_pattern(r"github\.(?:event_name|ref|ref_name|ref_type|repository|base_ref)\b")
_CONTEXT: Final = lazy_pattern(r"\b(?:inputs|needs|steps|matrix|env|vars|secrets)\.|github\.event\.")
_PLAIN: Final = frozenset(
    {
        *("", ":", "[", "[[", "test", "true", "false", "yes", "echo", "printf", "cat", "cd", "pwd", "ls"),
        *("exit", "set"),
        *("export", "unset", "local", "read", "return", "shift", "trap", "source", "sleep", "wait", "date"),
        *("mkdir", "rm", "cp", "mv", "ln", "chmod", "chown", "touch", "tar", "zip", "unzip", "gzip", "find"),
        *("grep", "sed", "awk", "cut", "tr", "sort", "uniq", "head", "tail", "tee", "wc", "xargs", "diff"),
        *("basename", "dirname", "envsubst", "base64", "sha256sum", "jq", "yq", "curl", "wget", "git", "gh"),
        *("apt", "apt-get", "apk", "yum", "dnf", "brew", "pip", "pip3", "npm", "yarn", "pnpm", "go", "cargo"),
        *("mvn", "mvnw", "gradle", "gradlew", "dotnet", "docker", "podman", "buildah", "skopeo", "crane"),
        *("cosign", "syft", "kubectl", "oc", "helm", "helmfile", "kustomize", "kubeconform", "argocd", "aws"),
        *("gcloud", "gsutil", "az", "terraform", "tofu", "terragrunt", "tflint", "pulumi", "cdk", "sam"),
        *("serverless", "sls", "fly", "flyctl", "cf", "ssh", "scp", "rsync", "which", "systemctl", "kind"),
    }
)
"""Programs whose commands are known, as far as tests, scans and deployments go."""
_RUN_ANYTHING: Final = frozenset(
    (name,) for name in ("docker", "podman", "mvn", "mvnw", "gradle", "gradlew", "dotnet")
)
"""Programs of these that run others, as containers or plugins."""
_SCANNER: Final = lazy_pattern(rf"(?i)audit|vulnerab|scanner|{SCANNERS}")
_RUN_SCRIPTS: Final = frozenset({"npm", "yarn", "pnpm"})
_PLAIN_OWNERS: Final = frozenset(
    {"actions", "docker", "aws-actions", "google-github-actions", "azure", "hashicorp", "github", "slackapi"}
)
"""Those of whose actions only the ones named above test, scan or deploy."""
_MOST: Final = 5000
"""Most activities of a job."""


class Collector:
    """What the jobs of a pipeline do, the workflows and actions of the tree that they call among it.

    Each of these is looked into once.
    """

    def __init__(self) -> None:
        self._of_called: dict[int, tuple[Activity, ...]] = {}

    def of_job(self, job: Job, pipeline: Pipeline) -> tuple[Activity, ...]:
        """What a job does, in order."""
        found: list[Activity] = []
        if job.call is not None:
            found += self._of_call(job.call.uses, pipeline)
        for step in job.steps:
            if len(found) >= _MOST:
                break
            if step.action is not None and step.action.kind == "local":
                found += self._of_call(step.action.uses, pipeline)
            else:
                found += activities_of(step)
        return tuple(found[:_MOST])

    def _of_call(self, uses: Node, pipeline: Pipeline) -> tuple[Activity, ...]:
        shown = uses.text() or ""
        inner = pipeline.called.get(shown)
        if inner is None:
            return (Activity(HIDDEN, shown or "another pipeline", uses),)
        known = self._of_called.get(id(inner))
        if known is None:
            found = tuple(one for job in inner.jobs for one in self.of_job(job, inner))
            known = self._of_called[id(inner)] = found[:_MOST]
        return known


def activities_of(step: Step) -> tuple[Activity, ...]:
    """What the commands of a step do, or the action that it calls, in order."""
    scans = [Activity(scan.kind, scan.tool, scan.place) for scan in scans_of(step)]
    scanning = {(one.place.start, one.place.end) for one in scans}
    found = [
        one
        for command in step.commands
        for one in _of_command(command, (command.text.start, command.text.end) in scanning)
    ]
    if step.run is not None and not step.commands and step.run.value:
        found.append(Activity(HIDDEN, "a script", step.run))
    if step.action is not None and not scans:
        found += _of_action(step)
    return (*scans, *found)


def _of_command(command: Command, scan: bool) -> list[Activity]:
    words = invoked(command)
    program = words[0] or "" if words else ""
    found = []
    if runs_tests(words):
        found.append(Activity(TEST, _named(words), command.text))
    if _pushes(words):
        found.append(Activity(IMAGE_PUSH, _named(words), command.text))
    if not any(_DRY.fullmatch(word or "") for word in words):
        for wanted in _DEPLOYMENTS.get(program, ()):
            if _within(wanted, words):
                found.append(Activity(DEPLOY, " ".join((program, *wanted)), command.text))
                break
    if program in _TEARDOWNS and _TEARDOWNS[program] in words:
        found.append(Activity(TEARDOWN, _named(words), command.text))
    if program in _TRIALS and words[1:2] == _TRIALS[program]:
        found.append(Activity(TRIAL_CLUSTER, _named(words), command.text))
    if not found and not scan and (not _is_plain(words) or _speaks_of_scan(words)):
        found.append(Activity(HIDDEN, _named(words), command.text))
    return found


def _is_plain(words: Words) -> bool:
    """Whether a program is known to do nothing of what is looked for."""
    program = words[0] or "" if words else ""
    if program in _RUN_SCRIPTS:
        return words[1:2] not in (("run",), ("run-script",), ("exec",))
    return program in _PLAIN


def _speaks_of_scan(words: Words) -> bool:
    """Whether a command that is known otherwise may run a scanner: `docker run owasp/dependency-check`."""
    return words[:1] in _RUN_ANYTHING and any(_SCANNER.search(word or "") for word in words[1:])


def _within(wanted: tuple[str, ...], words: Words) -> bool:
    size = len(wanted)
    return any(words[at : at + size] == wanted for at in range(1, len(words) - size + 1))


def _named(words: Words) -> str:
    """The program with the first of its words that is no option."""
    second = next((word for word in words[1:] if word is not None and not word.startswith("-")), "")
    return f"{words[0]} {second}".strip()


def runs_tests(words: Words) -> bool:
    """Whether a program runs tests."""
    program = words[0] or "" if words else ""
    if program in _TEST_PROGRAMS:
        return True
    if program in ("gradle", "gradlew"):
        return _gradle_tests(words[1:])
    wanted = _PHASES.get(program)
    if wanted is None or any(_NO_TESTS.fullmatch(word or "") for word in words):
        return False
    if any(word in wanted for word in words[1:]):
        return True
    if program in _RUN_SCRIPTS and words[1:2] in (("run",), ("run-script",)):
        return any(_TEST_SCRIPT.fullmatch(word or "") for word in words[2:3])
    return False


def _gradle_tests(words: Words) -> bool:
    """Whether a task runs tests: `build` does by `check`, and this by `test`, unless they are left out.

    https://docs.gradle.org/current/userguide/command_line_interface.html#sec:excluding_tasks_from_the_command_line
    """
    tasks: set[str] = set()
    left_out: set[str] = set()
    for position, word in enumerate(words):
        behind = words[position - 1] if position else None
        task = (word or "").rpartition(":")[2]
        (left_out if behind in ("-x", "--exclude-task") else tasks).add(task)
    if "test" in left_out:
        return False
    return "test" in tasks or "check" in tasks - left_out or ("build" in tasks and "check" not in left_out)


def _pushes(words: Words) -> bool:
    """Whether a command pushes an image to a registry."""
    program, rest = (words[0] or "", words[1:]) if words else ("", ())
    if program in ("docker", "podman", "buildah", "nerdctl"):
        if rest[:1] == ("push",) or rest[:2] in (("image", "push"), ("compose", "push")):
            return True
        builds = "build" in rest[:3] or "bake" in rest[:2]
        return builds and any(_PUSHED.fullmatch(word or "") for word in rest)
    if program in ("mvn", "mvnw", "gradle", "gradlew"):
        return any(
            _JIB.fullmatch(word or "") or word == "-Dquarkus.container-image.push=true" for word in rest
        )
    return program == "crane" and rest[:1] == ("push",)


def _of_action(step: Step) -> list[Activity]:
    assert step.action is not None
    shown, uses = step.action.name.text() or "", step.action.uses
    name = shown.lower()
    if name in _DEPLOYING_ACTIONS:
        return [Activity(DEPLOY, shown, uses)]
    if name in _TRIAL_ACTIONS:
        return [Activity(TRIAL_CLUSTER, shown, uses)]
    if name == "redhat-actions/push-to-registry":
        return [Activity(IMAGE_PUSH, shown, uses)]
    if name in ("docker/build-push-action", "docker/bake-action"):
        return _pushing(step, shown, uses)
    plain = name.partition("/")[0] in _PLAIN_OWNERS and "scan" not in name
    if plain or name.rpartition("/")[2].startswith("setup-"):
        return []
    return [Activity(FOREIGN, shown, uses)]


def _pushing(step: Step, shown: str, uses: Node) -> list[Activity]:
    """https://github.com/docker/build-push-action#inputs: `push` is false."""
    inputs = step.inputs
    push = None if inputs is None else inputs.get("push")
    outputs = None if inputs is None else inputs.get("outputs")
    if outputs is not None and _PUSHED.fullmatch(outputs.text() or ""):
        return [Activity(IMAGE_PUSH, shown, uses)]
    if push is None or push.value is False or push.text() == "false":
        return []
    text = push.text() or ""
    open_end = embedded_expressions(text) and (_CONTEXT.search(text) or not _NAMES_ONLY_EVENT.search(text))
    return [Activity(IMAGE_PUSH, shown, uses, push if open_end else None)]
