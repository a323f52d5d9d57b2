"""Compares `Cargo.toml` with the lock as `cargo build --locked` does.

What it checks: https://doc.rust-lang.org/cargo/commands/cargo-build.html#manifest-options
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node
from vvbscan.views.cargo.lock import Entry
from vvbscan.views.cargo.manifest import Wanted
from vvbscan.views.packages.model import Stale
from vvbscan.views.packages.versions.cargo import satisfies

_GIT: Final = lazy_pattern(r"git\+([^?#]*)(?:\?(rev|tag|branch)=([^#]*))?(?:#(.*))?")
_WITH_SOURCE: Final = 3
_DEFAULT_VERSION: Final = "0.0.0"


def stale_entries(
    name: Node,
    version: Node | None,
    wanted: Iterable[Wanted],
    entries: Mapping[str, tuple[Entry, ...]],
    patched: frozenset[str],
) -> Iterator[Stale]:
    """What the lock does not satisfy of a package with a name and a version."""
    own = next((one for one in entries.get(str(name.value), ()) if not one.source), None)
    if own is None:
        yield Stale(name, f"{name.value} is not in it", None)
        return
    text = _DEFAULT_VERSION if version is None else version.text()
    if text is not None and own.version and text.partition("+")[0] != own.version.partition("+")[0]:
        yield Stale(version or name, f"{name.value} is {text} and locked at {own.version}", own.key)
    listed = {
        entry: False for one in own.dependencies for entry in entries.get(one[0], ()) if _is_asked(entry, own)
    }
    fits = True
    for one in wanted:
        held = [entry for entry in listed if entry.name == one.package]
        differences = {entry: _differs(one, entry) for entry in held if one.package not in patched}
        listed.update((entry, True) for entry in held if not differences.get(entry))
        if not held:
            missing = not entries.get(one.package)
            reason = "is not in it" if missing else f"is not among the dependencies of {name.value} in it"
            yield Stale(one.place, f"{one.package} {reason}", None)
        elif differences and all(differences.values()):
            yield Stale(one.place, f"{one.package} {differences[held[0]]}", held[0].key)
        else:
            continue
        fits = False
    for entry, is_wanted in listed.items():
        if fits and not is_wanted:
            told = f"{entry.name} {entry.version} is in it and not asked for any more"
            yield Stale(name, told, entry.key)


def _is_asked(entry: Entry, own: Entry) -> bool:
    """Whether the lock lists a package among the dependencies of another one."""
    return any(
        one[0] == entry.name
        and (len(one) == 1 or one[1] == entry.version)
        and (len(one) < _WITH_SOURCE or _same_source(one[2].strip("()"), entry.source))
        for one in own.dependencies
    )


def _same_source(one: str, other: str) -> bool:
    return one.partition("#")[0] == other.partition("#")[0]


def _differs(wanted: Wanted, entry: Entry) -> str:
    """How what is locked differs from what is wanted; empty if it does not, or if nobody knows."""
    git = _GIT.fullmatch(entry.source)
    if wanted.source == "path":
        return f"is locked at {entry.source}" if entry.source else ""
    if wanted.source == "git":
        if git is None:
            return f"is locked at {entry.version}, wanted is a repository of git"
        if _repository(git[1]) != _repository(wanted.git):
            return f"is locked at {git[1]}"
        locked = (git[2] or "", _decoded(git[3] or ""))
        if locked != wanted.revision:
            shown = " ".join(wanted.revision).strip() or "the default branch"
            return f"is locked for {' '.join(locked).strip() or 'the default branch'}, wanted is {shown}"
        return ""
    if git is not None or not entry.source:
        return f"is locked at {git[1] if git is not None else 'a directory'}, wanted is {wanted.requirement}"
    if wanted.requirement and satisfies(entry.version, wanted.requirement) is False:
        return f"is locked at {entry.version}, wanted is {wanted.requirement}"
    return ""


def _repository(address: str) -> str:
    """Addresses that Cargo takes for the same one are equal."""
    address = address.rstrip("/").removesuffix(".git")
    return address.lower() if "github.com" in address.lower() else address


def _decoded(text: str) -> str:
    """Since version 4 of the lock, names of branches and tags are written as in an address."""
    from urllib.parse import unquote

    return unquote(text)
