"""YAML within YAML: patches that a kustomization holds as text, with the places of their values in it."""

from __future__ import annotations

from vvbscan.model.limits import Limits
from vvbscan.model.node import Comment, Document, Node, Parsed, Problem, Source
from vvbscan.parse.yaml import parse_yaml
from vvbscan.text import SourceText
from vvbscan.views.kustomize.edit import moved
from vvbscan.views.text_places import Places


def parse_embedded(node: Node, limits: Limits) -> Parsed:
    """Parse the YAML that a string holds. Spans are those of the file that the string stands in.

    Where the file spells the text otherwise than it is (escapes, folded lines), everything has the span of
    the whole string.
    """
    text = str(node.value)
    parsed = parse_yaml(Source(node.source.path, SourceText(text)), limits)
    places = Places(node, text)
    documents = tuple(
        Document(moved(document.root, places.node), *places.span(document.start, document.end))
        for document in parsed.documents
    )
    comments = (
        tuple(Comment(*places.span(one.start, one.end), one.own_line) for one in parsed.comments)
        if places.is_exact
        else ()
    )
    problems = tuple(
        Problem(one.level, one.code, one.message, *places.span(one.start, one.end), one.hint)
        for one in parsed.problems
    )
    return Parsed(node.source, documents, comments, problems)
