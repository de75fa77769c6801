"""CoarseLineSuite: coarse finger commands through the whole line, against raw retargeting; a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive
from skill_stack.evaluation.suite import Seeds

Range = tuple[float, float]


class CoarseLineSuite(DataModel):
    """Who follows, in which worlds, and what is enough.

    Attributes:
        name: Name of the suite.
        description: One sentence.
        through: ``coarse_line``.
        robot: The hand.
        skill: What follows; ``coarse.yaml`` of its folder, or of that of the hand that this one mirrors, says who
            commands and what lies in the hand.
        raw: What it is compared with: ``joints``, the told joints as targets, or a skill that takes coordinates; the
            first one is what counts.
        seeds: Of hands, cubes and persons, one each, that are used when none are named.
        dial: Place of the dial, from 0, hold, to 1, obey.
        cap: Longest time that counts, s.
        noise: Factor on what ``robot.yaml`` declares of sensors.
        latency: Of commands, s.
        motor_strength: Factor on every torque.
        times: Least median holding time as a multiple of that of raw retargeting.
        fingers: Least correlation of the finger motion that was meant with what the fingers did.
    """

    name: str
    description: str
    through: Literal["coarse_line"]
    robot: str
    skill: str
    raw: Annotated[tuple[str, ...], Field(min_length=1)]
    seeds: Seeds
    dial: Annotated[float, Field(ge=0.0, le=1.0)]
    cap: Positive
    noise: Range
    latency: Range
    motor_strength: Range
    times: Positive
    fingers: Annotated[float, Field(ge=-1.0, le=1.0)]


def load_coarse_line_suite(path: Path) -> CoarseLineSuite:
    """Reads the file; raises DataError where it is wrong."""
    return load_model(CoarseLineSuite, path)
