"""Leaves of operator trees: a path, one operator, and what absence means."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from vvbscan.expr.operators import OPERATORS, Test
from vvbscan.expr.path import Steps, compile_path
from vvbscan.expr.scope import FAILED, Fail, Run, Scope, Unsure, Verdict, absent_verdict, blaming, unsure
from vvbscan.model.errors import RuleError
from vvbscan.model.node import MapValue, SeqValue, Unknown
from vvbscan.model.subject import Ref

EXTRAS = frozenset({"blame", "message", "boxes"})
"""Keys that any part of a tree may carry."""


def compile_leaf(
    tree: Mapping[str, object], params: Mapping[str, object], *, holds: bool, brief: bool
) -> Run:
    """Compile one leaf; `holds` False compiles its negation, `brief` blames nobody. Raises `RuleError`."""
    path = tree.get("path")
    if not isinstance(path, str):
        raise RuleError("a condition wants a `path`, or one of all, any, not, when, each, count")
    steps = compile_path(path)
    names = [key for key in tree if key not in EXTRAS and key not in ("path", "absent")]
    if len(names) != 1:
        raise RuleError(f"the leaf at `{path}` wants exactly one operator, has {names or 'none'}")
    name = names[0]
    if name == "exists":
        wanted = tree["exists"]
        if not isinstance(wanted, bool) or "absent" in tree:
            raise RuleError("`exists` wants true or false, and says itself what absence means")
        return _exists(steps, path, wanted=wanted is holds, brief=brief)
    if name not in OPERATORS:
        known = ", ".join(sorted([*OPERATORS, "exists"]))
        raise RuleError(f"`{name}` is not an operator", hint=f"the operators are {known}")
    absent = absence(tree, default="")
    wanted = parameter(tree[name], params)
    if _reference(wanted) is None:
        test = OPERATORS[name](wanted)
        culprit = _culprit(name, wanted, holds=holds)
        return _tested(steps, path, test, absent, holds=holds, brief=brief, culprit=culprit)
    return _compared(steps, path, name, wanted, absent, holds=holds, brief=brief)


def _exists(steps: Steps, path: str, *, wanted: bool, brief: bool) -> Run:
    def run(scope: Scope) -> Verdict:
        found = scope.find(path, steps)
        node = found.there
        value = None if node is None else node.value
        # What nothing is known of can turn out to be empty, which counts as absent.
        if found.unknown is not None or (isinstance(value, Unknown) and not any(value.parts)):
            return unsure(found, scope, path)
        if (node is not None) is wanted:
            return None
        if brief:
            return FAILED
        # A collection that should not be there is pointed at by its key: it can be hundreds of lines.
        place = found.key if isinstance(value, (MapValue, SeqValue)) else found.node
        return blaming(scope, path, place, absent=found.absent)

    return run


def _culprit(name: str, wanted: object, *, holds: bool) -> Test | None:
    """Which item of a sequence is to blame: what it should not contain, what is not allowed in it."""
    if name == "contains" and not holds:
        return OPERATORS["equals"](wanted)
    if name == "set_within" and holds:
        allowed = OPERATORS["in"](wanted)
        return lambda item: allowed(item) is False
    return None


def _tested(
    steps: Steps,
    path: str,
    test: Test,
    absent: str,
    *,
    holds: bool,
    brief: bool,
    culprit: Test | None = None,
) -> Run:
    def run(scope: Scope) -> Verdict:
        found = scope.find(path, steps)
        node = found.there
        if node is None:
            if found.unknown is not None:
                return unsure(found, scope, path)
            return absent_verdict(absent, found, scope, path, holds=holds, brief=brief)
        answer = test(node)
        if answer is holds:
            return None
        if isinstance(answer, Unknown):
            return Unsure(answer, Ref(scope.path(path), node))
        if brief:
            return FAILED
        if culprit is not None:
            node = next((item for item in node.items() if culprit(item) is True), node)
        return blaming(scope, path, node)

    return run


def _compared(
    steps: Steps, path: str, name: str, wanted: object, absent: str, *, holds: bool, brief: bool
) -> Run:
    """A leaf whose operand is the value at another path of the same scope."""
    reference = _reference(wanted)
    assert reference is not None
    other_path, bound = reference
    other_steps = compile_path(other_path)

    def against(operand: object) -> Run:
        test = OPERATORS[name]({bound: operand} if bound else operand)
        return _tested(steps, path, test, absent, holds=holds, brief=brief)

    against_scalar = lru_cache(256, typed=True)(against)  # a repository has few that differ

    def run(scope: Scope) -> Verdict:
        other = scope.find(other_path, other_steps)
        if other.unknown is not None or isinstance(other.node.value, Unknown):
            return unsure(other, scope, other_path)
        if other.absent:
            return absent_verdict(absent, other, scope, other_path, holds=holds, brief=brief)
        operand = other.node.value
        try:
            compare = (against if isinstance(operand, (MapValue, SeqValue)) else against_scalar)(operand)
        except RuleError as error:
            return Unsure(Unknown("unparsed", str(error.message)), Ref(scope.path(other_path), other.node))
        verdict = compare(scope)
        if isinstance(verdict, Fail) and not brief:
            return verdict._replace(refs=(*verdict.refs, Ref(scope.path(other_path), other.node)))
        return verdict

    return run


def _reference(wanted: object) -> tuple[str, str] | None:
    """Path and bound of an operand that is another path: `{path: b}` or `{le: {path: b}}`."""
    if isinstance(wanted, dict) and len(wanted) == 1:
        ((key, value),) = wanted.items()
        if key == "path" and isinstance(value, str):
            return value, ""
        if isinstance(value, dict) and set(value) == {"path"} and isinstance(value["path"], str):
            return value["path"], str(key)
    return None


def parameter(wanted: object, params: Mapping[str, object]) -> object:
    """The operand with `$name` replaced by the value of that parameter. Raises `RuleError`."""
    if isinstance(wanted, str) and wanted.startswith("$"):
        if wanted[1:] not in params:
            raise RuleError(f"`{wanted}` is not a parameter of the rule")
        return params[wanted[1:]]
    if isinstance(wanted, dict):
        return {key: parameter(value, params) for key, value in wanted.items()}
    return wanted


def absence(tree: Mapping[str, object], default: str) -> str:
    """What a part of a tree says that absence means. Raises `RuleError` if it must and does not."""
    absent = tree.get("absent", default)
    if absent not in ("pass", "fail", "unknown"):
        where = tree.get("path", tree.get("each"))
        raise RuleError(f"the leaf at `{where}` must say `absent: pass|fail|unknown`")
    return str(absent)
