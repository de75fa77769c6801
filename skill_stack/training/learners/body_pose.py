"""Teacher of body poses: inverse kinematics of the legs for a pose of the base."""

from __future__ import annotations

import math

import mujoco
import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model

Array = np.ndarray

_STEPS = 12
_DAMPING = 1e-5  # m²; keeps steps finite where a leg is stretched
_TOLERANCE = 2e-3  # m


class BodyPoseTeacher:
    """Joint positions that hold the base at a height, roll, pitch and yaw above feet that stay where they stand."""

    def __init__(self, robot: RobotSpec) -> None:
        """Builds the model and takes the feet of the default pose.

        Raises:
            DataError: The robot has no feet.
        """
        if not robot.feet:
            raise DataError(f"{robot.name}: a body's pose needs feet (feet)")
        self._robot = robot
        self._model = build_model(robot)
        self._data = mujoco.MjData(self._model)
        self._index = index_model(self._model, robot)
        self._default = robot.pose("default")
        self._limits = robot.column("lower"), robot.column("upper")
        self._sites = [self._model.site(foot.name).id for foot in robot.feet]
        self._height = robot.stand_height
        self._feet = self._feet_at(self._default)[0] + [0.0, 0.0, self._height]

    def _feet_at(self, joints: Array) -> tuple[Array, Array]:
        """Feet in the base frame, m, shape (feet, 3), and their derivatives by the joints, (feet, 3, joints)."""
        data, model = self._data, self._model
        data.qpos[:7] = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
        data.qpos[self._index.joint_qpos] = joints
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        slopes = np.zeros((len(self._sites), 3, model.nv))
        for slope, site in zip(slopes, self._sites):
            mujoco.mj_jacSite(model, data, slope, None, site)
        return data.site_xpos[self._sites].copy(), slopes[:, :, self._index.joint_qvel]

    def joints(self, pose: Array) -> Array:
        """Joint positions for a pose, rad, shape (joints,); within the joints' limits, as near as they allow.

        Args:
            pose: Height above standing, m; roll, pitch (positive lowers the nose) and yaw of the base, rad.
        """
        place = np.array([0.0, 0.0, self._height + pose[0]])
        goal = (self._feet - place) @ rotation(*pose[1:])
        q = self._default.copy()
        for _ in range(_STEPS):
            feet, slopes = self._feet_at(q)
            error = (goal - feet).ravel()
            if np.abs(error).max() < 0.1 * _TOLERANCE:
                break
            jacobian = slopes.reshape(len(error), -1)
            step = jacobian.T @ np.linalg.solve(jacobian @ jacobian.T + _DAMPING * np.eye(len(error)), error)
            q = np.clip(q + np.clip(step, -0.3, 0.3), *self._limits)
        return q

    def reach_error(self, pose: Array, joints: Array) -> float:
        """Largest distance of a foot from where it stands, m."""
        place = np.array([0.0, 0.0, self._height + pose[0]])
        return float(np.abs(self._feet_at(joints)[0] - (self._feet - place) @ rotation(*pose[1:])).max())


def rotation(roll: float, pitch: float, yaw: float) -> Array:
    """Rotation matrix from the base to the world, shape (3, 3): first roll, then pitch, then yaw (REP-103)."""
    (a, b, c), (x, y, z) = map(math.cos, (roll, pitch, yaw)), map(math.sin, (roll, pitch, yaw))
    about_x = np.array([[1, 0, 0], [0, a, -x], [0, x, a]])
    about_y = np.array([[b, 0, y], [0, 1, 0], [-y, 0, b]])
    about_z = np.array([[c, -z, 0], [z, c, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def gravity_of(roll: Array, pitch: Array) -> Array:
    """Unit gravity in the base frame at roll and pitch, rad, shape (..., 3)."""
    return np.stack([np.sin(pitch), -np.cos(pitch) * np.sin(roll), -np.cos(pitch) * np.cos(roll)], axis=-1)
