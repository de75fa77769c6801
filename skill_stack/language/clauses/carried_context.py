"""What a clause takes over from the one before it, and what it is when it is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.language.answers import Answer, skills_known, unread
from skill_stack.language.grammar.chunks import Amount, Choice, Chunk, HeadingChunk, Noun, Particle, Thing, Times

GOALS = frozenset({"to", "for", "in", "into", "on", "onto", "at", "inside", "on top of", "over to", "back to"})
"""Words before where something goes or who gets it."""


Sort = Callable[[Noun], bool]
"""Whether a noun is of some sort."""


def carried_over(
    chunks: tuple[Chunk, ...], before: tuple[Chunk, ...], person: Sort = lambda noun: False,
    place: Sort = lambda noun: False,
) -> tuple[Chunk, ...]:  # fmt: skip
    """Chunks of a clause without a verb, completed from the clause before: ``…, then the blue box``.

    Args:
        chunks: The chunks of the clause.
        before: Those of the clause before.
        person: Whether a noun means a person.
        place: Whether a noun means a place.
    """
    things = [chunk for chunk in before if isinstance(chunk, Thing)]
    if chunks and all(isinstance(chunk, Choice) for chunk in chunks):
        return (*things, *chunks)  # "take Anna's temperature and pulse"
    theme = next((one.noun for one in things if not one.between and one.noun and not person(one.noun)), None)
    chunks = tuple(_of_kind(chunk, theme) for chunk in chunks)
    to_whom = chunks[0] if len(chunks) == 1 and isinstance(chunks[0], Thing) and not chunks[0].between else None
    first = things[0] if things and not things[0].between else None
    if to_whom is not None and to_whom.noun and person(to_whom.noun) and first is not None and first.noun:
        if person(first.noun):  # "bring Tom a cup, then Anna"
            return tuple(to_whom if one is first else one for one in before if isinstance(one, Thing | Choice))
    taken = _said_before(chunks, things, before, person, place)
    out, things = taken
    for chunk in chunks:
        if isinstance(chunk, Thing) and not chunk.between and things:
            chunk = replace(chunk, between=things[0].between)
        out.append(chunk)
    said = {chunk.parameter for chunk in out if isinstance(chunk, Choice)}
    out += [chunk for chunk in before if isinstance(chunk, Choice) and chunk.parameter not in said and things]
    if not any(isinstance(c, HeadingChunk) for c in out) and any(isinstance(c, Amount) for c in out):
        out += [chunk for chunk in before if isinstance(chunk, HeadingChunk)]
    return tuple(out)


def _of_kind(chunk: Chunk, theme: Noun | None) -> Chunk:
    """A chunk with ``one`` read as another of the kind of the clause before: ``a towel to Anna and one to Tom``."""
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
    """What a clause without a verb has in common with the one before, and whose prepositions its own things take.

    Returns:
        The chunks taken over and the things to compare with.
    """
    named = [chunk for chunk in chunks if isinstance(chunk, Thing)]
    new = named[0] if len(named) == 1 and named[0].noun is not None else None
    if new is None or new.noun is None or new.noun.role not in ("thing", "list"):
        return [], things
    if new.between:
        alike = [one for one in things if one.between == new.between or {one.between, new.between} <= GOALS]
        if len(alike) == 1 and len(things) > 1:  # "take Anna to the lab, then to her room"
            return [one for one in things if one is not alike[0]], []
        return [], things
    if person(new.noun):
        return [], things
    if len(things) == 1 and things[0].noun is not None and person(things[0].noun) and not things[0].between:
        several = any(isinstance(chunk, Particle) for chunk in before)  # "bring Tom the bill and then his coat"
        return ([*things], []) if several else ([], things)
    who = things[0] if len(things) > 1 and not things[0].between and not things[1].between else None
    if who is not None and who.noun is not None and (who.noun.role == "speaker" or person(who.noun)):
        return [who], things[1:]  # "bring Tom the cup, then the plate"
    if len(things) > 1 and not things[0].between:
        goals = [chunk for chunk in things[1:] if chunk.between in GOALS and chunk.noun is not None]
        first = things[0].noun
        if goals and place(new.noun) and first is not None and not place(first):  # "the cup in the lab, then the hall"
            return [one for one in things if one is not goals[-1]], [goals[-1]]
        return list(goals), things  # "put the cup in the sink and then the plate"
    return [], things


def corrected(
    chunks: tuple[Chunk, ...], before: tuple[Chunk, ...], person: Callable[[Noun], bool]
) -> tuple[Chunk, ...] | None:
    """The clause before with the one thing that is said instead; None where it is not clear what it replaces.

    Args:
        chunks: What is said instead: ``no, the conference table``.
        before: Chunks of the clause before.
        person: Whether a noun means a person.
    """
    new = chunks[0] if len(chunks) == 1 and isinstance(chunks[0], Thing) else None
    if new is None or new.noun is None:
        return None
    like = [one for one in before if isinstance(one, Thing) and one.noun is not None and one.noun.role != "speaker"]
    like = [one for one in like if one.noun is not None and person(one.noun) == person(new.noun)]
    same = GOALS if new.between in GOALS else {new.between}
    like = [one for one in like if not new.between or one.between in same]
    if not like:
        return None
    old = like[-1]
    return tuple(replace(new, between=new.between or old.between) if one is old else one for one in before)


def times_of(chunks: tuple[Chunk, ...]) -> int | None:
    """How often, when a clause is nothing but that."""
    return chunks[0].count if len(chunks) == 1 and isinstance(chunks[0], Times) else None


def cannot(library: SkillLibrary, words: str) -> Answer:
    """That something is no ability of the robot."""
    return unread(f"I cannot do '{words}'. I can: {skills_known(library)}.")
