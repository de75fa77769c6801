"""Carried context: what an elliptical clause inherits from the clause before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.language.answers import Answer, skills_known, unread
from skill_stack.language.grammar.chunks import Amount, Choice, Chunk, HeadingChunk, Noun, Thing, Times
from skill_stack.language.words.function_words import WORDS

Sort = Callable[[Noun], bool]
"""Whether a noun is of some sort."""


def carried_over(chunks: tuple[Chunk, ...], before: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    """Completes the chunks of a clause without a verb from the clause before: ``…, then the blue box``.

    Args:
        chunks: The chunks of the clause.
        before: Those of the clause before.
    """
    things = _named(before)
    lead = things[0].between if things else ""
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


def _named(chunks: tuple[Chunk, ...]) -> list[Thing]:
    return [one for one in chunks if isinstance(one, Thing) and one.noun is not None]


def _alike(one: str, other: str) -> bool:
    return one == other or {one, other} <= WORDS.goals


def corrected(chunks: tuple[Chunk, ...], before: tuple[Chunk, ...], person: Sort) -> tuple[Chunk, ...] | None:
    """Puts each chunk of a correction in place of the one that it corrects; None if it is not clear which.

    Args:
        chunks: The correction: ``no, the conference table``.
        before: Chunks of the clause before.
        person: Whether a noun means a person.
    """
    out = list(before)
    for new in chunks:
        like = [k for k, old in enumerate(out) if _corrects(new, old, person)]
        if not like and not (out != list(before) and isinstance(new, Thing) and new.between):
            return None
        if like and isinstance(new, Thing):
            out[like[-1]] = replace(new, between=new.between or getattr(out[like[-1]], "between", ""))
        elif like:
            out[like[-1]] = new
        else:
            out.append(new)  # "the red box, no, the blue one, to Ana"
    return tuple(out)


def _corrects(new: Chunk, old: Chunk, person: Sort) -> bool:
    """Whether a chunk may be said instead of another one."""
    if isinstance(new, Thing) and isinstance(old, Thing):
        if new.noun is None or old.noun is None or old.noun.role == "speaker":
            return False
        return person(new.noun) == person(old.noun) and (not new.between or _alike(old.between, new.between))
    if isinstance(new, Choice) and isinstance(old, Choice):
        return new.parameter == old.parameter
    return type(new) is type(old)


def times_of(chunks: tuple[Chunk, ...]) -> int | None:
    """Returns the number of repetitions if a clause has nothing else, or None."""
    return chunks[0].count if len(chunks) == 1 and isinstance(chunks[0], Times) else None


def cannot(library: SkillLibrary, words: str) -> Answer:
    """Makes the refusal of words that request no skill."""
    return unread(f"I cannot do '{words}'. I can: {skills_known(library)}.")
