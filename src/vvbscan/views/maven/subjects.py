"""The views of a module of Maven."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.subject import Subject
from vvbscan.views.maven.build import java_release, test_failures_ignored, tests_skipped
from vvbscan.views.maven.coverage import coverage_asked_for
from vvbscan.views.maven.model import Module
from vvbscan.views.maven.versions import pinned_how
from vvbscan.views.packages.subjects import (
    dependency_subject,
    entry_subject,
    plugin_subject,
    repository_subject,
)
from vvbscan.views.records import computed, fields


def dependencies(module: Module) -> Iterator[Subject]:
    """View `dependency`: what the module depends on and which bills of materials it imports."""
    for number, one in enumerate((*module.dependencies, *module.imports)):
        yield dependency_subject(one, f"{module.name}:dependency[{number}:{one.package}]")


def entries(module: Module) -> Iterator[Subject]:
    """View `dependency_entry`."""
    for number, one in enumerate(module.entries):
        yield entry_subject(one, f"{module.name}:entry[{number}:{one.package}]")


def plugins(module: Module) -> Iterator[Subject]:
    """View `build_plugin`."""
    for key, one in module.plugins.items():
        address = f"{module.name}:plugin[{key}]"
        yield plugin_subject(key, one.version, pinned_how(one.version), one.anchor, one, address)


def repositories(module: Module) -> Iterator[Subject]:
    """View `package_repository`."""
    for number, one in enumerate(module.repositories):
        yield repository_subject(one, f"{module.name}:{one.kind}[{number}]")


def modules(module: Module) -> Iterator[Subject]:
    """View `build_module`: `name`, `has_sources`, `has_tests`, and what `build` and `coverage` tell of it."""
    anchor = module.anchor
    yield Subject(
        "build_module",
        module.name,
        fields(
            anchor,
            {
                "name": computed(module.name, anchor),
                "has_sources": computed(module.has_sources, anchor),
                "has_tests": computed(module.has_tests, anchor),
                "java": java_release(module),
                "tests_skipped": tests_skipped(module),
                "test_failures_ignored": test_failures_ignored(module),
                "line_coverage": coverage_asked_for(module, "LINE"),
                "branch_coverage": coverage_asked_for(module, "BRANCH"),
            },
        ),
        anchor,
        "",
        module,
    )
