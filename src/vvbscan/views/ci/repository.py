"""Units of the kind `ci-repository`: all pipelines of a repository, with the builds that they are for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, Parsed, Unknown
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, Unreadable, no_facts
from vvbscan.record import NamedTuple
from vvbscan.views.bots.coverage import ecosystem_of, uncovered
from vvbscan.views.ci.activities import FOREIGN, HIDDEN, IMAGE_PUSH, TEST, Activity
from vvbscan.views.ci.build_scans import scan_of_gradle, scan_of_maven
from vvbscan.views.ci.graph import Graph
from vvbscan.views.ci.kind import load as load_workflow
from vvbscan.views.ci.model import Pipeline
from vvbscan.views.ci.repository_planning import BUILDS, KIND_NAME, PIPELINES
from vvbscan.views.ci.scans import DEPENDENCY, IMAGE, SCANNERS, covers
from vvbscan.views.records import computed, fields

_OTHER_SYSTEMS: Final = (
    *(".circleci/config.yml", ".drone.yml", ".travis.yml", "Jenkinsfile", "appveyor.yml"),
    *("azure-pipelines.yml", "bitbucket-pipelines.yml", "cloudbuild.yaml", ".buildkite/pipeline.yml"),
)
"""Pipelines that are not read."""
_TEMPLATES: Final = lazy_pattern(r"(?:Jobs|Security)/Dependency-Scanning\..*|Auto-DevOps\..*")
"""GitLab's templates with a scan of dependencies (https://docs.gitlab.com/user/application_security/
dependency_scanning/)."""
_LOOKS_LIKE_SCAN: Final = lazy_pattern(
    rf"(?i)scan|secur|vuln|audit|depend|sca(?![a-z])|pre-commit|safety|sonar|{SCANNERS}"
)
_RUNS_OTHERS: Final = frozenset(
    {
        *("ant", "bash", "bazel", "dagger", "earthly", "invoke", "just", "mage", "make", "node", "nox"),
        *("python", "python3", "pwsh", "rake", "ruby", "sh", "task", "tox"),
    }
)
"""Programs that run what another file says."""
_SYSTEM_PACKAGES_ONLY: Final = "aws ecr"
"""Basic scans of ECR look at packages of the operating system
(https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic.html)."""
_NO_CHANGE: Final = frozenset({"schedule", "workflow_dispatch", "workflow_call", "repository_dispatch"})
"""Events that are no change of what is in the repository."""


class Repository(NamedTuple):
    """A repository whose pipelines test or ship something. View `dependency_scan`."""

    work: Activity
    """The first test, or push of an image, that a pipeline makes of a change."""
    ecosystems: tuple[str, ...]
    """Those whose dependencies nothing scans, and no bot looks after; else all of its builds."""
    scan: str | Unknown | None
    """What looks for weaknesses in all of its dependencies; None if nothing does for some of them."""


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read all pipelines of a repository; one that cannot be read leaves open what it does."""
    read: list[Parsed] = []
    pipelines: list[Pipeline] = []
    scans: list[str] = []
    doubt: Unknown | None = None
    for one in unit.roots:
        if one.kind not in PIPELINES:
            continue
        try:
            loaded, pipeline, template = _pipeline(one, tree, options)
        except Unreadable as error:
            doubt = doubt or Unknown("unparsed", str(error))
            continue
        # Their problems and comments belong to the units of the pipelines.
        read += (Parsed(parsed.source, (), (), ()) for parsed in loaded.parsed)
        scans += () if template is None else (template,)
        if any(problem.level == "error" for parsed in loaded.parsed for problem in parsed.problems):
            doubt = doubt or Unknown("unparsed", f"part of {one.files[0]} cannot be read")
        if pipeline is not None and not pipeline.part:
            pipelines.append(pipeline)
    work: Activity | None = None
    for pipeline in pipelines:
        graph = Graph(pipeline)
        found = [activity for job in pipeline.jobs for activity in graph.activities(job)]
        scans += (one.tool for one in found if _is_scan(one))
        doubt = doubt or pipeline.outside or _may_scan(found)
        if work is None and not (pipeline.triggers and _NO_CHANGE.issuperset(pipeline.triggers)):
            work = next((one for one in found if one.kind in (TEST, IMAGE_PUSH) and one.doubt is None), None)
    model = None if work is None else _judged(unit, work, scans, doubt, tree, options)
    return Loaded(model, tuple(read), ())


def _judged(
    unit: Unit, work: Activity, scans: Sequence[str], doubt: Unknown | None, tree: FileTree, options: Options
) -> Repository:
    """What the scans of the pipelines leave out, and who else may look at it."""
    kinds = tuple(dict.fromkeys(one.kind for one in unit.roots if one.kind in BUILDS))
    names = tuple(ecosystem_of(kind) for kind in kinds)
    left = [kind for kind in kinds if not any(covers(tool, kind) for tool in scans)]
    if "maven" in left:
        bound = scan_of_maven(unit.roots, tree, options)
        if isinstance(bound, str):
            scans = [*scans, bound]
            left.remove("maven")
        else:
            doubt = doubt or bound
    if not left:
        return Repository(work, names, scans[0])
    doubt = doubt or _other_system(unit, tree)
    if "gradle" in left:
        doubt = doubt or scan_of_gradle(unit.roots, tree)
    if doubt is not None:
        return Repository(work, names, doubt)
    return Repository(work, *_left_by_bots([ecosystem_of(kind) for kind in left], unit.roots, tree, options))


