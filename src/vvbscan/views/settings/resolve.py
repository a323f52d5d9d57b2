"""From layers and an environment to the settings that take effect."""

from __future__ import annotations

from collections.abc import Sequence

from vvbscan.model.node import Node, Origin, Unknown
from vvbscan.views.settings.build import Build
from vvbscan.views.settings.convert import convert
from vvbscan.views.settings.environment import Environment
from vvbscan.views.settings.expand import Budget, Expander, Found
from vvbscan.views.settings.known import known_settings
from vvbscan.views.settings.layers import Layers, Pick
from vvbscan.views.settings.model import Setting, Settings, join_lists
from vvbscan.views.settings.names import QUARKUS, SPRING, Name, is_canonical, setting_name, split_profiles
from vvbscan.views.settings.specs import DEPENDS, default_of

_ENVIRONMENT: int = -1
"""Position of the environment, above all layers."""


class Resolver:
    """Finds what takes effect in one environment."""

    def __init__(
        self, layers: Layers, environment: Environment, profiles: Sequence[str], build: Build, budget: Budget
    ) -> None:
        self._layers = layers
        self._environment = environment
        self._profiles = profiles
        self._framework = build.framework
        self._build = build
        self._remote = ""
        self._known = known_settings(build.framework)
        self._expander = Expander(self._look_up, self._platform_default, build.framework, budget)
        # What is fixed when the application is built does not see what a deployment sets.
        self._build_expander = Expander(self._written, self._platform_default, build.framework, budget)

    def settings(self, remote: str) -> Settings:
        """All settings that take effect; `remote` says why there may be more, or is empty. Asked once."""
        self._remote = remote
        found: dict[str, Setting] = {}
        positions: dict[str, int] = {}
        picks = {pick.name.identity: pick for pick in self._layers.picks()}
        names = [pick.name for pick in picks.values()]
        names += [setting_name(self._framework, name) for name in self._environment.settings()]
        for name in names:
            if name.identity in found or not name.identity:
                continue
            pick = picks.get(name.identity)
            override = self._override(name)
            if override is not None:
                setting = self._setting(name, override, _overriding(override, pick))
                if pick is not None:
                    written = self._expander.expand(Found(name.identity, pick.value))
                    setting = setting._replace(overridden=written)
                found[name.identity] = setting
                positions[name.identity] = _ENVIRONMENT
            elif pick is not None:
                found[name.identity] = self._setting(name, pick.key, pick.value)
                positions[name.identity] = pick.position
        del self._expander, self._build_expander  # which ask this resolver for names, a circle
        joined = join_lists(found, positions, spring=self._framework == SPRING)
        return Settings(found, joined, self._rest(), self._build)

    def _setting(self, name: Name, key: Node, raw: Node) -> Setting:
        spec = self._known.spec(name.identity)
        expander = self._build_expander if spec is not None and spec.fixed else self._expander
        text = expander.expand(Found(name.identity, raw))
        value = convert(text, spec.type, self._framework) if spec else text
        return Setting(self._known.canonical(name.identity) or name.canonical, key, text, value)

    def _override(self, name: Name) -> Node | None:
        """What the environment sets instead of the files."""
        if self._environment.is_empty:
            return None
        spec = self._known.spec(name.identity)
        if spec is not None and spec.fixed:
            return None
        if self._framework != SPRING:
            for profile in self._profiles:
                prefix = f"%{profile}."
                found = self._environment.setting(prefix + name.identity, prefix + name.canonical)
                if found is not None:
                    return found
        canonical = self._known.canonical(name.identity) or name.canonical
        return self._environment.setting(name.identity, canonical)

    def _look_up(self, written: str) -> Found | None:
        """What a name in an expression stands for: a variable of that name, or a setting."""
        name = setting_name(self._framework, written)
        # Spring takes other spellings only of a name in canonical form (`ConfigurationPropertyName.of` in
        # `ConfigurationPropertySourcesPropertyResolver`); `${DB_HOST}` is not the setting `db-host`.
        exact = self._framework == SPRING and not is_canonical(written)
        variable = self._environment.variable(written) or self._override(
            Name(written, written) if exact else name
        )
        if variable is not None:
            return Found(name.identity, variable)
        return self._written(written)

    def _written(self, written: str) -> Found | None:
        """The setting that a name in an expression stands for, as files write it."""
        name = setting_name(self._framework, written)
        exact = self._framework == SPRING and not is_canonical(written)
        if self._framework != SPRING and written.startswith("%"):
            pick = self._layers.of_profile(*split_profiles(written))
        else:
            pick = self._layers.pick(name.identity, written if exact else "")
        return Found(name.identity, pick.value) if pick else None

    def _platform_default(self, written: str) -> str | Unknown | None:
        """The default of a setting of Quarkus, whose defaults are a source like any other."""
        if self._framework != QUARKUS:
            return None
        spec = self._known.spec(setting_name(self._framework, written).identity)
        default = default_of(spec, self._build.version) if spec else None
        return (self._rest() or default) if default not in {None, DEPENDS} else None

    def _rest(self) -> Unknown | None:
        reason = self._remote or self._environment.open
        return (
            Unknown("open", f"further settings may come from outside the tree: {reason}") if reason else None
        )


def _overriding(override: Node, pick: Pick | None) -> Node:
    """The value of the environment with what it overrides."""
    if pick is None:
        return override
    place = pick.value
    return override.through(Origin("is overridden", place.source, place.start, place.end))
