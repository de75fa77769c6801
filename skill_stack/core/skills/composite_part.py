"""CompositePart: a skill that is a plan, with arguments of its own where its steps name them."""

from __future__ import annotations

from typing import Any

from pydantic import field_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.plan_file import node_of_steps

PLANNED: dict[str, Any] = {
    "envelope": {"tilt": 1.0, "angular_speed": 6.0},  # as of every skill of a library file; its steps have their own
    "timeout": 3600.0,
    "provenance": {"recipe": "taught or saved plan"},
}
"""Values of fields that a composite does not use, since it runs as the steps of other skills."""


class CompositePart(DataModel):
    """Steps of a composite.

    Attributes:
        steps: Its steps, written as in a plan file; ``$name`` stands for an argument of the composite.
    """

    steps: tuple[Any, ...]

    @field_validator("steps")
    @classmethod
    def _plan(cls, steps: tuple[Any, ...]) -> tuple[Any, ...]:
        try:
            node_of_steps(list(steps))
        except DataError as error:
            raise ValueError(str(error)) from error
        return steps

    def tree(self) -> PlanNode:
        """The steps as a plan; arguments that begin with ``$`` are still open."""
        return node_of_steps(list(self.steps))
