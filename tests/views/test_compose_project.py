"""Compose projects: variables from files, includes, environments, and what cannot be known."""

from __future__ import annotations

import pytest

from views.compose_support import MAIN, load, place, reason, rest, service, services, value, web
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.outcome import ANALYSED, NOT_ANALYSED, PARTLY
from vvbscan.model.unit import Loaded
from vvbscan.views.compose.project import project_of
from vvbscan.views.compose.service import ComposeService

PROD = "compose.prod.yaml"


def codes(loaded: Loaded) -> list[tuple[str, str]]:
    return [(notice.level, notice.code) for notice in loaded.notices]


def opened(found: ComposeService) -> str:
    doubt = rest(found.node)
    assert doubt is not None
    return doubt.reason


class TestVariables:
    def test_values_of_the_env_file_of_the_project(self) -> None:
        found = service(
            {MAIN: "services: {web: {image: 'app:${TAG}', environment: [MODE]}}", ".env": "TAG=1.2\nMODE=x\n"}
        )
        assert value(found.image) == "app:1.2"
        assert place(found.node.at("environment", "MODE")) == ".env: x"
        assert found.reference is not None
        assert place(found.reference.tag) == ".env: 1.2"

    def test_values_refer_to_the_lines_above(self) -> None:
        found = service(
            {MAIN: "services: {web: {image: '$IMAGE'}}", ".env": "A=1\nIMAGE=app:${A}-${B:-b}\nA=2\n"}
        )
        assert value(found.image) == "app:1-b"

    def test_single_quotes_keep_dollars(self) -> None:
        found = web("environment: {A: '$X'}", _env="X='$Y'")
        assert value(found.node.at("environment", "A")) == "$Y"

    def test_the_env_file_is_that_of_the_directory_of_the_main_file(self) -> None:
        files = {
            "app/compose.yaml": "services: {web: {image: 'a:${TAG}'}}",
            ".env": "TAG=1",
            "app/.env": "TAG=2",
        }
        assert value(service(files, "app/compose.yaml").image) == "a:2"

    def test_the_default_of_a_tag_is_where_the_tag_is_written(self) -> None:
        found = service("services: {web: {image: '${REPO:-shop/web}:${TAG:-latest}'}}")
        assert found.reference is not None
        assert place(found.reference.repository) == f"{MAIN}: shop/web"
        assert place(found.reference.tag) == f"{MAIN}: latest"

    def test_an_unknown_tag_leaves_the_repository_known(self) -> None:
        found = service("services: {web: {image: 'shop/web:${TAG}'}}")
        assert found.reference is not None
        assert value(found.reference.repository) == "shop/web"
        assert reason(found.reference.tag) == "variable TAG has no value in the tree"


class TestEnvFiles:
    def test_the_last_file_wins_and_environment_wins_over_all(self) -> None:
        found = web(
            "env_file: [a.env, b.env]\nenvironment: {C: own}",
            a_env="A=a\nB=a\nC=a\n",
            b_env="B=b\nD=${C}-${A}\n",
        )
        environment = found.node.get("environment")
        assert value(environment) == {"A": "a", "B": "b", "C": "own", "D": "own-a"}
        assert rest(environment) is None
        assert place(found.node.at("environment", "A")) == "a.env: a"
        assert place(found.node.at("environment", "C")) == f"{MAIN}: own"

    def test_the_way_leads_over_the_env_file_attribute(self) -> None:
        found = web("env_file: a.env", a_env="A=a\n")
        node = found.node.at("environment", "A")
        assert node is not None
        (step,) = node.via
        assert step.label == "service web takes it from this file"
        assert step.source.text.text[step.start : step.end] == "a.env"

    def test_raw_files_are_not_interpolated(self) -> None:
        found = web("env_file: [{path: a.env, format: raw}]", a_env="A='$X' # y\n")
        assert value(found.node.at("environment", "A")) == "'$X' # y"

    @pytest.mark.parametrize(
        "entry", ["gone.env", "{path: gone.env, required: false}", "'../x.env'", "/x.env"]
    )
    def test_a_file_that_is_not_in_the_tree_leaves_the_environment_open(self, entry: str) -> None:
        found = web(f"env_file: [{entry}]\nenvironment: {{A: 1}}")
        environment = found.node.get("environment")
        assert value(environment) == {"A": "1"}
        doubt = rest(environment)
        assert doubt is not None
        assert doubt.reason.endswith("is not in the tree")

    def test_a_file_named_by_a_variable_leaves_the_environment_open(self) -> None:
        doubt = rest(web("env_file: '${STAGE}.env'").node.get("environment"))
        assert doubt is not None
        assert doubt.reason == "variable STAGE has no value in the tree"

    def test_env_files_that_bring_in_too_many_variables_leave_the_rest_open(self) -> None:
        loaded = load(
            {
                MAIN: "services: {web: {image: a, env_file: [a.env, b.env]}}",
                "a.env": "A=1\nB=2\n",
                "b.env": "C=3\nD=4\n",
            },
            limits=DEFAULT_LIMITS._replace(alias_nodes=3),
        )
        (found,) = project_of(loaded).services
        environment = found.node.get("environment")
        assert value(environment) == {"A": "1", "B": "2"}
        doubt = rest(environment)
        assert doubt is not None
        assert doubt.kind == "limit"


