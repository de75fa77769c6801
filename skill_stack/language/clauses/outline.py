"""Outline: splits an instruction into requests, prohibitions and conditions."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import LINKS, MARKS, PAUSES, STOPS, Token, begun, ended, past, past_end

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
        end = rest = stop = ended(tokens, begin, STOPS)
        otherwise = Tokens()
        for k in (*range(begin + 1, end), end + 1):
            if other := self._otherwise.longest(tokens, k):
                stop, rest = min(k, end), ended(tokens, k, STOPS)
                otherwise = _bare(tokens[other[0] : rest])
                break
        scope = begun(tokens, at)  # what is asked for on the condition: all after the last comma or "then"
        scope = at if all(self._then.longest(tokens, k) for k in range(scope, at)) else scope
        segment = Outlined(kind, _bare(tokens[begin:stop]), (), _bare(tokens[scope:at]), otherwise)
        return [*self._plain(tokens[:scope]), segment, *self.segments(tokens[rest:])]

    def _condition(self, tokens: Tokens, at: int) -> bool:
        """Whether a condition begins at a position, and not politeness: ``see if you can``."""
        found = self._if.longest(tokens, at)
        if found is None or (at > 0 and tokens[at - 1].text in self._polite and tokens[at - 1].text != "and"):
            return False
        return not (tokens[at].text == "if" and at + 1 < len(tokens) and tokens[at + 1].text in ("not", "possible"))

    def _plain(self, tokens: Tokens) -> list[Outlined]:
        out: list[Outlined] = []
        begin = at = 0
        while at < len(tokens):
            found = self._forbid.longest(tokens, at)
            if found is None or not self._forbids(tokens, at, found[0]):
                at += 1
                continue
            brief = tokens[at].text in WORDS.avoiding  # "avoid the archive and go …" prohibits the archive only
            end = ended(tokens, found[0], MARKS | ({"but", "and"} if brief else {"but"}))
            out.append(Outlined("do", _bare(tokens[begin:at])))
            out.append(Outlined("forbid", tokens[found[0] : end], tokens[at : found[0]]))
            begin = at = end
        out.append(Outlined("do", _bare(tokens[begin:])))
        return [one for one in out if one.kind == "forbid" or one.tokens]

    def _forbids(self, tokens: Tokens, at: int, end: int) -> bool:
        """Whether words are a prohibition here: not within a noun phrase, not ``do not forget to``."""
        if end >= len(tokens) or tokens[end].text in self._allowed or tokens[end].text in PAUSES:
            return False
        first = tokens[at].text
        start = at == 0 or tokens[at - 1].text in MARKS or self._then.longest(tokens, at - 1) is not None
        if first in WORDS.excluding or tokens[at].text == "and":
            return start and first == "not"
        return (start or first in WORDS.avoiding | {"do", "never"}) and not (
            at > 0 and tokens[at - 1].text in WORDS.before_statement
        )


def _bare(tokens: Tokens) -> Tokens:
    """Tokens without what links them; a conjunction at the beginning may state the order."""
    return tokens[past(tokens, 0, PAUSES) : past_end(tokens, LINKS)]
