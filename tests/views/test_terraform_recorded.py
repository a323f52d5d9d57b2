"""Expressions against Terraform itself: what version 1.11.4 made of each is recorded, null where it refused.

`bench/terraform_expressions.py` records them; CI does not run Terraform.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from views.terraform_evaluate_support import value_of
from vvbscan.views.terraform.scope import EvaluationFault

RECORDED: Final = Path(__file__).parent.parent / "data" / "expressions" / "terraform.json"

DIFFERENT: Final[dict[str, str]] = {
    'format("%v", null)': "a null without a type makes Terraform's outcome null; one with a type is written as null",
    "jsonencode(1/3)": "fractions without end are as exact as floats are",
    'yamldecode("2001-01-01")': "dates stay as they are written",
    'yamldecode("2001-01-01 00:00:00")': "dates stay as they are written",
    'yamldecode("!!timestamp 2001-01-01")': "dates stay as they are written",
    'yamldecode("!!int \\"5\\"")': "Terraform passes over tags of quoted scalars",
    'yamldecode("!!bool \\"true\\"")': "Terraform passes over tags of quoted scalars",
    "yamldecode(\"!!null ''\")": "Terraform passes over tags of quoted scalars",
    'yamldecode("!!binary YQ==")': "Terraform leaves these encoded",
    'yamldecode(".inf")': "infinity is unknown, and may be passed over",
    'yamldecode(".nan")': "what is no number is unknown, and may be passed over",
    'yamldecode("null: 1")': "a key that is null is taken as text",
    'yamldecode("~: 1")': "a key that is null is taken as text",
    'ephemeralasnull("a")': "what is ephemeral is not evaluated",
    'true ? {a="x"} : {b=[1]}': "a branch that has nothing to convert is not compared with the other",
    "true ? {a=[], b={}} : {}": "a branch that has nothing to convert is not compared with the other",
    "true || {}": "an operand that no longer matters is not evaluated",
    'yamldecode("!!int abc")': "whether a value fits its tag is not checked",
    'yamldecode("!!int 1.5")': "whether a value fits its tag is not checked",
    "yamldecode(\"!!binary '***'\")": "whether a value fits its tag is not checked",
    'yamldecode("!!merge a")': "`!!merge` of what is no key is taken as text",
    'yamldecode("{{a}}: 1")': "YAML that a template engine fills in is not known",
    'yamldecode("a: {{ b }}")': "YAML that a template engine fills in is not known",
    'csvdecode("a\\nx\\"y")': "a quote within a field without quotes is taken as a character",
    'textencodebase64("a","UTF-16")': "this character set is not evaluated",
    'cidrsubnet("10.0.0.0/16", 8, -1)': "Terraform gives a range outside of the one that is divided",
    'regex("\\\\p{Greek}+","aλ")': "classes of scripts are not evaluated",
    'regex("\\\\p{Foo}","a")': "classes of scripts are not evaluated",
    'textencodebase64("a","nope")': "there are hundreds of names of character sets, of which few are known here",
    "can(1/0)": "Terraform has infinity in expressions, and refuses it where it is used",
    "try(1/0, 5)": "Terraform has infinity in expressions, and refuses it where it is used",
    "issensitive(1)": "what is sensitive is not evaluated",
    'templatestring("x",{})': "that a template has to be a reference is not checked",
}
"""Expressions of which the outcome is another, with the reason."""

PAIRS: Final = [(text, value) for text, value in json.loads(RECORDED.read_text())]


def outcome(text: str) -> object:
    try:
        return value_of(text)
    except EvaluationFault:
        return "refused"


@pytest.mark.parametrize(("text", "value"), PAIRS, ids=[text for text, _ in PAIRS])
def test_outcome_is_that_of_terraform(text: str, value: str | None) -> None:
    expected = "refused" if value is None else json.loads(value)
    if text in DIFFERENT:
        assert outcome(text) != expected, "it is no difference any more"
    else:
        assert outcome(text) == expected


def test_known_differences_are_recorded() -> None:
    assert set(DIFFERENT) <= {text for text, _ in PAIRS}