def _pipeline(unit: Unit, tree: FileTree, options: Options) -> tuple[Loaded, Pipeline | None, str | None]:
    """A pipeline, and the template of GitLab with a scan of dependencies that it includes."""
    if unit.kind == "workflow":
        loaded = load_workflow(unit, tree, options)
        assert loaded.model is None or isinstance(loaded.model, Pipeline)
        return loaded, loaded.model, None
    from vvbscan.views.ci.gitlab_kind import GitlabPipeline
    from vvbscan.views.ci.gitlab_kind import load as load_gitlab

    loaded = load_gitlab(unit, tree, options)
    assert isinstance(loaded.model, GitlabPipeline)
    templates = [one.location.text() or "" for one in loaded.model.includes if one.kind == "template"]
    return loaded, loaded.model.pipeline, next((one for one in templates if _TEMPLATES.fullmatch(one)), None)


def _is_scan(one: Activity) -> bool:
    """Whether it looks into the packages of the application: scans of images do as well."""
    return one.kind == DEPENDENCY or (one.kind == IMAGE and not one.tool.startswith(_SYSTEM_PACKAGES_ONLY))


def _may_scan(found: Iterable[Activity]) -> Unknown | None:
    """Why something that is not looked into may scan dependencies."""
    for one in found:
        if one.kind == IMAGE:
            return Unknown(
                "remote", f"whether {one.tool} looks into the packages of the application is set elsewhere"
            )
        # `--scan` of Gradle publishes how a build went (https://docs.gradle.com/develocity/gradle/current/).
        text = f"{one.tool} {one.place.text() or ''}".replace("--scan", "")
        program = one.tool.partition(" ")[0]
        written = next((word for word in (one.place.text() or "").split() if "=" not in word), "")
        runs_others = program in _RUNS_OTHERS or "." in program or "/" in written or one.tool == "a script"
        if (one.kind == HIDDEN and (runs_others or _LOOKS_LIKE_SCAN.search(text))) or (
            one.kind in (FOREIGN, TEST) and _LOOKS_LIKE_SCAN.search(text)
        ):
            return Unknown(
                "expression", f"what {one.tool} does is not looked into, and it may scan dependencies"
            )
    return None


def _left_by_bots(
    names: Sequence[str], roots: Sequence[Unit], tree: FileTree, options: Options
) -> tuple[tuple[str, ...], Unknown | None]:
    """Those of some ecosystems that no bot looks after; if bots look after all, why they may raise alerts."""
    bots = next((one for one in roots if one.kind == "update-bot"), None)
    if bots is None:
        return tuple(names), None
    from vvbscan.views.bots.kind import load as load_bots
    from vvbscan.views.bots.model import Bots

    try:
        model = load_bots(bots, tree, options).model
    except Unreadable as error:
        return tuple(names), Unknown("unparsed", str(error))
    assert isinstance(model, Bots)
    left, unknown = uncovered(model)
    without = {one.ecosystem for one in left}
    remaining = tuple(name for name in names if name in without)
    if remaining:
        return remaining, unknown
    reason = "a bot updates them, and whether alerts are raised for them is a setting of the repository"
    return tuple(names), Unknown("remote", reason)


def _other_system(unit: Unit, tree: FileTree) -> Unknown | None:
    place = unit.id.partition(":")[2]
    for name in _OTHER_SYSTEMS:
        path = posixpath.normpath(posixpath.join(place, name))
        if tree.is_file(path):
            return Unknown("unparsed", f"{path} is a pipeline too, and is not read")
    return None


def dependency_scans(loaded: Loaded) -> Iterator[Subject]:
    """View `dependency_scan`: what scans the dependencies of a repository. Record: `Repository`.

    Fields: `tool` (absent if nothing does), `work` and `ecosystems` as text.
    """
    model = loaded.model
    if model is None:
        return
    assert isinstance(model, Repository)
    anchor, scan = model.work.place, model.scan
    tool = None
    if scan is not None:
        tool = (
            anchor._replace(value=scan, style=COMPUTED)
            if isinstance(scan, Unknown)
            else computed(scan, anchor)
        )
    members = {
        "tool": tool,
        "work": computed(model.work.tool, anchor),
        "ecosystems": computed(_several(model.ecosystems), anchor),
    }
    yield Subject("dependency_scan", "repository", fields(anchor, members), anchor, record=model)


def _several(names: tuple[str, ...]) -> str:
    return ", ".join(names[:-1]) + " and " * (len(names) > 1) + names[-1]


KIND: Final = UnitKind(KIND_NAME, load, {"dependency_scan": dependency_scans}, no_facts)
