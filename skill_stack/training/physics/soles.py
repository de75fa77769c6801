"""How fast the lowest points of soles slide over the ground, and how soles are pitched."""

from __future__ import annotations

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import rotate_inverse
from skill_stack.hardware.mujoco.model_index import ModelIndex

Array = np.ndarray

NEAR = 0.015
"""Height over the ground up to which a point of a sole counts, m, the more the lower: who only looks at points that
touch learns nothing of how fast a foot comes down."""


class Soles:
    """Reads the motion of a robot's soles from the sensors of a batch.

    A foot that rolls over its heel or toes moves while the point that carries it rests: its lowest points count.
    """

    def __init__(self, robot: RobotSpec, index: ModelIndex) -> None:
        """Resolves addresses.

        Args:
            robot: The robot; all its feet have the same spheres.
            index: Addresses of a model with the kinematics of its feet.
        """
        centres, radii = zip(*robot.feet[0].spheres)
        self._centres, self._radii = np.array(centres), np.array(radii)
        self._index = index

    def read(self, sensors: Array, ground: Array) -> tuple[Array, Array]:
        """Sliding and pitch of every sole.

        Args:
            sensors: Sensor values, shape (batch, nsensordata).
            ground: Height of the ground under each foot, m, shape (batch, feet) or (batch, 1).

        Returns:
            Mean speed in the plane of the points at or near the ground, m/s, 0 without any, and pitch, rad, positive
            with the toes up; both of shape (batch, feet). Feet that are points have no pitch.
        """
        index = self._index
        assert index.foot_position is not None and index.foot_velocity is not None
        position, velocity = sensors[:, index.foot_position], sensors[:, index.foot_velocity]
        below = np.zeros((len(self._radii), 3))
        below[:, 2] = -self._radii
        if index.foot_orientation is None or index.foot_turning is None:
            points, pitch = np.broadcast_to(below, (*position.shape[:2], *below.shape)), np.zeros(position.shape[:2])
            speed = np.broadcast_to(velocity[..., None, :], points.shape)
        else:
            orientation, turning = sensors[:, index.foot_orientation], sensors[:, index.foot_turning]
            points = _into_world(orientation[..., None, :], self._centres) + below
            speed = velocity[..., None, :] + np.cross(turning[..., None, :], points)
            pitch = np.arcsin(np.clip(_into_world(orientation, np.array([1.0, 0.0, 0.0]))[..., 2], -1.0, 1.0))
        height = position[..., None, 2] + points[..., 2] - ground[..., None]
        near = np.clip(1.0 - height / NEAR, 0.0, 1.0)
        sliding = (np.linalg.norm(speed[..., :2], axis=-1) * near).sum(axis=-1)
        return sliding / np.maximum(near.sum(axis=-1), 1.0), pitch


def _into_world(orientation: Array, vector: Array) -> Array:
    """Vectors of bodies in the world; leading shapes are broadcast."""
    return rotate_inverse(orientation * (1.0, -1.0, -1.0, -1.0), vector)
