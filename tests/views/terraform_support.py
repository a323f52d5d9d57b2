"""Helpers of the tests of Terraform."""

from __future__ import annotations

from textwrap import dedent

from vvbscan.engine.plan import environment_of_path
from vvbscan.engine.recognise import TERRAFORM, format_of_name
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.terraform.kind import KIND, model_of
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.planning import plan_terraform

Files = dict[str, str] | str
"""Texts by path, or that of `main.tf`; they are dedented."""


def units(files: Files, options: Options | None = None) -> dict[str, Unit]:
    """The units of a tree by their id."""
    tree = tree_of(files)
    paths = [path for path in given(files) if format_of_name(path) == TERRAFORM]
    planned = plan_terraform(paths, tree, options or Options(), environment_of_path)
    return {unit.id: unit for unit in planned}


def load(files: Files, unit: str = "terraform:.", limits: Limits = DEFAULT_LIMITS) -> Loaded:
    """A unit of a tree, loaded."""
    options = Options(limits=limits)
    return KIND.load(units(files, options)[unit], tree_of(files), options)


def configurations(files: Files, limits: Limits = DEFAULT_LIMITS) -> dict[str, Configuration]:
    """The judged environments of the root module."""
    return {one.environment: one for one in model_of(load(files, limits=limits)).configurations}


def configuration(files: Files, limits: Limits = DEFAULT_LIMITS) -> Configuration:
    """The only judged environment of the root module."""
    (one,) = configurations(files, limits).values()
    return one


def resources(files: Files, limits: Limits = DEFAULT_LIMITS) -> dict[str, Resource]:
    """The resources and data sources by address."""
    return {one.address: one for one in configuration(files, limits).resources}


def resource(files: Files) -> Resource:
    """The only managed resource."""
    (one,) = (one for one in configuration(files).resources if one.mode == "managed")
    return one


def view(files: Files, name: str) -> dict[str, Subject]:
    """The subjects of a view by address."""
    return {subject.address: subject for subject in KIND.views[name](load(files))}


def told(files: Files, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    """What there is to tell when everything of the root module has been worked out: `code file:line`."""
    loaded = load(files, limits=limits)
    for one in model_of(loaded).configurations:
        for resource in one.resources:
            value(resource.root)
        for call in one.calls:
            value(call.root)
    lines = []
    for notice in loaded.notices:
        assert notice.location is not None
        lines.append(f"{notice.code} {notice.path}:{notice.location.line}")
    return lines


def value(node: Node | None) -> object:
    """A tree as plain values; an unknown is shown as `?`, or its parts with `?` for what is unknown.

    What may have further members has the last item `...`, or the member `...`.
    """
    assert node is not None
    if isinstance(node.value, Unknown):
        parts = node.value.parts
        return "".join("?" if part is None else part for part in parts) if parts else "?"
    if isinstance(node.value, MapValue):
        shown: dict[str, object] = {name: value(child) for name, child in node.value.entries.items()}
        return shown if node.value.rest is None else {**shown, "...": "?"}
    if isinstance(node.value, SeqValue):
        items = [value(item) for item in node.value.items]
        return items if node.value.rest is None else [*items, "..."]
    return node.value


def unknown(node: Node | None) -> Unknown:
    """What is not known of a node."""
    assert node is not None
    assert isinstance(node.value, Unknown), node
    return node.value


def place(node: Node | None) -> str:
    """The file and the characters that wrote a node."""
    assert node is not None
    return f"{node.source.path}: {node.written}"


def way(node: Node | None) -> list[str]:
    """The labelled steps from where a node was written: `label: characters`."""
    assert node is not None
    return [f"{step.label}: {step.source.text.text[step.start : step.end]}" for step in node.via]


def given(files: Files) -> dict[str, str]:
    """The texts by path."""
    return {"main.tf": files} if isinstance(files, str) else files


def tree_of(files: Files) -> MemoryTree:
    """The tree of some texts."""
    return MemoryTree({path: dedent(text) for path, text in given(files).items()})
