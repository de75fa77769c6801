"""Carried context: what an elliptical clause inherits from the clause before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.language.answers import Answer, skills_known, unread
from skill_stack.language.grammar.chunks import Amount, Choice, Chunk, HeadingChunk, Noun, Particle, Thing, Times
from skill_stack.language.words.function_words import WORDS

Sort = Callable[[Noun], bool]
"""Whether a noun is of some sort."""


def carried_over(
    chunks: tuple[Chunk, ...], before: tuple[Chunk, ...], person: Sort = lambda noun: False,
    place: Sort = lambda noun: False,
) -> tuple[Chunk, ...]:  # fmt: skip
    """Completes the chunks of a clause without a verb from the clause before: ``…, then the blue box``.

    Args:
        chunks: The chunks of the clause.
        before: Those of the clause before.
        person: Whether a noun means a person.
        place: Whether a noun means a place.
    """
    things = [chunk for chunk in before if isinstance(chunk, Thing)]
    if chunks and all(isinstance(chunk, Choice) for chunk in chunks):
        return (*things, *chunks)  # "take Anna's temperature and pulse"
    theme = _theme(things, person)
    chunks = tuple(_of_kind(chunk, theme) for chunk in chunks)
    whom, other = _leading_person(before, person), _leading_person(chunks, person)
    if whom is not None and other is not None and len(chunks) == 1:  # "bring Tom a cup, then Anna"
        return tuple(other if one is whom else one for one in before if isinstance(one, Thing | Choice))
    out, things = _said_before(chunks, things, before, person, place)
    for chunk in chunks:
        if isinstance(chunk, Thing) and not chunk.between and things:
            chunk = replace(chunk, between=things[0].between)
        out.append(chunk)
    return (*out, *_unchanged(out, before, bool(things)))


def _theme(things: list[Thing], person: Sort) -> Noun | None:
    """The direct object: the first noun without a preposition that is no person."""
    return next((one.noun for one in things if not one.between and one.noun and not person(one.noun)), None)


def _leading_person(chunks: tuple[Chunk, ...], person: Sort) -> Thing | None:
    """The first noun phrase, if it is a person without a preposition."""
    first = next((chunk for chunk in chunks if isinstance(chunk, Thing)), None)
    if first is None or first.between or first.noun is None or not person(first.noun):
        return None
    return first


def _unchanged(chunks: list[Chunk], before: tuple[Chunk, ...], choices: bool) -> list[Chunk]:
    """Choices and directions of the clause before that also apply to a clause.

    Args:
        chunks: The chunks of the clause.
        before: Those of the clause before.
        choices: Whether to include choices.
    """
    said = {chunk.parameter for chunk in chunks if isinstance(chunk, Choice)}
    out: list[Chunk] = [one for one in before if isinstance(one, Choice) and one.parameter not in said and choices]
    if not any(isinstance(c, HeadingChunk) for c in chunks) and any(isinstance(c, Amount) for c in chunks):
        out += [chunk for chunk in before if isinstance(chunk, HeadingChunk)]
    return out


def _of_kind(chunk: Chunk, theme: Noun | None) -> Chunk:
    """A chunk with ``one`` of the kind of the clause before: ``a towel to Anna and one to Tom``."""
    if not isinstance(chunk, Thing) or chunk.between or chunk.noun is None or theme is None or theme.ids is None:
        return chunk
    if chunk.noun.words == "one" and chunk.noun.role == "pronoun":
        return replace(chunk, noun=replace(theme, many="any"))
    if not chunk.noun.again or chunk.noun.ids is not None or chunk.noun.relations:
        return chunk
    return replace(chunk, noun=replace(chunk.noun, ids=theme.ids, again=False, many="any"))


def _said_before(
    chunks: tuple[Chunk, ...], things: list[Thing], before: tuple[Chunk, ...], person: Sort, place: Sort
) -> tuple[list[Chunk], list[Thing]]:
    """What a clause without a verb shares with the clause before.

    Returns:
        The inherited chunks, and the noun phrases whose prepositions its own ones take.
    """
    named = [chunk for chunk in chunks if isinstance(chunk, Thing)]
    new = named[0] if len(named) == 1 else None
    if new is None or new.noun is None or new.noun.role not in ("thing", "list"):
        return [], things
    if new.between:
        return _except_at(new.between, things)
    if not things or things[0].between or person(new.noun):
        return [], things
    if len(things) == 1:
        whom = _leading_person(before, person)
        several = any(isinstance(chunk, Particle) for chunk in before)  # "bring Tom the bill and then his coat"
        return ([*things], []) if whom is not None and several else ([], things)
    return _kept(things, new.noun, person, place)


def _except_at(between: str, things: list[Thing]) -> tuple[list[Chunk], list[Thing]]:
    """The same for a clause with another destination, by its preposition."""
    alike = [one for one in things if _alike(one.between, between)]
    if len(alike) == 1 and len(things) > 1:  # "take Anna to the lab, then to her room"
        return [one for one in things if one is not alike[0]], []
    return [], things


def _kept(things: list[Thing], new: Noun, person: Sort, place: Sort) -> tuple[list[Chunk], list[Thing]]:
    """The same where the clause before has several noun phrases, the first without a preposition."""
    first = things[0].noun
    if not things[1].between and first is not None and (first.role == "speaker" or person(first)):
        return [things[0]], things[1:]  # "bring Tom the cup, then the plate"
    goals = [chunk for chunk in things[1:] if chunk.between in WORDS.goals and chunk.noun is not None]
    if goals and place(new) and first is not None and not place(first):  # "the cup in the lab, then the hall"
        return [one for one in things if one is not goals[-1]], [goals[-1]]
    return [*goals], things  # "put the cup in the sink and then the plate"


def _alike(one: str, other: str) -> bool:
    """Whether two prepositions are synonyms for destinations and recipients."""
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
