"""How checks say what they found."""

from __future__ import annotations

from vvbscan.expr.scope import Fail, Scope, Unsure
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Ref, Subject


def failed(subject: Subject, message: str, place: Node, path: str = "", *others: Ref) -> Fail:
    """The subject violates the rule: `place` is to blame, `others` are further places that explain it.

    The path of one of `others` is a path, which is shown with its value, or words that are shown as they are.
    """
    return Fail((Ref(path, place), *others), Scope(subject.root, subject.anchor), message)


def undecided(unknown: Unknown, place: Node, path: str = "") -> Unsure:
    """It cannot be known whether the subject violates the rule."""
    return Unsure(unknown, Ref(path, place))
