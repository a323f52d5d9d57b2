"""The jobs of a configuration of GitLab CI as `extends`, `!reference` and `default` leave them.

https://docs.gitlab.com/ci/yaml/yaml_optimization/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, Origin, Problem, SeqValue, Unknown
from vvbscan.views.ci.gitlab_files import Configuration, laid_over

_GLOBAL: Final = frozenset(
    {
        *("default", "include", "spec", "stages", "types", "variables", "workflow"),
        *("image", "services", "cache", "before_script", "after_script"),
    }
)
"""Keys that are no jobs (https://docs.gitlab.com/ci/yaml/#keywords)."""
_DEFAULTS: Final = frozenset(
    {
        *(
            "after_script",
            "artifacts",
            "before_script",
            "cache",
            "hooks",
            "id_tokens",
            "image",
            "interruptible",
        ),
        *("identity", "retry", "services", "tags", "timeout"),
    }
)
"""What `default` may hold (https://docs.gitlab.com/ci/yaml/#default)."""
_AT_THE_TOP: Final = frozenset({"image", "services", "cache", "before_script", "after_script"})
"""Defaults in the older spelling."""
_DEEPEST: Final = 11
"""Levels of `extends`, and of references in each other, that are followed: GitLab takes 11 and 10."""
_MOST_LINES: Final = 2000
"""Most lines of a script."""
_REFERENCE: Final = "!reference"
_INPUT: Final = lazy_pattern(r"\$\[\[.*?\]\]")
_EMPTY: Final = MapValue({}, {})


class Jobs:
    """The jobs of a configuration. `problems` is what GitLab would not accept."""

    def __init__(self, configuration: Configuration) -> None:
        root = configuration.root
        self._root: Node | None = root
        self._outside = configuration.outside
        self._outside_defaults = configuration.outside_defaults
        self._default = None if root is None else root.get("default")
        self._extended: dict[str, Node] = {}
        self._extending: list[str] = []
        """Jobs that wait for what they extend, the outermost first."""
        self.problems: list[tuple[Node, Problem]] = []

    def __iter__(self) -> Iterator[tuple[str, Node, Node]]:
        """Name, key and mapping of each job; those that begin with a dot are only there for others."""
        for name, key, job in () if self._root is None else self._root.members():
            if name.startswith(".") or name in _GLOBAL:
                continue
            if isinstance(job.value, MapValue):
                yield name, key, self.extended(name, job)
            elif job.value is not None and not isinstance(job.value, Unknown):
                self._refuse(job, f"the job `{name}` is a mapping")

    def extended(self, name: str, job: Node) -> Node:
        """A job over what it extends."""
        known = self._extended.get(name)
        if known is not None:
            return known
        self._extending.append(name)
        parents = job.get("extends")
        below: Node | None = None
        for parent in () if parents is None else parents.items() or (parents,):
            base = self._parent(name, parent)
            below = base if below is None or base is None else laid_over(below, base)
        found = job if below is None else laid_over(below, job)
        if not any(found.get(word) is not None for word in ("script", "trigger", "run")) and self._outside:
            found = _open(found, self._outside)
        self._extending.pop()
        self._extended[name] = found
        return found

    def _parent(self, name: str, parent: Node) -> Node | None:
        wanted = parent.text()
        root = self._root
        base = None if root is None or wanted is None else root.get(wanted)
        refused = ""
        if wanted is None or base is None or not isinstance(base.value, MapValue):
            if wanted is not None and self._outside is None and not _INPUT.search(wanted):
                refused = f"the job `{wanted}` that is extended here does not exist"
        elif wanted in self._extending:
            way = (*self._extending[self._extending.index(wanted) :], wanted)
            refused = f"jobs extend each other in a circle: {' -> '.join(way)}"
        elif len(self._extending) > _DEEPEST:
            refused = f"more than {_DEEPEST} jobs extend one another here"
        else:
            return self._stepped(name, parent, self.extended(wanted, base))
        if refused:
            self._refuse(parent, refused)
        reason = Unknown("expression", "what the job extends is not known")
        return parent._replace(value=_EMPTY._replace(rest=self._outside or reason))

    @staticmethod
    def _stepped(name: str, parent: Node, extended: Node) -> Node:
        """What a job takes from one that it extends, with the way from there."""
        step = Origin(f"extended by the job {name}", parent.source, parent.start, parent.end)
        value = extended.value
        assert isinstance(value, MapValue), "only mappings are extended"
        entries = {key: child.through(step) for key, child in value.entries.items()}
        return extended._replace(value=value._replace(entries=entries))

    def keyword(self, job: Node, name: str) -> Node | None:
        """What holds for a job: its own, or the default; an unknown if that may come from outside."""
        own = job.get(name)
        if own is not None and own.value is not None:
            return self.single(own)
        rest = job.value.rest if isinstance(job.value, MapValue) else None
        if rest is not None:
            return job.replace_value(rest)
        if name not in _DEFAULTS or not self._inherits(job, "default", name):
            return None
        found = None if self._default is None else self._default.get(name)
        if found is None and name in _AT_THE_TOP and self._root is not None:
            found = self._root.get(name)
        if found is not None and found.value is not None:
            return self.single(found)
        return job.replace_value(self._outside_defaults) if self._outside_defaults is not None else None

    def variables(self, job: Node) -> dict[str, Node]:
        """The variables of a job and those of all jobs by name, with what the configuration sets them to."""
        of_all = _variables(None if self._root is None else self._root.get("variables"))
        found = {name: value for name, value in of_all if self._inherits(job, "variables", name)}
        own = job.get("variables")
        found.update(_variables(None if own is None else self.single(own)))
        return found

    @staticmethod
    def _inherits(job: Node, what: str, name: str) -> bool:
        node = job.at("inherit", what)
        if node is None:
            return True
        names = node.items()
        return any(one.value == name for one in names) if names else node.value is not False

    def single(self, node: Node) -> Node:
        """A value, or what a reference in its place stands for; unknown where an input is put into it."""
        for _ in range(_DEEPEST):
            if not _is_reference(node):
                break
            node = self._referred(node)
        text = node.text()
        if text is None or _INPUT.search(text) is None:
            return node
        pieces = _INPUT.split(text)
        parts = [part for piece in pieces[:-1] for part in (piece or None, None)] + [pieces[-1] or None]
        known = tuple(
            part for at, part in enumerate(parts) if part is not None or at == 0 or parts[at - 1] is not None
        )
        unknown = Unknown("variable", "an input of the file is filled in where it is included", known)
        return node._replace(value=unknown)

    def lines(self, node: Node | None) -> tuple[Node, ...]:
        """The texts of a script or the items of another list: sequences in it are part of it."""
        found: list[Node] = []
        waiting = [] if node is None else [(node, 0)]
        while waiting and len(found) < _MOST_LINES:
            one, depth = waiting.pop()
            if _is_reference(one):
                one = self._referred(one)
            if isinstance(one.value, SeqValue) and depth < _DEEPEST:
                waiting += [(item, depth + 1) for item in reversed(one.value.items)]
            elif not isinstance(one.value, SeqValue) and one.value is not None:
                found.append(one)
        return tuple(found)

    def _referred(self, node: Node) -> Node:
        """What `!reference [job, key]` stands for, or another place of the configuration."""
        names = [item.text() for item in node.items()]
        found: Node | None = None
        for name in names:
            if found is None:
                found = None if self._root is None or name is None else self._root.get(name)
                if found is not None and name is not None and isinstance(found.value, MapValue):
                    found = found if name in _GLOBAL else self.extended(name, found)
            else:
                found = None if name is None else found.get(name)
            if found is None:
                break
        if found is not None:
            return found.through(Origin("is referred to here", node.source, node.start, node.end))
        written = ", ".join(name or "" for name in names)
        if self._outside is None:
            self._refuse(node, f"there is no `{written}` that could be referred to")
        return node.replace_value(self._outside or Unknown("expression", f"`{written}` does not exist"))

    def _refuse(self, node: Node, what: str) -> None:
        hint = "correct it; what is written here was not analysed"
        problem = Problem("error", "gitlab-shape", what, node.start, node.end, hint)
        if all(place.start != node.start or place.source is not node.source for place, _ in self.problems):
            self.problems.append((node, problem))


def _open(job: Node, unknown: Unknown) -> Node:
    value = job.value
    assert isinstance(value, MapValue), "a job is a mapping"
    return job._replace(value=value._replace(rest=value.rest or unknown))


def _variables(node: Node | None) -> Iterator[tuple[str, Node]]:
    """Variables with their values; one with a description has its value beside it."""
    for name, _, value in () if node is None else node.members():
        inner = value.get("value") if isinstance(value.value, MapValue) else value
        if inner is not None:
            yield name, inner


def _is_reference(node: Node) -> bool:
    """Whether a sequence has the tag `!reference`."""
    if not isinstance(node.value, SeqValue):
        return False
    before = node.source.text.text[max(0, node.start - 80) : node.start]
    return before.rstrip().endswith(_REFERENCE)
