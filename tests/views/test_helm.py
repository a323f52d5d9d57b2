"""Helm charts: which templates are analysed, what is known of them, and what is said of the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan import Config, Selection, scan_files
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import Node, Unknown
from vvbscan.model.outcome import ANALYSED, NOT_ANALYSED, PARTLY
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options
from vvbscan.views.helm import KIND, ChartPlan, plan_charts
from vvbscan.views.kubernetes.model import KubernetesModel

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
DEPLOYMENT = """\
{{- $name := .Values.name }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "shop.fullname" . }}
  labels: {{- include "shop.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
      - name: {{ .Chart.Name }}
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
        imagePullPolicy: Always
        securityContext:
          privileged: true
        resources:
          {{- toYaml .Values.resources | nindent 10 }}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n"
REFUSED = "{{- if .Values.on }}\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n{{- end }}\n"


def plan(files: dict[str, str | bytes]) -> ChartPlan:
    return plan_charts(list(files), MemoryTree(files))


def load(files: dict[str, str | bytes], *, limits: Limits = DEFAULT_LIMITS) -> Loaded:
    """The only chart of these files, loaded."""
    (unit,) = plan(files).units
    return KIND.load(unit, MemoryTree(files), Options(limits=limits))


def addresses(loaded: Loaded) -> list[str]:
    assert isinstance(loaded.model, KubernetesModel)
    return [item.address for item in loaded.model.objects]


def container(loaded: Loaded) -> Subject:
    (subject,) = KIND.views["container"](loaded)
    return subject


def field(subject: Subject, *path: str) -> Node:
    node = subject.root.at(*path)
    assert node is not None
    return node


def shop(**templates: str | bytes) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {"shop/Chart.yaml": CHART, "shop/values.yaml": "name: shop\n"}
    return files | {f"shop/templates/{name.replace('__', '.')}": text for name, text in templates.items()}


def test_values_that_are_filled_in_are_unknown_and_the_others_known() -> None:
    loaded = load(shop(web__yaml=DEPLOYMENT))
    assert loaded.notices == ()
    subject = container(loaded)
    assert field(subject, "spec", "securityContext", "privileged").value is True
    assert field(subject, "spec", "imagePullPolicy").written == "Always"
    assert isinstance(field(subject, "spec", "resources").value, Unknown)
    image = field(subject, "spec", "image").value
    assert isinstance(image, Unknown)
    assert image.kind == "template"
    assert image.parts == (None, ":", None)


def test_an_object_whose_name_is_filled_in_has_the_address_of_its_file() -> None:
    loaded = load(shop(web__yaml=DEPLOYMENT, named__yaml=SERVICE))
    assert addresses(loaded) == ["Service/web", "Deployment/web"]


def test_a_name_that_is_known_in_part_shows_what_is_known() -> None:
    text = SERVICE.replace("{name: web}", '{name: "{{ .Release.Name }}-web"}')
    assert addresses(load(shop(service__yaml=text))) == ["Service/*-web"]


def test_two_objects_of_one_file_without_known_names_have_two_addresses() -> None:
    text = SERVICE.replace("{name: web}", '{name: "{{ .Values.a }}"}')
    assert addresses(load(shop(services__yaml=f"{text}---\n{text}"))) == [
        "Service/services",
        "Service/services#2",
    ]


def test_refused_templates_are_counted_once_a_chart_with_what_to_do() -> None:
    loaded = load(shop(a__yaml=REFUSED, b__yaml=SERVICE, c__yaml=REFUSED))
    (notice,) = loaded.notices
    assert notice.message == (
        "2 of 3 templates of chart shop are not analysed: what they render depends on their values "
        "(in shop/templates/a.yaml, `{{- if .Values.on }}` decides which lines there are)."
    )
    assert (notice.level, notice.code, notice.path) == ("warning", "helm-not-rendered", "shop")
    assert notice.hint == "helm template shop > rendered.yaml && vvbscan scan rendered.yaml"
    assert notice.location is not None
    assert (notice.location.path, notice.location.line, notice.location.end) == (
        "shop/templates/a.yaml",
        1,
        20,
    )
    assert {record.path: record.status for record in loaded.files} == {
        "shop/Chart.yaml": ANALYSED,
        "shop/values.yaml": ANALYSED,
        "shop/templates/a.yaml": NOT_ANALYSED,
        "shop/templates/b.yaml": ANALYSED,
        "shop/templates/c.yaml": NOT_ANALYSED,
    }
    assert addresses(loaded) == ["Service/web"]


def test_what_refused_templates_may_render_is_not_missed() -> None:
    labelled = DEPLOYMENT.replace("  template:\n", "  template:\n    metadata: {labels: {app: web}}\n")
    loaded = load(shop(web__yaml=labelled, service__yaml=REFUSED))
    backed = field(container(loaded), "service_backed").value
    assert isinstance(backed, Unknown)


def test_the_only_template_is_called_so() -> None:
    (notice,) = load(shop(a__yaml=REFUSED)).notices
    assert notice.message.startswith(
        "The only template of chart shop is not analysed: what it renders depends on its values ("
    )


def test_an_action_that_gives_a_whole_object_is_not_analysed() -> None:
    whole = '{{ include "common.deployment" . }}\n'
    loaded = load(shop(a__yaml=whole, b__yaml=f"{SERVICE}---\n{whole}", c__yaml="{{/* nothing */}}\n"))
    (notice,) = loaded.notices
    assert notice.message == (
        "1 of 3 templates of chart shop is not analysed: what they render depends on their values "
        '(in shop/templates/a.yaml, `{{ include "common.deployment" . }}` gives a whole object).'
    )
    assert notice.location is not None
    assert (notice.location.path, notice.location.line) == ("shop/templates/a.yaml", 1)
    assert [one.status for one in loaded.files if "/templates/" in one.path] == [
        NOT_ANALYSED,
        PARTLY,
        ANALYSED,
    ]
    assert addresses(loaded) == ["Service/web"]
    assert isinstance(loaded.model, KubernetesModel)
    assert loaded.model.rest is not None


@pytest.mark.parametrize(
    "path",
    ["_helpers.tpl", "_partial.yaml", "NOTES.txt", "tests/test.yaml", "notes.md"],
)
def test_what_is_no_manifest_is_not_read(path: str) -> None:
    files = shop(b__yaml=SERVICE) | {f"shop/templates/{path}": REFUSED}
    loaded = load(files)
    assert loaded.notices == ()
    records = {record.path: record.judged for record in loaded.files}
    recognised = path.endswith((".yaml", ".tpl"))
    assert records.get(f"shop/templates/{path}") is (False if recognised else None), "told, not lost"


def test_bytes_that_are_not_utf_8_are_told() -> None:
    label = SERVICE.replace("name: web", "name: web, labels: {a: 'caf\u00e9'}").encode("latin-1")
    loaded = load(shop(a__yaml=label))
    problems = [problem.code for parsed in loaded.parsed for problem in parsed.problems]
    assert problems == ["encoding"]
    assert addresses(loaded) == ["Service/web"]


def test_comments_of_the_template_language_suppress() -> None:
    note = "{{- /* vvbscan: ignore[VVB-IMAGE-001] -- mirror */}}"
    image = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n  containers:\n  - name: a\n%s    image: a%s\n"
    files = shop(
        a__yaml=image % ("a", f"    {note}\n", ""),
        b__yaml=image % ("b", "", f" {note}"),
        c__yaml=f"{note.replace('ignore[', 'ignore-file[')}\n" + image % ("c", "", ""),
        d__yaml=image % ("d", "", ""),
    )
    config = Config(selection=Selection(select=("VVB-IMAGE-001",)))
    result = scan_files(files, config, today="2026-06-15")
    assert [finding.address for finding in result.findings] == ["Pod/d:containers[a]"]
    assert [notice.code for notice in result.notices] == []


def test_hooks_for_tests_are_no_subjects() -> None:
    hook = SERVICE.replace("{name: web}", '{name: t, annotations: {"helm.sh/hook": test}}')
    assert addresses(load(shop(a__yaml=hook, b__yaml=SERVICE))) == ["Service/web"]


def test_templates_below_folders_custom_resources_and_charts_within_are_read() -> None:
    files = shop(a__yaml=SERVICE) | {
        "shop/templates/web/web.yaml": DEPLOYMENT,
        "shop/crds/shelf.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: '{{ kept }}'}\n",
        "shop/charts/cache/Chart.yaml": CHART,
        "shop/charts/cache/templates/service.yaml": SERVICE.replace("web", "cache"),
        "shop/charts/cache/charts/deep/Chart.yaml": CHART,
        "shop/charts/cache/charts/deep/templates/x.yaml": REFUSED,
    }
    loaded = load(files)
    assert addresses(loaded) == [
        "CustomResourceDefinition/{{ kept }}", "Service/web", "Deployment/web", "Service/cache",
    ]  # fmt: skip
    (notice,) = loaded.notices
    assert notice.path == "shop/charts/cache/charts/deep"


def test_a_packed_chart_leaves_the_objects_open() -> None:
    loaded = load(shop(web__yaml=DEPLOYMENT) | {"shop/charts/redis-1.0.0.tgz": b"\x1f\x8b\x00"})
    assert isinstance(loaded.model, KubernetesModel)
    assert loaded.model.rest == Unknown("remote", "the packed chart shop/charts/redis-1.0.0.tgz is not read")


@pytest.mark.parametrize(
    ("present", "missing"),
    [("", True), ("redis/Chart.yaml", False), ("redis-18.1.0.tgz", False), ("other/Chart.yaml", True)],
)
def test_a_chart_that_is_depended_on_and_not_there_leaves_the_objects_open(
    present: str, *, missing: bool
) -> None:
    files = shop(b__yaml=SERVICE) | {
        "shop/Chart.yaml": f"{CHART}dependencies: [{{name: redis, version: 18.x}}]\n"
    }
    if present:
        files[f"shop/charts/{present}"] = CHART
    loaded = load(files)
    assert isinstance(loaded.model, KubernetesModel)
    wanted = Unknown("remote", "the chart redis that it depends on is not in the tree")
    assert (loaded.model.rest == wanted) is missing


def test_problems_of_values_are_located() -> None:
    loaded = load(
        shop(b__yaml=SERVICE) | {"shop/values.yaml": "a: [1\nb: 2\n", "shop/values-prod.yaml": "a: 1\na: 2\n"}
    )
    problems = {parsed.source.path: [problem.code for problem in parsed.problems] for parsed in loaded.parsed}
    assert problems["shop/values.yaml"] == ["yaml-syntax"]
    assert problems["shop/values-prod.yaml"] == ["duplicate-key"]


def test_an_unreadable_template_is_reported() -> None:
    loaded = load(shop(a__yaml=b"\x00\x01\x02", b__yaml=SERVICE))
    (notice,) = loaded.notices
    assert (notice.level, notice.path) == ("error", "shop/templates/a.yaml")
    assert addresses(loaded) == ["Service/web"]


def test_a_chart_with_too_many_files_is_cut_with_a_notice() -> None:
    files = shop(**{f"t{i:03}__yaml": SERVICE.replace("web", f"w{i}") for i in range(50)})
    loaded = load(files, limits=DEFAULT_LIMITS._replace(unit_files=10))
    assert [(notice.level, notice.code) for notice in loaded.notices] == [("error", "limit")]
    assert len(loaded.files) == 10


class LoopedTree(MemoryTree):
    """A tree in which `charts/shop` of the chart is a link to the chart, and `templates/again` to `templates`."""

    def _real(self, path: str) -> str:
        while "charts/shop/" in f"{path}/" or "templates/again" in path:
            path = (
                f"{path}/".replace("charts/shop/", "", 1)
                .replace("templates/again", "templates", 1)
                .rstrip("/")
            )
        return path

    def is_file(self, path: str) -> bool:
        return super().is_file(self._real(path))

    def is_directory(self, path: str) -> bool:
        return super().is_directory(self._real(path))

    def names(self, directory: str) -> tuple[str, ...]:
        names = super().names(self._real(directory))
        if directory.endswith("charts"):
            return (*names, "shop")
        return (*names, "again") if self._real(directory).endswith("templates") else names


def test_links_that_go_round_end() -> None:
    files = shop(b__yaml=SERVICE) | {"shop/charts/readme.md": ""}
    tree = LoopedTree(files)
    (unit,) = plan_charts(["shop/Chart.yaml"], tree).units
    loaded = KIND.load(unit, tree, Options())
    assert addresses(loaded) == ["Service/web"]
    assert loaded.notices == ()


def test_a_chart_consumes_its_own_files_and_no_others() -> None:
    files = shop(a__yaml=SERVICE) | {
        "shop/Dockerfile": "",
        "shop/deploy/web.yaml": "",
        "shop/crds/x.yaml": "",
        "shop/values-prod.yaml": "",
        "shop/charts/cache/Chart.yaml": "",
        "shop/charts/cache/templates/a.yaml": "",
        "other/templates/a.yaml": "",
    }
    found = plan(files)
    (unit,) = found.units
    assert (unit.id, unit.kind, unit.environment, unit.judged) == ("helm:shop", "helm", "", True)
    assert unit.files[0] == "shop/Chart.yaml"
    assert set(unit.files) == found.consumed
    assert found.consumed == set(files) - {
        "shop/Dockerfile",
        "shop/deploy/web.yaml",
        "other/templates/a.yaml",
    }


def test_charts_are_found_by_their_templates_too_and_at_the_root() -> None:
    files: dict[str, str | bytes] = {
        "Chart.yaml": CHART,
        "templates/a.yaml": SERVICE,
        "web.yaml": "",
        "sub/Chart.yaml": CHART,
        "sub/templates/b.yaml": SERVICE,
    }
    found = plan_charts(["templates/a.yaml", "web.yaml", "sub/templates/b.yaml"], MemoryTree(files))
    assert [(unit.id, unit.files) for unit in found.units] == [
        ("helm:.", ("Chart.yaml", "templates/a.yaml")),
        ("helm:sub", ("sub/Chart.yaml", "sub/templates/b.yaml")),
    ]
    assert addresses(KIND.load(found.units[0], MemoryTree(files), Options())) == ["Service/web"]


TEMPLATES = st.lists(
    st.sampled_from(
        [
            "kind: Deployment\n", "metadata:\n", "  name: {{ .Values.a }}\n", "{{- if .x }}\n", "{{ end }}\n", "---\n",
            "spec: {{ toYaml . | nindent 2 }}\n", "- a\n", "{{", "}}", "\t", "'", "{{/* c */}}", '  b: "{{ x }}"\n',
        ]
    ),
    max_size=10,
).map("".join)  # fmt: skip


@given(TEMPLATES)
def test_every_template_is_analysed_or_refused(text: str) -> None:
    loaded = load(shop(a__yaml=text))
    (record,) = [one for one in loaded.files if one.path == "shop/templates/a.yaml"]
    assert record.status in (NOT_ANALYSED if loaded.notices else ANALYSED, PARTLY)
    for view in KIND.views.values():
        list(view(loaded))
