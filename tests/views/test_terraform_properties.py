"""Whatever stands in the files of modules: loading ends, raises nothing, and gives the same again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from views import terraform_support
from views.terraform_support import load, units, value
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.unit import Options
from vvbscan.views.terraform.kind import KIND, model_of

LIMITS = DEFAULT_LIMITS._replace(
    evaluation_steps=20_000, unit_instances=200, instances=50, expanded_length=2_000
)

names = st.sampled_from(["a", "b", "c"])
references = st.sampled_from(
    [
        "var.a", "var.b", "local.a", "local.b", "local.c", "x.a", "x.a.id", "x.b.n", "x.a[0].n", "x.b[*].n", 'x.c["a"]',
        "module.a", "module.a.a", "module.b[0].b", "module.b[*].a", 'module.c["a"].a', "data.x.a.id", "each.key",
        "each.value", "each.value.n", "count.index", "self.n", "path.module", "terraform.workspace", "a.value",
        "local.a.b.c", "local.a[local.b]", "resource.x.a.n", "path", "var", "module.a.a.b[0]",
    ]
)  # fmt: skip
literals = st.sampled_from(
    ["1", "0", "-1", "1.5", '"a"', "true", "null", "[]", "{}", '""', "100000", '["a", "b"]']
)
expressions = st.recursive(
    references | literals,
    lambda inner: st.one_of(
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{ a = {}, n = {} }}".format, inner, inner),
        st.builds("{} ? {} : {}".format, inner, inner, inner),
        st.builds("{} + {}".format, inner, inner),
        st.builds("{} == {}".format, inner, inner),
        st.builds('"${{{}}}-${{{}}}"'.format, inner, inner),
        st.builds("toset({})".format, inner),
        st.builds("merge({}, {})".format, inner, inner),
        st.builds("try({}, {})".format, inner, inner),
        st.builds("[for k, v in {} : {}]".format, inner, inner),
        st.builds("{{ for k, v in {} : k => {} }}".format, inner, inner),
        st.builds("({})[*].n".format, inner),
    ),
    max_leaves=6,
)
attributes = st.builds(
    "  {} = {}\n".format, st.sampled_from(["n", "a", "count", "for_each", "b"]), expressions
)
dynamics = st.builds(
    '  dynamic "{}" {{\n    for_each = {}\n    content {{\n      n = {}\n    }}\n  }}\n'.format,
    names, expressions, expressions,
)  # fmt: skip
bodies = st.lists(
    attributes | dynamics | st.just("  lifecycle {\n    ignore_changes = [n]\n  }\n"), max_size=4
).map("".join)
blocks = st.one_of(
    st.builds('resource "x" "{}" {{\n{}}}\n'.format, names, bodies),
    st.builds('data "x" "{}" {{\n{}}}\n'.format, names, bodies),
    st.builds('variable "{}" {{\n  default = {}\n}}\n'.format, names, expressions),
    st.builds(
        'variable "{}" {{\n  type = {}\n}}\n'.format,
        names,
        st.sampled_from(["string", "list(number)", "x", "any"]),
    ),
    st.builds("locals {{\n  {} = {}\n}}\n".format, names, expressions),
    st.builds('output "{}" {{\n  value = {}\n}}\n'.format, names, expressions),
    st.builds(
        'module "{}" {{\n  source = "{}"\n{}}}\n'.format,
        names,
        st.sampled_from(
            [".", "./m", "../m", "..", "./missing", "../../out", "x/y/z", "git::https://example.com"]
        ),
        bodies,
    ),
    st.just('terraform {\n  backend "s3" {\n    bucket = var.a\n  }\n}\n'),
    st.just('provider "x" {\n  alias = "a"\n}\n'),
)
modules = st.lists(blocks, max_size=8).map("".join)
values = st.lists(st.builds("{} = {}\n".format, names, expressions), max_size=3).map("".join)
trees = st.fixed_dictionaries(
    {"main.tf": modules, "m/main.tf": modules},
    optional={
        "override.tf": modules, "terraform.tfvars": values, "prod.tfvars": values, "env/prod/eu.tfvars": values,
        "m/examples/a/main.tf": modules, "main.tofu": modules,
    },
)  # fmt: skip


def outcome(files: dict[str, str]) -> object:
    """All that the units of a tree come to."""
    options = Options(limits=LIMITS)
    shown: list[object] = []
    for unit in units(files, options).values():
        loaded = KIND.load(unit, terraform_support.tree_of(files), options)
        for configuration in model_of(loaded).configurations:
            shown.extend((one.address, value(one.root)) for one in configuration.resources)
            shown.extend((one.address, value(one.root)) for one in configuration.calls)
            shown.extend((one.kind, value(one.root)) for one in configuration.settings)
        for view in KIND.views.values():
            shown.extend((subject.address, value(subject.root)) for subject in view(loaded))
        shown.append(list(loaded.notices))
        shown.append(list(loaded.files))
    return shown


@settings(deadline=None, max_examples=150)
@given(trees)
def test_loading_ends_and_gives_the_same_again(files: dict[str, str]) -> None:
    assert outcome(files) == outcome(files)


@settings(deadline=None, max_examples=100)
@given(trees, st.data())
def test_a_file_that_is_damaged_loses_nothing_else(files: dict[str, str], data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(files)))
    text = files[path]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 5)))
    files[path] = (
        text[:start]
        + data.draw(st.sampled_from(["", "{", "}", '"', "\0", "${", "<<EOT\n", "é"]))
        + text[end:]
    )
    outcome(files)


@settings(deadline=None, max_examples=100)
@given(trees)
def test_every_file_is_in_a_unit(files: dict[str, str]) -> None:
    assert {path for unit in units(files).values() for path in unit.files} == set(files)


@settings(deadline=None, max_examples=60)
@given(modules)
def test_what_is_asked_first_does_not_matter(text: str) -> None:
    """Values that are worked out on demand are those that are worked out beforehand."""
    loaded = load({"main.tf": text}, limits=LIMITS)
    for configuration in model_of(loaded).configurations:
        eager = {one.address: value(one.root) for one in configuration.resources}
    again = load({"main.tf": text}, limits=LIMITS)
    for configuration in model_of(again).configurations:
        backwards = {one.address: value(one.root) for one in reversed(configuration.resources)}
        assert eager == backwards
