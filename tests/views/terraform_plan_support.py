"""Helpers of the tests of plans: small plans as Terraform writes them."""

from __future__ import annotations

import json
import re
from textwrap import dedent
from typing import Any

from vvbscan.engine.discover import Found
from vvbscan.engine.plan import plan
from vvbscan.engine.recognise import recognise
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.terraform.kind import model_of
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.plan_kind import KIND

Json = dict[str, Any]


def planned(address: str, values: Json, *, sensitive: Json | None = None, **others: Any) -> Json:
    """A resource among the planned values."""
    kind, name = re.sub(r"\[[^\]]*\]", "", address).split(".")[-2:]
    mode = "data" if f".data.{kind}." in f".{address}" else "managed"
    made = {"address": address, "mode": mode, "type": kind, "name": name, "values": values}
    return {**made, "sensitive_values": sensitive or {}, **others}


def change(address: str, unknown: Json, *actions: str, **others: Any) -> Json:
    """What the plan makes of a resource."""
    own = {"actions": list(actions or ["create"]), "after_unknown": unknown, **others}
    return {"address": address, "change": own}


def configured(address: str, expressions: Json, **others: Any) -> Json:
    """A resource of the configuration."""
    kind, name = address.split(".")[-2:]
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "expressions": expressions,
        **others,
    }


def plan_of(
    resources: list[Json],
    changes: list[Json] | None = None,
    configuration: Json | None = None,
    children: list[Json] | None = None,
    **others: Any,
) -> Json:
    """A whole plan."""
    root: Json = {"resources": resources}
    if children:
        root["child_modules"] = children
    made: Json = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": root},
        "resource_changes": changes or [],
    }
    if configuration is not None:
        made["configuration"] = {"root_module": configuration}
    return {**made, **others}


def units(files: dict[str, str]) -> dict[str, Unit]:
    """The units of a tree by id."""
    tree = MemoryTree(dict(files))
    found = []
    for path, text in sorted(files.items()):
        name = recognise(path, text.encode)
        if name is not None:
            found.append(Found(path, name, len(text)))
    return {unit.id: unit for unit in plan(found, tree, Options())}


def load(
    document: object,
    files: dict[str, str] | None = None,
    path: str = "plan.json",
    limits: Limits = DEFAULT_LIMITS,
) -> Loaded:
    """The unit of a plan, loaded; a document that is no text is written as JSON."""
    text = document if isinstance(document, str) else json.dumps(document)
    given = {name: dedent(content) for name, content in (files or {}).items()}
    tree = MemoryTree({**given, path: text})
    unit = units({**given, path: text})[f"terraform-plan:{path}"]
    return KIND.load(unit, tree, Options(limits=limits))


def configuration_of(
    document: object, files: dict[str, str] | None = None, path: str = "plan.json"
) -> Configuration:
    """What a plan comes to."""
    (one,) = model_of(load(document, files, path)).configurations
    return one


def resources(
    document: object, files: dict[str, str] | None = None, path: str = "plan.json"
) -> dict[str, Resource]:
    """The resources of a plan by address."""
    return {one.address: one for one in configuration_of(document, files, path).resources}


def resource(
    values: Json, unknown: Json | None = None, expressions: Json | None = None, **others: Any
) -> Resource:
    """The resource `x.y` of a plan that has only this one."""
    configuration = None if expressions is None else {"resources": [configured("x.y", expressions)]}
    document = plan_of([planned("x.y", values, **others)], [change("x.y", unknown or {})], configuration)
    return resources(document)["x.y"]


def told(document: object) -> list[str]:
    """What there is to tell of a plan."""
    return [f"{notice.level} {notice.code}: {notice.message}" for notice in load(document).notices]


def subjects(document: object, view: str, files: dict[str, str] | None = None) -> dict[str, Subject]:
    """The subjects of a view by address."""
    return {subject.address: subject for subject in KIND.views[view](load(document, files))}
