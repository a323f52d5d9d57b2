"""Variables of Dockerfiles: values put together from the places that wrote them.

The rules are those of BuildKit's `shell/lex.go` (v0.24). A value is a row of runs, each of which knows the
characters that wrote it, so that the tag of `eclipse-temurin:${JRE}` is found at the default of `ARG JRE`.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import COMPUTED, Node, Origin, Source, Unknown
from vvbscan.parse.dockerfile_syntax import Instruction
from vvbscan.parse.dockerfile_words import MODIFIERS, Literal, Segment, Variable, lex
from vvbscan.record import NamedTuple
from vvbscan.views.dockerfile.patterns import replaced, trimmed

_REFERENCE: Final = lazy_pattern(r"\$\{?([A-Za-z_]\w*)")
_MOST_RUNS: Final = 50
"""A value of more runs is taken as a whole when it is used again, so that values cannot grow without end."""
_LONGEST_WAY: Final = 20
"""Most steps that are kept of the way of a value."""
_PATTERN_COST: Final = 20
"""How many expansions matching a pattern counts as."""

Span = tuple[int, int]

NOWHERE: Final[Span] = (0, 0)
"""The place of a value that the file does not write."""


class Run(NamedTuple):
    """A stretch of a value that one place wrote."""

    text: str | None
    """None if it is unknown."""
    site: Span
    """What brings it into the word at hand: its own characters, or a reference to a variable."""
    place: Span
    """The characters to change: the same, or the literal that the variable has."""
    exact: bool
    """Whether `place` spells the text character by character."""
    via: tuple[Origin, ...] = ()
    unknown: Unknown | None = None
    """Why it is unknown."""

    @property
    def width(self) -> int:
        """Its length in a flat text, where an unknown stretch is one character."""
        return 1 if self.text is None else len(self.text)


class Binding(NamedTuple):
    """What a variable stands for."""

    label: str
    """`ARG JRE`, `ENV PATH`."""
    runs: tuple[Run, ...]
    given: bool = True
    """False for an ARG without default: it has a value only if the build is given one."""


class Scope:
    """The variables that an instruction sees."""

    __slots__ = ("bindings", "rest")

    def __init__(self, bindings: dict[str, Binding], rest: Unknown | None) -> None:
        self.bindings = bindings
        self.rest = rest
        """Why other variables may be set (`the base image x may set it`); None if none are."""

    def find(self, name: str) -> Binding | None:
        """What a variable stands for, None if it is not set for certain."""
        found = self.bindings.get(name)
        if found is None and self.rest:
            reason = f"the value of {name} is not known: {self.rest.reason}"
            return unknown_binding(name, Unknown(self.rest.kind, reason))
        return found


class Expanded(NamedTuple):
    """A word with its variables expanded."""

    node: Node
    runs: tuple[Run, ...]

    def part(self, begin: int, stop: int) -> Node:
        """Characters of the value as a node, at the place that wrote them.

        Positions are those of the flat text, in which an unknown stretch is one character.
        """
        chosen: list[Run] = []
        position = 0
        for run in self.runs:
            first, last = max(begin - position, 0), min(stop - position, run.width)
            position += run.width
            if first >= last:
                continue
            if run.text is None or not run.exact:
                chosen.append(run._replace(text=run.text and run.text[first:last]))
                continue
            offset = run.place[0]
            place = (offset + first, offset + last)
            own = run.place == run.site
            chosen.append(
                run._replace(text=run.text[first:last], place=place, site=place if own else run.site)
            )
        if not chosen:
            return self.node.replace_value("")
        return _node(self.node, tuple(chosen), (chosen[0].site[0], chosen[-1].site[1]))


def unknown_binding(label: str, unknown: Unknown, *, given: bool = True) -> Binding:
    """A variable whose value is not known."""
    return Binding(label, (Run(None, NOWHERE, NOWHERE, exact=False, unknown=unknown),), given)


class Expander:
    """Expands the words of one Dockerfile, within the limits of the unit."""

    def __init__(
        self, source: Source, instructions: tuple[Instruction, ...], escape: str, limits: Limits
    ) -> None:
        self._source = source
        self._instructions = instructions
        self._escape = escape
        self._left = limits.expansions
        self._longest = limits.expanded_length
        self._uses: Counter[str] | None = None

    def expand(self, node: Node, scope: Scope, label: str) -> Expanded:
        """Expand a word. `label` says what uses it: `used in this FROM`."""
        text = node.value
        assert isinstance(text, str)
        word = lex(text, self._escape)
        if word.error:
            reason = f"'{_short(text)}' cannot be expanded: {word.error}"
            span = (node.start, node.end)
            unknown = Unknown("expression", reason)
            run = Run(None, span, span, exact=False, unknown=unknown)
            return Expanded(node.replace_value(unknown), (run,))
        if len(word.segments) == 1 and word.segments[0] == Literal(text, 0, len(text)):
            span = _verbatim(node) or (node.start, node.end)
            return Expanded(node, (Run(text, span, span, exact=span[1] - span[0] == len(text)),))
        use = Origin(label, self._source, node.start, node.end)
        runs = _Word(self, scope, node, use).runs(word.segments)
        if sum(run.width for run in runs) > self._longest:
            unknown = Unknown("limit", "the expanded value is longer than the limit allows")
            runs = [Run(None, (node.start, node.end), (node.start, node.end), exact=False, unknown=unknown)]
        return Expanded(_node(node, tuple(runs), (node.start, node.end)), tuple(runs))

    def bind(self, label: str, value: Expanded) -> Binding:
        """A variable with an expanded value."""
        runs = value.runs
        if len(runs) > _MOST_RUNS:
            node = value.node
            span = (node.start, node.end)
            if isinstance(node.value, Unknown):
                runs = (Run(None, span, span, exact=False, unknown=node.value._replace(parts=())),)
            else:
                runs = (Run(str(node.value), span, span, exact=False),)
        return Binding(label, runs)

    def spend(self, amount: int = 1) -> bool:
        """Count expansions; False if the limit is reached."""
        self._left -= amount
        return self._left >= 0

    def shared(self, name: str) -> bool:
        """Whether the file refers to a variable more than once."""
        if self._uses is None:
            self._uses = Counter()
            for instruction in self._instructions:
                texts = [instruction.line.text]
                owner = instruction.trigger or instruction
                texts += [str(heredoc.body.value) for heredoc in owner.heredocs]
                for text in texts:
                    self._uses.update(_REFERENCE.findall(text))
        return self._uses[name] > 1


class _Word:
    """The expansion of one word."""

    __slots__ = ("expander", "scope", "span", "start", "use", "verbatim")

    def __init__(self, expander: Expander, scope: Scope, node: Node, use: Origin) -> None:
        self.expander = expander
        self.scope = scope
        self.use = use
        self.span = (node.start, node.end)
        verbatim = _verbatim(node)
        self.verbatim = verbatim is not None
        self.start = verbatim[0] if verbatim else node.start

    def runs(self, segments: tuple[Segment, ...]) -> list[Run]:
        """The runs of segments, those without text left out."""
        runs: list[Run] = []
        for segment in segments:
            if isinstance(segment, Literal):
                if segment.text:
                    place = self._place(segment)
                    exact = self.verbatim and segment.end - segment.start == len(segment.text)
                    runs.append(Run(segment.text, place, place, exact))
            elif self.expander.spend():
                runs += self._variable(segment)
            else:
                reason = "more variables are expanded than the limit allows"
                runs.append(self._unknown(segment, Unknown("limit", reason)))
        return runs

    def _place(self, segment: Segment) -> Span:
        """The offsets of a segment; of a word that continuation lines break, those of the word."""
        if not self.verbatim:
            return self.span
        return self.start + segment.start, self.start + segment.end

    def _unknown(self, segment: Segment, unknown: Unknown) -> Run:
        place = self._place(segment)
        return Run(None, place, place, exact=False, unknown=unknown)

    def _variable(self, variable: Variable) -> list[Run]:
        name, modifier = variable.name, variable.modifier
        if modifier and modifier not in MODIFIERS:
            reason = f"BuildKit does not know the modifier {modifier} of {name}"
            return [self._unknown(variable, Unknown("expression", reason))]
        found = self.scope.find(name)
        texts = [run.text for run in found.runs] if found else []
        known = None not in texts
        filled = any(texts)
        if modifier == "":
            return self._substituted(variable, found) if found else []
        if modifier in ("-", ":-"):
            if found is None or not found.given or (known and not filled and modifier == ":-"):
                return self.runs(variable.word)
            if known or filled:
                return self._substituted(variable, found)
            return [self._unknown(variable, _reason(found))]
        if modifier in ("+", ":+"):
            if found is None or (known and not filled and modifier == ":+"):
                return []
            if known or filled:
                return self.runs(variable.word)
            return [self._unknown(variable, _reason(found))]
        if modifier in ("?", ":?"):
            if found is None or (known and not filled and modifier == ":?"):
                return [self._unknown(variable, Unknown("variable", f"{name} must be given to the build"))]
            return self._substituted(variable, found)
        if found is None:
            found = Binding(name, ())
        if not known:
            return [self._unknown(variable, _reason(found))]
        run = self._patterned(variable, found, "".join(text or "" for text in texts))
        return [] if run.text == "" else [run]

    def _substituted(self, variable: Variable, found: Binding) -> list[Run]:
        """The runs of a variable at the place that uses it.

        A literal that only this place uses stays the one to change; if others use it too, this place is.
        """
        site = self._place(variable)
        shared = self.expander.shared(variable.name)
        runs: list[Run] = []
        for run in found.runs:
            if run.text is None or run.place == NOWHERE:
                runs.append(run._replace(site=site, place=site, exact=False))
            elif shared:
                written = Origin(f"{found.label} is set here", self.use.source, *run.place)
                way = (written, *run.via)[:_LONGEST_WAY]
                runs.append(Run(run.text, site, site, exact=False, via=way))
            else:
                way = (*run.via[: _LONGEST_WAY - 1], self.use)
                runs.append(run._replace(site=site, via=way))
        return runs

    def _patterned(self, variable: Variable, found: Binding, value: str) -> Run:
        """The value of a variable with part of it taken away or replaced."""
        word, replacement = self.runs(variable.word), self.runs(variable.replacement)
        texts = [run.text for run in (*word, *replacement)]
        result: str | None = None
        pattern = "".join(run.text or "" for run in word)
        if None not in texts and self.expander.spend(_PATTERN_COST):
            if variable.modifier[0] == "/":
                other = "".join(run.text or "" for run in replacement)
                result = replaced(value, pattern, other, every=variable.modifier == "//")
            elif variable.modifier[0] in "#%":
                result = trimmed(value, pattern, variable.modifier)
        if result is None:
            reason = f"the modifier {variable.modifier} of {variable.name} is not evaluated here"
            return self._unknown(variable, Unknown("expression", reason))
        site = self._place(variable)
        steps = tuple(
            Origin(f"{found.label} is set here", self.use.source, *run.place)
            for run in found.runs
            if run.place != NOWHERE
        )
        return Run(result, site, site, exact=False, via=steps)


def _reason(found: Binding) -> Unknown:
    """Why a variable is unknown."""
    for run in found.runs:
        if run.unknown:
            return run.unknown._replace(parts=())
    raise ValueError("the variable is known")


def _verbatim(node: Node) -> Span | None:
    """Where the text of a word stands as it is, without quotes around a JSON string."""
    text, written = node.value, node.written
    if written == text:
        return node.start, node.end
    if written == f'"{text}"':
        return node.start + 1, node.end - 1
    return None


def _node(word: Node, runs: tuple[Run, ...], site: Span) -> Node:
    """The node of a row of runs: at the place of its only run, else at the site that brings them together."""
    unknown = next((run.unknown for run in runs if run.unknown), None)
    value: str | Unknown
    if unknown is None:
        value = "".join(run.text or "" for run in runs)
    else:
        value = unknown._replace(parts=_parts(runs))
    if len(runs) == 1:
        run = runs[0]
        style = word.style if run.exact and run.place == run.site else COMPUTED
        return Node(value, word.source, *run.place, style, run.via)
    steps: list[Origin] = []
    for run in runs:
        if run.place != run.site:
            steps.append(Origin("part of the value is set here", word.source, *run.place))
        else:
            steps += run.via[:1]
    return Node(value, word.source, *site, COMPUTED, tuple(dict.fromkeys(steps)))


def _parts(runs: tuple[Run, ...]) -> tuple[str | None, ...]:
    """The parts of an unknown string: known neighbours joined, no parts if nothing is known."""
    parts: list[str | None] = []
    for run in runs:
        if run.text is None:
            if not parts or parts[-1] is not None:
                parts.append(None)
        elif parts and parts[-1] is not None:
            parts[-1] += run.text
        else:
            parts.append(run.text)
    return () if parts == [None] else tuple(parts)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
