"""The views of a module of Maven."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.subject import Subject
from vvbscan.views.maven.build import java_release, test_failures_ignored, tests_skipped
from vvbscan.views.maven.coverage import coverage_asked_for
from vvbscan.views.maven.model import Module
from vvbscan.views.maven.versions import pinned_how
from vvbscan.views.packages.subjects import dependency_subject, entry_subject, pinned_node
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
    """View `build_plugin`: the fields `key`, `version` and `pinned`, which is as in `dependency`."""
    for key, plugin in module.plugins.items():
        anchor, version = plugin.anchor, plugin.version
        pinned = None if version is None else pinned_node(pinned_how(version), version, anchor)
        yield Subject(
            "build_plugin",
            f"{module.name}:plugin[{key}]",
            fields(anchor, {"key": computed(key, anchor), "version": version, "pinned": pinned}),
            anchor,
            "",
            plugin,
        )


def repositories(module: Module) -> Iterator[Subject]:
    """View `package_repository`."""
    for number, one in enumerate(module.repositories):
        yield Subject(
            "package_repository",
            f"{module.name}:{one.kind}[{number}]",
            fields(one.anchor, {"kind": computed(one.kind, one.anchor), "url": one.url}),
            one.anchor,
            "",
            one,
        )


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
