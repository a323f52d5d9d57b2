"""The views of a project of Gradle."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.subject import Subject
from vvbscan.views.gradle.build import coverage_asked_for, java_of, test_failures_ignored, tests_skipped
from vvbscan.views.gradle.model import Project
from vvbscan.views.gradle.versions import pinned_how
from vvbscan.views.packages.subjects import (
    dependency_subject,
    entry_subject,
    lock_subject,
    locked_subjects,
    manifest_subject,
    plugin_subject,
    repository_subject,
)
from vvbscan.views.records import computed, fields


def dependencies(project: Project) -> Iterator[Subject]:
    """View `dependency`."""
    for number, one in enumerate(project.dependencies):
        yield dependency_subject(one, f"{project.name}:dependency[{number}:{one.package}]")


def entries(project: Project) -> Iterator[Subject]:
    """View `dependency_entry`."""
    for number, one in enumerate(project.entries):
        yield entry_subject(one, f"{project.name}:entry[{number}:{one.package}]")


def manifests(project: Project) -> Iterator[Subject]:
    """View `manifest`."""
    for number, one in enumerate(project.manifests):
        found = manifest_subject(one)
        yield found._replace(address=f"{found.address}[{number}]") if number else found


def locks(project: Project) -> Iterator[Subject]:
    """View `lock`."""
    yield from map(lock_subject, project.locks)


def locked(project: Project) -> Iterator[Subject]:
    """View `locked_package`."""
    yield from locked_subjects(project.locks)


def plugins(project: Project) -> Iterator[Subject]:
    """View `build_plugin`."""
    for number, one in enumerate(project.plugins):
        address = f"{project.name}:plugin[{number}:{one.key}]"
        yield plugin_subject(one.key, one.version, pinned_how(one.version), one.anchor, one, address)


def repositories(project: Project) -> Iterator[Subject]:
    """View `package_repository`."""
    for number, one in enumerate(project.repositories):
        yield repository_subject(one, f"{project.name}:{one.kind}[{number}]")


def modules(project: Project) -> Iterator[Subject]:
    """View `build_module`, with the fields that modules of Maven have."""
    if not project.whole:
        return
    anchor = project.anchor
    yield Subject(
        "build_module",
        project.name,
        fields(
            anchor,
            {
                "name": computed(project.name, anchor),
                "has_sources": computed(project.has_sources, anchor),
                "has_tests": computed(project.has_tests, anchor),
                "java": java_of(project),
                "tests_skipped": tests_skipped(project),
                "test_failures_ignored": test_failures_ignored(project),
                "line_coverage": coverage_asked_for(project, "LINE"),
                "branch_coverage": coverage_asked_for(project, "BRANCH"),
            },
        ),
        anchor,
        "",
        project,
    )
