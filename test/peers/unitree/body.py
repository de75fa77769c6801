"""The peer's physics: the simulated robot behind motors in the vendor's order, and what they do in silence."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import from_yaw, yaw_of
from skill_stack.core.shared_memory.sample_format import Measurement
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

Array = np.ndarray
Silence = Literal["hold", "damp", "limp"]

STEP = 0.002  # s: state is published after every step, as the robot does
DAMPING = 3.0  # N·m·s/rad of motors that damp by themselves
TRACK_EVERY = 10  # steps between two points of the path, which is that of a 50 Hz loop

_LEGS = ("FR", "FL", "RR", "RL")
_ARM = ("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow", "wrist_roll", "wrist_pitch", "wrist_yaw")
_LEG = ("hip_pitch", "hip_roll", "hip_yaw", "knee", "ankle_pitch", "ankle_roll")
MOTORS: dict[str, tuple[str, ...]] = {
    "go2": tuple(f"{leg}_{part}_joint" for leg in _LEGS for part in ("hip", "thigh", "calf")),
    "g1": (
        *(f"{side}_{part}_joint" for side in ("left", "right") for part in _LEG),
        *(f"waist_{part}_joint" for part in ("yaw", "roll", "pitch")),
        *(f"{side}_{part}_joint" for side in ("left", "right") for part in _ARM),
    ),
}
"""Joints by motor number, as the vendor's documents list them."""


class Body:
    """The robot's mechanics, motors and sensors.

    Attributes:
        names: Joint of each motor.
        rows: Command in force: q, dq, tau, kp, kd of each motor, shape (5, motors); never written in place.
        path: Way of the base over the ground so far, m.
    """

    def __init__(self, robot: RobotSpec, setup: SceneSetup, silence: Silence = "hold", patience: float = 0.5) -> None:
        """Lays the robot down, limp.

        Args:
            robot: The robot.
            setup: The world with its seed applied.
            silence: What the motors do when commands stop coming.
            patience: After how long, s.
        """
        self.names = MOTORS[robot.name]
        self.robot = robot
        self._pose = "lie" if "lie" in robot.poses else "default"
        self.device = MujocoDevice(robot, setup, self._pose, timestep=STEP)
        # Joints by name: from motor number to the robot's own order, and back.
        self._joint_of_motor = robot.indices(self.names)
        self._motor_of_joint = np.argsort(self._joint_of_motor)
        self._silence, self._patience = silence, patience
        self._commanded_at = -math.inf
        self._steps = 0
        self.rows: Array = np.zeros((5, len(self.names)))
        self._last = self.device.truth().position[:2].copy()
        self.path = 0.0

    @property
    def time(self) -> float:
        """Time of the body's own clock, s."""
        return self.device.time

    @property
    def silent_for(self) -> float:
        """Time since the last command, s; infinite before the first one."""
        return self.time - self._commanded_at

    @property
    def state(self) -> str:
        """What the motors do: ``limp``, ``damped`` or ``driven``."""
        _, dq, tau, kp, kd = self.rows
        if kp.any() or tau.any() or (kd * dq).any():
            return "driven"
        return "damped" if kd.all() else "limp"

    def obey(self, rows: Array) -> None:
        """Puts a command in force.

        Args:
            rows: q, dq, tau, kp, kd of each motor, shape (5, motors).
        """
        self._commanded_at = self.time
        self._apply(rows)

    def _apply(self, rows: Array) -> None:
        self.rows = rows
        self.device.receive_rows(rows[:, self._motor_of_joint].ravel())

    def step(self) -> None:
        """Lets 2 ms pass."""
        if self._silence != "hold" and self.silent_for > self._patience and self.state == "driven":
            rows = np.zeros_like(self.rows)
            rows[4] = DAMPING if self._silence == "damp" else 0.0
            self._apply(rows)
        self.device.advance(1)
        self._steps += 1
        if self._steps % TRACK_EVERY == 0:
            here = self.device.truth().position[:2].copy()
            self.path += float(np.hypot(*(here - self._last)))
            self._last = here

    def upright(self) -> None:
        """A person takes the robot and sets it down where it is, as it began."""
        data, model = self.device.data, self.device.model
        data.qpos[2] = self.robot.stand_height + 0.03
        data.qpos[3:7] = from_yaw(yaw_of(data.qpos[3:7]))
        for name, angle in self.robot.poses[self._pose].items():
            data.qpos[model.joint(name).qposadr[0]] = angle
        data.qvel[:] = 0.0

    def measure(self, stamp: float) -> Measurement:
        """What the sensors say, in the robot's own joint order."""
        return self.device.measure(stamp)

    def by_motor(self, joints: Array) -> Array:
        """Values per joint in the order of the motors."""
        return joints[self._joint_of_motor]

    def truth(self) -> Truth:
        """What is really so."""
        return self.device.truth()
