"""Units of the kind `manifest`: one plain file of Kubernetes objects, YAML or JSON."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.facts import Fact
from vvbscan.model.limits import Limits
from vvbscan.model.location import locate, locate_node
from vvbscan.model.node import MapValue, Node, Parsed
from vvbscan.model.outcome import NOT_ANALYSED, PARTLY, FileRecord, Notice
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, Unreadable
from vvbscan.views.kubernetes.budgets import disruption_budgets
from vvbscan.views.kubernetes.lookup import reach, text_at
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.network import ingresses, published_ports, services
from vvbscan.views.kubernetes.objects import KubernetesObject, read_objects
from vvbscan.views.kubernetes.probes import probes
from vvbscan.views.kubernetes.schema_view import schema_errors
from vvbscan.views.kubernetes.skaffold import Artifacts
from vvbscan.views.kubernetes.subjects import (
    containers,
    environment_variables,
    image_references,
    kubernetes_objects,
    workloads,
)
from vvbscan.views.kubernetes.tls import tls_endpoints
from vvbscan.views.of_tree import OfTree

FORMAT: Final = "kubernetes"
_FIELDS: Final = frozenset(
    {
        "spec",
        "data",
        "stringData",
        "rules",
        "roleRef",
        "subjects",
        "webhooks",
        "template",
        "parameters",
        "status",
    }
)
"""What the objects of Kubernetes have beside their metadata."""
_TAG: Final = lazy_pattern(r"\{%[^%\n]{0,80}%\}")
_ACTION: Final = lazy_pattern(r"\{\{|\{%")
_OF_TEMPLATES: Final = frozenset({"yaml-syntax", "template-text"})
"""Problems that template actions cause."""


def _view(
    function: Callable[[KubernetesModel], Iterable[Subject]],
) -> Callable[[Loaded], Iterable[Subject]]:
    """A view of a loaded unit from a view of its model."""
    return lambda loaded: function(model_of(loaded))


VIEWS: Final[Mapping[str, Callable[[Loaded], Iterable[Subject]]]] = {
    "kubernetes_object": _view(kubernetes_objects),
    "workload": _view(workloads),
    "container": _view(containers),
    "probe": _view(probes),
    "image_reference": _view(image_references),
    "environment_variable": _view(environment_variables),
    "kubernetes_service": _view(services),
    "ingress": _view(ingresses),
    "disruption_budget": _view(disruption_budgets),
    "tls_endpoint": _view(tls_endpoints),
    "published_port": _view(published_ports),
    "schema_error": lambda loaded: schema_errors(model_of(loaded), loaded.parsed),
}
"""The views of every unit whose model is a `KubernetesModel`."""


def model_of(loaded: Loaded) -> KubernetesModel:
    """The model of a loaded unit of Kubernetes objects."""
    assert isinstance(loaded.model, KubernetesModel)
    return loaded.model


def facts(unit: Unit, loaded: Loaded) -> tuple[Fact, ...]:
    """The facts of every unit whose model is a `KubernetesModel`."""
    from vvbscan.views.kubernetes.facts import workload_facts  # asked for only beside an application

    return tuple(workload_facts(unit, model_of(loaded)))


def parse_manifest(path: str, tree: FileTree, options: Options) -> Parsed:
    """A manifest of the tree, parsed by its ending; raises `Unreadable`."""
    source, problems = tree.read(path)
    if path.lower().endswith(".json"):
        from vvbscan.parse.json import parse_json_stream  # kubectl reads several values too

        parsed = parse_json_stream(source, options.limits)
    else:
        from vvbscan.parse.yaml import parse_yaml

        parsed = parse_yaml(source, options.limits)
    return parsed._replace(problems=(*problems, *parsed.problems))


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a manifest and find its objects."""
    path = unit.files[0]
    record = FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged)
    try:
        parsed = parse_manifest(path, tree, options)
    except Unreadable as error:
        notice = Notice("error", "unreadable", f"The file was not analysed: {error}.", path)
        lost = record._replace(status=NOT_ANALYSED, reason=str(error))
        return Loaded(KubernetesModel(()), (), (lost,), (notice,))
    parsed, record, notices = _without_templates(parsed, record, options.limits)
    found = read_objects(parsed, unit.environment)
    objects = [item for item in found if _is_described(item)]
    notices += [_no_object(item) for item in found if not _is_described(item)]
    notices += [_no_kind(one.root) for one in parsed.documents if _lacks_kind(one.root)]
    artifacts = Artifacts(posixpath.dirname(path), tree, options)
    companions = Companions.of(tree, options.limits).model(unit, options) if unit.companions else None
    model = KubernetesModel(
        objects, options.kubernetes_version, options.limits, artifacts=artifacts, companions=companions
    )
    return Loaded(model, (parsed,), (record,), tuple(notices))


