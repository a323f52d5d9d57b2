"""What is known only when kustomize runs: `replacements`, `vars`, and transformers that are programs.

The values are not worked out: the fields that are touched become unknown, with the reason.

Sources: kustomize v5.7, `api/filters/replacement/replacement.go`, `kyaml/utils/pathsplitter.go` (paths),
`kyaml/yaml/match.go` (steps of paths), `api/filters/refvar/expand.go` (`$(NAME)`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, SeqValue, Unknown
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kustomize.edit import Path, child, reached, replaced, walk, with_value
from vvbscan.views.kustomize.identity import Identity, Resource
from vvbscan.views.kustomize.patterns import BadPattern
from vvbscan.views.kustomize.selectors import BadSelector, read_selector
from vvbscan.views.kustomize.settings import Kustomization
from vvbscan.views.kustomize.workspace import SETTINGS, Workspace

_STEP: Final = lazy_pattern(r"\[[^\]]*\](?:(?=\.)|\Z)|(?:\\.|[^.\\])+")
"""One step of a field path: text in brackets as a whole, else all up to a dot without a backslash."""
_VARIABLE: Final = lazy_pattern(r"\$\(([^()]*)\)")


def apply_replacements(
    workspace: Workspace, kustomization: Kustomization, resources: Sequence[Resource]
) -> None:
    """Make the fields unknown that the replacements of a kustomization set."""
    for entry in kustomization.items("replacements"):
        for replacement in _replacements(workspace, kustomization, entry):
            targets = replacement.get("targets")
            for target in () if targets is None else targets.items():
                for resource in resources:
                    workspace.spend()
                    if _selects(target, resource):
                        _replace_fields(kustomization, target, resource)


def _replacements(workspace: Workspace, kustomization: Kustomization, entry: Node) -> Iterator[Node]:
    """The replacements that an entry describes itself or by the path of a file."""
    path = entry.get("path")
    if path is None or not isinstance(path.value, str):
        yield entry
        return
    resolved = workspace.resolve(kustomization, path)
    parsed = workspace.parse(resolved, SETTINGS, path) if resolved is not None else None
    for document in () if parsed is None else parsed.documents:
        yield from document.root.items() or (document.root,)


def _selects(target: Node, resource: Resource) -> bool:
    selected = target.get("select")
    if selected is None or not _is_selected(selected, resource):
        return False
    rejected = target.get("reject")
    return not any(_is_selected(one, resource) for one in (() if rejected is None else rejected.items()))


def _is_selected(selector: Node, resource: Resource) -> bool:
    """Whether an object has, or had, the identity that a selector gives, and the labels."""
    group, version, kind, name, namespace = (
        shown(selector.get(key)) for key in ("group", "version", "kind", "name", "namespace")
    )

    def matches(identity: Identity) -> bool:
        return (
            identity.is_of(group, version, kind)
            and (not name or identity.name == name)
            and (not namespace or identity.namespace == namespace)
        )

    if not any(matches(identity) for identity in resource.identities):
        return False
    try:
        return (
            read_selector(selector)
            ._replace(group=None, version=None, kind=None, name=None, namespace=None)
            .selects(resource)
        )
    except (BadSelector, BadPattern):
        return True


def _replace_fields(kustomization: Kustomization, target: Node, resource: Resource) -> None:
    paths = target.get("fieldPaths")
    options = target.get("options")
    for path in () if paths is None else paths.items():
        origin = kustomization.origin("replaces this field", path)
        edits: dict[Path, Node] = {}
        for place in _places(resource.root, _steps(shown(path))):
            node = reached(resource.root, place)
            unknown = Unknown(
                "expression",
                f"{kustomization.title} sets it with a replacement",
                _kept_parts(node, options),
            )
            edits[place] = Node(unknown, node.source, node.start, node.end, COMPUTED, (*node.via, origin))
        if not edits and options is not None and shown(options.get("create")) == "true":
            edits = _opened(resource.root, _steps(shown(path)), kustomization)
        resource.edit(replaced(resource.root, edits))


def _opened(root: Node, steps: Sequence[str], kustomization: Kustomization) -> dict[Path, Node]:
    """The mappings in which a replacement makes its field, with a member that is not known."""
    for length in range(len(steps) - 1, -1, -1):
        places = list(_places(root, steps[:length]))
        nodes = [(place, reached(root, place)) for place in places]
        unknown = Unknown("expression", f"{kustomization.title} adds to it with a replacement")
        found = {
            place: with_value(node, node.value._replace(rest=unknown))
            for place, node in nodes
            if isinstance(node.value, (MapValue, SeqValue))
        }
        if found:
            return {**found}
    return {}


def _kept_parts(node: Node, options: Node | None) -> tuple[str | None, ...]:
    """What a replacement with a delimiter leaves of a string: all but one of its pieces."""
    delimiter = shown(options.get("delimiter")) if options is not None else ""
    index = options.get("index") if options is not None else None
    if not delimiter or not isinstance(node.value, str):
        return ()
    pieces: list[str | None] = list(node.value.split(delimiter))
    at = index.value if index is not None and isinstance(index.value, int) else 0
    if at < 0:
        pieces.insert(0, None)
    elif at >= len(pieces):
        pieces.append(None)
    else:
        pieces[at] = None
    parts: list[str | None] = []
    for position, piece in enumerate(pieces):
        text = f"{delimiter if position else ''}{piece or ''}"
        if text:
            parts.append(text)
        if piece is None:
            parts.append(None)
    return tuple(parts)


def _steps(path: str) -> list[str]:
    """The steps of a field path: `spec.containers.[name=app].image`."""
    found = []
    for match in _STEP.finditer(path):
        step = re.sub(r"\\(.)", r"\1", match[0])
        is_key = step.startswith("[") and "=" not in step
        found.append(step[1:-1] if is_key else step)
    return found


def _places(root: Node, steps: Sequence[str]) -> Iterator[Path]:
    """The places that exist in an object to which a field path leads."""
    pending: list[tuple[Node, Path, int]] = [(root, (), 0)]
    while pending:
        node, path, at = pending.pop()
        if at == len(steps):
            yield path
            continue
        for step in _matching(node, steps[at]):
            below = child(node, step)
            if below is not None:
                pending.append((below, (*path, step), at + 1))


def _matching(node: Node, step: str) -> Iterator[str | int]:
    if isinstance(node.value, MapValue):
        yield from node.value.entries if step == "*" else (step,)
        return
    key, equals, wanted = step.strip("[]").partition("=")
    for index, item in enumerate(node.items()):
        if (
            step in ("*", "-")
            or (not equals and step == str(index))
            or (equals and shown(item.get(key) if key else item) == wanted)
        ):
            yield index


def resolve_variables(workspace: Workspace, names: dict[str, Origin], resources: Sequence[Resource]) -> None:
    """Make the strings unknown in which kustomize puts the value of a variable (`vars`) for `$(NAME)`."""
    if not names:
        return
    for resource in resources:
        root = resource.root
        start: Path = ()
        if resource.identity.kind == "CustomResourceDefinition":
            # The rest of it is large, and kustomize replaces nothing there.
            start, root = ("metadata",), root.get("metadata") or root
        edits: dict[Path, Node] = {}
        for path, node in walk(root):
            workspace.spend()
            text = node.value
            if isinstance(text, str) and "$(" in text:
                changed = _with_gaps(node, text, names)
                if changed is not None:
                    edits[*start, *path] = changed
        resource.edit(replaced(resource.root, edits))


def _with_gaps(node: Node, text: str, names: dict[str, Origin]) -> Node | None:
    parts: list[str | None] = []
    done = 0
    first: Origin | None = None
    for match in _VARIABLE.finditer(text):
        origin = names.get(match[1])
        if origin is not None:
            first = first or origin
            parts += [text[done : match.start()], None]
            done = match.end()
    if first is None:
        return None
    parts.append(text[done:])
    kept = tuple(part for part in parts if part != "")
    unknown = Unknown("expression", "a variable of kustomize (vars) is put into it", kept)
    return Node(unknown, node.source, node.start, node.end, COMPUTED, (*node.via, first))
