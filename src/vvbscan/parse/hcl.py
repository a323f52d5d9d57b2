"""HCL's native syntax: Terraform's `.tf` and `.tfvars`, and what else is written in it.

A file is first read as it should be. If it has an error it is read again with recovery, which may take the
layout of the lines for what it says.
"""

from __future__ import annotations

from collections.abc import Callable

from vvbscan.model.limits import Limits
from vvbscan.model.node import Problem, Source
from vvbscan.parse.hcl_body import Bodies
from vvbscan.parse.hcl_lex import Exhausted, SyntaxFault
from vvbscan.parse.hcl_tree import Broken, Expression, HclFile


def parse_hcl(source: Source, limits: Limits) -> HclFile:
    """Parse a file in native syntax. Never raises; what is broken is a problem, the rest is kept."""
    text = source.text.text
    reader = Bodies(text, limits)
    try:
        body = reader.file()
    except (SyntaxFault, Exhausted):
        from vvbscan.parse.hcl_recovery import Mender  # few files have errors

        reader = Mender(text, limits)
        body = reader.file()
        # What is read twice has its comments twice.
        reader.comments = sorted(set(reader.comments))
    return HclFile(source, body, tuple(reader.comments), tuple(reader.problems))


def parse_template(text: str, limits: Limits) -> tuple[Expression, tuple[Problem, ...]]:
    """Parse a text as a template. Spans are offsets into it; a template with an error is `Broken`."""
    reader = Bodies(text, limits)
    return _whole(reader, reader.whole)


def parse_expression(text: str, limits: Limits) -> tuple[Expression, tuple[Problem, ...]]:
    """Parse a text as one expression. Spans are offsets into it; one with an error is `Broken`."""
    reader = Bodies(text, limits)
    return _whole(reader, reader.single)


def _whole(reader: Bodies, read: Callable[[], Expression]) -> tuple[Expression, tuple[Problem, ...]]:
    try:
        expression = read()
    except SyntaxFault as fault:
        reader.report(fault.problem)
    except Exhausted:
        reader.report(reader.limit_problem())
    except RecursionError:  # Templates are read while others are evaluated, from whatever depth.
        reader.report(reader.depth_problem(0))
    else:
        return expression, tuple(reader.problems)
    return Broken(0, len(reader.text)), tuple(reader.problems)
