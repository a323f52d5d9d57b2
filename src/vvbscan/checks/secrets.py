"""Secrets written as literals: recognised by the name of what they are given to, or by their own form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

from vvbscan.expr.scope import Fail, Scope, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.location import ForeignSource
from vvbscan.model.node import COMPUTED, Node, Origin, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.record import NamedTuple

_WORD: Final = lazy_pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET_ENDINGS: Final = frozenset(
    {
        ("password",),
        ("passwd",),
        ("pwd",),
        ("passphrase",),
        ("pass",),
        ("secret",),
        ("token",),
        ("credentials",),
        ("apikey",),
        ("api", "key"),
        ("access", "key"),
        ("secret", "key"),
        ("private", "key"),
        ("signing", "key"),
        ("sign", "key"),
        ("encryption", "key"),
        ("account", "key"),
        ("auth", "key"),
        ("master", "key"),
    }
)
"""How a name ends that holds a secret. Names that only speak of one (`token-lifespan`, `passwordKey`,
`existingSecret`, `secret-name`) end otherwise."""
_ABOUT_SECRETS: Final = frozenset(
    {
        ("existing", "secret"),
        ("from", "secret"),
        ("random", "root", "password"),
        ("allow", "empty", "password"),
        ("empty", "root", "password"),
    }
)
"""Ends of names whose values name a Secret, or tell the images of MySQL and MariaDB what to do."""
_RUN_TOGETHER: Final = ("password", "passwd", "passphrase", "apikey", "secretkey", "accesskey")
"""Endings that are unmistakable also where words are run together: `PGPASSWD`."""
_OBJECT_STORES: Final = frozenset({"aws", "minio"})
"""Where an access key is a name, and the secret key beside it the secret."""

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

_DATABASE: Final = (
    "datasource",
    "db",
    "database",
    "postgres",
    "postgresql",
    "pg",
    "mysql",
    "jdbc",
    "r2dbc",
    "mongo",
    "mssql",
    "sql",
    "rds",
)
_JWT: Final = ("jwt", "jws", "jwk")
_OAUTH: Final = ("oauth", "oidc", "client", "keycloak")
_TLS: Final = ("keystore", "store", "tls", "ssl", "certificate")

_FORMS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        "a private key",
        lazy_pattern(
            r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----(?!(?:\s|\\[nr])*(?:[.]{2}|…|[<\[*]|-----END))"
        ),
    ),
    ("an AWS access key", lazy_pattern(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a GitHub token", lazy_pattern(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})")),
    ("a GitLab token", lazy_pattern(r"\bglpat-[A-Za-z0-9_-]{20}")),
    ("a Slack token", lazy_pattern(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a Google API key", lazy_pattern(r"\bAIza[0-9A-Za-z_-]{35}")),
    ("a Stripe key", lazy_pattern(r"\b[rs]k_live_[0-9a-zA-Z]{20,}")),
    ("a signed token", lazy_pattern(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}")),
)
_FORM_SIGNS: Final = lazy_pattern(r"BEGIN |AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|AIza|k_live_|eyJ")
"""What every text of one of these forms contains: most texts are done after one look."""
_URL: Final = lazy_pattern(r"[a-z][a-z0-9+.-]{1,30}://[^\s/:@?#]{1,200}:([^\s/@?#]{1,200})@", re.IGNORECASE)
_URL_PARAMETER: Final = lazy_pattern(r"[?&;](?:password|passwd|pwd)=([^&;\s]{1,200})", re.IGNORECASE)
_HEADER: Final = lazy_pattern(
    r"\bauthorization\s{0,9}[=:]\s{0,9}(?:basic|bearer)\s{1,9}([^\s,;'\"]{1,2000})", re.IGNORECASE
)
_WITHIN: Final = (
    ("@", _URL, "an address with a password in it"),
    ("=", _URL_PARAMETER, "an address with a password in it"),
    ("uthorization", _HEADER, "a header with a secret in it"),
)
"""Secrets within a text, each with characters that are found faster."""

# What stands in for a secret, or leads to one.
_REFERENCE: Final = lazy_pattern(
    r"""\s*(?:
        # a file or an address
        /[^\s]* | [./~][^\s]* | file:.* | classpath:.* | https?://[^@\s]*
        # the notation of a secret store
      | (?:vault|op|sm|ssm|arn|gcp|azure|akv|keyvault|secretref|ref\+[a-z]+|awssm):.*
        # encrypted or hashed
      | ENC\(.*\) | \{cipher\}.* | \{[a-z]+crypt\}.* | \$2[aby]?\$.* | \$argon2.* | AgB[A-Za-z0-9+/=]{50,}
        # filled in later
      | <[^>]*> | \[[^\]]*\] | %[^%]+% | @[^@\s]+@ | __\w+__ | \{\{.*\}\}
      | [*xX.…•-]+ | (?:your|my|insert|replace|enter|change[_-]?in)[\s_-].*
      | -----BEGIN[ ][A-Z ]*-----(?:\s|\\[nr])*
        (?:[.]{2,}|…|<[^>]*>|\[[^\]]*\])(?:\s|\\[nr])*-----END[ ][A-Z ]*-----
      | (?:.*[\s_-])?placeholder | redacted | none | null | undefined
    )\s*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_EXPRESSION: Final = lazy_pattern(r"\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Za-z_]\w*")
