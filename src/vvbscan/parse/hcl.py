"""HCL's native syntax: Terraform's `.tf` and `.tfvars`, and what else is written in it.

A file is first read as it should be. If it has an error it is read again with recovery, which may take the
layout of the lines for what it says.
"""

from __future__ import annotations

from vvbscan.model.limits import Limits
from vvbscan.model.node import Problem, Source
from vvbscan.parse.hcl_body import Bodies
from vvbscan.parse.hcl_lex import Exhausted, SyntaxFault
from vvbscan.parse.hcl_recovery import Mender
from vvbscan.parse.hcl_tree import Broken, Expression, HclFile


def parse_hcl(source: Source, limits: Limits) -> HclFile:
    """Parse a file in native syntax. Never raises; what is broken is a problem, the rest is kept."""
    text = source.text.text
    reader = Bodies(text, limits)
    try:
        body = reader.file()
    except (SyntaxFault, Exhausted):
        reader = Mender(text, limits)
        body = reader.file()
        # What is read twice has its comments twice.
        reader.comments = sorted(set(reader.comments))
    return HclFile(source, body, tuple(reader.comments), tuple(reader.problems))


def parse_template(text: str, limits: Limits) -> tuple[Expression, tuple[Problem, ...]]:
    """Parse a text as a template. Spans are offsets into it."""
    reader = Bodies(text, limits)
    try:
        expression = reader.whole()
    except SyntaxFault as fault:
        reader.report(fault.problem)
        expression = Broken(0, len(text))
    except Exhausted:
        reader.report(reader.limit_problem())
        expression = Broken(0, len(text))
    return expression, tuple(reader.problems)
