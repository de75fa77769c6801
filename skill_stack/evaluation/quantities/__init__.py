"""Quantities: figures of an episode by name and unit, for the conditions of scenarios."""

from __future__ import annotations

from skill_stack.evaluation.quantities.base import BASE
from skill_stack.evaluation.quantities.clips import CLIPS
from skill_stack.evaluation.quantities.feet import FEET
from skill_stack.evaluation.quantities.goal import GOAL
from skill_stack.evaluation.quantities.limbs import LIMBS
from skill_stack.evaluation.quantities.liveliness import LIVELINESS
from skill_stack.evaluation.quantities.objects import OBJECTS
from skill_stack.evaluation.quantities.place import PLACE
from skill_stack.evaluation.quantities.quantity import Quantity
from skill_stack.evaluation.quantities.strides import STRIDES

QUANTITIES: dict[str, Quantity] = {
    **BASE, **PLACE, **GOAL, **FEET, **STRIDES, **LIMBS, **CLIPS, **OBJECTS, **LIVELINESS,
}  # fmt: skip
"""Every quantity by its name."""
