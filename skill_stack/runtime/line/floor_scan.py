"""Simulated sensor view of the floor for scenarios: an occupancy grid with the error of the robot's pose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.core.rotation import yaw_of
from skill_stack.core.world.occupancy_grid import FREE, OCCUPIED, UNKNOWN, OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import true_place

REACH = 3.0
"""Range of the sensor, m; farther floor is unknown."""
CELL = 0.05
"""Edge of a cell, m."""
RAYS = 360
"""Directions in which a sensor looks whose view is blocked by what stands there."""
DEEP = 0.12
"""How deep such a sensor sees into what stands there, m."""


def seen_floor(
    device: MujocoDevice, objects: Mapping[str, SceneObject], here: Pose2, now: float, hides: bool = False
) -> OccupancyGrid:
    """The floor around the robot: seen from its true pose, placed at its estimated pose.

    Args:
        device: The simulated world, in which things are where they really are.
        objects: The things; their poses in the map are not used.
        here: Estimated pose of the robot, in ``map``.
        now: Task time, s.
        hides: Whether what stands there hides what is behind it.
    """
    truth = device.truth()
    true = Pose2(float(truth.position[0]), float(truth.position[1]), yaw_of(truth.orientation))
    count = round(2 * REACH / CELL)
    corner = Pose2(-REACH, -REACH, 0.0)
    cells = np.full((count, count), UNKNOWN, np.int8)
    points = OccupancyGrid("map", CELL, true.compose(corner), cells, now).centres().reshape(-1, 2)
    real = [true_place(device, thing) for thing in objects.values() if thing.shape != "point"]
    taken = np.asarray((Outlines.from_objects(real).distances(points) < 0.0).any(axis=1))
    away = points - (true.x, true.y)
    seen = np.hypot(*away.T) <= REACH
    if hides:
        seen &= ~_hidden(away, taken)
    values = np.where(seen, np.where(taken, OCCUPIED, FREE), UNKNOWN).astype(np.int8)
    return OccupancyGrid("map", CELL, here.compose(corner), values.reshape(count, count), now, "sensor")


def _hidden(away: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Which cells are behind taken ones.

    Args:
        away: Centres of the cells from the sensor, m, shape (N, 2).
        taken: Which are taken, shape (N,).
    """
    far = np.hypot(*away.T)
    ray = ((np.arctan2(away[:, 1], away[:, 0]) / (2 * np.pi) % 1.0) * RAYS).astype(int) % RAYS
    nearest = np.full(RAYS, np.inf)
    np.minimum.at(nearest, ray[taken], far[taken])
    nearest = np.minimum(nearest, np.minimum(np.roll(nearest, 1), np.roll(nearest, -1)))
    return np.asarray(far > nearest[ray] + DEEP)
