"""ReadingPlans: the plan of a reading, and the first of several readings that has one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from skill_stack.core.plan import Certainty, PlanNode
from skill_stack.language import Answer, Overruled, Reading, Readings, following


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
    """The plan of the first reading that has one.

    Args:
        readings: The readings, the best first.
        make: Makes a plan of one; raises Answer where none can be made, Overruled where the answer is another one.

    Raises:
        Answer: None can be made of any.
    """
    given: Answer | Overruled | None = None
    while isinstance(reading := following(readings, given), Reading):
        try:
            made = make(reading)
        except (Answer, Overruled) as answer:
            given = answer
            continue
        try:
            reading.limits(made.tree)
        except Answer as answer:
            given = Overruled(answer)
            continue
        readings.close()
        return made
    raise reading
