"""BusDevice: a simulated robot with one part on a simulated bus and the real driver.

Between controller and physics are the same layers as on a real device: driver, bytes on a bus, motors with their own
loops. A skill that works here and in :class:`~skill_stack.hardware.mujoco.mujoco_device.MujocoDevice` uses nothing that
only a simulation provides. Simulated time advances as the device is stepped, however long the bus takes.
"""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError, StaleData
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

Array = np.ndarray

PHYSICS_STEP = 1e-3
"""Longest physics step, s: that of the motors' own loops."""
START_STEP, START_WITHIN = 0.004, 10.0  # s of bus time
PATIENCE = 10.0
"""Wall time that the bus may take for one cycle, s: it works in a thread, on a machine with other work."""


class BusDevice(MujocoDevice):
    """A simulation whose part is read and driven over a bus; close it at the end.

    Torques of those joints come from the motors on the bus, measurements of them over it. What else the robot has
    (other parts, a tracker) is as in the simulation. The scene's latency is left out: the bus has its own.
    """

    def __init__(
        self,
        robot: RobotSpec,
        setup: SceneSetup,
        pose: str = "lie",
        timestep: float = PHYSICS_STEP,
        hung: Mapping[str, float] | None = None,
        *,
        part: str = "",
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Builds the model, connects the bus, and waits until the driver drives; the hand is then in its initial state.

        Args:
            robot: The robot.
            setup: The scene with its seed applied.
            pose: Named pose in which it begins.
            timestep: Longest physics step, s.
            hung: See :class:`~skill_stack.hardware.mujoco.mujoco_device.MujocoDevice`.
            part: The part on the bus; the main one when empty.
            settings: Of the driver, beside where it finds the bus.

        Raises:
            DataError: No stand-in is there for the part's bus, or the driver does not come to drive.
        """
        from skill_stack.hardware.stand_ins.simulated_bus import plug_in  # needs the extra 'hands'

        super().__init__(robot, setup, pose, timestep, hung)
        self._delay = 0
        part = part or robot.main_part
        self._spec = robot.part(part)
        self._joints = robot.indices(robot.parts[part].joints)
        self._commanded = np.zeros((5, robot.size))
        self._until, self._done = 0.0, 0
        self._last: tuple[int, SensorSample] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = tempfile.TemporaryDirectory(prefix="skill-stack-bus-")
        folder = Path(self._folder.name)
        channels = RobotChannels.open(folder / "block", self._spec)
        lease = channels.words.take_lease("control")
        self._channels = channels
        self._bus = plug_in(self._spec, folder, self, self._clock)
        self._driver = self._bus.driver(channels, lease, dict(settings or {}), self._clock, self._let_pass)
        self._start()

    def _start(self) -> None:
        begin = self.data.qpos.copy()
        while not self._driver.health.drives:
            self._let_pass(START_STEP)
            self._driver.read()
            if self._until > START_WITHIN:
                reason = self._driver.health.reason
                self.close()
                raise DataError(f"{self._spec.name} over its bus: the driver does not come to drive: {reason}")
        self.data.qpos[:], self.data.qvel[:] = begin, 0.0
        super().advance(0)

    # ---- what the motors see

    def pull(self, torque: Array, duration: float) -> None:
        """Steps physics under the motors' torques; called by the bus.

        Args:
            torque: Of the part's joints, N·m, shape (joints of the part,).
            duration: s.
        """
        self._commanded[2, self._joints] = torque
        self._done += 1
        self.receive_rows(self._commanded.ravel().copy())
        behind = round((self._done * duration - self.time) / self.model.opt.timestep - 0.5)
        if behind > 0:
            super().advance(behind)

    def joints(self) -> tuple[Array, Array]:
        """Positions and velocities of the part's joints, rad and rad/s, shape (joints of the part,) each."""
        index = self._index
        return self.data.qpos[index.joint_qpos[self._joints]], self.data.qvel[index.joint_qvel[self._joints]]

    # ---- what the controller sees

    def step(self, command: JointCommand) -> None:
        """One control period with a new command; raises StaleData when the bus does not keep up."""
        rows = np.stack((command.q, command.dq, command.tau, command.kp, command.kd))
        self._commanded[:] = rows
        self._commanded[:, self._joints] = 0.0
        q, dq, tau, kp, kd = rows[:, self._joints]
        self._driver.write(JointCommand(q, dq, tau, kp, kd, command.mode, sequence=command.sequence))
        self._driver.read()  # on a bus of questions, what was written before has now been heard
        self._let_pass(self.substeps * self.model.opt.timestep)
        self._driver.read()

    def sample(self) -> SensorSample:
        """The measurement, over the bus for its part; repeated when nothing new arrived."""
        own, whole = self._driver.read(), super().sample()
        if own is None:
            return dataclasses.replace(whole, valid=False)
        if self._last is not None and self._last[0] == own.sequence:
            return self._last[1]
        for name in ("position", "velocity", "torque", "temperature"):
            getattr(whole, name)[self._joints] = getattr(own, name)
        self._last = own.sequence, dataclasses.replace(whole, valid=own.valid)
        return self._last[1]

    @property
    def counts(self) -> Mapping[str, int]:
        """Counters of the driver, by name."""
        return self._driver.health.counts

    def close(self) -> None:
        """Ends driver and bus; the simulation stays."""
        if self._folder is None:
            return
        self._driver.close()
        self._bus.close()
        self._channels.close()
        self._folder.cleanup()
        self._folder = None

    def _clock(self) -> float:
        return self._until

    def _let_pass(self, seconds: float) -> None:
        """Advances the bus until all that was sent was received, and motors and physics have caught up."""
        self._wait()
        self._until += seconds
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self._bus.caught_up:
            if time.monotonic() > end:
                raise StaleData(f"the bus of {self._spec.name} does not keep up")
            time.sleep(1e-4)
