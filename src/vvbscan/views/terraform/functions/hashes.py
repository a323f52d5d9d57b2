"""Hash functions.

Source: Terraform language, "Hash and Crypto Functions".
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Final

from vvbscan.views.terraform.functions.files import file_text
from vvbscan.views.terraform.functions.invocation import Function, plain
from vvbscan.views.terraform.values import wrong_value

Digest = Callable[[bytes], str]
_NAMESPACES: Final = {
    "dns": "NAMESPACE_DNS",
    "oid": "NAMESPACE_OID",
    "url": "NAMESPACE_URL",
    "x500": "NAMESPACE_X500",
}


def _hex(name: str) -> Digest:
    return lambda data: hashlib.new(name, data, usedforsecurity=False).hexdigest()


def _base64(name: str) -> Digest:
    return lambda data: b64encode(hashlib.new(name, data, usedforsecurity=False).digest()).decode()


def _of_text(digest: Digest) -> Function:
    return plain("text", lambda text: digest(text.encode("utf-8", "surrogatepass")))


def _of_file(digest: Digest) -> Function:
    return file_text(lambda text: digest(text.encode("utf-8", "surrogatepass")))


def _uuidv5(namespace: str, name: str) -> str:
    import uuid

    known = _NAMESPACES.get(namespace)
    if known is not None:
        return str(uuid.uuid5(getattr(uuid, known), name))
    try:
        return str(uuid.uuid5(uuid.UUID(namespace), name))
    except ValueError:
        raise wrong_value("the namespace is neither a UUID nor dns, oid, url or x500") from None


FUNCTIONS: Final[Mapping[str, Function]] = {
    "base64sha256": _of_text(_base64("sha256")),
    "base64sha512": _of_text(_base64("sha512")),
    "filebase64sha256": _of_file(_base64("sha256")),
    "filebase64sha512": _of_file(_base64("sha512")),
    "filemd5": _of_file(_hex("md5")),
    "filesha1": _of_file(_hex("sha1")),
    "filesha256": _of_file(_hex("sha256")),
    "filesha512": _of_file(_hex("sha512")),
    "md5": _of_text(_hex("md5")),
    "sha1": _of_text(_hex("sha1")),
    "sha256": _of_text(_hex("sha256")),
    "sha512": _of_text(_hex("sha512")),
    "uuidv5": plain("text text", _uuidv5),
}
