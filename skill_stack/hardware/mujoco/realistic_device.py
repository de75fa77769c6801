"""RealisticDevice: a simulated robot with realistic motors and bus; the scene states the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mujoco
import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.sample_format import Measurement
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.bus_realism import BusRealism
from skill_stack.hardware.mujoco.motor_realism import MotorRealism
from skill_stack.hardware.mujoco.mujoco_device import LYING, MujocoDevice

Array = np.ndarray


class RealisticDevice(MujocoDevice):
    """As the base class, with a :class:`~skill_stack.core.robots.hardware_realism.HardwareRealism`; a seed gives the
    same run, bit for bit.
    """

    def __init__(
        self,
        robot: RobotSpec,
        setup: SceneSetup,
        pose: str = "lie",
        timestep: float = 0.005,
        hung: Mapping[str, float] | None = None,
    ) -> None:
        """Builds the model as :class:`~skill_stack.hardware.mujoco.mujoco_device.MujocoDevice`, with realistic motors
        and bus.
        """
        super().__init__(robot, setup, pose, timestep, hung)
        self._harsh = harsh = setup.harsh
        rng = np.random.default_rng([setup.seed, 9])
        self._chance = np.random.default_rng([setup.seed, 10])
        self._drives = MotorRealism(robot, harsh, self.model, self._index) if harsh.of_drives else None
        self._link = BusRealism(robot, harsh, rng) if harsh.of_link else None
        self._arrived: tuple[int, Measurement] | None = None
        self.model.dof_frictionloss[self._index.joint_qvel] += harsh.friction * robot.column("effort")

    def receive_rows(self, rows: Array, stamp: float = 0.0) -> None:
        """See the base class; a share of the commands is lost."""
        if not self._harsh.lost_commands or self._chance.random() >= self._harsh.lost_commands:
            super().receive_rows(rows, stamp)

    def measure(self, stamp: float) -> Measurement:
        """See the base class; a lost or late measurement leaves the previous one in place."""
        if self._arrived is not None and self._arrived[0] == self._steps:
            return self._arrived[1]
        measurement = super().measure(stamp)
        vector = measurement.vector.copy()
        if self._drives is not None:
            vector[self._format.position] += self._drives.play
        measurement = measurement._replace(vector=vector)
        self._arrived = self._steps, measurement if self._link is None else self._link.send(measurement)
        return self._arrived[1]

    def _obey(self, rows: Array) -> None:
        super()._obey(rows)
        if self._drives is not None:
            self._drives.renew()

    def _step(self, steps: int) -> None:
        if self._drives is None:
            super()._step(steps)
            return
        for _ in range(steps):
            self._drives.apply(self.data)
            self._act_persons()
            mujoco.mj_step(self.model, self.data)


def simulated_device(robot: RobotSpec, setup: SceneSetup, pose: str = LYING, **others: Any) -> MujocoDevice:
    """The simulated robot of a scene: a realistic one where its file or a scenario requires it.

    Args:
        robot: The robot.
        setup: The scene with its seed applied.
        pose: Named pose in which it begins; a robot that has none to lie in hangs from a gantry with its feet just on
            the ground until something drives it.
        others: See :class:`~skill_stack.hardware.mujoco.mujoco_device.MujocoDevice`.
    """
    return (RealisticDevice if setup.harsh.any else MujocoDevice)(robot, setup, pose, **others)
