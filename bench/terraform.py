"""How much of the Terraform of a repository is known, and why the rest is not.

    PYTHONPATH="$PWD/src" python bench/terraform.py DIRECTORY...

Counted are the arguments and blocks of the resources and data sources of all judged modules and environments.
What is not known at all is counted by the kind of its reason; `--reasons` lists the commonest reasons.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

import vvbscan
from vvbscan.api import plan_scan
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.terraform.kind import KIND, model_of


def main() -> None:
    """Measure the repositories that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directories", nargs="+")
    parser.add_argument("--reasons", type=int, default=0, help="how many reasons are listed")
    arguments = parser.parse_args()
    for directory in arguments.directories:
        begun = time.process_time()
        loaded = _load(directory)
        seconds = time.process_time() - begun
        _report(directory, loaded, seconds, arguments.reasons)


def _load(directory: str) -> list[tuple[Unit, Loaded]]:
    planned = plan_scan([directory], vvbscan.Config(), root=directory)
    return [
        (unit, KIND.load(unit, planned.tree, Options())) for unit in planned.units if unit.kind == KIND.name
    ]


def _report(directory: str, loaded: list[tuple[Unit, Loaded]], seconds: float, reasons: int) -> None:
    states: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    why: Counter[str] = Counter()
    resources = environments = 0
    for _, one in loaded:
        for configuration in model_of(one).configurations:
            environments += 1
            resources += len(configuration.resources)
            for resource in configuration.resources:
                for _, _, value in resource.root.members():
                    state = _state(value)
                    states[state] += 1
                    if isinstance(value.value, Unknown) and state == "unknown":
                        kinds[value.value.kind] += 1
                        why[value.value.reason] += 1
    judged = sum(unit.judged for unit, _ in loaded)
    _say(
        f"{directory}: {seconds:.2f} s, {judged} of {len(loaded)} modules judged, {environments} environments"
    )
    total = sum(states.values()) or 1
    shares = ", ".join(
        f"{100 * states[state] / total:.1f} % {state}" for state in ("known", "partial", "unknown")
    )
    _say(f"  {resources} resources with {total} arguments: {shares}")
    _say("  unknown by kind: " + ", ".join(f"{kind} {number}" for kind, number in kinds.most_common()))
    notices = Counter((notice.level, notice.code) for _, one in loaded for notice in one.notices)
    _say("  notices: " + ", ".join(f"{number} {code} ({level})" for (level, code), number in notices.items()))
    for reason, number in why.most_common(reasons):
        _say(f"    {number} x {reason}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _state(node: Node) -> str:
    """`known` with all its members, `unknown` as a whole, or `partial`."""
    value = node.value
    if isinstance(value, Unknown):
        return "partial" if any(value.parts) else "unknown"
    if isinstance(value, MapValue):
        members = [_state(child) for child in value.entries.values()]
    elif isinstance(value, SeqValue):
        members = [_state(item) for item in value.items]
    else:
        return "known"
    return "known" if value.rest is None and all(state == "known" for state in members) else "partial"


if __name__ == "__main__":
    main()
