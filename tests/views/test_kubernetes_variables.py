from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from views.kubernetes_support import data, field, load, model, one, pod, view, written
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Unknown
from vvbscan.views.kubernetes.kind import model_of
from vvbscan.views.kubernetes.variables import Variables

CONFIG = """
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config}
data:
  LEVEL: debug
  URL: http://db
"""


def variables(members: str, extra: str = "") -> Variables:
    found = model(pod(members, extra=extra))
    (container,) = found.containers
    return found.variables(container)


def values(members: str, extra: str = "") -> dict[str, object]:
    return {name: data(node) for name, node in variables(members, extra).values.items()}


def test_literals_in_order() -> None:
    found = variables("env: [{name: B, value: '2'}, {name: A, value: ''}, {name: C}]")
    assert {name: node.value for name, node in found.values.items()} == {"B": "2", "A": "", "C": ""}
    assert list(found.values) == ["B", "A", "C"]
    assert found.rest is None


def test_the_last_of_equal_names_holds() -> None:
    assert values("env: [{name: A, value: '1'}, {name: A, value: '2'}]") == {"A": "2"}


def test_references_expand_to_earlier_variables() -> None:
    members = """
        env:
          - {name: HOST, value: db}
          - {name: URL, value: "http://$(HOST):$(PORT)/$$(HOST)/$HOST/$("}
          - {name: PORT, value: "1"}
    """
    found = variables(members)
    assert found.values["URL"].value == "http://db:$(PORT)/$(HOST)/$HOST/$("
    assert found.values["URL"].written.startswith('"http://$(HOST)')


def test_a_config_map_key_is_followed_to_its_literal() -> None:
    reference = "env: [{name: L, valueFrom: {configMapKeyRef: {name: config, key: LEVEL}}}]"
    node = variables(reference, CONFIG).values["L"]
    assert (node.value, node.written) == ("debug", "debug")
    assert [step.label for step in node.via] == ["container app takes it from here"]


def test_env_is_over_env_from() -> None:
    members = """
        envFrom: [{configMapRef: {name: config}}, {prefix: APP_, configMapRef: {name: config}}]
        env: [{name: LEVEL, value: "$(URL)/$(APP_LEVEL)"}]
    """
    assert values(members, CONFIG) == {
        "LEVEL": "http://db/debug",
        "URL": "http://db",
        "APP_LEVEL": "debug",
        "APP_URL": "http://db",
    }


def unknown(members: str, name: str, extra: str = "") -> Unknown:
    value = variables(members, extra).values[name].value
    assert isinstance(value, Unknown)
    return value


def test_secrets_stay_unknown() -> None:
    members = """
        env:
          - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
          - {name: URL, value: "jdbc:x?password=$(PASSWORD)&ssl"}
    """
    assert unknown(members, "PASSWORD") == Unknown("secret", "it is the key password of Secret db")
    assert unknown(members, "URL").parts == ("jdbc:x?password=", None, "&ssl")


def test_values_of_the_pod_and_of_missing_maps_are_unknown() -> None:
    members = """
        env:
          - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
          - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
          - {name: A, valueFrom: {configMapKeyRef: {name: other, key: a}}}
          - {name: B, valueFrom: {configMapKeyRef: {name: config, key: NONE}}}
          - {name: C, valueFrom: {configMapKeyRef: {name: config}}}
    """
    reasons = {name: unknown(members, name, CONFIG).reason for name in ("IP", "CPU", "A", "B", "C")}
    assert reasons == {
        "IP": "it is set at run time from status.podIP",
        "CPU": "it is set at run time from limits.cpu",
        "A": "ConfigMap other is not among the manifests that are judged together",
        "B": "ConfigMap config has no key NONE in its data",
        "C": "its configMapKeyRef names no known key",
    }


def test_sources_outside_open_the_environment() -> None:
    found = variables(
        "envFrom: [{secretRef: {name: db}}]\nenv: [{name: A, value: $(B)}, {name: C, value: x}]"
    )
    assert found.rest == Unknown("secret", "Secret db may set it")
    assert found.values["C"].value == "x"
    assert found.values["A"].value == found.rest._replace(parts=(None,))


HELD = """
---
apiVersion: v1
kind: Secret
metadata: {name: db}
data: {DB_USER: c2hvcA==}
stringData: {DB_PASSWORD: Sommer-2025}
"""


def test_a_secret_of_the_unit_tells_its_keys_and_no_values() -> None:
    found = variables("envFrom: [{prefix: APP_, secretRef: {name: db}}]\nenv: [{name: C, value: x}]", HELD)
    assert found.rest is None
    assert {name: node.value for name, node in found.values.items()} == {
        "APP_DB_USER": Unknown("secret", "it is the key DB_USER of Secret db"),
        "APP_DB_PASSWORD": Unknown("secret", "it is the key DB_PASSWORD of Secret db"),
        "C": "x",
    }
    assert found.names["APP_DB_USER"].written == "DB_USER"
    assert [step.label for step in found.values["APP_DB_USER"].via] == ["container app takes it from here"]


def test_a_secret_without_keys_waits_for_somebody_to_fill_it_in() -> None:
    empty = HELD.replace("data: {DB_USER: c2hvcA==}\n", "").replace(
        "stringData: {DB_PASSWORD: Sommer-2025}", ""
    )
    assert variables("envFrom: [{secretRef: {name: db}}]", empty).rest == Unknown(
        "secret", "Secret db may set it"
    )


