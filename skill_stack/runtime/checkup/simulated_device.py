"""SimulatedDevice: a simulated robot on a stand, inside this process and with its own time."""

from __future__ import annotations

import numpy as np

from skill_stack.core.joint_command import JointCommand, damping
from skill_stack.core.robots.hardware import Capabilities, DriverHealth
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

SETTLE = 3.0
"""Time for the legs to sink and come to rest before measurements, s."""


class SimulatedDevice:
    """See :class:`skill_stack.core.robots.hardware.Hardware`. Time passes only in :meth:`sleep`, as fast as it can."""

    def __init__(self, robot: RobotSpec, setup: SceneSetup) -> None:
        """Lays the robot down in its scene, damped."""
        self._robot = robot
        self._device = MujocoDevice(robot, setup)
        self._step = 1.0 / robot.control_rate / self._device.substeps
        self._left = 0.0
        self.damp()
        self.sleep(SETTLE)

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return Capabilities(
            commanded=self._robot.joint_names,
            rate=1.0 / self._step,
            foot_force=True,
            temperature=True,
            imu=True,
            when_silent="the motors go on with the last command",
            start_up="nothing",
            shut_down="damping",
        )

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return DriverHealth(True)

    def clock(self) -> float:
        """Simulated time, s."""
        return self._device.time + self._left

    def sleep(self, seconds: float) -> None:
        """Lets simulated time pass."""
        self._left += seconds
        steps = int(self._left / self._step + 1e-6)
        self._left -= steps * self._step
        if steps:
            self._device.advance(steps)

    def read(self) -> SensorSample:
        """The newest measurement."""
        return self._device.sample()

    def write(self, command: JointCommand) -> None:
        """Sends one command."""
        self._device.receive(command)

    def damp(self) -> None:
        """Puts every joint into damping."""
        self.write(damping(np.zeros(self._robot.size), self._robot.column("damp_kd")))

    def close(self) -> None:
        """Leaves the robot damped."""
        self.damp()
