"""In which environments an application is judged, and with which profiles."""

from __future__ import annotations

from collections.abc import Sequence

from vvbscan.model.environment import EnvironmentPolicy, is_other_name, is_production_name
from vvbscan.model.facts import WorkloadFact
from vvbscan.model.unit import Options, Unit
from vvbscan.record import NamedTuple
from vvbscan.views.settings import quarkus, spring
from vvbscan.views.settings.environment import Environment
from vvbscan.views.settings.layers import SettingsFile
from vvbscan.views.settings.names import SPRING, split_list_text


class Place(NamedTuple):
    """An environment that an application is judged in."""

    environment: str
    profile: str
    """Name of the profile, empty for Spring's default."""
    profiles: tuple[str, ...]
    """The active profiles without groups and parents: of Quarkus the one that wins first, of Spring last."""
    workload: WorkloadFact | None = None
    containers: tuple[tuple[str, str], ...] = ()
    """Unit and address of the containers that run it so: the workload, and those that set the same."""


def places_of(files: Sequence[SettingsFile], framework: str, unit: Unit, options: Options) -> list[Place]:
    """The environments: one for each judged deployment that differs, else one for each production profile."""
    choose = _spring_places if framework == SPRING else _quarkus_places
    workloads = [
        workload
        for workload in unit.deployments
        if workload.judged and not _is_for_others(workload, framework, options.environments)
    ]
    if not workloads:
        places = choose(files, Environment(None, framework), options)
        return [place._replace(environment=unit.environment or place.environment) for place in places]
    alike: dict[tuple[object, ...], list[WorkloadFact]] = {}
    for workload in workloads:
        settings = tuple((variable.name, variable.value[:3]) for variable in workload.variables)
        started = tuple((option.name, option.value[:3]) for option in workload.options)
        mounted = tuple(file._replace(lines=()) for file in workload.files)
        same = (workload.environment, workload.open_variables, settings, started, mounted)
        alike.setdefault(same, []).append(workload)
    places = []
    for workload, *others in alike.values():
        candidates = choose(files, Environment(workload, framework), options)
        named = [place for place in candidates if place.profile == workload.environment]
        containers = tuple((one.unit, one.address) for one in (workload, *others))
        place = (named or candidates)[0]
        places.append(
            place._replace(environment=workload.environment, workload=workload, containers=containers)
        )
    return places


def _is_for_others(workload: WorkloadFact, framework: str, policy: EnvironmentPolicy) -> bool:
    """Whether a deployment says itself that it is none to be judged: it starts the profile `dev`."""
    environment = Environment(workload, framework)
    declared = spring.declared_profiles if framework == SPRING else quarkus.active_profiles
    profiles = declared((), environment)
    names = {*profiles, workload.environment} - {""}
    return bool(profiles) and not policy.judged(names)


def _quarkus_places(files: Sequence[SettingsFile], environment: Environment, options: Options) -> list[Place]:
    """Without a profile that the tree or the configuration names, it is `prod`."""
    declared = (
        quarkus.active_profiles((), environment)
        or tuple(reversed(split_list_text(options.app_profile)))
        or quarkus.active_profiles(files, environment)
    )
    if declared:
        return [Place(declared[0], declared[0], declared)]
    if options.environments.production:
        written = quarkus.written_profiles(files) | {quarkus.DEFAULT_PROFILE}
        chosen = sorted(options.environments.judged(written) - {""})
        if chosen:
            return [Place(profile, profile, (profile,)) for profile in chosen]
    default = quarkus.DEFAULT_PROFILE
    return [Place(default, default, (default,))]


def _spring_places(files: Sequence[SettingsFile], environment: Environment, options: Options) -> list[Place]:
    """The profiles that the environment names, else those of the configuration, else the production profiles.

    `spring.profiles.active` of the files counts if it names a production profile, or if there is none: teams
    leave their development profile there and name another one where they deploy.
    """
    named = spring.declared_profiles((), environment) or tuple(split_list_text(options.app_profile))
    if named:
        return [_spring_place(named, options.environments)]
    declared = spring.declared_profiles(files, environment)
    production = _production(spring.written_profiles(files) | set(declared), options.environments)
    if production and production.isdisjoint(declared):
        return [Place(profile, profile, (profile,)) for profile in sorted(production)]
    if declared and (production or not all(is_other_name(profile) for profile in declared)):
        return [_spring_place(declared, options.environments)]
    return [Place("", "", ())]


def _spring_place(profiles: tuple[str, ...], policy: EnvironmentPolicy) -> Place:
    production = [profile for profile in profiles if profile in _production(set(profiles), policy)]
    profile = production[0] if production else profiles[-1]
    return Place(profile, profile, profiles)


def _production(profiles: set[str] | frozenset[str], policy: EnvironmentPolicy) -> frozenset[str]:
    """Those of the profiles that are production."""
    judged = policy.judged(profiles) - {""}
    if policy.production:
        return judged
    return frozenset(profile for profile in judged if is_production_name(profile))
