"""ReadingPlans: the plan of a reading, and the first of several readings that has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from skill_stack.core.plan import Certainty, PlanNode
from skill_stack.core.world.building import Building
from skill_stack.core.world.clearing import Clearing
from skill_stack.language import Answer, Reading, Readings, following


class ReadingPlans(NamedTuple):
    """A plan.

    Attributes:
        tree: The steps.
        facts: What is true afterwards, as text.
        summary: The plan in one sentence.
        certainty: How surely it is what was meant.
        building: The structure or clearing that it is for, or None.
        notes: Assumptions of the reading, for the user.
    """

    tree: PlanNode
    facts: tuple[str, ...]
    summary: str
    certainty: Certainty = "said"
    building: Building | Clearing | None = None
    notes: tuple[str, ...] = ()


def first_made(readings: Readings, make: Callable[[Reading], ReadingPlans | Answer]) -> ReadingPlans | Answer:
    """Returns the plan of the first reading that has one; the answer where none has.

    Args:
        readings: The readings, the best first.
        make: Makes a plan of one; returns the answer where none can be made.
    """
    given: Answer | None = None
    while isinstance(reading := following(readings, given), Reading):
        made = make(reading)
        refused = made if isinstance(made, Answer) else reading.limits(made.tree)
        if refused is None:
            readings.close()
            return made
        given = refused if refused is made else replace(refused, final=True)
    return reading