class TestInclude:
    def test_services_come_with_the_variables_of_their_own_project(self) -> None:
        found = services(
            {
                MAIN: "include: [sub/compose.yaml]\nservices: {web: {image: 'a:$TAG'}}",
                ".env": "TAG=1\n",
                "sub/compose.yaml": "services: {db: {image: 'b:$TAG-$OWN', env_file: db.env}}",
                "sub/.env": "TAG=2\nOWN=3\n",
                "sub/db.env": "A=x\n",
            }
        )
        assert {name: value(found[name].image) for name in found} == {"db": "b:1-3", "web": "a:1"}
        assert value(found["db"].node.get("environment")) == {"A": "x"}
        (step,) = found["db"].via
        assert (step.label, step.source.path) == ("includes its file", MAIN)

    def test_the_long_form_names_files_directory_and_variables(self) -> None:
        found = service(
            {
                MAIN: "include: [{path: [s/a.yaml, s/b.yaml], project_directory: p, env_file: s/x.env}]",
                "s/a.yaml": "services: {web: {image: 'a:$V', build: .}}",
                "s/b.yaml": "services: {web: {restart: always}}",
                "s/x.env": "V=1\n",
            }
        )
        assert (value(found.image), value(found.restart)) == ("a:1", "always")
        assert found.dockerfile == "p/Dockerfile"

    def test_own_attributes_win_over_included_ones(self) -> None:
        found = service(
            {
                MAIN: "include: [s.yaml]\nservices: {web: {restart: always}}",
                "s.yaml": "services: {web: {image: a, restart: 'no'}}",
            }
        )
        assert (value(found.image), value(found.restart)) == ("a", "always")

    def test_an_included_service_can_be_extended(self) -> None:
        found = service(
            {
                MAIN: "include: [s.yaml]\nservices: {web: {extends: base}}",
                "s.yaml": "services: {base: {image: a}}",
            }
        )
        assert value(found.image) == "a"

    def test_a_circle_ends_with_a_notice(self) -> None:
        loaded = load(
            {MAIN: "include: [s.yaml]\nservices: {web: {image: a}}", "s.yaml": f"include: [{MAIN}]"}
        )
        assert codes(loaded) == [("error", "include-cycle")]
        assert [found.name for found in project_of(loaded).services] == ["web"]

    @pytest.mark.parametrize(
        "path", ["gone.yaml", "oci://registry.example.org/x", "https://example.org/x.git", "../x.yaml"]
    )
    def test_what_is_not_in_the_tree_is_a_notice(self, path: str) -> None:
        loaded = load({MAIN: f"include: ['{path}']\nservices: {{web: {{image: a}}}}"})
        assert codes(loaded) == [("note", "include-missing")]

    def test_includes_that_multiply_end(self) -> None:
        files = {f"{n}.yaml": f"include: [{n + 1}.yaml, {n + 1}.yaml]" for n in range(30)}
        loaded = load({**files, MAIN: "include: [0.yaml]"}, limits=DEFAULT_LIMITS._replace(unit_files=50))
        assert ("error", "unit-files") in codes(loaded)


