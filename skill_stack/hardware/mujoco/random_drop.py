"""Drops a simulated robot in a random attitude, to test getting up."""

from __future__ import annotations

import mujoco
import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

HEIGHT = 0.5  # m: of the base when it is let go


def drop(device: MujocoDevice, robot: RobotSpec, rng: np.random.Generator, height: float = HEIGHT) -> None:
    """Places the robot in the air at its position: random orientation, random joint angles within limits, at rest.

    Args:
        device: The simulated robot; limp, or it will fight the fall.
        robot: Its description.
        rng: Chooses.
        height: Height of the base, m.
    """
    data, model = device.data, device.model
    data.qpos[2] = height
    quaternion = rng.normal(size=4)  # uniform over all rotations once it has length 1
    data.qpos[3:7] = quaternion / np.linalg.norm(quaternion)
    for name, low, high in zip(robot.joint_names, robot.column("lower"), robot.column("upper")):
        data.joint(name).qpos[:] = rng.uniform(low, high)
    data.qvel[:] = 0.0
    mujoco.mj_forward(model, data)
