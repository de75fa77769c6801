"""Nearest: readings of unread words by the most similar skills."""

from __future__ import annotations

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
"""Skills tried at most; keeps the answer below one second in a large library."""

LEAST_LIKE = 0.75
"""Similarity from which a skill is offered even if it does not take all named objects, 0 to 1."""

LEAST = 0.34
"""Score from which a skill is offered: a third of the words, or all named objects. Not tuned on sentences."""

SHORTEST = 3
"""Letters from which the similarity of a word is no coincidence."""

PER_THING = 0.25
"""Weight of a named object that fits, added to the similarity of the words."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Finds the skills that a text may have meant."""

    spoken: SpokenLibrary

    def offers(
        self, tokens: Sequence[Token], words: str, grammar: Grammar, interpreter: Callable[[], Interpreter]
    ) -> Iterator[tuple[str, Reading]]:
        """Yields readings by the most similar skills, best first, each with the skill's name.

        Args:
            tokens: The tokens of the text.
            words: The text as written.
            grammar: Reads objects and amounts in it.
            interpreter: Makes an interpreter of one clause, without earlier context.
        """
        last = len(tokens) - 1
        if any(token.text in STOPS or grammar.separators(tokens, at)[0] > at for at, token in enumerate(tokens[:last])):
            return  # an offer covers one clause only
        chunks, left = self._spotted(tokens, grammar)
        bound = self._bound(chunks, self._ranked(chunks, " ".join(left)), interpreter)
        for makes, binding, used in islice(bound, MOST_TRIED):
            parts = makes.parts(BoundClause(Clause(words, binding.frame.head, used), binding))
            if not isinstance(parts, Answer):
                yield binding.frame.skill.name, Reading(tuple(parts))

    def _spotted(self, tokens: Sequence[Token], grammar: Grammar) -> tuple[tuple[Chunk, ...], list[str]]:
        """The chunks of the words, and the content words outside of them."""
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
        """Frames of the similar skills, best first; named objects add to the similarity."""
        things = sum(isinstance(chunk, Thing) for chunk in chunks)
        likes: dict[str, float] = {}
        found: list[PhraseFrame] = []
        for frame in (one for frames in self.spoken.frames.values() for one in frames if one.own):
            if frame.skill.hazard == "high":
                continue  # a typing error must not lead to it
            if frame.skill.name not in likes:
                likes[frame.skill.name] = self._like(frame.skill, left) if left else 0.0
            like = likes[frame.skill.name]
            fits = like >= LEAST_LIKE or (things and len(frame.roles) >= things)
            found += [frame] if fits and like + PER_THING * things >= LEAST else []
        return sorted(found, key=lambda frame: -likes[frame.skill.name])

    def _bound(
        self, chunks: tuple[Chunk, ...], frames: Iterable[PhraseFrame], interpreter: Callable[[], Interpreter]
    ) -> Iterator[tuple[Interpreter, Binding, tuple[Chunk, ...]]]:
        """Frames with the chunks that fit them, in order, each with its interpreter."""
        alone = tuple(chunk for chunk in chunks if isinstance(chunk, Thing))
        for frame in frames:
            for used in (chunks, alone) if len(alone) < len(chunks) else (chunks,):
                makes = interpreter()
                binding = makes.best(frame.head, used)
                if binding is None or binding.missing or binding.guessed or binding.frame.skill is not frame.skill:
                    continue
                if binding.around:
                    continue  # more objects than the skill takes
                yield makes, binding, used
                break

    def _like(self, spec: SkillSpec, left: str) -> float:
        """Similarity of words to the phrases, the name and the description of a skill, 0 to 1."""
        texts = (*(SLOT.sub(" ", phrase) for phrase in spec.phrases), spec.name.replace("_", " "))
        return max(fuzz.token_set_ratio(left, text.casefold()) for text in (*texts, spec.description)) / 100.0


def _told(chunk: Chunk) -> bool:
    """Whether a chunk has content by itself: a known object, an amount or a choice, but no lone preposition."""
    if isinstance(chunk, Thing):
        return chunk.noun is not None and chunk.noun.role in ("thing", "speaker", "list")
    return isinstance(chunk, Amount | Choice | HeadingChunk | Times)
