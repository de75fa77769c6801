"""Suites of coarse finger commands: how long a hand keeps what they move, against raw retargeting; files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive
from skill_stack.evaluation.suite import Seeds

Range = tuple[float, float]


class FollowedSuite(DataModel):
    """Who follows, and what is enough.

    Attributes:
        name: Name of the suite.
        description: One sentence.
        robot: The hand.
        skill: What follows; ``coarse.yaml`` of its folder, or of that of the hand that this one mirrors, says who
            commands and what lies in the hand.
        seeds: Seeds that are used when none are named.
        dial: Place of the dial, from 0, hold, to 1, obey.
        cap: Longest time that counts, s.
        times: Least median holding time as a multiple of that of raw retargeting.
        fingers: Least correlation of the finger motion that was meant with what the fingers did.
    """

    name: str
    description: str
    robot: str
    skill: str
    seeds: Seeds
    dial: Annotated[float, Field(ge=0.0, le=1.0)]
    cap: Positive
    times: Positive
    fingers: Annotated[float, Field(ge=-1.0, le=1.0)]


class CoarseSuite(FollowedSuite):
    """The same in the training's worlds.

    Attributes:
        through: ``coarse``.
        hands: Hands with a cube and a person each, of every seed.
    """

    through: Literal["coarse"]
    hands: Annotated[int, Field(ge=1)]


class CoarseLineSuite(FollowedSuite):
    """The same through the whole line, a hand, a cube and a person for each seed.

    Attributes:
        through: ``coarse_line``.
        raw: What it is compared with: ``joints``, the told joints as targets, or a skill that takes coordinates; the
            first one is what counts.
        noise: Factor on what ``robot.yaml`` declares of sensors.
        latency: Of commands, s.
        motor_strength: Factor on every torque.
    """

    through: Literal["coarse_line"]
    raw: Annotated[tuple[str, ...], Field(min_length=1)]
    noise: Range
    latency: Range
    motor_strength: Range


def load_coarse_suite(path: Path) -> CoarseSuite:
    """Reads the file; raises DataError where it is wrong."""
    return load_model(CoarseSuite, path)


def load_coarse_line_suite(path: Path) -> CoarseLineSuite:
    """Reads the file; raises DataError where it is wrong."""
    return load_model(CoarseLineSuite, path)
