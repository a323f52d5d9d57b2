"""Operator trees: compiled once, evaluated per subject, three-valued, with blame.

Negation is pushed down to the leaves while compiling, so that a failing `not` blames the values that made
its inside hold. Every path is looked up once a subject, however many rules ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from vvbscan.expr.leaves import EXTRAS, absence, compile_leaf, parameter
from vvbscan.expr.message import bind_message, fill_message
from vvbscan.expr.path import Steps, compile_path
from vvbscan.expr.scope import Fail, Run, Scope, Unsure, Verdict, absent_verdict, unsure
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


def compile_tree(tree: object, params: Mapping[str, object]) -> Run:
    """Compile a tree with the values of its rule's parameters.

    Raises `RuleError` for anything that is not a well-formed tree: an unknown key or operator, a missing
    `absent`, a value of the wrong type, an undeclared parameter.
    """
    return _compile(tree, params, holds=True)


def _compile(tree: object, params: Mapping[str, object], *, holds: bool) -> Run:
    if not isinstance(tree, dict):
        raise RuleError(f"a condition is a mapping, not `{tree!r}`")
    kinds = [key for key in _COMBINATORS if key in tree]
    if len(kinds) > 1:
        raise RuleError(f"`{kinds[0]}` and `{kinds[1]}` cannot stand together")
    if not kinds:
        return _with_extras(compile_leaf(tree, params, holds=holds), tree, params)
    kind = kinds[0]
    if kind in ("all", "any"):
        _only(tree, {kind})
        runs = [_compile(part, params, holds=holds) for part in _parts(tree[kind], kind)]
        run = _all(runs) if (kind == "all") is holds else _any(runs)
    elif kind == "not":
        _only(tree, {"not"})
        run = _compile(tree["not"], params, holds=not holds)
    elif kind == "when":
        _only(tree, {"when", "then"})
        condition = _compile(tree["when"], params, holds=True)
        then = _compile(tree.get("then"), params, holds=holds)
        run = _when(condition, then) if holds else _all([condition, then])
    elif kind == "each":
        _only(tree, {"each", "assert", "absent"})
        run = _each(
            compile_path(tree["each"]),
            tree["each"],
            _compile(tree.get("assert"), params, holds=holds),
            absence(tree, default="pass"),
            holds=holds,
        )
    else:
        run = _count(tree, params, holds=holds)
    return _with_extras(run, tree, params)


def _only(tree: Mapping[str, object], known: set[str]) -> None:
    for key in tree:
        if key not in known and key not in EXTRAS:
            raise RuleError(f"`{key}` has no meaning beside `{min(known)}`")


def _parts(value: object, kind: str) -> list[object]:
    if not isinstance(value, list) or not value:
        raise RuleError(f"`{kind}` wants a list of conditions")
    return value


def _all(runs: list[Run]) -> Run:
    def run(scope: Scope) -> Verdict:
        failed: Fail | None = None
        doubt: Unsure | None = None
        for one in runs:
            verdict = one(scope)
            if verdict is None:
                continue
            if isinstance(verdict, Fail):
                failed = verdict if failed is None else _join(failed, verdict)
            elif doubt is None:
                doubt = verdict
        return failed or doubt

    return run


def _any(runs: list[Run]) -> Run:
    def run(scope: Scope) -> Verdict:
        failed: Fail | None = None
        doubt: Unsure | None = None
        for one in runs:
            verdict = one(scope)
            if verdict is None:
                return None
            if isinstance(verdict, Fail):
                failed = verdict if failed is None else _join(failed, verdict)
            elif doubt is None:
                doubt = verdict
        return doubt or failed

    return run


def _when(condition: Run, then: Run) -> Run:
    def run(scope: Scope) -> Verdict:
        given = condition(scope)
        if isinstance(given, Fail):
            return None
        verdict = then(scope)
        return given if given is not None and verdict is not None else verdict

    return run


def _each(steps: Steps, path: str, run_one: Run, absent: str, *, holds: bool) -> Run:
    def run(scope: Scope) -> Verdict:
        found = scope.find(steps)
        if found.unknown is not None or isinstance(found.node.value, Unknown):
            return unsure(found, scope, path)
        if found.absent:
            return absent_verdict(absent, found, scope, path, holds=holds)
        failed: Fail | None = None
        doubt: Unsure | None = None
        for item in _item_scopes(found.node, scope, path):
            verdict = run_one(item)
            if verdict is None:
                if not holds:
                    return None
            elif isinstance(verdict, Fail):
                failed = verdict if failed is None else _join(failed, verdict)
            elif doubt is None:
                doubt = verdict
        rest = getattr(found.node.value, "rest", None)
        if rest is not None and doubt is None:
            doubt = Unsure(rest, Ref(scope.path(path), found.node))
        if holds:
            return failed or doubt
        return doubt or failed or Fail((Ref(scope.path(path), found.node),), scope)

    return run


def _count(tree: Mapping[str, object], params: Mapping[str, object], *, holds: bool) -> Run:
    bounds = [key for key in tree if key in _COUNT_BOUNDS]
    _only(tree, {"count", "where", *bounds})
    path = tree["count"]
    if not isinstance(path, str) or len(bounds) != 1:
        raise RuleError("`count` wants a path and one bound", hint="write `{count: ports, le: 3}`")
    steps = compile_path(path)
    where = _compile(tree["where"], params, holds=True) if "where" in tree else None
    wanted = parameter(tree[bounds[0]], params)
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        raise RuleError("`count` compares with a whole number")
    within = _COUNT_BOUNDS[bounds[0]]

    def run(scope: Scope) -> Verdict:
        found = scope.find(steps)
        if found.unknown is not None or isinstance(found.node.value, Unknown):
            return unsure(found, scope, path)
        sure, doubt = 0, None
        refs: list[Ref] = []
        for item in () if found.absent else _item_scopes(found.node, scope, path):
            verdict = where(item) if where is not None else None
            if verdict is None:
                sure += 1
                refs.append(Ref(item.path("."), item.anchor))
            elif isinstance(verdict, Unsure):
                doubt = doubt or verdict
        rest = getattr(found.node.value, "rest", None)
        if rest is not None and doubt is None:
            doubt = Unsure(rest, Ref(scope.path(path), found.node))
        if doubt is not None and not _settled(bounds[0], sure, wanted):
            return doubt
        if within(sure, wanted) is holds:
            return None
        place = Ref(scope.path(path), found.node, found.absent)
        return Fail((place, *refs), scope)

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
        return [
            Scope(child, value.keys[name], f'{scope.path(path)}["{name}"].', scope)
            for name, child in value.entries.items()
        ]
    return [
        Scope(item, _item_anchor(item), f"{scope.path(path)}[{index}].", scope)
        for index, item in enumerate(node.items())
    ]


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


def _join(first: Fail, second: Fail) -> Fail:
    message = first.message
    if second.message and second.message != message:
        message = f"{message}; {second.message}" if message else second.message
    return Fail(
        (*first.refs, *second.refs),
        first.scope,
        message,
        tuple(sorted({*first.boxes, *second.boxes})),
        first.whole or second.whole,
    )


def _with_extras(run: Run, tree: Mapping[str, object], params: Mapping[str, object]) -> Run:
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

    def with_extras(scope: Scope) -> Verdict:
        verdict = run(scope)
        if not isinstance(verdict, Fail):
            return verdict
        if blame_steps is not None and blame is not None:
            found = scope.find(blame_steps)
            ref = Ref(scope.path(blame), found.node, found.absent)
            verdict = verdict._replace(refs=(ref, *(r for r in verdict.refs if r.node is not ref.node)))
        if bound is not None:
            verdict = verdict._replace(message=fill_message(bound, verdict.scope, verdict.refs), scope=scope)
        if boxes is not None:
            verdict = verdict._replace(boxes=tuple(sorted(map(str, boxes))), whole=False)
        return verdict

    return with_extras
