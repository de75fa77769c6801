"""PractisedLine: a line that records a motion as the robot measures it, and the truth beside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.truth_details import TruthDetails
from skill_stack.motion.sampling.motion_plan import StartState
from skill_stack.runtime.line.line import Line


class PractisedLine(Line):
    """See :class:`skill_stack.runtime.line.line.Line`.

    Attributes:
        watched: Name of the skill whose motion is recorded.
        seen: The robot's own estimate at every control period in which that skill drove.
        true: The simulation's truth at the same moments, which the robot does not know.
        tipped: Whether the robot noticed that it tipped over since that skill began.
        fell: Whether it lay on something else than its feet since that skill began; truth, too.
    """

    def __init__(self, robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, watched: str, **others: Any) -> None:
        """Builds the line.

        Args:
            robot: The robot.
            library: Its skills.
            setup: The world.
            watched: Name of the skill whose motion is recorded.
            others: For :class:`skill_stack.runtime.line.line.Line`.
        """
        self.watched = watched
        self.seen: list[StartState] = []
        self.true: list[StartState] = []
        self.tipped = self.fell = False
        super().__init__(robot, library, setup, **others)
        self._details = TruthDetails(self.device.data, robot)

    def step(self) -> SkillStatus:
        """One control period, recorded."""
        status = super().step()
        if status.skill == self.watched:
            self.seen.append(self._estimate())
            self.true.append(self._truth())
        if self.seen and self.robot.feet:
            self.tipped |= self.state.tilt > self.robot.safety.tilt
            self.fell |= self.device.truth().fallen
        return status

    def _estimate(self) -> StartState:
        state = self.state
        return StartState(
            state.task_time, np.array(state.base_position), np.array(state.orientation),
            np.array(state.base_velocity), np.array(state.angular_velocity), np.array(state.position),
            np.array(state.velocity),
        )  # fmt: skip

    def _truth(self) -> StartState:
        truth, joints = self.device.truth(), self._details.joints
        return StartState(
            self.now, truth.position.copy(), truth.orientation.copy(), truth.linear.copy(), truth.angular.copy(),
            self.device.data.qpos[joints].copy(), np.zeros(self.robot.size),
        )  # fmt: skip
