"""Nearest: readings of unread words by the most similar skills."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

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
from skill_stack.language.words.endings import bases
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import Token

MOST_TRIED = 12
"""Skills tried at most; keeps the answer below one second in a large library."""

LEAST_LIKE = 0.75
"""Similarity from which a skill is offered even if it does not take all named objects, 0 to 1."""

MOST_CLAUSES = 4
"""Clauses of a text at most of which one is offered."""

SHORTEST = 3
"""Letters from which the similarity of a word is no coincidence."""

TELLING = 2
"""Named objects for which a skill is offered that has none of the words: ``the cup belongs in the sink``."""


def clauses(grammar: Grammar, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Returns where the clauses of words begin and end; none where they are not done in their order, or too many."""
    out: list[tuple[int, int]] = []
    begin = at = 0
    while at < len(tokens):
        end, order, _ = grammar.separators(tokens, at)
        if order != "then":
            return []
        out += [(begin, at)] if end > at > begin else []
        begin, at = (end, end) if end > at else (begin, at + 1)
    out += [(begin, at)] if at > begin else []
    return out if len(out) <= MOST_CLAUSES else []


def orders(tokens: Sequence[Token], closed: Container[str]) -> bool:
    """Whether words may begin with a verb that is not known: ``hoover it``, but not ``excluding the blue cup``."""
    return tokens[0].text not in closed and not tokens[0].text.endswith(("ing", "ed"))


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
        chunks, left = self._spotted(tokens, grammar)
        standing = self._standing(tokens, grammar, _known(chunks))
        best = functools.cache(interpreter().best)  # the frames of a verb are bound together
        seen: set[str] = set()
        for head, used, name in chain(standing, self._likely(chunks, left, tokens)):
            binding = best(head, used)
            if binding is None or not self._fits(binding):
                continue
            skill = binding.frame.skill.name
            if name not in ("", skill) or skill in seen:
                continue
            seen.add(skill)
            parts = interpreter().parts(BoundClause(Clause(words, binding.frame.head, used), binding))
            yield from [(skill, Reading(tuple(parts)))] if not isinstance(parts, Answer) else ()
            if len(seen) == MOST_TRIED:
                return

    def _likely(
        self, chunks: tuple[Chunk, ...], left: list[str], tokens: Sequence[Token]
    ) -> Iterator[tuple[tuple[str, ...], tuple[Chunk, ...], str]]:
        """Verbs of the similar skills with what they may take, and their names; pronouns count where that fits.

        A thing that a phrase names by itself need not be taken: ``push the cube towards your index finger``.
        """
        things = tuple(chunk for chunk in chunks if isinstance(chunk, Thing))
        named = tuple(one for one in things if one.noun is not None and one.noun.role != "pronoun")
        beyond = self.spoken.lexicon.small.unsupported.keys() & {token.text for token in tokens}
        for some in () if beyond else dict.fromkeys((things, named or things)):
            for frame in self._ranked(some, " ".join(left)):
                tried = dict.fromkeys((chunks, some, _beside(frame, some)))
                yield from ((frame.head, used, frame.skill.name) for used in tried)

    def _fits(self, binding: Binding) -> bool:
        """Whether a binding may be offered: it lacks nothing, and there are not more objects than the skill takes."""
        return not (binding.missing or binding.guessed or binding.around) and self._offered(binding.frame)

    def _offered(self, frame: PhraseFrame) -> bool:
        """Whether a frame has words of its skill, to which a typing error may lead."""
        return frame.own and frame.skill.hazard != "high"

    def _standing(
        self, tokens: Sequence[Token], grammar: Grammar, things: int
    ) -> list[tuple[tuple[str, ...], tuple[Chunk, ...], str]]:
        """Verbs with their chunks that stand in the words with all known things, longest first: ``help me open it``."""
        found = [
            (begin - end, head, chunks)
            for begin in range(len(tokens))
            for end, head, chunks in grammar.readings(tokens, begin)
            if head and _known(chunks) == things > 0
        ]
        return [(head, chunks, "") for _, head, chunks in sorted(found, key=lambda one: one[0])]

    def _spotted(self, tokens: Sequence[Token], grammar: Grammar) -> tuple[tuple[Chunk, ...], list[str]]:
        """The chunks of the words, and the content words outside of them."""
        chunks: list[Chunk] = []
        left: list[str] = []
        at = 0
        while at < len(tokens):
            known = [(end, chunk) for end, chunk in grammar.chunk_at(tokens, at) if _told(chunk, tokens[end : end + 1])]
            if known:
                chunks.append(known[0][1])
                at = known[0][0]
            else:
                left.append(tokens[at].text)
                at += 1
        lexicon = self.spoken.lexicon
        closed = self.spoken.preparation.known.union(
            lexicon.english.auxiliaries, lexicon.statements.asking, lexicon.verbs.particles
        )
        return tuple(chunks), [word for word in left if len(word) >= SHORTEST and word.isalpha() and word not in closed]

    def _ranked(self, things: tuple[Chunk, ...], left: str) -> list[PhraseFrame]:
        """Frames of the similar skills, best first: those with one of the words, or that take several named objects."""
        likes: dict[str, float] = {}
        found: list[PhraseFrame] = []
        about, told = self.spoken.about, {form for word in left.split() for form in (word, *bases(word))}
        for frame in (one for frames in self.spoken.frames.values() for one in frames if self._offered(one)):
            name = frame.skill.name
            if name not in likes:
                likes[name] = self._like(frame.skill, left) if left else 0.0
            near = len(things) >= TELLING or not told.isdisjoint(about[name])
            takes = things and len(frame.roles) >= len(_beside(frame, things))
            found += [frame] if (takes and near) or likes[name] >= LEAST_LIKE else []
        return sorted(found, key=lambda frame: -likes[frame.skill.name])

    def _like(self, spec: SkillSpec, left: str) -> float:
        """Similarity of words to the phrases, the name and the description of a skill, 0 to 1."""
        texts = (*(SLOT.sub(" ", phrase) for phrase in spec.phrases), spec.name.replace("_", " "))
        return max(fuzz.token_set_ratio(left, text.casefold()) for text in (*texts, spec.description)) / 100.0


def _beside(frame: PhraseFrame, things: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    """The things that the phrase of a skill does not name by itself."""
    nouns = ((one, one.noun) for one in things if isinstance(one, Thing))
    return tuple(one for one, noun in nouns if noun is None or noun.words.split()[-1] not in frame.head)


def _told(chunk: Chunk, after: Sequence[Token]) -> bool:
    """Whether a chunk has content by itself: a known object, an amount or a choice, but no lone preposition."""
    if isinstance(chunk, Thing):
        role, noun = chunk.noun.role if chunk.noun is not None else "", chunk.noun
        refers = noun is not None and role == "pronoun" and not noun.adverb  # not "what time it is"
        refers = refers and not WORDS.forms_of_be & {token.text for token in after}
        return refers or role in ("speaker", "list") or (noun is not None and role == "thing" and noun.ids is not None)
    return isinstance(chunk, Amount | Choice | HeadingChunk | Times)


def _known(chunks: Sequence[Chunk]) -> int:
    """The number of chunks that name known things."""
    nouns = (chunk.noun for chunk in chunks if isinstance(chunk, Thing))
    return sum(noun is not None and noun.role in ("thing", "list") for noun in nouns)
