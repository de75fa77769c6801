"""SkillClient: executes one skill of a running stack, without words."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Mapping
from typing import Any

from rclpy.action import ActionClient

from skill_stack.core.processes.confirmation import RunConfirmations
from skill_stack.core.processes.run_key import read_run_key
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.nodes.clients.client import FIND, NotReachable, TaskClient
from skill_stack.nodes.skill_caller import SILENCE
from skill_stack.nodes.wire.wire import outcome_of, request_goal
from skill_stack_interfaces.action import DoSkill

_numbers = itertools.count(1)


class SkillClient(TaskClient):
    """A client for single skills; use it as a context manager."""

    def do_skill(
        self, skill: str, arguments: Mapping[str, Any], deadline: float = 0.0, confirm: bool = False
    ) -> StepOutcome:
        """Executes a skill, and waits for its outcome.

        Args:
            skill: Its name.
            arguments: Its arguments by name, SI.
            deadline: Longest run, s of task time; 0: what the skill declares.
            confirm: Whether a person has confirmed exactly this hazardous request; takes the user and the machine
                of the robot.

        Raises:
            NotReachable: No connector answers, or it died on the way.
            DataError: There is nothing on this machine to confirm with.
        """
        client: Any = ActionClient(self.node, DoSkill, "do_skill")
        try:
            if not self.spin(client.server_is_ready, FIND):
                raise NotReachable("no connector answers here; is the stack up? See: skill-stack status")
            request = SkillRequest(f"client-{os.getpid()}-{next(_numbers)}", skill, dict(arguments), deadline)
            if confirm:
                block = block_path(self.node.get_namespace(), domain_of(os.environ), os.getuid())
                request = RunConfirmations(lambda: read_run_key(block)).confirm(request)
            heard = [time.monotonic()]

            def alive(_: Any) -> None:
                heard[0] = time.monotonic()

            goal = self._heard(client.send_goal_async(request_goal(request), feedback_callback=alive), heard)
            if not goal.accepted:
                raise NotReachable(f"the connector refused '{skill}': it is not active yet")
            return outcome_of(self._heard(goal.get_result_async(), heard).result.outcome)
        finally:
            client.destroy()

    def _heard(self, future: Any, heard: list[float]) -> Any:
        while not self.spin(future.done, 0.1):
            if time.monotonic() - heard[0] > SILENCE:
                raise NotReachable(f"the connector died or stopped answering: silent for {SILENCE:.1f} s")
        return future.result()
