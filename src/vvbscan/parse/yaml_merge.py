"""Merge keys of YAML 1.1 (https://yaml.org/type/merge.html): `<<` brings in the entries of other mappings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vvbscan.model.node import PLAIN, MapValue, Node, Problem, SeqValue, Unknown
from vvbscan.parse.tape import Tape

MERGE_KEY: Final = "<<"


def merge(
    tape: Tape,
    keys: dict[str, int],
    earlier: list[int],
    rest: Unknown | None,
    report: Callable[[Problem], None],
) -> MapValue:
    """A mapping whose merge keys are replaced by the entries they stand for.

    `keys` are the indexes of its keys on the tape, `earlier` those of further merge keys, which are an
    error but are merged all the same. Entries of the mapping itself win over merged ones, and of a list of
    mappings the earlier one wins. Merging what is not known makes the mapping open.
    """
    names: dict[str, Node] = {}
    values: dict[str, Node] = {}
    for key in (*earlier, keys[MERGE_KEY]):
        if tape.root(key).style is not PLAIN:
            continue
        merged = tape.node(key + 1)
        layers = merged.value.items if isinstance(merged.value, SeqValue) else (merged,)
        for layer in reversed(layers):
            via = layer.via if layer is merged else (*layer.via, *merged.via)
            value = layer.value
            if isinstance(value, MapValue):
                rest = rest or value.rest
                for name, node in value.entries.items():
                    values[name] = node.through(*via)
                    names[name] = value.keys[name].through(*via)
            elif isinstance(value, Unknown):
                rest = rest or value
            else:
                message = "the value of the merge key << must be a mapping or a list of mappings"
                report(Problem("error", "merge-value", message, layer.start, layer.end))
    for name, key in keys.items():
        written = tape.root(key)
        if name != MERGE_KEY or written.style is not PLAIN:
            names[name] = written
            values[name] = tape.node(key + 1)
    return MapValue(values, names, rest)
