"""GoalFollower: a running skill whose goal values follow changing ones, through the connector's node."""

from __future__ import annotations

import time
from collections.abc import Callable

from rclpy.node import Node

from skill_stack.nodes.skill_caller import SkillCaller
from skill_stack.teleop.goal_lead import RATE, FollowedGoal, GoalLead


class GoalFollower:
    """See :class:`skill_stack.teleop.goal_lead.GoalLead`, with the node's timer."""

    def __init__(self, node: Node, name: str, told: Callable[[str], object] = lambda _: None) -> None:
        """Makes the client.

        Args:
            node: The node to call with, in the namespace of the stack.
            name: Begins the ids of its requests.
            told: Takes the reason for each refusal or failure.
        """
        self._caller = SkillCaller(node, lambda outcome: self._lead.ended(outcome))
        self._lead = GoalLead(name, self._caller.start, self._caller.change, time.monotonic, told)
        node.create_timer(1.0 / RATE, self._turn)

    @property
    def taken(self) -> int:
        """How many goals were passed on."""
        return self._lead.taken

    @property
    def problem(self) -> str:
        """The last reason for a refusal or a failure, or an empty string."""
        return self._lead.problem

    @property
    def wanted(self) -> FollowedGoal | None:
        """The goal to follow; None changes nothing."""
        return self._lead.wanted

    @wanted.setter
    def wanted(self, wanted: FollowedGoal | None) -> None:
        self._lead.wanted = wanted

    def end(self) -> None:
        """Follows no more, and ends what runs."""
        if running := self._lead.leave():
            self._caller.cancel(running)

    def _turn(self) -> None:
        self._caller.look()
        self._lead.turn()
