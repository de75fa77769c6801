"""Trials: a plan tried in worlds that could be so, and where that happens."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from skill_stack.core.plan import Plan
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph

SAME_PLACE = 0.35
"""Distance of two places that are the same, m: half of a body."""
SAME_HEADING = math.radians(30)
"""The same of headings, rad."""


@dataclass(frozen=True, slots=True)
class TrialSituation:
    """Where a plan would begin, as far as it is known; nothing here is the truth.

    Attributes:
        scene: Objects with their confidence, stated facts, and the robot's pose.
        facts: What is true now, the robot's posture included.
        now: Task time, s; what was seen long ago is less certain.
    """

    scene: SceneGraph
    facts: frozenset[Fact]
    now: float = 0.0


@dataclass(frozen=True, slots=True)
class TrialEnd:
    """What a trial led to, by the truth of its world; plans that lead to the same do the same.

    Attributes:
        course: After each step, what the robot was near and its posture, as text; equal ones in a row are one.
        pose: Where the robot was in the end, in ``map``.
    """

    course: tuple[str, ...]
    pose: Pose2

    def same(self, other: TrialEnd) -> bool:
        """Whether both led to the same: course, and place in the end to within half a body and a turn of 30 degrees."""
        turned = math.remainder(self.pose.yaw - other.pose.yaw, math.tau)
        near = self.pose.distance_to(other.pose.x, other.pose.y) <= SAME_PLACE and abs(turned) <= SAME_HEADING
        return near and self.course == other.course


@dataclass(frozen=True, slots=True)
class Trial:
    """How one candidate went in one sampled world.

    Attributes:
        passed: Whether it succeeded there.
        reason: What went wrong; empty when nothing did.
        seconds: Task time that it took, s.
        end: What had come about by then; None where that is not known.
        fell: Whether the robot fell, or was damped by the safety layer.
    """

    passed: bool
    reason: str = ""
    seconds: float = 0.0
    end: TrialEnd | None = None
    fell: bool = False


@dataclass(frozen=True, slots=True)
class TrialJob:
    """One trial to be made.

    Attributes:
        candidate: Number of the candidate.
        plan: Its plan.
        world: Seed of the sampled world; the same number is the same world for every candidate.
    """

    candidate: int
    plan: Plan
    world: int


class Rehearser(Protocol):
    """What tries plans out."""

    def outlook(self, situation: TrialSituation, plans: Sequence[Plan]) -> Sequence[float]:
        """Chance of success of each plan without a trial, 0 to 1; 0.5 without a prediction. Takes milliseconds.

        Args:
            situation: Where every plan begins.
            plans: The plans.
        """

    def trials(self, situation: TrialSituation, jobs: Sequence[TrialJob]) -> Iterator[tuple[TrialJob, Trial]]:
        """Makes trials and yields each when it is over, in any order; may be closed early.

        Args:
            situation: Where every plan begins.
            jobs: The trials.
        """
