"""What is read of a tree and kept for all of its units, as long as the tree is there."""

from __future__ import annotations

from weakref import ref

from vvbscan.model.unit import FileTree


class OfTree:
    """A collection that is kept in a `WeakKeyDictionary` by its tree.

    It refers to the tree weakly: a value of such a dictionary that holds on to its key is never let go.
    """

    def __init__(self, tree: FileTree) -> None:
        self._tree = ref(tree)

    @property
    def tree(self) -> FileTree:
        """The scanned tree."""
        tree = self._tree()
        assert tree is not None, "whoever reads from a tree holds it"
        return tree