class Companions(OfTree):
    """The objects of files that are read for the workloads of others, of one directory at a time."""

    def __init__(self, tree: FileTree, limits: Limits) -> None:
        super().__init__(tree, limits)
        self._last: tuple[tuple[str, ...], str] = ((), "")
        self._model = KubernetesModel(())

    def model(self, unit: Unit, options: Options) -> KubernetesModel:
        """What the companions of a unit describe; what is wrong with them is told where they are judged."""
        wanted = (unit.companions, unit.environment)
        if self._last != wanted:
            found: list[KubernetesObject] = []
            for path in unit.companions:
                try:
                    found += read_objects(parse_manifest(path, self.tree, options), unit.environment)
                except Unreadable:
                    continue
            self._last, self._model = wanted, KubernetesModel(found)
        return self._model


def _without_templates(
    parsed: Parsed, record: FileRecord, limits: Limits
) -> tuple[Parsed, FileRecord, list[Notice]]:
    """A file without the template actions that keep it from being YAML, and what that makes of its record.

    Where they only fill in values, those are unknown. Else the documents that have actions are left out.
    """
    if not any(problem.code == "yaml-syntax" for problem in parsed.problems):
        return parsed, record, []
    text = parsed.source.text.text
    tag = _TAG.search(text)
    if not (tag or "{{" in text):
        return parsed, record, []
    from vvbscan.parse.templates import NotMaskable, parse_template_yaml  # few manifests are templates

    template = (
        NotMaskable(f"`{tag[0]}` is a tag of a template engine", tag.start(), tag.end())
        if tag
        else parse_template_yaml(parsed.source, limits)
    )
    if not isinstance(template, NotMaskable):
        problems = (problem for problem in parsed.problems if problem.code == "encoding")
        return template._replace(problems=(*problems, *template.problems)), record, []
    kept = tuple(one for one in parsed.documents if not _ACTION.search(text, one.start, one.end))
    problems = (problem for problem in parsed.problems if problem.code not in _OF_TEMPLATES)
    notice = Notice(
        "warning",
        "template-not-rendered",
        f"The file is a template and was not wholly analysed: {template.reason}.",
        record.path,
        locate(parsed.source, template.start, template.end),
        "scan what it renders",
    )
    return (
        parsed._replace(documents=kept, problems=tuple(problems)),
        record._replace(status=PARTLY if kept else NOT_ANALYSED, reason=template.reason),
        [notice],
    )


def _is_described(item: KubernetesObject) -> bool:
    """Whether a mapping with a `kind` describes an object of a cluster.

    Values of charts and the configuration of tools have one too, but no `metadata`, and fields of their own.
    """
    if item.metadata is not None:
        return True
    own = {name for name, _, _ in item.root.members()} - {"apiVersion", "kind", "metadata"}
    return not own or not own.isdisjoint(_FIELDS)


def _no_object(item: KubernetesObject) -> Notice:
    place = locate_node(item.anchor)
    message = (
        f"{item.kind} has no `metadata` and no field of an object: it is no manifest, and was not judged."
    )
    return Notice("note", "no-manifest", message, place.path, place)


def _lacks_kind(root: Node) -> bool:
    """Whether a document is an object but for its kind."""
    return (
        root.get("kind") is None
        and text_at(root, "apiVersion") != ""
        and isinstance(root.value, MapValue)
        and root.value.rest is None
        and reach(root, "metadata") is not None
    )


def _no_kind(root: Node) -> Notice:
    place = locate_node(root.key("apiVersion") or root)
    message = "The object lacks `kind`: the API server refuses it, and it was not judged."
    return Notice("warning", "no-kind", message, place.path, place)


KIND: Final = UnitKind("manifest", load, VIEWS, facts)
