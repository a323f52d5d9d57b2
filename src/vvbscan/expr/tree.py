"""Operator trees: compiled once, evaluated per subject, three-valued, with blame.

Negation is pushed down to the leaves while compiling, so that a failing `not` blames the values that made
its inside hold. Every path is looked up once a subject, however many rules ask for it.

A tree is compiled *brief* where it only matters whether it holds: nobody is blamed, and the first part that
fails decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from vvbscan.expr.leaves import EXTRAS, absence, compile_leaf, parameter
from vvbscan.expr.message import bind_message, fill_message
from vvbscan.expr.path import Steps, compile_path
from vvbscan.expr.scope import FAILED, Fail, Run, Scope, Unsure, Verdict, absent_verdict, blaming, unsure
from vvbscan.model.errors import RuleError
from vvbscan.model.node import MapValue, Node, Unknown
from vvbscan.model.subject import Ref

_COMBINATORS: Final = ("all", "any", "not", "when", "each", "count")
_COUNT_BOUNDS: Final[dict[str, Callable[[int, int], bool]]] = {
    "lt": int.__lt__,
    "le": int.__le__,
    "gt": int.__gt__,
    "ge": int.__ge__,
    "equals": int.__eq__,
}


def compile_tree(tree: object, params: Mapping[str, object], *, brief: bool = False) -> Run:
    """Compile a tree with the values of its rule's parameters. A `brief` one only tells whether it holds.

    Raises `RuleError` for anything that is not a well-formed tree: an unknown key or operator, a missing
    `absent`, a value of the wrong type, an undeclared parameter.
    """
    return _compile(tree, params, holds=True, brief=brief)


def _compile(tree: object, params: Mapping[str, object], *, holds: bool, brief: bool) -> Run:
    if not isinstance(tree, dict):
        raise RuleError(f"a condition is a mapping, not `{tree!r}`")
    kinds = [key for key in _COMBINATORS if key in tree]
    if len(kinds) > 1:
        raise RuleError(f"`{kinds[0]}` and `{kinds[1]}` cannot stand together")
    if not kinds:
        run = compile_leaf(tree, params, holds=holds, brief=brief)
        return _with_extras(run, tree, params, brief=brief)
    kind = kinds[0]
    if kind in ("all", "any"):
        _only(tree, {kind})
        parts = _parts(tree[kind], kind)
        runs = [_compile(part, params, holds=holds, brief=brief) for part in parts]
        if (kind == "all") is holds:
            run = _all(runs, brief=brief)
        elif brief:
            run = _any(runs)
        else:
            run = _told_any([_compile(part, params, holds=holds, brief=True) for part in parts], runs)
    elif kind == "not":
        _only(tree, {"not"})
        run = _compile(tree["not"], params, holds=not holds, brief=brief)
    elif kind == "when":
        _only(tree, {"when", "then"})
        condition = _compile(tree["when"], params, holds=True, brief=brief or holds)
        then = _compile(tree.get("then"), params, holds=holds, brief=brief)
        run = _when(condition, then) if holds else _all([condition, then], brief=brief)
    elif kind == "each":
        _only(tree, {"each", "assert", "absent"})
        run = _each(
            compile_path(tree["each"]),
            tree["each"],
            _compile(tree.get("assert"), params, holds=holds, brief=brief),
            absence(tree, default="pass"),
            holds=holds,
            brief=brief,
        )
    else:
        run = _count(tree, params, holds=holds, brief=brief)
    return _with_extras(run, tree, params, brief=brief)


def _only(tree: Mapping[str, object], known: set[str]) -> None:
    for key in tree:
        if key not in known and key not in EXTRAS:
            raise RuleError(f"`{key}` has no meaning beside `{min(known)}`")


def _parts(value: object, kind: str) -> list[object]:
    if not isinstance(value, list) or not value:
        raise RuleError(f"`{kind}` wants a list of conditions")
    return value


def _all(runs: list[Run], *, brief: bool) -> Run:
    def run(scope: Scope) -> Verdict:
        failed: list[Fail] = []
        doubt: Unsure | None = None
        for one in runs:
            verdict = one(scope)
            if verdict is None:
                continue
            if isinstance(verdict, Fail):
                if brief:
                    return FAILED
                failed.append(verdict)
            elif doubt is None:
                doubt = verdict
        return _joined(failed) if failed else doubt

    return run


def _any(runs: list[Run]) -> Run:
    def run(scope: Scope) -> Verdict:
        doubt: Unsure | None = None
        for one in runs:
            verdict = one(scope)
            if verdict is None:
                return None
            if doubt is None and isinstance(verdict, Unsure):
                doubt = verdict
        return doubt or FAILED

    return run


def _told_any(brief_runs: list[Run], runs: list[Run]) -> Run:
    """One of several parts; who is to blame is asked only when all have failed."""
    holds = _any(brief_runs)

    def run(scope: Scope) -> Verdict:
        verdict = holds(scope)
        if not isinstance(verdict, Fail):
            return verdict
        return _joined([found for found in (one(scope) for one in runs) if isinstance(found, Fail)])

    return run


def _when(condition: Run, then: Run) -> Run:
    def run(scope: Scope) -> Verdict:
        given = condition(scope)
        if isinstance(given, Fail):
            return None
        verdict = then(scope)
        return given if given is not None and verdict is not None else verdict

    return run


def _each(steps: Steps, path: str, run_one: Run, absent: str, *, holds: bool, brief: bool) -> Run:
    def run(scope: Scope) -> Verdict:
        found = scope.find(path, steps)
        node = found.there
        if node is None and found.unknown is None:
            return absent_verdict(absent, found, scope, path, holds=holds, brief=brief)
        if node is None or isinstance(node.value, Unknown):
            return unsure(found, scope, path)
        failed: list[Fail] = []
        doubt: Unsure | None = None
        for item in _item_scopes(node, scope, path):
            verdict = run_one(item)
            if verdict is None:
                if not holds:
                    return None
            elif isinstance(verdict, Fail):
                if brief and holds:
                    return FAILED
                failed.append(verdict)
            elif doubt is None:
                doubt = verdict
        rest = getattr(node.value, "rest", None)
        if rest is not None and doubt is None:
            doubt = Unsure(rest, Ref(scope.path(path), node))
        told = _joined(failed) if failed else None
        if holds:
            return told or doubt
        return doubt or told or blaming(scope, path, node)

    return run


def _count(tree: Mapping[str, object], params: Mapping[str, object], *, holds: bool, brief: bool) -> Run:
    bounds = [key for key in tree if key in _COUNT_BOUNDS]
    _only(tree, {"count", "where", *bounds})
    path = tree["count"]
    if not isinstance(path, str) or len(bounds) != 1:
        raise RuleError("`count` wants a path and one bound", hint="write `{count: ports, le: 3}`")
    steps = compile_path(path)
    where = _compile(tree["where"], params, holds=True, brief=True) if "where" in tree else None
    wanted = parameter(tree[bounds[0]], params)
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        raise RuleError("`count` compares with a whole number")
    within = _COUNT_BOUNDS[bounds[0]]

    def run(scope: Scope) -> Verdict:
        found = scope.find(path, steps)
        node = found.there
        if found.unknown is not None or (node is not None and isinstance(node.value, Unknown)):
            return unsure(found, scope, path)
        doubt: Unsure | None = None
        counted: list[Scope] = []
        for item in () if node is None else _item_scopes(node, scope, path):
            verdict = where(item) if where is not None else None
            if verdict is None:
                counted.append(item)
            elif isinstance(verdict, Unsure):
                doubt = doubt or verdict
        rest = None if node is None else getattr(node.value, "rest", None)
        if rest is not None and doubt is None:
            doubt = Unsure(rest, Ref(scope.path(path), found.node))
        sure = len(counted)
        if doubt is not None and not _settled(bounds[0], sure, wanted):
            return doubt
        if within(sure, wanted) is holds:
            return None
        if brief:
            return FAILED
        place = Ref(scope.path(path), found.node, found.absent)
        return Fail((place, *(Ref(item.path("."), item.anchor) for item in counted)), scope)

    return run


def _settled(bound: str, sure: int, wanted: int) -> bool:
    """Whether more members could not change the outcome of a bound."""
    if bound in ("ge", "gt"):
        return _COUNT_BOUNDS[bound](sure, wanted)
    if bound in ("le", "lt"):
        return not _COUNT_BOUNDS[bound](sure, wanted)
    return sure > wanted


def _item_scopes(node: Node, scope: Scope, path: str) -> list[Scope]:
    value = node.value
    if isinstance(value, MapValue):
        return [Scope(child, value.keys[name], scope, path, name) for name, child in value.entries.items()]
    return [Scope(item, _item_anchor(item), scope, path, index) for index, item in enumerate(node.items())]


def _item_anchor(item: Node) -> Node:
    """What stands for an item of a sequence if something in it is missing: its name, else its first key."""
    value = item.value
    if isinstance(value, MapValue):
        name = value.entries.get("name")
        if name is not None and isinstance(name.value, str):
            return name
        for key in value.keys.values():
            return key
    return item


def _joined(fails: list[Fail]) -> Fail:
    """Several failures as one, in the scope of the first."""
    if len(fails) == 1:
        return fails[0]
    return Fail(
        tuple([ref for one in fails for ref in one.refs]),
        fails[0].scope,
        "; ".join(dict.fromkeys([one.message for one in fails if one.message])),
        tuple(sorted({box for one in fails for box in one.boxes})),
        any(one.whole for one in fails),
    )


def _with_extras(run: Run, tree: Mapping[str, object], params: Mapping[str, object], *, brief: bool) -> Run:
    """Let a part of a tree name what it blames, say its own message and narrow the boxes."""
    blame, message, boxes = tree.get("blame"), tree.get("message"), tree.get("boxes")
    if blame is None and message is None and boxes is None:
        return run
    if not isinstance(blame, (str, type(None))) or not isinstance(message, (str, type(None))):
        raise RuleError("`blame` is a path and `message` a text")
    if not isinstance(boxes, (list, type(None))):
        raise RuleError("`boxes` is a list of boxes")
    blame_steps = compile_path(blame) if blame is not None else None
    bound = bind_message(message, params) if message is not None else None
    if brief:
        return run

    def with_extras(scope: Scope) -> Verdict:
        verdict = run(scope)
        if not isinstance(verdict, Fail):
            return verdict
        if blame_steps is not None and blame is not None:
            found = scope.find(blame, blame_steps)
            ref = Ref(scope.path(blame), found.node, found.absent)
            verdict = verdict._replace(refs=(ref, *(r for r in verdict.refs if r.node is not ref.node)))
        if bound is not None:
            verdict = verdict._replace(message=fill_message(bound, verdict.scope, verdict.refs), scope=scope)
        if boxes is not None:
            verdict = verdict._replace(boxes=tuple(sorted(map(str, boxes))), whole=False)
        return verdict

    return with_extras
