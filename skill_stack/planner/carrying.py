"""What a clause takes over from the one before it, and what it is when it is none."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.answers import refusal, skills_known
from skill_stack.planner.language.chunks import Amount, Choice, Chunk, Heading, Thing, Times


def carried_over(chunks: tuple[Chunk, ...], before: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    """Chunks of a clause without a verb, completed from the clause before: ``…, then the blue box``."""
    out: list[Chunk] = []
    things = [chunk for chunk in before if isinstance(chunk, Thing)]
    who = things[0] if len(things) > 1 and not things[0].between and not things[1].between else None
    if who is not None and who.noun is not None and who.noun.role == "speaker":  # "bring me the red one, no, the blue"
        named = [chunk for chunk in chunks if isinstance(chunk, Thing) and not chunk.between]
        if len(named) == 1:
            out.append(who)
            things = things[1:]
    for chunk in chunks:
        if isinstance(chunk, Thing) and not chunk.between and things:
            chunk = replace(chunk, between=things[0].between)
        out.append(chunk)
    said = {chunk.parameter for chunk in out if isinstance(chunk, Choice)}
    out += [chunk for chunk in before if isinstance(chunk, Choice) and chunk.parameter not in said and things]
    if not any(isinstance(c, Heading) for c in out) and any(isinstance(c, Amount) for c in out):
        out += [chunk for chunk in before if isinstance(chunk, Heading)]
    return tuple(out)


def times_of(chunks: tuple[Chunk, ...]) -> int | None:
    """How often, when a clause is nothing but that."""
    return chunks[0].count if len(chunks) == 1 and isinstance(chunks[0], Times) else None


def cannot(library: SkillLibrary, words: str) -> Exception:
    """That something is no ability of the robot."""
    return refusal(f"I cannot do '{words}'. I can: {skills_known(library)}.")
