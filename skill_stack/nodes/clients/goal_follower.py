"""GoalFollower: a running skill whose goal values follow changing ones."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rclpy.node import Node

from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.nodes.skill_caller import SkillCaller

RATE = 10.0
"""Most changes of a goal in a second, Hz."""
AGAIN = 1.0
"""Time after a refusal before the next try, s."""
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


class GoalFollower:
    """Starts a skill and changes its goal while it runs; a new request where it has ended.

    Attributes:
        taken: How many goals were passed on.
        problem: The last reason for a refusal or a failure, or an empty string.
        wanted: The goal to follow; None changes nothing.
    """

    def __init__(self, node: Node, name: str, told: Callable[[str], object] = lambda _: None) -> None:
        """Makes the client.

        Args:
            node: The node to call with, in the namespace of the stack.
            name: Begins the ids of its requests.
            told: Takes the reason for each refusal or failure.
        """
        self.taken, self.problem = 0, ""
        self.wanted: FollowedGoal | None = None
        self._name, self._told = name, told
        self._caller = SkillCaller(node, self._ended)
        self._request: SkillRequest | None = None
        self._sent: FollowedGoal | None = None
        self._again = 0.0
        node.create_timer(1.0 / RATE, self._turn)

    def end(self) -> None:
        """Follows no more, and ends what runs."""
        self.wanted = None
        if self._request is not None:
            self._caller.cancel(self._request.id)

    def _turn(self) -> None:
        self._caller.look()
        wanted = self.wanted
        if wanted is None or time.monotonic() < self._again or wanted.near(self._sent):
            return
        arguments = dict(wanted.goal)
        if self._request is None or self._request.skill != wanted.skill:
            self._request = SkillRequest(f"{self._name}-{os.getpid()}-{next(_numbers)}", wanted.skill, arguments)
            self._caller.start(self._request)
        else:
            self._request = SkillRequest(self._request.id, wanted.skill, arguments)
            self._caller.change(self._request, self._fail)
        self._sent = wanted
        self.taken += 1

    def _fail(self, why: str) -> None:
        self.problem, self._request, self._sent, self._again = why, None, None, time.monotonic() + AGAIN
        self._told(why)

    def _ended(self, outcome: StepOutcome) -> None:
        """Handles the end of a motion; the next goal is a new request."""
        if self._request is None or outcome.request_id != self._request.id:
            return  # another skill has taken its place
        self._request = None
        if outcome.outcome == "failed" or (outcome.outcome == "interrupted" and self.wanted is not None):
            self._fail(outcome.reason)
