"""Carried context: what an elliptical clause inherits from the clause before."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.language.answers import Answer, skills_known, unread
from skill_stack.language.grammar.chunks import Amount, Choice, Chunk, HeadingChunk, Thing, Times
from skill_stack.language.words.function_words import WORDS


def carried_over(chunks: tuple[Chunk, ...], before: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    """Completes the chunks of a clause without a verb from the clause before: ``…, then the blue box``.

    Args:
        chunks: The chunks of the clause.
        before: Those of the clause before.
    """
    lead = next((one.between for one in before if isinstance(one, Thing) and one.noun is not None), "")
    out = [_led(one, lead) if isinstance(one, Thing) else one for one in chunks]
    kinds = {type(chunk) for chunk in chunks}
    more = [one for one in before if isinstance(one, Choice | HeadingChunk) and type(one) not in kinds]
    return (*out, *(one for one in more if isinstance(one, Choice) or Amount in kinds))


def _led(thing: Thing, lead: str) -> Thing:
    """A noun phrase with a preposition where it has none; ``into the right one`` names nothing that is known."""
    noun = thing.noun
    if thing.between and noun is not None and noun.again and not noun.ids and not noun.other:
        return replace(thing, noun=replace(noun, role="unknown"))
    return replace(thing, between=thing.between or lead)


def corrected(
    chunks: tuple[Chunk, ...], before: tuple[Chunk, ...], people: frozenset[str]
) -> tuple[Chunk, ...] | None:
    """Puts each chunk of a correction in place of the last one that it may correct; None if there is none.

    Args:
        chunks: The correction: ``no, the conference table``.
        before: Chunks of the clause before.
        people: Ids of people.
    """
    out = list(before)
    for new in chunks:
        found = [(k, one) for k, old in enumerate(out) if (one := _instead(new, old, people)) is not None]
        if found:
            out[found[-1][0]] = found[-1][1]
        elif out != list(before) and isinstance(new, Thing) and new.between:
            out.append(new)  # "the red box, no, the blue one, to Ana"
        else:
            return None
    return tuple(out)


def _instead(new: Chunk, old: Chunk, people: frozenset[str]) -> Chunk | None:
    """A chunk as it may be said instead of another one, or None."""
    if isinstance(new, Thing) and isinstance(old, Thing):
        somebody = {bool(one.noun and one.noun.ids and one.noun.ids <= people) for one in (new, old)}
        alike = not new.between or new.between == old.between or {new.between, old.between} <= WORDS.goals
        return replace(new, between=new.between or old.between) if alike and len(somebody) == 1 else None
    if isinstance(new, Choice) and isinstance(old, Choice) and new.parameter != old.parameter:
        return None
    return new if type(new) is type(old) else None


def times_of(chunks: tuple[Chunk, ...]) -> int | None:
    """Returns the number of repetitions if a clause has nothing else, or None."""
    return chunks[0].count if len(chunks) == 1 and isinstance(chunks[0], Times) else None


def cannot(library: SkillLibrary, words: str) -> Answer:
    """Makes the refusal of words that request no skill."""
    return unread(f"I cannot do '{words}'. I can: {skills_known(library)}.")
