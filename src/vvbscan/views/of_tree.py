"""What is read of a tree and kept for all of its units, as long as the tree is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary, ref

from vvbscan.model.limits import Limits
from vvbscan.model.unit import FileTree

if TYPE_CHECKING:
    from typing import Self


class OfTree:
    """The files of a tree in one form: planning and all units that share files read them once.

    It refers to the tree weakly: a value of a `WeakKeyDictionary` that holds on to its key is never let go.
    """

    def __init__(self, tree: FileTree, limits: Limits) -> None:
        self._tree = ref(tree)
        self.limits = limits

    @classmethod
    def of(cls, tree: FileTree, limits: Limits) -> Self:
        """That of a tree."""
        kept = _KEPT.setdefault(tree, {})
        found = kept.get(cls)
        if not isinstance(found, cls) or found.limits != limits:
            found = kept[cls] = cls(tree, limits)
        return found

    @property
    def tree(self) -> FileTree:
        """The scanned tree."""
        tree = self._tree()
        assert tree is not None, "whoever reads from a tree holds it"
        return tree


_KEPT: Final[WeakKeyDictionary[FileTree, dict[type[OfTree], OfTree]]] = WeakKeyDictionary()
