"""Views and facts of compose projects, and that nothing a file contains breaks them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from views.compose_support import MAIN, every_node, load, place, rest, value, view
from vvbscan.expr.path import compile_path, look_up
from vvbscan.model.facts import WorkloadFact
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Unit
from vvbscan.views.compose import KIND
from vvbscan.views.compose.service import ComposeService
from vvbscan.views.records import ImageReference, PublishedPort, Variable

SHOP = """
services:
  web:
    build: {context: ., args: {VERSION: 1, TOKEN: }}
    image: shop/web:dev
    ports: ["127.0.0.1:8080:8080", "0.0.0.0:8443:8443", "9000"]
    environment: [DB_PASSWORD=hunter2, HOME_DIR]
    labels: {team: shop}
    healthcheck: {disable: true}
    expose: ["9090/tcp", "7000-7010"]
    mem_limit: 1g
  db:
    image: registry.example.org/postgres:17
    env_file: db.env
"""


def shop(environment: str = "") -> Loaded:
    return load({MAIN: SHOP, "db.env": "POSTGRES_PASSWORD=x\n"}, environment=environment)


def fields(subject: Subject) -> dict[str, object]:
    return {name: value(node) for name, _, node in subject.root.members()}


def test_services_carry_their_environment_and_record() -> None:
    subjects = view(shop("prod"), "compose_service")
    assert list(subjects) == ["service[web]", "service[db]"]
    web = subjects["service[web]"]
    assert web.environment == "prod"
    assert isinstance(web.record, ComposeService)
    assert web.anchor.written == "web"
    names = {"service", "name", "image", "build", "limits"}
    assert set(fields(web)) == names
    assert fields(web)["limits"] == {"memory": 1024**3}


def test_what_turns_the_health_check_off_is_blamed_for_its_lack() -> None:
    web = view(shop(), "compose_service")["service[web]"]
    found = look_up(web.root, web.anchor, compile_path("healthcheck"))
    assert found.absent
    assert found.node.written == "true"


def test_fields_of_an_open_service_are_unknown_and_not_absent() -> None:
    loaded = load({MAIN: "services: {web: {image: a, extends: {service: x, file: gone.yaml}}}"})
    web = view(loaded, "compose_service")["service[web]"]
    for path in ("restart", "healthcheck", "limits.memory", "service.user", "service.limits.memory"):
        assert look_up(web.root, web.anchor, compile_path(path)).unknown is not None, path
    assert rest(web.root) is not None


def test_an_image_that_is_built_is_no_reference() -> None:
    subjects = view(shop(), "image_reference")
    assert list(subjects) == ["service[db]"]
    record = subjects["service[db]"].record
    assert isinstance(record, ImageReference)
    assert (record.role, record.final) == ("service", True)
    assert fields(subjects["service[db]"])["tag"] == "17"


def test_variables_by_role() -> None:
    subjects = view(shop(), "environment_variable")
    found = {address: (fields(one).get("value"), fields(one)["role"]) for address, one in subjects.items()}
    assert found == {
        "service[web].env[DB_PASSWORD]": ("hunter2", "env"),
        "service[web].env[HOME_DIR]": (None, "env"),
        "service[web].build.args[VERSION]": ("1", "arg"),
        "service[web].build.args[TOKEN]": (None, "arg"),
        "service[web].labels[team]": ("shop", "label"),
        "service[db].env[POSTGRES_PASSWORD]": ("x", "env"),
    }
    password = subjects["service[db].env[POSTGRES_PASSWORD]"].record
    assert isinstance(password, Variable)
    assert place(password.value) == "db.env: x"
    assert place(password.name) == "db.env: POSTGRES_PASSWORD"


def test_published_ports() -> None:
    subjects = view(shop(), "published_port")
    records = [one.record for one in subjects.values()]
    assert all(isinstance(record, PublishedPort) and record.exposure == "host" for record in records)
    assert [
        {name: value for name, value in fields(one).items() if name not in ("opened_by", "main")}
        for one in subjects.values()
    ] == [
        {"port": 8080, "target": 8080, "protocol": "tcp", "address": "127.0.0.1", "exposure": "host"},
        {"port": 8443, "target": 8443, "protocol": "tcp", "exposure": "host"},
        {"target": 9000, "protocol": "tcp", "exposure": "host"},
    ]


def test_the_main_port_is_the_only_one_of_an_image_from_elsewhere() -> None:
    text = """
    services:
      alone: {image: vvb/start:1.0.0, ports: ["5005:5005", "127.0.0.1:5006:5005"]}
      two: {image: vvb/start:1.0.0, ports: ["5005:5005", "80:80"]}
      built: {build: ., ports: ["5005:5005"]}
      jvm: {image: vvb/start:1.0.0, command: java -jar a.jar, ports: ["5005:5005"]}
    """
    main = {
        address: fields(one)["main"] for address, one in view(load({MAIN: text}), "published_port").items()
    }
    assert [address for address, yes in main.items() if yes] == [
        "service[alone].ports[0]",
        "service[alone].ports[1]",
    ]


def test_what_opens_a_port_is_its_entry() -> None:
    text = "services: {a: {image: b, ports: ['80:8080', {target: 9000, published: 90}]}}"
    first, second = view(load({MAIN: text}), "published_port").values()
    opened_by = [subject.root.get("opened_by") for subject in (first, second)]
    assert [node.written for node in opened_by if node is not None] == [
        "'80:8080'",
        "{target: 9000, published: 90}",
    ]


def test_a_port_that_is_no_port_is_unknown_in_all_fields() -> None:
    (subject,) = view(load({MAIN: "services: {a: {image: b, ports: [x]}}"}), "published_port").values()
    assert {name: shown for name, shown in fields(subject).items() if name not in ("exposure", "main")} == {
        "port": "?",
        "target": "?",
        "protocol": "?",
        "address": "?",
        "opened_by": "?",
    }


def facts(loaded: Loaded) -> dict[str, WorkloadFact]:
    found = KIND.facts(Unit("compose:test", "compose", (MAIN,)), loaded)
    return {fact.workload: fact for fact in found if isinstance(fact, WorkloadFact)}


def test_facts() -> None:
    found = facts(shop("prod"))
    web, db = found["web"], found["db"]
    assert (web.address, web.container, web.environment) == ("service[web]", "web", "prod")
    assert web.image.value == "shop/web:dev"
    assert web.ports == (("", 8080), ("", 8443), ("", 9000), ("", 9090))
    assert {one.name: one.value.value for one in web.variables} == {
        "DB_PASSWORD": "hunter2",
        "HOME_DIR": None,
    }
    assert web.variables[1].value.unknown == "variable HOME_DIR is passed on from where Compose runs"
    assert db.variables[0].value.location.path == "db.env"
    assert db.variables[0].value.via[0].location.path == MAIN


def test_facts_tell_why_more_variables_may_be_set() -> None:
    found = facts(load({MAIN: "services: {web: {image: a, env_file: gone.env}}"}))
    assert found["web"].open_variables == "env_file gone.env is not in the tree"


def flow(members: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {text}" for name, text in members.items()) + "}"


NAMES = st.sampled_from(
    [
        *(
            "services",
            "web",
            "db",
            "include",
            "extends",
            "file",
            "service",
            "image",
            "build",
            "context",
            "path",
        ),
        *("ports", "<<", "environment", "env_file", "volumes", "healthcheck", "test", "deploy", "resources"),
        *("limits", "memory", "restart_policy", "logging", "driver", "profiles", "labels", "networks"),
        *("depends_on", "secrets"),
    ]
)
SCALARS = st.sampled_from(
    [
        *(
            "",
            "a",
            "1",
            "80:80",
            "${X}",
            "${X:-80}:80",
            "$",
            "${",
            "A=b",
            "compose.yaml",
            "common.yaml",
            ".env",
        ),
        *(
            "true",
            "web",
            "db",
            "&a x",
            "*a",
            "0.5",
            "512m",
            "x:y:z",
            "!reset x",
            "!override []",
            "{{x}}",
            "\\0",
        ),
    ]
)
VALUES: st.SearchStrategy[str] = st.recursive(
    SCALARS.map(lambda text: text if text and text[0] in "&*!" else f'"{text}"'),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(NAMES, inner, max_size=4).map(flow)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["web", "db"]), st.dictionaries(NAMES, VALUES, max_size=5).map(flow)),
    st.dictionaries(st.sampled_from(["web", "db"]), st.dictionaries(NAMES, VALUES, max_size=5).map(flow)),
    VALUES,
    st.text(max_size=30),
)
@settings(max_examples=150, deadline=None)
def test_no_project_breaks_the_views_and_every_node_has_its_place(
    main: dict[str, str], over: dict[str, str], include: str, env: str
) -> None:
    files = {
        MAIN: f"services: {flow(main)}\ninclude: {include}\n",
        "compose.prod.yaml": f"services: {flow(over)}\n",
        "common.yaml": f"services: {flow(over | main)}\n",
        ".env": env,
    }
    loaded = load(files, MAIN, "compose.prod.yaml")
    facts(loaded)
    for subjects in KIND.views.values():
        for subject in subjects(loaded):
            for node in every_node(subject.root):
                assert 0 <= node.start <= node.end <= len(node.source.text.text)
                for step in node.via:
                    assert 0 <= step.start <= step.end <= len(step.source.text.text)


def test_a_file_of_the_first_format_is_told_what_compose_wants() -> None:
    loaded = load({MAIN: "web: {image: vvb/approval:12.0.0, ports: ['80:80']}\n"})
    (notice,) = loaded.notices
    assert (notice.code, notice.message) == ("compose-services", "The file defines no services.")
    assert "below `services:`" in notice.hint
    (notice,) = load({MAIN: "x-web: {a: b}\nname: vvb\n"}).notices
    assert notice.hint == ""
