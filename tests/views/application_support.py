"""Applications built from texts."""

from __future__ import annotations

from collections.abc import Mapping

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.environment import EnvironmentPolicy
from vvbscan.model.facts import ApplicationFact, EnvironmentVariable, Located, WorkloadFact
from vvbscan.model.location import Location
from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.application import KIND, applications
from vvbscan.views.settings.model import Application

RESOURCES = "src/main/resources/"
QUARKUS_POM = "<dependency><groupId>io.quarkus</groupId></dependency>"
SPRING_POM = "<dependency><groupId>org.springframework.boot</groupId></dependency>"
MANIFEST = Location("deploy/web.yaml", 100, 103, 7, 12, 7, 15, 12, 15, '          value: "30"')


def load(
    files: Mapping[str, str],
    build: str = "",
    *,
    deployments: tuple[WorkloadFact, ...] = (),
    options: Options | None = None,
    environment: str = "",
) -> Loaded:
    """The unit of these files, names without a directory lying in `src/main/resources`."""
    placed = {name if "/" in name else RESOURCES + name: text for name, text in files.items()}
    tree = MemoryTree({**placed, "pom.xml": build})
    unit = Unit("application:.", "application", tuple(sorted(placed)), environment, deployments=deployments)
    return KIND.load(unit, tree, options or Options())


def application(
    files: Mapping[str, str] | str,
    build: str = "",
    *,
    deployments: tuple[WorkloadFact, ...] = (),
    options: Options | None = None,
) -> Application:
    """The one application of these files; a text is `application.properties`."""
    texts = {"application.properties": files} if isinstance(files, str) else files
    (only,) = applications(load(texts, build, deployments=deployments, options=options))
    return only


def quarkus(
    files: Mapping[str, str] | str, *deployments: WorkloadFact, options: Options | None = None
) -> Application:
    return application(files, QUARKUS_POM, deployments=deployments, options=options)


def spring(
    files: Mapping[str, str] | str, *deployments: WorkloadFact, options: Options | None = None
) -> Application:
    return application(files, SPRING_POM, deployments=deployments, options=options)


def workload(
    variables: Mapping[str, str | int | Located] | None = None,
    *,
    environment: str = "production",
    judged: bool = True,
    open_variables: str = "",
    address: str = "Deployment/web:containers[app]",
) -> WorkloadFact:
    """A container that is started with these variables."""
    return WorkloadFact(
        unit="manifest:deploy/web.yaml",
        environment=environment,
        judged=judged,
        address=address,
        workload="web",
        container="app",
        image=Located("shop/web:1.0", MANIFEST),
        ports=(),
        probes=(),
        variables=tuple(
            EnvironmentVariable(name, value if isinstance(value, Located) else Located(value, MANIFEST))
            for name, value in (variables or {}).items()
        ),
        open_variables=open_variables,
        location=MANIFEST,
    )


def policy(*production: str) -> Options:
    return Options(environments=EnvironmentPolicy(production=production))


def value(app: Application, name: str) -> object:
    """The plain value of a setting: lists as lists, unknowns as `?kind`, absent as None."""
    node = app.settings.get(name)
    return None if node is None else plain(node)


def plain(node: Node) -> object:
    found = node.value
    if isinstance(found, SeqValue):
        return [plain(item) for item in found.items]
    return f"?{found.kind}" if isinstance(found, Unknown) else found


def written(app: Application, name: str) -> str:
    """The characters that a setting's value points at."""
    node = app.settings.get(name)
    assert node is not None
    return node.written


def subjects(loaded: Loaded, view: str) -> list[Subject]:
    return list(KIND.views[view](loaded))


def facts(loaded: Loaded) -> list[ApplicationFact]:
    found = KIND.facts(Unit("application:.", "application", ()), loaded)
    return [fact for fact in found if isinstance(fact, ApplicationFact)]
