"""Members of an object that are worked out when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from vvbscan.model.node import Node


class LazyMembers(Mapping[str, Node]):
    """Members by name, each worked out once; what turns out to be absent is not among them."""

    __slots__ = ("_find", "_known", "_names")

    def __init__(self, find: Callable[[str], Node | None], names: Callable[[], Iterable[str]]) -> None:
        """`names` gives all names for which `find` may give a node, in written order."""
        self._find = find
        self._names = names
        self._known: dict[str, Node | None] = {}

    def get(self, name: str, default: Node | None = None) -> Node | None:  # type: ignore[override]
        """The member, or a default if it is absent."""
        if name not in self._known:
            self._known[name] = self._find(name)
        node = self._known[name]
        return default if node is None else node

    def __getitem__(self, name: str) -> Node:
        node = self.get(name)
        if node is None:
            raise KeyError(name)
        return node

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._names() if self.get(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
