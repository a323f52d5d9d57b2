"""Secrets in texts: recognised by their own form, or as what stands where a secret does."""

from __future__ import annotations

import re
from typing import Final

from vvbscan.checks.secret_names import holds_secret, words_of
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Origin
from vvbscan.record import NamedTuple

_FORMS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        "a private key",
        lazy_pattern(
            r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----(?!(?:\s|\\[nr])*(?:[.]{2}|…|[<\[*]|-----END))"
        ),
    ),
    # Those of AWS's documentation end with EXAMPLE.
    ("an AWS access key", lazy_pattern(r"\b(?:AKIA|ASIA)(?![0-9A-Z]{9}EXAMPLE\b)[0-9A-Z]{16}\b")),
    ("a GitHub token", lazy_pattern(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})")),
    ("a GitLab token", lazy_pattern(r"\bglpat-[A-Za-z0-9_-]{20}")),
    ("a Slack token", lazy_pattern(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    (
        "the address of a Slack webhook",
        lazy_pattern(
            r"https://hooks\.slack\.com/services/T(?!0+/)[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}"
        ),
    ),
    ("a SendGrid key", lazy_pattern(r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")),
    ("an npm token", lazy_pattern(r"\bnpm_[A-Za-z0-9]{36}\b")),
    ("a Google API key", lazy_pattern(r"\bAIza[0-9A-Za-z_-]{35}")),
    ("a Stripe key", lazy_pattern(r"\b[rs]k_live_[0-9a-zA-Z]{20,}")),
    ("a signed token", lazy_pattern(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}")),
)
_OF_FORMS: Final = (
    r"BEGIN |AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|hooks\.slack|SG\.|npm_|AIza|k_live_|eyJ"
)
_FORM_SIGNS: Final = lazy_pattern(_OF_FORMS)
"""What every text of one of these forms contains."""
_SIGNS: Final = lazy_pattern(rf"=|@|\{{|uthorization|{_OF_FORMS}")
"""What every text has in which a secret is found without a name that tells: most are done after one look."""
_URL: Final = lazy_pattern(r"[a-z][a-z0-9+.-]{1,30}://[^\s/:@?#]{0,200}:([^\s/@?#]{1,200})@", re.IGNORECASE)
_URL_PARAMETER: Final = lazy_pattern(
    r"[?&;](?:password|passwd|pwd)=(<[^<>]{0,100}>|[^&;\s]{1,200})", re.IGNORECASE
)
_HEADER: Final = lazy_pattern(
    r"\bauthorization\s{0,9}[=:]\s{0,9}(?:basic|bearer)\s{1,9}([^\s,;'\"]{1,2000})", re.IGNORECASE
)
_WITHIN: Final = (
    ("@", _URL, "an address with a password in it"),
    ("=", _URL_PARAMETER, "an address with a password in it"),
    ("uthorization", _HEADER, "a header with a secret in it"),
)
"""Secrets within a text, each with characters that are found faster."""
_ASSIGNMENT: Final = lazy_pattern(
    r"""((?:password|passwd|passphrase|pwd|secret|api-?key|(?:account|secret)-?key))
    =["']?([A-Za-z0-9!_+][^\s;,&"'`|<>\\]{0,200})""",
    re.VERBOSE | re.IGNORECASE,
)
"""An option, a part of a connection string or a variable of a script: `-Ddb.password=literal`."""
_SECRETS_OF: Final = frozenset(
    {"api", "app", "client", "consumer", "cookie", "hmac", "jwt", "oauth", "oidc", "session", "shared"}
)
"""Words in front of `secret` with which an option holds one; else it may be the name of a Secret."""
_IN_NAMES: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
_LONGEST_NAME: Final = 80
_BEFORE_NAMES: Final = frozenset("?&;,\"'")
ASSIGNED: Final = "a text with a secret in it"
"""What a secret is called that was found by such an assignment."""
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
      | [*xX.…•-]+ | (?:your|my|insert|replace|enter|change[_-]?in)[\s_-](?:.*[^0-9])?
      | -----BEGIN[ ][A-Z ]*-----(?:\s|\\[nr])*
        (?:[.]{2,}|…|<[^>]*>|\[[^\]]*\])(?:\s|\\[nr])*-----END[ ][A-Z ]*-----
      | (?:.*[\s_-])?placeholder | redacted | none | null | undefined
    )\s*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# A dollar within a word is one of a password, unless what follows has the case of a variable: `pa$word`.
_EXPRESSION: Final = lazy_pattern(
    r"\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Z_][A-Z0-9_]+(?![a-z])|(?<![\w$@!#%^&*])\$[A-Za-z_]\w*"
)
_SWITCH: Final = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1"})
_STAND_IN: Final = frozenset({"val", "value", "here", "placeholder"})
"""What makes a placeholder of the name of a variable: `API_KEY: API_KEY_VAL`."""


class Secret(NamedTuple):
    """A secret that was found: its characters, and what it is."""

    node: Node
    what: str
    default: bool
    """Whether it is what an expression falls back to."""


def find_secret(value: Node, *, named: bool) -> Secret | None:
    """The secret that a value is or holds. `named` tells that its name says that it is one."""
    text = value.value
    if not isinstance(text, str):
        # YAML and properties read an unquoted 12345 as a number; a password it is all the same.
        numeric = isinstance(text, (int, float)) and text not in (0, 1)
        return Secret(value, "a secret", _is_default(value)) if named and numeric else None
    if not named and not may_have_secret(text):
        return None
    formed = by_form(value)
    if formed is not None:
        return formed
    for sign, pattern, what in _WITHIN:
        match = pattern.search(text) if sign in text else None
        if match is not None and is_literal(match.group(1)):
            node = _where_set(value, match.group(1)) or _spelt(value, pattern, match)
            return Secret(node, what, _is_default(value))
    held = _in_document(text)
    if named and is_literal(text) and held != "":
        return Secret(value, "a secret", _is_default(value))
    if held:
        at = value.written.find(f'"{held}"') + 1
        found = value._replace(start=value.start + at, end=value.start + at + len(held)) if at else value
        return Secret(found, "a document with a secret in it", _is_default(value))
    return _assigned(value, text)


def may_have_secret(text: str) -> bool:
    """Whether a text has anything of what makes a secret without a name that tells."""
    return _SIGNS.search(text) is not None


def find_secret_in_parts(value: Node, parts: tuple[str | None, ...]) -> Secret | None:
    """The secret in what is known of a text: the password of `postgres://app:literal@${HOST}`."""
    text = "".join("${}" if part is None else part for part in parts)
    return find_secret(value._replace(value=text), named=False) if text else None


def _assigned(value: Node, text: str) -> Secret | None:
    """The first secret that a text assigns to something whose name tells."""
    for match in _ASSIGNMENT.finditer(text) if "=" in text else ():
        if is_assigned_secret(_name_up_to(text, match.end(1))) and is_literal(match[2]):
            found = spelt_at(value, match.span(2))
            return Secret(found, ASSIGNED, _is_default(value))
    return None


def is_assigned_secret(name: str) -> bool:
    """Whether the name of an option or of a part of a text says that a secret is assigned to it."""
    words = words_of(name)
    if words[-1:] == ("credentials",) or (words[-1:] == ("secret",) and _SECRETS_OF.isdisjoint(words)):
        return False
    return holds_secret(name, {})


def spelt_at(value: Node, span: tuple[int, int]) -> Node:
    """The characters of a stretch of a text, also where folds or expressions stand elsewhere in the text.

    If a variable brings them, the place where it is set; the whole value if none can be told.
    """
    text = str(value.value)[span[0] : span[1]]
    part = value.part(*span)
    if part.end - part.start == len(text):
        return part
    if value.written.count(text) == 1:
        start = value.start + value.written.index(text)
        return part._replace(start=start, end=start + len(text))
    return _where_set(value, text) or part


def _name_up_to(text: str, end: int) -> str:
    """The name that ends at a position, empty if what stands before it makes it something else."""
    before = text[max(0, end - _LONGEST_NAME) : end]
    name = before[len(before.rstrip(_IN_NAMES)) :]
    sign = text[end - len(name) - 1 : end - len(name)]
    return name.lstrip("-") if not sign or sign.isspace() or sign in _BEFORE_NAMES else ""


def by_form(value: Node) -> Secret | None:
    """The secret in a text that has the form of a key or token of a known kind, None if there is none."""
    text = value.text() or ""
    for what, form in _FORMS if _FORM_SIGNS.search(text) else ():
        match = form.search(text)
        if match is not None:
            return Secret(_spelt(value, form, match, 0), what, _is_default(value))
    return None


def has_form(text: str) -> bool:
    """Whether a text has a key or token of a known kind in it."""
    return _FORM_SIGNS.search(text) is not None and any(form.search(text) for _, form in _FORMS)


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
            use = Origin("it is put in here", value.source, value.start, value.end)
            return Node(text, step.source, step.end - len(text), step.end, via=(use,))
    return None


def is_stand_in(name: str, value: Node) -> bool:
    """Whether a value is its variable's name, alone or with a word for what is to stand here."""
    text = value.text() or ""
    if text == name and name.isupper():
        return True
    words = words_of(text)
    return words[-1:] != () and words[-1] in _STAND_IN and words[:-1] == words_of(name)


def _in_document(text: str) -> str | None:
    """A secret in a JSON object, empty if it has none: names of Secrets and of their keys, say.

    None if the text is no object.
    """
    if not text.lstrip().startswith("{"):
        return None
    from json import loads  # few values are documents

    try:
        pending = [loads(text)]
    except (ValueError, RecursionError):
        return None
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            for name, member in value.items():
                if isinstance(member, str) and holds_secret(name, {}) and is_literal(member):
                    return member
            pending += value.values()
    return ""


def is_literal(text: str) -> bool:
    """Whether a text stands for itself, and neither for a place where a secret is kept nor for nothing."""
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
