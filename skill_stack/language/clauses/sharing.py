"""Sharing: gives a shared object to each verb: ``wash and slice the tomato``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.clauses.interpreter import Interpreter
from skill_stack.language.grammar.chunks import Chunk, Thing
from skill_stack.language.grammar.grammar import Grammar
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import LINKS, Token

Tokens = tuple[Token, ...]

MOST_VERBS = 4
"""Verbs with one shared object at most."""


@dataclass(slots=True)
class Sharing:
    """Gives each verb the object that it shares with later verbs.

    Attributes:
        grammar: Parses verbs and noun phrases of the tokens.
        interpreter: Knows the arguments of verbs.
    """

    grammar: Grammar
    interpreter: Interpreter

    def spelt_out(self, tokens: Tokens) -> Tokens:
        """Returns the tokens with the shared object after each verb; the same tokens if none is shared."""
        places: list[tuple[int, Tokens]] = []
        for at in range(len(tokens)):
            if at == 0 or tokens[at - 1].text in LINKS:
                places += self._shared(tokens, at)
        for end, what in sorted(dict(places).items(), reverse=True):
            tokens = (*tokens[:end], *what, *tokens[end:])
        return tokens

    def _shared(self, tokens: Tokens, at: int) -> list[tuple[int, Tokens]]:
        """The position after a verb and the object of a later verb to insert there; at most one."""
        starts = self.grammar.verb_starts(tokens, at)
        for start in starts:
            for end, head in self.grammar.heads(tokens, start):
                then = _link(tokens, end)
                what = self._object(tokens, then, 1) if then > end and then not in starts else None  # "go and get it"
                if what is not None and self._takes(head, what[1]):
                    return [(end, what[0])]
        return []

    def _object(self, tokens: Tokens, at: int, depth: int) -> tuple[Tokens, Chunk] | None:
        """The object of the verb at a position, or the one that it shares with the next verb."""
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
        """Whether a verb lacks just this object: ``wash``, but not ``sit``."""
        alone = self.interpreter.best(head, ())
        filled = self.interpreter.best(head, (what,))
        if alone is None or filled is None:
            return False
        guessed = any(isinstance(alone.values.get(role.parameter), str) for role in alone.frame.roles)
        return (bool(alone.missing) or guessed) and not (filled.missing or filled.misfit)


def _link(tokens: Tokens, at: int) -> int:
    """Position after the separator at a position; the position itself if there is none."""
    for words in WORDS.verb_links:
        if tuple(token.text for token in tokens[at : at + len(words)]) == words:
            return at + len(words)
    return at


def _thing(chunk: Chunk) -> bool:
    """Whether a chunk is a direct object."""
    noun = chunk.noun if isinstance(chunk, Thing) and not chunk.between else None
    return noun is not None and noun.role in ("thing", "list")


def _recipient(chunk: Chunk) -> bool:
    """Whether a chunk may be an indirect object."""
    return isinstance(chunk, Thing) and not chunk.between and chunk.noun is not None and chunk.noun.role != "unknown"
