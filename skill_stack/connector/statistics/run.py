"""Run: record of one use of a skill, from its start to its outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from skill_stack.core.setpoint import Outcome

NOT_ITS_FAULT = ("no emergency stop", "target is known", "position is known", "request is accepted")
"""Violated conditions that are unrelated to the running skill."""

MEASURES = {
    "energy": "J",  # mechanical work that the joints did
    "roughness": "rad/s²",  # root mean square of the joints' acceleration
    "effort": "N·m",  # root mean square of the joints' torque
    "tracking": "m/s",  # root mean square of asked minus measured velocity; turning counts as at 0.3 m
}
"""What is measured of a run, with units."""


@dataclass(frozen=True, slots=True)
class Run:
    """One use of a skill. All its values are the robot's own measurements.

    Attributes:
        origin: Name of the store that it was first written in; together with ``number`` it is unique.
        number: Counted by that store.
        time: Time of its start on the clock on the wall, s since 1970.
        robot: Name of the robot, with ``:vendor`` where its own controller moved the joints.
        asked: The requested skill.
        used: Skill that realised it.
        region: Where its goal lay, in words, e.g. ``target=far,ahead``.
        context: What was known to hold, in words, e.g. ``carrying``; empty for nothing special.
        outcome: How it ended.
        violated: Condition that was violated, or an empty string.
        request: Id of the request.
        seconds: Duration, s of task time.
        measured: What it cost, by the names of :data:`MEASURES`; what was not seen is not there.
    """

    origin: str
    number: int
    time: float
    robot: str
    asked: str
    used: str
    region: str
    context: str
    outcome: Outcome
    violated: str = ""
    request: str = ""
    seconds: float = 0.0
    measured: dict[str, float] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether the run counts for the skill: it was neither interrupted nor ended by another cause."""
        return self.outcome != "interrupted" and self.violated not in NOT_ITS_FAULT

    @property
    def succeeded(self) -> bool:
        """Whether it succeeded."""
        return self.outcome == "succeeded"

    def row(self) -> tuple[Any, ...]:
        """Its values in the order of the store's columns, without ``measured``."""
        return (
            *(self.origin, self.number, self.time, self.robot, self.asked, self.used, self.region, self.context),
            *(self.outcome, self.violated, self.request, self.seconds),
        )
