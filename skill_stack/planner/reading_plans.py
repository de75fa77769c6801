"""ReadingPlans: the plan that comes of a reading, and the first of several readings of which one comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from skill_stack.core.plan import Certainty, PlanNode
from skill_stack.language import Answer, Overruled, Reading, Readings


class ReadingPlans(NamedTuple):
    """A plan.

    Attributes:
        tree: The steps.
        facts: What is true afterwards, as text.
        summary: The plan in one sentence.
        certainty: How surely it is what was meant.
    """

    tree: PlanNode
    facts: tuple[str, ...]
    summary: str
    certainty: Certainty = "said"


def first_made(readings: Readings, make: Callable[[Reading], ReadingPlans]) -> ReadingPlans:
    """The plan of the first reading of which one can be made.

    Args:
        readings: The readings, the best first.
        make: Makes a plan of one; raises Answer where none can be made, Overruled where the answer is another one.

    Raises:
        Answer: None can be made of any.
    """
    reading = next(readings)
    while True:
        try:
            made = make(reading)
        except (Answer, Overruled) as answer:
            reading = readings.throw(answer)
            continue
        try:
            reading.limits(made.tree)
        except Answer as answer:
            reading = readings.throw(Overruled(answer))
            continue
        readings.close()
        return made
