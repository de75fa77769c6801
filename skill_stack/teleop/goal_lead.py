"""GoalLead: a running skill whose goal values follow changing ones, whatever carries the requests."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from skill_stack.core.setpoint import SkillRequest, StepOutcome

RATE = 10.0
"""Most changes of a goal in a second, Hz."""
AGAIN = 1.0
"""Time after a refusal before the next try, s."""
CHANGE = 0.03
"""Smallest change of a coordinate of a hand's posture that is passed on, in standard deviations."""
LARGEST = 6.0
"""Largest coordinate that skills take, in standard deviations; a person's fingers go beyond."""
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class FollowedGoal:
    """Goal values of a skill.

    Attributes:
        skill: Name of the skill.
        goal: Its arguments by name, in their units.
        change: Smallest change of an argument that is passed on, by name.
    """

    skill: str
    goal: Mapping[str, float]
    change: Mapping[str, float]

    def near(self, other: FollowedGoal | None) -> bool:
        """Whether another goal is the same skill with values closer than the smallest change."""
        if other is None or other.skill != self.skill or other.goal.keys() != self.goal.keys():
            return False
        return all(abs(value - other.goal[name]) < self.change[name] for name, value in self.goal.items())


def posture_goal(skill: str, coordinates: Sequence[float]) -> FollowedGoal:
    """A posture of a hand, in the synergies that hands share, for a skill that takes them.

    Args:
        skill: Name of the skill.
        coordinates: In standard deviations; what is beyond :data:`LARGEST` is told as that.
    """
    goal = {f"s{number}": min(max(float(value), -LARGEST), LARGEST) for number, value in enumerate(coordinates, 1)}
    return FollowedGoal(skill, goal, dict.fromkeys(goal, CHANGE))


class GoalLead:
    """Starts a skill and changes its goal while it runs; a new request where it has ended.

    Attributes:
        taken: How many goals were passed on.
        problem: The last reason for a refusal or a failure, or an empty string.
        wanted: The goal to follow; None changes nothing.
        request: The request that runs, or None.
    """

    def __init__(
        self,
        name: str,
        start: Callable[[SkillRequest], object],
        change: Callable[[SkillRequest, Callable[[str], None]], object],
        clock: Callable[[], float],
        told: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Follows nothing yet.

        Args:
            name: Begins the ids of its requests.
            start: Sends a request.
            change: Sends a request that runs and has changed, and what takes the reason where that is refused.
            clock: The time, s.
            told: Takes the reason for each refusal or failure.
        """
        self.taken, self.problem = 0, ""
        self.wanted: FollowedGoal | None = None
        self.request: SkillRequest | None = None
        self._name, self._start, self._change, self._clock, self._told = name, start, change, clock, told
        self._sent: FollowedGoal | None = None
        self._again = 0.0

    def turn(self) -> None:
        """Passes on what has changed; to be called :data:`RATE` times a second."""
        wanted = self.wanted
        if wanted is None or self._clock() < self._again or wanted.near(self._sent):
            return
        arguments = dict(wanted.goal)
        self._sent = wanted
        if self.request is None or self.request.skill != wanted.skill:
            self.request = SkillRequest(f"{self._name}-{os.getpid()}-{next(_numbers)}", wanted.skill, arguments)
            self._start(self.request)
        else:
            self.request = SkillRequest(self.request.id, wanted.skill, arguments)
            self._change(self.request, self.fail)
        self.taken += 1

    def leave(self) -> str:
        """Follows no more; the id of the request that is to be ended, or an empty string."""
        self.wanted = self._sent = None
        return self.request.id if self.request is not None else ""

    def fail(self, why: str) -> None:
        """What was sent is not followed; it is tried again after :data:`AGAIN`."""
        self.problem, self.request, self._sent, self._again = why, None, None, self._clock() + AGAIN
        self._told(why)

    def ended(self, outcome: StepOutcome) -> None:
        """Takes the end of a motion; the next goal is a new request."""
        if self.request is None or outcome.request_id != self.request.id:
            return  # another skill has taken its place
        self.request = None
        if outcome.outcome == "failed" or (outcome.outcome == "interrupted" and self.wanted is not None):
            self.fail(outcome.reason)
