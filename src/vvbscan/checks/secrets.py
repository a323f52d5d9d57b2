"""Secrets written as literals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.secret_names import boxes_of, holds_secret, names_access_key, words_of
from vvbscan.checks.secret_texts import (
    Secret,
    by_form,
    find_secret,
    find_secret_in_parts,
    has_form,
    is_literal,
    is_stand_in,
    may_have_secret,
)
from vvbscan.expr.scope import Fail, Scope, Unsure
from vvbscan.model.location import ForeignSource, ForeignText
from vvbscan.model.node import COMPUTED, Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject

_SECRET_TYPES: Final = (
    "kubernetes.io/tls",
    "kubernetes.io/basic-auth",
    "kubernetes.io/ssh-auth",
    "kubernetes.io/dockerconfigjson",
    "kubernetes.io/dockercfg",
)
"""Types of Secrets all of whose values are to be kept, but for `_OPEN_KEYS`."""
_OPEN_KEYS: Final = frozenset({"username", "tls.crt", "ca.crt"})
_SECRET_KEYS: Final = frozenset({"key", "auth", "htpasswd", "p12", "pfx", "jks"})
"""Last words of keys that say enough in a Secret, and elsewhere nothing."""
KEPT_ELSEWHERE: Final = frozenset({"variable", "secret", "computed", "remote"})
"""Kinds of unknown values that are written nowhere in the tree."""


def literal(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A setting or variable (fields `name`, `value`) that holds a secret must not have a literal value."""
    name_node, value = subject.root.get("name"), subject.root.get("value")
    remark = ""
    if value is not None and isinstance(value.source, ForeignSource) and not _is_yaml(value.source):
        # A manifest's variable is judged where it is written; what it overrides is in the repository as well.
        value, remark = subject.root.get("overridden"), ", though a deployment overrides it"
    if name_node is None or value is None or not isinstance(name_node.value, str):
        return
    name = name_node.value
    named = holds_secret(name, params)
    if not named and type(value.value) is str and not may_have_secret(value.value):
        return  # so it is with most variables, of which a repository has thousands
    if isinstance(value.value, Unknown):
        found = find_secret_in_parts(value, value.value.parts)
        if found is not None:
            yield _written(subject, name, found)
        # A variable without a value in the tree is what is wanted; text of a template may hide a literal.
        elif named and value.value.kind not in KEPT_ELSEWHERE:
            yield Unsure(value.value, Ref("value", value))
        return
    fail = written_secret(subject, name, value, named=named, remark=remark)
    if fail is not None:
        yield fail


def _is_yaml(source: ForeignSource) -> bool:
    """Whether a value stands in YAML that a manifest holds, where no rule of manifests looks for names."""
    return isinstance(source, ForeignText) and source.name.endswith((".yaml", ".yml"))


def written_secret(subject: Subject, name: str, value: Node, *, named: bool, remark: str = "") -> Fail | None:
    """The failure of a known value in which a secret is written, None if none is.

    `named` tells that the name says that the value is one; without it only what cannot be anything else is.
    """
    found = find_secret(value, named=named)
    return None if found is None or is_stand_in(name, found.node) else _written(subject, name, found, remark)


def _written(subject: Subject, name: str, found: Secret, remark: str = "") -> Fail:
    boxes = boxes_of(name)
    if found.default:
        how = "the expression falls back to the literal"
    elif found.node.style is COMPUTED and found.node.via and str(found.node.value) not in found.node.written:
        how = "what it refers to is a literal"
    else:
        how = "it is written here"
    return Fail(
        (Ref("value", found.node),),
        Scope(subject.root, subject.anchor),
        f"{name} is {found.what}, and {how}{remark}",
        boxes,
        whole=not boxes,
        confidential=True,
    )


