"""`vvbscan dev`: for people who write rules."""

from __future__ import annotations

import sys
from argparse import Namespace

from vvbscan.cli.command import build_parser
from vvbscan.model.errors import UsageError
from vvbscan.model.resources import is_checkout


def dev_command(arguments: Namespace) -> int:
    """Run `vvbscan dev`. Examples can be run anywhere; all else changes the files of a checkout."""
    if arguments.task != "test" and not is_checkout():
        hint = "run it with the vvbscan of a checkout: PYTHONPATH=src python -m vvbscan dev"
        raise UsageError(f"`vvbscan dev {arguments.task}` works in a checkout of vvbscan", hint=hint)
    if arguments.task == "new-rule":
        from vvbscan.dev.scaffold import write_skeleton

        sys.stdout.write(f"wrote {write_skeleton(arguments.subject, arguments.name)}\n")
        return 0
    if arguments.task == "test":
        from vvbscan.dev.selftest import report_on_rules

        return report_on_rules(arguments.rules, sys.stdout)
    if arguments.task == "kubernetes-pack":
        from vvbscan.dev.kubernetes_pack import write_pack

        sys.stdout.write(f"wrote {write_pack()}\n")
        return 0
    from vvbscan.dev.docs import check_docs, write_docs

    pages = build_parser()
    if arguments.check:
        return check_docs(pages, sys.stdout)
    write_docs(pages, sys.stdout)
    return 0
