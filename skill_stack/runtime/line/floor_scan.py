"""Simulated sensor view of the floor for scenarios: an occupancy grid with the error of the robot's pose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.core.rotation import yaw_of
from skill_stack.core.world.occupancy_grid import FREE, OCCUPIED, UNKNOWN, OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

REACH = 3.0
"""Range of the sensor, m; farther floor is unknown."""
CELL = 0.05
"""Edge of a cell, m."""


def seen_floor(device: MujocoDevice, objects: Mapping[str, SceneObject], here: Pose2, now: float) -> OccupancyGrid:
    """The floor around the robot: seen from its true pose, placed at its estimated pose.

    Args:
        device: The simulated world, in which things are where they really are.
        objects: The things; their poses in the map are not used.
        here: Estimated pose of the robot, in ``map``.
        now: Task time, s.
    """
    truth = device.truth()
    true = Pose2(float(truth.position[0]), float(truth.position[1]), yaw_of(truth.orientation))
    count = round(2 * REACH / CELL)
    corner = Pose2(-REACH, -REACH, 0.0)
    cells = np.full((count, count), UNKNOWN, np.int8)
    points = OccupancyGrid("map", CELL, true.compose(corner), cells, now).centres().reshape(-1, 2)
    real = [replace(thing, position=tuple(device.data.geom(name).xpos)) for name, thing in objects.items()
            if thing.shape != "point"]  # fmt: skip
    taken = (Outlines.from_objects(real).distances(points) < 0.0).any(axis=1)
    seen = np.hypot(*(points - (true.x, true.y)).T) <= REACH
    values = np.where(seen, np.where(taken, OCCUPIED, FREE), UNKNOWN).astype(np.int8)
    return OccupancyGrid("map", CELL, here.compose(corner), values.reshape(count, count), now, "sensor")
