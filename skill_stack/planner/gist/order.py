"""Order: one thing that is asked for, bound to a skill."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.interpreter import Reading

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """One thing that is asked for.

    Attributes:
        reading: The clause, bound to a skill.
        themes: What it is done with.
        goal: Where or with whom that ends, or nothing.
        strength: How clearly it is asked for.
        kind: What is done: ``put``, ``give``, ``take``, ``guide``, ``state`` or ``act``.
        before: Whether it comes before what was asked for until then.
    """

    reading: Reading
    themes: Ids
    goal: Ids
    strength: int
    kind: str
    before: bool = False
