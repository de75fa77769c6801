"""Carried context: what a clause inherits from the one before it."""

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
    """What a clause is about: the first noun without a preposition that is nobody."""
    return next((one.noun for one in things if not one.between and one.noun and not person(one.noun)), None)


def _leading_person(chunks: tuple[Chunk, ...], person: Sort) -> Thing | None:
    """The first thing of a clause where it is somebody named without a preposition."""
    first = next((chunk for chunk in chunks if isinstance(chunk, Thing)), None)
    if first is None or first.between or first.noun is None or not person(first.noun):
        return None
    return first


def _unchanged(chunks: list[Chunk], before: tuple[Chunk, ...], choices: bool) -> list[Chunk]:
    """Choices and directions of the clause before that hold for a clause as well.

    Args:
        chunks: The chunks of the clause.
        before: Those of the clause before.
        choices: Whether choices are taken over.
    """
    said = {chunk.parameter for chunk in chunks if isinstance(chunk, Choice)}
    out: list[Chunk] = [one for one in before if isinstance(one, Choice) and one.parameter not in said and choices]
    if not any(isinstance(c, HeadingChunk) for c in chunks) and any(isinstance(c, Amount) for c in chunks):
        out += [chunk for chunk in before if isinstance(chunk, HeadingChunk)]
    return out


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
    """The same where the clause only says another place, by its preposition."""
    alike = [one for one in things if _alike(one.between, between)]
    if len(alike) == 1 and len(things) > 1:  # "take Anna to the lab, then to her room"
        return [one for one in things if one is not alike[0]], []
    return [], things


def _kept(things: list[Thing], new: Noun, person: Sort, place: Sort) -> tuple[list[Chunk], list[Thing]]:
    """The same where the clause before names several things, the first one without a preposition."""
    first = things[0].noun
    if not things[1].between and first is not None and (first.role == "speaker" or person(first)):
        return [things[0]], things[1:]  # "bring Tom the cup, then the plate"
    goals = [chunk for chunk in things[1:] if chunk.between in GOALS and chunk.noun is not None]
    if goals and place(new) and first is not None and not place(first):  # "the cup in the lab, then the hall"
        return [one for one in things if one is not goals[-1]], [goals[-1]]
    return [*goals], things  # "put the cup in the sink and then the plate"


def _alike(one: str, other: str) -> bool:
    """Whether two prepositions say the same: where something goes, or who gets it."""
    return one == other or {one, other} <= GOALS


def corrected(chunks: tuple[Chunk, ...], before: tuple[Chunk, ...], person: Sort) -> tuple[Chunk, ...] | None:
    """The clause before with the one thing that is said instead; None where it is not clear what it replaces.

    Args:
        chunks: What is said instead: ``no, the conference table``.
        before: Chunks of the clause before.
        person: Whether a noun means a person.
    """
    new = chunks[0] if len(chunks) == 1 and isinstance(chunks[0], Thing) else None
    if new is None or new.noun is None:
        return None
    like = [one for one in before if isinstance(one, Thing) and one.noun is not None and one.noun.role != "speaker"
            and person(one.noun) == person(new.noun)]  # fmt: skip
    like = [one for one in like if not new.between or _alike(one.between, new.between)]
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
