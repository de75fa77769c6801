"""GoalFollower: a running skill whose goal values follow changing ones, through the connector's node."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from rclpy.node import Node

from skill_stack.nodes.skill_caller import SkillCaller
from skill_stack.teleop.goal_lead import RATE, GoalLead

LOOK = 0.02
"""Time between two looks at what is wanted, s: less than between two changes, since a person feels the delay."""


class GoalFollower(GoalLead):
    """A lead by the node's timer, whose requests go to the connector's node."""

    def __init__(self, node: Node, name: str, told: Callable[[str], object] = lambda _: None) -> None:
        """Makes the client.

        Args:
            node: The node to call with.
            name: Begins the ids of its requests.
            told: Takes the reason for each refusal or failure.
        """
        self._caller = SkillCaller(node, self.ended)
        super().__init__(name, self._caller.start, self._caller.change, time.monotonic, told)
        self._passed_on = -math.inf
        node.create_timer(LOOK, self._look)

    def end(self) -> None:
        """Follows no more, and ends what runs."""
        if running := self.leave():
            self._caller.cancel(running)

    def _look(self) -> None:
        self._caller.look()
        now, before = time.monotonic(), self.taken
        if now - self._passed_on >= 1.0 / RATE - LOOK / 2:
            self.turn()
            self._passed_on = now if self.taken != before else self._passed_on
