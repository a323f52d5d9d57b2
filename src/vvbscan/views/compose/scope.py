"""The services that the files of a project define: variables, `include`, `extends` and merging.

The order of the steps is that of `loader/loader.go` of compose-spec/compose-go at e70e961: each file is
interpolated, its `include`s are loaded, its services extended, then it is merged over the files before it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from vvbscan.model.limits import Limits
from vvbscan.model.node import MapValue, Node, Origin, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.compose.files import ProjectFiles
from vvbscan.views.compose.interpolation import Budget, Interpolation, Lookup
from vvbscan.views.compose.merge import merge_services
from vvbscan.views.compose.spelling import Speller
from vvbscan.views.compose.variables import evaluate, lookup_in, nothing
from vvbscan.views.images import Part


class Definition(NamedTuple):
    """A service as the files of a project define it."""

    key: Node
    """Its name."""
    node: Node
    """Its attributes in one spelling, or an unknown."""
    via: tuple[Origin, ...] = ()
    """The `include`s by which it came into the project."""
    directory: str = ""
    """Directory of the project that it belongs to, from which its relative paths start."""
    lookup: Lookup = nothing
    """The variables of that project."""


Definitions = dict[str, Definition]


class _Scope:
    """One file with the variables that hold in it."""

    def __init__(self, path: str, services: Node | None, speller: Speller, included: Definitions) -> None:
        self.path = path
        self.speller = speller
        self.included = included
        self.written: dict[str, tuple[Node, Node]] = {}
        self.resolved: dict[str, Node] = {}
        for name, key, node in () if services is None else services.members():
            self.written[name] = key, node


class ProjectLoader:
    """Loads the services of one project."""

    def __init__(self, files: ProjectFiles, limits: Limits) -> None:
        self.files = files
        self.parts: dict[Node, Part] = {}
        self.budget = Budget(limits)
        self._limits = limits
        self._copied = 0
        self._told: set[str] = set()
        self._extended: dict[tuple[str, Lookup], _Scope] = {}

    def copies(self, values: int) -> bool:
        """Count values that are in the project once more than they are written; false if it is too many."""
        self._copied += values
        return self._copied <= self._limits.alias_nodes

    def project_variables(
        self, directory: str, env_files: Sequence[str] = (), outer: Lookup = nothing
    ) -> Lookup:
        """The variables of a project: those of an including project, then its `.env` or the files given."""
        paths = env_files or (posixpath.join(directory, ".env"),)
        values: dict[str, Node] = {}
        for path in paths:
            dotenv = self.files.dotenv(path) if self.files.exists(path) else None
            if dotenv is not None:
                known = _chain(outer, values)
                found = evaluate(dotenv, known, self.budget)
                values.update((name, value) for name, (_, value) in found.items())
        return _chain(outer, values)

    def load(
        self, paths: Sequence[str], directory: str, lookup: Lookup, including: tuple[str, ...] = ()
    ) -> Definitions:
        """The services of files that are merged in this order."""
        merged: Definitions = {}
        for path in paths:
            self.lay_over(merged, path, directory, lookup, including)
        return merged

    def lay_over(
        self,
        merged: Definitions,
        path: str,
        directory: str,
        lookup: Lookup,
        including: tuple[str, ...] = (),
    ) -> None:
        """Merge the services of a file over those of the files before it."""
        for root in self.files.compose(path):
            speller = Speller(Interpolation(lookup, self.budget), directory, self.parts)
            included = self._included(root, speller, path, lookup, including)
            scope = _Scope(path, self._services(root), speller, included)
            for name, definition in self._definitions(scope, directory, lookup).items():
                tag = self.files.tags.of(definition.key)
                known = None if tag else merged.get(name)
                if tag == "reset":
                    merged.pop(name, None)
                elif known is None:
                    merged[name] = definition
                else:
                    node = merge_services(known.node, definition.node, self.files.tags)
                    merged[name] = known._replace(node=node)

    def _services(self, root: Node) -> Node | None:
        services = root.get("services")
        if services is None or services.value is None or isinstance(services.value, (MapValue, Unknown)):
            return services
        self.files.notice("error", "compose-services", "`services` must be a mapping", services)
        return None

    def _definitions(self, scope: _Scope, directory: str, lookup: Lookup) -> Definitions:
        """The services that a file brings: its own and those that it includes."""
        found = dict(scope.included)
        for name, (key, _) in scope.written.items():
            if name.startswith("x-"):
                continue
            node = self._resolved(scope, name, ())
            below = scope.included.get(name)
            if below is not None:
                found[name] = below._replace(node=merge_services(below.node, node, self.files.tags))
            else:
                node = merge_services(None, node, self.files.tags)
                found[name] = Definition(key, node, (), directory, lookup)
        return found

    def _resolved(self, scope: _Scope, name: str, chain: tuple[tuple[str, str], ...]) -> Node:
        """A service of a file with what it extends merged below it."""
        done = scope.resolved.get(name)
        if done is not None:
            return done
        _, written = scope.written[name]
        own = scope.speller.service(written)
        extends = written.get("extends")
        if extends is not None and extends.value is not None:
            own = self._extended_service(scope, name, own, extends, (*chain, (scope.path, name)))
        scope.resolved[name] = own
        return own

    def _extended_service(
        self, scope: _Scope, name: str, own: Node, written: Node, chain: tuple[tuple[str, str], ...]
    ) -> Node:
        extends = scope.speller.interpolation.tree(written)
        reference = extends if isinstance(extends.value, (str, Unknown)) else extends.get("service")
        file = extends.get("file")
        if reference is None or not isinstance(reference.value, str):
            why = reference.value if reference is not None else None
            return _opened(
                own, why if isinstance(why, Unknown) else Unknown("unparsed", "it extends nothing")
            )
        base_scope = scope if file is None or file.value is None else self._scope_of(file, scope)
        if isinstance(base_scope, Unknown):
            return _opened(own, base_scope)
        target = reference.value
        if (base_scope.path, target) in chain:
            message = f"service {name} extends itself by way of {target}"
            self.files.notice("error", "extends-cycle", message, written, "break the circle")
            return _opened(own, Unknown("unparsed", message))
        if len(chain) >= self._limits.depth:
            return self._too_deep(own, written)
        if target in base_scope.written:
            base = self._resolved(base_scope, target, chain)
        elif target in base_scope.included:
            base = base_scope.included[target].node
        else:
            message = f"service {name} extends {target}, which is not in {base_scope.path}"
            self.files.notice("error", "extends-missing", message, written)
            return _opened(own, Unknown("unparsed", message))
        if len(base.via) >= self._limits.depth:
            return self._too_deep(own, written)  # its own base was resolved before, on another chain
        if not self.copies(_size(base)):
            message = f"the extended services of the project have more than {self._limits.alias_nodes} values"
            self._tell_once("extends-size", message, written)
            return _opened(own, Unknown("limit", message))
        step = Origin(f"service {name} extends {target} here", written.source, written.start, written.end)
        return merge_services(self._led(base, step), own, self.files.tags)

    def _too_deep(self, own: Node, written: Node) -> Node:
        message = f"services extend each other over more than {self._limits.depth} steps"
        self._tell_once("extends-depth", message, written)
        return _opened(own, Unknown("limit", message))

    def _tell_once(self, code: str, message: str, place: Node) -> None:
        """Report that a limit was reached; the first place is enough."""
        if code not in self._told:
            self._told.add(code)
            self.files.notice("error", code, message, place)

    def _scope_of(self, file: Node, scope: _Scope) -> _Scope | Unknown:
        """The file that an `extends` names."""
        if isinstance(file.value, Unknown):
            return file.value
        path = scope.speller.path(file)
        if not self.files.exists(path):
            message = f"the extended file {file.value} is not in the tree"
            self.files.notice("warning", "extends-missing", message, file)
            return Unknown("remote", message)
        if path == scope.path:
            return scope
        lookup = scope.speller.interpolation.lookup
        known = self._extended.get((path, lookup))
        if known is None:
            roots = self.files.compose(path)
            services = self._services(roots[0]) if roots else None
            speller = scope.speller._replace(directory=posixpath.dirname(path))
            known = self._extended[path, lookup] = _Scope(path, services, speller, {})
        return known

    def _led(self, node: Node, step: Origin) -> Node:
        """A tree whose values all came by one more step."""
        value = node.value
        if isinstance(value, MapValue):
            entries = {name: self._led(child, step) for name, child in value.entries.items()}
            return node._replace(value=value._replace(entries=entries), via=(*node.via, step))
        if isinstance(value, SeqValue):
            items = tuple(self._led(item, step) for item in value.items)
            return node._replace(value=value._replace(items=items), via=(*node.via, step))
        led = node.through(step)
        part = self.parts.get(node)
        if part is not None:
            self.parts[led] = lambda begin, stop: part(begin, stop).through(step)
        return led

    def _included(
        self, root: Node, speller: Speller, path: str, lookup: Lookup, including: tuple[str, ...]
    ) -> Definitions:
        """The services of the projects that a file includes."""
        listed = root.get("include")
        found: Definitions = {}
        if listed is None:
            return found
        include = speller.interpolation.tree(listed)
        for item in include.items():
            for name, definition in self._include(item, speller, (*including, path), lookup).items():
                step = Origin("includes its file", item.source, item.start, item.end)
                below = found.get(name)
                led = definition._replace(via=(*definition.via, step))
                if below is not None:
                    led = below._replace(node=merge_services(led.node, below.node, self.files.tags))
                found[name] = led
        return found

    def _include(
        self, item: Node, speller: Speller, including: tuple[str, ...], lookup: Lookup
    ) -> Definitions:
        written = item.get("path") if isinstance(item.value, MapValue) else item
        if written is None:
            return {}
        paths = []
        for node in written.items() or (written,):
            path = speller.path(node)
            if not self.files.exists(path):
                shown = node.value if isinstance(node.value, str) else "?"
                message = f"the included {shown} is not in the tree; its services are not judged here"
                self.files.notice("note", "include-missing", message, node)
                return {}
            paths.append(path)
        if paths[0] in including:
            self.files.notice(
                "error", "include-cycle", f"{paths[0]} includes itself", item, "break the circle"
            )
            return {}
        if len(including) >= self._limits.depth:
            message = f"files include each other over more than {self._limits.depth} steps"
            self.files.notice("error", "include-depth", message, item)
            return {}
        project = item.get("project_directory")
        directory = speller.path(project) if project is not None else posixpath.dirname(paths[0])
        env_file = item.get("env_file")
        named = () if env_file is None else env_file.items() or (env_file,)
        env_files = [env for env in (speller.path(node) for node in named) if env]
        variables = self.project_variables(directory, env_files, lookup)
        return self.load(paths, directory, variables, including)


def _chain(outer: Lookup, values: dict[str, Node]) -> Lookup:
    inner = lookup_in(values)
    return inner if outer is nothing else lambda name: outer(name) or inner(name)


def _size(node: Node) -> int:
    """How many values a tree has."""
    count = 0
    pending = [node]
    while pending:
        value = pending.pop().value
        count += 1
        if isinstance(value, MapValue):
            pending.extend(value.entries.values())
        elif isinstance(value, SeqValue):
            pending.extend(value.items)
    return count


def _opened(node: Node, unknown: Unknown) -> Node:
    """A service that may have more attributes than are written."""
    if not isinstance(node.value, MapValue):
        return node
    return node._replace(value=node.value._replace(rest=node.value.rest or unknown._replace(parts=())))
