"""Outline: splits an instruction into requests, prohibitions and conditions."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import LINKS, PAUSES, STOPS, Token, past, past_end

Tokens = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Outlined:
    """A request, a prohibition or a condition.

    Attributes:
        kind: ``do``, ``forbid``, ``if`` or ``unless``.
        tokens: What is requested or prohibited; the condition with the rest of its sentence.
        mark: The words of prohibition.
        before: The request before a condition, ``sit if …``; empty for a fronted one.
        otherwise: The request for the other case.
    """

    kind: str
    tokens: Tokens
    mark: Tokens = ()
    before: Tokens = ()
    otherwise: Tokens = ()


class Outliner:
    """Splits instructions into segments."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.clauses
        self._if = lexicon.grouped({"if": words.if_, "unless": words.unless})
        self._otherwise, self._forbid = lexicon.table(words.otherwise), lexicon.table(words.forbid)
        self._polite, self._allowed = frozenset(words.polite_before), frozenset(words.not_forbidden)
        self._then = lexicon.table(lexicon.small.then)

    def segments(self, tokens: Tokens) -> list[Outlined]:
        """Returns the segments of an instruction in order."""
        at = next((k for k in range(len(tokens)) if self._condition(tokens, k)), None)
        if at is None:
            return self._plain(tokens)
        begin, kind = self._if.longest(tokens, at) or (at + 1, "if")
        end = self._sentence_end(tokens, begin)
        other = next((k for k in range(begin, end) if k > begin and self._otherwise.longest(tokens, k)), None)
        rest, otherwise = end, Tokens()
        if other is None and end + 1 < len(tokens) and self._otherwise.longest(tokens, end + 1):
            other = end + 1
            rest = self._sentence_end(tokens, end + 1)
        if other is not None:
            skip = self._otherwise.longest(tokens, other)
            otherwise = _bare(tokens[skip[0] if skip else other : max(rest, end)])
        body = _bare(tokens[begin : min(end, other) if other is not None else end])
        scope = self._scope(tokens, at)
        segment = Outlined(kind, body, (), _bare(tokens[scope:at]), otherwise)
        return [*self._plain(tokens[:scope]), segment, *self.segments(tokens[rest:])]

    def _condition(self, tokens: Tokens, at: int) -> bool:
        """Whether a condition begins at a position, and not politeness: ``see if you can``."""
        found = self._if.longest(tokens, at)
        if found is None or (at > 0 and tokens[at - 1].text in self._polite and tokens[at - 1].text != "and"):
            return False
        return not (tokens[at].text == "if" and at + 1 < len(tokens) and tokens[at + 1].text in ("not", "possible"))

    def _scope(self, tokens: Tokens, at: int) -> int:
        """Where the request before a condition begins: after the last comma or ``then``; at the condition if none."""
        begin = at
        while begin > 0 and not self._mark(tokens, begin - 1):
            begin -= 1
        only = all(self._then.longest(tokens, k) for k in range(begin, at))
        if only and begin < at:
            return at
        if begin == at and at > 0 and tokens[at - 1].text == ",":
            return at
        return begin

    def _mark(self, tokens: Tokens, at: int) -> bool:
        return tokens[at].text in STOPS or tokens[at].text in (",", "then")

    def _sentence_end(self, tokens: Tokens, at: int) -> int:
        """Position of the final punctuation mark of a sentence, or the number of tokens."""
        return next((k for k in range(at, len(tokens)) if tokens[k].text in STOPS), len(tokens))

    def _plain(self, tokens: Tokens) -> list[Outlined]:
        out: list[Outlined] = []
        begin = at = 0
        while at < len(tokens):
            found = self._forbid.longest(tokens, at)
            if found is None or not self._forbids(tokens, at, found[0]):
                at += 1
                continue
            end = self._forbidden_end(tokens, found[0], tokens[at].text in WORDS.avoiding)
            if _bare(tokens[begin:at]):
                out.append(Outlined("do", _bare(tokens[begin:at])))
            out.append(Outlined("forbid", tokens[found[0] : end], tokens[at : found[0]]))
            begin = at = end
        if _bare(tokens[begin:]):
            out.append(Outlined("do", _bare(tokens[begin:])))
        return out

    def _forbids(self, tokens: Tokens, at: int, end: int) -> bool:
        """Whether words are a prohibition here: not within a noun phrase, not ``do not forget to``."""
        if end >= len(tokens) or tokens[end].text in self._allowed or tokens[end].text in PAUSES:
            return False
        first = tokens[at].text
        start = at == 0 or self._mark(tokens, at - 1) or self._then.longest(tokens, at - 1) is not None
        if first in WORDS.excluding or tokens[at].text == "and":
            return start and first == "not"
        return (start or first in WORDS.avoiding | {"do", "never"}) and not (
            at > 0 and tokens[at - 1].text in WORDS.before_statement
        )

    def _forbidden_end(self, tokens: Tokens, at: int, brief: bool) -> int:
        """The end of a prohibition; ``avoid the archive and go …`` prohibits the archive only."""
        marks = ("but", "and") if brief else ("but",)
        ends = (k for k in range(at, len(tokens)) if self._mark(tokens, k) or tokens[k].text in marks)
        return next(ends, len(tokens))


def _bare(tokens: Tokens) -> Tokens:
    """Tokens without what links them; a conjunction at the beginning may state the order."""
    return tokens[past(tokens, 0, PAUSES) : past_end(tokens, LINKS)]
