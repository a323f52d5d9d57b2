"""What the name of a variable or a setting says of its value: whether it is a secret, and of what."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.rule import ParamValue

_WORD: Final = lazy_pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET_ENDINGS: Final = frozenset(
    {
        ("password",),
        ("passwd",),
        ("pwd",),
        ("pw",),
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
        ("key", "base"),
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


def holds_secret(name: str, params: Mapping[str, ParamValue]) -> bool:
    """Whether a name says that its value is a secret."""
    if not _says_secret(name):
        return False
    allowed = params.get("allowed_names")
    return not (isinstance(allowed, list) and name in allowed)


@lru_cache(maxsize=4096)  # the containers of a repository have variables of the same names
def _says_secret(name: str) -> bool:
    words = words_of(name)
    if words[-2:] in _ABOUT_SECRETS or words[-3:] in _ABOUT_SECRETS or _names_public_store(words):
        return False
    if names_access_key(words) and not _OBJECT_STORES.isdisjoint(words) and "secret" not in words:
        return False
    if words and words[-1].endswith(_RUN_TOGETHER):
        return True
    return words[-1:] in _SECRET_ENDINGS or words[-2:] in _SECRET_ENDINGS


def names_access_key(words: tuple[str, ...]) -> bool:
    """Whether words end in `access key`, which for some services is the name of an account."""
    return words[-2:] == ("access", "key") or words[-1:] == ("accesskey",)


def _names_public_store(words: tuple[str, ...]) -> bool:
    """Whether words speak of a store of public certificates, whose password protects nothing."""
    return "truststore" in words or ("trust" in words and ("trust", "store") in pairwise(words))


def boxes_of(name: str) -> tuple[str, ...]:
    """The box of the checklist that a secret concerns, by the words of its name."""
    words = set(words_of(name))
    for marks, box in ((_JWT, "2.8.3"), (_TLS, "2.8.5"), (_DATABASE, "2.8.1"), (_OAUTH, "2.8.4")):
        if not words.isdisjoint(marks):
            return (box,)
    return ("2.8.2",)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case."""
    return tuple(word.lower() for word in _WORD.findall(name))
