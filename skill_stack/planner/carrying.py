"""What a clause takes over from the one before it, and what it is when it is none."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.answers import refusal, skills_known
from skill_stack.planner.language.chunks import Amount, Chunk, Heading, Thing, Times


def carried_over(chunks: tuple[Chunk, ...], before: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    """Chunks of a clause without a verb, completed from the clause before: ``…, then the blue box``."""
    out: list[Chunk] = []
    things = [chunk for chunk in before if isinstance(chunk, Thing)]
    for chunk in chunks:
        if isinstance(chunk, Thing) and not chunk.between and things:
            chunk = replace(chunk, between=things[0].between)
        out.append(chunk)
    if not any(isinstance(c, Heading) for c in out) and any(isinstance(c, Amount) for c in out):
        out += [chunk for chunk in before if isinstance(chunk, Heading)]
    return tuple(out)


def times_of(chunks: tuple[Chunk, ...]) -> int | None:
    """How often, when a clause is nothing but that."""
    return chunks[0].count if len(chunks) == 1 and isinstance(chunks[0], Times) else None


def cannot(library: SkillLibrary, words: str) -> Exception:
    """That something is no ability of the robot."""
    return refusal(f"I cannot do '{words}'. I can: {skills_known(library)}.")
