"""Places that a laser or a lidar sees of the floor, for ``FloorMap``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.perception.scene.floor_map import CELL, HIGH, LEAST_POINTS, LOW, SIZE

Array = np.ndarray
REACH = SIZE * CELL / 4
"""Distance up to which places count, m: what the map holds around a robot that it follows."""
FLOOR = 0.5 * LOW
"""Height within which a point is one of the floor, m."""


@dataclass(frozen=True, slots=True)
class FramePose:
    """Pose of one frame in another.

    Attributes:
        xyz: Position, m, shape (3,).
        wxyz: Orientation, w-x-y-z, shape (4,).
    """

    xyz: Array
    wxyz: Array

    def points(self, points: Array) -> Array:
        """Points of the frame in the other one, m, shape (N, 3)."""
        return Rotation.from_quat(self.wxyz, scalar_first=True).apply(points.reshape(-1, 3)) + self.xyz

    def points_inside(self, points: Array) -> Array:
        """Points of the other one in the frame, m, shape (N, 3)."""
        return Rotation.from_quat(self.wxyz, scalar_first=True).inv().apply(points.reshape(-1, 3) - self.xyz)

    def compose(self, inner: FramePose) -> FramePose:
        """Pose of a frame whose pose in this one is known."""
        turned = Rotation.from_quat(self.wxyz, scalar_first=True) * Rotation.from_quat(inner.wxyz, scalar_first=True)
        return FramePose(self.points(inner.xyz[None])[0], turned.as_quat(scalar_first=True))


@dataclass(frozen=True, slots=True)
class FloorPlaces:
    """What was seen of the floor at once, in the frame of a map.

    Attributes:
        taken: Points on obstacles, m, shape (N, 3).
        free: Points over or on free floor, m, shape (N, 3).
        least: Points from which a cell counts as taken.
        above: Height from which something shows, m, see :class:`OccupancyGrid`.
    """

    taken: Array
    free: Array
    least: int = LEAST_POINTS
    above: float = 0.0


def scan_places(angles: Array, ranges: Array, limits: tuple[float, float], sensor: FramePose) -> FloorPlaces:
    """Places that a scan in one plane shows: beams end at obstacles, and the floor up to there counts as free.

    Args:
        angles: Directions in the sensor's x-y plane, rad, shape (N,).
        ranges: Distances, m, shape (N,); infinite where nothing was met, NaN for no measurement.
        limits: Least and greatest distance that is a measurement, m.
        sensor: Pose of the sensor in the frame of the map, its z the height over the floor.
    """
    met = np.isfinite(ranges) & (ranges >= limits[0]) & (ranges <= limits[1])
    nothing = np.isposinf(ranges) | (np.isfinite(ranges) & (ranges > limits[1]))
    beams = np.stack([np.cos(angles), np.sin(angles), np.zeros_like(angles)], axis=-1)
    near = met & (ranges <= REACH)
    hits = sensor.points(beams[near] * ranges[near, None])
    length = np.where(met, np.minimum(ranges, REACH), min(limits[1], REACH))[met | nothing]
    along = np.arange(limits[0], REACH, CELL)
    before = along[None] < length[:, None] - CELL  # the cell of the obstacle itself is not free
    free = sensor.points((beams[met | nothing, None] * along[None, :, None])[before])
    return FloorPlaces(hits[_obstructs(hits)], free[_obstructs(free)], least=1, above=float(sensor.xyz[2]))


def cloud_places(points: Array, sensor: FramePose) -> FloorPlaces:
    """Places that a point cloud shows: obstacles up to the robot's height, and the floor where it is seen.

    Args:
        points: In the sensor's frame, m, shape (N, 3); not finite where there is no measurement.
        sensor: Pose of the sensor in the frame of the map, its z the height over the floor.
    """
    near = np.isfinite(points).all(axis=1)
    near[near] = np.linalg.norm(points[near], axis=1) <= REACH
    placed = sensor.points(points[near])
    return FloorPlaces(placed[_obstructs(placed)], placed[np.abs(placed[:, 2]) <= FLOOR])


def _obstructs(points: Array) -> Array:
    """Which points are at a height at which something is in the robot's way."""
    return np.asarray((points[:, 2] > LOW) & (points[:, 2] < HIGH))
