"""Which variables an instruction sees: build arguments and environment, from stage to stage.

BuildKit (`dockerfile2llb/convert.go` of v0.24) keeps one environment for both while it builds a stage: the
last ARG or ENV of a name counts. A stage that builds on another takes its variables over, where the other's
ENV wins over its ARG. ARGs before the first FROM are seen by FROM, and by a stage that declares them again.
"""

from __future__ import annotations

from typing import Final

from vvbscan.model.limits import Limits
from vvbscan.model.node import Unknown
from vvbscan.parse.dockerfile_syntax import Instruction, Pair
from vvbscan.views.dockerfile.expansion import NOWHERE, Binding, Expander, Run, Scope, unknown_binding
from vvbscan.views.records import Variable

_PLATFORM: Final = (
    *("BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT"),
    *("TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE"),
)
"""The build arguments that the builder sets (Dockerfile reference, "Automatic platform ARGs")."""
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""PATH of an image whose base sets none (BuildKit, `util/system/path.go`)."""
_TOO_MANY: Final = Unknown("limit", "the stages have more variables than the limit allows")


class Variables:
    """The variables of a stage while it is worked through."""

    __slots__ = ("environment", "exported", "scope")

    def __init__(self, scope: Scope, exported: dict[str, Binding], environment: dict[str, Variable]) -> None:
        self.scope = scope
        self.exported = exported
        """What ENV set, which is what the image has."""
        self.environment = environment
        """The same as records."""


class Scopes:
    """Makes and changes the variables of the stages of one file."""

    def __init__(self, expander: Expander, limits: Limits) -> None:
        self._expander = expander
        self._room = limits.nodes
        self.globals = Scope(
            {
                name: unknown_binding(name, Unknown("variable", f"{name} is set by the builder"))
                for name in _PLATFORM
            },
            None,
        )
        """What FROM sees."""

    def declare(self, instruction: Instruction) -> tuple[Variable, ...]:
        """Take an ARG before the first FROM."""
        variables: list[Variable] = []
        for pair in instruction.pairs:
            name = str(pair.name.value)
            if pair.value is None:
                variables.append(Variable(pair.name, None, "arg"))
                self.globals.bindings.setdefault(name, _not_given(name))
                continue
            value = self._expander.expand(pair.value, self.globals, "used in this ARG")
            self.globals.bindings[name] = self._expander.bind(f"ARG {name}", value)
            variables.append(Variable(pair.name, value.node, "arg"))
        return tuple(variables)

    def on_image(self, rest: Unknown) -> Variables:
        """The variables of a stage on an image; `rest` says why the image may set further ones."""
        return Variables(Scope({}, rest), {}, {})

    def on_scratch(self) -> Variables:
        """The variables of a stage on nothing."""
        path = Binding("PATH", (Run(_PATH, NOWHERE, NOWHERE, exact=False),))
        return Variables(Scope({"PATH": path}, None), {}, {})

    def on_stage(self, base: Variables) -> Variables:
        """The variables of a stage on another one."""
        self._room -= len(base.scope.bindings) + len(base.environment)
        if self._room < 0:
            return Variables(Scope({}, _TOO_MANY), {}, {})
        bindings = {**base.scope.bindings, **base.exported}
        return Variables(Scope(bindings, base.scope.rest), dict(base.exported), dict(base.environment))

    def arguments(self, instruction: Instruction, variables: Variables) -> tuple[Variable, ...]:
        """Take an ARG of a stage; each name is seen by the next."""
        bindings = variables.scope.bindings
        records: list[Variable] = []
        for pair in instruction.pairs:
            name = str(pair.name.value)
            if pair.value is None:
                records.append(Variable(pair.name, None, "arg"))
                outer = self.globals.bindings.get(name)
                if outer is not None and outer.given:
                    bindings[name] = outer
                else:
                    bindings.setdefault(name, _not_given(name))
                continue
            value = self._expander.expand(pair.value, variables.scope, "used in this ARG")
            bindings[name] = self._expander.bind(f"ARG {name}", value)
            records.append(Variable(pair.name, value.node, "arg"))
        return tuple(records)

    def environment(self, instruction: Instruction, variables: Variables) -> tuple[Variable, ...]:
        """Take an ENV; all its values see the variables as they were before it."""
        records: list[Variable] = []
        bound: dict[str, Binding] = {}
        for pair in instruction.pairs:
            record, binding = self._assigned(pair, "env", variables.scope)
            records.append(record)
            name = record.name.value
            if not isinstance(name, str):
                variables.scope.rest = Unknown("variable", "a name behind ENV is not known")
                continue
            bound[name] = binding
            variables.environment[name] = record
        variables.scope.bindings.update(bound)
        variables.exported.update(bound)
        return tuple(records)

    def labels(self, instruction: Instruction, scope: Scope) -> tuple[Variable, ...]:
        """The names and values of a LABEL."""
        return tuple(self._assigned(pair, "label", scope)[0] for pair in instruction.pairs)

    def _assigned(self, pair: Pair, role: str, scope: Scope) -> tuple[Variable, Binding]:
        use = f"used in this {role.upper()}"
        name = self._expander.expand(pair.name, scope, use).node
        if pair.value is None:
            raise ValueError("only ARG has names without a value")
        value = self._expander.expand(pair.value, scope, use)
        return Variable(name, value.node, role), self._expander.bind(f"{role.upper()} {name.value}", value)


def _not_given(name: str) -> Binding:
    reason = f"ARG {name} has no default"
    return unknown_binding(f"ARG {name}", Unknown("variable", reason), given=False)
