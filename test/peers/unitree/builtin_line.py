"""The line with the robot's own controller at the joints: the peer's firmware on physics, in time of its own."""

from __future__ import annotations

import json
from typing import Any

from unitree.body import Body
from unitree.firmware import Firmware
from unitree.walker import Walker

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.unitree.sport.motion_dialogue import MotionDialogue
from skill_stack.hardware.unitree.sport.rpc import RpcAnswer
from skill_stack.runtime.line.line import Line

STEPS = 10  # of 2 ms in a control period


class DirectService:
    """The firmware's service without a network."""

    def __init__(self, firmware: Firmware) -> None:
        """Takes the firmware."""
        self.firmware, self.calls, self.waiting = firmware, [], []

    def send(self, api: int, parameter: dict[str, Any] | None = None, reply: bool = True) -> int:
        """Calls it at once; the answer waits."""
        self.calls.append(api)
        code, data = self.firmware.sport(api, json.dumps(parameter or {}))
        if reply:
            self.waiting.append(RpcAnswer(len(self.calls), api, code, data))
        return len(self.calls)

    def answers(self) -> list[RpcAnswer]:
        """Answers since the last look."""
        out, self.waiting = self.waiting, []
        return out


class BuiltInLine(Line):
    """The line where the controller tells the firmware what to do."""

    def __init__(self, robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, *others: Any) -> None:
        """As a line; the robot lies on the firmware's body."""
        super().__init__(robot, library, setup, *others)
        self.body = Body(robot, setup)
        self.device = self.body.device
        self.firmware = Firmware(self.body, Walker(robot), "normal")
        self.service = DirectService(self.firmware)
        self.dialogue = MotionDialogue(robot.builtin, self.service)

    def step(self) -> SkillStatus:
        """One control period: the connector when it is due, the controller, the firmware, physics."""
        if self.now >= self._due - 1e-9:
            self._due += self._cycle_time
            self._connect()
        self.status = self._tick().status
        self.dialogue.turn(self.core.motion, self.now)
        self.core.trouble = self.dialogue.trouble
        self.firmware.drive()
        for _ in range(STEPS):
            self.body.step()
        return self.status
