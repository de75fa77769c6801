"""Ground of a training that is not flat, as data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Interval
from skill_stack.core.world.scene_file import FloorPatch


class GroundTask(DataModel):
    """Courses of stretches as in a scene's ``ground``, lower and flatter at first.

    Attributes:
        courses: Alternatives; each states stretches at their full height and slope, along x.
        scale: Range of the factor on heights and slopes. The lowest fifth comes first, a higher one when most robots
            follow their commands on the ones below.
        worlds: How many of them are built: as many of each course, with factors spread evenly.
        along: Range of x where robots begin, m, at y = 0.
        heading: Largest angle between the x axis and the robot's heading at the start, rad.
        clear: Goal values that are commanded at least so far above a world's highest stretch, m: who is told to lift
            feet by less than that would learn not to listen.
    """

    courses: tuple[Annotated[tuple[FloorPatch, ...], Field(min_length=1)], ...] = Field(min_length=1)
    scale: Interval = (0.0, 1.0)
    worlds: int = Field(60, ge=1)
    along: Interval
    heading: float = Field(ge=0)
    clear: dict[str, float] = {}