class TestEnvironments:
    def test_a_partial_file_is_laid_over_the_main_file(self) -> None:
        found = service(
            {
                MAIN: "services: {web: {image: 'a:1', restart: 'no', ports: ['80:80']}}",
                PROD: "services: {web: {restart: always, ports: ['443:443']}}",
            },
            MAIN,
            PROD,
        )
        assert (value(found.image), value(found.restart)) == ("a:1", "always")
        assert len((found.node.get("ports") or found.node).items()) == 2

    def test_a_complete_file_may_be_run_alone_so_what_only_the_main_file_sets_is_unknown(self) -> None:
        found = services(
            {
                MAIN: """
                    services:
                      web: {image: "a:1", user: app, ports: ["80:80"], environment: {A: 1, B: 2}}
                      mail: {image: mailhog}
                    """,
                PROD: "services: {web: {image: 'a:2', ports: ['443:443'], environment: {B: 3}}}",
            },
            MAIN,
            PROD,
        )
        web = found["web"]
        assert value(web.image) == "a:2"
        assert reason(web.node.get("user")) == "compose.prod.yaml may be run over compose.yaml or alone"
        ports = web.node.get("ports")
        assert value(ports) == [{"target": 443, "published": 443}]
        assert rest(ports) is not None
        assert value(web.node.get("environment")) == {"A": "?", "B": "3"}
        assert web.node.get("restart") is None
        assert rest(web.node) is None
        assert value(found["mail"].image) == "?"

    def test_a_complete_file_with_services_of_its_own_is_read_for_itself(self) -> None:
        found = services(
            {MAIN: "services: {web: {image: a}}", "compose.kafka.yaml": "services: {kafka: {image: b}}"},
            MAIN,
            "compose.kafka.yaml",
        )
        assert list(found) == ["kafka"]

    @pytest.mark.parametrize(
        "body",
        [
            "services: {web: {image: a, depends_on: [db]}}",
            "services: {web: {image: a, volumes: ['data:/x']}}",
            "services: {web: {image: a, networks: [back]}}",
            "services: {web: {image: a, secrets: [key]}}",
            "services: {web: {image: a}, db: {restart: always}}",
            "services: {web: {image: a, extends: {service: x, file: gone.yaml}}}",
        ],
    )
    def test_a_file_that_compose_would_not_take_alone_is_laid_over(self, body: str) -> None:
        files = {MAIN: "services: {web: {image: b, user: app}, db: {image: c}}", PROD: body}
        assert value(services(files, MAIN, PROD)["web"].node.get("user")) == "app"

    def test_the_override_file_is_always_laid_over(self) -> None:
        files = {
            MAIN: "services: {web: {image: a, user: app}}",
            "compose.override.yaml": "services: {web: {image: b}}",
        }
        found = service(files, MAIN, "compose.override.yaml")
        assert (value(found.image), value(found.node.get("user"))) == ("b", "app")

    def test_a_service_that_is_not_complete_is_open(self) -> None:
        found = service({PROD: "services: {web: {restart: always}}"}, PROD)
        assert opened(found).startswith("service web has neither an image nor a build")


class TestService:
    @pytest.mark.parametrize(
        ("attributes", "limits"),
        [
            ("mem_limit: 512m", {"memory": 512 * 1024**2}),
            ("mem_limit: 1.5gb", {"memory": 1536 * 1024**2}),
            ("mem_limit: 1024", {"memory": 1024}),
            ("mem_limit: '${MEM:-64k}'", {"memory": 65536}),
            ("mem_limit: '${MEM}'", {"memory": "?"}),
            ("cpus: '0.5'", {"cpus": 0.5}),
            ("cpus: 2\npids_limit: 100", {"cpus": 2, "pids": 100}),
            ("deploy: {resources: {limits: {memory: 1g, cpus: '1.5', pids: 9}}}",
             {"memory": 1024**3, "cpus": 1.5, "pids": 9}),
            ("mem_limit: 1g\ncpus: 1\ndeploy: {resources: {limits: {memory: 2g}}}",
             {"memory": 2 * 1024**3, "cpus": 1}),
            ("mem_limit: 0", {}),
            ("pids_limit: -1", {}),
        ],
    )  # fmt: skip
    def test_limits(self, attributes: str, limits: dict[str, object]) -> None:
        assert value(web(attributes).node.get("limits")) == limits

    def test_without_limits(self) -> None:
        assert web("deploy: {resources: {reservations: {memory: 1m}}}").node.get("limits") is None

    def test_reservations(self) -> None:
        assert value(web("mem_reservation: 1k").node.get("reservations")) == {"memory": 1024}

    @pytest.mark.parametrize(
        ("attributes", "restart"),
        [
            ("restart: unless-stopped", "unless-stopped"),
            ('restart: "no"', "no"),
            ("restart: no", "no"),
            ("deploy: {restart_policy: {condition: any}}", "always"),
            ("deploy: {restart_policy: {condition: none}}\nrestart: always", "no"),
            ("deploy: {restart_policy: {condition: on-failure}}", "on-failure"),
            ("deploy: {restart_policy: {delay: 1s}}", "?"),
        ],
    )
    def test_restart(self, attributes: str, restart: str) -> None:
        assert value(web(attributes).restart) == restart

    @pytest.mark.parametrize(
        "off", ["{disable: true}", "{disable: 'true', test: [CMD, x]}", "{test: [NONE]}"]
    )
    def test_a_health_check_that_is_turned_off(self, off: str) -> None:
        found = web(f"healthcheck: {off}")
        assert found.healthcheck is None
        assert found.healthcheck_off is not None

    def test_a_health_check(self) -> None:
        found = web("healthcheck: {test: curl localhost, disable: false}")
        assert (found.healthcheck is not None, found.healthcheck_off) == (True, None)

    def test_services_only_for_development_are_left_out(self) -> None:
        found = services(
            """
            services:
              web: {image: a}
              mail: {image: b, profiles: [dev]}
              debug: {image: c, profiles: [local-tools, tests]}
              grafana: {image: d, profiles: [dev, monitoring]}
            """
        )
        assert list(found) == ["web", "grafana"]