_SWITCH: Final = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1"})
KEPT_ELSEWHERE: Final = frozenset({"variable", "secret", "computed", "remote"})
"""Kinds of unknown values that are written nowhere in the tree."""
_STAND_IN: Final = frozenset({"val", "value", "here", "placeholder"})
"""What makes a placeholder of the name of a variable: `API_KEY: API_KEY_VAL`."""


class _Secret(NamedTuple):
    """A secret that was found: its characters, and what it is."""

    node: Node
    what: str
    default: bool
    """Whether it is what an expression falls back to."""


def literal(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A setting or variable (fields `name`, `value`) that holds a secret must not have a literal value."""
    name_node, value = subject.root.get("name"), subject.root.get("value")
    if value is not None and isinstance(value.source, ForeignSource):
        # A manifest's variable is judged where it is written; what it overrides is in the repository as well.
        value = subject.root.get("overridden")
    if name_node is None or value is None or not isinstance(name_node.value, str):
        return
    name = name_node.value
    named = holds_secret(name, params)
    if isinstance(value.value, Unknown):
        # A variable without a value in the tree is what is wanted; text of a template may hide a literal.
        if named and value.value.kind not in KEPT_ELSEWHERE:
            yield Unsure(value.value, Ref("value", value))
        return
    overridden = value is not subject.root.get("value")
    fail = written_secret(
        subject, name, value, named=named, remark=", though a deployment overrides it" if overridden else ""
    )
    if fail is not None:
        yield fail


def written_secret(subject: Subject, name: str, value: Node, *, named: bool, remark: str = "") -> Fail | None:
    """The failure of a known value in which a secret is written, None if none is.

    `named` tells that the name says that the value is one; without it only what cannot be anything else is.
    """
    found = _find(value, named=named)
    if found is None or _is_stand_in(name, found.node):
        return None
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


def in_package_address(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:  # noqa: ARG001
    """The address of a source of packages (field `url`) must not have a password or token in it."""
    url = subject.root.get("url")
    if url is not None and url.text():
        found = _find(url, named=False)
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
    for what, form in _FORMS if _FORM_SIGNS.search(text) else ():
        match = form.search(text)
        if match is not None:
            holder = "the script" if kind.value == "script" else name
            place = Ref("value", _spelt(value, form, match, 0))
            yield Fail((place,), scope, f"{holder} holds {what}, and it is written here", confidential=True)
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
            if (held and _is_literal(text)) or any(form.search(text) for _, form in _FORMS):
                fail = Fail(
                    (Ref(f'object.{field}["{name}"]', value),),
                    Scope(subject.root, subject.anchor),
                    f"the Secret {_shown(subject)} carries the value of {name}",
                    boxes_of(f"{_shown(subject)} {name}"),
                    whole=False,
                    confidential=True,
                )
                if not _names_access_key(_words(name)):
                    yield fail
                    return
                access_key = access_key or fail  # the secret key beside it tells more
    if access_key is not None:
        yield access_key


def _held_in_secret(name: str) -> bool:
    """Whether a key of a Secret names a secret."""
    last = _words(name)[-1:]
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


def holds_secret(name: str, params: Mapping[str, ParamValue]) -> bool:
    """Whether a name says that its value is a secret."""
    allowed = params.get("allowed_names")
    if isinstance(allowed, list) and name in allowed:
        return False
    return _says_secret(name)


@lru_cache(maxsize=4096)  # the containers of a repository have variables of the same names
def _says_secret(name: str) -> bool:
    words = _words(name)
    if words[-2:] in _ABOUT_SECRETS or words[-3:] in _ABOUT_SECRETS or _names_public_store(words):
        return False
    if _names_access_key(words) and not _OBJECT_STORES.isdisjoint(words) and "secret" not in words:
        return False
    if words and words[-1].endswith(_RUN_TOGETHER):
        return True
    return words[-1:] in _SECRET_ENDINGS or words[-2:] in _SECRET_ENDINGS


def _names_access_key(words: tuple[str, ...]) -> bool:
    """Whether words end in `access key`, which for some services is the name of an account."""
    return words[-2:] == ("access", "key") or words[-1:] == ("accesskey",)


def _names_public_store(words: tuple[str, ...]) -> bool:
    """Whether words speak of a store of public certificates, whose password protects nothing."""
    return "truststore" in words or ("trust" in words and ("trust", "store") in pairwise(words))


def boxes_of(name: str) -> tuple[str, ...]:
    """The box of the checklist that a secret concerns, by the words of its name."""
    words = set(_words(name))
    for marks, box in ((_JWT, "2.8.3"), (_TLS, "2.8.5"), (_DATABASE, "2.8.1"), (_OAUTH, "2.8.4")):
        if not words.isdisjoint(marks):
            return (box,)
    return ("2.8.2",)


def _find(value: Node, *, named: bool) -> _Secret | None:
    text = value.value
    if not isinstance(text, str):
        # YAML and properties read an unquoted 12345 as a number; a password it is all the same.
        numeric = isinstance(text, (int, float)) and text not in (0, 1)
        return _Secret(value, "a secret", _is_default(value)) if named and numeric else None
    for what, form in _FORMS if _FORM_SIGNS.search(text) else ():
        match = form.search(text)
        if match is not None:
            return _Secret(_spelt(value, form, match, 0), what, _is_default(value))
    for sign, pattern, what in _WITHIN:
        match = pattern.search(text) if sign in text else None
        if match is not None and _is_literal(match.group(1)):
            node = _where_set(value, match.group(1)) or _spelt(value, pattern, match)
            return _Secret(node, what, _is_default(value))
    if named and _is_literal(text) and not _is_document_without_secret(text):
        return _Secret(value, "a secret", _is_default(value))
    return None


def _spelt(value: Node, pattern: re.Pattern[str], found: re.Match[str], group: int = 1) -> Node:
    """The characters of a match, also where folds or expressions stand elsewhere in the text."""
    part = value.part(*found.span(group))
    if part.end - part.start == len(found.group(group)):
        return part
    written = pattern.search(value.written)
    if written is None or not written.group(group).startswith(found.group(group)):
        return part
    start = value.start + written.start(group)
    return part._replace(start=start, end=start + len(found.group(group)))


def _where_set(value: Node, text: str) -> Node | None:
    """Where a variable is set to text of an expanded value; None if the value spells the text itself."""
    if text in value.written:
        return None
    for step in value.via:
        setting = step.source.text.text[step.start : step.end]
        if setting.endswith(text):
            use = Origin("it is put into the address here", value.source, value.start, value.end)
            return Node(text, step.source, step.end - len(text), step.end, via=(use,))
    return None


def _is_stand_in(name: str, value: Node) -> bool:
    """Whether a value is its variable's name, alone or with a word for what is to stand here."""
    text = value.text() or ""
    if text == name and name.isupper():
        return True
    words = _words(text)
    return words[-1:] != () and words[-1] in _STAND_IN and words[:-1] == _words(name)


def _is_document_without_secret(text: str) -> bool:
    """Whether text is a JSON object without a secret in it: names of Secrets and of their keys, say."""
    if not text.lstrip().startswith("{"):
        return False
    from json import loads  # few values are documents

    try:
        pending = [loads(text)]
    except (ValueError, RecursionError):
        return False
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            for name, member in value.items():
                if isinstance(member, str) and holds_secret(name, {}) and _is_literal(member):
                    return False
            pending += value.values()
    return True


def _words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(name))


def _is_literal(text: str) -> bool:
    return (
        bool(text.strip())
        and text.strip().lower() not in _SWITCH
        and _EXPRESSION.search(text) is None
        and _REFERENCE.fullmatch(text) is None
    )


def _is_default(value: Node) -> bool:
    """Whether a value is written as the default of an expression: `${DB_PASSWORD:literal}`."""
    before = value.source.text.text[max(0, value.start - 100) : value.start]
    opened = before.rfind("${")
    return (
        opened >= 0
        and before[-1:] in (":", "-")
        and "}" not in before[opened:]
        and "\n" not in before[opened:]
    )
