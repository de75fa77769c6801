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
    things = _named(before)
    if chunks and all(isinstance(chunk, Choice) for chunk in chunks):
        return (*things, *chunks)  # "take Anna's temperature and pulse"
    chunks = tuple(_of_kind(chunk, _theme(things, person)) for chunk in chunks)
    named = _named(chunks)
    old = _stands_for(named[0], things, person, place) if len(named) == 1 else None
    if _only_whom(before, old, named, person):
        return (*things, *chunks)  # "bring Tom the bill and then his coat"
    lead = old or next(iter(things), None)
    out: list[Chunk] = [one for one in things if old is not None and one is not old]
    out += [_led(chunk, lead) for chunk in chunks]
    return (*out, *_unchanged(out, before, bool(things) and (old is None or not named[0].between)))


def _named(chunks: tuple[Chunk, ...]) -> list[Thing]:
    """The noun phrases of a clause."""
    return [one for one in chunks if isinstance(one, Thing) and one.noun is not None]


def _only_whom(before: tuple[Chunk, ...], old: Thing | None, new: list[Thing], person: Sort) -> bool:
    """Whether a thing is named besides the person to whom the verb itself brings something: ``bring Tom the bill``."""
    if old is None or old.noun is None or old.between or not person(old.noun):
        return False
    return any(isinstance(one, Particle) for one in before) and not any(one.noun and person(one.noun) for one in new)


def _led(chunk: Chunk, lead: Thing | None) -> Chunk:
    """A chunk with the preposition of another one, unless it has its own or is no noun phrase."""
    if isinstance(chunk, Thing) and not chunk.between and lead is not None:
        return replace(chunk, between=lead.between)
    return chunk


def _theme(things: list[Thing], person: Sort) -> Noun | None:
    """The direct object: the first noun without a preposition that is no person."""
    return next((one.noun for one in things if not one.between and one.noun and not person(one.noun)), None)


def _stands_for(new: Thing, things: list[Thing], person: Sort, place: Sort) -> Thing | None:
    """The noun phrase of the clause before that a new one stands for; None where it stands for none of several."""
    noun = new.noun
    if noun is None or noun.role not in ("thing", "list"):
        return None
    if new.between:
        return _destination(new, things)
    said = [(one, one.noun) for one in things if one.noun is not None]
    same: list[Thing] = []
    if person(noun):
        same = [one for one, other in said if person(other)]  # "bring Tom a cup, then Anna"
    elif place(noun) and said and not place(said[0][1]):
        same = [one for one, _ in said[1:] if one.between in WORDS.goals][-1:]  # "the cup in the lab, then the hall"
    theme = [one for one, other in said if not one.between and not person(other)]
    return next(iter((*same, *theme, *things)), None)


def _destination(new: Thing, things: list[Thing]) -> Thing | None:
    """The only one of several noun phrases with a synonym of a preposition, or None."""
    alike = [one for one in things if _alike(one.between, new.between)]
    return alike[0] if len(alike) == 1 and len(things) > 1 else None  # "take Anna to the lab, then to her room"


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