class TestFiles:
    def test_every_file_is_recorded(self) -> None:
        loaded = load(
            {
                MAIN: "include: [s.yaml]\nservices: {web: {image: a, env_file: web.env}}",
                "s.yaml": "services: {db: {image: b}}",
                ".env": "A=1",
                "web.env": "?",
            }
        )
        assert {(record.path, record.format, record.status) for record in loaded.files} == {
            (MAIN, "compose", ANALYSED),
            ("s.yaml", "compose", ANALYSED),
            (".env", "dotenv", ANALYSED),
            ("web.env", "dotenv", PARTLY),
        }
        assert {parsed.source.path for parsed in loaded.parsed} == {MAIN, "s.yaml", ".env", "web.env"}

    def test_a_file_that_is_gone_is_an_error(self) -> None:
        loaded = load({})
        assert codes(loaded) == [("error", "unreadable")]
        assert [record.status for record in loaded.files] == [NOT_ANALYSED]

    def test_a_file_without_services_is_a_note(self) -> None:
        assert codes(load({MAIN: "volumes: {data: }"})) == [("note", "compose-services")]

    @pytest.mark.parametrize("text", ["services: []", "services: x"])
    def test_services_that_are_no_mapping_are_an_error(self, text: str) -> None:
        assert codes(load({MAIN: text})) == [("error", "compose-services")]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "- a",
            "x",
            "services:",
            "services: {web: }",
            "services: {web: x}",
            "services: {web: [1]}",
            "services: {x-y: 1}",
        ],
    )
    def test_odd_files_are_read_without_an_error(self, text: str) -> None:
        assert all(level != "error" for level, _ in codes(load({MAIN: text})))

    def test_files_that_are_included_many_times_end(self) -> None:
        big = "services:\n" + "".join(f"  s{n}: {{image: a}}\n" for n in range(100))
        loaded = load(
            {MAIN: "include:\n" + "- big.yaml\n" * 50, "big.yaml": big},
            limits=DEFAULT_LIMITS._replace(file_bytes=10_000),
        )
        assert ("error", "unit-size") in codes(loaded)

    @pytest.mark.parametrize("step", [1, -1])
    def test_a_chain_of_extended_services_has_a_limit_in_any_order(self, step: int) -> None:
        numbers = range(1, 40)[::step]
        lines = "".join(f"  s{n}: {{extends: s{n - 1}}}\n" for n in numbers)
        limits = DEFAULT_LIMITS._replace(depth=20)
        loaded = load({MAIN: f"services:\n  s0: {{image: a}}\n{lines}"}, limits=limits)
        assert codes(loaded) == [("error", "extends-depth")]

    def test_extended_services_that_multiply_end(self) -> None:
        lines = "".join(f"  s{n}: {{extends: s{n + 1}}}\n" for n in range(50))
        items = ", ".join(["x"] * 1000)
        loaded = load(
            {MAIN: f"services:\n{lines}  s50: {{image: a, x-items: [{items}]}}\n"},
            limits=DEFAULT_LIMITS._replace(alias_nodes=20_000),
        )
        assert ("error", "extends-size") in codes(loaded)


@pytest.mark.parametrize(
    ("volumes", "source"),
    [
        ("{data: {driver_opts: {type: none, o: bind, device: /srv}}}", "/srv"),
        ("{data: {driver_opts: {type: none, o: 'rw,rbind', device: '${DATA:-/srv}'}}}", "/srv"),
        ("{data: {driver_opts: {type: nfs, o: 'addr=10.0.0.1', device: ':/srv'}}}", "data"),
        ("{data: {driver_opts: {o: bind}}}", "data"),
        ("{data: {driver_opts: bind}}", "data"),
        ("{data: }", "data"),
        ("[data]", "data"),
    ],
)
def test_a_named_volume_may_be_a_directory_of_the_host(volumes: str, source: str) -> None:
    found = service(f"services: {{web: {{image: a, volumes: ['data:/data']}}}}\nvolumes: {volumes}\n")
    (mount,) = (found.node.get("volumes") or found.node).items()
    assert (value(mount.get("source")), value(mount.get("type"))) == (
        source,
        "volume" if source == "data" else "bind",
    )