def build_argument(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """An argument of a build (fields `name`, `value`) without a value in the tree must be for no secret."""
    name, value = subject.root.get("name"), subject.root.get("value")
    if name is None or (value is not None and value.value != "") or not holds_secret(str(name.value), params):
        return
    boxes = boxes_of(str(name.value))
    message = f"{name.value} is a secret, and what a build argument holds stays in the history of the image"
    yield Fail((Ref("name", name),), Scope(subject.root, subject.anchor), message, boxes, whole=not boxes)


def in_package_address(subject: Subject, _params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """The address of a source of packages (field `url`) must not have a password or token in it."""
    url = subject.root.get("url")
    if url is not None and url.text():
        found = find_secret(url, named=False)
        if found is not None:
            scope = Scope(subject.root, subject.anchor)
            what = "a password" if "password" in found.what else found.what
            message = f"the address of a source of packages has {what} in it"
            yield Fail((Ref("url", found.node),), scope, message, confidential=True)


def in_pipeline(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A value of a pipeline (fields `name`, `value`, `kind`, `ships`) that is a secret must not be written.

    Where nothing is shipped, passwords are those of services that live as long as the job: only what has the
    form of a secret of a real service counts.
    """
    value, kind = subject.root.get("value"), subject.root.get("kind")
    name_node, ships = subject.root.get("name"), subject.root.get("ships")
    text = None if value is None else value.text()
    if value is None or kind is None or name_node is None or not text:
        return
    name = str(name_node.value)
    scope = Scope(subject.root, subject.anchor)
    found = by_form(value)
    if found is not None:
        holder = "the script" if kind.value == "script" else name
        message = f"{holder} holds {found.what}, and it is written here"
        yield Fail((Ref("value", found.node),), scope, message, confidential=True)
        return
    given = kind.value in ("input", "credentials") or (ships is not None and ships.value is True)
    if kind.value == "script" or not given or "${{" in text:
        return
    fail = written_secret(subject, name, value, named=holds_secret(name, params))
    if fail is not None:
        yield fail._replace(boxes=(), whole=True)


def manifest(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A Secret (field `object`) must not carry a secret; that it also carries user names is nobody's harm."""
    root = subject.root.get("object")
    if root is None:
        return
    kind, allowed = root.get("type"), params.get("allowed_types")
    if kind is not None and isinstance(allowed, list) and kind.value in allowed:
        return
    access_key: Fail | None = None
    typed = kind is not None and kind.value in _SECRET_TYPES
    for field in ("stringData", "data"):
        for name, _, value in _members(root.get(field)):
            held = (typed and name not in _OPEN_KEYS) or _held_in_secret(name)
            if isinstance(value.value, Unknown):
                if held:
                    yield Unsure(value.value, Ref(f"object.{field}", value))
                continue
            text = _decoded(value.text() or "") if field == "data" else value.text() or ""
            if (held and is_literal(text)) or has_form(text):
                fail = Fail(
                    (Ref(f'object.{field}["{name}"]', value),),
                    Scope(subject.root, subject.anchor),
                    f"the Secret {_shown(subject)} carries the value of {name}",
                    boxes_of(f"{_shown(subject)} {name}"),
                    whole=False,
                    confidential=True,
                )
                if not names_access_key(words_of(name)):
                    yield fail
                    return
                access_key = access_key or fail  # the secret key beside it tells more
    if access_key is not None:
        yield access_key


def _held_in_secret(name: str) -> bool:
    """Whether a key of a Secret names a secret."""
    last = words_of(name)[-1:]
    return holds_secret(name, {}) or (bool(last) and last[0] in _SECRET_KEYS)


def _decoded(text: str) -> str:
    """What base64 stands for, as text; what it cannot stand for is taken as it is."""
    from base64 import b64decode  # only manifests with a Secret need it

    try:
        return b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except ValueError:
        return text


def _members(node: Node | None) -> Iterator[tuple[str, Node, Node]]:
    return iter(()) if node is None else node.members()


def _shown(subject: Subject) -> str:
    name = subject.root.get("name")
    return str(name.value) if name is not None and isinstance(name.value, str) else "without a name"
