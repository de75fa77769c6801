"""Pictures of a robot in a scene in its named poses, without any of its processes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import mujoco
import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.hardware.rendering.picture_strip import save_strip_of

Array = np.ndarray
ROOM = 1.35
"""Distance of the camera, as a multiple of the robot's size."""
SMALLEST = 0.2
"""Smallest size assumed for a robot, m."""


def save_body(robot: RobotSpec, setup: SceneSetup, poses: Sequence[str], path: Path) -> None:
    """Renders a robot side by side in poses.

    Args:
        robot: The robot.
        setup: What stands around it.
        poses: Names of its poses.
        path: A PNG file.

    Raises:
        UnknownName: It has no such pose.
        NoPictures: No GL library works; names the packages.
    """
    model = build_model(robot, setup)
    index, data = index_model(model, robot), mujoco.MjData(model)
    states = np.array([_state(model, robot, setup, pose, index.joint_qpos) for pose in poses])
    data.qpos[:] = states[0]
    mujoco.mj_forward(model, data)
    own = model.body_rootid == model.body_rootid[index.base_body]
    middle = data.xpos[own].mean(axis=0)
    size = 2.0 * float(np.linalg.norm(data.xpos[own] - middle, axis=1).max())
    nearest = int(np.flatnonzero(own)[np.linalg.norm(data.xpos[own] - middle, axis=1).argmin()])
    save_strip_of(model, model.body(nearest).name, ROOM * max(size, SMALLEST), states, path)


def _state(model: mujoco.MjModel, robot: RobotSpec, setup: SceneSetup, pose: str, joints: Array) -> Array:
    """Generalised positions of a pose, its base where it stands."""
    state = np.array(model.qpos0)
    state[joints] = robot.pose(pose)
    base = model.body(robot.source.base_link)
    free = int(base.jntadr[0])
    if base.jntnum[0] and model.jnt_type[free] == mujoco.mjtJoint.mjJNT_FREE:
        at, half = int(model.jnt_qposadr[free]), 0.5 * setup.start.yaw
        state[at : at + 3] = (setup.start.x, setup.start.y, robot.stand_height)
        state[at + 3 : at + 7] = (np.cos(half), 0.0, 0.0, np.sin(half))
    return state
