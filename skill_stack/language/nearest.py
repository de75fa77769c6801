"""Nearest: the skills most similar to unread words, as plans to choose from."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rapidfuzz import fuzz

from skill_stack.core.skills.skill import SLOT, SkillSpec
from skill_stack.language.answers import Answer
from skill_stack.language.clauses.binding import Binding
from skill_stack.language.clauses.interpreter import BoundClause, Interpreter
from skill_stack.language.grammar.chunks import Amount, Choice, Chunk, Clause, HeadingChunk, Thing, Times
from skill_stack.language.grammar.grammar import Grammar
from skill_stack.language.phrases.frames import PhraseFrame
from skill_stack.language.phrases.spoken_library import SpokenLibrary
from skill_stack.language.readings import Reading
from skill_stack.language.words.text import STOPS, Token

MOST_TRIED = 12
"""Skills of which a plan is made; keeps the answer short of a second in a large library."""

LEAST_LIKE = 0.75
"""Likeness of words and a skill's phrases from which it is offered though not all things that were named fit it."""

LEAST = 0.34
"""Score from which a skill is offered at all. Tuned on no sentences: a third of the words, or all things named."""

SHORTEST = 3
"""Letters of a word that may be like another one by more than chance."""

PER_THING = 0.25
"""What a thing that was named and fits counts beside the likeness of words."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Finds what may have been meant.

    Attributes:
        spoken: The library with its words.
    """

    spoken: SpokenLibrary

    def offers(
        self, tokens: Sequence[Token], words: str, grammar: Grammar, interpreter: Callable[[], Interpreter]
    ) -> Iterator[tuple[str, Reading]]:
        """Readings by the skills that come closest, the closest first, each with the name of its skill.

        Args:
            tokens: What was said.
            words: The same as it was written.
            grammar: Finds things and amounts in it.
            interpreter: Makes what makes steps of one clause, and has heard nothing yet.
        """
        last = len(tokens) - 1
        if any(token.text in STOPS or grammar.separators(tokens, at)[0] > at for at, token in enumerate(tokens[:last])):
            return  # of several clauses each would be left out but one
        chunks, left = self._spotted(tokens, grammar)
        bound = self._bound(chunks, self._ranked(chunks, " ".join(left)), interpreter)
        for makes, binding, used in islice(bound, MOST_TRIED):
            with contextlib.suppress(Answer):
                parts = makes.parts(BoundClause(Clause(words, binding.frame.head, used), binding))
                yield binding.frame.skill.name, Reading(tuple(parts))

    def _spotted(self, tokens: Sequence[Token], grammar: Grammar) -> tuple[tuple[Chunk, ...], list[str]]:
        """Things, amounts and choices in words, and the words that are none of them."""
        chunks: list[Chunk] = []
        left: list[str] = []
        at = 0
        while at < len(tokens):
            known = [(end, chunk) for end, chunk in grammar.chunk_at(tokens, at) if _told(chunk)]
            if known:
                chunks.append(known[0][1])
                at = known[0][0]
            else:
                left.append(tokens[at].text)
                at += 1
        closed = self.spoken.preparation.known
        return tuple(chunks), [word for word in left if len(word) >= SHORTEST and word.isalpha() and word not in closed]

    def _ranked(self, chunks: tuple[Chunk, ...], left: str) -> list[PhraseFrame]:
        """Skills by how close they come, the closest first: by their words, where the things that were named count."""
        things = sum(isinstance(chunk, Thing) for chunk in chunks)
        likes: dict[str, float] = {}
        found: list[PhraseFrame] = []
        for frame in (one for frames in self.spoken.frames.values() for one in frames if one.own):
            if frame.skill.hazard == "high":
                continue  # nobody is to run that by one wrong key
            if frame.skill.name not in likes:
                likes[frame.skill.name] = self._like(frame.skill, left) if left else 0.0
            like = likes[frame.skill.name]
            fits = like >= LEAST_LIKE or (things and len(frame.roles) >= things)
            found += [frame] if fits and like + PER_THING * things >= LEAST else []
        return sorted(found, key=lambda frame: -likes[frame.skill.name])

    def _bound(
        self, chunks: tuple[Chunk, ...], frames: Iterable[PhraseFrame], interpreter: Callable[[], Interpreter]
    ) -> Iterator[tuple[Interpreter, Binding, tuple[Chunk, ...]]]:
        """Skills with the things that fit them, in order, each with what makes steps of it."""
        alone = tuple(chunk for chunk in chunks if isinstance(chunk, Thing))
        for frame in frames:
            for used in (chunks, alone) if len(alone) < len(chunks) else (chunks,):
                makes = interpreter()
                binding = makes.best(frame.head, used)
                if binding is None or binding.missing or binding.guessed or binding.frame.skill is not frame.skill:
                    continue
                if binding.beside or binding.via or binding.onward or binding.facing or binding.apart is not None:
                    continue  # a thing too many for what the skill does
                yield makes, binding, used
                break

    def _like(self, spec: SkillSpec, left: str) -> float:
        """Likeness of words to the phrases, the name and the description of a skill, 0 to 1."""
        texts = (*(SLOT.sub(" ", phrase) for phrase in spec.phrases), spec.name.replace("_", " "))
        return max(fuzz.token_set_ratio(left, text.casefold()) for text in (*texts, spec.description)) / 100.0


def _told(chunk: Chunk) -> bool:
    """Whether a chunk says something by itself: a thing that is here, an amount, a choice, and no bare preposition."""
    if isinstance(chunk, Thing):
        return chunk.noun is not None and chunk.noun.role in ("thing", "speaker", "list")
    return isinstance(chunk, Amount | Choice | HeadingChunk | Times)