def test_a_missing_config_map_opens_the_environment() -> None:
    rest = variables("envFrom: [{configMapRef: {name: none}}]").rest
    assert rest is not None
    assert rest.kind == "variable"


def test_service_links_are_set_by_the_cluster() -> None:
    members = 'env: [{name: A, value: "http://$(DB_SERVICE_HOST):$(DB_PORT_80_TCP_PORT)$(DB_HOST)"}]'
    assert unknown(members, "A").parts == ("http://", None, ":", None, "$(DB_HOST)")


def test_config_maps_of_other_namespaces_are_not_meant() -> None:
    reference = "env: [{name: L, valueFrom: {configMapKeyRef: {name: config, key: LEVEL}}}]"
    text = pod(reference, extra=CONFIG).replace("{name: config}", "{name: config, namespace: other}")
    in_shop = text.replace("  name: web\n", "  name: web\n  namespace: shop\n")
    container = next(iter(model(in_shop).containers))
    assert isinstance(model(in_shop).variables(container).values["L"].value, Unknown)
    assert values_of(text) == {"L": "debug"}


def values_of(text: str) -> dict[str, object]:
    found = model(text)
    (container,) = found.containers
    return {name: data(node) for name, node in found.variables(container).values.items()}


def test_two_config_maps_of_one_name_are_ambiguous() -> None:
    reference = "env: [{name: L, valueFrom: {configMapKeyRef: {name: config, key: LEVEL}}}]"
    assert unknown(reference, "L", CONFIG + CONFIG).kind == "ambiguous"


def test_expansion_has_limits() -> None:
    doubling = "".join(
        f"  - {{name: V{number}, value: '$(V{number - 1})$(V{number - 1})'}}\n" for number in range(1, 40)
    )
    text = pod("env:\n  - {name: V0, value: xxxxxxxx}\n" + doubling)
    found = model_of(load(text, limits=DEFAULT_LIMITS._replace(expanded_length=1000)))
    (container,) = found.containers
    result = found.variables(container).values
    assert result["V3"].value == "x" * 64
    last = result["V39"].value
    assert isinstance(last, Unknown)
    assert last.kind == "limit"
    few = model_of(load(text, limits=DEFAULT_LIMITS._replace(expansions=3)))
    assert isinstance(few.variables(next(iter(few.containers))).values["V2"].value, Unknown)


def test_nonsense_is_left_out() -> None:
    members = (
        "env: [3, {value: x}, {name: [a]}, {name: A, value: {b: c}}]\nenvFrom: [x, {configMapRef: 3}, null]"
    )
    assert values(members) == {"A": {"b": "c"}}


def reference_expansion(text: str, known: dict[str, str]) -> str:
    """`Expand` of kubernetes/third_party/forked/golang/expansion, character by character."""
    result = ""
    position = 0
    while position < len(text):
        if text[position] != "$" or position + 1 == len(text):
            result += text[position]
            position += 1
            continue
        following = text[position + 1]
        end = text.find(")", position)
        if following == "$":
            result += "$"
            position += 2
        elif following == "(" and end >= 0:
            name = text[position + 2 : end]
            result += known.get(name, f"$({name})")
            position = end + 1
        else:
            result += "$" + following
            position += 2
    return result


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="$()AB x", max_size=30))
def test_expansion_agrees_with_the_algorithm_of_the_kubelet(text: str) -> None:
    if not text:
        return
    members = f"env: [{{name: A, value: one}}, {{name: B, value: two}}, {{name: C, value: '{text}'}}]"
    assert values(members)["C"] == reference_expansion(text, {"A": "one", "B": "two"})


def test_the_field_env_of_the_view() -> None:
    text = pod("envFrom: [{secretRef: {name: s}}]\nenv: [{name: JAVA_TOOL_OPTIONS, value: -Xmx1g}]")
    subject = one("container", text)
    assert field(subject, "env") == {"JAVA_TOOL_OPTIONS": "-Xmx1g", "...": "secret"}
    assert written(subject.root.key("env")) == "env"


def test_view_of_variables() -> None:
    members = """
        env:
          - {name: PLAIN, value: x}
          - {name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: t}}}
          - {name: JOINED, value: "$(TOKEN)"}
          - {name: EMPTY}
    """
    subjects = view("environment_variable", pod(members, extra=CONFIG))
    found = [(subject.address, field(subject, "role"), subject.anchor.written) for subject in subjects]
    assert found == [
        ("Pod/web:containers[app].env[PLAIN]", "env", "PLAIN"),
        ("Pod/web:containers[app].env[TOKEN]", "env", "TOKEN"),
        ("Pod/web:containers[app].env[JOINED]", "env", "JOINED"),
        ("Pod/web:containers[app].env[EMPTY]", "env", "EMPTY"),
        ("ConfigMap/config:data[LEVEL]", "config", "LEVEL"),
        ("ConfigMap/config:data[URL]", "config", "URL"),
    ]
    assert [field(subject, "value") for subject in (subjects[0], subjects[1], subjects[3], subjects[4])] == [
        "x",
        None,
        None,
        "debug",
    ]
    assert isinstance(field(subjects[2], "value"), Unknown)
