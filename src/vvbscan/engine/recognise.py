"""Which format a file has, by its name and, where names do not tell, by what stands in it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Final

from vvbscan.engine.compose_content import describes_compose
from vvbscan.engine.manifest_content import describes_manifests
from vvbscan.engine.plan_content import describes_plan
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.text import as_utf8

DOCKERFILE: Final = "dockerfile"
COMPOSE: Final = "compose"
KUBERNETES: Final = "kubernetes"
KUSTOMIZATION: Final = "kustomization"
HELM_CHART: Final = "helm-chart"
APPLICATION: Final = "application"
TERRAFORM: Final = "terraform"
TERRAFORM_PLAN: Final = "terraform-plan"
GITHUB_ACTIONS: Final = "github-actions"
GITLAB_CI: Final = "gitlab-ci"
UPDATE_BOT: Final = "update-bot"
MAVEN: Final = "maven"
PYPI: Final = "pypi"
NPM: Final = "npm"
GRADLE: Final = "gradle"
CARGO: Final = "cargo"
GOLANG: Final = "golang"
WRAPPER: Final = "wrapper"

BUILDS: Final = (MAVEN, GRADLE, PYPI, NPM, CARGO, GOLANG)
_TOLD_BY_NAMES: Final = (
    *(DOCKERFILE, KUSTOMIZATION, HELM_CHART, TERRAFORM, GITHUB_ACTIONS, GITLAB_CI, UPDATE_BOT),
    *BUILDS,
)
FORMATS: Final = (*_TOLD_BY_NAMES, COMPOSE, KUBERNETES, APPLICATION, TERRAFORM_PLAN, WRAPPER)

_DOCKERFILE: Final = lazy_pattern(r"(?:.+[.])?(?:dockerfile|containerfile)(?:[._-].+)?", re.IGNORECASE)
# Names like Dockerfile.md or Dockerfile.j2 are about Dockerfiles or make them, and are none themselves.
_NO_DOCKERFILE: Final = lazy_pattern(
    r"(?:\.(?:mdx?|adoc|rst|txt|html|pdf|png|svg|json|ya?ml|toml|xml|ini|cfg|csv|sql|lock|log|sum|gz|zip"
    r"|java|kts?|scala|groovy|gradle|go|rs|c|cc|cpp|cs|h|hpp|py|pyi|ipynb|sh|bash|ps1|[cm]?[jt]sx?|vue|css|php|rb"
    r"|lua|vim|exs?|erl|swift|dart|pl|r|scm|snippets|j2|jinja2?|tmpl|tpl|mustache|erb|hbs|ejs|template|in|orig"
    r"|bak|old|rej|sw[op]|dockerignore|diff|patch|license)|~)$",
    re.IGNORECASE,
)
_COMPOSE: Final = lazy_pattern(r"(?:docker-)?compose(?:[._-].+)?\.ya?ml|.+[._-]compose\.ya?ml", re.IGNORECASE)
_COMPOSE_ITSELF: Final = lazy_pattern(
    r"(?:docker-)?compose(?:\.override)?\.ya?ml|docker-compose[._-].+\.ya?ml", re.IGNORECASE
)
"""What Docker looks for by itself, and what is called after it."""
_POM: Final = "pom.xml"
_REQUIREMENTS: Final = lazy_pattern(
    r"(?:.*/)?(?:(?:[^/]*[._-])?(?:requirements|constraints)(?:[._-][^/]*)?|requirements/[^/]+)\.(?:txt|in)"
)
_PYPI: Final = frozenset(
    {"pyproject.toml", "poetry.lock", "uv.lock", "pylock.toml", "Pipfile", "Pipfile.lock"}
)
_NO_REQUIREMENTS: Final = lazy_pattern(r"(?:^|[._-])(?:apt|apk|brew|conda|npm|r|rpm|system|yum)(?=[._-])")
"""Names of lists for other package managers than pip."""
_GRADLE: Final = (".gradle", ".gradle.kts", ".versions.toml")
_GRADLE_NAMES: Final = frozenset({"gradle.properties", "gradle.lockfile"})
_GRADLE_VERIFICATION: Final = "gradle/verification-metadata.xml"
_WRAPPERS: Final = frozenset({"gradle-wrapper.properties", "maven-wrapper.properties"})
_NPM: Final = frozenset(
    {
        *("package.json", "package-lock.json", "npm-shrinkwrap.json"),
        *("pnpm-workspace.yaml", "pnpm-lock.yaml", "yarn.lock"),
    }
)
_CARGO: Final = frozenset({"Cargo.toml", "Cargo.lock"})
_GOLANG: Final = frozenset({"go.mod", "go.sum", "go.work", "go.work.sum"})
_KUSTOMIZATION: Final = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_APPLICATION: Final = lazy_pattern(
    r"(?:application|bootstrap)(?:-[A-Za-z0-9_.-]+)?\.(?:properties|ya?ml)"
    r"|microprofile-config(?:-[A-Za-z0-9_.-]+)?\.properties"
)
_TERRAFORM: Final = (".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json")
"""Endings of modules and of the values of their variables. Names that begin with `.` or `#` are no such files
(https://developer.hashicorp.com/terraform/language/files)."""

_WORKFLOW: Final = lazy_pattern(r"(?:.*/)?\.github/workflows/[^/]+\.ya?ml")
_GITLAB_CI: Final = ".gitlab-ci.yml"
"""What GitLab looks for by itself; which other files belong to it is told by what it includes."""
_RENOVATE: Final = frozenset(
    {"renovate.json", "renovate.json5", ".renovaterc", ".renovaterc.json", ".renovaterc.json5"}
)
"""https://docs.renovatebot.com/configuration-options/."""
_RUNS: Final = lazy_pattern(rb"(?m)^runs[ \t]*:")
"""What an action of GitHub has at its top, whatever it is made of."""

_SERVICE_BODY: Final = lazy_pattern(rb"(?m)^[ \t]+(?:(?:image|build)[ \t]*:|extends[ \t]*:[ \t]*\r?$)")
_SERVICES_OR_INCLUDE: Final = lazy_pattern(rb"(?m)^(?:services|include|[\"']services[\"'])[ \t]*:|\A\s*\{")


def may_be_recognised(path: str) -> bool:
    """Whether a file with this path can be of a format at all: a cheap look at the name."""
    name = posixpath.basename(path)
    return (
        name.lower().endswith((".yaml", ".yml", ".json", ".properties"))
        or name in _KUSTOMIZATION
        or name == _POM
        or name in _NPM
        or _names_gradle(path)
        or name in _CARGO
        or name in _GOLANG
        or _names_pypi(path)
        or name in _RENOVATE
        or _names_terraform(name)
        or _names_dockerfile(name)
    )


def format_of_name(path: str) -> str | None:
    """The format that a file has unless its content tells another one; None if the name does not tell."""
    name = posixpath.basename(path)
    if _WORKFLOW.fullmatch(path):
        return GITHUB_ACTIONS
    if name == _GITLAB_CI:
        return GITLAB_CI
    if name in _RENOVATE or _names_dependabot(path):
        return UPDATE_BOT
    if name in _KUSTOMIZATION:
        return KUSTOMIZATION
    if name == "Chart.yaml":
        return HELM_CHART
    if name == _POM:
        return MAVEN
    if _names_pypi(path):
        return PYPI
    if _names_gradle(path):
        return GRADLE
    if name in _WRAPPERS:
        return WRAPPER
    if name in _NPM:
        return NPM
    if name in _CARGO:
        return CARGO
    if name in _GOLANG:
        return GOLANG
    if _names_terraform(name):
        return TERRAFORM
    if _names_dockerfile(name):
        return DOCKERFILE
    if _APPLICATION.fullmatch(name):
        return APPLICATION
    return COMPOSE if _COMPOSE_ITSELF.fullmatch(name) else None


def recognise(path: str, read: Callable[[], bytes]) -> str | None:
    """The format of a file, None if it has none that is known.

    `read` gives the content and is called only where the name does not decide; what it raises goes through.
    """
    by_name = format_of_name(path)
    if by_name in _TOLD_BY_NAMES:
        return by_name
    name = posixpath.basename(path).lower()
    if name.endswith(".properties"):
        return by_name
    if not name.endswith((".yaml", ".yml", ".json")):
        return None
    content = as_utf8(read())
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    if describes_manifests(content):
        return KUBERNETES
    if name in ("action.yml", "action.yaml"):
        return GITHUB_ACTIONS if _RUNS.search(content) else None
    if name.endswith(".json"):
        return TERRAFORM_PLAN if describes_plan(content) else None
    if by_name is not None:
        return by_name
    if _COMPOSE.fullmatch(name) and (_SERVICES_OR_INCLUDE.search(content) or not content.strip()):
        return COMPOSE
    if _SERVICE_BODY.search(content) and describes_compose(content):
        return COMPOSE
    return None


def _names_pypi(path: str) -> bool:
    if not path.endswith((".txt", ".in")):
        name = posixpath.basename(path)
        return name in _PYPI or (
            name.startswith("pylock.") and name.endswith(".toml") and name.count(".") == 2
        )
    if _REQUIREMENTS.fullmatch(path) is None:
        return False
    return _NO_REQUIREMENTS.search(posixpath.basename(path)) is None


def _names_gradle(path: str) -> bool:
    name = posixpath.basename(path)
    return name.endswith(_GRADLE) or name in _GRADLE_NAMES or _is_verification(path)


def _is_verification(path: str) -> bool:
    return path == _GRADLE_VERIFICATION or path.endswith(f"/{_GRADLE_VERIFICATION}")


def _names_dependabot(path: str) -> bool:
    return path.endswith((".github/dependabot.yml", ".github/dependabot.yaml"))


def _names_terraform(name: str) -> bool:
    return name.endswith(_TERRAFORM) and not name.startswith((".", "#"))


def _names_dockerfile(name: str) -> bool:
    return _DOCKERFILE.fullmatch(name) is not None and _NO_DOCKERFILE.search(name) is None
