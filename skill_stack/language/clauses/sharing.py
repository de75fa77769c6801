"""Sharing: an object of several verbs, ``wash and slice the tomato``, is given to each of them."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.clauses.interpreter import Interpreter
from skill_stack.language.grammar.chunks import Chunk, Thing
from skill_stack.language.grammar.grammar import Grammar
from skill_stack.language.words.text import STOPS, Token

Tokens = tuple[Token, ...]

LINKS = ((",", "and", "then"), (",", "and"), ("and", "then"), (",", "then"), ("and",), ("then",), (",",), ("&",))
"""What stands between two verbs that have one object."""

BEFORE = frozenset({*STOPS, ",", "and", "then"})
"""What stands before a verb besides politeness."""

MOST_VERBS = 4
"""Verbs that may share one object."""


@dataclass(slots=True)
class Sharing:
    """Gives each verb the object that it shares with the verbs after it.

    Attributes:
        grammar: Reads verbs and things of the tokens.
        interpreter: Knows what verbs take.
    """

    grammar: Grammar
    interpreter: Interpreter

    def spelt_out(self, tokens: Tokens) -> Tokens:
        """The tokens with shared objects put after each verb; the same tokens where nothing is shared.

        Args:
            tokens: A part of an instruction.
        """
        places: list[tuple[int, Tokens]] = []
        for at in range(len(tokens)):
            if at == 0 or tokens[at - 1].text in BEFORE:
                places += self._shared(tokens, at)
        for end, what in sorted(dict(places).items(), reverse=True):
            tokens = (*tokens[:end], *what, *tokens[end:])
        return tokens

    def _shared(self, tokens: Tokens, at: int) -> list[tuple[int, Tokens]]:
        """Where the object of a later verb is to be put after the verb that begins at a position; at most one place."""
        starts = self.grammar.verb_starts(tokens, at)
        for start in starts:
            for end, head in self.grammar.heads(tokens, start):
                then = _link(tokens, end)
                what = self._object(tokens, then, 1) if then > end and then not in starts else None  # "go and get it"
                if what is not None and self._takes(head, what[1]):
                    return [(end, what[0])]
        return []

    def _object(self, tokens: Tokens, at: int, depth: int) -> tuple[Tokens, Chunk] | None:
        """The thing that the verb at a position is done with, or the one that it shares with the next verb."""
        for start in self.grammar.verb_starts(tokens, at):
            for end, _ in self.grammar.heads(tokens, start):
                for stop, chunk in self.grammar.chunk_at(tokens, end):
                    if _recipient(chunk):
                        named = ((far, one) for far, one in self.grammar.chunk_at(tokens, stop) if _thing(one))
                        found = next(named, None)
                        if found is not None:
                            return tokens[stop : found[0]], found[1]
                    if _thing(chunk):
                        return tokens[end:stop], chunk
                then = _link(tokens, end)
                further = self._object(tokens, then, depth + 1) if then > end and depth < MOST_VERBS else None
                if further is not None:
                    return further
        return None

    def _takes(self, head: tuple[str, ...], what: Chunk) -> bool:
        """Whether a verb lacks just this thing: ``wash`` does, ``sit`` does not."""
        alone = self.interpreter.best(head, ())
        filled = self.interpreter.best(head, (what,))
        if alone is None or filled is None:
            return False
        guessed = any(isinstance(alone.values.get(role.parameter), str) for role in alone.frame.roles)
        return (bool(alone.missing) or guessed) and not (filled.missing or filled.misfit)


def _link(tokens: Tokens, at: int) -> int:
    """Where the verb begins that is linked with one that ends at a position; that position where none is."""
    for words in LINKS:
        if tuple(token.text for token in tokens[at : at + len(words)]) == words:
            return at + len(words)
    return at


def _thing(chunk: Chunk) -> bool:
    """Whether a chunk is a thing that something is done with."""
    noun = chunk.noun if isinstance(chunk, Thing) and not chunk.between else None
    return noun is not None and noun.role in ("thing", "list")


def _recipient(chunk: Chunk) -> bool:
    """Whether a chunk may be who gets something."""
    return isinstance(chunk, Thing) and not chunk.between and chunk.noun is not None and chunk.noun.role != "unknown"
